//! `segue bundle`: which patches of a catalogue go onto a device together, in which order, with which restarts; or why they do not.
//! docs/patches.md says what a catalogue may hold.

use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::device::Installer;
use model::finding::{Place, Severity};
use model::ids::PatchId;
use model::plan::Owner;
use model::{AssetTag, Date, Finding};
use planning::bundle::{Bundle, Catalogue, Conflict, Resolution, Subject, Treatment, resolve};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::Failed;
use crate::args::{BundleAsked, TreatmentArg};
use crate::config::Config;
use crate::out::{self, Out};
use crate::place::{now, open_node};

/// Longest catalogue file.
const CATALOGUE_SIZE_MAX_BYTES: u64 = 64 * 1024 * 1024;
/// `--installed none`: nothing is.
const NOTHING: &str = "none";

pub(super) async fn bundle(config: &Config, asked: BundleAsked, out: &mut Out) -> Result<(), Failed> {
    let catalogue = read(&asked.catalogue)?;
    let subject = subject(config, &asked).await?;
    let mut wanted = ids(&asked.wanted)?;
    if wanted.is_empty() {
        wanted = catalogue.newest_for(&subject);
    }
    let found = resolve(&subject, &wanted, &catalogue);
    let mut value = json!(found);
    if let Some(value) = value.as_object_mut() {
        value.insert("device".to_owned(), json!(subject.device));
        value.insert("wanted".to_owned(), json!(wanted));
        value.insert("on".to_owned(), json!(subject.on));
    }
    out.result(&value, || match &found {
        Resolution::Bundle(bundle) => bundle_in_words(&subject, bundle),
        Resolution::Conflict(conflict) => conflict_in_words(&subject, conflict),
        Resolution::Undecided { says } => format!("{}: nothing can be said: {says}", subject.device),
    })?;
    out.flush()?;
    match found {
        Resolution::Bundle(_) => Ok(()),
        Resolution::Conflict(_) | Resolution::Undecided { .. } => {
            Err(Failed::Refused(format!("there is no bundle for {}", subject.device)))
        }
    }
}

/// The device as the register has it, with what the command line says of it.
async fn subject(config: &Config, asked: &BundleAsked) -> Result<Subject, Failed> {
    let node = open_node(config).await?;
    let device = AssetTag::new(&asked.device).map_err(Failed::from_error)?;
    let on = match &asked.on {
        Some(day) => Date::parse(day).map_err(Failed::from_error)?,
        None => today(&config.time_zone)?,
    };
    let installed = match asked.installed.as_slice() {
        [] => None,
        [only] if only == NOTHING => Some(Vec::new()),
        names => Some(ids(names)?),
    };
    node.read(|state| {
        let known = state.register().by_tag(device.as_str()).filter(|known| !known.is_retired());
        let known =
            known.ok_or_else(|| Failed::Refused(format!("there is no device {device} in the register")))?;
        let by = match &asked.by {
            None => known.installer(),
            Some(word) => Installer::from_word(word).ok_or_else(|| {
                Failed::Refused(format!("--by is \"{word}\"; staff, vendor or third_party would be right"))
            })?,
        };
        let treatment = match asked.treatment {
            None => Treatment::Unknown,
            Some(TreatmentArg::Free) => Treatment::Free,
            Some(TreatmentArg::InUse) => Treatment::InUse,
        };
        let (manufacturer, model) = (known.manufacturer().into(), known.model().into());
        Ok(Subject { manufacturer, model, by, installed, treatment, on, device: device.clone() })
    })
}

fn today(time_zone: &str) -> Result<Date, Failed> {
    let zone = TimeZone::get(time_zone).map_err(Failed::from_error)?;
    let at = Timestamp::from_microsecond(now().0).map_err(Failed::from_error)?;
    Date::parse(&at.to_zoned(zone).date().to_string()).map_err(Failed::from_error)
}

fn ids(names: &[String]) -> Result<Vec<PatchId>, Failed> {
    names.iter().map(|name| PatchId::new(name).map_err(Failed::from_error)).collect()
}

/// Reads a catalogue: JSON, or the same as TOML.
fn read(file: &Path) -> Result<Catalogue, Failed> {
    let (bytes, _) = crate::imports::read_file(file, CATALOGUE_SIZE_MAX_BYTES).map_err(Failed::from_error)?;
    catalogue(&bytes).map_err(|faults| {
        let finding = |(place, problem): (String, String)| Finding {
            source: file.display().to_string().into(),
            place: Place::Pointer(place.into()),
            value: None,
            problem: problem.into(),
            expected: "see docs/patches.md for what a catalogue may hold".into(),
            severity: Severity::Error,
        };
        out::findings(&faults.into_iter().map(finding).collect::<Vec<_>>(), 0);
        Failed::Refused("the catalogue was not read".to_owned())
    })
}

/// A catalogue, or what is wrong with it: JSON pointers with a sentence each.
fn catalogue(bytes: &[u8]) -> Result<Catalogue, Vec<(String, String)>> {
    let whole = |says: String| vec![(String::new(), says)];
    let text = std::str::from_utf8(bytes).map_err(|error| {
        whole(format!("byte {} is not UTF-8; save the file as UTF-8", error.valid_up_to()))
    })?;
    let value: Value = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| whole(error.to_string()))?
    } else {
        toml::from_str(text).map_err(|error| whole(error.to_string().trim().replace('\n', " ")))?
    };
    let Value::Object(mut parts) = value else {
        return Err(whole("a catalogue is an object with patches, rules and holidays".to_owned()));
    };
    let mut faults = Vec::new();
    let catalogue = Catalogue {
        patches: list(&mut parts, "patches", &mut faults),
        rules: list(&mut parts, "rules", &mut faults),
        holidays: list(&mut parts, "holidays", &mut faults),
    };
    let known = "patches, rules and holidays are what there is";
    faults.extend(parts.keys().map(|key| (format!("/{key}"), format!("\"{key}\" is not known; {known}"))));
    if faults.is_empty() {
        faults = catalogue.faults();
    }
    if faults.is_empty() { Ok(catalogue) } else { Err(faults) }
}

/// A list of the catalogue, each entry read by itself, so that a fault has its place.
fn list<T: DeserializeOwned>(
    parts: &mut Map<String, Value>,
    name: &str,
    faults: &mut Vec<(String, String)>,
) -> Vec<T> {
    let entries = match parts.remove(name) {
        Some(Value::Array(entries)) => entries,
        None if name != "patches" => return Vec::new(),
        Some(_) | None => {
            faults.push((format!("/{name}"), format!("{name} is missing, or no list")));
            return Vec::new();
        }
    };
    let mut read = Vec::with_capacity(entries.len());
    for (place, entry) in entries.into_iter().enumerate() {
        match serde_json::from_value(entry) {
            Ok(entry) => read.push(entry),
            Err(error) => faults.push((format!("/{name}/{place}"), error.to_string())),
        }
    }
    read
}

fn bundle_in_words(subject: &Subject, bundle: &Bundle) -> String {
    let device = &subject.device;
    let mut lines = vec![match (bundle.steps.len(), bundle.restarts) {
        (0, _) => format!("{device}: nothing is to be installed"),
        (_, 1) => format!("{device}: 1 restart"),
        (_, restarts) => format!("{device}: {restarts} restarts"),
    }];
    if !bundle.fewest {
        lines.push("  not every way was tried: there may be one with fewer restarts".to_owned());
    }
    for (number, step) in (1..).zip(&bundle.steps) {
        let install: Vec<&str> = step.install.iter().map(PatchId::as_str).collect();
        lines.push(format!("  {number}. install {}", install.join(", then ")));
        let restart: Vec<&str> = step.restart.iter().map(|kind| kind.word()).collect();
        if !restart.is_empty() {
            lines.push(format!("     restart {}", restart.join(" and ")));
        }
    }
    for (wanted, stands) in &bundle.instead {
        let says = if wanted == stands {
            format!("  {wanted} is on it already")
        } else {
            format!("  {stands} stands for {wanted}")
        };
        lines.push(says);
    }
    lines.extend(bundle.remarks.iter().map(|remark| format!("  to be looked at: {remark}")));
    lines.join("\n")
}

fn conflict_in_words(subject: &Subject, conflict: &Conflict) -> String {
    let which = if conflict.smallest {
        "the smallest set of rules that cannot all hold"
    } else {
        "rules that cannot all hold, none of which can be left out"
    };
    let mut lines = vec![format!("{}: this cannot be installed; {which}:", subject.device)];
    let reason = |reason: &planning::bundle::Reason| {
        format!("  {}: {} ({})", whose(reason.owner), reason.says, reason.rule)
    };
    lines.extend(conflict.reasons.iter().map(reason));
    lines.join("\n")
}

fn whose(owner: Owner) -> &'static str {
    match owner {
        Owner::ClinicalEngineering => "clinical engineering",
        Owner::It => "IT",
        Owner::Vendor => "the maker",
        Owner::Ward => "the ward",
    }
}
