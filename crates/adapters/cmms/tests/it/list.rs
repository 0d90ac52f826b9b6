//! Delimited text: delimiters, quotes, line ends, encodings, limits, and what stands above the header.

use crate::{open, open_bytes};
use adapter_cmms::{
    CELL_LENGTH_MAX_BYTES, COLUMNS_MAX, OpenOptions, Refused, Row, Table, open_table, open_table_bytes,
};
use proptest::prelude::*;

fn cells(table: &Table) -> Vec<(u64, Vec<String>)> {
    let mut rows = table.rows();
    let mut row = Row::default();
    let mut all = Vec::new();
    while rows.read(&mut row).unwrap() {
        all.push((row.number, row.cells.iter().map(|cell| cell.text.to_string()).collect()));
    }
    all
}

fn refusal(bytes: &[u8]) -> String {
    let refused = open_table_bytes("list.csv", bytes.to_vec(), &OpenOptions::default()).unwrap_err();
    refused.finding("list.csv").to_string()
}

#[test]
fn the_delimiter_is_found_whatever_the_system_exports() {
    for (delimiter, name) in [(',', "comma"), (';', "semicolon"), ('\t', "tab"), ('|', "bar")] {
        let text =
            "asset_tag,manufacturer,model\nMON-1,Philips,MX800\nMON-2,\"Dräger, Lübeck; DE|x\",Evita\n";
        let text: String = text.replace("\"Dräger, Lübeck; DE|x\"", "§").replace(',', &delimiter.to_string());
        let table = open(&text.replace('§', "\"Dräger, Lübeck; DE|x\""));
        assert_eq!(table.delimiter(), Some(delimiter), "{name}");
        assert_eq!(cells(&table)[1].1, ["MON-2", "Dräger, Lübeck; DE|x", "Evita"], "{name}");
    }
    assert_eq!(open("a;b\n1,5;2,5\n2,5;1,0\n").delimiter(), Some(';'));
    let table = open("sep=;\r\nAsset No;Mfr;Model\r\n1;a,b,c;d\r\n");
    assert_eq!((table.delimiter(), table.header_row()), (Some(';'), 2));
    let forced = OpenOptions { delimiter: Some(b'^'), ..OpenOptions::default() };
    let table = open_table_bytes("list.csv", b"asset_tag^model\n1^2".to_vec(), &forced).unwrap();
    assert_eq!(cells(&table), [(2, vec!["1".to_owned(), "2".to_owned()])]);
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_shows_them() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("asset_tag,model{end}{end}1,\"two{end}lines\"{end}2,b{end}{end}");
        let rows = cells(&open(&text));
        let numbered: Vec<u64> =
            rows.iter().filter(|(_, cells)| cells.len() > 1).map(|(row, _)| *row).collect();
        assert_eq!(numbered, [3, 4], "{end:?}");
        assert_eq!(rows[1].1[1], format!("two{end}lines"));
    }
}

#[test]
fn quotes_are_read_as_rfc_4180_writes_them() {
    let table = open("asset_tag,model,room\n1,\"say \"\"hi\"\"\",\"\"\n2,5\" screen,\"\"\"\"\n3,\"a\" ,x\n");
    let rows = cells(&table);
    assert_eq!(rows[0].1, ["1", "say \"hi\"", ""]);
    assert_eq!(rows[1].1, ["2", "5\" screen", "\""]);
    assert_eq!(rows[2].1, ["3", "a", "x"]);
}

#[test]
fn title_rows_above_the_header_are_skipped_and_said() {
    let table = open(
        "Device list;;;\nMain hospital, 2026-11-01;;;\n;;;\nInventarienr;Tillverkare;Modell;Avdelning\n1;a;b;c\n",
    );
    assert_eq!((table.header_row(), table.header().len()), (4, 4));
    assert_eq!(
        table.notes()[0].to_string(),
        "list.csv: row 4: the column names were found in row 4; the rows above it are not read"
    );
    assert_eq!(cells(&table).len(), 1);
    let unknown = open("\n\nfoo,bar\n1,2\n");
    assert_eq!((unknown.header_row(), unknown.notes().len()), (3, 0));
    let options =
        OpenOptions { expected_headers: vec!["foo".into(), "bar".into()], ..OpenOptions::default() };
    let told = open_table_bytes("list.csv", b"title\nfoo,bar\n1,2\n".to_vec(), &options).unwrap();
    assert_eq!(told.header_row(), 2);
}

#[test]
fn a_western_european_list_is_read_and_the_guess_is_said() {
    let table = open_bytes(b"asset_tag;manufacturer;model\r\n1;Dr\xe4ger;Evita\r\n");
    assert_eq!(cells(&table)[0].1[1], "Dräger");
    assert_eq!(
        table.notes()[0].to_string(),
        "list.csv: whole file: the file is not UTF-8 (first seen at byte 34), so it was read as Windows-1252 (Western \
         European); check a name with accents; if it is wrong, name the encoding in the mapping file"
    );
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain("asset_tag\tmodel\n1\tMÅ\n".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(cells(&open_bytes(&utf16))[0].1[1], "MÅ");
}

#[test]
fn what_is_no_list_is_refused_with_the_place_and_what_would_be_right() {
    for (bytes, want) in [
        (
            b"".as_slice(),
            "list.csv: whole file: the table is empty; export a list with a header row and one row for each device",
        ),
        (
            b"\n\n,,\n",
            "list.csv: whole file: the table is empty; export a list with a header row and one row for each device",
        ),
        (
            b"asset_tag,model\n1,a\0b\n",
            "list.csv: byte 19: a NUL byte stands there; this is not text; save the list as CSV in UTF-8, or say encoding = \
             \"utf-16le\" in the mapping file",
        ),
        (
            b"Asset Tag,model,asset_tag\n1,2,3",
            "list.csv: row 1: columns 1 and 3 are both called \"asset_tag\"; give each column a name of its own",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....",
            "list.csv: whole file: this is an old Excel workbook (.xls) or one protected with a password; save it as .xlsx \
             without a password, or as CSV",
        ),
        (
            b"asset_tag,\"model\n1,2",
            "list.csv: row 1: the quote that opens in column 2 is never closed; close the quote, and write a quote inside a \
             quoted cell twice",
        ),
        (
            b"\xef\xbb\xbfasset_tag,model\n1,Dr\xe4ger",
            "list.csv: byte 23: the text is not UTF-8, although it says so; save the list as CSV in UTF-8, or name its \
             encoding in the mapping file, such as \"windows-1252\"",
        ),
    ] {
        assert_eq!(refusal(bytes), want);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    std::fs::write(&path, "asset_tag,model\n1,2\n").unwrap();
    assert_eq!(cells(&open_table("list.csv", &path, &OpenOptions::default()).unwrap()).len(), 1);
    let missing = open_table("gone.csv", std::path::Path::new("/nowhere/gone.csv"), &OpenOptions::default());
    assert!(matches!(missing, Err(Refused::Io(_))));
}

#[test]
fn every_limit_refuses_with_the_row_instead_of_filling_memory() {
    let wide = format!("asset_tag,model\n{}\n", ",".repeat(COLUMNS_MAX));
    let long = format!("asset_tag,model\n1,2\n3,{}\n", "x".repeat(CELL_LENGTH_MAX_BYTES + 1));
    let many = format!("asset_tag,model{}", "\n".repeat(2_000_001));
    for (text, want) in [
        (wide, "row 2: the row has more than 500 columns"),
        (long, "row 3: the cell in column 2 has more than 65536 bytes"),
        (many, "whole file: the table has more than 2000000 rows"),
    ] {
        let table = open_table_bytes("list.csv", text.into_bytes(), &OpenOptions::default());
        let refused = table.and_then(|table| {
            let (mut rows, mut row) = (table.rows(), Row::default());
            while rows.read(&mut row)? {}
            Ok(())
        });
        let said = refused.unwrap_err().finding("list.csv").to_string();
        assert!(said.contains(want), "{said}");
    }
}

#[test]
fn the_progress_bar_s_end_is_never_before_the_last_row() {
    for text in
        ["asset_tag,model\n1,2\n3,4", "title\n\nasset_tag,model\r\n1,2\r\n", "asset_tag,model\r1,2\r3,4\r"]
    {
        let table = open(text);
        assert!(table.rows_at_most() >= cells(&table).len() as u64, "{text:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(table) = open_table_bytes("fuzz", bytes, &OpenOptions::default()) {
            let mapping = adapter_cmms::Mapping::guess(table.header());
            let _ = adapter_cmms::read_devices(&table, &mapping);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-c,;\t|\"\r\n ä=]{0,200}") {
        let header = "asset_tag,manufacturer,model,udi\n";
        for text in [text.clone(), format!("{header}{text}")] {
            if let Ok(table) = open_table_bytes("fuzz", text.into_bytes(), &OpenOptions::default()) {
                let mapping = adapter_cmms::Mapping::guess(table.header());
                let _ = adapter_cmms::read_devices(&table, &mapping);
            }
        }
    }

    /// A list written by another program's CSV writer is read cell by cell as it was written.
    #[test]
    fn what_a_csv_writer_writes_is_read_back(
        rows in proptest::collection::vec(proptest::collection::vec("[a-z,;|\"\r\n\tåß ]{0,8}", 3), 0..12),
        crlf in any::<bool>(),
    ) {
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
        writer.write_record(["asset_tag", "manufacturer", "model"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let options = OpenOptions { delimiter: Some(b','), ..OpenOptions::default() };
        let table = open_table_bytes("list.csv", writer.into_inner().unwrap(), &options).unwrap();
        let read: Vec<Vec<String>> = cells(&table).into_iter().map(|(_, cells)| cells).collect();
        prop_assert_eq!(read, rows);
    }
}
