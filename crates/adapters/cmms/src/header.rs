//! Column names: how they are shown, compared and recognised.

use crate::table::Cell;
use crate::{Field, synonyms};

/// White space that spreadsheets leave at the ends of a cell, the invisible kinds included.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|char: char| char.is_whitespace() || matches!(char, '\u{feff}' | '\u{200b}'))
}

/// A column's name as it is shown: trimmed, line breaks as blanks.
pub(crate) fn shown(text: &str) -> Box<str> {
    let text = trim(text);
    if text.contains(char::is_control) || text.contains("  ") {
        text.split(|char: char| char.is_whitespace() || char.is_control())
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
            .into()
    } else {
        text.into()
    }
}

/// The form in which two column names are the same: small letters; blanks, dashes and underscores alike.
pub(crate) fn canonical(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in trim(text).chars() {
        if char.is_whitespace() || matches!(char, '-' | '_') {
            if !out.ends_with('_') {
                out.push('_');
            }
        } else {
            out.extend(char.to_lowercase());
        }
    }
    out
}

/// The form in which synonyms are compared: letters without accents and digits only; `#` is *no*, and the German and Nordic
/// letters are written alike however they were typed (`Geräte`, `Geraete`).
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars().flat_map(char::to_lowercase) {
        match char {
            'å' | 'ä' | 'á' | 'à' | 'â' | 'ã' | 'æ' => out.push('a'),
            'ö' | 'ø' | 'ó' | 'ò' | 'ô' => out.push('o'),
            'ü' | 'ú' | 'ù' | 'û' => out.push('u'),
            'é' | 'è' | 'ê' | 'ë' => out.push('e'),
            'í' | 'ì' | 'î' | 'ï' => out.push('i'),
            'ß' => out.push_str("ss"),
            'ç' => out.push('c'),
            'ñ' => out.push('n'),
            '#' | '№' => out.push_str("no"),
            _ if char.is_alphanumeric() => out.push(char),
            _ => {}
        }
    }
    for (pair, letter) in [("ae", "a"), ("oe", "o"), ("ue", "u")] {
        if out.contains(pair) {
            out = out.replace(pair, letter);
        }
    }
    out
}

/// In how many cells a column name is recognised: a canonical one, a usual one, or one that the mapping expects.
pub(crate) fn recognised(cells: &[Cell<'_>], expected: &[Box<str>]) -> usize {
    let known = |cell: &Cell<'_>| {
        let text = trim(&cell.text);
        if text.is_empty() || text.len() > 80 {
            return false;
        }
        let name = canonical(text);
        Field::from_name(&name).is_some()
            || synonyms::usual(&plain(text)).is_some()
            || expected.iter().any(|header| canonical(header) == name)
    };
    cells.iter().filter(|cell| known(cell)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_name_is_the_same_with_blanks_dashes_or_underscores() {
        for text in ["asset_tag", " Asset Tag ", "ASSET-TAG", "Asset  tag", "\u{feff}asset_tag"] {
            assert_eq!(canonical(text), "asset_tag", "{text}");
        }
        assert_eq!(plain("Geräte-Nr."), plain("Geraete Nr"));
        assert_eq!(plain("Serial #"), "serialno");
        assert_eq!(&*shown(" Asset\nTag "), "Asset Tag");
    }
}
