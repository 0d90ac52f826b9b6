//! What messages hold: plain values by name, written as JSON.

use std::fmt;

use archive::digests::Sum;
use archive::{Gap, Instance, InstanceUid, Reason, SeriesUid, Side, Study, StudyUid};
use model::Time;
use serde::{Deserialize, Serialize};

use crate::limits::SENTENCE_MAX_CHARACTERS;

/// Why an agent's records prove nothing now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The list is not complete.
    Gap(Gap),
    /// An object is held twice.
    Twice(InstanceUid),
    /// Anything else.
    Says(String),
}

impl Doubt {
    /// As a reason why nothing is proven.
    pub fn reason(self, side: Side) -> Reason {
        match self {
            Doubt::Gap(gap) => Reason::NotListed { side, gap },
            Doubt::Twice(instance) => Reason::HeldTwice { side, instance },
            Doubt::Says(says) => Reason::Exchange(format!("the agent of archive {side}: {}", short(&says))),
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Doubt::Gap(gap) => gap.fmt(f),
            Doubt::Twice(uid) => write!(f, "{uid} is held twice and not alike"),
            Doubt::Says(says) => f.write_str(says),
        }
    }
}

/// What an agent had kept was not what its archive holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// When that was found.
    pub found: Time,
    /// When it was last known to be right; what was proven since may be wrong.
    pub since: Option<Time>,
    /// Objects that were kept and are not there.
    pub only_kept: u64,
    /// Objects that are there and were not kept.
    pub only_listed: u64,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since =
            self.since.map_or_else(|| "since it began".to_owned(), |since| format!("since {}", text(since)));
        write!(
            f,
            "found at {} that its tree had drifted: {} objects in it were not in the archive, {} of the archive were not in it; what was proven \
             {since} may be wrong, and the tree was built anew: compare again",
            text(self.found),
            self.only_kept,
            self.only_listed
        )
    }
}

/// An instant in universal time.
fn text(time: Time) -> String {
    let known = jiff::Timestamp::from_microsecond(time.0);
    known.map_or_else(|_| "an unknown time".to_owned(), |instant| instant.to_string())
}

/// How many digests a tree holds, and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// How many.
    pub count: u64,
    /// Their sum, in hexadecimal.
    #[serde(with = "sum_text")]
    pub sum: u128,
}

impl Told {
    /// The same for whoever adds and takes away.
    pub fn sum(self) -> Sum {
        Sum { count: self.count, sum: self.sum }
    }

    /// Of a tree.
    pub fn of(sum: Sum) -> Told {
        Told { count: sum.count, sum: sum.sum }
    }
}

mod sum_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(sum: &u128, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format!("{sum:032x}"))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<u128, D::Error> {
        let text = String::deserialize(from)?;
        let is_plain = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = is_plain.then(|| u128::from_str_radix(&text, 16).ok()).flatten();
        number.ok_or_else(|| D::Error::custom("a sum has 32 hexadecimal digits"))
    }
}

/// The first message of whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// [`VERSION`](crate::message::VERSION).
    pub version: u32,
    /// 16 bytes that nobody can foresee, in hexadecimal: what the agent makes of them shows that both have one key.
    pub nonce: String,
}

/// What an agent holds now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// All that its archive held at an instant.
    All {
        /// When, by the agent's clock.
        at: Time,
        /// The number of the archive's last change then.
        change: u64,
        /// Objects.
        objects: Told,
        /// Examinations with an issuer of the patient's number.
        issuers: Told,
        /// When the archive was last listed whole.
        rebuilt: Option<Time>,
    },
    /// Nothing that a proof could rest on.
    Unproven(Vec<Doubt>),
}

/// The answer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// [`VERSION`](crate::message::VERSION).
    pub version: u32,
    /// The archive's name.
    pub archive: String,
    /// The nonce under the agent's key, in hexadecimal.
    pub shows: String,
    /// What it holds.
    pub holds: Holds,
    /// What nobody was told yet.
    pub drift: Option<Drift>,
}

/// What digests an agent could name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The examinations that they lie in.
    pub studies: Vec<StudyUid>,
    /// How many it does not know.
    pub unknown: u64,
}

/// Objects by name, with the time at which they came.
pub type Objects = Vec<(InstanceUid, Option<Time>)>;

/// Objects of one examination; a large one comes in several messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// The examination.
    pub study: Study,
    /// Its objects by series, with the time at which they came where that is known.
    pub series: Vec<(SeriesUid, Objects)>,
}

impl Rows {
    /// Of these objects, which lie in this examination.
    pub fn new(study: &Study, objects: &[Instance]) -> Rows {
        let mut rows = Rows { study: study.clone(), series: Vec::new() };
        for object in objects {
            let one = (object.uid.clone(), object.arrived);
            match rows.series.last_mut() {
                Some((series, list)) if *series == object.series => list.push(one),
                _ => rows.series.push((object.series.clone(), vec![one])),
            }
        }
        rows
    }

    /// The objects.
    pub fn instances(&self) -> impl Iterator<Item = Instance> {
        self.series.iter().flat_map(|(series, list)| {
            list.iter().map(|(uid, arrived)| Instance {
                uid: uid.clone(),
                series: series.clone(),
                study: self.study.uid.clone(),
                arrived: *arrived,
                content: None,
            })
        })
    }
}

/// Does the archive still hold what the agent said?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// Nothing came and nothing went since the welcome.
    Still,
    /// Something did.
    Changed,
    /// It could not be asked.
    Unknown(String),
}

/// A sentence that somebody else wrote, no longer than is kept, on one line.
pub fn short(says: &str) -> String {
    let plain = says.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(SENTENCE_MAX_CHARACTERS).collect()
}
