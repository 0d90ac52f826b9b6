//! What is not at B as it is at A, most urgent first as seen now, and what was made and is not found.

use archive::expected::{Named, Source};
use archive::kept::{Concerned, Kept, LookedFor};
use archive::{Side, StudyDate};
use hospital::archives::{Comparison, Pair};
use model::ids::PairId;

use super::say;
use crate::listing::ListSpec;
use crate::page::Ctx;
use crate::parts::{Cell, Column, Row, Status, Table};

/// Most examinations that the page lists; the document names all.
pub(super) const EXAMS_SHOWN_MAX: usize = 500;

/// These tables are shown whole and have no pages.
pub(super) const WHOLE: ListSpec = ListSpec { path: "/archive", sorts: &["order"], filters: &[] };

/// Most urgent first, seen now; of one urgency in the order in which they were recorded, newest first.
pub(super) fn urgent_first<'a>(ctx: &Ctx, comparison: &'a Comparison) -> Vec<&'a Concerned> {
    let Kept::Proven(shown) = &comparison.compared else { return Vec::new() };
    let mut exams: Vec<&Concerned> = shown.exams.iter().collect();
    exams.sort_by_key(|one| one.urgency(ctx.now));
    exams
}

/// An examination's day, as it was found.
pub(super) fn day(ctx: &Ctx, date: &StudyDate) -> String {
    match date {
        StudyDate::Day(day) => day.to_string(),
        StudyDate::Empty => ctx.w.archive_no_day().to_owned(),
        StudyDate::Odd(text) => format!("“{text}”"),
    }
}

/// How an examination is named to people: accession number and day; the identifier where it has no number.
pub(super) fn name(ctx: &Ctx, one: &Concerned) -> String {
    let study = &one.exam.study;
    let number = if study.accession.is_empty() { study.uid.0.as_str() } else { &study.accession };
    format!("{number} · {}", day(ctx, &study.date))
}

/// The table; `None` when nothing differs.
pub(super) fn table(ctx: &Ctx, id: &PairId, pair: &Pair, may_send: bool) -> Option<(Table, u64)> {
    let w = ctx.w;
    let comparison = pair.newest()?;
    let Kept::Proven(shown) = &comparison.compared else { return None };
    let exams = urgent_first(ctx, comparison);
    if exams.is_empty() {
        return None;
    }
    let total = exams.len() as u64 + shown.unnamed;
    let mut columns = vec![
        Column::new(w.archive_col_urgency()),
        Column::new(w.archive_col_accession()),
        Column::new(w.archive_col_exam()),
        Column::new(w.archive_col_differs()),
    ];
    columns.extend(may_send.then(|| Column::new(w.archive_col_send())));
    let row = |one: &Concerned| {
        let study = &one.exam.study;
        let (mark, word) = say::urgency(w, one.urgency(ctx.now));
        let accession = match &*study.accession {
            "" => Cell::Gap(w.archive_no_accession().to_owned()),
            number => Cell::Code(number.to_owned()),
        };
        let send = if one.exam.lacks > 0 {
            let href = format!("{}/send?study={}", super::href(id), study.uid);
            Cell::Link { href, text: w.archive_send_now().to_owned() }
        } else {
            Cell::Text(String::new())
        };
        let mut cells = vec![
            Cell::Status(Status::worded(mark, word)),
            accession,
            Cell::Text(day(ctx, &study.date)),
            Cell::Lines(say::differs(w, &one.exam)),
        ];
        cells.extend(may_send.then_some(send));
        Row { name: name(ctx, one), why: String::new(), cells }
    };
    let rows: Vec<Row> = exams.into_iter().take(EXAMS_SHOWN_MAX).map(row).collect();
    let left_out = total - rows.len() as u64;
    let table = whole(ctx, "exams", w.archive_exams(), columns, rows)?;
    Some((table, left_out))
}

/// What was made and is not found at both ends; `None` when all was, or nobody looked.
pub(super) fn sought(ctx: &Ctx, looked_for: Option<&LookedFor>) -> Option<Table> {
    let w = ctx.w;
    let looked_for = looked_for.filter(|looked_for| looked_for.missing > 0)?;
    let columns = vec![
        Column::new(w.archive_col_named()),
        Column::new(w.archive_col_source()),
        Column::new(w.archive_col_done()),
        Column::new(w.archive_col_at()),
    ];
    let local = ctx.local();
    let row = |one: &archive::kept::Sought| {
        let named = match &one.named {
            Named::Study(uid) => uid.to_string(),
            Named::Accession(number) if number.is_empty() => w.archive_no_accession().to_owned(),
            Named::Accession(number) => number.to_string(),
        };
        let source = match one.source {
            Source::Order => w.archive_src_order(),
            Source::PerformedStep => w.archive_src_step(),
            Source::ModalityLog => w.archive_src_log(),
            Source::Worklist => w.archive_src_worklist(),
        };
        let at = match one.at {
            Some(Side::A) => "A",
            Some(Side::B) => "B",
            None => w.archive_nowhere(),
        };
        let cells = vec![
            Cell::Code(named.clone()),
            Cell::Text(source.to_owned()),
            Cell::Text(local.moment(one.done)),
            Cell::Text(at.to_owned()),
        ];
        Row { name: named, why: String::new(), cells }
    };
    let rows = looked_for.named.iter().take(EXAMS_SHOWN_MAX).map(row).collect();
    whole(ctx, "sought", w.archive_sought(), columns, rows)
}

/// A table without filters, pages and files.
pub(super) fn whole(
    ctx: &Ctx,
    id: &'static str,
    caption: &str,
    columns: Vec<Column>,
    rows: Vec<Row>,
) -> Option<Table> {
    Some(Table {
        w: ctx.w,
        id,
        caption: caption.to_owned(),
        columns,
        total: rows.len() as u64,
        rows,
        filters: Vec::new(),
        list: WHOLE.read(None).ok()?,
        exports: false,
        topics: Vec::new(),
    })
}
