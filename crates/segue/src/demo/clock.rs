//! The demonstration's clock. It stands where the night sets it, and says of itself that it is not the time of day.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use model::Time;
use server::clock::{Clock, Lapse};

/// Time that passes only as the night lets it. It never goes back.
pub(crate) struct LapseClock {
    at: AtomicI64,
    times: AtomicU32,
}

impl LapseClock {
    /// A clock that stands still at an instant.
    pub(crate) fn new(at: Time) -> LapseClock {
        LapseClock { at: AtomicI64::new(at.0), times: AtomicU32::new(0) }
    }

    /// From now on it is this late. An instant that has passed changes nothing.
    pub(crate) fn set(&self, at: Time) {
        self.at.fetch_max(at.0, Ordering::SeqCst);
    }

    /// How many times as fast as real time it runs; 0 while it stands still.
    pub(crate) fn runs(&self, times: u32) {
        self.times.store(times, Ordering::SeqCst);
    }
}

impl Clock for LapseClock {
    fn now(&self) -> Time {
        Time(self.at.load(Ordering::SeqCst))
    }

    fn lapse(&self) -> Option<Lapse> {
        Some(Lapse { times: self.times.load(Ordering::SeqCst) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_a_demonstration_never_goes_back_and_never_passes_for_the_time_of_day() {
        let clock = LapseClock::new(Time(5));
        clock.set(Time(9));
        clock.set(Time(7));
        clock.runs(60);
        assert_eq!(clock.now(), Time(9));
        assert_eq!(clock.lapse(), Some(Lapse { times: 60 }));
        assert_eq!(server::clock::MachineClock.lapse(), None);
    }
}
