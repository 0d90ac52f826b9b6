//! A group of hospitals with thousands of columns: planned by the means of large campaigns, and looked at by the checker.

use planning::check::campaign::check_answer;
use planning::planner::answer::{Answer, Placed};
use planning::planner::campaign::{Agreed, Aim, Campaign, Goal, SoundCampaign};
use planning::planner::invented::{self, Size};
use planning::planner::{Budget, plan};

/// A plan by a clock that is asked, not one that runs: it does not depend on how fast the machine is.
fn planned(campaign: &SoundCampaign, milliseconds: u64) -> Answer {
    let budget = Budget { milliseconds: Some(milliseconds), gap_ppm: 1_000, threads: 1, seed: 1 };
    let mut asked = 0u64;
    plan(campaign, budget, &mut || {
        asked += 10;
        asked
    })
}

#[test]
fn a_large_campaign_is_planned_by_every_rule_and_leaves_out_only_what_its_bound_says_nothing_against() {
    let size = Size { devices: 400, sites: 2, nights: 60, units: 6 };
    for seed in [1, 2] {
        let campaign =
            SoundCampaign::new(invented::campaign(size, seed), "large").expect("it holds together");
        let answer = planned(&campaign, 4_000);
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

#[test]
fn when_a_night_of_a_first_ring_slips_few_but_those_whom_it_puts_off_are_told_again() {
    for (devices, nights, seed, bundle, most) in [
        (700, 50, 5, "workstation updates", 60),
        (700, 50, 2, "workstation updates", 60),
        (1_000, 60, 5, "pump library", 90),
        (1_000, 60, 1, "pump library", 90),
    ] {
        let campaign = invented::campaign(Size { devices, sites: 2, nights, units: 6 }, seed);
        let sound = SoundCampaign::new(campaign.clone(), "large").expect("it holds together");
        let agreed = planned(&sound, 4_000);
        let night = night_of(&campaign, &agreed, bundle);
        let slipped = slip(&campaign, &agreed, &night);
        let slipped = SoundCampaign::new(slipped, "slipped").expect("it holds together");
        let answer = planned(&slipped, 400);
        let breaches = check_answer(&slipped, &answer);
        assert!(breaches.is_empty(), "{breaches:#?}");
        let of = |answer: &Answer, goal: Goal| {
            answer.goals.iter().find(|reached| reached.goal == goal).map(|reached| reached.value)
        };
        assert_eq!(of(&answer, Goal::Deferred), of(&agreed, Goal::Deferred), "nobody is left out for it");
        let moved = of(&answer, Goal::ToldAgain).expect("it is a goal");
        assert!((1..=most).contains(&moved), "{night} slipped: {moved} of {devices} are told again");
    }
}

/// The window of the first device of a bundle's first ring.
fn night_of(campaign: &Campaign, answer: &Answer, bundle: &str) -> String {
    let first = campaign.devices.iter().zip(&answer.assignments);
    let mut windows = first.filter_map(|(device, assignment)| match &assignment.place {
        Placed::Window { window, .. } if &*device.bundle == bundle && device.ring == Some(1) => Some(window),
        Placed::Window { .. } | Placed::Deferred { .. } => None,
    });
    windows.next().expect("the first ring is planned").as_str().to_owned()
}

/// The campaign on the evening on which a window slips: it is gone, and what was planned before it has begun.
fn slip(campaign: &Campaign, answer: &Answer, night: &str) -> Campaign {
    let mut campaign = campaign.clone();
    let begins = |id: &str| {
        let mut windows = campaign.windows.iter().filter(|window| window.id.as_str() == id);
        windows.next().expect("its window").not_before_minute
    };
    let now = begins(night);
    let agreed = answer.assignments.iter().filter_map(|assignment| match &assignment.place {
        Placed::Window { window, .. } => Some(Agreed {
            device: assignment.device.clone(),
            window: window.clone(),
            begun: begins(window.as_str()) < now,
            people_told: 1,
        }),
        Placed::Deferred { .. } => None,
    });
    campaign.agreed = agreed.collect();
    campaign.now_minute = now;
    campaign.windows.retain(|window| window.id.as_str() != night);
    campaign.visits.retain(|visit| visit.window.as_str() != night);
    campaign.aims = Aim::again();
    campaign
}
