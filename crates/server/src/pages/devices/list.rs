//! `/devices`: the register as a list, filtered, ordered and paged on the server.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use exposure::GapKind;
use hospital::State;
use hospital::fleet::{DeviceFilter, DeviceOrder, Lack, Open};
use model::device::{Criticality, SupportStatus};

use super::data::{Asked, DeviceLine, Walk};
use super::{href, today};
use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::listing::{Direction, ListQuery, ListSpec};
use crate::live::Topic;
use crate::page::{Ctx, Shell};
use crate::parts::{Cell, Choice, Column, Empty, Filter, Row, Status, Table};
use crate::words::Words;
use crate::words::exposure::mark_of;

/// What the list of devices can be asked.
pub(super) const LIST: ListSpec = ListSpec {
    path: "/devices",
    sorts: &["asset_tag", "manufacturer", "model", "unit", "open"],
    filters: &["unit", "site", "maker", "support", "criticality", "open", "gap", "lacks"],
};

/// More choices than this are typed instead of chosen.
const CHOICES_MAX: usize = 500;

#[derive(Template)]
#[template(path = "pages/devices.html")]
struct DevicesPage {
    shell: Shell,
    empty: Option<Empty>,
    table: Table,
}

/// One of several words, or a problem that says which there are.
fn word<T: Copy>(
    list: &ListQuery,
    key: &'static str,
    all: &[T],
    word: impl Fn(T) -> &'static str,
) -> Result<Option<T>, Problem> {
    let Some(asked) = list.filter(key) else { return Ok(None) };
    let known = all.iter().copied().find(|one| word(*one) == asked);
    known.map(Some).ok_or_else(|| {
        let words: Vec<&str> = all.iter().map(|one| word(*one)).collect();
        let asked: String = asked.chars().take(40).collect();
        Problem::Bad(format!("{key}={asked} is not possible; it is one of: {}", words.join(", ")))
    })
}

/// What `list` asks of the register.
pub(super) fn asked(ctx: &Ctx, list: &ListQuery) -> Result<Asked, Problem> {
    let own = |key: &str| list.filter(key).map(str::to_owned);
    let filter = DeviceFilter {
        text: own("q"),
        unit: own("unit"),
        site: own("site"),
        maker: own("maker"),
        support: word(list, "support", SupportStatus::ALL, SupportStatus::word)?,
        criticality: word(list, "criticality", Criticality::ALL, Criticality::word)?,
        open: word(list, "open", &Open::ALL, Open::word)?,
        gap: word(list, "gap", GapKind::ALL, GapKind::word)?,
        lacks: word(list, "lacks", &Lack::ALL, Lack::word)?,
    };
    let order = match list.sort {
        "manufacturer" => DeviceOrder::Maker,
        "model" => DeviceOrder::Model,
        "unit" => DeviceOrder::Unit,
        "open" => DeviceOrder::Open,
        _ => DeviceOrder::Tag,
    };
    Ok(Asked { filter, order: (order, list.direction == Direction::Down), today: today(&ctx.local()) })
}

pub(super) async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let list = LIST.read(query.as_deref())?;
    let asked = asked(&ctx, &list)?;
    if let Some(format) = Format::of_query(query.as_deref())? {
        return file(&ctx, format, &asked);
    }
    let w = ctx.w;
    let node = &ctx.app.domain.node;
    let (lines, total) = asked.page(node, list.offset, u64::from(list.limit));
    let (filters, is_empty) = node.read(|state| (filters(w, state, &list), state.register().is_empty()));
    let table = Table {
        w,
        id: "devices",
        caption: w.devices_title().to_owned(),
        columns: columns(w, &list),
        rows: lines.iter().map(|line| row(w, line)).collect(),
        filters,
        list,
        total,
        exports: true,
        topics: vec![Topic::Devices, Topic::Exposures],
    };
    let empty = is_empty.then(|| Empty {
        w,
        text: w.devices_empty().to_owned(),
        href: "/imports".to_owned(),
        step: w.devices_empty_step().to_owned(),
    });
    Ok(ctx.page(DevicesPage { shell: ctx.shell(w.devices_title()), empty, table }).into_response())
}

fn columns(w: Words, list: &ListQuery) -> Vec<Column> {
    vec![
        Column::sortable(w.devices_col_device(), list, "asset_tag"),
        Column::sortable(w.devices_col_maker(), list, "manufacturer"),
        Column::sortable(w.devices_col_model(), list, "model"),
        Column::new(w.devices_col_version()),
        Column::sortable(w.devices_col_unit(), list, "unit"),
        Column::new(w.devices_col_support()),
        Column::new(w.devices_col_verdict()),
        Column::sortable(w.devices_col_open(), list, "open").numeric(),
    ]
}

fn text_or_gap(w: Words, text: &str) -> Cell {
    if text.is_empty() { Cell::Gap(w.devices_not_recorded().to_owned()) } else { Cell::Text(text.to_owned()) }
}

fn row(w: Words, line: &DeviceLine) -> Row {
    let verdict = match line.worst() {
        Some(worst) => Cell::Status(Status::new(w, mark_of(worst)).detail(counts_text(w, line))),
        None => Cell::Gap(w.devices_unmatched().to_owned()),
    };
    let support = match line.support {
        SupportStatus::Unknown => Cell::Gap(w.support(line.support).to_owned()),
        SupportStatus::Supported | SupportStatus::Unsupported => {
            Cell::Text(w.support(line.support).to_owned())
        }
    };
    Row {
        name: line.tag.clone(),
        why: String::new(),
        cells: vec![
            Cell::Link { href: href(&line.tag), text: line.tag.clone() },
            text_or_gap(w, &line.maker),
            text_or_gap(w, &line.model),
            line.version.clone().map_or_else(|| text_or_gap(w, ""), Cell::Code),
            text_or_gap(w, line.unit.as_deref().unwrap_or("")),
            support,
            verdict,
            Cell::Number(line.counts.open()),
        ],
    }
}

/// The counts behind the worst verdict, those that are not 0.
fn counts_text(w: Words, line: &DeviceLine) -> String {
    let counts = exposure::Verdict::ALL.map(|verdict| (verdict, line.counts.of(verdict)));
    let parts = counts.into_iter().filter(|(_, count)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(verdict, count)| w.devices_count(&w.number(count), &w.verdict(verdict).to_lowercase()))
        .collect();
    parts.join(" · ")
}

fn choices(words: impl Iterator<Item = (String, String)>) -> Vec<Choice> {
    words.map(|(value, label)| Choice { value, label }).collect()
}

fn filters(w: Words, state: &State, list: &ListQuery) -> Vec<Filter> {
    let named = |key, label: &str, names: Vec<&str>| {
        let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
        if names.len() > CHOICES_MAX {
            return Filter::text(key, label, list);
        }
        Filter::choice(
            key,
            label,
            list,
            choices(names.into_iter().map(|name| (name.to_owned(), name.to_owned()))),
        )
    };
    let of = |key, label: &str, pairs: Vec<(&'static str, &'static str)>| {
        Filter::choice(
            key,
            label,
            list,
            choices(pairs.into_iter().map(|(value, label)| (value.to_owned(), label.to_owned()))),
        )
    };
    let supports = SupportStatus::ALL.iter().map(|one| (one.word(), w.support(*one))).collect();
    let criticalities = Criticality::ALL.iter().map(|one| (one.word(), w.criticality(*one))).collect();
    let opens = Open::ALL.iter().map(|one| (one.word(), open_word(w, *one))).collect();
    let lacks = Lack::ALL.iter().map(|one| (one.word(), lack_word(w, *one))).collect();
    let mut filters = vec![
        Filter::text("q", w.devices_f_text(), list),
        named("unit", w.devices_f_unit(), only_names(hospital::fleet::units(state))),
        named("site", w.devices_f_site(), only_names(hospital::fleet::sites(state))),
        named("maker", w.devices_f_maker(), hospital::fleet::makers(state)),
        of("support", w.devices_f_support(), supports),
        of("criticality", w.devices_f_criticality(), criticalities),
        of("open", w.devices_f_open(), opens),
        of("lacks", w.devices_f_lacks(), lacks),
    ];
    if list.filter("gap").is_some() {
        let gaps = GapKind::ALL.iter().map(|gap| (gap.word(), w.gap_word(*gap))).collect();
        filters.push(of("gap", w.devices_f_gap(), gaps));
    }
    filters
}

fn only_names(used: Vec<(&str, u64)>) -> Vec<&str> {
    used.into_iter().map(|(name, _)| name).collect()
}

fn open_word(w: Words, open: Open) -> &'static str {
    match open {
        Open::Some => w.devices_open_some(),
        Open::None => w.devices_open_none(),
        Open::Exploited => w.devices_open_exploited(),
    }
}

fn lack_word(w: Words, lack: Lack) -> &'static str {
    match lack {
        Lack::Maker => w.devices_lacks_maker(),
        Lack::Version => w.devices_lacks_version(),
        Lack::Advisory => w.devices_lacks_advisory(),
    }
}

const FILE_COLUMNS: [&str; 15] = [
    "asset_tag",
    "manufacturer",
    "model",
    "software_version",
    "site",
    "unit",
    "support_status",
    "end_of_support",
    "criticality",
    "worst_verdict",
    "affected",
    "undecided",
    "fixed",
    "not_affected",
    "open_exploited",
];

fn file(ctx: &Ctx, format: Format, asked: &Asked) -> Result<Response, Problem> {
    let (walk, total) = Walk::new(ctx.app.domain.node.clone(), asked);
    let rows = walk.map(|line| {
        let count = |count: u64| Value::Number(i64::try_from(count).unwrap_or(i64::MAX));
        let known = |text: &str| if text.is_empty() { Value::Empty } else { Value::from(text) };
        vec![
            Value::from(line.tag.as_str()),
            known(&line.maker),
            known(&line.model),
            Value::from(line.version.as_deref()),
            Value::from(line.site.as_deref()),
            Value::from(line.unit.as_deref()),
            Value::from(line.support.word()),
            line.support_end.map_or(Value::Empty, |day| Value::Text(day.to_string())),
            Value::from(line.criticality.word()),
            Value::from(line.worst().map(exposure::Verdict::word)),
            count(line.counts.affected),
            count(line.counts.undecided),
            count(line.counts.fixed),
            count(line.counts.not_affected),
            count(line.exploited),
        ]
    });
    export::table(ctx.w, format, "devices", &FILE_COLUMNS, total, rows)
}
