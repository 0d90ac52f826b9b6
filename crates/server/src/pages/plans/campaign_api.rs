//! `/api/v1/plans/campaign`: the planner for programs: what it finds for advisories or patches, and the result as a draft.

use axum::Json;
use hospital::Command;
use hospital::campaign::{Moved, Moves, moves};
use model::people::Role;
use planning::planner::answer::Answer;
use planning::planner::clash::Clash;
use planning::planner::report::DeviceReport;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::campaign::{Not, Typed, not_one_plan, worked_out};
use super::campaign_say;
use crate::api::ProblemJson;
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::carry;

/// What is to be planned.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AskedJson {
    /// As on `/plans/new/campaign`.
    ask: Typed,
    /// Record the result as the draft of a plan.
    #[serde(default)]
    draft: bool,
}

/// What the planner found.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundJson {
    title: String,
    /// Each device's window or why it has none; each goal with a bound.
    #[schema(value_type = Object)]
    answer: Answer,
    /// Of each device why there, why not earlier, what it waits for.
    #[schema(value_type = Vec<Object>)]
    report: Vec<DeviceReport>,
    /// Rules that cannot all hold for devices without a window.
    #[schema(value_type = Vec<Object>)]
    clashes: Vec<Clash>,
    /// What changes of what people were told by plans of the journal; left out where none had any of these devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    again: Option<MovesJson>,
    /// What to know of how it came about.
    remarks: Vec<String>,
    /// Hash of the draft that was recorded.
    plan: Option<String>,
}

/// What changes of what people were told.
#[derive(Serialize, ToSchema)]
pub(crate) struct MovesJson {
    /// Devices that stay where people were told.
    kept: u64,
    /// Those that do not.
    moved: Vec<MoveJson>,
    /// The units that agreed to the windows of those.
    units_told_again: Vec<String>,
    /// People who must be told again, each once.
    people_told_again: u64,
}

/// A device that moves.
#[derive(Serialize, ToSchema)]
pub(crate) struct MoveJson {
    device: String,
    /// When people were told that its window opens, in microseconds since 1970.
    told_not_before: i64,
    /// When people were told that it closes.
    told_not_after: i64,
    /// Its window now; null where it has none.
    window: Option<String>,
}

impl MovesJson {
    fn of(moves: Moves) -> MovesJson {
        let one = |moved: Moved| MoveJson {
            device: moved.host.to_string(),
            told_not_before: moved.told.not_before.0,
            told_not_after: moved.told.not_after.0,
            window: moved.to.map(|window| window.to_string()),
        };
        MovesJson {
            kept: moves.kept,
            moved: moves.moved.into_iter().map(one).collect(),
            units_told_again: moves.units.iter().map(ToString::to_string).collect(),
            people_told_again: moves.people,
        }
    }
}

/// Plans for advisories or patches, or a plan again; records the result when a draft is asked for.
#[utoipa::path(
    post,
    path = "/api/v1/plans/campaign",
    request_body = AskedJson,
    responses(
        (status = 200, description = "What the planner found", body = FoundJson),
        (status = 400, description = "Not understood", body = ProblemJson, content_type = "application/problem+json"),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json"),
        (status = 422, description = "Nothing to plan, or not one plan", body = ProblemJson, content_type = "application/problem+json"),
        (status = 503, description = "The planner works on another plan", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn campaign(ctx: Ctx, Json(asked): Json<AskedJson>) -> Result<Json<FoundJson>, Problem> {
    ctx.require(Role::Engineer)?;
    let (w, local) = (ctx.w, ctx.local());
    let outcome = match worked_out(&ctx, &asked.ask).await? {
        Ok(outcome) => outcome,
        Err(Not::Busy) => return Err(Problem::Busy(w.camp_busy().to_owned())),
        Err(Not::Fields(errors)) => {
            let each: Vec<String> = errors.iter().map(|(field, says)| format!("{field}: {says}")).collect();
            return Err(Problem::Bad(each.join("; ")));
        }
        Err(Not::NoDevice(built)) => {
            let each: Vec<String> =
                built.remarks.iter().map(|remark| campaign_say::remark(&local, remark)).collect();
            return Err(Problem::Refused(format!("{} {}", w.camp_no_device(), each.join("; "))));
        }
    };
    let plan = match (asked.draft, outcome.plan) {
        (false, _) => None,
        (true, Err(not)) => return Err(Problem::Refused(not_one_plan(w, &not))),
        (true, Ok(plan)) => {
            let hash = plan.hash();
            carry(&ctx, Command::DraftPlan(Box::new(plan))).await?;
            Some(hash.to_string())
        }
    };
    Ok(Json(FoundJson {
        title: outcome.built.request.title.to_string(),
        again: moves(&outcome.built, &outcome.planned.answer).map(MovesJson::of),
        answer: outcome.planned.answer.clone(),
        report: outcome.planned.report.devices.clone(),
        clashes: outcome.planned.clashes.clone(),
        remarks: outcome.built.remarks.iter().map(|remark| campaign_say::remark(&local, remark)).collect(),
        plan,
    }))
}
