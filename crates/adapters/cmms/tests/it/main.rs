//! A hospital's device list, from the file to devices: one binary, one module for each part of the way.

// Helpers of tests may fail as tests do; clippy knows only the tests themselves.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod golden;
mod gs1;
mod gudid;
mod hibcc;
mod list;
mod mapping;
mod rows;
mod speed;
mod workbook;

use adapter_cmms::{Mapping, OpenOptions, Reading, Table, open_table_bytes, read_devices};

/// Opens a list that must open.
fn open(text: &str) -> Table {
    open_bytes(text.as_bytes())
}

fn open_bytes(bytes: &[u8]) -> Table {
    open_table_bytes("list.csv", bytes.to_vec(), &OpenOptions::default())
        .unwrap_or_else(|why| panic!("{why}"))
}

/// Reads a list with guessed columns.
fn read(text: &str) -> Reading {
    let table = open(text);
    read_devices(&table, &Mapping::guess(table.header()))
}

/// The findings as lines.
fn lines(reading: &Reading) -> Vec<String> {
    reading.findings.iter().map(|finding| format!("{:?} {finding}", finding.severity)).collect()
}
