//! The page: what stacks, the picture, the table.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use model::Time;
use planning::stack::{Layer, Stack};

use super::data::{Calendar, Line};
use crate::clock::Local;
use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::listing::{Direction, ListQuery, ListSpec};
use crate::live::Topic;
use crate::page::{Ctx, Shell};
use crate::pages::night::life::PlanState;
use crate::pages::plans::status;
use crate::parts::timeline::{Lane, Span, Timeline};
use crate::parts::{Cell, Choice, Column, Empty, Filter, Mark, Row, Table};
use crate::words::Words;

/// What the calendar can be asked.
pub(super) const LIST: ListSpec =
    ListSpec { path: "/calendar", sorts: &["from", "title", "state"], filters: &["state", "when", "days"] };

/// Changes warn of each other within so many days, unless another number is asked for.
const DAYS_USUAL: u32 = 7;
const DAYS_MAX: u32 = 90;
/// Numbers of days that the page offers.
const DAYS_OFFERED: [u32; 5] = [0, 3, 7, 14, 30];
const DAY_SECONDS: i64 = 86_400;
/// Most services whose stacks the page tells; further ones are counted.
const STACKS_SHOWN_MAX: usize = 50;
/// Most titles of one stack.
const TITLES_SHOWN_MAX: usize = 10;

#[derive(Template)]
#[template(path = "pages/calendar.html")]
struct CalendarPage {
    shell: Shell,
    empty: Option<Empty>,
    stacks: Vec<StackLine>,
    stacks_left: u64,
    none: String,
    timeline: Option<Timeline>,
    table: Table,
}

struct StackLine {
    says: String,
    of: String,
    plans: Vec<(String, String)>,
}

/// Within so many days changes stack.
pub(super) fn days(ctx: &Ctx, list: &ListQuery) -> Result<u32, Problem> {
    let wrong = || Problem::Bad(ctx.w.calendar_wrong_days(&ctx.w.number(u64::from(DAYS_MAX))));
    match list.filter("days") {
        None => Ok(DAYS_USUAL),
        Some(text) => text.parse().ok().filter(|days| *days <= DAYS_MAX).ok_or_else(wrong),
    }
}

/// The calendar, with the changes that `list` asks for in its order; and whether there is none at all.
pub(super) fn found(ctx: &Ctx, list: &ListQuery) -> Result<(Calendar, bool), Problem> {
    let within = i64::from(days(ctx, list)?) * DAY_SECONDS;
    let all = match list.filter("when") {
        None | Some("coming") => false,
        Some("all") => true,
        Some(_) => return Err(Problem::Bad(ctx.w.calendar_wrong_when().to_owned())),
    };
    let wanted = list.filter("state");
    if let Some(asked) = wanted
        && !PlanState::ALL.iter().any(|known| known.word() == asked)
    {
        let known: Vec<&str> = PlanState::ALL.iter().map(|state| state.word()).collect();
        let asked: String = asked.chars().take(40).collect();
        let known = known.join(", ");
        return Err(Problem::Bad(format!("state={asked} is not possible; it is one of: {known}")));
    }
    let mut calendar = ctx.app.domain.node.read(|state| Calendar::of(state, ctx.now, within));
    let none = calendar.lines.is_empty();
    let text = list.filter("q").unwrap_or("").to_lowercase();
    calendar.lines.retain(|line| {
        let said =
            format!("{} {} {} {}", line.title, line.hash, line.services.join(" "), line.units.join(" "));
        (all || line.is_coming(ctx.now))
            && wanted.is_none_or(|state| line.state.word() == state)
            && said.to_lowercase().contains(&text)
    });
    match list.sort {
        "title" => calendar.lines.sort_by(|a, b| a.title.cmp(&b.title)),
        "state" => calendar.lines.sort_by_key(|line| line.state.word()),
        _ => {}
    }
    if list.direction == Direction::Down {
        calendar.lines.reverse();
    }
    Ok((calendar, none))
}

pub(super) async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let list = LIST.read(query.as_deref())?;
    let (calendar, none) = found(&ctx, &list)?;
    let local = ctx.local();
    if let Some(format) = Format::of_query(query.as_deref())? {
        return file(&local, format, calendar.lines);
    }
    let w = ctx.w;
    let stacks = ctx.app.domain.node.read(|state| {
        let line = |stack: &Stack| stack_line(&local, &calendar, stack, &state.service_name(&stack.service));
        calendar.stacks.iter().take(STACKS_SHOWN_MAX).map(line).collect::<Vec<_>>()
    });
    let may_draft = ctx.may(model::people::Role::Engineer);
    let empty = none.then(|| Empty {
        w,
        text: w.calendar_empty().to_owned(),
        href: if may_draft { "/plans/new".to_owned() } else { String::new() },
        step: w.plans_new().to_owned(),
    });
    let page = CalendarPage {
        shell: ctx.shell(w.calendar_title()),
        empty,
        stacks_left: calendar.stacks.len().saturating_sub(STACKS_SHOWN_MAX) as u64,
        none: w.calendar_none(u64::from(days(&ctx, &list)?)),
        stacks,
        timeline: picture(&local, &calendar.lines),
        table: table(&local, &calendar.lines, list),
    };
    Ok(ctx.page(page).into_response())
}

/// The layers in words.
pub(super) fn layers(w: Words, layers: impl IntoIterator<Item = Layer>) -> String {
    let word = |layer| match layer {
        Layer::Device => w.layer_device(),
        Layer::OperatingSystem => w.layer_operating_system(),
        Layer::Database => w.layer_database(),
        Layer::Software => w.layer_software(),
    };
    layers.into_iter().map(word).collect::<Vec<_>>().join(", ")
}

fn stack_line(local: &Local, calendar: &Calendar, stack: &Stack, service: &str) -> StackLine {
    let w = local.w;
    let changes = w.number(stack.plans.len() as u64);
    let says = match stack.apart_seconds {
        None => w.calendar_one(service),
        Some(0) => w.calendar_at_once(service, &changes),
        Some(seconds) => w.calendar_apart(service, &changes, &apart(w, seconds)),
    };
    let title = |hash: &model::PlanHash| calendar.titles.get(hash).cloned().unwrap_or_default();
    let shown = stack.plans.iter().take(TITLES_SHOWN_MAX);
    let titles: Vec<String> = shown.clone().map(title).collect();
    let left = stack.plans.len().saturating_sub(titles.len()) as u64;
    let more = if left > 0 { format!(" {}", w.happened_more(left)) } else { String::new() };
    StackLine {
        says,
        of: w.calendar_of(&format!("{}{more}", titles.join(", ")), &layers(w, stack.layers.iter().copied())),
        plans: shown.map(|hash| (format!("/plans/{}", hash.short()), title(hash))).collect(),
    }
}

/// Floored: what is almost two days apart is not called two.
fn apart(w: Words, seconds: i64) -> String {
    let hours = u64::try_from(seconds / 3_600).unwrap_or(0);
    if hours < 48 { w.calendar_hours(hours) } else { w.calendar_days(hours / 24) }
}

/// The marks of plans' states, as the list of plans has them, in words that fit plans.
fn named(w: Words) -> [(Mark, &'static str); 6] {
    [
        (Mark::Undecided, w.plan_state_draft()),
        (Mark::Fixed, w.calendar_agreed_or_concluded()),
        (Mark::Settling, w.plan_state_running()),
        (Mark::Stalled, w.plan_state_paused()),
        (Mark::Broken, w.plan_state_stopped()),
        (Mark::NotAffected, w.calendar_gone()),
    ]
}

fn picture(local: &Local, lines: &[Line]) -> Option<Timeline> {
    let w = local.w;
    let lanes: Vec<Lane> = lines
        .iter()
        .map(|line| {
            let span = |(from, to): &(Time, Time)| Span {
                mark: status(w, line.state, 0).mark(),
                from: *from,
                p50: *to,
                p90: *to,
                says: line.services.join(", "),
            };
            let label = line.title.clone();
            Lane::new(label, format!("/plans/{}", line.hash.short()), line.windows.iter().map(span).collect())
        })
        .collect();
    let from = lines.iter().filter_map(Line::begins).min()?;
    let to = lines.iter().filter_map(Line::ends).max()?;
    let margin = (to.seconds_since(from).max(0) / 20).max(3_600);
    let range = (from.plus_seconds(-margin), to.plus_seconds(margin));
    Some(Timeline::new(local, "calendar", w.calendar_picture(), range, &lanes).named(&named(w)))
}

fn table(local: &Local, lines: &[Line], list: ListQuery) -> Table {
    let w = local.w;
    Table {
        w,
        id: "changes",
        caption: w.calendar_title().to_owned(),
        columns: vec![
            Column::sortable(w.plans_col_plan(), &list, "title"),
            Column::sortable(w.plans_col_state(), &list, "state"),
            Column::sortable(w.calendar_col_from(), &list, "from"),
            Column::new(w.calendar_col_to()),
            Column::new(w.plans_col_hosts()).numeric(),
            Column::new(w.calendar_col_services()),
            Column::new(w.calendar_col_layers()),
            Column::new(w.plans_col_units()),
        ],
        rows: list.page(lines.iter()).map(|line| row(local, line)).collect(),
        filters: filters(w, &list),
        total: lines.len() as u64,
        exports: true,
        topics: vec![Topic::Plans, Topic::Night],
        list,
    }
}

fn filters(w: Words, list: &ListQuery) -> Vec<Filter> {
    let choice = |value: String, label: String| Choice { value, label };
    let state = |state: PlanState| choice(state.word().to_owned(), state.says(w).to_owned());
    // A number that an address asks for is offered, too: what is selected is what holds.
    let asked = list.filter("days").and_then(|text| text.parse().ok());
    let offered: BTreeSet<u32> = DAYS_OFFERED.into_iter().chain(asked).collect();
    let days = offered.into_iter().map(|days| choice(days.to_string(), w.calendar_days(u64::from(days))));
    let when = vec![
        choice("coming".to_owned(), w.calendar_when_coming().to_owned()),
        choice("all".to_owned(), w.calendar_when_all().to_owned()),
    ];
    vec![
        Filter::text("q", w.table_filter(), list),
        Filter::always("days", w.calendar_f_days(), list, days.collect(), &DAYS_USUAL.to_string()),
        Filter::always("when", w.calendar_f_when(), list, when, "coming"),
        Filter::choice("state", w.plans_f_state(), list, PlanState::ALL.map(state).to_vec()),
    ]
}

fn row(local: &Local, line: &Line) -> Row {
    let w = local.w;
    let at = |time: Option<Time>| time.map_or_else(String::new, |time| local.moment(time));
    Row {
        name: line.title.clone(),
        why: String::new(),
        cells: vec![
            Cell::Link { href: format!("/plans/{}", line.hash.short()), text: line.title.clone() },
            Cell::Status(status(w, line.state, 0)),
            Cell::Text(at(line.begins())),
            Cell::Text(at(line.ends())),
            Cell::Number(line.hosts),
            Cell::Text(line.services.join(", ")),
            Cell::Text(layers(w, line.layers.iter().copied())),
            Cell::Text(line.units.join(", ")),
        ],
    }
}

const FILE_COLUMNS: [&str; 9] =
    ["title", "hash", "state", "from", "to", "hosts", "services", "layers", "units"];

fn file(local: &Local, format: Format, lines: Vec<Line>) -> Result<Response, Problem> {
    let at = |time: Option<Time>| time.map_or(Value::Empty, |time| Value::Text(local.machine(time)));
    let rows: Vec<Vec<Value>> = lines
        .into_iter()
        .map(|line| {
            let layers: Vec<&str> = line.layers.iter().map(|layer| layer.word()).collect();
            vec![
                Value::from(line.title.as_str()),
                Value::Text(line.hash.to_string()),
                Value::from(line.state.word()),
                at(line.begins()),
                at(line.ends()),
                Value::Number(i64::try_from(line.hosts).unwrap_or(i64::MAX)),
                Value::Text(line.services.join("; ")),
                Value::Text(layers.join("; ")),
                Value::Text(line.units.join("; ")),
            ]
        })
        .collect();
    export::table(local.w, format, "calendar", &FILE_COLUMNS, rows.len() as u64, rows.into_iter())
}
