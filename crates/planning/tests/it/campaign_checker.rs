//! A sample of `cargo xtask bench checker`: the checker of campaigns beside an oracle that goes through every minute and every pair.

use proptest::prelude::*;

use crate::compare::Seen;
use crate::wanted::{sound, ward};

const RULES: usize = 21;

#[test]
fn every_rule_is_broken_somewhere_and_checker_and_oracle_never_differ() {
    let mut seen = Seen::default();
    (0..150).for_each(|seed| seen.campaign(seed));
    assert_eq!(seen.differences(), 0, "{}", seen.first.unwrap_or_default());
    assert_eq!(seen.broken.len(), RULES, "{:?}", seen.broken.keys());
    assert!(seen.broken.values().all(|(_, alone)| *alone > 0), "each rule alone: {:?}", seen.broken);
    assert!(seen.sound_and_placed > 300, "{}", seen.sound_and_placed);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_violation_passes_and_no_sound_plan_is_refused(seed in any::<u64>()) {
        let mut seen = Seen::default();
        seen.campaign(seed);
        prop_assert_eq!(seen.differences(), 0, "{}", seen.first.unwrap_or_default());
    }
}

#[test]
fn an_answer_must_say_its_own_goals_in_the_order_of_the_aims() {
    use planning::check::campaign::{Rule, check_answer, values};
    use planning::planner::answer::*;
    let campaign = sound(ward()).unwrap();
    let place = |window: &str, begins_minute| Placed::Window {
        window: model::ids::WindowId::new(window).unwrap(),
        begins_minute,
    };
    let places = [place("N1", 1_320), place("N1", 1_360), place("N2", 2_760)];
    let devices = campaign.campaign().devices.iter().map(|device| device.tag.clone());
    let assignments: Vec<Assignment> =
        devices.zip(places).map(|(device, place)| Assignment { device, place }).collect();
    let worth = values(&campaign, &assignments);
    let goals = campaign.campaign().aims.iter().map(|aim| {
        let value = worth[&aim.goal];
        Reached { goal: aim.goal, value, at_least: 0 }
    });
    let status = Status {
        cut_by_time: false,
        unanswered: 0,
        milliseconds: 1,
        classes: 1,
        columns: 1,
        rows: 1,
        windows_sent_back: 0,
    };
    let answer = Answer { goals: goals.collect(), assignments, status };
    let rules = |answer: &Answer| {
        check_answer(&campaign, answer).iter().map(|breach| breach.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules(&answer), []);
    // 30 minutes of hands each by day two and three; the central station restarts for ten minutes: a bed of its own and a ward of six.
    let value = |goal| answer.reached(goal).unwrap().value;
    use planning::planner::campaign::Goal;
    assert_eq!((value(Goal::Deferred), value(Goal::PatientMinutes)), (0, 30 + 30 + 10 * (1 + 6)));
    let changed = |change: &dyn Fn(&mut Answer)| {
        let mut answer = answer.clone();
        change(&mut answer);
        rules(&answer)
    };
    assert_eq!(changed(&|answer| answer.goals[1].value -= 1), [Rule::GoalValue]);
    assert_eq!(changed(&|answer| answer.goals[1].at_least = 10_000), [Rule::GoalValue]);
    assert_eq!(changed(&|answer| answer.goals.swap(0, 1)), [Rule::GoalValue]);
    assert_eq!(changed(&|answer| answer.assignments.swap(0, 1)), [Rule::EachOnce]);
}
