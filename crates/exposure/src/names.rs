//! Names made comparable: folding, squashing, tokens. Used on both sides alike, so that a rule can never favour one.
//! What must not live here: what a comparison means for a verdict.

/// Words that name no product by themselves: sharing one is no reason to ask a person anything.
const GENERIC_WORDS: &[&str] = &[
    "a",
    "access",
    "all",
    "and",
    "app",
    "application",
    "based",
    "basic",
    "bed",
    "bedside",
    "card",
    "care",
    "cart",
    "central",
    "centre",
    "center",
    "client",
    "clinical",
    "connect",
    "console",
    "control",
    "controller",
    "current",
    "data",
    "desktop",
    "device",
    "devices",
    "digital",
    "edition",
    "family",
    "firmware",
    "for",
    "gateway",
    "generation",
    "generator",
    "hub",
    "image",
    "imaging",
    "in",
    "information",
    "infusion",
    "interface",
    "line",
    "link",
    "management",
    "manager",
    "medical",
    "mobile",
    "model",
    "models",
    "module",
    "monitor",
    "monitoring",
    "monitors",
    "network",
    "of",
    "on",
    "or",
    "patient",
    "plus",
    "portable",
    "portal",
    "premium",
    "pro",
    "product",
    "products",
    "professional",
    "programmer",
    "pump",
    "pumps",
    "reader",
    "release",
    "remote",
    "rev",
    "scanner",
    "series",
    "server",
    "service",
    "services",
    "smart",
    "software",
    "solution",
    "solutions",
    "standard",
    "station",
    "suite",
    "syringe",
    "system",
    "systems",
    "the",
    "tool",
    "type",
    "unit",
    "units",
    "utility",
    "version",
    "versions",
    "viewer",
    "vital",
    "signs",
    "web",
    "wireless",
    "with",
    "workstation",
    "workstations",
    "x",
];

/// Longest name that is compared, in characters; the rest of a longer one is not looked at.
pub const NAME_LENGTH_MAX_CHARS: usize = 400;

/// Undoes one round of UTF-8 read as Windows-1252 (`DrÃ¤ger` becomes `Dräger`); text that was right stays as it is.
pub fn repair(text: &str) -> String {
    if !text.contains(['Ã', 'Â', 'â']) {
        return text.to_owned();
    }
    let bytes: Option<Vec<u8>> = text
        .chars()
        .map(|c| match c {
            '€' => Some(0x80),
            '‚' => Some(0x82),
            'ƒ' => Some(0x83),
            '„' => Some(0x84),
            '…' => Some(0x85),
            '†' => Some(0x86),
            '‡' => Some(0x87),
            'ˆ' => Some(0x88),
            '‰' => Some(0x89),
            'Š' => Some(0x8a),
            '‹' => Some(0x8b),
            'Œ' => Some(0x8c),
            'Ž' => Some(0x8e),
            '‘' => Some(0x91),
            '’' => Some(0x92),
            '“' => Some(0x93),
            '”' => Some(0x94),
            '•' => Some(0x95),
            '–' => Some(0x96),
            '—' => Some(0x97),
            '˜' => Some(0x98),
            '™' => Some(0x99),
            'š' => Some(0x9a),
            '›' => Some(0x9b),
            'œ' => Some(0x9c),
            'ž' => Some(0x9e),
            'Ÿ' => Some(0x9f),
            c => u8::try_from(u32::from(c)).ok(),
        })
        .collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| text.to_owned())
}

/// Lower case, without diacritics, trademark signs and repeated blanks.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in repair(text).chars().take(NAME_LENGTH_MAX_CHARS).flat_map(char::to_lowercase) {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ą' => out.push('a'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' => out.push('i'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' => out.push('o'),
            'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' => out.push('u'),
            'ý' | 'ÿ' => out.push('y'),
            'š' | 'ś' => out.push('s'),
            'ž' | 'ź' | 'ż' => out.push('z'),
            'ł' => out.push('l'),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            '™' | '®' | '©' | '\u{200b}' | '\u{feff}' | '\u{301}' | '\u{308}' => {}
            c if c.is_whitespace() => {
                if !out.ends_with(' ') && !out.is_empty() {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Letters and digits only, so that dashes, blanks and brackets do not matter: `MX-40` is `MX 40` is `mx40`.
///
/// Between two digits a separator is kept (`1.1` is not `11`), and `+` is kept (`3000+` is another product).
pub fn squash(text: &str) -> String {
    squash_folded(&fold(text))
}

/// [`squash`] of a text that is folded already.
pub fn squash_folded(folded: &str) -> String {
    let mut out = String::with_capacity(folded.len());
    let mut gap = None;
    for c in folded.chars() {
        if c.is_alphanumeric() || c == '+' {
            if let Some(separator) = gap.take()
                && c.is_ascii_digit()
                && out.ends_with(|last: char| last.is_ascii_digit())
            {
                out.push(separator);
            }
            out.push(c);
        } else {
            gap = match (gap, c) {
                (_, '.') => Some('.'),
                (Some(kept), _) => Some(kept),
                (None, _) => Some('-'),
            };
        }
    }
    out
}

/// The words of a name, folded: split at everything but letters, digits, `+` and a dot between digits; sorted, unique.
pub fn tokens(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut out: Vec<String> = folded
        .split(|c: char| !(c.is_alphanumeric() || c == '+' || c == '.'))
        .map(|word| word.trim_matches('.').to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    out.extend(number_ranges(&folded));
    out.sort_unstable();
    out.dedup();
    out
}

/// Spans and placeholders of model numbers, spelled out: `MX400-550` and `MX400-MX850` name every model in between in
/// steps of ten (the steps such series have), `5x0` names 500 to 590.
fn number_ranges(folded: &str) -> Vec<String> {
    let mut out = Vec::new();
    for word in folded.split(|c: char| !(c.is_alphanumeric() || c == '-')) {
        out.extend(placeholder(word));
        let Some((low, high)) = word.split_once('-') else { continue };
        let digits_at = low.find(|c: char| c.is_ascii_digit()).unwrap_or(low.len());
        let (prefix, low) = low.split_at(digits_at);
        let high = high.strip_prefix(prefix).unwrap_or(high);
        if prefix.is_empty() || high.len() != low.len() {
            continue;
        }
        if let (Ok(low), Ok(high)) = (low.parse::<u32>(), high.parse::<u32>())
            && (100..10_000).contains(&low)
            && low < high
            && high - low <= 1_000
        {
            out.extend((low..=high).step_by(10).map(|number| format!("{prefix}{number}")));
        }
    }
    out
}

/// `5x0`: one digit left open between two.
fn placeholder(word: &str) -> Vec<String> {
    let chars: Vec<char> = word.chars().collect();
    let open = chars.windows(3).position(
        |three| matches!(three, [before, 'x', after] if before.is_ascii_digit() && after.is_ascii_digit()),
    );
    let Some(at) = open.filter(|_| chars.len() <= 8) else { return Vec::new() };
    ('0'..='9')
        .map(|digit| chars.iter().enumerate().map(|(i, c)| if i == at + 1 { digit } else { *c }).collect())
        .collect()
}

/// Does a token say which product is meant? Generic words and one- or two-digit numbers do not.
pub fn is_distinctive(token: &str) -> bool {
    let number = token.chars().all(|c| c.is_ascii_digit() || c == '.');
    let long_enough = if number { token.len() >= 4 } else { token.chars().count() >= 3 };
    let coded = token.chars().any(|c| c.is_ascii_digit()) && token.chars().any(char::is_alphabetic);
    (long_enough || coded) && !GENERIC_WORDS.contains(&token)
}

/// Are two squashed names at most one insertion, deletion, replacement or swap of neighbours apart?
pub fn nearly_equal(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same_start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(same_start..).unwrap_or(&[]), b.get(same_start..).unwrap_or(&[]));
    let same_end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(..a.len() - same_end).unwrap_or(&[]), b.get(..b.len() - same_end).unwrap_or(&[]));
    match (a, b) {
        ([], []) | ([_], []) | ([], [_]) | ([_], [_]) => true,
        ([a1, a2], [b1, b2]) => a1 == b2 && a2 == b1,
        _ => false,
    }
}

/// Shortest squashed name that may be recognised with a slip of the pen.
pub const SLIP_LENGTH_MIN_CHARS: usize = 6;

/// The keys under which [`nearly_equal`] names meet: the name itself and the name less each one character.
pub fn slip_keys(squashed: &str) -> Vec<String> {
    let chars: Vec<char> = squashed.chars().collect();
    if chars.len() < SLIP_LENGTH_MIN_CHARS || chars.len() > 40 {
        return Vec::new();
    }
    let mut keys: Vec<String> = (0..chars.len())
        .map(|skip| chars.iter().enumerate().filter(|(i, _)| *i != skip).map(|(_, c)| *c).collect())
        .collect();
    keys.push(squashed.to_owned());
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_blanks_and_case_do_not_tell_products_apart_but_numbers_do() {
        assert_eq!(squash("IntelliVue MX-40"), squash("intellivue  MX 40"));
        assert_ne!(squash("Xeleris 1.1"), squash("Xeleris 11"));
        assert_ne!(squash("GEM 3000"), squash("GEM 3000+"));
        assert_ne!(squash("24950 24952"), squash("2495024952"));
    }

    #[test]
    fn a_doubly_encoded_umlaut_is_the_same_maker() {
        assert_eq!(fold("Innokas YhtymÃ¤ Oy"), fold("Innokas Yhtymä Oy"));
        assert_eq!(fold("DRÄGER"), "drager");
        assert_eq!(repair("Âge"), "Âge");
    }

    #[test]
    fn a_series_written_as_a_range_names_its_models() {
        assert!(tokens("IntelliVue Patient Monitors MX (MX400-550)").contains(&"mx450".to_owned()));
        assert!(tokens("IntelliVue Patient Monitors MX400-MX850").contains(&"mx450".to_owned()));
        assert!(tokens("Innova IGS 5x0").contains(&"540".to_owned()));
    }

    #[test]
    fn one_slip_is_near_and_two_are_not() {
        for (a, b, near) in [
            ("xcelera", "xcelerra", true),
            ("philips", "phillips", true),
            ("ab", "ba", true),
            ("abc", "cba", false),
        ] {
            assert_eq!(nearly_equal(a, b), near, "{a} {b}");
            assert_eq!(nearly_equal(b, a), near, "{b} {a}");
        }
    }

    #[test]
    fn generic_words_ask_nobody_anything() {
        assert!(!is_distinctive("monitor"));
        assert!(!is_distinctive("40"));
        assert!(is_distinctive("mx40"));
        assert!(is_distinctive("8015"));
    }

    proptest::proptest! {
        #[test]
        fn names_that_are_nearly_equal_share_a_key(a in "[a-d0-9]{6,12}", at in 0usize..12, with in "[a-d]") {
            let mut b: Vec<char> = a.chars().collect();
            let at = at % b.len();
            if let Some(c) = with.chars().next() { b.splice(at..=at, [c]); }
            let b: String = b.into_iter().collect();
            proptest::prop_assert!(nearly_equal(&a, &b));
            let keys = slip_keys(&a);
            proptest::prop_assert!(slip_keys(&b).iter().any(|key| keys.contains(key)));
        }
    }
}
