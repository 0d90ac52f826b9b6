//! One messy list with each kind of mistake, and the exact sentences it must give.
//!
//! To look at changed sentences: `GOLDEN_WRITE=1 cargo test -p adapter-cmms golden`, then read the difference.

use crate::{lines, open_bytes};
use adapter_cmms::{Mapping, read_devices};

const LIST: &[u8] = include_bytes!("golden/messy.csv");
const FINDINGS: &str = include_str!("golden/messy.findings.txt");
const DEVICES: &str = include_str!("golden/clean.devices.txt");

fn compare(name: &str, got: &str, want: &str) {
    if std::env::var_os("GOLDEN_WRITE").is_some() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden").join(name);
        std::fs::write(path, got).unwrap();
    } else {
        assert!(got == want, "{name} differs; it is now:\n{got}");
    }
}

#[test]
fn each_mistake_of_a_messy_list_is_named_with_row_column_value_and_what_would_be_right() {
    let table = open_bytes(LIST);
    let mapping = Mapping::guess(table.header());
    let reading = read_devices(&table, &mapping);
    assert!(reading.devices.is_empty());
    let mut got = lines(&reading).join("\n");
    got += &format!(
        "\n{} rows: {} errors, {} warnings, {} notes\n",
        reading.rows_read, reading.errors, reading.warnings, reading.notes
    );
    compare("messy.findings.txt", &got, FINDINGS);
}

#[test]
fn the_rows_without_a_mistake_are_devices() {
    // Row 2 of the messy list is kept, and every row that it names with an error is taken out.
    let table = open_bytes(LIST);
    let reading = read_devices(&table, &Mapping::guess(table.header()));
    let wrong: Vec<u64> = reading
        .findings
        .iter()
        .filter(|finding| finding.severity == model::finding::Severity::Error)
        .filter_map(|finding| match finding.place {
            model::finding::Place::Cell { row, .. } | model::finding::Place::Row { row } => Some(row),
            _ => None,
        })
        .collect();
    let text = std::str::from_utf8(LIST).unwrap().replace("\"B40\nbäddmonitor\"", "\"B40 § bäddmonitor\"");
    let clean: Vec<&str> =
        (1..).zip(text.split("\r\n")).filter(|(row, _)| !wrong.contains(row)).map(|(_, line)| line).collect();
    let table = open_bytes(clean.join("\r\n").replace(" § ", "\n").as_bytes());
    let reading = read_devices(&table, &Mapping::guess(table.header()));
    assert!(reading.is_importable(), "{:#?}", lines(&reading));
    let devices: Vec<String> =
        reading.devices.iter().map(|device| serde_json::to_string(device).unwrap()).collect();
    compare("clean.devices.txt", &(devices.join("\n") + "\n"), DEVICES);
}
