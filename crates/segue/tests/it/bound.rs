//! What a file of windows says of single devices: due days, access, one after another, sides of what is there twice. The planner keeps it, the
//! plan remembers it, and what cannot be kept is told with its rule.

use serde_json::Value;

use crate::from_journal::{NIGHTS, desk, on_days, window};
use crate::support::{Desk, Ran};

/// Plans the advisory of `from_journal` with two nights and what is said beside them; no rings.
fn planned(desk: &Desk, said: &str) -> Ran {
    let file = desk.write("said.toml", &on_days(&format!("{NIGHTS}{said}")));
    desk.json(&["plan", "--advisory", "NP-2026-1", "--windows", &file, "--first", "0"])
}

#[test]
fn a_device_that_can_be_had_only_on_friday_and_whoever_waits_for_another_come_later() {
    let desk = desk();
    let plain = planned(&desk, "").fine().line();
    let all = |told: &Value| ["STATION-4", "STATION-5", "SPARE-9"].map(|tag| window(told, tag).to_owned());
    assert_eq!(all(&plain), ["tue", "tue", "tue"], "without a word everything is done at once");
    let room = "[[access]]\nunit = \"WARD-5\"\nnever_during = [{ from = \"TUESDAY 20:00\", to = \"WEDNESDAY 06:00\" }]\n";
    assert_eq!(all(&planned(&desk, room).fine().line()), ["tue", "fri", "tue"]);
    let days = "[[access]]\ndevice = \"STATION-5\"\nhours = \"06:00-20:00\"\nonly_within = [{ from = \"FRIDAY 12:00\", to = \"SATURDAY 12:00\" }]\n";
    assert_eq!(
        all(&planned(&desk, days).fine().line()),
        ["tue", "fri", "tue"],
        "the nights lie in no such hours, and one of them on that day"
    );
    let order =
        "[[precedences]]\nfirst = \"STATION-4\"\nthen = [\"STATION-5\", \"SPARE-9\"]\nlag_minutes = 60\n";
    assert_eq!(all(&planned(&desk, order).fine().line()), ["tue", "fri", "fri"], "server before client");
}

#[test]
fn a_due_day_that_nothing_can_keep_is_named_and_one_that_is_over_binds_nothing() {
    let desk = desk();
    let closed = "[[access]]\ndevice = \"STATION-5\"\nnever_during = [{ from = \"TUESDAY 20:00\", to = \"WEDNESDAY 06:00\" }]\n";
    let ran = planned(&desk, &format!("{closed}[[due]]\nadvisory = \"NP-2026-1\"\nby = \"THURSDAY\"\n"));
    assert_eq!(ran.code, 3, "{ran:?}");
    let clashes = ran.line()["clashes"].to_string();
    assert!(clashes.contains("\"due\"") && clashes.contains("\"access\""), "both rules are named: {clashes}");
    let over = planned(&desk, &format!("{closed}[[due]]\npatch = \"vakta-2.0\"\nby = \"2026-01-31\"\n"))
        .fine()
        .line();
    assert_eq!(window(&over, "STATION-5"), "fri", "a day that is over keeps nobody from being done");
    assert!(over["remarks"].to_string().contains("is over, so it binds nothing: SPARE-9"), "{over}");
}

#[test]
fn who_should_wait_for_a_device_that_is_not_planned_is_told() {
    let desk = desk();
    let told = planned(&desk, "[[precedences]]\nfirst = \"NEW-6\"\nthen = [\"STATION-5\"]\n").fine().line();
    assert!(
        told["remarks"].to_string().contains("STATION-5 was to wait for NEW-6, which is not planned here"),
        "{told}"
    );
}

#[test]
fn a_plan_remembers_what_was_said_and_is_planned_again_by_it() {
    let desk = desk();
    desk.run(&["account", "open", "eva", "--role", "engineer"]).fine();
    let said = "[[access]]\nunit = \"WARD-5\"\nnever_during = [{ from = \"TUESDAY 20:00\", to = \"WEDNESDAY 06:00\" }]\nsays = \"theatre list\"\n";
    let file = desk.write("said.toml", &on_days(&format!("{NIGHTS}{said}")));
    let draft =
        ["plan", "--advisory", "NP-2026-1", "--windows", &file, "--first", "0", "--draft", "--by", "eva"];
    let hash = desk.json(&draft).fine().line()["plan"].as_str().unwrap().to_owned();
    // Only a window is new: what else was said stays.
    let (_, windows) = NIGHTS.split_once("[[windows]]").unwrap();
    let (windows, _) = windows.split_once("[[units]]").unwrap();
    let only = desk.write("windows.toml", &on_days(&format!("[[windows]]{windows}")));
    let told = desk.json(&["plan", "--again", &hash, "--windows", &only]).fine().line();
    assert_eq!((window(&told, "STATION-5"), window(&told, "STATION-4")), ("fri", "tue"), "{told}");
}

#[test]
fn a_ward_that_asks_for_another_time_gets_no_earlier_window_when_its_plan_is_planned_again() {
    let desk = desk();
    for (name, role) in [("eva", "engineer"), ("karin", "ward")] {
        desk.run(&["account", "open", name, "--role", role]).fine();
    }
    let file = desk.write("nights.toml", &on_days(NIGHTS));
    let asked = ["plan", "--advisory", "NP-2026-1", "--windows", &file, "--first", "0"];
    let told = desk.json(&[&asked[..], &["--draft", "--by", "eva"]].concat()).fine().line();
    let hash = told["plan"].as_str().unwrap();
    assert_eq!(window(&told, "STATION-4"), "tue");
    let propose = on_days("THURSDAYT12:00:00+01:00");
    let answer = ["plan", "answer", hash, "--unit", "WARD-4", "--propose", &propose, "--by", "karin"];
    desk.run(&answer).fine();
    let again = desk.json(&["plan", "--again", hash, "--windows", &file]).fine().line();
    assert_eq!((window(&again, "STATION-4"), window(&again, "STATION-5")), ("fri", "tue"), "{again}");
    assert!(again["remarks"].to_string().contains("WARD-4 asked for a time not before"), "{again}");
    assert_eq!(again["again"]["people_told_again"], 0, "nobody had agreed: {again}");
}

#[test]
fn what_a_file_says_of_devices_is_refused_with_its_place_when_nobody_knows_them() {
    let desk = desk();
    let refused = |said: &str| planned(&desk, said).refused().err;
    for (said, says) in [
        (
            "[[due]]\ndevice = \"STATION-9\"\nby = \"FRIDAY\"\n",
            "\"STATION-9\": the register has no such device",
        ),
        ("[[due]]\nadvisory = \"NP-9\"\nby = \"FRIDAY\"\n", "\"NP-9\": there is no such advisory"),
        ("[[due]]\npatch = \"no-patch\"\nby = \"FRIDAY\"\n", "\"no-patch\": there is no such patch"),
        ("[[due]]\ndevice = \"STATION-4\"\n", "this does not say what is due, or by when"),
        (
            "[[access]]\nroom = \"cellar\"\nhours = \"21:00-06:00\"\n",
            "no device of the register stands in this room",
        ),
        ("[[access]]\nunit = \"WARD-4\"\nhours = \"late\"\n", "\"late\": these are no hours"),
        (
            "[[access]]\nunit = \"WARD-4\"\nhours = \"21:00-06:00\"\ndays = [\"Monday\"]\n",
            "no day of the week",
        ),
        ("[[access]]\nunit = \"WARD-4\"\n", "this does not say when devices can be had"),
        (
            "[[precedences]]\nfirst = \"STATION-4\"\nthen = [\"STATION-5\"]\n[[precedences]]\nfirst = \"STATION-5\"\nthen = [\"STATION-4\"]\n",
            "\"STATION-5\": this device would wait for itself",
        ),
        ("[[sides]]\na = [\"STATION-4\"]\nb = [\"STATION-4\"]\n", "this device is on both sides"),
    ] {
        let err = refused(said);
        assert!(err.contains(says) && err.contains("said.toml: row "), "{says}: {err}");
    }
}
