//! The content of objects that both archives have, read one object after another at each archive's pace, and compared. An object that could not be read is
//! a reason that nothing is proven.

use std::io::Read;
use std::time::Instant;

use archive::reason::Side;
use archive::{Content, Holding, Instance, InstanceUid, Tier, Verdict};

use super::compare::{End, Question, at_once, listed};
use super::{Held, Pace};
use crate::object::content;
use crate::orthanc::Orthanc;
use crate::web::{Client, Of};

/// Objects of one archive that could not be read, before no more are tried: nothing is proven any more.
pub const NOT_READ_MAX: u64 = 100;

/// An archive whose objects can be read.
pub trait Reads {
    /// Reads an object from beginning to end.
    ///
    /// # Errors
    /// A sentence that says why not.
    fn content(&mut self, object: &Instance) -> Result<Content, Box<str>>;
}

/// By WADO-RS.
impl Reads for Client {
    fn content(&mut self, object: &Instance) -> Result<Content, Box<str>> {
        by_wado(self, object, |file| content(file, &object.uid).map_err(|error| error.to_string()))
    }
}

/// Hands the file of one object over as it comes by WADO-RS; what was made of it counts only when the answer was whole and held nothing else.
pub(crate) fn by_wado<T>(
    client: &Client,
    object: &Instance,
    take: impl FnOnce(&mut dyn Read) -> Result<T, String>,
) -> Result<T, Box<str>> {
    let says = |error: &dyn std::fmt::Display| Box::<str>::from(format!("{}: {error}", object.uid));
    let of = Of::Instance(&object.study, &object.series, &object.uid);
    let mut objects = client.wado(of).map_err(|error| says(&error))?;
    let is_partial = objects.is_partial;
    let Some(mut part) = objects.next_part().map_err(|error| says(&error))? else {
        return Err(says(&"the answer holds no object"));
    };
    let taken = take(&mut part).map_err(|error| says(&error))?;
    match objects.next_part().map_err(|error| says(&error))? {
        None if !is_partial => Ok(taken),
        None => Err(says(&"the archive says that this is not all of it")),
        Some(_) => Err(says(&"one object was asked for, and several came")),
    }
}

/// By Orthanc's own interface, without parts around the file.
impl Reads for Orthanc {
    fn content(&mut self, object: &Instance) -> Result<Content, Box<str>> {
        by_file(self, object, |file| content(file, &object.uid).map_err(|error| error.to_string()))
    }
}

/// Hands the file of one object over as it comes from Orthanc itself.
pub(crate) fn by_file<T>(
    orthanc: &Orthanc,
    object: &Instance,
    take: impl FnOnce(&mut dyn Read) -> Result<T, String>,
) -> Result<T, Box<str>> {
    let says = |error: &dyn std::fmt::Display| Box::<str>::from(format!("{}: {error}", object.uid));
    let named = orthanc.instances_named(object.uid.0.as_str()).map_err(|error| says(&error))?;
    match named.as_slice() {
        [id] => {
            let mut file = orthanc.file(id).map_err(|error| says(&error))?;
            take(&mut file).map_err(|error| says(&error))
        }
        [] => Err(says(&"it is not there any more")),
        several => Err(says(&format!("{} objects have this name", several.len()))),
    }
}

/// One of the two, to be listed and read.
pub struct Readable {
    /// Who lists it.
    pub end: End,
    /// Who reads its objects.
    pub reads: Box<dyn Reads + Send>,
}

/// How far one end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Far {
    /// Listed so far.
    Listing(Held),
    /// Read so far, of so many objects that both have.
    Reading {
        /// Objects.
        objects: u64,
        /// In all.
        of: u64,
    },
}

/// Lists both, reads what both have, and compares; `None` when somebody stopped it. `go_on` hears how far each end is, and says whether to go on.
pub fn compare_content(
    a: Readable,
    b: Readable,
    question: Question,
    go_on: &(dyn Fn(Side, Far) -> bool + Sync),
) -> Option<Verdict> {
    let (of_a, of_b) = read_both(a, b, question, go_on)?;
    Some(archive::compare(&of_a, &of_b, question.cut, Tier::Content))
}

/// Lists both and reads what both have; `None` when somebody stopped it.
pub fn read_both(
    a: Readable,
    b: Readable,
    question: Question,
    go_on: &(dyn Fn(Side, Far) -> bool + Sync),
) -> Option<(Holding, Holding)> {
    let (mut a, mut b) = (a, b);
    let (mut of_a, mut of_b) =
        listed(&mut a.end, &mut b.end, question, &|side, held| go_on(side, Far::Listing(held)))?;
    let both: Vec<InstanceUid> =
        of_a.instances().keys().filter(|uid| of_b.instances().contains_key(uid)).cloned().collect();
    let read = |side| move |objects, of| go_on(side, Far::Reading { objects, of });
    at_once(
        || read_contents(&mut of_a, &both, &mut *a.reads, a.end.pace, read(Side::A)),
        || read_contents(&mut of_b, &both, &mut *b.reads, b.end.pace, read(Side::B)),
    )?;
    Some((of_a, of_b))
}

/// Reads these objects of an archive into what is known of it; `None` when somebody stopped it. What could not be read stays without content.
pub fn read_contents(
    holding: &mut Holding,
    objects: &[InstanceUid],
    reads: &mut dyn Reads,
    pace: Pace,
    go_on: impl Fn(u64, u64) -> bool,
) -> Option<()> {
    let mut not_read = 0;
    for (number, uid) in (0..).zip(objects) {
        if !go_on(number, objects.len() as u64) {
            return None;
        }
        let Some(object) = holding.instances().get(uid).cloned() else { continue };
        let asked_at = Instant::now();
        match reads.content(&object) {
            Ok(content) => holding.content(uid, content),
            Err(says) => {
                holding.not_read(&says);
                not_read += 1;
            }
        }
        if not_read >= NOT_READ_MAX {
            break;
        }
        if !pace.rest(asked_at.elapsed(), || go_on(number, objects.len() as u64)) {
            return None;
        }
    }
    Some(())
}
