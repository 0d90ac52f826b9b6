//! `/incidents`: the list, newest first, open ones before closed ones.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use hospital::State;
use hospital::archives::incident::ArchiveIncident;
use hospital::fact::night::Happened;
use hospital::night::records::Incident;

use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::listing::{Direction, ListQuery, ListSpec};
use crate::live::Topic;
use crate::page::{Ctx, Shell};
use crate::pages::archive::href as archive_href;
use crate::pages::night::{host_href, say};
use crate::parts::{Cell, Choice, Column, Empty, Filter, Row, Status, Table};

/// What the list of incidents can be asked.
pub(super) const LIST: ListSpec =
    ListSpec { path: "/incidents", sorts: &["opened", "host"], filters: &["state"] };

#[derive(Template)]
#[template(path = "pages/incidents.html")]
struct IncidentsPage {
    shell: Shell,
    lead: &'static str,
    empty: Option<Empty>,
    table: Table,
}

/// The incidents that `list` asks for, in its order; and whether there is none at all.
pub(super) fn found(state: &State, list: &ListQuery) -> Result<(Vec<Incident>, bool), Problem> {
    let open = match list.filter("state") {
        None => None,
        Some("open") => Some(true),
        Some("closed") => Some(false),
        Some(other) => {
            let other: String = other.chars().take(40).collect();
            return Err(Problem::Bad(format!("state={other} is not possible; it is open or closed")));
        }
    };
    let all = state.night().incidents();
    let text = list.filter("q").unwrap_or("").to_lowercase();
    let host = |incident: &Incident| incident.opened.host.as_ref().map_or(String::new(), ToString::to_string);
    let mut found: Vec<Incident> = all
        .values()
        .filter(|incident| open.is_none_or(|open| incident.closed.is_none() == open))
        .filter(|incident| {
            format!("{} {} {}", incident.opened.id, host(incident), say::incident_word(&incident.opened.kind))
                .to_lowercase()
                .contains(&text)
        })
        .cloned()
        .collect();
    match list.sort {
        "host" => found.sort_by_key(host),
        _ => found.sort_by_key(|incident| (incident.closed.is_some(), std::cmp::Reverse(incident.stamp.seq))),
    }
    if list.direction == Direction::Down {
        found.reverse();
    }
    Ok((found, all.is_empty()))
}

pub(super) async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let list = LIST.read(query.as_deref())?;
    let (found, none) = ctx.app.domain.node.read(|state| found(state, &list))?;
    if let Some(format) = Format::of_query(query.as_deref())? {
        return file(&ctx, format, found);
    }
    let w = ctx.w;
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    let table = Table {
        w,
        id: "incidents",
        caption: w.incidents_title().to_owned(),
        columns: vec![
            Column::sortable(w.incidents_col_when(), &list, "opened"),
            Column::new(w.incidents_col_what()),
            Column::sortable(w.incidents_col_host(), &list, "host"),
            Column::new(w.incidents_col_state()),
        ],
        rows: list.page(found.iter()).map(|incident| row(&ctx, incident)).collect(),
        filters: vec![
            Filter::text("q", w.table_filter(), &list),
            Filter::choice(
                "state",
                w.incidents_f_state(),
                &list,
                vec![choice("open", w.incidents_open()), choice("closed", w.incidents_closed())],
            ),
        ],
        total: found.len() as u64,
        exports: true,
        topics: vec![Topic::Night],
        list,
    };
    let empty = none.then(|| Empty {
        w,
        text: w.incidents_empty().to_owned(),
        href: String::new(),
        step: String::new(),
    });
    let shell = ctx.shell(w.incidents_title());
    Ok(ctx.page(IncidentsPage { shell, lead: w.incidents_lead(), empty, table }).into_response())
}

fn row(ctx: &Ctx, incident: &Incident) -> Row {
    let (w, local) = (ctx.w, ctx.local());
    let kind = &incident.opened.kind;
    let host = incident.opened.host.as_ref();
    let id = incident.opened.id.to_string();
    Row {
        name: id.clone(),
        why: String::new(),
        cells: vec![
            Cell::Link { href: format!("/incidents/{id}"), text: local.moment(incident.stamp.time) },
            Cell::Text(say::incident(&local, kind)),
            match (host, kind) {
                (Some(host), _) => Cell::Link { href: host_href(host.as_str()), text: host.to_string() },
                (None, Happened::AtArchive(ArchiveIncident::ArchiveSlower(slower))) => {
                    Cell::Link { href: archive_href(&slower.pair), text: slower.pair.to_string() }
                }
                (None, Happened::InNight(_)) => Cell::Text(String::new()),
            },
            match &incident.closed {
                None => Cell::Status(Status::worded(say::incident_mark(kind), w.incidents_open())),
                Some((stamp, _)) => {
                    Cell::Text(format!("{} {}", w.incidents_closed(), local.moment(stamp.time)))
                }
            },
        ],
    }
}

const FILE_COLUMNS: [&str; 8] = ["incident", "opened", "kind", "what", "host", "plan", "closed", "evidence"];

fn file(ctx: &Ctx, format: Format, found: Vec<Incident>) -> Result<Response, Problem> {
    let local = ctx.local();
    let total = found.len() as u64;
    let rows = found.into_iter().map(move |incident| {
        let closed = incident.closed.as_ref();
        vec![
            Value::from(incident.opened.id.as_str()),
            Value::Text(local.machine(incident.stamp.time)),
            Value::from(say::incident_word(&incident.opened.kind)),
            Value::Text(say::incident(&local, &incident.opened.kind)),
            Value::from(incident.opened.host.as_ref().map(|host| host.as_str())),
            incident.opened.plan.map_or(Value::Empty, |plan| Value::Text(plan.to_string())),
            closed.map_or(Value::Empty, |(stamp, _)| Value::Text(local.machine(stamp.time))),
            Value::from(closed.map(|(_, evidence)| &**evidence)),
        ]
    });
    export::table(ctx.w, format, "incidents", &FILE_COLUMNS, total, rows)
}
