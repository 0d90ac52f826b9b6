//! `GET /api/v1/forecast`: how forecasts came out, for programs.

use axum::Json;
use axum::extract::RawQuery;
use planning::forecast::Calibration;
use serde::Serialize;
use utoipa::ToSchema;

use super::list;
use crate::api::ProblemJson;
use crate::http::Problem;
use crate::page::Ctx;

/// A page of device families.
#[derive(Serialize, ToSchema)]
pub(crate) struct CalibrationsJson {
    /// Device families and steps that meet the filter, in all.
    total: u64,
    /// Left out before the first.
    offset: u64,
    /// Most of one page.
    limit: u32,
    /// Records of past nights that were brought in from files. With own nights beside them the newest 500,000 of all are learnt from.
    imported_records: u64,
    /// Nights that those are of.
    imported_nights: u64,
    /// Each with whole counts of records of nights that were held out: `of`, `inside` the 90 % interval, `shorter`, `longer`,
    /// `within_p50`, `within_p90`.
    #[schema(value_type = Vec<Object>)]
    families: Vec<Calibration>,
}

/// How forecasts came out on nights that were held out, by device family and step.
#[utoipa::path(
    get, path = "/api/v1/forecast",
    params(("q" = Option<String>, Query), ("sort" = Option<String>, Query), ("offset" = Option<u64>, Query), ("limit" = Option<u32>, Query)),
    responses(
        (status = 200, description = "Device families", body = CalibrationsJson),
        (status = 400, description = "Not understood", body = ProblemJson, content_type = "application/problem+json"),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn forecast(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Json<CalibrationsJson>, Problem> {
    let list = list::LIST.read(query.as_deref())?;
    let (found, _) = list::found(&ctx, &list).await?;
    let (imported_records, imported_nights) = list::imported(&ctx);
    Ok(Json(CalibrationsJson {
        total: found.len() as u64,
        offset: list.offset,
        limit: list.limit,
        imported_records,
        imported_nights,
        families: list.page(found.into_iter()).collect(),
    }))
}
