//! What people say of windows, staff, units and ways, as plain data in instants. Where it is read from must not live here.

use std::collections::BTreeSet;

use model::Time;
use model::ids::{SiteId, UnitId, WindowId};
use model::resources::{
    AccessTime, After, ClosedTime, Due, Gate, HandsOn, LoanerPool, Resources, Sides, Way,
};
use planning::bundle::Catalogue;
use planning::planner::campaign::Staff;

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// When work may be done.
    pub windows: Vec<Opening>,
    /// Patients and beds of units.
    pub units: Vec<UnitSaid>,
    /// Ways between buildings.
    pub walks: Vec<Way>,
    /// Devices that stand in for others.
    pub loaners: Vec<LoanerPool>,
    /// Times in which nothing may be touched.
    pub closed: Vec<ClosedTime>,
    /// Units that must have been trained first.
    pub gates: Vec<Gate>,
    /// How long a person has their hands on devices of a kind.
    pub hands_on: Vec<HandsOn>,
    /// Until when devices are to be done.
    pub due: Vec<Due>,
    /// When devices can be had.
    pub access: Vec<AccessTime>,
    /// One device after another.
    pub precedences: Vec<After>,
    /// What is there twice.
    pub sides: Vec<Sides>,
    /// Patches with the rules that go with them.
    pub catalogue: Catalogue,
}

impl Setting {
    /// What a plan keeps of units, ways and rules: all but windows, people and patches.
    pub(super) fn of(known: &Resources) -> Setting {
        Setting {
            units: super::known::units([known].into_iter()),
            walks: known.walks.clone(),
            loaners: known.loaners.clone(),
            closed: known.closed.clone(),
            gates: known.gates.clone(),
            hands_on: known.hands_on.clone(),
            due: known.due.clone(),
            access: known.access.clone(),
            precedences: known.precedences.clone(),
            sides: known.sides.clone(),
            ..Setting::default()
        }
    }

    /// Takes from another what nobody has said here, list by list; of units each by itself. Windows and patches stay.
    pub(super) fn fill(&mut self, other: Setting) {
        fn or<T>(list: &mut Vec<T>, other: Vec<T>) {
            if list.is_empty() {
                *list = other;
            }
        }
        or(&mut self.walks, other.walks);
        or(&mut self.loaners, other.loaners);
        or(&mut self.closed, other.closed);
        or(&mut self.gates, other.gates);
        or(&mut self.hands_on, other.hands_on);
        or(&mut self.due, other.due);
        or(&mut self.access, other.access);
        or(&mut self.precedences, other.precedences);
        or(&mut self.sides, other.sides);
        or(&mut self.catalogue.rules, other.catalogue.rules);
        or(&mut self.catalogue.holidays, other.catalogue.holidays);
        let said: BTreeSet<UnitId> = self.units.iter().map(|said| said.unit.clone()).collect();
        self.units.extend(other.units.into_iter().filter(|unit| !said.contains(&unit.unit)));
    }
}

/// A window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Its name.
    pub id: WindowId,
    /// Of which site; without it of all.
    pub site: Option<SiteId>,
    /// Nothing begins earlier.
    pub not_before: Time,
    /// Nothing begins later.
    pub latest_start: Time,
    /// Everything is over by then, back-out included.
    pub not_after: Time,
    /// Is work in it overtime?
    pub overtime: bool,
    /// Most devices worked on at once.
    pub at_once_max: u32,
    /// The people who are there.
    pub staff: Vec<Staff>,
    /// Engineers of makers.
    pub visits: Vec<Visit>,
}

/// Engineers of a maker in a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The maker, as the register spells it.
    pub vendor: Box<str>,
    /// How many.
    pub engineers: u32,
    /// Most devices that they do.
    pub devices_max: u32,
}

/// What is said of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitSaid {
    /// Which.
    pub unit: UnitId,
    /// Most beds that may be dark at once.
    pub beds_dark_max: Option<u32>,
    /// Patients in each hour: 24 numbers from midnight, or 168 from midnight before Monday.
    pub census: Option<Vec<u32>>,
}
