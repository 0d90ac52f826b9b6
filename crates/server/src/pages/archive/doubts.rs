//! Examinations that went to B and are not believed to be there as they are at A, whatever a list says: named, asked for again, answered for by whoever goes over.

use archive::urgency::Urgency;
use archive::{DoubtKind, StudyUid};
use hospital::archives::{InDoubt, Pair};
use model::ids::PairId;

use super::{exams, say};
use crate::page::Ctx;
use crate::parts::{Cell, Column, Row, Status, Table};
use crate::words::Words;

/// Every examination in doubt, most urgent first as seen now. One of which nothing is known ranks high.
pub(super) fn urgent_first<'a>(ctx: &Ctx, pair: &'a Pair) -> Vec<(&'a StudyUid, &'a InDoubt)> {
    let mut all: Vec<_> = pair.doubts().iter().collect();
    all.sort_by_key(|(_, doubt)| urgency(ctx, doubt));
    all
}

fn urgency(ctx: &Ctx, doubt: &InDoubt) -> Urgency {
    doubt.exam.as_ref().map_or(Urgency::Unknown, |exam| exam.urgency(ctx.now))
}

/// How it is named to people; its identifier where nobody has named it.
pub(super) fn name(ctx: &Ctx, study: &StudyUid, doubt: &InDoubt) -> String {
    doubt.exam.as_ref().map_or_else(|| study.to_string(), |exam| exams::name(ctx, exam))
}

/// What is in doubt, one line each, with what B says.
pub(super) fn lines(w: Words, doubt: &InDoubt) -> Vec<String> {
    let line = |(kind, (_, says)): (&DoubtKind, &(model::Time, Box<str>))| {
        let what = match kind {
            DoubtKind::NotCommitted => w.archive_doubt_kept(),
            DoubtKind::NotRead => w.archive_doubt_read(),
            DoubtKind::Changed => w.archive_doubt_changed(),
        };
        format!("{what}: {says}")
    };
    doubt.doubts.iter().map(line).collect()
}

/// How urgent it is and what is in doubt, for whoever must tick it.
pub(super) fn label(ctx: &Ctx, study: &StudyUid, doubt: &InDoubt) -> String {
    let (_, word) = say::urgency(ctx.w, urgency(ctx, doubt));
    format!("{word} · {}: {}", name(ctx, study, doubt), lines(ctx.w, doubt).join("; "))
}

/// The table; `None` when nothing is in doubt.
pub(super) fn table(ctx: &Ctx, id: &PairId, pair: &Pair, may_send: bool) -> Option<(Table, u64)> {
    let (w, local) = (ctx.w, ctx.local());
    let all = urgent_first(ctx, pair);
    if all.is_empty() {
        return None;
    }
    let mut columns = vec![
        Column::new(w.archive_col_urgency()),
        Column::new(w.archive_col_exam()),
        Column::new(w.archive_col_doubt()),
        Column::new(w.archive_col_since()),
    ];
    columns.extend(may_send.then(|| Column::new(w.archive_col_send())));
    let row = |(study, doubt): &(&StudyUid, &InDoubt)| {
        let (mark, word) = say::urgency(w, urgency(ctx, doubt));
        let since = doubt.doubts.values().map(|(at, _)| *at).min();
        let mut cells = vec![
            Cell::Status(Status::worded(mark, word)),
            Cell::Text(name(ctx, study, doubt)),
            Cell::Lines(lines(w, doubt)),
            Cell::Text(since.map_or_else(String::new, |at| local.moment(at))),
        ];
        let href = format!("{}/send?study={study}", super::href(id));
        cells.extend(may_send.then(|| Cell::Link { href, text: w.archive_ask_again().to_owned() }));
        Row { name: name(ctx, study, doubt), why: String::new(), cells }
    };
    let rows: Vec<Row> = all.iter().take(exams::EXAMS_SHOWN_MAX).map(row).collect();
    let left_out = (all.len() - rows.len()) as u64;
    Some((exams::whole(ctx, "doubts", &w.archive_doubtful(all.len() as u64), columns, rows)?, left_out))
}
