//! `/hosts`: machines with an agent.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};

use super::data::{HostLine, Restart};
use crate::clock::Local;
use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::listing::{Direction, ListQuery, ListSpec};
use crate::live::Topic;
use crate::page::{Ctx, Shell};
use crate::pages::night::{host_href, say};
use crate::parts::{Age, Cell, Choice, Column, Empty, Filter, Mark, Row, Status, Table};
use crate::words::Words;

/// What the list of hosts can be asked.
pub(super) const LIST: ListSpec =
    ListSpec { path: "/hosts", sorts: &["host", "unit", "evidence", "available"], filters: &["restart"] };

/// Evidence older than this is marked where no plan says what is allowed.
pub(super) const EVIDENCE_AGE_MAX_SECONDS: i64 = 900;

#[derive(Template)]
#[template(path = "pages/hosts.html")]
struct HostsPage {
    shell: Shell,
    lead: &'static str,
    empty: Option<Empty>,
    table: Table,
}

/// The hosts that `list` asks for, in its order; and whether there is none at all.
pub(super) fn found(ctx: &Ctx, list: &ListQuery) -> Result<(Vec<HostLine>, bool), Problem> {
    let restart = list.filter("restart");
    if let Some(asked) = restart
        && !Restart::ALL.iter().any(|known| known.word() == asked)
    {
        let asked: String = asked.chars().take(40).collect();
        return Err(Problem::Bad(format!(
            "restart={asked} is not possible; it is one of: pending, unknown, clear"
        )));
    }
    let mut lines = ctx.app.domain.node.read(|state| HostLine::all(state, ctx.now));
    let none = lines.is_empty();
    let text = list.filter("q").unwrap_or("").to_lowercase();
    lines.retain(|line| {
        restart.is_none_or(|asked| line.restart.word() == asked)
            && format!("{} {} {}", line.tag, line.unit, line.system).to_lowercase().contains(&text)
    });
    match list.sort {
        "unit" => lines.sort_by(|a, b| a.unit.cmp(&b.unit)),
        "evidence" => lines.sort_by_key(|line| line.observed_at),
        "available" => lines.sort_by_key(|line| line.available),
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
    let local = ctx.local();
    if let Some(format) = Format::of_query(query.as_deref())? {
        return file(&ctx, format, lines);
    }
    let w = ctx.w;
    let empty =
        none.then(|| Empty { w, text: w.hosts_empty().to_owned(), href: String::new(), step: String::new() });
    let table = Table {
        w,
        id: "hosts",
        caption: w.hosts_title().to_owned(),
        columns: vec![
            Column::sortable(w.hosts_col_host(), &list, "host"),
            Column::sortable(w.hosts_col_unit(), &list, "unit"),
            Column::new(w.hosts_col_verdict()),
            Column::sortable(w.hosts_col_heard(), &list, "evidence"),
            Column::new(w.hosts_col_signals()),
            Column::sortable(w.hosts_col_available(), &list, "available").numeric(),
            Column::new(w.hosts_col_system()),
        ],
        rows: list.page(lines.iter()).map(|line| row(w, &local, line)).collect(),
        filters: vec![
            Filter::text("q", w.table_filter(), &list),
            Filter::choice(
                "restart",
                w.hosts_f_signal(),
                &list,
                Restart::ALL
                    .map(|one| Choice {
                        value: one.word().to_owned(),
                        label: restart_word(w, one).to_owned(),
                    })
                    .to_vec(),
            ),
        ],
        total: lines.len() as u64,
        exports: true,
        topics: vec![Topic::Hosts, Topic::Night],
        list,
    };
    Ok(ctx
        .page(HostsPage { shell: ctx.shell(w.hosts_title()), lead: w.hosts_lead(), empty, table })
        .into_response())
}

fn restart_word(w: Words, restart: Restart) -> &'static str {
    match restart {
        Restart::Pending => w.hosts_signal_pending(),
        Restart::Unknown => w.hosts_signal_unknown(),
        Restart::Clear => w.hosts_signal_clear(),
    }
}

/// What all sources say together, with how many were read.
pub(super) fn restart_status(w: Words, line: &HostLine) -> Status {
    let mark = match line.restart {
        Restart::Pending => Mark::RestartPending,
        Restart::Unknown => Mark::Unknown,
        Restart::Clear => Mark::Fixed,
    };
    let status = Status::worded(mark, restart_word(w, line.restart));
    if line.sources == 0 {
        return status;
    }
    status.detail(w.hosts_read(&w.number(line.read), &w.number(line.sources)))
}

fn row(w: Words, local: &Local, line: &HostLine) -> Row {
    let heard = match (&line.revoked, line.enrolled, line.observed_at) {
        (Some(why), _, _) => Cell::Gap(w.hosts_revoked(why)),
        (None, None, _) => Cell::Gap(w.hosts_not_enrolled().to_owned()),
        (None, Some(_), None) => Cell::Gap(w.night_never_heard().to_owned()),
        (None, Some(_), Some(at)) => Cell::Age(Age::new(local, at, Some(EVIDENCE_AGE_MAX_SECONDS))),
    };
    Row {
        name: line.tag.clone(),
        why: String::new(),
        cells: vec![
            Cell::Link { href: host_href(&line.tag), text: line.tag.clone() },
            if line.unit.is_empty() {
                Cell::Gap(w.devices_not_recorded().to_owned())
            } else {
                Cell::Text(line.unit.clone())
            },
            line.verdict.as_ref().map_or_else(
                || Cell::Text(w.hosts_not_in_night().to_owned()),
                |verdict| Cell::Status(say::status(local, verdict)),
            ),
            heard,
            Cell::Status(restart_status(w, line)),
            Cell::Number(line.available),
            Cell::Text(line.system.clone()),
        ],
    }
}

const FILE_COLUMNS: [&str; 10] = [
    "host",
    "unit",
    "system",
    "enrolled",
    "evidence_at",
    "restart",
    "sources_read",
    "sources",
    "patches_on_offer",
    "verdict",
];

fn file(ctx: &Ctx, format: Format, lines: Vec<HostLine>) -> Result<Response, Problem> {
    let local = ctx.local();
    let total = lines.len() as u64;
    let count = |count: u64| Value::Number(i64::try_from(count).unwrap_or(i64::MAX));
    let rows = lines.into_iter().map(move |line| {
        let at =
            |time: Option<model::Time>| time.map_or(Value::Empty, |time| Value::Text(local.machine(time)));
        vec![
            Value::from(line.tag.as_str()),
            Value::from(line.unit.as_str()),
            Value::from(line.system.as_str()),
            at(line.enrolled),
            at(line.observed_at),
            Value::from(line.restart.word()),
            count(line.read),
            count(line.sources),
            count(line.available),
            Value::from(line.verdict.as_ref().map(say::verdict_word)),
        ]
    });
    export::table(ctx.w, format, "hosts", &FILE_COLUMNS, total, rows)
}
