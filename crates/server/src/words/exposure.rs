//! Words of verdicts, gaps and evidence: one wording wherever they are shown.

use super::words;

words! {
    exposure_confidence: "Confidence" | "Säkerhet";
}
