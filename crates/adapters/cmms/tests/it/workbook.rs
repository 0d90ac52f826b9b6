//! XLSX workbooks: numbers, dates, sheets, and archives that are not what they seem.

use crate::{lines, open_bytes};
use adapter_cmms::{Mapping, OpenOptions, Reading, open_table_bytes, read_devices};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

fn workbook(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet());
    workbook.save_to_buffer().unwrap()
}

fn header(sheet: &mut Worksheet, row: u32, names: &[&str]) {
    for (column, name) in names.iter().enumerate() {
        sheet.write_string(row, column as u16, *name).unwrap();
    }
}

fn read(bytes: &[u8]) -> Reading {
    let table = open_bytes(bytes);
    read_devices(&table, &Mapping::guess(table.header()))
}

fn refusal(bytes: &[u8], options: &OpenOptions) -> String {
    open_table_bytes("list.xlsx", bytes.to_vec(), options).unwrap_err().finding("list.xlsx").to_string()
}

#[test]
fn an_asset_tag_stored_as_a_number_is_read_as_it_is_printed_on_the_label() {
    let bytes = workbook(|sheet| {
        header(
            sheet,
            0,
            &["Asset No", "Manufacturer", "Model", "Software Version", "End of support", "Serial No"],
        );
        for (row, (tag, version)) in [(1234.0, 2.1), (1_000_000.0, 3.0)].into_iter().enumerate() {
            let row = row as u32 + 1;
            sheet.write_number(row, 0, tag).unwrap();
            sheet.write_string(row, 1, " Philips ").unwrap();
            sheet.write_number(row, 2, 840.0).unwrap();
            sheet.write_number(row, 3, version).unwrap();
            let date = ExcelDateTime::from_ymd(2027, 3, 31).unwrap();
            sheet.write_with_format(row, 4, &date, &Format::new().set_num_format("dd/mm/yyyy")).unwrap();
            sheet.write_number(row, 5, 123_456_789_012_345.0).unwrap();
        }
        sheet.write_number(3, 0, 7.0).unwrap();
        sheet.write_number(3, 4, 46_477.0).unwrap();
    });
    let reading = read(&bytes);
    let device = &reading.devices[0];
    assert_eq!(
        (device.asset_tag.as_str(), &*device.manufacturer, &*device.model),
        ("1234", "Philips", "840")
    );
    assert_eq!(device.software_version.as_deref(), Some("2.1"));
    assert_eq!(device.serial_number.as_deref(), Some("123456789012345"));
    assert_eq!(device.support.end.unwrap().to_string(), "2027-03-31");
    assert_eq!(reading.devices[1].asset_tag.as_str(), "1000000");
    assert_eq!(reading.devices[1].software_version.as_deref(), Some("3"));
    assert_eq!(reading.devices[2].support.end.unwrap().to_string(), "2027-03-31");
    assert_eq!(reading.rows, [2, 3, 4]);
    assert!(
        lines(&reading).contains(
            &"Warning list.csv: row 2, column \"Software Version\": the column holds numbers, not text, so that 2.10 cannot be \
              told from 2.1 (rows: 2); export the column as text"
                .to_owned()
        ),
        "{:#?}",
        lines(&reading)
    );
}

#[test]
fn what_a_spreadsheet_has_spoilt_is_named_and_never_used() {
    let bytes = workbook(|sheet| {
        header(sheet, 0, &["asset_tag", "manufacturer", "model", "serial_number", "software_version"]);
        sheet.write_string(1, 0, "M1").unwrap();
        sheet.write_string(1, 1, "GE").unwrap();
        sheet.write_string(1, 2, "B40").unwrap();
        sheet.write_number(1, 3, 1_234_567_890_123_456_789.0).unwrap();
        let date = ExcelDateTime::from_ymd(2026, 1, 2).unwrap();
        sheet.write_with_format(1, 4, &date, &Format::new().set_num_format("d-mmm")).unwrap();
        sheet.write_string(2, 0, "M2").unwrap();
        sheet.write_string(2, 1, "GE").unwrap();
        sheet.write_string(2, 2, "B40").unwrap();
        sheet.write_formula(2, 3, rust_xlsxwriter::Formula::new("=NA()").set_result("#N/A")).unwrap();
    });
    let reading = read(&bytes);
    assert!(reading.is_importable());
    assert!(reading.devices.iter().all(|device| device.serial_number.is_none()));
    let said = lines(&reading).join("\n");
    assert!(
        said.contains("row 2, column \"serial_number\": \"1234567890123456768\": the number is too long"),
        "{said}"
    );
    assert!(said.contains("row 2, column \"software_version\": the column holds dates"), "{said}");
}

#[test]
fn an_asset_tag_that_lost_digits_refuses_the_list() {
    let bytes = workbook(|sheet| {
        header(sheet, 0, &["asset_tag", "manufacturer", "model"]);
        sheet.write_number(1, 0, 12_345_678_901_234_567.0).unwrap();
        sheet.write_string(1, 1, "GE").unwrap();
        sheet.write_string(1, 2, "B40").unwrap();
    });
    let reading = read(&bytes);
    assert_eq!((reading.errors, reading.devices.len()), (1, 0), "{:?}", lines(&reading));
}

#[test]
fn the_right_sheet_and_the_right_rows_are_read() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Summary").unwrap().write_string(0, 0, "Devices: 1").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("Devices").unwrap().write_string(0, 0, "Device list").unwrap();
    header(sheet, 3, &["asset_tag", "manufacturer", "model", "room"]);
    for (column, text) in ["M1", "GE", "B40"].iter().enumerate() {
        sheet.write_string(7, column as u16, *text).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    let first = open_bytes(&bytes);
    assert_eq!((first.sheet(), first.sheets().len(), first.notes().len()), (Some("Summary"), 2, 1));
    let chosen = OpenOptions { sheet: Some("devices".into()), ..OpenOptions::default() };
    let table = open_table_bytes("list.xlsx", bytes.clone(), &chosen).unwrap();
    let reading = read_devices(&table, &Mapping::guess(table.header()));
    assert_eq!((table.header_row(), reading.rows.as_slice()), (4, [8].as_slice()));
    let wrong = OpenOptions { sheet: Some("Lista".into()), ..OpenOptions::default() };
    assert_eq!(
        refusal(&bytes, &wrong),
        "list.xlsx: whole file: the workbook has no sheet \"Lista\"; choose one of: Summary, Devices"
    );
}

#[test]
fn a_cell_in_the_last_corner_of_the_sheet_is_refused_and_costs_nothing() {
    for (row, column, want) in
        [(1, 16_383, "row 2: the row has more than 500 columns"), (1_048_575, 501, "more than 500 columns")]
    {
        let bytes = workbook(|sheet| {
            header(sheet, 0, &["asset_tag", "manufacturer", "model"]);
            sheet.write_string(row, column, "x").unwrap();
        });
        let said = refusal(&bytes, &OpenOptions::default());
        assert!(said.contains(want), "{said}");
    }
    let far = workbook(|sheet| {
        header(sheet, 0, &["asset_tag", "manufacturer", "model"]);
        header(sheet, 1_048_575, &["M1", "GE", "B40"]);
    });
    assert_eq!(read(&far).rows, [1_048_576]);
    let beyond = workbook(|sheet| {
        header(sheet, 0, &["asset_tag", "manufacturer", "model"]);
        header(sheet, 1, &["M1", "GE", "B40", "", "stray"]);
    });
    assert_eq!(read(&beyond).errors, 1);
}

#[test]
fn an_archive_that_is_no_workbook_is_refused() {
    let bytes = workbook(|sheet| header(sheet, 0, &["asset_tag", "manufacturer", "model"]));
    for cut in [4, 30, bytes.len() / 2, bytes.len() - 1] {
        let said = refusal(&bytes[..cut], &OpenOptions::default());
        assert!(said.contains("the workbook cannot be read"), "{said}");
    }
    let plain = zip_of(&[("hello.txt", b"hello".as_slice())]);
    assert!(refusal(&plain, &OpenOptions::default()).contains("the workbook cannot be read"));
}

fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let deflated =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, content) in parts {
        writer.start_file(*name, deflated).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_damaged_workbook_never_makes_the_reader_panic(at in any::<proptest::sample::Index>(), byte in any::<u8>(), more in any::<u8>()) {
        let mut bytes = workbook(|sheet| {
            header(sheet, 0, &["asset_tag", "manufacturer", "model"]);
            header(sheet, 1, &["M1", "GE", "B40"]);
        });
        let at = at.index(bytes.len() - 8);
        bytes[at] = byte;
        bytes[at + usize::from(more % 8)] ^= more;
        if let Ok(table) = open_table_bytes("fuzz", bytes, &OpenOptions::default()) {
            let _ = read_devices(&table, &Mapping::guess(table.header()));
        }
    }
}
