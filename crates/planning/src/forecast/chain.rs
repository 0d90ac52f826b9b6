//! Restarts that arm further restarts (R05, R11): a Markov chain per patch family, with probabilities drawn towards those of all
//! families by as much as the families resemble each other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::record::{Record, Step};

/// Places of a chain that are told apart; later ones are taken like the last.
pub const FURTHER_RESTARTS_MAX: usize = 4;
/// What is assumed of a patch that nobody has seen: one restart in twenty arms another, as sure as twenty restarts would make us.
const PRIOR_ARMED: f64 = 1.0;
const PRIOR_CLEAR: f64 = 19.0;
/// How many restarts of its own weigh as much as what all families together say; the one that fits best is taken.
const WEIGHTS: [f64; 7] = [2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// How likely a restart is to arm another: a Beta distribution, with the restarts that it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Further {
    /// As if so many had armed another.
    pub armed: f64,
    /// As if so many had not.
    pub clear: f64,
    /// Restarts of the family that were really seen at this place.
    pub seen: u32,
}

impl Further {
    /// The probability, from 0 to 1.
    pub fn probability(&self) -> f64 {
        self.armed / (self.armed + self.clear)
    }
}

/// Counts at one place of the chain.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    armed: f64,
    all: f64,
}

/// What is known of chains.
#[derive(Clone, Debug)]
pub(super) struct Chains {
    families: BTreeMap<Box<str>, [Seen; FURTHER_RESTARTS_MAX]>,
    /// Over all families: probability and what it weighs beside a family's own.
    all: [(f64, f64); FURTHER_RESTARTS_MAX],
    /// After how many seconds restarts that were armed were known to be, sorted.
    shown_after: Vec<u32>,
}

impl Chains {
    pub(super) fn learn<'a>(records: impl Iterator<Item = &'a Record>) -> Chains {
        let mut families: BTreeMap<Box<str>, [Seen; FURTHER_RESTARTS_MAX]> = BTreeMap::new();
        // Before anything was seen, at once; and as sure of that as one restart would make us.
        let mut shown_after = vec![0];
        for record in records.filter(|record| record.step == Step::Restart) {
            let Some(chain) = record.chain else { continue };
            shown_after.extend(chain.shown_after_seconds.filter(|_| chain.armed_another));
            let place = usize::from(chain.place.max(1) - 1).min(FURTHER_RESTARTS_MAX - 1);
            if let Some(seen) = families.entry(record.family.clone()).or_default().get_mut(place) {
                seen.all += 1.0;
                seen.armed += f64::from(u8::from(chain.armed_another));
            }
        }
        let mut all = [(0.0, 0.0); FURTHER_RESTARTS_MAX];
        // Nothing is known of a later place: it is taken like the one before, with what was assumed from the start.
        let (mut armed, mut clear) = (PRIOR_ARMED, PRIOR_CLEAR);
        for (place, all) in all.iter_mut().enumerate() {
            let seen: Vec<Seen> = families.values().filter_map(|places| places.get(place).copied()).collect();
            let total = seen.iter().fold(Seen::default(), |sum, next| Seen {
                armed: sum.armed + next.armed,
                all: sum.all + next.all,
            });
            let probability = (total.armed + armed) / (total.all + armed + clear);
            let known = total.all + armed + clear;
            // What all families say is never surer than what was seen of them.
            *all = (probability, best_weight(&seen, probability).min(known));
            armed = probability * (PRIOR_ARMED + PRIOR_CLEAR);
            clear = (1.0 - probability) * (PRIOR_ARMED + PRIOR_CLEAR);
        }
        shown_after.sort_unstable();
        Chains { families, all, shown_after }
    }

    /// After how many seconds restarts that were armed were known to be, of all families, sorted; never empty.
    pub(super) fn shown_after_seconds(&self) -> &[u32] {
        &self.shown_after
    }

    /// How likely the restart at a place of the chain, from 1, is to arm another.
    pub(super) fn further(&self, family: &str, place: u16) -> Further {
        let place = usize::from(place.max(1) - 1).min(FURTHER_RESTARTS_MAX - 1);
        let (probability, weight) = self.all.get(place).copied().unwrap_or((0.05, 20.0));
        let seen =
            self.families.get(family).and_then(|places| places.get(place)).copied().unwrap_or_default();
        Further {
            armed: seen.armed + probability * weight,
            clear: seen.all - seen.armed + (1.0 - probability) * weight,
            // At most `RECORDS_MAX`.
            seen: seen.all as u32,
        }
    }
}

/// The weight under which what the families showed is likeliest (beta-binomial), among [`WEIGHTS`]; the least with none.
fn best_weight(seen: &[Seen], probability: f64) -> f64 {
    let likely = |weight: f64| -> f64 {
        let (a, b) = (probability * weight, (1.0 - probability) * weight);
        let beta = |a: f64, b: f64| ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
        let each = seen.iter().filter(|seen| seen.all > 0.0);
        each.map(|seen| beta(a + seen.armed, b + seen.all - seen.armed) - beta(a, b)).sum()
    };
    let families = seen.iter().filter(|seen| seen.all > 0.0).count();
    if families < 3 {
        // Two families cannot say how much families differ.
        return PRIOR_ARMED + PRIOR_CLEAR;
    }
    let best = WEIGHTS.into_iter().map(|weight| (likely(weight), weight)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or(PRIOR_ARMED + PRIOR_CLEAR, |(_, weight)| weight)
}

/// The logarithm of the gamma function for positive numbers (Lanczos, g = 5, six terms).
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 6] = [
        76.180_091_729_471_46,
        -86.505_320_329_416_77,
        24.014_098_240_830_91,
        -1.231_739_572_450_155,
        0.001_208_650_973_866_179,
        -0.000_005_395_239_384_953,
    ];
    let base = x + 5.5;
    let mut sum = 1.000_000_000_190_015;
    let mut at = x;
    for term in TERMS {
        at += 1.0;
        sum += term / at;
    }
    (x + 0.5) * base.ln() - base + (2.506_628_274_631_000_5 * sum / x).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gamma_function_is_the_factorial() {
        for (x, factorial) in [(1.0, 1.0_f64), (5.0, 24.0), (10.0, 362_880.0)] {
            assert!((ln_gamma(x) - factorial.ln()).abs() < 1e-9, "{x}");
        }
    }
}
