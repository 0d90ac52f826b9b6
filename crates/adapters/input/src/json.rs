//! A strict JSON reader for input that may be hostile: one pass over the text, bounded depth and counts, no key twice,
//! numbers kept as written, and a JSON pointer for whatever is wrong. It knows nothing of any format built on JSON.

use std::borrow::Cow;
use std::collections::HashSet;

use model::finding::Place;

use crate::refused::cut_short;
use crate::{
    DOCUMENT_SIZE_MAX_BYTES, KEY_LENGTH_MAX_BYTES, NESTING_MAX_LEVELS, NUMBER_EXPONENT_MAX,
    NUMBER_LENGTH_MAX_CHARS, Reason, Refused, TEXT_LENGTH_MAX_BYTES, VALUES_MAX_COUNT, file, text,
};

/// From so many keys on, an object's keys are looked up in a set instead of one after the other.
const KEYS_SCANNED_MAX_COUNT: usize = 16;

/// A JSON value that borrows from the document's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as written.
    Number(&'a str),
    /// A text, with escapes resolved; never holds NUL.
    Text(Cow<'a, str>),
    /// An array.
    Array(Vec<Node<'a>>),
    /// An object: its members in document order, no key twice.
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// A document that is well-formed and within the limits.
#[derive(Debug)]
pub struct Document<'a> {
    /// The outermost value.
    pub root: Node<'a>,
    /// A UTF-8 byte-order mark stood before it.
    pub byte_order_mark: bool,
}

impl<'a> Document<'a> {
    /// Reads `bytes` as JSON. `source` names the document in the refusal.
    pub fn parse(source: &str, bytes: &'a [u8]) -> Result<Document<'a>, Refused> {
        if bytes.len() as u64 > DOCUMENT_SIZE_MAX_BYTES {
            return Err(file::too_large(source, Some(bytes.len() as u64), DOCUMENT_SIZE_MAX_BYTES));
        }
        let (text, byte_order_mark) = text::decode(source, bytes)?;
        let mut parser = Parser { text, at: 0, values: 0, depth: 0 };
        match parser.document() {
            Ok(root) => Ok(Document { root, byte_order_mark }),
            Err(fail) => Err(fail.refuse(source, text)),
        }
    }
}

/// One step of a JSON pointer, with `~` and `/` escaped (RFC 6901 §3).
pub(crate) fn escaped_key(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Why reading stopped; the steps of the pointer are collected while the readers return, innermost first.
struct Fail {
    reason: Reason,
    steps: Vec<String>,
    byte: usize,
    value: Option<Box<str>>,
    problem: String,
    expected: String,
}

impl Fail {
    fn under(mut self: Box<Self>, step: impl FnOnce() -> String) -> Box<Fail> {
        self.steps.push(step());
        self
    }

    fn showing(mut self: Box<Self>, value: &str) -> Box<Fail> {
        self.value = Some(cut_short(value));
        self
    }

    fn refuse(self, source: &str, text: &str) -> Refused {
        let pointer: String = self.steps.iter().rev().flat_map(|step| ["/", step]).collect();
        let before = text.get(..self.byte).unwrap_or(text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
        let problem = format!("{} (line {line}, column {column}, byte {})", self.problem, self.byte);
        let mut refused =
            Refused::new(self.reason, source, Place::Pointer(pointer.into()), &problem, &self.expected);
        refused.finding.value = self.value;
        refused
    }
}

type Read<T> = Result<T, Box<Fail>>;

struct Parser<'a> {
    text: &'a str,
    at: usize,
    values: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn fail<T>(&self, reason: Reason, problem: impl Into<String>, expected: impl Into<String>) -> Read<T> {
        Err(Box::new(Fail {
            reason,
            steps: Vec::new(),
            byte: self.at,
            value: None,
            problem: problem.into(),
            expected: expected.into(),
        }))
    }

    /// What stands here instead of `expected`.
    fn wrong<T>(&self, expected: &str) -> Read<T> {
        let rest = self.text.get(self.at..).unwrap_or("");
        let problem = match rest.chars().next() {
            None => "the document ends here; it was cut off".to_owned(),
            Some('\0') => "a NUL character stands here".to_owned(),
            Some(c) => format!("the character {c:?} cannot stand here"),
        };
        self.fail(Reason::Syntax, problem, expected)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn document(&mut self) -> Read<Node<'a>> {
        self.skip_space();
        let root = self.value()?;
        self.skip_space();
        if self.at < self.text.len() {
            return self.fail(
                Reason::Syntax,
                "something follows the end of the document",
                "nothing after the last }",
            );
        }
        Ok(root)
    }

    fn value(&mut self) -> Read<Node<'a>> {
        self.values += 1;
        if self.values > VALUES_MAX_COUNT {
            let expected = format!("at most {VALUES_MAX_COUNT} values");
            return self.fail(Reason::Limit, "the document holds too many values", expected);
        }
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Node::Text(self.string(TEXT_LENGTH_MAX_BYTES, "text")?)),
            Some(b'-' | b'0'..=b'9') => Ok(Node::Number(self.number()?)),
            Some(b't') => self.word("true", Node::Bool(true)),
            Some(b'f') => self.word("false", Node::Bool(false)),
            Some(b'n') => self.word("null", Node::Null),
            _ => self.wrong("a JSON value"),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Read<Node<'a>>) -> Read<Node<'a>> {
        if self.depth >= NESTING_MAX_LEVELS {
            let expected = format!("at most {NESTING_MAX_LEVELS} levels of arrays and objects");
            return self.fail(Reason::Limit, "the document is nested too deeply", expected);
        }
        self.depth += 1;
        let node = read(self);
        self.depth -= 1;
        node
    }

    fn word(&mut self, word: &str, node: Node<'a>) -> Read<Node<'a>> {
        if self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            self.at += word.len();
            Ok(node)
        } else {
            self.wrong("a JSON value: an object, an array, a text, a number, true, false or null")
        }
    }

    fn array(&mut self) -> Read<Node<'a>> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Node::Array(items));
        }
        loop {
            self.skip_space();
            let item = self.value().map_err(|fail| fail.under(|| items.len().to_string()))?;
            items.push(item);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Node::Array(items));
                }
                _ => return self.wrong("a comma or the end of the array, ]"),
            }
        }
    }

    fn object(&mut self) -> Read<Node<'a>> {
        self.at += 1;
        let mut members: Vec<(Cow<'a, str>, Node<'a>)> = Vec::new();
        let mut known: HashSet<Cow<'a, str>> = HashSet::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Node::Object(members));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return self.wrong("a key in double quotes");
            }
            let key_at = self.at;
            let key = self.string(KEY_LENGTH_MAX_BYTES, "key")?;
            if self.is_known(&key, &members, &mut known) {
                self.at = key_at;
                return self
                    .fail(Reason::DuplicateKey, "the object has this key twice", "each key once")
                    .map_err(|fail: Box<Fail>| fail.showing(&key).under(|| escaped_key(&key)));
            }
            self.skip_space();
            if self.peek() != Some(b':') {
                return self.wrong("a colon after the key");
            }
            self.at += 1;
            self.skip_space();
            let node = self.value().map_err(|fail| fail.under(|| escaped_key(&key)))?;
            members.push((key, node));
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Node::Object(members));
                }
                _ => return self.wrong("a comma or the end of the object, }"),
            }
        }
    }

    fn is_known(
        &self,
        key: &str,
        members: &[(Cow<'a, str>, Node<'a>)],
        known: &mut HashSet<Cow<'a, str>>,
    ) -> bool {
        if members.len() < KEYS_SCANNED_MAX_COUNT {
            return members.iter().any(|(other, _)| other == key);
        }
        if known.is_empty() {
            known.extend(members.iter().map(|(other, _)| other.clone()));
        }
        !known.insert(Cow::Owned(key.to_owned()))
    }

    /// Reads a number and returns it as written (RFC 8259 §6).
    fn number(&mut self) -> Read<&'a str> {
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
    fn string(&mut self, max_bytes: usize, what: &str) -> Read<Cow<'a, str>> {
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
