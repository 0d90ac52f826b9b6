//! What a comparison says: proven, with every difference by name, or not proven, with what would have to be known.
//! There is no number between: no share, no rounding, nothing that reads as complete unless nothing is missing.

use std::fmt;

use model::Time;
use serde::{Deserialize, Serialize};

use crate::exam::{Patient, Study};
use crate::holding::Rejection;
use crate::reason::{Reason, Side};
use crate::uid::{InstanceUid, SeriesUid, StudyUid};

/// How two archives compare (R57, R58).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every difference at the cut is here.
    Proven(Box<Proven>),
    /// Nothing can be said of the whole.
    Unproven {
        /// The first reason.
        reason: Reason,
        /// Further ones.
        others: Vec<Reason>,
    },
}

impl Verdict {
    /// Unproven for the reasons given; `None` when there are none.
    pub fn unproven(reasons: Vec<Reason>) -> Option<Verdict> {
        let mut reasons = reasons.into_iter();
        reasons.next().map(|reason| Verdict::Unproven { reason, others: reasons.collect() })
    }

    /// Is it proven that both archives held the same at the cut? The one thing that may ever be shown as complete.
    pub fn is_proven_equal(&self) -> bool {
        match self {
            Verdict::Proven(proven) => proven.differences().is_none(),
            Verdict::Unproven { .. } => false,
        }
    }
}

/// What was compared. Equal at one tier says nothing about the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Which objects there are, in which examination of which patient.
    Identity,
    /// Their pixel data and chosen attributes as well.
    Content,
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Tier::Identity => "identity",
            Tier::Content => "content",
        })
    }
}

/// Every difference at the cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proven {
    /// In A and not in B, newest examination first, undated ones before all (R57).
    pub a_only: Vec<Missing>,
    /// In B and not in A, in the same order.
    pub b_only: Vec<Missing>,
    /// At both ends, in another place.
    pub moved: Vec<Moved>,
    /// At both ends under one name, with other content.
    pub content_diff: Vec<ContentDiff>,
    /// Every examination that is not at B as it is at A, newest first (R58).
    pub exams: Vec<Affected>,
    /// At one end only, because the other has taken it out of use.
    pub set_aside: Vec<SetAside>,
    /// At one end only, and it came after the cut.
    pub in_flight: Vec<InFlight>,
    /// The instant for which this holds.
    pub cut: Time,
    /// What was compared.
    pub tier: Tier,
    /// How many objects each archive held at the cut.
    pub held: Held,
}

impl Proven {
    /// What differs, in whole counts; `None` when nothing does.
    pub fn differences(&self) -> Option<Differences> {
        let instances = |list: &[Missing]| list.iter().map(|missing| missing.instances.len() as u64).sum();
        let found = Differences {
            a_only_studies: self.a_only.len() as u64,
            a_only_instances: instances(&self.a_only),
            b_only_studies: self.b_only.len() as u64,
            b_only_instances: instances(&self.b_only),
            moved: self.moved.len() as u64,
            content_diff: self.content_diff.len() as u64,
        };
        (found != Differences::default()).then_some(found)
    }
}

/// Whole counts of what differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differences {
    /// Examinations of which B lacks something.
    pub a_only_studies: u64,
    /// Objects that B lacks.
    pub a_only_instances: u64,
    /// Examinations of which A lacks something.
    pub b_only_studies: u64,
    /// Objects that A lacks.
    pub b_only_instances: u64,
    /// Objects or examinations in another place.
    pub moved: u64,
    /// Objects with other content.
    pub content_diff: u64,
}

impl fmt::Display for Differences {
    /// What B lacks, and what it has in another place or with other content; what is none of it is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.a_only_instances > 0 {
            let (objects, exams) = (self.a_only_instances, self.a_only_studies);
            parts.push(format!(
                "{} of {} are only at A",
                many(objects, "object"),
                many(exams, "examination")
            ));
        }
        if self.b_only_instances > 0 {
            let (objects, exams) = (self.b_only_instances, self.b_only_studies);
            parts.push(format!(
                "{} of {} are only at B",
                many(objects, "object"),
                many(exams, "examination")
            ));
        }
        if self.moved > 0 {
            parts.push(format!("{} in another place", grouped(self.moved)));
        }
        if self.content_diff > 0 {
            parts.push(format!("{} with other content", grouped(self.content_diff)));
        }
        f.write_str(&parts.join("; "))
    }
}

/// `1 object`, `2,000 objects`.
pub fn many(number: u64, what: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {what}{ending}", grouped(number))
}

/// How many objects each archive held at the cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// In A.
    pub a: u64,
    /// In B.
    pub b: u64,
    /// At both ends, in one place, with one content as far as compared.
    pub alike: u64,
}

impl fmt::Display for Held {
    /// `19,999,993 of 20,000,000; 7 are not`: both counts, always whole.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = self.a.saturating_sub(self.alike);
        let verb = if rest == 1 { "is" } else { "are" };
        write!(f, "{} of {}; {} {verb} not", grouped(self.alike), grouped(self.a), grouped(rest))
    }
}

/// Digits in groups of three.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Of one examination, what the other archive lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The examination, as the archive that has it lists it.
    pub study: Study,
    /// The objects; never empty.
    pub instances: Vec<InstanceUid>,
    /// Does the other archive have nothing at all of it?
    pub whole: bool,
}

/// An examination that is not at B as it is at A. What only B has is none: whoever goes over to B loses nothing by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// The examination as A lists it; as B does where A does not have it and an object lies in it there.
    pub study: Study,
    /// Objects that A has of it.
    pub of: u64,
    /// Those that B lacks.
    pub lacks: u64,
    /// Those that lie in another place at B, and those that lie in it at B alone.
    pub moved: u64,
    /// Those that have other content at B.
    pub content_diff: u64,
    /// Whose it is at B, where that is another patient.
    pub patient_at_b: Option<Patient>,
}

/// The same at both ends, in another place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moved {
    /// One examination under two patients, and nothing says that they are one.
    Reidentified {
        /// Which examination.
        study: StudyUid,
        /// Whose it is in A.
        a: Patient,
        /// Whose it is in B.
        b: Patient,
    },
    /// One examination under two patients who were merged: one archive has not followed.
    Merged {
        /// Which examination.
        study: StudyUid,
        /// Whose it is in A.
        a: Patient,
        /// Whose it is in B.
        b: Patient,
        /// Which archive still has the patient who was merged away.
        behind: Side,
    },
    /// An object that lies in another examination.
    Study {
        /// Which object.
        instance: InstanceUid,
        /// Where in A.
        a: StudyUid,
        /// Where in B.
        b: StudyUid,
    },
    /// An object that lies in another series of its examination.
    Series {
        /// Which object.
        instance: InstanceUid,
        /// The examination it lies in.
        study: StudyUid,
        /// Where in A.
        a: SeriesUid,
        /// Where in B.
        b: SeriesUid,
    },
}

/// An object that has other content at each end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentDiff {
    /// Which object.
    pub instance: InstanceUid,
    /// The examination it lies in at A.
    pub study: StudyUid,
}

/// An object that one archive has taken out of use, and the other still has (IHE Imaging Object Change Management).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Which object.
    pub instance: InstanceUid,
    /// The examination it lies in.
    pub study: StudyUid,
    /// The archive that still has it.
    pub shown_by: Side,
    /// Who rejected it, and why.
    pub rejection: Rejection,
}

/// An object that came after the cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InFlight {
    /// Which object.
    pub instance: InstanceUid,
    /// The examination it lies in.
    pub study: StudyUid,
    /// The archive that has it.
    pub at: Side,
    /// When it came.
    pub arrived: Time,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_of_twenty_million_are_never_rounded_away() {
        let held = Held { a: 20_000_000, b: 19_999_993, alike: 19_999_993 };
        assert_eq!(held.to_string(), "19,999,993 of 20,000,000; 7 are not");
        let one = Held { a: 150, b: 149, alike: 149 };
        assert_eq!(one.to_string(), "149 of 150; 1 is not");
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
    }
}
