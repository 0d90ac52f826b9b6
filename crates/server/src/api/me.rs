//! `GET /api/v1/me`: who I am here.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::Problem;
use crate::page::Ctx;

/// Whoever asks.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    /// Sign-in name.
    name: String,
    /// `reader`, `engineer` or `admin`.
    role: &'static str,
    /// Send it as `x-csrf-token` with changing calls of this session.
    form_token: String,
}

/// Who I am, what I may do, and the token for changing calls.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    responses(
        (status = 200, description = "Whoever asks", body = Me),
        (status = 401, description = "No session", body = super::ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn me(ctx: Ctx) -> Result<Json<Me>, Problem> {
    let person = ctx.person()?;
    Ok(Json(Me {
        name: person.name.to_string(),
        role: person.role.word(),
        form_token: ctx.visitor.token.form_token(),
    }))
}
