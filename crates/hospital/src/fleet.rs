//! Questions to the whole fleet: which devices meet a filter, in which order, one page of them; and where one device
//! stands. One pass over the register at most, and what holds for a group of alike devices is worked out once.

use std::collections::HashMap;

use exposure::matcher::{Cell, DeviceIx, VulnerabilityIx};
use exposure::rank::{Tier, rank};
use exposure::vendor::VendorName;
use exposure::{GapKind, Verdict};
use model::Date;
use model::device::{Criticality, SupportStatus};

use crate::matrix::Counts;
use crate::register::DeviceView;
use crate::state::State;

/// What the register or the library lacks of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The register names no maker.
    Maker,
    /// The register has no software version.
    Version,
    /// No advisory names it: nothing is known of it.
    Advisory,
}

impl Lack {
    /// Every lack.
    pub const ALL: [Lack; 3] = [Lack::Maker, Lack::Version, Lack::Advisory];

    /// The word in a URL.
    pub fn word(self) -> &'static str {
        match self {
            Lack::Maker => "maker",
            Lack::Version => "version",
            Lack::Advisory => "advisory",
        }
    }
}

/// What is open on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// Something: affected or undecided.
    Some,
    /// Nothing. Not the same as safe: perhaps no advisory names it.
    None,
    /// Something that is known to be exploited.
    Exploited,
}

impl Open {
    /// Every value.
    pub const ALL: [Open; 3] = [Open::Some, Open::None, Open::Exploited];

    /// The word in a URL.
    pub fn word(self) -> &'static str {
        match self {
            Open::Some => "some",
            Open::None => "none",
            Open::Exploited => "exploited",
        }
    }
}

/// Which devices are asked for; what is `None` lets every device through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceFilter {
    /// Part of asset tag, maker, model, version, unit or serial number; in any case.
    pub text: Option<String>,
    /// Care unit, exactly.
    pub unit: Option<String>,
    /// Site, exactly.
    pub site: Option<String>,
    /// Maker, exactly.
    pub maker: Option<String>,
    /// Support on the day of asking.
    pub support: Option<SupportStatus>,
    /// Criticality.
    pub criticality: Option<Criticality>,
    /// What is open.
    pub open: Option<Open>,
    /// Has an undecided pair for this reason.
    pub gap: Option<GapKind>,
    /// What is not recorded or not known.
    pub lacks: Option<Lack>,
}

/// What devices are ordered by; among equals always by asset tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceOrder {
    /// Asset tag.
    Tag,
    /// Maker.
    Maker,
    /// Model.
    Model,
    /// Care unit; devices without one last.
    Unit,
    /// Number of open vulnerabilities.
    Open,
}

/// A page of devices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Devices that meet the filter, in all.
    pub total: u64,
    /// Those of the page, in order.
    pub devices: Vec<DeviceIx>,
}

/// Where a device stands: what holds for every device of its group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Vulnerabilities by the worst verdict that any advisory gives.
    pub counts: Counts,
    /// Those of them that are open and known to be exploited.
    pub exploited: u64,
    /// Each undecided vulnerability with the one gap it is counted under.
    pub gaps: Vec<(VulnerabilityIx, GapKind)>,
}

/// Which vulnerabilities are known to be exploited (KEV, or SSVC exploitation *active*), by number.
pub fn exploited(state: &State) -> Vec<bool> {
    let numbers = 0..u32::try_from(state.matcher().vulnerabilities_len()).unwrap_or(u32::MAX);
    let is = |number| {
        let inputs = state.threats().inputs(state.matcher().vulnerability_name(number), None);
        rank(&inputs, 0).tier() == Tier::Exploited
    };
    numbers.map(is).collect()
}

/// Where a device stands; `exploited` as [`exploited`] gives it.
pub fn standing(state: &State, device: DeviceIx, exploited: &[bool]) -> Standing {
    standing_of(state.matcher().cells(device), state.matcher().pairs(device), exploited)
}

/// The same for a group's cells and pairs.
pub fn standing_of(cells: &[Cell], pairs: &[(VulnerabilityIx, Verdict)], exploited: &[bool]) -> Standing {
    let mut standing = Standing { gaps: gaps(cells, pairs), ..Standing::default() };
    for (vulnerability, verdict) in pairs {
        standing.counts.add(*verdict, 1);
        let is_exploited = exploited.get(*vulnerability as usize).copied().unwrap_or(false);
        standing.exploited += u64::from(verdict.is_open() && is_exploited);
    }
    standing
}

/// The one gap that each undecided pair is counted under, so that the gaps add up to the pairs: a question about names
/// before any other, because one answer closes many; else in the order of [`GapKind::ALL`].
pub fn gaps(cells: &[Cell], pairs: &[(VulnerabilityIx, Verdict)]) -> Vec<(VulnerabilityIx, GapKind)> {
    let undecided = cells.iter().filter(|cell| cell.verdict == Verdict::Undecided);
    let mut found: Vec<(VulnerabilityIx, (bool, GapKind))> = undecided
        .filter_map(|cell| cell.gap.map(|gap| (cell.vulnerability, (!is_about_names(gap), gap))))
        .collect();
    found.sort_unstable();
    found.dedup_by_key(|(vulnerability, _)| *vulnerability);
    let counts = |vulnerability: VulnerabilityIx| {
        let at = pairs.binary_search_by_key(&vulnerability, |(known, _)| *known).ok();
        at.and_then(|at| pairs.get(at)).is_some_and(|(_, verdict)| *verdict == Verdict::Undecided)
    };
    found.retain(|(vulnerability, _)| counts(*vulnerability));
    found.into_iter().map(|(vulnerability, (_, gap))| (vulnerability, gap)).collect()
}

/// Is it closed by saying what a name means?
pub fn is_about_names(gap: GapKind) -> bool {
    matches!(gap, GapKind::AliasUnconfirmed | GapKind::MakerMissing | GapKind::ModelNumberDiffers)
}

/// Makers that the register leaves blank or writes as *unknown*, remembered by spelling.
#[derive(Default)]
pub struct MakersMissing<'s>(HashMap<&'s str, bool>);

impl<'s> MakersMissing<'s> {
    /// Is this no maker's name?
    pub fn is_missing(&mut self, maker: &'s str) -> bool {
        *self.0.entry(maker).or_insert_with(|| VendorName::new(maker).is_missing())
    }
}

/// Does `text`, in any case, hold `lower`, which is in lower case and not empty?
fn holds(text: &str, lower: &str) -> bool {
    if text.is_ascii() && lower.is_ascii() {
        text.as_bytes().windows(lower.len()).any(|window| window.eq_ignore_ascii_case(lower.as_bytes()))
    } else {
        text.to_lowercase().contains(lower)
    }
}

/// What a filter and an order need of a group, worked out when its first device is met.
struct GroupFacts {
    passes: bool,
    /// Its maker, model or version holds the text asked for.
    named: bool,
    open: u32,
}

struct Search<'s, 'f> {
    state: &'s State,
    today: Date,
    filter: &'f DeviceFilter,
    text: Option<String>,
    exploited: Vec<bool>,
    groups: HashMap<u32, GroupFacts>,
    makers: MakersMissing<'s>,
}

/// Finds the devices that meet `filter`, in `order` (largest first when `down`), and returns those from `offset` on, at
/// most `most` of them. `today` decides whose support has ended.
pub fn find(
    state: &State,
    today: Date,
    filter: &DeviceFilter,
    (order, down): (DeviceOrder, bool),
    offset: usize,
    most: usize,
) -> Found {
    let all = state.register().order();
    if *filter == DeviceFilter::default() && order == DeviceOrder::Tag {
        let devices = all.iter().copied();
        let page: Vec<DeviceIx> = match down {
            false => devices.skip(offset).take(most).collect(),
            true => devices.rev().skip(offset).take(most).collect(),
        };
        return Found { total: all.len() as u64, devices: page };
    }
    let mut search = Search::new(state, today, filter);
    let ranks = Ranks::new(state, order);
    let mut keys: Vec<u64> = Vec::new();
    for (position, ix) in (0u32..).zip(all) {
        let Some(device) = state.register().get(*ix) else { continue };
        let Some(open) = search.passes(&device) else { continue };
        let rank = if order == DeviceOrder::Open { open } else { ranks.of(&device) };
        let turned = |rank: u32| if down { u32::MAX - rank } else { rank };
        let position = if order == DeviceOrder::Tag { turned(position) } else { position };
        keys.push(u64::from(turned(rank)) << 32 | u64::from(position));
    }
    let total = keys.len() as u64;
    let place = |key: u64| {
        let position = u32::try_from(key & u64::from(u32::MAX)).unwrap_or(0);
        if down && order == DeviceOrder::Tag { u32::MAX - position } else { position }
    };
    let window = window(keys, offset, most);
    let devices = window.into_iter().filter_map(|key| all.get(place(key) as usize).copied()).collect();
    Found { total, devices }
}

/// The keys at `offset..offset + most` of all keys in order, without putting all of them in order.
fn window(mut keys: Vec<u64>, offset: usize, most: usize) -> Vec<u64> {
    let end = offset.saturating_add(most).min(keys.len());
    if offset >= end {
        return Vec::new();
    }
    if end < keys.len() {
        keys.select_nth_unstable(end);
        keys.truncate(end);
    }
    if offset > 0 {
        keys.select_nth_unstable(offset);
        keys.drain(..offset);
    }
    keys.sort_unstable();
    keys
}

impl<'s, 'f> Search<'s, 'f> {
    fn new(state: &'s State, today: Date, filter: &'f DeviceFilter) -> Search<'s, 'f> {
        Search {
            state,
            today,
            filter,
            text: filter.text.as_deref().map(str::to_lowercase).filter(|text| !text.is_empty()),
            exploited: exploited(state),
            groups: HashMap::new(),
            makers: MakersMissing::default(),
        }
    }

    /// The number of open vulnerabilities of a device that passes; `None` for one that does not.
    fn passes(&mut self, device: &DeviceView<'s>) -> Option<u32> {
        let group = self.state.matcher().group_of(device.ix())?;
        if !self.groups.contains_key(&group) {
            let facts = self.facts(device);
            self.groups.insert(group, facts);
        }
        let facts = self.groups.get(&group).filter(|facts| facts.passes)?;
        let is = |wanted: &Option<String>, got: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| got.unwrap_or("") == wanted)
        };
        let filter = self.filter;
        let passes = is(&filter.unit, device.unit())
            && is(&filter.site, device.site())
            && filter.support.is_none_or(|wanted| device.support().on(self.today) == wanted)
            && filter.criticality.is_none_or(|wanted| device.criticality() == wanted)
            && self.text.as_deref().is_none_or(|text| {
                facts.named
                    || holds(device.asset_tag(), text)
                    || device.unit().is_some_and(|unit| holds(unit, text))
                    || device.serial_number().is_some_and(|serial| holds(serial, text))
            });
        passes.then_some(facts.open)
    }

    fn facts(&mut self, device: &DeviceView<'s>) -> GroupFacts {
        let standing = standing(self.state, device.ix(), &self.exploited);
        let filter = self.filter;
        let named = self.text.as_deref().is_none_or(|text| {
            let fields = [Some(device.manufacturer()), Some(device.model()), device.software_version()];
            fields.into_iter().flatten().any(|field| holds(field, text))
        });
        let open = standing.counts.open();
        let passes = filter.maker.as_deref().is_none_or(|wanted| wanted == device.manufacturer())
            && filter.gap.is_none_or(|wanted| standing.gaps.iter().any(|(_, gap)| *gap == wanted))
            && filter.open.is_none_or(|wanted| match wanted {
                Open::Some => open > 0,
                Open::None => open == 0,
                Open::Exploited => standing.exploited > 0,
            })
            && filter.lacks.is_none_or(|lack| match lack {
                Lack::Maker => self.makers.is_missing(device.manufacturer()),
                Lack::Version => device.software_version().is_none(),
                Lack::Advisory => standing.counts.all() == 0,
            });
        GroupFacts { passes, named, open: u32::try_from(open).unwrap_or(u32::MAX) }
    }
}

/// Places of makers, models or units in the alphabet.
struct Ranks<'s> {
    order: DeviceOrder,
    of: HashMap<&'s str, u32>,
}

impl<'s> Ranks<'s> {
    fn new(state: &'s State, order: DeviceOrder) -> Ranks<'s> {
        let mut texts: Vec<&str> = match order {
            DeviceOrder::Tag | DeviceOrder::Open => Vec::new(),
            DeviceOrder::Maker => state.matcher().groups().map(|group| group.manufacturer).collect(),
            DeviceOrder::Model => state.matcher().groups().map(|group| group.model).collect(),
            DeviceOrder::Unit => units(state).into_iter().map(|(unit, _)| unit).collect(),
        };
        texts.sort_by_cached_key(|text| (text.is_empty(), text.to_lowercase(), *text));
        texts.dedup();
        Ranks { order, of: texts.into_iter().zip(0u32..).collect() }
    }

    fn of(&self, device: &DeviceView<'s>) -> u32 {
        let text = match self.order {
            DeviceOrder::Tag | DeviceOrder::Open => return 0,
            DeviceOrder::Maker => device.manufacturer(),
            DeviceOrder::Model => device.model(),
            DeviceOrder::Unit => device.unit().unwrap_or(""),
        };
        self.of.get(text).copied().unwrap_or(u32::MAX - 1)
    }
}

/// Every care unit that a device names, with how many do, by name; empty for devices that name none.
pub fn units(state: &State) -> Vec<(&str, u64)> {
    used(state, |device| device.unit())
}

/// Every site that a device names, with how many do, by name; empty for devices that name none.
pub fn sites(state: &State) -> Vec<(&str, u64)> {
    used(state, |device| device.site())
}

/// Every maker, as the register spells them, by name.
pub fn makers(state: &State) -> Vec<&str> {
    let mut makers: Vec<&str> = state.matcher().groups().map(|group| group.manufacturer).collect();
    makers.sort_unstable();
    makers.dedup();
    makers
}

/// Texts of the register are stored once: the same text is at the same place, which is quicker to compare.
fn used<'s>(state: &'s State, of: impl Fn(&DeviceView<'s>) -> Option<&'s str>) -> Vec<(&'s str, u64)> {
    let mut known: HashMap<*const u8, (&str, u64)> = HashMap::new();
    let rows = 0..u32::try_from(state.register().rows_len()).unwrap_or(u32::MAX);
    for device in rows.filter_map(|ix| state.register().get(ix)).filter(|device| !device.is_retired()) {
        let text = of(&device).unwrap_or("");
        known.entry(text.as_ptr()).or_insert((text, 0)).1 += 1;
    }
    let mut out: Vec<(&str, u64)> = Vec::with_capacity(known.len());
    let mut all: Vec<(&str, u64)> = known.into_values().collect();
    all.sort_unstable();
    for (text, count) in all {
        match out.last_mut() {
            Some((last, total)) if *last == text => *total += count,
            _ => out.push((text, count)),
        }
    }
    out
}
