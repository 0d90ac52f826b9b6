//! JSON, and Orthanc's kind of it.

use adapter_settings::{Kind, Part, read_orthanc};
use manifest::Secrets;

use crate::{clean, lines, refused};

fn orthanc(text: &str) -> adapter_settings::Read {
    read_orthanc(
        &[Part::Configuration { source: "orthanc.json", bytes: text.as_bytes() }],
        &Secrets::default(),
    )
}

#[test]
fn values_stand_at_their_paths_and_numbers_stay_as_written() {
    let file = r#"{"a": {"b": [1, "x", null], "c": [], "d": {}}, "e": [{"f": 1.50}, {"f": true}], "g": [[1], [[2, {}]]], "~/[": -0}"#;
    assert_eq!(
        lines(&clean(Kind::Json, file.as_bytes())),
        [
            "/a/b List([Integer(Integer(\"1\")), Text(\"x\"), Null])",
            "/a/c List([])",
            "/a/d Empty",
            "/e[1]/f Decimal(Decimal(\"1.50\"))",
            "/e[2]/f Boolean(true)",
            "/g[1] List([Integer(Integer(\"1\"))])",
            "/g[2]/[1]/[1] Integer(Integer(\"2\"))",
            "/g[2]/[1]/[2] Empty",
            "/~0~1~2 Decimal(Decimal(\"-0\"))",
        ]
    );
}

#[test]
fn what_json_says_is_the_same_is_the_same_and_a_number_is_no_text() {
    let read = |file: &str| clean(Kind::Json, file.as_bytes());
    assert_eq!(read(r#"{"a": "A", "b": 1}"#), read("{\"b\":1,\n\"a\":\"\\u0041\"}"));
    for other in [r#"{"a": "A", "b": "1"}"#, r#"{"a": "A", "b": 1.0}"#, r#"{"a": "a", "b": 1}"#] {
        assert_ne!(read(r#"{"a": "A", "b": 1}"#).entries(), read(other).entries(), "{other}");
    }
}

#[test]
fn a_fault_is_told_with_pointer_line_and_column_and_without_the_value() {
    let told = refused(Kind::Json, b"{\"db\": {\n  \"pin\": 12e}}");
    assert!(
        told.starts_with("settings: /db/pin: the character") && told.contains("line 2, column 13"),
        "{told}"
    );
    assert!(!told.contains("12e"), "{told}");
    assert!(refused(Kind::Json, br#"{"a":1,"a":2}"#).contains("/a: \"a\": the object has this key twice"));
    assert!(refused(Kind::Json, b"[1]").contains("no object"));
}

#[test]
fn orthanc_reads_comments_and_commas_behind_the_last_member() {
    let (commented, findings) = orthanc(
        "{ // \"Name\" : \"x\",\n \"Name\" : \"a // b /* c */\", /* \n } */ \"Dicom\\\"Aet\" : [1, 2,\n],\n // end\n}",
    )
    .unwrap();
    assert!(findings.is_empty());
    let (plain, _) = orthanc(r#"{"Name": "a // b /* c */", "Dicom\"Aet": [1, 2]}"#).unwrap();
    assert_eq!(commented, plain);
    for wrong in ["{\"a\": [,]}", "{,}", "{\"a\":1,,}", "{\"a\":,}", "{\"a\": 1 /* }", "{\"a\": / 1}"] {
        assert!(orthanc(wrong).is_err(), "{wrong}");
    }
    // Places are those of the file, comments and all.
    let told = orthanc("{ // å comment\n /* x */ \"a\": tru }").unwrap_err().to_string();
    assert!(told.contains("/a") && told.contains("line 2, column 15"), "{told}");
}

#[test]
fn orthanc_takes_several_files_as_one_and_what_the_server_says_of_itself_beside_them() {
    let configuration = |source, text: &'static str| Part::Configuration { source, bytes: text.as_bytes() };
    let system =
        Part::System { source: "system.json", bytes: br#"{"Version": "1.12.4", "Name": "ARCHIVE"}"# };
    let (one, two) = (
        configuration("a.json", r#"{"Name": "ARCHIVE"}"#),
        configuration("b.json", r#"{"DicomPort": 4242}"#),
    );
    let (manifest, _) = read_orthanc(&[one, two, system], &Secrets::default()).unwrap();
    assert_eq!(
        lines(&manifest),
        [
            "/(system)/Name \"ARCHIVE\"",
            "/(system)/Version \"1.12.4\"",
            "/DicomPort Integer(Integer(\"4242\"))",
            "/Name \"ARCHIVE\""
        ]
    );
    let again = configuration("c.json", r#"{"Name": "OTHER"}"#);
    let told = read_orthanc(&[one, again], &Secrets::default()).unwrap_err().to_string();
    assert!(told.contains("c.json: /Name: Name stands in a.json too"), "{told}");
}

#[test]
fn orthanc_values_out_of_the_environment_are_told() {
    let (_, findings) = orthanc(r#"{"PostgreSQL": {"Host": ["x", "${DB_HOST}"]}}"#).unwrap();
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0].to_string().contains("/PostgreSQL/Host/1: part of the value comes from an environment")
    );
}

#[test]
fn orthanc_s_own_configuration_as_debian_ships_it_is_read_whole() {
    let Ok(bytes) = std::fs::read("/etc/orthanc/orthanc.json") else {
        println!("not run: there is no /etc/orthanc/orthanc.json on this machine");
        return;
    };
    let part = Part::Configuration { source: "orthanc.json", bytes: &bytes };
    let (manifest, _) =
        read_orthanc(&[part], &Secrets::default()).unwrap_or_else(|refused| panic!("{refused}"));
    let told = lines(&manifest);
    assert!(told.len() > 50, "{told:#?}");
    assert!(told.iter().any(|line| line.starts_with("/DicomPort Integer")), "{told:#?}");
}
