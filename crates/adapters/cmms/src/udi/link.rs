//! GS1 Digital Link: a UDI as a web address, `https://example.org/01/<GTIN>/10/<lot>/21/<serial>?17=<expiry>`.

use super::gs1::Elements;
use super::{Symbol, UdiError, text_of};
use model::device::Udi;

/// Reads the part of the address from `/01/` on, then the query; the domain may be anybody's.
pub(super) fn parse(symbols: &[Symbol], reference_year: i16) -> Result<Udi, UdiError> {
    let end = symbols.iter().position(|symbol| symbol.char == '#').unwrap_or(symbols.len());
    let address = symbols.get(..end).unwrap_or(symbols);
    let query_at = address.iter().position(|symbol| symbol.char == '?').unwrap_or(address.len());
    let (path, query) = address.split_at_checked(query_at).unwrap_or((address, &[]));
    let mut segments = path.split(|symbol| symbol.char == '/').skip(3);
    if !segments.by_ref().any(|segment| text_of(segment) == "01") {
        return Err(UdiError::NoDeviceIdentifier { missing: "the address holds no /01/ with a GTIN" });
    }
    let mut elements = Elements::default();
    let gtin = decoded(segments.next().unwrap_or(&[]))?;
    let padded = padded(&gtin, path)?;
    elements.take("01", &padded, position_of(&gtin, path), reference_year)?;
    while let Some(key) = segments.next() {
        if key.is_empty() {
            continue;
        }
        let value = decoded(segments.next().unwrap_or(&[]))?;
        elements.take(&text_of(key), &value, position_of(key, path), reference_year)?;
    }
    for pair in query.get(1..).unwrap_or(&[]).split(|symbol| matches!(symbol.char, '&' | ';')) {
        let equals = pair.iter().position(|symbol| symbol.char == '=').unwrap_or(pair.len());
        let (key, value) = pair.split_at_checked(equals).unwrap_or((pair, &[]));
        // Only numeric keys are GS1's; others such as linkType belong to the web.
        if !key.is_empty() && key.iter().all(|symbol| symbol.char.is_ascii_digit()) {
            let value = decoded(value.get(1..).unwrap_or(&[]))?;
            elements.take(&text_of(key), &value, position_of(key, path), reference_year)?;
        }
    }
    elements.finish()
}

/// A GTIN of 8, 12 or 13 digits filled to 14 with zeros; any other length is left for the length check.
fn padded(gtin: &[Symbol], path: &[Symbol]) -> Result<Vec<Symbol>, UdiError> {
    let position = position_of(gtin, path);
    let missing = if matches!(gtin.len(), 8 | 12 | 13) { 14 - gtin.len() } else { 0 };
    let zeros = std::iter::repeat_n(Symbol { char: '0', position }, missing);
    Ok(zeros.chain(gtin.iter().copied()).collect())
}

fn position_of(part: &[Symbol], path: &[Symbol]) -> usize {
    part.first().or(path.last()).map_or(1, |symbol| symbol.position)
}

/// Percent-encoding undone; each character keeps the place of its `%`.
fn decoded(segment: &[Symbol]) -> Result<Vec<Symbol>, UdiError> {
    let mut out = Vec::with_capacity(segment.len());
    let mut rest = segment.iter();
    while let Some(symbol) = rest.next() {
        if symbol.char != '%' {
            out.push(*symbol);
            continue;
        }
        let mut nibble = || rest.next().and_then(|symbol| symbol.char.to_digit(16));
        let (Some(high), Some(low)) = (nibble(), nibble()) else {
            return Err(UdiError::NotAllowed { position: symbol.position, found: '%' });
        };
        let char = char::from_u32(high * 16 + low).unwrap_or(char::REPLACEMENT_CHARACTER);
        out.push(Symbol { char, position: symbol.position });
    }
    Ok(out)
}
