//! `/plans/{id}/record`: the change record of a plan, to be kept in another system: what, where, when, by whom, who agreed, what
//! happened. As JSON whole, as CSV a row for each host.

use axum::Json;
use axum::extract::{Path, RawQuery};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use hospital::State;
use hospital::night::plans::PlanRecord;
use model::agreement::UnitAnswer;
use model::plan::Hands;
use serde_json::{Value as JsonValue, json};

use crate::clock::Local;
use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::forecast::{Forecast, forecast};
use crate::pages::night::life::{self, PlanState};
use crate::pages::night::past;
use crate::pages::night::{plan_of, say};

/// The kinds of files.
enum Kind {
    Csv,
    Json,
}

fn kind(ctx: &Ctx, query: Option<&str>) -> Result<Kind, Problem> {
    let asked = form_urlencoded::parse(query.unwrap_or("").as_bytes()).find(|(key, _)| key == "format");
    match asked.as_ref().map(|(_, value)| &**value) {
        None | Some("" | "csv") => Ok(Kind::Csv),
        Some("json") => Ok(Kind::Json),
        Some(other) => Err(Problem::Bad(ctx.w.record_wrong(&other.chars().take(40).collect::<String>()))),
    }
}

pub(super) async fn show(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let kind = kind(&ctx, query.as_deref())?;
    let past = past::of_address(&ctx, &id).await?;
    let local = ctx.local();
    match kind {
        Kind::Json => {
            let value = ctx.app.domain.node.read(|state| {
                let record = plan_of(state, &id)?;
                let forecast = forecast(&record.plan, &state.topology(&record.plan), past.as_ref());
                Ok::<_, Problem>(whole(&local, state, record, &forecast))
            })?;
            let name = "attachment; filename=\"change-record.json\"";
            Ok(([(header::CONTENT_DISPOSITION, name)], Json(value)).into_response())
        }
        Kind::Csv => {
            let rows = ctx.app.domain.node.read(|state| {
                let record = plan_of(state, &id)?;
                let forecast = forecast(&record.plan, &state.topology(&record.plan), past.as_ref());
                Ok::<_, Problem>(rows(&local, state, record, &forecast))
            })?;
            export::table(ctx.w, Format::Csv, "change-record", &COLUMNS, rows.len() as u64, rows.into_iter())
        }
    }
}

const COLUMNS: [&str; 23] = [
    "plan",
    "title",
    "hash",
    "parent",
    "state",
    "requester",
    "drafted",
    "approved_by",
    "units_accepted",
    "started",
    "host",
    "patches",
    "closes",
    "ring",
    "wave",
    "window_from",
    "window_to",
    "begins",
    "ends_p90",
    "by",
    "back_out",
    "stands_on",
    "records",
];

/// A row for each host, with the plan's own part in each.
fn rows(local: &Local, state: &State, record: &PlanRecord, forecast: &Forecast) -> Vec<Vec<Value>> {
    let plan = &*record.plan;
    let approved: Vec<&str> = record.consent.approvals.iter().map(|approval| approval.by.as_str()).collect();
    let standing = state.plan_standing(record, local.now);
    let accepted = standing.units.iter().filter(|unit| {
        let newest = record.consent.sign_offs.iter().rev().find(|sign_off| sign_off.unit == **unit);
        newest.is_some_and(|sign_off| sign_off.answer == UnitAnswer::Accept)
    });
    let accepted: Vec<&str> = accepted.map(|unit| unit.as_str()).collect();
    let at = |time: Option<model::Time>| time.map_or(Value::Empty, |time| Value::Text(local.machine(time)));
    let row = |item: &model::plan::Item| {
        let window = plan.ring(item.ring).and_then(|ring| plan.window_of(ring));
        let slot = forecast.timetable.slot(&item.host);
        let (stands_on, records) = forecast.history(&item.host);
        let patches: Vec<&str> = plan.patches_of(item).map(|patch| &*patch.title).collect();
        let closes: Vec<&str> =
            plan.patches_of(item).flat_map(|patch| patch.closes.iter().map(|cve| &**cve)).collect();
        vec![
            Value::from(plan.id.as_str()),
            Value::from(&*plan.title),
            Value::Text(record.hash.to_string()),
            plan.parent.map_or(Value::Empty, |parent| Value::Text(parent.to_string())),
            Value::from(PlanState::of(state, record, local.now).word()),
            Value::from(plan.requester.as_str()),
            Value::Text(local.machine(record.drafted.time)),
            Value::Text(approved.join("; ")),
            Value::Text(accepted.join("; ")),
            at(record.started.as_ref().map(|(stamp, _)| stamp.time)),
            Value::from(item.host.as_str()),
            Value::Text(patches.join("; ")),
            Value::Text(closes.join("; ")),
            Value::Number(i64::from(item.ring)),
            Value::Number(i64::from(item.wave)),
            at(window.map(|window| window.not_before)),
            at(window.map(|window| window.not_after)),
            at(slot.map(|slot| slot.p50.begins)),
            at(slot.map(|slot| slot.p90.ends)),
            Value::from(match &item.by {
                Hands::Agent => "agent",
                Hands::Person(kind) => kind.word(),
            }),
            Value::from(&*plan.contingency),
            Value::from(stands_on),
            Value::Number(i64::from(records)),
        ]
    };
    plan.items.iter().map(row).collect()
}

/// Everything, for programs: instants in RFC 3339, UTC, but for those inside `plan` and `consent`, which are as the API has them.
fn whole(local: &Local, state: &State, record: &PlanRecord, forecast: &Forecast) -> JsonValue {
    let standing = state.plan_standing(record, local.now);
    let log = state.night().rollout_log(&record.hash);
    let dark: Vec<JsonValue> = forecast
        .dark
        .iter()
        .map(|dark| {
            json!({"unit": dark.unit, "service": dark.service, "beds": dark.beds, "from": local.machine(dark.from),
                "to_p50": local.machine(dark.to_p50), "to_p90": local.machine(dark.to_p90), "fallback": dark.fallback})
        })
        .collect();
    let happened: Vec<JsonValue> = log
        .iter()
        .map(|event| {
            json!({"at": local.machine(event.stamp.time), "by": event.stamp.actor, "what": life::rollout(local.w, &event.what)})
        })
        .collect();
    let incidents: Vec<JsonValue> = state
        .night()
        .incidents()
        .values()
        .filter(|incident| incident.opened.plan == Some(record.hash))
        .map(|incident| {
            json!({"at": local.machine(incident.stamp.time), "what": say::incident_word(&incident.opened.kind),
                "says": say::incident(local, &incident.opened.kind), "closed": incident.closed.as_ref().map(|(stamp, evidence)| {
                    json!({"at": local.machine(stamp.time), "evidence": evidence})
                })})
        })
        .collect();
    json!({
        "as_of": local.machine(local.now),
        "plan": *record.plan,
        "hash": record.hash,
        "state": PlanState::of(state, record, local.now).word(),
        "drafted": {"at": local.machine(record.drafted.time), "by": record.drafted.actor},
        "withdrawn": record.withdrawn.as_ref().map(|(stamp, why)| {
            json!({"at": local.machine(stamp.time), "by": stamp.actor, "why": why})
        }),
        "superseded_by": record.superseded_by,
        "started": record.started.as_ref().map(|(stamp, by)| json!({"at": local.machine(stamp.time), "by": by})),
        "consent": record.consent,
        "units": standing.units,
        "findings": standing.findings,
        "stands_on": forecast.stands.says(local.w),
        "dark": dark,
        "hosts": state.night().standings(&record.hash, local.now),
        "happened": happened,
        "incidents": incidents,
    })
}
