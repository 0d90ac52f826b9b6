//! A large list does not keep anybody waiting. Sizes here are small enough for unoptimised builds; `CMMS_ROWS` asks for more
//! and prints what was measured.

use adapter_cmms::{Mapping, OpenOptions, open_table_bytes, read_devices};
use std::fmt::Write;
use std::time::Instant;

/// A list of `rows` devices, every column filled.
fn list(rows: usize) -> String {
    let mut text = String::from(
        "Inventory No;Manufacturer;Model;Catalogue number;Software Version;OS;S/N;UDI;Device type;Hospital;Building;Ward;Room;\
         Owner;Support;EOS date;Serviced by;Network;Criticality\n",
    );
    for row in 0..rows {
        let maker = ["Philips", "GE Healthcare", "Dräger", "B. Braun"][row % 4];
        writeln!(
            text,
            "MED-{row:07};{maker};\"Model {}; bed\";8652{};{}.{}.{};Windows 10;SN{row:08};(01)09506000134352(21)SN{row:08};patient \
             monitor;North;B{};ICU {};{};Clinical engineering;in support;2031-12-31;biomed;segmented;high",
            row % 300,
            row % 90,
            row % 5,
            row % 11,
            row % 7,
            row % 9,
            row % 40,
            row % 70,
        )
        .unwrap();
    }
    text
}

#[test]
fn a_large_list_is_read_in_seconds() {
    let rows = std::env::var("CMMS_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(20_000);
    let text = list(rows);
    let bytes = text.len();
    let started = Instant::now();
    let table = open_table_bytes("list.csv", text.into_bytes(), &OpenOptions::default()).unwrap();
    let mapping = Mapping::guess(table.header());
    let opened = started.elapsed();
    let reading = read_devices(&table, &mapping);
    let took = started.elapsed();
    println!("{rows} rows, {bytes} bytes: opened in {opened:?}, devices after {took:?}");
    assert_eq!((reading.devices.len(), reading.findings.len()), (rows, 0), "{:?}", reading.findings.first());
    assert!(took.as_secs() < 30);
}

#[test]
fn a_large_workbook_is_read_in_seconds() {
    let rows = std::env::var("CMMS_ROWS")
        .ok()
        .and_then(|rows| rows.parse::<u32>().ok())
        .unwrap_or(2_000)
        .min(100_000);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let text = list(rows as usize);
    for (row, line) in text.lines().enumerate() {
        for (column, cell) in line.replace("; bed", " bed").split(';').enumerate() {
            sheet.write_string(row as u32, column as u16, cell.trim_matches('"')).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let started = Instant::now();
    let table = open_table_bytes("list.xlsx", bytes, &OpenOptions::default()).unwrap();
    let reading = read_devices(&table, &Mapping::guess(table.header()));
    println!("{rows} rows of a workbook: {:?}", started.elapsed());
    assert_eq!(reading.devices.len(), rows as usize, "{:?}", reading.findings.first());
}
