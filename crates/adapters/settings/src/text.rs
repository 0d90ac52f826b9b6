//! Text files in UTF-8 or UTF-16 with a byte-order mark, and places in them as an editor counts.

use std::borrow::Cow;

use adapter_input::{Reason, Refused};
use model::finding::Place;

use crate::FILE_SIZE_MAX_BYTES;

const EXPECTED: &str =
    "text in UTF-8, or in UTF-16 with a byte-order mark; save the file again in one of these";

/// The text of a file, without its byte-order mark.
pub(crate) fn decode<'a>(source: &str, bytes: &'a [u8]) -> Result<Cow<'a, str>, Refused> {
    if bytes.len() as u64 > FILE_SIZE_MAX_BYTES {
        let expected = format!("at most {FILE_SIZE_MAX_BYTES} bytes");
        return Err(Refused::new(Reason::TooLarge, source, Place::Whole, "the file is too large", &expected));
    }
    let text = match bytes {
        [0xFF, 0xFE, 0, 0, ..] => return Err(refused(source, 0, "this is UTF-32")),
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf16(source, rest, u16::from_le_bytes)?),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf16(source, rest, u16::from_be_bytes)?),
        _ => Cow::Borrowed(utf8(source, bytes)?),
    };
    match text.find('\0') {
        None => Ok(text),
        Some(at) => {
            let (line, column) = line_column(&text, at);
            let problem = format!("a NUL character stands here (column {column}); this is no text");
            Err(Refused::new(Reason::Encoding, source, Place::Row { row: line }, &problem, EXPECTED))
        }
    }
}

fn utf8<'a>(source: &str, bytes: &'a [u8]) -> Result<&'a str, Refused> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let problem =
            "this byte is not UTF-8; the file may be Latin-1, Windows-1252, or UTF-16 without a mark";
        refused(source, error.valid_up_to(), problem)
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn utf16(source: &str, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Refused> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(refused(source, bytes.len() + 1, "the file ends in the middle of a character"));
    }
    let mut text = String::with_capacity(pairs.len());
    let mut at = 2;
    for read in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let c = read.map_err(|_| refused(source, at, "half a character of UTF-16 stands here"))?;
        text.push(c);
        at += 2 * c.len_utf16();
    }
    Ok(text)
}

fn refused(source: &str, byte: usize, problem: &str) -> Refused {
    Refused::new(Reason::Encoding, source, Place::Byte(byte as u64), problem, EXPECTED)
}

/// Line and column of a byte of `text`, from 1; columns count characters.
pub(crate) fn line_column(text: &str, byte: usize) -> (u64, u64) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() as u64 + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) as u64 + 1;
    (line, column)
}
