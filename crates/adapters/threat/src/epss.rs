//! EPSS scores (FIRST): a CSV table, plain or gzip, with its model and date in a comment line before the header.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read};

use adapter_input::{Findings, Reason, Refused, decimal_cut};
use flate2::bufread::MultiGzDecoder;
use model::finding::{Finding, Place, Severity};
use model::threat::EpssScore;

use crate::cve::{CVE_EXPECTED, is_cve};

/// Most bytes of the table once unpacked (128 MiB); today's has 10 MiB. It is read as a stream.
pub const EPSS_SIZE_MAX_BYTES: u64 = 128 * 1024 * 1024;

/// Most rows; today's table has some 300,000.
pub const EPSS_ROWS_MAX_COUNT: usize = 5_000_000;

/// Longest line, in bytes.
pub const EPSS_LINE_MAX_BYTES: usize = 4_096;

const MILLIONTHS: u64 = 1_000_000;
const PLACES: u32 = 6;

/// A day's scores.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EpssFeed {
    /// `model_version` of the comment line.
    pub model_version: Option<Box<str>>,
    /// `score_date` of the comment line, as written: these scores age.
    pub score_date: Option<Box<str>>,
    /// CVE id and score, in the table's order, no CVE twice.
    pub scores: Vec<(Box<str>, EpssScore)>,
}

/// Reads the scores, unpacking gzip when it begins as such. Numbers are cut to millionths, never rounded.
///
/// A row that is no score or repeats a CVE is left out with a warning; a table without the columns `cve`, `epss` and
/// `percentile`, one that is cut off within its packing, or one beyond the limits is refused.
pub fn read_epss(source: &str, reader: impl Read) -> Result<(EpssFeed, Vec<Finding>), Refused> {
    let mut packed = BufReader::with_capacity(64 * 1024, reader);
    let start = packed.fill_buf().map_err(|error| broken(source, 1, &error))?;
    let is_packed = start.starts_with(&[0x1F, 0x8B]);
    let mut findings = Findings::new(source);
    let feed = if is_packed {
        let unpacked = BufReader::with_capacity(64 * 1024, MultiGzDecoder::new(packed));
        read_table(source, unpacked, &mut findings)?
    } else {
        read_table(source, packed, &mut findings)?
    };
    Ok((feed, findings.finish()))
}

fn broken(source: &str, row: u64, error: &std::io::Error) -> Refused {
    let problem = format!("reading stopped: {error}");
    Refused::new(Reason::Unreadable, source, Place::Row { row }, &problem, "a complete file; fetch it again")
}

/// Where the columns are, counted from 0.
struct Columns {
    cve: usize,
    epss: usize,
    percentile: usize,
}

fn read_table(source: &str, mut reader: impl BufRead, findings: &mut Findings) -> Result<EpssFeed, Refused> {
    let (mut feed, mut columns, mut line) = (EpssFeed::default(), None, Vec::new());
    let mut known: HashSet<Box<str>> = HashSet::new();
    let (mut row, mut bytes) = (0, 0_u64);
    loop {
        row += 1;
        line.clear();
        let limit = EPSS_LINE_MAX_BYTES as u64 + 1;
        let read =
            reader.by_ref().take(limit).read_until(b'\n', &mut line).map_err(|e| broken(source, row, &e))?;
        bytes += read as u64;
        if read == 0 {
            break;
        }
        check_limits(source, row, bytes, line.len(), feed.scores.len())?;
        if !line.ends_with(b"\n") {
            let problem = "the last line has no line end: the file may be cut off";
            findings.add(
                Severity::Warning,
                Place::Row { row },
                None,
                problem,
                "a complete file; fetch it again",
            );
        }
        let text = std::str::from_utf8(&line).map_err(|_| {
            let place = Place::Row { row };
            Refused::new(Reason::Encoding, source, place, "this line is not UTF-8", "text in UTF-8")
                .showing(&lossy(&line))
        })?;
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        if let Some(comment) = text.strip_prefix('#') {
            read_comment(comment, &mut feed);
            continue;
        }
        match &columns {
            None => columns = Some(read_header(source, row, text)?),
            Some(columns) => read_row(row, text, columns, &mut feed, &mut known, findings),
        }
    }
    if columns.is_none() {
        let expected = "the EPSS table with the columns cve, epss and percentile";
        return Err(Refused::new(
            Reason::OtherKind,
            source,
            Place::Whole,
            "there is no table in this file",
            expected,
        ));
    }
    if feed.score_date.is_none() {
        let problem = "the file does not say of which day its scores are";
        findings.add(
            Severity::Warning,
            Place::Row { row: 1 },
            None,
            problem,
            "#model_version:…,score_date:…",
        );
    }
    Ok(feed)
}

fn lossy(line: &[u8]) -> String {
    String::from_utf8_lossy(line).into_owned()
}

fn check_limits(source: &str, row: u64, bytes: u64, line_bytes: usize, rows: usize) -> Result<(), Refused> {
    let refuse = |reason, problem: &str, expected: String| {
        Err(Refused::new(reason, source, Place::Row { row }, problem, &expected))
    };
    if line_bytes > EPSS_LINE_MAX_BYTES {
        return refuse(Reason::Limit, "the line is too long", format!("at most {EPSS_LINE_MAX_BYTES} bytes"));
    }
    if bytes > EPSS_SIZE_MAX_BYTES {
        return refuse(
            Reason::TooLarge,
            "the table is too large",
            format!("at most {EPSS_SIZE_MAX_BYTES} bytes"),
        );
    }
    if rows >= EPSS_ROWS_MAX_COUNT {
        return refuse(
            Reason::Limit,
            "the table has too many rows",
            format!("at most {EPSS_ROWS_MAX_COUNT} rows"),
        );
    }
    Ok(())
}

fn read_comment(comment: &str, feed: &mut EpssFeed) {
    for part in comment.split(',') {
        let value =
            |name: &str| part.trim().strip_prefix(name)?.trim_start().strip_prefix(':').map(str::trim);
        if let Some(version) = value("model_version") {
            feed.model_version = Some(version.into());
        }
        if let Some(date) = value("score_date") {
            feed.score_date = Some(date.into());
        }
    }
}

fn unquoted(field: &str) -> &str {
    let field = field.trim();
    field.strip_prefix('"').and_then(|field| field.strip_suffix('"')).unwrap_or(field)
}

fn read_header(source: &str, row: u64, text: &str) -> Result<Columns, Refused> {
    let find = |name: &str| text.split(',').position(|column| unquoted(column).eq_ignore_ascii_case(name));
    match (find("cve"), find("epss"), find("percentile")) {
        (Some(cve), Some(epss), Some(percentile)) => Ok(Columns { cve, epss, percentile }),
        _ => {
            let (problem, expected) = ("this is not an EPSS table", "the columns cve, epss and percentile");
            Err(Refused::new(Reason::OtherKind, source, Place::Row { row }, problem, expected).showing(text))
        }
    }
}

fn read_row(
    row: u64,
    text: &str,
    columns: &Columns,
    feed: &mut EpssFeed,
    known: &mut HashSet<Box<str>>,
    findings: &mut Findings,
) {
    let field = |column: usize| unquoted(text.split(',').nth(column).unwrap_or(""));
    let cve = field(columns.cve);
    let mut odd = |column: &str, value: &str, problem: &str, expected: &str| {
        let place = Place::Cell { row, column: column.into() };
        findings.add(Severity::Warning, place, Some(value), problem, expected);
    };
    if !is_cve(cve) {
        return odd("cve", cve, "this is not a CVE id; the row is left out", CVE_EXPECTED);
    }
    let number = |column: usize| decimal_cut(field(column), PLACES).filter(|number| *number <= MILLIONTHS);
    let millionths = |column: usize| number(column).and_then(|number| u32::try_from(number).ok());
    let problem = "this is not a share; the row is left out";
    let expected = "a number from 0 to 1, such as 0.00043";
    let Some(probability_millionths) = millionths(columns.epss) else {
        return odd("epss", field(columns.epss), problem, expected);
    };
    let Some(percentile_millionths) = millionths(columns.percentile) else {
        return odd("percentile", field(columns.percentile), problem, expected);
    };
    let cve: Box<str> = cve.into();
    if known.insert(cve.clone()) {
        feed.scores.push((cve, EpssScore { probability_millionths, percentile_millionths }));
    } else {
        odd("cve", &cve, "this CVE is listed twice; the first counts", "each CVE once");
    }
}
