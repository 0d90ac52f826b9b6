//! One question for command line, pages and programs: what is to be planned, or planned again, with what was said of windows; the campaign
//! that follows, with all that whoever asks should know of it.

use model::ids::WindowId;
use model::plan::ProofPolicy;
use model::{Date, PlanHash, Time};

use super::again::{self, Again, NotAgain, Rings};
use super::build::{Built, Request, RingPolicy, build};
use super::choose::{Asked, Unknown, choose};
use super::known::known_setting;
use super::setting::{Opening, Setting};
use super::told::Heard;
use super::{Remark, names};
use crate::State;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is to be planned.
    pub what: What,
    /// What it is called; without it what it is made of, or as it was called.
    pub title: Option<Box<str>>,
    /// What a person says of windows, people and units; without it what the journal's plans say.
    pub setting: Option<Setting>,
    /// Devices of the first ring; without it one, or as before.
    pub first: Option<u32>,
    /// Minutes before the rest begins; without it a day, or as before.
    pub soak_minutes: Option<u32>,
    /// The local day of the present.
    pub on: Date,
    /// The present.
    pub now: Time,
}

/// What is to be planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// What advisories or patches concern.
    New(Asked),
    /// A plan of the journal once more.
    Again(PlanHash),
}

/// Why there is no campaign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// Something named is not known.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// The plan cannot be planned again.
    #[error(transparent)]
    Again(#[from] NotAgain),
    /// Nobody said a window, and no plan has one ahead.
    #[error(
        "no window is known: no plan of the journal has one ahead, so give them with --windows FILE (docs/campaign.md)"
    )]
    NoWindow,
    /// All windows have begun, or are over.
    #[error("nothing is planned into windows that have begun or are over, and none is left ({}): give windows that begin later", names(.0))]
    Over(Vec<WindowId>),
    /// Local time cannot be worked out.
    #[error("{0}")]
    Clock(String),
}

/// Builds the campaign. `proof` says when results count as proven, from now until the end of the last window.
///
/// # Errors
/// Something is not known, or cannot be planned.
pub fn ask(
    state: &State,
    question: Question,
    proof: impl FnOnce(Time, Time) -> Result<ProofPolicy, String>,
) -> Result<Built, NotAsked> {
    let now = question.now;
    let hash = match &question.what {
        What::New(_) => None,
        What::Again(hash) => Some(hash),
    };
    // A file that says something else than windows leaves those as they are known.
    let said = question.setting.unwrap_or_default();
    let (mut setting, mut shared) = (said, Vec::new());
    let known = setting.windows.is_empty().then(|| known_setting(state, hash, now));
    let (chosen, again) = match &question.what {
        What::New(asked) => (choose(state, asked, &setting.catalogue, question.on, now)?, None),
        What::Again(hash) => {
            let (chosen, again) = again::chosen(state, *hash, &setting.catalogue, now)?;
            (chosen, Some(again))
        }
    };
    again.iter().for_each(|again| setting.fill(again.setting()));
    if let Some((known, remarks)) = known {
        shared = remarks;
        setting.windows = known.windows.clone();
        setting.fill(known);
    }
    if setting.windows.is_empty() {
        return Err(NotAsked::NoWindow);
    }
    let (ahead, over): (Vec<Opening>, _) =
        setting.windows.drain(..).partition(|window| window.not_before >= now);
    let over: Vec<WindowId> = over.into_iter().map(|window| window.id).collect();
    if ahead.is_empty() {
        return Err(NotAsked::Over(over));
    }
    setting.windows = ahead;
    shared.extend(Some(over).filter(|over| !over.is_empty()).map(Remark::Over));
    let usual = RingPolicy::default();
    let rings = match (question.first, question.soak_minutes, again.as_ref().filter(|again| again.revises)) {
        (None, None, Some(again)) => Rings::AsBefore(again.rings()?),
        (first, soak, _) => Rings::By(RingPolicy {
            first: first.unwrap_or(usual.first),
            soak_minutes: soak.unwrap_or(usual.soak_minutes),
        }),
    };
    let last = setting.windows.iter().map(|window| window.not_after).max().unwrap_or(now);
    let (heard, told) = Heard::of(state, &chosen.works, again.as_ref());
    let request = Request {
        title: question.title.unwrap_or_else(|| title(&question.what, again.as_ref())),
        works: chosen.works,
        patches: chosen.patches,
        rings,
        proof: proof(now, last).map_err(NotAsked::Clock)?,
        now,
        setting,
        again,
        heard,
    };
    let mut built = build(state, request);
    let own = std::mem::take(&mut built.remarks);
    built.remarks = chosen.remarks.into_iter().chain(told).chain(shared).chain(own).collect();
    Ok(built)
}

fn title(what: &What, again: Option<&Again>) -> Box<str> {
    match (what, again) {
        (_, Some(again)) => again.plan.title.clone(),
        (What::New(asked), None) => {
            let patches = asked.patches.iter().map(|patch| patch.as_str());
            let names: Vec<&str> = asked.advisories.iter().map(|id| &**id).chain(patches).collect();
            names.join(", ").into()
        }
        (What::Again(hash), None) => hash.short().into(),
    }
}
