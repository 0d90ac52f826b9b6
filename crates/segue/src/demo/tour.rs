//! What the pages of a demonstration tell beside the night itself: where to look, what a plain tool said of each host, and, once the
//! night does not go on, how a new one is begun.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use server::demonstration::{Demonstration, Plain, Tour};

use super::hosts::{LIAR, TWO_STAGES, WARD};
use super::id;
use super::images::PAIR;
use super::plan::PLAN;

/// Where the plain tool's words are kept in the demonstration's folder.
const FILE: &str = "plain-tool.json";
/// A longer file was not written here.
const FILE_SIZE_MAX_BYTES: u64 = 64 * 1024;

/// A plain tool's notes, kept by the invented machines' own plain tool.
#[derive(Debug)]
pub(crate) struct Guide {
    notes: Mutex<Notes>,
    file: PathBuf,
    /// The command that begins a new night.
    again: String,
}

#[derive(Debug, Default)]
struct Notes {
    plain: Vec<Plain>,
    left: bool,
}

impl Guide {
    /// The guide of the demonstration in a folder, with what the plain tool said in it before. `again` is the command that begins a
    /// new night there.
    pub(crate) fn of(folder: &Path, again: String) -> Guide {
        let file = folder.join(FILE);
        let plain = read(&file).unwrap_or_else(|why| {
            tracing::warn!(file = %file.display(), %why, "what the plain tool said before is not shown");
            Vec::new()
        });
        Guide { notes: Mutex::new(Notes { plain, left: false }), file, again }
    }

    /// The night does not go on: the machines of it are gone.
    pub(crate) fn leave(&self) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).left = true;
    }

    /// The command that begins a new night.
    pub(crate) fn again(&self) -> &str {
        &self.again
    }

    /// The plain tool says something of a host; what it said of it before is no longer shown.
    pub(super) fn says(&self, plain: Plain) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.plain.retain(|known| known.host != plain.host);
        notes.plain.push(plain);
        if let Err(why) = write(&self.file, &notes.plain) {
            tracing::warn!(file = %self.file.display(), %why, "what the plain tool said is lost when the program ends");
        }
    }

    /// What the plain tool says of a host.
    #[cfg(test)]
    pub(super) fn word_of(&self, host: &model::AssetTag) -> Option<server::demonstration::PlainWord> {
        self.plain().into_iter().find(|plain| plain.host == *host).map(|plain| plain.word)
    }
}

fn read(file: &Path) -> std::io::Result<Vec<Plain>> {
    match std::fs::metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
        Ok(known) if known.len() > FILE_SIZE_MAX_BYTES => {
            let says = format!("it is longer than {FILE_SIZE_MAX_BYTES} bytes");
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, says));
        }
        Ok(_) => {}
    }
    Ok(serde_json::from_slice(&std::fs::read(file)?)?)
}

/// Whole or not at all: a demonstration is ended at any moment.
fn write(file: &Path, plain: &[Plain]) -> std::io::Result<()> {
    let unfinished = file.with_extension("unfinished");
    std::fs::write(&unfinished, serde_json::to_vec(plain)?)?;
    std::fs::rename(unfinished, file)
}

impl Demonstration for Guide {
    fn tour(&self) -> Tour {
        Tour {
            plan: id(PLAN),
            two_stages: id(TWO_STAGES),
            liar: id(LIAR),
            ward: id(WARD),
            archives: id(PAIR),
        }
    }

    fn plain(&self) -> Vec<Plain> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).plain.clone()
    }

    fn left(&self) -> Option<String> {
        let left = self.notes.lock().unwrap_or_else(PoisonError::into_inner).left;
        left.then(|| self.again.clone())
    }
}

#[cfg(test)]
mod tests {
    use model::Time;
    use server::demonstration::PlainWord;

    use super::*;

    #[test]
    fn what_the_plain_tool_said_is_still_there_when_the_demonstration_is_started_again() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Guide::of(folder.path(), "segue demo --fresh".to_owned());
        let (host, at) = (id(TWO_STAGES), Time(5));
        let first = open();
        assert_eq!((first.plain(), first.left()), (Vec::new(), None));
        let note = |word, at| Plain { host: id(TWO_STAGES), at, word };
        first.says(note(PlainWord::RestartNeeded, at));
        first.says(note(PlainWord::Complete, Time(7)));
        let again = open();
        assert_eq!(again.plain(), vec![note(PlainWord::Complete, Time(7))]);
        assert_eq!(again.word_of(&host), Some(PlainWord::Complete));
        again.leave();
        assert_eq!(again.left().as_deref(), Some("segue demo --fresh"));
        std::fs::write(folder.path().join(FILE), "{").unwrap();
        assert!(open().plain().is_empty(), "what cannot be read is not made up");
    }
}
