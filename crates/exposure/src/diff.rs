//! What changed between two revisions of an advisory, as a person wants to read it: what came, what went, what was
//! reworded, and for which products the word has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use model::Advisory;
use model::advisory::{AdvisoryStatus, ProductStatus, Vulnerability};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is about: `title`, `product`, a vulnerability's name, …
    pub about: String,
    /// Which of its parts: `status`, `remedy`, `score`, …
    pub part: &'static str,
    /// Before; `None` when it is new.
    pub before: Option<Said>,
    /// After; `None` when it is gone.
    pub after: Option<Said>,
}

/// What a revision says in one place: the standard's words as values, everything else as written. Displays in English.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// As written.
    Text(String),
    /// The document's own status.
    Document(AdvisoryStatus),
    /// A product's status.
    Status(ProductStatus, String),
    /// A remedy: its category as written, its text.
    Remedy(String, String),
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Said::Text(text) => f.write_str(text),
            Said::Document(AdvisoryStatus::Draft) => f.write_str("draft"),
            Said::Document(AdvisoryStatus::Interim) => f.write_str("interim"),
            Said::Document(AdvisoryStatus::Final) => f.write_str("final"),
            Said::Status(status, product) => write!(f, "{}: {product}", status_words(*status)),
            Said::Remedy(category, details) => write!(f, "{category}: {details}"),
        }
    }
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
                before: Some(Said::Text(before.to_string())),
                after: Some(Said::Text(after.to_string())),
            });
        }
    }
    if old.status != new.status {
        out.push(Change {
            about: about("document"),
            part: "status",
            before: Some(Said::Document(old.status)),
            after: Some(Said::Document(new.status)),
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
                before: Some(Said::Text(name.clone())),
                after: None,
            }),
            (None, Some(_)) => out.push(Change {
                about: name.clone(),
                part: "vulnerability",
                before: None,
                after: Some(Said::Text(name.clone())),
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
    before: BTreeSet<Said>,
    after: BTreeSet<Said>,
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
    statuses: BTreeSet<Said>,
    remedies: BTreeSet<Said>,
    scores: BTreeSet<Said>,
    notes: BTreeSet<Said>,
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
        parts.statuses.extend(ids.iter().map(|id| Said::Status(*status, name(id))));
    }
    parts.remedies.extend(
        vulnerability
            .remedies
            .iter()
            .map(|remedy| Said::Remedy(remedy.category.to_string(), remedy.details.to_string())),
    );
    parts.scores.extend(vulnerability.scores.iter().map(|score| {
        let base = format!("{}.{}", score.base_tenths / 10, score.base_tenths % 10);
        Said::Text(format!("CVSS {} {base} {}", score.version, score.vector))
    }));
    parts.notes.extend(vulnerability.notes.iter().map(|note| Said::Text(note.to_string())));
}

fn product_lines(advisory: &Advisory) -> BTreeSet<Said> {
    advisory.products.iter().map(|product| Said::Text(product_line(product))).collect()
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
