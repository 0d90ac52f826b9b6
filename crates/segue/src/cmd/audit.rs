//! `segue audit …`: the journal's own proof.

use std::path::Path;

use journal::{Hash, Head, Seq};
use serde_json::{Value, json};
use server::importer::Watch;

use super::Failed;
use crate::args::Audit;
use crate::config::Config;
use crate::out::{self, Out};
use crate::place::{open_journal, stream};

pub(super) async fn audit(config: &Config, command: Audit, out: &mut Out) -> Result<(), Failed> {
    let (journal, stream) = (open_journal(config).await?, stream(config)?);
    match command {
        Audit::Verify { remembered } => {
            let remembered = remembered.as_deref().map(read_head).transpose()?;
            let watch = Watch::default();
            let bar = out::progress(&watch, "entries");
            let told = |progress: journal::Progress| watch.report(progress.done, progress.total.unwrap_or(0));
            let report = journal.verify(&stream, remembered.as_ref(), &node::documents_of, &told).await;
            let report = report.map_err(Failed::from_error)?;
            drop(bar);
            let broken = report.broken.as_ref().map(ToString::to_string);
            let value = json!({
                "whole": broken.is_none(), "entries": report.entries, "blobs": report.blobs,
                "referred": report.referred,
                "broken": broken, "broken_seq": report.broken.as_ref().and_then(|broken| broken.seq).map(|seq| seq.0),
                "head": head_value(&report.head),
            });
            out.result(&value, || match &broken {
                None => format!(
                    "Whole: {} entries and {} blobs, Merkle root {}. Blobs that entries refer to: {}, each of them there.",
                    report.entries, report.blobs, report.head.root, report.referred
                ),
                Some(broken) => format!(
                    "BROKEN at {broken}. Found whole before that: {} entries, {} blobs.",
                    report.entries, report.blobs
                ),
            })?;
            out.flush()?;
            if broken.is_some() {
                Err(Failed::Refused("the journal is not whole".to_owned()))
            } else {
                Ok(())
            }
        }
        Audit::Head => {
            let head = journal.head(&stream).await.map_err(Failed::from_error)?;
            Ok(out.result(&head_value(&head), || {
                format!("entry {}, hash {}, Merkle root {}", head.seq, head.hash, head.root)
            })?)
        }
        Audit::Prove { seq } => {
            let proof = journal.prove_inclusion(&stream, Seq(seq), None).await.map_err(Failed::from_error)?;
            let value = json!({
                "seq": seq, "entry_hash": proof.entry_hash.to_string(), "leaf_index": proof.leaf_index,
                "tree_size": proof.tree_size, "root": proof.root.to_string(),
                "path": proof.path.iter().map(ToString::to_string).collect::<Vec<_>>(),
            });
            Ok(out.result(&value, || {
                let (size, root, steps) = (proof.tree_size, &proof.root, proof.path.len());
                format!(
                    "Entry {seq} is in the journal: {steps} hashes lead from it to Merkle root {root}, which stands for {size} \
                     entries.\nThe proof itself, for whoever knows the root, is printed with --json."
                )
            })?)
        }
        Audit::Log { after, limit } => {
            let entries = journal.read(&stream, Seq(after), limit).await.map_err(Failed::from_error)?;
            for entry in entries {
                let payload: Value = serde_json::from_slice(&entry.payload).unwrap_or(Value::Null);
                let value = json!({
                    "seq": entry.seq.0, "time_us": entry.time.0, "actor": entry.actor, "kind": entry.kind,
                    "hash": entry.hash.to_string(), "payload": payload,
                });
                out.result(&value, || {
                    format!("{}  {}  {}  {}", entry.seq, entry.kind, entry.actor, entry.hash)
                })?;
            }
            Ok(())
        }
    }
}

fn head_value(head: &Head) -> Value {
    json!({"seq": head.seq.0, "hash": head.hash.to_string(), "root": head.root.to_string()})
}

fn read_head(path: &Path) -> Result<Head, Failed> {
    let refuse = |why: &str| {
        Failed::Refused(format!("{}: {why}; write it with `segue audit head --json > FILE`", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| refuse(&error.to_string()))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| refuse(&error.to_string()))?;
    let hash = |key: &str| {
        let text =
            value.get(key).and_then(Value::as_str).ok_or_else(|| refuse(&format!("\"{key}\" is missing")))?;
        Hash::parse(text).map_err(|error| refuse(&error.to_string()))
    };
    let seq = value.get("seq").and_then(Value::as_u64).ok_or_else(|| refuse("\"seq\" is missing"))?;
    Ok(Head { seq: Seq(seq), hash: hash("hash")?, root: hash("root")? })
}
