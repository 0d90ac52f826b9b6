//! What is recorded in somebody's name: a look at a way out, how fast the first image may come.

use archive::Side;
use archive::gate::WayOut;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use hospital::Command;
use hospital::archives::ArchiveCommand;
use hospital::archives::fact::{BaselineSet, WayOutSeen};
use model::ids::PairId;
use model::people::Role;
use serde::Deserialize;

use super::{href, known, read, say};
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::night::act::{Act, reason};
use crate::pages::night::carry;
use crate::parts::{Field, FieldKind};

/// The frame of a page before something is recorded about a pair.
pub(super) fn frame(ctx: &Ctx, id: &PairId, title: &str) -> Shell {
    ctx.shell(title).crumb("/archive", ctx.w.archive_title()).crumb(href(id), id.as_str())
}

#[derive(Deserialize)]
pub(super) struct WhichWay {
    #[serde(default)]
    way: String,
}

fn way_of(word: &str) -> Result<WayOut, Problem> {
    match word {
        "viewer" => Ok(WayOut::FallbackViewer),
        "back" => Ok(WayOut::RollBack),
        _ => Err(Problem::NotFound),
    }
}

fn looking(ctx: &Ctx, id: &PairId, which: &WhichWay, error: &str) -> Result<Act, Problem> {
    let (w, here) = (ctx.w, href(id));
    let way = way_of(&which.way)?;
    Ok(Act {
        shell: frame(ctx, id, say::way(w, way)),
        says: w.archive_look_says().to_owned(),
        concerns: Vec::new(),
        fields: vec![
            Field::new("ready", w.archive_look_ready(), FieldKind::Tick).optional(),
            Field::new("remark", w.archive_remark(), FieldKind::Lines).error(error).focused(),
        ],
        action: format!("{here}/look?way={}", which.way),
        verb: w.archive_look().to_owned(),
        destructive: false,
        back: here,
    })
}

pub(super) async fn ask_look(
    ctx: Ctx,
    Path(id): Path<String>,
    Query(which): Query<WhichWay>,
) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    Ok(looking(&ctx, &read(&id)?, &which, "")?.answer(&ctx, false))
}

#[derive(Deserialize)]
pub(super) struct Seen {
    #[serde(default)]
    ready: String,
    #[serde(default)]
    remark: String,
}

pub(super) async fn look(
    ctx: Ctx,
    Path(id): Path<String>,
    Query(which): Query<WhichWay>,
    Form(seen): Form<Seen>,
) -> Result<Response, Problem> {
    let by = ctx.require(Role::Engineer)?.name.clone();
    let id = read(&id)?;
    let Some(remark) = reason(&seen.remark) else {
        return Ok(looking(&ctx, &id, &which, ctx.w.work_missing())?.answer(&ctx, true));
    };
    let (way, is_ready) = (way_of(&which.way)?, seen.ready == "yes");
    let seen = WayOutSeen { pair: id.clone(), way, is_ready, remark };
    carry(&ctx, Command::Archive(ArchiveCommand::SeeWayOut { seen, by })).await?;
    Ok(Redirect::to(&href(&id)).into_response())
}

#[derive(Deserialize)]
pub(super) struct WhichPlace {
    #[serde(default)]
    side: String,
    #[serde(default)]
    place: String,
}

impl WhichPlace {
    fn side(&self) -> Result<Side, Problem> {
        match self.side.as_str() {
            "A" => Ok(Side::A),
            "B" => Ok(Side::B),
            _ => Err(Problem::NotFound),
        }
    }
}

fn allowing(ctx: &Ctx, id: &PairId, which: &WhichPlace, error: &str) -> Result<Act, Problem> {
    let (w, here, side) = (ctx.w, href(id), which.side()?);
    let pair = ctx.app.domain.node.read(|state| known(ctx, state, id))?;
    let probed = pair.probes().iter().find(|probed| probed.side == side && *probed.place == *which.place);
    let last = probed.and_then(|probed| probed.probes.last()).ok_or(Problem::NotFound)?;
    let set = pair.baseline(side, &which.place).map(|(_, set)| set.p95_max_milliseconds.to_string());
    let place = crate::pages::devices::segment(&which.place);
    Ok(Act {
        shell: frame(ctx, id, w.archive_baseline_title()),
        says: w.archive_baseline_says(&w.number(last.first_image.p95_milliseconds)),
        concerns: vec![format!("{side}: {}", which.place)],
        fields: vec![
            Field::new("milliseconds", w.archive_baseline_field(), FieldKind::Text)
                .value(set.unwrap_or_default())
                .error(error)
                .focused(),
        ],
        action: format!("{here}/baseline?side={side}&place={place}"),
        verb: w.archive_baseline_verb().to_owned(),
        destructive: false,
        back: here,
    })
}

pub(super) async fn ask_baseline(
    ctx: Ctx,
    Path(id): Path<String>,
    Query(which): Query<WhichPlace>,
) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    Ok(allowing(&ctx, &read(&id)?, &which, "")?.answer(&ctx, false))
}

#[derive(Deserialize)]
pub(super) struct Allowed {
    #[serde(default)]
    milliseconds: String,
}

pub(super) async fn baseline(
    ctx: Ctx,
    Path(id): Path<String>,
    Query(which): Query<WhichPlace>,
    Form(allowed): Form<Allowed>,
) -> Result<Response, Problem> {
    let by = ctx.require(Role::Engineer)?.name.clone();
    let id = read(&id)?;
    let Some(p95_max_milliseconds) = allowed.milliseconds.trim().parse().ok().filter(|most| *most > 0) else {
        return Ok(allowing(&ctx, &id, &which, ctx.w.archive_baseline_wrong())?.answer(&ctx, true));
    };
    let (side, place) = (which.side()?, which.place.into());
    let set = BaselineSet { pair: id.clone(), side, place, p95_max_milliseconds };
    carry(&ctx, Command::Archive(ArchiveCommand::SetBaseline { set, by })).await?;
    Ok(Redirect::to(&href(&id)).into_response())
}
