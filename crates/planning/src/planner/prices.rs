//! What prices of rows prove: a number that no solution goes below, counted in whole numbers whatever the prices are (Lagrangian bound).
//! The hands of a window are taken as one piece (`knapsack`). And the beginnings of rings: the best ones by these prices, found by halving.

use std::cell::{OnceCell, RefCell};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::campaign::Goal;
use super::knapsack::Knapsack;
use super::rows::{Column, Room, Rows};
use super::starts::Starts;

/// A price of one, in the unit in which prices are counted.
pub(super) const ONE: i64 = 1 << 20;
/// The largest price of a row: beyond it sums could overflow.
pub(super) const PRICE_MAX: f64 = (1u64 << 17) as f64;
/// Largest cost less prices of a column in a room, which holds no more than 2¹⁶ devices.
const SUMMED_MAX: u64 = 1 << 44;
/// Sets of beginnings looked at for one answer.
const BOXES_MAX: usize = 20_000;

/// Costs less what rows are worth.
#[derive(Clone, Default)]
pub(super) struct Prices {
    reduced: Vec<i64>,
    constant: i128,
    /// What switches of their own bring.
    switches: i128,
    /// Rooms are taken as one piece, and what each brings with what of it is open; else their rows have prices as all others have.
    with_rooms: bool,
    rooms: RefCell<HashMap<(u32, u64), i64>>,
    /// What classes bring that no ring opens and closes, and the rest that never changes.
    others: OnceCell<Option<i128>>,
}

/// What rings open and close.
#[derive(Default)]
struct Bound {
    columns: Vec<u32>,
    /// Classes with such columns, and those without.
    classes: Vec<u32>,
    others: Vec<u32>,
}

impl Bound {
    fn new(rows: &Rows) -> Bound {
        let mut is_bound = vec![false; rows.upper.len()];
        for (column, _) in rows.chains.iter().flat_map(|chain| chain.next.iter().chain(&chain.before)) {
            is_bound[*column as usize] = true;
        }
        let of = |class: &u32| rows.of_class[*class as usize].clone().any(|column| is_bound[column as usize]);
        let (classes, others) = (0..rows.of_class.len() as u32).partition(of);
        let columns = (0..rows.upper.len() as u32).filter(|column| is_bound[*column as usize]).collect();
        Bound { columns, classes, others }
    }
}

/// A price as it is counted.
fn counted(price: f64) -> i64 {
    if price.is_finite() { (price.clamp(-PRICE_MAX, PRICE_MAX) * ONE as f64) as i64 } else { 0 }
}

impl Prices {
    /// Prices of a goal: of rows by their index, and of goals that are kept. What a class's columns add up to is kept as it is and needs
    /// no price.
    pub(super) fn of_rows(
        rows: &Rows,
        goal: Goal,
        priced: &[(u32, f64)],
        keep: &[(Goal, u64, f64)],
    ) -> Prices {
        Prices::new(rows, goal, priced, keep, false)
    }

    /// The same with rooms as one piece: their rows need no prices, and what a class's columns add up to has one where they are in rooms.
    pub(super) fn of_rooms(
        rows: &Rows,
        goal: Goal,
        priced: &[(u32, f64)],
        keep: &[(Goal, u64, f64)],
    ) -> Prices {
        let prices = Prices::new(rows, goal, priced, keep, true);
        if prices.can_be_summed() { prices } else { Prices::of_rows(rows, goal, priced, keep) }
    }

    fn new(
        rows: &Rows,
        goal: Goal,
        priced: &[(u32, f64)],
        keep: &[(Goal, u64, f64)],
        with_rooms: bool,
    ) -> Prices {
        let costs = rows.costs.get(&goal).map_or(&[][..], |costs| costs);
        let mut prices = Prices {
            reduced: costs.iter().map(|cost| cost.saturating_mul(ONE)).collect(),
            with_rooms,
            ..Prices::default()
        };
        // The first rows are what classes add up to.
        let classes = rows.of_class.len() as u32;
        for (ix, price) in priced {
            let in_room = with_rooms && rows.rooms.iter().any(|room| room.rows.contains(ix));
            let row = &rows.rows[*ix as usize];
            if *ix < classes {
                if with_rooms && rows.shared[*ix as usize] {
                    prices.class(rows, *ix, counted(*price));
                }
            } else if !row.exact && !in_room {
                let price = counted(price.min(0.0));
                prices.constant += i128::from(price) * i128::from(row.most);
                row.terms.iter().for_each(|(column, factor)| prices.change(*column, price, *factor));
            }
        }
        for (goal, most, price) in keep {
            let price = counted(price.min(0.0));
            prices.constant += i128::from(price) * i128::from(*most);
            let costs = rows.costs.get(goal).into_iter().flatten();
            (0u32..).zip(costs).for_each(|(column, cost)| prices.change(column, price, *cost));
        }
        let own = |(column, reduced): (u32, &i64)| {
            let is_own = rows.what[column as usize] == Column::Switch
                && !(with_rooms && rows.in_room[column as usize]);
            let upper = if is_own { rows.upper[column as usize] } else { 0 };
            i128::from((*reduced).min(0)) * i128::from(upper)
        };
        prices.switches = (0u32..).zip(&prices.reduced).map(own).sum();
        prices
    }

    fn change(&mut self, column: u32, price: i64, factor: i64) {
        if price != 0 && factor != 0 {
            let at = &mut self.reduced[column as usize];
            *at = at.saturating_sub(price.saturating_mul(factor));
        }
    }

    /// Adds to the price of what a class's columns add up to.
    pub(super) fn class(&mut self, rows: &Rows, class: u32, price: i64) {
        self.constant += i128::from(price) * i128::from(rows.counts[class as usize]);
        for column in rows.of_class[class as usize].clone() {
            self.reduced[column as usize] = self.reduced[column as usize].saturating_sub(price);
        }
        self.rooms.get_mut().clear();
        self.others.take();
    }

    /// What rooms hold can be added up.
    pub(super) fn can_be_summed(&self) -> bool {
        self.reduced.iter().all(|reduced| reduced.unsigned_abs() < SUMMED_MAX)
    }

    /// Rooms are taken as one piece.
    pub(super) fn with_rooms(&self) -> bool {
        self.with_rooms
    }

    /// A column's cost less what it takes up.
    pub(super) fn reduced(&self, column: u32) -> i64 {
        self.reduced[column as usize]
    }

    /// All of them.
    pub(super) fn all_reduced(&self) -> &[i64] {
        &self.reduced
    }

    /// What is proven but for the rooms, in the unit of prices; `None` when there is no solution.
    pub(super) fn beside_rooms(&self, rows: &Rows, upper: &[u32]) -> Option<i128> {
        let mut sum = self.constant + self.switches;
        for ix in 0..rows.of_class.len() as u32 {
            sum += self.beside_rooms_of(rows, ix, upper)?;
        }
        Some(sum)
    }

    /// The same of one class.
    fn beside_rooms_of(&self, rows: &Rows, class: u32, upper: &[u32]) -> Option<i128> {
        let columns = rows.of_class[class as usize].clone();
        if self.with_rooms && rows.shared[class as usize] {
            let outside = columns.filter(|column| !rows.in_room[*column as usize]);
            let least = |column: u32| {
                i128::from(self.reduced[column as usize].min(0)) * i128::from(upper[column as usize])
            };
            return Some(outside.map(least).sum());
        }
        let open = columns.filter(|column| upper[*column as usize] > 0);
        let least = open.map(|column| self.reduced[column as usize]).min()?;
        Some(i128::from(least) * i128::from(rows.counts[class as usize]))
    }

    /// The same of all: what no ring opens and closes is counted once.
    fn beside_rooms_again(&self, rows: &Rows, upper: &[u32], bound: &Bound) -> Option<i128> {
        let all = |classes: &[u32]| -> Option<i128> {
            classes.iter().map(|class| self.beside_rooms_of(rows, *class, upper)).sum()
        };
        let once = || Some(self.constant + self.switches + all(&bound.others)?);
        Some((*self.others.get_or_init(once))? + all(&bound.classes)?)
    }

    /// No solution with these upper bounds has less; `None` when there is no solution.
    fn bound(&self, rows: &Rows, upper: &[u32], bound: &Bound, knapsack: &mut Knapsack) -> Option<u64> {
        let mut sum = self.beside_rooms_again(rows, upper, bound)?;
        for (room, ix) in rows.rooms.iter().zip(0u32..).filter(|_| self.with_rooms) {
            sum += i128::from(self.room(room, ix, upper, knapsack));
        }
        Some(whole(sum))
    }

    fn room(&self, room: &Room, ix: u32, upper: &[u32], knapsack: &mut Knapsack) -> i64 {
        let mut least = || knapsack.least(room, &self.reduced, upper);
        let Some(sets) = &room.sets else { return least() };
        let open = sets.iter().enumerate().map(|(at, column)| u64::from(upper[*column as usize] > 0) << at);
        *self.rooms.borrow_mut().entry((ix, open.sum())).or_insert_with(least)
    }
}

/// A sum in the unit of prices as a whole number that is none too large: what is proven, rounded up, for goals are whole numbers.
pub(super) fn whole(sum: i128) -> u64 {
    let whole = sum.div_euclid(i128::from(ONE)) + i128::from(sum.rem_euclid(i128::from(ONE)) > 0);
    u64::try_from(whole.max(0)).unwrap_or(u64::MAX)
}

/// Several prices of one goal: each proves something, the best of them counts.
#[derive(Default)]
pub(super) struct Judge {
    pub(super) prices: Vec<Prices>,
}

/// Upper bounds of columns for one choice of beginnings after another.
pub(super) struct Uppers {
    bound: Bound,
    upper: Vec<u32>,
    knapsack: Knapsack,
}

impl Uppers {
    pub(super) fn new(rows: &Rows) -> Uppers {
        Uppers { bound: Bound::new(rows), upper: rows.upper.clone(), knapsack: Knapsack::default() }
    }
}

impl Judge {
    /// What none of these beginnings goes below; `None` when none of them is possible.
    pub(super) fn bound(&self, rows: &Rows, starts: &Starts, uppers: &mut Uppers) -> Option<u64> {
        let Uppers { bound, upper, knapsack } = uppers;
        bound.columns.iter().for_each(|column| upper[*column as usize] = rows.upper[*column as usize]);
        starts.close(rows, upper);
        if !starts.can_be_done(rows, upper) {
            return None;
        }
        let each = |most: u64, prices: &Prices| Some(most.max(prices.bound(rows, upper, bound, knapsack)?));
        self.prices.iter().try_fold(0, each)
    }

    /// The beginnings with the least bound, and that bound: nothing has less, whatever begins when. `None` when nothing is possible.
    pub(super) fn best(&self, rows: &Rows) -> Option<(Starts, u64)> {
        let mut uppers = Uppers::new(rows);
        let all = Starts::all(rows);
        let early = |starts: &Starts| starts.0.iter().map(|(from, _)| u64::from(*from)).sum::<u64>();
        let mut heap = BinaryHeap::new();
        let first = self.bound(rows, &all, &mut uppers)?;
        heap.push(Reverse((first, Reverse(0u32), early(&all), all)));
        let mut looked_at = 0;
        while let Some(Reverse((bound, Reverse(depth), _, starts))) = heap.pop() {
            if starts.is_one() || looked_at > BOXES_MAX {
                return Some((starts.earliest(), bound));
            }
            let mut best: Option<(u64, Vec<(u64, Starts)>)> = None;
            for chain in 0..starts.0.len() {
                let Some(halves) = starts.halves(chain) else { continue };
                looked_at += 2;
                let mut judge = |half: Starts| Some((self.bound(rows, &half, &mut uppers)?, half));
                let judged: Vec<(u64, Starts)> = halves.into_iter().filter_map(&mut judge).collect();
                let worst = judged
                    .iter()
                    .map(|half| half.0)
                    .sum::<u64>()
                    .saturating_add(if judged.len() < 2 { u64::MAX / 4 } else { 0 });
                if best.as_ref().is_none_or(|best| worst > best.0) {
                    best = Some((worst, judged));
                }
            }
            for (bound, half) in best.into_iter().flat_map(|best| best.1) {
                heap.push(Reverse((bound, Reverse(depth + 1), early(&half), half)));
            }
        }
        None
    }
}
