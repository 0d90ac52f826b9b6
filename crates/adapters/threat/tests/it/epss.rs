//! EPSS scores.

use std::io::Write;

use adapter_threat::{Reason, read_epss};
use flate2::Compression;
use flate2::write::GzEncoder;

const TABLE: &str = "#model_version:v2025.03.14,score_date:2025-08-25T12:55:00Z\ncve,epss,percentile\n\
    CVE-2021-44228,0.94358,0.99959\nCVE-1999-0001,0.000009999,0.123456789\nCVE-2020-0003,1,1.0\nCVE-2020-0004,9.9e-05,0\n";

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn scores_are_cut_to_millionths_and_never_rounded_plain_or_packed() {
    for bytes in [TABLE.as_bytes().to_vec(), packed(TABLE.as_bytes())] {
        let (feed, findings) = read_epss("epss", &bytes[..]).unwrap();
        assert_eq!(findings, []);
        assert_eq!(feed.model_version.as_deref(), Some("v2025.03.14"));
        assert_eq!(feed.score_date.as_deref(), Some("2025-08-25T12:55:00Z"));
        let scores: Vec<_> = feed
            .scores
            .iter()
            .map(|(_, score)| (score.probability_millionths, score.percentile_millionths))
            .collect();
        assert_eq!(scores, [(943_580, 999_590), (9, 123_456), (1_000_000, 1_000_000), (99, 0)]);
    }
}

#[test]
fn odd_rows_are_left_out_by_row_and_column() {
    let text = "cve,epss,percentile\nCVE-2020-0001,0.1,0.2\nCVE-2020-0001,0.1,0.2\nnothing,0.1,0.2\n\
                CVE-2020-0002,1.1,0.2\nCVE-2020-0003,0.1\n\nCVE-2020-0004,nan,0.5\nCVE-2020-0005,0.5,-0.5";
    let (feed, findings) = read_epss("epss.csv", text.as_bytes()).unwrap();
    assert_eq!(feed.scores.len(), 1);
    let places: Vec<_> = findings.iter().map(|finding| finding.place.to_string()).collect();
    assert_eq!(
        places,
        [
            "row 3, column \"cve\"",
            "row 4, column \"cve\"",
            "row 5, column \"epss\"",
            "row 6, column \"percentile\"",
            "row 8, column \"epss\"",
            "row 9",
            "row 9, column \"percentile\"",
            "row 1",
        ]
    );
}

#[test]
fn a_table_that_is_cut_off_in_its_packing_or_something_else_is_refused() {
    let whole = packed(TABLE.as_bytes());
    let refused = read_epss("epss.gz", &whole[..whole.len() - 12]).unwrap_err();
    assert_eq!(refused.reason, Reason::Unreadable);
    for text in ["", "\n\n", "#only a comment\n", "asset_tag,unit\n1,2\n", "{\"vulnerabilities\":[]}"] {
        assert_eq!(read_epss("epss", text.as_bytes()).unwrap_err().reason, Reason::OtherKind, "{text}");
    }
    assert_eq!(
        read_epss("epss", &b"cve,epss,percentile\n\xff\xfe\n"[..]).unwrap_err().reason,
        Reason::Encoding
    );
}

#[test]
fn a_line_without_end_and_a_table_that_unpacks_without_end_are_refused_early() {
    let refused = read_epss("epss", std::io::repeat(b'x')).unwrap_err();
    assert_eq!(refused.reason, Reason::Limit);
    // 140 MB of blank lines pack into a few hundred kB.
    let mut bomb = packed(b"cve,epss,percentile\n");
    let lines = packed((" ".repeat(4_000) + "\n").repeat(1_000).as_bytes());
    for _ in 0..35 {
        bomb.extend_from_slice(&lines);
    }
    assert_eq!(read_epss("bomb.gz", &bomb[..]).unwrap_err().reason, Reason::TooLarge);
}

#[test]
fn a_day_of_300_000_scores_is_read_in_full() {
    let mut text = TABLE.to_owned();
    for number in 0..300_000_u32 {
        text += &format!(
            "CVE-2019-{:07},0.{:05},0.{:05}\n",
            1_000_000 + number,
            number % 100_000,
            number % 99_991
        );
    }
    let bytes = packed(text.as_bytes());
    let (feed, findings) = read_epss("epss.gz", &bytes[..]).unwrap();
    assert_eq!((feed.scores.len(), findings.len()), (300_004, 0));
}
