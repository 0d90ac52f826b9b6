//! Why a plan is as it is: for each device why it is where it is, why it is not earlier, and what it waits for. Worked out from the plan
//! and the rules, not from how the plan was found: each window is tried with all other devices in their windows.

use std::collections::{BTreeMap, HashMap};

use model::AssetTag;
use model::ids::WindowId;
use serde::{Deserialize, Serialize};

use super::answer::{Answer, Because, Placed};
use super::campaign::{Goal, SoundCampaign};
use super::field::{By, Class, Field, Lists, Options};
use super::rows::{Column, Rows};
use super::rule::Rule;
use super::tally::Tally;
use super::within::{SCHEDULES_MAX, Work};

/// So often a window's work is laid out anew with one device more, to see whether there is an order; behind that it is not asked.
const ORDERS_TRIED_MAX: u32 = 2_000;
/// Where the scheduler's pseudo-random numbers begin.
const SEED: u64 = 1;

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
    /// It is deferred: every window is closed to it by a rule.
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
    /// A rule, with all other devices in their windows and in whatever minutes.
    Rule(Rule),
    /// All rules of whole windows hold, and the scheduler finds no order for the window's work with this device.
    NoOrder,
    /// No goal before this one would change, and this one would be worse.
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
        /// So many of it at least, and all of it that is planned.
        done_min: u32,
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
    let mut writer = Writer::new(&field, &lists, &rows, answer);
    let devices = answer.assignments.iter().filter_map(|assignment| {
        let device = known(lists.device(assignment.device.as_str()), field.class_of.len())?;
        let class = field.class_of[device];
        let begun = field.classes[class as usize].traits.begun_in.is_some();
        let closed =
            if begun { Vec::new().into() } else { writer.not_earlier(class, writer.columns[device]) };
        let here = here(&field.classes[class as usize], &assignment.place, &closed);
        let not_earlier = writer.counted(&closed);
        let waits_for = waits_for(&field, &lists, class);
        let (device, place) = (assignment.device.clone(), assignment.place.clone());
        Some(DeviceReport { device, place, here, not_earlier, waits_for })
    });
    PlanningReport { devices: devices.collect() }
}

/// What closes each earlier window of its site to one device (each window, when it is deferred), in the order of their beginnings.
/// `None` for a device that the campaign or the plan does not have.
pub fn why_not(
    sound: &SoundCampaign,
    answer: &Answer,
    device: &AssetTag,
) -> Option<Vec<(WindowId, Obstacle)>> {
    let (field, lists) = Field::new(sound);
    let rows = Rows::new(&field, &lists);
    let mut writer = Writer::new(&field, &lists, &rows, answer);
    let at = known(lists.device(device.as_str()), field.class_of.len())?;
    let column = writer.columns[at]?;
    let found = writer.not_earlier(field.class_of[at], Some(column));
    Some(found.iter().map(|(window, obstacle)| (field.window(*window).id.clone(), *obstacle)).collect())
}

fn known(index: u32, count: usize) -> Option<usize> {
    usize::try_from(index).ok().filter(|index| *index < count)
}

/// Each earlier window and what closes it.
type Closed = std::rc::Rc<[(u32, Obstacle)]>;

struct Writer<'a, 'b> {
    field: &'b Field<'a>,
    lists: &'b Lists<'a>,
    rows: &'b Rows,
    options: Options<'a, 'b>,
    tally: Tally<'b>,
    /// The column of each device of the campaign; `None` where the plan says nothing that can be.
    columns: Vec<Option<u32>>,
    /// The classes of the devices in each window, once for each device.
    in_window: BTreeMap<u32, Vec<u32>>,
    /// Devices that staff with a skill goes to in each building in each window.
    visited: HashMap<(u32, u32, u32), u32>,
    orders_left: u32,
    /// Devices of one class in one place have the same reasons.
    known: HashMap<(u32, Option<u32>), Closed>,
}

impl<'a, 'b> Writer<'a, 'b> {
    fn new(field: &'b Field<'a>, lists: &'b Lists<'a>, rows: &'b Rows, answer: &Answer) -> Self {
        let mut tally = Tally::new(rows);
        let mut columns = vec![None; field.campaign.devices.len()];
        let (mut in_window, mut visited) = (BTreeMap::<u32, Vec<u32>>::new(), HashMap::new());
        for assignment in &answer.assignments {
            let Some(device) = known(lists.device(assignment.device.as_str()), columns.len()) else {
                continue;
            };
            let window = match &assignment.place {
                Placed::Window { window, .. } => Some(lists.window(window.as_str())),
                Placed::Deferred { .. } => None,
            };
            let class = field.class_of[device];
            let Some(column) = rows.column_of(class, window) else { continue };
            columns[device] = Some(column);
            tally.set(column, tally.values()[column as usize] + 1);
            let Some(window) = window else { continue };
            in_window.entry(window).or_default().push(class);
            if let Some(way) = way(&field.classes[class as usize], window) {
                *visited.entry(way).or_insert(0) += 1;
            }
        }
        tally.settle();
        let options = Options::new(field, lists);
        let known = HashMap::new();
        Writer {
            field,
            lists,
            rows,
            options,
            tally,
            columns,
            in_window,
            visited,
            orders_left: ORDERS_TRIED_MAX,
            known,
        }
    }

    fn not_earlier(&mut self, ix: u32, column: Option<u32>) -> Closed {
        if let Some(known) = self.known.get(&(ix, column)) {
            return Closed::clone(known);
        }
        let found: Closed = self.look(ix, column).into();
        self.known.insert((ix, column), Closed::clone(&found));
        found
    }

    fn look(&mut self, ix: u32, column: Option<u32>) -> Vec<(u32, Obstacle)> {
        let class = &self.field.classes[ix as usize];
        let limits = self.options.limits(class);
        let before =
            self.window_of(column).map_or(u32::MAX, |window| self.field.window(window).not_before_minute);
        let earlier = self.options.of_site(class).iter().copied();
        let earlier = earlier.filter(|window| self.field.window(*window).not_before_minute < before);
        let earlier: Vec<u32> = earlier.collect();
        // Were the device not where it is.
        if let Some(column) = column {
            self.tally.take(column, 1);
        }
        let mut found = Vec::with_capacity(earlier.len());
        for window in earlier {
            let obstacle = match self.options.obstacle(class, &limits, window) {
                Some(rule) => Obstacle::Rule(rule),
                None => self.in_the_way(ix, class, column, window),
            };
            found.push((window, obstacle));
        }
        if let Some(column) = column {
            self.tally.set(column, self.tally.values()[column as usize] + 1);
        }
        found
    }

    fn window_of(&self, column: Option<u32>) -> Option<u32> {
        match self.rows.what[column? as usize] {
            Column::In { window, .. } => Some(window),
            Column::Deferred { .. } | Column::Switch => None,
        }
    }

    fn in_the_way(&mut self, ix: u32, class: &Class, column: Option<u32>, window: u32) -> Obstacle {
        let at = class.options.iter().position(|choice| choice.window == window);
        let there = at.and_then(|at| self.rows.of_class[ix as usize].clone().nth(at));
        let (Some(there), Some(column)) = (there, column) else { return Obstacle::Nothing };
        if let Some(rule) = self.tally.obstacle(there) {
            return Obstacle::Rule(rule);
        }
        for aim in &self.field.campaign.aims {
            match self.cost(aim.goal, there, class, 0).cmp(&self.cost(aim.goal, column, class, 1)) {
                std::cmp::Ordering::Greater => return Obstacle::Worse(aim.goal),
                std::cmp::Ordering::Less => break,
                std::cmp::Ordering::Equal => {}
            }
        }
        if self.orders_left == 0 {
            return Obstacle::Nothing;
        }
        self.orders_left -= 1;
        let mut classes = self.in_window.get(&window).cloned().unwrap_or_default();
        classes.push(ix);
        let schedules_max = SCHEDULES_MAX;
        let work = Work { field: self.field, lists: self.lists, window, schedules_max };
        if work.minutes(&classes, SEED).is_err() { Obstacle::NoOrder } else { Obstacle::Nothing }
    }

    /// What a goal counts for a device in a column, the way into its building included when nobody else needs it. `itself` is 1 where the
    /// device is one of those that stand in the column.
    fn cost(&self, goal: Goal, column: u32, class: &Class, itself: u32) -> i64 {
        let own = self.rows.costs.get(&goal).map_or(0, |costs| costs[column as usize]);
        let window = self.window_of(Some(column)).filter(|window| self.field.window(*window).overtime);
        let Some(key) = window.and_then(|window| way(class, window)).filter(|_| goal == Goal::Overtime)
        else {
            return own;
        };
        let others = self.visited.get(&key).copied().unwrap_or(0).saturating_sub(itself);
        own + if others == 0 { i64::from(self.field.ways[class.traits.building as usize]) } else { 0 }
    }

    fn counted(&self, closed: &[(u32, Obstacle)]) -> Vec<NotEarlier> {
        let mut found: BTreeMap<Obstacle, (u32, u32)> = BTreeMap::new();
        for (window, obstacle) in closed {
            let entry = found.entry(*obstacle).or_insert((0, *window));
            *entry = (entry.0 + 1, *window);
        }
        let told = |(obstacle, (windows, last)): (Obstacle, (u32, u32))| NotEarlier {
            obstacle,
            windows,
            last: self.field.window(last).id.clone(),
        };
        // As a person reads a calendar.
        let mut found: Vec<(Obstacle, (u32, u32))> = found.into_iter().collect();
        found.sort_by_key(|(obstacle, (_, last))| (self.field.window(*last).not_before_minute, *obstacle));
        found.into_iter().map(told).collect()
    }
}

/// The way that staff makes for a device: window, skill, building.
fn way(class: &Class, window: u32) -> Option<(u32, u32, u32)> {
    match class.traits.hands {
        Some(By::Staff(skill)) => Some((window, skill, class.traits.building)),
        Some(By::Vendor(_)) | None => None,
    }
}

fn here(class: &Class, place: &Placed, closed: &[(u32, Obstacle)]) -> Here {
    if class.traits.begun_in.is_some() {
        return Here::Begun;
    }
    let is_deferred = matches!(place, Placed::Deferred { .. });
    if closed.is_empty() && !is_deferred {
        return Here::First;
    }
    let mut worse = None;
    for (_, obstacle) in closed {
        match obstacle {
            Obstacle::Nothing => return Here::NotSought,
            Obstacle::Worse(goal) => worse = worse.min(Some(*goal)).or(Some(*goal)),
            Obstacle::Rule(_) | Obstacle::NoOrder => {}
        }
    }
    match worse {
        Some(goal) => Here::Better(goal),
        None if is_deferred => Here::Deferred(deferred(class, closed)),
        None => Here::Earliest,
    }
}

/// Why nothing is left for a deferred device: no window even alone, only what it waits for, or others are there.
fn deferred(class: &Class, closed: &[(u32, Obstacle)]) -> Because {
    let open = |window: &u32| class.options.iter().any(|choice| choice.window == *window);
    let waits = |obstacle: &Obstacle| matches!(obstacle, Obstacle::Rule(Rule::Ring | Rule::Precedence));
    let mut options = closed.iter().filter(|(window, _)| open(window)).peekable();
    if options.peek().is_none() {
        Because::NoWindow
    } else if options.all(|(_, obstacle)| waits(obstacle)) {
        Because::Waits
    } else {
        Because::NoRoom
    }
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
            done_min: ring.done_min,
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
