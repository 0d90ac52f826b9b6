//! Messages of a hospital's systems, and what they say: one binary, one module for each part of the way.

// Helpers of tests may fail as tests do; clippy knows only the tests themselves.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

mod any_text;
mod files;
mod orders;
mod real;
mod stays;
mod theatres;

use adapter_hl7::{Read, Site, Terms, read_messages};
use archive::circumstances::{Order, Says};
use jiff::tz::TimeZone;
use model::Time;

/// 26 November 2026, noon in Greenwich.
const NOW: Time = Time(1_795_694_400_000_000);
/// A message's first segment, recorded at 10 in Stockholm.
const HEAD: &str = "MSH|^~\\&|RIS|HUS|SEGUE|HUS|20261126100000||";

fn read_bytes(bytes: &[u8], site: &Site) -> Read {
    let zone = TimeZone::get("Europe/Stockholm").unwrap();
    read_messages(bytes, &Terms { source: "night.hl7", zone: &zone, now: NOW, site })
}

fn read(text: &str) -> Read {
    read_bytes(text.as_bytes(), &Site::default())
}

/// A message of this type with these segments.
fn message(kind: &str, segments: &[&str]) -> String {
    format!("{HEAD}{kind}|1|P|2.5.1\r{}\r", segments.join("\r"))
}

/// A segment with these values in these fields.
fn segment(name: &str, values: &[(usize, &str)]) -> String {
    let last = values.iter().map(|(field, _)| *field).max().unwrap_or(0);
    let of = |field| values.iter().find(|(at, _)| *at == field).map_or("", |(_, value)| *value);
    std::iter::once(name).chain((1..=last).map(of)).collect::<Vec<&str>>().join("|")
}

/// What a message says that must be read without a word.
fn said(kind: &str, segments: &[&str]) -> Vec<Says> {
    let read = read(&message(kind, segments));
    assert_eq!(read.findings, [], "{segments:?}");
    read.told.into_iter().map(|told| told.says).collect()
}

fn orders(read: Read) -> Vec<Order> {
    let order = |told: archive::circumstances::Told| match told.says {
        Says::Order(order) => order,
        other => panic!("{other:?}"),
    };
    read.told.into_iter().map(order).collect()
}

fn lines(read: &Read) -> Vec<String> {
    read.findings.iter().map(|finding| format!("{:?} {finding}", finding.severity)).collect()
}
