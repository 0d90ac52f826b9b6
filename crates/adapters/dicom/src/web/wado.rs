//! WADO-RS (PS3.18 §10.4): the objects of an examination, a series or one object as they are kept, part by part. How many there should be is for whoever asked
//! to judge: an archive that leaves some out says so with 206, or not at all.

use super::http::{Client, Headers, WebFailed};
use super::multipart::{Multipart, NotMultipart, Part};
use archive::{InstanceUid, SeriesUid, StudyUid};

/// As they are kept: nothing is compressed or unpacked for us.
const OBJECTS: &str = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";
const OBJECT: &str = "application/dicom";
const FRAMES: &str = "multipart/related; type=\"application/octet-stream\"; transfer-syntax=*";
const FRAME: &str = "application/octet-stream";
/// All of it, and some of it (PS3.18 §10.4.3).
const GOOD: [u16; 2] = [200, 206];

/// Whose objects.
#[derive(Clone, Copy, Debug)]
pub enum Of<'a> {
    /// Of a whole examination.
    Study(&'a StudyUid),
    /// Of one of its series.
    Series(&'a StudyUid, &'a SeriesUid),
    /// One object.
    Instance(&'a StudyUid, &'a SeriesUid, &'a InstanceUid),
}

impl Of<'_> {
    fn path(&self) -> String {
        match self {
            Of::Study(study) => format!("/studies/{study}"),
            Of::Series(study, series) => format!("/studies/{study}/series/{series}"),
            Of::Instance(study, series, instance) => {
                format!("/studies/{study}/series/{series}/instances/{instance}")
            }
        }
    }
}

/// Why objects did not come.
#[derive(Debug, thiserror::Error)]
pub enum WadoFailed {
    /// The archive did not answer well.
    #[error(transparent)]
    Web(#[from] WebFailed),
    /// What it answered is no parts, or not all of them.
    #[error("{url}: {error}")]
    Parts {
        /// What was asked.
        url: Box<str>,
        /// What is wrong.
        #[source]
        error: NotMultipart,
    },
}

/// Objects that come, one part after another.
pub struct Objects {
    /// Every header of the answer.
    pub headers: Headers,
    /// 206: the archive says itself that these are not all.
    pub is_partial: bool,
    url: Box<str>,
    parts: Multipart<ureq::BodyReader<'static>>,
}

impl Objects {
    /// The next one; `None` when that was all and the answer is whole.
    ///
    /// # Errors
    /// The answer was cut short or is no parts. What came until then is not all.
    pub fn next_part(&mut self) -> Result<Option<Part<'_, ureq::BodyReader<'static>>>, WadoFailed> {
        let url = &self.url;
        self.parts.next_part().map_err(|error| WadoFailed::Parts { url: url.clone(), error })
    }

    /// How many came so far.
    pub fn count(&self) -> u64 {
        self.parts.parts()
    }
}

impl Client {
    /// Asks for objects as files (PS3.10).
    ///
    /// # Errors
    /// The archive does not answer with parts. One that has none of them answers 404.
    pub fn wado(&self, of: Of<'_>) -> Result<Objects, WadoFailed> {
        self.ask_parts(&of.path(), OBJECTS, OBJECT)
    }

    /// Asks for one frame of an object, counted from 1, as the archive keeps it: its pixel data without a file around it.
    ///
    /// # Errors
    /// The archive does not answer with parts.
    pub fn wado_frame(
        &self,
        (study, series, instance): (&StudyUid, &SeriesUid, &InstanceUid),
        frame: u32,
    ) -> Result<Objects, WadoFailed> {
        let path = Of::Instance(study, series, instance).path();
        self.ask_parts(&format!("{path}/frames/{frame}"), FRAMES, FRAME)
    }

    fn ask_parts(&self, path: &str, accept: &str, wanted: &str) -> Result<Objects, WadoFailed> {
        let coming = self.get_coming(path, accept, &GOOD)?;
        let url = coming.url;
        let of = coming.headers.all("content-type").next().unwrap_or("").to_owned();
        let parts = Multipart::new(coming.body, &of, wanted)
            .map_err(|error| WadoFailed::Parts { url: url.clone(), error })?;
        Ok(Objects { headers: coming.headers, is_partial: coming.status == 206, url, parts })
    }
}
