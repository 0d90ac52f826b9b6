//! Looks at the board all the time, as somebody in a control room does, and keeps each verdict with when it was first and last shown.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use anyhow::{Result, anyhow};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use crate::site::Reader;

/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How the evidence of a verdict that ends by itself begins.
const UNTIL: &str = "until ";

/// The present, as the machine that all of it runs on has it.
#[allow(clippy::disallowed_methods, reason = "a program beside the product, in real time")]
pub(crate) fn now() -> Timestamp {
    Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A time of day, in UTC.
pub(crate) fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%H:%M:%S").to_string()
}

/// A verdict that the board showed of a host.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) host: String,
    /// The word of the API.
    pub(crate) word: String,
    /// What it rests on. Of a verdict that is prolonged the newest end counts; what a pending restart rests on stays as it was first shown,
    /// for that is what was known when it was first seen.
    pub(crate) evidence: String,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

/// Watches until it is dropped.
pub(crate) struct Watch {
    shown: Arc<Mutex<Vec<Shown>>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    pub(crate) fn start(mut reader: Reader) -> Watch {
        let shown: Arc<Mutex<Vec<Shown>>> = Arc::default();
        let over = Arc::new(AtomicBool::new(false));
        let (theirs, ends) = (Arc::clone(&shown), Arc::clone(&over));
        let thread = std::thread::spawn(move || {
            while !ends.load(Ordering::Relaxed) {
                // A look that fails is made again: whoever waits for a verdict says so in the end.
                if let Ok(board) = reader.get("/api/v1/board") {
                    note(&mut theirs.lock().unwrap_or_else(PoisonError::into_inner), &board);
                }
                std::thread::sleep(LOOK_EVERY);
            }
        });
        Watch { shown, over, thread: Some(thread) }
    }

    /// Every verdict so far, in the order in which they were first shown.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the board shows of a host now.
    pub(crate) fn newest(&self, host: &str) -> Result<Shown> {
        let newest = self.shown().into_iter().rev().find(|shown| shown.host == host);
        newest.ok_or_else(|| anyhow!("the board does not show {host}"))
    }

    /// The verdicts of a host, one after another.
    pub(crate) fn words(&self, host: &str) -> Vec<String> {
        self.shown().into_iter().filter(|shown| shown.host == host).map(|shown| shown.word).collect()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

fn note(shown: &mut Vec<Shown>, board: &Value) {
    let at = now();
    // Once everything is proven the night is concluded, and stands among those that are over.
    let night = board.pointer("/nights/0").or_else(|| board.pointer("/ended/0"));
    let hosts = night.and_then(|night| night.get("hosts")).and_then(Value::as_array);
    for standing in hosts.into_iter().flatten() {
        let host = standing.get("host").and_then(Value::as_str).unwrap_or_default();
        let verdict = standing.get("verdict").unwrap_or(&Value::Null);
        let word = word(verdict);
        match shown.iter_mut().rev().find(|shown| shown.host == host) {
            Some(last) if last.word == word => {
                last.to = at;
                let evidence = evidence(verdict);
                if evidence.starts_with(UNTIL) {
                    last.evidence = evidence;
                }
            }
            Some(_) | None => {
                let evidence = evidence(verdict);
                shown.push(Shown { host: host.to_owned(), word, evidence, from: at, to: at });
            }
        }
    }
}

/// The word of a value that is a word or has one as its only key.
pub(crate) fn word(value: &Value) -> String {
    let key = || value.as_object().and_then(|object| object.keys().next()).map(String::as_str);
    value.as_str().or_else(key).unwrap_or_default().to_owned()
}

/// What a verdict rests on, in few words.
fn evidence(verdict: &Value) -> String {
    let inner = verdict.as_object().and_then(|object| object.values().next());
    let Some(inner) = inner else { return String::new() };
    if let Some(reasons) = inner.get("reasons").and_then(Value::as_array) {
        let says = |reason: &Value| match reason.get("source") {
            Some(source) => {
                let text = |key: &str| source.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
                format!("{}: {}", text("source"), text("says"))
            }
            None => word(reason).replace('_', " "),
        };
        return reasons.iter().map(says).collect::<Vec<_>>().join("; ");
    }
    match inner.get("until").and_then(Value::as_i64).map(Timestamp::from_microsecond) {
        Some(Ok(until)) => format!("{UNTIL}{}", clock(until)),
        Some(Err(_)) | None if inner.get("back_p90").is_some() => "worked on".to_owned(),
        Some(Err(_)) | None => inner.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_proof_that_is_prolonged_is_noted_with_its_newest_end() {
        let board = |until: i64| json!({"nights": [{"hosts": [{"host": "A", "verdict": {"proven": {"until": until}}}]}]});
        let mut shown = Vec::new();
        note(&mut shown, &board(60_000_000));
        note(&mut shown, &board(120_000_000));
        let ends: Vec<&str> = shown.iter().map(|shown| shown.evidence.as_str()).collect();
        assert_eq!(ends, ["until 00:02:00"]);
    }
}
