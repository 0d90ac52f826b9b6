//! Typed reading of a JSON document: a place in it that knows its own pointer, and says what is wrong there.

use model::finding::{Place, Severity};

use crate::json::escaped_key;
use crate::refused::cut_short;
use crate::{Findings, Node, Reason, Refused};

/// A value of a document and the way to it. Cheap to make: the pointer is only written when it is needed.
#[derive(Clone, Copy, Debug)]
pub struct At<'p, 'n> {
    parent: Option<&'p At<'p, 'n>>,
    step: Step<'n>,
    node: &'n Node<'n>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'n> {
    Root,
    Key(&'n str),
    Index(usize),
}

/// What is wrong at a place of a document: becomes a [`Refused`] once the document has a name.
#[derive(Clone, Debug)]
pub struct Fault {
    reason: Reason,
    pointer: String,
    value: Option<Box<str>>,
    problem: String,
    expected: String,
}

impl Fault {
    /// The refusal of `source` because of this.
    pub fn refuse(self, source: &str) -> Refused {
        let mut refused = Refused::new(
            self.reason,
            source,
            Place::Pointer(self.pointer.into()),
            &self.problem,
            &self.expected,
        );
        refused.finding.value = self.value;
        refused
    }
}

impl<'p, 'n> At<'p, 'n> {
    /// The outermost value.
    pub fn root(node: &'n Node<'n>) -> At<'p, 'n> {
        At { parent: None, step: Step::Root, node }
    }

    /// The value itself.
    pub fn node(&self) -> &'n Node<'n> {
        self.node
    }

    /// The key under which it stands in its object, or nothing.
    pub fn key(&self) -> &'n str {
        match self.step {
            Step::Key(key) => key,
            Step::Root | Step::Index(_) => "",
        }
    }

    /// Its JSON pointer (RFC 6901).
    pub fn pointer(&self) -> String {
        let mut pointer = self.parent.map_or_else(String::new, At::pointer);
        match self.step {
            Step::Root => {}
            Step::Key(key) => {
                pointer.push('/');
                pointer.push_str(&escaped_key(key));
            }
            Step::Index(index) => {
                pointer.push('/');
                pointer.push_str(&index.to_string());
            }
        }
        pointer
    }

    /// The value in a few words, for a message.
    pub fn shown(&self) -> Box<str> {
        match self.node {
            Node::Null => "null".into(),
            Node::Bool(value) => value.to_string().into(),
            Node::Number(text) => (*text).into(),
            Node::Text(text) => cut_short(text),
            Node::Array(items) => format!("an array of {}", items.len()).into(),
            Node::Object(members) => format!("an object of {}", members.len()).into(),
        }
    }

    /// Something wrong with this value.
    pub fn fault(&self, reason: Reason, problem: impl Into<String>, expected: impl Into<String>) -> Fault {
        Fault {
            reason,
            pointer: self.pointer(),
            value: Some(self.shown()),
            problem: problem.into(),
            expected: expected.into(),
        }
    }

    /// Something odd about this value that does not stop the import.
    pub fn note(&self, findings: &mut Findings, severity: Severity, problem: &str, expected: &str) {
        let place = if findings.has_room() { Place::Pointer(self.pointer().into()) } else { Place::Whole };
        findings.add(severity, place, Some(&self.shown()), problem, expected);
    }

    fn wrong_type(&self, expected: &str) -> Fault {
        self.fault(Reason::WrongType, "the value is of the wrong type", expected)
    }

    /// The member `key` of this object; `None` when it has no such member.
    pub fn get<'s>(&'s self, key: &str) -> Result<Option<At<'s, 'n>>, Fault> {
        let members = self.members()?;
        let found = members.iter().find(|(name, _)| name == key);
        Ok(found.map(|(name, node)| At { parent: Some(self), step: Step::Key(name), node }))
    }

    /// The member `key` of this object, which must have it.
    pub fn need<'s>(&'s self, key: &str) -> Result<At<'s, 'n>, Fault> {
        self.get(key)?.ok_or_else(|| Fault {
            reason: Reason::Missing,
            pointer: format!("{}/{}", self.pointer(), escaped_key(key)),
            value: None,
            problem: format!("\"{key}\" is missing"),
            expected: format!("a member \"{key}\"; it is mandatory"),
        })
    }

    fn members(&self) -> Result<&'n [(std::borrow::Cow<'n, str>, Node<'n>)], Fault> {
        match self.node {
            Node::Object(members) => Ok(members),
            Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) | Node::Array(_) => {
                Err(self.wrong_type("an object, in braces"))
            }
        }
    }

    /// The members of this object, in document order.
    pub fn fields<'s>(&'s self) -> Result<impl Iterator<Item = At<'s, 'n>>, Fault> {
        let members = self.members()?;
        Ok(members.iter().map(|(name, node)| At { parent: Some(self), step: Step::Key(name), node }))
    }

    /// The items of this array.
    pub fn items<'s>(&'s self) -> Result<impl Iterator<Item = At<'s, 'n>>, Fault> {
        let Node::Array(items) = self.node else {
            return Err(self.wrong_type("an array, in brackets"));
        };
        Ok(items.iter().enumerate().map(|(index, node)| At {
            parent: Some(self),
            step: Step::Index(index),
            node,
        }))
    }

    /// This text.
    pub fn text(&self) -> Result<&'n str, Fault> {
        match self.node {
            Node::Text(text) => Ok(text),
            Node::Null | Node::Bool(_) | Node::Number(_) | Node::Array(_) | Node::Object(_) => {
                Err(self.wrong_type("a text, in double quotes"))
            }
        }
    }

    /// This text, which must hold more than white space and at most `max_bytes`.
    pub fn name(&self, max_bytes: usize) -> Result<&'n str, Fault> {
        let text = self.text()?;
        if text.trim().is_empty() {
            return Err(self.fault(
                Reason::Missing,
                "the text is empty",
                "a text with at least one character",
            ));
        }
        if text.len() > max_bytes {
            let problem = format!("the text has {} bytes", text.len());
            return Err(self.fault(Reason::Limit, problem, format!("at most {max_bytes} bytes")));
        }
        Ok(text)
    }

    /// This text of at most `max_bytes`; `None`, with a warning, when it holds nothing but white space.
    pub fn name_unless_blank(
        &self,
        max_bytes: usize,
        findings: &mut Findings,
    ) -> Result<Option<&'n str>, Fault> {
        if self.text()?.trim().is_empty() {
            self.note(
                findings,
                Severity::Warning,
                "the text is empty and left out",
                "a text with a character",
            );
            return Ok(None);
        }
        self.name(max_bytes).map(Some)
    }

    /// The text of the member `key`, when there is one.
    pub fn text_of(&self, key: &str) -> Result<Option<&'n str>, Fault> {
        self.get(key)?.map(|member| member.text()).transpose()
    }
}
