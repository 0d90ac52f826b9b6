//! Past imports as plain data: filtered, ordered, as a table and as a file.

use hospital::Stamp;
use hospital::imports::{ImportKind, ImportSummary};

use crate::AppState;
use crate::clock::Local;
use crate::export::Value;
use crate::importer::KINDS;
use crate::listing::{Direction, ListQuery, ListSpec};
use crate::live::Topic;
use crate::page::Ctx;
use crate::parts::{Age, Cell, Choice, Column, Filter, Row, Table};
use crate::words::Words;

pub(crate) const LIST: ListSpec =
    ListSpec { path: "/imports", sorts: &["newest", "kind", "source", "who"], filters: &["kind"] };

/// Columns of the file, as the API calls them.
pub(super) const EXPORT_COLUMNS: [&str; 11] =
    ["id", "kind", "source", "time", "actor", "read", "new", "changed", "unchanged", "left_out", "remarks"];

/// One import, with when and by whom.
pub(crate) type Past = (Stamp, ImportSummary);

/// A kind's name for people.
pub(crate) fn kind_word(w: Words, kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Inventory => w.import_kind_inventory(),
        ImportKind::Advisories => w.import_kind_advisories(),
        ImportKind::Kev => w.import_kind_kev(),
        ImportKind::Epss => w.import_kind_epss(),
        ImportKind::Vulnrichment => w.import_kind_vulnrichment(),
        ImportKind::Hospital => w.import_kind_hospital(),
        ImportKind::Nights => w.import_kind_nights(),
    }
}

/// What *left out* means for a kind.
pub(super) fn left_out_word(w: Words, kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Inventory => w.import_left_out_devices(),
        ImportKind::Epss | ImportKind::Vulnrichment => w.import_left_out_feed(),
        ImportKind::Advisories | ImportKind::Kev | ImportKind::Hospital | ImportKind::Nights => {
            w.imports_col_left_out()
        }
    }
}

/// Every kind as a choice.
pub(super) fn kind_choices(w: Words) -> impl Iterator<Item = Choice> {
    KINDS
        .into_iter()
        .map(move |kind| Choice { value: kind.word().to_owned(), label: kind_word(w, kind).to_owned() })
}

/// The imports that `list` asks for, in its order; paging is the caller's. At most as many as are remembered.
pub(crate) fn imports(app: &AppState, list: &ListQuery) -> Vec<Past> {
    let (kind, text) = (list.filter("kind"), list.filter("q").map(str::to_lowercase));
    let wanted = |(stamp, summary): &&Past| {
        kind.is_none_or(|kind| summary.kind.word() == kind)
            && text.as_ref().is_none_or(|text| {
                summary.source.to_lowercase().contains(text) || stamp.actor.to_lowercase().contains(text)
            })
    };
    let mut rows: Vec<Past> =
        app.domain.node.read(|state| state.imports().iter().rev().filter(wanted).cloned().collect());
    match list.sort {
        "kind" => rows.sort_by_key(|(_, summary)| summary.kind),
        "source" => rows.sort_by(|a, b| a.1.source.cmp(&b.1.source)),
        "who" => rows.sort_by(|a, b| a.0.actor.cmp(&b.0.actor)),
        _ => {}
    }
    if list.direction == Direction::Down {
        rows.reverse();
    }
    rows
}

/// A page of the imports.
pub(super) fn table(ctx: &Ctx, list: &ListQuery, rows: Vec<Past>) -> Table {
    let (w, local) = (ctx.w, ctx.local());
    let shown = list.page(rows.iter());
    let row = |(stamp, summary): &Past| Row {
        name: format!("{} {}", kind_word(w, summary.kind), local.moment(stamp.time)),
        why: String::new(),
        cells: vec![
            Cell::Link { href: format!("/imports/{}", summary.id), text: local.moment(stamp.time) },
            Cell::Age(Age::new(&local, stamp.time, None)),
            Cell::Text(kind_word(w, summary.kind).to_owned()),
            Cell::Text(summary.source.chars().take(120).collect()),
            Cell::Text(stamp.actor.to_string()),
            Cell::Number(summary.read),
            Cell::Number(summary.new),
            Cell::Number(summary.changed),
            Cell::Number(summary.unchanged),
            Cell::Number(summary.left_out),
            Cell::Number(summary.remarks_total),
        ],
    };
    Table {
        w,
        id: "imports",
        caption: w.imports_past().to_owned(),
        columns: vec![
            Column::sortable(w.imports_col_when(), list, "newest"),
            Column::new(w.imports_col_age()).numeric(),
            Column::sortable(w.imports_col_kind(), list, "kind"),
            Column::sortable(w.imports_col_source(), list, "source"),
            Column::sortable(w.imports_col_who(), list, "who"),
            Column::new(w.imports_col_read()).numeric(),
            Column::new(w.imports_col_new()).numeric(),
            Column::new(w.imports_col_changed()).numeric(),
            Column::new(w.imports_col_unchanged()).numeric(),
            Column::new(w.imports_col_left_out()).numeric(),
            Column::new(w.imports_col_remarks()).numeric(),
        ],
        rows: shown.map(row).collect(),
        filters: vec![
            Filter::text("q", w.imports_search(), list),
            Filter::choice("kind", w.imports_col_kind(), list, kind_choices(w).collect()),
        ],
        list: list.clone(),
        total: rows.len() as u64,
        exports: true,
        topics: vec![Topic::Imports],
    }
}

/// An import as a row of a file.
pub(super) fn exported(local: &Local, (stamp, summary): &Past) -> Vec<Value> {
    let number = |n: u64| Value::Number(i64::try_from(n).unwrap_or(i64::MAX));
    vec![
        Value::from(summary.id.as_str()),
        Value::from(summary.kind.word()),
        Value::from(&*summary.source),
        Value::from(local.machine(stamp.time).as_str()),
        Value::from(&*stamp.actor),
        number(summary.read),
        number(summary.new),
        number(summary.changed),
        number(summary.unchanged),
        number(summary.left_out),
        number(summary.remarks_total),
    ]
}
