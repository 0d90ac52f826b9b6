//! A strict JSON reader for input that may be hostile: one pass over the text, bounded depth and counts, no key twice,
//! numbers kept as written, and a JSON pointer for whatever is wrong. It knows nothing of any format built on JSON.

use std::borrow::Cow;
use std::collections::HashSet;

use model::finding::Place;

use crate::refused::cut_short;
use crate::{
    DOCUMENT_SIZE_MAX_BYTES, KEY_LENGTH_MAX_BYTES, NESTING_MAX_LEVELS, Reason, Refused,
    TEXT_LENGTH_MAX_BYTES, VALUES_MAX_COUNT, file, text,
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
pub(crate) struct Fail {
    reason: Reason,
    steps: Vec<String>,
    byte: usize,
    value: Option<Box<str>>,
    problem: String,
    expected: String,
}

impl Fail {
    pub(crate) fn under(mut self: Box<Self>, step: impl FnOnce() -> String) -> Box<Fail> {
        self.steps.push(step());
        self
    }

    pub(crate) fn showing(mut self: Box<Self>, value: &str) -> Box<Fail> {
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

pub(crate) type Read<T> = Result<T, Box<Fail>>;

pub(crate) struct Parser<'a> {
    pub(crate) text: &'a str,
    pub(crate) at: usize,
    values: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(crate) fn fail<T>(
        &self,
        reason: Reason,
        problem: impl Into<String>,
        expected: impl Into<String>,
    ) -> Read<T> {
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
    pub(crate) fn wrong<T>(&self, expected: &str) -> Read<T> {
        let rest = self.text.get(self.at..).unwrap_or("");
        let problem = match rest.chars().next() {
            None => "the document ends here; it was cut off".to_owned(),
            Some('\0') => "a NUL character stands here".to_owned(),
            Some(c) => format!("the character {c:?} cannot stand here"),
        };
        self.fail(Reason::Syntax, problem, expected)
    }

    pub(crate) fn peek(&self) -> Option<u8> {
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
            if self.is_known(key.clone(), &members, &mut known) {
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
        key: Cow<'a, str>,
        members: &[(Cow<'a, str>, Node<'a>)],
        known: &mut HashSet<Cow<'a, str>>,
    ) -> bool {
        if members.len() < KEYS_SCANNED_MAX_COUNT {
            return members.iter().any(|(other, _)| *other == key);
        }
        if known.is_empty() {
            known.extend(members.iter().map(|(other, _)| other.clone()));
        }
        !known.insert(key)
    }
}
