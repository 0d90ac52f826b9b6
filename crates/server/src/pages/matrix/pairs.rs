//! `/matrix/pairs` and `/matrix/unmatched`: the devices behind a count, by pages, and whole as a file.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use exposure::matcher::AdvisoryIx;
use exposure::{GapKind, Verdict};
use hospital::State;
use hospital::matrix::{Filter, Pair, PairOrder, pairs, said, unmatched};
use node::Node;

use super::ask::{self, NOT_RECORDED, advisory_href, behind, device_href, filter_of};
use super::head::Choices;
use super::{ListPage, export_limit};
use crate::export::{self, EXPORT_ROWS_MAX, Format, Value};
use crate::http::Problem;
use crate::listing::{Direction, ListQuery};
use crate::live::Topic;
use crate::page::Ctx;
use crate::parts::{Cell, Column, Row, Status, Table};
use crate::words::Words;
use crate::words::exposure::mark_of;

/// One pair with what lists, files and the API show of it.
pub(crate) struct PairLine {
    pub(crate) device: String,
    pub(crate) manufacturer: String,
    pub(crate) model: String,
    pub(crate) version: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) site: Option<String>,
    pub(crate) vulnerability: String,
    pub(crate) verdict: Verdict,
    pub(crate) gap: Option<GapKind>,
    pub(crate) confidence: Option<u8>,
    /// The advisory that decides: tracking id.
    pub(crate) advisory: String,
    /// How many other advisories speak of the pair.
    pub(crate) others: u64,
}

impl PairLine {
    /// Looks everything up that is to be shown of a pair.
    pub(crate) fn of(state: &State, pair: &Pair) -> Option<PairLine> {
        let device = state.register().get(pair.device)?;
        let said = said(state, pair);
        let advisory = |ix: AdvisoryIx| {
            state.library().get(ix).map(|item| item.current().advisory.key.tracking_id.to_string())
        };
        let own = |text: Option<&str>| text.map(str::to_owned);
        let first = said.first();
        Some(PairLine {
            device: device.asset_tag().to_owned(),
            manufacturer: device.manufacturer().to_owned(),
            model: device.model().to_owned(),
            version: own(device.software_version()),
            unit: own(device.unit()),
            site: own(device.site()),
            vulnerability: state.matcher().vulnerability_name(pair.vulnerability).to_owned(),
            verdict: pair.verdict,
            gap: first.and_then(|cell| cell.gap),
            confidence: first.map(|cell| cell.confidence.as_hundredths()),
            advisory: first.and_then(|cell| advisory(cell.advisory)).unwrap_or_default(),
            others: said.len().saturating_sub(1) as u64,
        })
    }
}

/// The order that a list is asked in.
pub(crate) fn order_of(list: &ListQuery) -> (PairOrder, bool) {
    let order = match list.sort {
        "verdict" => PairOrder::Verdict,
        "device" => PairOrder::Device,
        _ => PairOrder::Rank,
    };
    (order, list.direction == Direction::Down)
}

/// The pairs asked for and how many there are.
pub(crate) fn lines(state: &State, filter: &Filter, list: &ListQuery) -> (Vec<PairLine>, u64) {
    let (order, backwards) = order_of(list);
    let page = pairs(state, filter, order, backwards, list.offset, list.limit as usize);
    (page.pairs.iter().filter_map(|pair| PairLine::of(state, pair)).collect(), page.totals.all())
}

pub(super) async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let list = ask::PAIRS.read(query.as_deref())?;
    let filter = filter_of(&list)?;
    if let Some(format) = Format::of_query(query.as_deref())? {
        return file(&ctx, format, &filter, &list);
    }
    let w = ctx.w;
    let (lines, total, choices) = ctx.app.domain.node.read(|state| {
        let (lines, total) = lines(state, &filter, &list);
        (lines, total, Choices::of(state))
    });
    let table = Table {
        w,
        id: "pairs",
        caption: w.matrix_pairs().to_owned(),
        columns: vec![
            Column::sortable(w.pairs_col_device(), &list, "device"),
            Column::new(w.pairs_col_model()),
            Column::new(w.pairs_col_version()),
            Column::new(w.pairs_col_unit()),
            Column::sortable(w.pairs_col_vulnerability(), &list, "urgency"),
            Column::sortable(w.pairs_col_verdict(), &list, "verdict"),
            Column::new(w.pairs_col_advisory()),
            Column::new(w.pairs_col_confidence()).numeric(),
        ],
        rows: lines.iter().map(|line| row(w, line)).collect(),
        filters: choices.filters(w, &list),
        list,
        total,
        exports: true,
        topics: vec![Topic::Devices, Topic::Exposures],
    };
    let shell = ctx.shell(w.pairs_title()).crumb("/matrix", w.matrix_title());
    let lead = format!("{} {}", w.pairs_lead(), export_limit(w));
    Ok(ctx.page(ListPage { shell, lead, table }).into_response())
}

/// A confidence as people read it: `0.95`.
pub(crate) fn hundredths(value: u8) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

/// A verdict with its gap behind it.
pub(crate) fn status(w: Words, verdict: Verdict, gap: Option<GapKind>) -> Status {
    let status = Status::new(w, mark_of(verdict));
    match gap {
        Some(gap) => status.detail(w.gap_word(gap)),
        None => status,
    }
}

fn known(w: Words, text: Option<&str>) -> Cell {
    match text {
        Some(text) if !text.is_empty() => Cell::Text(text.to_owned()),
        Some(_) | None => Cell::Gap(w.matrix_not_recorded().to_owned()),
    }
}

fn row(w: Words, line: &PairLine) -> Row {
    let advisory = if line.others == 0 {
        line.advisory.clone()
    } else {
        format!("{} {}", line.advisory, w.pairs_more(line.others))
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("device", &line.device), ("cve", &line.vulnerability)])
        .finish();
    Row {
        name: format!("{} · {}", line.device, line.vulnerability),
        why: format!("/matrix/why?{query}"),
        cells: vec![
            Cell::Link { href: device_href(&line.device), text: line.device.clone() },
            known(w, Some(format!("{} {}", line.manufacturer, line.model).trim())),
            match &line.version {
                Some(version) => Cell::Code(version.clone()),
                None => Cell::Gap(w.matrix_not_recorded().to_owned()),
            },
            known(w, line.unit.as_deref()),
            Cell::Text(line.vulnerability.clone()),
            Cell::Status(status(w, line.verdict, line.gap)),
            Cell::Link { href: advisory_href(&line.advisory), text: advisory },
            line.confidence
                .map_or(Cell::Gap(w.status_unknown().to_owned()), |value| Cell::Text(hundredths(value))),
        ],
    }
}

const FILE_COLUMNS: [&str; 12] = [
    "asset_tag",
    "manufacturer",
    "model",
    "software_version",
    "unit",
    "site",
    "vulnerability",
    "verdict",
    "gap",
    "confidence",
    "advisory",
    "other_advisories",
];

fn values(line: PairLine) -> Vec<Value> {
    let text = |text: Option<String>| text.map_or(Value::Empty, Value::Text);
    vec![
        Value::Text(line.device),
        Value::Text(line.manufacturer),
        Value::Text(line.model),
        text(line.version),
        text(line.unit),
        text(line.site),
        Value::Text(line.vulnerability),
        Value::Text(line.verdict.word().to_owned()),
        text(line.gap.map(|gap| gap.word().to_owned())),
        text(line.confidence.map(hundredths)),
        Value::Text(line.advisory),
        Value::Number(i64::try_from(line.others).unwrap_or(i64::MAX)),
    ]
}

/// Pairs whose texts are looked up at once while a file is written.
const LOOKED_UP_AT_ONCE: usize = 2_000;

/// Which pairs a file holds is settled when it is asked for; their texts are looked up while it is written.
fn file(ctx: &Ctx, format: Format, filter: &Filter, list: &ListQuery) -> Result<Response, Problem> {
    let (order, backwards) = order_of(list);
    let most = usize::try_from(EXPORT_ROWS_MAX).unwrap_or(usize::MAX);
    let page = ctx.app.domain.node.read(|state| {
        let total = pairs(state, filter, order, backwards, 0, 0).totals.all();
        if total > EXPORT_ROWS_MAX { None } else { Some(pairs(state, filter, order, backwards, 0, most)) }
            .ok_or(total)
    });
    let (all, total) = match page {
        Ok(page) => (page.pairs, page.totals.all()),
        Err(total) => (Vec::new(), total),
    };
    let node: Arc<Node> = Arc::clone(&ctx.app.domain.node);
    let rows = (0..all.len()).step_by(LOOKED_UP_AT_ONCE).flat_map(move |from| {
        let some = all.iter().skip(from).take(LOOKED_UP_AT_ONCE);
        node.read(|state| some.filter_map(|pair| PairLine::of(state, pair)).map(values).collect::<Vec<_>>())
    });
    export::table(ctx.w, format, "pairs", &FILE_COLUMNS, total, rows)
}

/// A device of which no advisory speaks: tag, maker, model, version, unit, site.
type Unmatched = (String, String, String, Option<String>, Option<String>, Option<String>);

pub(super) async fn show_unmatched(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let list = ask::UNMATCHED.read(query.as_deref())?;
    let filter = filter_of(&list)?;
    let format = Format::of_query(query.as_deref())?;
    let w = ctx.w;
    let (offset, limit) = match format {
        Some(_) => (0, usize::try_from(EXPORT_ROWS_MAX).unwrap_or(usize::MAX)),
        None => (usize::try_from(list.offset).unwrap_or(usize::MAX), list.limit as usize),
    };
    let (devices, total, choices): (Vec<Unmatched>, u64, Choices) = ctx.app.domain.node.read(|state| {
        let (devices, total) = unmatched(state, &filter, offset, limit);
        let own = |text: Option<&str>| text.map(str::to_owned);
        let line = |device: hospital::register::DeviceView<'_>| {
            let (tag, maker, model) = (device.asset_tag(), device.manufacturer(), device.model());
            let [tag, maker, model] = [tag, maker, model].map(str::to_owned);
            (tag, maker, model, own(device.software_version()), own(device.unit()), own(device.site()))
        };
        let devices = devices.into_iter().filter_map(|ix| state.register().get(ix)).map(line).collect();
        (devices, total, Choices::of(state))
    });
    if let Some(format) = format {
        let columns = ["asset_tag", "manufacturer", "model", "software_version", "unit", "site"];
        let text = |text: Option<String>| text.map_or(Value::Empty, Value::Text);
        let rows = devices.into_iter().map(move |(tag, maker, model, version, unit, site)| {
            vec![
                Value::Text(tag),
                Value::Text(maker),
                Value::Text(model),
                text(version),
                text(unit),
                text(site),
            ]
        });
        return export::table(w, format, "unmatched", &columns, total, rows);
    }
    let row = |(tag, maker, model, version, unit, site): &Unmatched| Row {
        name: tag.clone(),
        why: String::new(),
        cells: vec![
            Cell::Link { href: device_href(tag), text: tag.clone() },
            known(w, Some(maker)),
            known(w, Some(model)),
            known(w, version.as_deref()),
            known(w, unit.as_deref()),
            known(w, site.as_deref()),
        ],
    };
    let mut filters = choices.filters(w, &list);
    filters.retain(|filter| filter.key == "q" || ask::UNMATCHED.filters.contains(&filter.key));
    let table = Table {
        w,
        id: "unmatched",
        caption: w.matrix_devices().to_owned(),
        columns: vec![
            Column::new(w.pairs_col_device()),
            Column::new(w.matrix_f_maker()),
            Column::new(w.pairs_col_model()),
            Column::new(w.pairs_col_version()),
            Column::new(w.pairs_col_unit()),
            Column::new(w.matrix_f_site()),
        ],
        rows: devices.iter().map(row).collect(),
        filters,
        list,
        total,
        exports: true,
        topics: vec![Topic::Devices, Topic::Exposures],
    };
    let shell = ctx.shell(w.unmatched_title()).crumb("/matrix", w.matrix_title());
    Ok(ctx.page(ListPage { shell, lead: w.unmatched_lead().to_owned(), table }).into_response())
}

/// Where the pairs of a question are listed.
pub(super) fn pairs_of(list: &ListQuery, more: &[(&'static str, &str)]) -> String {
    let more: Vec<_> =
        more.iter().map(|(key, value)| (*key, if value.is_empty() { NOT_RECORDED } else { value })).collect();
    behind(list, ask::PAIRS.path, &more)
}
