//! Past nights as the forecast learns from them: how long each order took until the next could follow, and whether a restart was followed
//! by another. Read out of what is remembered of hosts and plans; nothing is judged here.

use std::collections::BTreeMap;

use model::host::{Reading, SignalSource};
use model::order::{Action, OrderStep};
use model::patch::{Patch, RestartNeed};
use model::plan::{Item, Plan};
use model::{AssetTag, Time};
use planning::forecast::{Chain, Record, Said, Step, Whereabouts, family_of};

use crate::night::hosts::{HostView, OrderRecord};
use crate::night::plans::PlanRecord;
use crate::state::State;

impl State {
    /// What every rollout showed until now, and what files say of nights before: one record for each order that was done, and for work by hand from its first step to its
    /// signature. Orders that failed or were refused say nothing of how long the work takes, and are left out.
    pub fn records(&self) -> Vec<Record> {
        let mut records: Vec<Record> = self.past.records().map(|record| self.placed(record)).collect();
        for plan in self.night().plans() {
            let Some((started, _)) = &plan.started else { continue };
            for item in &plan.plan.items {
                let place = self.whereabouts_of(&item.host);
                let about = |step, family: Box<str>, seconds, declared: Said, chain| Record {
                    begun: started.time,
                    night: plan.hash.to_string().into(),
                    family,
                    model: place.model.clone(),
                    site: place.site.clone(),
                    device: item.host.as_str().into(),
                    step,
                    seconds,
                    declared_seconds: Some(whole_seconds(declared.p50_minutes)),
                    chain,
                };
                for (done, chain) in self.done_orders(plan, item) {
                    if let Some((step, patch)) = step_of(&plan.plan, item, &done.order.action) {
                        let seconds = done.seconds;
                        records.push(about(step, family_of(patch), seconds, Said::of(patch, step), chain));
                    }
                }
                if let Some((seconds, patch)) = self.by_hand(plan, item) {
                    let declared: Said = plan.plan.minutes_of(item).forward().into();
                    records.push(about(Step::Install, family_of(patch), seconds, declared, None));
                }
            }
        }
        records
    }

    /// A record from a file; where it does not say what the device is and where it stands, the register does.
    fn placed(&self, record: &Record) -> Record {
        let mut record = record.clone();
        if let Ok(host) = AssetTag::new(&record.device)
            && (record.model.is_empty() || record.site.is_empty())
        {
            let place = self.whereabouts_of(&host);
            let known = |said: Box<str>, known| if said.is_empty() { known } else { said };
            record.model = known(record.model, place.model);
            record.site = known(record.site, place.site);
        }
        record
    }

    /// Where the hosts of a plan stand and what they are, as records name it.
    pub fn whereabouts(&self, plan: &Plan) -> BTreeMap<AssetTag, Whereabouts> {
        plan.items.iter().map(|item| (item.host.clone(), self.whereabouts_of(&item.host))).collect()
    }

    fn whereabouts_of(&self, host: &AssetTag) -> Whereabouts {
        let Some(device) = self.register().by_tag(host.as_str()) else { return Whereabouts::default() };
        let model = format!("{} {}", device.manufacturer(), device.model());
        Whereabouts { model: model.trim().into(), site: device.site().unwrap_or("").into() }
    }

    /// The orders of an item that were done, oldest first, and what came of restarts.
    fn done_orders<'a>(&'a self, plan: &'a PlanRecord, item: &Item) -> Vec<(Done<'a>, Option<Chain>)> {
        let host = self.night().host(&item.host);
        let orders = host.map_or(&[][..], |host| host.orders());
        let looked_at = host.filter(every_source_was_read).and_then(|host| host.observed_at());
        let own = orders.iter().filter(|known| known.order.plan == plan.hash);
        let own: Vec<&OrderRecord> = own.collect();
        let done: Vec<Done<'_>> = own
            .iter()
            .enumerate()
            .filter_map(|(ix, known)| Done::of(known, own.get(ix + 1).copied()))
            .collect();
        let restarts: Vec<Time> =
            done.iter().filter(|done| done.restarts_host()).map(|done| done.at).collect();
        let asked: Vec<Time> = self
            .night()
            .outages()
            .values()
            .filter(|outage| outage.asked.plan == plan.hash && outage.asked.host == item.host)
            .map(|outage| outage.stamp.time)
            .collect();
        done.into_iter()
            .map(|done| {
                let place = restarts.iter().filter(|at| **at <= done.at).count();
                let next = restarts.get(place).copied();
                let chain =
                    done.restarts_host().then(|| armed(plan, done.at, next, &asked, looked_at)).flatten();
                let place = u16::try_from(place).unwrap_or(u16::MAX);
                let shown_after_seconds = done
                    .restarts_host()
                    .then(|| {
                        asked.iter().filter(|asked| (done.at..next.unwrap_or(Time(i64::MAX))).contains(asked))
                    })
                    .and_then(|asked| asked.min())
                    .map(|asked| seconds_between(done.at, *asked));
                (done, chain.map(|armed_another| Chain { place, armed_another, shown_after_seconds }))
            })
            .collect()
    }

    /// Work by hand that was signed for: from the first step that was handed in.
    fn by_hand<'a>(&self, plan: &'a PlanRecord, item: &'a Item) -> Option<(u32, &'a Patch)> {
        let work = self.night().work(&plan.hash, &item.host)?;
        let began = work.steps.iter().map(|(stamp, _)| stamp.time).min()?;
        let signed = work.signed.first().map(|(stamp, _)| stamp.time)?;
        Some((seconds_between(began, signed), plan.plan.patches_of(item).next()?))
    }
}

/// The next order of a host that is being worked on comes as soon as a look agrees that the one before is done. What comes later waited
/// for something else.
const HANDED_ON_MAX_SECONDS: u32 = 600;

/// An order that was done.
struct Done<'a> {
    order: &'a model::order::Order,
    at: Time,
    /// From the order until the next was given, that is: until it was seen to be done; of the last, until its host said so.
    seconds: u32,
}

impl Done<'_> {
    fn of<'a>(known: &'a OrderRecord, next: Option<&OrderRecord>) -> Option<Done<'a>> {
        let at = known.events.iter().find_map(|event| match event.what {
            OrderStep::Done { .. } => Some(event.at),
            OrderStep::Refused { .. } | OrderStep::Accepted | OrderStep::Begun | OrderStep::Failed { .. } => {
                None
            }
        })?;
        let handed_on = next.filter(|next| follows(&known.order.action, &next.order.action));
        let handed_on = handed_on.map(|next| next.issued.max(at));
        let seen =
            handed_on.filter(|issued| seconds_between(at, *issued) <= HANDED_ON_MAX_SECONDS).unwrap_or(at);
        Some(Done { order: &known.order, at, seconds: seconds_between(known.issued, seen) })
    }

    fn restarts_host(&self) -> bool {
        match self.order.action {
            Action::RestartHost => true,
            Action::Download(_)
            | Action::Install(_)
            | Action::RestartServices(_)
            | Action::Probe(_)
            | Action::RollBack(_) => false,
        }
    }
}

/// Is the second the next step of the same work, for which nothing is waited but that the first is seen to be done? The first step that
/// patients can notice waits for places, partners and people too, and a further restart for its units.
fn follows(first: &Action, second: &Action) -> bool {
    match (first, second) {
        (
            Action::Install(_),
            Action::Install(_) | Action::RestartHost | Action::RestartServices(_) | Action::Probe(_),
        )
        | (Action::RestartHost | Action::RestartServices(_), Action::Probe(_)) => true,
        (Action::Download(_) | Action::Probe(_) | Action::RollBack(_), _)
        | (Action::Install(_), Action::Download(_) | Action::RollBack(_))
        | (
            Action::RestartHost | Action::RestartServices(_),
            Action::Install(_)
            | Action::RestartHost
            | Action::RestartServices(_)
            | Action::Download(_)
            | Action::RollBack(_),
        ) => false,
    }
}

/// Was every source of pending restarts that the host's system has read at its newest look?
fn every_source_was_read(host: &HostView<'_>) -> bool {
    let (Some(system), Some(signals)) = (host.system(), host.signals()) else { return false };
    SignalSource::applicable(system.family)
        .iter()
        .all(|source| signals.get(source).is_some_and(|reading| !matches!(reading, Reading::Unknown(_))))
}

/// Was another restart pending after the one at `at`? `None` while nobody can say: the host was not looked at, with every source read,
/// since the quiet period and the morning check were over.
fn armed(
    plan: &PlanRecord,
    at: Time,
    next: Option<Time>,
    asked: &[Time],
    looked_at: Option<Time>,
) -> Option<bool> {
    let until = next.unwrap_or(Time(i64::MAX));
    if next.is_some() || asked.iter().any(|asked| (at..until).contains(asked)) {
        return Some(true);
    }
    let proof = &plan.plan.proof;
    let quiet_over = at.plus_seconds(i64::from(proof.quiet_minutes) * 60);
    let watched_until = proof.morning_after(at).unwrap_or(quiet_over).max(quiet_over);
    looked_at.is_some_and(|looked_at| looked_at >= watched_until).then_some(false)
}

/// The step that an order was, and the patch whose step it was. An order for several patches at once names none of them.
fn step_of<'a>(plan: &'a Plan, item: &'a Item, action: &Action) -> Option<(Step, &'a Patch)> {
    let mut patches = plan.patches_of(item);
    let (first, only) = (plan.patches_of(item).next(), item.patches.len() == 1);
    let found = match action {
        Action::Download(_) => (Step::Download, first.filter(|_| only)),
        Action::Install(packages) => (Step::Install, patches.find(|patch| patch.packages == *packages)),
        Action::RestartHost => (Step::Restart, patches.find(|patch| patch.restart == RestartNeed::Host)),
        Action::RestartServices(_) => {
            (Step::Restart, patches.find(|patch| matches!(patch.restart, RestartNeed::Services(_))))
        }
        Action::Probe(_) => (Step::Probe, first),
        Action::RollBack(_) => return None,
    };
    Some((found.0, found.1?))
}

fn seconds_between(from: Time, to: Time) -> u32 {
    u32::try_from(to.seconds_since(from).max(0)).unwrap_or(u32::MAX)
}

fn whole_seconds(minutes: f64) -> u32 {
    // Declared minutes are whole and few; a cast stays within its ends.
    (minutes * 60.0).round() as u32
}
