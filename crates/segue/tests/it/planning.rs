//! `segue check` and `segue explain`: a plan asked from the command line, recorded or not.

use crate::night::{DEVICES, HOSPITAL};
use crate::support::Desk;

/// Work by hand on the ward's station, in a night far ahead.
const PLAN: &str = r#"
id = "november"
title = "Ward 4 to 2.0"
time_zone = "Europe/Stockholm"
contingency = "Back to 1.0; call 5511"
[[patches]]
id = "vakta-2.0"
title = "Vakta 2.0"
restart = "none"
can_roll_back = true
packages = []
declared = { install = { p50 = 20, p90 = 40 }, restart = { p50 = 0, p90 = 0 }, back_out = { p50 = 10, p90 = 20 } }
steps = [{ says = "Read the label", proof = "identity" }, { says = "Try the alarm", proof = "test" }]
[[windows]]
id = "night"
not_before = "2099-11-22 22:00"
latest_start = "2099-11-23 00:00"
not_after = "2099-11-23 04:00"
[[rings]]
title = "ward 4"
window = "night"
success_min = 1
failures_stop = 1
soak_minutes = 0
at_once_max = 1
[[items]]
host = "STATION-4"
patches = ["vakta-2.0"]
ring = 1
wave = 1
by = { person = "staff" }
owner = "clinical_engineering"
[[cover]]
unit = "WARD-4"
people = 1
task = "sit with the telemetry patients"
"#;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.run(&["import", "hospital", &desk.write("hospital.toml", HOSPITAL)]).fine();
    desk.run(&["import", "inventory", &desk.write("devices.csv", DEVICES), "--yes"]).fine();
    desk
}

#[test]
fn a_sound_plan_is_checked_without_an_account_and_a_blocked_one_ends_with_its_own_exit_status() {
    let desk = desk();
    let plan = desk.write("plan.toml", PLAN);
    desk.run(&["check", &plan]).fine();
    let bad = PLAN.replace("people = 1", "people = 0").replace("2099-11-23 04:00", "2099-11-22 22:30");
    let ran = desk.json(&["check", &desk.write("bad.toml", &bad)]).refused();
    let rules: Vec<String> =
        ran.lines().iter().map(|line| line["rule"].as_str().unwrap().to_owned()).collect();
    assert!(
        rules.contains(&"cover-missing".to_owned()) && rules.contains(&"window-disordered".to_owned()),
        "{rules:?}"
    );
    assert!(ran.err.contains("keep the plan from being agreed"), "{}", ran.err);
    let missing = desk.run(&["check", "nowhere.toml"]).refused();
    assert!(missing.err.contains("nowhere.toml"), "{}", missing.err);
    let nonsense = desk.run(&["check", &desk.write("nonsense.json", "{\"id\": 5")]).refused();
    assert!(nonsense.err.contains("line 1"), "where: {}", nonsense.err);
}

#[test]
fn a_host_is_explained_with_why_it_is_there_what_it_waits_for_and_on_what_its_times_stand() {
    let desk = desk();
    let plan = desk.write("plan.toml", PLAN);
    let text = desk.run(&["explain", &plan, "STATION-4"]).fine().out;
    for wanted in [
        "Stands in ring 1 of 1, wave 1 of 1.",
        "it is the first wave of its ring",
        "window night, which opens 2099-11-22T22:00:00+01:00",
        "central-4: 1 bed (WARD-4); nothing stands in",
        "no past night is known",
        "stands on declared minutes alone",
        "nothing",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let json = desk.json(&["explain", &plan, "STATION-4"]).fine().line();
    assert_eq!(json["explained"]["dark"][0]["units"][0], "WARD-4");
    assert_eq!((&json["replays"], &json["records"]), (&1_000.into(), &0.into()));
    assert_eq!(json["forecast"]["basis"]["known"], "nothing");
    let other = desk.run(&["explain", &plan, "station-4"]).refused();
    assert!(
        other.err.contains("has no host station-4") && other.err.contains("did you mean STATION-4"),
        "{}",
        other.err
    );
}

#[test]
fn a_recorded_plan_is_named_by_its_hash_and_a_plan_from_the_api_is_read_as_it_is() {
    let desk = desk();
    desk.run(&["account", "open", "anna", "--role", "engineer"]).fine();
    let plan = desk.write("plan.toml", PLAN);
    let hash = desk.json(&["plan", "draft", &plan, "--by", "anna"]).fine().line();
    let hash = hash["plan"].as_str().unwrap().to_owned();
    desk.run(&["check", &hash[..12]]).fine();
    let json = desk.json(&["explain", &hash[..12], "STATION-4"]).fine().line();
    assert_eq!(json["plan"], hash.as_str());
    assert!(desk.run(&["check", "0123456789ab"]).refused().err.contains("there is no plan"));
}
