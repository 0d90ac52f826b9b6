//! What came of comparing two coding tables, for people.

use super::{Code, Coded, Compared, Duplicate};
use crate::words::clean;

/// The whole comparison.
pub fn compared(found: &Compared) -> String {
    let (a, b) = (clean(&found.a), clean(&found.b));
    let verdict = match (found.is_same(), found.differs()) {
        (true, _) => "THE SAME: both tables say the same, and each says it once.",
        (false, true) => "NOT THE SAME.",
        (false, false) => "NOT KNOWN: nothing is known to differ, and not every code says what it means.",
    };
    let mut lines = vec![
        format!("{a} (A, rows: {}) against {b} (B, rows: {})", found.rows_a, found.rows_b),
        verdict.to_owned(),
        format!("  codes with the same meaning in both: {}", found.alike),
    ];
    let meant =
        |meanings: &[Box<str>]| meanings.iter().map(|one| format!("\"{}\"", clean(one))).collect::<Vec<_>>();
    list(&mut lines, "one code, two meanings", &found.other_meaning, |other| {
        let spelling = if other.spelling_only { " (only capitals or spaces differ)" } else { "" };
        vec![format!(
            "{}: {} in A, {} in B{spelling}",
            name(&other.code),
            meant(&other.a).join(" and "),
            meant(&other.b).join(" and ")
        )]
    });
    list(&mut lines, "one meaning, two codes", &found.other_code, |other| {
        let names = |codes: &[Code]| codes.iter().map(name).collect::<Vec<_>>().join(" and ");
        vec![format!("\"{}\": {} in A, {} in B", clean(&other.meaning), names(&other.a), names(&other.b))]
    });
    list(&mut lines, "in A only", &found.only_a, |coded| vec![row(coded)]);
    list(&mut lines, "in B only", &found.only_b, |coded| vec![row(coded)]);
    list(&mut lines, "in both, and one does not say what it means", &found.unknown, |code| vec![name(code)]);
    list(&mut lines, "twice in A", &found.twice_a, twice);
    list(&mut lines, "twice in B", &found.twice_b, twice);
    lines.join("\n")
}

fn list<T>(lines: &mut Vec<String>, heading: &str, all: &[T], words: impl Fn(&T) -> Vec<String>) {
    if all.is_empty() {
        return;
    }
    lines.push(String::new());
    lines.push(format!("{heading} ({})", all.len()));
    lines.extend(all.iter().flat_map(words).map(|line| format!("  {line}")));
}

fn name(code: &Code) -> String {
    let scheme = if code.scheme.is_empty() { "no scheme".to_owned() } else { clean(&code.scheme) };
    format!("{} ({scheme})", clean(&code.code))
}

fn row(coded: &Coded) -> String {
    let code = Code { scheme: coded.scheme.clone(), code: coded.code.clone() };
    format!("row {}: {} \"{}\"", coded.row, name(&code), clean(&coded.display))
}

fn twice(duplicate: &Duplicate) -> Vec<String> {
    let (heading, rows) = match duplicate {
        Duplicate::Code(rows) => ("one code:", rows),
        Duplicate::Meaning(rows) => ("one meaning:", rows),
    };
    let rows = rows.iter().map(|coded| format!("  {}", row(coded)));
    std::iter::once(heading.to_owned()).chain(rows).collect()
}
