//! Two names side by side: which parts differ. For the eye only; whether names mean the same is judged elsewhere.

/// A part of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// As written.
    pub(crate) text: String,
    /// Not in the other name.
    pub(crate) differs: bool,
}

/// Words longer than this are compared by their first ones only.
const WORDS_MAX: usize = 60;

#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    letters: bool,
}

/// Words and what stands between them, in order.
fn words(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut from = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let letters = c.is_alphanumeric();
        if let Some(known) = before.filter(|known| *known != letters) {
            words.push(Word { text: text.get(from..at).unwrap_or(""), letters: known });
            from = at;
        }
        before = Some(letters);
    }
    if let Some(letters) = before {
        words.push(Word { text: text.get(from..).unwrap_or(""), letters });
    }
    words.truncate(WORDS_MAX);
    words
}

/// The words that both names have, in the same order: pairs of positions.
fn common(ours: &[String], theirs: &[String]) -> Vec<(usize, usize)> {
    let width = theirs.len() + 1;
    let mut lengths = vec![0_usize; (ours.len() + 1) * width];
    let at = |lengths: &[usize], i: usize, j: usize| lengths.get(i * width + j).copied().unwrap_or(0);
    for (i, our) in ours.iter().enumerate().rev() {
        for (j, their) in theirs.iter().enumerate().rev() {
            let length = if our == their {
                at(&lengths, i + 1, j + 1) + 1
            } else {
                at(&lengths, i + 1, j).max(at(&lengths, i, j + 1))
            };
            if let Some(slot) = lengths.get_mut(i * width + j) {
                *slot = length;
            }
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while let (Some(our), Some(their)) = (ours.get(i), theirs.get(j)) {
        if our == their {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if at(&lengths, i + 1, j) >= at(&lengths, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// A word of one name and the word that stands in its place in the other: the part between the letters they share.
fn within(word: &str, other: &str) -> Vec<Piece> {
    let (ours, theirs): (Vec<char>, Vec<char>) = (word.chars().collect(), other.chars().collect());
    let same = |a: &char, b: &char| a.to_lowercase().eq(b.to_lowercase());
    let head = ours.iter().zip(&theirs).take_while(|(a, b)| same(a, b)).count();
    let room = ours.len().min(theirs.len()).saturating_sub(head);
    let tail = ours.iter().rev().zip(theirs.iter().rev()).take(room).take_while(|(a, b)| same(a, b)).count();
    let part = |from: usize, to: usize, differs| Piece {
        text: ours.iter().skip(from).take(to.saturating_sub(from)).collect(),
        differs,
    };
    let end = ours.len() - tail;
    let whole = vec![Piece { text: word.to_owned(), differs: true }];
    // Words that share little are other words, not slips of the pen.
    if head + tail < 2 {
        whole
    } else {
        vec![part(0, head, false), part(head, end, true), part(end, ours.len(), false)]
    }
}

/// The parts of `ours`, marked where `theirs` differs. Case does not count.
pub(crate) fn pieces(ours: &str, theirs: &str) -> Vec<Piece> {
    let (all, others) = (words(ours), words(theirs));
    let lower = |words: &[Word<'_>]| -> Vec<String> {
        words.iter().filter(|word| word.letters).map(|word| word.text.to_lowercase()).collect()
    };
    let (mine, yours) = (lower(&all), lower(&others));
    let shared = common(&mine, &yours);
    let theirs_at = |i: usize| shared.iter().find(|(ours, _)| *ours == i).map(|(_, theirs)| *theirs);
    // A word that differs is compared with the one that has the same neighbour before it.
    let in_place = |i: usize| {
        let before = shared.iter().rev().find(|(ours, _)| *ours < i);
        let next = before.map_or(i, |(ours, theirs)| theirs + (i - ours));
        yours.get(next).filter(|_| shared.iter().all(|(_, theirs)| *theirs != next))
    };
    let (mut pieces, mut at) = (Vec::<Piece>::new(), 0);
    for word in all {
        let found = if !word.letters {
            vec![Piece { text: word.text.to_owned(), differs: false }]
        } else {
            let i = at;
            at += 1;
            match (theirs_at(i), in_place(i)) {
                (Some(_), _) => vec![Piece { text: word.text.to_owned(), differs: false }],
                (None, Some(other)) => within(word.text, other),
                (None, None) => vec![Piece { text: word.text.to_owned(), differs: true }],
            }
        };
        for piece in found.into_iter().filter(|piece| !piece.text.is_empty()) {
            match pieces.last_mut().filter(|last| last.differs == piece.differs) {
                Some(last) => last.text.push_str(&piece.text),
                None => pieces.push(piece),
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(ours: &str, theirs: &str) -> String {
        let show =
            |piece: &Piece| if piece.differs { format!("[{}]", piece.text) } else { piece.text.clone() };
        pieces(ours, theirs).iter().map(show).collect()
    }

    #[test]
    fn a_slip_of_the_pen_is_marked_to_the_letter() {
        assert_eq!(marked("Phillips", "Philips"), "Phil[l]ips");
        assert_eq!(marked("Philips", "Phillips"), "Philips");
        assert_eq!(marked("Draeger", "Dräger"), "Dr[ae]ger");
        assert_eq!(marked("IntelliVue X3", "IntelliVue MX3"), "IntelliVue X3");
        assert_eq!(marked("VAKTA 60 Neo", "Vakta 60"), "VAKTA 60 [Neo]");
    }

    #[test]
    fn words_that_only_one_name_has_are_marked_whole() {
        assert_eq!(
            marked("Becton, Dickinson and Company (BD)", "Becton Dickinson"),
            "Becton, Dickinson [and] [Company] ([BD])"
        );
        assert_eq!(marked("Becton Dickinson", "Becton, Dickinson and Company (BD)"), "Becton Dickinson");
        assert_eq!(marked("GE", "Philips"), "[GE]");
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_name(ours in "[a-zåäö0-9 ,.()-]{0,40}", theirs in "[a-zåäö0-9 ,.()-]{0,40}") {
            let text: String = pieces(&ours, &theirs).into_iter().map(|piece| piece.text).collect();
            prop_assert_eq!(&text, &ours);
            prop_assert!(pieces(&ours, &ours).iter().all(|piece| !piece.differs));
        }
    }
}
