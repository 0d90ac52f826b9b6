//! `segue plan FILE`: a whole campaign gets its windows from the command line; what is wrong with a file is said with its place, and no plan
//! is half printed.

use serde_json::{Value, json};

use crate::support::{Desk, file};

/// The campaign of the documentation, with something changed.
fn campaign(change: impl FnOnce(&mut Value)) -> String {
    let text = std::fs::read_to_string(file("docs/campaign-example.json")).unwrap();
    let mut campaign: Value = serde_json::from_str(&text).unwrap();
    change(&mut campaign);
    campaign.to_string()
}

fn window<'a>(told: &'a Value, device: &str) -> &'a Value {
    let assignments = told["answer"]["assignments"].as_array().unwrap();
    let found = assignments.iter().find(|assignment| assignment["device"] == device).unwrap();
    &found["place"]["window"]["window"]
}

#[test]
fn the_campaign_of_the_documentation_finds_a_window_for_all_and_a_reason_for_each() {
    let desk = Desk::new();
    let path = file("docs/campaign-example.json");
    let told = desk.json(&["plan", &path, "--seconds", "60"]).fine().line();
    let count = told["answer"]["assignments"].as_array().unwrap().len();
    assert_eq!(told["report"].as_array().unwrap().len(), count);
    // Two transplants in the second night, and the second ring soaks for two days.
    assert!(["night-3", "night-4"].contains(&window(&told, "MON-ICU-2").as_str().unwrap()), "{told}");
    assert_eq!(window(&told, "CT-1"), "night-3");
    let text = desk.run(&["plan", &path]).fine().out;
    for wanted in [
        "Intensive care, monitors and gateways",
        "night-1",
        "mandatory devices deferred: 0, proven to be the least",
        "keeps every rule",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let placed = text.lines().filter(|line| line.ends_with("  night-3") && line.starts_with("day 3 22:"));
    assert_eq!(placed.count(), 3, "which device goes where: {text}");
    assert!(text.lines().any(|line| line.contains("CT-1 ") && line.ends_with("night-3")), "{text}");
}

#[test]
fn a_device_is_told_why_it_is_not_earlier_and_what_it_waits_for_on_the_sites_clocks() {
    let desk = Desk::new();
    let path = file("docs/campaign-example.json");
    desk.write("segue.toml", "time_zone = \"Europe/Stockholm\"\n");
    let text = desk.run(&["plan", &path, "--explain", "MON-ICU-2"]).fine().out;
    for wanted in [
        "MON-ICU-2 is worked on in window night-",
        "night-2 (2026-12-01 22:00): nothing is touched during a theatre list or a holiday (the ward can change that)",
        "It waits for ring 1 of monitor 4.2: all of it that is planned, at least 1, and 2880 min of soak.",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let other = desk.run(&["plan", &path, "--explain", "mon-icu-2"]).refused();
    assert!(other.err.contains("did you mean MON-ICU-2"), "{}", other.err);
}

#[test]
fn the_same_seed_gives_the_same_plan() {
    let desk = Desk::new();
    let path = file("docs/campaign-example.json");
    let plan =
        || desk.json(&["plan", &path, "--seed", "7", "--threads", "1", "--seconds", "60"]).fine().line();
    assert_eq!(plan()["answer"]["assignments"], plan()["answer"]["assignments"]);
}

#[test]
fn mandatory_work_that_finds_no_window_has_an_exit_status_of_its_own() {
    let desk = Desk::new();
    let path = desk.write("autumn.json", &campaign(|campaign| campaign["visits"] = json!([])));
    let ran = desk.json(&["plan", &path]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("mandatory work found no window"), "{}", ran.err);
    let told = ran.line();
    assert!(window(&told, "CT-1").is_null());
    let of_ct =
        told["report"].as_array().unwrap().iter().find(|one| one["device"] == "CT-1").unwrap().clone();
    assert_eq!(of_ct["here"], json!({ "deferred": "no_window" }));
    let text = desk.run(&["plan", &path]).out;
    assert!(text.contains("deferred") && text.contains("(CT-1)"), "{text}");
    // The vendor does not come at all: its visit is what is in the way, and one would help.
    assert_eq!(told["clashes"][0]["device"], "CT-1");
    assert_eq!(told["clashes"][0]["rules"][0]["rule"], "visit");
    assert!(text.contains("Modality AB: vendor work is done when the vendor's engineer is there"), "{text}");
}

#[test]
fn a_campaign_that_is_wrong_is_refused_with_its_place_and_nothing_is_printed() {
    let desk = Desk::new();
    for (change, wanted) in [
        (json!("22:00"), "/windows/0/not_before_minute: "),
        (json!(-5), "/windows/0/not_before_minute: "),
        (
            json!(7_000),
            "/windows/0: \"[7000, 1620, 1680]\": times of a window; not_before, latest_start, not_after in this order",
        ),
    ] {
        let text = campaign(|campaign| campaign["windows"][0]["not_before_minute"] = change);
        let path = desk.write("wrong.json", &text);
        let ran = desk.run(&["plan", &path, "--json"]).refused();
        assert!(ran.err.contains(&path) && ran.err.contains(wanted), "{wanted}: {}", ran.err);
        assert!(ran.err.contains("nothing was planned") && ran.out.is_empty(), "{ran:?}");
    }
    let unknown =
        desk.write("unknown.json", &campaign(|campaign| campaign["devices"][0]["unit"] = json!("ICV")));
    let ran = desk.run(&["plan", &unknown]).refused();
    assert!(ran.err.contains("/devices/0/unit: \"ICV\": is not in /units"), "{}", ran.err);
    let ran = desk.run(&["plan", "nowhere.json"]).refused();
    assert!(ran.err.contains("nowhere.json"), "{}", ran.err);
    assert_eq!(desk.run(&["plan", &unknown, "--seconds", "0"]).code, 2);
    assert_eq!(desk.run(&["plan"]).code, 2);
}
