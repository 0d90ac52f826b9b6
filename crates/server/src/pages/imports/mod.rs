//! `/imports`: what came in, and the way in for files. `/imports/{id}` is one import, `/imports/pending/{token}` an
//! upload that waits for a person's decision.

pub(crate) mod api;
mod pending;
mod preview;
mod tables;
mod upload;
pub(crate) mod view;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};
use model::people::Role;

use crate::Routes;
use crate::export::{self, Format};
use crate::http::Problem;
use crate::importer::UPLOAD_SIZE_MAX_BYTES;
use crate::page::{Ctx, Shell};
use crate::parts::{Choice, Empty, Field, FieldKind, Table};

/// What multipart framing may add to the files themselves.
const FRAMING_SIZE_MAX_BYTES: usize = 2 * 1024 * 1024;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/imports", list)
        .get("/imports/{id}", one)
        .upload("/imports/upload", UPLOAD_SIZE_MAX_BYTES + FRAMING_SIZE_MAX_BYTES, upload::upload)
        .get("/imports/pending/{token}", pending::show)
        .get("/imports/pending/{token}/mapping", pending::mapping)
        .post("/imports/pending/{token}/read", pending::read_again)
        .post("/imports/pending/{token}/import", pending::import)
        .post("/imports/pending/{token}/stop", pending::stop)
        .post("/imports/pending/{token}/give-up", pending::give_up)
}

#[derive(Template)]
#[template(path = "pages/imports.html")]
struct ImportsPage {
    shell: Shell,
    form: Option<Field>,
    waiting: Option<Table>,
    empty: Option<Empty>,
    table: Table,
    note: String,
}

#[derive(Template)]
#[template(path = "pages/import.html")]
struct ImportPage {
    shell: Shell,
    facts: Vec<(&'static str, String)>,
    counts: Vec<(&'static str, String)>,
    entry: (String, String),
    remarks_title: String,
    remarks: Vec<String>,
    remarks_note: String,
}

async fn list(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let list = view::LIST.read(query.as_deref())?;
    let rows = view::imports(&ctx.app, &list);
    if let Some(format) = Format::of_query(query.as_deref())? {
        let local = ctx.local();
        let total = rows.len() as u64;
        let cells = rows.into_iter().map(move |row| view::exported(&local, &row));
        return export::table(ctx.w, format, "imports", &view::EXPORT_COLUMNS, total, cells);
    }
    let w = ctx.w;
    let may = ctx.may(Role::Engineer);
    let nothing = rows.is_empty() && !list.is_filtered();
    let empty = nothing.then(|| Empty {
        w,
        text: if may { w.imports_empty() } else { w.imports_empty_reader() }.to_owned(),
        href: if may { "#upload".to_owned() } else { String::new() },
        step: w.imports_new().to_owned(),
    });
    let limit = w.number(hospital::state::IMPORTS_REMEMBERED_MAX as u64);
    Ok(ctx
        .page(ImportsPage {
            shell: ctx.shell(w.imports_title()),
            form: may.then(|| kind_field(&ctx)),
            waiting: may.then(|| pending::waiting(&ctx)).flatten(),
            empty,
            table: view::table(&ctx, &list, rows),
            note: w.imports_remembered(&limit),
        })
        .into_response())
}

/// What a file is: told by its name unless the person says.
fn kind_field(ctx: &Ctx) -> Field {
    let w = ctx.w;
    let mut kinds = vec![Choice { value: String::new(), label: w.imports_kind_guess().to_owned() }];
    kinds.extend(view::kind_choices(w));
    Field::new("kind", w.imports_kind(), FieldKind::Select(kinds))
}

async fn one(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    let w = ctx.w;
    let found = ctx.app.domain.node.read(|state| {
        let known = state.imports().iter().rev().find(|(_, summary)| summary.id.as_str() == id);
        known.cloned()
    });
    let Some((stamp, summary)) = found else { return Err(Problem::NotFound) };
    let local = ctx.local();
    let remarks_total = summary.remarks_total.max(summary.remarks.len() as u64);
    let shown = summary.remarks.len() as u64;
    let sha256 = summary.sha256.as_deref().unwrap_or(w.import_sha256_none()).to_owned();
    let when = format!("{} ({})", local.moment(stamp.time), local.age(stamp.time));
    let number = |n| w.number(n);
    Ok(ctx
        .page(ImportPage {
            shell: ctx
                .shell(w.import_title(view::kind_word(w, summary.kind)))
                .crumb("/imports", w.imports_title()),
            facts: vec![
                (w.imports_col_source(), summary.source.to_string()),
                (w.imports_col_when(), when),
                (w.imports_col_who(), stamp.actor.to_string()),
                (w.import_sha256(), sha256),
            ],
            counts: vec![
                (w.imports_col_read(), number(summary.read)),
                (w.imports_col_new(), number(summary.new)),
                (w.imports_col_changed(), number(summary.changed)),
                (w.imports_col_unchanged(), number(summary.unchanged)),
                (view::left_out_word(w, summary.kind), number(summary.left_out)),
            ],
            entry: (format!("/audit/{}", stamp.seq), w.import_entry(&w.number(stamp.seq))),
            remarks_title: w.import_remarks(remarks_total),
            remarks: summary.remarks.iter().map(ToString::to_string).collect(),
            remarks_note: match remarks_total {
                0 => w.import_remarks_none().to_owned(),
                total if shown < total => w.import_remarks_shown(&number(shown), &number(total)),
                _ => String::new(),
            },
        })
        .into_response())
}
