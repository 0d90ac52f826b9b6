//! Comparing, probing, sending again and stopping: work in the background that needs no name under it.

use archive::StudyUid;
use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use model::ids::PairId;
use model::people::Role;
use serde::Deserialize;

use super::exams::urgent_first;
use super::{asked, href, known, read};
use crate::archives::PairAsked;
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

/// What is to be sent, most urgent first: of what the newest comparison shows to be missing at B, that one or all.
fn lacking(ctx: &Ctx, id: &PairId, chosen: &str) -> Result<Vec<(StudyUid, String)>, Problem> {
    let pair = ctx.app.domain.node.read(|state| known(ctx, state, id))?;
    let exams = pair.newest().map(|newest| urgent_first(ctx, newest)).unwrap_or_default();
    let wanted = exams
        .into_iter()
        .filter(|one| one.exam.lacks > 0)
        .filter(|one| chosen.is_empty() || one.exam.study.uid.0.as_str() == chosen);
    let wanted: Vec<_> =
        wanted.map(|one| (one.exam.study.uid.clone(), super::exams::name(ctx, one))).collect();
    if wanted.is_empty() {
        return Err(Problem::Refused(format!("{}.", ctx.w.archive_send_nothing())));
    }
    Ok(wanted)
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
    let wanted = lacking(&ctx, &id, &chosen.study)?;
    let count = wanted.len() as u64;
    let mut concerns: Vec<String> = wanted.into_iter().take(NAMED_MAX).map(|(_, name)| name).collect();
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
    let wanted = lacking(&ctx, &read(&id)?, &chosen.study)?;
    let studies = wanted.into_iter().map(|(study, _)| study).collect();
    start(&ctx, &id, ArchiveWork::Send(studies))
}
