//! One night slips: its window is gone, what went before has begun, and the plan is made again.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use planning::planner::answer::{Answer, Placed};
use planning::planner::campaign::{Agreed, Aim, Campaign, Goal, SoundCampaign};
use planning::planner::{Budget, plan};

/// Beyond this share of devices the planner is asked again, with more time, how many must move.
const ASK_FROM_SHARE: f64 = 0.005;
/// Time for that answer, in milliseconds.
const PROOF_MILLISECONDS: u64 = 8_000;

/// Slips one window after another, each from the same agreed plan.
pub(crate) fn measure(design: &SoundCampaign, base: &Answer, slips: u64) {
    let busy = busy_windows(base);
    let step = (busy.len() as u64 / slips.max(1)).max(1) as usize;
    let (mut seconds, mut beyond, mut told) = (Vec::new(), Vec::new(), 0);
    let mut worst = (0, String::new(), 0);
    for slipped in busy.iter().step_by(step) {
        let campaign = slip(design.campaign(), base, slipped);
        let devices = campaign.devices.len();
        let clock = Instant::now();
        let campaign = SoundCampaign::new(campaign, "slip").unwrap();
        let budget = Budget { milliseconds: Some(400), gap_ppm: 500, threads: 2, seed: 1 };
        let answer = plan(&campaign, budget, &mut || u64::try_from(clock.elapsed().as_millis()).unwrap());
        seconds.push(clock.elapsed().as_secs_f64());
        // One person is told of each device, so the goal counts devices. What is proven of it must move.
        let of = |answer: &Answer| {
            let goal = answer.goals.iter().find(|goal| goal.goal == Goal::ToldAgain).unwrap();
            (goal.value, goal.at_least)
        };
        let (moved, mut need) = of(&answer);
        if (moved - need) as f64 > ASK_FROM_SHARE * devices as f64 {
            let clock = Instant::now();
            let budget = Budget { milliseconds: Some(PROOF_MILLISECONDS), ..budget };
            let proof = plan(&campaign, budget, &mut || u64::try_from(clock.elapsed().as_millis()).unwrap());
            need = need.max(of(&proof).1.min(moved));
        }
        told += moved - need;
        worst = worst.max((moved - need, slipped.clone(), moved));
        beyond.push((moved - need) as f64 * 100.0 / devices as f64);
    }
    seconds.sort_by(f64::total_cmp);
    beyond.sort_by(f64::total_cmp);
    let count = seconds.len();
    let print = |metric: &str, value: f64, unit: &str| {
        println!(
            "{}",
            serde_json::json!({
                "metric": metric, "value": value, "unit": unit, "slips": count, "devices_moved_beyond_need": told,
                "worst_window": worst.1, "worst_window_moved": worst.2,
            })
        );
    };
    print("replan_p99_seconds", at(&seconds, 99), "s");
    print("replan_p50_seconds", at(&seconds, 50), "s");
    print("moved_beyond_need_worst_percent", at(&beyond, 100), "%");
}

/// The value below which so many hundredths lie, rounded up.
fn at(sorted: &[f64], hundredths: usize) -> f64 {
    let rank = (sorted.len() * hundredths).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(f64::NAN)
}

/// Windows with work, by name.
fn busy_windows(base: &Answer) -> Vec<String> {
    let windows = base.assignments.iter().filter_map(|assignment| match &assignment.place {
        Placed::Window { window, .. } => Some(window.as_str().to_owned()),
        Placed::Deferred { .. } => None,
    });
    let mut windows: Vec<String> = windows.collect::<HashSet<_>>().into_iter().collect();
    windows.sort();
    windows
}

/// The campaign on the evening on which a window slips.
fn slip(campaign: &Campaign, base: &Answer, slipped: &str) -> Campaign {
    let mut campaign = campaign.clone();
    let starts: HashMap<_, _> =
        campaign.windows.iter().map(|window| (window.id.clone(), window.not_before_minute)).collect();
    let gone = campaign.windows.iter().position(|window| window.id.as_str() == slipped).unwrap();
    let now = campaign.windows.remove(gone).not_before_minute;
    campaign.visits.retain(|visit| visit.window.as_str() != slipped);
    campaign.now_minute = now;
    let agreed = base.assignments.iter().filter_map(|assignment| match &assignment.place {
        Placed::Window { window, .. } => Some(Agreed {
            device: assignment.device.clone(),
            window: window.clone(),
            begun: starts[window] < now,
            people_told: 1,
        }),
        Placed::Deferred { .. } => None,
    });
    campaign.agreed = agreed.collect();
    campaign.aims = Aim::again();
    campaign
}
