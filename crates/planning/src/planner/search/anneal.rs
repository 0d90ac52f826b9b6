//! Changes that at first may also make a plan worse, less and less (simulated annealing): they lead out of plans that no single exchange
//! makes better.

use super::{Aimed, Search, Worth};
use crate::planner::rows::{Column, Rows};

/// So many changes are proposed between two looks at the clock.
const ANNEAL_STEPS_BETWEEN: u64 = 4_096;
/// Three of four changes go to a window so near, in the order of a class's windows.
const NEAR_WINDOWS: u32 = 6;
/// How much worse, in what windows usually differ by, a plan may become at first and at last.
const HEAT: (f64, f64) = (0.05, 0.002);
/// What one beyond what is enough weighs against one of the goal, each in what windows usually differ by.
const BEYOND_WEIGHS: f64 = 20.0;
/// How much more it weighs at last.
const BEYOND_GROWS: f64 = 4.0;
/// The same for goals behind it.
const BEHIND_WEIGHS: f64 = 0.02;

impl Aimed<'_> {
    /// What one of each goal weighs while a plan may also become worse: what is beyond enough much, goals behind the first little.
    fn weights(&self, rows: &Rows) -> [f64; 5] {
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

impl Search<'_> {
    /// Makes the plan better by changes that at first may also make it worse, less and less (simulated annealing); leaves the best.
    pub(in crate::planner) fn anneal(&mut self, steps: u64, seed: u64, target: u64) {
        let light = self.aimed.weights(self.rows);
        let mut weights = light;
        let first = self.aimed.first;
        let of = |worth: &Worth, weights: &[f64; 5]| -> f64 {
            let beyond = worth[..first].iter().filter(|worth| **worth > 0).count();
            let sum: f64 = worth.iter().zip(weights).map(|(worth, weight)| *worth as f64 * weight).sum();
            sum + beyond as f64 * BEYOND_WEIGHS
        };
        self.list_windows();
        let mut dice = Dice(seed);
        let mut held: Vec<u32> = self.held();
        let mut now = of(&self.aimed.worth(&self.totals), &weights);
        let mut best = (self.aimed.worth(&self.totals), self.tally.clone(), self.totals);
        let began = (self.left_milliseconds)();
        let mut share = 0.0f64;
        for step in 0..steps {
            if step % ANNEAL_STEPS_BETWEEN == 0 {
                share = match (began, (self.left_milliseconds)()) {
                    (Some(began), Some(left)) => 1.0 - left as f64 / began.max(1) as f64,
                    _ => step as f64 / steps as f64,
                };
                let worth = self.aimed.worth(&self.totals);
                for (weight, light) in weights.iter_mut().zip(&light).take(self.aimed.first) {
                    *weight = light * (1.0 + BEYOND_GROWS * share * share);
                }
                now = of(&worth, &weights);
                if worth < best.0 {
                    best = (worth, self.tally.clone(), self.totals);
                }
                if step % (16 * ANNEAL_STEPS_BETWEEN) == 0 {
                    self.list_windows();
                    held = self.held();
                }
                if share >= 1.0 || self.aimed.is_enough(&worth, target) {
                    break;
                }
            }
            let heat = HEAT.0 * (HEAT.1 / HEAT.0).powf(share);
            let allowed = now - heat * dice.unit().ln();
            let Some(from) = dice.one_of(&held) else { break };
            if self.value(from) == 0 {
                continue;
            }
            let (Column::In { class, .. } | Column::Deferred { class }) = self.rows.what[from as usize]
            else {
                continue;
            };
            let columns = &self.rows.of_class[class as usize];
            let to = dice.near(columns, from);
            if to == from || self.rows.upper[to as usize] == 0 {
                continue;
            }
            let mut out = [from, 0];
            let mut into = [to, 0];
            let mut count = 1;
            if dice.below(2) == 0
                && let Column::In { window: there, .. } = self.rows.what[to as usize]
                && let Some(other) = dice.one_of(&self.windows[there as usize])
                && other != to
                && self.value(other) > 0
                && let Column::In { class: second, .. } = self.rows.what[other as usize]
            {
                let back = match self.rows.what[from as usize] {
                    Column::In { window: here, .. } if dice.below(2) == 0 => self.column(second, here),
                    _ => {
                        let columns = &self.rows.of_class[second as usize];
                        Some(dice.near(columns, other))
                    }
                };
                let Some(back) = back.filter(|back| *back != other && self.rows.upper[*back as usize] > 0)
                else {
                    continue;
                };
                (out[1], into[1], count) = (other, back, 2);
            }
            let change = self.aimed.change(&out[..count], into[..count].iter().copied());
            let mut after = self.totals;
            after.iter_mut().zip(&change).for_each(|(total, change)| *total += change);
            if of(&self.aimed.worth(&after), &weights) > allowed {
                continue;
            }
            if !self.tally.exchange(&out[..count], &into[..count]) {
                continue;
            }
            let switches: Vec<u32> = self.tally.switched_on().collect();
            if !switches.is_empty() {
                let more = self.aimed.change(&[], switches.into_iter());
                after.iter_mut().zip(&more).for_each(|(total, change)| *total += change);
                if of(&self.aimed.worth(&after), &weights) > allowed {
                    self.tally.undo(&out[..count]);
                    continue;
                }
            }
            self.totals = after;
            for column in &into[..count] {
                if self.value(*column) == 1 {
                    held.push(*column);
                    if let Column::In { window, .. } = self.rows.what[*column as usize] {
                        self.windows[window as usize].push(*column);
                    }
                }
            }
            for column in &out[..count] {
                self.leave(*column);
            }
            now = of(&self.aimed.worth(&self.totals), &weights);
        }
        if self.aimed.worth(&self.totals) > best.0 {
            (self.tally, self.totals) = (best.1, best.2);
        }
    }
}

/// Pseudo-random numbers (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u32) -> u32 {
        (((self.next() >> 32) * u64::from(end.max(1))) >> 32) as u32
    }

    /// More than 0, at most 1.
    fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 1.0) / (1u64 << 53) as f64
    }

    /// A column of a class, mostly one of a window near that of `from`.
    fn near(&mut self, columns: &std::ops::Range<u32>, from: u32) -> u32 {
        let draw = self.below(2 * NEAR_WINDOWS * 4);
        if draw >= 2 * NEAR_WINDOWS * 3 || columns.end - from <= 1 {
            return columns.start + self.below(columns.end - columns.start);
        }
        let at = from + draw % (2 * NEAR_WINDOWS + 1);
        at.saturating_sub(NEAR_WINDOWS).clamp(columns.start, columns.end - 1)
    }

    fn one_of(&mut self, list: &[u32]) -> Option<u32> {
        list.get(self.below(list.len() as u32) as usize).copied()
    }
}
