//! The checker of campaigns against an oracle that goes through every minute and every pair, on a million invented plans: does a plan
//! that breaks a rule pass, is a sound one refused? One JSON object a line, for `cargo xtask bench checker`. Arguments: how many plans, the first seed.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::expect_used, clippy::indexing_slicing)] // a bench that cannot go on stops

mod compare;
mod dice;
mod invent;
mod oracle;

use std::time::Instant;

use compare::Seen;

const PLANS: u64 = 1_000_000;
/// Another seed than those of the tests.
const FIRST_SEED: u64 = 1 << 40;

fn main() {
    let mut args = std::env::args().skip(1).map(|text| text.parse().ok());
    let plans = args.next().flatten().unwrap_or(PLANS);
    let first = args.next().flatten().unwrap_or(FIRST_SEED);
    let (began, mut seen, mut seed) = (Instant::now(), Seen::default(), first);
    while seen.plans < plans {
        seen.campaign(seed);
        seed += 1;
    }
    if let Some(first) = &seen.first {
        eprintln!("{first}");
    }
    let print = |metric: &str, value: u64, more: &str| {
        println!("{{\"metric\":\"{metric}\",\"value\":{value},\"unit\":\"plans\"{more}}}");
    };
    let seconds = began.elapsed().as_secs_f64();
    print(
        "plans",
        seen.plans,
        &format!(",\"campaigns\":{},\"seconds\":{seconds:.1},\"first_seed\":{first}", seen.campaigns),
    );
    print("sound_plans", seen.sound, &format!(",\"with_a_device_placed\":{}", seen.sound_and_placed));
    print("differences", seen.differences(), "");
    print("violations_passed", seen.passed, "");
    print("sound_plans_refused", seen.refused, "");
    print("other_rules_named", seen.other_rules, "");
    print("other_goals_found", seen.other_goals, "");
    let fewest = seen.broken.values().map(|(_, alone)| *alone).min().unwrap_or(0);
    println!("{{\"metric\":\"rules_broken\",\"value\":{},\"unit\":\"rules\"}}", seen.broken.len());
    print("fewest_plans_that_break_one_rule_alone", fewest, "");
    for (rule, (broken, alone)) in &seen.broken {
        print(&format!("breaks_{rule}"), *broken, &format!(",\"and_no_other\":{alone}"));
    }
}
