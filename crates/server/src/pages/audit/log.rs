//! The entries of a window of the journal, the newest first. The journal knows no filter: one looks at the window's
//! entries only, and the page says so.

use journal::{Entry, Seq};
use serde_json::Value as Json;

use crate::clock::Local;
use crate::export::Value;
use crate::http::{Problem, chain};
use crate::listing::{ListQuery, ListSpec};
use crate::live::Topic;
use crate::page::Ctx;
use crate::parts::{Age, Cell, Choice, Column, Filter, Row, Table};
use crate::words::Words;

pub(crate) const LIST: ListSpec =
    ListSpec { path: "/audit", sorts: &["newest"], filters: &["upto", "kind", "actor"] };

/// Entries that a filter looks at.
const FILTERED_WINDOW_ENTRIES: u64 = 1_000;
/// Characters of a fact shown as what it is about.
const ABOUT_LENGTH_MAX_CHARACTERS: usize = 80;

pub(super) const EXPORT_COLUMNS: [&str; 7] =
    ["seq", "time", "actor", "kind", "about", "hash", "previous_hash"];

/// A window of the journal.
pub(crate) struct Window {
    /// The entries that pass the filter, the newest first.
    pub(crate) entries: Vec<Entry>,
    /// The oldest sequence looked at; 0 when there is none.
    pub(crate) first: u64,
    /// The newest sequence looked at.
    pub(crate) last: u64,
    /// Entries in all.
    pub(crate) total: u64,
    /// Entries looked at, at most.
    pub(crate) size: u64,
    /// Was a filter set?
    pub(crate) filtered: bool,
}

/// Reads the window that `list` asks for, of `total` entries.
pub(crate) async fn read(ctx: &Ctx, list: &ListQuery, total: u64) -> Result<Window, Problem> {
    let filters = [list.filter("kind"), list.filter("actor"), list.filter("q")];
    if let Some(kind) = filters[0].filter(|kind| !hospital::Fact::NAMES.contains(kind)) {
        let kind: String = kind.chars().take(40).collect();
        return Err(Problem::Bad(format!(
            "kind={kind} is not possible; it is one of: {}",
            hospital::Fact::NAMES.join(", ")
        )));
    }
    let filtered = filters.iter().any(Option::is_some);
    let size = if filtered { FILTERED_WINDOW_ENTRIES } else { u64::from(list.limit) };
    let last = match list.filter("upto") {
        None => total,
        Some(text) => {
            let seq: Result<u64, _> = text.replace(['\u{202f}', ' '], "").parse();
            let bad = || Problem::Bad(ctx.w.audit_upto_wrong(&text.chars().take(40).collect::<String>()));
            seq.map_err(|_| bad())?.min(total)
        }
    };
    let before = last.saturating_sub(size);
    let node = &ctx.app.domain.node;
    let mut entries = Vec::new();
    // One read hands back a bounded number of bytes: ask until the window is full.
    let mut after = before;
    while after < last {
        let wanted = usize::try_from(last - after).unwrap_or(usize::MAX);
        let part = node.journal().read(node.stream(), Seq(after), wanted).await;
        let part = part.map_err(|error| Problem::Internal(chain(&error)))?;
        let Some(newest) = part.last() else { break };
        after = newest.seq.0;
        let [kind, actor, text] = filters;
        let text = text.map(str::to_lowercase);
        entries.extend(part.into_iter().filter(|entry| {
            kind.is_none_or(|kind| *entry.kind == *kind)
                && actor.is_none_or(|actor| entry.actor.contains(actor))
                && text.as_ref().is_none_or(|text| about(&entry.payload).to_lowercase().contains(text))
        }));
    }
    entries.reverse();
    Ok(Window { entries, first: if last == 0 { 0 } else { before + 1 }, last, total, size, filtered })
}

/// The first name that a fact carries: what people look for when they scan a log.
pub(crate) fn about(payload: &[u8]) -> String {
    const NAMES: [&str; 11] = [
        "/is/asset_tag",
        "/is/key/tracking_id",
        "/is/subject/manufacturer",
        "/is/manufacturer",
        "/is/source",
        "/is/account",
        "/is/catalogue",
        "/is/day",
        "/is/name",
        "/is/id",
        "/is",
    ];
    let Ok(fact) = serde_json::from_slice::<Json>(payload) else { return String::new() };
    let text = NAMES.iter().find_map(|pointer| fact.pointer(pointer).and_then(Json::as_str));
    text.unwrap_or("").chars().take(ABOUT_LENGTH_MAX_CHARACTERS).collect()
}

/// The window as a table.
pub(super) fn table(ctx: &Ctx, list: &ListQuery, window: &Window) -> Table {
    let (w, local) = (ctx.w, ctx.local());
    let row = |entry: &Entry| Row {
        name: w.audit_entry_title(&entry.seq.to_string()),
        why: String::new(),
        cells: vec![
            Cell::Link { href: format!("/audit/{}", entry.seq), text: w.number(entry.seq.0) },
            Cell::Text(local.moment(entry.time)),
            Cell::Age(Age::new(&local, entry.time, None)),
            Cell::Text(entry.actor.to_string()),
            Cell::Code(entry.kind.to_string()),
            Cell::Text(about(&entry.payload)),
            Cell::Code(format!("{}…", entry.hash.to_string().chars().take(12).collect::<String>())),
        ],
    };
    let kinds = hospital::Fact::NAMES
        .iter()
        .map(|name| Choice { value: (*name).to_owned(), label: (*name).to_owned() });
    Table {
        w,
        id: "entries",
        // The rows counted behind it are those of this window.
        caption: w.audit_window(&w.number(window.first), &w.number(window.last), &w.number(window.total)),
        columns: vec![
            Column::new(w.audit_col_seq()),
            Column::new(w.audit_col_time()),
            Column::new(w.imports_col_age()).numeric(),
            Column::new(w.audit_actor()),
            Column::new(w.audit_kind()),
            Column::new(w.audit_col_about()),
            Column::new(w.audit_hash()),
        ],
        rows: window.entries.iter().map(row).collect(),
        filters: vec![
            Filter::text("q", w.audit_col_about(), list),
            Filter::choice("kind", w.audit_kind(), list, kinds.collect()),
            Filter::text("actor", w.audit_actor(), list),
            Filter::text("upto", w.audit_upto(), list),
        ],
        list: list.at(0),
        total: window.entries.len() as u64,
        exports: true,
        // An older window never changes.
        topics: if window.last < window.total { Vec::new() } else { vec![Topic::Journal] },
    }
}

/// The ways to older and newer entries.
pub(super) fn links(w: Words, list: &ListQuery, window: &Window) -> Vec<(String, &'static str)> {
    let mut links = Vec::new();
    if window.last < window.total {
        let newer = window.last.saturating_add(window.size);
        let mut newest = list.at(0);
        newest.filters.remove("upto");
        links.push((newest.href(), w.audit_newest()));
        if newer < window.total {
            links.push((list.filtered_by("upto", &newer.to_string()).href(), w.audit_newer()));
        }
    }
    if window.first > 1 {
        links.push((list.filtered_by("upto", &(window.first - 1).to_string()).href(), w.audit_older()));
    }
    links
}

/// An entry as a row of a file.
pub(super) fn exported(local: &Local, entry: &Entry) -> Vec<Value> {
    vec![
        Value::Number(i64::try_from(entry.seq.0).unwrap_or(i64::MAX)),
        Value::from(local.machine(entry.time).as_str()),
        Value::from(&*entry.actor),
        Value::from(&*entry.kind),
        Value::from(about(&entry.payload).as_str()),
        Value::from(entry.hash.to_string().as_str()),
        Value::from(entry.prev_hash.to_string().as_str()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_about_what_it_names() {
        let about = |fact: Json| about(fact.to_string().as_bytes());
        assert_eq!(
            about(
                serde_json::json!({"fact": "device.registered/1", "is": {"asset_tag": "MON-1", "manufacturer": "P"}})
            ),
            "MON-1"
        );
        assert_eq!(about(serde_json::json!({"fact": "account.closed/1", "is": "anna"})), "anna");
        assert_eq!(about(serde_json::json!([1, 2])), "");
        assert_eq!(super::about(b"\xff"), "");
    }
}
