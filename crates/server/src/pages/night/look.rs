//! A look at a night that runs: where every host and ring stands and what is dark, as of now. The one place where pages ask the
//! rollout.

use std::collections::BTreeMap;

use hospital::State;
use hospital::night::plans::PlanRecord;
use model::plan::Hands;
use model::{AssetTag, Time};
use rollout::standing::{DarkService, HostStanding, RingStanding, Wait};
use rollout::verdict::Verdict;

/// Where a night stands.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) hosts: Vec<HostStanding>,
    pub(crate) rings: Vec<RingStanding>,
    pub(crate) dark: Vec<DarkService>,
}

/// Where a night stands; `None` for a plan that was never started.
pub(crate) fn look(state: &State, record: &PlanRecord, now: Time) -> Option<Look> {
    let rollout = state.night().rollout(&record.hash)?;
    let surroundings = state.night().surroundings(rollout);
    let world = surroundings.world();
    let rings = u16::try_from(record.plan.rings.len()).unwrap_or(u16::MAX);
    Some(Look {
        hosts: rollout.standings(&world, now),
        rings: (1..=rings).filter_map(|ring| rollout.ring_standing(ring, now)).collect(),
        dark: rollout.dark_now(now),
    })
}

/// The newest running night that a host is in, and where it stands there.
pub(crate) fn of_host<'a>(
    state: &'a State,
    host: &AssetTag,
    now: Time,
) -> Option<(&'a PlanRecord, HostStanding)> {
    let mine = state.night().running().filter(|record| record.plan.item(host).is_some());
    let newest = mine.max_by_key(|record| record.started.as_ref().map(|(stamp, _)| stamp.seq))?;
    let look = look(state, newest, now)?;
    let standing = look.hosts.into_iter().find(|standing| standing.host == *host)?;
    Some((newest, standing))
}

/// The verdict of every host that is in a night that was not stopped, concluded ones too: a proof that grew too old shows.
pub(crate) fn verdicts(state: &State, now: Time) -> BTreeMap<AssetTag, Verdict> {
    let looks = state.night().running().filter_map(|record| look(state, record, now));
    looks.flat_map(|look| look.hosts).map(|standing| (standing.host, standing.verdict)).collect()
}

/// How many hosts of nights of which something is still to come were begun and are not proven.
pub(crate) fn not_proven(state: &State, now: Time) -> u64 {
    let looks = state.night().live(now).filter_map(|record| look(state, record, now));
    let hosts: BTreeMap<AssetTag, Verdict> =
        looks.flat_map(|look| look.hosts).map(|standing| (standing.host, standing.verdict)).collect();
    let begun = |verdict: &&Verdict| !matches!(verdict, Verdict::NotBegun | Verdict::Proven { .. });
    hosts.values().filter(begun).count() as u64
}

/// How many devices that were worked on by hand a person must check again. Of several plans the one started last counts.
pub(crate) fn checks_due(state: &State, now: Time) -> u64 {
    let mut started: Vec<&PlanRecord> =
        state.night().plans().filter(|record| record.started.is_some()).collect();
    started.sort_by_key(|record| record.started.as_ref().map(|(stamp, _)| stamp.seq));
    let mut due = BTreeMap::new();
    for record in started {
        let by_hand = record.plan.items.iter().filter(|item| item.by != Hands::Agent);
        for item in by_hand {
            if let Some(standing) = state.night().standing(&record.hash, &item.host, now) {
                due.insert(standing.host, standing.waits == Wait::CheckAgain);
            }
        }
    }
    due.into_values().filter(|due| *due).count() as u64
}
