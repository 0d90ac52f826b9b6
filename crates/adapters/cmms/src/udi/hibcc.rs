//! HIBCC supplier labels: primary data, alone or with secondary data after `/` (ANSI/HIBC 2.6).

use super::{Symbol, UdiError, century, day, number, text_of, trimmed};
use model::Date;
use model::device::{Udi, UdiAgency};

/// The 43 characters of the check character's arithmetic, in the order of their values (ANSI/HIBC 2.6 appendix).
const CHARACTERS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";
/// Labeller identification code: 4 characters.
const LABELLER_LENGTH: usize = 4;
/// Product or catalogue number: 1 to 18 characters.
const PRODUCT_LENGTH_MAX: usize = 18;
/// Lot and serial number: at most 18 characters.
const LOT_LENGTH_MAX: usize = 18;

/// Reads primary data, alone or with secondary data. `symbols` keeps trailing white space, because the check character
/// may be a space.
pub(super) fn parse(symbols: &[Symbol], reference_year: i16) -> Result<Udi, UdiError> {
    let carrier = without_stars(symbols);
    let spaced = with_one_space(carrier);
    let checked = match (split_check(trimmed(carrier)), split_check(spaced)) {
        (Ok(_), Ok(_)) => {
            return Err(UdiError::SpaceOrNot { position: spaced.last().map_or(1, |space| space.position) });
        }
        (Ok(data), Err(_)) | (Err(_), Ok(data)) => data,
        (Err(wrong), Err(_)) => return Err(wrong),
    };
    let mut segments = checked.split(|symbol| symbol.char == '/');
    let primary = segments.next().unwrap_or(&[]);
    let mut udi = Udi {
        agency: UdiAgency::Hibcc,
        di: primary_identifier(primary)?,
        lot: None,
        serial: None,
        manufactured: None,
        expires: None,
    };
    for segment in segments {
        secondary(segment, &mut udi, reference_year)?;
    }
    Ok(udi)
}

/// Code 39 prints a star at each end; they are not part of the data.
fn without_stars(symbols: &[Symbol]) -> &[Symbol] {
    match trimmed(symbols) {
        [first, inner @ .., last] if first.char == '*' && last.char == '*' => inner,
        _ => symbols,
    }
}

/// What stands before the white space at the end, and one space of it: the check character for the value 38.
fn with_one_space(symbols: &[Symbol]) -> &[Symbol] {
    let start = symbols.iter().position(|symbol| !symbol.char.is_whitespace()).unwrap_or(0);
    let last = symbols.iter().rposition(|symbol| !symbol.char.is_whitespace()).unwrap_or(0);
    match symbols.get(last + 1) {
        Some(space) if space.char == ' ' => symbols.get(start..last + 2).unwrap_or(&[]),
        _ => &[],
    }
}

/// Checks and takes off the check character; takes off the leading `+`.
fn split_check(symbols: &[Symbol]) -> Result<&[Symbol], UdiError> {
    let nothing = UdiError::NoDeviceIdentifier {
        missing: "labeller, product and check character must follow the \"+\"",
    };
    let Some((check, data)) = symbols.split_last() else { return Err(nothing) };
    let sum = data.iter().try_fold(0, |sum, symbol| Ok::<usize, UdiError>(sum + value(symbol)?))?;
    let right = CHARACTERS.chars().nth(sum % 43).unwrap_or('0');
    // A space as check character is printed as an underscore.
    let found = if check.char == '_' { ' ' } else { check.char };
    match data.split_first() {
        None => Err(nothing),
        Some((plus, _)) if plus.char != '+' => {
            Err(UdiError::NotAllowed { position: plus.position, found: plus.char })
        }
        Some(_) if found != right => Err(UdiError::Check { position: check.position, found, right }),
        Some((_, data)) => Ok(data),
    }
}

fn value(symbol: &Symbol) -> Result<usize, UdiError> {
    CHARACTERS
        .chars()
        .position(|char| char == symbol.char)
        .ok_or(UdiError::NotAllowed { position: symbol.position, found: symbol.char })
}

/// Labeller (a letter and three letters or digits), product number, unit of measure (a digit).
fn primary_identifier(primary: &[Symbol]) -> Result<Box<str>, UdiError> {
    if primary.first().is_none_or(|first| !first.char.is_ascii_uppercase()) {
        return Err(UdiError::NoDeviceIdentifier {
            missing: "it is secondary data; scan the label's primary data too",
        });
    }
    let found = primary.len();
    if !(LABELLER_LENGTH + 2..=LABELLER_LENGTH + PRODUCT_LENGTH_MAX + 1).contains(&found) {
        return Err(UdiError::Length {
            position: primary.first().map_or(1, |symbol| symbol.position),
            what: "the primary data".to_owned(),
            found,
            expected: "it has 6 to 23: labeller, product number and unit of measure".to_owned(),
        });
    }
    if let Some(wrong) = primary.iter().find(|symbol| !symbol.char.is_ascii_alphanumeric()) {
        return Err(UdiError::NotAllowed { position: wrong.position, found: wrong.char });
    }
    number(primary.get(found - 1..).unwrap_or(&[]))?;
    Ok(text_of(primary).into())
}

/// One segment after a `/`: `$…` or a data identifier, or a Julian expiry date with lot.
fn secondary(segment: &[Symbol], udi: &mut Udi, reference_year: i16) -> Result<(), UdiError> {
    let Some(first) = segment.first() else { return Ok(()) };
    let after = |count: usize| segment.get(count..).unwrap_or(&[]);
    let text = text_of(segment);
    if let Some(rest) = text.strip_prefix("$$") {
        let serial = rest.starts_with('+');
        let (expires, number) = dated(after(2 + usize::from(serial)), reference_year)?;
        if let Some((date, at)) = expires {
            put(&mut udi.expires, date, "the expiry date", at)?;
        }
        return named(udi, serial, number);
    }
    if text.starts_with("$+") {
        return named(udi, true, after(2));
    }
    if text.starts_with('$') {
        return named(udi, false, after(1));
    }
    if text.starts_with("16D") {
        return put(&mut udi.manufactured, full_date(after(3))?, "the date of manufacture", first.position);
    }
    if text.starts_with("14D") {
        return put(&mut udi.expires, full_date(after(3))?, "the expiry date", first.position);
    }
    match first.char {
        'S' => named(udi, true, after(1)),
        // The quantity is not part of the device's identity.
        'Q' => number(after(1)).map(drop),
        '0'..='9' if segment.len() >= 5 => {
            let (date, lot) = segment.split_at_checked(5).unwrap_or((segment, &[]));
            put(&mut udi.expires, julian(date, date, reference_year)?, "the expiry date", first.position)?;
            named(udi, false, lot)
        }
        _ => Err(UdiError::UnknownIdentifier {
            position: first.position,
            found: text.chars().take(3).collect(),
            kind: "HIBCC data identifier",
        }),
    }
}

fn put<T>(slot: &mut Option<T>, value: T, what: &str, position: usize) -> Result<(), UdiError> {
    if slot.replace(value).is_some() {
        return Err(UdiError::Repeated { position, what: what.to_owned() });
    }
    Ok(())
}

/// Puts a lot or serial number where it belongs; an empty one says nothing.
fn named(udi: &mut Udi, serial: bool, data: &[Symbol]) -> Result<(), UdiError> {
    let Some(first) = data.first() else { return Ok(()) };
    let (slot, what) =
        if serial { (&mut udi.serial, "the serial number") } else { (&mut udi.lot, "the lot number") };
    if data.len() > LOT_LENGTH_MAX {
        return Err(UdiError::Length {
            position: first.position,
            what: what.to_owned(),
            found: data.len(),
            expected: format!("it has at most {LOT_LENGTH_MAX}"),
        });
    }
    put(slot, text_of(data).into(), what, first.position)
}

type Dated<'s> = (Option<(Date, usize)>, &'s [Symbol]);

/// After `$$` or `$$+`: an optional quantity (8 and two digits, 9 and five), a format digit, a date; the rest is the lot or
/// serial number.
fn dated(symbols: &[Symbol], reference_year: i16) -> Result<Dated<'_>, UdiError> {
    let (quantity, may_lack_date) = match symbols.first().map(|symbol| symbol.char) {
        Some('8') => (3, true),
        Some('9') => (6, true),
        _ => (0, false),
    };
    if quantity > 0 {
        number(part(symbols, 1, quantity - 1, "the quantity")?)?;
    }
    let rest = symbols.get(quantity..).unwrap_or(&[]);
    let Some(flag) = rest.first() else { return Ok((None, rest)) };
    let (skip, length) = match flag.char {
        '0' | '1' => (0, 4),
        '2' | '3' => (1, 6),
        '4' => (1, 8),
        '5' => (1, 5),
        '6' => (1, 7),
        '7' => return Ok((None, rest.get(1..).unwrap_or(&[]))),
        _ if may_lack_date => return Ok((None, rest)),
        found => return Err(UdiError::NotAllowed { position: flag.position, found }),
    };
    let at = part(rest, skip, length, "the expiry date")?;
    let pair = |from: usize| number(at.get(from..from + 2).unwrap_or(&[]));
    let year = |from: usize| pair(from).map(|two_digits| century(two_digits, reference_year));
    let date = match flag.char {
        '0' | '1' => day(year(2)?, pair(0)?, 0, at)?,
        '2' => day(year(4)?, pair(0)?, pair(2)?, at)?,
        '3' => day(year(0)?, pair(2)?, pair(4)?, at)?,
        '4' => {
            hour(pair(6)?, at)?;
            day(year(0)?, pair(2)?, pair(4)?, at)?
        }
        '5' => julian(at, at, reference_year)?,
        _ => {
            hour(pair(5)?, at)?;
            julian(at.get(..5).unwrap_or(&[]), at, reference_year)?
        }
    };
    Ok((Some((date, flag.position)), rest.get(skip + length..).unwrap_or(&[])))
}

fn hour(hour: u32, at: &[Symbol]) -> Result<(), UdiError> {
    if hour < 24 { Ok(()) } else { Err(not_a_date(at)) }
}

fn part<'s>(symbols: &'s [Symbol], from: usize, length: usize, what: &str) -> Result<&'s [Symbol], UdiError> {
    symbols.get(from..from + length).ok_or_else(|| UdiError::Length {
        position: symbols.first().map_or(1, |symbol| symbol.position),
        what: what.to_owned(),
        found: symbols.len().saturating_sub(from),
        expected: format!("it has {length}"),
    })
}

fn not_a_date(at: &[Symbol]) -> UdiError {
    UdiError::NotADate { position: at.first().map_or(1, |symbol| symbol.position), found: text_of(at) }
}

/// YYYYMMDD.
fn full_date(data: &[Symbol]) -> Result<Date, UdiError> {
    if data.len() != 8 {
        return Err(not_a_date(data));
    }
    let pair = |range| number(data.get(range).unwrap_or(&[]));
    let year = i16::try_from(pair(0..4)?).unwrap_or(0);
    let (month, day_of_month) = (pair(4..6)?, pair(6..8)?);
    if day_of_month == 0 { Err(not_a_date(data)) } else { day(year, month, day_of_month, data) }
}

/// YYJJJ: the day of the year, from 001.
fn julian(data: &[Symbol], at: &[Symbol], reference_year: i16) -> Result<Date, UdiError> {
    let year = century(number(data.get(..2).unwrap_or(&[]))?, reference_year);
    let mut left = number(data.get(2..5).unwrap_or(&[]))?;
    for month in 1..=12 {
        let (_, _, last) = day(year, month, 0, at)?.ymd();
        if (1..=u32::from(last)).contains(&left) {
            return day(year, month, left, at);
        }
        left = left.saturating_sub(u32::from(last));
    }
    Err(not_a_date(at))
}
