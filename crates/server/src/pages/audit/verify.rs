//! The verification on `/audit`: how far it has come, what the last one found and how long ago.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use journal::{Hash, Head, Seq};
use model::people::Role;
use serde_json::Value as Json;

use crate::AppState;
use crate::http::Problem;
use crate::page::Ctx;
use crate::parts::{Age, Banner, BannerKind, Progress};

/// What the page shows of it.
pub(super) struct View {
    pub(super) progress: Option<Progress>,
    pub(super) result: Option<(Banner, String, Age)>,
}

impl View {
    pub(super) fn new(ctx: &Ctx, csrf: &str) -> View {
        let (w, local) = (ctx.w, ctx.local());
        let progress = ctx.app.verifier.progress().map(|(done, total)| Progress {
            w,
            id: "verifying".to_owned(),
            label: w.audit_verify_running().to_owned(),
            done,
            total: Some(total).filter(|total| *total > 0),
            note: w.audit_verify_note().to_owned(),
            stop_href: if ctx.may(Role::Engineer) { "/audit/verify/stop".to_owned() } else { String::new() },
            csrf: csrf.to_owned(),
        });
        let result = ctx.app.verifier.last().map(|last| {
            let (kind, text) = match &last.outcome {
                Ok(report) => match &report.broken {
                    None => {
                        let [entries, blobs, referred] =
                            [report.entries, report.blobs, report.referred].map(|n| w.number(n));
                        let whole = w.audit_verify_whole(&entries, &blobs, &referred);
                        let held =
                            last.remembered.map(|head| w.audit_verify_remembered_held(&w.number(head.seq.0)));
                        (BannerKind::Done, format!("{whole} {}", held.unwrap_or_default()))
                    }
                    Some(broken) => {
                        let (entries, blobs) = (w.number(report.entries), w.number(report.blobs));
                        (BannerKind::Error, w.audit_verify_broken(&broken.to_string(), &entries, &blobs))
                    }
                },
                Err(why) => (BannerKind::Warning, w.audit_verify_failed(why)),
            };
            let banner = Banner { w, kind, text: text.trim_end().to_owned() };
            (banner, w.audit_verify_by(&last.by, &local.moment(last.at)), Age::new(&local, last.at, None))
        });
        View { progress, result }
    }
}

/// A head as this page and `segue audit head --json` write it.
pub(super) fn read_head(text: &str) -> Option<Head> {
    let value: Json = serde_json::from_str(text.trim()).ok()?;
    let hash = |key: &str| Hash::parse(value.get(key)?.as_str()?).ok();
    Some(Head { seq: Seq(value.get("seq")?.as_u64()?), hash: hash("hash")?, root: hash("root")? })
}

pub(super) async fn start(
    State(app): State<AppState>,
    ctx: Ctx,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let person = ctx.require(Role::Engineer)?;
    let given = fields.iter().find(|(name, _)| name == "remembered").map_or("", |(_, text)| text.trim());
    let remembered = if given.is_empty() {
        None
    } else {
        Some(read_head(given).ok_or_else(|| Problem::Bad(ctx.w.audit_verify_bad_head().to_owned()))?)
    };
    app.verifier.start(&app, person.name.as_str(), remembered);
    Ok(Redirect::to("/audit").into_response())
}

pub(super) async fn stop(State(app): State<AppState>, ctx: Ctx) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    app.verifier.stop();
    Ok(Redirect::to("/audit").into_response())
}
