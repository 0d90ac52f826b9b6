//! What people were told by plans of the journal (R15): which device in which window, by whose consent; and, once an answer is there, which
//! devices move and whom one must tell again. What must not live here: how a window is chosen.

use std::collections::{BTreeMap, BTreeSet};

use model::agreement::UnitAnswer;
use model::ids::{AccountId, SiteId, UnitId, WindowId};
use model::plan::{Item, Window};
use model::{AssetTag, PlanHash, Time};
use planning::planner::answer::{Answer, Placed};
use planning::planner::campaign::{Agreed, Campaign};

use super::again::Again;
use super::devices::Work;
use super::{Built, Opening, Remark};
use crate::State;
use crate::night::plans::PlanRecord;

/// Somebody who was told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Person {
    /// Who answered for a unit, confirmed its staff, or approved.
    Account(AccountId),
    /// Staff confirmed for a unit, by name or role.
    Named(UnitId, Box<str>),
}

/// What people were told of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which.
    pub host: AssetTag,
    /// By which plan.
    pub plan: PlanHash,
    /// When it was to be done.
    pub window: Window,
    /// The units that agreed to it, of those whose beds its work can make dark.
    pub units: Vec<UnitId>,
}

/// What people were told.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// Of each device, by the plan that is planned again, else by the newest plan that somebody has agreed to.
    pub told: Vec<Told>,
    /// Devices of the plan that is planned again for which a unit asked for another time: not before.
    pub waits: BTreeMap<AssetTag, Time>,
    /// Whom, by plan.
    of_plan: BTreeMap<PlanHash, Agreement>,
}

/// Who agreed to a plan.
#[derive(Clone, Debug, Default)]
struct Agreement {
    of_unit: BTreeMap<UnitId, BTreeSet<Person>>,
    approvers: BTreeSet<Person>,
}

impl Agreement {
    /// The newest answer of each unit counts; what a unit did not accept it was not told.
    fn of(record: &PlanRecord) -> Agreement {
        let mut found = Agreement::default();
        for sign_off in &record.consent.sign_offs {
            match &sign_off.answer {
                UnitAnswer::Accept => {
                    let person = Person::Account(sign_off.by.clone());
                    found.of_unit.insert(sign_off.unit.clone(), BTreeSet::from([person]));
                }
                UnitAnswer::Propose { .. } | UnitAnswer::Refuse { .. } => {
                    found.of_unit.remove(&sign_off.unit);
                }
            }
        }
        let newest: BTreeMap<_, _> = record.consent.cover.iter().map(|cover| (&cover.unit, cover)).collect();
        for (unit, cover) in newest {
            let people = found.of_unit.entry(unit.clone()).or_default();
            people.insert(Person::Account(cover.by.clone()));
            people.extend(cover.people.iter().map(|name| Person::Named(unit.clone(), name.clone())));
        }
        let approvers = record.consent.approvals.iter();
        found.approvers = approvers.map(|approval| Person::Account(approval.by.clone())).collect();
        found
    }

    fn is_empty(&self) -> bool {
        self.of_unit.is_empty() && self.approvers.is_empty()
    }
}

impl Heard {
    /// What was told of the work at hand, and of all that is left of the plan that is planned again; with what to know of other plans that
    /// hold the same work.
    pub(super) fn of(state: &State, works: &[Work], again: Option<&Again>) -> (Heard, Vec<Remark>) {
        let (mut heard, mut remarks) = (Heard::default(), Vec::new());
        let mut seen = BTreeSet::new();
        if let Some((again, record)) = again.and_then(|again| Some((again, state.night().plan(&again.hash)?)))
        {
            let left = |host: &AssetTag| !again.frozen.contains(host);
            heard.hear(state, record, &|item| left(&item.host), &mut seen);
            heard.wait(state, record);
            remarks.extend(against(record));
        }
        let wanted: BTreeMap<&AssetTag, &Work> = works.iter().map(|work| (&work.host, work)).collect();
        let same = |item: &Item| {
            let work = wanted.get(&item.host);
            work.is_some_and(|work| item.patches.iter().any(|patch| work.patches.contains(patch)))
        };
        let mut open: Vec<&PlanRecord> = state.night().plans().filter(|record| record.is_open()).collect();
        open.retain(|record| again.is_none_or(|again| again.hash != record.hash));
        open.sort_by_key(|record| std::cmp::Reverse(record.drafted.seq));
        for record in open {
            let devices = record.plan.items.iter().filter(|item| same(item)).count();
            if devices == 0 {
                continue;
            }
            let agreed = !Agreement::of(record).is_empty();
            remarks.push(Remark::AlsoIn { devices: devices as u64, plan: record.plan.title.clone(), agreed });
            if agreed {
                heard.hear(state, record, &same, &mut seen);
            }
        }
        (heard, remarks)
    }

    fn hear(
        &mut self,
        state: &State,
        record: &PlanRecord,
        counts: &dyn Fn(&Item) -> bool,
        seen: &mut BTreeSet<AssetTag>,
    ) {
        let (plan, agreement) = (&record.plan, Agreement::of(record));
        let topology = state.topology(plan);
        let by_host = topology.by_host();
        for item in plan.items.iter().filter(|item| counts(item)) {
            let Some(window) = plan.ring(item.ring).and_then(|ring| plan.window_of(ring)) else { continue };
            if !seen.insert(item.host.clone()) {
                continue;
            }
            let concerned = match plan.is_disruptive(item) {
                true => by_host.units_concerned_by(&item.host),
                false => BTreeSet::new(),
            };
            let units = concerned.into_iter().filter(|unit| agreement.of_unit.contains_key(unit)).collect();
            let (host, window) = (item.host.clone(), window.clone());
            self.told.push(Told { host, plan: record.hash, window, units });
        }
        self.of_plan.insert(record.hash, agreement);
    }

    /// What units asked for counts for the devices whose work can make their beds dark.
    fn wait(&mut self, state: &State, record: &PlanRecord) {
        let mut asked: BTreeMap<&UnitId, Option<Time>> = BTreeMap::new();
        for sign_off in &record.consent.sign_offs {
            let time = match &sign_off.answer {
                UnitAnswer::Propose { not_before, .. } => Some(*not_before),
                UnitAnswer::Accept | UnitAnswer::Refuse { .. } => None,
            };
            asked.insert(&sign_off.unit, time);
        }
        let topology = state.topology(&record.plan);
        let by_host = topology.by_host();
        for item in record.plan.items.iter().filter(|item| record.plan.is_disruptive(item)) {
            let units = by_host.carried_by(&item.host).flat_map(|service| topology.units_of(service));
            if let Some(latest) = units.filter_map(|unit| asked.get(&unit).copied().flatten()).max() {
                self.waits.insert(item.host.clone(), latest);
            }
        }
    }

    /// Whom one tells when this device moves.
    fn people<'a>(&'a self, told: &'a Told) -> BTreeSet<&'a Person> {
        let Some(agreement) = self.of_plan.get(&told.plan) else { return BTreeSet::new() };
        let units = told.units.iter().filter_map(|unit| agreement.of_unit.get(unit));
        units.flatten().chain(&agreement.approvers).collect()
    }

    /// Was anybody told anything?
    pub(super) fn is_anybody_told(&self) -> bool {
        self.of_plan.values().any(|agreement| !agreement.is_empty())
    }

    /// The same for the planner: a window that opens and closes as people were told is the one that they were told of.
    pub(super) fn agreed(&self, campaign: &Campaign, openings: &[Opening]) -> Vec<Agreed> {
        let sites: BTreeMap<&AssetTag, &SiteId> =
            campaign.devices.iter().map(|device| (&device.tag, &device.site)).collect();
        let one = |told: &Told| {
            let site = sites.get(&told.host)?;
            let here = |opening: &&Opening| opening.site.as_ref().is_none_or(|own| own == *site);
            let same = openings.iter().filter(here).find(|opening| opens_as_told(opening, &told.window));
            let window = match same {
                Some(opening) => opening.id.clone(),
                None => gone(&told.window.id, openings)?,
            };
            let people = self.people(told).len();
            let answered = self.of_plan.get(&told.plan).is_some_and(|agreement| !agreement.is_empty());
            let people_told = u32::try_from(people).unwrap_or(u32::MAX).max(u32::from(answered));
            Some(Agreed { device: told.host.clone(), window, begun: false, people_told })
        };
        self.told.iter().filter_map(one).collect()
    }
}

fn opens_as_told(opening: &Opening, window: &Window) -> bool {
    (opening.not_before, opening.not_after) == (window.not_before, window.not_after)
}

/// A name for a window that is no more: none that another has.
fn gone(id: &WindowId, openings: &[Opening]) -> Option<WindowId> {
    let named = |number: usize| WindowId::new(&format!("{id} as told {number}")).ok();
    let plain = |number: usize| WindowId::new(&format!("as told {number}")).ok();
    let names = (1..openings.len() + 2).flat_map(|number| [named(number), plain(number)]).flatten();
    names.into_iter().find(|name| openings.iter().all(|opening| opening.id != *name))
}

/// Units that asked for another time, or refused, and have not accepted since.
fn against(record: &PlanRecord) -> Vec<Remark> {
    let newest: BTreeMap<&UnitId, &UnitAnswer> =
        record.consent.sign_offs.iter().map(|sign_off| (&sign_off.unit, &sign_off.answer)).collect();
    let each = newest.into_iter().filter_map(|(unit, answer)| match answer {
        UnitAnswer::Accept => None,
        UnitAnswer::Propose { not_before, says } => {
            Some(Remark::Proposed { unit: unit.clone(), not_before: *not_before, says: says.clone() })
        }
        UnitAnswer::Refuse { reason } => Some(Remark::Refused { unit: unit.clone(), reason: reason.clone() }),
    });
    each.collect()
}

/// Which devices move away from what people were told, and whom one must tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// Devices that stay in the window that people were told of.
    pub kept: u64,
    /// Devices that do not, by asset tag.
    pub moved: Vec<Moved>,
    /// The units that agreed to the windows of those.
    pub units: Vec<UnitId>,
    /// People who must be told again, each once: who answered for these units, staff confirmed for them, who approved.
    pub people: u64,
}

/// A device that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Which.
    pub host: AssetTag,
    /// What people were told.
    pub told: Window,
    /// Its window now; `None` where it has none, or is left out.
    pub to: Option<WindowId>,
}

/// What an answer changes of what people were told; `None` where no plan had any of its devices.
pub fn moves(built: &Built, answer: &Answer) -> Option<Moves> {
    let heard = &built.request.heard;
    if heard.told.is_empty() {
        return None;
    }
    let openings = &built.request.setting.windows;
    let now: BTreeMap<&AssetTag, &WindowId> = answer
        .assignments
        .iter()
        .filter_map(|assignment| match &assignment.place {
            Placed::Window { window, .. } => Some((&assignment.device, window)),
            Placed::Deferred { .. } => None,
        })
        .collect();
    let (mut found, mut units, mut people) = (Moves::default(), BTreeSet::new(), BTreeSet::new());
    for told in &heard.told {
        let to = now.get(&told.host).copied();
        let opening = openings.iter().find(|opening| Some(&opening.id) == to);
        if opening.is_some_and(|opening| opens_as_told(opening, &told.window)) {
            found.kept += 1;
            continue;
        }
        units.extend(told.units.iter().cloned());
        people.extend(heard.people(told));
        found.moved.push(Moved { host: told.host.clone(), told: told.window.clone(), to: to.cloned() });
    }
    found.moved.sort_by(|a, b| a.host.cmp(&b.host));
    found.units = units.into_iter().collect();
    found.people = people.len() as u64;
    Some(found)
}
