//! A campaign as a problem in whole numbers: columns say how many devices of a class go into a window, rows hold the rules. Rows are
//! implied by the rules, so what no solution of them reaches no plan reaches; the order inside a window is left to the scheduler.

mod bonds;
mod rings;

use std::collections::BTreeMap;

use super::campaign::Goal;
use super::field::{By, Class, Field, Lists};
use super::rule::Rule;

/// Columns, rows and the five goals' costs.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// The largest value of each column; the least is 0.
    pub(super) upper: Vec<u32>,
    /// What each column is.
    pub(super) what: Vec<Column>,
    /// Sums of columns that stay at or below a number.
    pub(super) rows: Vec<Row>,
    /// Each goal's cost of each column.
    pub(super) costs: BTreeMap<Goal, Vec<i64>>,
    /// Each class's columns: one for each of its options in their order, and then the one of the deferred.
    pub(super) of_class: Vec<std::ops::Range<u32>>,
}

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// Devices of a class in a window.
    In {
        /// Index of the class.
        class: u32,
        /// Index of the window.
        window: u32,
    },
    /// Devices of a class that are deferred.
    Deferred {
        /// Index of the class.
        class: u32,
    },
    /// 1 when something is switched on: a building is visited, a ring has begun.
    Switch,
}

/// `terms · columns ≤ most`, or `=` it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Column and factor.
    pub(super) terms: Vec<(u32, i64)>,
    /// The right-hand side.
    pub(super) most: i64,
    /// It is the sum of a class: `=`.
    pub(super) exact: bool,
    /// The rule that it stands for.
    pub(super) rule: Rule,
}

impl Rows {
    /// The rows of a field.
    pub(super) fn new(field: &Field<'_>, lists: &Lists<'_>) -> Rows {
        let mut rows = Rows::default();
        rows.columns(field);
        let in_window = rows.in_windows(field);
        Capacity { field, lists, rows: &mut rows, full: false }.of_windows(&in_window);
        bonds::add(&mut rows, field, lists);
        rings::add(&mut rows, field, lists);
        rows
    }

    fn columns(&mut self, field: &Field<'_>) {
        let goals =
            [Goal::Deferred, Goal::PatientMinutes, Goal::ExposureDays, Goal::Overtime, Goal::ToldAgain];
        for (class, ix) in field.classes.iter().zip(0u32..) {
            let count = class.members.len() as u32;
            let first = self.upper.len() as u32;
            for choice in &class.options {
                let window = choice.window;
                self.column(Column::In { class: ix, window }, count);
            }
            let deferred = if class.traits.begun_in.is_some() { 0 } else { count };
            self.column(Column::Deferred { class: ix }, deferred);
            let columns = first..self.upper.len() as u32;
            let terms = columns.clone().map(|column| (column, 1)).collect();
            self.rows.push(Row { terms, most: i64::from(count), exact: true, rule: Rule::EachOnce });
            self.of_class.push(columns);
        }
        for goal in goals {
            let cost = field.classes.iter().flat_map(|class| costs(field, class, goal)).collect();
            self.costs.insert(goal, cost);
        }
    }

    fn column(&mut self, what: Column, upper: u32) -> u32 {
        self.upper.push(upper);
        self.what.push(what);
        // While classes are laid out the costs are not there yet.
        self.costs.values_mut().for_each(|costs| costs.push(0));
        self.upper.len() as u32 - 1
    }

    /// A column that is 0 or 1.
    fn switch(&mut self) -> u32 {
        self.column(Column::Switch, 1)
    }

    /// Nothing more goes into a window in which what has begun takes too much already.
    fn close(&mut self, field: &Field<'_>, here: &[(u32, u32)]) {
        for (class, column) in here {
            if field.classes[*class as usize].traits.begun_in.is_none() {
                self.upper[*column as usize] = 0;
            }
        }
    }

    /// Adds `terms ≤ most`. What has begun alone may go beyond it.
    fn at_most(&mut self, rule: Rule, terms: Vec<(u32, i64)>, most: i64, begun: i64) {
        self.rows.push(Row { terms, most: most.max(begun), exact: false, rule });
    }

    /// The class and column of each class that may go into each window.
    fn in_windows(&self, field: &Field<'_>) -> Vec<Vec<(u32, u32)>> {
        let mut in_window = vec![Vec::new(); field.campaign.windows.len()];
        for (column, what) in (0u32..).zip(&self.what) {
            if let Column::In { class, window } = what {
                in_window[*window as usize].push((*class, column));
            }
        }
        in_window
    }

    /// The column of a class in a window, or of its deferred ones; `None` where it has no such column.
    pub(super) fn column_of(&self, class: u32, window: Option<u32>) -> Option<u32> {
        let is_it = |column: &u32| match self.what[*column as usize] {
            Column::In { window: here, .. } => Some(here) == window,
            Column::Deferred { .. } => window.is_none(),
            Column::Switch => false,
        };
        self.of_class.get(class as usize)?.clone().find(is_it)
    }

    /// A goal's value of a solution.
    pub(super) fn value(&self, goal: Goal, columns: &[u32]) -> u64 {
        let costs = self.costs.get(&goal).into_iter().flatten();
        let sum: i64 = costs.zip(columns).map(|(cost, value)| cost * i64::from(*value)).sum();
        u64::try_from(sum).unwrap_or(0)
    }
}

/// A goal's cost of each column of a class.
fn costs(field: &Field<'_>, class: &Class, goal: Goal) -> Vec<i64> {
    let traits = &class.traits;
    let risk = u64::from(traits.risk_per_day);
    let overtime = matches!(traits.hands, Some(By::Staff(_)));
    let told_again = |window: Option<u32>| match traits.told {
        Some((told, people)) if window != Some(told) => u64::from(people),
        Some(_) | None => 0,
    };
    let cost = |choice: &super::field::Choice| match goal {
        Goal::Deferred => 0,
        Goal::PatientMinutes => choice.patient_minutes,
        Goal::ExposureDays => risk * field.days(choice.window),
        Goal::Overtime if overtime && field.window(choice.window).overtime => {
            u64::from(traits.hands_on_minutes)
        }
        Goal::Overtime => 0,
        Goal::ToldAgain => told_again(Some(choice.window)),
    };
    let deferred = match goal {
        Goal::Deferred => u64::from(traits.mandatory),
        Goal::PatientMinutes | Goal::Overtime => 0,
        Goal::ExposureDays => risk * field.days_deferred(),
        Goal::ToldAgain => told_again(None),
    };
    // Weights and times have limits far below what could overflow.
    class
        .options
        .iter()
        .map(cost)
        .chain([deferred])
        .map(|cost| i64::try_from(cost).unwrap_or(i64::MAX))
        .collect()
}

/// Rows of what each window has only so much of.
struct Capacity<'a, 'b> {
    field: &'b Field<'a>,
    lists: &'b Lists<'a>,
    rows: &'b mut Rows,
    /// What has begun in the window takes more than there is.
    full: bool,
}

/// Something that classes take from in a window, each device so much.
#[derive(Default)]
struct Taken {
    terms: Vec<(u32, i64)>,
    /// What has begun takes.
    begun: i64,
    /// Least back-out and longest work of those that take.
    back_out_min: Option<u32>,
    busy_max: u32,
}

impl Taken {
    fn add(&mut self, class: &Class, column: u32, each: u64) {
        if each == 0 {
            return;
        }
        let each = i64::try_from(each).unwrap_or(i64::MAX);
        self.terms.push((column, each));
        if class.traits.begun_in.is_some() {
            self.begun += each * class.members.len() as i64;
        }
        let back_out = class.shape.back_out;
        self.back_out_min = Some(self.back_out_min.map_or(back_out, |least| least.min(back_out)));
        self.busy_max = self.busy_max.max(class.shape.busy);
    }
}

impl Capacity<'_, '_> {
    fn of_windows(&mut self, in_window: &[Vec<(u32, u32)>]) {
        for (window, here) in (0u32..).zip(in_window) {
            self.full = false;
            self.of_window(window, here);
            if self.full {
                self.rows.close(self.field, here);
            }
        }
    }

    /// Minutes of the window in which the work of those who take can lie.
    fn room(&self, window: u32, taken: &Taken) -> i64 {
        let window = self.field.window(window);
        let by_end = window.not_after_minute.saturating_sub(taken.back_out_min.unwrap_or(0));
        let by_start = window.latest_start_minute.saturating_add(taken.busy_max);
        i64::from(by_end.min(by_start).saturating_sub(window.not_before_minute))
    }

    fn limit(&mut self, rule: Rule, window: u32, taken: Taken, amount: u32) {
        if !taken.terms.is_empty() {
            let most = self.room(window, &taken) * i64::from(amount);
            self.at_most(rule, taken.terms, most, taken.begun);
        }
    }

    fn at_most(&mut self, rule: Rule, terms: Vec<(u32, i64)>, most: i64, begun: i64) {
        self.full |= begun > most;
        self.rows.at_most(rule, terms, most, begun);
    }

    fn of_window(&mut self, window: u32, here: &[(u32, u32)]) {
        let field = self.field;
        let mut work = Taken::default();
        let mut loaners: BTreeMap<(u32, u32), Taken> = BTreeMap::new();
        let mut beds: BTreeMap<u32, Taken> = BTreeMap::new();
        let mut hands: BTreeMap<By, (Taken, Taken)> = BTreeMap::new();
        let mut buildings: BTreeMap<(u32, u32), Vec<(u32, u32)>> = BTreeMap::new();
        for (class_ix, column) in here {
            let class = &field.classes[*class_ix as usize];
            let traits = &class.traits;
            let busy = u64::from(class.shape.busy);
            work.add(class, *column, busy);
            if traits.loaner {
                loaners.entry((traits.kind, traits.site)).or_default().add(class, *column, busy);
            } else {
                let dark = u64::from(class.shape.dark) * u64::from(traits.beds_watched);
                beds.entry(traits.unit).or_default().add(class, *column, dark);
            }
            if let Some(by) = traits.hands {
                let (minutes, devices) = hands.entry(by).or_default();
                minutes.add(class, *column, u64::from(traits.hands_on_minutes));
                devices.add(class, *column, 1);
                if let By::Staff(skill) = by {
                    buildings.entry((skill, traits.building)).or_default().push((*class_ix, *column));
                }
            }
        }
        self.limit(Rule::AtOnce, window, work, field.window(window).at_once_max);
        for ((kind, site), taken) in loaners {
            let count = field.loaners.get(&(kind, site)).copied().unwrap_or(0);
            self.limit(Rule::Loaners, window, taken, count);
        }
        for (unit, taken) in beds {
            self.limit(Rule::Beds, window, taken, field.campaign.units[unit as usize].beds_dark_max);
        }
        for (by, (minutes, devices)) in hands {
            match by {
                By::Staff(skill) => self.staff(window, skill, minutes, &buildings),
                By::Vendor(vendor) => self.visit(window, vendor, minutes, devices),
            }
        }
    }

    fn visit(&mut self, window: u32, vendor: u32, minutes: Taken, devices: Taken) {
        let id = &self.field.window(window).id;
        let visits = self.field.campaign.visits.iter();
        let mut visits = visits.filter(|visit| visit.window == *id);
        let found = visits.find(|visit| self.lists.vendor(&visit.vendor) == vendor);
        let (engineers, most) = found.map_or((0, 0), |visit| (visit.engineers, visit.devices_max));
        self.at_most(Rule::Visit, devices.terms, i64::from(most), devices.begun);
        self.limit(Rule::Visit, window, minutes, engineers);
    }

    fn staff(
        &mut self,
        window: u32,
        skill: u32,
        minutes: Taken,
        buildings: &BTreeMap<(u32, u32), Vec<(u32, u32)>>,
    ) {
        let here = self.field.window(window);
        let staff = here.staff.iter().find(|staff| self.lists.skill(&staff.skill) == skill);
        let (people, person_minutes) = staff.map_or((0, 0), |staff| (staff.people, staff.person_minutes));
        let (mut terms, mut begun) = (minutes.terms.clone(), minutes.begun);
        for ((_, building), classes) in buildings.range((skill, 0)..=(skill, u32::MAX)) {
            let way = i64::from(self.field.ways[*building as usize]);
            if way == 0 {
                continue;
            }
            let visited = self.rows.switch();
            terms.push((visited, way));
            if here.overtime
                && let Some(cost) =
                    self.rows.costs.get_mut(&Goal::Overtime).and_then(|costs| costs.last_mut())
            {
                *cost = way;
            }
            let class = |ix: &u32| &self.field.classes[*ix as usize];
            if classes.iter().any(|(ix, _)| class(ix).traits.begun_in.is_some()) {
                begun += way;
            }
            // One row for each class is nearer to the truth than one for all.
            for (ix, column) in classes {
                let class = class(ix);
                let each = i64::from(class.traits.hands_on_minutes.max(1));
                let fit = ((i64::from(person_minutes) - way) / each).max(1);
                let most = if class.traits.begun_in.is_some() { i64::MAX } else { fit };
                let most = most.min(class.members.len() as i64);
                self.rows.at_most(Rule::PersonMinutes, vec![(*column, 1), (visited, -most)], 0, 0);
            }
        }
        self.at_most(Rule::PersonMinutes, terms, i64::from(person_minutes), begun);
        self.limit(Rule::People, window, minutes, people);
    }
}
