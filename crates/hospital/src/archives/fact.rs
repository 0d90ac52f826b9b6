//! What can have happened to a pair of archives.

use archive::Side;
use archive::gate::{Decision, FirstImage, Override, WayOut};
use archive::kept::{Kept, LookedFor};
use archive::{Doubtful, LookedAgain};
use model::Date;
use model::ids::PairId;
use serde::{Deserialize, Serialize};

/// Two archives were compared (R57).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairCompared {
    /// The pair, as the configuration names it.
    pub pair: PairId,
    /// The archive in use.
    pub a: Box<str>,
    /// The one that stands in.
    pub b: Box<str>,
    /// Examinations from this day on, and those without one; all where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// What it showed.
    pub compared: Kept,
    /// What was expected, and looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_for: Option<LookedFor>,
    /// SHA-256, in hexadecimal, of the document with everything by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_sha256: Option<Box<str>>,
}

/// B was given what it lacked of some examinations, or was asked again for what it had (R57). What is there now only a comparison says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairSent {
    /// The pair.
    pub pair: PairId,
    /// Examinations that B was to be given.
    pub examinations: u64,
    /// Objects that went there.
    pub objects: u64,
    /// Examinations that did not go whole.
    pub not_whole: u64,
    /// What is not believed of an examination, whatever a list says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubtful: Vec<Doubtful>,
    /// How examinations were found that had been in doubt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looked_again: Vec<LookedAgain>,
}

/// An archive was probed as a reader of images would use it (R48).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairProbed {
    /// The pair.
    pub pair: PairId,
    /// Which of the two.
    pub side: Side,
    /// A workstation or a site.
    pub place: Box<str>,
    /// How fast the first image came, and how often none did.
    pub first_image: FirstImage,
    /// How fast the list of a day was searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Took>,
    /// How fast each further image came, as in scrolling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scroll: Option<Took>,
    /// How fast the first image of a prior of the same patient came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<Took>,
}

/// How long one step took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Took {
    /// The median in milliseconds.
    pub p50_milliseconds: u64,
    /// The 95th percentile in milliseconds.
    pub p95_milliseconds: u64,
    /// Of how many times.
    pub times: u32,
}

/// Somebody said how fast the first image may come (R53).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineSet {
    /// The pair.
    pub pair: PairId,
    /// Which of the two.
    pub side: Side,
    /// A workstation or a site.
    pub place: Box<str>,
    /// The 95th percentile may be so long, in milliseconds.
    pub p95_max_milliseconds: u64,
}

/// A place may tell its own probes. A secret that it got before counts no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceAdmitted {
    /// The pair.
    pub pair: PairId,
    /// A workstation or a site.
    pub place: Box<str>,
    /// SHA-256 of its secret, in hexadecimal.
    pub token_sha256: Box<str>,
}

/// A place is probed no more: its workstation is gone, or its name was wrong. What it showed counts no longer, at either archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceRetired {
    /// The pair.
    pub pair: PairId,
    /// A workstation or a site.
    pub place: Box<str>,
    /// Why.
    pub because: Box<str>,
}

/// Somebody looked whether a way out is there (R49).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayOutSeen {
    /// The pair.
    pub pair: PairId,
    /// Which.
    pub way: WayOut,
    /// Was it?
    pub is_ready: bool,
    /// What was seen.
    pub remark: Box<str>,
}

/// The hospital goes over from A to B (R56).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailoverBegun {
    /// The pair.
    pub pair: PairId,
    /// What the gate said at that moment.
    pub decision: Decision,
    /// In whose name although it said no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Override>,
}

/// The steps of a failover, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Everybody who reads images was told (R72).
    StaffTold,
    /// Modalities and gateways send to B from now on.
    SendersPointed,
    /// Workstations read from B.
    ReadersPointed,
    /// An examination of today and a prior were opened at a workstation of a ward.
    ImagesSeen,
    /// A new examination has arrived at B.
    NewArrived,
}

impl Step {
    /// Every step.
    pub const ALL: [Step; 5] =
        [Step::StaffTold, Step::SendersPointed, Step::ReadersPointed, Step::ImagesSeen, Step::NewArrived];
}

/// A step was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailoverStep {
    /// The pair.
    pub pair: PairId,
    /// Which.
    pub step: Step,
    /// What was seen.
    pub remark: Box<str>,
}

/// Somebody reports that something does not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailoverReported {
    /// The pair.
    pub pair: PairId,
    /// What.
    pub says: Box<str>,
}

/// How a failover ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Went {
    /// The hospital works with B.
    Over,
    /// It went back to A.
    Back,
}

/// A failover is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The pair.
    pub pair: PairId,
    /// How.
    pub went: Went,
    /// What shows it.
    pub remark: Box<str>,
}
