//! Wordings that are set right before signs are joined to phrases: a variable between two bounds, an aside that belongs
//! to its operator, an article, a word that only says that a version is one. No meaning of versions here.

use super::token::{Op, Sign};

/// The signs, worded plainly.
pub(super) fn plain(mut signs: Vec<Sign>) -> Vec<Sign> {
    // The dash of a list.
    if matches!(signs.first(), Some(Sign::Word(word)) if word == "-") && signs.len() > 1 {
        signs.remove(0);
    }
    without_articles(with_asides(around_variable(signs)))
}

/// `2.0 <= x <= 2.5` says `>= 2.0 | <= 2.5`, `2.0 < x` says `> 2.0`, and `x < 2.0` says `< 2.0`.
fn around_variable(mut signs: Vec<Sign>) -> Vec<Sign> {
    let is_variable = |sign: Option<&Sign>| matches!(sign, Some(Sign::Word(word)) if matches!(word.to_lowercase().as_str(), "x" | "v" | "version" | "versions"));
    if is_variable(signs.first()) && matches!(signs.get(1), Some(Sign::Op(_))) {
        signs.remove(0);
        return signs;
    }
    let [low @ Sign::Word(_), Sign::Op(first), between, rest @ ..] = signs.as_slice() else { return signs };
    if !is_variable(Some(between)) {
        return signs;
    }
    let bound = vec![Sign::Op(flipped(*first)), low.clone()];
    match rest {
        [] | [Sign::Bar | Sign::Comma, ..] => [&bound, rest].concat(),
        [Sign::Op(_), ..] => [&bound, &[Sign::Bar][..], rest].concat(),
        [..] => signs,
    }
}

/// The comparison read from the other side.
fn flipped(op: Op) -> Op {
    match op {
        Op::Less => Op::Greater,
        Op::AtMost => Op::AtLeast,
        Op::Greater => Op::Less,
        Op::AtLeast => Op::AtMost,
        Op::Equal => Op::Equal,
        Op::Not => Op::Not,
    }
}

/// `before (and including) 2.0` and `up to, and including, 2.0` include 2.0: the aside becomes words of the phrase.
fn with_asides(signs: Vec<Sign>) -> Vec<Sign> {
    let mut plain: Vec<Sign> = Vec::with_capacity(signs.len());
    let mut rest = signs.into_iter().peekable();
    while let Some(sign) = rest.next() {
        match &sign {
            Sign::Note(note) if is_aside(note) && leads(plain.last()) => {
                plain.extend(note.split_whitespace().map(|word| Sign::Word(word.to_owned())));
            }
            Sign::Comma
                if leads(plain.last())
                    && matches!(rest.peek(), Some(Sign::Word(w)) if w.eq_ignore_ascii_case("and")) => {}
            Sign::Comma if matches!(plain.last(), Some(Sign::Word(w)) if w.eq_ignore_ascii_case("including")) =>
                {}
            _ => plain.push(sign),
        }
    }
    plain
}

fn is_aside(note: &str) -> bool {
    matches!(note.trim().to_lowercase().as_str(), "and including" | "but not including" | "but excluding")
}

/// Does the word wait for a version (`up to`, `before`, `prior to`)?
fn leads(last: Option<&Sign>) -> bool {
    matches!(last, Some(Sign::Word(word)) if matches!(word.to_lowercase().as_str(), "to" | "before"))
}

/// `before the 2023.1 release` is before 2023.1, `prior to the May 2023 update` is before May 2023. Conditions keep their
/// words: they are quoted.
fn without_articles(signs: Vec<Sign>) -> Vec<Sign> {
    const SAYS_NOTHING: &[&str] =
        &["release", "releases", "version", "versions", "update", "firmware", "software"];
    let is_lead =
        |sign: &Sign| matches!(sign, Sign::Word(word) if LEADS.contains(&word.to_lowercase().as_str()));
    let mut plain: Vec<Sign> = Vec::with_capacity(signs.len());
    for (at, sign) in signs.iter().enumerate() {
        let Sign::Word(word) = sign else {
            plain.push(sign.clone());
            continue;
        };
        let lower = word.to_lowercase();
        let is_article = lower == "the" && plain.last().is_some_and(is_lead);
        let ends = !matches!(signs.get(at + 1), Some(Sign::Word(_) | Sign::Op(_)));
        let after_number =
            matches!(plain.last(), Some(Sign::Word(before)) if before.contains(|c: char| c.is_ascii_digit()));
        let led = plain.iter().rev().skip(1).take(2).any(is_lead);
        if is_article || (ends && after_number && led && SAYS_NOTHING.contains(&lower.as_str())) {
            continue;
        }
        plain.push(sign.clone());
    }
    plain
}

/// Words that a version follows.
const LEADS: &[&str] =
    &["to", "before", "than", "until", "through", "from", "after", "since", "below", "above"];
