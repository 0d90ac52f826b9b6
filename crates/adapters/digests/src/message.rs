//! What whoever asks and an agent say to each other. One byte says what a message is; what follows is JSON where it holds names, and as it stands where it
//! holds digests. Everything that is read has limits.

use archive::StudyUid;
use archive::digests::Digest;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::limits::{DIFFERENCES_MAX, EXAMINATIONS_MAX, NAMED_MAX, OBJECTS_IN_MESSAGE_MAX};
use crate::records::Of;

pub use crate::told::{Closed, Doubt, Drift, Hello, Holds, Named, Rows, Told, Welcome, short};

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
    if body.is_empty() {
        Ok(is)
    } else {
        Err(Unfit::Body { what, says: "holds more than it says".to_owned() })
    }
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
    let wrong =
        || Unfit::Body { what: "found", says: "its number of digests is not what follows".to_owned() };
    let (count, rest) = body.split_first_chunk::<4>().ok_or_else(wrong)?;
    let mut ours = of_digests("differences", rest, DIFFERENCES_MAX)?;
    let count = u32::from_be_bytes(*count) as usize;
    if count > ours.len() {
        return Err(wrong());
    }
    let theirs = ours.split_off(count);
    Ok(Answer::Found(ours, theirs))
}
