//! Pseudo-random numbers from a seed (splitmix64): the same seed, the same schedule. Nothing here is fit for secrets.

/// A seeded generator.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `sides`; 0 when there are none.
    #[inline]
    pub(super) fn below(&mut self, sides: usize) -> usize {
        // The upper half of the product is below `sides`, which came as a usize.
        ((u128::from(self.next()) * sides as u128) >> 64) as usize
    }

    /// True once in `sides` times.
    pub(super) fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }
}
