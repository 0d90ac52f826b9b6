//! `/devices/{id}/why/{advisory}/{vulnerability}`: the evidence behind what is said of one device and one vulnerability.
//! The explanation is worked out outside the state's lock, from the advisory as it was kept.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};
use exposure::aliases::AliasBook;
use exposure::explain::{Explainer, Explanation};
use exposure::matcher::{Cell, DeviceFacts};
use exposure::rank::{Tier, rank};
use hospital::{Stamp, State};
use model::advisory::Score;
use model::device::Device;
use model::{Advisory, AdvisoryKey};

use super::file::{Known, lead};
use super::{href, why_evidence};
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::matrix::threat;
use crate::parts::{Drawer, Evidence, Status};
use crate::words::Words;
use crate::words::exposure::mark_of;

#[derive(Template)]
#[template(path = "pages/why.html")]
struct WhyPage {
    shell: Shell,
    drawer: Drawer,
}

/// Everything the evidence is made of, copied out of the state.
pub(super) struct Case {
    pub(super) known: Known,
    pub(super) cell: Cell,
    pub(super) vulnerability: String,
    pub(super) advisory: Arc<Advisory>,
    pub(super) stamp: Stamp,
    pub(super) aliases: AliasBook,
    /// What the feeds say of the vulnerability.
    pub(super) threat: Vec<Evidence>,
    tier: Tier,
}

impl Case {
    /// The case of a device, an advisory (by tracking id, of `publisher` when given) and a vulnerability. Of several
    /// publishers' advisories with one tracking id, the first that speaks of the device.
    fn find(
        ctx: &Ctx,
        state: &State,
        tag: &str,
        id: &str,
        publisher: Option<&str>,
        name: &str,
    ) -> Result<Case, Problem> {
        let known = Known::of(state, tag)?;
        let vulnerability = state.matcher().vulnerability(name).ok_or(Problem::NotFound)?;
        let cells = state.matcher().cells(known.ix).iter().filter(|cell| cell.vulnerability == vulnerability);
        let wanted =
            publisher.map(|namespace| AdvisoryKey { namespace: namespace.into(), tracking_id: id.into() });
        let wanted = wanted.map(|key| state.library().find(&key).ok_or(Problem::NotFound)).transpose()?;
        let mut named = cells.filter_map(|cell| Some((cell, state.library().get(cell.advisory)?.current())));
        let is_it = |cell: &Cell, advisory: &Advisory| match wanted {
            Some(ix) => cell.advisory == ix,
            None => *advisory.key.tracking_id == *id,
        };
        let (cell, revision) =
            named.find(|(cell, revision)| is_it(cell, &revision.advisory)).ok_or(Problem::NotFound)?;
        let inputs = state.threats().inputs(name, state.matcher().base_tenths(vulnerability));
        Ok(Case {
            known,
            cell: *cell,
            vulnerability: name.to_owned(),
            advisory: revision.advisory.clone(),
            stamp: revision.stamp.clone(),
            aliases: state.matcher().aliases().clone(),
            threat: threat::evidence(ctx, state, name),
            tier: rank(&inputs, 1).tier(),
        })
    }

    /// What the advisory's own text says of this device.
    fn explain(&self) -> Explanation {
        Explainer::new(&self.advisory).explain(&facts(&self.known.device), &self.vulnerability, &self.aliases)
    }

    /// CVSS scores that the advisory gives for the vulnerability.
    pub(super) fn scores(&self) -> impl Iterator<Item = &Score> {
        let known = self.advisory.vulnerabilities.iter().enumerate();
        known
            .filter(|(at, one)| exposure::claims::unique_name(&self.advisory, *at, one) == self.vulnerability)
            .flat_map(|(_, one)| &one.scores)
    }
}

/// What matching needs to know of a device.
fn facts(device: &Device) -> DeviceFacts<'_> {
    DeviceFacts {
        manufacturer: &device.manufacturer,
        model: &device.model,
        model_number: device.model_number.as_deref(),
        software_version: device.software_version.as_deref(),
        hardware_version: device.hardware_version.as_deref(),
        operating_system: device.operating_system.as_deref(),
        serial_number: device.serial_number.as_deref(),
        manufactured: device.manufactured,
        cpe: device.identifiers.cpe.as_deref(),
        purl: device.identifiers.purl.as_deref(),
    }
}

pub(super) async fn show(
    ctx: Ctx,
    Path((tag, id, name)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let w = ctx.w;
    let pairs = form_urlencoded::parse(query.as_deref().unwrap_or("").as_bytes());
    let publisher = pairs.filter(|(key, _)| key == "publisher").map(|(_, value)| value.into_owned()).last();
    let case =
        ctx.app.domain.node.read(|state| Case::find(&ctx, state, &tag, &id, publisher.as_deref(), &name))?;
    let work = tokio::task::spawn_blocking(move || {
        let explanation = case.explain();
        (case, explanation)
    });
    let (case, explanation) = work.await.map_err(Problem::internal)?;
    let shell =
        ctx.shell(w.drawer_title()).crumb("/devices", w.devices_title()).crumb(href(&tag), tag.as_str());
    let local = ctx.local();
    let drawer = Drawer {
        w,
        subject: format!("{tag} · {name} · {id}"),
        status: Some(Status::new(w, mark_of(case.cell.verdict)).detail(lead(&case.known.device))),
        summary: summary(w, &case),
        evidence: why_evidence::all(&local, &case, &explanation),
    };
    Ok(ctx.page(WhyPage { shell, drawer }).into_response())
}

/// The reasoning in two sentences: what is said, or the gap; and how urgent by which rule.
fn summary(w: Words, case: &Case) -> String {
    let says = match case.cell.gap {
        Some(gap) => w.gap(gap),
        None => w.verdict_says(case.cell.verdict),
    };
    let confidence = w.device_why_confidence(&case.cell.confidence.to_string());
    format!("{says} {confidence} {}", w.tier_rule(case.tier))
}
