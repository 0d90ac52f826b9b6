//! What prices of rows prove: a number that no solution goes below, counted in whole numbers whatever the prices are (Lagrangian bound).
//! And the beginnings of rings: the best ones by these prices, found by halving.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::rows::{Column, Rows};

/// A price of one, in the unit in which prices are counted.
const ONE: i64 = 1 << 20;
/// The largest price of a row: beyond it sums could overflow.
const PRICE_MAX: f64 = (1u64 << 17) as f64;
/// Sets of beginnings looked at for one answer.
const BOXES_MAX: usize = 20_000;

/// A row of the linear problem that has a price.
pub(super) struct Priced<'a> {
    /// Column and factor.
    pub(super) terms: &'a [(u32, i64)],
    /// The right-hand side.
    pub(super) most: i64,
    /// The row's price, as the solver says it: at most 0 for `≤`.
    pub(super) price: f64,
    /// The row is `=`.
    pub(super) exact: bool,
}

/// Costs less what rows are worth.
#[derive(Clone)]
pub(super) struct Prices {
    reduced: Vec<i64>,
    constant: i128,
    /// What switches of their own bring.
    switches: i128,
}

impl Prices {
    /// Prices of a goal. Rows that say what a class's columns add up to need none: they are kept as they are.
    pub(super) fn new<'a>(rows: &Rows, costs: &[i64], priced: impl Iterator<Item = Priced<'a>>) -> Prices {
        let mut reduced: Vec<i64> = costs.iter().map(|cost| cost.saturating_mul(ONE)).collect();
        let mut constant = 0i128;
        for row in priced {
            let price = if row.exact { row.price } else { row.price.min(0.0) };
            if !price.is_finite() || row.exact {
                continue;
            }
            let price = (price.max(-PRICE_MAX) * ONE as f64) as i64;
            if price == 0 {
                continue;
            }
            constant += i128::from(price) * i128::from(row.most);
            for (column, factor) in row.terms {
                let at = &mut reduced[*column as usize];
                *at = at.saturating_sub(price.saturating_mul(*factor));
            }
        }
        let own = |(reduced, (what, upper)): (&i64, (&Column, &u32))| match what {
            Column::Switch => i128::from((*reduced).min(0)) * i128::from(*upper),
            Column::In { .. } | Column::Deferred { .. } => 0,
        };
        let switches = reduced.iter().zip(rows.what.iter().zip(&rows.upper)).map(own).sum();
        Prices { reduced, constant, switches }
    }

    /// A column's cost less what it takes up.
    pub(super) fn reduced(&self, column: u32) -> i64 {
        self.reduced[column as usize]
    }

    /// No solution with these upper bounds has less; `None` when there is no solution.
    pub(super) fn bound(&self, rows: &Rows, upper: &[u32]) -> Option<u64> {
        let mut sum = self.constant + self.switches;
        for (columns, class) in rows.of_class.iter().zip(&rows.counts) {
            let open = columns.clone().filter(|column| upper[*column as usize] > 0);
            let least = open.map(|column| self.reduced[column as usize]).min()?;
            sum += i128::from(least) * i128::from(*class);
        }
        let whole = sum.div_euclid(i128::from(ONE)) + i128::from(sum.rem_euclid(i128::from(ONE)) > 0);
        Some(u64::try_from(whole.max(0)).unwrap_or(u64::MAX))
    }
}

/// Beginnings that are still possible: for each chain the first and the last place; behind the last switch stands *never*.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Starts(pub(super) Vec<(u32, u32)>);

impl Starts {
    /// All of them.
    pub(super) fn all(rows: &Rows) -> Starts {
        Starts(rows.chains.iter().map(|chain| (0, chain.switches.len() as u32)).collect())
    }

    /// Those of a solution.
    pub(super) fn of(rows: &Rows, columns: &[u32]) -> Starts {
        let of_chain = |chain: &super::rows::Chain| {
            let off = chain.switches.clone().take_while(|switch| columns[*switch as usize] == 0).count();
            (off as u32, off as u32)
        };
        Starts(rows.chains.iter().map(of_chain).collect())
    }

    fn is_one(&self) -> bool {
        self.0.iter().all(|(from, to)| from == to)
    }

    /// The earliest of them alone.
    pub(super) fn earliest(&self) -> Starts {
        Starts(self.0.iter().map(|(from, _)| (*from, *from)).collect())
    }

    /// Lower and upper bounds of columns: what all of these beginnings close is closed, and switches are on and off where they say so.
    pub(super) fn bounds(&self, rows: &Rows) -> (Vec<u32>, Vec<u32>) {
        let (mut lower, mut upper) = (vec![0; rows.upper.len()], rows.upper.clone());
        for (chain, (from, to)) in rows.chains.iter().zip(&self.0) {
            for (switch, at) in chain.switches.clone().zip(0u32..) {
                lower[switch as usize] = u32::from(at >= *to);
                upper[switch as usize] = u32::from(at >= *from);
            }
        }
        self.close(rows, &mut upper);
        (lower, upper)
    }

    fn close(&self, rows: &Rows, upper: &mut [u32]) {
        for (chain, (from, to)) in rows.chains.iter().zip(&self.0) {
            for (column, _) in chain.next.iter().filter(|(_, at)| at < from) {
                upper[*column as usize] = 0;
            }
            for (column, _) in chain.before.iter().filter(|(_, late)| late >= to) {
                upper[*column as usize] = 0;
            }
        }
    }

    /// Before a ring that does begin enough can be done.
    fn can_be_done(&self, rows: &Rows, upper: &[u32]) -> bool {
        rows.chains.iter().zip(&self.0).all(|(chain, (_, to))| {
            let of = |columns: &std::ops::Range<u32>| {
                columns.clone().map(|column| i64::from(upper[column as usize])).max().unwrap_or(0)
            };
            let done: i64 = chain.before_classes.iter().map(|class| of(&windows_of(rows, *class))).sum();
            *to >= chain.switches.len() as u32 || done >= chain.done_min
        })
    }

    fn halves(&self, chain: usize) -> Option<[Starts; 2]> {
        let (from, to) = *self.0.get(chain)?;
        let middle = from + (to - from) / 2;
        let with = |part: (u32, u32)| {
            let mut starts = self.clone();
            starts.0[chain] = part;
            starts
        };
        (from < to).then(|| [with((from, middle)), with((middle + 1, to))])
    }
}

/// The columns of a class but for the one of what is deferred.
fn windows_of(rows: &Rows, class: u32) -> std::ops::Range<u32> {
    let columns = &rows.of_class[class as usize];
    columns.start..columns.end - 1
}

/// Several prices of one goal: each proves something, the best of them counts.
#[derive(Default)]
pub(super) struct Judge {
    pub(super) prices: Vec<Prices>,
}

impl Judge {
    /// What none of these beginnings goes below; `None` when none of them is possible.
    pub(super) fn bound(&self, rows: &Rows, starts: &Starts) -> Option<u64> {
        let mut upper = rows.upper.clone();
        starts.close(rows, &mut upper);
        if !starts.can_be_done(rows, &upper) {
            return None;
        }
        self.prices.iter().try_fold(0, |most, prices| Some(most.max(prices.bound(rows, &upper)?)))
    }

    /// The beginnings with the least bound, and that bound: nothing has less, whatever begins when. `None` when nothing is possible.
    pub(super) fn best(&self, rows: &Rows) -> Option<(Starts, u64)> {
        let all = Starts::all(rows);
        let early = |starts: &Starts| starts.0.iter().map(|(from, _)| u64::from(*from)).sum::<u64>();
        let mut heap = BinaryHeap::new();
        let first = self.bound(rows, &all)?;
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
                let judged = halves.into_iter().filter_map(|half| Some((self.bound(rows, &half)?, half)));
                let judged: Vec<(u64, Starts)> = judged.collect();
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
