//! From signs to clauses: which bounds belong together, what is a list, what is a condition.
//! `|` is *and* between bounds (each lower one goes with the next upper one) and *or* between plain versions.

use super::clause::{Bound, Clause, Item, What, includes_version};
use super::date::DayText;
use super::operand::{Operand, Value, is_name};
use super::pairs::{Draft, End, Piece, included, paired};
use super::release::Release;
use super::token::{Op, Sign};

/// Operating systems, as first words.
const SYSTEMS: &[&str] = &["windows", "linux", "android", "microsoft", "macos", "ios"];

/// Reads signs into clauses. Never fails: what is not understood is a clause of its own.
pub(crate) fn clauses(signs: &[Sign], text: &str) -> Vec<Clause> {
    if let Some(Sign::Word(first)) = signs.first()
        && SYSTEMS.contains(&first.to_lowercase().as_str())
    {
        // The operating system stands where the version should.
        return vec![Clause { conditions: vec![text.into()], ..Clause::of(What::All) }];
    }
    let mut reader = Reader::default();
    for sign in signs {
        reader.take(sign);
    }
    reader.end_operand();
    // An operator without its version, or a span without its end (`2.0 -`).
    if reader.op.is_some() || signs.last() == Some(&Sign::To) {
        reader.push(Piece::Unreadable(text.to_owned()));
    }
    if reader.made.is_empty() {
        let conditions = std::mem::take(&mut reader.loose);
        if conditions.is_empty() {
            return vec![Clause::of(What::Unreadable(text.into()))];
        }
        return vec![Clause { conditions, ..Clause::of(What::All) }];
    }
    paired(reader.made)
}

#[derive(Debug, Default)]
struct Reader {
    made: Vec<Draft>,
    words: Vec<String>,
    op: Option<Op>,
    /// `between` or `X to Y`: the next operand is an upper end.
    to: bool,
    between: bool,
    adjacent: bool,
    /// Words of a name that stood alone before an operator: `BIOS <`, `distributed <`.
    name: Vec<String>,
    /// Conditions before any clause.
    loose: Vec<Box<str>>,
}

impl Reader {
    fn take(&mut self, sign: &Sign) {
        match sign {
            Sign::Word(word) => self.take_word(word),
            Sign::Op(op) => {
                self.end_operand_before_op();
                self.op = match self.op {
                    None => Some(*op),
                    Some(before) => before.joined(*op).or_else(|| {
                        // `>= <= 2.2`: the later sign is read, and nothing is cleared by it.
                        self.push(Piece::Unreadable(format!("{} {}", before.sign(), op.sign())));
                        Some(*op)
                    }),
                };
            }
            Sign::Bar | Sign::Comma => {
                self.end_operand();
                self.adjacent = false;
                self.name.clear();
            }
            Sign::And => {
                self.end_operand();
                self.adjacent = false;
                if self.between {
                    self.between = false;
                    self.to = true;
                }
            }
            Sign::To => {
                self.end_operand();
                if self.made.is_empty() && self.op.is_none() {
                    // `through 2.5`, with nothing before it.
                    self.op = Some(Op::AtMost);
                }
                self.make_last_low();
                self.to = matches!(self.made.last(), Some(Draft { piece: Piece::Low(_), .. }));
            }
            Sign::Between => {
                self.end_operand();
                self.between = true;
            }
            Sign::Closed(closed) => {
                self.end_operand();
                self.close_last(*closed);
            }
            Sign::AndEarlier => {
                self.end_operand();
                self.turn_last(Piece::High);
            }
            Sign::AndLater => {
                self.end_operand();
                self.turn_last(Piece::Low);
            }
            Sign::All => {
                let footnote = !self.words.is_empty();
                self.end_operand();
                if !footnote {
                    self.push(Piece::All);
                }
            }
            Sign::Note(note) => self.take_note(note),
        }
    }

    fn take_word(&mut self, word: &str) {
        if let Some(stem) = word.strip_suffix('+').filter(|s| s.ends_with(|c: char| c.is_ascii_digit())) {
            self.words.push(stem.to_owned());
            self.end_operand();
            self.turn_last(Piece::Low);
        } else {
            self.words.push(word.to_owned());
        }
    }

    /// A note: a second name of the version before it, a harmless remark, or a condition.
    fn take_note(&mut self, note: &str) {
        if self.op.is_some()
            && self.words.is_empty()
            && Release::read(note).is_some_and(|_| !note.contains(' '))
        {
            // `<=(R4.10)`
            self.words.push(note.to_owned());
            return;
        }
        if let Some(addition) = addition(note).filter(|_| !self.words.is_empty()) {
            self.words.push(addition);
            return;
        }
        // `handheld base units (HBU)`
        let after_name =
            !self.words.is_empty() && !self.words.iter().any(|w| w.chars().any(|c| c.is_ascii_digit()));
        let abbreviation = after_name && note.len() <= 5 && note.chars().all(|c| c.is_ascii_uppercase());
        self.end_operand();
        if abbreviation || is_remark(note, !self.made.is_empty()) {
            return;
        }
        let also = second_name(note);
        match self.made.last_mut() {
            Some(Draft { piece: Piece::High(End::Version(b)) | Piece::Low(End::Version(b)), .. })
                if also.is_some() =>
            {
                b.also = also
            }
            Some(last) => last.conditions.push(note.into()),
            None => self.loose.push(note.into()),
        }
    }

    fn push(&mut self, piece: Piece) {
        let conditions = std::mem::take(&mut self.loose);
        // "All versions < 4.7": the bound says what "all" means.
        if matches!(self.made.last(), Some(Draft { piece: Piece::All, conditions, .. }) if conditions.is_empty())
            && !matches!(piece, Piece::All)
            && self.adjacent
        {
            self.made.pop();
        }
        self.made.push(Draft { piece, conditions, model: None, adjacent: self.adjacent });
        self.adjacent = true;
    }

    /// Ends an operand that an operator follows at once: `A10 < A11` is a lower end, `BIOS <` a name.
    fn end_operand_before_op(&mut self) {
        if self.op.is_some() || self.words.is_empty() {
            self.end_operand();
            return;
        }
        let operand = Operand::read(&self.words);
        if operand.value == Value::Nothing {
            self.name = std::mem::take(&mut self.words);
            return;
        }
        self.end_operand();
    }

    fn end_operand(&mut self) {
        if self.words.is_empty() {
            return;
        }
        let words = std::mem::take(&mut self.words);
        let op = self.op.take().or(if std::mem::take(&mut self.to) { Some(Op::AtMost) } else { None });
        let op = op.or(self.between.then_some(Op::AtLeast));
        let name = std::mem::take(&mut self.name);
        let whole = words.join(" ");
        let operand = if op.is_some() && !name.is_empty() {
            Operand::read(&[name, words].concat())
        } else {
            Operand::read(&words)
        };
        match op {
            None => self.plain(&operand, &whole),
            Some(op) => self.bound(op, &operand, &whole),
        }
    }

    fn plain(&mut self, operand: &Operand, whole: &str) {
        let first = whole.split(' ').next().unwrap_or_default().to_lowercase();
        let after_all = self.adjacent && matches!(self.made.last(), Some(Draft { piece: Piece::All, .. }));
        if matches!(operand.value, Value::Nothing)
            && matches!(first.as_str(), "versions" | "version" | "releases" | "models")
            && !after_all
            && !whole.contains(' ')
        {
            return;
        }
        if SYSTEMS.contains(&first.as_str()) {
            if !after_all {
                self.push(Piece::All);
            }
            if let Some(last) = self.made.last_mut() {
                last.conditions.push(whole.into());
            }
            return;
        }
        if after_all && matches!(operand.value, Value::Nothing) {
            let rest = without_kinds(whole);
            if let Some(last) = self.made.last_mut().filter(|_| !rest.is_empty()) {
                last.conditions.push(rest.into());
            }
            return;
        }
        if whole.eq_ignore_ascii_case("n/a")
            || whole.to_lowercase().ends_with(": n/a")
            || whole.to_lowercase().ends_with("# n/a")
        {
            return;
        }
        if let Value::Ends(from, to) = &operand.value {
            self.push(Piece::Low(included(from.clone())));
            self.adjacent = false;
            self.push(Piece::High(included(to.clone())));
            return;
        }
        let release = match &operand.value {
            Value::Version(release) if operand.trailing.is_empty() => Some(release.clone()),
            _ => None,
        };
        self.push(Piece::Plain(operand.items(whole), release));
        if let (Some(last), Some(model)) = (self.made.last_mut(), &operand.model) {
            last.model = Some(model.clone());
        }
    }

    fn bound(&mut self, op: Op, operand: &Operand, whole: &str) {
        let strict = matches!(op, Op::Less | Op::Greater);
        if strict && matches!(&operand.value, Value::Version(release) if release.bare.is_anything()) {
            // `before X`: a Roman ten, or a blank that was not filled in.
            return self.push(Piece::Unreadable(format!("{} {whole}", op.sign())));
        }
        let (release, also) = match &operand.value {
            Value::Version(release) | Value::Ends(release, _) => {
                (hyphenated(release, &operand.value, whole), None)
            }
            Value::TwoNames(release, also) => (release.clone(), Some(also.clone())),
            Value::Several(releases) => match releases.last() {
                Some(last) => (last.clone(), None),
                None => return self.push(Piece::Unreadable(whole.into())),
            },
            Value::Day(day, text) => return self.day(op, strict, *day, text, &operand.name),
            Value::Nothing => return self.push(Piece::Unreadable(format!("{} {whole}", op.sign()))),
        };
        let end = End::Version(Box::new(Bound { release: release.clone(), also, strict }));
        self.push(match op {
            Op::Less | Op::AtMost => Piece::High(end),
            Op::Greater | Op::AtLeast => Piece::Low(end),
            Op::Equal => Piece::Plain(operand.items(whole), Some(release)),
            Op::Not => Piece::Not(release),
        });
        if let Some(last) = self.made.last_mut().filter(|_| !operand.trailing.is_empty()) {
            last.conditions.push(operand.trailing.clone());
        }
    }

    fn day(&mut self, op: Op, strict: bool, day: DayText, text: &str, name: &[Box<str>]) {
        let verb = match name.join(" ").to_lowercase().as_str() {
            "production" => "made".into(),
            other => Box::from(other),
        };
        let end = match day {
            DayText::Day(day) => End::Day(day, strict, verb),
            DayText::YearMissing => {
                End::Undated(format!("{} {text}", if strict { "before" } else { "up to" }).into())
            }
        };
        self.push(match op {
            Op::Less | Op::AtMost => Piece::High(end),
            Op::Greater | Op::AtLeast => Piece::Low(end),
            Op::Equal | Op::Not => Piece::Unreadable(text.into()),
        });
    }

    /// `2.0 to …`: the operand before was a lower end.
    fn make_last_low(&mut self) {
        self.turn_last(Piece::Low);
    }

    fn turn_last(&mut self, turn: impl Fn(End) -> Piece) {
        if let Some(last) = self.made.last_mut()
            && let Piece::Plain(items, release) = &last.piece
            && let Some(release) = release.clone().or_else(|| items.last().and_then(|i| i.release.clone()))
        {
            last.piece = turn(included(release));
        }
    }

    /// `(including)` and `(excluding)` after an operand.
    fn close_last(&mut self, closed: bool) {
        self.turn_last(|end| match end {
            End::Version(mut b) => {
                b.strict = !closed;
                if closed { Piece::Low(End::Version(b)) } else { Piece::High(End::Version(b)) }
            }
            other @ (End::Day(..) | End::Undated(_)) => Piece::High(other),
        });
        if let Some(Draft { piece: Piece::Low(End::Version(b)) | Piece::High(End::Version(b)), .. }) =
            self.made.last_mut()
        {
            b.strict = !closed;
        }
    }
}

/// `firmware versions` after *all* says nothing more.
fn without_kinds(mut text: &str) -> &str {
    const KINDS: &[&str] = &[
        "versions",
        "version",
        "releases",
        "models",
        "firmware",
        "software",
        "products",
        "devices",
        "revisions",
    ];
    while let Some(word) = text.split(' ').next().filter(|word| KINDS.contains(&word.to_lowercase().as_str()))
    {
        text = text.get(word.len()..).unwrap_or_default().trim_start();
    }
    text
}

/// After an operator a hyphen is part of the version (`<= 5.21a-1.18b`), not a range.
fn hyphenated(release: &Release, value: &Value, whole: &str) -> Release {
    match value {
        Value::Ends(..) => Release::read(whole).unwrap_or_else(|| release.clone()),
        _ => release.clone(),
    }
}

/// A number or a build in parentheses that goes on with the version: `3.5 (12)`.
fn addition(note: &str) -> Option<String> {
    let plain = !note.is_empty() && note.len() <= 8 && note.chars().all(|c| c.is_ascii_digit());
    let build = note.to_lowercase().starts_with("build") && note.len() < 24 && !note.contains(['.', ',']);
    (plain || build).then(|| if plain { format!("({note})") } else { note.to_owned() })
}

/// A second name of the same version in a note: `1.9.0`, `v9.90.196`, `Rev T`, `aka Version 9.50`.
fn second_name(note: &str) -> Option<Release> {
    let text = note.trim_start_matches("aka").trim_start_matches([' ', '<', '>', '=']).trim();
    let words = text.split(' ').count();
    let plain =
        text.chars().any(|c| c.is_ascii_digit()) && words <= 3 && !text.contains([',', '/', '|', '<', '>']);
    let first_is_product = text.split(' ').next().is_some_and(super::release::is_name_word);
    if !plain
        || first_is_product
        || text.to_lowercase().contains("series")
        || text.to_lowercase().contains("only")
    {
        return None;
    }
    Release::read(text)
}

/// Notes that say nothing about which versions are meant.
fn is_remark(note: &str, begun: bool) -> bool {
    const REMARKS: &[&str] = &[
        "end-of-life",
        "end of life",
        "eol",
        "formerly",
        "integrated into",
        "all editions",
        "all variants",
        "all models",
        "all versions",
        "all platforms",
        "all devices",
        "replaced by",
        "released",
        "including",
        "limited regions",
        "aka the",
        "now known",
        "no longer",
        "obsolete",
        "out of support",
    ];
    let lower = note.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    let names_version = lower.contains(|c: char| c.is_ascii_digit());
    let is_more = includes_version(&lower) || (lower.starts_with("all ") && names_version);
    if is_more || (!begun && lower.starts_with("including")) {
        return false;
    }
    // `ZXP425 (10-Pack)`
    lower.contains("-pack")
        || bare.is_empty()
        || bare == "only"
        || REMARKS.iter().any(|r| lower.starts_with(r))
        || lower.contains("known as")
}

/// Is the clause nothing but a name (of a variant, an option) where a version should stand?
pub(crate) fn is_only_name(item: &Item) -> bool {
    let words: Vec<Box<str>> = item.text.split(' ').map(Box::from).collect();
    item.release.is_none() && is_name(&words)
}
