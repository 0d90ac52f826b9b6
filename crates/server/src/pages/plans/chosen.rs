//! The hosts that a form chooses, by name or by what they are exposed to, and the patches that those hosts report as available.

use std::collections::{BTreeMap, BTreeSet};

use exposure::Verdict;
use hospital::State;
use hospital::matrix::{Filter, PairOrder, pairs};
use model::AssetTag;
use model::plan::ITEMS_PER_PLAN_MAX;

use super::form::{at, lines};
use crate::words::Words;

/// Most patches that are offered; those for most hosts first.
const OFFERS_MAX: usize = 20;

/// One ring a line: asset tags, or a filter `key=value` over the register. A host stays in the first ring that names it.
pub(super) fn groups(w: Words, state: &State, text: &str) -> Result<Vec<Vec<AssetTag>>, String> {
    let mut named: BTreeSet<AssetTag> = BTreeSet::new();
    let mut rings = Vec::new();
    for (number, line) in lines(text) {
        let found = match line.split_once('=') {
            Some((key, value)) => filtered(state, key.trim(), value.trim())
                .filter(|found| !found.is_empty())
                .ok_or_else(|| at(w, number, &w.draft_wrong_filter(line)))?,
            None => line
                .split_whitespace()
                .map(|tag| {
                    let known = state.register().by_tag(tag).filter(|device| !device.is_retired());
                    let tag = known.and_then(|device| AssetTag::new(device.asset_tag()).ok());
                    tag.ok_or_else(|| at(w, number, &w.draft_wrong_host(line)))
                })
                .collect::<Result<Vec<_>, String>>()?,
        };
        // A host named in an earlier ring stays there: a filter for the rest may be wide.
        let fresh: Vec<AssetTag> = found.into_iter().filter(|tag| named.insert(tag.clone())).collect();
        if named.len() > ITEMS_PER_PLAN_MAX {
            return Err(at(w, number, &w.draft_too_many(&w.number(ITEMS_PER_PLAN_MAX as u64))));
        }
        if !fresh.is_empty() {
            rings.push(fresh);
        }
    }
    if rings.is_empty() { Err(w.draft_missing().to_owned()) } else { Ok(rings) }
}

/// The devices that meet a filter; `None` for a key that there is not.
fn filtered(state: &State, key: &str, value: &str) -> Option<Vec<AssetTag>> {
    let meets = |device: &hospital::register::DeviceView<'_>| match key {
        "unit" => device.unit() == Some(value),
        "site" => device.site() == Some(value),
        "model" => device.model() == value,
        "manufacturer" => device.manufacturer() == value,
        _ => false,
    };
    match key {
        "unit" | "site" | "model" | "manufacturer" => {
            let found = state.register().iter().filter(meets);
            Some(found.filter_map(|device| AssetTag::new(device.asset_tag()).ok()).collect())
        }
        "cve" => Some(exposed(state, [value], Verdict::Affected)),
        "advisory" => {
            Some(exposed(state, closed_by(state, value).iter().map(|cve| &**cve), Verdict::Affected))
        }
        _ => None,
    }
}

/// The vulnerabilities that the advisories with this tracking id speak of.
pub(super) fn closed_by(state: &State, tracking_id: &str) -> BTreeSet<Box<str>> {
    let advisories = state.library().find_by_tracking_id(tracking_id);
    let named = advisories.flat_map(|(_, item)| {
        item.current().advisory.vulnerabilities.iter().filter_map(|known| known.cve.clone())
    });
    named.collect()
}

/// The devices with this verdict on any of these vulnerabilities, by asset tag.
pub(super) fn exposed<'a>(
    state: &State,
    cves: impl IntoIterator<Item = &'a str>,
    verdict: Verdict,
) -> Vec<AssetTag> {
    let mut found = BTreeSet::new();
    for cve in cves {
        let filter = Filter { cve: Some(cve.to_owned()), verdict: Some(verdict), ..Filter::default() };
        let page = pairs(state, &filter, PairOrder::Device, false, 0, usize::MAX);
        let devices = page.pairs.iter().filter_map(|pair| state.register().get(pair.device));
        found.extend(devices.filter_map(|device| AssetTag::new(device.asset_tag()).ok()));
    }
    found.into_iter().collect()
}

/// A patch that chosen hosts report as available.
pub(super) struct Offer {
    pub(super) package: String,
    pub(super) version: String,
    /// So many of the chosen hosts report it.
    pub(super) hosts: u64,
}

/// What the chosen hosts report as available, and how many of them have reported anything: the others' patches are not known.
pub(super) fn offers(state: &State, groups: &[Vec<AssetTag>]) -> (Vec<Offer>, u64) {
    let mut found: BTreeMap<(Box<str>, Box<str>), u64> = BTreeMap::new();
    let mut heard = 0;
    for host in groups.iter().flatten() {
        let Some(seen) = state.night().host(host).and_then(|view| view.observation()) else { continue };
        heard += 1;
        let patches: BTreeSet<(Box<str>, Box<str>)> =
            seen.available.into_iter().map(|patch| (patch.package, patch.to)).collect();
        patches.into_iter().for_each(|patch| *found.entry(patch).or_default() += 1);
    }
    let mut offers: Vec<Offer> = found
        .into_iter()
        .map(|((package, version), hosts)| Offer { package: package.into(), version: version.into(), hosts })
        .collect();
    offers.sort_by_key(|offer| std::cmp::Reverse(offer.hosts));
    offers.truncate(OFFERS_MAX);
    (offers, heard)
}

/// Devices that a filter by vulnerability leaves out because nobody can say whether they are affected, and that no other line chose.
pub(super) fn undecided(state: &State, text: &str, groups: &[Vec<AssetTag>]) -> u64 {
    let mut found: BTreeSet<AssetTag> = BTreeSet::new();
    for (_, line) in lines(text) {
        match line.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
            Some(("cve", cve)) => found.extend(exposed(state, [cve], Verdict::Undecided)),
            Some(("advisory", id)) => {
                let cves = closed_by(state, id);
                found.extend(exposed(state, cves.iter().map(|cve| &**cve), Verdict::Undecided));
            }
            Some(_) | None => {}
        }
    }
    groups.iter().flatten().for_each(|host| {
        found.remove(host);
    });
    found.len() as u64
}
