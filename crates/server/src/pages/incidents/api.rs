//! `GET /api/v1/incidents`: the incident list for programs.

use axum::Json;
use axum::extract::RawQuery;
use hospital::night::records::Incident;
use serde::Serialize;
use utoipa::ToSchema;

use super::list;
use crate::api::ProblemJson;
use crate::http::Problem;
use crate::page::Ctx;

/// A page of incidents.
#[derive(Serialize, ToSchema)]
pub(crate) struct IncidentsJson {
    /// Incidents that meet the filter, in all.
    total: u64,
    /// Incidents left out before the first.
    offset: u64,
    /// Most incidents of one page.
    limit: u32,
    /// The page, open ones first, newest first.
    #[schema(value_type = Vec<Object>)]
    incidents: Vec<Incident>,
}

/// What went otherwise than planned.
#[utoipa::path(
    get, path = "/api/v1/incidents",
    params(("q" = Option<String>, Query), ("state" = Option<String>, Query), ("sort" = Option<String>, Query), ("offset" = Option<u64>, Query), ("limit" = Option<u32>, Query)),
    responses(
        (status = 200, description = "Incidents", body = IncidentsJson),
        (status = 400, description = "Not understood", body = ProblemJson, content_type = "application/problem+json"),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn incidents(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Json<IncidentsJson>, Problem> {
    let list = list::LIST.read(query.as_deref())?;
    let (found, _) = ctx.app.domain.node.read(|state| list::found(state, &list))?;
    Ok(Json(IncidentsJson {
        total: found.len() as u64,
        offset: list.offset,
        limit: list.limit,
        incidents: list.page(found.into_iter()).collect(),
    }))
}
