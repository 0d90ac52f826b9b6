//! `/imports/pending/{token}`: an upload that is read, waits, is imported or has been. Thin handlers; what is shown is
//! made in `preview`.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use model::people::Role;

use super::{preview, view};
use crate::AppState;
use crate::http::Problem;
use crate::importer::{kind_from_word, takes_several};
use crate::listing::ListSpec;
use crate::page::Ctx;
use crate::parts::{Age, Cell, Column, Row, Table};
use crate::work::{Pending, Stage};

/// Tables of a pending upload are shown whole and have no pages.
pub(super) const WHOLE: ListSpec = ListSpec { path: "/imports", sorts: &["order"], filters: &[] };

fn find(ctx: &Ctx, token: &str) -> Result<Arc<Pending>, Problem> {
    ctx.require(Role::Engineer)?;
    ctx.app.uploads.find(token).ok_or_else(|| Problem::Refused(ctx.w.imports_gone().to_owned()))
}

fn back(pending: &Pending) -> Response {
    Redirect::to(&format!("/imports/pending/{}", pending.token)).into_response()
}

pub(super) async fn show(ctx: Ctx, Path(token): Path<String>) -> Result<Response, Problem> {
    let pending = find(&ctx, &token)?;
    preview::page(&ctx, &pending)
}

pub(super) async fn mapping(ctx: Ctx, Path(token): Path<String>) -> Result<Response, Problem> {
    let pending = find(&ctx, &token)?;
    match pending.look().stage {
        Stage::Ready(preview) if !preview.mapping.is_empty() => {
            let headers = [
                (header::CONTENT_TYPE, "application/toml; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"mapping.toml\""),
            ];
            Ok((headers, preview.mapping.clone()).into_response())
        }
        Stage::Ready(_) | Stage::Reading | Stage::Refused(_) | Stage::Importing | Stage::Done(_) => {
            Err(Problem::NotFound)
        }
    }
}

pub(super) async fn read_again(
    State(app): State<AppState>,
    ctx: Ctx,
    Path(token): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let pending = find(&ctx, &token)?;
    let kind = fields.iter().find(|(name, _)| name == "kind").and_then(|(_, word)| kind_from_word(word));
    if let Some(kind) = kind.filter(|kind| pending.files().len() > 1 && !takes_several(*kind)) {
        return Err(Problem::Bad(ctx.w.imports_one_file(view::kind_word(ctx.w, kind))));
    }
    let answer = |(name, field): &(String, String)| {
        let at = name.strip_prefix("column-")?.parse().ok()?;
        Some((at, Some(field.clone()).filter(|field| !field.is_empty())))
    };
    pending.read_again(&app, kind, fields.iter().filter_map(answer).collect());
    Ok(back(&pending))
}

pub(super) async fn import(
    State(app): State<AppState>,
    ctx: Ctx,
    Path(token): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let pending = find(&ctx, &token)?;
    let field =
        |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let complete = field("complete") == Some("yes");
    // Retiring devices is said in numbers on the button before it is done: ticking alone only shows them.
    if pending.look().complete != complete {
        pending.set_complete(complete);
        return Ok(back(&pending));
    }
    if let Some(round) = field("round").and_then(|round| round.parse().ok()) {
        pending.import(&app, round, ctx.person()?.name.as_str());
    }
    Ok(back(&pending))
}

pub(super) async fn stop(ctx: Ctx, Path(token): Path<String>) -> Result<Response, Problem> {
    let pending = find(&ctx, &token)?;
    pending.stop();
    Ok(back(&pending))
}

pub(super) async fn give_up(ctx: Ctx, Path(token): Path<String>) -> Result<Response, Problem> {
    find(&ctx, &token)?;
    ctx.app.uploads.give_up(&token);
    Ok(Redirect::to("/imports").into_response())
}

/// The uploads that wait, for the page of imports; `None` when there are none.
pub(super) fn waiting(ctx: &Ctx) -> Option<Table> {
    let (w, local) = (ctx.w, ctx.local());
    let row = |pending: Arc<Pending>| {
        let look = pending.look();
        let files: Vec<&str> = pending.files().iter().take(3).map(|file| file.name.as_str()).collect();
        Row {
            name: files.join(", "),
            why: String::new(),
            cells: vec![
                Cell::Link { href: format!("/imports/pending/{}", pending.token), text: files.join(", ") },
                Cell::Text(view::kind_word(w, look.kind).to_owned()),
                Cell::Text(preview::stage_word(w, &look.stage).to_owned()),
                Cell::Text(pending.owner.to_string()),
                Cell::Age(Age::new(&local, pending.since, None)),
            ],
        }
    };
    let open = |pending: &Arc<Pending>| !matches!(pending.look().stage, Stage::Done(_));
    let rows: Vec<Row> = ctx.app.uploads.list().into_iter().filter(open).map(row).collect();
    if rows.is_empty() {
        return None;
    }
    Some(Table {
        w,
        id: "waiting",
        caption: w.imports_waiting().to_owned(),
        columns: vec![
            Column::new(w.pending_col_file()),
            Column::new(w.imports_col_kind()),
            Column::new(w.imports_col_stage()),
            Column::new(w.imports_col_who()),
            Column::new(w.imports_col_age()).numeric(),
        ],
        total: rows.len() as u64,
        rows,
        filters: Vec::new(),
        list: WHOLE.read(None).ok()?,
        exports: false,
        topics: Vec::new(),
    })
}
