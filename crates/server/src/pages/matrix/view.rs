//! The matrix as plain data for its template.

use exposure::Verdict;
use hospital::matrix::{self, Column, Counts, GroupBy, Matrix, MatrixRow, Window};

use super::ask::{Ask, COLUMNS_SHOWN, device_href};
use super::head::{Figure, figures};
use crate::page::Ctx;
use crate::parts::Pager;
use crate::words::Words;

/// A tier's heading over its columns.
pub(super) struct TierHead {
    pub(super) label: &'static str,
    pub(super) span: usize,
}

/// A vulnerability's heading.
pub(super) struct Head {
    /// `CVE-2026-` and `10042`: where a narrow heading may break.
    pub(super) front: String,
    pub(super) back: String,
    pub(super) href: String,
    pub(super) why: String,
    pub(super) ask: String,
    pub(super) figures: Vec<Figure>,
}

/// A cell that holds something.
pub(super) struct CellView {
    pub(super) href: String,
    pub(super) why: String,
    pub(super) worst: &'static str,
    pub(super) figures: Vec<Figure>,
}

/// One row.
pub(super) struct RowView {
    pub(super) name: String,
    pub(super) recorded: bool,
    pub(super) maker: String,
    pub(super) href: String,
    pub(super) devices: String,
    pub(super) pairs: String,
    pub(super) figures: Vec<Figure>,
    pub(super) cells: Vec<Option<CellView>>,
}

/// The way to the other columns.
pub(super) struct ColumnPager {
    pub(super) range: String,
    pub(super) earlier: Option<String>,
    pub(super) later: Option<String>,
}

/// The matrix.
pub(super) struct Grid {
    pub(super) w: Words,
    pub(super) live_src: String,
    pub(super) caption: String,
    pub(super) row_label: &'static str,
    pub(super) tiers: Vec<TierHead>,
    pub(super) columns: Vec<Head>,
    pub(super) rows: Vec<RowView>,
    pub(super) totals: Vec<Figure>,
    pub(super) devices: String,
    pub(super) column_pager: ColumnPager,
    pub(super) row_pager: Pager,
    pub(super) csv: String,
    pub(super) xlsx: String,
}

/// The part of the matrix that is asked for.
pub(super) fn window(ask: &Ask) -> Window {
    Window {
        row: usize::try_from(ask.list.offset).unwrap_or(usize::MAX),
        rows_max: usize::try_from(ask.list.limit).unwrap_or(1),
        column: ask.column,
        columns_max: COLUMNS_SHOWN,
    }
}

/// Reads the matrix from the hospital.
pub(super) fn read(ctx: &Ctx, ask: &Ask) -> Matrix {
    ctx.app.domain.node.read(|state| matrix::matrix(state, ask.by, &ask.filter, window(ask)))
}

impl Grid {
    pub(super) fn new(ctx: &Ctx, ask: &Ask, matrix: &Matrix) -> Grid {
        let w = ctx.w;
        let caption = w.matrix_caption(by_word(w, ask.by));
        Grid {
            w,
            live_src: ask.list.href(),
            row_label: row_word(w, ask.by),
            tiers: tier_heads(w, &matrix.columns),
            columns: matrix.columns.iter().map(|column| head(w, ask, column)).collect(),
            rows: matrix.rows.iter().map(|row| row_view(w, ask, matrix, row)).collect(),
            totals: figures(w, &matrix.totals),
            devices: w.number(matrix.devices),
            column_pager: column_pager(w, ask, matrix),
            row_pager: Pager::new(w, &caption, &ask.list, matrix.rows.len() as u64, matrix.rows_total as u64),
            caption,
            csv: ask.list.export_href("csv"),
            xlsx: ask.list.export_href("xlsx"),
        }
    }
}

/// What the rows are, in the plural.
pub(super) fn by_word(w: Words, by: GroupBy) -> &'static str {
    match by {
        GroupBy::Model => w.matrix_by_model(),
        GroupBy::Maker => w.matrix_by_maker(),
        GroupBy::Unit => w.matrix_by_unit(),
        GroupBy::Device => w.matrix_by_device(),
    }
}

fn row_word(w: Words, by: GroupBy) -> &'static str {
    match by {
        GroupBy::Model => w.matrix_row_model(),
        GroupBy::Maker => w.matrix_row_maker(),
        GroupBy::Unit => w.matrix_row_unit(),
        GroupBy::Device => w.matrix_row_device(),
    }
}

fn tier_heads(w: Words, columns: &[Column]) -> Vec<TierHead> {
    let mut heads: Vec<TierHead> = Vec::new();
    for column in columns {
        let label = if column.is_open { w.tier(column.rank.tier()) } else { w.matrix_nothing_open() };
        match heads.last_mut() {
            Some(last) if last.label == label => last.span += 1,
            Some(_) | None => heads.push(TierHead { label, span: 1 }),
        }
    }
    heads
}

fn head(w: Words, ask: &Ask, column: &Column) -> Head {
    let name = &*column.name;
    let (front, back) = name.split_at(name.rfind('-').map_or(0, |at| at + 1));
    Head {
        front: front.to_owned(),
        back: back.to_owned(),
        href: ask.behind("/matrix/pairs", &[("cve", name)]),
        why: ask.behind("/matrix/why", &[("cve", name)]),
        ask: w.matrix_ask_column(name),
        figures: figures(w, &column.counts),
    }
}

fn row_view(w: Words, ask: &Ask, matrix: &Matrix, row: &MatrixRow) -> RowView {
    let this_row = ask.row_filters(row);
    let cell = |(counts, column): (&Counts, &Column)| {
        let worst = counts.worst()?;
        let mut filters = this_row.clone();
        filters.push(("cve", &column.name));
        Some(CellView {
            href: ask.behind("/matrix/pairs", &filters),
            why: ask.behind("/matrix/why", &filters),
            worst: worst_class(worst),
            figures: figures(w, counts),
        })
    };
    RowView {
        name: if row.name.is_empty() { w.matrix_not_recorded().to_owned() } else { row.name.to_string() },
        recorded: !row.name.is_empty(),
        maker: row.maker.to_string(),
        href: match ask.by {
            GroupBy::Model | GroupBy::Maker | GroupBy::Unit => ask.grouped(GroupBy::Device, &this_row),
            GroupBy::Device => device_href(&row.name),
        },
        devices: w.number(row.devices),
        pairs: ask.behind("/matrix/pairs", &this_row),
        figures: figures(w, &row.totals),
        cells: row.cells.iter().zip(&matrix.columns).map(cell).collect(),
    }
}

fn worst_class(verdict: Verdict) -> &'static str {
    crate::words::exposure::mark_of(verdict).tag()
}

fn column_pager(w: Words, ask: &Ask, matrix: &Matrix) -> ColumnPager {
    let (total, shown) = (matrix.columns_total, matrix.columns.len());
    let number = |n: usize| w.number(n as u64);
    let (first, last) = if shown == 0 { (0, 0) } else { (ask.column + 1, ask.column + shown) };
    let last_page = total.saturating_sub(1) / COLUMNS_SHOWN * COLUMNS_SHOWN;
    ColumnPager {
        range: w.matrix_columns(&number(first), &number(last), &number(total)),
        earlier: (ask.column > 0)
            .then(|| ask.at_column(ask.column.saturating_sub(COLUMNS_SHOWN).min(last_page))),
        later: (ask.column + shown < total && shown > 0).then(|| ask.at_column(ask.column + COLUMNS_SHOWN)),
    }
}
