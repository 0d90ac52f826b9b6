//! `GET /api/v1/board`: the running nights for programs.

use axum::Json;
use rollout::standing::{Counts, DarkService, HostStanding, RingStanding};
use serde::Serialize;
use utoipa::ToSchema;

use super::all_counts;
use super::view::ENDED_SHOWN_MAX;
use crate::api::ProblemJson;
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::life::PlanState;
use crate::pages::night::look;

/// Every night that runs, and those that are over.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardJson {
    /// Nights of which something is still to come.
    nights: Vec<NightJson>,
    /// Nights that are over: stopped, or concluded. The newest [`ENDED_SHOWN_MAX`], newest started first.
    ended: Vec<EndedJson>,
    /// How many more there are; `/plans` has all.
    ended_left: u64,
}

/// One night that is over.
#[derive(Serialize, ToSchema)]
pub(crate) struct EndedJson {
    /// Hash of the plan.
    plan: String,
    title: String,
    /// `stopped` or `concluded`.
    state: &'static str,
    /// Hosts by verdict as it stands now; together all hosts.
    #[schema(value_type = Object)]
    counts: Counts,
    /// Every host as it stands now: a restart that surfaces opens a concluded night again.
    #[schema(value_type = Vec<Object>)]
    hosts: Vec<HostStanding>,
}

/// One night.
#[derive(Serialize, ToSchema)]
pub(crate) struct NightJson {
    /// Hash of the plan.
    plan: String,
    title: String,
    /// Hosts by verdict; together all hosts.
    #[schema(value_type = Object)]
    counts: Counts,
    /// What is dark now.
    #[schema(value_type = Vec<Object>)]
    dark: Vec<DarkService>,
    /// Every ring.
    #[schema(value_type = Vec<Object>)]
    rings: Vec<RingStanding>,
    /// Every host.
    #[schema(value_type = Vec<Object>)]
    hosts: Vec<HostStanding>,
}

/// The nights that run, as they are now.
#[utoipa::path(
    get, path = "/api/v1/board",
    responses(
        (status = 200, description = "The nights that run", body = BoardJson),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn board(ctx: Ctx) -> Result<Json<BoardJson>, Problem> {
    ctx.person()?;
    let (nights, ended, ended_left) = ctx.app.domain.node.read(|state| {
        let running = state.night().live(ctx.now).filter_map(|record| {
            let look = look::look(state, record, ctx.now)?;
            let (counts, _) = all_counts(&look);
            Some(NightJson {
                plan: record.hash.to_string(),
                title: record.plan.title.to_string(),
                counts,
                dark: look.dark,
                rings: look.rings,
                hosts: look.hosts,
            })
        });
        let ended = state.night().ended(ctx.now);
        let left = ended.len().saturating_sub(ENDED_SHOWN_MAX) as u64;
        let over = ended.into_iter().take(ENDED_SHOWN_MAX).filter_map(|record| {
            let look = look::look(state, record, ctx.now)?;
            let (counts, _) = all_counts(&look);
            let state = PlanState::of(state, record, ctx.now).word();
            let (plan, title) = (record.hash.to_string(), record.plan.title.to_string());
            Some(EndedJson { plan, title, state, counts, hosts: look.hosts })
        });
        (running.collect(), over.collect(), left)
    });
    Ok(Json(BoardJson { nights, ended, ended_left }))
}
