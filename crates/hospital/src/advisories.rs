//! What the advisories mean here: devices by their worst verdict for each advisory, and the devices behind. Two of the
//! lists that CSAF 2.1 §9.1.13 asks of a matching system start here: advisory → assets and product → advisories.

use std::collections::{BTreeMap, HashMap, HashSet};

use exposure::Verdict;
use exposure::matcher::{AdvisoryIx, Cell, DeviceIx, cells_of};
use exposure::product::MatchKind;
use model::advisory::Product;

use crate::matrix::Counts;
use crate::state::State;

/// For each advisory, devices by the worst verdict that it gives them; devices it does not speak of are not counted.
pub fn devices_by_advisory(state: &State) -> Vec<Counts> {
    let mut counts = vec![Counts::default(); state.library().len()];
    for group in state.matcher().groups() {
        for cells in group.cells.chunk_by(|a, b| a.advisory == b.advisory) {
            let worst = cells.iter().map(|cell| cell.verdict).min();
            let slot = cells.first().and_then(|cell| counts.get_mut(cell.advisory as usize));
            if let (Some(worst), Some(slot)) = (worst, slot) {
                slot.add(worst, group.devices.len());
            }
        }
    }
    counts
}

/// One device that an advisory speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    /// The device.
    pub device: DeviceIx,
    /// The worst that the advisory says of it, with gap and confidence; the surest of its kind.
    pub worst: Cell,
    /// Vulnerabilities of the advisory by what it says of the device.
    pub vulnerabilities: Counts,
}

/// The devices of which one advisory speaks (advisory → assets): worst verdict first, then by asset tag. `verdict` keeps
/// only those whose worst verdict it is.
pub fn assets(state: &State, advisory: AdvisoryIx, verdict: Option<Verdict>) -> Vec<Asset> {
    let mut assets = Vec::new();
    for group in state.matcher().groups_of_advisory(advisory) {
        let mut vulnerabilities = Counts::default();
        cells_of(group.cells, advisory).for_each(|cell| vulnerabilities.add(cell.verdict, 1));
        let worst = cells_of(group.cells, advisory)
            .min_by_key(|cell| (cell.verdict, std::cmp::Reverse(cell.confidence)));
        let Some(worst) = worst.filter(|worst| verdict.is_none_or(|wanted| wanted == worst.verdict)) else {
            continue;
        };
        assets.extend(group.devices.iter().map(|device| Asset { device, worst: *worst, vulnerabilities }));
    }
    let tag = |device: DeviceIx| state.register().get(device).map_or("", |device| device.asset_tag());
    assets.sort_by(|a, b| (a.worst.verdict, tag(a.device)).cmp(&(b.worst.verdict, tag(b.device))));
    assets
}

/// A model of the register that is, or may be, a product of the advisories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OurModel<'s> {
    /// Is it for certain, or is a person to be asked?
    pub is_certain: bool,
    /// Maker as the register writes it.
    pub manufacturer: &'s str,
    /// Model as the register writes it.
    pub model: &'s str,
    /// How many devices.
    pub devices: u64,
}

/// A product as advisories write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownProduct<'s> {
    /// Vendor as written; empty when none is named.
    pub vendor: &'s str,
    /// Product as written.
    pub product: &'s str,
    /// The advisories in force that speak of it.
    pub advisories: Vec<AdvisoryIx>,
    /// Our models that it is, or may be; the certain ones first.
    pub ours: Vec<OurModel<'s>>,
}

/// Vendor and product of a product row, as matching takes them.
pub fn names_of(product: &Product) -> (&str, &str) {
    let name = product.name.as_deref().or(product.family.as_deref()).unwrap_or(&product.full_name);
    (product.vendor.as_deref().unwrap_or(""), name)
}

/// Every product that the advisories in force speak of (product → advisories), by vendor and product.
pub fn products(state: &State) -> Vec<KnownProduct<'_>> {
    let mut known: BTreeMap<(&str, &str), Vec<AdvisoryIx>> = BTreeMap::new();
    for (ix, item) in state.library().iter() {
        for product in &item.current().advisory.products {
            let advisories = known.entry(names_of(product)).or_default();
            if advisories.last() != Some(&ix) {
                advisories.push(ix);
            }
        }
    }
    let mut ours = our_models(state);
    let mut products = Vec::with_capacity(known.len());
    for ((vendor, product), advisories) in known {
        let ours = ours.remove(&(vendor, product)).unwrap_or_default();
        products.push(KnownProduct { vendor, product, advisories, ours });
    }
    products
}

/// Our models by the (vendor, product) that they are, or may be.
fn our_models(state: &State) -> HashMap<(&str, &str), Vec<OurModel<'_>>> {
    let matcher = state.matcher();
    let mut devices: HashMap<(&str, &str), u64> = HashMap::new();
    let mut seen: HashSet<(&str, &str, Option<&str>)> = HashSet::new();
    let mut found: BTreeMap<(&str, &str, &str, &str), bool> = BTreeMap::new();
    for group in matcher.groups() {
        *devices.entry((group.manufacturer, group.model)).or_default() += group.devices.len();
        let Some(first) = group.devices.min().and_then(|ix| state.register().get(ix)) else { continue };
        if !seen.insert((group.manufacturer, group.model, first.model_number())) {
            continue;
        }
        for (vendor, product, name) in matcher.names_of(first.ix()) {
            let certain = found.entry((vendor, product, group.manufacturer, group.model)).or_default();
            *certain |= matches!(name.kind, MatchKind::Same);
        }
    }
    let mut out: HashMap<(&str, &str), Vec<OurModel<'_>>> = HashMap::new();
    for ((vendor, product, manufacturer, model), is_certain) in found {
        let devices = devices.get(&(manufacturer, model)).copied().unwrap_or(0);
        out.entry((vendor, product)).or_default().push(OurModel { is_certain, manufacturer, model, devices });
    }
    out.values_mut()
        .for_each(|models| models.sort_by_key(|model| (!model.is_certain, model.manufacturer, model.model)));
    out
}
