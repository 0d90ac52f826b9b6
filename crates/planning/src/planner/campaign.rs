//! A campaign as it is written down: devices with what they get, windows, people, and every rule that a plan of it keeps (R10–R19,
//! R25, R37, R96–R98). Plain data in whole numbers; what each rule means stands in `docs/planning.md`, in one table.
//!
//! Minutes count from the campaign's `origin`, which is midnight on the sites' clocks. What must not live here: how a plan is found.

mod aims;
mod check;
mod device;

use model::ids::{BuildingId, PatchId, ServiceId, SiteId, UnitId, WindowId};
use model::patch::DeclaredMinutes;
use model::{AssetTag, Time};
use serde::{Deserialize, Serialize};

pub use aims::{Aim, Goal};
pub use check::SoundCampaign;
pub use device::{Agreed, Device, Hands, Side};

/// Most devices of one campaign.
pub const DEVICES_MAX: usize = 250_000;
/// Most windows of one campaign.
pub const WINDOWS_MAX: usize = 10_000;
/// Most entries of any other list.
pub const ENTRIES_MAX: usize = 250_000;
/// Longest campaign: ten years.
pub const HORIZON_MAX_MINUTES: u32 = 5_256_000;
/// Longest work on one device, back-out included: a week.
pub const WORK_MAX_MINUTES: u32 = 10_080;
/// Largest weight, count or number of people.
pub const COUNT_MAX: u32 = 1_000_000;

/// What is to be planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// What it is, for people.
    pub title: Box<str>,
    /// The instant of minute 0: midnight on the sites' clocks.
    pub origin: Time,
    /// The plan ends; what is not in a window by then is deferred.
    pub horizon_minute: u32,
    /// The present: what has not begun goes into no window that begins earlier.
    #[serde(default)]
    pub now_minute: u32,
    /// What devices get.
    pub bundles: Vec<Bundle>,
    /// Care units.
    pub units: Vec<Unit>,
    /// Buildings.
    pub buildings: Vec<Building>,
    /// How long it takes from one building to another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub walks: Vec<Walk>,
    /// When devices can be had, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub access: Vec<Access>,
    /// Services that devices carry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<Service>,
    /// The rings of a bundle, each with its soak.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rings: Vec<Ring>,
    /// When work may be done.
    pub windows: Vec<Window>,
    /// When engineers of a vendor are there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<Visit>,
    /// Devices that stand in for one that is out of service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loaners: Vec<Loaners>,
    /// Times in which nothing is touched: theatre lists, holidays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blackouts: Vec<Blackout>,
    /// Units that must have been trained first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Gate>,
    /// One device after another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub precedences: Vec<Precedence>,
    /// Devices that never share a window.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// What gets something.
    pub devices: Vec<Device>,
    /// What was agreed before: what has begun stays; people were told of the rest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agreed: Vec<Agreed>,
    /// What matters, the most important first; each goal once.
    #[serde(default = "Aim::usual", skip_serializing_if = "Aim::are_usual")]
    pub aims: Vec<Aim>,
}

/// Patches that go onto a device together, in order; one restart after all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// Its name.
    pub id: Box<str>,
    /// The patches, in the order in which they are installed.
    pub patches: Vec<BundlePatch>,
}

/// One patch of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundlePatch {
    /// Which.
    pub patch: PatchId,
    /// How long it takes to install it, to restart and to take it back.
    pub minutes: DeclaredMinutes,
}

/// A care unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Which.
    pub id: UnitId,
    /// Where.
    pub site: SiteId,
    /// Most beds that may be without their monitor at once.
    pub beds_dark_max: u32,
    /// Patients watched in each hour, at an upper quantile: 24 numbers (a day) or 168 (a week), from the campaign's minute 0.
    pub census: Vec<u32>,
}

/// A building.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Building {
    /// Which.
    pub id: BuildingId,
    /// Of which site.
    pub site: SiteId,
}

/// Way between two buildings of a site, the same in both directions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Walk {
    /// From here.
    pub from: BuildingId,
    /// To there.
    pub to: BuildingId,
    /// On foot, with what is carried.
    pub minutes: u32,
}

/// When some devices can be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// Its name.
    pub id: Box<str>,
    /// Only inside one of these; empty for at any time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_within: Vec<Span>,
    /// Never during these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never_during: Vec<Span>,
}

/// From a minute to before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// First minute.
    pub from_minute: u32,
    /// First minute behind it.
    pub to_minute: u32,
}

/// A service that devices carry for units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Which.
    pub id: ServiceId,
    /// The devices that carry it.
    pub carriers: Vec<AssetTag>,
    /// How many of them it needs; 1 to the number of carriers.
    pub needed: u32,
    /// The units whose patients are not watched while it is dark.
    pub units: Vec<UnitId>,
    /// The service that stands in while it is dark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stand_in: Option<ServiceId>,
}

/// A ring of a bundle; ring numbers of a bundle count from 1 without a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ring {
    /// Which bundle.
    pub bundle: Box<str>,
    /// Which ring, from 1.
    pub ring: u16,
    /// How long it must have run before the next ring begins.
    pub soak_minutes: u32,
    /// So many of its devices must have been done before the next ring begins.
    pub done_min: u32,
}

/// A maintenance window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Which.
    pub id: WindowId,
    /// Of which site; without it of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// Nothing begins earlier.
    pub not_before_minute: u32,
    /// Nothing begins later.
    pub latest_start_minute: u32,
    /// Everything is over by then, back-out included.
    pub not_after_minute: u32,
    /// Is work in it overtime?
    #[serde(default)]
    pub overtime: bool,
    /// Most devices worked on at once.
    pub at_once_max: u32,
    /// The people who are there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub staff: Vec<Staff>,
}

/// People with a skill in a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    /// The skill.
    pub skill: Box<str>,
    /// How many people.
    pub people: u32,
    /// Minutes that all of them together work, ways between buildings included.
    pub person_minutes: u32,
}

/// Engineers of a vendor in a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visit {
    /// Which vendor.
    pub vendor: Box<str>,
    /// Which window.
    pub window: WindowId,
    /// How many engineers.
    pub engineers: u32,
    /// Most devices that they do.
    pub devices_max: u32,
}

/// Devices that stand in for others of their kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loaners {
    /// Which kind.
    pub kind: Box<str>,
    /// Where.
    pub site: SiteId,
    /// So many devices may be out of service at once.
    pub count: u32,
}

/// A time in which nothing is touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blackout {
    /// Where.
    pub place: Whereabouts,
    /// When.
    pub span: Span,
    /// Why, for people.
    pub says: Box<str>,
}

/// A site or a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whereabouts {
    /// A whole site.
    Site(SiteId),
    /// A unit.
    Unit(UnitId),
}

/// A unit must have been trained before it gets a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Which unit.
    pub unit: UnitId,
    /// Which bundle; without it any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<Box<str>>,
    /// No window that begins earlier.
    pub not_before_minute: u32,
}

/// One device after another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Precedence {
    /// This one first.
    pub first: AssetTag,
    /// Then this one.
    pub then: AssetTag,
    /// So long after the end of the first one's window.
    pub lag_minutes: u32,
}

/// Devices that never share a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// Which.
    pub devices: Vec<AssetTag>,
    /// Why, for people.
    pub says: Box<str>,
}

impl Bundle {
    /// How long it takes: each patch is installed, one restart, the longest, after all; going back takes each patch back.
    pub fn minutes(&self) -> DeclaredMinutes {
        let mut sum = DeclaredMinutes::default();
        for patch in &self.patches {
            sum.install = sum.install.then(patch.minutes.install);
            sum.back_out = sum.back_out.then(patch.minutes.back_out);
            sum.restart.p50 = sum.restart.p50.max(patch.minutes.restart.p50);
            sum.restart.p90 = sum.restart.p90.max(patch.minutes.restart.p90);
        }
        sum
    }
}

impl Span {
    /// Do they share a minute?
    pub fn meets(self, other: Span) -> bool {
        self.from_minute < other.to_minute && other.from_minute < self.to_minute
    }

    /// Is the other all inside?
    pub fn holds(self, other: Span) -> bool {
        self.from_minute <= other.from_minute && other.to_minute <= self.to_minute
    }
}

impl Window {
    /// From its beginning to its end.
    pub fn span(&self) -> Span {
        Span { from_minute: self.not_before_minute, to_minute: self.not_after_minute }
    }
}
