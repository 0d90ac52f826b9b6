//! `/api/v1/devices…`: the register, one device, and what advisories say of it, for programs.

use axum::Json;
use axum::extract::{Path, RawQuery};
use exposure::rank::Exploitation;
use exposure::{GapKind, Verdict};
use model::AssetTag;
use model::device::Device;
use serde::Serialize;
use utoipa::ToSchema;

use super::data::DeviceLine;
use super::file::Known;
use super::{exposures, list, score_text, today};
use crate::api::ProblemJson;
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::overview::api::PairsJson;

/// A page of devices.
#[derive(Serialize, ToSchema)]
pub(crate) struct DevicesJson {
    /// Devices that meet the filter, in all.
    total: u64,
    /// Devices left out before the first.
    offset: u64,
    /// Most devices of one page.
    limit: u32,
    /// The page.
    devices: Vec<DeviceJson>,
}

/// One device as lists show it. What is absent is not recorded.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeviceJson {
    asset_tag: String,
    manufacturer: Option<String>,
    model: Option<String>,
    software_version: Option<String>,
    site: Option<String>,
    unit: Option<String>,
    /// `supported`, `unsupported` or `unknown`, today.
    support: &'static str,
    /// `YYYY-MM-DD`.
    end_of_support: Option<String>,
    /// `unknown`, `low`, `medium`, `high`, `life_supporting`.
    criticality: &'static str,
    /// `affected`, `undecided`, `fixed`, `not_affected`; absent when no advisory names the device.
    worst_verdict: Option<&'static str>,
    /// Vulnerabilities by the worst verdict that any advisory gives.
    vulnerabilities: PairsJson,
    /// Those of them that are open and known to be exploited.
    open_exploited: u64,
}

impl From<DeviceLine> for DeviceJson {
    fn from(line: DeviceLine) -> DeviceJson {
        let known = |text: String| (!text.is_empty()).then_some(text);
        DeviceJson {
            worst_verdict: line.worst().map(Verdict::word),
            vulnerabilities: (&line.counts).into(),
            asset_tag: line.tag,
            manufacturer: known(line.maker),
            model: known(line.model),
            software_version: line.version,
            site: line.site,
            unit: line.unit,
            support: line.support.word(),
            end_of_support: line.support_end.map(|day| day.to_string()),
            criticality: line.criticality.word(),
            open_exploited: line.exploited,
        }
    }
}

/// One device with all that the register says.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeviceFileJson {
    /// The register's entry; what is absent is not recorded.
    #[schema(value_type = Object)]
    device: Device,
    /// Has it left the register?
    retired: bool,
    /// When its entry was last written, RFC 3339, UTC.
    changed: String,
    /// `supported`, `unsupported` or `unknown`, today.
    support: &'static str,
    /// The services it carries.
    services: Vec<CarriedJson>,
    /// The product names it is, or may be.
    names: Vec<NameJson>,
}

/// A service that a device carries.
#[derive(Serialize, ToSchema)]
pub(crate) struct CarriedJson {
    service: String,
    name: String,
    beds: Vec<String>,
    carriers: usize,
    needed: u16,
    /// Goes dark without this device, all other carriers working.
    dark_without: bool,
    fallback: Option<String>,
}

/// A product name of the advisories.
#[derive(Serialize, ToSchema)]
pub(crate) struct NameJson {
    vendor: String,
    product: String,
    /// The same product for certain; otherwise a person is asked.
    same: bool,
    /// `0.00` to `1.00`.
    confidence: String,
}

/// A page of what advisories say of a device.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExposuresJson {
    /// Rows that meet the filter, in all.
    total: u64,
    /// Rows left out before the first.
    offset: u64,
    /// Most rows of one page.
    limit: u32,
    /// The page, open ones first, most urgent first unless ordered otherwise.
    exposures: Vec<ExposureJson>,
}

/// What one advisory says of a device and one vulnerability.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExposureJson {
    /// CVE id, or the advisory's own name for it.
    vulnerability: String,
    /// Tracking id.
    advisory: String,
    /// Namespace of the publisher.
    publisher: String,
    /// `affected`, `undecided`, `fixed`, `not_affected`.
    verdict: &'static str,
    /// Why undecided.
    gap: Option<&'static str>,
    /// `0.00` to `1.00`.
    confidence: String,
    /// `exploited`, `proof_of_concept`, `scored`, `unranked`.
    urgency: &'static str,
    /// In the KEV catalogue; absent while none was imported.
    kev: Option<bool>,
    /// SSVC exploitation: `none`, `poc`, `active`.
    exploitation: Option<&'static str>,
    /// EPSS probability in millionths.
    epss_millionths: Option<u32>,
    /// Highest CVSS base score that advisories give.
    cvss_base: Option<String>,
}

/// The register: filtered (`q`, `unit`, `site`, `maker`, `support`, `criticality`, `open`, `gap`, `lacks`), ordered
/// (`sort`), paged (`limit`, `offset`).
#[utoipa::path(
    get,
    path = "/api/v1/devices",
    params(
        ("q" = Option<String>, Query, description = "Part of asset tag, maker, model, version, unit or serial number"),
        ("unit" = Option<String>, Query), ("site" = Option<String>, Query), ("maker" = Option<String>, Query),
        ("support" = Option<String>, Query, description = "supported, unsupported, unknown"),
        ("criticality" = Option<String>, Query, description = "unknown, low, medium, high, life_supporting"),
        ("open" = Option<String>, Query, description = "some, none, exploited"),
        ("gap" = Option<String>, Query, description = "Has an undecided pair for this reason"),
        ("lacks" = Option<String>, Query, description = "maker, version, advisory"),
        ("sort" = Option<String>, Query, description = "asset_tag, manufacturer, model, unit, open; - turns it"),
        ("limit" = Option<u32>, Query, description = "1 to 1000"), ("offset" = Option<u64>, Query)
    ),
    responses(
        (status = 200, description = "A page of devices", body = DevicesJson),
        (status = 400, description = "Not understood", body = ProblemJson, content_type = "application/problem+json"),
        (status = 401, description = "No session", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn devices(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Json<DevicesJson>, Problem> {
    let list = list::LIST.read(query.as_deref())?;
    let asked = list::asked(&ctx, &list)?;
    let (lines, total) = asked.page(&ctx.app.domain.node, list.offset, u64::from(list.limit));
    let devices = lines.into_iter().map(DeviceJson::from).collect();
    Ok(Json(DevicesJson { total, offset: list.offset, limit: list.limit, devices }))
}

/// One device, retired ones included: what the register says, what it carries, which product it is.
#[utoipa::path(
    get,
    path = "/api/v1/devices/{id}",
    params(("id" = String, Path, description = "Asset tag")),
    responses(
        (status = 200, description = "The device", body = DeviceFileJson),
        (status = 404, description = "No such device", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn device(ctx: Ctx, Path(tag): Path<String>) -> Result<Json<DeviceFileJson>, Problem> {
    let local = ctx.local();
    let today = today(&local);
    let file = ctx.app.domain.node.read(|state| {
        let known = Known::of(state, &tag)?;
        let host = AssetTag::new(&tag).ok();
        let services = host.iter().flat_map(|host| state.carried_by(host)).map(|service| CarriedJson {
            service: service.id.to_string(),
            name: service.name.to_string(),
            beds: service.beds.iter().map(ToString::to_string).collect(),
            carriers: service.redundancy.carriers.len(),
            needed: service.redundancy.needed,
            dark_without: service.needs_all(),
            fallback: service.fallback.as_ref().map(ToString::to_string),
        });
        let names = state.matcher().names_of(known.ix).into_iter().map(|(vendor, product, found)| NameJson {
            vendor: vendor.to_owned(),
            product: product.to_owned(),
            same: found.kind == exposure::product::MatchKind::Same,
            confidence: found.confidence.to_string(),
        });
        Ok::<_, Problem>(DeviceFileJson {
            services: services.collect(),
            names: names.collect(),
            support: known.device.support.on(today).word(),
            retired: known.retired,
            changed: local.machine(known.changed),
            device: known.device,
        })
    })?;
    Ok(Json(file))
}

/// Every advisory and vulnerability that speaks of one device: filtered (`q`, `verdict`, `gap`, `advisory`), ordered,
/// paged.
#[utoipa::path(
    get,
    path = "/api/v1/devices/{id}/exposures",
    params(
        ("id" = String, Path, description = "Asset tag"),
        ("q" = Option<String>, Query, description = "Part of vulnerability, tracking id or title"),
        ("verdict" = Option<String>, Query, description = "affected, undecided, fixed, not_affected"),
        ("gap" = Option<String>, Query), ("advisory" = Option<String>, Query, description = "Tracking id"),
        ("sort" = Option<String>, Query, description = "urgency, vulnerability, advisory, verdict, confidence; - turns it"),
        ("limit" = Option<u32>, Query, description = "1 to 1000"), ("offset" = Option<u64>, Query)
    ),
    responses(
        (status = 200, description = "A page of exposures", body = ExposuresJson),
        (status = 404, description = "No such device", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn exposures_of(
    ctx: Ctx,
    Path(tag): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<ExposuresJson>, Problem> {
    let list = exposures::LIST.read(query.as_deref())?;
    let all = ctx.app.domain.node.read(|state| {
        let known = Known::of(state, &tag)?;
        Ok::<_, Problem>(exposures::of_device(state, known.ix))
    })?;
    let asked = exposures::asked(all, &list)?;
    let total = asked.len() as u64;
    let shown = list.page(asked.into_iter());
    let exposures = shown.map(|one| ExposureJson {
        vulnerability: one.vulnerability,
        advisory: one.advisory,
        publisher: one.namespace,
        verdict: one.verdict.word(),
        gap: one.gap.map(GapKind::word),
        confidence: one.confidence.to_string(),
        urgency: one.rank.tier().word(),
        kev: one.inputs.known_exploited,
        exploitation: one.inputs.exploitation.map(Exploitation::word),
        epss_millionths: one.inputs.epss_millionths,
        cvss_base: one.inputs.base_tenths.map(score_text),
    });
    Ok(Json(ExposuresJson { total, offset: list.offset, limit: list.limit, exposures: exposures.collect() }))
}
