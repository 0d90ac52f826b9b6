//! Shares and ratios with how sure they are.

use crate::rng::Rng;

/// How often nights are drawn again.
const DRAWS: usize = 2_000;
/// The normal number beyond which lie 2.5 of a hundred.
const NORMAL_975: f64 = 1.959_964;

/// A value, and where it lies in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// The value.
    pub value: f64,
    /// Not less.
    pub low: f64,
    /// Not more.
    pub high: f64,
}

/// So many of so many, with Wilson's interval.
pub fn share(count: usize, of: usize) -> Band {
    let (n, p, z) = (of as f64, count as f64 / of as f64, NORMAL_975);
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n);
    Band { value: p, low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
}

/// What one night cost in two ways.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Ours.
    pub ours: f64,
    /// Theirs.
    pub theirs: f64,
}

/// All of ours as a multiple of all of theirs. The band is that of drawing hospitals again, and in each its nights: nights of one
/// hospital have much in common.
pub fn ratio(hospitals: &[Vec<Pair>], seed: u64) -> Band {
    let of = |pairs: &mut dyn Iterator<Item = Pair>| {
        let (ours, theirs) = pairs.fold((0.0, 0.0), |sum, pair| (sum.0 + pair.ours, sum.1 + pair.theirs));
        ours / theirs
    };
    let mut rng = Rng::from_seed(seed);
    let mut drawn: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let mut pairs = Vec::new();
            for _ in hospitals {
                let Some(nights) = rng.pick(hospitals) else { continue };
                pairs.extend((0..nights.len()).filter_map(|_| rng.pick(nights).copied()));
            }
            of(&mut pairs.into_iter())
        })
        .filter(|ratio| ratio.is_finite())
        .collect();
    drawn.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = ((drawn.len().saturating_sub(1)) as f64 * share).round() as usize;
        drawn.get(place).copied().unwrap_or(f64::NAN)
    };
    Band { value: of(&mut hospitals.iter().flatten().copied()), low: at(0.025), high: at(0.975) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_of_ten_nights_are_less_sure_than_ninety_of_a_hundred() {
        let (few, many) = (share(9, 10), share(90, 100));
        assert_eq!(few.value, many.value);
        assert!(few.low < many.low && few.high > many.high);
        // Wilson's interval of 90 of 100, from his formula by hand.
        assert!((many.low - 0.8256).abs() < 1e-3 && (many.high - 0.9448).abs() < 1e-3, "{many:?}");
    }

    #[test]
    fn a_ratio_that_is_the_same_each_night_has_no_band() {
        let night = |theirs: f64| Pair { ours: theirs / 4.0, theirs };
        let band = ratio(&[vec![night(4.0), night(8.0)], vec![night(100.0)]], 1);
        assert_eq!((band.value, band.low, band.high), (0.25, 0.25, 0.25));
    }
}
