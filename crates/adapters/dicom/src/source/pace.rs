//! How fast an archive in clinical use may be asked: so many questions a second, and more slowly when it answers more slowly than it did at
//! rest.

use std::time::{Duration, Instant};

/// How often somebody who stops it is heard while it rests.
const LOOKS: Duration = Duration::from_millis(200);

/// What an archive may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Questions a second at most; 0 for no limit.
    pub questions_per_second_max: u32,
    /// Segue asks for at most this share of the archive's time, in percent, by what its answers take: after an answer that took 100 ms, 25 waits 300 ms.
    pub share_percent_max: u8,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { questions_per_second_max: 20, share_percent_max: 25 }
    }
}

/// Keeps a budget.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    budget: Budget,
}

impl Pace {
    /// Nothing was asked yet.
    pub fn new(budget: Budget) -> Pace {
        Pace { budget }
    }

    /// How long to wait after an answer that took so long, before the next question.
    pub fn after(&self, took: Duration) -> Duration {
        let each = match self.budget.questions_per_second_max {
            0 => Duration::ZERO,
            most => Duration::from_secs(1) / most,
        };
        let share = u32::from(self.budget.share_percent_max.clamp(1, 100));
        let by_share = took * (100 - share) / share;
        by_share.max(each.saturating_sub(took))
    }

    /// Rests after an answer that took so long. `false` as soon as `go_on` says so.
    pub(crate) fn rest(&self, took: Duration, mut go_on: impl FnMut() -> bool) -> bool {
        Pace::pause(self.after(took), &mut go_on)
    }

    /// Waits so long. `false` as soon as `go_on` says so.
    pub(crate) fn pause(rest: Duration, mut go_on: impl FnMut() -> bool) -> bool {
        let until = Instant::now() + rest;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            std::thread::sleep(left.min(LOOKS));
            if left > LOOKS && !go_on() {
                return false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_archive_is_asked_more_slowly_and_a_fast_one_no_faster_than_allowed() {
        let pace = Pace::new(Budget { questions_per_second_max: 20, share_percent_max: 25 });
        assert_eq!(pace.after(Duration::from_millis(1)), Duration::from_millis(49));
        assert_eq!(pace.after(Duration::from_millis(100)), Duration::from_millis(300));
        let free = Pace::new(Budget { questions_per_second_max: 0, share_percent_max: 100 });
        assert_eq!(free.after(Duration::from_millis(100)), Duration::ZERO);
    }

    #[test]
    fn somebody_who_stops_it_does_not_wait_for_the_end_of_a_rest() {
        let pace = Pace::new(Budget { questions_per_second_max: 20, share_percent_max: 1 });
        let began = Instant::now();
        assert!(!pace.rest(Duration::from_secs(60), || false), "99 minutes of rest are not over");
        assert!(began.elapsed() < Duration::from_secs(60));
    }
}
