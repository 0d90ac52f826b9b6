//! Comparing, probing, sending again and stopping: work in the background that needs no name under it.

use std::collections::BTreeSet;

use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use model::ids::PairId;
use model::people::Role;
use serde::Deserialize;

use super::exams::urgent_first;
use super::{asked, doubts, href, known, read};
use crate::archives::{PairAsked, ToSend};
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::act::Act;
use crate::work::ArchiveWork;

fn pair_of(ctx: &Ctx, id: &PairId) -> Result<PairAsked, Problem> {
    asked(ctx, id).ok_or_else(|| Problem::Refused(format!("{}.", ctx.w.archive_unknown_pair())))
}

fn start(ctx: &Ctx, id: &str, work: ArchiveWork) -> Result<Response, Problem> {
    let by = ctx.require(Role::Engineer)?.name.to_string();
    let id = read(id)?;
    let pair = pair_of(ctx, &id)?;
    if !ctx.app.archive_desk.start(&ctx.app, &pair, work, &by) {
        return Err(Problem::Refused(format!("{}.", ctx.w.archive_busy())));
    }
    Ok(Redirect::to(&href(&id)).into_response())
}

pub(super) async fn compare(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    start(&ctx, &id, ArchiveWork::Compare)
}

pub(super) async fn probe(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    start(&ctx, &id, ArchiveWork::Probe)
}

pub(super) async fn stop(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    let id = read(&id)?;
    ctx.app.archive_desk.stop(&id);
    Ok(Redirect::to(&href(&id)).into_response())
}

/// One examination, or everything that is missing.
#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    study: String,
}

/// What is to be sent, most urgent first, by name: of what the newest comparison shows to be missing at B, and then of what is in doubt there, that one or all.
fn lacking(ctx: &Ctx, id: &PairId, chosen: &str) -> Result<(ToSend, Vec<String>), Problem> {
    let pair = ctx.app.domain.node.read(|state| known(ctx, state, id))?;
    let exams = pair.newest().map(|newest| urgent_first(ctx, newest)).unwrap_or_default();
    let wanted = exams
        .into_iter()
        .filter(|one| one.exam.lacks > 0)
        .map(|one| (one.exam.study.uid.clone(), super::exams::name(ctx, one)));
    let in_doubt = doubts::urgent_first(ctx, &pair);
    let in_doubt =
        in_doubt.into_iter().map(|(study, doubt)| (study.clone(), doubts::name(ctx, study, doubt)));
    let (mut to_send, mut names, mut known) = (ToSend::default(), Vec::new(), BTreeSet::new());
    for (study, name) in wanted.chain(in_doubt) {
        let is_chosen = chosen.is_empty() || study.0.as_str() == chosen;
        if is_chosen && known.insert(study.clone()) {
            to_send.studies.push(study);
            names.push(name);
        }
    }
    if names.is_empty() {
        return Err(Problem::Refused(format!("{}.", ctx.w.archive_send_nothing())));
    }
    to_send.again =
        to_send.studies.iter().filter(|study| pair.doubts().contains_key(study)).cloned().collect();
    Ok((to_send, names))
}

/// Most examinations that are named before they are sent.
const NAMED_MAX: usize = 50;

pub(super) async fn ask_send(
    ctx: Ctx,
    Path(id): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    let (w, id) = (ctx.w, read(&id)?);
    let pair = pair_of(&ctx, &id)?;
    let (_, names) = lacking(&ctx, &id, &chosen.study)?;
    let count = names.len() as u64;
    let mut concerns: Vec<String> = names.into_iter().take(NAMED_MAX).collect();
    let more = count - concerns.len() as u64;
    concerns.extend((more > 0).then(|| w.archive_exams_more(more)));
    let here = href(&id);
    let query = if chosen.study.is_empty() { String::new() } else { format!("?study={}", chosen.study) };
    let act = Act {
        shell: ctx
            .shell(w.archive_send_title())
            .crumb("/archive", w.archive_title())
            .crumb(here.clone(), id.as_str()),
        says: w.archive_send_says(count, &pair.a, &pair.b),
        concerns,
        fields: Vec::new(),
        action: format!("{here}/send{query}"),
        verb: w.archive_send_verb().to_owned(),
        destructive: false,
        back: here,
    };
    Ok(act.answer(&ctx, false))
}

pub(super) async fn send(
    ctx: Ctx,
    Path(id): Path<String>,
    Query(chosen): Query<Chosen>,
    Form(_): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    let (wanted, _) = lacking(&ctx, &read(&id)?, &chosen.study)?;
    start(&ctx, &id, ArchiveWork::Send(wanted))
}
