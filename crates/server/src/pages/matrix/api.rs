//! The matrix and its pairs for programs.

use axum::Json;
use axum::extract::RawQuery;
use hospital::matrix::Counts;
use serde::Serialize;
use utoipa::ToSchema;

use super::ask::{self, Ask, filter_of};
use super::pairs::{PairLine, lines};
use super::view;
use crate::api::ProblemJson;
use crate::http::Problem;
use crate::page::Ctx;

/// Pairs by verdict. The four add up.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountsJson {
    affected: u64,
    undecided: u64,
    fixed: u64,
    not_affected: u64,
}

impl From<&Counts> for CountsJson {
    fn from(counts: &Counts) -> CountsJson {
        let Counts { affected, undecided, fixed, not_affected } = *counts;
        CountsJson { affected, undecided, fixed, not_affected }
    }
}

/// A vulnerability.
#[derive(Serialize, ToSchema)]
pub(crate) struct ColumnJson {
    /// CVE id, or the name that advisories use.
    vulnerability: String,
    /// `exploited`, `proof_of_concept`, `scored` or `unranked`.
    urgency: &'static str,
    /// Is any device affected or undecided?
    open: bool,
    /// Over all devices that pass.
    counts: CountsJson,
}

/// A row of devices.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowJson {
    /// Maker, for models.
    maker: String,
    /// Model, maker, unit or asset tag.
    row: String,
    /// Devices in it.
    devices: u64,
    /// Over every vulnerability, shown or not.
    totals: CountsJson,
    /// One for each shown column.
    cells: Vec<CountsJson>,
}

/// A part of the matrix, with totals over all of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct MatrixJson {
    /// Rows in all.
    rows_total: u64,
    /// Vulnerabilities in all.
    columns_total: u64,
    /// Of them, unranked.
    unranked: u64,
    /// Devices that pass.
    devices: u64,
    /// Of them, devices of which no advisory speaks.
    devices_unmatched: u64,
    /// All pairs that pass.
    totals: CountsJson,
    /// Shown vulnerabilities, most urgent first.
    columns: Vec<ColumnJson>,
    /// Shown rows, worst first.
    rows: Vec<RowJson>,
}

/// Devices, grouped, against vulnerabilities in rank order.
#[utoipa::path(
    get,
    path = "/api/v1/matrix",
    params(
        ("by" = Option<String>, Query, description = "`model` (default), `maker`, `unit` or `device`"),
        ("q" = Option<String>, Query, description = "Part of asset tag, maker, model, version, unit or serial number"),
        ("unit" = Option<String>, Query, description = "Exactly; `(none)` where not recorded"),
        ("site" = Option<String>, Query, description = "Exactly; `(none)` where not recorded"),
        ("maker" = Option<String>, Query, description = "Exactly"),
        ("model" = Option<String>, Query, description = "Exactly"),
        ("device" = Option<String>, Query, description = "Asset tag, exactly"),
        ("vulnerability" = Option<String>, Query, description = "Part of the vulnerability's name"),
        ("cve" = Option<String>, Query, description = "The vulnerability's name, exactly"),
        ("tier" = Option<String>, Query, description = "`exploited`, `proof_of_concept`, `scored` or `unranked`"),
        ("verdict" = Option<String>, Query, description = "`affected`, `undecided`, `fixed` or `not_affected`"),
        ("offset" = Option<u64>, Query, description = "First row"),
        ("limit" = Option<u32>, Query, description = "Rows, at most 200; 40 when not given"),
        ("column" = Option<u64>, Query, description = "First vulnerability; 12 are given")
    ),
    responses(
        (status = 200, description = "The part asked for", body = MatrixJson),
        (status = 400, description = "Not understood", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn matrix(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Json<MatrixJson>, Problem> {
    let ask = Ask::read(query.as_deref())?;
    let matrix = view::read(&ctx, &ask);
    Ok(Json(MatrixJson {
        rows_total: matrix.rows_total as u64,
        columns_total: matrix.columns_total as u64,
        unranked: matrix.unranked as u64,
        devices: matrix.devices,
        devices_unmatched: matrix.devices_unmatched,
        totals: (&matrix.totals).into(),
        columns: matrix
            .columns
            .iter()
            .map(|column| ColumnJson {
                vulnerability: column.name.to_string(),
                urgency: column.rank.tier().word(),
                open: column.is_open,
                counts: (&column.counts).into(),
            })
            .collect(),
        rows: matrix
            .rows
            .iter()
            .map(|row| RowJson {
                maker: row.maker.to_string(),
                row: row.name.to_string(),
                devices: row.devices,
                totals: (&row.totals).into(),
                cells: row.cells.iter().map(CountsJson::from).collect(),
            })
            .collect(),
    }))
}

/// A device and a vulnerability.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExposureJson {
    /// Asset tag.
    device: String,
    manufacturer: String,
    model: String,
    software_version: Option<String>,
    unit: Option<String>,
    /// CVE id, or the name that advisories use.
    cve: String,
    /// Tracking id of the advisory that decides.
    advisory: String,
    /// How many other advisories speak of the pair.
    other_advisories: u64,
    /// `affected`, `undecided`, `fixed` or `not_affected`: the worst that any advisory says.
    verdict: &'static str,
    /// What is missing, when undecided.
    gap: Option<&'static str>,
    /// 0.00 to 1.00, as text so that nothing is rounded.
    confidence: Option<String>,
}

impl From<PairLine> for ExposureJson {
    fn from(line: PairLine) -> ExposureJson {
        ExposureJson {
            device: line.device,
            manufacturer: line.manufacturer,
            model: line.model,
            software_version: line.version,
            unit: line.unit,
            cve: line.vulnerability,
            advisory: line.advisory,
            other_advisories: line.others,
            verdict: line.verdict.word(),
            gap: line.gap.map(exposure::GapKind::word),
            confidence: line.confidence.map(super::pairs::hundredths),
        }
    }
}

/// A page of pairs.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExposuresJson {
    /// Pairs in all under this filter.
    total: u64,
    /// First of those given.
    offset: u64,
    /// The pairs.
    exposures: Vec<ExposureJson>,
}

/// Every device × vulnerability that an advisory speaks of.
#[utoipa::path(
    get,
    path = "/api/v1/exposures",
    params(
        ("q" = Option<String>, Query, description = "Part of asset tag, maker, model, version, unit or serial number"),
        ("unit" = Option<String>, Query, description = "Exactly; `(none)` where not recorded"),
        ("site" = Option<String>, Query, description = "Exactly; `(none)` where not recorded"),
        ("maker" = Option<String>, Query, description = "Exactly"),
        ("model" = Option<String>, Query, description = "Exactly"),
        ("device" = Option<String>, Query, description = "Asset tag, exactly"),
        ("vulnerability" = Option<String>, Query, description = "Part of the vulnerability's name"),
        ("cve" = Option<String>, Query, description = "The vulnerability's name, exactly"),
        ("tier" = Option<String>, Query, description = "`exploited`, `proof_of_concept`, `scored` or `unranked`"),
        ("verdict" = Option<String>, Query, description = "`affected`, `undecided`, `fixed` or `not_affected`"),
        ("sort" = Option<String>, Query, description = "`urgency` (default), `verdict` or `device`; a - before it turns the order"),
        ("offset" = Option<u64>, Query, description = "First pair"),
        ("limit" = Option<u32>, Query, description = "Pairs, at most 1000; 100 when not given")
    ),
    responses(
        (status = 200, description = "The pairs asked for", body = ExposuresJson),
        (status = 400, description = "Not understood", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn exposures(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Json<ExposuresJson>, Problem> {
    let list = ask::PAIRS.read(query.as_deref())?;
    let filter = filter_of(&list)?;
    let (lines, total) = ctx.app.domain.node.read(|state| lines(state, &filter, &list));
    let exposures = lines.into_iter().map(ExposureJson::from).collect();
    Ok(Json(ExposuresJson { total, offset: list.offset, exposures }))
}
