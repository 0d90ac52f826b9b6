//! What a comparison showed, as it is recorded and decided on: counts whole, every examination concerned by name, its objects counted. The objects'
//! own names stay in the comparison's document; nothing here is less exact than what it was made of.

use model::Time;
use serde::{Deserialize, Serialize};

use crate::expected::{Expected, Named, Source, Whereabouts};
use crate::reason::{Reason, Side};
use crate::urgency::{Circumstances, Urgency, rank};
use crate::verdict::{Affected, Differences, Held, Proven, SetAside, Tier, Verdict};

/// Most examinations of a record that are named, and as many expected ones: more than people read before they go over. How many there are is
/// said exactly however many.
pub const EXAMS_NAMED_MAX: usize = 5_000;

/// How two archives compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Every difference at the cut.
    Proven(Box<Shown>),
    /// Nothing can be said of the whole.
    Unproven {
        /// The first reason.
        reason: Reason,
        /// Further ones.
        others: Vec<Reason>,
    },
}

/// What is proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The instant for which it holds.
    pub cut: Time,
    /// What was compared.
    pub tier: Tier,
    /// How many objects each archive held.
    pub held: Held,
    /// What differs; `None` when nothing does.
    pub differences: Option<Differences>,
    /// Examinations that are not at B as they are at A, most urgent first as seen at the cut; at most [`EXAMS_NAMED_MAX`].
    pub exams: Vec<Concerned>,
    /// How many such examinations there are beside those that are named.
    pub unnamed: u64,
    /// Objects that came after the cut and are at one end only.
    pub in_flight: u64,
    /// Objects that B still shows although A has rejected them as unsafe or as of another patient.
    pub shows_rejected: u64,
}

/// An examination that is not at B as it is at A, and what was known of its patient and order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concerned {
    /// Which, and how it differs.
    #[serde(flatten)]
    pub exam: Affected,
    /// What was known when the archives were compared.
    pub circumstances: Circumstances,
}

impl Concerned {
    /// How soon it is needed, seen at `now`.
    pub fn urgency(&self, now: Time) -> Urgency {
        rank(&self.exam.study.patient, &self.circumstances, now)
    }
}

impl Kept {
    /// A verdict in short. `of` says what is known of each examination's patient and order.
    pub fn new(verdict: &Verdict, of: impl Fn(&Affected) -> Circumstances) -> Kept {
        match verdict {
            Verdict::Unproven { reason, others } => {
                Kept::Unproven { reason: reason.clone(), others: others.clone() }
            }
            Verdict::Proven(proven) => Kept::Proven(Box::new(shown(proven, of))),
        }
    }

    /// Is it proven that both archives held the same at the cut? An empty pair proves nothing: it is a mistyped day, or an archive that shows nothing.
    pub fn is_proven_equal(&self) -> bool {
        match self {
            Kept::Proven(shown) => shown.differences.is_none() && !self.is_empty(),
            Kept::Unproven { .. } => false,
        }
    }

    /// Had neither archive an object of what was asked for?
    pub fn is_empty(&self) -> bool {
        match self {
            Kept::Proven(shown) => shown.held.a == 0 && shown.held.b == 0,
            Kept::Unproven { .. } => false,
        }
    }

    /// Why nothing is proven; none when it is.
    pub fn reasons(&self) -> impl Iterator<Item = &Reason> {
        let (first, others): (Option<&Reason>, &[Reason]) = match self {
            Kept::Unproven { reason, others } => (Some(reason), others),
            Kept::Proven(_) => (None, &[]),
        };
        first.into_iter().chain(others)
    }
}

fn shown(proven: &Proven, of: impl Fn(&Affected) -> Circumstances) -> Shown {
    let concerned = |exam: &Affected| Concerned { exam: exam.clone(), circumstances: of(exam) };
    let mut exams: Vec<Concerned> = proven.exams.iter().map(concerned).collect();
    // Newest first already; what is as urgent stays in that order.
    exams.sort_by_key(|one| one.urgency(proven.cut));
    let unnamed = exams.len().saturating_sub(EXAMS_NAMED_MAX) as u64;
    exams.truncate(EXAMS_NAMED_MAX);
    let is_shown = |aside: &&SetAside| aside.shown_by == Side::B && aside.rejection.kind.must_not_be_seen();
    Shown {
        cut: proven.cut,
        tier: proven.tier,
        held: proven.held,
        differences: proven.differences(),
        exams,
        unnamed,
        in_flight: proven.in_flight.len() as u64,
        shows_rejected: proven.set_aside.iter().filter(is_shown).count() as u64,
    }
}

/// What was to be there, looked for at both ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedFor {
    /// Expected examinations that were looked for.
    pub asked: u64,
    /// How many of them somebody must look for: they are not found at both ends.
    pub missing: u64,
    /// Files of which something could not be read: what they say was to be there is not known.
    #[serde(default)]
    pub unread: u64,
    /// Worklists that did not tell all that is scheduled on them: what was to be there is not known, either.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub untold: Vec<Untold>,
    /// These, as far as they are named; at most [`EXAMS_NAMED_MAX`].
    pub named: Vec<Sought>,
}

/// A worklist that was asked and did not tell all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Untold {
    /// Its name.
    pub worklist: Box<str>,
    /// Why, as a sentence without its full stop.
    pub why: Box<str>,
}

/// An expected examination that is not found at both ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sought {
    /// As its order or log names it.
    pub named: Named,
    /// Who says that it was made.
    pub source: Source,
    /// When it was done.
    pub done: Time,
    /// The one archive that has something of it, if one does.
    pub at: Option<Side>,
}

impl LookedFor {
    /// Of what was expected, what is missing; `whereabouts` are in the order of `expected`.
    pub fn new(expected: &[Expected], whereabouts: &[Whereabouts]) -> LookedFor {
        let missing = || expected.iter().zip(whereabouts).filter(|(_, place)| place.is_missing());
        let sought = |(one, place): (&Expected, &Whereabouts)| Sought {
            named: one.named.clone(),
            source: one.source,
            done: one.done,
            at: match place {
                Whereabouts::OneOnly { at, .. } => Some(*at),
                _ => None,
            },
        };
        LookedFor {
            asked: expected.len() as u64,
            missing: missing().count() as u64,
            unread: 0,
            untold: Vec::new(),
            named: missing().map(sought).take(EXAMS_NAMED_MAX).collect(),
        }
    }
}
