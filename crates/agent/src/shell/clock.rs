//! The one place where the agent reads clocks.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use model::Time;

use crate::core::Now;

/// The host's clock on the wall.
#[expect(clippy::disallowed_methods, reason = "this is the agent's outermost shell")]
pub(super) fn wall() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Counts from the start of the program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uptime(Instant);

impl Uptime {
    pub(super) fn start() -> Uptime {
        Uptime(Instant::now())
    }

    pub(super) fn ms(self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn now(self) -> Now {
        Now { clock: wall(), up_ms: self.ms() }
    }
}

/// A random number, evenly from all.
pub(super) fn dice() -> u32 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => u32::from_le_bytes(bytes),
        // Hosts start their clocks at different instants: that spreads them as well.
        Err(_) => u32::try_from(wall().0.rem_euclid(i64::from(u32::MAX))).unwrap_or(0),
    }
}
