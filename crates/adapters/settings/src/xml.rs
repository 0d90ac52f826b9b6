//! XML 1.0: elements and attributes at their paths. No document type, no entities but the five of the standard: nothing expands.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use adapter_input::{Reason, Refused};
use manifest::key::NotAKey;
use manifest::{Entry, Key, Value};
use model::finding::Place;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use crate::{ATTRIBUTES_MAX_COUNT, ELEMENTS_NESTED_MAX_COUNT, Reading, text};

/// Attributes that name an element among its siblings; the first that is there does. `<add key="Port" …/>` is `/…/add/key=Port`.
const NAMING: [&str; 3] = ["key", "name", "id"];

/// An element that is open.
struct Open {
    /// Its key, with its number among elements of its name.
    key: Key,
    /// Its key without that.
    base: Key,
    /// How many elements of each name it has had so far.
    children: BTreeMap<Key, u32>,
    has_attributes: bool,
    /// Its text so far; of one with elements inside, what stands between them.
    texts: Vec<String>,
    text: String,
}

/// What comes next, with names of attributes and elements in full.
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
}

/// Reads a document.
pub(crate) fn read(into: &mut Reading<'_>, bytes: &[u8]) -> Result<(), Refused> {
    let text = text::decode(into.source, bytes)?;
    let mut reader = NsReader::from_str(&text);
    reader.config_mut().check_comments = true;
    let mut tree = Tree { into, text: &text, byte: 0, open: Vec::new(), has_root: false };
    loop {
        let event = reader.read_event();
        tree.byte = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        let event = event.map_err(|error| {
            tree.byte = usize::try_from(reader.error_position()).unwrap_or(text.len());
            tree.refused(Reason::Syntax, &error.to_string(), "well-formed XML 1.0")
        })?;
        match event {
            Event::Start(start) => {
                let element = tree.element(&reader, &start)?;
                tree.start(element)?;
            }
            Event::Empty(start) => {
                let element = tree.element(&reader, &start)?;
                tree.start(element)?;
                tree.end()?;
            }
            Event::End(_) => tree.end()?,
            Event::Text(said) => tree.said(&said.xml10_content())?,
            Event::CData(said) => tree.said(&said.xml10_content())?,
            Event::GeneralRef(reference) => tree.reference(&reference)?,
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::DocType(_) => {
                let expected = "a document without <!DOCTYPE …>: what it declares is not read, and entities are not expanded";
                return Err(tree.refused(Reason::Syntax, "a document type stands here", expected));
            }
            Event::Eof => break,
        }
    }
    if !tree.open.is_empty() || !tree.has_root {
        let problem = "the document ends here; it was cut off, or has no element";
        return Err(tree.refused(
            Reason::Syntax,
            problem,
            "one element that is closed again, with all others inside",
        ));
    }
    Ok(())
}

struct Tree<'a, 'b> {
    into: &'a mut Reading<'b>,
    text: &'a str,
    byte: usize,
    open: Vec<Open>,
    has_root: bool,
}

impl Tree<'_, '_> {
    fn refused(&self, reason: Reason, problem: &str, expected: &str) -> Refused {
        let (line, column) = text::line_column(self.text, self.byte);
        let problem = format!("{problem} (column {column})");
        self.into.refused(reason, Place::Row { row: line }, &problem, expected)
    }

    fn key(&self, key: Result<Key, NotAKey>) -> Result<Key, Refused> {
        key.map_err(|error| {
            self.refused(Reason::Limit, &error.to_string(), "names that are shorter and nested less deeply")
        })
    }

    fn add(&mut self, key: Key, value: Value) -> Result<(), Refused> {
        let (text, byte) = (self.text, self.byte);
        let place = || Place::Row { row: text::line_column(text, byte).0 };
        if let Value::Text(text) = &value {
            self.into.bounded(text, place)?;
        }
        self.into.add(key, Entry::plain(value), place).map(|_| ())
    }

    /// Names with the address of their namespace instead of a prefix, which the standard leaves to the writer.
    fn element(&self, reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> Result<Element, Refused> {
        let full = |namespace: ResolveResult<'_>, local: &str| match namespace {
            ResolveResult::Unbound => Ok(local.to_owned()),
            ResolveResult::Bound(namespace) => Ok(format!("{{{}}}{local}", namespace.as_ref())),
            ResolveResult::Unknown(prefix) => {
                let problem =
                    format!("the prefix {} belongs to no namespace", adapter_input::cut_short(&prefix));
                Err(self.refused(Reason::Syntax, &problem, "xmlns:… on an element around it"))
            }
        };
        let (namespace, local) = reader.resolver().resolve_element(start.name());
        let name = full(namespace, local.as_ref())?;
        let mut attributes = Vec::new();
        for (at, attribute) in start.attributes().enumerate() {
            if at >= ATTRIBUTES_MAX_COUNT {
                let expected = format!("at most {ATTRIBUTES_MAX_COUNT} attributes");
                return Err(self.refused(Reason::Limit, "the element has too many attributes", &expected));
            }
            let wrong =
                |problem: String| self.refused(Reason::Syntax, &problem, "name=\"value\", each name once");
            let attribute = attribute.map_err(|error| wrong(error.to_string()))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let (namespace, local) = reader.resolver().resolve_attribute(attribute.key);
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| wrong(error.to_string()))?;
            attributes.push((full(namespace, local.as_ref())?, value.into_owned()));
        }
        Ok(Element { name, attributes })
    }

    fn start(&mut self, element: Element) -> Result<(), Refused> {
        if self.open.is_empty() && self.has_root {
            return Err(self.refused(
                Reason::Syntax,
                "a second element stands beside the first",
                "one element around all others",
            ));
        }
        if self.open.len() >= ELEMENTS_NESTED_MAX_COUNT {
            let expected = format!("at most {ELEMENTS_NESTED_MAX_COUNT} levels");
            return Err(self.refused(Reason::Limit, "elements are nested too deeply", &expected));
        }
        self.has_root = true;
        let base = match self.open.last() {
            Some(parent) => parent.key.child(&element.name),
            None => Key::top(&element.name),
        };
        let mut base = self.key(base)?;
        let named =
            NAMING.iter().find_map(|name| element.attributes.iter().find(|(attribute, _)| attribute == name));
        if let Some((attribute, value)) = named {
            base = self.key(base.child(&format!("{attribute}={value}")))?;
        }
        let before = match self.open.last_mut() {
            Some(parent) => {
                parent.texts.push(std::mem::take(&mut parent.text));
                let count = parent.children.entry(base.clone()).or_default();
                *count = count.saturating_add(1);
                *count
            }
            None => 1,
        };
        let key = match NonZeroU32::new(before).filter(|number| number.get() > 1) {
            Some(number) => self.key(base.nth(number))?,
            None => base.clone(),
        };
        let has_attributes = !element.attributes.is_empty();
        for (name, value) in element.attributes {
            let key = self.key(key.child(&format!("@{name}")))?;
            self.add(key, Value::Text(value.into()))?;
        }
        let (children, texts, text) = (BTreeMap::new(), Vec::new(), String::new());
        self.open.push(Open { key, base, children, has_attributes, texts, text });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Refused> {
        // quick-xml refuses an end without its beginning.
        let Some(mut element) = self.open.pop() else { return Ok(()) };
        if element.children.is_empty() {
            // Elements of text alone that stand there several times are one setting with several values, in order.
            let key = if element.has_attributes { element.key } else { element.base };
            let value = if element.text.is_empty() { Value::Empty } else { Value::Text(element.text.into()) };
            return self.add(key, value);
        }
        element.texts.push(element.text);
        let between: Vec<Value> = element
            .texts
            .into_iter()
            .filter(|text| !text.trim().is_empty())
            .map(|text| Value::Text(text.into()))
            .collect();
        if between.is_empty() {
            return Ok(());
        }
        let key = self.key(element.key.child("#text"))?;
        self.add(key, Value::List(between))
    }

    fn said(&mut self, said: &str) -> Result<(), Refused> {
        let longest = crate::VALUE_LENGTH_MAX_BYTES;
        match self.open.last_mut() {
            Some(element) if element.text.len() + said.len() <= longest => element.text.push_str(said),
            Some(_) => {
                let expected = format!("at most {longest} bytes");
                return Err(self.refused(Reason::Limit, "the text is too long", &expected));
            }
            None if said.trim().is_empty() => {}
            None => {
                return Err(self.refused(
                    Reason::Syntax,
                    "text stands outside of the first element",
                    "one element around all",
                ));
            }
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), Refused> {
        let unknown = |tree: &Self| {
            let expected =
                "&lt; &gt; &amp; &apos; &quot; or the number of a character; no others are expanded";
            tree.refused(Reason::Syntax, "this reference is not known", expected)
        };
        let character = reference.resolve_char_ref().map_err(|_| unknown(self))?;
        match (character, resolve_predefined_entity(reference)) {
            (Some(character), _) => self.said(character.encode_utf8(&mut [0; 4])),
            (None, Some(text)) => self.said(text),
            (None, None) => Err(unknown(self)),
        }
    }
}
