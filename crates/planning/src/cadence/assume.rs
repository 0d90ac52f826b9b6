//! What is assumed of patches and people, and what of it past nights have shown. An assumption says of itself which it is.

use thiserror::Error;

use crate::forecast::{Record, Step};

/// From so many records on, past nights count instead of what is usual.
pub const RECORDS_LEARNT_MIN: usize = 20;
/// And from so many nights on.
pub const NIGHTS_LEARNT_MIN: usize = 2;

/// Longest median of a duration.
const P50_MAX_MINUTES: u32 = 600;
/// Longest 90th percentile of a duration.
const P90_MAX_MINUTES: u32 = 1_440;

/// Where an assumption comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assumed {
    /// It is what is usual, or what the reader wrote.
    Said,
    /// So many records of past nights.
    Learnt {
        /// Their number.
        records: usize,
    },
}

/// A duration: the median and the 90th percentile, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Half of the times it takes no longer.
    pub p50_minutes: u32,
    /// Nine times of ten it takes no longer.
    pub p90_minutes: u32,
}

/// What is assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assumptions {
    /// Years that are played.
    pub years: u32,
    /// Patches released in a year.
    pub patches_a_year: u32,
    /// Of 1,000 hosts, so many that a patch is for.
    pub for_hosts_per_mille: u32,
    /// Of 1,000 patches, so many that need a restart.
    pub restart_per_mille: u32,
    /// How long a host is away when it restarts.
    pub restart: Span,
    /// Where that comes from.
    pub restart_from: Assumed,
    /// Of 1,000 patches, so many after whose restart another one is due: found later, it is a disruption of its own.
    pub arms_per_mille: u32,
    /// Where that comes from.
    pub arms_from: Assumed,
    /// Of 1,000 patches, so many that fail on a host: all that came with it is taken back, and waits for the next night.
    pub fails_per_mille: u32,
    /// How long a person works on a patch where only a person can.
    pub install: Span,
    /// Where that comes from.
    pub install_from: Assumed,
    /// Minutes of people's work that each night costs, whatever is done in it.
    pub night_minutes: u32,
    /// Minutes of people's work that each disruption of a unit costs: agreeing, telling, looking afterwards.
    pub disruption_minutes: u32,
    /// People who stand in for a dark unit.
    pub cover_people: u32,
}

/// What is usual, where nobody says otherwise and no night has shown it.
pub const ASSUMED: Assumptions = Assumptions {
    years: 2,
    patches_a_year: 24,
    for_hosts_per_mille: 600,
    restart_per_mille: 500,
    restart: Span { p50_minutes: 8, p90_minutes: 15 },
    restart_from: Assumed::Said,
    arms_per_mille: 50,
    arms_from: Assumed::Said,
    fails_per_mille: 10,
    install: Span { p50_minutes: 20, p90_minutes: 40 },
    install_from: Assumed::Said,
    night_minutes: 240,
    disruption_minutes: 30,
    cover_people: 1,
};

/// An assumption that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: {value}; right is {least} to {most}")]
pub struct BadAssumption {
    /// Which.
    pub field: &'static str,
    /// What it was.
    pub value: u32,
    /// The least it may be.
    pub least: u32,
    /// The most it may be.
    pub most: u32,
}

impl Assumptions {
    /// What is usual, with what these records of past nights have shown in its place.
    pub fn learnt(records: &[Record]) -> Assumptions {
        let mut out = ASSUMED;
        let of = |step: Step| records.iter().filter(move |record| record.step == step);
        if let Some((span, records)) = span(of(Step::Restart)) {
            (out.restart, out.restart_from) = (span, Assumed::Learnt { records });
        }
        if let Some((span, records)) = span(of(Step::Install)) {
            (out.install, out.install_from) = (span, Assumed::Learnt { records });
        }
        let first = of(Step::Restart).filter(|record| record.chain.is_some_and(|chain| chain.place == 1));
        if enough(first.clone()) {
            let all = first.clone().count();
            let armed = first.filter(|record| record.chain.is_some_and(|chain| chain.armed_another)).count();
            // Laplace's rule: of what never happened in a few nights it is not said that it never will.
            let per_mille = (armed + 1) * 1_000 / (all + 2);
            out.arms_per_mille = u32::try_from(per_mille).unwrap_or(1_000);
            out.arms_from = Assumed::Learnt { records: all };
        }
        out
    }

    /// Whether they can be.
    ///
    /// # Errors
    /// The first that cannot, with what it may be.
    pub fn checked(self) -> Result<Assumptions, BadAssumption> {
        let within = |field, value, least, most| {
            if (least..=most).contains(&value) {
                Ok(())
            } else {
                Err(BadAssumption { field, value, least, most })
            }
        };
        within("years", self.years, 1, 5)?;
        within("patches_a_year", self.patches_a_year, 1, 200)?;
        within("for_hosts_per_mille", self.for_hosts_per_mille, 1, 1_000)?;
        within("restart_per_mille", self.restart_per_mille, 0, 1_000)?;
        let p90 = |span: Span| (span.p90_minutes, span.p50_minutes, P90_MAX_MINUTES);
        within("restart_p50_minutes", self.restart.p50_minutes, 1, P50_MAX_MINUTES)?;
        let (value, least, most) = p90(self.restart);
        within("restart_p90_minutes", value, least, most)?;
        within("arms_per_mille", self.arms_per_mille, 0, 1_000)?;
        within("fails_per_mille", self.fails_per_mille, 0, 500)?;
        within("install_p50_minutes", self.install.p50_minutes, 1, P50_MAX_MINUTES)?;
        let (value, least, most) = p90(self.install);
        within("install_p90_minutes", value, least, most)?;
        within("night_minutes", self.night_minutes, 0, 10_000)?;
        within("disruption_minutes", self.disruption_minutes, 0, 10_000)?;
        within("cover_people", self.cover_people, 0, 100)?;
        Ok(self)
    }
}

fn enough<'a>(records: impl Iterator<Item = &'a Record> + Clone) -> bool {
    let nights: std::collections::BTreeSet<&str> = records.clone().map(|record| &*record.night).collect();
    nights.len() >= NIGHTS_LEARNT_MIN && records.count() >= RECORDS_LEARNT_MIN
}

/// Median and 90th percentile, each the next whole minute up: a duration is never said to be shorter than it was.
fn span<'a>(records: impl Iterator<Item = &'a Record> + Clone) -> Option<(Span, usize)> {
    if !enough(records.clone()) {
        return None;
    }
    let mut seconds: Vec<u32> = records.map(|record| record.seconds).collect();
    seconds.sort_unstable();
    let at = |percent: usize, most: u32| {
        let rank = (seconds.len() * percent).div_ceil(100).saturating_sub(1);
        seconds.get(rank).map_or(1, |seconds| seconds.div_ceil(60).clamp(1, most))
    };
    let span = Span { p50_minutes: at(50, P50_MAX_MINUTES), p90_minutes: at(90, P90_MAX_MINUTES) };
    Some((span, seconds.len()))
}
