//! Orders to begin with: priority rules, each shaken a little differently every time so that no two orders need be the same.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::layout::{Job, Layout};
use crate::dice::Dice;

/// What a job's priority is taken from; smaller goes first.
#[derive(Clone, Copy, Debug)]
enum Rule {
    /// Latest finish: what has the longest way behind it.
    LatestFinish,
    /// Latest start: that, and its own length.
    LatestStart,
    /// Most jobs behind it.
    MostBehind,
    /// Greatest rank positional weight: its own length and that of what directly follows.
    Weight,
    /// None: chance.
    Chance,
}

const RULES: [Rule; 5] =
    [Rule::LatestFinish, Rule::LatestStart, Rule::MostBehind, Rule::Weight, Rule::Chance];

/// Priorities of all jobs under all rules, each from 0 to 1000.
#[derive(Debug)]
pub(super) struct Rules {
    keys: Vec<Vec<u32>>,
}

impl Rules {
    pub(super) fn new(layout: &Layout) -> Rules {
        let tails = tails(layout);
        let keys = RULES.iter().map(|rule| scaled(&raw(layout, *rule, &tails))).collect();
        Rules { keys }
    }

    /// A new order by one of the rules, shaken.
    pub(super) fn order(&self, layout: &Layout, dice: &mut Dice, sorter: &mut Sorter, order: &mut Vec<Job>) {
        let keys = &self.keys[dice.below(self.keys.len())];
        let noise = [1, 100, 200, 400, 1_000][dice.below(5)];
        sorter.keys.clear();
        for key in keys {
            // Below 2,001 by construction.
            sorter.keys.push(key + dice.below(noise) as u32);
        }
        sorter.sort(layout, order);
    }
}

/// The shortest way from a job's end to the end of all, over what waits for it.
pub(super) fn tails(layout: &Layout) -> Vec<u32> {
    let mut tails = vec![0u32; layout.len()];
    for job in (0..layout.len() as Job).rev() {
        let over = layout
            .behind(job)
            .iter()
            .map(|link| link.lag + layout.shortest(link.job) + tails[link.job as usize]);
        tails[job as usize] = over.max().unwrap_or(0);
    }
    tails
}

fn raw(layout: &Layout, rule: Rule, tails: &[u32]) -> Vec<i64> {
    let all_behind = |job: Job| {
        let mut seen = vec![false; layout.len()];
        let mut stack = vec![job];
        let mut count = 0i64;
        while let Some(next) = stack.pop() {
            for link in layout.behind(next) {
                if !std::mem::replace(&mut seen[link.job as usize], true) {
                    count += 1;
                    stack.push(link.job);
                }
            }
        }
        count
    };
    (0..layout.len() as Job)
        .map(|job| {
            let tail = i64::from(tails[job as usize]);
            let shortest = i64::from(layout.shortest(job));
            match rule {
                Rule::LatestFinish => -tail,
                Rule::LatestStart => -tail - shortest,
                Rule::MostBehind => -all_behind(job),
                Rule::Weight => {
                    let next = layout.behind(job).iter().map(|link| i64::from(layout.shortest(link.job)));
                    -shortest - next.sum::<i64>()
                }
                Rule::Chance => 0,
            }
        })
        .collect()
}

fn scaled(raw: &[i64]) -> Vec<u32> {
    let (least, most) =
        raw.iter().fold((i64::MAX, i64::MIN), |(least, most), key| (least.min(*key), most.max(*key)));
    let range = most.saturating_sub(least).max(1);
    raw.iter().map(|key| u32::try_from((key - least) * 1_000 / range).unwrap_or(0)).collect()
}

/// Puts jobs into an order by keys in which none stands before what it waits for.
#[derive(Debug)]
pub(super) struct Sorter {
    /// A key for each job; smaller goes first.
    pub(super) keys: Vec<u32>,
    waits: Vec<u32>,
    ready: BinaryHeap<Reverse<(u32, Job)>>,
}

impl Sorter {
    pub(super) fn new(layout: &Layout) -> Sorter {
        let n = layout.len();
        Sorter {
            keys: Vec::with_capacity(n),
            waits: Vec::with_capacity(n),
            ready: BinaryHeap::with_capacity(n),
        }
    }

    /// Always the job with the smallest key among those whose forerunners are all in the order.
    pub(super) fn sort(&mut self, layout: &Layout, order: &mut Vec<Job>) {
        order.clear();
        self.waits.clear();
        self.ready.clear();
        for job in 0..layout.len() as Job {
            let waits = layout.before(job).len() as u32;
            self.waits.push(waits);
            if waits == 0 {
                self.ready.push(Reverse((self.keys[job as usize], job)));
            }
        }
        while let Some(Reverse((_, job))) = self.ready.pop() {
            order.push(job);
            for link in layout.behind(job) {
                let waits = &mut self.waits[link.job as usize];
                *waits -= 1;
                if *waits == 0 {
                    self.ready.push(Reverse((self.keys[link.job as usize], link.job)));
                }
            }
        }
    }
}
