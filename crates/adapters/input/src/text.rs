//! Is it UTF-8, and if not, what is it likely to be?

use model::finding::Place;

use crate::{Reason, Refused};

const EXPECTED: &str = "text in UTF-8; save the file again in that encoding";

/// The text of `bytes`, and whether a byte-order mark stood before it.
pub(crate) fn decode<'a>(source: &str, bytes: &'a [u8]) -> Result<(&'a str, bool), Refused> {
    let refuse = |offset: usize, problem: &str| {
        Err(Refused::new(Reason::Encoding, source, Place::Byte(offset as u64), problem, EXPECTED))
    };
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => return refuse(0, "this is UTF-32"),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => return refuse(0, "this is UTF-16"),
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => {
            return refuse(1, "this looks like UTF-16 without a byte-order mark");
        }
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => {
            return refuse(0, "this looks like UTF-16 without a byte-order mark");
        }
        _ => {}
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(match text.strip_prefix('\u{feff}') {
            Some(rest) => (rest, true),
            None => (text, false),
        }),
        Err(error) => {
            let offset = error.valid_up_to();
            let byte = bytes.get(offset).copied().unwrap_or(0);
            let problem = match error.error_len() {
                None => "the text ends in the middle of a character".to_owned(),
                Some(_) => {
                    format!("byte 0x{byte:02X} is not UTF-8 here; the file may be Latin-1 or Windows-1252")
                }
            };
            refuse(offset, &problem)
        }
    }
}
