//! Numbers and texts of JSON: how they are written, and how long they may be.

use std::borrow::Cow;

use crate::json::{Fail, Parser, Read};
use crate::{NUMBER_EXPONENT_MAX, NUMBER_LENGTH_MAX_CHARS, Reason};

impl<'a> Parser<'a> {
    /// Reads a number and returns it as written (RFC 8259 §6).
    pub(crate) fn number(&mut self) -> Read<&'a str> {
        let start = self.at;
        let step = |parser: &mut Self| {
            let from = parser.at;
            while let Some(b'0'..=b'9') = parser.peek() {
                parser.at += 1;
            }
            parser.at - from
        };
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.peek() == Some(b'0');
        let whole = step(self);
        let mut good = whole > 0 && !(leading_zero && whole > 1);
        if good && self.peek() == Some(b'.') {
            self.at += 1;
            good = step(self) > 0;
        }
        let mut exponent = 0;
        if good && matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            let from = self.at;
            good = step(self) > 0;
            exponent = self.text.get(from..self.at).and_then(|text| text.parse().ok()).unwrap_or(u32::MAX);
        }
        let written = self.text.get(start..self.at).unwrap_or("");
        good = good
            && !matches!(self.peek(), Some(b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'+' | b'-'));
        if !good {
            return self.wrong("a number such as 9.8").map_err(|fail| fail.showing(written));
        }
        if written.len() > NUMBER_LENGTH_MAX_CHARS || exponent > NUMBER_EXPONENT_MAX {
            self.at = start;
            let expected = format!(
                "a number of at most {NUMBER_LENGTH_MAX_CHARS} characters with an exponent of at most {NUMBER_EXPONENT_MAX}"
            );
            return self
                .fail(Reason::Limit, "the number is too large", expected)
                .map_err(|fail| fail.showing(written));
        }
        Ok(written)
    }

    /// Reads a text in double quotes of at most `max_bytes`; `what` it is, for messages.
    pub(crate) fn string(&mut self, max_bytes: usize, what: &str) -> Read<Cow<'a, str>> {
        let quote_at = self.at;
        self.at += 1;
        let mut owned: Option<String> = None;
        let mut run_from = self.at;
        loop {
            let written = self.at - quote_at;
            if written > max_bytes.saturating_mul(6)
                || owned.as_ref().map_or(written, String::len) > max_bytes + 1
            {
                return self.too_long(quote_at, max_bytes, what);
            }
            match self.peek() {
                Some(b'"') => {
                    let run = self.text.get(run_from..self.at).unwrap_or("");
                    self.at += 1;
                    let text = match owned {
                        None => Cow::Borrowed(run),
                        Some(text) => Cow::Owned(text + run),
                    };
                    return if text.len() > max_bytes {
                        self.too_long(quote_at, max_bytes, what)
                    } else {
                        Ok(text)
                    };
                }
                Some(b'\\') => {
                    let run = self.text.get(run_from..self.at).unwrap_or("");
                    let text = owned.get_or_insert_default();
                    text.push_str(run);
                    let c = self.escape()?;
                    if let Some(text) = &mut owned {
                        text.push(c);
                    }
                    run_from = self.at;
                }
                Some(0..=0x1F) => {
                    return self
                        .wrong("a line break, tab or other control character written as \\n, \\t, \\u…");
                }
                Some(_) => self.at += 1,
                None => return self.wrong("the rest of the document; this text does not end"),
            }
        }
    }

    fn too_long<T>(&mut self, quote_at: usize, max_bytes: usize, what: &str) -> Read<T> {
        let start = self.text.get(quote_at + 1..self.at).unwrap_or("").chars().take(100).collect::<String>();
        self.at = quote_at;
        self.fail(Reason::Limit, format!("the {what} is too long"), format!("at most {max_bytes} bytes"))
            .map_err(|fail: Box<Fail>| fail.showing(&start))
    }

    /// Reads an escape sequence; the backslash stands here.
    fn escape(&mut self) -> Read<char> {
        let start = self.at;
        self.at += 1;
        let letter = self.peek();
        self.at += 1;
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => {
                self.at = (start + 1).min(self.text.len());
                return self.wrong("one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
            }
        })
    }

    /// Reads the digits of `\uXXXX`, and the second half of a surrogate pair; `start` is the backslash.
    fn unicode(&mut self, start: usize) -> Read<char> {
        let high = self.hex4(start)?;
        let code = match high {
            0xD800..=0xDBFF => {
                let low = match self.text.as_bytes().get(self.at..self.at + 2) {
                    Some(b"\\u") => {
                        self.at += 2;
                        self.hex4(start)?
                    }
                    _ => 0,
                };
                if (0xDC00..=0xDFFF).contains(&low) {
                    0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
                } else {
                    high
                }
            }
            other => other,
        };
        match char::from_u32(code) {
            Some('\0') => {
                self.at = start;
                self.fail(Reason::Syntax, "the text holds a NUL character", "a text without \\u0000")
            }
            Some(c) => Ok(c),
            None => {
                self.at = start;
                self.fail(
                    Reason::Encoding,
                    "half a surrogate pair is not a character",
                    "both halves, or neither",
                )
            }
        }
    }

    fn hex4(&mut self, start: usize) -> Read<u32> {
        let digits =
            self.text.get(self.at..self.at + 4).filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.and_then(|text| u32::from_str_radix(text, 16).ok()) {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => {
                self.at = start;
                self.fail(
                    Reason::Syntax,
                    "the \\u escape is not complete",
                    "four hexadecimal digits after \\u",
                )
            }
        }
    }
}
