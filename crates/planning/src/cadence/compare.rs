//! Many replays of each cadence, and which differences are more than luck: replay by replay, each cadence against the one that is in use.

use super::replay::Luck;
use super::{Assumptions, Cadence, Host, Measure};

/// Fewest replays.
const REPLAYS_MIN: u64 = 20;
/// Most replays.
const REPLAYS_MAX: u64 = 400;
/// Looks whether a patch is for a host, in all replays of all cadences together: about a second.
const LOOKS_MAX: u64 = 60_000_000;

/// More looks than this are not worth the wait: some seconds.
const LOOKS_HARD_MAX: u64 = 400_000_000;

/// Looks of one replay of all cadences.
fn looks(hosts: usize, of: &Assumptions) -> u64 {
    let patches = u64::from(of.patches_a_year) * u64::from(of.years);
    (hosts as u64).saturating_mul(patches).saturating_mul(Cadence::ALL.len() as u64)
}

/// Would so many hosts take too long to play? Fewer years or fewer patches a year take less.
pub fn takes_too_long(hosts: usize, of: &Assumptions) -> bool {
    looks(hosts, of).saturating_mul(REPLAYS_MIN) > LOOKS_HARD_MAX
}

/// Where eight of ten replays lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// One of ten has less; whole, rounded down.
    pub p10: i64,
    /// Half have less; whole, rounded down.
    pub p50: i64,
    /// Nine of ten have no more; whole, rounded up.
    pub p90: i64,
}

/// A cadence beside the one that is in use, in the same replays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versus {
    /// At least nine of ten replays have less.
    Less,
    /// At least nine of ten replays have more.
    More,
    /// Neither: the difference does not exceed the noise.
    Noise,
}

/// What a cadence comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Which.
    pub cadence: Cadence,
    /// Each measure, in the order of [`Measure::ALL`].
    pub measures: [Band; Measure::ALL.len()],
    /// The difference from the cadence in use, replay by replay.
    pub differences: [Band; Measure::ALL.len()],
    /// Whether that is more than luck.
    pub versus: [Versus; Measure::ALL.len()],
    /// Replays that were played.
    pub replays: u64,
}

/// Plays every cadence, and compares each with `in_use`. The same seed gives the same answer.
pub fn study(hosts: &[Host], of: &Assumptions, in_use: Cadence, seed: u64) -> Vec<Outcome> {
    let replays = (LOOKS_MAX / looks(hosts.len(), of).max(1)).clamp(REPLAYS_MIN, REPLAYS_MAX);
    let played: Vec<[[f64; Measure::ALL.len()]; Cadence::ALL.len()]> = (0..replays)
        .map(|replay| {
            let luck = Luck::new(of, seed, replay);
            Cadence::ALL.map(|cadence| luck.play(hosts, cadence))
        })
        .collect();
    let place = |cadence: Cadence| Cadence::ALL.iter().position(|known| *known == cadence).unwrap_or(0);
    let of_cadence = |cadence: Cadence| {
        let (this, used) = (place(cadence), place(in_use));
        let column = |measure: usize| -> Vec<f64> { played.iter().map(|all| all[this][measure]).collect() };
        let apart = |measure: usize| -> Vec<f64> {
            played.iter().map(|all| all[this][measure] - all[used][measure]).collect()
        };
        let each = std::array::from_fn(|measure| measure);
        Outcome {
            cadence,
            measures: each.map(|measure: usize| band(column(measure))),
            differences: each.map(|measure: usize| band(apart(measure))),
            versus: each.map(|measure: usize| versus(&apart(measure))),
            replays,
        }
    };
    Cadence::ALL.into_iter().map(of_cadence).collect()
}

/// Quantiles as whole numbers, outwards: a band is never said to be narrower than it is.
fn band(mut all: Vec<f64>) -> Band {
    all.sort_by(f64::total_cmp);
    let at = |tenths: usize| all.get(all.len().saturating_sub(1) * tenths / 10).copied().unwrap_or(0.0);
    // Sums of minutes and days of a few years fit into 63 bits.
    Band { p10: at(1).floor() as i64, p50: at(5).floor() as i64, p90: at(9).ceil() as i64 }
}

fn versus(apart: &[f64]) -> Versus {
    let most = |count: usize| count * 10 >= apart.len() * 9 && count > 0;
    if most(apart.iter().filter(|apart| **apart < 0.0).count()) {
        Versus::Less
    } else if most(apart.iter().filter(|apart| **apart > 0.0).count()) {
        Versus::More
    } else {
        Versus::Noise
    }
}
