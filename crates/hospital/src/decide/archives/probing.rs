//! What is believed of a probe that somebody tells, which places may tell them, and when one may be retired. Probes come from other computers: what cannot be is refused, and an old one
//! that comes late never stands in for a newer.

use model::Time;

use super::ArchiveRefusal;
use crate::archives::fact::{PairProbed, PlaceAdmitted, PlaceRetired};
use crate::archives::{PROBE_PLACES_MAX, Pair};
use crate::fact::Fact;
use crate::state::State;

/// Longest time that one step of a probe can have taken: a day.
pub const TOOK_MAX_MILLISECONDS: u64 = 86_400_000;
/// Most images that are opened in one probe.
pub const OPENED_MAX: u32 = 10_000;
/// What is told later than this was of no use, or of a wrong clock: a day.
const TOLD_LATE_MAX_SECONDS: i64 = 24 * 3_600;
/// What was probed within so many minutes is not retired: as long as the gate believes a probe, so that nobody opens it by taking away what keeps it closed.
pub const PROBED_LATELY_MINUTES: i64 = 60;

/// Can it have been measured, and is it no older than what is known from there?
pub(super) fn is_sound(state: &State, is: &PairProbed, now: Time) -> Result<(), ArchiveRefusal> {
    let first = is.first_image;
    let opened = u64::from(first.probes) + u64::from(first.failed);
    if !(1..=u64::from(OPENED_MAX)).contains(&opened) {
        return Err(ArchiveRefusal::NoOpenings { opened });
    }
    if now.seconds_since(first.at) > TOLD_LATE_MAX_SECONDS {
        return Err(ArchiveRefusal::TooOldProbe);
    }
    percentiles(first.probes, first.p50_milliseconds, first.p95_milliseconds)?;
    for took in [is.search, is.scroll, is.prior].into_iter().flatten() {
        if took.times == 0 {
            return Err(ArchiveRefusal::NoOpenings { opened: 0 });
        }
        percentiles(took.times, took.p50_milliseconds, took.p95_milliseconds)?;
    }
    let probes = state.archives().pair(&is.pair).map_or(&[][..], Pair::probes);
    let from_there = probes.iter().find(|known| known.side == is.side && known.place == is.place);
    let newest = from_there.and_then(|known| known.probes.last()).map(|probe| probe.first_image.at);
    // One from a time that has not come was of a wrong clock, and keeps nobody from telling.
    if newest.is_some_and(|newest| newest > first.at && newest <= now) {
        return Err(ArchiveRefusal::OlderProbe);
    }
    Ok(())
}

fn percentiles(probes: u32, p50: u64, p95: u64) -> Result<(), ArchiveRefusal> {
    if p50 > p95 {
        return Err(ArchiveRefusal::NoPercentiles { probes, p50, p95 });
    }
    let is_time = |milliseconds: &u64| (1..=TOOK_MAX_MILLISECONDS).contains(milliseconds);
    match [p50, p95].into_iter().find(|milliseconds| !is_time(milliseconds)) {
        // Of no image there is no time.
        Some(milliseconds) if probes > 0 => Err(ArchiveRefusal::NoTime { milliseconds }),
        Some(_) | None => Ok(()),
    }
}

/// A place that may tell its own probes, anew or for the first time.
pub(super) fn admitted(pair: Option<&Pair>, admitted: PlaceAdmitted) -> Result<Fact, ArchiveRefusal> {
    let known = pair.map_or(&[][..], Pair::admitted_places);
    let others = known.iter().filter(|(_, known)| known.place != admitted.place).count();
    if others >= PROBE_PLACES_MAX {
        return Err(ArchiveRefusal::TooManyPlaces);
    }
    Ok(Fact::PlaceAdmitted(admitted))
}

/// A place that is probed no more, or never was although it was let.
pub(super) fn retired(pair: &Pair, retired: PlaceRetired, now: Time) -> Result<Fact, ArchiveRefusal> {
    let place = retired.place.clone();
    match pair.last_probed_from(&place) {
        None if pair.admitted_places().iter().any(|(_, admitted)| admitted.place == place) => {
            Ok(Fact::PlaceRetired(retired))
        }
        None => Err(ArchiveRefusal::NoSuchPlace { place }),
        Some(at) if at <= now && now.seconds_since(at) <= PROBED_LATELY_MINUTES * 60 => {
            Err(ArchiveRefusal::StillProbed { place })
        }
        Some(_) => Ok(Fact::PlaceRetired(retired)),
    }
}
