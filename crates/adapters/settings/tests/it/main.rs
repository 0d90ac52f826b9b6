//! Settings, codes and counters from files as systems write them, to what a person reads.

// Helpers of tests may fail as tests do; clippy knows only the tests themselves.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod golden;
mod ini;
mod json;
mod postgres;
mod registry;
mod table;
mod xml;

use std::collections::BTreeMap;

use adapter_settings::{Kind, Read, read};
use manifest::{Entry, Manifest, Secrets, Value};

fn try_read(kind: Kind<'_>, bytes: &[u8]) -> Read {
    read("settings", bytes, kind, &Secrets::new(Some(&[7; 32]), &[]).unwrap())
}

/// Reads what must be readable without anything odd.
#[track_caller]
fn clean(kind: Kind<'_>, bytes: &[u8]) -> Manifest {
    let (manifest, findings) = try_read(kind, bytes).unwrap_or_else(|refused| panic!("{refused}"));
    assert!(findings.is_empty(), "{findings:?}");
    manifest
}

/// What is refused, as a sentence.
#[track_caller]
fn refused(kind: Kind<'_>, bytes: &[u8]) -> String {
    match try_read(kind, bytes) {
        Ok((manifest, _)) => panic!("{:?}", manifest.entries()),
        Err(refused) => refused.to_string(),
    }
}

/// Keys as texts.
fn by_key(manifest: &Manifest) -> BTreeMap<&str, &Entry> {
    manifest.entries().iter().map(|(key, entry)| (key.as_str(), entry)).collect()
}

/// Keys and plain texts; what is no text is shown as it is.
fn lines(manifest: &Manifest) -> Vec<String> {
    let shown = |value: &Value| match value {
        Value::Text(text) => format!("{text:?}"),
        Value::Secret(_) => "secret".to_owned(),
        other => format!("{other:?}"),
    };
    let of = |entry: &Entry| entry.of.as_deref().map(|of| format!(" ({of})")).unwrap_or_default();
    by_key(manifest)
        .into_iter()
        .map(|(key, entry)| format!("{key} {}{}", shown(&entry.value), of(entry)))
        .collect()
}
