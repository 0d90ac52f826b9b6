//! What changed between two revisions of an advisory, as a person wants to read it: what came, what went, what was
//! reworded, and for which products the word has changed.

use std::collections::{BTreeMap, BTreeSet};

use model::Advisory;
use model::advisory::{ProductStatus, Vulnerability};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is about: `title`, `product`, a vulnerability's name, …
    pub about: String,
    /// Which of its parts: `status`, `remedy`, `score`, …
    pub part: &'static str,
    /// Before; `None` when it is new.
    pub before: Option<String>,
    /// After; `None` when it is gone.
    pub after: Option<String>,
}

/// Compares two revisions. Nothing that Segue keeps of them is left out.
pub fn diff(old: &Advisory, new: &Advisory) -> Vec<Change> {
    let mut out = Vec::new();
    let about = |text: &str| text.to_owned();
    for (part, before, after) in [
        ("version", &old.version, &new.version),
        ("released", &old.released, &new.released),
        ("title", &old.title, &new.title),
        ("publisher", &old.publisher, &new.publisher),
        ("category", &old.category, &new.category),
    ] {
        if before != after {
            out.push(Change {
                about: about("document"),
                part,
                before: Some(before.to_string()),
                after: Some(after.to_string()),
            });
        }
    }
    let status = |advisory: &Advisory| format!("{:?}", advisory.status).to_lowercase();
    if old.status != new.status {
        out.push(Change {
            about: about("document"),
            part: "status",
            before: Some(status(old)),
            after: Some(status(new)),
        });
    }
    sets(&mut out, "products", "product", product_lines(old), product_lines(new));
    let (before, after) = (vulnerabilities(old), vulnerabilities(new));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for name in names {
        match (before.get(name), after.get(name)) {
            (Some(_), None) => out.push(Change {
                about: name.clone(),
                part: "vulnerability",
                before: Some(name.clone()),
                after: None,
            }),
            (None, Some(_)) => out.push(Change {
                about: name.clone(),
                part: "vulnerability",
                before: None,
                after: Some(name.clone()),
            }),
            _ => {}
        }
        let empty = Parts::default();
        let (a, b) = (before.get(name).unwrap_or(&empty), after.get(name).unwrap_or(&empty));
        for (part, a, b) in [
            ("status", &a.statuses, &b.statuses),
            ("remedy", &a.remedies, &b.remedies),
            ("score", &a.scores, &b.scores),
            ("note", &a.notes, &b.notes),
        ] {
            sets(&mut out, name, part, a.clone(), b.clone());
        }
    }
    out
}

/// What went, then what came; what stayed is not mentioned.
fn sets(
    out: &mut Vec<Change>,
    about: &str,
    part: &'static str,
    before: BTreeSet<String>,
    after: BTreeSet<String>,
) {
    for gone in before.difference(&after) {
        out.push(Change { about: about.to_owned(), part, before: Some(gone.clone()), after: None });
    }
    for come in after.difference(&before) {
        out.push(Change { about: about.to_owned(), part, before: None, after: Some(come.clone()) });
    }
}

#[derive(Clone, Default)]
struct Parts {
    statuses: BTreeSet<String>,
    remedies: BTreeSet<String>,
    scores: BTreeSet<String>,
    notes: BTreeSet<String>,
}

fn vulnerabilities(advisory: &Advisory) -> BTreeMap<String, Parts> {
    let mut out: BTreeMap<String, Parts> = BTreeMap::new();
    for (at, vulnerability) in advisory.vulnerabilities.iter().enumerate() {
        let parts = out.entry(crate::claims::unique_name(advisory, at, vulnerability)).or_default();
        add(parts, advisory, vulnerability);
    }
    out
}

fn add(parts: &mut Parts, advisory: &Advisory, vulnerability: &Vulnerability) {
    // Product ids may be dealt out anew in each revision; names are what stays.
    let name = |id: &str| {
        advisory.products.iter().find(|product| *product.id == *id).map_or(id.to_owned(), product_line)
    };
    for (status, ids) in &vulnerability.statuses {
        parts.statuses.extend(ids.iter().map(|id| format!("{}: {}", status_words(*status), name(id))));
    }
    parts.remedies.extend(
        vulnerability.remedies.iter().map(|remedy| format!("{}: {}", remedy.category, remedy.details)),
    );
    parts.scores.extend(vulnerability.scores.iter().map(|score| {
        format!(
            "CVSS {} {}.{} {}",
            score.version,
            score.base_tenths / 10,
            score.base_tenths % 10,
            score.vector
        )
    }));
    parts.notes.extend(vulnerability.notes.iter().map(|note| note.to_string()));
}

fn product_lines(advisory: &Advisory) -> BTreeSet<String> {
    advisory.products.iter().map(product_line).collect()
}

fn product_line(product: &model::advisory::Product) -> String {
    let name = product.name.as_deref().unwrap_or(&product.full_name);
    let vendor = product.vendor.as_deref().unwrap_or("");
    let version = product.version.as_ref().map_or("", |version| version.text());
    [vendor, name, version].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// A product status in the standard's words.
pub fn status_words(status: ProductStatus) -> &'static str {
    match status {
        ProductStatus::FirstAffected => "first affected",
        ProductStatus::KnownAffected => "known affected",
        ProductStatus::LastAffected => "last affected",
        ProductStatus::FirstFixed => "first fixed",
        ProductStatus::Fixed => "fixed",
        ProductStatus::Recommended => "recommended",
        ProductStatus::KnownNotAffected => "known not affected",
        ProductStatus::UnderInvestigation => "under investigation",
        ProductStatus::Unknown => "unknown",
    }
}
