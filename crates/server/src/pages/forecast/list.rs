//! The list of device families with what holding nights out showed of each: whole counts, nothing rounded.

use std::sync::Arc;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use planning::forecast::{Calibration, Step};

use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::listing::{Direction, ListQuery, ListSpec};
use crate::live::Topic;
use crate::page::{Ctx, Shell};
use crate::parts::{Cell, Column, CountOf, Empty, Filter, Row, Table};
use crate::words::Words;

/// What the list can be asked.
pub(super) const LIST: ListSpec = ListSpec { path: "/forecast", sorts: &["model", "records"], filters: &[] };

#[derive(Template)]
#[template(path = "pages/forecast.html")]
struct ForecastPage {
    shell: Shell,
    lead: &'static str,
    stands_on: Option<String>,
    means: &'static str,
    empty: Option<Empty>,
    table: Table,
}

/// The device families that `list` asks for, in its order; and whether there is none at all.
pub(super) async fn found(ctx: &Ctx, list: &ListQuery) -> Result<(Vec<Calibration>, bool), Problem> {
    let nights = ctx.app.domain.node.read(|state| ctx.app.forecasts.nights(state));
    let forecasts = Arc::clone(&ctx.app.forecasts);
    let learnt = tokio::task::spawn_blocking(move || forecasts.model(&nights).calibration());
    let mut found = learnt.await.map_err(Problem::internal)?;
    let none = found.is_empty();
    let text = list.filter("q").unwrap_or("").to_lowercase();
    found.retain(|line| line.model.to_lowercase().contains(&text));
    if list.sort == "records" {
        found.sort_by_key(|line| line.records);
    }
    if list.direction == Direction::Down {
        found.reverse();
    }
    Ok((found, none))
}

pub(super) async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let list = LIST.read(query.as_deref())?;
    let (found, none) = found(&ctx, &list).await?;
    let w = ctx.w;
    if let Some(format) = Format::of_query(query.as_deref())? {
        return file(w, format, found);
    }
    let table = Table {
        w,
        id: "forecast",
        caption: w.forecast_title().to_owned(),
        columns: vec![
            Column::sortable(w.forecast_col_model(), &list, "model"),
            Column::new(w.forecast_col_step()),
            Column::sortable(w.forecast_col_records(), &list, "records").numeric(),
            Column::new(w.forecast_col_nights()).numeric(),
            Column::new(w.forecast_col_inside()),
            Column::new(w.forecast_col_shorter()).numeric(),
            Column::new(w.forecast_col_longer()).numeric(),
            Column::new(w.forecast_col_p50()),
            Column::new(w.forecast_col_p90()),
        ],
        rows: list.page(found.iter()).map(|line| row(w, line)).collect(),
        filters: vec![Filter::text("q", w.table_filter(), &list)],
        total: found.len() as u64,
        exports: true,
        topics: vec![Topic::Night],
        list,
    };
    let empty = none.then(|| Empty {
        w,
        text: w.forecast_empty().to_owned(),
        href: "/plans".to_owned(),
        step: w.forecast_empty_step().to_owned(),
    });
    let shell = ctx.shell(w.forecast_title());
    let stands_on = stands_on(&ctx);
    let (lead, means) = (w.forecast_lead(), w.forecast_means());
    Ok(ctx.page(ForecastPage { shell, lead, stands_on, means, empty, table }).into_response())
}

/// What came from files, when something did.
fn stands_on(ctx: &Ctx) -> Option<String> {
    let (records, nights) = imported(ctx);
    (records > 0).then(|| ctx.w.forecast_imported(&ctx.w.number(records), &ctx.w.number(nights)))
}

/// Records of past nights that came from files, and of how many nights they are.
pub(super) fn imported(ctx: &Ctx) -> (u64, u64) {
    ctx.app.domain.node.read(|state| {
        let past = state.imported_nights();
        (past.len() as u64, past.nights() as u64)
    })
}

fn row(w: Words, line: &Calibration) -> Row {
    let held_out = line.held_out;
    let number = |count: u32| Cell::Number(u64::from(count));
    let of = |part: u32| match held_out.of {
        // With one night nothing can be held out.
        0 => Cell::Gap(w.forecast_one_night().to_owned()),
        of => Cell::Count(CountOf { w, part: u64::from(part), whole: u64::from(of) }),
    };
    // Where nothing was held out, none was shorter for no reason but that none was looked at.
    let outside = |count: u32| if held_out.of == 0 { Cell::Text("–".to_owned()) } else { number(count) };
    let model = if line.model.is_empty() { w.forecast_no_model() } else { &line.model };
    Row {
        name: format!("{model}, {}", step(w, line.step)),
        why: String::new(),
        cells: vec![
            Cell::Text(model.to_owned()),
            Cell::Text(step(w, line.step).to_owned()),
            number(line.records),
            number(line.nights),
            of(held_out.inside),
            outside(held_out.shorter),
            outside(held_out.longer),
            of(held_out.within_p50),
            of(held_out.within_p90),
        ],
    }
}

fn step(w: Words, step: Step) -> &'static str {
    match step {
        Step::Download => w.forecast_step_download(),
        Step::Install => w.forecast_step_install(),
        Step::Restart => w.forecast_step_restart(),
        Step::Probe => w.forecast_step_probe(),
    }
}

const FILE_COLUMNS: [&str; 10] = [
    "model",
    "step",
    "records",
    "nights",
    "held_out",
    "inside",
    "shorter",
    "longer",
    "within_p50",
    "within_p90",
];

fn file(w: Words, format: Format, found: Vec<Calibration>) -> Result<Response, Problem> {
    let total = found.len() as u64;
    let rows = found.into_iter().map(|line| {
        let held_out = line.held_out;
        let count = |number: u32| Value::Number(i64::from(number));
        vec![
            Value::from(&*line.model),
            Value::from(line.step.word()),
            count(line.records),
            count(line.nights),
            count(held_out.of),
            count(held_out.inside),
            count(held_out.shorter),
            count(held_out.longer),
            count(held_out.within_p50),
            count(held_out.within_p90),
        ]
    });
    export::table(w, format, "forecast", &FILE_COLUMNS, total, rows)
}
