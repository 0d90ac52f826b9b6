//! Advisories and products for programs: CSAF's lists.

use axum::Json;
use axum::extract::{Path, RawQuery};
use serde::Serialize;
use utoipa::ToSchema;

use super::list::{self, Line, exploited_word, lines};
use super::say::document_status_word;
use super::{assets, diff, products, read_only};
use crate::api::ProblemJson;
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::matrix::api::CountsJson;
use crate::pages::matrix::pairs::hundredths;

/// An advisory and what it means here.
#[derive(Serialize, ToSchema)]
pub(crate) struct AdvisoryJson {
    tracking_id: String,
    /// The publisher's namespace: with the tracking id it names the advisory.
    namespace: String,
    title: String,
    publisher: String,
    /// RFC 3339, as written.
    released: String,
    /// The revision in force.
    version: String,
    /// `draft`, `interim` or `final`.
    status: &'static str,
    /// Revisions kept.
    revisions: u64,
    vulnerabilities: u64,
    products: u64,
    /// Devices by the worst it says of them.
    devices: CountsJson,
    /// `exploited`, `not_listed` or `not_known`.
    exploited: &'static str,
}

impl From<Line> for AdvisoryJson {
    fn from(line: Line) -> AdvisoryJson {
        AdvisoryJson {
            tracking_id: line.id,
            namespace: line.namespace,
            title: line.title,
            publisher: line.publisher,
            released: line.released,
            version: line.version,
            status: document_status_word(line.status),
            revisions: line.revisions,
            vulnerabilities: line.vulnerabilities,
            products: line.products,
            devices: (&line.devices).into(),
            exploited: exploited_word(line.exploited),
        }
    }
}

/// A page of advisories.
#[derive(Serialize, ToSchema)]
pub(crate) struct AdvisoriesJson {
    total: u64,
    offset: u64,
    advisories: Vec<AdvisoryJson>,
}

/// Every advisory, with what it means here.
#[utoipa::path(
    get,
    path = "/api/v1/advisories",
    params(
        ("q" = Option<String>, Query, description = "Part of tracking id, title, publisher or CVE id"),
        ("vendor" = Option<String>, Query, description = "Part of a vendor's name"),
        ("year" = Option<String>, Query, description = "Year of release"),
        ("status" = Option<String>, Query, description = "`draft`, `interim` or `final`"),
        ("here" = Option<String>, Query, description = "`open`, `affected`, `undecided` or `none`"),
        ("publisher" = Option<String>, Query, description = "Namespace, exactly"),
        ("sort" = Option<String>, Query, description = "`worst` (default), `released`, `tracking_id`, `title`, `publisher`, `vulnerabilities`, `revisions`"),
        ("offset" = Option<u64>, Query), ("limit" = Option<u32>, Query)
    ),
    responses((status = 200, body = AdvisoriesJson), (status = 400, body = ProblemJson, content_type = "application/problem+json"))
)]
pub(crate) async fn advisories(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Json<AdvisoriesJson>, Problem> {
    let list = list::LIST.read(query.as_deref())?;
    let (lines, total, _) =
        ctx.app.domain.node.read(|state| lines(state, &list, list.offset, list.limit as usize))?;
    let advisories = lines.into_iter().map(AdvisoryJson::from).collect();
    Ok(Json(AdvisoriesJson { total, offset: list.offset, advisories }))
}

/// One advisory with all that Segue keeps of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AdvisoryDetailJson {
    /// Versions of the revisions kept, oldest first; the last is in force.
    revisions: Vec<String>,
    /// The revision in force as Segue keeps it: head, products, vulnerabilities, remedies, remarks, and
    /// `provenance`: was a checksum right, and is the signature `absent`, `verified` or `not_verified` (absent: imported
    /// before Segue looked).
    #[schema(value_type = Object)]
    advisory: serde_json::Value,
}

/// What one advisory says.
#[utoipa::path(
    get,
    path = "/api/v1/advisories/{id}",
    params(("id" = String, Path, description = "Tracking id"), ("publisher" = Option<String>, Query, description = "Namespace, when several share the id"), ("version" = Option<String>, Query, description = "A revision; the one in force when not given")),
    responses(
        (status = 200, body = AdvisoryDetailJson),
        (status = 404, body = ProblemJson, content_type = "application/problem+json"),
        (status = 409, description = "Several publishers share the id", body = ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn advisory(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<AdvisoryDetailJson>, Problem> {
    const QUESTION: crate::listing::ListSpec = crate::listing::ListSpec {
        path: "/api/v1/advisories",
        sorts: &["document"],
        filters: &["publisher", "version"],
    };
    let list = QUESTION.read(query.as_deref())?;
    let detail = read_only(&ctx, &id, list.filter("publisher"), |_, _, item| {
        let revision = match list.filter("version") {
            Some(version) => item.revision(version).ok_or(Problem::NotFound)?,
            None => item.current(),
        };
        let advisory = serde_json::to_value(&*revision.advisory).map_err(Problem::internal)?;
        let revisions =
            item.revisions().iter().map(|revision| revision.advisory.version.to_string()).collect();
        Ok(AdvisoryDetailJson { revisions, advisory })
    });
    detail.map(Json)
}

/// A product of an advisory.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProductJson {
    product_id: String,
    vendor: String,
    product: String,
    /// Version text as written.
    version: Option<String>,
    /// The version text in plain words.
    read_as: Option<String>,
    /// What is said of it, and for how many vulnerabilities.
    statuses: Vec<StatusJson>,
}

/// A product status.
#[derive(Serialize, ToSchema)]
pub(crate) struct StatusJson {
    status: &'static str,
    vulnerabilities: u64,
}

/// A page of an advisory's products.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProductsOfJson {
    total: u64,
    offset: u64,
    products: Vec<ProductJson>,
}

/// The products of an advisory (advisory → products).
#[utoipa::path(
    get,
    path = "/api/v1/advisories/{id}/products",
    params(("id" = String, Path, description = "Tracking id"), ("q" = Option<String>, Query), ("publisher" = Option<String>, Query), ("sort" = Option<String>, Query, description = "`document` (default), `vendor`, `product`"), ("offset" = Option<u64>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = ProductsOfJson), (status = 404, body = ProblemJson, content_type = "application/problem+json"))
)]
pub(crate) async fn advisory_products(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<ProductsOfJson>, Problem> {
    let list = products::OF_ADVISORY.read(query.as_deref())?;
    let look = |_: &_, _, item: &hospital::library::Item| {
        Ok(products::product_lines(&item.current().advisory, &list))
    };
    let lines = read_only(&ctx, &id, list.filter("publisher"), look)?;
    let total = lines.len() as u64;
    let shown = list.page(lines.into_iter());
    let product = |line: products::ProductLine| ProductJson {
        product_id: line.id,
        vendor: line.vendor,
        product: line.product,
        version: line.version,
        read_as: line.reading.map(|reading| reading.to_string()),
        statuses: line
            .statuses
            .into_iter()
            .map(|(status, vulnerabilities)| StatusJson {
                status: exposure::diff::status_words(status),
                vulnerabilities,
            })
            .collect(),
    };
    Ok(Json(ProductsOfJson { total, offset: list.offset, products: shown.map(product).collect() }))
}

/// A device that an advisory speaks of.
#[derive(Serialize, ToSchema)]
pub(crate) struct AssetJson {
    /// Asset tag.
    device: String,
    manufacturer: String,
    model: String,
    software_version: Option<String>,
    unit: Option<String>,
    /// The worst that this advisory says.
    verdict: &'static str,
    gap: Option<&'static str>,
    /// 0.00 to 1.00, as text.
    confidence: String,
    /// The vulnerability that the verdict is of.
    cve: String,
    /// Vulnerabilities of the advisory by what it says of the device.
    vulnerabilities: CountsJson,
}

/// A page of an advisory's devices.
#[derive(Serialize, ToSchema)]
pub(crate) struct AssetsJson {
    total: u64,
    offset: u64,
    assets: Vec<AssetJson>,
}

/// The devices that an advisory speaks of (advisory → assets).
#[utoipa::path(
    get,
    path = "/api/v1/advisories/{id}/assets",
    params(("id" = String, Path, description = "Tracking id"), ("q" = Option<String>, Query), ("verdict" = Option<String>, Query), ("unit" = Option<String>, Query), ("publisher" = Option<String>, Query), ("sort" = Option<String>, Query, description = "`worst` (default) or `device`"), ("offset" = Option<u64>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = AssetsJson), (status = 404, body = ProblemJson, content_type = "application/problem+json"))
)]
pub(crate) async fn advisory_assets(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<AssetsJson>, Problem> {
    let list = assets::LIST.read(query.as_deref())?;
    let look = |state: &hospital::State, ix, _: &_| {
        assets::asset_lines(state, ix, &list, list.offset, list.limit as usize)
    };
    let (lines, total) = read_only(&ctx, &id, list.filter("publisher"), look)?;
    let asset = |line: assets::AssetLine| AssetJson {
        device: line.device,
        manufacturer: line.manufacturer,
        model: line.model,
        software_version: line.version,
        unit: line.unit,
        verdict: line.verdict.word(),
        gap: line.gap.map(exposure::GapKind::word),
        confidence: hundredths(line.confidence),
        cve: line.worst,
        vulnerabilities: (&line.vulnerabilities).into(),
    };
    Ok(Json(AssetsJson { total, offset: list.offset, assets: lines.into_iter().map(asset).collect() }))
}

/// One change between two revisions.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangeJson {
    /// `document`, `products`, or a vulnerability's name.
    about: String,
    /// Which part of it.
    part: &'static str,
    /// Before; nothing when it is new.
    before: Option<String>,
    /// After; nothing when it is gone.
    after: Option<String>,
}

/// Two revisions compared.
#[derive(Serialize, ToSchema)]
pub(crate) struct DiffJson {
    from: String,
    to: String,
    changes: Vec<ChangeJson>,
}

/// What changed between two revisions; without `from` and `to`, the two newest.
#[utoipa::path(
    get,
    path = "/api/v1/advisories/{id}/diff",
    params(("id" = String, Path, description = "Tracking id"), ("from" = Option<String>, Query, description = "Revision"), ("to" = Option<String>, Query, description = "Revision"), ("publisher" = Option<String>, Query)),
    responses((status = 200, body = DiffJson), (status = 400, body = ProblemJson, content_type = "application/problem+json"), (status = 404, body = ProblemJson, content_type = "application/problem+json"))
)]
pub(crate) async fn advisory_diff(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<DiffJson>, Problem> {
    let list = diff::QUESTION.read(query.as_deref())?;
    let compared = read_only(&ctx, &id, list.filter("publisher"), |_, _, item| diff::compare(item, &list))?;
    let change = |change: exposure::diff::Change| ChangeJson {
        about: change.about,
        part: change.part,
        before: change.before.map(|said| said.to_string()),
        after: change.after.map(|said| said.to_string()),
    };
    Ok(Json(DiffJson {
        from: compared.from,
        to: compared.to,
        changes: compared.changes.into_iter().map(change).collect(),
    }))
}

/// One of our models that a product is, or may be.
#[derive(Serialize, ToSchema)]
pub(crate) struct OurModelJson {
    /// For certain; otherwise somebody is to be asked.
    certain: bool,
    manufacturer: String,
    model: String,
    devices: u64,
}

/// A product as advisories write it.
#[derive(Serialize, ToSchema)]
pub(crate) struct KnownProductJson {
    vendor: String,
    product: String,
    /// Tracking ids of the advisories in force that speak of it.
    advisories: Vec<String>,
    ours: Vec<OurModelJson>,
}

/// A page of products.
#[derive(Serialize, ToSchema)]
pub(crate) struct KnownProductsJson {
    total: u64,
    offset: u64,
    products: Vec<KnownProductJson>,
}

/// Every product that advisories name (product → advisories).
#[utoipa::path(
    get,
    path = "/api/v1/products",
    params(("q" = Option<String>, Query), ("vendor" = Option<String>, Query), ("here" = Option<String>, Query, description = "`certain`, `perhaps` or `none`"), ("sort" = Option<String>, Query, description = "`ours` (default), `vendor`, `product`, `advisories`"), ("offset" = Option<u64>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = KnownProductsJson), (status = 400, body = ProblemJson, content_type = "application/problem+json"))
)]
pub(crate) async fn known_products(
    ctx: Ctx,
    RawQuery(query): RawQuery,
) -> Result<Json<KnownProductsJson>, Problem> {
    let list = products::PRODUCTS.read(query.as_deref())?;
    let read =
        |state: &hospital::State| products::known_lines(state, &list, list.offset, list.limit as usize);
    let (lines, total) = ctx.app.domain.node.read(read)?;
    let ours =
        |(certain, manufacturer, model, devices)| OurModelJson { certain, manufacturer, model, devices };
    let product = |line: products::KnownLine| KnownProductJson {
        vendor: line.vendor,
        product: line.product,
        advisories: line.advisories,
        ours: line.ours.into_iter().map(ours).collect(),
    };
    Ok(Json(KnownProductsJson {
        total,
        offset: list.offset,
        products: lines.into_iter().map(product).collect(),
    }))
}
