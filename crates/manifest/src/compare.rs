//! Before, after and what the vendor wants: each key in one class. What was there and is gone, and what the vendor wants and is not there,
//! are classes of their own and come first (R54). Counts are whole.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::key::Key;
use crate::value::{Entry, Value};
use crate::whole::{Format, Manifest};

/// The version of a comparison's JSON form.
pub const FORM_VERSION: u32 = 1;

/// What became of a key. In this order: what most likely harms comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The reference wants it, it was there, and it is not there any more.
    AbsentWanted,
    /// The reference wants it, and it was there neither before nor after.
    NeverThereWanted,
    /// It was there and is gone, or nobody sets it any more.
    Absent,
    /// It was what the reference wants, and is something else.
    ChangedFromReference,
    /// Nobody can say whether it changed.
    NotComparable,
    /// It is something else.
    Changed,
    /// The same values in another order, where order may matter.
    OrderChanged,
    /// It was not there, and is.
    Added,
    /// It did not change, and is not what the reference wants.
    OffReference,
    /// It is now what the reference wants, and was something else.
    ChangedToReference,
    /// As it was, and as the reference wants it where that says something.
    Unchanged,
}

/// Every class, in order.
pub const CLASSES: [Class; 11] = [
    Class::AbsentWanted,
    Class::NeverThereWanted,
    Class::Absent,
    Class::ChangedFromReference,
    Class::NotComparable,
    Class::Changed,
    Class::OrderChanged,
    Class::Added,
    Class::OffReference,
    Class::ChangedToReference,
    Class::Unchanged,
];

/// Why nobody can say whether two values are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Two secrets were sealed with different keys.
    OtherSecretKey,
    /// A secret was not sealed, because no key was given.
    Withheld,
    /// It was taken for a secret in one of the manifests only.
    SecretInOneOnly,
}

/// What comparing with the reference says of the value after the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// It is what the reference wants.
    Met,
    /// It is something else.
    Missed,
    /// Nobody can say.
    Unknown,
}

/// One key that is not simply unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Which.
    pub key: Key,
    /// What became of it.
    pub class: Class,
    /// As it was; none where it was not there.
    pub before: Option<Entry>,
    /// As it is; none where it is not there.
    pub after: Option<Entry>,
    /// What the reference wants; none where it does not name the key.
    pub reference: Option<Entry>,
    /// Is it what the reference wants? None where that does not name the key.
    pub wanted: Option<Wanted>,
    /// Why nobody can say, where that is so.
    pub doubt: Option<Doubt>,
}

/// How many keys are in a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Which class.
    pub class: Class,
    /// How many keys.
    pub keys: u64,
}

/// What came of comparing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// [`FORM_VERSION`].
    pub version: u32,
    /// The manifest of before, as a person named its source.
    pub before: Box<str>,
    /// The one of after.
    pub after: Box<str>,
    /// The reference, where one was given.
    pub reference: Option<Box<str>>,
    /// Every class, with how many keys it has.
    pub counts: Vec<Count>,
    /// Each key that is not unchanged, what most likely harms first.
    pub lines: Vec<Line>,
}

/// Why nothing was compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomparable {
    /// Their keys mean different things.
    #[error("{a} was read from {} and {b} from {}; both from one would be right", .of_a.word(), .of_b.word())]
    Formats {
        /// One manifest.
        a: Box<str>,
        /// Its format.
        of_a: Format,
        /// The other.
        b: Box<str>,
        /// Its format.
        of_b: Format,
    },
    /// A manifest without a setting: of a wrong file, most likely.
    #[error("{0} has no setting at all; nothing is known of what it was read from")]
    Nothing(Box<str>),
}

/// What lies between two values.
enum Between {
    Same,
    Order,
    Other,
    Doubt(Doubt),
}

/// Compares two manifests, and both with what the vendor wants.
///
/// # Errors
/// They are of different formats, or one has no setting.
pub fn compare(
    before: &Manifest,
    after: &Manifest,
    reference: Option<&Manifest>,
) -> Result<Comparison, Incomparable> {
    for manifest in [Some(before), Some(after), reference].into_iter().flatten() {
        if manifest.entries().is_empty() {
            return Err(Incomparable::Nothing(manifest.source().into()));
        }
        if manifest.format() != before.format() {
            return Err(Incomparable::Formats {
                a: before.source().into(),
                of_a: before.format(),
                b: manifest.source().into(),
                of_b: manifest.format(),
            });
        }
    }
    let all = [Some(before), Some(after), reference].into_iter().flatten();
    let keys: BTreeSet<&Key> = all.flat_map(|manifest| manifest.entries().keys()).collect();
    let mut lines: Vec<Line> = keys.iter().filter_map(|key| line(key, before, after, reference)).collect();
    let counts = CLASSES.map(|class| Count { class, keys: count(&lines, class) }).to_vec();
    lines.retain(|line| line.class != Class::Unchanged);
    // Keys are in order already, and the sort keeps that.
    lines.sort_by_key(|line| line.class);
    Ok(Comparison {
        version: FORM_VERSION,
        before: before.source().into(),
        after: after.source().into(),
        reference: reference.map(|reference| reference.source().into()),
        counts,
        lines,
    })
}

impl Comparison {
    /// How many keys are in `class`.
    pub fn count(&self, class: Class) -> u64 {
        self.counts.iter().find(|count| count.class == class).map_or(0, |count| count.keys)
    }

    /// Is it known that every setting is as it was, and as the reference wants it? The one thing that may be shown as fine.
    pub fn is_same(&self) -> bool {
        self.lines.is_empty()
    }

    /// Is it known of any key that it differs?
    pub fn differs(&self) -> bool {
        self.lines.iter().any(|line| line.class != Class::NotComparable)
    }
}

fn count(lines: &[Line], class: Class) -> u64 {
    lines.iter().filter(|line| line.class == class).count() as u64
}

/// The class of one key; `None` where it is a group that the others know by what lies below it.
fn line(key: &Key, before: &Manifest, after: &Manifest, reference: Option<&Manifest>) -> Option<Line> {
    let (b, a) = (before.get(key), after.get(key));
    let r = reference.and_then(|reference| reference.get(key));
    let stands = |manifest: &Manifest| manifest.get(key).is_some() || manifest.has_below(key);
    let empty = [b, a, r].into_iter().flatten().all(|entry| entry.value == Value::Empty);
    // An empty group is there where something lies below it; what lies there is told key by key.
    let is_group =
        empty && [Some(before), Some(after), reference].into_iter().flatten().any(|m| m.has_below(key));
    if is_group && stands(after) {
        return None;
    }
    let wanted = r.map(|want| match a {
        None => Wanted::Missed,
        Some(is) => match between(is, want, after, reference.unwrap_or(after)) {
            Between::Same => Wanted::Met,
            Between::Order | Between::Other => Wanted::Missed,
            Between::Doubt(_) => Wanted::Unknown,
        },
    });
    let (class, doubt) = class(key, Three { b, a, r }, (before, after, reference), wanted);
    let keep = |entry: Option<&Entry>| entry.cloned();
    Some(Line { key: key.clone(), class, before: keep(b), after: keep(a), reference: keep(r), wanted, doubt })
}

/// What three manifests say of one key.
#[derive(Clone, Copy)]
struct Three<'a> {
    b: Option<&'a Entry>,
    a: Option<&'a Entry>,
    r: Option<&'a Entry>,
}

fn class(
    key: &Key,
    three: Three<'_>,
    (before, after, reference): (&Manifest, &Manifest, Option<&Manifest>),
    wanted: Option<Wanted>,
) -> (Class, Option<Doubt>) {
    let Three { b, a, r } = three;
    let set = |entry: Option<&Entry>| entry.is_some_and(|entry| entry.standing.is_set());
    let was = b.is_some() || before.has_below(key);
    let Some(is) = a else {
        return match (r, was) {
            (Some(_), true) => (Class::AbsentWanted, None),
            (Some(_), false) => (Class::NeverThereWanted, None),
            (None, _) => (Class::Absent, None),
        };
    };
    // It is there, but only as what the program takes when nobody sets it.
    if !is.standing.is_set() && wanted.is_some_and(|wanted| wanted != Wanted::Met) && set(r) {
        return (if set(b) { Class::AbsentWanted } else { Class::NeverThereWanted }, None);
    }
    let Some(was) = b else { return (Class::Added, None) };
    match (was.standing.is_set(), is.standing.is_set()) {
        (true, false) => return (Class::Absent, None),
        (false, true) => return (Class::Added, None),
        (true, true) | (false, false) => {}
    }
    let was_wanted = || match (r, reference) {
        (Some(want), Some(reference)) => matches!(between(was, want, before, reference), Between::Same),
        _ => false,
    };
    match between(was, is, before, after) {
        Between::Doubt(doubt) => (Class::NotComparable, Some(doubt)),
        Between::Order if wanted == Some(Wanted::Met) => (Class::ChangedToReference, None),
        Between::Other if wanted == Some(Wanted::Met) => (Class::ChangedToReference, None),
        Between::Order | Between::Other if was_wanted() => (Class::ChangedFromReference, None),
        Between::Order => (Class::OrderChanged, None),
        Between::Other => (Class::Changed, None),
        Between::Same => match (wanted, r, reference) {
            (Some(Wanted::Missed), ..) => (Class::OffReference, None),
            (Some(Wanted::Unknown), Some(want), Some(reference)) => match between(is, want, after, reference)
            {
                Between::Doubt(doubt) => (Class::NotComparable, Some(doubt)),
                Between::Same | Between::Order | Between::Other => (Class::NotComparable, None),
            },
            _ => (Class::Unchanged, None),
        },
    }
}

fn between(a: &Entry, b: &Entry, of_a: &Manifest, of_b: &Manifest) -> Between {
    match (&a.value, &b.value) {
        // What a registry or a database says besides the value is no secret.
        _ if a.of != b.of => Between::Other,
        (Value::Withheld, _) | (_, Value::Withheld) => Between::Doubt(Doubt::Withheld),
        (Value::Secret(_), Value::Secret(_)) if of_a.sealed_with() != of_b.sealed_with() => {
            Between::Doubt(Doubt::OtherSecretKey)
        }
        (Value::Secret(_), other) | (other, Value::Secret(_))
            if !other.is_secret() && *other != Value::Empty =>
        {
            Between::Doubt(Doubt::SecretInOneOnly)
        }
        (x, y) if x == y => Between::Same,
        (Value::List(x), Value::List(y)) | (Value::Repeated(x), Value::Repeated(y)) if same_members(x, y) => {
            Between::Order
        }
        _ => Between::Other,
    }
}

fn same_members(a: &[Value], b: &[Value]) -> bool {
    let sorted = |values: &[Value]| {
        let mut values = values.to_vec();
        values.sort();
        values
    };
    a.len() == b.len() && sorted(a) == sorted(b)
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Doubt::OtherSecretKey => "sealed with two keys; read both with one",
            Doubt::Withheld => "a secret that was not sealed; read both with a key (--key)",
            Doubt::SecretInOneOnly => "a secret in one of them only; read both with the same --secret",
        })
    }
}
