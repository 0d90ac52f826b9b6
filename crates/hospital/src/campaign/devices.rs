//! The devices of a campaign: where each stands, who may work on it, what it watches, what it weighs.

use std::collections::BTreeMap;

use model::AssetTag;
use model::device::{Criticality, Installer};
use model::ids::{BuildingId, PatchId, SiteId, UnitId};
use model::patch::Patch;
use planning::planner::campaign::{Device, Hands};

use super::setting::Setting;
use super::{ByHand, LeftOut};
use crate::State;
use crate::register::DeviceView;

/// The skill of whoever works on devices where the register names none that the windows have.
pub const CLINICAL_ENGINEERING: &str = "clinical engineering";
/// Whoever installs where the register says *a service company*.
const SERVICE_COMPANY: &str = "service company";
/// The place of what stands nowhere that is known.
const NOWHERE: &str = "(place not known)";

/// A device with what it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// Which.
    pub host: AssetTag,
    /// The patches, in the order in which they are installed; at least one.
    pub patches: Vec<PatchId>,
    /// Is one of the vulnerabilities that concern it known to be exploited?
    pub exploited: bool,
}

/// Where a device stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stands {
    pub(super) site: SiteId,
    pub(super) building: BuildingId,
    pub(super) unit: UnitId,
    /// Everything of it is described.
    pub(super) known: bool,
}

/// Where it stands by the register and the hospital's description; what is missing gets a place of its own, at which no rule of a place holds.
pub(super) fn stands(state: &State, host: &AssetTag) -> Option<Stands> {
    let places = state.places();
    let device = state.register().by_tag(host.as_str());
    let registered = device.and_then(|device| device.unit()).and_then(|unit| UnitId::new(unit).ok());
    // Its bed says more than the list: that bed goes dark.
    let unit = state.bed_of(host.as_str()).map(|bed| bed.unit.clone()).or(registered);
    let unit = unit.and_then(|unit| places.units.get(&unit));
    let own = device.and_then(|device| device.building()).and_then(|own| BuildingId::new(own).ok());
    let own = own.and_then(|own| places.buildings.get(&own));
    let of_unit = unit.and_then(|unit| places.buildings.get(&unit.building));
    // A unit has one site: a building elsewhere is not that of the work.
    let building = own.filter(|own| of_unit.is_none_or(|of_unit| of_unit.site == own.site)).or(of_unit);
    let said_site = device.and_then(|device| device.site()).and_then(|site| SiteId::new(site).ok());
    let only = || if places.sites.len() == 1 { places.sites.keys().next().cloned() } else { None };
    let site = building.map(|building| building.site.clone()).or(said_site).or_else(only);
    let known = unit.is_some() && building.is_some();
    let site = site.or_else(|| SiteId::new(NOWHERE).ok())?;
    let building = match building {
        Some(building) => building.id.clone(),
        None => BuildingId::new(&format!("{NOWHERE} {site}")).ok()?,
    };
    let unit = match unit.filter(|_| of_unit.is_some()) {
        Some(unit) => unit.id.clone(),
        None => UnitId::new(&format!("{NOWHERE} {site}")).ok()?,
    };
    Some(Stands { site, building, unit, known })
}

/// How a device is worked on, or why it cannot be.
pub(super) fn hands(
    state: &State,
    work: &Work,
    patches: &BTreeMap<&PatchId, &Patch>,
    setting: &Setting,
) -> Result<Hands, LeftOut> {
    let device = state.register().by_tag(work.host.as_str()).filter(|device| !device.is_retired());
    let device = device.ok_or(LeftOut::NotInRegister)?;
    let mine: Vec<&Patch> = work.patches.iter().filter_map(|id| patches.get(id).copied()).collect();
    let host = state.night().host(&work.host);
    let has_agent = host.is_some_and(|host| host.enrolled().is_some() && host.revoked().is_none());
    let by_agent = has_agent && mine.iter().all(|patch| !patch.packages.is_empty());
    match device.installer() {
        Installer::Staff | Installer::Unknown if by_agent => return Ok(Hands::Agent),
        Installer::Staff | Installer::Unknown | Installer::Vendor | Installer::ThirdParty => {}
    }
    if let Some(bare) = mine.iter().find(|patch| patch.steps.is_empty()) {
        let because = match device.installer() {
            Installer::Vendor | Installer::ThirdParty => ByHand::NotOurs,
            Installer::Staff | Installer::Unknown if has_agent => ByHand::NoPackages,
            Installer::Staff | Installer::Unknown => ByHand::NoAgent,
        };
        return Err(LeftOut::NoSteps { because, patch: bare.id.clone() });
    }
    let hands_on_minutes = minutes(device, &mine, setting);
    Ok(match device.installer() {
        Installer::Vendor => Hands::Vendor { vendor: device.manufacturer().into(), hands_on_minutes },
        Installer::ThirdParty => Hands::Vendor { vendor: SERVICE_COMPANY.into(), hands_on_minutes },
        Installer::Staff | Installer::Unknown => {
            Hands::Staff { skill: skill(device, setting), hands_on_minutes }
        }
    })
}

/// As said for its kind or model, else as long as the work is declared to take.
fn minutes(device: DeviceView<'_>, patches: &[&Patch], setting: &Setting) -> u32 {
    let is = |text: &str| Some(text) == device.kind() || text == device.model();
    match setting.hands_on.iter().find(|said| is(&said.kind)) {
        Some(said) => said.minutes,
        None => {
            let restart = patches.iter().map(|patch| patch.declared.restart.p90).max().unwrap_or(0);
            let install = |sum: u32, patch: &&Patch| sum.saturating_add(patch.declared.install.p90);
            patches.iter().fold(0, install).saturating_add(restart)
        }
    }
}

/// The owner whom the register names, where the windows have people of that name; else clinical engineering.
fn skill(device: DeviceView<'_>, setting: &Setting) -> Box<str> {
    let owner = device.owner().unwrap_or("");
    let mut skills = setting.windows.iter().flat_map(|window| &window.staff).map(|staff| &staff.skill);
    skills.find(|skill| skill.eq_ignore_ascii_case(owner)).cloned().unwrap_or(CLINICAL_ENGINEERING.into())
}

/// What each day before it is done weighs: 1, 2, 4 or 8 by what its failure means for patients (not known counts as *high*), four times as
/// much where a vulnerability is known to be exploited.
fn risk_per_day(device: Option<DeviceView<'_>>, exploited: bool) -> u32 {
    let criticality = device.map(|device| device.criticality()).unwrap_or_default();
    let weight = match criticality {
        Criticality::Low => 1,
        Criticality::Medium => 2,
        Criticality::High | Criticality::Unknown => 4,
        Criticality::LifeSupporting => 8,
    };
    if exploited { weight * 4 } else { weight }
}

/// The device as a campaign has it, but for its bundle and ring.
pub(super) fn device(state: &State, work: &Work, stands: &Stands, hands: Hands, setting: &Setting) -> Device {
    let view = state.register().by_tag(work.host.as_str());
    let kind = view.and_then(|view| view.kind().or(Some(view.model()))).unwrap_or("");
    let lent = |pool: &model::resources::LoanerPool| *pool.kind == *kind && pool.site == stands.site;
    Device {
        tag: work.host.clone(),
        site: stands.site.clone(),
        building: stands.building.clone(),
        unit: stands.unit.clone(),
        kind: kind.into(),
        bundle: "".into(),
        mandatory: true,
        due_minute: None,
        risk_per_day: risk_per_day(view, work.exploited),
        loaner: hands != Hands::Agent && setting.loaners.iter().any(lent),
        hands,
        ring: None,
        side: None,
        access: None,
        beds_watched: u32::from(state.bedside(&work.host).is_some()),
    }
}
