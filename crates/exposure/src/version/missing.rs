//! Which texts say "we do not know the version". Nothing here guesses one.

/// Words that a register puts where a version is not known, in lower case.
const MISSING: &[&str] = &[
    "unknown", "unkown", "unk", "n/a", "na", "n.a.", "n.a", "n/k", "nk", "tbd", "tba", "tbc", "none", "nil", "null", "(null)",
    "not known", "not available", "not applicable", "not recorded", "not specified", "not documented", "not stated",
    "unspecified", "undefined", "undetermined", "missing", "empty", "blank", "see label", "see sticker", "see device",
    "see above", "various", "varies", "other", "any", "all", "latest", "newest", "current", "up to date", "to be determined",
    "to be checked", "to check", "check", "pending", "ask vendor", "xxx", "unbekannt", "unbek.", "k.a.", "k. a.",
    "keine angabe", "keine", "entfällt", "okänd", "okänt", "ej känd", "saknas", "ukjent", "ukendt", "inconnu", "inconnue",
    "desconocido", "desconocida", "sconosciuto", "onbekend", "tuntematon", "nan", "no version", "no", "yes", "version",
    "-", "0", "#n/a", "#na", "#ref!", "#value!",
];

/// Does the text say that the version is not known? True also for a text of nothing but punctuation (`?`, `--`, `*`).
pub fn is_missing(text: &str) -> bool {
    let bare = text.trim().trim_matches(['"', '\'']).trim();
    if !bare.chars().any(char::is_alphanumeric) {
        return true;
    }
    let lower = bare.to_lowercase();
    let inner = lower.trim_matches(|c: char| !c.is_alphanumeric());
    MISSING.contains(&lower.as_str()) || MISSING.contains(&inner)
}
