//! `GET /api/v1/hospital`: the hospital as described, for programs.

use axum::Json;

use super::data::{self, Hospital};
use crate::api::ProblemJson;
use crate::http::Problem;
use crate::page::Ctx;

/// Sites, buildings, units, beds and services, with what is open on what carries them.
#[utoipa::path(
    get,
    path = "/api/v1/hospital",
    responses(
        (status = 200, description = "The hospital as described", body = Hospital),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn hospital(ctx: Ctx) -> Result<Json<Hospital>, Problem> {
    ctx.person()?;
    Ok(Json(ctx.app.domain.node.read(data::hospital)))
}
