//! `/api/v1/plans/campaign`: the planner for programs: what it finds for advisories or patches, and the result as a draft.

use axum::Json;
use hospital::Command;
use model::people::Role;
use planning::planner::answer::Answer;
use planning::planner::clash::Clash;
use planning::planner::report::DeviceReport;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::campaign::{Not, Typed, worked_out};
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
    /// What to know of how it came about.
    remarks: Vec<String>,
    /// Hash of the draft that was recorded.
    plan: Option<String>,
}

/// Plans for advisories or patches; records the result when a draft is asked for.
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
    let w = ctx.w;
    let outcome = match worked_out(&ctx, &asked.ask).await? {
        Ok(outcome) => outcome,
        Err(Not::Busy) => return Err(Problem::Busy(w.camp_busy().to_owned())),
        Err(Not::Fields(errors)) => {
            let each: Vec<String> = errors.iter().map(|(field, says)| format!("{field}: {says}")).collect();
            return Err(Problem::Bad(each.join("; ")));
        }
        Err(Not::NoDevice(built)) => {
            let each: Vec<String> =
                built.remarks.iter().map(|remark| campaign_say::remark(w, remark)).collect();
            return Err(Problem::Refused(format!("{} {}", w.camp_no_device(), each.join("; "))));
        }
    };
    let plan = match (asked.draft, outcome.plan) {
        (false, _) => None,
        (true, Err(not)) => return Err(Problem::Refused(format!("{}: {not}", w.camp_not_one_plan()))),
        (true, Ok(plan)) => {
            let hash = plan.hash();
            carry(&ctx, Command::DraftPlan(Box::new(plan))).await?;
            Some(hash.to_string())
        }
    };
    Ok(Json(FoundJson {
        title: outcome.built.request.title.to_string(),
        answer: outcome.planned.answer.clone(),
        report: outcome.planned.report.devices.clone(),
        clashes: outcome.planned.clashes.clone(),
        remarks: outcome.built.remarks.iter().map(|remark| campaign_say::remark(w, remark)).collect(),
        plan,
    }))
}
