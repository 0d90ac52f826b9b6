//! From a campaign to a plan: a first plan by our own means, each goal in turn with the solver, single devices out of classes, each
//! window to the scheduler, and what a window could not hold back to the first level.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Answer, Assignment, Because, Placed, Reached, Status};
use super::campaign::{Goal, SoundCampaign};
use super::engine::{self, Run};
use super::field::{Field, Lists};
use super::greedy::{self, Taste};
use super::rows::{Column, Row, Rows};
use super::rule::Rule;
use super::tally::Tally;
use super::value::{Places, value};
use super::within::Work;

/// How often what windows could not hold is placed anew before it is deferred.
const ROUNDS_MAX: u32 = 12;
/// Below this much time left the solver is not asked any more, in milliseconds.
const RUN_MIN_MILLISECONDS: u64 = 50;

/// How much may be spent on a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Time for all goals together, in milliseconds by the caller's clock; `None` for no end: then the same campaign and seed give the
    /// same plan.
    pub milliseconds: Option<u64>,
    /// A goal counts as reached when it is proven within so many parts of a million.
    pub gap_ppm: u32,
    /// Threads of the solver.
    pub threads: u32,
    /// Where pseudo-random numbers begin.
    pub seed: u32,
}

/// Plans a campaign. `elapsed_milliseconds` is the caller's clock, from any beginning; it is asked between the solver's runs.
pub fn plan(sound: &SoundCampaign, budget: Budget, elapsed_milliseconds: &mut dyn FnMut() -> u64) -> Answer {
    let began = elapsed_milliseconds();
    let (field, lists) = Field::new(sound);
    let rows = Rows::new(&field, &lists);
    let mut search = Search { field: &field, lists: &lists, rows, budget, began, now: elapsed_milliseconds };
    search.run()
}

/// The best columns so far, and what is proven of each goal.
struct Best {
    columns: Vec<u32>,
    at_least: BTreeMap<Goal, u64>,
    cut_by_time: bool,
}

struct Search<'a, 'b> {
    field: &'b Field<'a>,
    lists: &'b Lists<'a>,
    rows: Rows,
    budget: Budget,
    began: u64,
    now: &'b mut dyn FnMut() -> u64,
}

impl Search<'_, '_> {
    fn run(&mut self) -> Answer {
        let columns = greedy::first_plan(self.field, &self.rows);
        let best = self.goals_in_turn(columns);
        let (columns, minutes, sent_back) = self.into_windows(best.columns);
        let places = self.places(&columns);
        let goals = self.field.campaign.aims.iter().map(|aim| {
            let value = value(self.field, &places, aim.goal);
            let at_least = best.at_least.get(&aim.goal).copied().unwrap_or(0);
            Reached { goal: aim.goal, value, at_least: at_least.min(value) }
        });
        let goals = goals.collect();
        let status = Status {
            cut_by_time: best.cut_by_time,
            milliseconds: self.used(),
            classes: count(self.field.classes.len()),
            columns: count(self.rows.upper.len()),
            rows: count(self.rows.rows.len()),
            windows_sent_back: sent_back,
        };
        Answer { assignments: self.assignments(&places, &minutes), goals, status }
    }

    fn used(&mut self) -> u64 {
        (self.now)().saturating_sub(self.began)
    }

    /// Time for one goal, when so many are still to come: the first of them may use more than its share.
    fn time_for(&mut self, goals_left: usize) -> Option<u64> {
        let all = self.budget.milliseconds?;
        let left = all.saturating_sub(self.used());
        Some(if goals_left <= 1 { left } else { left * 3 / (goals_left as u64 + 2) })
    }

    fn goals_in_turn(&mut self, mut columns: Vec<u32>) -> Best {
        let aims = self.field.campaign.aims.clone();
        let mut best_so_far = BTreeMap::new();
        let mut keep: Vec<(Goal, u64)> = Vec::new();
        let mut cut_by_time = false;
        for (ix, aim) in aims.iter().enumerate() {
            let mut reached = self.rows.value(aim.goal, &columns);
            let mut at_least = engine::trivial_bound(&self.rows, aim.goal);
            let near = |value: u64, bound: u64| {
                u128::from(value.saturating_sub(bound)) * 1_000_000
                    <= u128::from(value) * u128::from(self.budget.gap_ppm)
            };
            if !near(reached, at_least) {
                let milliseconds = self.time_for(aims.len() - ix);
                if milliseconds.is_some_and(|left| left < RUN_MIN_MILLISECONDS) {
                    cut_by_time = true;
                } else {
                    let run = Run {
                        milliseconds,
                        gap_ppm: self.budget.gap_ppm,
                        threads: self.budget.threads,
                        seed: self.budget.seed,
                    };
                    let outcome = engine::minimise(&self.rows, aim.goal, &keep, Some(&columns), run);
                    at_least = at_least.max(outcome.at_least);
                    cut_by_time |= !outcome.finished;
                    if let Some(found) = outcome.columns
                        && self.rows.value(aim.goal, &found) <= reached
                    {
                        columns = found;
                        reached = self.rows.value(aim.goal, &columns);
                    }
                }
            }
            best_so_far.insert(aim.goal, at_least);
            let give_up = u128::from(reached) * u128::from(aim.give_up_per_10000) / 10_000;
            keep.push((aim.goal, reached + u64::try_from(give_up).unwrap_or(0)));
        }
        Best { columns, at_least: best_so_far, cut_by_time }
    }

    /// Hands each window to the scheduler; what does not fit goes elsewhere, and the windows that get it are looked at again. Returns
    /// the columns, the minute of each device of each window's classes, and how many windows sent something back.
    fn into_windows(&mut self, columns: Vec<u32>) -> (Vec<u32>, Minutes, u32) {
        let mut columns = columns;
        let mut minutes = Minutes::new();
        let mut sent_back = BTreeSet::new();
        let mut stale: BTreeSet<u32> = (0..count(self.field.campaign.windows.len())).collect();
        let mut round = 0;
        while !stale.is_empty() {
            let of_window = self.of_windows(&columns, &stale);
            let mut over: Vec<u32> = Vec::new();
            for (window, mut classes) in of_window {
                let work = Work { field: self.field, lists: self.lists, window };
                loop {
                    match work.minutes(&classes, u64::from(self.budget.seed)) {
                        Ok(begins) => {
                            let pairs = classes.iter().copied().zip(begins).collect();
                            minutes.insert(window, pairs);
                            break;
                        }
                        Err(at) => {
                            sent_back.insert(window);
                            over.push(self.column_of(classes.remove(at), window));
                        }
                    }
                }
            }
            stale.clear();
            round += 1;
            if over.is_empty() {
                break;
            }
            let before = columns.clone();
            columns = self.place_anew(&before, &over, round >= ROUNDS_MAX, &sent_back);
            for (column, (old, new)) in (0u32..).zip(before.iter().zip(&columns)) {
                if new > old
                    && let Some((_, window)) = greedy::in_window(&self.rows, column)
                {
                    stale.insert(window);
                }
            }
        }
        (columns, minutes, count(sent_back.len()))
    }

    /// Takes what is too many out of its windows, closes those to more, and places it where there is still room.
    fn place_anew(&self, columns: &[u32], over: &[u32], give_up: bool, closed: &BTreeSet<u32>) -> Vec<u32> {
        let mut rows = self.rows.clone();
        let mut kept = columns.to_vec();
        over.iter().for_each(|column| kept[*column as usize] -= 1);
        for (column, value) in (0u32..).zip(&kept) {
            match rows.what[column as usize] {
                Column::In { window, .. } if give_up || closed.contains(&window) => {
                    rows.upper[column as usize] = *value;
                }
                Column::In { .. } | Column::Deferred { .. } | Column::Switch => {}
            }
        }
        let mut tally = Tally::new(&rows);
        for (column, value) in (0u32..).zip(&kept) {
            tally.set(column, *value);
        }
        greedy::fill(self.field, &rows, &mut tally, Taste::Aims);
        tally.values().to_vec()
    }

    /// The classes of the devices in each of these windows, one entry for each device.
    fn of_windows(&self, columns: &[u32], windows: &BTreeSet<u32>) -> BTreeMap<u32, Vec<u32>> {
        let mut of_window: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (column, value) in (0u32..).zip(columns).filter(|(_, value)| **value > 0) {
            if let Some((class, window)) = greedy::in_window(&self.rows, column)
                && windows.contains(&window)
            {
                let classes = of_window.entry(window).or_default();
                classes.extend(std::iter::repeat_n(class, *value as usize));
            }
        }
        of_window
    }

    fn column_of(&self, class: u32, window: u32) -> u32 {
        let options = &self.field.classes[class as usize].options;
        let at = options.iter().position(|choice| choice.window == window).unwrap_or(0);
        self.rows.of_class[class as usize].start + count(at)
    }

    /// Single devices out of classes: in the order of the list into the windows in the order of time.
    fn places(&self, columns: &[u32]) -> Places {
        let mut places = vec![None; self.field.campaign.devices.len()];
        for (class, range) in self.field.classes.iter().zip(&self.rows.of_class) {
            let mut members = class.members.iter();
            for (choice, column) in class.options.iter().zip(range.clone()) {
                for device in members.by_ref().take(columns[column as usize] as usize) {
                    places[*device as usize] = Some(choice.window);
                }
            }
        }
        places
    }

    fn assignments(&self, places: &Places, minutes: &Minutes) -> Vec<Assignment> {
        let mut next: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
        for (window, pairs) in minutes {
            for (class, minute) in pairs {
                next.entry((*window, *class)).or_default().push(*minute);
            }
        }
        // Earlier devices of a class earlier.
        next.values_mut().for_each(|minutes| minutes.sort_unstable_by(|a, b| b.cmp(a)));
        let devices = self.field.campaign.devices.iter();
        let each = devices.zip(places).zip(&self.field.class_of).map(|((device, place), class)| {
            let place = match place {
                Some(window) => {
                    let found = self.field.window(*window);
                    let minute = next.get_mut(&(*window, *class)).and_then(Vec::pop);
                    let begins_minute = minute.unwrap_or(found.not_before_minute);
                    Placed::Window { window: found.id.clone(), begins_minute }
                }
                None => Placed::Deferred { because: self.because(*class) },
            };
            Assignment { device: device.tag.clone(), place }
        });
        each.collect()
    }

    fn because(&self, class: u32) -> Because {
        let columns = self.rows.of_class[class as usize].clone();
        let waits = |row: &&Row| {
            matches!(row.rule, Rule::Ring | Rule::Precedence)
                && row.terms.iter().any(|(column, factor)| columns.contains(column) && *factor > 0)
        };
        if self.field.classes[class as usize].options.is_empty() {
            Because::NoWindow
        } else if self.rows.rows.iter().any(|row| waits(&row)) {
            Because::Waits
        } else {
            Because::NoRoom
        }
    }
}

/// The class and minute of each device of each window.
type Minutes = BTreeMap<u32, Vec<(u32, u32)>>;

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
