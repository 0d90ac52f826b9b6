//! Small changes to an input, drawn from a seeded generator: the same seed gives the same inputs on every machine.

/// A small generator (SplitMix64, Steele, Lea and Flood 2014): no security, but the same everywhere.
#[derive(Clone, Debug)]
pub struct Draws(u64);

impl Draws {
    /// Starts from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Draws {
        Draws(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = end.max(1) as u64;
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// One of `all`, when there is any.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }
}

/// Bytes that parsers are often wrong about.
const ODD_BYTES: &[u8] = b"\0\x01\t\n\r\x1d\"',;:.-+()[]{}<>|\\/*?=&09azAZ \x7f\x80\xbf\xc3\xe2\xef\xfe\xff";
/// An input grows no further than this.
const INPUT_SIZE_MAX_BYTES: usize = 64 * 1024;
/// Most changes to one input.
const CHANGES_MAX: usize = 6;

/// A changed copy of one of `seeds`, never longer than 64 KiB.
#[must_use]
pub fn changed(draws: &mut Draws, seeds: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
    let mut data = draws.one_of(seeds).cloned().unwrap_or_default();
    for _ in 0..=draws.below(CHANGES_MAX) {
        change(draws, &mut data, seeds, words);
    }
    data.truncate(INPUT_SIZE_MAX_BYTES);
    data
}

fn change(draws: &mut Draws, data: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[&str]) {
    let at = draws.below(data.len() + 1);
    let to = at + draws.below((data.len() - at).min(64) + 1);
    match draws.below(9) {
        0 => flip(draws, data, at),
        1 => set(data, at, draws.one_of(ODD_BYTES).copied().unwrap_or(0)),
        2 => drop(data.drain(at..to)),
        3 => data.truncate(at),
        4 => {
            let word = draws.one_of(words).copied().unwrap_or("");
            data.splice(at..to, word.bytes());
        }
        5 => {
            let word = draws.one_of(words).copied().unwrap_or("");
            data.splice(at..at, word.bytes());
        }
        6 => {
            let piece = data.get(at..to).unwrap_or_default().repeat(1 + draws.below(40));
            data.splice(at..at, piece);
        }
        7 => {
            let odd = draws.one_of(ODD_BYTES).copied().unwrap_or(0);
            data.splice(at..at, vec![odd; 1 + draws.below(8)]);
        }
        _ => {
            // The head of this one and the tail of another.
            let other = draws.one_of(seeds).map(Vec::as_slice).unwrap_or_default();
            let from = draws.below(other.len() + 1);
            data.truncate(at);
            data.extend_from_slice(other.get(from..).unwrap_or_default());
        }
    }
}

fn flip(draws: &mut Draws, data: &mut [u8], at: usize) {
    let bit = draws.below(8);
    if let Some(byte) = data.get_mut(at) {
        *byte ^= 1 << bit;
    }
}

fn set(data: &mut [u8], at: usize, value: u8) {
    if let Some(byte) = data.get_mut(at) {
        *byte = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_inputs_and_another_seed_others() {
        let seeds = vec![b"asset_tag,model\nA1,M".to_vec(), b"{}".to_vec()];
        let run = |seed| {
            let mut draws = Draws::new(seed);
            (0..200).map(|_| changed(&mut draws, &seeds, &["\"", "null"])).collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        assert!(run(7).iter().any(|input| !seeds.contains(input)));
    }

    #[test]
    fn an_input_stays_small_and_nothing_to_change_is_no_trouble() {
        let mut draws = Draws::new(1);
        let long = vec![vec![b'a'; INPUT_SIZE_MAX_BYTES]];
        for _ in 0..500 {
            assert!(changed(&mut draws, &long, &[]).len() <= INPUT_SIZE_MAX_BYTES);
            assert!(changed(&mut draws, &[], &[]).len() <= INPUT_SIZE_MAX_BYTES);
        }
    }
}
