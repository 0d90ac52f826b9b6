//! `/plans/{id}/work/{asset}`: work by hand, step by step: the label read, before and after shown, the test, the signature (R99).
//! The rules (right device, right person, in order) are the hospital's; here a form becomes a step.

use askama::Template;
use axum::Form;
use axum::extract::multipart::{Field as Part, MultipartError};
use axum::extract::{Multipart, Path};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use hospital::Command;
use model::AssetTag;
use model::patch::StepProof;
use model::people::Role;
use model::plan::Hands;
use model::work::{Shown, StepDone, WorkChecked, WorkSigned};
use serde::Deserialize;

use super::work_view::{Typed, View};
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::night::act::reason;
use crate::pages::night::{carry, plan_of};

/// Largest photograph.
pub(super) const PHOTO_SIZE_MAX_BYTES: usize = 10 * 1024 * 1024;
/// Largest body of a step: the photograph and the form around it.
pub(super) const PHOTO_UPLOAD_MAX_BYTES: usize = PHOTO_SIZE_MAX_BYTES + 64 * 1024;
/// What a browser lets people choose.
pub(super) const PHOTO_KINDS: &str = "image/jpeg,image/png,image/webp";
/// Most tries of one step that are shown.
pub(super) const STEP_SHOWN_MAX: usize = 10;
/// Longest text field of the form.
const TEXT_SIZE_MAX_BYTES: usize = 4_000;

#[derive(Template)]
#[template(path = "pages/work.html")]
struct WorkPage {
    shell: Shell,
    view: View,
}

fn page(ctx: &Ctx, id: &str, asset: &str, typed: &Typed) -> Result<Response, Problem> {
    let tag = AssetTag::new(asset).map_err(|_| Problem::NotFound)?;
    let view = ctx.app.domain.node.read(|state| View::new(ctx, state, plan_of(state, id)?, &tag, typed))?;
    let shell = ctx
        .shell(ctx.w.work_title(&view.host))
        .crumb("/plans", ctx.w.plans_title())
        .crumb(view.plan_href.clone(), view.plan.as_str());
    let page = ctx.page(WorkPage { shell, view });
    let status = if typed.wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(page.status(status).into_response())
}

pub(super) async fn show(ctx: Ctx, Path((id, asset)): Path<(String, String)>) -> Result<Response, Problem> {
    page(&ctx, &id, &asset, &Typed::default())
}

struct Form1 {
    typed: Typed,
    photo: Vec<u8>,
}

async fn text(mut part: Part<'_>) -> Result<String, MultipartError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await? {
        bytes.extend(chunk.iter().take(TEXT_SIZE_MAX_BYTES.saturating_sub(bytes.len())));
    }
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

async fn received(ctx: &Ctx, mut parts: Multipart) -> Result<Form1, Problem> {
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        _ => Problem::Bad(ctx.w.imports_broken_upload().to_owned()),
    };
    let (mut typed, mut photo) = (Typed::default(), Vec::new());
    while let Some(mut part) = parts.next_field().await.map_err(broken)? {
        match part.name() {
            Some("worker") => typed.worker = text(part).await.map_err(broken)?,
            Some("label") => typed.label = text(part).await.map_err(broken)?,
            Some("measured") => typed.measured = text(part).await.map_err(broken)?,
            Some("says") => typed.says = text(part).await.map_err(broken)?,
            Some("passed") => typed.passed = text(part).await.map_err(broken)? == "yes",
            Some("photo") => {
                while let Some(chunk) = part.chunk().await.map_err(broken)? {
                    if photo.len() + chunk.len() > PHOTO_SIZE_MAX_BYTES {
                        return Err(Problem::TooLarge);
                    }
                    photo.extend_from_slice(&chunk);
                }
            }
            Some(_) | None => {}
        }
    }
    Ok(Form1 { typed, photo })
}

/// The kind of a picture by how it begins; `None` for anything else, which is never kept or served.
fn picture(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some("image/png"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// What a form shows for a proof; or the field that is wrong.
async fn shown(
    ctx: &Ctx,
    proof: StepProof,
    form: &Form1,
) -> Result<Shown, Result<(&'static str, String), Problem>> {
    let w = ctx.w;
    let missing = |field| Ok((field, w.work_missing().to_owned()));
    match proof {
        StepProof::Said => Ok(Shown::Said),
        StepProof::Identity => {
            let label = reason(&form.typed.label).ok_or_else(|| missing("label"))?;
            Ok(Shown::Label(label))
        }
        StepProof::Before | StepProof::After if form.photo.is_empty() => {
            let measured = reason(&form.typed.measured).ok_or_else(|| missing("photo"))?;
            Ok(Shown::Measured(measured))
        }
        StepProof::Before | StepProof::After => {
            if picture(&form.photo).is_none() {
                return Err(Ok(("photo", w.work_photo_wrong().to_owned())));
            }
            let kept = ctx.app.domain.node.journal().put_blob(&form.photo).await;
            let hash = kept.map_err(|error| Err(Problem::internal(crate::http::chain(&error))))?;
            Ok(Shown::Photo(hash.to_string().into()))
        }
        StepProof::Test => {
            let says = reason(&form.typed.says).ok_or_else(|| missing("says"))?;
            Ok(Shown::Test { passed: form.typed.passed, says })
        }
    }
}

pub(super) async fn step(
    ctx: Ctx,
    Path((id, asset)): Path<(String, String)>,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    let form = form.map_err(|_| Problem::Bad(ctx.w.imports_broken_upload().to_owned()))?;
    let mut form = received(&ctx, form).await?;
    let host = AssetTag::new(&asset).map_err(|_| Problem::NotFound)?;
    let (plan, number, proof, installer) = ctx.app.domain.node.read(|state| {
        let record = plan_of(state, &id)?;
        let item = record.plan.item(&host).ok_or(Problem::NotFound)?;
        let Hands::Person(installer) = item.by else { return Err(Problem::NotFound) };
        let work = state.night().work(&record.hash, &host);
        let number = work.map_or(1, hospital::night::records::Work::next_step);
        let step = record.plan.steps_of(item).nth(usize::from(number.saturating_sub(1)));
        let proof = step.map(|step| step.proof).ok_or(Problem::NotFound)?;
        Ok((record.hash, number, proof, installer))
    })?;
    let wrong = if form.typed.worker.is_empty() {
        Err(Ok(("worker", ctx.w.work_missing().to_owned())))
    } else {
        shown(&ctx, proof, &form).await
    };
    let shown = match wrong {
        Ok(shown) => shown,
        Err(Err(problem)) => return Err(problem),
        Err(Ok(wrong)) => {
            form.typed.wrong = Some(wrong);
            return page(&ctx, &id, &asset, &form.typed);
        }
    };
    let worker: Box<str> = form.typed.worker.into();
    let step = StepDone { plan, host, step: number, shown, worker, installer };
    carry(&ctx, Command::DoStep(step)).await?;
    Ok(Redirect::to(&back(&ctx)).into_response())
}

/// The work's own page: this address without its last part.
fn back(ctx: &Ctx) -> String {
    let path = ctx.here.split('?').next().unwrap_or("/plans");
    path.rsplit_once('/').map_or("/plans", |(before, _)| before).to_owned()
}

#[derive(Deserialize)]
pub(super) struct Signature {
    #[serde(default)]
    by: String,
    #[serde(default)]
    version: String,
}

pub(super) async fn sign(
    ctx: Ctx,
    Path((id, asset)): Path<(String, String)>,
    Form(said): Form<Signature>,
) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    let host = AssetTag::new(&asset).map_err(|_| Problem::NotFound)?;
    let (by, version) = (reason(&said.by), reason(&said.version));
    let (Some(by), Some(version_seen)) = (by.clone(), version) else {
        let field = if by.is_none() { "by" } else { "version" };
        let wrong = Some((field, ctx.w.work_missing().to_owned()));
        let typed = Typed { worker: said.by, version: said.version, wrong, ..Typed::default() };
        return page(&ctx, &id, &asset, &typed);
    };
    let plan = ctx.app.domain.node.read(|state| plan_of(state, &id).map(|record| record.hash))?;
    let signed = WorkSigned { plan, host, by, finished_at: ctx.now, version_seen };
    carry(&ctx, Command::SignWork(signed)).await?;
    Ok(Redirect::to(&back(&ctx)).into_response())
}

#[derive(Deserialize)]
pub(super) struct Looked {
    #[serde(default)]
    by: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    says: String,
    #[serde(default)]
    passed: String,
}

/// Somebody checked finished work again.
pub(super) async fn check(
    ctx: Ctx,
    Path((id, asset)): Path<(String, String)>,
    Form(looked): Form<Looked>,
) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    let host = AssetTag::new(&asset).map_err(|_| Problem::NotFound)?;
    let passed = looked.passed == "yes";
    let wanted =
        [("label", &looked.label), ("says", &looked.says), ("version", &looked.version), ("by", &looked.by)];
    let [Some(label), Some(says), Some(version_seen), Some(by)] = wanted.map(|(_, text)| reason(text)) else {
        let missing = wanted.into_iter().find(|(_, text)| reason(text).is_none());
        let wrong = missing.map(|(field, _)| (field, ctx.w.work_missing().to_owned()));
        let Looked { by: worker, label, version, says, .. } = looked;
        let typed = Typed { worker, label, version, says, passed, wrong, ..Typed::default() };
        return page(&ctx, &id, &asset, &typed);
    };
    let plan = ctx.app.domain.node.read(|state| plan_of(state, &id).map(|record| record.hash))?;
    let checked = WorkChecked { plan, host, by, label, version_seen, passed, says };
    carry(&ctx, Command::CheckWork(checked)).await?;
    Ok(Redirect::to(&back(&ctx)).into_response())
}

/// The newest photograph of a step. Served as the picture it is and as nothing else.
pub(super) async fn photo(
    ctx: Ctx,
    Path((id, asset, step)): Path<(String, String, u16)>,
) -> Result<Response, Problem> {
    let host = AssetTag::new(&asset).map_err(|_| Problem::NotFound)?;
    let hash = ctx.app.domain.node.read(|state| {
        let record = plan_of(state, &id)?;
        let work = state.night().work(&record.hash, &host).ok_or(Problem::NotFound)?;
        let mine = work.steps.iter().rev().filter(|(_, done)| done.step == step);
        let photo = mine.filter_map(|(_, done)| match &done.shown {
            Shown::Photo(hash) => Some(hash.to_string()),
            Shown::Said | Shown::Label(_) | Shown::Measured(_) | Shown::Test { .. } => None,
        });
        photo.into_iter().next().ok_or(Problem::NotFound)
    })?;
    let hash = journal::Hash::parse(&hash).map_err(Problem::internal)?;
    let bytes = ctx.app.domain.node.journal().get_blob(&hash).await;
    let bytes = bytes.map_err(|error| Problem::internal(crate::http::chain(&error)))?;
    let bytes = bytes.ok_or(Problem::NotFound)?;
    let kind = picture(&bytes).ok_or(Problem::NotFound)?;
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, "inline")], bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_begins_like_a_picture_is_one() {
        assert_eq!(picture(b"\xFF\xD8\xFF\xE0rest"), Some("image/jpeg"));
        assert_eq!(picture(b"\x89PNG\r\n\x1a\nrest"), Some("image/png"));
        assert_eq!(picture(b"RIFF\0\0\0\0WEBPrest"), Some("image/webp"));
        for wrong in [&b"<svg onload=alert(1)>"[..], b"GIF89a", b"", b"RIFF"] {
            assert_eq!(picture(wrong), None);
        }
    }
}
