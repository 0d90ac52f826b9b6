//! Random numbers from a seed: small, the same on every machine, and split by name, so that another question asked in one place
//! does not change the answers in all others. Never for secrets.

/// A stream of random numbers (xoshiro256**, public domain, by Blackman and Vigna).
#[derive(Clone, Debug)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The stream of a seed.
    pub fn from_seed(seed: u64) -> Rng {
        let mut mix = seed;
        Rng { state: [(); 4].map(|()| splitmix(&mut mix)) }
    }

    /// A stream of its own for `name`, the same whatever was drawn from this one.
    pub fn split(&self, name: &str) -> Rng {
        let start =
            self.state.iter().fold(0xcbf2_9ce4_8422_2325, |hash, word| fnv(hash, &word.to_le_bytes()));
        Rng::from_seed(fnv(start, name.as_bytes()))
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let out = b.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        out
    }

    /// From 0 to below `limit`; 0 when `limit` is 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        // The high half of the product is even enough: no limit here is near 2^64.
        let high = (u128::from(self.draw()) * u128::from(limit)) >> 64;
        u64::try_from(high).unwrap_or(0)
    }

    /// From `least` to `most`, both included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = u64::try_from(most.saturating_sub(least)).unwrap_or(0).saturating_add(1);
        least.saturating_add(i64::try_from(self.below(span)).unwrap_or(0))
    }

    /// True in so many of a thousand cases.
    pub fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// One of them; `None` of an empty list.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let at = usize::try_from(self.below(from.len() as u64)).unwrap_or(0);
        from.get(at)
    }

    /// A duration whose median and 90th percentile are these, in milliseconds; one in a hundred takes up to twice the latter.
    pub fn duration_ms(&mut self, p50_ms: i64, p90_ms: i64) -> i64 {
        match self.below(100) {
            0..50 => self.between(p50_ms / 2, p50_ms),
            50..90 => self.between(p50_ms, p90_ms),
            90..99 => self.between(p90_ms, p90_ms + p90_ms / 4),
            _ => self.between(p90_ms, p90_ms * 2),
        }
        .max(1)
    }
}

fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut out = *state;
    out = (out ^ (out >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    out = (out ^ (out >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    out ^ (out >> 31)
}

fn fnv(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_and_a_split_does_not_depend_on_what_was_drawn() {
        let (mut one, mut two) = (Rng::from_seed(7), Rng::from_seed(7));
        let before = one.split("network");
        assert_eq!(
            (0..9).map(|_| one.draw()).collect::<Vec<_>>(),
            (0..9).map(|_| two.draw()).collect::<Vec<_>>()
        );
        assert_eq!(before.clone().draw(), Rng::from_seed(7).split("network").draw());
        assert_ne!(before.clone().draw(), Rng::from_seed(7).split("people").draw());
    }

    #[test]
    fn numbers_stay_within_their_limits_and_reach_them() {
        let mut rng = Rng::from_seed(1);
        let drawn: Vec<i64> = (0..1_000).map(|_| rng.between(-2, 2)).collect();
        assert!(drawn.iter().all(|n| (-2..=2).contains(n)));
        assert!((-2..=2).all(|n| drawn.contains(&n)));
        let (p50, p90) = (60_000, 180_000);
        let mut times: Vec<i64> = (0..10_000).map(|_| rng.duration_ms(p50, p90)).collect();
        times.sort_unstable();
        assert!((times[5_000] - p50).abs() < p50 / 10 && (times[9_000] - p90).abs() < p90 / 10);
    }
}
