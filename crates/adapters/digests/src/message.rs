//! What whoever asks and an agent say to each other. One byte says what a message is; what follows is JSON where it holds names, and as it stands where it
//! holds digests. Everything that is read has limits.

use std::fmt;

use archive::digests::{Digest, Sum};
use archive::{Gap, InstanceUid, Instance, Reason, SeriesUid, Side, Study, StudyUid};
use model::Time;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::limits::{
    DIFFERENCES_MAX, EXAMINATIONS_MAX, NAMED_MAX, OBJECTS_IN_MESSAGE_MAX, SENTENCE_MAX_CHARACTERS,
};
use crate::records::Of;

/// Version of these messages.
pub const VERSION: u32 = 1;

/// Why bytes are no message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Of a kind that nobody says in this direction.
    #[error("a message of kind {0}; known are the kinds of version {VERSION}")]
    Kind(u8),
    /// Nothing at all.
    #[error("an empty message; the first byte says of what kind it is")]
    Empty,
    /// What follows is not what the kind says.
    #[error("{what}: {says}")]
    Body {
        /// Which kind.
        what: &'static str,
        /// What is wrong.
        says: String,
    },
    /// More than is allowed.
    #[error("{what}: {said} are more than {most}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// What stands there.
        said: u64,
        /// The limit.
        most: u64,
    },
}

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
        let since = self.since.map_or_else(|| "since it began".to_owned(), |since| format!("since {}", text(since)));
        write!(
            f,
            "found at {} that its tree had drifted: {} objects in it were not in the archive, {} of the archive were not in it; what was proven \
             {since} may be wrong, and the tree was built anew: compare again",
            text(self.found), self.only_kept, self.only_listed
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
    /// [`VERSION`].
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
    /// [`VERSION`].
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

/// Objects of one examination; a large one comes in several messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// The examination.
    pub study: Study,
    /// Its objects by series, with the time at which they came where that is known.
    pub series: Vec<(SeriesUid, Vec<(InstanceUid, Option<Time>)>)>,
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

/// What whoever asks says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Say {
    /// Begins a conversation; there is no second one.
    Hello(Hello),
    /// The drift was heard.
    HeardOfDrift,
    /// Be the one who asks, of this tree: the answer is a question for the other agent, or the end.
    Lead(Of),
    /// What the other agent answered.
    Answered(Vec<u8>),
    /// What the other agent asks.
    Question(Of, Vec<u8>),
    /// Which examinations do these lie in?
    Name(Of, Vec<Digest>),
    /// The objects of these examinations.
    Show(Vec<StudyUid>),
    /// Is it all still so?
    Close,
}

/// What an agent answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To a hello.
    Welcome(Box<Welcome>),
    /// Heard; nothing to say.
    Heard,
    /// A question for the other agent.
    Ask(Vec<u8>),
    /// The whole difference: only here, and only there.
    Found(Vec<Digest>, Vec<Digest>),
    /// It was not found, and why.
    NotFound(String),
    /// The answer to the other agent's question.
    Reply(Vec<u8>),
    /// To a name.
    Named(Named),
    /// Objects; more follow.
    Rows(Box<Rows>),
    /// No more objects.
    AllShown,
    /// To a close.
    Closed(Closed),
    /// Not answered, and why; the conversation is over.
    Refused(String),
}

impl Say {
    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Say::Hello(hello) => json(1, hello),
            Say::HeardOfDrift => vec![2],
            Say::Lead(of) => vec![3, tree(*of)],
            Say::Answered(bytes) => plain(&[4], bytes),
            Say::Question(of, bytes) => plain(&[5, tree(*of)], bytes),
            Say::Name(of, list) => digests(&[6, tree(*of)], list),
            Say::Show(studies) => json(7, studies),
            Say::Close => vec![8],
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// It is none, or holds more than is allowed.
    pub fn read(bytes: &[u8]) -> Result<Say, Unfit> {
        let (kind, body) = bytes.split_first().ok_or(Unfit::Empty)?;
        Ok(match kind {
            1 => Say::Hello(of_json("hello", body)?),
            2 => nothing("heard of drift", body, Say::HeardOfDrift)?,
            3 => {
                let (of, rest) = of_tree("lead", body)?;
                nothing("lead", rest, Say::Lead(of))?
            }
            4 => Say::Answered(body.to_vec()),
            5 => {
                let (of, rest) = of_tree("question", body)?;
                Say::Question(of, rest.to_vec())
            }
            6 => {
                let (of, rest) = of_tree("name", body)?;
                Say::Name(of, of_digests("digests to name", rest, NAMED_MAX as u64)?)
            }
            7 => {
                let studies: Vec<StudyUid> = of_json("show", body)?;
                at_most("examinations", studies.len() as u64, EXAMINATIONS_MAX as u64)?;
                Say::Show(studies)
            }
            8 => nothing("close", body, Say::Close)?,
            other => return Err(Unfit::Kind(*other)),
        })
    }
}

impl Answer {
    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Answer::Welcome(welcome) => json(101, welcome),
            Answer::Heard => vec![102],
            Answer::Ask(bytes) => plain(&[103], bytes),
            Answer::Found(ours, theirs) => {
                let mut to = plain(&[104], &(ours.len() as u32).to_be_bytes());
                ours.iter().chain(theirs).for_each(|digest| to.extend(digest.0.to_be_bytes()));
                to
            }
            Answer::NotFound(says) => json(105, &short(says)),
            Answer::Reply(bytes) => plain(&[106], bytes),
            Answer::Named(named) => json(107, named),
            Answer::Rows(rows) => json(108, rows),
            Answer::AllShown => vec![109],
            Answer::Closed(closed) => json(110, closed),
            Answer::Refused(says) => json(111, &short(says)),
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// It is none, or holds more than is allowed.
    pub fn read(bytes: &[u8]) -> Result<Answer, Unfit> {
        let (kind, body) = bytes.split_first().ok_or(Unfit::Empty)?;
        Ok(match kind {
            101 => Answer::Welcome(of_json("welcome", body)?),
            102 => nothing("heard", body, Answer::Heard)?,
            103 => Answer::Ask(body.to_vec()),
            104 => found(body)?,
            105 => Answer::NotFound(short(&of_json::<String>("not found", body)?)),
            106 => Answer::Reply(body.to_vec()),
            107 => Answer::Named(of_json("named", body)?),
            108 => {
                let rows: Rows = of_json("rows", body)?;
                let objects = rows.series.iter().map(|(_, list)| list.len() as u64).sum();
                at_most("objects", objects, OBJECTS_IN_MESSAGE_MAX as u64)?;
                Answer::Rows(Box::new(rows))
            }
            109 => nothing("all shown", body, Answer::AllShown)?,
            110 => Answer::Closed(of_json("closed", body)?),
            111 => Answer::Refused(short(&of_json::<String>("refused", body)?)),
            other => return Err(Unfit::Kind(*other)),
        })
    }

    /// What it is called in refusals.
    pub fn name(&self) -> &'static str {
        match self {
            Answer::Welcome(_) => "welcome",
            Answer::Heard => "heard",
            Answer::Ask(_) => "ask",
            Answer::Found(..) => "found",
            Answer::NotFound(_) => "not found",
            Answer::Reply(_) => "reply",
            Answer::Named(_) => "named",
            Answer::Rows(_) => "rows",
            Answer::AllShown => "all shown",
            Answer::Closed(_) => "closed",
            Answer::Refused(_) => "refused",
        }
    }
}

/// A sentence that somebody else wrote, no longer than is kept, on one line.
pub fn short(says: &str) -> String {
    let plain = says.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(SENTENCE_MAX_CHARACTERS).collect()
}

fn plain(head: &[u8], body: &[u8]) -> Vec<u8> {
    [head, body].concat()
}

fn json<T: Serialize>(kind: u8, value: &T) -> Vec<u8> {
    let mut to = vec![kind];
    // Plain values with texts as names: writing them into memory does not fail; were it so, the reader refuses an empty body.
    if let Ok(body) = serde_json::to_vec(value) {
        to.extend(body);
    }
    to
}

fn digests(head: &[u8], list: &[Digest]) -> Vec<u8> {
    let mut to = head.to_vec();
    list.iter().for_each(|digest| to.extend(digest.0.to_be_bytes()));
    to
}

fn tree(of: Of) -> u8 {
    match of {
        Of::Objects => 0,
        Of::Issuers => 1,
    }
}

fn of_tree<'b>(what: &'static str, body: &'b [u8]) -> Result<(Of, &'b [u8]), Unfit> {
    match body.split_first() {
        Some((0, rest)) => Ok((Of::Objects, rest)),
        Some((1, rest)) => Ok((Of::Issuers, rest)),
        Some(_) | None => Err(Unfit::Body { what, says: "says of no tree".to_owned() }),
    }
}

fn nothing<T>(what: &'static str, body: &[u8], is: T) -> Result<T, Unfit> {
    if body.is_empty() { Ok(is) } else { Err(Unfit::Body { what, says: "holds more than it says".to_owned() }) }
}

fn of_json<T: DeserializeOwned>(what: &'static str, body: &[u8]) -> Result<T, Unfit> {
    serde_json::from_slice(body).map_err(|error| Unfit::Body { what, says: short(&error.to_string()) })
}

fn at_most(what: &'static str, said: u64, most: u64) -> Result<(), Unfit> {
    if said <= most { Ok(()) } else { Err(Unfit::TooMany { what, said, most }) }
}

fn of_digests(what: &'static str, body: &[u8], most: u64) -> Result<Vec<Digest>, Unfit> {
    let (whole, rest) = body.as_chunks::<16>();
    if !rest.is_empty() {
        return Err(Unfit::Body { what, says: "a digest has 16 bytes".to_owned() });
    }
    at_most(what, whole.len() as u64, most)?;
    Ok(whole.iter().map(|bytes| Digest(u128::from_be_bytes(*bytes))).collect())
}

fn found(body: &[u8]) -> Result<Answer, Unfit> {
    let wrong = || Unfit::Body { what: "found", says: "its number of digests is not what follows".to_owned() };
    let (count, rest) = body.split_first_chunk::<4>().ok_or_else(wrong)?;
    let mut ours = of_digests("differences", rest, DIFFERENCES_MAX)?;
    let count = u32::from_be_bytes(*count) as usize;
    if count > ours.len() {
        return Err(wrong());
    }
    let theirs = ours.split_off(count);
    Ok(Answer::Found(ours, theirs))
}
