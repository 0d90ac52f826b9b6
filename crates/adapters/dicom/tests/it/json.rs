//! Rows of DICOM JSON.

use adapter_dicom::element::Tag;
use adapter_dicom::web::{JsonRow, read_rows};
use proptest::prelude::*;

const STUDY: Tag = Tag(0x0020, 0x000D);
const SERIES_COUNT: Tag = Tag(0x0020, 0x1206);

fn rows(body: &str) -> Result<Vec<JsonRow>, String> {
    let mut all = Vec::new();
    read_rows(body.as_bytes(), |row| all.push(row)).map_err(|error| error.to_string())?;
    Ok(all)
}

#[test]
fn a_row_tells_its_first_values_whether_text_or_number() {
    let body = r#"[{"0020000D":{"vr":"UI","Value":["1.2.3"]},"00201206":{"vr":"IS","Value":[7]},"00100010":{"vr":"PN","Value":[{"Alphabetic":"Å^B"}]},
        "00081110":{"vr":"SQ","Value":[{"00080050":{"vr":"SH"}}]},"00080050":{"vr":"SH"},"note":{"x":1}}]"#;
    let all = rows(body).unwrap();
    let [row] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((row.text(STUDY), row.count(SERIES_COUNT)), ("1.2.3", Some(7)));
    assert_eq!(row.text(Tag(0x0010, 0x0010)), "Å^B");
    assert_eq!(row.text(Tag(0x0008, 0x0050)), "");
}

#[test]
fn no_content_is_no_row_and_half_an_answer_is_none() {
    assert_eq!(rows("").unwrap(), []);
    assert_eq!(rows("[]").unwrap(), []);
    let half = rows(r#"[{"0020000D":{"vr":"UI","Value":["1.2.3"]}},{"0020"#).unwrap_err();
    assert!(half.contains("at row 2"), "{half}");
    assert!(rows("[]x").unwrap_err().contains("trailing characters"));
    assert!(rows(r#"{"error":"x"}"#).unwrap_err().contains("row 1"));
}

#[test]
fn an_attribute_that_stands_there_twice_is_refused_because_two_readers_would_differ() {
    let body = r#"[{"0020000D":{"Value":["1"]},"0020000d":{"Value":["2"]}}]"#;
    assert!(rows(body).unwrap_err().contains("(0020,000D) stands there twice"));
}

#[test]
fn nesting_without_end_is_refused() {
    let body = format!("[{{\"0020000D\":{{\"Value\":{}", "[".repeat(100_000));
    assert!(rows(&body).is_err());
}

#[test]
fn a_refusal_does_not_repeat_a_long_text_that_it_found() {
    let says = rows(&format!("\"{}\"", "x".repeat(100_000))).unwrap_err();
    assert!(says.len() < 300 && says.contains("line 1, column"), "{says}");
}

proptest! {
    #[test]
    fn no_text_brings_the_reader_down(body in "\\PC{0,200}") {
        let _ = rows(&body);
    }
}
