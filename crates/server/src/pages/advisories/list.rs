//! `/advisories`: every advisory with what it means here.

use std::collections::BTreeSet;

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use exposure::rank::{Tier, rank};
use hospital::State;
use hospital::advisories::devices_by_advisory;
use hospital::matrix::Counts;
use model::Advisory;

use super::say::{day, document_status, document_status_word};
use super::{EmptyPage, ListPage};
use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::listing::{Direction, ListQuery, ListSpec};
use crate::live::Topic;
use crate::page::Ctx;
use crate::pages::matrix::ask::advisory_href;
use crate::parts::{Cell, Choice, Column, Empty, Filter, Row, Status, Table};
use crate::words::Words;
use crate::words::exposure::mark_of;

pub(super) const LIST: ListSpec = ListSpec {
    path: "/advisories",
    sorts: &["worst", "released", "tracking_id", "title", "publisher", "vulnerabilities", "revisions"],
    filters: &["vendor", "year", "status", "here", "publisher"],
};

/// One advisory as lists, files and the API show it.
pub(super) struct Line {
    pub(super) id: String,
    pub(super) namespace: String,
    pub(super) title: String,
    pub(super) publisher: String,
    pub(super) released: String,
    pub(super) version: String,
    pub(super) status: model::advisory::AdvisoryStatus,
    pub(super) revisions: u64,
    pub(super) vulnerabilities: u64,
    pub(super) products: u64,
    pub(super) devices: Counts,
    /// `None` while no catalogue was imported and no assessment says so.
    pub(super) exploited: Option<bool>,
}

struct Known<'s> {
    advisory: &'s Advisory,
    revisions: u64,
    devices: Counts,
}

/// Is one of its vulnerabilities known to be exploited?
pub(super) fn exploited(state: &State, advisory: &Advisory) -> Option<bool> {
    let exploited = |name: &str| rank(&state.threats().inputs(name, None), 0).tier() == Tier::Exploited;
    let any = advisory.vulnerabilities.iter().any(|known| exploited(known.name()));
    (any || state.threats().kev_source().is_some()).then_some(any)
}

/// In files and the API.
pub(super) fn exploited_word(exploited: Option<bool>) -> &'static str {
    match exploited {
        Some(true) => "exploited",
        Some(false) => "not_listed",
        None => "not_known",
    }
}

fn holds(text: &str, lower: &str) -> bool {
    text.to_lowercase().contains(lower)
}

fn passes(list: &ListQuery, known: &Known<'_>) -> bool {
    let advisory = known.advisory;
    let lower = |key: &str| list.filter(key).map(str::to_lowercase);
    let text = lower("q").is_none_or(|text| {
        holds(&advisory.key.tracking_id, &text)
            || holds(&advisory.title, &text)
            || holds(&advisory.publisher, &text)
            || advisory.vulnerabilities.iter().any(|vulnerability| holds(vulnerability.name(), &text))
    });
    let vendor = |vendor: &String| {
        advisory
            .products
            .iter()
            .any(|product| product.vendor.as_deref().is_some_and(|name| holds(name, vendor)))
    };
    let here = match list.filter("here") {
        None => true,
        Some("affected") => known.devices.affected > 0,
        Some("undecided") => known.devices.undecided > 0,
        Some("none") => known.devices.all() == 0,
        Some(_) => known.devices.open() > 0,
    };
    here && text
        && list.filter("year").is_none_or(|year| advisory.released.starts_with(year))
        && list.filter("status").is_none_or(|status| document_status_word(advisory.status) == status)
        && list.filter("publisher").is_none_or(|namespace| *advisory.key.namespace == *namespace)
        && lower("vendor").as_ref().is_none_or(vendor)
}

/// Refuses values that no filter takes, and says what would be right.
fn checked(list: &ListQuery) -> Result<(), Problem> {
    for (key, right) in [
        ("status", &["draft", "interim", "final"][..]),
        ("here", &["open", "affected", "undecided", "none"][..]),
    ] {
        if let Some(asked) = list.filter(key).filter(|asked| !right.contains(asked)) {
            let asked: String = asked.chars().take(40).collect();
            return Err(Problem::Bad(format!(
                "{key}={asked} is not possible; it is one of: {}",
                right.join(", ")
            )));
        }
    }
    Ok(())
}

/// Worst first: most affected devices, then most undecided, then the newest.
fn order(list: &ListQuery, all: &mut [Known<'_>]) {
    use std::cmp::Reverse;
    let id = |known: &Known<'_>| known.advisory.key.tracking_id.clone();
    match list.sort {
        "released" => all.sort_by(|a, b| a.advisory.released.cmp(&b.advisory.released)),
        "tracking_id" => all.sort_by_key(id),
        "title" => all.sort_by(|a, b| a.advisory.title.cmp(&b.advisory.title)),
        "publisher" => all.sort_by(|a, b| a.advisory.publisher.cmp(&b.advisory.publisher)),
        "vulnerabilities" => all.sort_by_key(|known| known.advisory.vulnerabilities.len()),
        "revisions" => all.sort_by_key(|known| known.revisions),
        _ => all.sort_by(|a, b| {
            let key = |known: &Known<'_>| (Reverse(known.devices.affected), Reverse(known.devices.undecided));
            key(a).cmp(&key(b)).then_with(|| b.advisory.released.cmp(&a.advisory.released))
        }),
    }
    if list.direction == Direction::Down {
        all.reverse();
    }
}

/// The advisories asked for, from `offset` on, `most` at most; how many there are; and the years there are.
pub(super) fn lines(
    state: &State,
    list: &ListQuery,
    offset: u64,
    most: usize,
) -> Result<(Vec<Line>, u64, BTreeSet<String>), Problem> {
    checked(list)?;
    let devices = devices_by_advisory(state);
    let mut years = BTreeSet::new();
    let mut all = Vec::new();
    for ((_, item), devices) in state.library().iter().zip(devices) {
        let advisory = &*item.current().advisory;
        let year = advisory.released.get(..4).unwrap_or("");
        if !years.contains(year) {
            years.insert(year.to_owned());
        }
        let known = Known { advisory, revisions: item.revisions().len() as u64, devices };
        if passes(list, &known) {
            all.push(known);
        }
    }
    let total = all.len() as u64;
    order(list, &mut all);
    let shown = all.into_iter().skip(usize::try_from(offset).unwrap_or(usize::MAX)).take(most);
    let line = |known: Known<'_>| Line {
        id: known.advisory.key.tracking_id.to_string(),
        namespace: known.advisory.key.namespace.to_string(),
        title: known.advisory.title.to_string(),
        publisher: known.advisory.publisher.to_string(),
        released: known.advisory.released.to_string(),
        version: known.advisory.version.to_string(),
        status: known.advisory.status,
        revisions: known.revisions,
        vulnerabilities: known.advisory.vulnerabilities.len() as u64,
        products: known.advisory.products.len() as u64,
        devices: known.devices,
        exploited: exploited(state, known.advisory),
    };
    Ok((shown.map(line).collect(), total, years))
}

pub(super) async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let list = LIST.read(query.as_deref())?;
    let w = ctx.w;
    if let Some(format) = Format::of_query(query.as_deref())? {
        let (all, total, _) = ctx.app.domain.node.read(|state| lines(state, &list, 0, usize::MAX))?;
        return export::table(w, format, "advisories", &FILE_COLUMNS, total, all.into_iter().map(values));
    }
    let shell = ctx.shell(w.advisories_title());
    if ctx.app.domain.node.read(|state| state.library().is_empty()) {
        let (text, step) = (w.advisories_empty().to_owned(), w.advisories_empty_step().to_owned());
        return Ok(ctx
            .page(EmptyPage { shell, empty: Empty { w, text, href: "/imports".to_owned(), step } })
            .into_response());
    }
    let read = |state: &State| lines(state, &list, list.offset, list.limit as usize);
    let (shown, total, years) = ctx.app.domain.node.read(read)?;
    let table = table(w, list, &shown, total, &years);
    let links = vec![("/products", w.advisories_products_link())];
    Ok(ctx.page(ListPage { shell, lead: w.advisories_lead().to_owned(), links, table }).into_response())
}

fn table(w: Words, list: ListQuery, shown: &[Line], total: u64, years: &BTreeSet<String>) -> Table {
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    Table {
        w,
        id: "advisories",
        caption: w.advisories_title().to_owned(),
        columns: vec![
            Column::sortable(w.advisory_col_id(), &list, "tracking_id"),
            Column::sortable(w.advisory_col_title(), &list, "title"),
            Column::sortable(w.advisory_col_publisher(), &list, "publisher"),
            Column::sortable(w.advisory_col_released(), &list, "released"),
            Column::sortable(w.advisory_col_revisions(), &list, "revisions").numeric(),
            Column::sortable(w.advisory_col_vulnerabilities(), &list, "vulnerabilities").numeric(),
            Column::sortable(w.advisory_col_here(), &list, "worst"),
            Column::new(w.advisory_col_affected()).numeric(),
            Column::new(w.advisory_col_undecided()).numeric(),
            Column::new(w.advisory_col_exploited()),
        ],
        rows: shown.iter().map(|line| row(w, line)).collect(),
        filters: vec![
            Filter::text("q", w.advisory_f_text(), &list),
            Filter::text("vendor", w.advisory_f_vendor(), &list),
            Filter::choice(
                "year",
                w.advisory_f_year(),
                &list,
                years.iter().rev().map(|year| choice(year, year)).collect(),
            ),
            Filter::choice(
                "status",
                w.advisory_f_status(),
                &list,
                vec![
                    choice("final", w.advisory_status_final()),
                    choice("interim", w.advisory_status_interim()),
                    choice("draft", w.advisory_status_draft()),
                ],
            ),
            Filter::choice(
                "here",
                w.advisory_f_here(),
                &list,
                vec![
                    choice("open", w.advisory_here_open()),
                    choice("affected", w.advisory_here_affected()),
                    choice("undecided", w.advisory_here_undecided()),
                    choice("none", w.advisory_here_none()),
                ],
            ),
        ],
        list,
        total,
        exports: true,
        topics: vec![Topic::Advisories, Topic::Exposures],
    }
}

fn row(w: Words, line: &Line) -> Row {
    let here = match line.devices.worst() {
        Some(worst) => Cell::Status(Status::new(w, mark_of(worst))),
        None => Cell::Text(w.advisory_no_device().to_owned()),
    };
    let exploited = match line.exploited {
        Some(true) => Cell::Text(w.advisory_exploited().to_owned()),
        Some(false) => Cell::Text(w.advisory_not_listed().to_owned()),
        None => Cell::Gap(w.advisory_not_exploited().to_owned()),
    };
    Row {
        name: line.id.clone(),
        why: String::new(),
        cells: vec![
            Cell::Link { href: advisory_href(&line.id), text: line.id.clone() },
            Cell::Text(line.title.clone()),
            Cell::Text(line.publisher.clone()),
            Cell::Code(day(&line.released).to_owned()),
            Cell::Number(line.revisions),
            Cell::Number(line.vulnerabilities),
            here,
            Cell::Number(line.devices.affected),
            Cell::Number(line.devices.undecided),
            exploited,
        ],
    }
}

const FILE_COLUMNS: [&str; 15] = [
    "tracking_id",
    "title",
    "publisher",
    "namespace",
    "released",
    "version",
    "status",
    "revisions",
    "vulnerabilities",
    "products",
    "devices_affected",
    "devices_undecided",
    "devices_fixed",
    "devices_not_affected",
    "exploited",
];

fn values(line: Line) -> Vec<Value> {
    let number = |n: u64| Value::Number(i64::try_from(n).unwrap_or(i64::MAX));
    vec![
        Value::Text(line.id),
        Value::Text(line.title),
        Value::Text(line.publisher),
        Value::Text(line.namespace),
        Value::Text(line.released),
        Value::Text(line.version),
        Value::from(document_status_word(line.status)),
        number(line.revisions),
        number(line.vulnerabilities),
        number(line.products),
        number(line.devices.affected),
        number(line.devices.undecided),
        number(line.devices.fixed),
        number(line.devices.not_affected),
        Value::from(exploited_word(line.exploited)),
    ]
}

/// A status in the reader's words.
pub(super) fn status_word(w: Words, status: model::advisory::AdvisoryStatus) -> &'static str {
    document_status(w, status)
}
