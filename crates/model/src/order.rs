//! Orders: what one host is told to do, with everything it must find before it does it, and what it answers
//! (design: rollout; R01, R03, R26).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::hash::PlanHash;
use crate::ids::{OrderId, ProbeId};
use crate::patch::PackageVersion;
use crate::probe::Probe;
use crate::{AssetTag, Time};

/// An instruction to one host. It leaves the host no choice: what does not hold is refused with a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Unique in the journal.
    pub id: OrderId,
    /// The only host that may carry it out.
    pub host: AssetTag,
    /// The agreed plan it belongs to.
    pub plan: PlanHash,
    /// Term of whoever drove the rollout when it was issued; a host never follows an older term than it has seen.
    pub term: u64,
    /// Counts the orders of one host over all plans, from 1; a host follows each number at most once, in rising order.
    pub sequence: u64,
    /// When it may be carried out.
    pub window: OrderWindow,
    /// What the host must find before it begins.
    pub expects: Expected,
    /// What to do.
    pub action: Action,
}

/// When an order may be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderWindow {
    /// Not before.
    pub not_before: Time,
    /// It may begin until then: what follows, back-out included, still fits.
    pub latest_start: Time,
    /// It must be over by then.
    pub not_after: Time,
}

/// What a host must find before it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The boot it is in; `None` where any will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<Box<str>>,
    /// Installed versions of the packages concerned; `None` stands for *not installed*.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub packages: BTreeMap<Box<str>, Option<Box<str>>>,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Fetch the packages, change nothing.
    Download(Vec<PackageVersion>),
    /// Bring the packages to these versions.
    Install(Vec<PackageVersion>),
    /// Restart these services.
    RestartServices(Vec<Box<str>>),
    /// Restart the host.
    RestartHost,
    /// Run these probes and report their results.
    Probe(Vec<Probe>),
    /// Bring the packages back to these versions; `None` takes a package off that was not there before.
    RollBack(BTreeMap<Box<str>, Option<Box<str>>>),
}

impl Action {
    /// The word on the wire, in the API and in CSV.
    pub fn word(&self) -> &'static str {
        match self {
            Action::Download(_) => "download",
            Action::Install(_) => "install",
            Action::RestartServices(_) => "restart_services",
            Action::RestartHost => "restart_host",
            Action::Probe(_) => "probe",
            Action::RollBack(_) => "roll_back",
        }
    }

    /// Can patients notice while it runs?
    pub fn is_disruptive(&self) -> bool {
        match self {
            Action::Download(_) | Action::Probe(_) => false,
            Action::Install(_) | Action::RestartServices(_) | Action::RestartHost | Action::RollBack(_) => {
                true
            }
        }
    }
}

/// Something that happened to an order on its host. The host writes it down before it goes on, and reports it; it proves
/// nothing about the result, which only a later observation does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderEvent {
    /// Which order.
    pub order: OrderId,
    /// When, on the server's clock, corrected as [`crate::host::HostObservation::observed_at`] is.
    pub at: Time,
    /// The boot it happened in.
    pub boot: Box<str>,
    /// What.
    pub what: OrderStep,
}

/// What happened to an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStep {
    /// It was not carried out.
    Refused {
        /// Why, for programs.
        code: RefusalCode,
        /// Why, for people.
        says: Box<str>,
    },
    /// It holds, and was written down; nothing was done yet.
    Accepted,
    /// It is about to be done: from here on it may have had an effect.
    Begun,
    /// It was done, as far as the executor can tell.
    Done {
        /// What the executor says.
        says: Box<str>,
        /// Results of probes, for an order to probe.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        probes: BTreeMap<ProbeId, crate::probe::ProbeResult>,
    },
    /// It was begun and did not succeed.
    Failed {
        /// What the executor says.
        says: Box<str>,
    },
}

/// Why a host did not carry an order out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The signature does not hold, or the key is not the site's.
    BadSignature,
    /// It is for another host.
    WrongHost,
    /// This very order was received before.
    Replayed,
    /// Its number is not above the last one followed.
    OutOfOrder,
    /// Its term is older than one seen.
    OlderTerm,
    /// The window has not begun.
    TooEarly,
    /// The latest start has passed.
    TooLate,
    /// The window is over.
    Expired,
    /// The host is in another boot than expected.
    BootDiffers,
    /// A package has another version than expected.
    VersionsDiffer,
    /// An order before it is not finished.
    Busy,
    /// Not enough disk space.
    DiskFull,
    /// The host runs on battery.
    OnBattery,
    /// This host cannot do such a thing.
    NotSupported,
    /// It cannot be read.
    Unreadable,
}

impl RefusalCode {
    /// The word on the wire, in the API and in CSV.
    pub fn word(self) -> &'static str {
        match self {
            RefusalCode::BadSignature => "bad_signature",
            RefusalCode::WrongHost => "wrong_host",
            RefusalCode::Replayed => "replayed",
            RefusalCode::OutOfOrder => "out_of_order",
            RefusalCode::OlderTerm => "older_term",
            RefusalCode::TooEarly => "too_early",
            RefusalCode::TooLate => "too_late",
            RefusalCode::Expired => "expired",
            RefusalCode::BootDiffers => "boot_differs",
            RefusalCode::VersionsDiffer => "versions_differ",
            RefusalCode::Busy => "busy",
            RefusalCode::DiskFull => "disk_full",
            RefusalCode::OnBattery => "on_battery",
            RefusalCode::NotSupported => "not_supported",
            RefusalCode::Unreadable => "unreadable",
        }
    }
}
