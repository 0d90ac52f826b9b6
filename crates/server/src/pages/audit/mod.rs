//! `/audit`: where the journal stands, whether it is whole, and its entries, the newest first. `/audit/{seq}` is one
//! entry with its proof. What an entry's fact means is not judged here.

pub(crate) mod api;
mod entry;
pub(crate) mod log;
mod verify;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use journal::Head;
use model::people::Role;

use crate::Routes;
use crate::export::{self, Format};
use crate::http::{Problem, chain};
use crate::page::{Ctx, Shell};
use crate::parts::{Empty, Table};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/audit", show)
        .get("/audit/{seq}", entry::show)
        .get("/audit/{seq}/entry", entry::download)
        .get("/audit/{seq}/proof", entry::proof)
        .post("/audit/verify", verify::start)
        .post("/audit/verify/stop", verify::stop)
}

#[derive(Template)]
#[template(path = "pages/audit.html")]
struct AuditPage {
    shell: Shell,
    empty: Option<Empty>,
    head: HeadView,
    verification: verify::View,
    table: Table,
    note: String,
    links: Vec<(String, &'static str)>,
    may: bool,
}

/// The head as it is shown.
struct HeadView {
    entries: String,
    hash: String,
    root: String,
    text: String,
}

/// The head as one line that `segue audit verify --remembered` and this page read again.
pub(crate) fn head_text(head: &Head) -> String {
    serde_json::json!({"seq": head.seq.0, "hash": head.hash.to_string(), "root": head.root.to_string()})
        .to_string()
}

/// Where the journal stands.
pub(crate) async fn head(ctx: &Ctx) -> Result<Head, Problem> {
    let node = &ctx.app.domain.node;
    node.journal().head(node.stream()).await.map_err(|error| Problem::Internal(chain(&error)))
}

async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let w = ctx.w;
    let list = log::LIST.read(query.as_deref())?;
    let head = head(&ctx).await?;
    let window = log::read(&ctx, &list, head.seq.0).await?;
    if let Some(format) = Format::of_query(query.as_deref())? {
        let local = ctx.local();
        let total = window.entries.len() as u64;
        let rows = window.entries.into_iter().map(move |entry| log::exported(&local, &entry));
        return export::table(w, format, "journal", &log::EXPORT_COLUMNS, total, rows);
    }
    let number = |n| w.number(n);
    let empty = (head.seq.0 == 0).then(|| Empty {
        w,
        text: w.audit_empty().to_owned(),
        href: "/imports".to_owned(),
        step: w.audit_empty_step().to_owned(),
    });
    let shell = ctx.shell(w.audit_title());
    Ok(ctx
        .page(AuditPage {
            verification: verify::View::new(&ctx, &shell.csrf),
            head: HeadView {
                entries: number(head.seq.0),
                hash: head.hash.to_string(),
                root: head.root.to_string(),
                text: head_text(&head),
            },
            note: if window.filtered { w.audit_filter_window(&number(window.size)) } else { String::new() },
            links: log::links(w, &list, &window),
            table: log::table(&ctx, &list, &window),
            empty,
            shell,
            may: ctx.may(Role::Engineer),
        })
        .into_response())
}
