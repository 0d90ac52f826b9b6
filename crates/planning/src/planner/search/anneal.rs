//! Changes that at first may also make a plan worse, less and less (simulated annealing): they lead out of plans that no single exchange
//! makes better.

use std::ops::Range;

use super::{Aimed, Search, Worth};
use crate::dice::Dice;
use crate::planner::rows::{Column, Rows};
use crate::planner::tally::Tally;

/// So many changes are proposed between two looks at the clock.
const STEPS_BETWEEN_LOOKS: u64 = 4_096;
/// Every so many-th look lists anew which columns hold something.
const LOOKS_BETWEEN_LISTS: u64 = 16;
/// Changes go to a window so near, in the order of a class's windows,
const NEAR_WINDOWS: u32 = 6;
/// but for one in so many.
const FAR_ONE_IN: usize = 4;
/// Most devices of one class against one of another.
const TIMES_MAX: u32 = 4;
/// How much worse, in what windows usually differ by, a plan may become at first and at last.
const HEAT: (f64, f64) = (0.015, 0.0005);
/// What one beyond what is enough weighs against one of the goal, each in what windows usually differ by.
const BEYOND_WEIGHS: f64 = 20.0;
/// How much more it weighs at last.
const BEYOND_GROWS: f64 = 4.0;
/// The same for goals behind it.
const BEHIND_WEIGHS: f64 = 0.02;

/// What one of each goal weighs.
type Weights = [f64; 5];

impl Aimed<'_> {
    /// What one of each goal weighs while a plan may also become worse: what is beyond enough much, goals behind the first little.
    fn weights(&self, rows: &Rows) -> Weights {
        let spread = |costs: &&[i64]| {
            let of_class = rows.of_class.iter().map(|columns| {
                let costs = &costs[columns.start as usize..columns.end as usize];
                let mean = costs.iter().sum::<i64>() as f64 / costs.len() as f64;
                costs.iter().map(|cost| (*cost as f64 - mean).abs()).sum::<f64>() / costs.len() as f64
            });
            let (sum, count) = of_class
                .filter(|spread| *spread > 0.0)
                .fold((0.0, 0.0), |(sum, count), spread| (sum + spread, count + 1.0));
            if count > 0.0 { sum / count } else { f64::INFINITY }
        };
        let spreads: Vec<f64> = self.costs.iter().map(spread).collect();
        let mut weights = [0.0; 5];
        for (ix, (weight, spread)) in weights.iter_mut().zip(&spreads).enumerate() {
            let share = match ix.cmp(&self.first) {
                std::cmp::Ordering::Less => BEYOND_WEIGHS,
                std::cmp::Ordering::Equal => 1.0,
                std::cmp::Ordering::Greater => BEHIND_WEIGHS,
            };
            *weight = share / spread;
        }
        // Work that must be done is not left out for anything else.
        let all: f64 = weights[1..]
            .iter()
            .zip(&self.costs[1..])
            .map(|(weight, costs)| weight * costs.iter().copied().max().unwrap_or(0) as f64)
            .filter(|worst| worst.is_finite())
            .sum();
        if self.first > 0 {
            weights[0] = weights[0].max(all);
        }
        weights
    }
}

impl<'a> Search<'a> {
    /// Makes the plan better by changes that at first may also make it worse, less and less; leaves the best.
    pub(in crate::planner) fn anneal(&mut self, steps: u64, seed: u64, target: u64) {
        let mut annealing = Annealing::new(self, seed);
        for step in 0..steps {
            let looks = step.is_multiple_of(STEPS_BETWEEN_LOOKS);
            if looks && annealing.look(self, step as f64 / steps as f64, target) {
                break;
            }
            if let Some(change) = annealing.propose(self) {
                annealing.take_up(self, &change);
            }
        }
        annealing.leave_the_best(self);
    }
}

/// Where an annealing stands.
struct Annealing<'a> {
    /// What one of each goal weighs at first and now.
    light: Weights,
    weights: Weights,
    dice: Dice,
    /// Columns that hold something, and some that did.
    held: Vec<u32>,
    /// What the plan weighs.
    now: f64,
    /// The best plan so far: how bad it is, itself, its totals.
    best: (Worth, Tally<'a>, Worth),
    began_left_milliseconds: Option<u64>,
    /// How far it is, from 0 to 1.
    share: f64,
    looks: u64,
}

/// One device out of each of these columns and into each of those.
#[derive(Default)]
struct Change {
    out: [u32; 2 * TIMES_MAX as usize],
    into: [u32; 2 * TIMES_MAX as usize],
    count: usize,
}

impl Change {
    fn with(mut self, out: u32, into: u32, times: usize) -> Change {
        let here = self.count..self.count + times;
        self.out[here.clone()].fill(out);
        self.into[here].fill(into);
        self.count += times;
        self
    }
}

impl<'a> Annealing<'a> {
    fn new(search: &mut Search<'a>, seed: u64) -> Annealing<'a> {
        let light = search.aimed.weights(search.rows);
        let worth = search.aimed.worth(&search.totals);
        Annealing {
            light,
            weights: light,
            dice: Dice::new(seed),
            held: Vec::new(),
            now: 0.0,
            best: (worth, search.tally.clone(), search.totals),
            began_left_milliseconds: (search.left_milliseconds)(),
            share: 0.0,
            looks: 0,
        }
    }

    /// Looks at the clock, and keeps the plan if it is the best so far; true when it is time to end.
    fn look(&mut self, search: &mut Search<'a>, share_of_steps: f64, target: u64) -> bool {
        self.share = match (self.began_left_milliseconds, (search.left_milliseconds)()) {
            (Some(began), Some(left)) => 1.0 - left as f64 / began.max(1) as f64,
            _ => share_of_steps,
        };
        let worth = search.aimed.worth(&search.totals);
        let grown = 1.0 + BEYOND_GROWS * self.share * self.share;
        let beyond = self.weights.iter_mut().zip(&self.light).take(search.aimed.first);
        beyond.for_each(|(weight, light)| *weight = light * grown);
        self.now = self.weigh(search, &worth);
        if worth < self.best.0 {
            self.best = (worth, search.tally.clone(), search.totals);
        }
        if self.looks.is_multiple_of(LOOKS_BETWEEN_LISTS) {
            search.list_windows();
            self.held = search.held();
        }
        self.looks += 1;
        self.share >= 1.0 || search.aimed.is_enough(&worth, target)
    }

    fn weigh(&self, search: &Search<'a>, worth: &Worth) -> f64 {
        let beyond = worth[..search.aimed.first].iter().filter(|worth| **worth > 0).count();
        let sum: f64 = worth.iter().zip(&self.weights).map(|(worth, weight)| *worth as f64 * weight).sum();
        sum + beyond as f64 * BEYOND_WEIGHS
    }

    /// One device to another window; every second time against others from there, back or elsewhere, as many as take about as long.
    fn propose(&mut self, search: &Search<'a>) -> Option<Change> {
        let rows = search.rows;
        let is_open = |column: u32| rows.upper[column as usize] > 0;
        let from = self.dice.one_of(&self.held).filter(|from| search.value(*from) > 0)?;
        let (Column::In { class, .. } | Column::Deferred { class }) = rows.what[from as usize] else {
            return None;
        };
        let to = self.near(&rows.of_class[class as usize], from);
        if to == from || !is_open(to) {
            return None;
        }
        let alone = Change::default().with(from, to, 1);
        if !self.dice.one_in(2) {
            return Some(alone);
        }
        let Column::In { window: there, .. } = rows.what[to as usize] else { return Some(alone) };
        let other = self.dice.one_of(&search.windows[there as usize]);
        let Some(other) = other.filter(|other| *other != to && search.value(*other) > 0) else {
            return Some(alone);
        };
        let Column::In { class: second, .. } = rows.what[other as usize] else { return Some(alone) };
        let back = match rows.what[from as usize] {
            Column::In { window: here, .. } if self.dice.one_in(2) => search.column(second, here),
            _ => Some(self.near(&rows.of_class[second as usize], other)),
        };
        let back = back.filter(|back| *back != other && is_open(*back))?;
        let (one, two) = (search.minutes[class as usize].max(1), search.minutes[second as usize].max(1));
        let times = |long: u32, short: u32, dice: &mut Dice| {
            (long / short + u32::from(dice.one_in(2))).clamp(1, TIMES_MAX)
        };
        let (first, others) = if one > two {
            (1, times(one, two, &mut self.dice))
        } else {
            (times(two, one, &mut self.dice), 1)
        };
        let first = first.min(search.value(from));
        let others = others.min(search.value(other));
        Some(Change::default().with(from, to, first as usize).with(other, back, others as usize))
    }

    /// A column of a class, mostly one of a window near that of `from`.
    fn near(&mut self, columns: &Range<u32>, from: u32) -> u32 {
        if self.dice.one_in(FAR_ONE_IN) {
            return columns.start + self.dice.below(columns.len()) as u32;
        }
        let at = from + self.dice.below(2 * NEAR_WINDOWS as usize + 1) as u32;
        at.saturating_sub(NEAR_WINDOWS).clamp(columns.start, columns.end - 1)
    }

    /// Makes a change, where no row speaks against it and the plan becomes no worse than the heat allows.
    fn take_up(&mut self, search: &mut Search<'a>, change: &Change) {
        let (out, into) = (&change.out[..change.count], &change.into[..change.count]);
        let heat = HEAT.0 * (HEAT.1 / HEAT.0).powf(self.share);
        let allowed = self.now - heat * self.dice.unit().ln();
        let after = plus(search.totals, search.aimed.change(out, into.iter().copied()));
        if self.weigh(search, &search.aimed.worth(&after)) > allowed || !search.tally.exchange(out, into) {
            return;
        }
        let switches: Vec<u32> = search.tally.switched_on().collect();
        let after = plus(after, search.aimed.change(&[], switches.into_iter()));
        if self.weigh(search, &search.aimed.worth(&after)) > allowed {
            search.tally.undo(out);
            return;
        }
        search.totals = after;
        for (ix, column) in into.iter().enumerate() {
            let copies = into.iter().filter(|other| *other == column).count();
            if into[..ix].contains(column) || search.value(*column) as usize > copies {
                continue;
            }
            self.held.push(*column);
            if let Column::In { window, .. } = search.rows.what[*column as usize] {
                search.windows[window as usize].push(*column);
            }
        }
        out.iter().for_each(|column| search.leave(*column));
        self.now = self.weigh(search, &search.aimed.worth(&search.totals));
    }

    fn leave_the_best(self, search: &mut Search<'a>) {
        if search.aimed.worth(&search.totals) > self.best.0 {
            (search.tally, search.totals) = (self.best.1, self.best.2);
        }
    }
}

fn plus(totals: Worth, change: Worth) -> Worth {
    let mut after = totals;
    after.iter_mut().zip(&change).for_each(|(total, change)| *total += change);
    after
}
