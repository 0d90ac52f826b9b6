//! Advisory → assets: every device that an advisory speaks of (one of CSAF's four lists).

use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};
use exposure::matcher::AdvisoryIx;
use exposure::{GapKind, Verdict};
use hospital::State;
use hospital::advisories::{Asset, assets};
use hospital::matrix::Counts;

use super::{ListPage, Read, choose, read_one};
use crate::export::{self, Format, Value};
use crate::http::Problem;
use crate::listing::{Direction, ListQuery, ListSpec};
use crate::live::Topic;
use crate::page::Ctx;
use crate::pages::matrix::ask::{advisory_href, device_href};
use crate::pages::matrix::pairs::{hundredths, status};
use crate::parts::{Cell, Choice, Column, Filter, Row, Table};
use crate::words::Words;

pub(super) const LIST: ListSpec = ListSpec {
    path: "/advisories/assets",
    sorts: &["worst", "device"],
    filters: &["verdict", "unit", "publisher"],
};

/// A device that an advisory speaks of.
pub(super) struct AssetLine {
    pub(super) device: String,
    pub(super) manufacturer: String,
    pub(super) model: String,
    pub(super) version: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) verdict: Verdict,
    pub(super) gap: Option<GapKind>,
    pub(super) confidence: u8,
    /// The vulnerability that the verdict is of: the worst.
    pub(super) worst: String,
    pub(super) vulnerabilities: Counts,
}

/// The devices that meet `list`, from `offset` on, `most` at most, and how many there are.
pub(super) fn asset_lines(
    state: &State,
    advisory: AdvisoryIx,
    list: &ListQuery,
    offset: u64,
    most: usize,
) -> Result<(Vec<AssetLine>, u64), Problem> {
    let verdict = match list.filter("verdict") {
        None => None,
        Some(word) => Some(Verdict::from_word(word).ok_or_else(|| {
            let word: String = word.chars().take(40).collect();
            Problem::Bad(format!(
                "verdict={word} is not possible; it is one of: affected, undecided, fixed, not_affected"
            ))
        })?),
    };
    let text = list.filter("q").map(str::to_lowercase);
    let mut all: Vec<Asset> = assets(state, advisory, verdict);
    if text.is_some() || list.filter("unit").is_some() {
        all.retain(|asset| {
            let Some(device) = state.register().get(asset.device) else { return false };
            let fields = || {
                format!("{} {} {}", device.asset_tag(), device.manufacturer(), device.model()).to_lowercase()
            };
            list.filter("unit").is_none_or(|unit| device.unit() == Some(unit))
                && text.as_ref().is_none_or(|text| fields().contains(text))
        });
    }
    if list.sort == "device" {
        let tag = |asset: &Asset| state.register().get(asset.device).map_or("", |device| device.asset_tag());
        all.sort_by_key(tag);
    }
    if list.direction == Direction::Down {
        all.reverse();
    }
    let total = all.len() as u64;
    let own = |text: Option<&str>| text.map(str::to_owned);
    let line = |asset: Asset| {
        let device = state.register().get(asset.device)?;
        Some(AssetLine {
            device: device.asset_tag().to_owned(),
            manufacturer: device.manufacturer().to_owned(),
            model: device.model().to_owned(),
            version: own(device.software_version()),
            unit: own(device.unit()),
            verdict: asset.worst.verdict,
            gap: asset.worst.gap,
            confidence: asset.worst.confidence.as_hundredths(),
            worst: state.matcher().vulnerability_name(asset.worst.vulnerability).to_owned(),
            vulnerabilities: asset.vulnerabilities,
        })
    };
    let shown = all.into_iter().skip(usize::try_from(offset).unwrap_or(usize::MAX)).take(most);
    Ok((shown.filter_map(line).collect(), total))
}

fn counts(w: Words, counts: &Counts) -> String {
    let shown = Verdict::ALL.into_iter().filter(|verdict| counts.of(*verdict) > 0);
    let part = |verdict| w.why_count(w.verdict(verdict), &w.number(counts.of(verdict)));
    shown.map(part).collect::<Vec<_>>().join(" ")
}

fn row(w: Words, line: &AssetLine) -> Row {
    let missing = || Cell::Gap(w.matrix_not_recorded().to_owned());
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("device", &line.device), ("cve", &line.worst)])
        .finish();
    Row {
        name: line.device.clone(),
        why: format!("/matrix/why?{query}"),
        cells: vec![
            Cell::Link { href: device_href(&line.device), text: line.device.clone() },
            Cell::Text(format!("{} {}", line.manufacturer, line.model).trim().to_owned()),
            line.version.clone().map_or_else(missing, Cell::Code),
            line.unit.clone().map_or_else(missing, Cell::Text),
            Cell::Status(status(w, line.verdict, line.gap)),
            Cell::Text(counts(w, &line.vulnerabilities)),
            Cell::Text(hundredths(line.confidence)),
        ],
    }
}

/// The table of an advisory's devices: `lines` of `total`.
pub(super) fn asset_table(w: Words, list: ListQuery, lines: &[AssetLine], total: u64, whole: bool) -> Table {
    let column = |label: &str, key: &'static str| {
        if whole { Column::sortable(label, &list, key) } else { Column::new(label) }
    };
    let verdict =
        |verdict: Verdict| Choice { value: verdict.word().to_owned(), label: w.verdict(verdict).to_owned() };
    let filters = vec![
        Filter::text("q", w.pairs_col_device(), &list),
        Filter::choice("verdict", w.matrix_f_verdict(), &list, Verdict::ALL.map(verdict).to_vec()),
        Filter::text("unit", w.matrix_f_unit(), &list),
    ];
    Table {
        w,
        id: "assets",
        caption: w.advisory_assets().to_owned(),
        columns: vec![
            column(w.pairs_col_device(), "device"),
            Column::new(w.pairs_col_model()),
            Column::new(w.pairs_col_version()),
            Column::new(w.pairs_col_unit()),
            column(w.pairs_col_verdict(), "worst"),
            Column::new(w.advisory_vulnerabilities()),
            Column::new(w.pairs_col_confidence()),
        ],
        rows: lines.iter().map(|line| row(w, line)).collect(),
        filters: if whole { filters } else { Vec::new() },
        list,
        total,
        exports: whole,
        topics: vec![Topic::Advisories, Topic::Exposures],
    }
}

const FILE_COLUMNS: [&str; 13] = [
    "asset_tag",
    "manufacturer",
    "model",
    "software_version",
    "unit",
    "verdict",
    "gap",
    "confidence",
    "worst_vulnerability",
    "affected",
    "undecided",
    "fixed",
    "not_affected",
];

fn values(line: AssetLine) -> Vec<Value> {
    let text = |text: Option<String>| text.map_or(Value::Empty, Value::Text);
    let number = |n: u64| Value::Number(i64::try_from(n).unwrap_or(i64::MAX));
    vec![
        Value::Text(line.device),
        Value::Text(line.manufacturer),
        Value::Text(line.model),
        text(line.version),
        text(line.unit),
        Value::from(line.verdict.word()),
        Value::from(line.gap.map(GapKind::word)),
        Value::Text(hundredths(line.confidence)),
        Value::Text(line.worst),
        number(line.vulnerabilities.affected),
        number(line.vulnerabilities.undecided),
        number(line.vulnerabilities.fixed),
        number(line.vulnerabilities.not_affected),
    ]
}

pub(super) async fn show(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let list = LIST.read(query.as_deref())?.under(format!("{}/assets", advisory_href(&id)));
    let w = ctx.w;
    let format = Format::of_query(query.as_deref())?;
    let (offset, most) = match format {
        Some(_) => (0, usize::MAX),
        None => (list.offset, list.limit as usize),
    };
    let look = |state: &State, ix, _: &_| asset_lines(state, ix, &list, offset, most);
    let (lines, total) = match read_one(&ctx, &id, list.filter("publisher"), look)? {
        Read::Known(found) => found,
        Read::Several(several) => return Ok(choose(&ctx, &id, "/assets", several)),
    };
    if let Some(format) = format {
        return export::table(
            w,
            format,
            &format!("{id}-assets"),
            &FILE_COLUMNS,
            total,
            lines.into_iter().map(values),
        );
    }
    let shell = ctx
        .shell(w.advisory_assets())
        .crumb("/advisories", w.advisories_title())
        .crumb(advisory_href(&id), id.clone());
    let table = asset_table(w, list, &lines, total, true);
    Ok(ctx
        .page(ListPage { shell, lead: w.advisory_assets_lead().to_owned(), links: Vec::new(), table })
        .into_response())
}
