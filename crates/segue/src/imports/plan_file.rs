//! A plan as people write it: TOML or JSON, times in the words of a calendar. docs/plan-file.md says what it may hold.

use std::path::Path;

use adapter_input::instant;
use hospital::State;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use model::Time;
use model::ids::{AccountId, PlanId};
use model::plan::{LocalOffset, Plan, ProofPolicy};
use serde_json::{Map, Value, json};

use crate::cmd::Failed;

/// Longest plan file.
pub(crate) const PLAN_SIZE_MAX_BYTES: u64 = 16 * 1024 * 1024;
/// Local time's offset is worked out for so long after the first window.
const OFFSETS_FOR_DAYS: i64 = 60;
/// What a plan says of proof where its file does not.
const USUAL_QUIET_MINUTES: u32 = 120;
const USUAL_MORNING_MINUTE: u16 = 390;
const USUAL_EVIDENCE_AGE_MAX_SECONDS: u32 = 300;
const USUAL_STALLED_AFTER_TENTHS: u16 = 20;

/// Reads a plan as people write it, or as the API gives it: then nothing is filled in.
pub(crate) fn read_any_plan(
    file: &Path,
    requester: AccountId,
    time_zone: &str,
    state: &State,
) -> Result<Plan, Failed> {
    let text = text_of(file)?;
    let is_json = is_json(file);
    let wrong = |problem: String| Failed::Refused(format!("{}: {problem}", file.display()));
    let given = if is_json { serde_json::from_str::<Map<String, Value>>(&text).ok() } else { None };
    match given {
        // The API's answer has the plan inside.
        Some(mut given) if given.get("plan").is_some_and(Value::is_object) => {
            let inner = given.remove("plan").unwrap_or_default();
            serde_json::from_value(inner).map_err(|error| wrong(format!("plan: {error}")))
        }
        // A plan that was drafted says who asks for it.
        Some(given) if given.contains_key("requester") => {
            serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
        }
        Some(_) | None => plan_of_text(&text, is_json, requester, time_zone, state).map_err(wrong),
    }
}

/// Reads a plan that `requester` asks for. The newest revision of the same plan becomes its parent.
pub(crate) fn read_plan(
    file: &Path,
    requester: AccountId,
    time_zone: &str,
    state: &State,
) -> Result<Plan, Failed> {
    let wrong = |problem: String| Failed::Refused(format!("{}: {problem}", file.display()));
    plan_of_text(&text_of(file)?, is_json(file), requester, time_zone, state).map_err(wrong)
}

fn is_json(file: &Path) -> bool {
    file.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"))
}

fn text_of(file: &Path) -> Result<String, Failed> {
    let wrong = |problem: String| Failed::Refused(format!("{}: {problem}", file.display()));
    let size = std::fs::metadata(file).map_err(|error| wrong(error.to_string()))?.len();
    if size > PLAN_SIZE_MAX_BYTES {
        return Err(wrong(format!("{size} bytes; a plan has at most {PLAN_SIZE_MAX_BYTES}")));
    }
    std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))
}

/// The plan that a text says; otherwise where it is wrong and what would be right.
pub(crate) fn plan_of_text(
    text: &str,
    is_json: bool,
    requester: AccountId,
    time_zone: &str,
    state: &State,
) -> Result<Plan, String> {
    let value: Value = if is_json {
        serde_json::from_str(text).map_err(|error| error.to_string())?
    } else {
        toml::from_str(text).map_err(|error| error.to_string().trim().to_owned())?
    };
    let Value::Object(mut plan) = value else { return Err("a plan is a table of keys".to_owned()) };
    let zone = own_zone(&mut plan, time_zone)?;
    let zone = TimeZone::get(&zone).map_err(|error| format!("time_zone: {error}"))?;
    let first = times(&mut plan, &zone)?;
    proof(&mut plan, &zone, first)?;
    for (key, why) in [("requester", "it is whoever drafts it"), ("parent", "it is the newest revision")] {
        if plan.contains_key(key) {
            return Err(format!("{key} is not written in the file: {why}"));
        }
    }
    plan.insert("requester".to_owned(), json!(requester));
    let id = plan.get("id").and_then(Value::as_str).and_then(|id| PlanId::new(id).ok());
    if let Some(newest) = id.and_then(|id| state.night().newest_revision(&id)) {
        plan.insert("parent".to_owned(), json!(newest.hash));
    }
    serde_json::from_value(Value::Object(plan)).map_err(|error| format!("{error}; see docs/plan-file.md"))
}

/// The time zone that the file's local times are in.
fn own_zone(plan: &mut Map<String, Value>, default: &str) -> Result<String, String> {
    match plan.remove("time_zone") {
        None => Ok(default.to_owned()),
        Some(Value::String(zone)) => Ok(zone),
        Some(other) => Err(format!("time_zone is {other}; it must be text such as Europe/Stockholm")),
    }
}

/// Turns the windows' times into instants; the first of them.
fn times(plan: &mut Map<String, Value>, zone: &TimeZone) -> Result<Time, String> {
    let windows = plan.get_mut("windows").and_then(Value::as_array_mut);
    let windows = windows.ok_or("windows are missing: a plan has at least one [[windows]]")?;
    let mut first = Time(i64::MAX);
    for (number, window) in (1..).zip(windows) {
        for key in ["not_before", "latest_start", "not_after"] {
            let text = window.get(key).and_then(Value::as_str);
            let text = text.ok_or_else(|| format!("window {number}: {key} is missing, or no text"))?;
            let at = instant(text, zone).map_err(|problem| format!("window {number}, {key}: {problem}"))?;
            first = first.min(at);
            if let Some(place) = window.get_mut(key) {
                *place = json!(at);
            }
        }
    }
    Ok(first)
}

/// Fills in what a proof needs of local time, and turns `morning = "06:30"` into minutes.
fn proof(plan: &mut Map<String, Value>, zone: &TimeZone, first: Time) -> Result<(), String> {
    let proof = plan.entry("proof").or_insert_with(|| json!({}));
    let proof = proof.as_object_mut().ok_or("proof is a table")?;
    if proof.contains_key("offsets") || proof.contains_key("morning_minute") {
        return Err(
            "proof: write morning = \"06:30\" or \"never\"; offsets follow from the time zone".to_owned()
        );
    }
    let morning = match proof.remove("morning") {
        None => Some(i64::from(USUAL_MORNING_MINUTE)),
        Some(Value::String(text)) if text == "never" => None,
        Some(Value::String(text)) => {
            let time: civil::Time =
                text.parse().map_err(|_| format!("proof: morning is \"{text}\"; write 06:30 or never"))?;
            Some(i64::from(time.hour()) * 60 + i64::from(time.minute()))
        }
        Some(other) => return Err(format!("proof: morning is {other}; write \"06:30\" or \"never\"")),
    };
    proof.insert("morning_minute".to_owned(), json!(morning));
    for (key, usual) in [
        ("quiet_minutes", USUAL_QUIET_MINUTES),
        ("evidence_age_max_seconds", USUAL_EVIDENCE_AGE_MAX_SECONDS),
        ("stalled_after_tenths", u32::from(USUAL_STALLED_AFTER_TENTHS)),
    ] {
        proof.entry(key).or_insert_with(|| json!(usual));
    }
    proof.insert("offsets".to_owned(), json!(offsets(zone, first)?));
    Ok(())
}

/// How results count as proven where nobody says otherwise: as in a plan file without `[proof]`. Local time's offsets are known from before
/// the first instant until well after the last.
pub(crate) fn usual_proof(time_zone: &str, first: Time, last: Time) -> Result<ProofPolicy, String> {
    let zone = TimeZone::get(time_zone).map_err(|error| error.to_string())?;
    let mut all = offsets(&zone, first)?;
    let mut at = first;
    while at < last {
        at = at.plus_seconds(OFFSETS_FOR_DAYS * 86_400);
        let known = all.last().map_or(first, |offset| offset.from);
        all.extend(offsets(&zone, at)?.into_iter().skip(1).filter(|offset| offset.from > known));
    }
    Ok(ProofPolicy {
        quiet_minutes: USUAL_QUIET_MINUTES,
        morning_minute: Some(USUAL_MORNING_MINUTE),
        offsets: all,
        evidence_age_max_seconds: USUAL_EVIDENCE_AGE_MAX_SECONDS,
        stalled_after_tenths: USUAL_STALLED_AFTER_TENTHS,
        hand_proof_days: None,
    })
}

/// Local time's offsets around and after an instant.
fn offsets(zone: &TimeZone, first: Time) -> Result<Vec<LocalOffset>, String> {
    let at = |time: Time| Timestamp::from_microsecond(time.0).map_err(|error| error.to_string());
    let begin = first.plus_seconds(-2 * 86_400);
    let seconds = zone.to_offset(at(begin)?).seconds();
    let mut offsets = vec![LocalOffset { from: begin, seconds }];
    let end = at(first.plus_seconds(OFFSETS_FOR_DAYS * 86_400))?;
    for transition in zone.following(at(begin)?).take_while(|transition| transition.timestamp() < end) {
        let from = Time(transition.timestamp().as_microsecond());
        offsets.push(LocalOffset { from, seconds: transition.offset().seconds() });
    }
    Ok(offsets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stockholm() -> TimeZone {
        TimeZone::get("Europe/Stockholm").unwrap()
    }

    #[test]
    fn the_proof_knows_both_offsets_of_a_night_when_clocks_go_back() {
        let offsets = offsets(&stockholm(), Time(1_792_875_600_000_000)).unwrap();
        let seconds: Vec<i32> = offsets.iter().map(|offset| offset.seconds).collect();
        assert_eq!(seconds, [7_200, 3_600]);
        assert_eq!(offsets[1].from, Time(1_792_890_000_000_000));
    }
}
