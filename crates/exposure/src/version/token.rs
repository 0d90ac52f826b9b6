//! A range text cut into signs: operators, bars, words such as "prior to" and "through", notes in parentheses.
//! No meaning of versions here; that is `grammar`'s.

use super::wording;

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
    Not,
}

/// A sign of a range text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Op(Op),
    /// `|`, `;`, `or`.
    Bar,
    Comma,
    And,
    /// `to`, `through`, a dash with blanks around it.
    To,
    Between,
    /// `(including)`, `(excluding)` after a bound.
    Closed(bool),
    /// `and prior`, `or earlier`.
    AndEarlier,
    /// `and later`, `or newer`.
    AndLater,
    /// `All versions`, `any`, `*`.
    All,
    /// A word, or several that are one day.
    Word(String),
    /// A comment in parentheses.
    Note(String),
}

/// Words that mean one sign, longest first. Matched word by word, in lower case.
const PHRASES: &[(&str, Sign)] = &[
    ("earlier than or equal to", Sign::Op(Op::AtMost)),
    ("older than or equal to", Sign::Op(Op::AtMost)),
    ("smaller than or equal to", Sign::Op(Op::AtMost)),
    ("later than or equal to", Sign::Op(Op::AtLeast)),
    ("newer than or equal to", Sign::Op(Op::AtLeast)),
    ("equal to or less than", Sign::Op(Op::AtMost)),
    ("equal to or lower than", Sign::Op(Op::AtMost)),
    ("equal to or earlier than", Sign::Op(Op::AtMost)),
    ("equal to or older than", Sign::Op(Op::AtMost)),
    ("equal to or greater than", Sign::Op(Op::AtLeast)),
    ("equal to or higher than", Sign::Op(Op::AtLeast)),
    ("equal to or later than", Sign::Op(Op::AtLeast)),
    ("equal to or newer than", Sign::Op(Op::AtLeast)),
    ("before or equal to", Sign::Op(Op::AtMost)),
    ("at or before", Sign::Op(Op::AtMost)),
    ("at or below", Sign::Op(Op::AtMost)),
    ("at or above", Sign::Op(Op::AtLeast)),
    ("no later than", Sign::Op(Op::AtMost)),
    ("not later than", Sign::Op(Op::AtMost)),
    ("no newer than", Sign::Op(Op::AtMost)),
    ("not newer than", Sign::Op(Op::AtMost)),
    ("no higher than", Sign::Op(Op::AtMost)),
    ("no earlier than", Sign::Op(Op::AtLeast)),
    ("not earlier than", Sign::Op(Op::AtLeast)),
    ("no older than", Sign::Op(Op::AtLeast)),
    ("not older than", Sign::Op(Op::AtLeast)),
    ("at most", Sign::Op(Op::AtMost)),
    ("prior to and including", Sign::Op(Op::AtMost)),
    ("before and including", Sign::Op(Op::AtMost)),
    ("up to and including", Sign::Op(Op::AtMost)),
    ("up to but not including", Sign::Op(Op::Less)),
    ("up to but excluding", Sign::Op(Op::Less)),
    ("through and including", Sign::To),
    ("thru and including", Sign::To),
    ("until and including", Sign::To),
    ("to and including", Sign::To),
    ("up through", Sign::Op(Op::AtMost)),
    ("up until", Sign::Op(Op::AtMost)),
    ("up till", Sign::Op(Op::AtMost)),
    ("less than or equal to", Sign::Op(Op::AtMost)),
    ("lower than or equal to", Sign::Op(Op::AtMost)),
    ("greater than or equal to", Sign::Op(Op::AtLeast)),
    ("higher than or equal to", Sign::Op(Op::AtLeast)),
    ("and all subsequent", Sign::AndLater),
    ("and all prior", Sign::AndEarlier),
    ("and all previous", Sign::AndEarlier),
    ("and all earlier", Sign::AndEarlier),
    ("and possibly prior", Sign::AndEarlier),
    ("and any prior", Sign::AndEarlier),
    ("and all later", Sign::AndLater),
    ("prior to", Sign::Op(Op::Less)),
    ("previous to", Sign::Op(Op::Less)),
    ("earlier than", Sign::Op(Op::Less)),
    ("older than", Sign::Op(Op::Less)),
    ("lower than", Sign::Op(Op::Less)),
    ("less than", Sign::Op(Op::Less)),
    ("smaller than", Sign::Op(Op::Less)),
    ("later than", Sign::Op(Op::Greater)),
    ("newer than", Sign::Op(Op::Greater)),
    ("greater than", Sign::Op(Op::Greater)),
    ("higher than", Sign::Op(Op::Greater)),
    ("up to", Sign::Op(Op::AtMost)),
    ("starting with", Sign::Op(Op::AtLeast)),
    ("starting from", Sign::Op(Op::AtLeast)),
    ("starting at", Sign::Op(Op::AtLeast)),
    ("beginning with", Sign::Op(Op::AtLeast)),
    ("at least", Sign::Op(Op::AtLeast)),
    ("before", Sign::Op(Op::Less)),
    ("below", Sign::Op(Op::Less)),
    ("after", Sign::Op(Op::Greater)),
    ("above", Sign::Op(Op::Greater)),
    ("onwards", Sign::AndLater),
    ("onward", Sign::AndLater),
    ("from", Sign::Op(Op::AtLeast)),
    ("since", Sign::Op(Op::AtLeast)),
    ("between", Sign::Between),
    ("through", Sign::To),
    ("thru", Sign::To),
    ("until", Sign::To),
    ("till", Sign::To),
    ("to", Sign::To),
    ("-", Sign::To),
    ("all", Sign::All),
    ("any", Sign::All),
    ("every", Sign::All),
    ("*", Sign::All),
    ("and", Sign::And),
    ("&", Sign::And),
    ("or", Sign::Bar),
    ("/", Sign::Bar),
];

const EARLIER: &[&str] =
    &["prior", "earlier", "below", "older", "lower", "before", "previous", "preceding", "less", "under"];
const LATER: &[&str] = &[
    "later",
    "newer",
    "higher",
    "above",
    "up",
    "upwards",
    "onwards",
    "onward",
    "greater",
    "after",
    "subsequent",
    "following",
];
/// Words that begin a condition: what follows them is not a version.
const CONDITION: &[&str] = &[
    "with",
    "without",
    "w/",
    "on",
    "only",
    "when",
    "if",
    "using",
    "running",
    "where",
    "for",
    "in",
    "that",
    "based",
    "installed",
    "integrated",
    "including",
    "excluding",
    "except",
    "deployed",
    "formerly",
    "of",
    "have",
    "has",
    "manufactured",
    "which",
    "used",
    "configured",
    "via",
    "by",
    "affected",
    "are",
    "is",
    "not",
    "other",
    "but",
    "outside",
    "unless",
];

/// Cuts a text into signs.
pub(crate) fn signs(text: &str) -> Vec<Sign> {
    phrases(wording::plain(raw(text)))
}

/// Operators, bars, commas, notes and single words.
fn raw(text: &str) -> Vec<Sign> {
    let mut signs = Vec::new();
    let mut word = String::new();
    let mut rest = text;
    let end = |word: &mut String, signs: &mut Vec<Sign>| {
        if !word.is_empty() {
            signs.push(Sign::Word(std::mem::take(word)));
        }
    };
    while let Some(c) = rest.chars().next() {
        let mut used = c.len_utf8();
        match c {
            '<' | '>' | '=' | '!' => {
                let (op, length) = operator(rest);
                end(&mut word, &mut signs);
                signs.extend(op.map(Sign::Op));
                used = length;
            }
            '|' | ';' => {
                end(&mut word, &mut signs);
                signs.push(Sign::Bar);
            }
            ',' => {
                end(&mut word, &mut signs);
                signs.push(Sign::Comma);
            }
            '(' | '[' | '{' => {
                let (inner, length) = bracketed(rest);
                let glued =
                    !word.is_empty() && inner.len() <= 6 && inner.chars().all(|c| c.is_ascii_alphanumeric());
                if glued {
                    word.push_str(rest.get(..length).unwrap_or_default());
                } else {
                    end(&mut word, &mut signs);
                    signs.push(Sign::Note(inner.trim().to_owned()));
                }
                used = length;
            }
            c if c.is_whitespace() => end(&mut word, &mut signs),
            ')' | ']' | '}' => {}
            c => word.push(c),
        }
        rest = rest.get(used..).unwrap_or_default();
    }
    end(&mut word, &mut signs);
    signs
}

fn operator(text: &str) -> (Option<Op>, usize) {
    const OPS: &[(&str, Op)] = &[
        ("<>", Op::Not),
        ("<=", Op::AtMost),
        ("=<", Op::AtMost),
        (">=", Op::AtLeast),
        ("=>", Op::AtLeast),
        ("!=", Op::Not),
        ("==", Op::Equal),
        ("<", Op::Less),
        (">", Op::Greater),
        ("=", Op::Equal),
    ];
    let found = OPS.iter().find(|(sign, _)| text.starts_with(sign));
    found.map_or((None, 1), |(sign, op)| (Some(*op), sign.len()))
}

/// What stands in a bracket and how long it is with both brackets; an unclosed one reaches to the end of the text.
fn bracketed(text: &str) -> (&str, usize) {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return (text.get(1..at).unwrap_or_default(), at + 1);
                }
            }
            _ => {}
        }
    }
    (text.get(1..).unwrap_or_default(), text.len())
}

/// Words that belong together become one sign.
fn phrases(raw: Vec<Sign>) -> Vec<Sign> {
    let words: Vec<Option<String>> = raw.iter().map(lower).collect();
    let at = |index: usize| words.get(index).and_then(|w| w.as_deref());
    let mut signs: Vec<Sign> = Vec::with_capacity(raw.len());
    let mut index = 0;
    while let Some(sign) = raw.get(index) {
        let begun = !signs.is_empty();
        if let Some((day, used)) = day_words(&raw, index) {
            signs.push(Sign::Word(day));
            index += used;
        } else if is_closing(at(index)) && is_ranged(&signs) {
            signs.push(Sign::Closed(at(index) == Some("inclusive")));
            index += 1;
        } else if let Some((found, used)) = direction(&words, index, begun) {
            signs.push(found);
            index += used;
        } else if at(index).is_some_and(|w| CONDITION.contains(&w)) && phrase(&words, index).is_none() {
            let (note, used) = condition(&raw, index);
            signs.push(Sign::Note(note));
            index += used;
        } else if let Some((found, used)) = phrase(&words, index) {
            // "1.2 earlier versions" and the like: a direction without a partner says nothing that could be relied on.
            signs.push(found);
            index += used;
        } else {
            signs.push(match sign {
                Sign::Note(note) => note_sign(note),
                other => other.clone(),
            });
            index += 1;
        }
    }
    signs
}

fn lower(sign: &Sign) -> Option<String> {
    match sign {
        Sign::Word(word) => Some(word.trim_end_matches(['.', ':']).to_lowercase()),
        Sign::Op(_) | Sign::Bar | Sign::Comma | Sign::And | Sign::To | Sign::Between | Sign::Closed(_) => {
            None
        }
        Sign::AndEarlier | Sign::AndLater | Sign::All | Sign::Note(_) => None,
    }
}

/// Has a bound been named, which a word such as `inclusive` can close?
fn is_ranged(signs: &[Sign]) -> bool {
    signs.iter().any(|sign| matches!(sign, Sign::Op(_) | Sign::To | Sign::Between))
        && matches!(signs.last(), Some(Sign::Word(_)))
}

fn is_closing(word: Option<&str>) -> bool {
    matches!(word, Some("inclusive" | "exclusive"))
}

fn note_sign(note: &str) -> Sign {
    let lower = note.to_lowercase();
    match lower.trim() {
        "including" | "inclusive" | "included" | "incl." | "incl" => Sign::Closed(true),
        "excluding" | "exclusive" | "excluded" | "excl." | "excl" | "not included" | "not inclusive" => {
            Sign::Closed(false)
        }
        other if (other.starts_with("and ") || other.starts_with("or ")) && other.len() < 40 => {
            match signs(&format!("0 {note}")).as_slice() {
                [_, only @ (Sign::AndEarlier | Sign::AndLater)] => only.clone(),
                _ => Sign::Note(note.to_owned()),
            }
        }
        _ => Sign::Note(note.to_owned()),
    }
}

/// `and prior`, `or later versions`, `and all earlier releases`.
fn direction(words: &[Option<String>], index: usize, begun: bool) -> Option<(Sign, usize)> {
    let word = |at: usize| words.get(at).and_then(|w| w.as_deref());
    if !begun || !matches!(word(index), Some("and" | "or" | "&" | "and/or")) {
        return None;
    }
    let mut at = index + 1;
    while matches!(word(at), Some("all" | "any" | "possibly" | "the" | "other")) {
        at += 1;
    }
    let direction = word(at)?;
    let found = if EARLIER.contains(&direction) {
        Sign::AndEarlier
    } else if LATER.contains(&direction) {
        Sign::AndLater
    } else {
        return None;
    };
    // "and prior to 3.2" and "and before 3.2" are bounds of their own.
    let bounds = matches!(direction, "before" | "below" | "above" | "after");
    let number =
        word(at + 1).is_some_and(|w| w.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit()));
    if matches!(word(at + 1), Some("to" | "than")) || (bounds && number) {
        return None;
    }
    at += 1;
    while matches!(
        word(at),
        Some("version" | "versions" | "release" | "releases" | "revisions" | "minor" | "firmware")
    ) {
        at += 1;
    }
    Some((found, at - index))
}

fn phrase(words: &[Option<String>], index: usize) -> Option<(Sign, usize)> {
    PHRASES.iter().find_map(|(text, sign)| {
        let mut used = 0;
        for part in text.split(' ') {
            let word = words.get(index + used)?.as_deref()?;
            if word != part && !(part == "and" && word == "&") {
                return None;
            }
            used += 1;
        }
        Some((sign.clone(), used))
    })
}

/// A day in several words (`july 1 2017`, `April 1, 2018`, `May 2018`, `august 28`) as one word.
fn day_words(raw: &[Sign], index: usize) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut used = 0;
    let mut best = None;
    for sign in raw.iter().skip(index).take(4) {
        used += 1;
        match sign {
            Sign::Word(word) => {
                let word = word.trim_end_matches('.');
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(word);
            }
            Sign::Comma if !text.is_empty() => continue,
            _ => break,
        }
        if text.chars().any(|c| c.is_ascii_digit())
            && text.chars().any(char::is_alphabetic)
            && super::date::read(&text).is_some()
        {
            best = Some((text.clone(), used));
        }
    }
    best.filter(|_| matches!(raw.get(index), Some(Sign::Word(_))))
}

/// From a condition's first word to the next bar.
fn condition(raw: &[Sign], index: usize) -> (String, usize) {
    let mut text = String::new();
    let mut used = 0;
    for sign in raw.iter().skip(index) {
        let piece = match sign {
            Sign::Bar => break,
            Sign::Word(word) => word.clone(),
            Sign::Note(note) => format!("({note})"),
            Sign::Op(op) => op.sign().to_owned(),
            Sign::Comma => ",".to_owned(),
            Sign::And
            | Sign::To
            | Sign::Between
            | Sign::Closed(_)
            | Sign::AndEarlier
            | Sign::AndLater
            | Sign::All => String::new(),
        };
        if !text.is_empty() && piece != "," {
            text.push(' ');
        }
        text.push_str(&piece);
        used += 1;
    }
    (text.trim_end_matches([',', ' ']).to_owned(), used.max(1))
}

impl Op {
    /// Two signs with nothing between them as one (`< =`); `None` when they speak against each other.
    pub(crate) fn joined(self, next: Op) -> Option<Op> {
        match (self, next) {
            (a, b) if a == b => Some(a),
            (Op::Less | Op::AtMost, Op::Equal | Op::Less | Op::AtMost)
            | (Op::Equal, Op::Less | Op::AtMost) => Some(Op::AtMost),
            (Op::Greater | Op::AtLeast, Op::Equal | Op::Greater | Op::AtLeast)
            | (Op::Equal, Op::Greater | Op::AtLeast) => Some(Op::AtLeast),
            (Op::Not, Op::Equal) => Some(Op::Not),
            (Op::Less | Op::AtMost | Op::Greater | Op::AtLeast | Op::Equal | Op::Not, _) => None,
        }
    }

    /// As written in formulas.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Op::Less => "<",
            Op::AtMost => "<=",
            Op::Greater => ">",
            Op::AtLeast => ">=",
            Op::Equal => "=",
            Op::Not => "!=",
        }
    }
}
