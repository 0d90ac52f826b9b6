//! What files and worklists say was to be there, and of patients: HL7 messages, batches of them, logs of modalities.

use std::path::{Path, PathBuf};

use archive::circumstances::{Asked, Patients, latest_of};
use archive::expected::{Expected, Named, Whereabouts, name_patients, whereabouts};
use archive::kept::{LookedFor, Untold};
use archive::urgency::Circumstances;
use archive::{Holding, Reason, Study};
use jiff::tz::TimeZone;
use model::{Date, Finding, Time};

use super::worklists::{self, Worklists};
use crate::cmd::Failed;
use crate::config::Config;
use crate::hl7::Hl7Config;

/// Most files that are read for one comparison.
pub(crate) const FILES_MAX: usize = 10_000;

/// What the files say.
pub(crate) struct Told {
    pub(crate) patients: Patients,
    /// Every examination that was done, from the beginning of the days that are compared on.
    pub(crate) expected: Vec<Expected>,
    /// Examinations that were done before those days.
    pub(crate) earlier: u64,
    /// Files of which something could not be read: what it says is not known.
    pub(crate) unread: u64,
    /// Worklists that did not tell all of it.
    pub(crate) untold: Vec<Untold>,
}

/// Where it is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asking {
    /// Files and folders.
    pub(crate) files: Vec<PathBuf>,
    /// Worklists, as the configuration names them.
    pub(crate) worklists: Vec<String>,
}

impl Asking {
    /// Is nobody asked?
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.worklists.is_empty()
    }
}

/// How files are read, and which worklists there are.
#[derive(Clone, Debug)]
pub(crate) struct Telling {
    hl7: Hl7Config,
    worklists: Worklists,
    time_zone: String,
}

impl Telling {
    /// As the configuration has it.
    pub(crate) fn new(config: &Config) -> Telling {
        Telling {
            hl7: config.hl7.clone(),
            worklists: config.worklists.clone(),
            time_zone: config.time_zone.clone(),
        }
    }

    /// Reads every file, and those of folders, and asks the worklists what is due by now. `says` hears of each what was read, and what is wrong with it.
    pub(crate) fn read(
        &self,
        asking: &Asking,
        since: Option<Date>,
        now: Time,
        mut says: impl FnMut(&str, String, &[Finding]),
    ) -> Result<Told, Failed> {
        let paths = &*asking.files;
        let zone = TimeZone::get(&self.time_zone).map_err(Failed::from_error)?;
        let site = self.hl7.site()?;
        let (expected, untold) = (Vec::new(), Vec::new());
        let mut told = Told { patients: Patients::new(), expected, earlier: 0, unread: 0, untold };
        if self.hl7.has_whole_theatre_list() {
            told.patients.has_whole_theatre_list();
        }
        for path in files(paths)? {
            let source = name(&path);
            let bytes = match adapter_input::read_limited(&source, &path, adapter_hl7::FILE_MAX_BYTES) {
                Ok(bytes) => bytes,
                // One of a folder may be gone again, or be another thing: what it said is not known.
                Err(error) if !paths.contains(&path) => {
                    says(&source, format!("not read: {error}"), &[]);
                    told.unread += 1;
                    continue;
                }
                Err(error) => return Err(Failed::from_error(error)),
            };
            if adapter_hl7::is_hl7(&bytes) {
                let terms = adapter_hl7::Terms { source: &source, zone: &zone, now, site: &site };
                let read = adapter_hl7::read_messages(&bytes, &terms);
                told.unread += u64::from(!read.is_whole());
                let counts = format!("{} messages, {} of other kinds", read.messages, read.passed_over);
                says(&source, counts, &read.findings);
                read.told.into_iter().for_each(|one| told.patients.told(one));
            } else {
                let terms = adapter_modality::Terms { source: &source, zone: &zone, now };
                match adapter_modality::read_log(&bytes, &terms) {
                    Ok(expected) => told.expected.extend(expected),
                    Err(wrong) => {
                        says(&source, "nothing of it is read".to_owned(), &wrong);
                        told.unread += 1;
                    }
                }
            }
        }
        for name in &asking.worklists {
            let worklist = worklists::known(&self.worklists, name).map_err(Failed::Refused)?;
            match worklists::tell((name, worklist), (&zone, since, now), &mut told.patients) {
                Ok(steps) => says(name, format!("{steps} steps are scheduled until tomorrow"), &[]),
                Err(untold) => {
                    says(name, format!("not known: {}", untold.why), &[]);
                    told.untold.push(untold);
                }
            }
        }
        told.expected.extend(told.patients.expected(now));
        if let Some(from) = since.and_then(|since| begins(since, &zone)) {
            let all = told.expected.len() as u64;
            told.expected.retain(|one| one.done >= from);
            told.earlier = all - told.expected.len() as u64;
        }
        Ok(told)
    }
}

/// The files, and those in folders by name.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failed> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let unreadable = |error: std::io::Error| Failed::Refused(format!("{}: {error}", path.display()));
            let mut within = Vec::new();
            for entry in std::fs::read_dir(path).map_err(unreadable)? {
                let entry = entry.map_err(unreadable)?.path();
                let is_hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
                within.extend((entry.is_file() && !is_hidden).then_some(entry));
                if within.len() > FILES_MAX {
                    break;
                }
            }
            within.sort();
            files.extend(within);
        } else {
            files.push(path.clone());
        }
    }
    if files.len() > FILES_MAX {
        return Err(Failed::Refused(format!(
            "more than {FILES_MAX} files; put messages together into batches, or leave old days out"
        )));
    }
    Ok(files)
}

/// The first instant of a day.
fn begins(day: Date, zone: &TimeZone) -> Option<Time> {
    let (year, month, day) = day.ymd();
    let date = jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some(Time(date.to_zoned(zone.clone()).ok()?.timestamp().as_microsecond()))
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

impl Told {
    /// Where each expected examination is; merged patients become known to `of_a`.
    pub(crate) fn look_for(
        &mut self,
        of_a: &mut Holding,
        of_b: &Holding,
        cut: Time,
    ) -> Result<Vec<Whereabouts>, Vec<Reason>> {
        self.patients.merges().into_iter().for_each(|merge| of_a.merge(merge));
        name_patients(&mut self.expected, of_a, of_b);
        whereabouts(&self.expected, of_a, of_b, cut)
    }

    /// The same in short, as it is recorded; `None` where a list has a gap, so that nothing was looked for.
    pub(crate) fn looked_for(&self, places: &Result<Vec<Whereabouts>, Vec<Reason>>) -> Option<LookedFor> {
        let places = places.as_ref().ok()?;
        let untold = self.untold.clone();
        Some(LookedFor { unread: self.unread, untold, ..LookedFor::new(&self.expected, places) })
    }

    /// What is known of an examination as an archive lists it.
    pub(crate) fn of_study(&self, study: &Study, now: Time) -> Circumstances {
        let asked = Asked {
            patient: &study.patient,
            accession: &study.accession,
            study: Some(&study.uid),
            latest: latest_of(&study.date),
        };
        self.patients.circumstances(asked, now)
    }

    /// What is known of one that was to be there.
    pub(crate) fn of_expected(&self, one: &Expected, now: Time) -> Circumstances {
        let (accession, study) = match &one.named {
            Named::Study(uid) => ("", Some(uid)),
            Named::Accession(text) => (&**text, None),
        };
        let asked = Asked { patient: &one.patient, accession, study, latest: Some(one.done) };
        self.patients.circumstances(asked, now)
    }
}
