//! How far apart two words are, and which known word an unknown one was meant to be.

/// Edits (insertions, deletions, replacements, swaps of neighbours) from `a` to `b`, in characters.
pub(crate) fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = '\0';
    for (i, from) in a.chars().enumerate() {
        let mut current = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut least =
                (at(&last, j + 1) + 1).min(at(&current, j) + 1).min(at(&last, j) + usize::from(from != *to));
            let swapped = j > 0 && i > 0 && b.get(j - 1) == Some(&from) && previous == *to;
            if swapped {
                least = least.min(at(&before_last, j - 1) + 1);
            }
            current.push(least);
        }
        before_last = std::mem::replace(&mut last, current);
        previous = from;
    }
    last.last().copied().unwrap_or(0)
}

/// The known word closest to `word`, if it is close enough to have been meant.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    known.into_iter().map(|k| (edits(&word, k), k)).filter(|(far, _)| *far <= allowed).min().map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_finds_the_one_that_was_meant() {
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("manufacturer", "manufactuerr"), 1);
        assert_eq!(
            nearest("serail_number", ["site", "serial_number", "model_number"]),
            Some("serial_number")
        );
        assert_eq!(nearest("price", ["site", "room"]), None);
    }
}
