//! Places that tell their own probes of archives: letting one, which are silent, which are retired and why, and retiring one.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use hospital::Command;
use hospital::archives::fact::{PlaceAdmitted, PlaceRetired};
use hospital::archives::{ArchiveCommand, Pair};
use hospital::decide::archives::{PLACE_LENGTH_MAX_BYTES, PROBED_LATELY_MINUTES};
use model::ids::PairId;
use model::people::Role;
use serde::Deserialize;

use super::binding::frame;
use super::{asked, href, known, read};
use crate::front::Token;
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::devices::segment;
use crate::pages::night::act::{Act, reason};
use crate::pages::night::carry;
use crate::parts::{Field, FieldKind};

/// A place that is silent, or retired.
pub(super) struct Silent {
    pub(super) name: String,
    /// Since when, or by whom and why.
    pub(super) says: String,
    /// Where it is retired; empty where the reader cannot.
    pub(super) href: String,
}

/// Places that were not probed for as long as the gate believes a probe, those that were let and never told, and those that are retired, newest first.
pub(super) fn silent(ctx: &Ctx, id: &PairId, pair: &Pair, may_record: bool) -> Vec<Silent> {
    let (w, local) = (ctx.w, ctx.local());
    let mut names: Vec<&str> = pair.probes().iter().map(|probed| &*probed.place).collect();
    names.sort_unstable();
    names.dedup();
    let to_retire = |name: &str| match may_record {
        true => format!("{}/place?place={}", href(id), segment(name)),
        false => String::new(),
    };
    let waits = pair.admitted_places().iter().filter(|(_, is)| pair.last_probed_from(&is.place).is_none());
    let waits = waits.map(|(stamp, is)| Silent {
        name: is.place.to_string(),
        says: w.archive_place_wait(&stamp.actor, &local.moment(stamp.time)),
        href: to_retire(&is.place),
    });
    let silent = names.into_iter().filter_map(|name| {
        let at = pair.last_probed_from(name)?;
        (ctx.now.seconds_since(at) > PROBED_LATELY_MINUTES * 60).then(|| Silent {
            name: name.to_owned(),
            says: w.archive_place_silent(&local.moment(at)),
            href: to_retire(name),
        })
    });
    let retired = pair.retired_places().iter().rev().map(|(stamp, is)| Silent {
        name: is.place.to_string(),
        says: w.archive_place_retired(&stamp.actor, &local.moment(stamp.time), &is.because),
        href: String::new(),
    });
    silent.chain(waits).chain(retired).collect()
}

#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    place: String,
}

/// The secret of a place, shown once.
#[derive(Template)]
#[template(path = "pages/place_once.html")]
struct OncePage {
    shell: Shell,
    place: String,
    secret: String,
    back: String,
}

fn admitting(ctx: &Ctx, id: &PairId, place: &str, error: &str) -> Result<Act, Problem> {
    let (w, here) = (ctx.w, href(id));
    ctx.app.domain.node.read(|state| known(ctx, state, id))?;
    Ok(Act {
        shell: frame(ctx, id, w.archive_place_admit_title()),
        says: w.archive_place_admit_says().to_owned(),
        concerns: Vec::new(),
        fields: vec![
            Field::new("place", w.archive_place_admit_field(), FieldKind::Text)
                .value(place)
                .error(error)
                .focused(),
        ],
        action: format!("{here}/admit"),
        verb: w.archive_place_admit_verb().to_owned(),
        destructive: false,
        back: here,
    })
}

pub(super) async fn ask_admit(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    Ok(admitting(&ctx, &read(&id)?, "", "")?.answer(&ctx, false))
}

pub(super) async fn admit(
    ctx: Ctx,
    Path(id): Path<String>,
    Form(which): Form<Which>,
) -> Result<Response, Problem> {
    let by = ctx.require(Role::Engineer)?.name.clone();
    let id = read(&id)?;
    let place = which.place.trim();
    // Two that tell under one name would hide one another.
    if asked(&ctx, &id).is_some_and(|asked| *asked.place == *place) {
        return Ok(admitting(&ctx, &id, &which.place, ctx.w.archive_place_own())?.answer(&ctx, true));
    }
    let wrong = admitting(&ctx, &id, &which.place, ctx.w.archive_place_wrong())?;
    if place.is_empty() || place.len() > PLACE_LENGTH_MAX_BYTES || place.chars().any(char::is_control) {
        return Ok(wrong.answer(&ctx, true));
    }
    let token = Token::random();
    let token_sha256 = hex::encode(token.digest().0).into();
    let admitted = PlaceAdmitted { pair: id.clone(), place: place.into(), token_sha256 };
    carry(&ctx, Command::Archive(ArchiveCommand::AdmitPlace { admitted, by })).await?;
    let shell = frame(&ctx, &id, ctx.w.archive_place_admit_title());
    let page = OncePage { shell, place: place.to_owned(), secret: token.reveal(), back: href(&id) };
    Ok(ctx.page(page).into_response())
}

fn retiring(ctx: &Ctx, id: &PairId, place: &str, error: &str) -> Result<Act, Problem> {
    let (w, here) = (ctx.w, href(id));
    let pair = ctx.app.domain.node.read(|state| known(ctx, state, id))?;
    let is_let = pair.admitted_places().iter().any(|(_, is)| *is.place == *place);
    if !is_let && pair.last_probed_from(place).is_none() {
        return Err(Problem::NotFound);
    }
    Ok(Act {
        shell: frame(ctx, id, w.archive_place_title()),
        says: w.archive_place_says().to_owned(),
        concerns: vec![place.to_owned()],
        fields: vec![
            Field::new("because", w.archive_place_because(), FieldKind::Lines).error(error).focused(),
        ],
        action: format!("{here}/place?place={}", segment(place)),
        verb: w.archive_place_verb().to_owned(),
        destructive: true,
        back: here,
    })
}

pub(super) async fn ask_retire(
    ctx: Ctx,
    Path(id): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    Ok(retiring(&ctx, &read(&id)?, &which.place, "")?.answer(&ctx, false))
}

#[derive(Deserialize)]
pub(super) struct Because {
    #[serde(default)]
    because: String,
}

pub(super) async fn retire(
    ctx: Ctx,
    Path(id): Path<String>,
    Query(which): Query<Which>,
    Form(said): Form<Because>,
) -> Result<Response, Problem> {
    let by = ctx.require(Role::Engineer)?.name.clone();
    let id = read(&id)?;
    let Some(because) = reason(&said.because) else {
        return Ok(retiring(&ctx, &id, &which.place, ctx.w.work_missing())?.answer(&ctx, true));
    };
    let retired = PlaceRetired { pair: id.clone(), place: which.place.into(), because };
    carry(&ctx, Command::Archive(ArchiveCommand::RetirePlace { retired, by })).await?;
    Ok(Redirect::to(&href(&id)).into_response())
}
