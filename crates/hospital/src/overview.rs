//! What needs somebody now, in whole numbers: one look at groups, one pass over the register.

use exposure::matcher::AdvisoryIx;
use exposure::rank::Rank;
use exposure::{GapKind, Verdict};
use model::device::SupportStatus;
use model::{Date, Time};

use crate::fleet::{MakersMissing, exploited, is_about_names, standing_of};
use crate::imports::ImportKind;
use crate::matrix::Counts;
use crate::state::State;

/// For how long an advisory's revision counts as new, in seconds.
pub const NEW_FOR_SECONDS: i64 = 7 * 86_400;

/// Devices by support on one day (R85, R86); the three add up to all devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SupportCounts {
    /// Supported by their makers.
    pub supported: u64,
    /// No longer supported.
    pub unsupported: u64,
    /// Nobody has said.
    pub unknown: u64,
}

impl SupportCounts {
    /// All devices.
    pub fn all(&self) -> u64 {
        self.supported + self.unsupported + self.unknown
    }
}

/// A vulnerability that is known to be exploited and open on a device.
#[derive(Clone, Debug, PartialEq)]
pub struct ExploitedOpen {
    /// Its name.
    pub name: Box<str>,
    /// Its place among others.
    pub rank: Rank,
    /// Pairs, which for one vulnerability are devices.
    pub counts: Counts,
    /// In the catalogue of known exploited vulnerabilities.
    pub in_catalogue: bool,
    /// Known to be used by ransomware.
    pub ransomware: bool,
}

/// When a source last spoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Which.
    pub kind: ImportKind,
    /// When it was last imported; `None` when never.
    pub imported: Option<Time>,
    /// What it calls itself: catalogue version, day of the scores.
    pub edition: Option<Box<str>>,
    /// The day it speaks of, where it has one: imported today it can still be old.
    pub day: Option<Date>,
}

/// What needs somebody now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overview {
    /// Devices in the register.
    pub devices: u64,
    /// Advisories in the library.
    pub advisories: u64,
    /// Devices by support.
    pub support: SupportCounts,
    /// Pairs of device and vulnerability by verdict.
    pub verdicts: Counts,
    /// Undecided pairs by the one gap each is counted under, most first.
    pub gaps: Vec<(GapKind, u64)>,
    /// Undecided pairs for which no gap is named.
    pub gaps_unnamed: u64,
    /// Questions about names that are open.
    pub questions: u64,
    /// Answers about names that are in force.
    pub answers: u64,
    /// Undecided pairs that wait for an answer about names.
    pub waiting_for_names: u64,
    /// Exploited and open, most urgent first.
    pub exploited: Vec<ExploitedOpen>,
    /// Devices on which at least one exploited vulnerability is open.
    pub exploited_devices: u64,
    /// Advisories whose newest revision came within [`NEW_FOR_SECONDS`].
    pub new_advisories: u64,
    /// Those of them that speak of a device of ours.
    pub new_advisories_ours: u64,
    /// Devices that no advisory names.
    pub unmatched: u64,
    /// Devices whose maker is not recorded.
    pub maker_missing: u64,
    /// Devices whose software version is not recorded.
    pub version_missing: u64,
    /// Devices of which the maker, the version or both are not recorded.
    pub incomplete: u64,
}

/// Works it out. `today` decides whose support has ended; `now` which advisories are new.
pub fn overview(state: &State, now: Time, today: Date) -> Overview {
    let mut out = Overview {
        devices: state.register().len() as u64,
        advisories: state.library().len() as u64,
        support: support(state, today),
        questions: state.matcher().proposals().len() as u64,
        answers: state.answers().len() as u64,
        ..Overview::default()
    };
    let named = groups(state, &mut out);
    let since = now.plus_seconds(-NEW_FOR_SECONDS);
    for (ix, _) in state.library().iter().filter(|(_, item)| item.current().stamp.time >= since) {
        out.new_advisories += 1;
        out.new_advisories_ours += u64::from(named.get(ix as usize).copied().unwrap_or(false));
    }
    out
}

/// Devices by support, over the whole register.
pub fn support(state: &State, today: Date) -> SupportCounts {
    let mut counts = SupportCounts::default();
    let rows = 0..u32::try_from(state.register().rows_len()).unwrap_or(u32::MAX);
    for device in rows.filter_map(|ix| state.register().get(ix)).filter(|device| !device.is_retired()) {
        match device.support().on(today) {
            SupportStatus::Supported => counts.supported += 1,
            SupportStatus::Unsupported => counts.unsupported += 1,
            SupportStatus::Unknown => counts.unknown += 1,
        }
    }
    counts
}

/// Adds up what holds for groups; says which advisories speak of a device of ours.
fn groups(state: &State, out: &mut Overview) -> Vec<bool> {
    let exploited = exploited(state);
    let mut named = vec![false; state.library().len()];
    let mut gaps = vec![0_u64; GapKind::ALL.len()];
    let mut open = vec![Counts::default(); exploited.len()];
    let mut makers = MakersMissing::default();
    for group in state.matcher().groups() {
        let devices = group.devices.len();
        let standing = standing_of(group.cells, group.pairs, &exploited);
        for verdict in Verdict::ALL {
            out.verdicts.add(verdict, standing.counts.of(verdict) * devices);
        }
        for (_, gap) in &standing.gaps {
            if let Some(slot) = gaps.get_mut(*gap as usize) {
                *slot += devices;
            }
        }
        out.exploited_devices += if standing.exploited > 0 { devices } else { 0 };
        out.unmatched += if group.pairs.is_empty() { devices } else { 0 };
        let (maker, version) = (makers.is_missing(group.manufacturer), group.version.is_none());
        out.maker_missing += if maker { devices } else { 0 };
        out.version_missing += if version { devices } else { 0 };
        out.incomplete += if maker || version { devices } else { 0 };
        for (vulnerability, verdict) in group.pairs {
            let at = *vulnerability as usize;
            if exploited.get(at).copied().unwrap_or(false) {
                open.get_mut(at).into_iter().for_each(|counts| counts.add(*verdict, devices));
            }
        }
        let mut last: Option<AdvisoryIx> = None;
        for cell in group.cells {
            if last != Some(cell.advisory) {
                last = Some(cell.advisory);
                named.get_mut(cell.advisory as usize).into_iter().for_each(|slot| *slot = true);
            }
        }
    }
    out.gaps = GapKind::ALL.iter().copied().zip(gaps).filter(|(_, pairs)| *pairs > 0).collect();
    out.gaps.sort_by_key(|(gap, pairs)| (std::cmp::Reverse(*pairs), *gap));
    let sum: u64 = out.gaps.iter().map(|(_, pairs)| pairs).sum();
    out.gaps_unnamed = out.verdicts.undecided - sum.min(out.verdicts.undecided);
    let about_names = out.gaps.iter().filter(|(gap, _)| is_about_names(*gap));
    out.waiting_for_names = about_names.map(|(_, pairs)| pairs).sum();
    out.exploited = exploited_open(state, &open);
    named
}

fn exploited_open(state: &State, open: &[Counts]) -> Vec<ExploitedOpen> {
    let (matcher, threats) = (state.matcher(), state.threats());
    let numbered = (0u32..).zip(open).filter(|(_, counts)| counts.open() > 0);
    let mut out: Vec<ExploitedOpen> = numbered
        .map(|(number, counts)| {
            let name = matcher.vulnerability_name(number);
            let inputs = threats.inputs(name, matcher.base_tenths(number));
            let entry = threats.kev(name);
            ExploitedOpen {
                name: name.into(),
                rank: exposure::rank::rank(&inputs, counts.open()),
                counts: *counts,
                in_catalogue: entry.is_some(),
                ransomware: entry.is_some_and(|entry| entry.ransomware),
            }
        })
        .collect();
    out.sort_by(|a, b| {
        (a.counts.affected == 0, a.rank, &a.name).cmp(&(b.counts.affected == 0, b.rank, &b.name))
    });
    out
}

/// When each source last spoke: the feeds that rank, the advisories, the register.
pub fn sources(state: &State) -> [Source; 5] {
    let threats = state.threats();
    let last = |kind: ImportKind| {
        let of_kind = |(_, summary): &&(crate::Stamp, crate::imports::ImportSummary)| summary.kind == kind;
        state.imports().iter().rev().find(of_kind).map(|(stamp, _)| stamp.time)
    };
    // Only so many imports are remembered: what is there came some time.
    let arrival = || state.library().iter().map(|(_, item)| item.current().stamp.time).max();
    let entry = || {
        state
            .register()
            .order()
            .iter()
            .filter_map(|ix| state.register().get(*ix))
            .map(|device| device.changed())
            .max()
    };
    let source = |kind, imported: Option<Time>| Source { kind, imported, edition: None, day: None };
    let kev = threats.kev_source();
    let epss = threats.epss_source();
    [
        source(ImportKind::Advisories, last(ImportKind::Advisories).or_else(arrival)),
        source(ImportKind::Inventory, last(ImportKind::Inventory).or_else(entry)),
        Source {
            edition: kev.map(|(_, catalogue)| catalogue.clone()),
            ..source(ImportKind::Kev, kev.map(|(stamp, _)| last(ImportKind::Kev).unwrap_or(stamp.time)))
        },
        Source {
            edition: epss.map(|(_, day)| day.to_string().into()),
            day: epss.map(|(_, day)| *day),
            ..source(ImportKind::Epss, epss.map(|(stamp, _)| last(ImportKind::Epss).unwrap_or(stamp.time)))
        },
        source(
            ImportKind::Vulnrichment,
            threats.ssvc_source().map(|stamp| last(ImportKind::Vulnrichment).unwrap_or(stamp.time)),
        ),
    ]
}
