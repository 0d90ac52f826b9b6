//! Who fetches objects (WADO-RS, Orthanc's own interface) and who stores them (STOW-RS, C-STORE, Orthanc's own interface).

use std::io::Read;

use archive::{Instance, StudyUid};

use super::carrying::{CARRIED_MAX_BYTES, Fetches, Stores};
use crate::dimse::{CONTEXTS_MAX, Storing, Taken, Warning};
use crate::object::{File, Meta};
use crate::orthanc::Orthanc;
use crate::peer::Peer;
use crate::source::{by_file, by_wado};
use crate::web::Client;

/// By WADO-RS.
impl Fetches for Client {
    fn fetch(&mut self, object: &Instance) -> Result<Vec<u8>, Box<str>> {
        by_wado(self, object, |file| whole(file))
    }
}

/// By Orthanc's own interface.
impl Fetches for Orthanc {
    fn fetch(&mut self, object: &Instance) -> Result<Vec<u8>, Box<str>> {
        by_file(self, object, |file| whole(file))
    }
}

fn whole(file: &mut dyn Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    file.take(CARRIED_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > CARRIED_MAX_BYTES {
        return Err(format!("it has more than {CARRIED_MAX_BYTES} bytes; have A send it by C-MOVE"));
    }
    Ok(bytes)
}

/// By STOW-RS.
impl Stores for Client {
    fn store(&mut self, study: &StudyUid, file: &File<'_>) -> Result<Option<Box<str>>, Box<str>> {
        let sent = std::slice::from_ref(file);
        let stored = self.stow(Some(study), sent).map_err(|error| error.to_string())?;
        if !stored.lacks(sent).is_empty() {
            let about = |one: &&crate::web::NotKept| one.uid.as_ref().is_none_or(|uid| *uid == file.meta.uid);
            let says = stored.not_kept.iter().find(about).map(ToString::to_string);
            let says = says.unwrap_or_else(|| format!("it answered {} and does not name it", stored.status));
            return Err(says.into());
        }
        let kept = stored.kept.iter().find(|kept| kept.uid == file.meta.uid);
        let warning = kept.and_then(|kept| kept.warning);
        Ok(warning.map(|warning| format!("taken with warning {warning:04X}").into()))
    }
}

/// By Orthanc's own interface.
impl Stores for Orthanc {
    fn store(&mut self, _: &StudyUid, file: &File<'_>) -> Result<Option<Box<str>>, Box<str>> {
        let status = Orthanc::store(self, file.bytes).map_err(|error| error.to_string())?;
        match &*status {
            // It has it, or had it already.
            "Success" | "AlreadyStored" => Ok(None),
            other => Err(format!("it says {other}").into()),
        }
    }
}

/// By C-STORE: one association for as long as it holds and for as many kinds of objects as it agrees on.
pub struct Storer {
    peer: Peer,
    storing: Option<Storing>,
    /// One object of each kind that was agreed on, or refused.
    kinds: Vec<Meta>,
}

impl Storer {
    /// Nothing is asked yet.
    pub fn new(peer: Peer) -> Storer {
        Storer { peer, storing: None, kinds: Vec::new() }
    }

    /// An association that was asked for this kind.
    fn storing(&mut self, meta: &Meta) -> Result<Storing, Box<str>> {
        let is_known = |kind: &Meta| kind.class == meta.class && kind.syntax == meta.syntax;
        let known = self.kinds.iter().any(is_known);
        match self.storing.take() {
            Some(storing) if known => return Ok(storing),
            Some(storing) => storing.release(),
            None => {}
        }
        if !known {
            if self.kinds.len() >= CONTEXTS_MAX {
                self.kinds.clear();
            }
            self.kinds.push(meta.clone());
        }
        Storing::new(&self.peer, &self.kinds).map_err(|error| error.to_string().into())
    }
}

impl Stores for Storer {
    fn store(&mut self, _: &StudyUid, file: &File<'_>) -> Result<Option<Box<str>>, Box<str>> {
        let mut storing = self.storing(&file.meta)?;
        // Where its kind is refused nothing was sent, and the association is as it was.
        let is_whole = !storing.takes(&file.meta);
        let taken = storing.store(file);
        if is_whole || taken.is_ok() {
            self.storing = Some(storing);
        }
        match taken.map_err(|error| error.to_string())? {
            Taken::Whole => Ok(None),
            Taken::Changed(warning, comment) => {
                let says = match warning {
                    Warning::Coerced => "taken, and values were changed (B000)",
                    Warning::DoesNotFit => "taken, and thought not to fit its class (B007)",
                    Warning::Discarded => "taken, and elements were left out (B006)",
                };
                Ok(Some(format!("{says} {comment}").trim_end().into()))
            }
            Taken::Refused(status, comment) => Err(format!("{status} {comment}").trim_end().into()),
        }
    }
}

impl Drop for Storer {
    fn drop(&mut self) {
        if let Some(storing) = self.storing.take() {
            storing.release();
        }
    }
}
