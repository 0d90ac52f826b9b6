//! What past nights showed: one record for each step of the work on one device.

use model::Time;
use serde::{Deserialize, Serialize};

/// Most records that are learnt from; of more, the newest nights count.
pub const RECORDS_MAX: usize = 500_000;

/// A step of the work on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Packages are fetched, ahead of the window.
    Download,
    /// One patch is installed.
    Install,
    /// The host restarts, from the order until it answers again.
    Restart,
    /// Functions are tested, before or after.
    Probe,
}

impl Step {
    /// Every step, in the order in which they are done.
    pub const ALL: [Step; 4] = [Step::Download, Step::Install, Step::Restart, Step::Probe];

    /// The word in files and in the API.
    pub fn word(self) -> &'static str {
        match self {
            Step::Download => "download",
            Step::Install => "install",
            Step::Restart => "restart",
            Step::Probe => "probe",
        }
    }

    /// The step with that word.
    pub fn from_word(word: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.word() == word)
    }
}

/// One step of the work on one device in one night.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// When the night began; orders the nights.
    pub begun: Time,
    /// The night or campaign: what its devices shared was the same for all of them.
    pub night: Box<str>,
    /// The patch family, as [`super::family_of`] has it.
    pub family: Box<str>,
    /// The device's model, *maker model*.
    pub model: Box<str>,
    /// Where it stands.
    pub site: Box<str>,
    /// The device.
    pub device: Box<str>,
    /// What was done.
    pub step: Step,
    /// How long it took, in seconds.
    pub seconds: u32,
    /// How long it was said to take at the median, in seconds; `None` when nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_seconds: Option<u32>,
    /// For a restart: its place in the chain, and what came of it. `None` when that was not seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<Chain>,
}

/// What makes two records speak of the same step: night, device, family, step, and the place of a restart in its chain.
pub type RecordKey = (Box<str>, Box<str>, Box<str>, Step, u16);

impl Record {
    /// Its key; a restart whose place is not known is the planned one.
    pub fn key(&self) -> RecordKey {
        let place = match (self.step, self.chain) {
            (Step::Restart, chain) => chain.map_or(1, |chain| chain.place),
            (Step::Download | Step::Install | Step::Probe, _) => 0,
        };
        (self.night.clone(), self.device.clone(), self.family.clone(), self.step, place)
    }
}

/// Where a restart stood in a chain of restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// Its place: 1 for the restart that was planned.
    pub place: u16,
    /// Afterwards another restart was pending.
    pub armed_another: bool,
    /// That was known so many seconds after the restart was done; `None` when it was not, or nobody wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_after_seconds: Option<u32>,
}

/// The natural logarithm of a duration in minutes. Less than a second counts as one: no duration is nothing.
pub(super) fn log_minutes(seconds: u32) -> f64 {
    (f64::from(seconds.max(1)) / 60.0).ln()
}
