//! The search: a population of schedules, each made better by justification; children take a stretch of the order from one parent
//! and the rest from the other (now and then they are one parent, shaken), and take the place of the parent that they outdo, so that the
//! population stays varied. When nothing gets better any more a new population begins; the best schedule of all is kept aside.

use super::decode::{Cost, Decoder};
use super::layout::{Job, Layout};
use super::pool::Member;
use super::rules::{Rules, Sorter};
use crate::dice::Dice;

/// Schedules that are kept side by side.
const POOL_SCHEDULES: usize = 300;
/// Generations without a better best schedule after which a new population begins.
const QUIET_GENERATIONS_MAX: usize = 60;
/// One neighbouring pair in so many is swapped in a child.
const SWAP_ONE_IN: usize = 20;
/// One child in so many has one parent only: a stretch of its order, shaken.
const SHAKEN_ONE_IN: usize = 5;
/// Shortest such stretch; the longest is three times as long.
const STRETCH_JOBS_MIN: usize = 10;
/// By so many minutes a job's beginning may be put off in a shaken stretch, as a share of the schedule's length.
const SHAKEN_SHARE: u32 = 8;

/// What ends a search.
pub(super) struct Limits<'a> {
    /// No schedule can end earlier, and none is late: reaching it ends the search.
    pub(super) bound: u32,
    /// Most schedules generated.
    pub(super) schedules_max: u64,
    /// Asked now and then.
    pub(super) should_stop: &'a mut dyn FnMut() -> bool,
}

/// A search under way.
pub(super) struct Search<'a, 'l> {
    layout: &'a Layout,
    decoder: Decoder<'a>,
    dice: Dice,
    rules: Rules,
    sorter: Sorter,
    limits: Limits<'l>,
    best: Member,
    /// The schedule before it was justified.
    before: Member,
    child: Vec<Job>,
    taken: Vec<u64>,
    stamp: u64,
    floors: Vec<u32>,
    chains: bool,
    choice: bool,
    over: bool,
    asked_at: u64,
}

/// Schedules between two questions whether to stop.
const ASK_EVERY_SCHEDULES: u64 = 64;

impl<'a, 'l> Search<'a, 'l> {
    pub(super) fn new(layout: &'a Layout, seed: u64, limits: Limits<'l>) -> Search<'a, 'l> {
        let n = layout.len();
        Search {
            layout,
            decoder: Decoder::new(layout),
            dice: Dice::new(seed),
            rules: Rules::new(layout),
            sorter: Sorter::new(layout),
            limits,
            best: Member::empty(n),
            before: Member::empty(n),
            child: Vec::with_capacity(n),
            taken: vec![0; n],
            stamp: 0,
            floors: Vec::with_capacity(n),
            chains: layout.has_chains(),
            choice: layout.has_choice(),
            over: false,
            asked_at: 0,
        }
    }

    /// Searches until a limit is met; the best schedule found and how many were generated.
    pub(super) fn run(mut self) -> (Member, u64) {
        let size = POOL_SCHEDULES;
        let mut pool: Vec<Member> = vec![Member::empty(self.layout.len()); size];
        while !self.over {
            for member in &mut pool {
                self.fresh(member);
                if self.over {
                    break;
                }
            }
            let mut quiet = 0;
            let mut best = Cost::WORST;
            while !self.over && quiet < QUIET_GENERATIONS_MAX {
                for _ in 0..size {
                    self.breed(&mut pool);
                    if self.over {
                        break;
                    }
                }
                let now = pool.iter().map(|member| member.cost).min().unwrap_or(Cost::WORST);
                if now < best {
                    best = now;
                    quiet = 0;
                } else {
                    quiet += 1;
                }
            }
        }
        (self.best, self.decoder.generated)
    }

    /// A schedule from a priority rule.
    fn fresh(&mut self, member: &mut Member) {
        let mut order = std::mem::take(&mut self.child);
        self.rules.order(self.layout, &mut self.dice, &mut self.sorter, &mut order);
        self.decoder.modes.iter_mut().zip(0..).for_each(|(mode, job)| {
            let modes = self.layout.modes(job);
            *mode = (modes.start + self.dice.below(modes.len())) as u32;
        });
        let choose = self.choice && !self.dice.one_in(4);
        let cost = self.make(&order, choose);
        self.child = order;
        member.keep(&mut self.decoder, cost);
        self.note(member);
        self.ask();
    }

    /// Generates the schedule of an order and justifies it; where that spoils it (chains, changing amounts) it stays as it was.
    fn make(&mut self, order: &[Job], choose: bool) -> Cost {
        self.hold_back();
        let cost = self.decoder.forward(order, choose, &self.floors);
        self.before.starts.copy_from_slice(&self.decoder.starts);
        self.before.modes.copy_from_slice(&self.decoder.modes);
        match self.decoder.justify() {
            Some(better) if better <= cost => better,
            Some(_) | None => {
                self.decoder.load(&self.before.starts, &self.before.modes);
                cost
            }
        }
    }

    /// With chains, beginning later than one could is sometimes better: now and then some jobs are held back.
    fn hold_back(&mut self) {
        self.floors.clear();
        if self.chains && self.dice.one_in(3) {
            let end = if self.best.cost == Cost::WORST { 0 } else { self.best.cost.end as usize };
            for _ in 0..self.layout.len() {
                let held = self.dice.one_in(4);
                self.floors.push(if held { self.dice.below(end + 1) as u32 } else { 0 });
            }
        }
    }

    /// A child of two; it takes the place of the worse one if it is no worse than that and not known already.
    fn breed(&mut self, pool: &mut [Member]) {
        let a = self.dice.below(pool.len());
        let b = (a + 1 + self.dice.below(pool.len() - 1)) % pool.len();
        let mut order = std::mem::take(&mut self.child);
        if self.dice.one_in(SHAKEN_ONE_IN) {
            self.shake(&pool[a], &mut order);
        } else {
            self.cross(&pool[a], &pool[b], &mut order);
            self.mutate(&mut order);
        }
        let choose = self.choice && self.dice.one_in(3);
        let cost = self.make(&order, choose);
        self.child = order;
        let worse = if pool[a].cost >= pool[b].cost { a } else { b };
        if cost <= pool[worse].cost && !self.is_known(pool, cost) {
            pool[worse].keep(&mut self.decoder, cost);
            self.note(&pool[worse]);
        }
        self.ask();
    }

    /// The order of one, but in a stretch of it each job may be put off by chance.
    fn shake(&mut self, a: &Member, order: &mut Vec<Job>) {
        let n = self.layout.len();
        let length = (STRETCH_JOBS_MIN + self.dice.below(2 * STRETCH_JOBS_MIN + 1)).min(n);
        let from = self.dice.below(n - length + 1);
        self.sorter.keys.clear();
        self.sorter.keys.extend(&a.starts);
        let put_off = (a.cost.end / SHAKEN_SHARE).max(2) as usize;
        for &job in &a.order[from..from + length] {
            // At most an eighth of the span more than a start: far from the type's end.
            self.sorter.keys[job as usize] += self.dice.below(put_off) as u32;
        }
        self.sorter.sort(self.layout, order);
        self.decoder.modes.copy_from_slice(&a.modes);
    }

    fn is_known(&self, pool: &[Member], cost: Cost) -> bool {
        let same = |member: &Member| {
            member.cost == cost && member.starts == self.decoder.starts && member.modes == self.decoder.modes
        };
        pool.iter().any(same)
    }

    /// The first and last parts of the order from one, a stretch in the middle from the other.
    fn cross(&mut self, a: &Member, b: &Member, order: &mut Vec<Job>) {
        let n = self.layout.len();
        let (mut from, mut to) = (self.dice.below(n + 1), self.dice.below(n + 1));
        if from > to {
            std::mem::swap(&mut from, &mut to);
        }
        self.stamp += 1;
        order.clear();
        for &job in &a.order[..from] {
            self.taken[job as usize] = self.stamp;
            order.push(job);
        }
        for &job in &b.order {
            if order.len() >= to {
                break;
            }
            if self.taken[job as usize] != self.stamp {
                self.taken[job as usize] = self.stamp;
                order.push(job);
            }
        }
        for &job in &a.order {
            if self.taken[job as usize] != self.stamp {
                order.push(job);
            }
        }
        for job in 0..n {
            let source = if self.dice.one_in(2) { a } else { b };
            self.decoder.modes[job] = source.modes[job];
        }
    }

    /// Small changes by chance: neighbours swapped, another way to do a job.
    fn mutate(&mut self, order: &mut [Job]) {
        for at in 1..order.len() {
            if !self.dice.one_in(SWAP_ONE_IN) {
                continue;
            }
            let (one, other) = (order[at - 1], order[at]);
            if !self.layout.before(other).iter().any(|link| link.job == one) {
                order.swap(at - 1, at);
            }
        }
        if self.choice {
            for job in 0..order.len() {
                if self.dice.one_in(SWAP_ONE_IN) {
                    let modes = self.layout.modes(job as Job);
                    self.decoder.modes[job] = (modes.start + self.dice.below(modes.len())) as u32;
                }
            }
        }
    }

    fn note(&mut self, member: &Member) {
        if member.cost < self.best.cost {
            self.best.clone_from(member);
        }
    }

    /// Is it time to end?
    fn ask(&mut self) {
        let best = self.best.cost;
        let generated = self.decoder.generated;
        if (best.late == 0 && best.end <= self.limits.bound) || generated >= self.limits.schedules_max {
            self.over = true;
        } else if generated >= self.asked_at + ASK_EVERY_SCHEDULES {
            self.asked_at = generated;
            self.over = (self.limits.should_stop)();
        }
    }
}
