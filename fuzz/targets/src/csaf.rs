//! CSAF documents: whatever the bytes, an advisory within its limits or a refusal that says where.

use adapter_csaf::{NAME_LENGTH_MAX_BYTES, PRODUCTS_MAX_COUNT, VULNERABILITIES_MAX_COUNT, read_document};

/// Pieces of the notation.
pub const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "[[[[[[[[",
    "{\"a\":",
    "\"",
    "\\u0000",
    "\\ud800",
    "null",
    "true",
    "-1",
    "1e309",
    "0.1",
    "9223372036854775808",
    "\"document\":",
    "\"product_tree\":",
    "\"vulnerabilities\":",
    "\"branches\":[",
    "\"category\":\"vendor\"",
    "\"product_id\":\"P1\"",
    "\"known_affected\":[\"P1\"]",
    "\"cve\":\"CVE-2099-0001\"",
    "\"csaf_version\":\"2.1\"",
    "\u{feff}",
    ",",
    ":",
    "\u{0}",
    "å",
];

/// Reads `data` as one document.
pub fn target(data: &[u8]) {
    let first = read_document("seed.json", data);
    match &first {
        Ok((advisory, _)) => {
            assert!(advisory.products.len() <= PRODUCTS_MAX_COUNT);
            assert!(advisory.vulnerabilities.len() <= VULNERABILITIES_MAX_COUNT);
            assert!(
                !advisory.key.tracking_id.is_empty(),
                "an advisory without its id could never be found again"
            );
            assert!(advisory.key.tracking_id.len() <= NAME_LENGTH_MAX_BYTES);
            assert_eq!(advisory.document_bytes, data.len() as u64);
        }
        Err(refused) => {
            assert!(!refused.finding.problem.is_empty(), "a refusal says why");
            assert!(!refused.finding.expected.is_empty(), "a refusal says what would be right");
            let shown = refused.to_string();
            assert!(shown.len() < 4_096, "a message stays readable: {} bytes", shown.len());
        }
    }
    assert_eq!(first, read_document("seed.json", data), "the same bytes give the same answer");
}
