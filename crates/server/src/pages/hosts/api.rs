//! `/api/v1/hosts…`: machines with an agent for programs.

use axum::Json;
use axum::extract::{Path, RawQuery};
use hospital::night::hosts::OrderRecord;
use hospital::night::timeline::HostEvent;
use model::AssetTag;
use model::host::HostObservation;
use rollout::standing::HostStanding;
use serde::Serialize;
use utoipa::ToSchema;

use super::data::HostLine;
use super::list;
use crate::api::ProblemJson;
use crate::clock::Local;
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::{look, say};

/// A page of hosts.
#[derive(Serialize, ToSchema)]
pub(crate) struct HostsJson {
    /// Hosts that meet the filter, in all.
    total: u64,
    /// Hosts left out before the first.
    offset: u64,
    /// Most hosts of one page.
    limit: u32,
    /// The page.
    hosts: Vec<HostLineJson>,
}

/// One host as lists show it. What is absent is not known.
#[derive(Serialize, ToSchema)]
pub(crate) struct HostLineJson {
    host: String,
    unit: Option<String>,
    system: Option<String>,
    /// RFC 3339, UTC.
    enrolled: Option<String>,
    /// When it was last observed; RFC 3339, UTC.
    evidence_at: Option<String>,
    /// `pending`, `unknown` or `clear`: what all sources say together.
    restart: &'static str,
    /// Sources that were read.
    sources_read: u64,
    /// Sources that its system has.
    sources: u64,
    patches_on_offer: u64,
    /// Its verdict in a running night.
    verdict: Option<&'static str>,
}

impl HostLineJson {
    fn new(local: &Local, line: HostLine) -> HostLineJson {
        let known = |text: String| (!text.is_empty()).then_some(text);
        HostLineJson {
            verdict: line.verdict.as_ref().map(say::verdict_word),
            host: line.tag,
            unit: known(line.unit),
            system: known(line.system),
            enrolled: line.enrolled.map(|at| local.machine(at)),
            evidence_at: line.observed_at.map(|at| local.machine(at)),
            restart: line.restart.word(),
            sources_read: line.read,
            sources: line.sources,
            patches_on_offer: line.available,
        }
    }
}

/// One host with all that is known of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct HostJson {
    host: String,
    /// Its last observation.
    #[schema(value_type = Option<Object>)]
    observation: Option<HostObservation>,
    /// Where it stands in the newest running night that it is in.
    #[schema(value_type = Option<Object>)]
    standing: Option<HostStanding>,
    /// Its orders, oldest first, with what it answered.
    #[schema(value_type = Vec<Object>)]
    orders: Vec<OrderRecord>,
    /// What happened on it, oldest first.
    #[schema(value_type = Vec<Object>)]
    events: Vec<HostEvent>,
}

/// Machines with an agent.
#[utoipa::path(
    get, path = "/api/v1/hosts",
    params(("q" = Option<String>, Query), ("restart" = Option<String>, Query), ("sort" = Option<String>, Query), ("offset" = Option<u64>, Query), ("limit" = Option<u32>, Query)),
    responses(
        (status = 200, description = "Hosts", body = HostsJson),
        (status = 400, description = "Not understood", body = ProblemJson, content_type = "application/problem+json"),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn hosts(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Json<HostsJson>, Problem> {
    let list = list::LIST.read(query.as_deref())?;
    let (lines, _) = list::found(&ctx, &list)?;
    let local = ctx.local();
    let total = lines.len() as u64;
    let page = list.page(lines.into_iter());
    Ok(Json(HostsJson {
        total,
        offset: list.offset,
        limit: list.limit,
        hosts: page.map(|line| HostLineJson::new(&local, line)).collect(),
    }))
}

/// One host: observation, standing, orders, what happened.
#[utoipa::path(
    get, path = "/api/v1/hosts/{id}",
    params(("id" = String, Path, description = "Asset tag")),
    responses(
        (status = 200, description = "The host", body = HostJson),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json"),
        (status = 404, description = "No such host", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn host(ctx: Ctx, Path(id): Path<String>) -> Result<Json<HostJson>, Problem> {
    let tag = AssetTag::new(&id).map_err(|_| Problem::NotFound)?;
    ctx.app.domain.node.read(|state| {
        let view = state.night().host(&tag).ok_or(Problem::NotFound)?;
        Ok(Json(HostJson {
            host: tag.to_string(),
            observation: view.observation(),
            standing: look::of_host(state, &tag, ctx.now).map(|(_, standing)| standing),
            orders: view.orders().to_vec(),
            events: view.events().cloned().collect(),
        }))
    })
}
