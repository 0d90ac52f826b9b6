//! Random numbers by counter: the same question, by its name and number, gets the same answer whatever else is asked. A plan that
//! is changed in one place is thus compared with itself on the same luck (common random numbers). Never for secrets.

use super::shape::normal_at;

/// A stream of random bits for one name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream(u64);

impl Stream {
    /// The stream of a seed and words.
    pub(crate) fn of(seed: u64, words: &[&str]) -> Stream {
        let start = mix(seed ^ 0x9e37_79b9_7f4a_7c15);
        // A mark after each word: ("ab", "c") is not ("a", "bc").
        let word = |hash: u64, word: &&str| mix(word.bytes().fold(hash, fnv) ^ 0xff51_afd7_ed55_8ccd);
        Stream(words.iter().fold(start, word))
    }

    /// The stream of a number that stands for a name already.
    pub(crate) fn numbered(name: u64) -> Stream {
        Stream(mix(name))
    }

    /// The bits of one number.
    pub(crate) fn bits(self, at: u64) -> u64 {
        mix(self.0.wrapping_add(at.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// From 0 to 1, neither included.
    pub(crate) fn uniform(self, at: u64) -> f64 {
        ((self.bits(at) >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }
}

fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

/// The mixer of SplitMix64 (Steele, Lea and Flood; public domain).
fn mix(state: u64) -> u64 {
    let mut out = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    out = (out ^ (out >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    out = (out ^ (out >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    out ^ (out >> 31)
}

const CELL_BITS: u32 = 11;
const CELLS: usize = 1 << CELL_BITS;

/// Standard normal numbers from bits, by a table of quantiles with straight lines between; the outermost cells are worked out.
#[derive(Clone, Debug)]
pub(super) struct Normals {
    knots: Vec<f32>,
}

impl Normals {
    pub(super) fn new() -> Normals {
        let knots = (0..=CELLS).map(|ix| normal_at(ix as f64 / CELLS as f64) as f32).collect();
        Normals { knots }
    }

    /// Two independent numbers from 64 bits.
    pub(super) fn pair(&self, bits: u64) -> (f32, f32) {
        // The lower half is what is left over: cut off on purpose.
        (self.one((bits >> 32) as u32), self.one(bits as u32))
    }

    fn one(&self, bits: u32) -> f32 {
        let cell = (bits >> (32 - CELL_BITS)) as usize;
        if cell == 0 || cell == CELLS - 1 {
            return normal_at((f64::from(bits) + 0.5) / 4_294_967_296.0) as f32;
        }
        let part = (bits & ((1 << (32 - CELL_BITS)) - 1)) as f32 / (1u32 << (32 - CELL_BITS)) as f32;
        // A cell has a knot at both ends.
        let (low, high) = (self.knots[cell], self.knots[cell + 1]);
        low + (high - low) * part
    }
}

/// A draw from a Beta distribution, by two Gamma draws (Marsaglia and Tsang 2000).
pub(super) fn beta(stream: Stream, at: u64, a: f64, b: f64) -> f64 {
    let (x, y) = (gamma(stream, at.wrapping_mul(128), a), gamma(stream, at.wrapping_mul(128) + 64, b));
    if x + y > 0.0 { x / (x + y) } else { a / (a + b) }
}

fn gamma(stream: Stream, from: u64, shape: f64) -> f64 {
    if shape < 1.0 {
        return gamma(stream, from, shape + 1.0) * stream.uniform(from + 63).powf(1.0 / shape.max(1e-6));
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    // Each try succeeds at 19 of 20; 31 in a row fail never.
    for attempt in 0..31 {
        let x = normal_at(stream.uniform(from + 2 * attempt));
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && stream.uniform(from + 2 * attempt + 1).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_numbers_have_the_moments_of_the_normal() {
        let (stream, normals) = (Stream::of(1, &["test"]), Normals::new());
        let drawn: Vec<f64> = (0..200_000)
            .map(|at| normals.pair(stream.bits(at)))
            .flat_map(|(a, b)| [f64::from(a), f64::from(b)])
            .collect();
        let of = |power: i32| drawn.iter().map(|x| x.powi(power)).sum::<f64>() / drawn.len() as f64;
        assert!(of(1).abs() < 0.01, "{}", of(1));
        assert!((of(2) - 1.0).abs() < 0.01, "{}", of(2));
        assert!((of(4) - 3.0).abs() < 0.08, "{}", of(4));
    }

    #[test]
    fn draws_from_beta_have_its_mean_and_spread() {
        let stream = Stream::of(2, &["beta"]);
        for (a, b) in [(0.5, 9.5), (3.0, 2.0), (40.0, 400.0)] {
            let drawn: Vec<f64> = (0..40_000).map(|at| beta(stream, at, a, b)).collect();
            let mean = drawn.iter().sum::<f64>() / 40_000.0;
            let spread = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 40_000.0;
            let (m, s) = (a / (a + b), a * b / ((a + b).powi(2) * (a + b + 1.0)));
            assert!((mean - m).abs() < 0.01 * m.max(0.2), "{a} {b}: {mean} {m}");
            assert!((spread / s - 1.0).abs() < 0.06, "{a} {b}: {spread} {s}");
        }
    }

    #[test]
    fn words_are_told_apart_where_they_end() {
        assert_ne!(Stream::of(1, &["ab", "c"]).bits(0), Stream::of(1, &["a", "bc"]).bits(0));
    }
}
