//! Small hospitals solved in whole by the solver, and the same by the means of large ones.

use super::*;
use crate::planner::ascent::ascend;
use crate::planner::campaign::{Campaign, SoundCampaign};
use crate::planner::field::Field;
use crate::planner::greedy;
use crate::planner::invented::{self, Size};
use crate::planner::prices::{Judge, Prices, Uppers};
use crate::planner::relax::Relaxation;

const SMALL: Size = Size { devices: 70, sites: 2, nights: 12, units: 3 };
const NEAR_PPM: u32 = 0;

fn sound(campaign: Campaign) -> SoundCampaign {
    SoundCampaign::new(campaign, "small").expect("it holds together")
}

/// Goals one after another, by both ways from the same plan, each kept at what the solver reached.
fn both(seed: u64, mut look: impl FnMut(Goal, &Rows, &[(Goal, u64)], &Outcome, u64)) {
    let campaign = sound(invented::campaign(SMALL, seed));
    let (field, lists) = Field::new(&campaign);
    let rows = Rows::new(&field, &lists);
    let mut columns = greedy::first_plan(&field, &rows);
    let mut large = Large::new(&field, &rows);
    let mut keep = Vec::new();
    for goal in [Goal::Deferred, Goal::PatientMinutes, Goal::ExposureDays] {
        let mut no_end = || None;
        let mut run = Run { left_milliseconds: &mut no_end, gap_ppm: NEAR_PPM, threads: 1, seed: 1 };
        let best = engine::minimise(&rows, goal, &keep, Some(&columns), &mut run);
        assert_eq!(best.ended, Ended::Near, "seed {seed}: the solver finds the best of {goal:?}");
        let best = best.columns.expect("a plan");
        // As many changes as a test has time for.
        let mut tries = 0u64;
        let mut short = || {
            tries += 1;
            Some(200u64.saturating_sub(tries))
        };
        let mut run = Run { left_milliseconds: &mut short, gap_ppm: NEAR_PPM, threads: 1, seed: 1 };
        let found = large.minimise(goal, &[], &columns, &mut run);
        let value = rows.value(goal, &best);
        look(goal, &rows, &keep, &found, value);
        columns = best;
        keep.push((goal, value));
        large.keep(goal, value, found.at_least);
    }
}

#[test]
fn what_prices_prove_is_never_more_than_the_best_plan_has() {
    for seed in 0..12 {
        both(seed, |goal, _, _, found, best| {
            assert!(found.at_least <= best, "seed {seed}: {goal:?} at least {}, best {best}", found.at_least);
        });
    }
}

#[test]
fn rounded_and_annealed_plans_keep_every_row_and_come_near_to_the_best() {
    let (mut goals, mut near) = (0, 0);
    for seed in 0..12 {
        both(seed, |goal, rows, keep, found, best| {
            let columns = found.columns.as_ref().expect("a plan");
            assert!(engine::keeps(rows, keep, columns), "seed {seed}: {goal:?}");
            let value = rows.value(goal, columns);
            assert!(value >= best, "seed {seed}: {goal:?} {value} below the best {best}");
            goals += 1;
            near += u32::from(value <= best + best / 20);
        });
    }
    assert!(near * 10 >= goals * 8, "{near} of {goals} within a twentieth");
}

#[test]
fn whatever_the_prices_are_no_beginning_of_rings_is_judged_worse_than_it_is() {
    let campaign = sound(invented::campaign(SMALL, 5));
    let (field, lists) = Field::new(&campaign);
    let rows = Rows::new(&field, &lists);
    let columns = greedy::first_plan(&field, &rows);
    let own = Starts::of(&rows, &columns);
    let mut uppers = Uppers::new(&rows);
    let mut state = 7u64;
    for n in 0..200 {
        let drawn: Vec<(u32, f64)> = (0..rows.rows.len() as u32)
            .map(|ix| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let price = if (state >> 60) < 3 { -((state >> 40) as f64) / 1e6 } else { 0.0 };
                // What a class's columns add up to may be worth something.
                (ix, if rows.rows[ix as usize].exact { -20.0 * price } else { price })
            })
            .collect();
        let goal = Goal::ExposureDays;
        let of_rows = Prices::of_rows(&rows, goal, &drawn, &[]);
        let of_rooms = Prices::of_rooms(&rows, goal, &drawn, &[]);
        assert!(of_rooms.with_rooms());
        let judge = Judge { prices: vec![[of_rows, of_rooms][n % 2].clone()] };
        let bound = judge.bound(&rows, &own, &mut uppers).expect("the plan is there");
        assert!(bound <= rows.value(Goal::ExposureDays, &columns));
        let all = judge.bound(&rows, &Starts::all(&rows), &mut uppers).expect("the plan is there");
        assert!(all <= bound, "all beginnings together have no more than one of them");
    }
}

#[test]
fn hands_taken_as_one_piece_prove_no_less_than_rows_do_and_no_more_than_the_best_plan_has() {
    let mut more = 0;
    for seed in 0..12 {
        let campaign = sound(invented::campaign(SMALL, seed));
        let (field, lists) = Field::new(&campaign);
        let rows = Rows::new(&field, &lists);
        let columns = greedy::first_plan(&field, &rows);
        let goal = Goal::ExposureDays;
        let mut no_end = || None;
        let mut run = Run { left_milliseconds: &mut no_end, gap_ppm: NEAR_PPM, threads: 1, seed: 1 };
        let best = engine::minimise(&rows, goal, &[], Some(&columns), &mut run);
        let best = rows.value(goal, &best.columns.expect("a plan"));
        let starts = Starts::all(&rows);
        let (lower, upper) = starts.bounds(&rows);
        let keep = Keep { goals: &[], tighter: &[], at_their_least: &[] };
        let relaxation = Relaxation::new(&rows, goal, &keep, 1).expect("rows");
        let (relaxed, _) = relaxation.solve((&lower, &upper), &mut || None).expect("fractions");
        let by_rows = Judge { prices: vec![Prices::of_rows(&rows, goal, &relaxed.of_rows, &[])] };
        let prices = Prices::of_rooms(&rows, goal, &relaxed.of_rows, &[]);
        let by_rooms = Judge { prices: vec![ascend(&rows, prices, &upper, u64::MAX, &mut || false)] };
        let mut uppers = Uppers::new(&rows);
        let (by_rows, by_rooms) =
            (by_rows.bound(&rows, &starts, &mut uppers), by_rooms.bound(&rows, &starts, &mut uppers));
        assert!(by_rows <= by_rooms && by_rooms <= Some(best), "{seed}: {by_rows:?} {by_rooms:?} {best}");
        more += u32::from(by_rows < by_rooms);
    }
    assert!(more >= 6, "more is proven of {more} of 12 hospitals");
}

#[test]
fn no_exchange_puts_off_the_last_of_a_first_ring_from_under_those_who_wait_for_it() {
    let mut refused = 0;
    for seed in 0..12 {
        let campaign = sound(invented::campaign(SMALL, seed));
        let (field, lists) = Field::new(&campaign);
        let rows = Rows::new(&field, &lists);
        let mut tally = Tally::new(&rows);
        let plan = greedy::first_plan(&field, &rows);
        (0u32..).zip(&plan).for_each(|(column, value)| tally.set(column, *value));
        for class in rows.chains.iter().flat_map(|chain| &chain.before_classes) {
            let columns = rows.of_class[*class as usize].clone();
            let deferred = columns.end - 1;
            for column in columns.start..deferred {
                while tally.values()[column as usize] > 0 {
                    if !tally.exchange(&[column], &[deferred]) {
                        refused += 1;
                        break;
                    }
                }
            }
        }
        assert!(engine::keeps(&rows, &[], tally.values()), "seed {seed}");
    }
    assert!(refused > 0, "somebody waits somewhere");
}
