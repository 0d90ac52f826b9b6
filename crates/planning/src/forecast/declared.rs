//! What was said of how long work takes, and how far it may be believed: the vendor's or planner's minutes set where a patch without
//! history lies, and history says how much longer they should have been (R06).

use model::patch::{Minutes, Patch};

use super::record::{Record, Step, log_minutes};

/// Packages are fetched at about so many bytes a minute before anything is known of the network (8 Mbit/s).
const DOWNLOAD_BYTES_PER_MINUTE: f64 = 60_000_000.0;
/// A function test is taken to need so long before anything is known.
const PROBE: Said = Said { p50_minutes: 1.0, p90_minutes: 3.0 };
/// Nothing takes less than this, in minutes: whole minutes are declared, and 0 of them means *hardly any time*.
const MINUTES_MIN: f64 = 0.25;
/// Nothing is taken to need longer than this, in minutes: two weeks.
pub(super) const MINUTES_MAX: f64 = 20_160.0;
/// How strongly it is assumed that twice the declared minutes take twice as long, in squared logarithms.
const SLOPE_PRIOR: f64 = 1.0;

/// A duration as somebody said it would be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Said {
    /// Half of the times it takes no longer, in minutes.
    pub p50_minutes: f64,
    /// Nine times of ten it takes no longer, in minutes.
    pub p90_minutes: f64,
}

impl From<Minutes> for Said {
    fn from(minutes: Minutes) -> Said {
        Said { p50_minutes: f64::from(minutes.p50), p90_minutes: f64::from(minutes.p90) }
    }
}

impl Said {
    /// What a patch declares of a step: fetching goes by its size, a test by nothing.
    pub fn of(patch: &Patch, step: Step) -> Said {
        match step {
            Step::Download => {
                // A whole number of bytes fits well enough.
                let minutes = patch.size_bytes as f64 / DOWNLOAD_BYTES_PER_MINUTE;
                Said { p50_minutes: minutes, p90_minutes: 3.0 * minutes }
            }
            Step::Install => patch.declared.install.into(),
            Step::Restart => patch.declared.restart.into(),
            Step::Probe => PROBE,
        }
    }

    /// The logarithm of the median in minutes; what is no sound number is taken to be hardly any time.
    pub(super) fn log_p50(self) -> f64 {
        sound(self.p50_minutes).ln()
    }

    /// The standard deviation that the two percentiles speak of, in logarithms.
    pub(super) fn log_spread(self) -> f64 {
        ((sound(self.p90_minutes) / sound(self.p50_minutes)).ln() / 1.281_551_6).max(0.0)
    }
}

fn sound(minutes: f64) -> f64 {
    if minutes.is_finite() { minutes.clamp(MINUTES_MIN, MINUTES_MAX) } else { MINUTES_MIN }
}

/// The patch family: patches of one kind, month after month. Names of packages without the numbers in them; where a person installs,
/// the patch's own name without them.
pub fn family_of(patch: &Patch) -> Box<str> {
    let mut names: Vec<String> = patch.packages.iter().map(|package| stem(&package.package)).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        names.push(stem(patch.id.as_str()));
    }
    joined(names)
}

/// The family that a table names: packages apart by `+`, with or without their numbers.
pub fn family_named(text: &str) -> Box<str> {
    let mut names: Vec<String> =
        text.split('+').map(str::trim).filter(|name| !name.is_empty()).map(stem).collect();
    names.sort_unstable();
    names.dedup();
    joined(names)
}

fn joined(mut names: Vec<String>) -> Box<str> {
    // A bundle of many packages is told by its first few and their number.
    let more = names.len().saturating_sub(FAMILY_PACKAGES_MAX);
    names.truncate(FAMILY_PACKAGES_MAX);
    let mut family = names.join("+");
    if more > 0 {
        family.push_str(&format!("+{more} more"));
    }
    family.into()
}

const FAMILY_PACKAGES_MAX: usize = 4;

/// A name without its numbers: `linux-image-6.1.0-18-amd64` is `linux-image-amd64`.
fn stem(name: &str) -> String {
    let parts = name.split(['-', '_', ' ', '.', '~', '+', ':']);
    let words: Vec<&str> =
        parts.filter(|part| !part.is_empty() && !part.starts_with(|c: char| c.is_ascii_digit())).collect();
    if words.is_empty() { name.to_owned() } else { words.join("-") }
}

/// How declared minutes and real ones belong together, for one step.
#[derive(Clone, Debug, Default)]
pub(super) struct Declared {
    /// Logarithm of declared minutes in the middle of all families, and by how much twice as long declared is longer; `None` before
    /// anything was seen: as declared.
    line: Option<(f64, f64)>,
    /// For each family without declared minutes in its history: where it is, whatever is declared now.
    fixed: Vec<Option<f64>>,
}

impl Declared {
    /// From records with the number of their family.
    pub(super) fn learn(records: &[(&Record, u32)], families: usize) -> Declared {
        let mut taken: Vec<Vec<f64>> = vec![Vec::new(); families];
        let mut said: Vec<(f64, f64)> = vec![(0.0, 0.0); families];
        for (record, family) in records {
            let ix = *family as usize;
            if let Some(taken) = taken.get_mut(ix) {
                taken.push(log_minutes(record.seconds));
            }
            if let (Some(declared), Some((sum, count))) = (record.declared_seconds, said.get_mut(ix)) {
                *sum += said_log(declared);
                *count += 1.0;
            }
        }
        let middles: Vec<f64> = taken.iter_mut().map(|all| median(all)).collect();
        let fixed: Vec<Option<f64>> = said
            .iter()
            .zip(&middles)
            .map(|((_, count), middle)| (*count == 0.0).then_some(*middle))
            .collect();
        let places: Vec<(f64, f64)> = said
            .iter()
            .zip(&middles)
            .filter(|((_, count), _)| *count > 0.0)
            .map(|((sum, count), middle)| (sum / count, *middle))
            .collect();
        Declared { line: line(&places), fixed }
    }

    /// Where work is expected from what is declared of it, as the logarithm of minutes. Never falls when more is declared.
    pub(super) fn expected(&self, family: Option<u32>, declared_log: f64) -> f64 {
        let fixed = family.and_then(|family| self.fixed.get(family as usize).copied().flatten());
        match (fixed, self.line) {
            (Some(fixed), _) => fixed,
            (None, Some((middle, slope))) => middle + slope * (declared_log - middle),
            (None, None) => declared_log,
        }
    }

    /// Where a record was expected.
    pub(super) fn expected_of(&self, record: &Record, family: u32) -> f64 {
        // One record without declared minutes in a family that has them elsewhere: what it took says nothing of what was said.
        let declared = record.declared_seconds.map_or_else(|| log_minutes(record.seconds), said_log);
        self.expected(Some(family), declared)
    }
}

fn said_log(seconds: u32) -> f64 {
    sound(f64::from(seconds) / 60.0).ln()
}

/// Middle and slope through families, drawn towards a slope of one; `None` of none.
fn line(places: &[(f64, f64)]) -> Option<(f64, f64)> {
    let count = places.len() as f64;
    let sum = places.iter().fold((0.0, 0.0), |sum, place| (sum.0 + place.0, sum.1 + place.1));
    if places.is_empty() {
        return None;
    }
    let (x, y) = (sum.0 / count, sum.1 / count);
    let across: f64 = places.iter().map(|place| (place.0 - x).powi(2)).sum();
    let along: f64 = places.iter().map(|place| (place.0 - x) * (place.1 - y)).sum();
    let slope = (along + SLOPE_PRIOR) / (across + SLOPE_PRIOR);
    Some((x, slope.clamp(0.0, 1.5)))
}

fn median(all: &mut [f64]) -> f64 {
    if all.is_empty() {
        return 0.0;
    }
    let middle = all.len() / 2;
    *all.select_nth_unstable_by(middle, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_its_packages_without_their_numbers() {
        for (name, is) in [
            ("linux-image-6.1.0-18-amd64", "linux-image-amd64"),
            ("openssl", "openssl"),
            ("KB5031364", "KB5031364"),
            ("monitor-2026-10", "monitor"),
            ("2026", "2026"),
        ] {
            assert_eq!(stem(name), is);
        }
    }
}
