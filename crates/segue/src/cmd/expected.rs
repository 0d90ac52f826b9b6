//! `segue compare archive A B --expected FILE…`: what was to be there, out of messages and logs, against both archives. What neither got is found by that
//! alone; everything that is missing is listed most urgent first.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

use adapter_dicom::source::{End, Held, Question, list_both};
use archive::circumstances::{Asked, Patients, latest_of};
use archive::coverage::Limits;
use archive::expected::{Expected, Named, Whereabouts, name_patients, whereabouts};
use archive::reason::Side;
use archive::urgency::{Circumstances, Urgency, ranked, ranked_expected};
use archive::verdict::Missing;
use archive::{Holding, Reason, Tier, Verdict};
use jiff::tz::TimeZone;
use model::{Date, Time};
use serde_json::{Value, json};
use server::importer::Watch;

use super::Failed;
use super::compare::known;
use super::compared::{Compared, DIFFERS, UNPROVEN};
use crate::config::Config;
use crate::out::{Out, findings, progress, say, stopped_by_ctrl_c};
use crate::place::{now, time_text};

/// What the files say.
struct Told {
    patients: Patients,
    /// Every examination that was done, from the beginning of the days that are compared on.
    expected: Vec<Expected>,
    /// Examinations that were done before those days.
    earlier: u64,
    /// Files of which something could not be read: what it says is not known.
    unread: u64,
}

/// Compares, looks for everything that was to be there, and tells.
pub(super) async fn run(
    config: &Config,
    (a, b): (&str, &str),
    since: Option<Date>,
    files: &[PathBuf],
    out: &mut Out,
) -> Result<ExitCode, Failed> {
    if a == b {
        return Err(Failed::Refused(format!("{a} and {b} are one archive; name the two to compare")));
    }
    let ends = (known(config, a)?.end(a)?, known(config, b)?.end(b)?);
    let cut = now();
    let mut told = told(config, files, since, cut)?;
    let watch = Watch::default();
    let bar = progress(&watch, "examinations");
    let stopping = stopped_by_ctrl_c(&watch);
    let listed = tokio::task::spawn_blocking(move || listed(ends, since, cut, &watch)).await;
    drop((stopping, bar));
    let Some((mut of_a, of_b)) = listed.map_err(Failed::from_error)? else {
        return Err(Failed::Refused("stopped; nothing is proven".to_owned()));
    };
    told.patients.merges().into_iter().for_each(|merge| of_a.merge(merge));
    let verdict = archive::compare(&of_a, &of_b, cut, Tier::Identity);
    name_patients(&mut told.expected, &of_a, &of_b);
    let places = whereabouts(&told.expected, &of_a, &of_b, cut);
    let compared = Compared { a: a.to_owned(), b: b.to_owned(), since, cut, verdict };
    let looked = Looked { told: &told, places: &places, compared: &compared };
    out.result(&looked.value(), || looked.text().join("\n"))?;
    Ok(ExitCode::from(looked.status()))
}

fn listed((a, b): (End, End), since: Option<Date>, cut: Time, watch: &Watch) -> Option<(Holding, Holding)> {
    let question = Question { since, limits: Limits::default(), cut };
    let both = Mutex::new([Held::default(); 2]);
    list_both(a, b, question, &|side, held| {
        // A thread that broke down while counting has done no harm to the counts.
        let mut both = both.lock().unwrap_or_else(|broken| broken.into_inner());
        let [of_a, of_b] = &mut *both;
        match side {
            Side::A => *of_a = held,
            Side::B => *of_b = held,
        }
        watch.report(of_a.studies + of_b.studies, of_a.of + of_b.of);
        !watch.is_stopped()
    })
}

/// Reads every file; what is wrong with any of them is said.
fn told(config: &Config, files: &[PathBuf], since: Option<Date>, now: Time) -> Result<Told, Failed> {
    let zone = TimeZone::get(&config.time_zone).map_err(Failed::from_error)?;
    let site = config.hl7.site()?;
    let mut told = Told { patients: Patients::new(), expected: Vec::new(), earlier: 0, unread: 0 };
    if config.hl7.has_whole_theatre_list() {
        told.patients.has_whole_theatre_list();
    }
    for path in files {
        let source = name(path);
        let bytes = adapter_input::read_limited(&source, path, adapter_hl7::FILE_MAX_BYTES)
            .map_err(Failed::from_error)?;
        if adapter_hl7::is_hl7(&bytes) {
            let terms = adapter_hl7::Terms { source: &source, zone: &zone, now, site: &site };
            let read = adapter_hl7::read_messages(&bytes, &terms);
            findings(&read.findings, 0);
            told.unread += u64::from(!read.is_whole());
            say(&format!("{source}: {} messages, {} of other kinds", read.messages, read.passed_over));
            read.told.into_iter().for_each(|one| told.patients.told(one));
        } else {
            let terms = adapter_modality::Terms { source: &source, zone: &zone, now };
            match adapter_modality::read_log(&bytes, &terms) {
                Ok(expected) => told.expected.extend(expected),
                Err(wrong) => {
                    findings(&wrong, 0);
                    told.unread += 1;
                }
            }
        }
    }
    told.expected.extend(told.patients.expected());
    if let Some(from) = since.and_then(|since| begins(since, &zone)) {
        let all = told.expected.len() as u64;
        told.expected.retain(|one| one.done >= from);
        told.earlier = all - told.expected.len() as u64;
    }
    Ok(told)
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

/// What came of it.
struct Looked<'a> {
    told: &'a Told,
    places: &'a Result<Vec<Whereabouts>, Vec<Reason>>,
    compared: &'a Compared,
}

impl Looked<'_> {
    /// What must be looked for, most urgent first.
    fn sought(&self) -> Vec<(Urgency, &Expected, &Whereabouts)> {
        let of = |one: &Expected| {
            let (accession, study) = match &one.named {
                Named::Study(uid) => ("", Some(uid)),
                Named::Accession(text) => (&**text, None),
            };
            self.circumstances(Asked { patient: &one.patient, accession, study, latest: Some(one.done) })
        };
        match self.places {
            Ok(places) => ranked_expected(&self.told.expected, places, self.compared.cut, of),
            Err(_) => Vec::new(),
        }
    }

    /// What one archive lacks of the other, most urgent first, with the name of the archive that lacks it.
    fn lacking(&self) -> Vec<(&str, Urgency, &Missing)> {
        let of = |missing: &Missing| {
            let study = &missing.study;
            self.circumstances(Asked {
                patient: &study.patient,
                accession: &study.accession,
                study: Some(&study.uid),
                latest: latest_of(&study.date),
            })
        };
        let Verdict::Proven(proven) = &self.compared.verdict else { return Vec::new() };
        let sides = [(&*self.compared.b, &proven.a_only), (&*self.compared.a, &proven.b_only)];
        let each = |(who, list)| {
            let ranked = ranked(list, self.compared.cut, of);
            ranked.into_iter().map(move |(urgency, missing)| (who, urgency, missing))
        };
        let mut all: Vec<_> = sides.into_iter().flat_map(each).collect();
        all.sort_by_key(|(_, urgency, _)| *urgency);
        all
    }

    fn circumstances(&self, asked: Asked<'_>) -> Circumstances {
        self.told.patients.circumstances(asked, self.compared.cut)
    }

    /// 0 only when both hold the same, and everything that was to be there, and all of that is known.
    fn status(&self) -> u8 {
        let is_unknown = self.told.unread > 0 || self.told.expected.is_empty();
        match (self.compared.status(), self.places) {
            (UNPROVEN, _) | (_, Err(_)) => UNPROVEN,
            (status, Ok(_)) if !self.sought().is_empty() => status.max(DIFFERS),
            (0, Ok(_)) if is_unknown => UNPROVEN,
            (status, Ok(_)) => status,
        }
    }

    fn value(&self) -> Value {
        let mut value = self.compared.value();
        let sought = self.sought();
        let missing: Vec<Value> = sought
            .iter()
            .map(|(urgency, one, place)| json!({"urgency": urgency, "expected": one, "place": place}))
            .collect();
        let lacking: Vec<Value> = self
            .lacking()
            .iter()
            .map(|(who, urgency, missing)| json!({"urgency": urgency, "lacking": who, "study": missing.study.uid}))
            .collect();
        let not_looked_for = match self.places {
            Ok(_) => Vec::new(),
            Err(reasons) => reasons.iter().map(ToString::to_string).collect(),
        };
        value["expected"] = json!({
            "asked": self.told.expected.len(), "missing": missing, "done_before_since": self.told.earlier,
            "files_not_read_whole": self.told.unread, "not_looked_for": not_looked_for,
        });
        value["most_urgent_first"] = json!(lacking);
        value
    }

    fn text(&self) -> Vec<String> {
        let mut lines = self.compared.text();
        let lacking = self.lacking();
        if !lacking.is_empty() {
            lines.push("MOST URGENT FIRST:".to_owned());
        }
        lines.extend(lacking.iter().map(|(who, urgency, missing)| {
            let study = &missing.study;
            format!(
                "  {}: {who} lacks {} of {}, accession {}",
                word(*urgency),
                study.uid,
                study.date,
                or_none(&study.accession)
            )
        }));
        let asked = self.told.expected.len();
        let sought = self.sought();
        match self.places {
            Err(_) => lines.push(format!(
                "WHAT WAS TO BE THERE ({asked} examinations) was not looked for: an archive is not listed whole."
            )),
            Ok(_) if asked == 0 => lines.push("NOTHING WAS EXPECTED: no file names an examination that was done.".to_owned()),
            Ok(_) if sought.is_empty() => lines.push(format!("Of {asked} examinations that were to be there none is missing.")),
            Ok(_) => lines.push(format!("MISSING: {} of {asked} examinations that were to be there, most urgent first:", sought.len())),
        }
        lines.extend(sought.iter().map(|(urgency, one, place)| {
            let patient = if one.patient.is_known() { one.patient.id() } else { "nobody known" };
            let named = match &one.named {
                Named::Study(uid) => uid.to_string(),
                Named::Accession(text) => format!("accession {}", or_none(text)),
            };
            format!(
                "  {}: {named} of {patient}, done {}: {}",
                word(*urgency),
                time_text(one.done),
                self.place(place)
            )
        }));
        if self.told.earlier > 0 {
            lines.push(format!("  {} were done before and not looked for", self.told.earlier));
        }
        if self.told.unread > 0 {
            lines.push(format!(
                "NOT KNOWN: of {} files something could not be read; what it says may be missing as well.",
                self.told.unread
            ));
        }
        lines
    }

    fn place(&self, place: &Whereabouts) -> String {
        let (a, b) = (&self.compared.a, &self.compared.b);
        match place {
            Whereabouts::Both | Whereabouts::BothAsFarAsNamed => "at both".to_owned(),
            Whereabouts::OneOnly { at, instances } => {
                let at = match at {
                    Side::A => a,
                    Side::B => b,
                };
                let what = if instances.is_empty() {
                    "all of it".to_owned()
                } else {
                    format!("{} objects", instances.len())
                };
                format!("{what} at {at} only")
            }
            Whereabouts::Neither { instances } if instances.is_empty() => {
                format!("neither at {a} nor at {b}")
            }
            Whereabouts::Neither { instances } => {
                format!("{} objects neither at {a} nor at {b}", instances.len())
            }
            Whereabouts::Fewer { there, counted } => {
                format!("{there} objects are there, {counted} were made")
            }
            Whereabouts::InFlight => "on its way".to_owned(),
            Whereabouts::NotTold { fits: 0 } => "it bears no name by which it could be found".to_owned(),
            Whereabouts::NotTold { fits } => format!("its name fits {fits} examinations"),
        }
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Emergency => "EMERGENCY",
        Urgency::Theatre => "THEATRE",
        Urgency::Unknown => "UNKNOWN (may be urgent)",
        Urgency::Inpatient => "inpatient",
        Urgency::Prior => "prior",
        Urgency::Rest => "rest",
    }
}
