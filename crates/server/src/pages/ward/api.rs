//! `GET /api/v1/wards/{unit}`: a unit's card for programs.

use axum::Json;
use axum::extract::Path;
use hospital::night::records::{Notice, Outage};
use rollout::standing::DarkService;
use serde::Serialize;
use utoipa::ToSchema;

use super::data::{asked, concerns, unanswered, unit_of};
use crate::api::ProblemJson;
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::past::Outlooks;

/// One unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct WardJson {
    unit: String,
    beds: Vec<String>,
    /// What of its beds is dark now.
    #[schema(value_type = Vec<Object>)]
    dark_now: Vec<DarkService>,
    /// Plans that concern it, by hash.
    plans: Vec<String>,
    /// Plans that it has not answered, by hash.
    plans_unanswered: Vec<String>,
    /// Further outages that it has not answered.
    #[schema(value_type = Vec<Object>)]
    outages_unanswered: Vec<Outage>,
    /// What it was told, newest first.
    #[schema(value_type = Vec<Object>)]
    notices: Vec<Notice>,
}

/// What is dark, planned, asked and told for one unit.
#[utoipa::path(
    get, path = "/api/v1/wards/{unit}",
    params(("unit" = String, Path, description = "The unit's short name")),
    responses(
        (status = 200, description = "The unit's card", body = WardJson),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json"),
        (status = 404, description = "No such unit", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn ward(ctx: Ctx, Path(unit): Path<String>) -> Result<Json<WardJson>, Problem> {
    ctx.app.domain.node.read(|state| {
        let (unit, beds) = unit_of(state, &unit)?;
        // Which plans concern it does not hang on when they are forecast to be over.
        let concerns = concerns(state, &unit, ctx.now, &Outlooks::new());
        let notices = state.night().notices().rev().filter(|notice| notice.units.contains(&unit));
        Ok(Json(WardJson {
            dark_now: concerns.iter().flat_map(|concern| concern.dark(&beds)).cloned().collect(),
            plans: concerns.iter().map(|concern| concern.record.hash.to_string()).collect(),
            plans_unanswered: unanswered(state, &unit).map(|record| record.hash.to_string()).collect(),
            outages_unanswered: asked(state, &unit).cloned().collect(),
            notices: notices.cloned().collect(),
            beds: beds.iter().map(ToString::to_string).collect(),
            unit: unit.to_string(),
        }))
    })
}
