//! GS1 element strings: readable with parentheses, raw with separators, and plain GTINs.
//!
//! Application identifiers outside the table are refused: skipping an unknown one would need its length.

use super::{GS, Symbol, UdiError, century, day, number, text_of};
use model::Date;
use model::device::{Udi, UdiAgency};

/// How long an element's data is (GS1 General Specifications, figure 3.2-1).
#[derive(Clone, Copy)]
struct Rule {
    length_min: usize,
    length_max: usize,
    digits: bool,
    /// Its length is predefined, so that no separator follows it (figure 7.8.5-2).
    predefined: bool,
}

const fn fixed(length: usize) -> Rule {
    Rule { length_min: length, length_max: length, digits: true, predefined: true }
}
const fn digits(min: usize, max: usize) -> Rule {
    Rule { length_min: min, length_max: max, digits: true, predefined: false }
}
const fn text(max: usize) -> Rule {
    Rule { length_min: 1, length_max: max, digits: false, predefined: false }
}

/// The rule of an application identifier that may occur on a device, its package or its logistic unit.
fn rule(ai: &str) -> Option<Rule> {
    Some(match ai {
        "00" => fixed(18),
        "01" | "02" | "03" => fixed(14),
        "11" | "12" | "13" | "15" | "16" | "17" => fixed(6),
        "20" => fixed(2),
        "10" | "21" | "22" | "243" | "254" => text(20),
        "235" => text(28),
        "240" | "241" | "250" | "251" | "400" | "401" | "403" | "90" | "8004" => text(30),
        "242" => digits(1, 6),
        "253" => text(30),
        "30" | "37" => digits(1, 8),
        "402" => digits(17, 17),
        "410" | "411" | "412" | "413" | "414" | "415" | "416" | "417" => fixed(13),
        "420" | "710" | "711" | "712" | "713" | "714" | "715" | "716" | "8012" => text(20),
        "421" => text(12),
        "422" | "424" | "425" | "426" => digits(3, 15),
        "7003" => digits(10, 10),
        "7006" | "7007" => digits(6, 12),
        "7040" => text(4),
        "8003" => text(30),
        "8005" => digits(6, 6),
        "8006" | "8017" | "8018" | "8026" => digits(18, 18),
        "8013" | "8020" => text(25),
        "8200" => text(70),
        _ if ai.len() == 2 && ai.starts_with('9') => text(90),
        _ if ai.len() == 4 && matches!(ai.as_bytes(), [b'3', b'1'..=b'6', _, b'0'..=b'9']) => fixed(6),
        _ => return None,
    })
}

/// How many digits an application identifier has, by its first two.
fn ai_length(first_two: &str) -> usize {
    match first_two {
        "23" | "24" | "25" | "40" | "41" | "42" | "71" => 3,
        "31" | "32" | "33" | "34" | "35" | "36" | "39" | "43" | "70" | "72" | "80" | "81" | "82" => 4,
        _ => 2,
    }
}

/// What has been read so far.
#[derive(Default)]
pub(super) struct Elements {
    di: Option<Box<str>>,
    lot: Option<Box<str>>,
    serial: Option<Box<str>>,
    manufactured: Option<Date>,
    expires: Option<Date>,
    seen: Vec<String>,
}

impl Elements {
    /// Checks one element and keeps what a [`Udi`] holds of it. `position` is where its identifier begins.
    pub(super) fn take(
        &mut self,
        ai: &str,
        data: &[Symbol],
        position: usize,
        reference_year: i16,
    ) -> Result<(), UdiError> {
        let rule = rule(ai).ok_or_else(|| unknown(position, ai))?;
        if self.seen.iter().any(|seen| seen == ai) {
            return Err(UdiError::Repeated { position, what: format!("({ai})") });
        }
        self.seen.push(ai.to_owned());
        check_data(ai, rule, data, position)?;
        match ai {
            "01" => self.di = Some(gtin(data)?),
            "10" => self.lot = Some(text_of(data).into()),
            "21" => self.serial = Some(text_of(data).into()),
            "11" => self.manufactured = Some(date(data, reference_year)?),
            "17" => self.expires = Some(date(data, reference_year)?),
            "12" | "13" | "15" | "16" => drop(date(data, reference_year)?),
            "7003" => {
                let expiry = date(data.get(..6).unwrap_or(&[]), reference_year)?;
                self.expires = self.expires.or(Some(expiry));
            }
            "00" | "02" | "03" | "410" | "411" | "412" | "413" | "414" | "415" | "416" | "417" => {
                check_digit(data)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The UDI, when there was a device identifier.
    pub(super) fn finish(self) -> Result<Udi, UdiError> {
        let Elements { di, lot, serial, manufactured, expires, seen: _ } = self;
        let di = di.ok_or(UdiError::NoDeviceIdentifier {
            missing: "the GTIN, application identifier (01), is missing",
        })?;
        Ok(Udi { agency: UdiAgency::Gs1, di, lot, serial, manufactured, expires })
    }
}

fn unknown(position: usize, ai: &str) -> UdiError {
    UdiError::UnknownIdentifier { position, found: ai.to_owned(), kind: "GS1 application identifier" }
}

/// Length and characters of an element's data.
fn check_data(ai: &str, rule: Rule, data: &[Symbol], position: usize) -> Result<(), UdiError> {
    let begins = data.first().map_or(position, |symbol| symbol.position);
    if data.len() < rule.length_min || data.len() > rule.length_max {
        let expected = if rule.length_min == rule.length_max {
            format!("it has exactly {}", rule.length_max)
        } else {
            format!("it has {} to {}", rule.length_min, rule.length_max)
        };
        return Err(UdiError::Length {
            position: begins,
            what: format!("({ai})"),
            found: data.len(),
            expected,
        });
    }
    if rule.digits {
        number(data)?;
    }
    match data.iter().find(|symbol| !in_set_82(symbol.char)) {
        Some(wrong) => Err(UdiError::NotAllowed { position: wrong.position, found: wrong.char }),
        None => Ok(()),
    }
}

/// GS1's character set 82 (General Specifications figure 7.11-1).
fn in_set_82(char: char) -> bool {
    char.is_ascii_alphanumeric() || "!\"%&'()*+,-./:;<=>?_".contains(char)
}

/// YYMMDD; day 00 is the month's last day (7.12 and 3.4.7).
fn date(data: &[Symbol], reference_year: i16) -> Result<Date, UdiError> {
    let part = |range| number(data.get(range).unwrap_or(&[]));
    day(century(part(0..2)?, reference_year), part(2..4)?, part(4..6)?, data)
}

/// The GS1 check digit of `data`'s last place agrees with the others (7.9.1).
fn check_digit(data: &[Symbol]) -> Result<(), UdiError> {
    let Some((last, rest)) = data.split_last() else { return Ok(()) };
    let mut sum = 0;
    for (place, symbol) in rest.iter().rev().enumerate() {
        let digit = number(std::slice::from_ref(symbol))?;
        sum += digit * if place % 2 == 0 { 3 } else { 1 };
    }
    let right = char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0');
    if last.char == right {
        Ok(())
    } else {
        Err(UdiError::Check { position: last.position, found: last.char, right })
    }
}

/// A GTIN of up to 14 digits, checked and filled to 14 with leading zeros.
pub(super) fn gtin(data: &[Symbol]) -> Result<Box<str>, UdiError> {
    number(data)?;
    check_digit(data)?;
    if data.iter().all(|symbol| symbol.char == '0') {
        return Err(UdiError::NoDeviceIdentifier { missing: "the GTIN is all zeros" });
    }
    Ok(format!("{:0>14}", text_of(data)).into())
}

/// `(01)…(17)…(21)…`: an identifier in parentheses begins each element; white space between elements is ignored.
pub(super) fn parse_readable(symbols: &[Symbol], reference_year: i16) -> Result<Udi, UdiError> {
    let mut elements = Elements::default();
    let mut rest = symbols;
    while let Some(first) = rest.first() {
        if first.char.is_whitespace() {
            rest = rest.get(1..).unwrap_or(&[]);
            continue;
        }
        let Some((ai, after)) = bracketed(rest) else {
            return Err(UdiError::NotAllowed { position: first.position, found: first.char });
        };
        let rule = rule(&ai).ok_or_else(|| unknown(first.position + 1, &ai))?;
        // Parentheses may be part of a text, never of digits.
        let begins = |at: &usize| {
            let next = after.get(*at..).unwrap_or(&[]);
            if rule.digits {
                next.first().is_some_and(|symbol| symbol.char == '(')
            } else {
                starts_element(next, rule, *at)
            }
        };
        let end = (0..after.len()).find(begins).unwrap_or(after.len());
        let (data, next) = after.split_at_checked(end).unwrap_or((after, &[]));
        elements.take(&ai, super::trimmed(data), first.position + 1, reference_year)?;
        rest = next;
    }
    elements.finish()
}

/// Does an element begin here, `taken` characters into one with `rule`? Parentheses may also be part of a text.
fn starts_element(rest: &[Symbol], own: Rule, taken: usize) -> bool {
    taken >= own.length_min && bracketed(rest).is_some_and(|(ai, _)| rule(&ai).is_some())
}

/// `(` two to four digits `)`.
fn bracketed(symbols: &[Symbol]) -> Option<(String, &[Symbol])> {
    let (first, inner) = symbols.split_first()?;
    if first.char != '(' {
        return None;
    }
    let close = inner.iter().take(5).position(|symbol| symbol.char == ')')?;
    let (ai, rest) = inner.split_at_checked(close)?;
    let digits = ai.iter().all(|symbol| symbol.char.is_ascii_digit());
    ((2..=4).contains(&close) && digits).then(|| (text_of(ai), rest.get(1..).unwrap_or(&[])))
}

/// A raw element string, with or without symbology identifier, or a plain GTIN of 12, 13 or 14 digits.
pub(super) fn parse_raw(symbols: &[Symbol], reference_year: i16) -> Result<Udi, UdiError> {
    let mut rest = symbols;
    let mut retail = false;
    if let Some(first) = rest.first().filter(|first| first.char == ']') {
        let prefix = text_of(rest.get(..3).unwrap_or(rest));
        match prefix.as_str() {
            "]C1" | "]e0" | "]e1" | "]e2" | "]d2" | "]Q3" | "]J1" => {}
            "]E0" | "]I1" => retail = true,
            _ => return Err(unknown_symbology(first.position, prefix)),
        }
        rest = rest.get(3..).unwrap_or(&[]);
    }
    let plain = rest.iter().all(|symbol| symbol.char.is_ascii_digit());
    if retail || (plain && matches!(rest.len(), 12..=14)) {
        return plain_gtin(rest);
    }
    let mut elements = Elements::default();
    while let Some(first) = rest.first() {
        if first.char == GS {
            rest = rest.get(1..).unwrap_or(&[]);
            continue;
        }
        let first_two = text_of(rest.get(..2).unwrap_or(rest));
        let ai_symbols = rest.get(..ai_length(&first_two)).unwrap_or(rest);
        number(ai_symbols)?;
        let ai = text_of(ai_symbols);
        let rule = rule(&ai).ok_or_else(|| unknown(first.position, &ai))?;
        let after = rest.get(ai_symbols.len()..).unwrap_or(&[]);
        let separator = after.iter().position(|symbol| symbol.char == GS).unwrap_or(after.len());
        let end = if rule.predefined { separator.min(rule.length_max) } else { separator };
        let (data, next) = after.split_at_checked(end).unwrap_or((after, &[]));
        elements.take(&ai, data, first.position, reference_year)?;
        rest = next;
    }
    elements.finish()
}

fn unknown_symbology(position: usize, found: String) -> UdiError {
    UdiError::UnknownIdentifier { position, found, kind: "symbology identifier of a GS1 carrier" }
}

fn plain_gtin(symbols: &[Symbol]) -> Result<Udi, UdiError> {
    if !matches!(symbols.len(), 8 | 12..=14) {
        return Err(UdiError::Length {
            position: symbols.first().map_or(1, |symbol| symbol.position),
            what: "the GTIN".to_owned(),
            found: symbols.len(),
            expected: "it has 8, 12, 13 or 14".to_owned(),
        });
    }
    let elements = Elements { di: Some(gtin(symbols)?), ..Elements::default() };
    elements.finish()
}
