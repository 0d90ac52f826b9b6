//! `GET /api/v1/calendar`: every change and what stacks, for programs.

use axum::Json;
use axum::extract::RawQuery;
use planning::stack::Stack;
use serde::Serialize;
use utoipa::ToSchema;

use super::data::Line;
use super::list;
use crate::api::ProblemJson;
use crate::clock::Local;
use crate::http::Problem;
use crate::page::Ctx;

/// Changes and stacks.
#[derive(Serialize, ToSchema)]
pub(crate) struct CalendarJson {
    /// Changes that meet the filter, in all.
    total: u64,
    /// Left out before the first.
    offset: u64,
    /// Most of one page.
    limit: u32,
    changes: Vec<ChangeJson>,
    /// Every service on which changes stack: `service`, `plans` by hash, `layers`, `apart_seconds` (0: at once; null: one plan).
    #[schema(value_type = Vec<Object>)]
    stacks: Vec<Stack>,
}

/// One plan as a change.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangeJson {
    /// Hash of the plan.
    plan: String,
    title: String,
    /// As in the list of plans.
    state: &'static str,
    /// RFC 3339, UTC.
    from: Option<String>,
    /// RFC 3339, UTC.
    to: Option<String>,
    hosts: u64,
    services: Vec<String>,
    /// `device`, `operating_system`, `database`, `software`.
    layers: Vec<&'static str>,
    units: Vec<String>,
}

impl ChangeJson {
    fn of(local: &Local, line: &Line) -> ChangeJson {
        ChangeJson {
            plan: line.hash.to_string(),
            title: line.title.clone(),
            state: line.state.word(),
            from: line.begins().map(|time| local.machine(time)),
            to: line.ends().map(|time| local.machine(time)),
            hosts: line.hosts,
            services: line.services.clone(),
            layers: line.layers.iter().map(|layer| layer.word()).collect(),
            units: line.units.clone(),
        }
    }
}

/// Every change, and where changes stack on a service.
#[utoipa::path(
    get, path = "/api/v1/calendar",
    params(("q" = Option<String>, Query), ("state" = Option<String>, Query), ("when" = Option<String>, Query, description = "coming or all"), ("days" = Option<u32>, Query, description = "Changes stack within so many days"), ("sort" = Option<String>, Query), ("offset" = Option<u64>, Query), ("limit" = Option<u32>, Query)),
    responses(
        (status = 200, description = "The calendar", body = CalendarJson),
        (status = 400, description = "Not understood", body = ProblemJson, content_type = "application/problem+json"),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn calendar(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Json<CalendarJson>, Problem> {
    let list = list::LIST.read(query.as_deref())?;
    let (calendar, _) = list::found(&ctx, &list)?;
    let local = ctx.local();
    Ok(Json(CalendarJson {
        total: calendar.lines.len() as u64,
        offset: list.offset,
        limit: list.limit,
        changes: list.page(calendar.lines.iter()).map(|line| ChangeJson::of(&local, line)).collect(),
        stacks: calendar.stacks,
    }))
}
