//! Unique device identifiers as barcodes carry them: GS1 element strings, GS1 Digital Link, plain GTINs and HIBCC.
//!
//! Every check digit is verified and every error names the character. What must not live here: tables, files, rows.
//! Sources: GS1 General Specifications 3 and 7, GS1 Digital Link URI Syntax 1.4, ANSI/HIBC 2.6, FDA UDI formats.

mod error;
mod gs1;
mod hibcc;
mod link;

pub use error::UdiError;

use model::Date;
use model::device::Udi;

/// Longest UDI text read, in characters. The longest real carrier has fewer than 200.
pub const UDI_LENGTH_MAX_CHARS: usize = 512;

/// The year against which two-digit years are read by [`parse`].
///
/// It is a constant so that the same list gives the same devices in every year. With it, GS1's window of 51 years ahead
/// and 49 back reads 77–99 as 1977–1999 and 00–76 as 2000–2076.
pub const REFERENCE_YEAR: i16 = 2026;

/// Group separator: how a scanner passes on GS1's FNC1.
pub(crate) const GS: char = '\u{1d}';

/// One character of the text with its place, from 1, in what the person wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Symbol {
    pub(crate) char: char,
    pub(crate) position: usize,
}

/// Reads a UDI; two-digit years are read against [`REFERENCE_YEAR`].
///
/// Accepts GS1 with parentheses, raw GS1 with group separators (also written `<GS>`, `{GS}`, `[GS]` or `␝`) with or
/// without a symbology identifier, GS1 Digital Link, a GTIN of 12, 13 or 14 digits, and HIBCC primary or concatenated data.
///
/// # Errors
/// [`UdiError`] names what is wrong and where. ICCBBA and IFA (PPN) carriers are recognised and refused.
pub fn parse(text: &str) -> Result<Udi, UdiError> {
    parse_at(text, REFERENCE_YEAR)
}

/// As [`parse`], with the year against which two-digit years are read (GS1 General Specifications 7.12).
///
/// # Errors
/// As [`parse`].
pub fn parse_at(text: &str, reference_year: i16) -> Result<Udi, UdiError> {
    let symbols = symbols(text)?;
    let all = symbols.as_slice();
    let shown = trimmed(all);
    let Some(first) = shown.first() else { return Err(UdiError::Empty) };
    let head: String = shown.iter().take(8).map(|symbol| symbol.char.to_ascii_lowercase()).collect();
    if head.starts_with("http://") || head.starts_with("https://") {
        return link::parse(shown, reference_year);
    }
    if head.starts_with("[)>") || head.starts_with("9n") {
        return Err(UdiError::Ifa { position: first.position });
    }
    match first.char {
        '+' | '*' => hibcc::parse(all, reference_year),
        '=' | '&' => Err(UdiError::Iccbba { position: first.position }),
        '(' => gs1::parse_readable(shown, reference_year),
        ']' | GS | '0'..='9' => gs1::parse_raw(shown, reference_year),
        _ => Err(UdiError::NotAUdi { position: first.position, found: first.char }),
    }
}

/// The text as symbols, with the written-out forms of the group separator replaced by the separator itself.
fn symbols(text: &str) -> Result<Vec<Symbol>, UdiError> {
    let mut symbols = Vec::with_capacity(text.len().min(UDI_LENGTH_MAX_CHARS));
    let mut rest = text;
    let mut position = 1;
    while let Some(char) = rest.chars().next() {
        if position > UDI_LENGTH_MAX_CHARS {
            return Err(UdiError::TooLong { length: position - 1 + rest.chars().count() });
        }
        let separator = ["<GS>", "{GS}", "[GS]", "␝"].into_iter().find(|written| rest.starts_with(written));
        let (char, taken, chars) = match separator {
            Some(written) => (GS, written.len(), written.chars().count()),
            None => (char, char.len_utf8(), 1),
        };
        symbols.push(Symbol { char, position });
        rest = rest.get(taken..).unwrap_or("");
        position += chars;
    }
    Ok(symbols)
}

/// Without white space at either end; a leading group separator stays.
fn trimmed(symbols: &[Symbol]) -> &[Symbol] {
    let blank = |symbol: &Symbol| symbol.char.is_whitespace() && symbol.char != GS;
    let start = symbols.iter().position(|symbol| !blank(symbol)).unwrap_or(symbols.len());
    let end = symbols.iter().rposition(|symbol| !blank(symbol)).map_or(start, |last| last + 1);
    symbols.get(start..end).unwrap_or(&[])
}

/// The characters of `symbols` as text.
pub(crate) fn text_of(symbols: &[Symbol]) -> String {
    symbols.iter().map(|symbol| symbol.char).collect()
}

/// A number of ASCII digits; fails at the first other character.
pub(crate) fn number(symbols: &[Symbol]) -> Result<u32, UdiError> {
    symbols.iter().try_fold(0u32, |sum, symbol| {
        let digit = symbol
            .char
            .to_digit(10)
            .ok_or(UdiError::NotADigit { position: symbol.position, found: symbol.char })?;
        Ok(sum.saturating_mul(10).saturating_add(digit))
    })
}

/// GS1 General Specifications 7.12: the century that puts a two-digit year at most 50 years ahead of the reference year
/// and at most 49 years behind it.
pub(crate) fn century(two_digits: u32, reference_year: i16) -> i16 {
    let two_digits = i16::try_from(two_digits % 100).unwrap_or(0);
    let base = reference_year - reference_year.rem_euclid(100);
    match two_digits - reference_year.rem_euclid(100) {
        51.. => base - 100 + two_digits,
        ..=-50 => base + 100 + two_digits,
        _ => base + two_digits,
    }
}

/// A day; day 0 stands for the month's last day.
pub(crate) fn day(year: i16, month: u32, day: u32, at: &[Symbol]) -> Result<Date, UdiError> {
    let narrow = |number: u32| u8::try_from(number).unwrap_or(0);
    let date = match day {
        0 => (28..=31).rev().find_map(|last| Date::new(year, narrow(month), last)),
        _ => Date::new(year, narrow(month), narrow(day)),
    };
    date.ok_or_else(|| UdiError::NotADate {
        position: at.first().map_or(1, |symbol| symbol.position),
        found: text_of(at),
    })
}
