//! On what terms a patch may go onto a device (R24, R97): what it needs, replaces and does not bear, for whom it was made and who has
//! validated it; and the rules that makers and the hospital lay down for many patches at once, as data with an owner.
//!
//! What must not live here: what follows from the terms for one device; `planning::bundle` works that out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::device::Installer;
use crate::ids::PatchId;
use crate::plan::Owner;
use crate::{AssetTag, Date};

/// Most names in one list of a patch's terms.
pub const TERMS_PER_LIST_MAX: usize = 500;
/// Most rules of one plan or catalogue.
pub const RULES_MAX: usize = 2_000;
/// Most working days that a rule can ask to wait after a release: about two years.
pub const WAIT_WORKING_DAYS_MAX: u16 = 500;

/// The terms of one patch. What is empty was not said; what was not said is never read as *does not matter*.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Terms {
    /// What sort of patch it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<PatchKind>,
    /// What it changes, beside its packages (*alarm server*, *database*). Two patches that change one component interact.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Box<str>>,
    /// The only device models that it was made for; empty for any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub made_for: Vec<DeviceModel>,
    /// What must be on the device before it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<Requirement>,
    /// What it replaces: whoever needs one of these is content with it, and none of them can be put on after it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub supersedes: Vec<PatchId>,
    /// What must not be on the device beside it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<PatchId>,
    /// What must be on the device when it comes into force: before it, or with the same restart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub together_with: Vec<PatchId>,
    /// Patches of the same component beside which its maker says that it works.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agrees_with: Vec<PatchId>,
    /// What must restart in the words of CSAF, where that is more than the patch's `restart` can say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart: Option<RestartKind>,
    /// The day on which it was released.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released: Option<Date>,
    /// What makers of devices have said of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub validations: Vec<Validation>,
}

impl Terms {
    /// Was nothing said?
    pub fn is_empty(&self) -> bool {
        *self == Terms::default()
    }
}

/// Something that must be there before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// The patch, or one that supersedes it.
    pub patch: PatchId,
    /// Must it be in force, with its restart behind it? Otherwise it is enough that it is installed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_force: bool,
}

/// A sort of patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatchKind {
    /// The operating system or a part of it.
    OperatingSystem,
    /// The clinical program.
    Application,
    /// Firmware.
    Firmware,
    /// Signatures and programs against malware.
    AntiMalware,
}

/// A device model as its maker calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceModel {
    /// The maker.
    pub manufacturer: Box<str>,
    /// The model; every model of the maker where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Box<str>>,
}

/// What a maker has said of a patch on a device model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validation {
    /// On which devices.
    pub on: DeviceModel,
    /// What it said.
    pub answer: ValidationAnswer,
    /// Where that stands (*bulletin 2026-11, page 3*).
    pub source: Box<str>,
}

/// A maker's answer about a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValidationAnswer {
    /// Tried, and allowed.
    Validated,
    /// Must not be installed.
    Rejected,
}

/// What must restart (CSAF 2.1 §3.2.4.14.6, `restart_required/category`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestartKind {
    /// Nothing.
    None,
    /// The patched component alone.
    VulnerableComponent,
    /// The component and the background service that it uses.
    Service,
    /// The component and its parent process.
    Parent,
    /// The component and all that requires it, on other machines too.
    Dependencies,
    /// The component and all that is connected with it, on other machines too.
    Connected,
    /// The machine.
    Machine,
    /// Every machine of the security zone.
    Zone,
    /// Every machine of the whole system.
    System,
}

impl RestartKind {
    /// The word that stands for it in CSAF.
    pub fn word(self) -> &'static str {
        match self {
            RestartKind::None => "none",
            RestartKind::VulnerableComponent => "vulnerable_component",
            RestartKind::Service => "service",
            RestartKind::Parent => "parent",
            RestartKind::Dependencies => "dependencies",
            RestartKind::Connected => "connected",
            RestartKind::Machine => "machine",
            RestartKind::Zone => "zone",
            RestartKind::System => "system",
        }
    }

    /// Does this restart do what `other` asks for? What other machines must do is done by no restart of this one.
    pub fn covers(self, other: RestartKind) -> bool {
        use RestartKind as K;
        match other {
            K::None => true,
            K::VulnerableComponent => self != K::None,
            K::Service | K::Parent => self == other || matches!(self, K::Machine | K::Zone | K::System),
            K::Dependencies | K::Connected => self == other,
            K::Machine => matches!(self, K::Machine | K::Zone | K::System),
            K::Zone => matches!(self, K::Zone | K::System),
            K::System => self == K::System,
        }
    }
}

/// A rule that somebody lays down for many patches or devices at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorRule {
    /// Short name, unique in its list.
    pub id: Box<str>,
    /// Whose rule it is: who can change it or make an exception.
    pub owner: Owner,
    /// The rule in its owner's words, with where it stands.
    pub says: Box<str>,
    /// The devices that it is for; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceModel>,
    /// The patches that it is for.
    #[serde(default, skip_serializing_if = "PatchScope::is_all")]
    pub patches: PatchScope,
    /// What it demands.
    pub demand: Demand,
    /// How it is kept, and by whom, where the system cannot see that itself (*ward 5 moves the patient first*).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_by: Option<Box<str>>,
}

/// The patches that a rule is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatchScope {
    /// Every patch.
    #[default]
    All,
    /// Patches of this kind, and those of which nobody has said what kind they are.
    Kind(PatchKind),
    /// These.
    Named(Vec<PatchId>),
}

impl PatchScope {
    /// Is it for every patch?
    pub fn is_all(&self) -> bool {
        *self == PatchScope::All
    }
}

/// What a rule demands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// Not without the maker's validation for the device's model.
    Validated,
    /// So many whole working days must lie between the day of release and the day of installing.
    WaitWorkingDays(u16),
    /// Never while a patient is treated with the device.
    NotDuringTreatment,
    /// Never.
    Forbidden,
    /// Only these may install.
    InstalledOnlyBy(Vec<Installer>),
}

/// What a plan takes as given, beside its patches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Premises {
    /// Rules that were known when it was made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<VendorRule>,
    /// Days from Monday to Friday that are no working days.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Date>,
    /// Patches that are said to be on a host or device already.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub installed: BTreeMap<AssetTag, Vec<PatchId>>,
}

impl Premises {
    /// Is nothing given?
    pub fn is_empty(&self) -> bool {
        *self == Premises::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_of_the_machine_restarts_its_services_and_nothing_on_other_machines() {
        use RestartKind as K;
        assert!(K::Machine.covers(K::Service) && K::Machine.covers(K::Parent) && K::System.covers(K::Zone));
        assert!(!K::Machine.covers(K::Connected) && !K::Machine.covers(K::Dependencies));
        assert!(!K::Service.covers(K::Machine) && !K::Service.covers(K::Parent));
        assert!(!K::None.covers(K::VulnerableComponent));
    }
}
