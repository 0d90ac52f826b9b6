//! Worklists in the configuration: what modalities are to make, and when. One that cannot be asked, or does not tell all of it, is not known: that is said, and no
//! reason to stop.

use std::collections::BTreeMap;
use std::path::PathBuf;

use adapter_dicom::dimse::{Asked, Association, NotWhole, Scheduled, Service, whole};
use archive::circumstances::Patients;
use archive::kept::Untold;
use jiff::tz::TimeZone;
use model::{Date, Time};
use serde::{Deserialize, Serialize};

use super::port::{Port, wrong};
use crate::cmd::Failed;

/// Every worklist by its name.
pub(crate) type Worklists = BTreeMap<String, WorklistConfig>;

/// Longest time after which a step that was to begin is late.
const LATE_MAX_MINUTES: u32 = 24 * 60;
/// As much is kept of why a worklist is not known, in characters.
const WHY_MAX_CHARACTERS: usize = 400;
/// A day, in seconds.
const DAY_SECONDS: i64 = 86_400;

/// One worklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WorklistConfig {
    /// Computer, port and title of its DICOM port.
    host: String,
    port: u16,
    title: String,
    /// Ours; many worklists show a modality its own steps only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    calling: Option<String>,
    /// DICOM over TLS.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    tls: bool,
    /// Certificates that are trusted, in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trusted: Option<PathBuf>,
    /// Our certificate and key, in PEM, where the other end wants them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<PathBuf>,
    /// A step is expected in the archives so long after it was to begin; at once where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    late_after_minutes: Option<u32>,
}

impl WorklistConfig {
    /// What does not go together.
    pub(crate) fn check(&self, name: &str) -> Result<(), Failed> {
        let port = self.port(name);
        if self.late_after_minutes.is_some_and(|minutes| minutes > LATE_MAX_MINUTES) {
            let says = format!("late_after_minutes is a whole number from 0 to {LATE_MAX_MINUTES}");
            return Err(wrong(&port.section, &says));
        }
        port.check()?;
        // Certificates are read when it is asked: they may be renewed meanwhile.
        Port { tls: false, ..port }.peer().map(|_| ())
    }

    fn port(&self, name: &str) -> Port<'_> {
        Port {
            section: format!("worklists.{name}"),
            host: &self.host,
            port: self.port,
            title: &self.title,
            calling: self.calling.as_deref(),
            tls: self.tls,
            trusted: self.trusted.as_ref(),
            certificate: self.certificate.as_ref(),
            key: self.key.as_ref(),
        }
    }

    /// What is scheduled from a day on until tomorrow, so that no time zone leaves anything out.
    fn scheduled(&self, name: &str, since: Option<Date>, now: Time) -> Result<Vec<Scheduled>, String> {
        let peer = self.port(name).peer().map_err(|error| error.sentence())?;
        let tomorrow = Date::of_days(now.0.div_euclid(DAY_SECONDS * 1_000_000) + 1);
        let asked = Asked { from: since, to: tomorrow, ..Asked::default() };
        let read = || -> Result<Vec<Scheduled>, NotWhole> {
            let mut association = Association::new(&peer, Service::Worklist)?;
            let steps = whole(&asked, &mut |asked| association.worklist(asked))?;
            association.release();
            Ok(steps)
        };
        read().map_err(|error| error.to_string())
    }
}

/// A worklist of the configuration.
pub(super) fn known<'a>(worklists: &'a Worklists, name: &str) -> Result<&'a WorklistConfig, String> {
    worklists.get(name).ok_or_else(|| {
        let known: Vec<&str> = worklists.keys().map(String::as_str).collect();
        let known = if known.is_empty() { "there is none".to_owned() } else { known.join(", ") };
        format!("there is no [worklists.{name}]; known: {known}")
    })
}

/// Tells `patients` what is scheduled; answers how many steps, or that it is not known.
pub(super) fn tell(
    (name, worklist): (&str, &WorklistConfig),
    (zone, since, now): (&TimeZone, Option<Date>, Time),
    patients: &mut Patients,
) -> Result<usize, Untold> {
    let untold = |why: String| Untold {
        worklist: name.into(),
        why: why.trim_end_matches('.').chars().take(WHY_MAX_CHARACTERS).collect::<String>().into(),
    };
    let steps = worklist.scheduled(name, since, now).map_err(untold)?;
    let late = i64::from(worklist.late_after_minutes.unwrap_or(0)) * 60;
    let due = |step: &Scheduled| Some(step.begins(zone)?.plus_seconds(late));
    let told: Option<Vec<_>> = steps.iter().map(|step| Some(step.told(now, due(step)?))).collect();
    let Some(told) = told else {
        return Err(untold("some of its steps do not say when they begin".to_owned()));
    };
    let count = told.len();
    told.into_iter().for_each(|one| patients.told(one));
    Ok(count)
}
