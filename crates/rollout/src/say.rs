//! What people are asked and told: further outages, incidents, news. Each is said once in a stretch of work.

use model::Time;
use model::ids::UnitId;
use model::order::OrderWindow;

use crate::decision::{Decision, IncidentKind, News};
use crate::host::Host;
use crate::judge::{Class, Judged};
use crate::rollout::Rollout;
use crate::verdict::{PendingReason, Verdict};
use crate::work::{Task, Work};

/// Units are asked for a further outage at least so long before it.
pub(crate) const OUTAGE_NOTICE_MIN_SECONDS: i64 = 15 * 60;
const DAY_SECONDS: i64 = 86_400;

impl Rollout {
    pub(crate) fn ask_outage(
        &self,
        ix: usize,
        host: &Host,
        work: &Work,
        wanted: &mut Vec<Decision>,
        now: Time,
    ) {
        let Some(window) = self.propose(host, work, now) else { return };
        wanted.push(Decision::AskOutage {
            host: host.tag.clone(),
            units: self.units(ix),
            reasons: self.pending(host, work),
            window,
        });
    }

    /// When a further restart could be: in what is left of the ring's window, else at the same hour of a following night.
    fn propose(&self, host: &Host, work: &Work, now: Time) -> Option<OrderWindow> {
        let ring = self.plan().rings.get(usize::from(host.ring))?;
        let window = self.plan().window_of(ring)?;
        let tasks: Vec<Task> = [Some(Task::RestartHost), work.after()].into_iter().flatten().collect();
        let needed = work.seconds_of(&tasks).1 + work.back_out_seconds();
        let soonest = now.plus_seconds(OUTAGE_NOTICE_MIN_SECONDS);
        let policy = &self.plan().proof;
        let nights = now.seconds_since(window.not_before).div_euclid(DAY_SECONDS).max(0);
        (nights..=nights + 2).find_map(|night| {
            // The same hour by the ward's clock, also across a change of clocks.
            let shift = |at: Time| {
                let moved = at.plus_seconds(night * DAY_SECONDS);
                let by = policy.offset_seconds(at) - policy.offset_seconds(moved);
                moved.plus_seconds(i64::from(by))
            };
            let (not_before, not_after) = (shift(window.not_before).max(soonest), shift(window.not_after));
            let latest_start = not_after.plus_seconds(-needed);
            (not_before <= latest_start).then_some(OrderWindow { not_before, latest_start, not_after })
        })
    }

    pub(crate) fn tell_dark(
        &self,
        ix: usize,
        host: &Host,
        tasks: &[Task],
        work: &Work,
        wanted: &mut Vec<Decision>,
        now: Time,
    ) {
        let back_p90 = now.plus_seconds(work.seconds_of(tasks).1);
        self.tell(ix, host, News::Dark { back_p90 }, wanted);
    }

    fn tell(&self, ix: usize, host: &Host, news: News, wanted: &mut Vec<Decision>) {
        let units = self.units(ix);
        if !units.is_empty() {
            wanted.push(Decision::Tell { units, host: host.tag.clone(), news });
        }
    }

    fn units(&self, ix: usize) -> Vec<UnitId> {
        self.carriers.units_darkened_by(ix).to_vec()
    }

    /// Incidents and news that a verdict calls for; each is said once in a stretch of work.
    pub(crate) fn say(&self, ix: usize, host: &Host, judged: &Judged, wanted: &mut Vec<Decision>) {
        // An emergency stop left it in the middle: that was said, and nothing surfaced.
        let cut_short = self.is_emergency() && host.is_in_work();
        let said = host.said;
        let mut incident = |said: bool, kind: IncidentKind| {
            if !said {
                wanted.push(Decision::Incident { host: Some(host.tag.clone()), kind });
            }
        };
        let news = match &judged.verdict {
            Verdict::Broken { failures } => {
                let says: Vec<String> = failures.iter().map(ToString::to_string).collect();
                let says: Box<str> = says.join("; ").into();
                incident(said.broken, IncidentKind::HostBroken { says: says.clone() });
                (!said.trouble).then_some(News::Trouble { says })
            }
            Verdict::Stalled { since, .. } => {
                incident(said.stalled, IncidentKind::HostStalled { since: *since });
                let says = "no sign of progress for longer than the step may take".into();
                (!said.trouble).then_some(News::Trouble { says })
            }
            Verdict::RestartPending { reasons } if judged.class == Class::Failed && !cut_short => {
                let reasons: Vec<PendingReason> = reasons.clone();
                incident(said.surfaced, IncidentKind::RestartSurfaced { reasons: reasons.clone() });
                (!said.further).then_some(News::FurtherOutage { reasons })
            }
            Verdict::Settling { until } => {
                (said.dark && !said.back).then_some(News::Back { settling_until: *until })
            }
            Verdict::Proven { .. } => (said.dark && !said.proven).then_some(News::Proven),
            Verdict::NotBegun
            | Verdict::RestartPending { .. }
            | Verdict::Dark { .. }
            | Verdict::Stale { .. }
            | Verdict::Unknown { .. } => None,
        };
        if let Some(news) = news {
            self.tell(ix, host, news, wanted);
        }
    }
}
