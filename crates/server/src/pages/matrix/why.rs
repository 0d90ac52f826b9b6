//! `/matrix/why`: the evidence behind one cell, one vulnerability's place, or one device × vulnerability pair.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use exposure::Verdict;
use exposure::explain::{Explainer, Explanation, RowEvidence};
use exposure::matcher::Cell;
use exposure::rank::rank;
use exposure::version::Inclusion;
use hospital::State;
use hospital::matrix::{Counts, Pair, PairOrder, pairs, said};
use hospital::register::DeviceView;

use super::ask::{WHY, advisory_href, device_href, filter_of};
use super::pairs::{hundredths, pairs_of, status};
use super::threat;
use crate::http::Problem;
use crate::listing::ListQuery;
use crate::page::{Ctx, Shell};
use crate::pages::advisories::say::product_status;
use crate::parts::{Age, Drawer, Evidence, Status};
use crate::words::exposure::mark_of;

/// Rows of one advisory that are shown as evidence; the advisory's page has all.
const ROWS_SHOWN_MAX: usize = 6;

#[derive(Template)]
#[template(path = "pages/why.html")]
struct WhyPage {
    shell: Shell,
    drawer: Drawer,
}

pub(super) async fn show(ctx: Ctx, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let list = WHY.read(query.as_deref())?;
    let filter = filter_of(&list)?;
    let Some(cve) = filter.cve.clone() else { return Err(Problem::NotFound) };
    let drawer: Result<Drawer, Problem> = ctx.app.domain.node.read(|state| {
        let vulnerability = state.matcher().vulnerability(&cve).ok_or(Problem::NotFound)?;
        let Some(tag) = &filter.device else { return Ok(of_cell(&ctx, state, &list, &cve)) };
        let device = state.register().by_tag(tag).ok_or(Problem::NotFound)?;
        let verdict = state.matcher().pairs(device.ix()).iter().find(|(known, _)| *known == vulnerability);
        let (_, verdict) = verdict.ok_or(Problem::NotFound)?;
        Ok(of_pair(&ctx, state, &device, &Pair { device: device.ix(), vulnerability, verdict: *verdict }))
    });
    let shell = ctx.shell(ctx.w.drawer_title()).crumb("/matrix", ctx.w.matrix_title());
    Ok(ctx.page(WhyPage { shell, drawer: drawer? }).into_response())
}

/// A count or a column: how many stand behind it, and why the vulnerability stands where it does.
fn of_cell(ctx: &Ctx, state: &State, list: &ListQuery, cve: &str) -> Drawer {
    let w = ctx.w;
    let filter = filter_of(list).unwrap_or_default();
    let counts: Counts = pairs(state, &filter, PairOrder::Rank, false, 0, 0).totals;
    let vulnerability = state.matcher().vulnerability(cve);
    let base = vulnerability.and_then(|number| state.matcher().base_tenths(number));
    let tier = rank(&state.threats().inputs(cve, base), counts.open()).tier();
    let row: Vec<&str> = ["unit", "maker", "model"].into_iter().filter_map(|key| list.filter(key)).collect();
    let mut evidence: Vec<Evidence> = Verdict::ALL
        .into_iter()
        .filter(|verdict| counts.of(*verdict) > 0)
        .map(|verdict| Evidence {
            says: w.why_count(w.verdict(verdict), &w.why_devices(counts.of(verdict))),
            origin: w.why_count_origin().to_owned(),
            origin_href: pairs_of(list, &[("verdict", verdict.word())]),
            age: None,
            who: String::new(),
        })
        .collect();
    evidence.extend(threat::evidence(ctx, state, cve));
    evidence.extend(scores(ctx, state, cve));
    let mut subject = row.join(" · ");
    if !subject.is_empty() {
        subject.push_str(" · ");
    }
    subject.push_str(cve);
    Drawer {
        w,
        subject,
        status: counts
            .worst()
            .map(|worst| Status::new(w, mark_of(worst)).detail(w.why_devices(counts.of(worst)))),
        summary: format!("{}: {}", w.tier(tier), w.tier_rule(tier)),
        evidence,
    }
}

/// The CVSS scores that advisories give.
fn scores(ctx: &Ctx, state: &State, cve: &str) -> Vec<Evidence> {
    let w = ctx.w;
    let mut found = Vec::new();
    let advisories = state
        .matcher()
        .vulnerability(cve)
        .into_iter()
        .flat_map(|number| state.matcher().advisories_of(number));
    for item in advisories.filter_map(|ix| state.library().get(ix)) {
        let revision = item.current();
        let advisory = &revision.advisory;
        let scores = advisory
            .vulnerabilities
            .iter()
            .filter(|known| known.cve.as_deref() == Some(cve))
            .flat_map(|known| &known.scores);
        let highest = scores.max_by_key(|score| score.base_tenths);
        found.extend(highest.map(|score| Evidence {
            says: w.threat_cvss(&score.version, &base_score(score.base_tenths), &score.vector),
            origin: format!("{}, {}", advisory.key.tracking_id, advisory.publisher),
            origin_href: advisory_href(&advisory.key.tracking_id),
            age: Some(Age::new(&ctx.local(), revision.stamp.time, None)),
            who: String::new(),
        }));
    }
    found
}

/// A CVSS base score as people read it: `9.8`.
pub(crate) fn base_score(tenths: u8) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// One device and one vulnerability: what the register says, what each advisory says of it, and how it was read.
fn of_pair(ctx: &Ctx, state: &State, device: &DeviceView<'_>, pair: &Pair) -> Drawer {
    let w = ctx.w;
    let name = state.matcher().vulnerability_name(pair.vulnerability);
    let said = said(state, pair);
    let gap = said.first().and_then(|cell| cell.gap);
    let summary = match (pair.verdict, gap) {
        (_, Some(gap)) => w.gap(gap),
        (Verdict::Affected, None) => w.why_pair_affected(),
        (Verdict::Undecided, None) => w.matrix_gap_unnamed(),
        (Verdict::Fixed, None) => w.why_pair_fixed(),
        (Verdict::NotAffected, None) => w.why_pair_not_affected(),
    };
    let version = device.software_version();
    let mut evidence = vec![Evidence {
        says: version.map_or(w.why_register_none().to_owned(), |version| w.why_register(version)),
        origin: format!("{}: {}", w.why_register_origin(), device.asset_tag()),
        origin_href: device_href(device.asset_tag()),
        age: Some(Age::new(&ctx.local(), device.changed(), None)),
        who: String::new(),
    }];
    evidence.extend(said.iter().flat_map(|cell| of_advisory(ctx, state, device, cell, name)));
    evidence.extend(threat::evidence(ctx, state, name));
    Drawer {
        w,
        subject: format!("{} · {name}", device.asset_tag()),
        status: Some(status(w, pair.verdict, gap)),
        summary: summary.to_owned(),
        evidence,
    }
}

fn of_advisory(ctx: &Ctx, state: &State, device: &DeviceView<'_>, cell: &Cell, name: &str) -> Vec<Evidence> {
    let w = ctx.w;
    let Some(item) = state.library().get(cell.advisory) else { return Vec::new() };
    let revision = item.current();
    let advisory = &revision.advisory;
    let id = &*advisory.key.tracking_id;
    let explanation = Explainer::new(advisory).explain(&device.facts(), name, state.matcher().aliases());
    let item = |says: String| Evidence {
        says,
        origin: format!("{id}, {} {}", advisory.publisher, advisory.version),
        origin_href: advisory_href(id),
        age: Some(Age::new(&ctx.local(), revision.stamp.time, None)),
        who: String::new(),
    };
    let says = w.why_says(id, w.verdict(cell.verdict), &hundredths(cell.confidence.as_hundredths()));
    let mut evidence = vec![item(says)];
    evidence.extend(rows(ctx, &explanation).into_iter().map(item));
    evidence
}

fn rows(ctx: &Ctx, explanation: &Explanation) -> Vec<String> {
    let w = ctx.w;
    let row = |row: &RowEvidence| {
        let version = if row.version.is_empty() { w.why_no_version() } else { &row.version };
        let status = product_status(w, row.status);
        let says = w.why_row(&row.vendor, &row.product, version, status);
        let read = w.reading(&row.reading);
        let reading = match &row.inclusion {
            Inclusion::In => w.why_row_in(&read),
            Inclusion::Out(reason) => w.why_row_out(&read, &w.out_reason(reason)),
            Inclusion::Unknown(gap) => w.why_row_unknown(&read, &w.open_because(gap)),
        };
        format!("{says} {reading}")
    };
    let fixes = explanation.remedies.iter().filter(|remedy| !remedy.fixes.is_empty());
    let fixes = fixes.map(|remedy| w.why_remedy_fixes(&remedy.fixes.join(", "), &remedy.details));
    explanation.rows.iter().take(ROWS_SHOWN_MAX).map(row).chain(fixes.take(ROWS_SHOWN_MAX)).collect()
}
