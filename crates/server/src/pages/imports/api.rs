//! `/api/v1/imports`: past imports for programs.

use axum::Json;
use axum::extract::{Path, RawQuery};
use hospital::imports::ImportSummary;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{self, Past};
use crate::http::Problem;
use crate::page::Ctx;

/// One import.
#[derive(Serialize, ToSchema)]
pub(crate) struct Import {
    /// Its identity.
    id: String,
    /// `inventory`, `advisories`, `kev`, `epss`, `vulnrichment` or `hospital`.
    kind: &'static str,
    /// The file or folder, as the person named it.
    source: String,
    /// SHA-256 of the file, for single files.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// RFC 3339, UTC.
    time: String,
    /// Who.
    actor: String,
    /// Entry of the journal.
    seq: u64,
    /// Records read.
    read: u64,
    /// Records that were new.
    new: u64,
    /// Records that changed an earlier one.
    changed: u64,
    /// Records that were known already.
    unchanged: u64,
    /// Devices taken out of the register, or records that concern nothing we know.
    left_out: u64,
    /// Remarks in all.
    remarks_total: u64,
    /// The first remarks; only when one import is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
}

/// A page of imports.
#[derive(Serialize, ToSchema)]
pub(crate) struct Imports {
    /// How many there are under this filter.
    total: u64,
    /// The page.
    items: Vec<Import>,
}

fn shown(ctx: &Ctx, (stamp, summary): &Past, remarks: bool) -> Import {
    let ImportSummary { id, kind, source, sha256, read, new, changed, unchanged, left_out, .. } = summary;
    Import {
        id: id.to_string(),
        kind: kind.word(),
        source: source.to_string(),
        sha256: sha256.as_deref().map(str::to_owned),
        time: ctx.local().machine(stamp.time),
        actor: stamp.actor.to_string(),
        seq: stamp.seq,
        read: *read,
        new: *new,
        changed: *changed,
        unchanged: *unchanged,
        left_out: *left_out,
        remarks_total: summary.remarks_total,
        remarks: if remarks { summary.remarks.iter().map(ToString::to_string).collect() } else { Vec::new() },
    }
}

/// Past imports, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/imports",
    params(
        ("q" = Option<String>, Query, description = "Part of the source or of who imported"),
        ("kind" = Option<String>, Query, description = "Only this kind"),
        ("sort" = Option<String>, Query, description = "newest, kind, source or who; a - before it turns the order"),
        ("offset" = Option<u64>, Query, description = "Rows left out before the first"),
        ("limit" = Option<u32>, Query, description = "1 to 1000 rows")
    ),
    responses((status = 200, body = Imports), (status = 400, body = crate::api::ProblemJson, content_type = "application/problem+json"))
)]
pub(crate) async fn list(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Json<Imports>, Problem> {
    let list = view::LIST.read(query.as_deref())?;
    let rows = view::imports(&ctx.app, &list);
    let page = list.page(rows.iter());
    let items = page.map(|past| shown(&ctx, past, false)).collect();
    Ok(Json(Imports { total: rows.len() as u64, items }))
}

/// One import with its remarks.
#[utoipa::path(
    get,
    path = "/api/v1/imports/{id}",
    params(("id" = String, Path, description = "Identity of the import")),
    responses((status = 200, body = Import), (status = 404, body = crate::api::ProblemJson, content_type = "application/problem+json"))
)]
pub(crate) async fn one(ctx: Ctx, Path(id): Path<String>) -> Result<Json<Import>, Problem> {
    let known =
        ctx.app.domain.node.read(|state| {
            state.imports().iter().rev().find(|(_, summary)| summary.id.as_str() == id).cloned()
        });
    let known = known.ok_or(Problem::NotFound)?;
    Ok(Json(shown(&ctx, &known, true)))
}
