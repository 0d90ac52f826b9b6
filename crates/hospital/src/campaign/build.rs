//! From what was chosen and said to the campaign that the planner is asked: minutes on the local clock, every name known.

use std::collections::{BTreeMap, BTreeSet};

use model::ids::{PatchId, ServiceId, SiteId, UnitId};
use model::patch::Patch;
use model::plan::ProofPolicy;
use model::resources::{CENSUS_DAY_HOURS, Census};
use model::{AssetTag, Time};
use planning::planner::campaign::{
    Aim, Blackout, Building, Bundle, BundlePatch, Campaign, Device, Gate, Hands, Loaners, Ring, Service,
    Unit, Visit, Walk, Whereabouts, Window,
};

use super::again::{Again, FirstRing, Rings};
use super::bonds;
use super::clock::Clock;
use super::devices::{self, Work};
use super::setting::{Opening, Setting};
use super::told::Heard;
use super::{LeftOut, Remark};
use crate::State;

/// What the planner is to be asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// What it is, for people.
    pub title: Box<str>,
    /// Each device with what it gets.
    pub works: Vec<Work>,
    /// The patches.
    pub patches: Vec<Patch>,
    /// How rings are made.
    pub rings: Rings,
    /// Windows, people, units.
    pub setting: Setting,
    /// The local clock, and when results count as proven.
    pub proof: ProofPolicy,
    /// The present.
    pub now: Time,
    /// The plan that is planned again.
    pub again: Option<Again>,
    /// What people were told of these devices.
    pub heard: Heard,
}

/// How rings are made: of each bundle so many devices first, whose darkness reaches the fewest beds, then the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingPolicy {
    /// Devices of the first ring of each bundle; 0 for no rings.
    pub first: u32,
    /// Minutes that they must have run before the rest begins.
    pub soak_minutes: u32,
}

impl Default for RingPolicy {
    fn default() -> Self {
        RingPolicy { first: 1, soak_minutes: 1_440 }
    }
}

/// A campaign with what a plan of it needs beside it.
#[derive(Clone, Debug)]
pub struct Built {
    /// What the planner is asked.
    pub campaign: Campaign,
    /// What was asked.
    pub request: Request,
    /// Patients of each unit, as counted.
    pub census: Vec<Census>,
    /// What whoever reads the plan should know.
    pub remarks: Vec<Remark>,
}

/// Builds it. A device that nobody can work on is left out, with a remark.
#[must_use]
pub fn build(state: &State, request: Request) -> Built {
    let clock = Clock::new(&request.proof, request.now);
    let setting = &request.setting;
    let mut remarks = Vec::new();
    let (devices, bundles) = devices(state, &request, &mut remarks);
    let rings = rings(&devices, &bundles, &request);
    let (units, census) = units(state, &devices, setting, &clock, &mut remarks);
    let windows: Vec<Window> = setting.windows.iter().map(|opening| clock.window(opening)).collect();
    let known: BTreeSet<_> = devices.iter().map(|device| device.building.clone()).collect();
    let mut buildings: BTreeMap<_, SiteId> =
        devices.iter().map(|device| (device.building.clone(), device.site.clone())).collect();
    let walks = walks(state, setting, &known, &mut buildings);
    let mut campaign = Campaign {
        title: request.title.clone(),
        origin: clock.origin,
        horizon_minute: windows.iter().map(|window| window.not_after_minute).max().unwrap_or(0),
        now_minute: clock.minute_up(request.now),
        bundles,
        buildings: buildings.into_iter().map(|(id, site)| Building { id, site }).collect(),
        walks,
        access: Vec::new(),
        services: services(state, &devices, &units),
        rings,
        windows,
        visits: visits(setting),
        loaners: setting
            .loaners
            .iter()
            .map(|pool| Loaners { kind: pool.kind.clone(), site: pool.site.clone(), count: pool.count })
            .collect(),
        blackouts: blackouts(setting, &clock, &units, &devices),
        gates: gates(setting, &clock, &units),
        precedences: Vec::new(),
        conflicts: Vec::new(),
        agreed: Vec::new(),
        aims: Aim::usual(),
        units,
        devices,
    };
    bonds::bind(state, &request, &clock, &mut campaign, &mut remarks);
    campaign.agreed = request.heard.agreed(&campaign, &setting.windows);
    if request.heard.is_anybody_told() {
        campaign.aims = Aim::again();
    }
    remarks.extend(visits_of_nobody(&campaign));
    Built { campaign, census, remarks, request }
}

/// Makers who come although nobody needs their hands: their name may be spelt as the register does not.
fn visits_of_nobody(campaign: &Campaign) -> Vec<Remark> {
    let hands = campaign.devices.iter().filter_map(|device| match &device.hands {
        Hands::Vendor { vendor, .. } => Some(vendor.clone()),
        Hands::Agent | Hands::Staff { .. } => None,
    });
    let needed: BTreeSet<Box<str>> = hands.collect();
    let visits: BTreeSet<&str> = campaign.visits.iter().map(|visit| &*visit.vendor).collect();
    let of_nobody = visits.into_iter().filter(|vendor| !needed.contains(*vendor));
    let remark = |vendor: &str| Remark::NobodysVisit {
        vendor: vendor.into(),
        needed: needed.iter().cloned().collect(),
    };
    of_nobody.map(remark).collect()
}

/// Devices with their bundles.
fn devices(state: &State, request: &Request, remarks: &mut Vec<Remark>) -> (Vec<Device>, Vec<Bundle>) {
    let patches: BTreeMap<&PatchId, &Patch> =
        request.patches.iter().map(|patch| (&patch.id, patch)).collect();
    let (mut devices, mut bundles) = (Vec::new(), BTreeMap::new());
    let mut nowhere = Vec::new();
    for work in &request.works {
        let left_out = |why| Remark::LeftOut { host: work.host.clone(), why };
        let hands = match devices::hands(state, work, &patches, &request.setting) {
            Ok(hands) => hands,
            Err(why) => {
                remarks.push(left_out(why));
                continue;
            }
        };
        let Some(stands) = devices::stands(state, &work.host) else {
            remarks.push(left_out(LeftOut::NoPlace));
            continue;
        };
        if !stands.known {
            nowhere.push(work.host.clone());
        }
        let mut device = devices::device(state, work, &stands, hands, &request.setting);
        device.bundle = bundle_name(work);
        bundles.entry(device.bundle.clone()).or_insert_with(|| Bundle {
            id: bundle_name(work),
            patches: work
                .patches
                .iter()
                .filter_map(|id| patches.get(id))
                .map(|patch| BundlePatch { patch: patch.id.clone(), minutes: patch.declared })
                .collect(),
        });
        devices.push(device);
    }
    if !nowhere.is_empty() {
        remarks.push(Remark::NoPlace(nowhere));
    }
    match &request.rings {
        Rings::By(policy) => ring_numbers(state, &mut devices, *policy),
        Rings::AsBefore(first) => rings_as_before(&mut devices, &bundles, first),
    }
    (devices, bundles.into_values().collect())
}

fn bundle_name(work: &Work) -> Box<str> {
    let names: Vec<&str> = work.patches.iter().map(PatchId::as_str).collect();
    names.join(" + ").into()
}

/// The first ring of each bundle: whose darkness reaches the fewest beds, ties by name. A bundle of no more devices has no rings.
fn ring_numbers(state: &State, devices: &mut [Device], policy: RingPolicy) {
    let mut of_bundle: BTreeMap<Box<str>, Vec<(usize, AssetTag)>> = BTreeMap::new();
    for device in devices.iter() {
        let beds = state.beds_of(&device.tag).len();
        of_bundle.entry(device.bundle.clone()).or_default().push((beds, device.tag.clone()));
    }
    let mut first: BTreeSet<AssetTag> = BTreeSet::new();
    let mut ringed: BTreeSet<Box<str>> = BTreeSet::new();
    for (bundle, mut list) in of_bundle {
        if policy.first > 0 && list.len() > policy.first as usize {
            list.sort();
            first.extend(list.into_iter().take(policy.first as usize).map(|(_, tag)| tag));
            ringed.insert(bundle);
        }
    }
    for device in devices.iter_mut().filter(|device| ringed.contains(&device.bundle)) {
        device.ring = Some(if first.contains(&device.tag) { 1 } else { 2 });
    }
}

/// The rings that a plan had, of the devices that are still there.
fn rings_as_before(
    devices: &mut [Device],
    bundles: &BTreeMap<Box<str>, Bundle>,
    first: &BTreeMap<Vec<PatchId>, FirstRing>,
) {
    let of = |device: &Device| first.get(&patches_of(bundles.get(&device.bundle)?));
    let goes_first = |device: &Device| of(device).map(|ring| ring.hosts.contains(&device.tag));
    let mut both: BTreeMap<Box<str>, (bool, bool)> = BTreeMap::new();
    for device in devices.iter() {
        let (one, rest) = both.entry(device.bundle.clone()).or_default();
        *one |= goes_first(device) == Some(true);
        *rest |= goes_first(device) == Some(false);
    }
    for device in devices.iter_mut().filter(|device| both.get(&device.bundle) == Some(&(true, true))) {
        device.ring = goes_first(device).map(|first| if first { 1 } else { 2 });
    }
}

fn patches_of(bundle: &Bundle) -> Vec<PatchId> {
    bundle.patches.iter().map(|patch| patch.patch.clone()).collect()
}

fn rings(devices: &[Device], bundles: &[Bundle], request: &Request) -> Vec<Ring> {
    let mut first: BTreeMap<&str, u32> = BTreeMap::new();
    for device in devices.iter().filter(|device| device.ring == Some(1)) {
        *first.entry(&device.bundle).or_default() += 1;
    }
    let soak = |bundle: &Bundle| match &request.rings {
        Rings::By(policy) => policy.soak_minutes,
        Rings::AsBefore(rings) => rings.get(&patches_of(bundle)).map_or(0, |ring| ring.soak_minutes),
    };
    let both = |bundle: &Bundle| {
        let done_min = first.get(&*bundle.id).copied()?;
        let ring =
            |ring, soak_minutes, done_min| Ring { bundle: bundle.id.clone(), ring, soak_minutes, done_min };
        Some([ring(1, soak(bundle), done_min), ring(2, 0, 0)])
    };
    bundles.iter().filter_map(both).flatten().collect()
}

/// Every unit with a device of the campaign or a bed of a service that one carries.
fn units(
    state: &State,
    devices: &[Device],
    setting: &Setting,
    clock: &Clock<'_>,
    remarks: &mut Vec<Remark>,
) -> (Vec<Unit>, Vec<Census>) {
    let places = state.places();
    let mut sites: BTreeMap<UnitId, SiteId> =
        devices.iter().map(|device| (device.unit.clone(), device.site.clone())).collect();
    for device in devices {
        for service in places.services_of(device.tag.as_str()) {
            for unit in places.units_of(service) {
                if let Some(building) = places.buildings.get(&unit.building) {
                    sites.entry(unit.id.clone()).or_insert_with(|| building.site.clone());
                }
            }
        }
    }
    let mut beds: BTreeMap<&UnitId, u32> = BTreeMap::new();
    places.beds.values().for_each(|bed| *beds.entry(&bed.unit).or_default() += 1);
    let (mut units, mut census) = (Vec::new(), Vec::new());
    let (mut uncounted, mut unlimited) = (Vec::new(), Vec::new());
    for (id, site) in sites {
        let said = setting.units.iter().find(|said| said.unit == id);
        let count = beds.get(&id).copied().unwrap_or(0);
        let patients = said.and_then(|said| said.census.clone());
        let limit = said.and_then(|said| said.beds_dark_max);
        let known = Census {
            unit: id.clone(),
            said: patients.is_some(),
            patients: patients.unwrap_or_else(|| vec![count; CENSUS_DAY_HOURS]),
            beds_dark_max: limit,
        };
        if places.units.contains_key(&id) && count > 0 {
            if !known.said {
                uncounted.push(id.clone());
            }
            if limit.is_none() {
                unlimited.push(id.clone());
            }
            census.push(known.clone());
        }
        units.push(Unit {
            id,
            site,
            beds_dark_max: limit.unwrap_or(count.max(u32::try_from(devices.len()).unwrap_or(u32::MAX))),
            census: clock.hours(known.patients),
        });
    }
    remarks.extend(Some(uncounted).filter(|units| !units.is_empty()).map(Remark::NoCensus));
    remarks.extend(Some(unlimited).filter(|units| !units.is_empty()).map(Remark::NoBedLimit));
    (units, census)
}

/// The services that devices of the campaign carry, as far as work on those devices alone can touch them.
fn services(state: &State, devices: &[Device], units: &[Unit]) -> Vec<Service> {
    let ours: BTreeSet<&AssetTag> = devices.iter().map(|device| &device.tag).collect();
    let touched: BTreeMap<&ServiceId, _> = state
        .places()
        .services
        .iter()
        .filter(|(_, service)| service.redundancy.carriers.iter().any(|carrier| ours.contains(carrier)))
        .collect();
    let mut found = Vec::new();
    for (id, service) in &touched {
        let carriers: BTreeSet<&AssetTag> = service.redundancy.carriers.iter().collect();
        let (mine, others): (Vec<&AssetTag>, Vec<&AssetTag>) =
            carriers.into_iter().partition(|carrier| ours.contains(carrier));
        // Those outside stay up: with so many of them, work here takes nothing from the service.
        let needed = usize::from(service.redundancy.needed).saturating_sub(others.len());
        let stand_in = service.fallback.as_ref();
        let undisturbed = stand_in
            .is_some_and(|other| state.places().services.contains_key(other) && !touched.contains_key(other));
        let spare = mine.len().saturating_sub(needed);
        if needed == 0 || (spare == 0 && undisturbed) {
            continue;
        }
        let served = state.places().units_of(service).into_iter().map(|unit| unit.id.clone());
        found.push(Service {
            id: (*id).clone(),
            carriers: mine.into_iter().cloned().collect(),
            needed: u32::try_from(needed).unwrap_or(u32::MAX),
            units: served.filter(|unit| units.iter().any(|known| known.id == *unit)).collect(),
            stand_in: stand_in.filter(|other| touched.contains_key(*other)).cloned(),
        });
    }
    // What stands in and needs none of ours was left out: then nothing here can touch it.
    let kept: BTreeSet<ServiceId> = found.iter().map(|service| service.id.clone()).collect();
    found.retain(|service| match &service.stand_in {
        Some(other) => kept.contains(other) || service.carriers.len() > service.needed as usize,
        None => true,
    });
    let kept: BTreeSet<ServiceId> = found.iter().map(|service| service.id.clone()).collect();
    for service in &mut found {
        service.stand_in = service.stand_in.take().filter(|other| kept.contains(other));
    }
    found
}

/// Ways that somebody said, between buildings in which there is work, and of sites that are known.
fn walks(
    state: &State,
    setting: &Setting,
    at_work: &BTreeSet<model::ids::BuildingId>,
    buildings: &mut BTreeMap<model::ids::BuildingId, SiteId>,
) -> Vec<Walk> {
    let mut walks = Vec::new();
    for way in setting.walks.iter().filter(|way| at_work.contains(&way.from) || at_work.contains(&way.to)) {
        let ends = [&way.from, &way.to];
        let sites = ends.map(|end| state.places().buildings.get(end).map(|known| known.site.clone()));
        if let [Some(from), Some(to)] = sites {
            buildings.entry(way.from.clone()).or_insert(from);
            buildings.entry(way.to.clone()).or_insert(to);
            walks.push(Walk { from: way.from.clone(), to: way.to.clone(), minutes: way.minutes });
        }
    }
    walks
}

fn visits(setting: &Setting) -> Vec<Visit> {
    let of_window = |opening: &Opening| {
        let window = opening.id.clone();
        let visit = move |visit: &super::Visit| Visit {
            vendor: visit.vendor.clone(),
            window: window.clone(),
            engineers: visit.engineers,
            devices_max: visit.devices_max,
        };
        opening.visits.iter().map(visit).collect::<Vec<_>>()
    };
    setting.windows.iter().flat_map(of_window).collect()
}

fn blackouts(setting: &Setting, clock: &Clock<'_>, units: &[Unit], devices: &[Device]) -> Vec<Blackout> {
    let sites: BTreeSet<&SiteId> = devices.iter().map(|device| &device.site).collect();
    let mut found = Vec::new();
    for closed in &setting.closed {
        let Some(span) = clock.span(closed.from, closed.to) else { continue };
        let blackout = |place| Blackout { place, span, says: closed.says.clone() };
        match (&closed.unit, &closed.site) {
            (Some(unit), _) if units.iter().any(|known| known.id == *unit) => {
                found.push(blackout(Whereabouts::Unit(unit.clone())));
            }
            // Nothing of the campaign stands in that unit.
            (Some(_), _) => {}
            (None, Some(site)) => found.push(blackout(Whereabouts::Site(site.clone()))),
            (None, None) => {
                found.extend(sites.iter().map(|site| blackout(Whereabouts::Site((*site).clone()))));
            }
        }
    }
    found
}

fn gates(setting: &Setting, clock: &Clock<'_>, units: &[Unit]) -> Vec<Gate> {
    let here = setting.gates.iter().filter(|gate| units.iter().any(|known| known.id == gate.unit));
    here.map(|gate| Gate {
        unit: gate.unit.clone(),
        bundle: None,
        not_before_minute: clock.minute_up(gate.not_before),
    })
    .collect()
}
