//! `/api/v1/audit/…`: head, entries and proofs for programs.

use axum::Json;
use axum::extract::{Path, RawQuery};
use serde::Serialize;
use utoipa::ToSchema;

use super::{entry, log};
use crate::http::Problem;
use crate::page::Ctx;

/// Where the journal stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct HeadJson {
    /// Sequence of the newest entry; 0 when there is none.
    seq: u64,
    /// Its hash.
    hash: String,
    /// RFC 6962 Merkle tree head over the hashes of all entries.
    root: String,
}

/// An entry.
#[derive(Serialize, ToSchema)]
pub(crate) struct EntryJson {
    /// Its place, from 1.
    seq: u64,
    /// RFC 3339, UTC.
    time: String,
    /// Who or what caused it.
    actor: String,
    /// Kind of fact, with its version.
    kind: String,
    /// SHA-256 of the entry.
    hash: String,
    /// SHA-256 of the entry before.
    previous_hash: String,
    /// The fact; hashes of passwords are taken out.
    payload: serde_json::Value,
}

/// A window of the journal.
#[derive(Serialize, ToSchema)]
pub(crate) struct Entries {
    /// Entries in all.
    total: u64,
    /// Oldest sequence looked at.
    first: u64,
    /// Newest sequence looked at.
    last: u64,
    /// The entries of the window that pass the filter, the newest first.
    items: Vec<EntryJson>,
}

/// Proof that an entry is in the journal (RFC 6962, 2.1.1).
#[derive(Serialize, ToSchema)]
pub(crate) struct ProofJson {
    /// The entry.
    seq: u64,
    /// Hash of the entry; the leaf's data.
    entry_hash: String,
    /// Index of the leaf, from 0.
    leaf_index: u64,
    /// Entries in the tree.
    tree_size: u64,
    /// Head of the tree.
    root: String,
    /// Hashes of the neighbours, from the leaf upwards.
    path: Vec<String>,
}

/// Where the journal stands.
#[utoipa::path(get, path = "/api/v1/audit/head", responses((status = 200, body = HeadJson)))]
pub(crate) async fn head(ctx: Ctx) -> Result<Json<HeadJson>, Problem> {
    let head = super::head(&ctx).await?;
    Ok(Json(HeadJson { seq: head.seq.0, hash: head.hash.to_string(), root: head.root.to_string() }))
}

/// Entries, the newest first. The journal is read backwards by `upto`: ask again with `first` - 1.
#[utoipa::path(
    get,
    path = "/api/v1/audit/entries",
    params(
        ("upto" = Option<u64>, Query, description = "Newest sequence wanted"),
        ("limit" = Option<u32>, Query, description = "1 to 1000 entries"),
        ("kind" = Option<String>, Query, description = "Only this kind of fact; looks at 1000 entries at a time"),
        ("actor" = Option<String>, Query, description = "Part of who caused it; looks at 1000 entries at a time")
    ),
    responses((status = 200, body = Entries), (status = 400, body = crate::api::ProblemJson, content_type = "application/problem+json"))
)]
pub(crate) async fn entries(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Json<Entries>, Problem> {
    let list = log::LIST.read(query.as_deref())?;
    let local = ctx.local();
    let total = super::head(&ctx).await?.seq.0;
    let window = log::read(&ctx, &list, total).await?;
    let items = window.entries.iter().map(|entry| EntryJson {
        seq: entry.seq.0,
        time: local.machine(entry.time),
        actor: entry.actor.to_string(),
        kind: entry.kind.to_string(),
        hash: entry.hash.to_string(),
        previous_hash: entry.prev_hash.to_string(),
        payload: entry::shown_fact(&entry.payload, ctx.w.audit_secret()),
    });
    Ok(Json(Entries { total, first: window.first, last: window.last, items: items.collect() }))
}

/// Proof that an entry is in the journal as it stands.
#[utoipa::path(
    get,
    path = "/api/v1/audit/proof/{seq}",
    params(("seq" = u64, Path, description = "Sequence of the entry")),
    responses((status = 200, body = ProofJson), (status = 404, body = crate::api::ProblemJson, content_type = "application/problem+json"))
)]
pub(crate) async fn proof(ctx: Ctx, Path(seq): Path<String>) -> Result<Json<ProofJson>, Problem> {
    let seq: u64 = seq.parse().ok().filter(|seq| *seq > 0).ok_or(Problem::NotFound)?;
    let proof = entry::prove(&ctx, seq).await?;
    Ok(Json(ProofJson {
        seq,
        entry_hash: proof.entry_hash.to_string(),
        leaf_index: proof.leaf_index,
        tree_size: proof.tree_size,
        root: proof.root.to_string(),
        path: proof.path.iter().map(ToString::to_string).collect(),
    }))
}
