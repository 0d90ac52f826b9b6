//! The validator's remarks: a help, never a judge.

use adapter_csaf::annotate::{REMARKS_MAX_COUNT, VALIDATOR, annotate};
use adapter_csaf::scan;

use crate::shared;

#[test]
fn a_validator_only_remarks_and_never_breaks_down_on_hostile_bytes() {
    for bytes in [&b""[..], b"{", b"{}", b"[[[[", b"\xff\xfe", b"{\"document\":{\"csaf_version\":\"2.0\"}}"] {
        assert!(annotate(bytes).len() <= REMARKS_MAX_COUNT);
    }
}

#[test]
fn remarks_about_real_advisories_name_the_test_and_the_place() {
    let Some(tree) = shared::data("csaf") else { return };
    let (mut remarked, mut remarks) = (0, 0);
    for file in scan(&[tree]).documents {
        let said = annotate(&std::fs::read(&file.path).unwrap());
        remarked += usize::from(!said.is_empty());
        remarks += said.len();
        assert!(said.iter().all(|remark| !remark.test.is_empty() && !remark.message.is_empty()));
    }
    println!("{VALIDATOR:?}: {remarked} documents with {remarks} remarks");
    assert_eq!(remarked > 0, VALIDATOR.is_some());
}
