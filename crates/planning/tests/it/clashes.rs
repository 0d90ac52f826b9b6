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
