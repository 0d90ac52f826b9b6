//! Laws that hold for any change of a document and for any bytes.

use adapter_csaf::read_document;
use model::finding::{Finding, Place};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::golden::{DOCUMENT_20, DOCUMENT_21};

/// Every pointer into `value`, the root left out.
fn pointers(value: &Value, here: &str, all: &mut Vec<String>) {
    let mut into = |step: String, child: &Value| {
        let pointer = format!("{here}/{}", step.replace('~', "~0").replace('/', "~1"));
        all.push(pointer.clone());
        pointers(child, &pointer, all);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, child)| into(key.clone(), child)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, child)| into(index.to_string(), child))
        }
        _ => {}
    }
}

/// A finding's pointer leads to something in the document, or to something missing in an object that is there.
fn resolves(finding: &Finding, value: &Value) -> bool {
    match &finding.place {
        Place::Pointer(pointer) => {
            let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
            value.pointer(pointer).is_some() || value.pointer(parent).is_some()
        }
        Place::Byte(_) | Place::Whole => true,
        Place::Cell { .. } | Place::Row { .. } | Place::Field { .. } => false,
    }
}

fn delete(value: &mut Value, pointer: &str) {
    let Some((parent, step)) = pointer.rsplit_once('/') else { return };
    match value.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.remove(&step.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            items.remove(step.parse().unwrap());
        }
        _ => {}
    }
}

fn check(value: &Value) {
    match read_document("mutated.json", value.to_string().as_bytes()) {
        Ok((advisory, findings)) => {
            assert!(!advisory.key.tracking_id.is_empty());
            findings.iter().for_each(|finding| assert!(resolves(finding, value), "{finding}"));
        }
        Err(refused) => assert!(resolves(&refused.finding, value), "{refused}"),
    }
}

fn documents() -> [Value; 2] {
    [DOCUMENT_20, DOCUMENT_21].map(|text| serde_json::from_str(text).unwrap())
}

#[test]
fn taking_any_one_thing_away_or_replacing_it_never_breaks_the_reader() {
    let others =
        [json!(null), json!(true), json!(-7), json!("x"), json!([]), json!({}), json!([[]]), json!({"": 1})];
    for document in documents() {
        let mut all = Vec::new();
        pointers(&document, "", &mut all);
        for pointer in &all {
            let mut changed = document.clone();
            delete(&mut changed, pointer);
            check(&changed);
            for other in &others {
                let mut changed = document.clone();
                *changed.pointer_mut(pointer).unwrap() = other.clone();
                check(&changed);
            }
        }
    }
}

proptest! {
    #[test]
    fn several_changes_at_once_never_break_the_reader(
        second in any::<bool>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..3_u8), 1..8),
    ) {
        let [first, other] = documents();
        let mut document = if second { other } else { first };
        for (at, from, how) in changes {
            let mut all = Vec::new();
            pointers(&document, "", &mut all);
            if all.is_empty() { break }
            let (at, from) = (at.get(&all), from.get(&all));
            let piece = document.pointer(from).cloned().unwrap();
            match how {
                0 => delete(&mut document, at),
                1 => *document.pointer_mut(at).unwrap() = piece,
                _ => {
                    if let Some(Value::Array(items)) = document.pointer_mut(at) { items.push(piece) }
                }
            }
        }
        check(&document);
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        at in any::<prop::sample::Index>(),
        length in 0..40_usize,
    ) {
        let _ = read_document("bytes.json", &bytes);
        let mut changed = DOCUMENT_20.as_bytes().to_vec();
        let start = at.index(changed.len());
        let end = (start + length).min(changed.len());
        changed.splice(start..end, bytes);
        let _ = read_document("spliced.json", &changed);
    }

    #[test]
    fn the_reader_agrees_with_another_about_what_is_json(text in "[\\[\\]{}:,\"\\\\truefalsn0-9.eE+ -]{0,24}") {
        let ours = adapter_input::Document::parse("text", text.as_bytes());
        let theirs = serde_json::from_str::<Value>(&text);
        if ours.is_ok() { prop_assert!(theirs.is_ok(), "{text}") }
        // What only ours refuses is a key given twice or a number beyond the limits.
        if theirs.is_ok() && let Err(refused) = ours {
            let allowed = [adapter_csaf::Reason::DuplicateKey, adapter_csaf::Reason::Limit];
            prop_assert!(allowed.contains(&refused.reason), "{text}: {refused}");
        }
    }
}
