//! Device lists, CSV and XLSX: whatever the bytes, either all devices of the list or none and findings that say where.

use std::collections::BTreeSet;

use adapter_cmms::{COLUMNS_MAX, FINDINGS_MAX, Mapping, OpenOptions, open_table_bytes, read_devices};

/// Pieces of the notation.
pub const WORDS: &[&str] = &[
    "asset_tag",
    "manufacturer",
    "model",
    "software_version",
    "serial_number",
    "udi",
    "unit",
    "site",
    "bed",
    "owner",
    "end_of_support",
    "Inventarienummer",
    ",",
    ";",
    "\t",
    "|",
    "\"",
    "\"\"",
    "\n",
    "\r\n",
    "\r",
    "sep=;\n",
    "\u{feff}",
    "(01)07300000000013",
    "2099-02-30",
    "31/12/99",
    "45000",
    "N/A",
    "unknown",
    "?",
    "\0",
    "PK\u{3}\u{4}",
    "Åsö",
    "4,3",
];

/// Reads `data` as a device list, guesses what its columns mean, and reads the devices.
pub fn target(data: &[u8]) {
    let table = match open_table_bytes("list", data.to_vec(), &OpenOptions::default()) {
        Ok(table) => table,
        Err(refused) => {
            assert!(!refused.to_string().is_empty(), "a refusal says why");
            assert!(!refused.expected().is_empty(), "a refusal says what would be right");
            return;
        }
    };
    assert!(table.header().len() <= COLUMNS_MAX);
    let mapping = Mapping::guess(table.header());
    let reading = read_devices(&table, &mapping);
    assert!(reading.findings.len() <= FINDINGS_MAX, "findings are bounded: {}", reading.findings.len());
    assert_eq!(reading.devices.len(), reading.rows.len(), "each device knows its row");
    if reading.is_importable() {
        let tags: BTreeSet<_> = reading.devices.iter().map(|device| &device.asset_tag).collect();
        assert_eq!(tags.len(), reading.devices.len(), "no asset tag twice");
    } else {
        assert!(reading.devices.is_empty(), "one error means that nothing is imported");
    }
    let severe =
        reading.findings.iter().filter(|finding| finding.problem.is_empty() || finding.expected.is_empty());
    assert_eq!(severe.count(), 0, "each finding says what is wrong and what would be right");
    assert_eq!(reading, read_devices(&table, &mapping), "the same list gives the same devices");
}
