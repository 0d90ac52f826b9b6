//! What is wanted of the planner, as people write it down: what holds together is read, what does not is refused with its place.

use planning::planner::campaign::{Campaign, SoundCampaign};
use serde_json::{Value, json};

/// A ward with two monitors and a central station, two nights.
pub(crate) fn ward() -> Value {
    let window = |id: &str, from: u32| {
        json!({ "id": id, "site": "north", "not_before_minute": from, "latest_start_minute": from + 180,
            "not_after_minute": from + 240, "at_once_max": 2,
            "staff": [{ "skill": "clinical engineering", "people": 1, "person_minutes": 200 }] })
    };
    let device = |tag: &str, hands: Value| {
        json!({ "tag": tag, "site": "north", "building": "A", "unit": "ward 5", "kind": "monitor",
            "bundle": "B1", "mandatory": true, "risk_per_day": 2, "hands": hands, "beds_watched": 1 })
    };
    let by_hand = json!({ "staff": { "skill": "clinical engineering", "hands_on_minutes": 30 } });
    json!({
        "title": "Autumn", "origin": 0, "horizon_minute": 10_080,
        "bundles": [{ "id": "B1", "patches": [{ "patch": "P1", "minutes": {
            "install": { "p50": 10, "p90": 20 }, "restart": { "p50": 5, "p90": 10 },
            "back_out": { "p50": 10, "p90": 15 } } }] }],
        "units": [{ "id": "ward 5", "site": "north", "beds_dark_max": 2, "census": vec![6; 24] }],
        "buildings": [{ "id": "A", "site": "north" }],
        "windows": [window("N1", 1_320), window("N2", 2_760)],
        "devices": [device("MON-1", by_hand.clone()), device("MON-2", by_hand), device("CEN-1", json!("agent"))],
        "services": [{ "id": "central", "carriers": ["CEN-1"], "needed": 1, "units": ["ward 5"] }],
    })
}

/// Reads a campaign and looks it over.
pub(crate) fn sound(json: Value) -> Result<SoundCampaign, Vec<String>> {
    let campaign: Campaign = serde_json::from_value(json).map_err(|error| vec![error.to_string()])?;
    let told = |findings: Vec<model::Finding>| findings.iter().map(ToString::to_string).collect();
    SoundCampaign::new(campaign, "autumn.json").map_err(told)
}

/// A change that must be refused with these words.
#[track_caller]
fn refused(pointer: &str, value: Value, says: &str) {
    let mut json = ward();
    *json.pointer_mut(pointer).unwrap() = value;
    let told = sound(json).unwrap_err();
    assert!(told.iter().any(|finding| finding.contains(says)), "{told:#?} should say: {says}");
}

#[test]
fn a_ward_with_two_nights_holds_together_and_is_written_as_it_was_read() {
    let read = sound(ward()).expect("it holds together");
    let again = serde_json::to_value(read.campaign()).expect("it can be written");
    assert_eq!(sound(again).as_ref(), Ok(&read));
}

#[test]
fn a_word_that_no_one_knows_is_refused_and_not_passed_over() {
    let mut json = ward();
    json["devices"][0]["mandatry"] = json!(true);
    assert!(sound(json).unwrap_err()[0].contains("unknown field `mandatry`"));
}

#[test]
fn what_does_not_hold_together_is_named_with_its_place() {
    refused("/devices/1/tag", json!("MON-1"), "/devices/1: \"MON-1\": stands there twice");
    refused("/devices/0/unit", json!("ward 6"), "/devices/0/unit: \"ward 6\": is not in /units");
    refused("/devices/0/bundle", json!("B2"), "/devices/0/bundle: \"B2\": is not in /bundles");
    refused("/devices/0/site", json!("south"), "/devices/0/unit: \"south\": is not the site of its place");
    refused("/units/0/census", json!([1, 2]), "/units/0/census: \"2\": numbers; 24 (a day) or 168 (a week)");
    refused("/windows/0/latest_start_minute", json!(1_600), "/windows/0: \"[1320, 1600, 1560]\"");
    refused("/windows/1/not_before_minute", json!(1_500), "begins before N1 has ended");
    refused("/services/0/needed", json!(2), "/services/0/needed: \"2\"");
    refused("/services/0/carriers", json!(["CEN-9"]), "/services/0/carriers: \"CEN-9\": is not in /devices");
    refused("/devices/0/risk_per_day", json!(2_000_000), "a whole number from 0 to 1000000");
    refused("/horizon_minute", json!(2_000), "times of a window");
}

#[test]
fn a_ring_that_no_list_names_is_refused() {
    let mut json = ward();
    json["devices"][0]["ring"] = json!(2);
    assert!(sound(json.clone()).unwrap_err()[0].contains("/devices/0/ring: \"2\": is no ring of its bundle"));
    json["rings"] = json!([{ "bundle": "B1", "ring": 2, "soak_minutes": 60, "done_min": 1 }]);
    assert!(sound(json).unwrap_err()[0].contains("rings of a bundle count from 1 without a gap"));
}
