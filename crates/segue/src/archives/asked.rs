//! Two archives of the configuration, ready to be asked at the same time: the one way for the command line and for the pages.

use std::sync::Mutex;

use adapter_dicom::source::{End, Far, Question, Readable, Reads, list_both, read_both};
use archive::coverage::Limits;
use archive::reason::Side;
use archive::{Holding, Tier};
use model::{Date, Time};
use server::importer::Watch;

use super::{ArchiveConfig, Archives};
use crate::cmd::Failed;

/// An archive of the configuration.
pub(crate) fn known<'a>(archives: &'a Archives, name: &str) -> Result<&'a ArchiveConfig, Failed> {
    archives.get(name).ok_or_else(|| {
        let known: Vec<&str> = archives.keys().map(String::as_str).collect();
        let known = if known.is_empty() {
            "it names none; see docs/archive.md".to_owned()
        } else {
            format!("it names {}", known.join(", "))
        };
        Failed::Refused(format!("the configuration names no archive {name}: {known}"))
    })
}

/// Both, and what is asked of them; nothing is asked yet.
pub(crate) struct Both {
    a: End,
    b: End,
    /// Who reads the objects of each, where content is compared.
    reads: Option<[Box<dyn Reads + Send>; 2]>,
}

impl Both {
    /// What is missing in the configuration is said before anything is asked.
    pub(crate) fn new(archives: &Archives, a: &str, b: &str, tier: Tier) -> Result<Both, Failed> {
        if a == b {
            return Err(Failed::Refused(format!("{a} and {b} are one archive; name the two to compare")));
        }
        let (of_a, of_b) = (known(archives, a)?, known(archives, b)?);
        let reads = match tier {
            Tier::Identity => None,
            Tier::Content => Some([of_a.reads(a)?, of_b.reads(b)?]),
        };
        Ok(Both { a: of_a.end(a)?, b: of_b.end(b)?, reads })
    }

    /// What both hold, as of `cut`; `None` when it was stopped. It takes its time.
    pub(crate) fn hold(self, since: Option<Date>, cut: Time, watch: &Watch) -> Option<(Holding, Holding)> {
        let question = Question { since, limits: Limits::default(), cut };
        let far = Mutex::new([(0, 0); 2]);
        let Both { a, b, reads } = self;
        match reads {
            None => list_both(a, b, question, &|side, held| told(&far, side, (held.studies, held.of), watch)),
            Some([of_a, of_b]) => {
                let (a, b) = (Readable { end: a, reads: of_a }, Readable { end: b, reads: of_b });
                read_both(a, b, question, &|side, is| {
                    let is = match is {
                        Far::Listing(held) => (held.studies, held.of),
                        Far::Reading { objects, of } => (objects, of),
                    };
                    told(&far, side, is, watch)
                })
            }
        }
    }
}

/// Says how far both are, and hears whether to go on.
fn told(far: &Mutex<[(u64, u64); 2]>, side: Side, is: (u64, u64), watch: &Watch) -> bool {
    // A thread that broke down while counting has done no harm to the counts.
    let mut far = far.lock().unwrap_or_else(|broken| broken.into_inner());
    let [of_a, of_b] = &mut *far;
    match side {
        Side::A => *of_a = is,
        Side::B => *of_b = is,
    }
    watch.report(of_a.0 + of_b.0, of_a.1 + of_b.1);
    !watch.is_stopped()
}
