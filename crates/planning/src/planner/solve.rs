//! From a campaign to a plan: a first plan by our own means, each goal in turn with the solver, single devices out of classes, each
//! window to the scheduler, and what a window could not hold back to the first level.

use std::collections::{BTreeMap, BTreeSet};

use super::anew;
use super::answer::{Answer, Assignment, Because, Placed, Reached, Status};
use super::campaign::{Aim, Goal, SoundCampaign};
use super::engine::{self, Ended, Run};
use super::field::{Field, Lists};
use super::greedy;
use super::large::{LARGE_MIN_COLUMNS, Large, loosened};
use super::rows::Rows;
use super::rule::Rule;
use super::threads;
use super::value::{Places, value};
use super::within::{LaidOut, Work};

/// How often what windows could not hold is placed anew before it is deferred.
const ROUNDS_MAX: u32 = 12;
/// Schedules that are tried for all windows, each of which gets its share, but no fewer and no more than these.
const SCHEDULES_IN_ALL: u32 = 100_000;
const SCHEDULES_OF_WINDOW: (u32, u32) = (20, super::within::SCHEDULES_MAX);
/// After the time for the goals one part in so many of it may be used to mend what windows sent back.
const MENDING_PART: u64 = 10;

/// How much may be spent on a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Time for all goals together, in milliseconds by the caller's clock; `None` for no end: then the same campaign and seed give the
    /// same plan.
    pub milliseconds: Option<u64>,
    /// A goal counts as reached when it is proven within so many parts of a million.
    pub gap_ppm: u32,
    /// Threads of the solver: in one process always the same number, for the solver keeps them.
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
    proven: BTreeMap<Goal, Proven>,
    cut_by_time: bool,
    unanswered: u32,
}

/// What is proven of a goal: no plan in which the goals before it are within their `keep` has less than `at_least`.
#[derive(Clone, Copy)]
struct Proven {
    at_least: u64,
    keep: u64,
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
        let (columns, minutes, sent_back) = self.lay_out_windows(best.columns, &best.proven);
        let places = self.places(&columns);
        let goals = self.goals(&places, &best.proven);
        let status = Status {
            cut_by_time: best.cut_by_time,
            unanswered: best.unanswered,
            milliseconds: self.used(),
            classes: count(self.field.classes.len()),
            columns: count(self.rows.upper.len()),
            rows: count(self.rows.rows.len()),
            windows_sent_back: sent_back,
        };
        Answer { assignments: self.assignments(&places, &minutes), goals, status }
    }

    /// The goals' values, each with its bound. Where windows sent so much back that an earlier goal is beyond what it had to keep, the
    /// plan is none of those that the later bounds are about: then only what holds for every plan is said.
    fn goals(&self, places: &Places, proven: &BTreeMap<Goal, Proven>) -> Vec<Reached> {
        let mut within = true;
        let goals = self.field.campaign.aims.iter().map(|aim| {
            let value = value(self.field, places, aim.goal);
            let trivial = engine::trivial_bound(&self.rows, aim.goal);
            let known = proven.get(&aim.goal).copied().unwrap_or(Proven { at_least: trivial, keep: 0 });
            let at_least = if within { known.at_least } else { trivial };
            within &= value <= known.keep;
            Reached { goal: aim.goal, value, at_least: at_least.min(value) }
        });
        goals.collect()
    }

    fn used(&mut self) -> u64 {
        (self.now)().saturating_sub(self.began)
    }

    /// By when one goal must be done, in milliseconds from the beginning: what one leaves the others have. `parts` are its own and those of
    /// all that are still to come.
    fn done_by(&mut self, (own, all_parts): (u64, u64)) -> Option<u64> {
        let (all, used) = (self.budget.milliseconds?, self.used());
        let left = all.saturating_sub(used);
        Some(used + left * own / all_parts.max(1))
    }

    fn goals_in_turn(&mut self, columns: Vec<u32>) -> Best {
        let aims = self.field.campaign.aims.clone();
        let mut best = Best { columns, proven: BTreeMap::new(), cut_by_time: false, unanswered: 0 };
        let mut keep: Vec<(Goal, u64)> = Vec::new();
        let field = self.field;
        let rows = self.rows.clone();
        let mut large = (rows.upper.len() >= LARGE_MIN_COLUMNS).then(|| Large::new(field, &rows));
        for (ix, aim) in aims.iter().enumerate() {
            let at_least = self.one_goal(&aims[ix..], &keep, &mut best, large.as_mut());
            let reached = self.rows.value(aim.goal, &best.columns);
            let give_up = u128::from(reached) * u128::from(aim.give_up_per_10000) / 10_000;
            let most = reached + u64::try_from(give_up).unwrap_or(0);
            let kept = if large.is_some() { loosened(most) } else { most };
            best.proven.insert(aim.goal, Proven { at_least, keep: kept });
            keep.push((aim.goal, most));
            if let Some(large) = &mut large {
                large.keep(aim.goal, most, at_least);
            }
        }
        best
    }

    /// Makes the columns better by one goal, as far as that can be; returns what no columns go below.
    fn one_goal(
        &mut self,
        aims: &[Aim],
        keep: &[(Goal, u64)],
        best: &mut Best,
        large: Option<&mut Large<'_, '_>>,
    ) -> u64 {
        let goal = aims[0].goal;
        // Goals that are as good as can be need no time.
        let needs_time = |aim: &Aim| {
            self.rows.value(aim.goal, &best.columns) > engine::trivial_bound(&self.rows, aim.goal)
        };
        let parts = |aim: &Aim| if needs_time(aim) { parts(aim.goal) } else { 0 };
        let parts = (parts(&aims[0]), aims.iter().map(parts).sum());
        let reached = self.rows.value(goal, &best.columns);
        let trivial = engine::trivial_bound(&self.rows, goal);
        let gap = u128::from(reached.saturating_sub(trivial)) * 1_000_000;
        if gap <= u128::from(reached) * u128::from(self.budget.gap_ppm) {
            return trivial;
        }
        let (budget, began, done_by) = (self.budget, self.began, self.done_by(parts));
        let now = &mut *self.now;
        let mut left = || done_by.map(|by| by.saturating_sub(now().saturating_sub(began)));
        let mut run = Run {
            left_milliseconds: &mut left,
            gap_ppm: budget.gap_ppm,
            threads: budget.threads,
            seed: budget.seed,
        };
        let outcome = match large {
            Some(large) => {
                let later: Vec<Goal> = aims[1..].iter().map(|aim| aim.goal).collect();
                large.minimise(goal, &later, &best.columns, &mut run)
            }
            None => engine::minimise(&self.rows, goal, keep, Some(&best.columns), &mut run),
        };
        match outcome.ended {
            Ended::Near => {}
            Ended::Time => best.cut_by_time = true,
            Ended::NoSolution | Ended::Failed => best.unanswered += 1,
        }
        if let Some(found) = outcome.columns
            && self.rows.value(goal, &found) <= reached
        {
            best.columns = found;
        }
        outcome.at_least.max(trivial)
    }

    /// Hands each window to the scheduler; what does not fit goes elsewhere, and the windows that get it are looked at again. Returns
    /// the columns, the minute of each device of each window's classes, and how many windows sent something back.
    fn lay_out_windows(
        &mut self,
        columns: Vec<u32>,
        proven: &BTreeMap<Goal, Proven>,
    ) -> (Vec<u32>, Minutes, u32) {
        let mut columns = columns;
        let mut minutes = Minutes::new();
        let mut sent_back = BTreeSet::new();
        let mut stale: BTreeSet<u32> = (0..count(self.field.campaign.windows.len())).collect();
        let mut round = 0;
        while !stale.is_empty() {
            let mut over: Vec<u32> = Vec::new();
            for (window, laid_out) in self.laid_out(self.of_windows(&columns, &stale)) {
                if !laid_out.over.is_empty() {
                    sent_back.insert(window);
                }
                over.extend(laid_out.over.iter().map(|class| self.column_of(*class, window)));
                minutes.insert(window, laid_out.begins);
            }
            stale.clear();
            round += 1;
            if over.is_empty() {
                break;
            }
            let before = columns.clone();
            let give_up = round >= ROUNDS_MAX;
            let keep: Vec<(Goal, u64)> = self
                .field
                .campaign
                .aims
                .iter()
                .filter_map(|aim| Some((aim.goal, proven.get(&aim.goal)?.keep)))
                .collect();
            let (budget, began) = (self.budget.milliseconds, self.began);
            let which = (give_up, &sent_back);
            let now = &mut *self.now;
            let mut left = || {
                let used = now().saturating_sub(began);
                budget.map(|all| all.saturating_add(all / MENDING_PART).saturating_sub(used))
            };
            columns = anew::place_anew(self.field, &self.rows, &before, &over, which, &keep, &mut left);
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

    /// Each of these windows laid out, on all threads.
    fn laid_out(&self, of_window: BTreeMap<u32, Vec<u32>>) -> BTreeMap<u32, LaidOut> {
        let windows: Vec<(u32, Vec<u32>)> = of_window.into_iter().collect();
        let schedules_max = SCHEDULES_IN_ALL / count(self.field.campaign.windows.len()).max(1);
        let schedules_max = schedules_max.clamp(SCHEDULES_OF_WINDOW.0, SCHEDULES_OF_WINDOW.1);
        let (field, lists, seed) = (self.field, self.lists, u64::from(self.budget.seed));
        let some = |windows: &[(u32, Vec<u32>)]| -> Vec<(u32, LaidOut)> {
            let one = |(window, classes): &(u32, Vec<u32>)| {
                let work = Work { field, lists, window: *window, schedules_max };
                (*window, work.lay_out(classes.clone(), seed))
            };
            windows.iter().map(one).collect()
        };
        threads::in_parts(&windows, self.budget.threads, some).into_iter().collect()
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
        let that_wait = self.that_wait();
        let devices = self.field.campaign.devices.iter();
        let each = devices.zip(places).zip(&self.field.class_of).map(|((device, place), class)| {
            let place = match place {
                Some(window) => {
                    let found = self.field.window(*window);
                    let minute = next.get_mut(&(*window, *class)).and_then(Vec::pop);
                    let begins_minute = minute.unwrap_or(found.not_before_minute);
                    Placed::Window { window: found.id.clone(), begins_minute }
                }
                None => Placed::Deferred { because: self.because(*class, &that_wait) },
            };
            Assignment { device: device.tag.clone(), place }
        });
        each.collect()
    }

    /// The classes that a row lets wait for others.
    fn that_wait(&self) -> BTreeSet<u32> {
        let rows = self.rows.rows.iter().filter(|row| matches!(row.rule, Rule::Ring | Rule::Precedence));
        let columns = rows.flat_map(|row| &row.terms).filter(|(_, factor)| *factor > 0);
        columns.filter_map(|(column, _)| Some(greedy::in_window(&self.rows, *column)?.0)).collect()
    }

    fn because(&self, class: u32, that_wait: &BTreeSet<u32>) -> Because {
        if self.field.classes[class as usize].options.is_empty() {
            Because::NoWindow
        } else if that_wait.contains(&class) {
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

/// How the time is shared.
fn parts(goal: Goal) -> u64 {
    match goal {
        Goal::Deferred | Goal::PatientMinutes => 3,
        Goal::ExposureDays => 6,
        Goal::ToldAgain => 4,
        Goal::Overtime => 1,
    }
}
