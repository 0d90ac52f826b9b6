//! One CSAF document: its head, and the whole put together. Section numbers are those of CSAF 2.0 (OASIS).

use adapter_input::{At, Document, Fault, Findings, Reason, Refused};
use model::advisory::{Advisory, AdvisoryKey, AdvisoryStatus};
use model::finding::{Finding, Place, Severity};
use sha2::{Digest, Sha256};

use crate::products::Tree;
use crate::{
    FLATTENED_FREE_BYTES, FLATTENED_PER_BYTE_MAX, NAME_LENGTH_MAX_BYTES, kind, products, vulnerabilities,
};

/// How many bytes may still be copied while a document is flattened: a small document must not grow into a large one.
pub(crate) struct Budget {
    left_bytes: usize,
}

impl Budget {
    fn of(document_bytes: usize) -> Budget {
        Budget { left_bytes: document_bytes.saturating_mul(FLATTENED_PER_BYTE_MAX) + FLATTENED_FREE_BYTES }
    }

    /// Copies `text`, if that is still within the budget; `at` is where it is needed.
    pub(crate) fn copy(&mut self, text: &str, at: &At<'_, '_>) -> Result<Box<str>, Fault> {
        let cost = text.len() + size_of::<Box<str>>();
        self.left_bytes = self.left_bytes.checked_sub(cost).ok_or_else(|| {
            let problem = "names and product groups repeat so often that the document grows out of bounds";
            at.fault(Reason::Limit, problem, "a document that stays within a few times its size when read")
        })?;
        Ok(text.into())
    }
}

/// Reads one CSAF 2.0 or 2.1 document. `source` names it in messages.
///
/// What comes back is the document's own words, flattened; each finding is about something odd that did not stop it.
/// Nothing of a refused document is returned. Safe on any bytes: bounded depth, counts, copies and messages.
pub fn read_document(source: &str, bytes: &[u8]) -> Result<(Advisory, Vec<Finding>), Refused> {
    let document = Document::parse(source, bytes)?;
    let mut findings = Findings::new(source);
    if document.byte_order_mark {
        let problem = "a byte-order mark stands before the document";
        findings.add(
            Severity::Note,
            Place::Byte(0),
            None,
            problem,
            "UTF-8 without one; it was read all the same",
        );
    }
    let root = At::root(&document.root);
    let advisory = read(&root, bytes, &mut findings).map_err(|fault| fault.refuse(source))?;
    Ok((advisory, findings.finish()))
}

/// The file name a CSAF document must have (§5.1): its tracking id in lower case, with `_` for each run of characters
/// other than letters, digits, `+` and `-`, and `.json`.
pub fn file_name_of(tracking_id: &str) -> String {
    let mut name = String::with_capacity(tracking_id.len() + 5);
    for c in tracking_id.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' | '+' | '-' => name.push(c),
            _ if name.ends_with('_') => {}
            _ => name.push('_'),
        }
    }
    name + ".json"
}

fn read(root: &At<'_, '_>, bytes: &[u8], findings: &mut Findings) -> Result<Advisory, Fault> {
    let head = match root.get("document") {
        Ok(Some(head)) => head,
        Ok(None) | Err(_) => return Err(kind::not_csaf(root)),
    };
    if kind::other_kind(root.node()).is_some() && head.get("csaf_version").ok().flatten().is_none() {
        return Err(kind::not_csaf(root));
    }
    check_version(&head)?;
    let tracking = head.need("tracking")?;
    let publisher = head.need("publisher")?;
    let mut budget = Budget::of(bytes.len());
    let tree = match root.get("product_tree")? {
        Some(tree) => products::read(&tree, &mut budget, findings)?,
        None => Tree::default(),
    };
    let vulnerabilities = vulnerabilities::read_all(root, &head, &tree, &mut budget, findings)?;
    Ok(Advisory {
        key: AdvisoryKey {
            namespace: publisher.need("namespace")?.name(NAME_LENGTH_MAX_BYTES)?.into(),
            tracking_id: tracking.need("id")?.name(NAME_LENGTH_MAX_BYTES)?.into(),
        },
        version: revision(&tracking, findings)?,
        status: status(&tracking)?,
        released: date(&tracking, "current_release_date", findings)?,
        first_released: date(&tracking, "initial_release_date", findings)?,
        title: head.need("title")?.text()?.into(),
        publisher: publisher.need("name")?.name(NAME_LENGTH_MAX_BYTES)?.into(),
        category: head.need("category")?.name(NAME_LENGTH_MAX_BYTES)?.into(),
        tlp: tlp(&head)?,
        url: own_address(&head)?,
        products: tree.into_products(),
        vulnerabilities,
        document_sha256: hex::encode(Sha256::digest(bytes)).into(),
        document_bytes: bytes.len() as u64,
        remarks: Vec::new(),
        provenance: None,
    })
}

fn check_version(head: &At<'_, '_>) -> Result<(), Fault> {
    let version = head.need("csaf_version")?;
    match version.text()? {
        "2.0" | "2.1" => Ok(()),
        other => {
            let problem = format!("CSAF version {} is not one that is read", adapter_input::cut_short(other));
            Err(version.fault(Reason::UnknownVersion, problem, "csaf_version \"2.0\" or \"2.1\""))
        }
    }
}

/// `/document/tracking/version` (§3.1.11): an integer or a semantic version. Anything else is kept, with a warning.
fn revision(tracking: &At<'_, '_>, findings: &mut Findings) -> Result<Box<str>, Fault> {
    let version = tracking.need("version")?;
    let text = version.name(NAME_LENGTH_MAX_BYTES)?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let core = text.split(['-', '+']).next().unwrap_or(text);
    let parts = core.split('.').filter(|part| digits(part)).count();
    let good = digits(text) || (parts == 3 && core.split('.').count() == 3);
    if !good {
        let problem = "the revision's number is neither an integer nor a semantic version";
        version.note(findings, Severity::Warning, problem, "a number such as 3 or 1.2.0");
    }
    Ok(text.into())
}

fn status(tracking: &At<'_, '_>) -> Result<AdvisoryStatus, Fault> {
    let status = tracking.need("status")?;
    match status.text()? {
        "draft" => Ok(AdvisoryStatus::Draft),
        "interim" => Ok(AdvisoryStatus::Interim),
        "final" => Ok(AdvisoryStatus::Final),
        _ => Err(status.fault(Reason::Invalid, "this is not a publication state", "draft, interim or final")),
    }
}

/// A date and time as written; one that does not look like RFC 3339 is kept, with a warning.
fn date(tracking: &At<'_, '_>, key: &str, findings: &mut Findings) -> Result<Box<str>, Fault> {
    let date = tracking.need(key)?;
    let text = date.name(NAME_LENGTH_MAX_BYTES)?;
    let shape = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(byte, like)| match like {
                b'0' => byte.is_ascii_digit(),
                other => byte.eq_ignore_ascii_case(&other),
            })
    };
    let rest = text.get(19..).unwrap_or("");
    let zone = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let good_zone = shape(zone, "Z") || shape(zone, "+00:00") || shape(zone, "-00:00");
    if !text.get(..19).is_some_and(|start| shape(start, "0000-00-00T00:00:00")) || !good_zone {
        date.note(
            findings,
            Severity::Warning,
            "this is not a date and time with a zone",
            "2024-01-31T10:00:00Z",
        );
    }
    Ok(text.into())
}

/// `/document/distribution/tlp/label` (§3.1.5.2).
fn tlp(head: &At<'_, '_>) -> Result<Option<Box<str>>, Fault> {
    let Some(distribution) = head.get("distribution")? else {
        return Ok(None);
    };
    let Some(tlp) = distribution.get("tlp")? else {
        return Ok(None);
    };
    Ok(tlp.text_of("label")?.map(Into::into))
}

/// The first reference of category `self` (§3.1.9).
fn own_address(head: &At<'_, '_>) -> Result<Option<Box<str>>, Fault> {
    let Some(references) = head.get("references")? else {
        return Ok(None);
    };
    for reference in references.items()? {
        if reference.text_of("category")? == Some("self") {
            return Ok(reference.text_of("url")?.map(Into::into));
        }
    }
    Ok(None)
}
