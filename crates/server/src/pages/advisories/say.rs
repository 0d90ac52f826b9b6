//! The standard's words in the reader's language, and days out of texts as written.

use model::advisory::{AdvisoryStatus, KeyOrigin, NotVerified, ProductStatus, Provenance, SignatureStanding};

use crate::words::Words;

/// The day of an RFC 3339 text: its first ten characters; the text itself when it is shorter.
pub(super) fn day(text: &str) -> &str {
    text.get(..10).unwrap_or(text)
}

pub(super) fn document_status(w: Words, status: AdvisoryStatus) -> &'static str {
    match status {
        AdvisoryStatus::Draft => w.advisory_status_draft(),
        AdvisoryStatus::Interim => w.advisory_status_interim(),
        AdvisoryStatus::Final => w.advisory_status_final(),
    }
}

/// What checksum and signature beside a document said of where it is from. What proves nothing is marked as not known.
pub(super) fn provenance_says(w: Words, provenance: Option<&Provenance>) -> (&'static str, String) {
    let Some(Provenance { checksum_right, signature }) = provenance else {
        return (w.advisory_provenance_not_known(), w.advisory_provenance_not_known().to_owned());
    };
    let checksum = if *checksum_right { w.advisory_checksum_right() } else { w.advisory_checksum_none() };
    let signature = match signature {
        SignatureStanding::Absent => w.advisory_signature_none().to_owned(),
        SignatureStanding::Verified { fingerprint, origin: KeyOrigin::Given } => {
            w.advisory_signature_given(fingerprint)
        }
        SignatureStanding::Verified { fingerprint, origin: KeyOrigin::Provider } => {
            w.advisory_signature_provider(fingerprint)
        }
        SignatureStanding::NotVerified { key, why } => {
            let key = key.as_deref().unwrap_or(w.advisory_signature_unnamed());
            match why {
                NotVerified::KeyNotGiven => w.advisory_signature_key_not_given(key),
                NotVerified::KeyRevoked => w.advisory_signature_revoked(key),
                NotVerified::KeyNotForSigning => w.advisory_signature_not_for_signing(key),
                NotVerified::OutOfTime => w.advisory_signature_out_of_time(key),
                NotVerified::NotSupported => w.advisory_signature_not_supported(key),
                NotVerified::Unreadable => w.advisory_signature_unreadable().to_owned(),
            }
        }
    };
    (checksum, signature)
}

/// The word in URLs and files.
pub(super) fn document_status_word(status: AdvisoryStatus) -> &'static str {
    match status {
        AdvisoryStatus::Draft => "draft",
        AdvisoryStatus::Interim => "interim",
        AdvisoryStatus::Final => "final",
    }
}

pub(crate) fn product_status(w: Words, status: ProductStatus) -> &'static str {
    match status {
        ProductStatus::FirstAffected => w.status_first_affected(),
        ProductStatus::KnownAffected => w.status_known_affected(),
        ProductStatus::LastAffected => w.status_last_affected(),
        ProductStatus::FirstFixed => w.status_first_fixed(),
        ProductStatus::Fixed => w.status_fixed(),
        ProductStatus::Recommended => w.status_recommended(),
        ProductStatus::KnownNotAffected => w.status_known_not_affected(),
        ProductStatus::UnderInvestigation => w.status_under_investigation(),
        ProductStatus::Unknown => w.status_not_known(),
    }
}

/// A remedy's category; one that is not known here as written.
pub(crate) fn remedy(w: Words, category: &str) -> &str {
    match category {
        "vendor_fix" => w.remedy_vendor_fix(),
        "mitigation" => w.remedy_mitigation(),
        "workaround" => w.remedy_workaround(),
        "no_fix_planned" => w.remedy_no_fix_planned(),
        "none_available" => w.remedy_none_available(),
        "fix_planned" => w.remedy_fix_planned(),
        "optional_patch" => w.remedy_optional_patch(),
        other => other,
    }
}

/// A part of a comparison.
pub(super) fn part(w: Words, part: &str) -> &str {
    match part {
        "version" => w.part_version(),
        "released" => w.part_released(),
        "title" => w.part_title(),
        "publisher" => w.part_publisher(),
        "category" => w.part_category(),
        "status" => w.part_status(),
        "product" => w.part_product(),
        "vulnerability" => w.part_vulnerability(),
        "remedy" => w.part_remedy(),
        "score" => w.part_score(),
        "note" => w.part_note(),
        other => other,
    }
}
