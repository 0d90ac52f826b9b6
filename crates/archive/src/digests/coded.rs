//! Rateless invertible Bloom lookup table: Yang, Gilad and Alizadeh, *Practical Rateless Set Reconciliation*, SIGCOMM 2024.
//!
//! A set gives an endless row of coded symbols; each object is in symbol i with probability 1/(1 + i/2). Of the row's difference as many symbols as
//! 1.35 to 1.7 times the differences are enough to peel them all off. Nothing here is believed: what was peeled is proven by sums afterwards.

use crate::digests::digest::Digest;

/// A coded symbol: of the objects in it the exclusive or of digests and of checks, and how many there are (negative where the other set has more).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Symbol {
    /// Exclusive or of the digests.
    pub sum: u128,
    /// Exclusive or of their checks.
    pub check: u64,
    /// How many.
    pub count: i64,
}

impl Symbol {
    fn toggle(&mut self, digest: Digest, count: i64) {
        self.sum ^= digest.0;
        self.check ^= check(digest);
        self.count = self.count.wrapping_add(count);
    }

    fn minus(self, other: Symbol) -> Symbol {
        Symbol {
            sum: self.sum ^ other.sum,
            check: self.check ^ other.check,
            count: self.count.wrapping_sub(other.count),
        }
    }

    /// Is one object left in it, and of which set?
    fn single(&self) -> Option<(Digest, i64)> {
        let digest = Digest(self.sum);
        (self.count.abs() == 1 && self.check == check(digest)).then_some((digest, self.count))
    }
}

/// Finalizer of splitmix64 (Steele, Lea, Flood, 2014): every bit of the input moves every bit of the output.
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

fn halves(digest: Digest) -> (u64, u64) {
    // The upper and the lower half.
    ((digest.0 >> 64) as u64, digest.0 as u64)
}

/// Tells one digest from the exclusive or of several: not linear in it.
fn check(digest: Digest) -> u64 {
    let (upper, lower) = halves(digest);
    mix(mix(upper).wrapping_add(lower))
}

/// The symbols in which an object is, in order, beginning with the first.
struct Places {
    state: u64,
    at: u64,
}

impl Places {
    fn of(digest: Digest) -> Places {
        let (upper, lower) = halves(digest);
        // Odd: a product of odd numbers never becomes zero.
        Places { state: mix(lower ^ mix(upper.wrapping_add(0x9E37_79B9_7F4A_7C15))) | 1, at: 0 }
    }

    /// The next one. The distance is the inverse of its distribution function at a random place u = 1 − r/2⁶⁴:
    /// ⌈(i + 3/2) (1/√(1−u) − 1)⌉ = ⌈(2i + 3)(2³² − √r) / 2√r⌉, here in whole numbers, so that both ends agree on every machine.
    fn advance(&mut self) {
        self.state = self.state.wrapping_mul(0xDA94_2042_E4DD_58B5);
        let root = mix(self.state).isqrt() + 1; // 1 to 2^32
        let far = (2 * u128::from(self.at) + 3) * u128::from((1_u64 << 32) - root.min(1 << 32));
        let distance = match u64::try_from(far) {
            Ok(far) => far.div_ceil(2 * root),
            Err(_) => u64::try_from(far.div_ceil(2 * u128::from(root))).unwrap_or(u64::MAX),
        };
        self.at = self.at.saturating_add(distance.max(1));
    }
}

/// The symbols from `from` up to `to`, excluded, of a set.
pub fn coded(digests: impl Iterator<Item = Digest>, from: u32, to: u32) -> Vec<Symbol> {
    let mut symbols = vec![Symbol::default(); to.saturating_sub(from) as usize];
    digests.for_each(|digest| add(&mut symbols, digest, from, 1));
    symbols
}

fn add(symbols: &mut [Symbol], digest: Digest, from: u32, count: i64) {
    let mut places = Places::of(digest);
    let (from, end) = (u64::from(from), u64::from(from) + symbols.len() as u64);
    while places.at < end {
        let place = places.at.checked_sub(from).and_then(|place| usize::try_from(place).ok());
        if let Some(symbol) = place.and_then(|place| symbols.get_mut(place)) {
            symbol.toggle(digest, count);
        }
        places.advance();
    }
}

/// Peels the difference of two sets off the difference of their symbols.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    cells: Vec<Symbol>,
    /// Only in the set whose symbols were given first.
    ours: Vec<Digest>,
    /// Only in the other.
    theirs: Vec<Digest>,
}

impl Decoder {
    /// Nothing yet.
    pub fn new() -> Decoder {
        Decoder::default()
    }

    /// How many symbols were taken in.
    pub fn symbols(&self) -> u32 {
        u32::try_from(self.cells.len()).unwrap_or(u32::MAX)
    }

    /// Takes the next symbols of both sets in, and peels. `true` when everything was found.
    pub fn take(&mut self, ours: &[Symbol], theirs: &[Symbol]) -> bool {
        let from = self.symbols();
        let mut new: Vec<Symbol> = ours.iter().zip(theirs).map(|(a, b)| a.minus(*b)).collect();
        self.ours.iter().for_each(|digest| add(&mut new, *digest, from, -1));
        self.theirs.iter().for_each(|digest| add(&mut new, *digest, from, 1));
        self.cells.extend(new);
        let mut open: Vec<usize> = (from as usize..self.cells.len()).collect();
        // Each peeled object empties at least one cell: there are never more than cells.
        let most = self.cells.len();
        while let Some(cell) = open.pop() {
            let Some((digest, count)) = self.cells.get(cell).and_then(Symbol::single) else { continue };
            if self.ours.len() + self.theirs.len() >= most {
                return false;
            }
            if count > 0 {
                self.ours.push(digest)
            } else {
                self.theirs.push(digest)
            }
            let mut places = Places::of(digest);
            while let Some(symbol) = usize::try_from(places.at).ok().and_then(|at| self.cells.get_mut(at)) {
                symbol.toggle(digest, -count);
                open.extend(usize::try_from(places.at));
                places.advance();
            }
        }
        !self.cells.is_empty() && self.cells.iter().all(|cell| *cell == Symbol::default())
    }

    /// What was found: only in the set whose symbols were given first, only in the other.
    pub fn into_found(self) -> (Vec<Digest>, Vec<Digest>) {
        (self.ours, self.theirs)
    }
}
