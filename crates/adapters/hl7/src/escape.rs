//! Escape sequences (HL7 2.5.1, chapter 2.7): how a text may hold what otherwise separates fields.

use crate::charset::Charset;
use crate::message::Separators;

/// `text` without escape sequences. Those that mean nothing here (colours, other character sets) are kept as they stand: nothing is lost.
pub fn unescape(text: &str, separators: &Separators, charset: Charset) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(separators.escape) {
        out.push_str(before);
        let Some((inner, behind)) = after.split_once(separators.escape) else {
            // One that does not end is text.
            out.push(separators.escape);
            rest = after;
            continue;
        };
        match meaning(inner, separators, charset) {
            Some(meant) => {
                out.push_str(&meant);
                rest = behind;
            }
            None => {
                out.push(separators.escape);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn meaning(inner: &str, separators: &Separators, charset: Charset) -> Option<String> {
    let one = |c: char| Some(c.to_string());
    match inner {
        "F" => one(separators.field),
        "S" => one(separators.component),
        "R" => one(separators.repetition),
        "E" => one(separators.escape),
        "T" => one(separators.subcomponent),
        "P" => separators.truncation.map(|c| c.to_string()),
        "H" | "N" => Some(String::new()),
        ".br" => one('\n'),
        _ => {
            let digits = inner.strip_prefix('X')?.as_bytes();
            if digits.is_empty() || digits.len() % 2 == 1 {
                return None;
            }
            let byte = |pair: &[u8]| {
                std::str::from_utf8(pair)
                    .ok()
                    .filter(|pair| pair.bytes().all(|c| c.is_ascii_hexdigit()))
                    .and_then(|pair| u8::from_str_radix(pair, 16).ok())
            };
            let bytes: Vec<u8> = digits.chunks(2).map(byte).collect::<Option<_>>()?;
            charset.decode(&bytes).ok()
        }
    }
}

/// `text` so that it may stand in a field: [`unescape`] gives it back, in either character set.
pub fn escape(text: &str, separators: &Separators) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let code = match c {
            _ if c == separators.escape => "E",
            _ if c == separators.field => "F",
            _ if c == separators.component => "S",
            _ if c == separators.repetition => "R",
            _ if c == separators.subcomponent => "T",
            '\r' => "X0D",
            '\n' => "X0A",
            // What frames a message on a network.
            '\u{b}' => "X0B",
            '\u{1c}' => "X1C",
            _ => {
                out.push(c);
                continue;
            }
        };
        out.push(separators.escape);
        out.push_str(code);
        out.push(separators.escape);
    }
    out
}
