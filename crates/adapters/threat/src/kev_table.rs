//! The CSV form of the catalogue of known exploited vulnerabilities.

use std::collections::HashSet;

use adapter_input::{Findings, Reason, Refused};
use model::Date;
use model::finding::{Place, Severity};
use model::threat::KevEntry;

use crate::cve::{CVE_EXPECTED, is_cve};
use crate::kev::{KEV_ENTRIES_MAX_COUNT, KevCatalog, is_known};

const HEADER_EXPECTED: &str = "CISA's catalogue as CSV, with the columns cveID and dateAdded";

/// Where the columns are, counted from 0.
struct Columns {
    cve: usize,
    added: usize,
    due: Option<usize>,
    ransomware: Option<usize>,
}

/// Reads the table from `bytes`.
pub(crate) fn read(source: &str, bytes: &[u8], findings: &mut Findings) -> Result<KevCatalog, Refused> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let place = Place::Byte(error.valid_up_to() as u64);
        Refused::new(Reason::Encoding, source, place, "this is not UTF-8", "text in UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let unreadable = |row: u64, error: &csv::Error| {
        let problem = format!("the table cannot be read: {error}");
        Refused::new(Reason::Syntax, source, Place::Row { row }, &problem, HEADER_EXPECTED)
    };
    let header = reader.headers().map_err(|error| unreadable(1, &error))?;
    let columns = columns(header).ok_or_else(|| {
        let start = header.iter().take(4).collect::<Vec<_>>().join(",");
        let problem = "this is not a catalogue of known exploited vulnerabilities";
        Refused::new(Reason::OtherKind, source, Place::Row { row: 1 }, problem, HEADER_EXPECTED)
            .showing(&start)
    })?;
    let (mut catalog, mut known) = (KevCatalog::default(), HashSet::new());
    for (row, record) in (2..).zip(reader.records()) {
        let record = record.map_err(|error| unreadable(row, &error))?;
        if catalog.entries.len() >= KEV_ENTRIES_MAX_COUNT {
            let expected = format!("at most {KEV_ENTRIES_MAX_COUNT} entries");
            let place = Place::Row { row };
            return Err(Refused::new(
                Reason::Limit,
                source,
                place,
                "the catalogue has too many entries",
                &expected,
            ));
        }
        if let Some(entry) = one(row, &record, &columns, findings) {
            if known.insert(entry.cve.clone()) {
                catalog.entries.push(entry);
            } else {
                let problem = "this CVE is listed twice; the first counts";
                findings.add(
                    Severity::Warning,
                    cell(row, "cveID"),
                    Some(&entry.cve),
                    problem,
                    "each CVE once",
                );
            }
        }
    }
    Ok(catalog)
}

fn columns(header: &csv::StringRecord) -> Option<Columns> {
    let find = |name: &str| header.iter().position(|column| column.trim().eq_ignore_ascii_case(name));
    Some(Columns {
        cve: find("cveID")?,
        added: find("dateAdded")?,
        due: find("dueDate"),
        ransomware: find("knownRansomwareCampaignUse"),
    })
}

fn cell(row: u64, column: &str) -> Place {
    Place::Cell { row, column: column.into() }
}

fn one(row: u64, record: &csv::StringRecord, columns: &Columns, findings: &mut Findings) -> Option<KevEntry> {
    let get = |column: usize| record.get(column).unwrap_or("").trim();
    let cve = get(columns.cve);
    if !is_cve(cve) {
        let problem = "this is not a CVE id; the row is left out";
        findings.add(Severity::Warning, cell(row, "cveID"), Some(cve), problem, CVE_EXPECTED);
        return None;
    }
    let mut day = |column: usize, name: &str, problem: &str| {
        let read = Date::parse(get(column)).ok();
        if read.is_none() {
            findings.add(Severity::Warning, cell(row, name), Some(get(column)), problem, "YYYY-MM-DD");
        }
        read
    };
    let added = day(columns.added, "dateAdded", "this is not a day; the row is left out")?;
    let due = columns.due.filter(|column| !get(*column).is_empty());
    let due =
        due.and_then(|column| day(column, "dueDate", "this is not a day; the entry has no due date now"));
    Some(KevEntry {
        cve: cve.into(),
        added,
        due,
        ransomware: columns.ransomware.is_some_and(|c| is_known(get(c))),
    })
}
