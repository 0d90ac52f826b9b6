//! Why a plan is as it is: for each device why it is where it is, why it is not earlier, and what it waits for. Worked out from the plan
//! and the rules, not from how the plan was found.

use std::collections::{BTreeMap, HashMap};

use model::AssetTag;
use model::ids::WindowId;
use serde::{Deserialize, Serialize};

use super::answer::{Answer, Because, Placed};
use super::campaign::{Goal, SoundCampaign};
use super::field::{Class, Field, Lists, Options};
use super::rows::{Column, Rows};
use super::rule::Rule;
use super::tally::Tally;

/// The report of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanningReport {
    /// Each device, in the order of the plan.
    pub devices: Vec<DeviceReport>,
}

/// What there is to say of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceReport {
    /// Which.
    pub device: AssetTag,
    /// Where it is.
    pub place: Placed,
    /// Why there.
    pub here: Here,
    /// Why in no earlier window of its site: each obstacle with how many windows it closes.
    pub not_earlier: Vec<NotEarlier>,
    /// What must be done before it.
    pub waits_for: Vec<WaitsFor>,
}

/// Why a device is where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Here {
    /// It has begun.
    Begun,
    /// It is the first window of its site.
    First,
    /// No earlier window can take it.
    Earliest,
    /// An earlier one could, and would be worse for this goal.
    Better(Goal),
    /// An earlier one could, and nothing is worse: the search ended before it was found, or did not ask for it.
    NotSought,
    /// It is deferred.
    Deferred(Because),
}

/// What closes earlier windows to a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotEarlier {
    /// What.
    pub obstacle: Obstacle,
    /// So many of them.
    pub windows: u32,
    /// The last of them.
    pub last: WindowId,
}

/// Something in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// A rule, with all other devices where they are.
    Rule(Rule),
    /// A goal would be worse.
    Worse(Goal),
    /// Nothing that is known.
    Nothing,
}

/// Something that must be done before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WaitsFor {
    /// A ring of its bundle.
    Ring {
        /// The bundle.
        bundle: Box<str>,
        /// The ring before its own.
        ring: u16,
        /// Minutes that it soaks.
        soak_minutes: u32,
    },
    /// A device.
    Device {
        /// Which.
        device: AssetTag,
        /// Minutes behind the end of its window.
        lag_minutes: u32,
    },
}

/// Reports on a plan of this campaign. A device or window that the campaign does not have is passed over.
pub fn report(sound: &SoundCampaign, answer: &Answer) -> PlanningReport {
    let (field, lists) = Field::new(sound);
    let rows = Rows::new(&field, &lists);
    let mut tally = Tally::new(&rows);
    let mut columns = vec![None; field.campaign.devices.len()];
    for assignment in &answer.assignments {
        let Some(device) = known(lists.device(assignment.device.as_str()), columns.len()) else { continue };
        let window = match &assignment.place {
            Placed::Window { window, .. } => Some(lists.window(window.as_str())),
            Placed::Deferred { .. } => None,
        };
        let column = rows.column_of(field.class_of[device], window);
        columns[device] = column;
        if let Some(column) = column {
            tally.set(column, tally.values()[column as usize] + 1);
        }
    }
    tally.settle();
    let options = Options::new(&field, &lists);
    let mut writer = Writer { field: &field, rows: &rows, options, tally, known: HashMap::new() };
    let devices = answer.assignments.iter().filter_map(|assignment| {
        let device = known(lists.device(assignment.device.as_str()), columns.len())?;
        let class = field.class_of[device];
        let (here, not_earlier) = writer.why(class, columns[device], &assignment.place);
        let waits_for = waits_for(&field, &lists, class);
        let (device, place) = (assignment.device.clone(), assignment.place.clone());
        Some(DeviceReport { device, place, here, not_earlier, waits_for })
    });
    PlanningReport { devices: devices.collect() }
}

fn known(index: u32, count: usize) -> Option<usize> {
    usize::try_from(index).ok().filter(|index| *index < count)
}

struct Writer<'a, 'b> {
    field: &'b Field<'a>,
    rows: &'b Rows,
    options: Options<'a, 'b>,
    tally: Tally<'b>,
    /// Devices of one class in one place have the same reasons.
    known: HashMap<(u32, Option<u32>), Vec<NotEarlier>>,
}

impl Writer<'_, '_> {
    fn why(&mut self, ix: u32, column: Option<u32>, place: &Placed) -> (Here, Vec<NotEarlier>) {
        let class = &self.field.classes[ix as usize];
        if class.traits.begun_in.is_some() {
            return (Here::Begun, Vec::new());
        }
        let not_earlier = match self.known.get(&(ix, column)) {
            Some(known) => known.clone(),
            None => {
                let found = self.not_earlier(ix, column);
                self.known.insert((ix, column), found.clone());
                found
            }
        };
        let here = match place {
            Placed::Deferred { because } => Here::Deferred(*because),
            Placed::Window { .. } => here(&not_earlier),
        };
        (here, not_earlier)
    }

    fn not_earlier(&mut self, ix: u32, column: Option<u32>) -> Vec<NotEarlier> {
        let class = &self.field.classes[ix as usize];
        let limits = self.options.limits(class);
        let here = column.and_then(|column| match self.rows.what[column as usize] {
            Column::In { window, .. } => Some(window),
            Column::Deferred { .. } | Column::Switch => None,
        });
        let before = here.map_or(u32::MAX, |window| self.field.window(window).not_before_minute);
        let earlier = self.options.of_site(class).iter().copied();
        let earlier = earlier.filter(|window| self.field.window(*window).not_before_minute < before);
        let earlier: Vec<u32> = earlier.collect();
        // Were the device not where it is.
        if let Some(column) = column {
            self.tally.take(column, 1);
        }
        let mut found: BTreeMap<Obstacle, (u32, u32)> = BTreeMap::new();
        for window in earlier {
            let obstacle = match self.options.obstacle(class, &limits, window) {
                Some(rule) => Obstacle::Rule(rule),
                None => self.in_the_way(ix, class, column, window),
            };
            let entry = found.entry(obstacle).or_insert((0, window));
            *entry = (entry.0 + 1, window);
        }
        if let Some(column) = column {
            self.tally.set(column, self.tally.values()[column as usize] + 1);
        }
        let told = |(obstacle, (windows, last)): (Obstacle, (u32, u32))| NotEarlier {
            obstacle,
            windows,
            last: self.field.window(last).id.clone(),
        };
        found.into_iter().map(told).collect()
    }

    fn in_the_way(&mut self, ix: u32, class: &Class, column: Option<u32>, window: u32) -> Obstacle {
        let at = class.options.iter().position(|choice| choice.window == window);
        let there = at.and_then(|at| self.rows.of_class[ix as usize].clone().nth(at));
        let Some(there) = there else { return Obstacle::Nothing };
        if let Some(rule) = self.tally.obstacle(there) {
            return Obstacle::Rule(rule);
        }
        let Some(column) = column else { return Obstacle::Nothing };
        for aim in &self.field.campaign.aims {
            let cost = |column: u32| self.rows.costs.get(&aim.goal).map_or(0, |costs| costs[column as usize]);
            match cost(there).cmp(&cost(column)) {
                std::cmp::Ordering::Greater => return Obstacle::Worse(aim.goal),
                std::cmp::Ordering::Less => return Obstacle::Nothing,
                std::cmp::Ordering::Equal => {}
            }
        }
        Obstacle::Nothing
    }
}

fn here(not_earlier: &[NotEarlier]) -> Here {
    if not_earlier.is_empty() {
        return Here::First;
    }
    let mut worse = None;
    for entry in not_earlier {
        match entry.obstacle {
            Obstacle::Nothing => return Here::NotSought,
            Obstacle::Worse(goal) => worse = worse.min(Some(goal)).or(Some(goal)),
            Obstacle::Rule(_) => {}
        }
    }
    worse.map_or(Here::Earliest, Here::Better)
}

fn waits_for(field: &Field<'_>, lists: &Lists<'_>, ix: u32) -> Vec<WaitsFor> {
    let class = &field.classes[ix as usize];
    let device = field.device(class);
    let before = class.traits.ring.and_then(|ring| ring.checked_sub(1)).filter(|ring| *ring > 0);
    let rings = field.campaign.rings.iter();
    let rings = rings.filter(|ring| ring.bundle == device.bundle && Some(ring.ring) == before);
    let mut waits: Vec<WaitsFor> = rings
        .map(|ring| WaitsFor::Ring {
            bundle: ring.bundle.clone(),
            ring: ring.ring,
            soak_minutes: ring.soak_minutes,
        })
        .collect();
    if class.traits.alone.is_some() {
        let bonds = field.campaign.precedences.iter();
        let bonds = bonds.filter(|bond| Some(lists.device(bond.then.as_str())) == class.traits.alone);
        waits.extend(
            bonds.map(|bond| WaitsFor::Device { device: bond.first.clone(), lag_minutes: bond.lag_minutes }),
        );
    }
    waits
}
