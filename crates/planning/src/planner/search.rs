//! Better plans without a solver: a solution with fractions is rounded, and devices change windows, alone or two against each other, as
//! long as that makes the plan better. Every plan on the way keeps all rows; nothing here is proven.

mod anneal;
mod rounded;

pub(super) use self::rounded::rounded;
use super::campaign::Goal;
use super::field::Field;
use super::rows::{Column, Rows};
use super::tally::Tally;

/// Between so many tries the clock is asked.
const TRIES_BETWEEN: u32 = 2_000;

/// What a plan is to be good at: goals in their order, each with the value that is good enough; the last one has none.
pub(super) struct Aimed<'a> {
    costs: Vec<&'a [i64]>,
    enough: Vec<i64>,
    /// The place of the goal itself.
    first: usize,
}

/// How bad a plan is: for each goal what it is beyond what is enough, and goals behind it as they are.
type Worth = [i64; 5];

impl<'a> Aimed<'a> {
    /// Earlier goals with what they may be at most, then the goal itself and those behind it.
    pub(super) fn new(rows: &'a Rows, keep: &[(Goal, u64)], goals: &[Goal]) -> Aimed<'a> {
        let enough = keep.iter().map(|(_, most)| i64::try_from(*most).unwrap_or(i64::MAX));
        let enough: Vec<i64> = enough.chain(goals.iter().map(|_| 0)).collect();
        let all = keep.iter().map(|(goal, _)| goal).chain(goals);
        Aimed {
            costs: all.filter_map(|goal| rows.costs.get(goal)).map(|costs| &costs[..]).collect(),
            enough,
            first: keep.len(),
        }
    }

    /// Everything is enough, and the goal itself is at its target.
    fn is_enough(&self, worth: &Worth, target: u64) -> bool {
        let target = i64::try_from(target).unwrap_or(i64::MAX);
        worth[..self.first].iter().all(|beyond| *beyond == 0) && worth[self.first] <= target
    }

    fn totals(&self, values: &[u32]) -> Worth {
        let mut totals = [0; 5];
        for (total, costs) in totals.iter_mut().zip(&self.costs) {
            *total = costs.iter().zip(values).map(|(cost, value)| cost * i64::from(*value)).sum();
        }
        totals
    }

    fn change(&self, out: &[u32], into: impl Iterator<Item = u32> + Clone) -> Worth {
        let mut change = [0; 5];
        for (at, costs) in change.iter_mut().zip(&self.costs) {
            let less: i64 = out.iter().map(|column| costs[*column as usize]).sum();
            let more: i64 = into.clone().map(|column| costs[column as usize]).sum();
            *at = more - less;
        }
        change
    }

    fn worth(&self, totals: &Worth) -> Worth {
        let mut worth = [0; 5];
        for ((at, total), enough) in worth.iter_mut().zip(totals).zip(&self.enough) {
            *at = (total - enough).max(0);
        }
        worth
    }
}

/// A plan that becomes better.
pub(super) struct Search<'a> {
    rows: &'a Rows,
    aimed: Aimed<'a>,
    tally: Tally<'a>,
    totals: Worth,
    /// Columns of each window that may hold something, and columns that do.
    windows: Vec<Vec<u32>>,
    /// Of each class its columns by window.
    by_window: Vec<Vec<(u32, u32)>>,
    /// Minutes for which a device of each class is worked on.
    minutes: Vec<u32>,
    switched_off: Vec<u32>,
    left_milliseconds: &'a mut (dyn FnMut() -> Option<u64> + 'a),
    tries: u32,
    /// The time is over.
    over: bool,
}

impl<'a> Search<'a> {
    /// Begins with a plan that keeps the rows.
    pub(super) fn new(
        field: &Field<'_>,
        rows: &'a Rows,
        aimed: Aimed<'a>,
        tally: Tally<'a>,
        left_milliseconds: &'a mut (dyn FnMut() -> Option<u64> + 'a),
    ) -> Search<'a> {
        let totals = aimed.totals(tally.values());
        let mut by_window = vec![Vec::new(); rows.of_class.len()];
        for (what, column) in rows.what.iter().zip(0u32..) {
            if let Column::In { class, window } = what {
                by_window[*class as usize].push((*window, column));
            }
        }
        by_window.iter_mut().for_each(|columns| columns.sort_unstable());
        let windows = vec![Vec::new(); field.campaign.windows.len()];
        Search {
            rows,
            aimed,
            tally,
            totals,
            windows,
            by_window,
            minutes: field.classes.iter().map(|class| class.shape.busy).collect(),
            switched_off: Vec::new(),
            left_milliseconds,
            tries: 0,
            over: false,
        }
    }

    /// Makes the plan better until no change of these kinds does, or the time is over; returns its columns.
    pub(super) fn run(mut self) -> Vec<u32> {
        loop {
            self.list_windows();
            let mut better = false;
            for class in 0..self.rows.of_class.len() as u32 {
                better |= self.class(class);
                if self.over {
                    return self.tally.values().to_vec();
                }
            }
            if !better {
                return self.tally.values().to_vec();
            }
        }
    }

    fn held(&self) -> Vec<u32> {
        let is_held =
            |column: &u32| self.value(*column) > 0 && self.rows.what[*column as usize] != Column::Switch;
        (0..self.rows.upper.len() as u32).filter(is_held).collect()
    }

    fn list_windows(&mut self) {
        self.windows.iter_mut().for_each(Vec::clear);
        for (what, column) in self.rows.what.iter().zip(0u32..) {
            if let (Column::In { window, .. }, true) = (what, self.value(column) > 0) {
                self.windows[*window as usize].push(column);
            }
        }
    }

    fn value(&self, column: u32) -> u32 {
        self.tally.values()[column as usize]
    }

    fn is_over(&mut self) -> bool {
        self.tries += 1;
        if self.tries.is_multiple_of(TRIES_BETWEEN) && (self.left_milliseconds)() == Some(0) {
            self.over = true;
        }
        self.over
    }

    /// Looks for better windows of one class's devices.
    fn class(&mut self, class: u32) -> bool {
        let mut better = false;
        for from in self.rows.of_class[class as usize].clone() {
            for to in self.rows.of_class[class as usize].clone() {
                while self.value(from) > 0 && from != to && self.one(from, to) {
                    better = true;
                }
                if self.over {
                    return better;
                }
            }
        }
        better
    }

    /// One device to another window, by itself or against one from there.
    fn one(&mut self, from: u32, to: u32) -> bool {
        if self.rows.upper[to as usize] == 0 || self.is_over() {
            return false;
        }
        let gain = self.aimed.change(&[from], [to].into_iter());
        if self.is_better(&gain) && self.try_change(&[from], &[to]) {
            return true;
        }
        let (Column::In { window: here, .. }, Column::In { window: there, .. }) =
            (self.rows.what[from as usize], self.rows.what[to as usize])
        else {
            return false;
        };
        for ix in 0..self.windows[there as usize].len() {
            let other = self.windows[there as usize][ix];
            let Column::In { class, .. } = self.rows.what[other as usize] else { continue };
            if self.value(other) == 0 || other == to {
                continue;
            }
            let Some(back) = self.column(class, here) else { continue };
            if self.rows.upper[back as usize] == 0 {
                continue;
            }
            let change = self.aimed.change(&[from, other], [to, back].into_iter());
            if self.is_better(&change) {
                if self.is_over() {
                    return false;
                }
                if self.try_change(&[from, other], &[to, back]) {
                    return true;
                }
            }
        }
        false
    }

    fn column(&self, class: u32, window: u32) -> Option<u32> {
        let columns = &self.by_window[class as usize];
        let at = columns.binary_search_by_key(&window, |entry| entry.0).ok()?;
        Some(columns[at].1)
    }

    fn is_better(&self, change: &Worth) -> bool {
        let mut after = self.totals;
        after.iter_mut().zip(change).for_each(|(total, change)| *total += change);
        self.aimed.worth(&after) < self.aimed.worth(&self.totals)
    }

    fn try_change(&mut self, out: &[u32], into: &[u32]) -> bool {
        if !self.tally.exchange(out, into) {
            return false;
        }
        let switches: Vec<u32> = self.tally.switched_on().collect();
        let change = self.aimed.change(out, into.iter().copied().chain(switches.iter().copied()));
        if !self.is_better(&change) {
            self.tally.undo(out);
            return false;
        }
        self.totals.iter_mut().zip(&change).for_each(|(total, change)| *total += change);
        for column in into {
            if let Column::In { window, .. } = self.rows.what[*column as usize]
                && self.value(*column) == 1
            {
                self.windows[window as usize].push(*column);
            }
        }
        out.iter().for_each(|column| self.leave(*column));
        true
    }

    /// Turns off what a column that is empty now no longer needs: a way, a ring or a device that has not begun.
    fn leave(&mut self, column: u32) {
        if self.value(column) > 0 {
            return;
        }
        self.tally.turn_off(column, &mut self.switched_off);
        while let Some(switch) = self.switched_off.pop() {
            for (total, costs) in self.totals.iter_mut().zip(&self.aimed.costs) {
                *total -= costs[switch as usize];
            }
        }
    }
}
