//! Ranges of serial numbers: `first 5 digits of serial number <= 24031`, `SN 138853 and higher`.

use super::clause::Truth;
use super::missing::is_missing;
use super::plain::{SerialRange, Side};
use super::subject::Subject;
use super::token::{Op, Sign, signs};
use super::verdict::{Gap, OutReason};

/// Longest serial bound, in digits.
const SERIAL_DIGITS_MAX: usize = 18;

/// A bound on serial numbers or on their first digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Serials {
    /// Only the first so many digits count.
    first_digits: Option<usize>,
    /// (not `Not`)
    op: Op,
    bound: u64,
    /// The bound as written, with its leading zeros.
    shown: Box<str>,
}

impl Serials {
    /// Is the text about serial numbers?
    pub(crate) fn is_meant(text: &str) -> bool {
        let lower = text.to_lowercase();
        let words = || lower.split(|c: char| !c.is_alphanumeric());
        words().any(|w| w == "serial" || w == "serials")
            || lower.contains("s/n")
            || words().next() == Some("sn")
    }

    /// Reads a text that is about serial numbers; `None` when its bound is not plain.
    pub(crate) fn read(text: &str) -> Option<Serials> {
        let spaced = text.replace('_', " ").replace(" of ", " ").replace(" are ", " ").replace("with ", "");
        let mut op = None;
        let mut first_digits = None;
        let mut bound: Option<&str> = None;
        let signs = signs(&spaced);
        let words: Vec<&Sign> = signs.iter().collect();
        for (index, sign) in words.iter().enumerate() {
            match sign {
                Sign::Op(found) if op.is_none() => op = Some(*found),
                Sign::AndEarlier => op = Some(Op::AtMost),
                Sign::AndLater => op = Some(Op::AtLeast),
                Sign::Word(word) => {
                    let next_is_digits = matches!(words.get(index + 1), Some(Sign::Word(w)) if w.eq_ignore_ascii_case("digits"));
                    if next_is_digits {
                        first_digits = Some(count(word)?);
                    } else if word.chars().all(|c| c.is_ascii_digit()) {
                        bound = Some(word);
                    } else if word.chars().any(|c| c.is_ascii_digit()) {
                        return None;
                    }
                }
                // "are 04" after "serial number".
                Sign::Note(note) => {
                    bound = note
                        .split(' ')
                        .rfind(|w| !w.is_empty() && w.chars().all(|c| c.is_ascii_digit()))
                        .or(bound)
                }
                Sign::Op(_) | Sign::Bar | Sign::Comma | Sign::And | Sign::To => return None,
                Sign::Between | Sign::Closed(_) | Sign::All => {}
            }
        }
        let shown = bound.filter(|b| b.len() <= SERIAL_DIGITS_MAX)?;
        let op = op.filter(|op| *op != Op::Not)?;
        Some(Serials { first_digits, op, bound: shown.parse().ok()?, shown: shown.into() })
    }

    /// The range in plain words.
    pub(crate) fn plain(&self) -> SerialRange {
        let side = match self.op {
            Op::Less => Side::Below,
            Op::AtMost => Side::AtMost,
            Op::Greater => Side::Above,
            Op::AtLeast => Side::AtLeast,
            Op::Equal => Side::Equal,
            Op::Not => Side::Other,
        };
        SerialRange::Bound { first_digits: self.first_digits, side, number: self.shown.clone() }
    }

    pub(crate) fn holds(&self, subject: &Subject<'_>) -> Truth {
        let needed = || Truth::Maybe(Gap::NeedsSerial { range: self.plain() });
        let Some(serial) = subject.serial.map(str::trim).filter(|s| !is_missing(s)) else { return needed() };
        let digits: String = match self.first_digits {
            Some(count) => serial.chars().take(count).collect(),
            // Whole serial numbers compare only when they are numbers of one length.
            None if serial.len() == self.shown.len() => serial.to_owned(),
            None => return needed(),
        };
        if digits.is_empty()
            || !digits.chars().all(|c| c.is_ascii_digit())
            || digits.len() < self.first_digits.unwrap_or(1)
        {
            return needed();
        }
        let Ok(value) = digits.parse::<u64>() else { return needed() };
        let inside = match self.op {
            Op::Less => value < self.bound,
            Op::AtMost => value <= self.bound,
            Op::Greater => value > self.bound,
            Op::AtLeast => value >= self.bound,
            Op::Equal => value == self.bound,
            Op::Not => value != self.bound,
        };
        if inside { Truth::Yes } else { Truth::No(OutReason::SerialOutside { range: self.plain() }) }
    }
}

fn count(word: &str) -> Option<usize> {
    const WORDS: [&str; 9] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let lower = word.to_lowercase();
    let spelled = WORDS.iter().position(|w| *w == lower).map(|at| at + 1);
    spelled.or_else(|| lower.parse().ok()).filter(|n| (1..=SERIAL_DIGITS_MAX).contains(n))
}
