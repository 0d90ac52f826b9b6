//! The pieces of evidence, strongest first: register, names, rows, remedies, notes, feeds, document. Texts of the
//! advisory stand as written.

use exposure::explain::{Explanation, RowEvidence};
use exposure::product::MatchKind;
use exposure::version::Inclusion;
use hospital::Stamp;

use super::why::Case;
use super::{href, score_text};
use crate::clock::Local;
use crate::pages::advisories::say;
use crate::pages::matrix::ask::advisory_href;
use crate::parts::{Age, Evidence};
use crate::words::Words;

/// Rows of an advisory shown; some list hundreds of versions one by one.
const ROWS_SHOWN_MAX: usize = 40;

struct Teller<'a> {
    local: &'a Local,
    w: Words,
    case: &'a Case,
}

/// All evidence of a case.
pub(super) fn all(local: &Local, case: &Case, explanation: &Explanation) -> Vec<Evidence> {
    let teller = Teller { local, w: local.w, case };
    let mut out = vec![teller.register()];
    out.extend(teller.names(&explanation.rows));
    out.extend(explanation.rows.iter().take(ROWS_SHOWN_MAX).map(|row| teller.row(row)));
    let hidden = explanation.rows.len().saturating_sub(ROWS_SHOWN_MAX) as u64;
    if hidden > 0 {
        out.push(
            teller.advisory(teller.w.device_why_rows_more(hidden), teller.w.device_why_place_document()),
        );
    }
    out.extend(teller.remedies(explanation));
    let notes = explanation.notes.iter();
    out.extend(
        notes.map(|note| teller.advisory(teller.w.device_why_note(note), teller.w.device_why_place_notes())),
    );
    out.extend(case.threat.iter().cloned());
    out.extend(teller.cvss());
    out.push(teller.document());
    out
}

impl Teller<'_> {
    fn age(&self, stamp: &Stamp) -> Option<Age> {
        Some(Age::new(self.local, stamp.time, None))
    }

    /// Something the advisory says at `place`.
    fn advisory(&self, says: String, place: &str) -> Evidence {
        let advisory = &self.case.advisory;
        Evidence {
            says,
            origin: self.w.device_why_advisory_origin(&advisory.key.tracking_id, place),
            origin_href: advisory_href(&advisory.key.tracking_id),
            age: self.age(&self.case.stamp),
            who: self.case.stamp.actor.to_string(),
        }
    }

    fn register(&self) -> Evidence {
        let known = &self.case.known;
        let says = match known.device.software_version.as_deref() {
            Some(version) => self.w.device_why_register(version),
            None => self.w.device_why_register_none().to_owned(),
        };
        Evidence {
            says,
            origin: self.w.device_why_register_origin().to_owned(),
            origin_href: href(known.device.asset_tag.as_str()),
            age: Some(Age::new(self.local, known.changed, None)),
            who: String::new(),
        }
    }

    /// Each pair of names once, with how it was found.
    fn names(&self, rows: &[RowEvidence]) -> Vec<Evidence> {
        let device = &self.case.known.device;
        let ours = format!("{} {}", device.manufacturer, device.model);
        let mut seen: Vec<String> = Vec::new();
        let mut out = Vec::new();
        for row in rows {
            let theirs = format!("{} {}", row.vendor, row.product);
            if seen.contains(&theirs) {
                continue;
            }
            let how = self.w.name_match(&row.found);
            let says = match row.found.kind {
                MatchKind::Same => self.w.device_why_name_is(ours.trim(), theirs.trim(), &how),
                MatchKind::Ask(_) => self.w.device_why_name_may(ours.trim(), theirs.trim(), &how),
            };
            out.push(self.advisory(says, self.w.device_why_place_names()));
            seen.push(theirs);
        }
        out
    }

    fn row(&self, row: &RowEvidence) -> Evidence {
        let w = self.w;
        let product = format!("{} {}", row.vendor, row.product);
        let status = say::product_status(w, row.status);
        let written = if row.version.is_empty() {
            w.device_why_row_plain(product.trim(), status)
        } else {
            w.device_why_row(product.trim(), &row.version, status)
        };
        let so = match &row.inclusion {
            Inclusion::In => match self.case.known.device.software_version.as_deref() {
                Some(version) if !row.version.is_empty() => w.device_why_in(version),
                Some(_) | None => w.device_why_in_any().to_owned(),
            },
            Inclusion::Out(reason) => w.device_why_out(&w.out_reason(reason)),
            Inclusion::Unknown(gap) => w.device_why_unknown(&w.open_because(gap)),
        };
        let says = format!("{written} {}", w.device_why_read(&w.reading(&row.reading), &so));
        self.advisory(says, &w.device_why_place_row(&row.product_id))
    }

    fn remedies(&self, explanation: &Explanation) -> Vec<Evidence> {
        let w = self.w;
        if explanation.remedies.is_empty() {
            return vec![self.advisory(w.device_why_remedy_none().to_owned(), w.device_why_place_remedy())];
        }
        let remedies = explanation.remedies.iter();
        remedies
            .map(|remedy| {
                let mut says = w.device_why_remedy(say::remedy(w, &remedy.category), &remedy.details);
                if !remedy.fixes.is_empty() {
                    says = format!("{says} {}", w.device_why_remedy_fixes(&remedy.fixes.join(", ")));
                }
                if let Some(url) = &remedy.url {
                    says = format!("{says} {url}");
                }
                self.advisory(says, w.device_why_place_remedy())
            })
            .collect()
    }

    fn cvss(&self) -> Vec<Evidence> {
        let w = self.w;
        let place = w.device_why_place_document();
        let mut out: Vec<Evidence> = Vec::new();
        for score in self.case.scores() {
            let says = w.device_why_cvss(&score_text(score.base_tenths), &score.version, &score.vector);
            if !out.iter().any(|known| known.says == says) {
                out.push(self.advisory(says, place));
            }
        }
        if out.is_empty() {
            out.push(self.advisory(w.device_why_cvss_none().to_owned(), place));
        }
        out
    }

    fn document(&self) -> Evidence {
        let (w, advisory) = (self.w, &self.case.advisory);
        let says = w.device_why_document(&advisory.publisher, &advisory.released, &advisory.version);
        let hash = w.device_why_document_hash(&advisory.document_sha256);
        let seq = w.device_why_imported(&w.number(self.case.stamp.seq));
        Evidence { origin: seq, ..self.advisory(format!("{says} {hash}"), "") }
    }
}
