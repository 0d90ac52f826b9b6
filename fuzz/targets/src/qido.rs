//! Answers of QIDO-RS: whatever the bytes, rows one after another, or a refusal that says in which row; never rows and silence about the rest.

use adapter_dicom::element::Tag;
use adapter_dicom::web::{JsonRow, read_rows};

/// Pieces of the notation.
pub const WORDS: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "\"0020000D\"",
    "\"0020000d\"",
    "\"00201206\"",
    "\"vr\":\"UI\"",
    "\"Value\":[",
    "\"Value\":[\"1.2.3\"]",
    "\"Alphabetic\":\"A^B\"",
    "\"BulkDataURI\":\"x\"",
    "\\u0000",
    "\\ud800",
    "[[[[[[[[",
    "{\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"1.2.3\"]}}",
];

const STUDY: Tag = Tag(0x0020, 0x000D);
const SERIES_COUNT: Tag = Tag(0x0020, 0x1206);

/// Reads `data` as one answer.
pub fn target(data: &[u8]) {
    let rows = |data: &[u8]| {
        let mut rows: Vec<JsonRow> = Vec::new();
        let read = read_rows(data, |row| rows.push(row)).map_err(|error| (error.row, error.to_string()));
        (read, rows)
    };
    let (read, all) = rows(data);
    match &read {
        Ok(count) => assert_eq!(*count, all.len() as u64, "every row is handed over"),
        Err((row, says)) => {
            assert!(
                *row > all.len() as u64 || *row == all.len() as u64 + 1,
                "the row after the last good one"
            );
            assert!(says.len() < 512, "a message stays readable");
        }
    }
    assert!(all.len() <= data.len() / 2 + 1, "a row has two bytes at least");
    for row in &all {
        assert!(row.text(STUDY).len() <= data.len());
        let _ = row.count(SERIES_COUNT);
    }
    assert_eq!((read, all), rows(data), "the same bytes give the same answer");
}
