//! Hostile documents: refused with the place and what would be right, within bounded memory; odd ones are taken.

use std::fs::File;

use adapter_csaf::{DOCUMENT_SIZE_MAX_BYTES, NESTING_MAX_LEVELS, Reason, Refused, read_document, scan};
use model::finding::{Place, Severity};

use crate::golden::DOCUMENT_20;

/// The golden document with one piece replaced; the piece must be there.
fn with(piece: &str, other: &str) -> String {
    assert!(DOCUMENT_20.contains(piece), "{piece}");
    DOCUMENT_20.replacen(piece, other, 1)
}

#[track_caller]
fn refused(bytes: impl AsRef<[u8]>) -> Refused {
    let refused = read_document("hostile.json", bytes.as_ref()).expect_err("it must be refused");
    let finding = &refused.finding;
    assert_eq!(finding.severity, Severity::Error);
    assert!(!finding.problem.is_empty() && !finding.expected.is_empty());
    assert!(finding.to_string().len() < 2_000, "a message stays readable: {finding}");
    refused
}

#[track_caller]
fn check(bytes: impl AsRef<[u8]>, reason: Reason, place: &str) {
    let refused = refused(bytes);
    assert_eq!((refused.reason, &*refused.finding.place.to_string()), (reason, place), "{refused}");
}

#[test]
fn a_file_of_1_gb_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.json");
    File::create(&path).unwrap().set_len(1_000_000_000).unwrap();
    let scan = scan(&[folder.path().to_owned()]);
    let refused = scan.documents[0].load(&adapter_csaf::Keys::default()).unwrap_err();
    assert_eq!(refused.reason, Reason::TooLarge);
    assert!(refused.to_string().contains("1000000000 bytes"), "{refused}");
    let streamed = adapter_input::read_stream("stream", std::io::repeat(b' '), 0, DOCUMENT_SIZE_MAX_BYTES);
    assert_eq!(streamed.unwrap_err().reason, Reason::TooLarge);
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let peak_kb: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(peak_kb < 900_000, "{peak_kb} kB");
    }
}

#[test]
fn deep_nesting_is_refused_at_the_level_where_it_goes_too_deep() {
    for open in ["[", "{\"a\":"] {
        let refused = refused(open.repeat(1_000_000));
        assert_eq!(refused.reason, Reason::Limit);
        let Place::Pointer(pointer) = &refused.finding.place else { panic!("{refused}") };
        assert_eq!(pointer.matches('/').count(), NESTING_MAX_LEVELS);
    }
    let branches = r#"{"category":"vendor","name":"v","branches":["#;
    let deep = with("\"branches\": [", &format!("\"branches\": [{}", branches.repeat(500)));
    assert!(refused(deep).finding.place.to_string().starts_with("/product_tree/branches/0/branches/0/"));
}

#[test]
fn a_key_given_twice_is_refused_with_its_pointer() {
    check(
        with("\"status\": \"final\"", "\"id\": \"other\", \"status\": \"final\""),
        Reason::DuplicateKey,
        "/document/tracking/id",
    );
    check(
        with("\"P-3\"", "\"P-3\", \"product\\u005fid\": \"P-9\""),
        Reason::DuplicateKey,
        "/product_tree/branches/1/product/product_id",
    );
    let many: String = (0..40).map(|number| format!("\"k{number}\": 1, ")).collect();
    check(
        with("\"title\": \"Any dose\"", &format!("{many}\"k3\": 2")),
        Reason::DuplicateKey,
        "/vulnerabilities/0/k3",
    );
}

#[test]
fn huge_numbers_are_refused_where_they_stand() {
    let place = "/vulnerabilities/0/scores/0/cvss_v2/baseScore";
    for number in ["1e999", "-1E+999999999999", &"9".repeat(400), &format!("0.{}", "1".repeat(400)), "1e-999"]
    {
        check(with("\"baseScore\": 10,", &format!("\"baseScore\": {number},")), Reason::Limit, place);
    }
    for number in ["+1", "01", ".5", "5.", "0x10", "NaN", "Infinity", "-", "1e"] {
        check(with("\"baseScore\": 10,", &format!("\"baseScore\": {number},")), Reason::Syntax, place);
    }
}

#[test]
fn other_encodings_are_refused_by_the_first_wrong_byte() {
    let utf16: Vec<u8> = DOCUMENT_20.encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&utf16, Reason::Encoding, "byte 1");
    check([&[0xFF, 0xFE], &utf16[..]].concat(), Reason::Encoding, "byte 0");
    let big: Vec<u8> = DOCUMENT_20.encode_utf16().flat_map(u16::to_be_bytes).collect();
    check(&big, Reason::Encoding, "byte 0");
    let latin1: Vec<u8> = DOCUMENT_20.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    let first = DOCUMENT_20.find('é').unwrap();
    check(&latin1, Reason::Encoding, &format!("byte {first}"));
    assert!(refused(&latin1).to_string().contains("0xE9 is not UTF-8"), "{}", refused(&latin1));
    check(&DOCUMENT_20.as_bytes()[..=first], Reason::Encoding, &format!("byte {first}"));
}

#[test]
fn a_byte_order_mark_is_tolerated_and_noted() {
    let (advisory, findings) =
        read_document("bom.json", format!("\u{feff}{DOCUMENT_20}").as_bytes()).unwrap();
    assert_eq!(&*advisory.key.tracking_id, "TM-2026:01");
    assert_eq!(
        (findings.len(), findings[0].severity, &findings[0].place),
        (1, Severity::Note, &Place::Byte(0))
    );
}

#[test]
fn a_truncated_advisory_is_refused_wherever_it_was_cut() {
    for end in 0..DOCUMENT_20.trim_end().len() {
        let refused = refused(&DOCUMENT_20.as_bytes()[..end]);
        assert!(matches!(refused.reason, Reason::Syntax | Reason::Encoding), "{end}: {refused}");
    }
    let end = DOCUMENT_20.find("vers:all").unwrap() + 3;
    check(
        &DOCUMENT_20[..end],
        Reason::Syntax,
        "/product_tree/branches/0/branches/0/branches/0/branches/0/name",
    );
}

#[test]
fn trailing_garbage_and_nul_are_refused() {
    check(format!("{DOCUMENT_20} x"), Reason::Syntax, "document root");
    check(format!("{DOCUMENT_20}{DOCUMENT_20}"), Reason::Syntax, "document root");
    check(format!("{DOCUMENT_20}\0"), Reason::Syntax, "document root");
    check(with("Any dose\"", "Any\0dose\""), Reason::Syntax, "/vulnerabilities/0/title");
    check(with("Any dose\"", "Any\\u0000dose\""), Reason::Syntax, "/vulnerabilities/0/title");
    check(with("Any dose\"", "Any\ndose\""), Reason::Syntax, "/vulnerabilities/0/title");
    check(with("Any dose\"", "Any\\ud800dose\""), Reason::Encoding, "/vulnerabilities/0/title");
    check(with("Any dose\"", "Any\\x20dose\""), Reason::Syntax, "/vulnerabilities/0/title");
}

#[test]
fn a_value_of_the_wrong_type_is_refused_with_what_stands_there() {
    for (piece, other, place) in [
        ("\"TM-2026:01\"", "17", "/document/tracking/id"),
        ("\"version\": \"2\"", "\"version\": 2", "/document/tracking/version"),
        ("\"P-3\"", "null", "/product_tree/branches/1/product/product_id"),
        ("[\"P-1\", \"P-5\", \"P-1\"]", "\"P-1\"", "/vulnerabilities/0/product_status/known_affected"),
        ("[\"P-1\", \"P-5\", \"P-1\"]", "[\"P-1\", 5]", "/vulnerabilities/0/product_status/known_affected/1"),
        ("\"baseScore\": 10", "\"baseScore\": [10]", "/vulnerabilities/0/scores/0/cvss_v2/baseScore"),
    ] {
        check(with(piece, other), Reason::WrongType, place);
    }
    assert_eq!(refused(with("\"TM-2026:01\"", "17")).finding.value.as_deref(), Some("17"));
}

#[test]
fn what_is_mandatory_and_missing_is_refused_by_name() {
    for (piece, other, place) in [
        ("\"id\": \"TM-2026:01\",", "", "/document/tracking/id"),
        (",\n      \"version\": \"2\"", "", "/document/tracking/version"),
        ("\"status\": \"final\",", "", "/document/tracking/status"),
        ("\"publisher\": {", "\"publisher_\": {", "/document/publisher"),
        (", \"namespace\": \"https://tropfen.example\"", "", "/document/publisher/namespace"),
        ("\"title\": \"Drip Pump accepts any dose\",", "", "/document/title"),
        ("\"csaf_version\": \"2.0\",", "", "/document/csaf_version"),
        (", \"product_id\": \"P-3\"", "", "/product_tree/branches/1/product/product_id"),
        ("\"TM-2026:01\"", "\"  \"", "/document/tracking/id"),
    ] {
        check(with(piece, other), Reason::Missing, place);
    }
}

#[test]
fn a_document_of_another_version_or_kind_is_refused_with_a_sentence() {
    let other = refused(with("\"csaf_version\": \"2.0\"", "\"csaf_version\": \"3.0\""));
    assert_eq!(other.reason, Reason::UnknownVersion);
    assert!(other.to_string().contains("CSAF version 3.0 is not one that is read"), "{other}");
    for (text, words) in [
        (r#"{"bomFormat":"CycloneDX","specVersion":"1.4"}"#, "CycloneDX"),
        (r#"{"spdxVersion":"SPDX-2.3"}"#, "SPDX"),
        (r#"{"dataType":"CVE_RECORD","cveMetadata":{}}"#, "a CVE record"),
        (r#"{"name":"x","version":"1","dependencies":{}}"#, "a package description"),
        (r#"{"@context":"https://openvex.dev/ns/v0.2.0","statements":[]}"#, "OpenVEX"),
        (r#"{"feed":{"entry":[]}}"#, "a ROLIE feed"),
        ("[]", "not a CSAF document"),
        ("7", "not a CSAF document"),
        ("{}", "not a CSAF document"),
    ] {
        let refused = refused(text);
        assert_eq!(refused.reason, Reason::OtherKind);
        assert!(refused.finding.problem.contains(words), "{refused}");
    }
}

#[test]
fn texts_and_lists_beyond_the_limits_are_refused() {
    check(with("Any dose", &"x".repeat(5_000_000)), Reason::Limit, "/vulnerabilities/0/title");
    check(
        with("\"name\": \"Drips\"", &format!("\"name\": \"{}\"", "x".repeat(5_000))),
        Reason::Limit,
        "/product_tree/branches/0/branches/0/name",
    );
    check(
        with("\"title\": \"Any dose\"", &format!("\"{}\": 1", "k".repeat(2_000))),
        Reason::Limit,
        "/vulnerabilities/0",
    );
    let numbers = format!("{{\"document\":[{}0]}}", "0,".repeat(3_000_000));
    check(numbers, Reason::Limit, "/document/1999998");
    let vulnerabilities = "{},".repeat(30_000);
    check(
        with("\"vulnerabilities\": [", &format!("\"vulnerabilities\": [{vulnerabilities}")),
        Reason::Limit,
        "/vulnerabilities",
    );
}

#[test]
fn a_small_document_that_would_grow_large_is_refused() {
    // 20,000 products under one long vendor name, and a group of them in 2,000 remedies.
    let products: Vec<String> = (0..20_000)
        .map(|n| {
            format!(r#"{{"category":"product_name","name":"n","product":{{"name":"p","product_id":"{n}"}}}}"#)
        })
        .collect();
    let vendor = format!(
        r#"{{"category":"vendor","name":"{}","branches":[{}]}},"#,
        "v".repeat(3_900),
        products.join(",")
    );
    let grown = with("\"branches\": [", &format!("\"branches\": [{vendor}"));
    assert_eq!(refused(grown).reason, Reason::Limit);
    let ids: Vec<String> = (0..20_000).map(|n| format!("\"product-{n}\"")).collect();
    let remedies = r#"{"category":"mitigation","details":"d","group_ids":["G-1"]},"#.repeat(2_000);
    let grown = with("[\"P-1\", \"P-2\"]", &format!("[{}]", ids.join(",")));
    let grown = grown.replacen("\"remediations\": [", &format!("\"remediations\": [{remedies}"), 1);
    assert_eq!(refused(grown).reason, Reason::Limit);
}

#[test]
fn relationships_that_go_in_a_circle_are_refused() {
    let place = "/product_tree/relationships/0";
    check(with("\"product_reference\": \"P-2\"", "\"product_reference\": \"P-5\""), Reason::Invalid, place);
    let second = r#""relationships": [{"category":"installed_on","full_product_name":{"name":"x","product_id":"P-6"},
        "product_reference":"P-5","relates_to_product_reference":"P-1"},"#;
    let circle = with("\"relationships\": [", second).replacen(
        "\"product_reference\": \"P-2\"",
        "\"product_reference\": \"P-6\"",
        1,
    );
    assert_eq!(refused(circle).reason, Reason::Invalid);
}

#[test]
fn a_product_id_defined_twice_stands_for_both_products_with_a_warning() {
    let twice = with("\"product_id\": \"P-4\"", "\"product_id\": \"P-1\"");
    let (advisory, findings) = read_document("twice.json", twice.as_bytes()).unwrap();
    let ids: Vec<&str> = advisory.products.iter().map(|product| &*product.id).collect();
    assert_eq!(ids, ["P-1", "P-2", "P-3", "P-1#2", "P-5"]);
    assert_eq!(advisory.vulnerabilities[0].statuses[0].1, ["P-1".into(), "P-1#2".into(), Box::from("P-5")]);
    assert_eq!(findings[0].place, Place::Pointer("/product_tree/full_product_names/0/product_id".into()));
    assert!(findings.iter().all(|finding| finding.severity == Severity::Warning));
}

#[test]
fn a_product_that_is_named_but_not_defined_is_kept_with_a_warning() {
    let (advisory, findings) =
        read_document("undefined.json", with("\"fixed\": [\"P-2\"]", "\"fixed\": [\"P-9\"]").as_bytes())
            .unwrap();
    assert!(advisory.vulnerabilities[0].statuses.iter().any(|(_, ids)| ids[..] == ["P-9".into()]));
    assert_eq!(findings[0].to_string().split(": ").nth(1), Some("/vulnerabilities/0/product_status/fixed/0"));
    let (advisory, findings) =
        read_document("group.json", with("[\"G-1\"], \"product_ids\": [\"P-2\"]", "[\"G-9\"]").as_bytes())
            .unwrap();
    assert_eq!(advisory.vulnerabilities[0].remedies[0].products, ["G-9".into()], "never a remedy for all");
    assert_eq!(findings.len(), 1);
}

#[test]
fn oddities_that_real_documents_have_are_warnings() {
    for (piece, other, place) in [
        ("\"2026-02-01T10:00:00.000Z\"", "\"February\"", "/document/tracking/current_release_date"),
        ("\"version\": \"2\"", "\"version\": \"two\"", "/document/tracking/version"),
        ("\"CVE-2026-0001\"", "\" \"", "/vulnerabilities/0/cve"),
        (
            "\"S*\"",
            "\"S*\", \"\"",
            "/product_tree/branches/0/branches/0/branches/0/branches/0/product/product_identification_helper/serial_numbers/1",
        ),
        ("\"Ward PC\"", "\"\"", "/product_tree/full_product_names/0/name"),
        ("\"baseScore\": 10", "\"baseScore\": 11", "/vulnerabilities/0/scores/0/cvss_v2/baseScore"),
        ("\"baseScore\": 10", "\"baseScore\": -1", "/vulnerabilities/0/scores/0/cvss_v2/baseScore"),
        ("\"baseScore\": 10", "\"baseScore\": \"10\"", "/vulnerabilities/0/scores/0/cvss_v2/baseScore"),
        ("\"baseScore\": 10,", "", "/vulnerabilities/0/scores/0/cvss_v2"),
        ("\"under_investigation\"", "\"affected\"", "/vulnerabilities/0/product_status/affected"),
        ("\"category\": \"legacy\"", "\"category\": \"colour\"", "/product_tree/branches/1/product"),
        ("\"category\": \"mitigation\", ", "", "/vulnerabilities/0/remediations/1"),
        (
            "{ \"category\": \"legacy\"",
            "{ \"category\": \"vendor\", \"name\": \"none\" }, { \"category\": \"legacy\"",
            "/product_tree/branches/1",
        ),
    ] {
        let (_, findings) = read_document("odd.json", with(piece, other).as_bytes()).unwrap();
        let places: Vec<String> = findings.iter().map(|finding| finding.place.to_string()).collect();
        assert_eq!(places, [place], "{piece} → {other}");
        assert_eq!(findings[0].severity, Severity::Warning);
    }
}

#[test]
fn thousands_of_findings_are_counted_and_not_listed() {
    let ids = (0..5_000).map(|n| format!("\"X-{n}\"")).collect::<Vec<_>>().join(",");
    let (_, findings) =
        read_document("many.json", with("\"fixed\": [\"P-2\"]", &format!("\"fixed\": [{ids}]")).as_bytes())
            .unwrap();
    assert_eq!(findings.len(), 201);
    assert_eq!(&*findings[200].problem, "4800 more findings are not listed");
}

#[test]
fn prose_is_kept_up_to_a_limit_and_the_rest_is_counted() {
    let long = format!("Versions before 4.4 {}", "and so on ".repeat(7_000));
    let (advisory, findings) =
        read_document("long.json", with("Versions before 4.4 take any dose.", &long).as_bytes()).unwrap();
    let kept: usize = advisory.vulnerabilities.iter().flat_map(|v| &v.notes).map(|note| note.len()).sum();
    assert!(kept <= adapter_csaf::NOTES_SIZE_MAX_BYTES);
    assert_eq!((findings.len(), findings[0].severity), (1, Severity::Note));
}
