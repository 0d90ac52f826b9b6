//! What the types of registry values mean (winnt.h, `REG_…`), and which bytes are which value. Bytes that are not what their type says are kept
//! as bytes: what reads them may make anything of them.

use manifest::{Entry, Value};

/// A type by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind(u32);

const SZ: Kind = Kind(1);
const EXPAND_SZ: Kind = Kind(2);
const BINARY: Kind = Kind(3);
const DWORD: Kind = Kind(4);
const DWORD_BIG_ENDIAN: Kind = Kind(5);
const MULTI_SZ: Kind = Kind(7);
const QWORD: Kind = Kind(11);

/// The type that `hex` or `hex(b)` names; `None` where it is neither.
pub(super) fn kind(word: &str) -> Option<Kind> {
    let rest = word.get(..3).filter(|hex| hex.eq_ignore_ascii_case("hex")).and_then(|_| word.get(3..))?;
    if rest.is_empty() {
        return Some(BINARY);
    }
    let digits = rest.strip_prefix('(')?.strip_suffix(')')?;
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| hexadecimal).map(Kind)
}

impl Kind {
    fn word(self) -> String {
        match self.0 {
            0 => "REG_NONE".to_owned(),
            1 => "REG_SZ".to_owned(),
            2 => "REG_EXPAND_SZ".to_owned(),
            3 => "REG_BINARY".to_owned(),
            4 => "REG_DWORD".to_owned(),
            5 => "REG_DWORD_BIG_ENDIAN".to_owned(),
            6 => "REG_LINK".to_owned(),
            7 => "REG_MULTI_SZ".to_owned(),
            8 => "REG_RESOURCE_LIST".to_owned(),
            9 => "REG_FULL_RESOURCE_DESCRIPTOR".to_owned(),
            10 => "REG_RESOURCE_REQUIREMENTS_LIST".to_owned(),
            11 => "REG_QWORD".to_owned(),
            number => format!("type {number:#x}"),
        }
    }
}

/// A text.
pub(super) fn text(of: &str, text: String) -> Entry {
    Entry { of: Some(of.into()), ..Entry::plain(Value::Text(text.into())) }
}

/// A number of 32 bits.
pub(super) fn dword(number: u32) -> Entry {
    Entry { of: Some(DWORD.word().into()), ..Entry::plain(Value::integer(number.into())) }
}

/// The value that `bytes` are in a type; texts are UTF-16 where `wide`, else ASCII or bytes.
pub(super) fn of_bytes(kind: Kind, bytes: &[u8], wide: bool) -> Entry {
    let value = match kind {
        SZ | EXPAND_SZ => terminated(bytes, wide).map(|text| Value::Text(text.into())),
        MULTI_SZ => several(bytes, wide),
        DWORD => bytes.try_into().ok().map(|bytes| Value::integer(u32::from_le_bytes(bytes).into())),
        DWORD_BIG_ENDIAN => {
            bytes.try_into().ok().map(|bytes| Value::integer(u32::from_be_bytes(bytes).into()))
        }
        QWORD => bytes.try_into().ok().map(|bytes| Value::integer(u64::from_le_bytes(bytes))),
        _ => None,
    };
    let as_bytes =
        value.is_none() && [SZ, EXPAND_SZ, MULTI_SZ, DWORD, DWORD_BIG_ENDIAN, QWORD].contains(&kind);
    let of = if as_bytes { format!("{} in other bytes than its type has", kind.word()) } else { kind.word() };
    let value = value.unwrap_or_else(|| Value::Text(hexadecimal(bytes).into()));
    Entry { of: Some(of.into()), ..Entry::plain(value) }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for digit in [byte >> 4, byte & 0xF] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
    }
    text
}

/// Text with exactly one NUL, at its end.
fn terminated(bytes: &[u8], wide: bool) -> Option<String> {
    let text = decoded(bytes, wide)?;
    text.strip_suffix('\0').filter(|text| !text.contains('\0')).map(str::to_owned)
}

/// Texts that each end with a NUL, and one more NUL.
fn several(bytes: &[u8], wide: bool) -> Option<Value> {
    let text = decoded(bytes, wide)?;
    let texts = text.strip_suffix('\0')?;
    if texts.is_empty() {
        return Some(Value::List(Vec::new()));
    }
    let texts: Vec<&str> = texts.strip_suffix('\0')?.split('\0').collect();
    // An empty text would end the list for whatever reads it.
    let readable = texts.iter().all(|text| !text.is_empty());
    readable.then(|| Value::List(texts.into_iter().map(|text| Value::Text(text.into())).collect()))
}

fn decoded(bytes: &[u8], wide: bool) -> Option<String> {
    if !wide {
        return bytes.is_ascii().then(|| bytes.iter().map(|byte| char::from(*byte)).collect());
    }
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().map(|pair| u16::from_le_bytes(*pair))).collect::<Result<String, _>>().ok()
}
