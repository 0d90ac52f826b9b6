//! `/plans`: every plan with where it stands.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};

use super::data::PlanLine;
use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::listing::{Direction, ListQuery, ListSpec};
use crate::live::Topic;
use crate::page::{Ctx, Shell};
use crate::pages::night::life::PlanState;
use crate::parts::{Cell, Choice, Column, Empty, Filter, Mark, Row, Status, Table};
use crate::words::Words;

/// What the list of plans can be asked.
pub(super) const LIST: ListSpec =
    ListSpec { path: "/plans", sorts: &["drafted", "title", "begins", "state"], filters: &["state"] };

#[derive(Template)]
#[template(path = "pages/plans.html")]
struct PlansPage {
    shell: Shell,
    lead: &'static str,
    empty: Option<Empty>,
    may_draft: bool,
    table: Table,
}

/// The plans that `list` asks for, in its order.
pub(super) fn found(ctx: &Ctx, list: &ListQuery) -> Result<(Vec<PlanLine>, bool), Problem> {
    let state = list.filter("state");
    if let Some(asked) = state
        && !PlanState::ALL.iter().any(|known| known.word() == asked)
    {
        let known: Vec<&str> = PlanState::ALL.iter().map(|state| state.word()).collect();
        let asked: String = asked.chars().take(40).collect();
        return Err(Problem::Bad(format!(
            "state={asked} is not possible; it is one of: {}",
            known.join(", ")
        )));
    }
    let mut lines = ctx.app.domain.node.read(|state| PlanLine::all(state, ctx.now));
    let none = lines.is_empty();
    let text = list.filter("q").unwrap_or("").to_lowercase();
    lines.retain(|line| {
        state.is_none_or(|state| line.state.word() == state)
            && format!("{} {} {}", line.title, line.id, line.hash).to_lowercase().contains(&text)
    });
    match list.sort {
        "title" => lines.sort_by(|a, b| a.title.cmp(&b.title)),
        "begins" => lines.sort_by_key(|line| line.begins),
        "state" => lines.sort_by_key(|line| line.state.word()),
        _ => {}
    }
    if list.direction == Direction::Down {
        lines.reverse();
    }
    Ok((lines, none))
}

pub(super) async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let list = LIST.read(query.as_deref())?;
    let (lines, none) = found(&ctx, &list)?;
    if let Some(format) = Format::of_query(query.as_deref())? {
        return file(&ctx, format, lines);
    }
    let w = ctx.w;
    let may_draft = ctx.may(model::people::Role::Engineer);
    let empty = none.then(|| Empty {
        w,
        text: w.plans_empty().to_owned(),
        href: if may_draft { "/plans/new".to_owned() } else { String::new() },
        step: w.plans_new().to_owned(),
    });
    let total = lines.len() as u64;
    let shown = list.page(lines.iter());
    let table = Table {
        w,
        id: "plans",
        caption: w.plans_title().to_owned(),
        columns: columns(w, &list),
        rows: shown.map(|line| row(&ctx, line)).collect(),
        filters: filters(w, &list),
        total,
        exports: true,
        topics: vec![Topic::Plans, Topic::Night],
        list,
    };
    let shell = ctx.shell(w.plans_title());
    Ok(ctx.page(PlansPage { shell, lead: w.plans_lead(), empty, may_draft, table }).into_response())
}

fn columns(w: Words, list: &ListQuery) -> Vec<Column> {
    vec![
        Column::sortable(w.plans_col_plan(), list, "title"),
        Column::sortable(w.plans_col_state(), list, "state"),
        Column::sortable(w.plans_col_begins(), list, "begins"),
        Column::new(w.plans_col_hosts()).numeric(),
        Column::new(w.plans_col_patches()).numeric(),
        Column::new(w.plans_col_units()).numeric(),
        Column::new(w.plans_col_requester()),
        Column::sortable(w.plans_col_drafted(), list, "drafted"),
    ]
}

fn filters(w: Words, list: &ListQuery) -> Vec<Filter> {
    let choice =
        |state: PlanState| Choice { value: state.word().to_owned(), label: state.says(w).to_owned() };
    vec![
        Filter::text("q", w.table_filter(), list),
        Filter::choice("state", w.plans_f_state(), list, PlanState::ALL.map(choice).to_vec()),
    ]
}

/// The mark and word of a plan's state.
pub(crate) fn status(w: Words, state: PlanState, missing: u64) -> Status {
    let mark = match state {
        PlanState::Draft => Mark::Undecided,
        PlanState::Agreed => Mark::Fixed,
        PlanState::Running => Mark::Settling,
        PlanState::Paused => Mark::Stalled,
        PlanState::Stopped => Mark::Broken,
        // No mark that claims more than the proofs: they are on the board, with their ages.
        PlanState::Concluded => Mark::Fixed,
        PlanState::Withdrawn | PlanState::Superseded => Mark::NotAffected,
    };
    let status = Status::worded(mark, state.says(w));
    if state == PlanState::Draft && missing > 0 {
        status.detail(w.plan_missing_count(missing))
    } else {
        status
    }
}

fn row(ctx: &Ctx, line: &PlanLine) -> Row {
    let (w, local) = (ctx.w, ctx.local());
    Row {
        name: line.title.clone(),
        why: String::new(),
        cells: vec![
            Cell::Link { href: format!("/plans/{}", line.short), text: line.title.clone() },
            Cell::Status(status(w, line.state, line.missing)),
            Cell::Text(line.begins.map_or_else(String::new, |time| local.moment(time))),
            Cell::Number(line.hosts),
            Cell::Number(line.patches),
            Cell::Number(line.units),
            Cell::Text(line.requester.clone()),
            Cell::Text(local.moment(line.drafted)),
        ],
    }
}

const FILE_COLUMNS: [&str; 11] = [
    "plan",
    "title",
    "hash",
    "state",
    "missing",
    "begins",
    "hosts",
    "patches",
    "units",
    "requester",
    "drafted",
];

fn file(ctx: &Ctx, format: Format, lines: Vec<PlanLine>) -> Result<Response, Problem> {
    let local = ctx.local();
    let total = lines.len() as u64;
    let count = |count: u64| Value::Number(i64::try_from(count).unwrap_or(i64::MAX));
    let rows = lines.into_iter().map(move |line| {
        vec![
            Value::from(line.id.as_str()),
            Value::from(line.title.as_str()),
            Value::from(line.hash.as_str()),
            Value::from(line.state.word()),
            count(line.missing),
            line.begins.map_or(Value::Empty, |time| Value::Text(local.machine(time))),
            count(line.hosts),
            count(line.patches),
            count(line.units),
            Value::from(line.requester.as_str()),
            Value::Text(local.machine(line.drafted)),
        ]
    });
    export::table(ctx.w, format, "plans", &FILE_COLUMNS, total, rows)
}
