//! What the advisories mean here: devices by their worst verdict for each advisory, and the devices behind. Two of the
//! lists that CSAF 2.1 §9.1.13 asks of a matching system start here: advisory → assets and product → advisories.

use exposure::Verdict;
use exposure::matcher::{AdvisoryIx, Cell, DeviceIx, GroupView, cells_of};
use exposure::product::MatchKind;
use hashbrown::HashMap;
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
    let mut place: HashMap<(&str, &str), usize> = HashMap::new();
    let mut products: Vec<KnownProduct<'_>> = Vec::new();
    for (ix, item) in state.library().iter() {
        for product in &item.current().advisory.products {
            let (vendor, product) = names_of(product);
            let at = *place.entry((vendor, product)).or_insert_with(|| {
                products.push(KnownProduct { vendor, product, advisories: Vec::new(), ours: Vec::new() });
                products.len() - 1
            });
            if let Some(known) = products.get_mut(at).filter(|known| known.advisories.last() != Some(&ix)) {
                known.advisories.push(ix);
            }
        }
    }
    for ((vendor, product), ours) in our_models(state) {
        if let Some(known) = place.get(&(vendor, product)).and_then(|at| products.get_mut(*at)) {
            known.ours = ours;
        }
    }
    products.sort_unstable_by_key(|known| (known.vendor, known.product));
    products
}

/// Our models by the (vendor, product) that they are, or may be.
fn our_models(state: &State) -> HashMap<(&str, &str), Vec<OurModel<'_>>> {
    let matcher = state.matcher();
    // Groups of one name hold the very same texts: where these lie tells the names apart.
    let mut names: HashMap<(*const u8, *const u8), (GroupView<'_>, u64)> = HashMap::new();
    for group in matcher.groups() {
        let devices = group.devices.len();
        names.entry((group.manufacturer.as_ptr(), group.model.as_ptr())).or_insert((group, 0)).1 += devices;
    }
    let mut found: HashMap<(&str, &str), Vec<OurModel<'_>>> = HashMap::new();
    for (group, devices) in names.into_values() {
        let Some(first) = group.devices.min() else { continue };
        for (vendor, product, name) in matcher.names_of(first) {
            let is_certain = matches!(name.kind, MatchKind::Same);
            let (manufacturer, model) = (group.manufacturer, group.model);
            found.entry((vendor, product)).or_default().push(OurModel {
                is_certain,
                manufacturer,
                model,
                devices,
            });
        }
    }
    found.values_mut().for_each(merge);
    found
}

/// One entry for each maker and model: names may differ in what is not shown, such as the model number. The certain first.
fn merge(models: &mut Vec<OurModel<'_>>) {
    models.sort_unstable_by_key(|ours| (ours.manufacturer, ours.model, !ours.is_certain));
    models.dedup_by(|next, kept| {
        let same = (next.manufacturer, next.model, next.is_certain)
            == (kept.manufacturer, kept.model, kept.is_certain);
        kept.devices += if same { next.devices } else { 0 };
        same
    });
    models.sort_unstable_by_key(|ours| (!ours.is_certain, ours.manufacturer, ours.model));
}
