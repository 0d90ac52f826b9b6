//! `segue plan --again`: a plan that people were told of is planned once more. What they agreed to stays where no rule forces another
//! window; who must be told again is counted; what has begun is left alone.

use serde_json::{Value, json};

use crate::from_journal::{NIGHTS, desk, nights, on_days, window};
use crate::support::Desk;

/// A draft of three stations to which the ward has agreed: the spare one on Tuesday, the others on Friday.
struct Agreed {
    desk: Desk,
    hash: String,
}

/// The same nights and one more, on Wednesday, early enough for everything.
const WEDNESDAY: &str = r#"
[[windows]]
id = "wed"
not_before = "WEDNESDAY 22:00"
latest_start = "THURSDAY 03:00"
not_after = "THURSDAY 05:00"
at_once = 2
staff = [{ skill = "clinical engineering", people = 1, person_minutes = 400 }]
"#;

fn agreed() -> Agreed {
    let desk = desk();
    for (name, role) in [("eva", "engineer"), ("erik", "engineer"), ("lars", "engineer"), ("karin", "ward")] {
        desk.run(&["account", "open", name, "--role", role]).fine();
    }
    let file = desk.write("nights.toml", &nights());
    let asked = ["plan", "--advisory", "NP-2026-1", "--windows", &file, "--soak", "600"];
    let draft = [&asked[..], &["--draft", "--by", "eva", "--contingency", "Back to 1.0; call 5511"]].concat();
    let told = desk.json(&draft).fine().line();
    assert!(told["again"].is_null(), "nobody had been told of these devices: {told}");
    let hash = told["plan"].as_str().unwrap().to_owned();
    desk.run(&["plan", "answer", &hash, "--unit", "WARD-4", "--accept", "--by", "karin"]).fine();
    Agreed { desk, hash }
}

impl Agreed {
    fn again(&self, more: &[&str]) -> Value {
        self.desk.json(&[&["plan", "--again", &self.hash[..12]], more].concat()).fine().line()
    }
}

#[test]
fn what_the_ward_agreed_to_keeps_its_window_though_an_earlier_one_has_come() {
    let agreed = agreed();
    let file = agreed.desk.write("three.toml", &on_days(&format!("{NIGHTS}{WEDNESDAY}")));
    let told = agreed.again(&["--windows", &file]);
    assert_eq!(told["again"]["kept"], 3, "{told}");
    assert_eq!((&told["again"]["moved"], &told["again"]["people_told_again"]), (&json!([]), &json!(0)));
    // Somebody who asks for the advisory anew, as if nobody had been told, is held to the same.
    let anew = ["plan", "--advisory", "NP-2026-1", "--windows", &file, "--soak", "600"];
    let anew = agreed.desk.json(&anew).fine().line();
    assert_eq!((window(&anew, "STATION-4"), window(&anew, "STATION-5")), ("fri", "fri"));
    let remarks = anew["remarks"].to_string();
    assert!(remarks.contains("3 devices are in the plan") && remarks.contains("--again"), "{remarks}");
    // Nothing would change, so there is no revision for which everybody must answer once more.
    let again = ["plan", "--again", &agreed.hash, "--draft", "--by", "eva"];
    let same = agreed.desk.run(&again).refused();
    assert!(same.err.contains("the same plan as before"), "{}", same.err);
}

#[test]
fn a_window_that_is_no_more_moves_its_devices_and_says_who_must_be_told_again() {
    let agreed = agreed();
    let without_friday =
        NIGHTS.replace("FRIDAY 22:00", "SATURDAY 06:00").replace("SATURDAY 03:00", "SATURDAY 11:00");
    let file = agreed
        .desk
        .write("moved.toml", &on_days(&without_friday.replace("SATURDAY 05:00", "SATURDAY 13:00")));
    let draft = ["--windows", &file, "--draft", "--by", "eva"];
    let told = agreed.again(&draft);
    let moved: Vec<&str> =
        told["again"]["moved"].as_array().unwrap().iter().filter_map(|one| one["device"].as_str()).collect();
    assert_eq!(moved, ["STATION-4", "STATION-5"], "the spare one stays on Tuesday: {told}");
    assert_eq!(told["again"]["units_told_again"], json!(["WARD-4"]));
    assert_eq!(told["again"]["people_told_again"], 1, "who answered for the ward: {told}");
    let next = told["plan"].as_str().unwrap();
    let text = agreed.desk.run(&["plan", "list"]).fine().out;
    assert!(
        text.contains(&format!("{}  edited since", &agreed.hash[..12])),
        "the old one is superseded: {text}"
    );
    let shown = agreed.desk.json(&["plan", "show", next]).fine().line();
    assert_eq!(
        shown["missing"].as_array().unwrap().len(),
        3,
        "ward, its staff and approvers answer anew: {shown}"
    );
    let old = agreed.desk.run(&["plan", "--again", &agreed.hash]).refused();
    assert!(old.err.contains("was edited since; its newest revision is"), "{}", old.err);
}

#[test]
fn a_person_reads_how_many_move_and_how_many_must_be_told() {
    let agreed = agreed();
    let file =
        agreed.desk.write("one.toml", &on_days(NIGHTS.split("[[windows]]\nid = \"fri\"").next().unwrap()));
    let ran = agreed.desk.run(&["plan", "--again", &agreed.hash, "--windows", &file]);
    assert_eq!(ran.code, 3, "only Tuesday is left, and the others must wait for the first ring: {ran:?}");
    assert!(
        ran.out.contains(
            "2 devices are in another window or none, 1 is where they were; 1 person is to be told again"
        ),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("units that had agreed: WARD-4"), "{}", ran.out);
}

#[test]
fn a_plan_that_was_stopped_leaves_behind_what_it_had_not_begun_as_a_plan_of_its_own() {
    let agreed = agreed();
    let desk = &agreed.desk;
    let known = desk.json(&["plan", "show", &agreed.hash]).fine().line();
    assert_eq!(known["hosts"], json!([]));
    let hash = agreed.hash.clone();
    let said =
        |args: &[&str]| drop(desk.run(&[&["plan", args[0], hash.as_str()], &args[1..]].concat()).fine());
    said(&["cover", "--unit", "WARD-4", "--person", "Moa", "--by", "karin"]);
    said(&["approve", "--by", "erik"]);
    said(&["approve", "--by", "lars"]);
    said(&["start", "--by", "erik"]);
    let refused = desk.run(&["plan", "--again", &hash]).refused();
    assert!(refused.err.contains("nothing of it is left behind; stop it first"), "{}", refused.err);
    let other = desk.run(&["plan", "--patch", "vakta-2.0"]).refused();
    assert!(other.err.contains("which has begun, gives it the same"), "{}", other.err);
    said(&["stop", "--reason", "the generator is tested", "--by", "erik"]);
    let told = desk.json(&["plan", "--again", &hash, "--draft", "--by", "eva"]).fine().line();
    assert_eq!(told["again"]["kept"], 3, "its nights lie ahead still: {told}");
    let next = told["plan"].as_str().unwrap();
    let shown = desk.json(&["plan", "show", next]).fine().line();
    assert_ne!(shown["id"], known["id"], "a plan that has begun gets no further revision");
    assert_eq!(shown["hosts"], json!([]));
    let cover: Vec<&Value> =
        shown["findings"].as_array().unwrap().iter().filter(|one| one["blocks"] == true).collect();
    assert!(cover.is_empty(), "staff and contingency are those of the plan: {cover:?}");
}
