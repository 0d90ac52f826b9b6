//! `/matrix`: device × vulnerability, and the lists behind its counts.

pub(crate) mod api;
pub(crate) mod ask;
pub(crate) mod head;
pub(crate) mod pairs;
pub(crate) mod threat;
mod view;
pub(crate) mod why;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use hospital::matrix::{self, Whole};

use crate::Routes;
use crate::export::{self, EXPORT_ROWS_MAX, Format, Value};
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::parts::{Empty, Table};
use crate::words::Words;

use ask::Ask;
use hospital::matrix::GroupBy;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/matrix", show)
        .get("/matrix/pairs", pairs::show)
        .get("/matrix/unmatched", pairs::show_unmatched)
        .get("/matrix/why", why::show)
}

/// A list with a sentence above it.
#[derive(Template)]
#[template(path = "pages/list.html")]
pub(crate) struct ListPage {
    pub(crate) shell: Shell,
    pub(crate) lead: String,
    pub(crate) table: Table,
}

/// The sentence that says how much a file holds.
pub(crate) fn export_limit(w: Words) -> String {
    w.pairs_limit(&w.number(EXPORT_ROWS_MAX))
}

#[derive(Template)]
#[template(path = "pages/matrix_empty.html")]
struct EmptyPage {
    shell: Shell,
    empty: Empty,
}

/// What a row can be: label, address, is it what is shown?
struct Tab {
    label: &'static str,
    href: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "pages/matrix.html")]
struct MatrixPage {
    shell: Shell,
    totals: head::Totals,
    tabs: Vec<Tab>,
    by: &'static str,
    filters: Vec<crate::parts::Filter>,
    clear: Option<String>,
    grid: view::Grid,
}

async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let ask = Ask::read(query.as_deref())?;
    if let Some(format) = Format::of_query(query.as_deref())? {
        return file(&ctx, format, &ask);
    }
    let w = ctx.w;
    let shell = ctx.shell(w.matrix_title());
    let (devices, advisories) =
        ctx.app.domain.node.read(|state| (state.register().is_empty(), state.library().is_empty()));
    if devices || advisories {
        let (text, step) = if devices {
            (w.matrix_empty_devices(), w.matrix_empty_step_devices())
        } else {
            (w.matrix_empty_advisories(), w.matrix_empty_step_advisories())
        };
        let empty = Empty { w, text: text.to_owned(), href: "/imports".to_owned(), step: step.to_owned() };
        return Ok(ctx.page(EmptyPage { shell, empty }).into_response());
    }
    let matrix = view::read(&ctx, &ask);
    let choices = ctx.app.domain.node.read(head::Choices::of);
    let tab =
        |by: GroupBy| Tab { label: view::by_word(w, by), href: ask.grouped(by, &[]), current: by == ask.by };
    let page = MatrixPage {
        shell,
        totals: head::Totals::new(&ctx, &ask, &matrix),
        tabs: GroupBy::ALL.map(tab).into(),
        by: ask.by.word(),
        filters: choices.filters(w, &ask.list),
        clear: ask.is_filtered().then(|| format!("/matrix?by={}", ask.by.word())),
        grid: view::Grid::new(&ctx, &ask, &matrix),
    };
    Ok(ctx.page(page).into_response())
}

const FILE_COLUMNS: [&str; 9] =
    ["maker", "row", "devices", "vulnerability", "urgency", "affected", "undecided", "fixed", "not_affected"];

/// The whole matrix as it is grouped, one line for each cell that holds something.
fn file(ctx: &Ctx, format: Format, ask: &Ask) -> Result<Response, Problem> {
    let most = usize::try_from(EXPORT_ROWS_MAX).unwrap_or(usize::MAX);
    let whole = ctx.app.domain.node.read(|state| matrix::whole(state, ask.by, &ask.filter, most));
    let Whole { columns, rows, cells, cells_total } = whole;
    let lines = cells.into_iter().filter_map(move |(row, column, counts)| {
        let (row, column) = rows.get(row as usize).zip(columns.get(column as usize))?;
        let number = |n: u64| Value::Number(i64::try_from(n).unwrap_or(i64::MAX));
        Some(vec![
            Value::from(&*row.maker),
            Value::from(&*row.name),
            number(row.devices),
            Value::from(&*column.name),
            Value::from(column.rank.tier().word()),
            number(counts.affected),
            number(counts.undecided),
            number(counts.fixed),
            number(counts.not_affected),
        ])
    });
    let name = format!("matrix-by-{}", ask.by.word());
    export::table(ctx.w, format, &name, &FILE_COLUMNS, cells_total, lines)
}
