//! `/audit/{seq}`: one entry with its fact, its hashes and the proof that it is in the journal.

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use journal::{Entry, InclusionProof, ProveError, Seq};
use serde_json::Value as Json;

use crate::http::{Problem, chain};
use crate::page::{Ctx, Shell};

/// Characters of a fact shown on the page; the file has all.
const FACT_SHOWN_MAX_CHARACTERS: usize = 100_000;

#[derive(Template)]
#[template(path = "pages/entry.html")]
struct EntryPage {
    shell: Shell,
    seq: u64,
    facts: Vec<(&'static str, String)>,
    hashes: Vec<(&'static str, String)>,
    fact: String,
    fact_note: String,
    proof_says: String,
    root: String,
    path: Vec<String>,
    before: Option<u64>,
    after: Option<u64>,
}

fn seq_of(text: &str) -> Result<u64, Problem> {
    text.parse().ok().filter(|seq| *seq > 0).ok_or(Problem::NotFound)
}

/// The entry `seq`.
pub(super) async fn find(ctx: &Ctx, seq: u64) -> Result<Entry, Problem> {
    let node = &ctx.app.domain.node;
    let found = node.journal().read(node.stream(), Seq(seq - 1), 1).await;
    let found = found.map_err(|error| Problem::Internal(chain(&error)))?;
    found.into_iter().find(|entry| entry.seq == Seq(seq)).ok_or(Problem::NotFound)
}

/// The proof that the entry `seq` is in the journal as it stands.
pub(super) async fn prove(ctx: &Ctx, seq: u64) -> Result<InclusionProof, Problem> {
    let node = &ctx.app.domain.node;
    match node.journal().prove_inclusion(node.stream(), Seq(seq), None).await {
        Ok(proof) => Ok(proof),
        Err(ProveError::NoSuchEntry { .. }) => Err(Problem::NotFound),
        Err(other) => Err(Problem::Internal(chain(&other))),
    }
}

/// An entry's fact with what nobody should read taken out: hashes of passwords can be guessed at leisure.
pub(super) fn shown_fact(payload: &[u8], secret: &str) -> Json {
    let Ok(mut fact) = serde_json::from_slice::<Json>(payload) else { return Json::Null };
    if let Some(hash) = fact.pointer_mut("/is/password_hash") {
        *hash = Json::String(secret.to_owned());
    }
    fact
}

/// A proof as programs read it; `segue audit prove` prints the same.
pub(super) fn proof_json(seq: u64, proof: &InclusionProof) -> Json {
    serde_json::json!({
        "seq": seq, "entry_hash": proof.entry_hash.to_string(), "leaf_index": proof.leaf_index,
        "tree_size": proof.tree_size, "root": proof.root.to_string(),
        "path": proof.path.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

pub(super) async fn show(ctx: Ctx, Path(seq): Path<String>) -> Result<Response, Problem> {
    let (w, local) = (ctx.w, ctx.local());
    let seq = seq_of(&seq)?;
    let entry = find(&ctx, seq).await?;
    let proof = prove(&ctx, seq).await?;
    let text =
        serde_json::to_string_pretty(&shown_fact(&entry.payload, w.audit_secret())).unwrap_or_default();
    let total = text.chars().count();
    let number = |n: u64| w.number(n);
    Ok(ctx
        .page(EntryPage {
            shell: ctx.shell(w.audit_entry_title(&number(seq))).crumb("/audit", w.audit_title()),
            seq,
            facts: vec![
                (w.audit_kind(), entry.kind.to_string()),
                (w.audit_actor(), entry.actor.to_string()),
                (w.audit_time(), format!("{} ({})", local.moment(entry.time), local.machine(entry.time))),
                (w.audit_batch(), hex::encode(entry.batch.0)),
            ],
            hashes: vec![
                (w.audit_hash(), entry.hash.to_string()),
                (w.audit_prev(), entry.prev_hash.to_string()),
            ],
            fact_note: if total > FACT_SHOWN_MAX_CHARACTERS {
                w.audit_fact_cut(&number(FACT_SHOWN_MAX_CHARACTERS as u64), &number(total as u64))
            } else {
                String::new()
            },
            fact: text.chars().take(FACT_SHOWN_MAX_CHARACTERS).collect(),
            proof_says: w.audit_proof_says(
                &number(seq),
                &number(proof.tree_size),
                &number(proof.path.len() as u64),
            ),
            root: proof.root.to_string(),
            path: proof.path.iter().map(ToString::to_string).collect(),
            before: (seq > 1).then(|| seq - 1),
            after: (seq < proof.tree_size).then(|| seq + 1),
        })
        .into_response())
}

fn file(name: &str, content: &Json) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.json\"")),
    ];
    (headers, format!("{content:#}\n")).into_response()
}

pub(super) async fn download(ctx: Ctx, Path(seq): Path<String>) -> Result<Response, Problem> {
    let seq = seq_of(&seq)?;
    let entry = find(&ctx, seq).await?;
    let content = serde_json::json!({
        "seq": seq, "time": ctx.local().machine(entry.time), "time_us": entry.time.0, "actor": entry.actor,
        "kind": entry.kind, "batch": hex::encode(entry.batch.0), "hash": entry.hash.to_string(),
        "previous_hash": entry.prev_hash.to_string(), "payload": shown_fact(&entry.payload, ctx.w.audit_secret()),
    });
    Ok(file(&format!("entry-{seq}"), &content))
}

pub(super) async fn proof(ctx: Ctx, Path(seq): Path<String>) -> Result<Response, Problem> {
    let seq = seq_of(&seq)?;
    let proof = prove(&ctx, seq).await?;
    Ok(file(&format!("proof-{seq}"), &proof_json(seq, &proof)))
}
