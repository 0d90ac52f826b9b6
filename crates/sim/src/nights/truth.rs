//! What really happened to the hosts of a night, read from what the world did and not from what anybody was told.

use model::Time;
use model::plan::Plan;

use super::measure::Out;
use super::rivals::{Did, Job};
use crate::agenda::later;
use crate::ledger::{Happened, What};
use crate::world::Played;

/// A further restart that nobody came to in the night is done the next one, so long after the first began to be wanted at the least.
const NEXT_NIGHT_SECONDS: i64 = 86_400;

/// The truth about a night.
pub(super) struct Truth {
    /// Hosts whose planned work was done.
    pub(super) done: Vec<Did>,
    /// Every host that was ever out of service, and when.
    pub(super) out: Out,
    /// The planned work of the last host that was begun was over; the end of the night when one's never was, the window's opening when
    /// nobody was begun.
    pub(super) ended: Time,
}

/// One host, as it is gone through.
#[derive(Default)]
struct Host {
    begun: bool,
    installs: usize,
    services: bool,
    restarts: usize,
    out_since: Option<Time>,
    out: Vec<(Time, Time)>,
}

impl Truth {
    pub(super) fn of(played: &Played, plan: &Plan, jobs: &[Job], ends: Time) -> Result<Truth, String> {
        let mut truth = Truth { done: Vec::new(), out: Out::new(), ended: Time(i64::MIN) };
        let opens = plan.windows.first().map(|window| window.not_before).ok_or("a plan without windows")?;
        let mut tomorrow = opens.plus_seconds(NEXT_NIGHT_SECONDS);
        for (job, item) in jobs.iter().zip(&plan.items) {
            let own = played.happened.iter().filter(|happened| happened.host == job.host);
            let mut host = Host::default();
            let ended =
                own.fold(None, |ended, happened| ended.or(host.sees(happened, job, item.patches.len())));
            if let Some(since) = host.out_since {
                host.out.push((since, ends));
            }
            // What was armed and not done by morning is done the next night, one host after another.
            if job.luck.arms_after_seconds.is_some() && host.restarts == 1 {
                let ms = job.luck.pace.restarts_ms.get(1).copied().unwrap_or(0);
                host.out.push((tomorrow, later(tomorrow, ms)));
                tomorrow = later(tomorrow, ms);
            }
            if host.begun {
                truth.ended = truth.ended.max(ended.unwrap_or(ends));
            }
            if let Some(ended) = ended {
                truth.done.push(Did { host: job.host, ends: ended, out: host.out.clone() });
            }
            truth.out.insert(job.host, host.out);
        }
        truth.ended = truth.ended.max(opens);
        Ok(truth)
    }
}

impl Host {
    /// Something happened. Returns when its planned work was over, once it is.
    fn sees(&mut self, happened: &Happened, job: &Job, patches: usize) -> Option<Time> {
        let at = happened.at;
        match happened.what {
            What::InstallBegins => self.begun = true,
            What::InstallEnds => self.installs += 1,
            What::ServicesBegin => self.out_since = Some(at),
            What::ServicesEnd => {
                self.services = true;
                self.out.extend(self.out_since.take().map(|since| (since, at)));
            }
            What::Down { ordered } => {
                self.restarts += usize::from(ordered);
                self.out_since = self.out_since.or(Some(at));
            }
            What::Up => self.out.extend(self.out_since.take().map(|since| (since, at))),
        }
        let needs_services = !job.restarts_host && job.luck.pace.services_ms > 0;
        let restarted = if job.restarts_host {
            self.restarts > 0 && self.out_since.is_none()
        } else {
            !needs_services || self.services
        };
        (self.installs >= patches && restarted).then_some(at)
    }
}
