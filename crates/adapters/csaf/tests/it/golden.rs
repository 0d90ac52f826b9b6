//! What two small documents look like once flattened.

use adapter_csaf::read_document;

pub(crate) const DOCUMENT_20: &str = include_str!("../documents/hospital-2.0.json");
pub(crate) const DOCUMENT_21: &str = include_str!("../documents/hospital-2.1.json");

#[test]
fn a_pump_advisory_in_csaf_2_0_keeps_every_word_when_flattened() {
    let (advisory, findings) = read_document("hospital-2.0.json", DOCUMENT_20.as_bytes()).unwrap();
    assert_eq!(findings, []);
    insta::assert_json_snapshot!(advisory);
}

#[test]
fn a_monitor_advisory_in_csaf_2_1_keeps_every_word_when_flattened() {
    let (advisory, findings) = read_document("hospital-2.1.json", DOCUMENT_21.as_bytes()).unwrap();
    assert_eq!(findings, []);
    insta::assert_json_snapshot!(advisory);
}
