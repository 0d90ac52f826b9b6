//! What came of a comparison, for people: plain lines, what most likely harms first. No secret and no control character gets onto a terminal.

use crate::compare::{CLASSES, Class, Comparison, Line, Wanted};
use crate::value::{Entry, Value};

/// Longest piece of a value that is shown, in characters; a program is told all.
const SHOWN_MAX_CHARS: usize = 120;
/// Values of a list that are shown.
const LISTED_MAX_COUNT: usize = 8;

impl Class {
    /// As a heading.
    pub fn words(self) -> &'static str {
        match self {
            Class::AbsentWanted => "absent, and the reference wants it",
            Class::NeverThereWanted => "never there, and the reference wants it",
            Class::Absent => "absent: was there and is gone",
            Class::ChangedFromReference => "changed away from the reference",
            Class::NotComparable => "not comparable",
            Class::Changed => "changed",
            Class::OrderChanged => "order changed",
            Class::Added => "added",
            Class::OffReference => "unchanged, and not what the reference wants",
            Class::ChangedToReference => "changed to what the reference wants",
            Class::Unchanged => "unchanged",
        }
    }
}

/// The whole comparison.
pub fn comparison(found: &Comparison) -> String {
    let against = match &found.reference {
        Some(reference) => format!(", and what {} wants", clean(reference)),
        None => String::new(),
    };
    let mut lines = vec![
        format!("{} (before) against {} (after){against}", clean(&found.before), clean(&found.after)),
        verdict(found).to_owned(),
    ];
    let with_any = found.counts.iter().filter(|count| count.keys > 0);
    lines.extend(with_any.map(|count| format!("  {}: {}", count.class.words(), count.keys)));
    for class in CLASSES {
        let of_class: Vec<&Line> = found.lines.iter().filter(|line| line.class == class).collect();
        if let Some(count) = of_class.len().checked_sub(1) {
            lines.push(String::new());
            lines.push(format!("{} ({})", class.words(), count + 1));
        }
        for line in of_class {
            lines.push(format!("  {}", clean(line.key.as_str())));
            lines.extend(sentences(line).into_iter().map(|sentence| format!("    {sentence}")));
        }
    }
    lines.join("\n")
}

fn verdict(found: &Comparison) -> &'static str {
    match (found.is_same(), found.differs(), &found.reference) {
        (true, _, None) => "THE SAME: every setting is as it was.",
        (true, _, Some(_)) => {
            "THE SAME: every setting is as it was, and as the reference wants it where that names it."
        }
        (false, true, _) => "NOT THE SAME.",
        (false, false, _) => "NOT KNOWN: nothing is known to differ, and not everything could be compared.",
    }
}

fn sentences(line: &Line) -> Vec<String> {
    let mut sentences = Vec::new();
    match (&line.before, &line.after) {
        (Some(before), Some(after)) if line.class == Class::NotComparable => {
            sentences.push(format!("was {}, is {}", shown(before), shown(after)));
        }
        (Some(before), Some(after)) if before == after => sentences.push(format!("is {}", shown(after))),
        (Some(before), Some(after)) if before.value.is_secret() && after.value.is_secret() => {
            sentences.push(format!("was {}, is another one", shown(before)));
        }
        (Some(before), Some(after)) => sentences.push(format!("was {}, is {}", shown(before), shown(after))),
        (Some(before), None) => sentences.push(format!("was {}", shown(before))),
        (None, Some(after)) => sentences.push(format!("is {}", shown(after))),
        (None, None) => {}
    }
    if let Some(reference) = &line.reference {
        sentences.push(match line.wanted {
            Some(Wanted::Met) => "as the reference wants it".to_owned(),
            Some(Wanted::Missed) => format!("the reference wants {}", shown(reference)),
            Some(Wanted::Unknown) | None => {
                "nobody can say whether that is what the reference wants".to_owned()
            }
        });
    }
    sentences.extend(line.doubt.map(|doubt| doubt.to_string()));
    sentences
}

/// A setting in a sentence.
fn shown(entry: &Entry) -> String {
    let value = value(&entry.value);
    let of = entry.of.as_deref().map(|of| format!(" ({})", clean(of))).unwrap_or_default();
    let standing = if entry.standing.is_set() { "" } else { ", set by nobody" };
    format!("{value}{of}{standing}")
}

fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Integer(integer) => cut(integer.as_str()),
        Value::Decimal(decimal) => cut(decimal.as_str()),
        Value::Boolean(true) => "true".to_owned(),
        Value::Boolean(false) => "false".to_owned(),
        Value::Null => "nothing (null)".to_owned(),
        Value::List(values) => format!("[{}]", listed(values)),
        Value::Repeated(values) => format!("{} times: {}", values.len(), listed(values)),
        Value::Empty => "an empty group".to_owned(),
        Value::Secret(_) => "a secret".to_owned(),
        Value::Withheld => "a secret that was not sealed".to_owned(),
    }
}

fn listed(values: &[Value]) -> String {
    let mut texts: Vec<String> = values.iter().take(LISTED_MAX_COUNT).map(value).collect();
    let more = values.len().saturating_sub(LISTED_MAX_COUNT);
    if more > 0 {
        texts.push(format!("and {more} more; --json names all"));
    }
    texts.join(", ")
}

fn quoted(text: &str) -> String {
    let all = text.chars().count();
    let shown: String = text.chars().take(SHOWN_MAX_CHARS).collect();
    let more =
        if all > SHOWN_MAX_CHARS { format!("… ({all} characters; --json has all)") } else { String::new() };
    format!("\"{}\"{more}", clean(&shown))
}

fn cut(text: &str) -> String {
    let more = if text.len() > SHOWN_MAX_CHARS { "… (--json has all)" } else { "" };
    format!("{}{more}", text.chars().take(SHOWN_MAX_CHARS).collect::<String>())
}

/// `text` with control characters written out, and those that turn the direction of writing around.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns {
            cleaned.extend(c.escape_default());
        } else {
            cleaned.push(c);
        }
    }
    cleaned
}
