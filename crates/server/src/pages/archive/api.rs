//! `GET /api/v1/archives` and `/api/v1/archives/{pair}`: the gate for programs.

use archive::gate::Decision;
use archive::kept::{Kept, LookedFor};
use axum::Json;
use axum::extract::Path;
use hospital::archives::{Comparison, Pair};
use model::Time;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::names;
use super::{RULES, known, read};
use crate::api::ProblemJson;
use crate::http::Problem;
use crate::page::Ctx;

/// A pair of image archives, and whether the hospital may go over.
#[derive(Serialize, ToSchema)]
pub(crate) struct GateJson {
    /// The pair's name.
    pair: String,
    /// The archive in use.
    a: String,
    /// The one that stands in.
    b: String,
    /// May the hospital go over now?
    go: bool,
    /// Is it proven that nothing differs? Only with a proof that is not too old is that a reason to go.
    proven_equal: bool,
    /// Each reason against, and what a person must know besides.
    #[schema(value_type = Object)]
    decision: Decision,
    /// The same reasons as sentences.
    against: Vec<String>,
    /// The newest comparison: counts, and the examinations that are not at B as they are at A.
    #[schema(value_type = Option<Object>)]
    compared: Option<Kept>,
    /// What was expected, and looked for.
    #[schema(value_type = Option<Object>)]
    looked_for: Option<LookedFor>,
    /// The instant for which it holds, in microseconds since 1970.
    #[schema(value_type = Option<i64>)]
    at: Option<Time>,
}

/// Every pair.
#[derive(Serialize, ToSchema)]
pub(crate) struct GatesJson {
    /// By name.
    pairs: Vec<GateJson>,
}

fn gate(ctx: &Ctx, id: &str, pair: &Pair) -> GateJson {
    let decision = pair.decision(&RULES(), ctx.now);
    let newest = pair.newest();
    GateJson {
        pair: id.to_owned(),
        a: pair.a.to_string(),
        b: pair.b.to_string(),
        go: decision.is_go(),
        proven_equal: newest.is_some_and(|newest| newest.compared.is_proven_equal()),
        against: decision.against.iter().map(ToString::to_string).collect(),
        decision,
        compared: newest.map(|newest| newest.compared.clone()),
        looked_for: newest.and_then(|newest| newest.looked_for.clone()),
        at: newest.map(Comparison::at),
    }
}

/// Every pair of image archives.
#[utoipa::path(
    get, path = "/api/v1/archives",
    responses(
        (status = 200, description = "Pairs", body = GatesJson),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn archives(ctx: Ctx) -> Result<Json<GatesJson>, Problem> {
    let pairs = ctx.app.domain.node.read(|state| {
        let one = |id: model::ids::PairId| Ok(gate(&ctx, id.as_str(), &known(&ctx, state, &id)?));
        names(&ctx, state).into_iter().map(one).collect::<Result<Vec<GateJson>, Problem>>()
    })?;
    Ok(Json(GatesJson { pairs }))
}

/// One pair of image archives.
#[utoipa::path(
    get, path = "/api/v1/archives/{pair}",
    params(("pair" = String, Path)),
    responses(
        (status = 200, description = "The pair", body = GateJson),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json"),
        (status = 404, description = "No such pair", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn archive_pair(ctx: Ctx, Path(id): Path<String>) -> Result<Json<GateJson>, Problem> {
    let id = read(&id)?;
    let pair = ctx.app.domain.node.read(|state| known(&ctx, state, &id))?;
    Ok(Json(gate(&ctx, id.as_str(), &pair)))
}
