//! A campaign as a problem in whole numbers: columns say how many devices of a class go into a window, rows hold the rules. Rows are
//! implied by the rules, so what no solution of them reaches no plan reaches; the order inside a window is left to the scheduler.

mod bonds;
mod rings;
mod rooms;

use std::collections::BTreeMap;
use std::ops::Range;

pub(super) use self::rooms::{Room, Visit};
use super::campaign::{Goal, Window};
use super::field::{By, Class, Field, Lists};
use super::rule::Rule;

/// Columns, rows and the five goals' costs.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// The largest value of each column; the least is 0.
    pub(super) upper: Vec<u32>,
    /// What each column is.
    pub(super) what: Vec<Column>,
    /// Columns that no row closes but what has begun does, and by which rule.
    pub(super) closed: BTreeMap<u32, Rule>,
    /// Sums of columns that stay at or below a number.
    pub(super) rows: Vec<Row>,
    /// Each goal's cost of each column.
    pub(super) costs: BTreeMap<Goal, Vec<i64>>,
    /// Each class's columns: one for each of its options in their order, and then the one of the deferred.
    pub(super) of_class: Vec<Range<u32>>,
    /// How many devices each class has.
    pub(super) counts: Vec<u32>,
    /// What binds sites together: from when on each ring's next one may begin.
    pub(super) chains: Vec<Chain>,
    /// The hands of windows, each skill's as one piece.
    pub(super) rooms: Vec<Room>,
    /// Columns that are in rooms: work and ways.
    pub(super) in_room: Vec<bool>,
    /// Classes with columns in rooms.
    pub(super) shared: Vec<bool>,
}

/// When a ring's next one begins: one switch for each minute at which it could, on from its beginning. Once that minute is known every
/// one of the chain's rows is a closed column.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    /// The switches, by their minute.
    pub(super) switches: Range<u32>,
    /// The rows that say what the switches open and close, behind the one that says that enough is done.
    pub(super) rows: Range<u32>,
    /// Classes of what comes before.
    pub(super) before_classes: Vec<u32>,
    /// How many of those before must be done.
    pub(super) done_min: i64,
    /// Columns of the next ring and the place of the minute at which they begin: closed until then.
    pub(super) next: Vec<(u32, u32)>,
    /// Columns of what comes before and the place of the last minute for which they are late: closed for every beginning until that.
    pub(super) before: Vec<(u32, u32)>,
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
        Capacity { field, lists, rows: &mut rows, full: None }.of_windows(&in_window);
        bonds::add(&mut rows, field, lists);
        rings::add(&mut rows, field, lists);
        rows.settle_rooms();
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
            self.counts.push(count);
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

    /// Nothing goes into this window: what has begun leaves it no room by this rule.
    fn close(&mut self, column: u32, rule: Rule) {
        self.upper[column as usize] = 0;
        self.closed.entry(column).or_insert(rule);
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
    /// The rule by which what has begun in the window takes more than there is.
    full: Option<Rule>,
}

/// Something that classes take from in a window, each device so much.
#[derive(Default)]
struct Taken {
    terms: Vec<(u32, i64)>,
    /// What has begun takes.
    begun: i64,
    /// Minute of the window by which the last of those that take has given it back, should it begin as late as it may.
    latest_minute: u32,
    /// The latest minute of the window in which one of them may begin.
    begins_latest: u32,
    /// For how many minutes a device of each term takes, and how many devices there are.
    spans: Vec<(u32, u32)>,
}

impl Taken {
    /// A device of this class takes `each` until it has been worked on for `span` minutes.
    fn add(&mut self, window: &Window, class: &Class, column: u32, each: u64, span: u32) {
        if each == 0 {
            return;
        }
        let each = i64::try_from(each).unwrap_or(i64::MAX);
        self.terms.push((column, each));
        if class.traits.begun_in.is_some() {
            self.begun += each * class.members.len() as i64;
        }
        let by_end = window.not_after_minute.saturating_sub(class.shape.back_out + class.shape.busy);
        let latest = by_end.min(window.latest_start_minute).saturating_add(span);
        self.latest_minute = self.latest_minute.max(latest.saturating_sub(window.not_before_minute));
        let begins = by_end.min(window.latest_start_minute).saturating_sub(window.not_before_minute);
        self.begins_latest = self.begins_latest.max(begins);
        self.spans.push((span, class.members.len() as u32));
    }
}

/// Columns with their factors, and what they add up to at most.
type AtMost = (Vec<(u32, i64)>, i64);

/// Of what is held whole by one device after another, `amount` at once: in front of the last device of each there is no more than fits before
/// the latest minute in which one may begin, and the last counts for no more than a piece, as long as most of the work is. Counted in
/// pieces, in whose rests only devices fit that are no longer than what is left over behind whole pieces (a dual feasible function, the
/// one of mixed integer rounding), and in minutes.
fn in_pieces(taken: &Taken, amount: u32) -> Option<[AtMost; 2]> {
    let mut of_span: BTreeMap<u32, u32> = BTreeMap::new();
    taken.spans.iter().for_each(|(span, count)| *of_span.entry(*span).or_default() += count);
    let minutes = |(span, count): &(u32, u32)| u64::from(*span) * u64::from(*count);
    let (piece, _) = of_span.into_iter().filter(|(span, _)| *span > 0).max_by_key(minutes)?;
    let (whole, rest) = (taken.begins_latest / piece, taken.begins_latest % piece);
    let in_pieces = |span: u32| if span < piece { span.saturating_sub(rest) } else { piece - rest };
    let row = |each: &dyn Fn(u32) -> u32, before_the_last: u32| {
        let terms = taken.terms.iter().zip(&taken.spans).map(|(term, (span, _))| (term.0, each(*span)));
        let terms = terms.filter(|(_, each)| *each > 0).map(|(column, each)| (column, i64::from(each)));
        (terms.collect(), i64::from(amount) * i64::from(before_the_last.saturating_add(each(piece))))
    };
    Some([
        row(&in_pieces, whole.saturating_mul(piece - rest)),
        row(&|span| span.min(piece), taken.begins_latest),
    ])
}

impl Capacity<'_, '_> {
    fn of_windows(&mut self, in_window: &[Vec<(u32, u32)>]) {
        for (window, here) in (0u32..).zip(in_window) {
            self.full = None;
            self.of_window(window, here);
            let Some(rule) = self.full else { continue };
            for (class, column) in here {
                if self.field.classes[*class as usize].traits.begun_in.is_none() {
                    self.rows.close(*column, rule);
                }
            }
        }
    }

    /// No more than `amount` at once, in the minutes in which those who take can take.
    fn limit(&mut self, rule: Rule, taken: Taken, amount: u32) {
        if !taken.terms.is_empty() {
            let most = i64::from(taken.latest_minute) * i64::from(amount);
            self.at_most(rule, taken.terms, most, taken.begun);
        }
    }

    /// The same of what each device holds one of.
    fn limit_whole(&mut self, rule: Rule, taken: Taken, amount: u32) {
        let pieces = in_pieces(&taken, amount).filter(|_| taken.begun == 0);
        self.limit(rule, taken, amount);
        for (terms, most) in pieces.into_iter().flatten() {
            self.at_most(rule, terms, most, 0);
        }
    }

    fn at_most(&mut self, rule: Rule, terms: Vec<(u32, i64)>, most: i64, begun: i64) {
        if begun > most {
            self.full = self.full.or(Some(rule));
        }
        self.rows.at_most(rule, terms, most, begun);
    }

    fn of_window(&mut self, window: u32, here: &[(u32, u32)]) {
        let field = self.field;
        let here_is = field.window(window);
        let mut work = Taken::default();
        let mut loaners: BTreeMap<(u32, u32), Taken> = BTreeMap::new();
        let mut beds: BTreeMap<u32, Taken> = BTreeMap::new();
        let mut hands: BTreeMap<By, (Taken, Taken)> = BTreeMap::new();
        let mut buildings: BTreeMap<(u32, u32), Vec<(u32, u32)>> = BTreeMap::new();
        for (class_ix, column) in here {
            let class = &field.classes[*class_ix as usize];
            let traits = &class.traits;
            let span = class.shape.busy;
            let busy = u64::from(span);
            work.add(here_is, class, *column, busy, span);
            if traits.loaner {
                loaners
                    .entry((traits.kind, traits.site))
                    .or_default()
                    .add(here_is, class, *column, busy, span);
            } else {
                let dark = u64::from(class.shape.dark) * u64::from(traits.beds_watched);
                beds.entry(traits.unit).or_default().add(here_is, class, *column, dark, span);
            }
            if let Some(by) = traits.hands {
                let (minutes, devices) = hands.entry(by).or_default();
                let hands_on = traits.hands_on_minutes;
                minutes.add(here_is, class, *column, u64::from(hands_on), hands_on);
                devices.add(here_is, class, *column, 1, hands_on);
                if let By::Staff(skill) = by {
                    buildings.entry((skill, traits.building)).or_default().push((*class_ix, *column));
                }
            }
        }
        self.limit_whole(Rule::AtOnce, work, here_is.at_once_max);
        for ((kind, site), taken) in loaners {
            let count = field.loaners.get(&(kind, site)).copied().unwrap_or(0);
            self.limit_whole(Rule::Loaners, taken, count);
        }
        for (unit, taken) in beds {
            self.limit(Rule::Beds, taken, field.campaign.units[unit as usize].beds_dark_max);
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
        self.limit(Rule::Visit, minutes, engineers);
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
        let hands: BTreeMap<u32, i64> = minutes.terms.iter().copied().collect();
        let (mut terms, mut begun) = (minutes.terms.clone(), minutes.begun);
        let mut visits = Vec::new();
        let mut room = Vec::new();
        let first_row = self.rows.rows.len() as u32;
        for ((_, building), classes) in buildings.range((skill, 0)..=(skill, u32::MAX)) {
            let way = i64::from(self.field.ways[*building as usize]);
            let columns: Vec<(u32, i64)> =
                classes.iter().filter_map(|(_, column)| Some((*column, *hands.get(column)?))).collect();
            let switch = (way > 0).then(|| self.way(here.overtime, way));
            let all =
                classes.iter().map(|(_, column)| (*column, hands.get(column).map_or(0, |each| *each as u32)));
            room.push(Visit { way: way as u32, switch, columns: all.collect() });
            let Some(visited) = switch else { continue };
            visits.push((visited, way, columns));
            terms.push((visited, way));
            let class = |ix: &u32| &self.field.classes[*ix as usize];
            if classes.iter().any(|(ix, _)| class(ix).traits.begun_in.is_some()) {
                begun += way;
            }
            // One row for each class is nearer to the truth than one for all.
            for (ix, column) in classes {
                let class = class(ix);
                // Without hands the minutes limit nobody. Where not even one fits the sum below says so.
                let fit = (i64::from(person_minutes) - way)
                    .checked_div(i64::from(class.traits.hands_on_minutes))
                    .map_or(i64::MAX, |fit| fit.max(1));
                let most = if class.traits.begun_in.is_some() { i64::MAX } else { fit };
                let most = most.min(class.members.len() as i64);
                self.rows.at_most(Rule::PersonMinutes, vec![(*column, 1), (visited, -most)], 0, 0);
            }
        }
        let most = i64::from(person_minutes).max(begun);
        for (visited, way, columns) in visits {
            // And one for all says that half of a building's work takes half of the way, also where it is many classes'.
            if columns.len() > 1 {
                let terms = columns.into_iter().chain([(visited, way - most)]).collect();
                self.rows.at_most(Rule::PersonMinutes, terms, 0, 0);
            }
        }
        self.at_most(Rule::PersonMinutes, terms, i64::from(person_minutes), begun);
        let room_rows = first_row..self.rows.rows.len() as u32;
        self.rows.room(most, room, room_rows);
        self.limit(Rule::People, minutes, people);
    }

    /// The switch of a building that is visited, and what the way costs.
    fn way(&mut self, overtime: bool, minutes: i64) -> u32 {
        let visited = self.rows.switch();
        if overtime
            && let Some(cost) = self.rows.costs.get_mut(&Goal::Overtime).and_then(|costs| costs.last_mut())
        {
            *cost = minutes;
        }
        visited
    }
}

#[cfg(test)]
mod tests;
