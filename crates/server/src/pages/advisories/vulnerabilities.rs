//! The vulnerabilities and remedies of one advisory: scores, KEV, SSVC and EPSS each with source and date; texts as written.

use std::collections::BTreeMap;

use exposure::claims::unique_name;
use exposure::matcher::AdvisoryIx;
use exposure::rank::rank;
use hospital::State;
use hospital::matrix::Counts;
use model::Advisory;
use model::advisory::{ProductStatus, Vulnerability};

use super::say;
use crate::page::Ctx;
use crate::pages::matrix::head::{Figure, figures};
use crate::pages::matrix::threat;
use crate::pages::matrix::why::base_score;
use crate::parts::Evidence;
use crate::words::Words;

/// One vulnerability.
pub(super) struct VulnerabilityView {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) tier: &'static str,
    /// Devices here, by what this advisory says of them.
    pub(super) here: Vec<Figure>,
    pub(super) href: String,
    pub(super) cwes: Vec<String>,
    pub(super) scores: Vec<String>,
    pub(super) threats: Vec<Evidence>,
    /// Sources that say nothing, in words; empty when all speak.
    pub(super) silent: String,
    pub(super) statuses: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// One remedy with the vulnerabilities that it is for.
pub(super) struct RemedyView {
    pub(super) category: String,
    pub(super) details: String,
    pub(super) url: Option<String>,
    pub(super) facts: Vec<String>,
}

/// Devices by what one advisory says of them, for each of its vulnerabilities' names.
fn here(state: &State, ix: AdvisoryIx) -> BTreeMap<String, Counts> {
    let mut counts: BTreeMap<u32, Counts> = BTreeMap::new();
    for group in state.matcher().groups_of_advisory(ix) {
        for cell in exposure::matcher::cells_of(group.cells, ix) {
            counts.entry(cell.vulnerability).or_default().add(cell.verdict, group.devices.len());
        }
    }
    let name = |number: u32| state.matcher().vulnerability_name(number).to_owned();
    counts.into_iter().map(|(number, counts)| (name(number), counts)).collect()
}

/// The vulnerabilities of an advisory in document order, from `offset` on, `most` at most.
pub(super) fn vulnerabilities(
    ctx: &Ctx,
    state: &State,
    ix: AdvisoryIx,
    advisory: &Advisory,
    offset: usize,
    most: usize,
) -> Vec<VulnerabilityView> {
    let here = here(state, ix);
    let all = advisory.vulnerabilities.iter().enumerate().skip(offset).take(most);
    let view = |(at, known): (usize, &Vulnerability)| {
        let name = unique_name(advisory, at, known);
        let counts = here.get(&name).copied().unwrap_or_default();
        one(ctx, state, known, name, &counts)
    };
    all.map(view).collect()
}

fn one(ctx: &Ctx, state: &State, known: &Vulnerability, name: String, counts: &Counts) -> VulnerabilityView {
    let w = ctx.w;
    let base = state.matcher().vulnerability(&name).and_then(|number| state.matcher().base_tenths(number));
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("cve", &name).finish();
    let mut statuses: BTreeMap<ProductStatus, u64> = BTreeMap::new();
    for (status, ids) in &known.statuses {
        *statuses.entry(*status).or_default() += ids.len() as u64;
    }
    let mut scores: Vec<String> = known
        .scores
        .iter()
        .map(|score| w.threat_cvss(&score.version, &base_score(score.base_tenths), &score.vector))
        .collect();
    scores.sort();
    scores.dedup();
    let threat = threat::threat(ctx, state, &name);
    VulnerabilityView {
        tier: w.tier(rank(&state.threats().inputs(&name, base), 0).tier()),
        title: known.title.as_deref().unwrap_or("").to_owned(),
        here: figures(w, counts),
        href: format!("/matrix/pairs?{query}"),
        cwes: known.cwes.iter().map(ToString::to_string).collect(),
        scores,
        silent: threat.silent.join(" "),
        threats: std::iter::once(threat.kev).chain(threat.ssvc).chain(threat.epss).collect(),
        statuses: statuses
            .into_iter()
            .map(|(status, count)| w.advisory_status_count(say::product_status(w, status), &w.number(count)))
            .collect(),
        notes: known.notes.iter().map(ToString::to_string).collect(),
        name,
    }
}

/// Every remedy once, in document order, with what it is for.
pub(super) fn remedies(w: Words, advisory: &Advisory) -> Vec<RemedyView> {
    let mut found: Vec<(&model::advisory::Remedy, Vec<String>)> = Vec::new();
    let mut place: std::collections::HashMap<(&str, &str, Option<&str>), usize> =
        std::collections::HashMap::new();
    for (at, known) in advisory.vulnerabilities.iter().enumerate() {
        for remedy in &known.remedies {
            let key = (&*remedy.category, &*remedy.details, remedy.url.as_deref());
            let at_place = *place.entry(key).or_insert_with(|| {
                found.push((remedy, Vec::new()));
                found.len() - 1
            });
            if let Some((_, names)) = found.get_mut(at_place) {
                let name = unique_name(advisory, at, known);
                if names.last() != Some(&name) {
                    names.push(name);
                }
            }
        }
    }
    let all = advisory.vulnerabilities.len();
    let view = |(remedy, names): (&model::advisory::Remedy, Vec<String>)| {
        let mut facts = vec![if names.len() == all {
            w.advisory_remedy_for_all().to_owned()
        } else {
            w.advisory_remedy_for(&names.join(", "))
        }];
        if !remedy.products.is_empty() {
            facts.push(w.advisory_remedy_products(remedy.products.len() as u64));
        }
        facts.extend(remedy.date.as_deref().map(|date| say::day(date).to_owned()));
        facts.extend(remedy.restart.as_deref().map(|what| w.advisory_remedy_restart(what)));
        RemedyView {
            category: say::remedy(w, &remedy.category).to_owned(),
            details: remedy.details.to_string(),
            url: remedy.url.as_deref().filter(|url| is_web(url)).map(str::to_owned),
            facts,
        }
    };
    found.into_iter().map(view).collect()
}

/// Only addresses of the web become links: a document may hold any text there.
pub(super) fn is_web(url: &str) -> bool {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    lower.starts_with("https://") || lower.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_in_a_documents_link_never_becomes_a_link() {
        assert!(is_web("https://example.test/fix") && is_web("HTTP://example.test"));
        assert!(!is_web("javascript:alert(1)") && !is_web("data:text/html,x") && !is_web("å"));
    }
}
