//! Which missing examination is needed first (R51, R57). What nobody knows ranks high: a patient in the emergency department may be the one whose
//! order was lost. Nothing here says how to repair.

use model::Time;
use serde::{Deserialize, Serialize};

use crate::exam::Patient;
use crate::expected::{Expected, Whereabouts};
use crate::verdict::Missing;

/// The theatre list counts for so long ahead.
pub const THEATRE_AHEAD_SECONDS: i64 = 24 * 3_600;

/// How soon an examination is needed; the first is the most urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// The patient is in the emergency department, or the order is urgent (STAT).
    Emergency,
    /// The patient is on the theatre list within 24 hours, or is in theatre.
    Theatre,
    /// Whose it is, or for which order, is not known: it may be any of the above.
    Unknown,
    /// The patient is in a bed of the hospital.
    Inpatient,
    /// An earlier examination of a patient in the emergency department, on the theatre list or in a bed.
    Prior,
    /// Everything else.
    Rest,
}

/// What the hospital knows of an examination's patient and order. Each may be unknown, and unknown is not *no*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// Is the patient in the emergency department?
    pub in_emergency: Option<bool>,
    /// Is the order urgent?
    pub is_stat: Option<bool>,
    /// When the patient is to be in theatre next; `Some(None)`: on no list.
    #[serde(default, with = "theatre")]
    pub theatre: Option<Option<Time>>,
    /// Is the patient in a bed?
    pub is_inpatient: Option<bool>,
    /// Is this an examination of the present stay, or an earlier one?
    pub is_prior: Option<bool>,
}

/// How a patient's next time in theatre is written: an instant, the word `on_no_list`, or null where nobody knows. Left to itself JSON writes the last two
/// alike, and whoever is on no list would be read as one of whom it is not known.
mod theatre {
    use model::Time;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Written {
        At(Time),
        Word(Word),
    }

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        OnNoList,
    }

    pub(super) fn serialize<S: Serializer>(told: &Option<Option<Time>>, to: S) -> Result<S::Ok, S::Error> {
        told.map(|at| at.map_or(Written::Word(Word::OnNoList), Written::At)).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<Time>>, D::Error> {
        let written = Option::<Written>::deserialize(from)?;
        Ok(written.map(|written| match written {
            Written::At(at) => Some(at),
            Written::Word(Word::OnNoList) => None,
        }))
    }
}

/// How soon an examination is needed, seen at `now`.
pub fn urgency(circumstances: &Circumstances, now: Time) -> Urgency {
    let soon = now.plus_seconds(THEATRE_AHEAD_SECONDS);
    // Past times count as well: an operation that has begun is not over because its hour is.
    let in_theatre = circumstances.theatre.map(|at| at.is_some_and(|at| at <= soon));
    let is_prior = circumstances.is_prior == Some(true);
    let rank = |urgency: Urgency| if is_prior { Urgency::Prior } else { urgency };
    let yes = Some(true);
    if circumstances.is_stat == yes {
        Urgency::Emergency
    } else if circumstances.in_emergency == yes {
        rank(Urgency::Emergency)
    } else if in_theatre == yes {
        rank(Urgency::Theatre)
    } else if circumstances.in_emergency.is_none() || circumstances.is_stat.is_none() || in_theatre.is_none()
    {
        Urgency::Unknown
    } else if circumstances.is_inpatient == yes {
        rank(Urgency::Inpatient)
    } else if circumstances.is_inpatient.is_none() {
        Urgency::Unknown
    } else {
        Urgency::Rest
    }
}

/// How soon an examination of this patient is needed, seen at `now`: that of nobody known is unknown whatever else is said, or more urgent.
pub fn rank(patient: &Patient, circumstances: &Circumstances, now: Time) -> Urgency {
    let told = urgency(circumstances, now);
    if patient.is_known() { told } else { told.min(Urgency::Unknown) }
}

/// Missing examinations, most urgent first; of one urgency the newest first, undated ones before all. `of` says what is known of each.
pub fn ranked(
    missing: &[Missing],
    now: Time,
    of: impl Fn(&Missing) -> Circumstances,
) -> Vec<(Urgency, &Missing)> {
    let rank = |missing: &Missing| rank(&missing.study.patient, &of(missing), now);
    let mut ranked: Vec<(Urgency, &Missing)> =
        missing.iter().map(|missing| (rank(missing), missing)).collect();
    ranked.sort_by(|(x, one), (y, other)| {
        x.cmp(y).then_with(|| one.study.newest_first().cmp(&other.study.newest_first()))
    });
    ranked
}

/// Expected examinations for which somebody must look, most urgent first; of one urgency the one done last first. `of` says what is known of each.
pub fn ranked_expected<'a>(
    expected: &'a [Expected],
    places: &'a [Whereabouts],
    now: Time,
    of: impl Fn(&Expected) -> Circumstances,
) -> Vec<(Urgency, &'a Expected, &'a Whereabouts)> {
    let missing = expected.iter().zip(places).filter(|(_, place)| place.is_missing());
    let mut ranked: Vec<(Urgency, &Expected, &Whereabouts)> = missing
        .map(|(expected, place)| (rank(&expected.patient, &of(expected), now), expected, place))
        .collect();
    ranked.sort_by(|(x, one, _), (y, other, _)| {
        x.cmp(y).then(other.done.cmp(&one.done)).then_with(|| one.named.cmp(&other.named))
    });
    ranked
}
