//! Pseudo-random numbers from a seed (splitmix64): the same seed, the same schedule, plan or campaign. Nothing here is fit for secrets.

/// A seeded generator.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `sides`; 0 when there are none.
    #[inline]
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        // The upper half of the product is below `sides`, which came as a usize.
        ((u128::from(self.next()) * sides as u128) >> 64) as usize
    }

    /// A number from one to another, both possible.
    #[cfg(feature = "solver")]
    pub(crate) fn between(&mut self, from: u32, to: u32) -> u32 {
        from + (self.next() % u64::from(to - from + 1)) as u32
    }

    /// True so many times of a hundred.
    #[cfg(feature = "solver")]
    pub(crate) fn percent(&mut self, percent: u32) -> bool {
        self.between(1, 100) <= percent
    }

    /// More than 0, at most 1.
    #[cfg(feature = "solver")]
    pub(crate) fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 1.0) / (1u64 << 53) as f64
    }

    /// One of these; `None` where there is none.
    #[cfg(feature = "solver")]
    pub(crate) fn one_of(&mut self, list: &[u32]) -> Option<u32> {
        list.get(self.below(list.len())).copied()
    }

    /// True once in `sides` times.
    pub(crate) fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }
}
