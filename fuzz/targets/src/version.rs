//! The version grammar: whatever the texts, an answer; and the laws that any order and any range must keep.
//! The input's lines are: a range, a device's version, its serial number, its model.

use std::cmp::Ordering;
use std::mem::discriminant;

use exposure::version::{Inclusion, Subject, Version, VersionSpec, combine, compare};

/// Pieces of the notation.
pub const WORDS: &[&str] = &[
    "vers:all/",
    "vers:generic/",
    "vers:all/*",
    "<",
    "<=",
    ">",
    ">=",
    "=",
    "!=",
    "|",
    "*",
    "%3C",
    "V",
    "Rev. ",
    "Build ",
    "SP",
    "CU",
    "Patch ",
    "rc1",
    "beta",
    ".0",
    "1.4",
    "10.1.6",
    "99999999999999999999",
    "all versions",
    " prior to ",
    " and earlier",
    " through ",
    " or later",
    "before ",
    "x",
    "–",
    ",",
    " and ",
    " with ",
    "2019-05-01",
    "Serial numbers ",
    "A1000",
    "N/A",
    "unknown",
    "\n",
    "(",
    ")",
    "≤",
    "４",
];

/// Reads `data` as lines of text and asks everything that can be asked of them.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.splitn(4, '\n');
    let range = lines.next().unwrap_or_default();
    let (version, serial, model) = (lines.next(), lines.next(), lines.next());
    let subject = Subject { version, serial, model: model.unwrap_or("NL 500"), ..Subject::default() };
    includes(range, &subject);
    let texts = [range, version.unwrap_or_default(), serial.unwrap_or_default()];
    orders(texts);
    for text in texts {
        lists_itself(text);
    }
}

fn includes(range: &str, subject: &Subject<'_>) {
    let spec = VersionSpec::read(range);
    let answer = spec.contains(subject);
    assert_eq!(answer, VersionSpec::read(range).contains(subject), "the same question has the same answer");
    let twice = combine(&[&spec, &spec], subject);
    assert_eq!(discriminant(&answer), discriminant(&twice), "a range said twice: {answer:?}, then {twice:?}");
    if spec.is_everything() {
        assert_eq!(answer, Inclusion::In, "every version holds this one: {range:?}");
    }
    assert!(!spec.to_string().is_empty(), "a range can be shown");
    assert!(spec.text().chars().count() <= 200);
    for bound in spec.bounds() {
        assert!(!bound.version.is_empty(), "a bound names its version");
    }
}

/// Order is antisymmetric and transitive wherever it is defined, and everything that is a plain version equals itself.
fn orders(texts: [&str; 3]) {
    for a in texts {
        if Version::read(a).is_some_and(|version| !version.is_open()) {
            assert_eq!(compare(a, a), Some(Ordering::Equal), "{a:?} is itself");
        }
        for b in texts {
            assert_eq!(compare(a, b), compare(b, a).map(Ordering::reverse), "{a:?} against {b:?}");
            for c in texts {
                let (Some(ab), Some(bc), Some(ac)) = (compare(a, b), compare(b, c), compare(a, c)) else {
                    continue;
                };
                if ab == bc || bc == Ordering::Equal {
                    assert_eq!(ac, ab, "{a:?}, {b:?}, {c:?}");
                }
            }
        }
    }
}

/// A list of one version never leaves out a device of exactly that version.
fn lists_itself(text: &str) {
    let spec = VersionSpec::read(text);
    if spec.is_plain_list() {
        let subject = Subject { version: Some(text), model: "NL 500", ..Subject::default() };
        assert!(!matches!(spec.contains(&subject), Inclusion::Out(_)), "{text:?} is not outside itself");
    }
}
