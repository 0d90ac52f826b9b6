//! An archive that became slower than people allow is an incident, tied to what was changed before that: the first thing to look at (R48, R53, R59).

use archive::Side;
use archive::gate::FirstImage;
use model::ids::{IncidentId, PairId};
use model::{PlanHash, Time};
use serde::{Deserialize, Serialize};

use super::Pair;
use super::fact::PairProbed;
use crate::fact::night::{Happened, IncidentOpened};
use crate::state::State;

/// Changes of so long before it are named.
pub const CHANGES_BEFORE_SECONDS: i64 = 7 * 24 * 3_600;
/// Most changes that are named, newest first.
pub const CHANGES_NAMED_MAX: usize = 10;
/// One slow probe may be chance; so many running are an incident. Images that do not come are one at once.
const SLOW_PROBES_MIN: usize = 2;

/// What happened at an image archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveIncident {
    /// It gives the first image more slowly than its baseline allows, or not at all.
    ArchiveSlower(Box<Slower>),
}

/// An archive that became slower, seen from one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slower {
    /// The pair.
    pub pair: PairId,
    /// Which of the two.
    pub side: Side,
    /// A workstation or a site.
    pub place: Box<str>,
    /// The first probe without a good one after it.
    pub since: Time,
    /// The probe at which it was opened.
    pub first_image: FirstImage,
    /// The 95th percentile may be so long, in milliseconds.
    pub p95_max_milliseconds: u64,
    /// What was changed in the week before, newest first; at most [`CHANGES_NAMED_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Changed>,
}

/// Something that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// When.
    pub at: Time,
    /// What.
    pub what: Change,
}

/// What was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A plan was set in motion.
    Plan(PlanHash),
    /// The hospital went over to the other archive, or tried to.
    Failover,
}

/// Plans that were set in motion, and failovers of this pair, in the week before; newest first.
pub fn changes_before(state: &State, pair: &Pair, since: Time) -> Vec<Changed> {
    let is_near = |at: &Time| *at <= since && since.seconds_since(*at) <= CHANGES_BEFORE_SECONDS;
    let plans = state.night().plans().filter_map(|record| {
        let (stamp, _) = record.started.as_ref()?;
        Some(Changed { at: stamp.time, what: Change::Plan(record.hash) })
    });
    let failovers =
        pair.failovers.iter().map(|failover| Changed { at: failover.stamp.time, what: Change::Failover });
    let mut changes: Vec<Changed> = plans.chain(failovers).filter(|changed| is_near(&changed.at)).collect();
    changes.sort_by_key(|changed| std::cmp::Reverse(changed.at));
    changes.truncate(CHANGES_NAMED_MAX);
    changes
}

/// The incident that a probe is, if it is one that is not open already. One that was closed is opened anew only when the archive has been well in between.
pub(crate) fn of_probe(state: &State, is: &PairProbed) -> Option<IncidentOpened> {
    let pair = state.archives().pair(&is.pair)?;
    let (_, baseline) = pair.baseline(is.side, &is.place)?;
    let p95_max_milliseconds = baseline.p95_max_milliseconds;
    if !super::is_slow(&is.first_image, p95_max_milliseconds) {
        return None;
    }
    let before = pair.slow_probes(is.side, &is.place);
    if is.first_image.failed == 0 && before.len() + 1 < SLOW_PROBES_MIN {
        return None;
    }
    let since = before.last().map_or(is.first_image.at, |speed| speed.at);
    let incidents = state.night().incidents().values();
    let is_known = |incident: &crate::night::records::Incident| match &incident.opened.kind {
        Happened::AtArchive(ArchiveIncident::ArchiveSlower(slower)) => {
            let is_same = (&slower.pair, slower.side, &slower.place) == (&is.pair, is.side, &is.place);
            is_same && (incident.closed.is_none() || incident.stamp.time >= since)
        }
        Happened::InNight(_) => false,
    };
    if incidents.clone().any(is_known) {
        return None;
    }
    let known = incidents.filter(|incident| matches!(incident.opened.kind, Happened::AtArchive(_))).count();
    // A word, a letter and a number are always an identifier.
    #[allow(clippy::expect_used)]
    let id = IncidentId::new(&format!("archive-i{}", known + 1)).expect("an identifier");
    let slower = Slower {
        pair: is.pair.clone(),
        side: is.side,
        place: is.place.clone(),
        since,
        first_image: is.first_image,
        p95_max_milliseconds,
        after: changes_before(state, pair, since),
    };
    let kind = Happened::AtArchive(ArchiveIncident::ArchiveSlower(Box::new(slower)));
    Some(IncidentOpened { id, plan: None, host: None, kind })
}
