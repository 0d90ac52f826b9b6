//! `/advisories/{id}`: what one advisory says and what it means here.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};
use exposure::Verdict;
use exposure::matcher::AdvisoryIx;
use hospital::State;
use hospital::advisories::devices_by_advisory;
use hospital::library::{Item, Revision};
use hospital::matrix::Counts;
use model::advisory::Remark;
use model::people::Role;

use super::assets::{self, asset_lines, asset_table};
use super::list::status_word;
use super::products::{OF_ADVISORY, product_lines, product_table};
use super::say::{day, provenance_says};
use super::vulnerabilities::{RemedyView, VulnerabilityView, is_web, remedies, vulnerabilities};
use super::{Read, choose, read_one};
use crate::http::Problem;
use crate::listing::{ListQuery, ListSpec};
use crate::page::{Ctx, Shell};
use crate::pages::matrix::ask::advisory_href;
use crate::pages::overview::view::query;
use crate::parts::{Age, Bar, Pager, Segment, Table};
use crate::words::exposure::mark_of;

const QUESTION: ListSpec =
    ListSpec { path: "/advisories/item", sorts: &["document"], filters: &["publisher"] };

/// Products and devices shown on the page itself; their own lists have all.
const SHOWN_FIRST_ROWS: usize = 20;

/// A fact of the document's head: label, text, and where it leads if anywhere.
struct HeadFact {
    label: &'static str,
    text: String,
    href: Option<String>,
}

/// One revision.
struct RevisionView {
    version: String,
    released: String,
    status: &'static str,
    received: Age,
    by: String,
    bytes: String,
    current: bool,
    document: String,
    compare: Option<(String, String)>,
}

/// All of the page.
struct ItemView {
    title: String,
    facts: Vec<HeadFact>,
    bar: Bar,
    is_silent: bool,
    revisions: Vec<RevisionView>,
    vulnerabilities: Vec<VulnerabilityView>,
    pager: Pager,
    remedies: Vec<RemedyView>,
    products: Table,
    all_products: Option<(String, String)>,
    assets: Table,
    all_assets: Option<(String, String)>,
    /// Where patches for the devices that it affects are planned; empty where there are none, or for whoever may not.
    plan_href: String,
    remarks: Vec<Remark>,
    remarks_total: u64,
    document: String,
}

#[derive(Template)]
#[template(path = "pages/advisory.html")]
struct ItemPage {
    shell: Shell,
    view: ItemView,
}

pub(super) async fn show(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let list = QUESTION.read(query.as_deref())?.under(advisory_href(&id));
    let look = |state: &State, ix: AdvisoryIx, item: &Item| view(&ctx, state, ix, item, &list);
    let view = match read_one(&ctx, &id, list.filter("publisher"), look)? {
        Read::Known(view) => view,
        Read::Several(several) => return Ok(choose(&ctx, &id, "", several)),
    };
    let shell = ctx.shell(id).crumb("/advisories", ctx.w.advisories_title());
    Ok(ctx.page(ItemPage { shell, view }).into_response())
}

/// An address below this advisory's, with further keys; keeps the publisher where it was asked for.
fn below(list: &ListQuery, path: &str, more: &[(&str, &str)]) -> String {
    let base = list.unfiltered().href();
    let base = base.split('?').next().unwrap_or("");
    let publisher = list.filter("publisher").map(|namespace| ("publisher", namespace));
    let pairs = more.iter().copied().chain(publisher);
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { format!("{base}{path}") } else { format!("{base}{path}?{query}") }
}

fn view(
    ctx: &Ctx,
    state: &State,
    ix: AdvisoryIx,
    item: &Item,
    list: &ListQuery,
) -> Result<ItemView, Problem> {
    let w = ctx.w;
    let advisory = &*item.current().advisory;
    let devices = devices_by_advisory(state).get(ix as usize).copied().unwrap_or_default();
    let offset = usize::try_from(list.offset).unwrap_or(usize::MAX);
    let vulnerabilities = vulnerabilities(ctx, state, ix, advisory, offset, list.limit as usize);
    let total = advisory.vulnerabilities.len() as u64;

    let of_products = OF_ADVISORY.read(None)?.under(below(list, "/products", &[]));
    let products = product_lines(advisory, &of_products);
    let products_total = products.len() as u64;
    let shown: Vec<_> = products.into_iter().take(SHOWN_FIRST_ROWS).collect();
    let shown_limit = u32::try_from(SHOWN_FIRST_ROWS).unwrap_or(20);
    let first = |mut list: ListQuery| {
        list.limit = shown_limit;
        list
    };
    let of_assets = assets::LIST.read(None)?.under(below(list, "/assets", &[]));
    let (asset_rows, assets_total) = asset_lines(state, ix, &of_assets, 0, SHOWN_FIRST_ROWS)?;
    let more = |total: u64, path: &str, label: String| {
        (total > SHOWN_FIRST_ROWS as u64 || total > 0).then(|| (below(list, path, &[]), label))
    };
    Ok(ItemView {
        title: advisory.title.to_string(),
        facts: facts(ctx, item.current()),
        bar: bar(ctx, list, &devices),
        is_silent: devices.all() == 0,
        revisions: revisions(ctx, list, item),
        pager: Pager::new(w, w.advisory_vulnerabilities(), list, vulnerabilities.len() as u64, total),
        vulnerabilities,
        remedies: remedies(w, advisory),
        products: product_table(w, first(of_products), &shown, products_total, false),
        all_products: more(products_total, "/products", w.advisory_all_products(&w.number(products_total))),
        assets: asset_table(w, first(of_assets), &asset_rows, assets_total, false),
        all_assets: more(assets_total, "/assets", w.advisory_all_assets(&w.number(assets_total))),
        plan_href: match devices.of(Verdict::Affected) > 0 && ctx.may(Role::Engineer) {
            true => query("/plans/new/campaign", &[("advisory", &advisory.key.tracking_id)]),
            false => String::new(),
        },
        remarks: advisory.remarks.clone(),
        remarks_total: advisory.remarks.len() as u64,
        document: below(list, "/document", &[]),
    })
}

fn facts(ctx: &Ctx, revision: &Revision) -> Vec<HeadFact> {
    let w = ctx.w;
    let advisory = &revision.advisory;
    let fact = |label, text: &str| HeadFact { label, text: text.to_owned(), href: None };
    let mut facts = vec![
        fact(w.advisory_publisher(), &advisory.publisher),
        fact(w.advisory_namespace(), &advisory.key.namespace),
        fact(w.advisory_version(), &advisory.version),
        fact(w.advisory_status(), status_word(w, advisory.status)),
        fact(w.advisory_released(), day(&advisory.released)),
        fact(w.advisory_first_released(), day(&advisory.first_released)),
        fact(w.advisory_category(), &advisory.category),
    ];
    facts.extend(advisory.tlp.as_deref().map(|tlp| fact(w.advisory_tlp(), tlp)));
    facts.extend(advisory.url.as_deref().map(|url| HeadFact {
        label: w.advisory_origin(),
        text: url.to_owned(),
        href: is_web(url).then(|| url.to_owned()),
    }));
    facts.push(fact(w.advisory_sha256(), &advisory.document_sha256));
    let (checksum, signature) = provenance_says(w, advisory.provenance.as_ref());
    facts.extend([fact(w.advisory_checksum(), checksum), fact(w.advisory_signature(), &signature)]);
    facts
}

fn bar(ctx: &Ctx, list: &ListQuery, devices: &Counts) -> Bar {
    let segment = |verdict: Verdict| Segment {
        mark: mark_of(verdict),
        label: String::new(),
        count: devices.of(verdict),
        href: below(list, "/assets", &[("verdict", verdict.word())]),
    };
    Bar { w: ctx.w, title: ctx.w.advisory_here().to_owned(), segments: Verdict::ALL.map(segment).to_vec() }
}

fn revisions(ctx: &Ctx, list: &ListQuery, item: &Item) -> Vec<RevisionView> {
    let w = ctx.w;
    let all = item.revisions();
    let view = |(at, revision): (usize, &Revision)| {
        let advisory = &revision.advisory;
        let before = at.checked_sub(1).and_then(|before| all.get(before));
        RevisionView {
            version: advisory.version.to_string(),
            released: day(&advisory.released).to_owned(),
            status: status_word(w, advisory.status),
            received: Age::new(&ctx.local(), revision.stamp.time, None),
            by: revision.stamp.actor.to_string(),
            bytes: w.advisory_bytes(&w.number(advisory.document_bytes)),
            current: at + 1 == all.len(),
            document: below(list, "/document", &[("version", &advisory.version)]),
            compare: before.map(|before| {
                let versions = [("from", &*before.advisory.version), ("to", &*advisory.version)];
                (below(list, "/diff", &versions), w.advisory_rev_with(&before.advisory.version))
            }),
        }
    };
    all.iter().enumerate().rev().map(view).collect()
}
