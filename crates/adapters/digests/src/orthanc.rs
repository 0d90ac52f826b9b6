//! Archives that can be followed: an Orthanc, which tells what it stored; and one that is listed in any way while an Orthanc counts it, of which it is
//! known only whether anything changed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use adapter_dicom::orthanc::{Mark, Orthanc, OrthancFailed};
use adapter_dicom::source::{End, Examination, OrthancSource, Pace, hold};
use archive::coverage::Limits;
use archive::{Holding, StudyUid, Uid};

use crate::followed::{Followed, NotFollowed};
use crate::limits::{CHANGES_PAGE, SERIES_PAGE};

/// An Orthanc.
pub struct Following {
    orthanc: Orthanc,
    source: OrthancSource,
    pace: Pace,
}

/// An archive of which an Orthanc says whether anything changed: it is listed whole whenever that is so.
pub struct Counted {
    end: End,
    orthanc: Orthanc,
}

impl Following {
    /// Nothing is asked yet. Examinations come in pages of `page_rows`, or all at once.
    pub fn new(orthanc: Orthanc, page_rows: Option<u32>, pace: Pace) -> Following {
        Following { source: OrthancSource::new(orthanc.clone(), page_rows), orthanc, pace }
    }

    /// Asks, and rests as long as the archive's budget wants it.
    fn asked<T>(&self, ask: impl FnOnce(&Following) -> Result<T, OrthancFailed>) -> Result<T, NotFollowed> {
        let began = Instant::now();
        let answer = ask(self).map_err(failed)?;
        std::thread::sleep(self.pace.after(began.elapsed()));
        Ok(answer)
    }
}

impl Counted {
    /// Nothing is asked yet.
    pub fn new(end: End, orthanc: Orthanc) -> Counted {
        Counted { end, orthanc }
    }
}

fn failed(error: OrthancFailed) -> NotFollowed {
    NotFollowed(error.to_string())
}

fn mark(orthanc: &Orthanc) -> Result<Mark, NotFollowed> {
    let mark = orthanc.mark().map_err(failed)?;
    mark.ok_or_else(|| {
        NotFollowed("something came whenever the archive was asked where it stands".to_owned())
    })
}

impl Followed for Following {
    fn list(&mut self, go_on: &dyn Fn() -> bool) -> Option<Holding> {
        hold(&mut self.source, &|_| true, Limits::default(), self.pace, |_| go_on())
    }

    fn mark(&mut self) -> Result<Mark, NotFollowed> {
        mark(&self.orthanc)
    }

    fn stored_since(&mut self, mark: Mark) -> Result<Option<BTreeSet<StudyUid>>, NotFollowed> {
        let (mut studies, mut seen) = (BTreeSet::new(), BTreeSet::new());
        let mut last = mark.last;
        loop {
            let page = self.asked(|this| this.orthanc.stored_since(last, CHANGES_PAGE))?;
            for id in page.instances {
                if seen.contains(&id) {
                    continue;
                }
                // Gone again: then the numbers of objects say so.
                let Some(uid) = self.asked(|this| this.orthanc.study_of_instance(&id))? else { continue };
                let (uid, _odd) =
                    Uid::as_found(&uid).map_err(|error| NotFollowed(format!("object {id}: {error}")))?;
                // What else came to this examination needs no question of its own.
                for known in self.asked(|this| this.orthanc.studies_of(uid.as_str()))? {
                    let of_study = self.asked(|this| this.orthanc.instances_of(&known))?;
                    seen.extend(of_study.into_iter().map(|one| one.id));
                }
                studies.insert(StudyUid(uid));
            }
            if page.done {
                return Ok(Some(studies));
            }
            last = page.last;
        }
    }

    fn sizes(&mut self) -> Result<BTreeMap<Box<str>, u64>, NotFollowed> {
        let mut sizes: BTreeMap<Box<str>, u64> = BTreeMap::new();
        let mut offset = 0;
        loop {
            let page = self.asked(|this| this.orthanc.series_sizes(offset, SERIES_PAGE))?;
            if page.is_empty() {
                return Ok(sizes);
            }
            offset += page.len() as u64;
            for series in page {
                let uid = series.uid.trim_end_matches(['\0', ' ']).into();
                *sizes.entry(uid).or_default() += series.instances;
            }
        }
    }

    fn examination(&mut self, study: &StudyUid) -> Result<Examination, NotFollowed> {
        self.asked(|this| this.source.examination(study))
    }
}

impl Followed for Counted {
    fn list(&mut self, go_on: &dyn Fn() -> bool) -> Option<Holding> {
        hold(&mut *self.end.source, &|_| true, Limits::default(), self.end.pace, |_| go_on())
    }

    fn mark(&mut self) -> Result<Mark, NotFollowed> {
        mark(&self.orthanc)
    }

    fn stored_since(&mut self, _: Mark) -> Result<Option<BTreeSet<StudyUid>>, NotFollowed> {
        Ok(None)
    }

    fn sizes(&mut self) -> Result<BTreeMap<Box<str>, u64>, NotFollowed> {
        Err(not_told())
    }

    fn examination(&mut self, _: &StudyUid) -> Result<Examination, NotFollowed> {
        Err(not_told())
    }
}

fn not_told() -> NotFollowed {
    NotFollowed("the archive does not tell what changed: it is listed whole".to_owned())
}
