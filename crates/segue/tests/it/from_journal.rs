//! `segue plan --advisory`: a campaign out of the hospital's own register, planned, explained, and taken over as a draft.

use serde_json::Value;

use crate::night::ward_4;
use crate::support::Desk;

/// Ward 4 and another ward in another building.
const HOSPITAL: &str = concat!(
    ward_4!(),
    r#"
[[buildings]]
id = "N-B"
site = "north"
name = "Building B"
[[units]]
id = "WARD-5"
building = "N-B"
name = "Ward 5"
"#
);

const DEVICES: &str = "asset_tag,manufacturer,model,software_version,unit,device_type,installer
STATION-4,Nordpuls,Vakta 60,1.0,WARD-4,Central station,staff
STATION-5,Nordpuls,Vakta 60,1.0,WARD-5,Central station,staff
SPARE-9,Nordpuls,Vakta 60,1.0,,Central station,staff
NEW-6,Nordpuls,Vakta 60,2.0,WARD-5,Central station,staff
NOBODY-KNOWS,Nordpuls,Vakta 60,,WARD-5,Central station,staff
";

const ADVISORY: &str = r#"{
  "document": {
    "category": "csaf_security_advisory", "csaf_version": "2.0", "title": "Nordpuls Vakta 60",
    "publisher": { "category": "vendor", "name": "Nordpuls", "namespace": "https://nordpuls.example/" },
    "tracking": { "id": "NP-2026-1", "status": "final", "version": "1", "initial_release_date": "2026-05-12T09:00:00Z",
      "current_release_date": "2026-05-12T09:00:00Z",
      "revision_history": [{ "date": "2026-05-12T09:00:00Z", "number": "1", "summary": "First." }] }
  },
  "product_tree": { "branches": [{ "category": "vendor", "name": "Nordpuls", "branches": [
    { "category": "product_name", "name": "Vakta 60", "branches": [
      { "category": "product_version_range", "name": "vers:all/<2.0",
        "product": { "name": "Nordpuls Vakta 60 <2.0", "product_id": "P1" } }] }] }] },
  "vulnerabilities": [{ "cve": "CVE-2099-10371", "product_status": { "known_affected": ["P1"] },
    "notes": [{ "category": "description", "text": "Something." }] }]
}"#;

/// Days of a week that is a month from now, written into a text; the wards' clock.
pub(crate) fn on_days(text: &str) -> String {
    let day = |days: i32| {
        #[allow(clippy::disallowed_methods)] // a test is the shell of what it tests
        let today = jiff::Timestamp::now().in_tz("Europe/Stockholm").unwrap().date();
        today.checked_add(jiff::Span::new().days(days)).unwrap().to_string()
    };
    let days = [("TUESDAY", 30), ("WEDNESDAY", 31), ("THURSDAY", 32), ("FRIDAY", 33), ("SATURDAY", 34)];
    days.iter().fold(text.to_owned(), |text, (name, after)| text.replace(name, &day(*after)))
}

/// Two nights.
pub(crate) fn nights() -> String {
    on_days(NIGHTS)
}

pub(crate) const NIGHTS: &str = r#"
[[patches]]
id = "vakta-2.0"
title = "Vakta 2.0"
restart = "host"
can_roll_back = true
closes = ["CVE-2099-10371"]
declared = { install = { p50 = 20, p90 = 40 }, restart = { p50 = 5, p90 = 10 }, back_out = { p50 = 10, p90 = 20 } }
steps = [{ says = "Read the label", proof = "identity" }, { says = "Try the alarm", proof = "test" }]

[[windows]]
id = "tue"
not_before = "TUESDAY 22:00"
latest_start = "WEDNESDAY 03:00"
not_after = "WEDNESDAY 05:00"
at_once = 2
staff = [{ skill = "clinical engineering", people = 1, person_minutes = 400 }]

[[windows]]
id = "fri"
not_before = "FRIDAY 22:00"
latest_start = "SATURDAY 03:00"
not_after = "SATURDAY 05:00"
at_once = 2
staff = [{ skill = "clinical engineering", people = 1, person_minutes = 400 }]

[[units]]
unit = "WARD-4"
beds_dark_max = 2
census = [2,2,2,2,1,1,1,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2]

[[walks]]
from = "N-A"
to = "N-B"
minutes = 12
"#;

pub(crate) fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("segue.toml", "time_zone = \"Europe/Stockholm\"\n");
    desk.run(&["import", "hospital", &desk.write("hospital.toml", HOSPITAL)]).fine();
    desk.run(&["import", "inventory", &desk.write("devices.csv", DEVICES), "--yes"]).fine();
    desk.run(&["import", "advisories", &desk.write("np-2026-1.json", ADVISORY)]).fine();
    desk
}

pub(crate) fn window<'a>(told: &'a Value, device: &str) -> &'a str {
    let assignments = told["answer"]["assignments"].as_array().unwrap();
    let found = assignments.iter().find(|assignment| assignment["device"] == device);
    found.unwrap_or_else(|| panic!("{device}: {told}"))["place"]["window"]["window"].as_str().unwrap()
}

#[test]
fn an_advisory_becomes_a_campaign_of_the_devices_that_it_affects_and_says_whom_it_left_out() {
    let desk = desk();
    let nights = desk.write("nights.toml", &nights());
    let told =
        desk.json(&["plan", "--advisory", "NP-2026-1", "--windows", &nights, "--soak", "600"]).fine().line();
    assert_eq!(
        told["answer"]["assignments"].as_array().unwrap().len(),
        3,
        "two more are not affected for certain"
    );
    // The spare one watches no bed and goes first; the rest soaks until the second window.
    assert_eq!(window(&told, "SPARE-9"), "tue");
    assert_eq!((window(&told, "STATION-4"), window(&told, "STATION-5")), ("fri", "fri"));
    let remarks = told["remarks"].to_string();
    assert!(remarks.contains("1 device is left out: nobody can say whether it is affected"), "{remarks}");
    assert!(remarks.contains("SPARE-9") && remarks.contains("no rule of a place is kept"), "{remarks}");
    let text = desk
        .run(&[
            "plan",
            "--advisory",
            "NP-2026-1",
            "--windows",
            &nights,
            "--soak",
            "600",
            "--explain",
            "STATION-4",
        ])
        .fine()
        .out;
    assert!(text.contains("It waits for ring 1 of vakta-2.0"), "{text}");
}

#[test]
fn the_plan_of_an_advisory_is_taken_over_as_a_draft_that_the_checker_and_the_wards_see() {
    let desk = desk();
    desk.run(&["account", "open", "eva", "--role", "engineer"]).fine();
    let nights = desk.write("nights.toml", &nights());
    let asked = ["plan", "--advisory", "NP-2026-1", "--windows", &nights, "--soak", "600"];
    let draft = [&asked[..], &["--draft", "--by", "eva", "--contingency", "Back to 1.0; call 5511"]].concat();
    let told = desk.json(&draft).fine().line();
    let hash = told["plan"].as_str().unwrap();
    let shown = desk.json(&["plan", "show", hash]).fine().line();
    assert_eq!(shown["requester"], "eva");
    assert_eq!(shown["units"], serde_json::json!(["WARD-4"]), "the ward whose beds go dark is asked");
    let blocking: Vec<&Value> =
        shown["findings"].as_array().unwrap().iter().filter(|finding| finding["blocks"] == true).collect();
    assert!(
        blocking.iter().all(|finding| finding["rule"] == "cover-missing"),
        "only people can say who sits with the patients: {blocking:?}"
    );
    // The windows of that draft are known from now on; they are shared, and that is said.
    let patch = desk.json(&["plan", "--patch", "vakta-2.0", "--soak", "600"]).fine().line();
    assert!(patch["remarks"].to_string().contains("is not taken off"), "{patch}");
    assert_eq!(window(&patch, "STATION-4"), "fri");
}

#[test]
fn windows_that_are_over_and_makers_whom_nobody_needs_are_named() {
    let desk = desk();
    let last_year = NIGHTS
        .replace("TUESDAY", "2025-03-04")
        .replace("WEDNESDAY", "2025-03-05")
        .replace("FRIDAY", "2025-03-07")
        .replace("SATURDAY", "2025-03-08");
    let over = desk.write("over.toml", &last_year);
    let refused = desk.run(&["plan", "--advisory", "NP-2026-1", "--windows", &over]).refused().err;
    assert!(
        refused.contains(
            "nothing is planned into windows that have begun or are over, and none is left (tue, fri)"
        ),
        "{refused}"
    );
    let staff = "person_minutes = 400 }]";
    let visits = format!("{staff}\nvisits = [{{ vendor = \"Nordpulsar\", engineers = 1, devices_max = 4 }}]");
    let mixed =
        NIGHTS.replace("id = \"tue\"\nnot_before = \"TUESDAY", "id = \"tue\"\nnot_before = \"2025-03-04");
    let nights = desk.write("mixed.toml", &on_days(&mixed.replacen(staff, &visits, 2)));
    let asked = ["plan", "--advisory", "NP-2026-1", "--windows", &nights, "--soak", "0"];
    // The second ring finds no window any more.
    let remarks = desk.json(&asked).line()["remarks"].to_string();
    assert!(remarks.contains("into windows that have begun or are over: tue"), "{remarks}");
    assert!(remarks.contains("Nordpulsar") && remarks.contains("no device here needs"), "{remarks}");
}

#[test]
fn what_is_asked_for_and_not_known_is_refused_with_what_would_help() {
    let desk = desk();
    let file = desk.write("nights.toml", &nights());
    let refused = |args: &[&str]| desk.run(&[&["plan"], args].concat()).refused().err;
    assert!(refused(&["--advisory", "NP-9", "--windows", &file]).contains("there is no advisory NP-9"));
    assert!(refused(&["--advisory", "NP-2026-1"]).contains("no window is known"));
    assert!(
        refused(&["--windows", &file])
            .contains("name an --advisory, a --patch or a plan to be planned --again")
    );
    let all = nights();
    let (_, windows) = all.split_once("[[windows]]").unwrap();
    let bare = desk.write("bare.toml", &format!("[[windows]]{windows}"));
    let said = refused(&["--advisory", "NP-2026-1", "--windows", &bare]);
    assert!(said.contains("no patch is known that is made for it and closes CVE-2099-10371"), "{said}");
    let wrong = desk.write("wrong.toml", &nights().replace(" 03:00", " at three"));
    let said = refused(&["--advisory", "NP-2026-1", "--windows", &wrong]);
    assert!(said.contains("wrong.toml: row 14, column"), "{said}");
    assert!(desk.json(&["plan", "list"]).fine().lines().is_empty(), "nothing was recorded");
}

#[test]
fn without_people_in_a_window_work_by_hand_finds_none_and_the_rule_is_named() {
    let desk = desk();
    let nights = desk.write("nights.toml", &nights().replace("staff = [", "overtime = false # ["));
    let ran = desk.json(&["plan", "--advisory", "NP-2026-1", "--windows", &nights]);
    assert_eq!(ran.code, 3, "{ran:?}");
    let told = ran.line();
    assert!(told["clashes"].to_string().contains("clinical engineering"), "{told}");
}
