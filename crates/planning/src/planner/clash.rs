//! Why mandatory work has no window: a smallest set of rules that cannot all hold for it, and which of them, given up alone, lets it
//! hold. Rules are taken out of the campaign's own data and the rest is solved again, so that what is said here was seen.

mod part;

use std::collections::BTreeSet;

use model::AssetTag;
use model::plan::Owner;
use serde::{Deserialize, Serialize};

use super::answer::{Answer, Placed};
use super::campaign::{Campaign, Goal, Hands, SoundCampaign, Span, Visit, Whereabouts};
use super::engine::{self, Run};
use super::field::{Field, Options};
use super::greedy;
use super::rows::Rows;
use super::rule::Rule;

/// So many sets are told at most.
pub const CLASHES_MAX: usize = 3;
/// More than anybody has: what a rule that is given up leaves.
const PLENTY: u32 = 10_000;

/// Rules that cannot all hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clash {
    /// The device that has no window.
    pub device: AssetTag,
    /// So many devices without a window are alike.
    pub devices: u32,
    /// All of these cannot hold; without any one of them it was not shown that they cannot.
    pub rules: Vec<Stated>,
    /// Every smaller set was seen to hold; otherwise a solution was not found in time for some.
    pub smallest: bool,
    /// Each of these, given up alone and everything else kept, was seen to give the device a window.
    pub relaxations: Vec<Stated>,
}

/// A rule about something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// Which rule.
    pub rule: Rule,
    /// What it is about: a unit, a vendor, a bundle.
    pub about: Box<str>,
    /// Who can change it.
    pub owner: Owner,
    /// The rule as a sentence.
    pub says: Box<str>,
}

/// What can be given up as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Length(Box<str>),
    Due,
    Access(Box<str>),
    Blackouts(Box<str>),
    Gate(Box<str>),
    AtOnce,
    Staff(Box<str>),
    Visits(Box<str>),
    Loaners(Box<str>),
    Beds(Box<str>),
    Services,
    Ring(Box<str>),
    Precedences,
    Conflicts,
}

/// Looks into devices that must be done and are deferred in this plan, at most three that are not alike. `may_go_on` is asked between
/// the solver's runs, of which each may take `milliseconds_each`, on as many `threads` as the planner used in this process before.
pub fn clashes(
    sound: &SoundCampaign,
    answer: &Answer,
    milliseconds_each: u64,
    threads: u32,
    may_go_on: &mut dyn FnMut() -> bool,
) -> Vec<Clash> {
    let campaign = sound.campaign();
    let (field, _) = Field::new(sound);
    let deferred: BTreeSet<&AssetTag> = answer
        .assignments
        .iter()
        .filter(|assignment| matches!(assignment.place, Placed::Deferred { .. }))
        .map(|assignment| &assignment.device)
        .collect();
    let mut clashes: Vec<Clash> = Vec::new();
    for class in &field.classes {
        let tags = class.members.iter().map(|ix| &campaign.devices[*ix as usize].tag);
        let here: Vec<&AssetTag> = tags.filter(|tag| deferred.contains(tag)).collect();
        let Some(device) = here.first().filter(|_| class.traits.mandatory) else { continue };
        if clashes.len() >= CLASHES_MAX || !may_go_on() {
            break;
        }
        let mut search = Search { milliseconds_each, threads, may_go_on, unsure: false };
        let count = u32::try_from(here.len()).unwrap_or(u32::MAX);
        if let Some(clash) = search.of_device(campaign, device, count)
            && !clashes.iter().any(|known| known.rules == clash.rules)
        {
            clashes.push(clash);
        }
    }
    clashes
}

struct Search<'a> {
    milliseconds_each: u64,
    threads: u32,
    may_go_on: &'a mut dyn FnMut() -> bool,
    /// A question was not answered in its time.
    unsure: bool,
}

impl Search<'_> {
    fn of_device(&mut self, campaign: &Campaign, device: &AssetTag, devices: u32) -> Option<Clash> {
        // First the device with what it waits for; when that can be done, all that must be done at its site.
        let small = part::without_hopeless_others(part::around(campaign, device, false), device);
        let part = if self.holds(&small) {
            part::without_hopeless_others(part::around(campaign, device, true), device)
        } else {
            small
        };
        if self.holds(&part) {
            return None;
        }
        let all = groups(&part);
        let mut left = all.clone();
        for group in &all {
            let fewer: Vec<Group> = left.iter().filter(|other| *other != group).cloned().collect();
            if !self.holds(&without(&part, &all, &fewer)) {
                left = fewer;
            }
        }
        let alone = |group: &&Group| all.iter().filter(|other| other != group).cloned().collect::<Vec<_>>();
        let smallest = !self.unsure;
        let relaxations: Vec<&Group> =
            left.iter().filter(|group| self.holds(&without(&part, &all, &alone(group)))).collect();
        let relaxations = relaxations.into_iter().map(Group::stated).collect();
        let mut rules: Vec<Stated> = left.iter().map(Group::stated).collect();
        if rules.is_empty() {
            rules = never_given_up(&without(&part, &all, &[]), device);
        }
        Some(Clash { device: device.clone(), devices, rules, smallest, relaxations })
    }

    /// Can all that must be done be done? What is not known counts as yes, and is remembered.
    fn holds(&mut self, campaign: &Campaign) -> bool {
        if !(self.may_go_on)() {
            self.unsure = true;
            return true;
        }
        let Ok(sound) = SoundCampaign::new(campaign.clone(), "part of the campaign") else {
            self.unsure = true;
            return true;
        };
        let (field, lists) = Field::new(&sound);
        let rows = Rows::new(&field, &lists);
        let first = greedy::first_plan(&field, &rows);
        if rows.value(Goal::Deferred, &first) == 0 {
            return true;
        }
        let milliseconds = Some(self.milliseconds_each);
        let mut left_milliseconds = || milliseconds;
        let mut run =
            Run { left_milliseconds: &mut left_milliseconds, gap_ppm: 0, threads: self.threads, seed: 1 };
        let outcome = engine::minimise(&rows, Goal::Deferred, &[], Some(&first), &mut run);
        if outcome.at_least > 0 {
            return false;
        }
        let found = outcome.columns.is_some_and(|columns| rows.value(Goal::Deferred, &columns) == 0);
        self.unsure |= !found;
        true
    }
}

/// The rules that are in the device's way though all that can be given up is: those that close its site's windows to it, were it alone;
/// that it must be a window of its site, when there is none; or that what has begun stays.
fn never_given_up(bare: &Campaign, device: &AssetTag) -> Vec<Stated> {
    let Ok(sound) = SoundCampaign::new(bare.clone(), "part of the campaign") else { return Vec::new() };
    let (field, lists) = Field::new(&sound);
    let options = Options::new(&field, &lists);
    let at = bare.devices.iter().position(|known| known.tag == *device);
    let Some(class) = at.and_then(|at| field.classes.get(*field.class_of.get(at)? as usize)) else {
        return Vec::new();
    };
    let limits = options.limits(class);
    let of_site = options.of_site(class);
    let closed: Vec<Option<Rule>> =
        of_site.iter().map(|window| options.obstacle(class, &limits, *window)).collect();
    let rules: BTreeSet<Rule> = match (closed.is_empty(), closed.iter().all(Option::is_some)) {
        (true, _) => BTreeSet::from([Rule::Site]),
        (false, true) => closed.into_iter().flatten().collect(),
        (false, false) => BTreeSet::from([Rule::Begun]),
    };
    let about: Box<str> = field.device(class).site.as_str().into();
    let stated =
        |rule: Rule| Stated { rule, about: about.clone(), owner: rule.owner(), says: rule.says().into() };
    rules.into_iter().map(stated).collect()
}

/// What could be given up in this campaign.
fn groups(campaign: &Campaign) -> Vec<Group> {
    let devices = &campaign.devices;
    let mut groups = BTreeSet::from([Group::AtOnce]);
    for device in devices {
        groups.insert(Group::Length(device.bundle.clone()));
        groups.extend(device.due_minute.map(|_| Group::Due));
        groups.extend(device.access.clone().map(Group::Access));
        groups.extend(device.ring.map(|_| Group::Ring(device.bundle.clone())));
        groups.extend(device.loaner.then(|| Group::Loaners(device.kind.clone())));
        if device.beds_watched > 0 && !device.loaner {
            groups.insert(Group::Beds(device.unit.as_str().into()));
        }
        groups.extend(match &device.hands {
            Hands::Agent => None,
            Hands::Staff { skill, .. } => Some(Group::Staff(skill.clone())),
            Hands::Vendor { vendor, .. } => Some(Group::Visits(vendor.clone())),
        });
    }
    let units: BTreeSet<&str> = devices.iter().map(|device| device.unit.as_str()).collect();
    let gates = campaign.gates.iter().map(|gate| gate.unit.as_str()).filter(|unit| units.contains(unit));
    groups.extend(gates.map(|unit| Group::Gate(unit.into())));
    for black in &campaign.blackouts {
        let place = name(&black.place);
        if units.contains(place) || devices.iter().any(|device| device.site.as_str() == place) {
            groups.insert(Group::Blackouts(place.into()));
        }
    }
    groups.extend((!campaign.services.is_empty()).then_some(Group::Services));
    groups.extend((!campaign.precedences.is_empty()).then_some(Group::Precedences));
    groups.extend((!campaign.conflicts.is_empty()).then_some(Group::Conflicts));
    groups.into_iter().collect()
}

fn name(place: &Whereabouts) -> &str {
    match place {
        Whereabouts::Site(site) => site.as_str(),
        Whereabouts::Unit(unit) => unit.as_str(),
    }
}

/// The campaign with every group given up but those that are kept.
fn without(campaign: &Campaign, all: &[Group], keep: &[Group]) -> Campaign {
    let mut part = campaign.clone();
    all.iter().filter(|group| !keep.contains(group)).for_each(|group| group.give_up(&mut part));
    part
}

impl Group {
    fn give_up(&self, campaign: &mut Campaign) {
        match self {
            Group::Length(bundle) => {
                let bundles = campaign.bundles.iter_mut().filter(|known| known.id == *bundle);
                bundles.for_each(|bundle| bundle.patches.clear());
            }
            Group::Due => campaign.devices.iter_mut().for_each(|device| device.due_minute = None),
            Group::Access(id) => {
                for access in campaign.access.iter_mut().filter(|access| access.id == *id) {
                    (access.only_within, access.never_during) = (Vec::<Span>::new(), Vec::new());
                }
            }
            Group::Blackouts(place) => campaign.blackouts.retain(|black| name(&black.place) != &**place),
            Group::Gate(unit) => campaign.gates.retain(|gate| gate.unit.as_str() != &**unit),
            Group::AtOnce => campaign.windows.iter_mut().for_each(|window| window.at_once_max = PLENTY),
            Group::Staff(skill) => {
                for window in &mut campaign.windows {
                    window.staff.retain(|staff| staff.skill != *skill);
                    let (people, person_minutes) = (PLENTY, PLENTY * PLENTY / 10);
                    window.staff.push(super::campaign::Staff {
                        skill: skill.clone(),
                        people,
                        person_minutes,
                    });
                }
            }
            Group::Visits(vendor) => {
                campaign.visits.retain(|visit| visit.vendor != *vendor);
                let visits = campaign.windows.iter().map(|window| Visit {
                    vendor: vendor.clone(),
                    window: window.id.clone(),
                    engineers: PLENTY,
                    devices_max: PLENTY,
                });
                campaign.visits.extend(visits);
            }
            Group::Loaners(kind) => {
                let sites: BTreeSet<_> = campaign.devices.iter().map(|device| device.site.clone()).collect();
                campaign.loaners.retain(|loaners| loaners.kind != *kind);
                campaign.loaners.extend(sites.into_iter().map(|site| super::campaign::Loaners {
                    kind: kind.clone(),
                    site,
                    count: PLENTY,
                }));
            }
            Group::Beds(unit) => {
                let units = campaign.units.iter_mut().filter(|known| known.id.as_str() == &**unit);
                units.for_each(|unit| unit.beds_dark_max = PLENTY);
            }
            Group::Services => campaign.services.clear(),
            Group::Ring(bundle) => {
                campaign.rings.retain(|ring| ring.bundle != *bundle);
                let devices = campaign.devices.iter_mut().filter(|device| device.bundle == *bundle);
                devices.for_each(|device| device.ring = None);
            }
            Group::Precedences => campaign.precedences.clear(),
            Group::Conflicts => campaign.conflicts.clear(),
        }
    }

    fn stated(&self) -> Stated {
        let all = Box::<str>::from("all");
        let (rule, about) = match self {
            Group::Length(bundle) => (Rule::Times, bundle),
            Group::Due => (Rule::Due, &all),
            Group::Access(id) => (Rule::Access, id),
            Group::Blackouts(place) => (Rule::Blackout, place),
            Group::Gate(unit) => (Rule::Gate, unit),
            Group::AtOnce => (Rule::AtOnce, &all),
            Group::Staff(skill) => (Rule::PersonMinutes, skill),
            Group::Visits(vendor) => (Rule::Visit, vendor),
            Group::Loaners(kind) => (Rule::Loaners, kind),
            Group::Beds(unit) => (Rule::Beds, unit),
            Group::Services => (Rule::Spare, &all),
            Group::Ring(bundle) => (Rule::Ring, bundle),
            Group::Precedences => (Rule::Precedence, &all),
            Group::Conflicts => (Rule::Conflict, &all),
        };
        Stated { rule, about: about.clone(), owner: rule.owner(), says: rule.says().into() }
    }
}
