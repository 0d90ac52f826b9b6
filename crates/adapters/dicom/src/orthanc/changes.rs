//! What an Orthanc got since, and whether anything came or went at all.
//!
//! Orthanc numbers what it stores and never gives a number twice. What is deleted it does not tell: the changes of what is gone leave the list, and the
//! number of the last change goes *back* when the newest object is deleted (seen with 1.10.1). So the number alone does not say that nothing changed; with
//! the number of objects it does: whatever is stored has a higher number than all before, and where that number is gone so is the object.

use serde::Deserialize;

use super::{Keywords, Orthanc, OrthancFailed, plain};
use crate::web::WebFailed;

/// How often counts and number are read when something comes in between.
const READ_MAX: u32 = 5;

/// Where an archive stands. Two equal marks mean that it holds the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Number of the last change.
    pub last: u64,
    /// Examinations.
    pub studies: u64,
    /// Objects.
    pub instances: u64,
}

/// A page of what was stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Objects, by their names in Orthanc.
    pub instances: Vec<Box<str>>,
    /// The number from which the next page goes on.
    pub last: u64,
    /// Is there no further page?
    pub done: bool,
}

/// How many objects a series has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesSize {
    /// Series Instance UID; empty where it has none.
    pub uid: Box<str>,
    /// Objects.
    pub instances: u64,
}

#[derive(Deserialize)]
struct Page {
    #[serde(rename = "Changes")]
    changes: Vec<Change>,
    #[serde(rename = "Last")]
    last: u64,
    #[serde(rename = "Done")]
    done: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    change_type: Box<str>,
    #[serde(rename = "ID")]
    id: Box<str>,
}

#[derive(Deserialize)]
struct Series {
    #[serde(rename = "MainDicomTags", default)]
    tags: Keywords,
    #[serde(rename = "Instances", default)]
    instances: Vec<Box<str>>,
}

impl Mark {
    /// One number that is another whenever the mark is (FNV-1a over its parts). A delete alone is no change of Orthanc's, and after the newest object is
    /// deleted its last change is an earlier one (Orthanc 1.10): only the counts show it.
    pub fn number(&self) -> u64 {
        let parts = [self.last, self.studies, self.instances];
        let bytes = parts.into_iter().flat_map(u64::to_le_bytes);
        bytes.fold(0xCBF2_9CE4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
    }
}

impl Orthanc {
    /// Where it stands; `None` when something came whenever it was asked.
    ///
    /// # Errors
    /// It did not answer well.
    pub fn mark(&self) -> Result<Option<Mark>, OrthancFailed> {
        for _ in 0..READ_MAX {
            let before = self.last_change()?;
            let all = self.statistics()?;
            if self.last_change()? == before {
                return Ok(Some(Mark {
                    last: before,
                    studies: all.count_studies,
                    instances: all.count_instances,
                }));
            }
        }
        Ok(None)
    }

    /// What was stored after a change, at most so many changes further.
    ///
    /// # Errors
    /// It did not answer well.
    pub fn stored_since(&self, last: u64, limit: u32) -> Result<Stored, OrthancFailed> {
        let page: Page = self.get(&format!("/changes?since={last}&limit={limit}"))?;
        let stored = page.changes.into_iter().filter(|change| &*change.change_type == "NewInstance");
        Ok(Stored {
            instances: stored.map(|change| change.id).collect(),
            last: page.last,
            done: page.done || page.last <= last,
        })
    }

    /// Study Instance UID of the examination that an object lies in; `None` when the object is gone.
    ///
    /// # Errors
    /// It did not answer well.
    pub fn study_of_instance(&self, id: &str) -> Result<Option<Box<str>>, OrthancFailed> {
        match self.get::<super::Resource>(&format!("/instances/{}/study", plain(id))) {
            Ok(study) => Ok(study.tags.get("StudyInstanceUID").cloned()),
            Err(OrthancFailed::Web(WebFailed::Status { status: 404, .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Series with their numbers of objects, at most so many after so many.
    ///
    /// # Errors
    /// It did not answer well.
    pub fn series_sizes(&self, offset: u64, limit: u32) -> Result<Vec<SeriesSize>, OrthancFailed> {
        let page: Vec<Series> = self.get(&format!("/series?expand&since={offset}&limit={limit}"))?;
        let size = |series: Series| SeriesSize {
            uid: series.tags.get("SeriesInstanceUID").cloned().unwrap_or_default(),
            instances: series.instances.len() as u64,
        };
        Ok(page.into_iter().map(size).collect())
    }
}
