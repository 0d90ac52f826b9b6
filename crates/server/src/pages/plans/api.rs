//! `/api/v1/plans…`: plans and their standing for programs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery};
use model::agreement::{Consent, PlanFinding};
use model::plan::Plan;
use planning::forecast::Campaign;
use rollout::standing::{HostStanding, RingStanding};
use serde::Serialize;
use utoipa::ToSchema;

use super::data::{PlanLine, PlanLineJson};
use super::list;
use crate::api::ProblemJson;
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::forecast::declared;
use crate::pages::night::look;
use crate::pages::night::past::{Gathered, Past};
use crate::pages::night::plan_of;

/// A page of plans.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlansJson {
    /// Plans that meet the filter, in all.
    total: u64,
    /// Plans left out before the first.
    offset: u64,
    /// Most plans of one page.
    limit: u32,
    /// The page.
    plans: Vec<PlanLineJson>,
}

/// When beds of a unit lose a service, as forecast from declared minutes.
#[derive(Serialize, ToSchema)]
pub(crate) struct DarkJson {
    unit: String,
    service: String,
    beds: Vec<String>,
    /// RFC 3339, UTC.
    from: String,
    /// Back at the median.
    to_p50: String,
    /// Back at the 90th percentile.
    to_p90: String,
    /// What stands in.
    fallback: Option<String>,
}

/// One plan.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanJson {
    /// As in the list.
    standing: PlanLineJson,
    /// The plan itself, as it was drafted.
    #[schema(value_type = Object)]
    plan: Plan,
    /// What units, staff and approvers said.
    #[schema(value_type = Object)]
    consent: Consent,
    /// What the checker finds.
    #[schema(value_type = Vec<Object>)]
    findings: Vec<PlanFinding>,
    /// Dark times of units from declared minutes; what past nights say is in `forecast`.
    dark: Vec<DarkJson>,
    /// What past nights say, for a plan that is not begun.
    forecast: Option<ForecastJson>,
}

/// A plan replayed on what past nights showed.
#[derive(Serialize, ToSchema)]
pub(crate) struct ForecastJson {
    /// Records of past nights that were learnt from.
    records: u64,
    /// The nights that they come from.
    nights: u64,
    /// Hosts with history of their own patch family.
    known_hosts: u64,
    /// Percentiles and counts of replays; instants in microseconds since 1970 UTC.
    #[schema(value_type = Object)]
    campaign: Campaign,
}

impl From<Past> for ForecastJson {
    fn from(past: Past) -> ForecastJson {
        let known_hosts = past.known_hosts();
        ForecastJson {
            records: past.records,
            nights: past.nights,
            known_hosts,
            campaign: Arc::unwrap_or_clone(past.campaign),
        }
    }
}

/// How a night stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportJson {
    standing: PlanLineJson,
    /// Every host with verdict, evidence and what it waits for.
    #[schema(value_type = Vec<Object>)]
    hosts: Vec<HostStanding>,
    /// Every ring with exact counts.
    #[schema(value_type = Vec<Object>)]
    rings: Vec<RingStanding>,
}

/// Plans, newest first.
#[utoipa::path(
    get, path = "/api/v1/plans",
    params(("q" = Option<String>, Query), ("state" = Option<String>, Query), ("sort" = Option<String>, Query), ("offset" = Option<u64>, Query), ("limit" = Option<u32>, Query)),
    responses(
        (status = 200, description = "Plans", body = PlansJson),
        (status = 400, description = "Not understood", body = ProblemJson, content_type = "application/problem+json"),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn plans(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Json<PlansJson>, Problem> {
    let list = list::LIST.read(query.as_deref())?;
    let (lines, _) = list::found(&ctx, &list)?;
    let local = ctx.local();
    let total = lines.len() as u64;
    let page = list.page(lines.into_iter());
    Ok(Json(PlansJson {
        total,
        offset: list.offset,
        limit: list.limit,
        plans: page.map(|line| line.json(&local)).collect(),
    }))
}

/// One plan with what was said about it and what it means.
#[utoipa::path(
    get, path = "/api/v1/plans/{id}",
    params(("id" = String, Path, description = "Hash, or at least its first twelve digits")),
    responses(
        (status = 200, description = "The plan", body = PlanJson),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json"),
        (status = 404, description = "No such plan", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn plan(ctx: Ctx, Path(id): Path<String>) -> Result<Json<PlanJson>, Problem> {
    let local = ctx.local();
    let (mut plan, gathered) = ctx.app.domain.node.read(|state| {
        let record = plan_of(state, &id)?;
        let forecast = declared(&record.plan, &state.topology(&record.plan));
        let dark = forecast.dark.into_iter().map(|dark| DarkJson {
            unit: dark.unit.to_string(),
            service: dark.service.to_string(),
            beds: dark.beds.iter().map(ToString::to_string).collect(),
            from: local.machine(dark.from),
            to_p50: local.machine(dark.to_p50),
            to_p90: local.machine(dark.to_p90),
            fallback: dark.fallback.map(|service| service.to_string()),
        });
        let plan = PlanJson {
            standing: PlanLine::new(state, record, ctx.now).json(&local),
            plan: (*record.plan).clone(),
            consent: record.consent.clone(),
            findings: state.plan_standing(record, ctx.now).findings,
            dark: dark.collect(),
            forecast: None,
        };
        let gathered =
            record.is_open().then(|| (ctx.app.forecasts.nights(state), Gathered::of(state, &record.plan)));
        Ok::<_, Problem>((plan, gathered))
    })?;
    if let Some((nights, gathered)) = gathered {
        plan.forecast = Some(Past::of(&ctx.app, nights, gathered).await?.into());
    }
    Ok(Json(plan))
}

/// How a night stands: every host and ring.
#[utoipa::path(
    get, path = "/api/v1/plans/{id}/report",
    params(("id" = String, Path, description = "Hash, or at least its first twelve digits")),
    responses(
        (status = 200, description = "How it stands", body = ReportJson),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json"),
        (status = 404, description = "No such plan", body = ProblemJson, content_type = "application/problem+json"),
        (status = 422, description = "The night has not started", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn report(ctx: Ctx, Path(id): Path<String>) -> Result<Json<ReportJson>, Problem> {
    let local = ctx.local();
    ctx.app.domain.node.read(|state| {
        let record = plan_of(state, &id)?;
        let look = look::look(state, record, ctx.now);
        let look = look.ok_or_else(|| Problem::Refused(ctx.w.report_not_started().to_owned()))?;
        let standing = PlanLine::new(state, record, ctx.now).json(&local);
        Ok(Json(ReportJson { standing, hosts: look.hosts, rings: look.rings }))
    })
}
