//! The catalogue of known exploited vulnerabilities.

use adapter_threat::{Reason, read_kev};
use model::finding::Place;

use crate::shared;

#[test]
fn the_real_catalogue_is_read_in_full() {
    let Some(folder) = shared::data("kev") else { return };
    let file = std::fs::File::open(folder.join("known_exploited_vulnerabilities.json")).unwrap();
    let (catalog, findings) = read_kev("kev", file).unwrap();
    assert_eq!(findings, []);
    assert_eq!(catalog.entries.len(), 1_404);
    assert_eq!(catalog.entries.iter().filter(|entry| entry.ransomware).count(), 293);
    assert!(catalog.entries.iter().all(|entry| entry.due.is_some()));
    assert_eq!(catalog.version.as_deref(), Some("2025.08.25"));
    assert!(catalog.date_released.unwrap().starts_with("2025-08-25T17:04:19"));
}

#[test]
fn the_schema_beside_the_catalogue_is_not_taken_for_an_empty_catalogue() {
    let Some(folder) = shared::data("kev") else { return };
    let file = std::fs::File::open(folder.join("known_exploited_vulnerabilities_schema.json")).unwrap();
    assert_eq!(read_kev("schema", file).unwrap_err().reason, Reason::OtherKind);
}

const TABLE: &str = "cveID,vendorProject,product,dateAdded,dueDate,knownRansomwareCampaignUse,notes\r\n\
    CVE-2021-44228,Apache,\"Log4j2, all\",2021-12-10,2021-12-24,Known,\"two\r\nlines\"\r\n\
    CVE-2021-44228,Apache,Log4j2,2021-12-10,2021-12-24,Known,\r\n\
    CVE-21-1,Nobody,Nothing,2021-12-10,,Unknown,\r\n\
    CVE-2020-0001,Nobody,Nothing,10/12/2021,,Unknown,\r\n\
    CVE-2020-0002,Nobody,Nothing,2020-02-01,soon,Unknown,\r\n";

#[test]
fn the_table_form_says_the_same_and_names_the_cell_of_what_is_wrong() {
    let (catalog, findings) = read_kev("kev.csv", TABLE.as_bytes()).unwrap();
    let cves: Vec<_> = catalog.entries.iter().map(|entry| (&*entry.cve, entry.ransomware)).collect();
    assert_eq!(cves, [("CVE-2021-44228", true), ("CVE-2020-0002", false)]);
    assert_eq!(catalog.entries[1].due, None);
    let places: Vec<_> = findings.iter().map(|finding| finding.place.to_string()).collect();
    assert_eq!(
        places,
        [
            "row 3, column \"cveID\"",
            "row 4, column \"cveID\"",
            "row 5, column \"dateAdded\"",
            "row 6, column \"dueDate\""
        ]
    );
}

#[test]
fn a_json_catalogue_with_odd_entries_keeps_the_good_ones_and_points_at_the_others() {
    let text = r#"{"catalogVersion":"1","count":9,"vulnerabilities":[
        {"cveID":"CVE-2020-0001","dateAdded":"2020-01-01","dueDate":"","knownRansomwareCampaignUse":"Known"},
        {"cveID":"CVE-2020-0001","dateAdded":"2020-01-01"},
        {"cveID":"cve","dateAdded":"2020-01-01"},
        {"cveID":"CVE-2020-0002","dateAdded":"2020-02-30"}]}"#;
    let (catalog, findings) = read_kev("kev", text.as_bytes()).unwrap();
    assert_eq!(catalog.entries.len(), 1);
    let places: Vec<_> = findings.iter().map(|finding| finding.place.clone()).collect();
    let pointers =
        ["/vulnerabilities/1/cveID", "/vulnerabilities/2/cveID", "/vulnerabilities/3/dateAdded", "/count"];
    assert_eq!(places, pointers.map(|pointer| Place::Pointer(pointer.into())));
}

#[test]
fn a_catalogue_that_is_cut_off_or_something_else_is_refused() {
    for (text, reason) in [
        ("", Reason::OtherKind),
        ("{", Reason::Syntax),
        (r#"{"vulnerabilities":[{"cveID":"CVE-2020-0001","dateAdded":"2020-01-01"}"#, Reason::Syntax),
        (r#"{"vulnerabilities":[{"cveID":5}]}"#, Reason::WrongType),
        (r#"{"vulnerabilities":[{}]}"#, Reason::Missing),
        (r#"{"vulnerabilities":[{"cveID":"x","dateAdded":"y"}]}"#, Reason::OtherKind),
        (r#"{"document":{}}"#, Reason::OtherKind),
        ("[]", Reason::OtherKind),
        ("asset_tag,unit\n1,2\n", Reason::OtherKind),
        ("<html>not found</html>", Reason::OtherKind),
    ] {
        assert_eq!(read_kev("kev", text.as_bytes()).unwrap_err().reason, reason, "{text}");
    }
}
