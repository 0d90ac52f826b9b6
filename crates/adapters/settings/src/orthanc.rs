//! Orthanc's configuration: JSON with comments and commas behind the last member, as its own reader (JsonCpp) takes it; several files are one;
//! and what `/system` of its interface says of version, plugins and database.

use std::collections::BTreeMap;

use adapter_input::{Document, Findings, Node, Reason, Refused};
use manifest::{Builder, Format, Key, Secrets};
use model::finding::Place;

use crate::json::{add, escaped, members, without_value};
use crate::{Read, Reading, text};

/// Below this stands what `/system` answers; no section of a configuration is called so.
const SYSTEM: &str = "(system)";

/// One file.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// A file of the configuration.
    Configuration {
        /// Its name, for people.
        source: &'a str,
        /// What stands in it.
        bytes: &'a [u8],
    },
    /// What the interface answers to GET `/system`.
    System {
        /// Its name, for people.
        source: &'a str,
        /// What stands in it.
        bytes: &'a [u8],
    },
}

impl<'a> Part<'a> {
    fn source(self) -> &'a str {
        match self {
            Part::Configuration { source, .. } | Part::System { source, .. } => source,
        }
    }
}

pub(crate) fn read(parts: &[Part<'_>], secrets: &Secrets) -> Read {
    let source: Vec<&str> = parts.iter().map(|part| part.source()).collect();
    let source = source.join(", ");
    let mut into =
        Reading { source: &source, builder: Builder::new(secrets), findings: Findings::new(&source) };
    let mut said_in = BTreeMap::new();
    for part in parts {
        one(&mut into, *part, &mut said_in)?;
    }
    Ok((into.builder.finish(Format::Orthanc, &source), into.findings.finish()))
}

fn one<'a>(
    into: &mut Reading<'_>,
    part: Part<'a>,
    said_in: &mut BTreeMap<Key, &'a str>,
) -> Result<(), Refused> {
    let source = part.source();
    let stripped;
    let document = match part {
        Part::System { bytes, .. } => Document::parse(source, bytes),
        Part::Configuration { bytes, .. } => {
            stripped = without_comments(source, &text::decode(source, bytes)?)?;
            Document::parse(source, stripped.as_bytes())
        }
    };
    let document = document.map_err(without_value)?;
    for (name, node) in members(source, &document.root)? {
        let pointer = format!("/{}", escaped(name));
        let place = || Place::Pointer(pointer.as_str().into());
        let top = into.key(Key::top(name), place)?;
        let key = match part {
            Part::Configuration { .. } => top,
            Part::System { .. } => into.key(Key::top(SYSTEM).and_then(|system| system.child(name)), place)?,
        };
        if let Some(other) = said_in.insert(key.clone(), source) {
            let problem = format!("{name} stands in {other} too; Orthanc refuses that");
            let refused =
                Refused::new(Reason::DuplicateKey, source, place(), &problem, "each section in one file");
            return Err(refused);
        }
        told_elsewhere(into, node, &pointer);
        add(into, key, node, &pointer)?;
    }
    Ok(())
}

/// `${NAME}` in a value is put in from the environment when Orthanc starts, which no file shows.
fn told_elsewhere(into: &mut Reading<'_>, node: &Node<'_>, pointer: &str) {
    match node {
        Node::Text(text) if text.contains("${") => {
            let problem =
                "part of the value comes from an environment variable: it may differ where this does not";
            let place = Place::Pointer(pointer.into());
            into.odd(|| place, None, problem, "the environment compared as well");
        }
        Node::Array(nodes) => {
            nodes
                .iter()
                .enumerate()
                .for_each(|(at, node)| told_elsewhere(into, node, &format!("{pointer}/{at}")));
        }
        Node::Object(members) => {
            for (name, node) in members {
                told_elsewhere(into, node, &format!("{pointer}/{}", escaped(name)));
            }
        }
        Node::Text(_) | Node::Number(_) | Node::Bool(_) | Node::Null => {}
    }
}

/// The text with spaces in the place of comments and of commas behind a last member, so that every place stays what it was.
fn without_comments(source: &str, text: &str) -> Result<String, Refused> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Where in `out` a comma stands behind which nothing but space and comments has come.
    let mut comma: Option<usize> = None;
    let mut after_value = false;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '/' => {
                let length = comment(source, text, rest)?;
                out.extend(rest.chars().take(length).map(|c| if c == '\n' { '\n' } else { ' ' }));
                rest.char_indices().nth(length).map_or(rest.len(), |(at, _)| at)
            }
            '"' => {
                let length = string_length(rest);
                out.push_str(rest.get(..length).unwrap_or(rest));
                (comma, after_value) = (None, true);
                length
            }
            ',' => {
                comma = after_value.then_some(out.len());
                after_value = false;
                out.push(c);
                1
            }
            '}' | ']' => {
                if let Some(at) = comma.take() {
                    out.replace_range(at..=at, " ");
                }
                after_value = true;
                out.push(c);
                1
            }
            _ => {
                if !c.is_whitespace() {
                    (comma, after_value) = (None, !matches!(c, '{' | '[' | ':'));
                }
                out.push(c);
                c.len_utf8()
            }
        };
        rest = rest.get(taken..).unwrap_or("");
    }
    Ok(out)
}

/// How many characters the comment has with which `rest` begins.
fn comment(source: &str, text: &str, rest: &str) -> Result<usize, Refused> {
    let length = if rest.starts_with("//") {
        rest.find('\n').or(Some(rest.len()))
    } else if let Some(inner) = rest.strip_prefix("/*") {
        inner.find("*/").map(|at| at + 4)
    } else {
        None
    };
    let bytes = length.ok_or_else(|| {
        let (line, column) = text::line_column(text, text.len() - rest.len());
        let problem = format!("a / that begins no comment, or a comment without end (column {column})");
        Refused::new(
            Reason::Syntax,
            source,
            Place::Row { row: line },
            &problem,
            "// to the end of the line, or /* … */",
        )
    })?;
    Ok(rest.get(..bytes).unwrap_or(rest).chars().count())
}

/// How many bytes the text in quotes has with which `rest` begins; one without end goes to the end.
fn string_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}
