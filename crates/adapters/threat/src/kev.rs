//! CISA's catalogue of known exploited vulnerabilities, as its JSON document or its CSV table.

use std::collections::HashSet;
use std::io::Read;

use adapter_input::{At, DOCUMENT_SIZE_MAX_BYTES, Document, Fault, Findings, Reason, Refused, read_stream};
use model::Date;
use model::finding::{Finding, Severity};
use model::threat::KevEntry;

use crate::cve::{CVE_EXPECTED, is_cve};
use crate::kev_table;

/// Most entries of a catalogue.
pub const KEV_ENTRIES_MAX_COUNT: usize = 200_000;

/// A catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KevCatalog {
    /// `catalogVersion`; the table form has none.
    pub version: Option<Box<str>>,
    /// `dateReleased`, RFC 3339 as written; the table form has none.
    pub date_released: Option<Box<str>>,
    /// The entries, in the catalogue's order, no CVE twice.
    pub entries: Vec<KevEntry>,
}

/// Reads the catalogue, JSON or CSV, told apart by the first character. `source` names it in messages.
///
/// An entry without a CVE id or a day it was added, or that repeats a CVE, is left out with a warning; a catalogue of
/// which nothing could be read is refused.
pub fn read_kev(source: &str, reader: impl Read) -> Result<(KevCatalog, Vec<Finding>), Refused> {
    let bytes = read_stream(source, reader, 0, DOCUMENT_SIZE_MAX_BYTES)?;
    let content = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut findings = Findings::new(source);
    let catalog = match content.trim_ascii_start().first() {
        Some(b'{' | b'[') => {
            let document = Document::parse(source, &bytes)?;
            of_json(&At::root(&document.root), &mut findings).map_err(|fault| fault.refuse(source))?
        }
        _ => kev_table::read(source, &bytes, &mut findings)?,
    };
    Ok((catalog, findings.finish()))
}

fn of_json(root: &At<'_, '_>, findings: &mut Findings) -> Result<KevCatalog, Fault> {
    let Ok(Some(list)) = root.get("vulnerabilities") else {
        let problem = "this is not a catalogue of known exploited vulnerabilities";
        return Err(root.fault(Reason::OtherKind, problem, "CISA's catalogue, with /vulnerabilities"));
    };
    let mut catalog = KevCatalog {
        version: root.text_of("catalogVersion")?.map(Into::into),
        date_released: root.text_of("dateReleased")?.map(Into::into),
        entries: Vec::new(),
    };
    let mut known = HashSet::new();
    let mut seen = 0_u64;
    for entry in list.items()? {
        seen += 1;
        if catalog.entries.len() >= KEV_ENTRIES_MAX_COUNT {
            let expected = format!("at most {KEV_ENTRIES_MAX_COUNT} entries");
            return Err(list.fault(Reason::Limit, "the catalogue has too many entries", expected));
        }
        if let Some(read) = one(&entry, findings)? {
            match known.insert(read.cve.clone()) {
                true => catalog.entries.push(read),
                false => {
                    let id = entry.need("cveID")?;
                    id.note(
                        findings,
                        Severity::Warning,
                        "this CVE is listed twice; the first counts",
                        "each CVE once",
                    );
                }
            }
        }
    }
    if let Some(count) = root.get("count")?
        && count.shown().parse() != Ok(seen)
    {
        let expected = format!("{seen}; fetch the catalogue again");
        count.note(
            findings,
            Severity::Warning,
            "the catalogue's count is not its number of entries",
            &expected,
        );
    }
    if seen > 0 && catalog.entries.is_empty() {
        return Err(list.fault(
            Reason::OtherKind,
            "no entry could be read",
            "entries with cveID and dateAdded",
        ));
    }
    Ok(catalog)
}

fn one(entry: &At<'_, '_>, findings: &mut Findings) -> Result<Option<KevEntry>, Fault> {
    let id = entry.need("cveID")?;
    let cve = id.text()?.trim();
    if !is_cve(cve) {
        id.note(findings, Severity::Warning, "this is not a CVE id; the entry is left out", CVE_EXPECTED);
        return Ok(None);
    }
    let added = entry.need("dateAdded")?;
    let Ok(day) = Date::parse(added.text()?.trim()) else {
        added.note(findings, Severity::Warning, "this is not a day; the entry is left out", "YYYY-MM-DD");
        return Ok(None);
    };
    let due = match entry.get("dueDate")? {
        Some(due) if !due.text()?.trim().is_empty() => {
            let day = Date::parse(due.text()?.trim()).ok();
            if day.is_none() {
                due.note(
                    findings,
                    Severity::Warning,
                    "this is not a day; the entry has no due date now",
                    "YYYY-MM-DD",
                );
            }
            day
        }
        Some(_) | None => None,
    };
    let ransomware = entry.text_of("knownRansomwareCampaignUse")?.is_some_and(is_known);
    Ok(Some(KevEntry { cve: cve.into(), added: day, due, ransomware }))
}

/// `Known` means known use by ransomware; `Unknown` and anything else do not.
pub(crate) fn is_known(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case("known")
}
