//! A look at a night that runs: where every host and ring stands and what is dark, as of now. The one place where pages ask the
//! rollout.

use std::collections::BTreeMap;

use hospital::State;
use hospital::night::plans::PlanRecord;
use model::{AssetTag, Time};
use rollout::standing::{DarkService, HostStanding, RingStanding};
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

/// The verdict of every host that is in a running night.
pub(crate) fn verdicts(state: &State, now: Time) -> BTreeMap<AssetTag, Verdict> {
    let looks = state.night().running().filter_map(|record| look(state, record, now));
    looks.flat_map(|look| look.hosts).map(|standing| (standing.host, standing.verdict)).collect()
}
