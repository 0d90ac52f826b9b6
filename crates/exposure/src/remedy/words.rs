//! Prose cut into sentences, and the version numbers in it told apart from dates, telephone numbers, identifiers, web
//! addresses and other makers' versions (Windows 7, TLS 1.2).

/// Longest prose that is read; the rest is left unread.
const PROSE_MAX_BYTES: usize = 20_000;
/// Words after which a number is another maker's or no version at all.
const OTHERS: &[&str] = &[
    "windows",
    "explorer",
    "tls",
    "ssl",
    "ios",
    "android",
    "cvss",
    "port",
    "ports",
    "section",
    "sections",
    "score",
    "java",
    "iis",
    "chrome",
    "edge",
    "firefox",
    ".net",
    "net",
    "bug",
    "figure",
    "step",
    "table",
    "chapter",
    "sql",
    "xp",
    "usb",
    "wpa",
    "http",
    "https",
    "smb",
    "linux",
    "debian",
    "ubuntu",
    "openssl",
    "microsoft",
    "macos",
    "sn",
    "serial",
    "iso",
    "iec",
    "part",
    "number",
    "page",
    "fco",
    "cwe",
    "cve",
    "ip",
    "ipv",
    "tcp",
    "udp",
    "model",
    "sp",
    "framework",
    "server",
    "vista",
    "nfpa",
    "pub",
    "call",
    "phone",
    "tel",
    "fax",
    "at",
    "rev.",
    "option",
    "select",
    "bluetooth",
    "wi-fi",
    "advisory",
    "advisories",
    "bulletin",
    "notification",
    "document",
    "article",
    "reference",
    "publication",
    "id",
    "802",
];
pub(super) fn clipped(text: &str) -> &str {
    let mut end = text.len().min(PROSE_MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// Sentences and list items.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        let ends = match c {
            ';' | '\n' | '\r' | '•' => true,
            c if c.is_whitespace() => {
                let goes_on = previous == '.' && begins_addition(text.get(at..).unwrap_or_default());
                matches!(previous, '.' | '!' | '?') && !goes_on
            }
            _ => false,
        };
        if ends {
            out.push(text.get(start..at).unwrap_or_default().trim());
            start = at + c.len_utf8();
        }
        previous = c;
    }
    out.push(text.get(start..).unwrap_or_default().trim());
    out.retain(|s| !s.is_empty());
    out
}

pub(super) fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| {
        matches!(c, ',' | '.' | '(' | ')' | ':' | '"' | '\'' | '“' | '”' | '‘' | '’' | '!' | '?' | '*' | '|')
    })
}

/// A version beginning at word `at`, with the number of words it takes.
pub(super) fn version_at(words: &[&str], at: usize) -> Option<(String, usize)> {
    let raw = *words.get(at)?;
    let word = bare(raw);
    let previous =
        at.checked_sub(1).and_then(|i| words.get(i)).map(|w| bare(w).to_lowercase()).unwrap_or_default();
    let marked = matches!(
        previous.as_str(),
        "version" | "versions" | "v" | "release" | "firmware" | "software" | "rev" | "revision" | "update"
    );
    let after = |n: usize| words.get(at + n).map(|w| bare(w).to_lowercase()).unwrap_or_default();
    // `Module (D29 or later)`
    let or_later = matches!(after(1).as_str(), "or" | "and")
        && matches!(after(2).as_str(), "later" | "newer" | "higher" | "above" | "greater");
    let marked = marked || (or_later && !raw.ends_with([',', '.', ';']));
    let before = |n: usize| {
        at.checked_sub(n).and_then(|i| words.get(i)).map(|w| bare(w).to_lowercase()).unwrap_or_default()
    };
    // `Delta/Infinity Explorer VF10.1` is not a browser.
    let own_explorer = previous == "explorer" && before(2) != "internet";
    if (OTHERS.contains(&previous.as_str()) && !own_explorer)
        || !looks_like_version(word, marked)
        || is_date_word(words, at)
        || names_a_document(&previous)
    {
        return None;
    }
    // `12.4.1.0-12.4.11.0`: two ends of what is affected.
    if word
        .split_once('-')
        .is_some_and(|(from, to)| is_dotted(from) && is_dotted(to) && points(from) == points(to))
    {
        return None;
    }
    // `Update 5`, `Service Release 1`: counted within a version that is not named here.
    let within = matches!(previous.as_str(), "update" | "patch" | "hotfix" | "pack" | "cu" | "hf")
        || (previous == "release" && matches!(before(2).as_str(), "service" | "maintenance"));
    if within && word.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let mut text = unglued(word).to_owned();
    let used = 1 + continued(words, at, &mut text);
    Some((text, used))
}

/// Reads on after the version at word `at`: how many further words belong to it, and adds them to `text`.
pub(super) fn continued(words: &[&str], at: usize, text: &mut String) -> usize {
    // `1.8.4 Service Pack 01`, `4.20 SR2`, `8.5 GMA 3`
    let mut used = 1;
    // `3.3, Service Pack 4`: the comma does not part them.
    let ends = match words.get(at + 1) {
        // `6.8.9. CU01`: neither does the point.
        Some(next) if begins_addition(next) => &[';', ')'][..],
        _ if pack_follows(words, at + 1) => &['.', ';', ')'][..],
        Some(_) | None => &[',', '.', ';', ')'][..],
    };
    if !words.get(at).is_none_or(|raw| raw.ends_with(ends)) {
        let next = |i: usize| words.get(at + i).map(|w| bare(w)).unwrap_or_default();
        let is_number = |w: &str| !w.is_empty() && w.len() <= 4 && w.chars().all(|c| c.is_ascii_digit());
        let is_word = |w: &str| {
            matches!(
                w.to_lowercase().as_str(),
                "sp" | "hf"
                    | "cu"
                    | "update"
                    | "upd"
                    | "patch"
                    | "build"
                    | "hotfix"
                    | "gma"
                    | "sr"
                    | "mp"
                    | "fp"
            )
        };
        let counted = |w: &str| {
            let letters = w.trim_end_matches(|c: char| c.is_ascii_digit());
            letters.len() < w.len()
                && matches!(
                    letters.to_lowercase().as_str(),
                    "sp" | "hf" | "cu" | "sr" | "patch" | "r" | "p" | "mp" | "fp"
                )
        };
        let closed = |i: usize| words.get(at + i).is_none_or(|w| w.ends_with([',', '.', ';', ')']));
        loop {
            let from = used;
            let pair = [("service", "pack"), ("security", "patch"), ("service", "release")]
                .iter()
                .any(|(a, b)| next(used).eq_ignore_ascii_case(a) && next(used + 1).eq_ignore_ascii_case(b));
            if pair && is_number(next(used + 2)) {
                used += 3;
            } else if is_word(next(used)) && is_number(next(used + 1)) {
                used += 2;
            } else if counted(next(used)) {
                used += 1;
            }
            if used == from || closed(used - 1) {
                break;
            }
        }
        // `v3.0 (D16 or later)`
        let opened = words.get(at + used).filter(|w| w.starts_with('(')).map_or("", |w| bare(w));
        if !closed(used - 1)
            && opened.len() <= 4
            && opened.starts_with(|c: char| c.is_ascii_uppercase())
            && counted_letter(opened)
        {
            used += 1;
        }
        for i in 1..used {
            text.push(' ');
            text.push_str(next(i));
        }
    }
    used - 1
}

/// `CU01`, `SP4`: no sentence begins so.
fn begins_addition(text: &str) -> bool {
    let word = bare(text.split_whitespace().next().unwrap_or_default());
    ["CU", "SP", "HF"].iter().any(|mark| {
        word.strip_prefix(mark).is_some_and(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()))
    })
}

/// `Service Pack 4`, `SP4`.
fn pack_follows(words: &[&str], at: usize) -> bool {
    let word = |i: usize| words.get(i).map(|w| bare(w).to_lowercase()).unwrap_or_default();
    let number = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_ascii_digit());
    let (first, second) = (word(at), word(at + 1));
    (first == "service" && second == "pack" && number(&word(at + 2)))
        || (first == "sp" && number(&second))
        || first.strip_prefix("sp").is_some_and(number)
}

/// `JCI-PSA-2021-17 v1`: the document's version.
fn names_a_document(previous: &str) -> bool {
    previous.matches('-').count() >= 2 && previous.contains(|c: char| c.is_ascii_digit())
}

fn looks_like_version(word: &str, marked: bool) -> bool {
    if word.len() > 40
        || word.contains("://")
        || word.contains('@')
        || word.contains('/')
        || word.starts_with("www.")
        || word.contains('%')
    {
        return false;
    }
    let lower = word.to_lowercase();
    let known = ["cve-", "cwe-", "fco", "icsma", "icsa", "kb", "smbv", "ipv", "tlsv", "$", "#", "+"];
    let digits = word.chars().filter(char::is_ascii_digit).count();
    if digits == 0 || known.iter().any(|k| lower.starts_with(k)) {
        return false;
    }
    let year = is_year(word);
    let phone = word.matches('-').count() >= 2 && word.chars().all(|c| c.is_ascii_digit() || c == '-');
    let phone = phone
        || (word.matches('-').count() >= 2
            && word.split('-').next().is_some_and(|p| p.len() == 3)
            && digits >= 6);
    // `1.Do not click`: a list's number that lost its blank.
    let listed = word.split_once('.').is_some_and(|(number, rest)| {
        number.bytes().all(|b| b.is_ascii_digit()) && rest.len() > 1 && rest.chars().all(char::is_alphabetic)
    });
    let plain = !listed
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '(' | ')'));
    if phone
        || !plain
        || (year && !marked)
        || lower.ends_with("th")
        || lower.ends_with("st")
        || lower.ends_with(".com")
    {
        return false;
    }
    let stem = word.trim_start_matches(['v', 'V']);
    let prefixed = stem.len() < word.len() && stem.starts_with(|c: char| c.is_ascii_digit());
    let dotted = word.contains('.')
        && !word.ends_with(".exe")
        && (word.starts_with(|c: char| c.is_ascii_digit()) || letters_first(word));
    let numbered = marked && (word.starts_with(|c: char| c.is_ascii_digit()) || letters_first(word));
    let fused = word.chars().any(|c| c.is_ascii_uppercase())
        && word.starts_with(|c: char| c.is_ascii_digit())
        && digits >= 6;
    prefixed || dotted || numbered || fused || unglued(word) != word
}

/// `B.06`, `VM6.0`: at most three capital letters, then digits.
fn letters_first(word: &str) -> bool {
    let letters = word.chars().take_while(char::is_ascii_uppercase).count();
    (1..=3).contains(&letters)
        && word.get(letters..).is_some_and(|r| r.starts_with(|c: char| c == '.' || c.is_ascii_digit()))
}

pub(super) fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse::<u16>().is_ok_and(|y| (1990..2100).contains(&y))
}

fn is_dotted(text: &str) -> bool {
    text.contains('.') && text.chars().all(|c| c.is_ascii_digit() || c == '.')
}

fn points(text: &str) -> usize {
    text.matches('.').count()
}

/// One letter and digits: `D16`.
fn counted_letter(word: &str) -> bool {
    let digits = word.get(1..).unwrap_or_default();
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
}

/// Without what was glued to it: `PrisMaxv3`, `Version2.3`, `V.1.1.9`.
fn unglued(word: &str) -> &str {
    let digit_follows = |rest: &&str| rest.starts_with(|c: char| c.is_ascii_digit());
    let cut = |prefix: &str| {
        let head = word.get(..prefix.len()).filter(|head| head.eq_ignore_ascii_case(prefix));
        // `Version1` is part of a name.
        head.and_then(|_| word.get(prefix.len()..)).filter(digit_follows).filter(|rest| rest.contains('.'))
    };
    glued_v(word)
        .or_else(|| ["version", "version_", "version-", "ver", "ver.", "v.", "v_"].into_iter().find_map(cut))
        .unwrap_or(word)
}

/// `PrisMaxv3`: a name with its version glued to it.
fn glued_v(word: &str) -> Option<&str> {
    let (name, version) = word.rsplit_once('v')?;
    let fits = name.len() >= 4
        && name.chars().all(char::is_alphabetic)
        && version.chars().all(|c| c.is_ascii_digit() || c == '.');
    (fits && !version.is_empty()).then_some(version)
}

/// A number that belongs to a day or a quarter: `July 1`, `Q4 2020`, `1 July`.
fn is_date_word(words: &[&str], at: usize) -> bool {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let near =
        |i: Option<usize>| i.and_then(|i| words.get(i)).map(|w| bare(w).to_lowercase()).unwrap_or_default();
    let is_month = |w: &str| {
        w.len() >= 3
            && MONTHS.iter().any(|m| w.starts_with(m))
            && w.chars().all(char::is_alphabetic)
            && w.len() <= 9
    };
    let plain = words.get(at).is_some_and(|w| !bare(w).contains('.'));
    plain
        && (is_month(&near(at.checked_sub(1)))
            || is_month(&near(Some(at + 1)))
            || near(at.checked_sub(1)).starts_with('q'))
}
