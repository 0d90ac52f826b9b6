//! How fast an archive gives images to somebody who reads them, in milliseconds that are never rounded down.

use std::time::Duration;

use adapter_dicom::source::{Probing, Times, probe};
use archive::Side;
use archive::gate::FirstImage;
use hospital::archives::fact::{PairProbed, Took};
use model::ids::PairId;
use model::{Date, Time};
use serde::Serialize;
use server::archives::NotAsked;

use super::ArchiveConfig;
use crate::place::now;

/// Examinations that are opened: a few more than the gate's least number.
pub(crate) const PROBES: u32 = 24;
/// Examinations of so many days back may be opened, and of tomorrow: no time zone takes today's away.
const DAYS_BACK: i64 = 400;

/// Opens examinations of an archive and takes the times.
pub(crate) fn times(
    archive: &ArchiveConfig,
    name: &str,
    probes: u32,
    go_on: &dyn Fn(u64) -> bool,
) -> Result<Times, NotAsked> {
    let mut end = archive.end(name).map_err(|error| NotAsked::Failed(error.sentence()))?;
    let mut reads = archive.reads(name).map_err(|error| NotAsked::Failed(error.sentence()))?;
    let today = now().0.div_euclid(86_400_000_000);
    let (Some(from), Some(to)) = (Date::of_days(today - DAYS_BACK), Date::of_days(today + 1)) else {
        return Err(NotAsked::Failed("the clock stands outside 1900 to 2199".to_owned()));
    };
    let probing = Probing { from, to, probes };
    let times = probe(&mut *end.source, &mut *reads, probing, end.pace, go_on);
    times.map_err(|says| NotAsked::Failed(says.into()))?.ok_or(NotAsked::Stopped)
}

/// Nothing came, for this reason.
pub(crate) fn none(says: String, probes: u32) -> Times {
    Times { failed: probes, first_failure: Some(says.into()), ..Times::default() }
}

/// How fast each step was.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Measured {
    /// From opening an examination to its first image.
    pub(crate) first_image: FirstImage,
    /// Searching the list of a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) search: Option<Took>,
    /// Each further image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scroll: Option<Took>,
    /// From opening a prior of the same patient to its first image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) prior: Option<Took>,
}

/// Percentiles of the times that were taken; `at` is when the last of them was.
pub(crate) fn measured(times: &Times, at: Time) -> Measured {
    let nothing = Took { p50_milliseconds: 0, p95_milliseconds: 0, times: 0 };
    let first = took(&times.first_image).unwrap_or(nothing);
    Measured {
        first_image: FirstImage {
            p50_milliseconds: first.p50_milliseconds,
            p95_milliseconds: first.p95_milliseconds,
            probes: first.times,
            failed: times.failed,
            at,
        },
        search: took(&times.search),
        scroll: took(&times.scroll),
        prior: took(&times.prior),
    }
}

impl Measured {
    /// The same as it is recorded.
    pub(crate) fn probed(self, pair: PairId, side: Side, place: &str) -> PairProbed {
        let Measured { first_image, search, scroll, prior } = self;
        PairProbed { pair, side, place: place.into(), first_image, search, scroll, prior }
    }
}

/// Percentiles by nearest rank: each is a time that was measured.
fn took(times: &[Duration]) -> Option<Took> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let at = |percent: usize| sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1));
    let milliseconds = |time: &Duration| {
        // Whatever took some time took at least a millisecond.
        u64::try_from(time.as_nanos().div_ceil(1_000_000).max(1)).unwrap_or(u64::MAX)
    };
    Some(Took {
        p50_milliseconds: milliseconds(at(50)?),
        p95_milliseconds: milliseconds(at(95)?),
        times: u32::try_from(sorted.len()).unwrap_or(u32::MAX),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_image_of_twenty_is_within_the_95th_percentile_and_two_are_not() {
        let times = |slow: usize| {
            let mut times = vec![Duration::from_micros(100_001); 20 - slow];
            times.extend(vec![Duration::from_secs(9); slow]);
            took(&times).unwrap()
        };
        assert_eq!((times(1).p50_milliseconds, times(1).p95_milliseconds), (101, 101), "never rounded down");
        assert_eq!(times(2).p95_milliseconds, 9_000);
        assert_eq!(took(&[]), None);
        assert_eq!(took(&[Duration::ZERO]).unwrap().p50_milliseconds, 1, "no image takes no time");
        assert_eq!(took(&[Duration::from_nanos(1_000_001)]).unwrap().p50_milliseconds, 2);
    }
}
