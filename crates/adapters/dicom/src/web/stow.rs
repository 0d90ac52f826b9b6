//! STOW-RS (PS3.18 §10.5): objects go to an archive as they are. Only what its answer names as stored is believed to be stored, whatever the
//! status of the answer.

use std::collections::BTreeSet;
use std::io::{Chain, Cursor, Read};

use archive::StudyUid;
use memchr::memmem;
use serde::Deserialize;

use super::http::{Client, Headers, WebFailed};
use super::json::said;
use crate::object::File;

const JSON: &str = "application/dicom+json";
/// All, some, none of them (PS3.18 §10.5.3.1); the answer names which.
const GOOD: [u16; 3] = [200, 202, 409];
/// Most objects of one request.
pub const STOW_OBJECTS_MAX: usize = 1_000;
/// Largest answer, in bytes: some hundred for each object.
const ANSWER_MAX_BYTES: usize = 4 * 1_048_576;
/// Boundaries that are tried before an object is given up that holds all of them.
const BOUNDARIES_MAX: u32 = 100;

/// An object that the archive says it has stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// SOP Instance UID.
    pub uid: Box<str>,
    /// What it warns of (Warning Reason, 0008,1196), such as B000: it has changed something.
    pub warning: Option<u16>,
}

/// An object that the archive says it has not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotKept {
    /// SOP Instance UID; `None` where the archive could not read it.
    pub uid: Option<Box<str>>,
    /// Why (Failure Reason, 0008,1197; PS3.18 §10.5.3.3), if it says.
    pub reason: Option<u16>,
}

impl std::fmt::Display for NotKept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let uid = self.uid.as_deref().unwrap_or("an object that it could not read");
        let Some(reason) = self.reason else { return write!(f, "{uid}: it says no reason") };
        let says = match reason {
            0x0110 => "processing failure",
            0x0112 => "no such object",
            0x0117 => "the identifier is not valid",
            0x0119 => "class and object do not go together",
            0x0122 => "the class is not supported",
            0x0124 => "not allowed",
            0x0131 => "it was not taken at that address",
            0xA700..=0xA7FF => "out of resources",
            0xA900..=0xA9FF => "the object does not fit its class",
            0xC000..=0xC009 => "the object cannot be understood",
            0xC122 => "the transfer syntax is not supported",
            _ => "not a reason that Segue knows",
        };
        write!(f, "{uid}: {reason:04X} ({says})")
    }
}

/// What an archive says of what it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// 200 all, 202 some or with warnings, 409 none: what the archive thinks of it as a whole.
    pub status: u16,
    /// Every header.
    pub headers: Headers,
    /// What it says it has stored, and nothing else.
    pub kept: Vec<Kept>,
    /// What it says it has not.
    pub not_kept: Vec<NotKept>,
}

impl Stored {
    /// Which of what was sent is not known to be stored: it was not named, or named as not stored as well.
    pub fn lacks<'a>(&self, sent: &[File<'a>]) -> Vec<Box<str>> {
        let failed: BTreeSet<&str> = self.not_kept.iter().filter_map(|one| one.uid.as_deref()).collect();
        let kept: BTreeSet<&str> =
            self.kept.iter().map(|one| &*one.uid).filter(|uid| !failed.contains(uid)).collect();
        sent.iter().map(|file| &file.meta.uid).filter(|uid| !kept.contains(&***uid)).cloned().collect()
    }
}

/// Why nothing is known of what was sent.
#[derive(Debug, thiserror::Error)]
pub enum StowFailed {
    /// The archive did not answer well: it may have stored some of it, or nothing.
    #[error(transparent)]
    Web(#[from] WebFailed),
    /// Its answer does not name what it has stored.
    #[error("{url} answered {status} and not what it has stored: {says}")]
    Odd {
        /// Where.
        url: Box<str>,
        /// How it was answered.
        status: u16,
        /// What is wrong, with line and column.
        says: Box<str>,
    },
    /// Too much at a time.
    #[error("{0} objects are too many for one request; at most {STOW_OBJECTS_MAX} are sent")]
    TooMany(usize),
    /// Nothing parts the objects from each other.
    #[error("an object holds everything that would part it from the next; it was not sent")]
    Boundary,
}

impl Client {
    /// Stores objects, in one examination where one is named; the archive then refuses those of another.
    ///
    /// # Errors
    /// Nothing is known of what was sent. Sent again does no harm: an archive keeps what it has.
    pub fn stow(&self, study: Option<&StudyUid>, files: &[File<'_>]) -> Result<Stored, StowFailed> {
        if files.len() > STOW_OBJECTS_MAX {
            return Err(StowFailed::TooMany(files.len()));
        }
        let boundary = boundary(files)?;
        let kind = format!("multipart/related; type=\"application/dicom\"; boundary={boundary}");
        let path = study.map_or("/studies".to_owned(), |study| format!("/studies/{study}"));
        let (mut body, bytes) = Body::new(&boundary, files);
        let came = self.post_reading(&path, (&mut body, bytes), &kind, JSON, &GOOD)?;
        let said = answer(&came.body).map_err(|error| StowFailed::Odd {
            url: format!("{}{path}", self.root()).into(),
            status: came.status,
            says: said(&error),
        })?;
        Ok(said.stored(came.status, came.headers))
    }
}

/// One that stands in no object: a number follows the word until it does not.
fn boundary(files: &[File<'_>]) -> Result<String, StowFailed> {
    let free = |text: &String| files.iter().all(|file| memmem::find(file.bytes, text.as_bytes()).is_none());
    (0..BOUNDARIES_MAX).map(|number| format!("segue-part-{number}")).find(free).ok_or(StowFailed::Boundary)
}

/// A request's body that is put together as it is read: the objects are not held twice.
struct Body<'a> {
    parts: Vec<Chain<Cursor<String>, &'a [u8]>>,
    at: usize,
}

impl<'a> Body<'a> {
    /// With its length in bytes.
    fn new(boundary: &str, files: &[File<'a>]) -> (Body<'a>, u64) {
        let mut parts = Vec::with_capacity(files.len() + 1);
        let mut bytes = 0;
        let mut part = |head: String, file: &'a [u8]| {
            bytes += (head.len() + file.len()) as u64;
            parts.push(Cursor::new(head).chain(file));
        };
        for (number, file) in files.iter().enumerate() {
            let newline = if number == 0 { "" } else { "\r\n" };
            part(format!("{newline}--{boundary}\r\nContent-Type: application/dicom\r\n\r\n"), file.bytes);
        }
        part(format!("\r\n--{boundary}--\r\n"), &[]);
        (Body { parts, at: 0 }, bytes)
    }
}

impl Read for Body<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while let Some(part) = self.parts.get_mut(self.at) {
            match part.read(into)? {
                0 if !into.is_empty() => self.at += 1,
                read => return Ok(read),
            }
        }
        Ok(0)
    }
}

/// The answer's data set (PS3.18 §10.5.3.3).
#[derive(Default, Deserialize)]
struct Said {
    #[serde(rename = "00081199", default)]
    kept: Items,
    #[serde(rename = "00081198", default)]
    failed: Items,
    #[serde(rename = "0008119A", default)]
    others: Items,
}

#[derive(Default, Deserialize)]
struct Items {
    #[serde(rename = "Value", default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(rename = "00081155", default)]
    uid: Texts,
    #[serde(rename = "00081196", default)]
    warning: Numbers,
    #[serde(rename = "00081197", default)]
    failure: Numbers,
}

#[derive(Default, Deserialize)]
struct Texts {
    #[serde(rename = "Value", default)]
    values: Vec<Box<str>>,
}

#[derive(Default, Deserialize)]
struct Numbers {
    #[serde(rename = "Value", default)]
    values: Vec<u16>,
}

impl Item {
    fn uid(&self) -> Option<Box<str>> {
        let uid = self.uid.values.first()?.trim_matches(['\0', ' ']);
        (!uid.is_empty()).then(|| uid.into())
    }
}

impl Said {
    fn stored(self, status: u16, headers: Headers) -> Stored {
        let kept =
            |item: &Item| Some(Kept { uid: item.uid()?, warning: item.warning.values.first().copied() });
        let not = |item: &Item| NotKept { uid: item.uid(), reason: item.failure.values.first().copied() };
        let failed = self.failed.items.iter().chain(&self.others.items);
        Stored {
            status,
            headers,
            kept: self.kept.items.iter().filter_map(kept).collect(),
            not_kept: failed.map(not).collect(),
        }
    }
}

/// An object, or an array with one in it. An empty answer names nothing.
fn answer(body: &[u8]) -> Result<Said, serde_json::Error> {
    if body.len() > ANSWER_MAX_BYTES {
        return Err(serde::de::Error::custom(format_args!("more than {ANSWER_MAX_BYTES} bytes")));
    }
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Ok(Said::default()),
        Some(b'[') => {
            let mut whole = Said::default();
            for said in serde_json::from_slice::<Vec<Said>>(body)? {
                whole.kept.items.extend(said.kept.items);
                whole.failed.items.extend(said.failed.items);
                whole.others.items.extend(said.others.items);
            }
            Ok(whole)
        }
        Some(_) => serde_json::from_slice(body),
    }
}
