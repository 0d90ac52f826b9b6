//! JSON: each value at its path; a list of plain values is one value, in order; of other lists each member has its number.

use std::borrow::Cow;
use std::num::NonZeroU32;

use adapter_input::{Document, Node, Reason, Refused};
use manifest::key::NotAKey;
use manifest::{Entry, Key, Value};
use model::finding::Place;

use crate::Reading;

/// A name and its value.
type Member<'a> = (Cow<'a, str>, Node<'a>);

/// Reads a document whose root is an object.
pub(crate) fn read(into: &mut Reading<'_>, bytes: &[u8]) -> Result<(), Refused> {
    let document = Document::parse(into.source, bytes).map_err(without_value)?;
    for (name, node) in members(into.source, &document.root)? {
        let place = format!("/{}", escaped(name));
        let key = into.key(Key::top(name), || Place::Pointer(place.as_str().into()))?;
        add(into, key, node, &place)?;
    }
    Ok(())
}

/// A refusal does not show what stands there: it may be a secret.
pub(crate) fn without_value(mut refused: Refused) -> Refused {
    if refused.reason != Reason::DuplicateKey {
        refused.finding.value = None;
    }
    refused
}

/// The members of an object at the root.
pub(crate) fn members<'n, 'a>(source: &str, root: &'n Node<'a>) -> Result<&'n [Member<'a>], Refused> {
    let Node::Object(members) = root else {
        let place = Place::Pointer("".into());
        let expected = "an object: {\"name\": value, …}";
        return Err(Refused::new(Reason::OtherKind, source, place, "the document is no object", expected));
    };
    Ok(members)
}

/// Adds a value and all below it. `pointer` is where it stands. Nesting was bounded when the document was read.
pub(crate) fn add(into: &mut Reading<'_>, key: Key, node: &Node<'_>, pointer: &str) -> Result<(), Refused> {
    let place = || Place::Pointer(pointer.into());
    let one = |into: &mut Reading<'_>, value| into.add(key.clone(), Entry::plain(value), place).map(|_| ());
    match node {
        Node::Object(members) if members.is_empty() => one(into, Value::Empty),
        Node::Object(members) => {
            for (name, node) in members {
                let child = into.key(key.child(name), place)?;
                add(into, child, node, &format!("{pointer}/{}", escaped(name)))?;
            }
            Ok(())
        }
        Node::Array(nodes) => match nodes.iter().map(|node| plain(into, node, pointer)).collect() {
            Some(values) => {
                let values: Result<Vec<Value>, Refused> = values;
                one(into, Value::List(values?))
            }
            None => {
                for (at, node) in nodes.iter().enumerate() {
                    let child = into.key(member(&key, at), place)?;
                    add(into, child, node, &format!("{pointer}/{at}"))?;
                }
                Ok(())
            }
        },
        Node::Null | Node::Bool(_) | Node::Number(_) | Node::Text(_) => match plain(into, node, pointer) {
            Some(value) => one(into, value?),
            None => Ok(()),
        },
    }
}

/// The key of a list's member. Of a list right in a list, which has a number already, members stand below a name of nothing.
fn member(list: &Key, at: usize) -> Result<Key, NotAKey> {
    let number =
        u32::try_from(at).ok().and_then(|at| NonZeroU32::MIN.checked_add(at)).ok_or(NotAKey::Length)?;
    list.nth(number).or_else(|_| list.child("")?.nth(number))
}

/// A value without parts; `None` for lists and objects.
fn plain(into: &Reading<'_>, node: &Node<'_>, pointer: &str) -> Option<Result<Value, Refused>> {
    match node {
        Node::Null => Some(Ok(Value::Null)),
        Node::Bool(is) => Some(Ok(Value::Boolean(*is))),
        // Every number of JSON is one of ours.
        Node::Number(text) => Value::number(text).map(Ok),
        Node::Text(text) => {
            let bounded = into.bounded(text, || Place::Pointer(pointer.into()));
            Some(bounded.map(|()| Value::Text(text.as_ref().into())))
        }
        Node::Array(_) | Node::Object(_) => None,
    }
}

/// One step of a JSON pointer (RFC 6901 §3).
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
