//! Which devices advisories and patches concern, and what each of them gets. Whoever is undecided is counted and left out; whoever cannot
//! get what it needs is named with the reason.

use std::collections::{BTreeMap, BTreeSet};

use exposure::Verdict;
use exposure::matcher::cells_of;
use model::ids::PatchId;
use model::patch::Patch;
use model::plan::Item;
use model::{AssetTag, Date, PlanHash, Time};
use planning::bundle::{Catalogue, Resolution, Subject, Treatment, resolve};

use super::again::{Left, Motion};
use super::{LeftOut, Remark, Work};
use crate::State;
use crate::matrix::{Filter, PairOrder, pairs};
use crate::night::plans::PlanRecord;

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Advisories, by tracking id.
    pub advisories: Vec<Box<str>>,
    /// Patches; with advisories only these are taken, without them they go wherever they close something.
    pub patches: Vec<PatchId>,
    /// Devices of this site only, as the register spells it.
    pub site: Option<Box<str>>,
}

/// What comes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Each device with what it gets.
    pub works: Vec<Work>,
    /// The patches.
    pub patches: Vec<Patch>,
    /// Who is left out, and why.
    pub remarks: Vec<Remark>,
}

/// Something that is asked for and not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// No advisory has this tracking id.
    #[error("there is no advisory {0}; `segue advisories list` shows those that were imported")]
    Advisory(Box<str>),
    /// No patch has this name.
    #[error(
        "there is no patch {0}: neither a plan of the journal has it nor the file of windows; write it there under [[patches]]"
    )]
    Patch(PatchId),
    /// A patch alone says nothing about devices.
    #[error(
        "patch {0} does not say what it closes, so no device is known to need it; name an advisory too, or write `closes`"
    )]
    ClosesNothing(PatchId),
}

/// The vulnerabilities of which each device suffers, by asset tag.
type Suffering = BTreeMap<AssetTag, BTreeSet<Box<str>>>;

/// The devices with this verdict by one of the advisories with this tracking id, and by which vulnerabilities; `None` when there is no such
/// advisory. A device that an advisory calls affected by one vulnerability and undecided for another is affected.
pub fn affected(state: &State, tracking_id: &str, verdict: Verdict) -> Option<Suffering> {
    let mut found = Suffering::new();
    let mut known = false;
    for (advisory, _) in state.library().find_by_tracking_id(tracking_id) {
        known = true;
        for group in state.matcher().groups_of_advisory(advisory) {
            let of_it = || cells_of(group.cells, advisory).filter(|cell| cell.verdict == verdict);
            let names: BTreeSet<Box<str>> =
                of_it().map(|cell| state.matcher().vulnerability_name(cell.vulnerability).into()).collect();
            if names.is_empty() {
                continue;
            }
            for device in group.devices.iter().filter_map(|device| state.register().get(device)) {
                if let Ok(tag) = AssetTag::new(device.asset_tag())
                    && !device.is_retired()
                {
                    found.entry(tag).or_default().extend(names.iter().cloned());
                }
            }
        }
    }
    known.then_some(found)
}

/// The same for vulnerabilities, whichever advisory speaks of them.
fn affected_by(state: &State, names: &BTreeSet<Box<str>>, verdict: Verdict) -> Suffering {
    let mut found = Suffering::new();
    for name in names {
        let filter = Filter { cve: Some(name.to_string()), verdict: Some(verdict), ..Filter::default() };
        let page = pairs(state, &filter, PairOrder::Device, false, 0, usize::MAX);
        let devices = page.pairs.iter().filter_map(|pair| state.register().get(pair.device));
        for tag in devices.filter_map(|device| AssetTag::new(device.asset_tag()).ok()) {
            found.entry(tag).or_default().insert(name.clone());
        }
    }
    found
}

/// Every patch that a plan of the journal has, as the newest plan says it; withdrawn plans say nothing.
pub fn known_patches(state: &State) -> Vec<Patch> {
    let mut plans: Vec<_> = state.night().plans().filter(|record| record.withdrawn.is_none()).collect();
    plans.sort_by_key(|record| record.drafted.seq);
    let each = plans.iter().flat_map(|record| &record.plan.patches);
    let newest: BTreeMap<&PatchId, &Patch> = each.map(|patch| (&patch.id, patch)).collect();
    newest.into_values().cloned().collect()
}

/// Chooses. `said` is what the person gave of patches and rules; what it does not have comes from plans of the journal. `on` is the day of
/// `now`.
///
/// # Errors
/// An advisory or a patch that nobody knows.
pub fn choose(
    state: &State,
    asked: &Asked,
    said: &Catalogue,
    on: Date,
    now: Time,
) -> Result<Chosen, Unknown> {
    let mut catalogue = said.clone();
    let known = known_patches(state);
    catalogue
        .patches
        .extend(known.into_iter().filter(|patch| !said.patches.iter().any(|own| own.id == patch.id)));
    let named = |id: &PatchId| catalogue.patches.iter().find(|patch| patch.id == *id);
    for id in &asked.patches {
        let patch = named(id).ok_or_else(|| Unknown::Patch(id.clone()))?;
        if asked.advisories.is_empty() && patch.closes.is_empty() {
            return Err(Unknown::ClosesNothing(id.clone()));
        }
    }
    let (sure, unsure) = suffering(state, asked, &catalogue)?;
    let mut remarks = Vec::new();
    let here = |tag: &AssetTag| {
        let device = state.register().by_tag(tag.as_str());
        asked.site.as_deref().is_none_or(|site| device.and_then(|device| device.site()) == Some(site))
    };
    let undecided = unsure.keys().filter(|tag| !sure.contains_key(*tag) && here(tag)).count() as u64;
    if undecided > 0 {
        remarks.push(Remark::Undecided(undecided));
    }
    let mut works = Vec::new();
    for (host, names) in sure.iter().filter(|(tag, _)| here(tag)) {
        match patches_of(state, host, names, asked, &catalogue, on) {
            Ok(patches) => {
                works.push(Work { host: host.clone(), patches, exploited: exploited(state, names) })
            }
            Err(why) => remarks.push(Remark::LeftOut { host: host.clone(), why }),
        }
    }
    let mut chosen = Chosen { patches: Vec::new(), works, remarks };
    Begun::of(state, &chosen.works, None, now).leave_out(&mut chosen);
    let used: BTreeSet<&PatchId> = chosen.works.iter().flat_map(|work| &work.patches).collect();
    chosen.patches = catalogue.patches.iter().filter(|patch| used.contains(&patch.id)).cloned().collect();
    Ok(chosen)
}

/// Who is affected for certain, and who perhaps.
fn suffering(state: &State, asked: &Asked, catalogue: &Catalogue) -> Result<(Suffering, Suffering), Unknown> {
    if asked.advisories.is_empty() {
        let wanted = catalogue.patches.iter().filter(|patch| asked.patches.contains(&patch.id));
        let names = wanted.flat_map(|patch| patch.closes.iter().cloned()).collect();
        let of = |verdict| affected_by(state, &names, verdict);
        return Ok((of(Verdict::Affected), of(Verdict::Undecided)));
    }
    let (mut sure, mut unsure) = (Suffering::new(), Suffering::new());
    for id in &asked.advisories {
        for (verdict, all) in [(Verdict::Affected, &mut sure), (Verdict::Undecided, &mut unsure)] {
            let found = affected(state, id, verdict).ok_or_else(|| Unknown::Advisory(id.clone()))?;
            found.into_iter().for_each(|(tag, names)| all.entry(tag).or_default().extend(names));
        }
    }
    Ok((sure, unsure))
}

/// What a device gets, in order; else why it gets nothing.
fn patches_of(
    state: &State,
    host: &AssetTag,
    names: &BTreeSet<Box<str>>,
    asked: &Asked,
    catalogue: &Catalogue,
    on: Date,
) -> Result<Vec<PatchId>, LeftOut> {
    let subject = subject(state, host, on);
    let newest = catalogue.newest_for(&subject);
    let closes = |patch: &&Patch| patch.closes.iter().any(|name| names.contains(name));
    let wanted: Vec<PatchId> = catalogue
        .patches
        .iter()
        .filter(|patch| newest.contains(&patch.id))
        .filter(
            |patch| if asked.patches.is_empty() { closes(patch) } else { asked.patches.contains(&patch.id) },
        )
        .map(|patch| patch.id.clone())
        .collect();
    if wanted.is_empty() {
        return Err(LeftOut::NoPatch { closes: names.iter().cloned().collect() });
    }
    let bundle = match resolve(&subject, &wanted, catalogue) {
        Resolution::Bundle(bundle) => bundle,
        Resolution::Conflict(conflict) => return Err(LeftOut::Rules(conflict.reasons)),
        Resolution::Undecided { says } => return Err(LeftOut::TooMuch { says }),
    };
    if bundle.restarts > 1 {
        return Err(LeftOut::Restarts(bundle.restarts));
    }
    Ok(bundle.steps.into_iter().flat_map(|step| step.install).collect())
}

fn subject(state: &State, host: &AssetTag, on: Date) -> Subject {
    let known = state.register().by_tag(host.as_str());
    Subject {
        device: host.clone(),
        manufacturer: known.map_or("", |device| device.manufacturer()).into(),
        model: known.map_or("", |device| device.model()).into(),
        by: known.map(|device| device.installer()).unwrap_or_default(),
        installed: None,
        treatment: Treatment::Unknown,
        on,
    }
}

/// Is one of these vulnerabilities known to be exploited?
pub(super) fn exploited(state: &State, names: &BTreeSet<Box<str>>) -> bool {
    names.iter().any(|name| state.threats().kev(name).is_some())
}

/// The work that plans in motion do, or have done, on some hosts.
pub(super) struct Begun<'a> {
    of_host: BTreeMap<&'a AssetTag, Vec<(&'a PlanRecord, &'a Item)>>,
}

impl<'a> Begun<'a> {
    /// Of these hosts, but for the plan `except`. What a plan leaves behind without having begun it is not of it.
    pub(super) fn of(state: &'a State, works: &[Work], except: Option<&PlanHash>, now: Time) -> Begun<'a> {
        let hosts: BTreeSet<&AssetTag> = works.iter().map(|work| &work.host).collect();
        let mut of_host: BTreeMap<&AssetTag, Vec<_>> = BTreeMap::new();
        let started = state.night().plans().filter(|record| record.started.is_some());
        for record in started.filter(|record| Some(&record.hash) != except) {
            let motion = Motion::of(state, record);
            for item in record.plan.items.iter().filter(|item| hosts.contains(&item.host)) {
                match motion.left(state, item, now) {
                    Left::ToDo => {}
                    Left::Begun | Left::Coming => of_host.entry(&item.host).or_default().push((record, item)),
                }
            }
        }
        Begun { of_host }
    }

    /// Leaves out whom one of them gives one of the same patches.
    pub(super) fn leave_out(&self, chosen: &mut Chosen) {
        let (works, remarks) = (&mut chosen.works, &mut chosen.remarks);
        works.retain(|work| {
            let each = self.of_host.get(&work.host).into_iter().flatten();
            let same = |item: &Item| item.patches.iter().any(|patch| work.patches.contains(patch));
            let Some((record, _)) = each.into_iter().find(|(_, item)| same(item)) else { return true };
            let why = LeftOut::InPlan { plan: record.plan.title.clone() };
            remarks.push(Remark::LeftOut { host: work.host.clone(), why });
            false
        });
    }
}
