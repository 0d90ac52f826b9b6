//! Bytes to text: UTF-8, UTF-16 with a byte order mark, Windows-1252 as a last resort that is announced.

use crate::{Refused, TABLE_SIZE_MAX_BYTES};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Decoded text, and what to tell the person about it.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    /// A sentence without a full stop: why an encoding was assumed.
    pub(crate) assumed: Option<String>,
}

/// Decodes a file. `asked` is an encoding's label (WHATWG Encoding Standard) and outweighs everything but a byte order mark.
pub(crate) fn decode(bytes: Vec<u8>, asked: Option<&str>) -> Result<Decoded, Refused> {
    let asked = match asked {
        Some(label) => Some(
            Encoding::for_label_no_replacement(label.as_bytes())
                .ok_or_else(|| Refused::UnknownEncoding(label.chars().take(40).collect()))?,
        ),
        None => None,
    };
    let (encoding, skip) = match (Encoding::for_bom(&bytes), asked) {
        (Some((encoding, skip)), _) => (Some(encoding), skip),
        (None, asked) => (asked, 0),
    };
    let decoded = match encoding {
        Some(encoding) if encoding == UTF_8 => utf8(bytes, skip)?,
        Some(encoding) => strictly(&bytes, skip, encoding)?,
        None => guessed(bytes)?,
    };
    if decoded.text.len() as u64 > TABLE_SIZE_MAX_BYTES {
        return Err(Refused::TooLarge { what: "the decoded text", limit_bytes: TABLE_SIZE_MAX_BYTES });
    }
    match memchr::memchr(0, decoded.text.as_bytes()) {
        Some(offset) => Err(Refused::NulByte { offset: offset as u64 }),
        None => Ok(decoded),
    }
}

fn utf8(mut bytes: Vec<u8>, skip: usize) -> Result<Decoded, Refused> {
    bytes.drain(..skip);
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Decoded { text, assumed: None }),
        Err(wrong) => {
            let offset = (wrong.utf8_error().valid_up_to() + skip) as u64;
            Err(Refused::NotText { encoding: "UTF-8", why: ", although it says so", offset })
        }
    }
}

fn strictly(bytes: &[u8], skip: usize, encoding: &'static Encoding) -> Result<Decoded, Refused> {
    let body = bytes.get(skip..).unwrap_or(&[]);
    match encoding.decode_without_bom_handling_and_without_replacement(body) {
        Some(text) => Ok(Decoded { text: text.into_owned(), assumed: None }),
        None => Err(Refused::NotText { encoding: encoding.name(), why: "", offset: skip as u64 }),
    }
}

/// No mark and nobody says: UTF-8 when it is valid, else Windows-1252, unless the text is plainly both.
fn guessed(bytes: Vec<u8>) -> Result<Decoded, Refused> {
    if let Some(offset) = memchr::memchr(0, &bytes) {
        return Err(Refused::NulByte { offset: offset as u64 });
    }
    let wrong = match String::from_utf8(bytes) {
        Ok(text) => return Ok(Decoded { text, assumed: None }),
        Err(wrong) => wrong,
    };
    let offset = wrong.utf8_error().valid_up_to();
    let bytes = wrong.into_bytes();
    if !bytes.get(..offset).unwrap_or(&[]).is_ascii() {
        // Some letters are UTF-8 and some are not: decoding it either way would spoil names.
        return Err(Refused::NotText {
            encoding: "UTF-8",
            why: " throughout, though it begins so",
            offset: offset as u64,
        });
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(&bytes);
    let assumed = format!(
        "the file is not UTF-8 (first seen at byte {offset}), so it was read as Windows-1252 (Western European)"
    );
    Ok(Decoded { text: text.into_owned(), assumed: Some(assumed) })
}

/// `label` names an encoding that can be read.
pub(crate) fn is_known(label: &str) -> bool {
    Encoding::for_label_no_replacement(label.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        decode(bytes.to_vec(), None).unwrap().text
    }

    #[test]
    fn a_list_reads_the_same_in_every_encoding_a_hospital_exports() {
        let want = "Tillverkare,Dräger";
        assert_eq!(text(want.as_bytes()), want);
        assert_eq!(text(&[b"\xef\xbb\xbf", want.as_bytes()].concat()), want);
        let little: Vec<u8> = want.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&[b"\xff\xfe".as_slice(), &little].concat()), want);
        assert_eq!(decode(little, Some("utf-16le")).unwrap().text, want);
        let big: Vec<u8> = want.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text(&[b"\xfe\xff".as_slice(), &big].concat()), want);
        let western = decode(b"Tillverkare,Dr\xe4ger".to_vec(), None).unwrap();
        assert_eq!(western.text, want);
        assert!(western.assumed.unwrap().contains("byte 14"));
    }

    #[test]
    fn a_list_that_is_half_utf8_and_half_not_is_refused_with_the_place() {
        let wrong = decode(b"Dr\xc3\xa4ger,Dr\xe4ger".to_vec(), None).unwrap_err();
        assert!(matches!(wrong, Refused::NotText { offset: 10, .. }), "{wrong:?}");
        let wrong = decode(b"\xef\xbb\xbfDr\xe4ger".to_vec(), None).unwrap_err();
        assert!(matches!(wrong, Refused::NotText { offset: 5, .. }), "{wrong:?}");
        assert!(matches!(decode(b"a\0b".to_vec(), None), Err(Refused::NulByte { offset: 1 })));
    }
}
