//! A group of hospitals with thousands of columns: planned by the means of large campaigns, and looked at by the checker.

use planning::check::campaign::check_answer;
use planning::planner::campaign::SoundCampaign;
use planning::planner::invented::{self, Size};
use planning::planner::{Budget, plan};

#[test]
fn a_large_campaign_is_planned_by_every_rule_and_leaves_out_only_what_its_bound_says_nothing_against() {
    let size = Size { devices: 400, sites: 2, nights: 60, units: 6 };
    for seed in [1, 2] {
        let campaign =
            SoundCampaign::new(invented::campaign(size, seed), "large").expect("it holds together");
        let budget = Budget { milliseconds: Some(4_000), gap_ppm: 1_000, threads: 1, seed: 1 };
        // A clock that is asked, not one that runs: the plan does not depend on how fast the machine is.
        let mut asked = 0u64;
        let answer = plan(&campaign, budget, &mut || {
            asked += 10;
            asked
        });
        assert!(answer.status.columns >= 6_000, "{} columns are not many", answer.status.columns);
        let breaches = check_answer(&campaign, &answer);
        assert!(breaches.is_empty(), "seed {seed}: {breaches:#?}");
        for goal in &answer.goals {
            assert!(goal.at_least <= goal.value, "seed {seed}: {goal:?}");
        }
        let deferred = &answer.goals[0];
        assert!(deferred.value <= deferred.at_least + 2, "seed {seed}: {deferred:?}");
    }
}
