//! Texts made plain before they are read: `vers:` URIs, typographic signs, underscores for blanks.
//! Source of `vers:`: the VERS specification of package-url (version ranges), whose `vers:all/<V4.4` misuse is common.

/// The text with one sign for one meaning.
pub(crate) fn plain(text: &str) -> String {
    let text = text.trim();
    let body = match vers_body(text) {
        Some(body) => percent_decoded(body),
        None => text.to_owned(),
    };
    let body = without_entities(&body);
    let mut out = String::with_capacity(body.len());
    for c in body.chars().map(half_width) {
        match c {
            '≠' => out.push_str("!="),
            '≤' | '⩽' | '≦' => out.push_str("<="),
            '≥' | '⩾' | '≧' => out.push_str(">="),
            '‹' => out.push('<'),
            '›' => out.push('>'),
            '—' | '–' => out.push_str(" - "),
            '‐' | '‑' | '−' => out.push('-'),
            '\u{feff}' | '\u{200b}'..='\u{200f}' => {}
            '"' | '“' | '”' | '„' => out.push(' '),
            c if c.is_whitespace() || c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    let out = unwrapped(out.trim());
    let out = &without_ordinals(out);
    if has_word_underscores(out) { out.replace('_', " ") } else { out.to_owned() }
}

/// Full-width signs and digits, as East Asian keyboards make them, are the plain ones.
fn half_width(c: char) -> char {
    const SHIFT: u32 = 0xFEE0;
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - SHIFT).unwrap_or(c),
        other => other,
    }
}

/// Signs that could turn the meaning and that nothing here reads: a negation that stands alone, digits of other scripts.
pub(crate) fn has_unknown_signs(plain: &str) -> bool {
    let lone = plain
        .match_indices('!')
        .any(|(at, _)| !plain.get(at + 1..).is_some_and(|rest| rest.starts_with('=')));
    lone || plain.contains('¬') || plain.chars().any(|c| c.is_numeric() && !c.is_ascii_digit())
}

/// `&lt;=` is `<=`: texts that were written for a page. `~> 2.0` means 2.0 and what is compatible with it.
fn without_entities(text: &str) -> std::borrow::Cow<'_, str> {
    const ENTITIES: &[(&str, &str)] = &[
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&le;", "<="),
        ("&ge;", ">="),
        ("&ne;", "!="),
        ("&nbsp;", " "),
        ("&amp;", "&"),
        ("~>", ">="),
        ("~=", ">="),
    ];
    let mut plain = std::borrow::Cow::Borrowed(text);
    for (entity, sign) in ENTITIES {
        if plain.contains(entity) {
            plain = plain.replace(entity, sign).into();
        }
    }
    plain
}

/// What follows the scheme of a `vers:` URI. The scheme itself changes nothing: the order of versions is read off the
/// versions, and `all` is used as if it were a scheme.
fn vers_body(text: &str) -> Option<&str> {
    let head = text.get(..5)?;
    let rest = text.get(5..)?;
    head.eq_ignore_ascii_case("vers:").then(|| rest.split_once('/').map_or(rest, |(_, body)| body))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        match (first, tail) {
            (b'%', [a, b, after @ ..]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                let digit = |d: u8| char::from(d).to_digit(16).unwrap_or(0);
                bytes.push(u8::try_from(digit(*a) * 16 + digit(*b)).unwrap_or(b'?'));
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `2nd Edition` is edition 2.
pub(super) fn without_ordinals(text: &str) -> String {
    let lower = text.to_lowercase();
    let number = lower
        .split_once(' ')
        .filter(|(_, noun)| matches!(*noun, "edition" | "generation" | "gen" | "release"));
    let digits = number.map(|(number, _)| number.trim_end_matches(char::is_alphabetic)).unwrap_or_default();
    let suffixed = number.is_some_and(|(number, _)| number.len() > digits.len());
    if suffixed && !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()) {
        return format!("Edition {digits}");
    }
    text.to_owned()
}

/// Without parentheses around the whole.
fn unwrapped(text: &str) -> &str {
    let inner = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'));
    inner.filter(|i| !i.contains(['(', ')'])).unwrap_or(text)
}

/// Underscores that stand for blanks: `firmware_29`, `Production_date_July_2020`, not `5_7_04_6469`.
fn has_word_underscores(text: &str) -> bool {
    let pieces: Vec<&str> = text.split('_').collect();
    let is_word = |p: &&str| {
        p.chars().filter(|c| c.is_alphabetic()).count() >= 2 && !p.chars().any(|c| c.is_ascii_digit())
    };
    pieces.len() > 1 && !text.contains(' ') && pieces.iter().any(is_word)
}
