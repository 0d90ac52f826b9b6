//! Schedules inside one window: small hospitals worked out by hand, and any small problem against every schedule that there is.

use planning::check::schedule::{Violation, verify};
use planning::schedule::*;
use proptest::prelude::*;

use crate::windows::*;

const EFFORT: Effort = Effort { schedules_max: 6_000, seed: 7 };

fn answer(draft: Draft) -> (Problem, Answer) {
    let problem = Problem::new(draft).unwrap();
    let answer = solve(&problem, EFFORT, &mut || false);
    (problem, answer)
}

/// The schedule, after the verifier has looked at it.
fn found(draft: Draft) -> Found {
    let (problem, answer) = answer(draft);
    let found = answer.found.unwrap_or_else(|reason| panic!("{reason}"));
    assert_eq!(verify(&problem, &found.schedule), Vec::new());
    assert_eq!(found.ends, found.schedule.ends(&problem));
    found
}

fn refused(draft: Draft) -> Reason {
    answer(draft).1.found.unwrap_err()
}

#[test]
fn two_engineers_patch_five_stations_in_three_turns() {
    let tasks = (0..5).map(|n| task(&format!("CMS-{n}"), 20, &[(0, 1)])).collect();
    let found = found(night(120, vec![resource("engineers", 2)], tasks));
    // 100 minutes of work for two cannot end before 50; that the pieces do not fit so well is not proven.
    assert_eq!((found.ends, found.ends_at_least), (60, 50));
}

#[test]
fn a_station_whose_second_restart_follows_without_a_gap_waits_until_the_beds_may_be_dark_for_both() {
    // Beds may be dark from minute 30 on, but for one hour from 50 only one.
    let beds = Resource {
        name: "beds dark".into(),
        levels: vec![level(0, 0), level(30, 4), level(50, 1), level(110, 4)],
    };
    let mut chain = task("CMS-5", 0, &[]);
    chain.modes[0].steps = vec![step(10, &[]), step(15, &[(0, 2)]), step(15, &[(0, 2)])];
    let found = found(night(200, vec![beds], vec![chain]));
    // Its install needs no beds, its two restarts do: they do not fit into 30 to 50.
    assert_eq!(found.schedule.starts, [100]);
}

#[test]
fn work_with_a_point_of_no_return_begins_early_enough_to_go_back() {
    let mut risky = task("database", 30, &[(0, 1)]);
    risky.modes[0].steps = vec![step(10, &[(0, 1)]), step(20, &[(0, 1)])];
    risky.modes[0].back_out = Some(BackOut { after_step: 0, minutes: 70 });
    let easy = task("client", 25, &[(0, 1)]);
    let found = found(night(100, vec![resource("engineer", 1)], vec![easy, risky]));
    assert_eq!(found.schedule.starts, [30, 0], "going back takes until minute 80: it must begin by 20");
}

#[test]
fn a_ward_round_a_soak_and_a_vendor_who_comes_late_are_waited_for() {
    let mut first = task("first", 30, &[(0, 1)]);
    first.blackouts = vec![Interval { from_minute: 20, to_minute: 40 }];
    let mut second = task("second", 30, &[(0, 1)]);
    second.after = vec![After { task: 0, lag_minutes: 60 }];
    let mut by_vendor = task("third", 10, &[(0, 1)]);
    by_vendor.release_minute = 15;
    let found = found(night(240, vec![resource("engineer", 1)], vec![first, second, by_vendor]));
    assert_eq!(found.schedule.starts, [40, 130, 15]);
}

#[test]
fn the_slower_way_with_one_pair_of_hands_is_taken_where_the_faster_would_wait() {
    let both = |name: &str| {
        let mut task = task(name, 20, &[(0, 2)]);
        task.modes.push(Mode { steps: vec![step(30, &[(0, 1)])], back_out: None });
        task
    };
    let found = found(night(240, vec![resource("engineers", 2)], vec![both("one"), both("other")]));
    assert_eq!((found.ends, found.schedule.modes), (30, vec![1, 1]));
}

#[test]
fn a_task_too_long_for_its_window_is_named() {
    let reason = refused(night(60, vec![resource("engineer", 1)], vec![task("archive", 70, &[(0, 1)])]));
    assert!(matches!(reason, Reason::AloneNoPlace { task: 0, resource: None, .. }), "{reason}");
    assert!(reason.is_proof() && reason.to_string().contains("archive"), "{reason}");
}

#[test]
fn hours_without_enough_beds_are_named_with_the_task_that_would_need_them() {
    let beds = Resource { name: "beds dark".into(), levels: vec![level(0, 1), level(500, 9)] };
    let reason = refused(night(120, vec![beds], vec![task("CMS-6", 20, &[(0, 3)])]));
    assert_eq!(
        reason.to_string(),
        "CMS-6 finds no place even alone: it can begin at minute 0 and must by 100; there is \
         too little of beds dark in that time"
    );
}

#[test]
fn a_chain_of_soaks_longer_than_the_night_names_the_task_that_comes_too_late() {
    let mut tasks: Vec<Task> = (0..3).map(|n| task(&format!("ring {n}"), 30, &[])).collect();
    tasks[1].after = vec![After { task: 0, lag_minutes: 60 }];
    tasks[2].after = vec![After { task: 1, lag_minutes: 60 }];
    let reason = refused(night(180, Vec::new(), tasks));
    assert!(matches!(reason, Reason::ChainTooLong { .. }), "{reason}");
}

#[test]
fn more_work_than_the_engineer_has_minutes_is_proven_and_names_the_engineer() {
    let tasks = (0..4).map(|n| task(&format!("CMS-{n}"), 20, &[(0, 1)])).collect();
    let reason = refused(night(70, vec![resource("engineer", 1)], tasks));
    assert!(matches!(reason, Reason::TooMuchWork { resource: 0, needed: 80, there: 70, .. }), "{reason}");
}

#[test]
fn what_only_the_search_did_not_find_is_said_to_be_no_proof() {
    // Five tasks of 40 minutes, two engineers, 105 minutes: the minutes suffice, the pieces do not.
    let tasks = (0..5).map(|n| task(&format!("CMS-{n}"), 40, &[(0, 1)])).collect();
    let reason = refused(night(105, vec![resource("engineers", 2)], tasks));
    let Reason::NotFound { resource: Some((0, _)), minutes_late: 15, .. } = &reason else {
        panic!("{reason}")
    };
    assert!(!reason.is_proof() && reason.to_string().ends_with("is not proven"), "{reason}");
}

#[test]
fn the_same_seed_gives_the_same_schedule_and_whoever_asks_to_stop_is_heard() {
    let tasks = (0..30).map(|n| task(&format!("T{n}"), 5 + n % 7, &[(0, 1 + n % 3)])).collect();
    let problem = Problem::new(night(600, vec![resource("engineers", 4)], tasks)).unwrap();
    let once = solve(&problem, EFFORT, &mut || false);
    assert_eq!(once, solve(&problem, EFFORT, &mut || false));
    let mut asked = 0;
    let far = Effort { schedules_max: u64::MAX, seed: 7 };
    let mut tasks = problem.tasks().to_vec();
    // One that cannot end by the bound: nothing but the question ends this search.
    tasks.iter_mut().for_each(|task| task.modes[0].steps[0].minutes = 7);
    let odd = Problem::new(night(600, vec![resource("engineers", 4)], tasks)).unwrap();
    let answer = solve(&odd, far, &mut || {
        asked += 1;
        asked == 3
    });
    assert!(answer.found.is_ok());
    assert!(answer.schedules < 1_000, "{}", answer.schedules);
}

#[test]
fn the_verifier_names_each_way_to_break_a_problem() {
    let mut late = task("second", 20, &[(0, 1)]);
    late.after = vec![After { task: 0, lag_minutes: 10 }];
    late.blackouts = vec![Interval { from_minute: 60, to_minute: 70 }];
    late.release_minute = 5;
    late.latest_start_minute = 85;
    let problem =
        Problem::new(night(100, vec![resource("engineer", 1)], vec![task("first", 20, &[(0, 1)]), late]))
            .unwrap();
    let verdict = |starts: [u32; 2]| verify(&problem, &Schedule { starts: starts.into(), modes: vec![0, 0] });
    assert_eq!(verdict([0, 30]), Vec::new());
    assert_eq!(verdict([0, 29]), [Violation::OutOfOrder { task: 1, waits_for: 0, starts: 29, may: 30 }]);
    assert_eq!(verdict([0, 41]), [Violation::InBlackout { task: 1, from: 60, to: 70 }]);
    assert_eq!(verdict([0, 81]), [Violation::TooLate { task: 1, ends: 101, must: 100 }]);
    assert!(verdict([0, 86]).contains(&Violation::TooLateBegun { task: 1, starts: 86, until: 85 }));
    let all = verdict([0, 4]);
    assert!(all.contains(&Violation::TooEarly { task: 1, starts: 4, may: 5 }));
    assert!(all.contains(&Violation::TooMuch { resource: 0, minute: 4, needed: 2, there: 1 }));
    let unknown = verify(&problem, &Schedule { starts: vec![0, 30], modes: vec![0, 1] });
    assert_eq!(unknown, [Violation::UnknownMode { task: 1, mode: 1 }]);
    let short = verify(&problem, &Schedule { starts: vec![0], modes: vec![0] });
    assert_eq!(short, [Violation::WrongLength { tasks: 2, starts: 1, modes: 1 }]);
}

type Fault = (&'static str, fn(&mut Draft));

#[test]
fn a_draft_that_does_not_hold_together_is_refused_with_the_place_and_what_would_be_right() {
    let faults: &[Fault] = &[
        ("there is none; name how much", |draft| draft.resources[0].levels.clear()),
        ("the first begins at 0", |draft| draft.resources[0].levels[0].from_minute = 3),
        ("each begins later", |draft| draft.resources[0].levels.push(level(0, 2))),
        ("at most 32767 is right", |draft| draft.resources[0].levels[0].amount = 40_000),
        ("0 ways to do it", |draft| draft.tasks[1].modes.clear()),
        ("at most that is right", |draft| draft.tasks[1].deadline_minute = 121),
        ("task 1 (b): it waits for task 9", |draft| draft.tasks[1].after[0].task = 9),
        ("the second must be later", |draft| {
            draft.tasks[1].blackouts = vec![Interval { from_minute: 5, to_minute: 5 }];
        }),
        ("mode 0: 0 steps", |draft| draft.tasks[1].modes[0].steps.clear()),
        ("no return after step 4", |draft| {
            draft.tasks[1].modes[0].back_out = Some(BackOut { after_step: 4, minutes: 1 });
        }),
        ("needs resource 7", |draft| draft.tasks[1].modes[0].steps[0].needs[0].resource = 7),
        ("twice; once, with the sum", |draft| {
            draft.tasks[1].modes[0].steps[0].needs.push(Need { resource: 0, amount: 1 });
        }),
        ("never more than 2", |draft| draft.tasks[1].modes[0].steps[0].needs[0].amount = 3),
        ("waits, over others, for itself", |draft| {
            draft.tasks[0].after = vec![After { task: 1, lag_minutes: 0 }];
        }),
        ("split the work", |draft| draft.tasks[1].modes[0].steps[0].minutes = u32::MAX),
    ];
    let mut second = task("b", 10, &[(0, 1)]);
    second.after = vec![After { task: 0, lag_minutes: 0 }];
    let sound = night(120, vec![resource("engineers", 2)], vec![task("a", 10, &[(0, 1)]), second]);
    assert!(Problem::new(sound.clone()).is_ok());
    for (says, plant) in faults {
        let mut draft = sound.clone();
        plant(&mut draft);
        let error = Problem::new(draft).unwrap_err().to_string();
        assert!(error.contains(says), "{error:?} does not say {says:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_small_problem_gets_a_schedule_that_the_verifier_accepts_or_a_reason(draft in any_draft(14, 60)) {
        let problem = Problem::new(draft).unwrap();
        let answer = solve(&problem, Effort { schedules_max: 400, seed: 3 }, &mut || false);
        match answer.found {
            Ok(found) => {
                prop_assert_eq!(verify(&problem, &found.schedule), Vec::new());
                prop_assert_eq!(found.ends, found.schedule.ends(&problem));
                prop_assert!(found.ends_at_least <= found.ends);
            }
            Err(reason) => prop_assert!(reason.to_string().len() > 20),
        }
    }

    #[test]
    fn the_best_schedule_of_a_tiny_problem_is_the_best_of_all_that_there_are(draft in any_draft(4, 9)) {
        let problem = Problem::new(draft).unwrap();
        let answer = solve(&problem, EFFORT, &mut || false);
        let best = best_of_all(&problem);
        match (&answer.found, best) {
            (Ok(found), Some(best)) => {
                prop_assert_eq!(found.ends, best);
                prop_assert!(found.ends_at_least <= best);
            }
            (Err(_), None) => {}
            (found, best) => prop_assert!(false, "found {found:?}, the best of all is {best:?}"),
        }
    }
}
