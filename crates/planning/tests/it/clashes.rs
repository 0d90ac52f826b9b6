//! Why a device that must be done has no window: the rules that cannot all hold, and nothing said where a window can be had.

use planning::check::campaign::Rule;
use planning::planner::answer::{Answer, Because, Placed};
use planning::planner::campaign::SoundCampaign;
use planning::planner::clash::{Clash, clashes};
use planning::planner::{Budget, plan};
use serde_json::{Value, json};

use crate::wanted::{sound, ward};

const NO_END: Budget = Budget { milliseconds: None, gap_ppm: 0, threads: 1, seed: 1 };

/// What is said of this device were it deferred.
fn said_of(json: Value, device: &str) -> Vec<Clash> {
    let campaign = sound(json).unwrap();
    let mut answer = plan(&campaign, NO_END, &mut || 0);
    for assignment in answer.assignments.iter_mut().filter(|one| one.device.as_str() == device) {
        assignment.place = Placed::Deferred { because: Because::NoRoom };
    }
    all(&campaign, &answer)
}

fn all(campaign: &SoundCampaign, answer: &Answer) -> Vec<Clash> {
    clashes(campaign, answer, 10_000, NO_END.threads, &mut || true)
}

fn rules(clashes: &[Clash]) -> Vec<Vec<Rule>> {
    clashes.iter().map(|clash| clash.rules.iter().map(|stated| stated.rule).collect()).collect()
}

#[test]
fn a_due_day_and_a_training_that_exclude_each_other_are_both_named() {
    let mut json = ward();
    json["gates"] = json!([{ "unit": "ward 5", "not_before_minute": 2_000 }]);
    json["devices"][0]["due_minute"] = json!(2_000);
    let campaign = sound(json).unwrap();
    let answer = plan(&campaign, NO_END, &mut || 0);
    assert!(!answer.is_complete());
    let found = all(&campaign, &answer);
    assert_eq!(rules(&found), [[Rule::Due, Rule::Gate]]);
    assert!(found[0].smallest);
    assert_eq!(found[0].relaxations.len(), 2);
}

#[test]
fn a_device_whose_site_has_no_window_is_told_so() {
    let mut json = ward();
    json["units"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "id": "ward 9", "site": "south", "beds_dark_max": 2, "census": vec![6; 24] }));
    json["buildings"].as_array_mut().unwrap().push(json!({ "id": "S", "site": "south" }));
    let devices = &mut json["devices"];
    (devices[0]["site"], devices[0]["building"], devices[0]["unit"]) =
        (json!("south"), json!("S"), json!("ward 9"));
    let campaign = sound(json).unwrap();
    let answer = plan(&campaign, NO_END, &mut || 0);
    let found = all(&campaign, &answer);
    assert_eq!(rules(&found), [[Rule::Site]]);
    assert_eq!(&*found[0].rules[0].about, "south");
    assert!(found[0].relaxations.is_empty());
}

#[test]
fn any_device_of_an_earlier_ring_may_be_the_one_that_goes_first() {
    let mut json = ward();
    json["rings"] = json!([{ "bundle": "B1", "ring": 1, "soak_minutes": 60, "done_min": 1 },
        { "bundle": "B1", "ring": 2, "soak_minutes": 0, "done_min": 0 }]);
    for (device, ring) in [(0, 1), (1, 1), (2, 2)] {
        json["devices"][device]["ring"] = json!(ring);
    }
    // The first of the ring can never be had, the second can.
    json["access"] = json!([{ "id": "never", "never_during": [{ "from_minute": 0, "to_minute": 10_080 }] }]);
    (json["devices"][0]["access"], json["devices"][0]["mandatory"]) = (json!("never"), json!(false));
    assert_eq!(said_of(json, "CEN-1"), []);
}

#[test]
fn a_service_that_can_spare_all_that_are_here_is_in_nobodys_way() {
    let mut json = ward();
    json["windows"].as_array_mut().unwrap().truncate(1);
    json["windows"][0]["at_once_max"] = json!(3);
    json["services"] = json!([{ "id": "monitors", "carriers": ["MON-1", "MON-2", "CEN-1"], "needed": 1,
        "units": ["ward 5"] }]);
    (json["devices"][1]["mandatory"], json["devices"][2]["mandatory"]) = (json!(false), json!(true));
    json["agreed"] = json!([{ "device": "CEN-1", "window": "N1", "begun": true, "people_told": 0 }]);
    assert_eq!(said_of(json, "MON-1"), []);
}

/// What is changed in the ward.
type Change = fn(&mut Value);

/// Everybody's week.
fn always() -> Value {
    json!([{ "from_minute": 0, "to_minute": 10_080 }])
}

/// The ward with one change for each rule that can be given up, and what is said of MON-1 then.
fn one_rule_in_the_way(change: impl FnOnce(&mut Value)) -> Clash {
    let mut json = ward();
    // Of the others nothing is asked.
    (json["devices"][1]["mandatory"], json["devices"][2]["mandatory"]) = (json!(false), json!(false));
    change(&mut json);
    let mut found = said_of(json, "MON-1");
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

#[test]
fn whichever_rule_alone_is_in_the_way_is_named_with_whom_to_ask_and_giving_it_up_was_tried() {
    let cases: [(&str, Rule, &str, Change); 8] = [
        ("the device can never be had", Rule::Access, "never", |json| {
            json["access"] = json!([{ "id": "never", "never_during": always() }]);
            json["devices"][0]["access"] = json!("never");
        }),
        ("theatre all week", Rule::Blackout, "ward 5", |json| {
            let span = always()[0].clone();
            json["blackouts"] = json!([{ "place": { "unit": "ward 5" }, "span": span, "says": "theatre" }]);
        }),
        ("training comes after the last night", Rule::Gate, "ward 5", |json| {
            json["gates"] = json!([{ "unit": "ward 5", "not_before_minute": 9_000 }]);
        }),
        ("nobody is there", Rule::PersonMinutes, "clinical engineering", |json| {
            (json["windows"][0]["staff"], json["windows"][1]["staff"]) = (json!([]), json!([]));
        }),
        ("the maker's engineer does not come", Rule::Visit, "Maker AB", |json| {
            json["devices"][0]["hands"] =
                json!({ "vendor": { "vendor": "Maker AB", "hands_on_minutes": 30 } });
        }),
        ("no loaner", Rule::Loaners, "monitor", |json| json["devices"][0]["loaner"] = json!(true)),
        ("no bed may be dark", Rule::Beds, "ward 5", |json| json["units"][0]["beds_dark_max"] = json!(0)),
        ("due before the first night", Rule::Due, "all", |json| {
            json["devices"][0]["due_minute"] = json!(1_000);
        }),
    ];
    for (says, rule, about, change) in cases {
        let clash = one_rule_in_the_way(change);
        let named: Vec<_> = clash.rules.iter().map(|stated| (stated.rule, &*stated.about)).collect();
        assert_eq!(named, [(rule, about)], "{says}");
        assert_eq!(clash.rules[0].owner, rule.owner(), "{says}");
        assert_eq!(clash.relaxations, clash.rules, "{says}");
        assert!(clash.smallest, "{says}");
    }
}

#[test]
fn what_only_several_devices_together_cannot_do_is_said_of_what_they_share() {
    let cases: [(&str, Rule, Change); 3] = [
        ("never together, and one night", Rule::Conflict, |json| {
            json["conflicts"] = json!([{ "devices": ["MON-1", "MON-2"], "says": "one monitor a night" }]);
        }),
        ("one after the other, and one night", Rule::Precedence, |json| {
            json["precedences"] = json!([{ "first": "MON-2", "then": "MON-1", "lag_minutes": 60 }]);
        }),
        ("the pair keeps one, and one night", Rule::Spare, |json| {
            json["services"] = json!([{ "id": "pair", "carriers": ["MON-1", "MON-2"], "needed": 1,
                "units": ["ward 5"] }]);
        }),
    ];
    for (says, rule, change) in cases {
        let mut json = ward();
        json["windows"].as_array_mut().unwrap().truncate(1);
        json["devices"][2]["mandatory"] = json!(false);
        change(&mut json);
        let clash = said_of(json, "MON-1").remove(0);
        assert_eq!(clash.rules.iter().map(|stated| stated.rule).collect::<Vec<_>>(), [rule], "{says}");
        assert!(clash.smallest && clash.relaxations == clash.rules, "{says}: {clash:#?}");
    }
}
