//! Prices that prove more: what classes are worth is raised where they are missing in rooms and lowered where too many are, as long as
//! more is proven (subgradient steps after Polyak).

use super::knapsack::Knapsack;
use super::prices::{ONE, Prices, whole};
use super::rows::{Column, Rows};

/// Steps at most.
const STEPS_MAX: u32 = 600;
/// In so many steps what is gained must be worth while,
const PROBE_STEPS: u32 = 32;
/// one in so many of what was proven before.
const WORTH_WHILE: i128 = 50_000;
/// After so many steps that proved no more, steps become half as long,
const PATIENCE_STEPS: u32 = 6;
/// and so many times at most.
const HALVED_MAX: u32 = 12;
/// The value aimed at is one in so many above what was proven first: the truth is not far away, and what aims too high goes astray.
const AIM: u64 = 800;

/// The prices that prove most for these upper bounds, as far as the steps reach. `reached` is a value that some plan has.
pub(super) fn ascend(
    rows: &Rows,
    prices: Prices,
    upper: &[u32],
    reached: u64,
    is_over: &mut dyn FnMut() -> bool,
) -> Prices {
    if !prices.with_rooms() {
        return prices;
    }
    let mut knapsack = Knapsack::default();
    let mut missing = vec![0i64; rows.of_class.len()];
    let Some(first) = look(rows, &prices, upper, &mut knapsack, &mut missing) else { return prices };
    let aim = reached.min(whole(first).saturating_add(whole(first) / AIM));
    let aim = i128::from(aim) * i128::from(ONE);
    let mut best = (first, prices.clone(), missing.clone());
    let (mut sum, mut at) = (first, prices);
    let (mut halved, mut waited, mut probed) = (0, 0, first);
    for step in 0..STEPS_MAX {
        let probe = step > 0 && step.is_multiple_of(PROBE_STEPS);
        let idle = probe && (best.0 - probed) * WORTH_WHILE < first;
        probed = if probe { best.0 } else { probed };
        let square: f64 = missing.iter().map(|missing| (*missing as f64).powi(2)).sum();
        if best.0 >= aim || halved > HALVED_MAX || square == 0.0 || idle || is_over() {
            break;
        }
        let length = (aim - sum) as f64 / square / f64::from(1u32 << halved);
        for (class, missing) in (0u32..).zip(&missing).filter(|(_, missing)| **missing != 0) {
            at.class(rows, class, (*missing as f64 * length) as i64);
        }
        let Some(found) = look(rows, &at, upper, &mut knapsack, &mut missing) else { break };
        sum = found;
        if sum > best.0 {
            best = (sum, at.clone(), missing.clone());
            waited = 0;
        } else if waited + 1 >= PATIENCE_STEPS {
            (halved, waited) = (halved + 1, 0);
            (sum, at, missing) = best.clone();
        } else {
            waited += 1;
        }
    }
    best.1
}

/// What is proven, in the unit of prices, and of each class with columns in rooms how many are missing there.
fn look(
    rows: &Rows,
    prices: &Prices,
    upper: &[u32],
    knapsack: &mut Knapsack,
    missing: &mut [i64],
) -> Option<i128> {
    for ((missing, count), shared) in missing.iter_mut().zip(&rows.counts).zip(&rows.shared) {
        *missing = if *shared { i64::from(*count) } else { 0 };
    }
    let mut sum = prices.beside_rooms(rows, upper).filter(|_| prices.can_be_summed())?;
    let reduced = prices.all_reduced();
    for (ix, columns) in rows.of_class.iter().enumerate().filter(|(ix, _)| rows.shared[*ix]) {
        let outside = columns.clone().filter(|column| !rows.in_room[*column as usize]);
        let taken = outside.filter(|column| reduced[*column as usize] < 0);
        missing[ix] -= taken.map(|column| i64::from(upper[column as usize])).sum::<i64>();
    }
    for room in &rows.rooms {
        sum += i128::from(knapsack.fill(room, reduced, upper, |column, count| {
            if let Column::In { class, .. } = rows.what[column as usize] {
                missing[class as usize] -= i64::from(count);
            }
        }));
    }
    Some(sum)
}
