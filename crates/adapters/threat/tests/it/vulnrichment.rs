//! CISA's SSVC decision points in CVE records.

use adapter_threat::{Reason, read_vulnrichment, scan_vulnrichment};
use proptest::prelude::*;

use crate::shared;

#[test]
fn every_real_record_yields_its_assessment() {
    let Some(folder) = shared::data("vulnrichment") else { return };
    let (files, findings) = scan_vulnrichment(&[folder.clone(), folder.join("2019")]);
    assert_eq!(findings, []);
    assert_eq!(files.len(), 44, "a folder given twice is read once");
    let mut poc = 0;
    for file in &files {
        let (record, findings) = file.load().unwrap();
        assert_eq!(findings, [], "{}", file.path.display());
        let assessment = record.assessment.unwrap();
        assert_eq!(assessment.cve, record.cve);
        assert!(assessment.assessed.starts_with("2024-"));
        poc += usize::from(&*assessment.exploitation == "poc");
    }
    assert_eq!(poc, 2);
}

const RECORD: &str = r#"{"cveMetadata":{"cveId":"CVE-2024-0001"},"containers":{"adp":[{"metrics":[
    {"other":{"type":"kev","content":{}}},
    {"other":{"type":"ssvc","content":{"id":"CVE-2024-0001","timestamp":"2024-05-01T00:00:00Z","options":
        [{"Exploitation":"none"},{"Automatable":"no"},{"Technical Impact":"partial"}]}}},
    {"other":{"type":"ssvc","content":{"id":"CVE-2024-0001","timestamp":"2024-06-01T00:00:00Z","options":
        [{"Exploitation":"Active"},{"Automatable":"yes"},{"Technical Impact":"total"}]}}}]}]}}"#;

#[test]
fn the_newest_assessment_counts_and_one_without_a_decision_point_is_left_out() {
    let (record, findings) = read_vulnrichment("record", RECORD.as_bytes()).unwrap();
    assert_eq!(findings, []);
    assert_eq!(&*record.assessment.unwrap().exploitation, "active");
    let without = RECORD.replace(r#"{"Automatable":"yes"},"#, "");
    let (record, findings) = read_vulnrichment("record", without.as_bytes()).unwrap();
    assert_eq!(&*record.assessment.unwrap().exploitation, "none");
    assert_eq!(findings[0].place.to_string(), "/containers/adp/0/metrics/2/other/content/options");
}

#[test]
fn what_is_no_cve_record_is_refused() {
    for (text, reason) in [
        ("{}", Reason::OtherKind),
        ("[]", Reason::OtherKind),
        (r#"{"cveMetadata":{}}"#, Reason::Missing),
        (r#"{"cveMetadata":{"cveId":7}}"#, Reason::WrongType),
        (r#"{"cveMetadata":{"cveId":"x"}}"#, Reason::Invalid),
        (r#"{"cveMetadata":{"cveId":"CVE-2024-0001"},"containers":[]}"#, Reason::WrongType),
        (r#"{"cveMetadata":{"cveId":"CVE-2024-0001"},"cveMetadata":1}"#, Reason::DuplicateKey),
    ] {
        assert_eq!(read_vulnrichment("record", text.as_bytes()).unwrap_err().reason, reason, "{text}");
    }
}

proptest! {
    #[test]
    fn no_bytes_break_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0..600_usize) {
        let mut changed = RECORD.as_bytes().to_vec();
        let at = at.min(changed.len());
        changed.splice(at..(at + 3).min(RECORD.len()).max(at), bytes.iter().copied().take(4));
        for input in [&bytes[..], &changed[..]] {
            let _ = read_vulnrichment("record", input);
            let _ = adapter_threat::read_kev("kev", input);
            let _ = adapter_threat::read_epss("epss", input);
        }
    }
}
