//! How often somebody comes: a bucket for each that fills evenly. Bounded: when too many are remembered, those with full buckets
//! are forgotten, which changes nothing.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;

use model::Time;

use crate::limits::RATES_REMEMBERED_MAX;

const MINUTE_MICROSECONDS: i64 = 60_000_000;

/// Buckets that hold a minute's worth.
pub(crate) struct Rates<K> {
    per_minute: u32,
    /// When each bucket will be full again.
    full_at: Mutex<HashMap<K, i64>>,
}

impl<K: Hash + Eq + Clone> Rates<K> {
    pub(crate) fn new(per_minute: u32) -> Rates<K> {
        Rates { per_minute: per_minute.max(1), full_at: Mutex::new(HashMap::new()) }
    }

    /// Takes one out; `false` when the bucket is empty.
    pub(crate) fn take(&self, who: &K, now: Time) -> bool {
        let one = MINUTE_MICROSECONDS / i64::from(self.per_minute);
        // Nothing in here panics while it holds the lock.
        let mut full_at = self.full_at.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if full_at.len() >= RATES_REMEMBERED_MAX {
            full_at.retain(|_, at| *at > now.0);
            if full_at.len() >= RATES_REMEMBERED_MAX && !full_at.contains_key(who) {
                return false;
            }
        }
        // A clock that was set back leaves nobody waiting for longer than a minute.
        let at = full_at.get(who).copied().unwrap_or(now.0).clamp(now.0, now.0 + MINUTE_MICROSECONDS);
        let room = at + one <= now.0 + MINUTE_MICROSECONDS;
        full_at.insert(who.clone(), if room { at + one } else { at });
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_comes_too_often_waits_and_is_then_let_in_again() {
        let rates = Rates::new(3);
        let now = Time(1_000_000_000_000);
        assert!((0..3).all(|_| rates.take(&"SRV-1", now)));
        assert!(!rates.take(&"SRV-1", now), "a fourth time in the same instant");
        assert!(rates.take(&"SRV-2", now), "another host is not held up");
        assert!(!rates.take(&"SRV-1", now.plus_seconds(19)));
        assert!(
            rates.take(&"SRV-1", now.plus_seconds(20)),
            "a third of a minute later there is room for one"
        );
        assert!(!rates.take(&"SRV-1", now.plus_seconds(-3_600)), "the clock was set back by an hour");
        assert!(rates.take(&"SRV-1", now.plus_seconds(-3_580)), "and nobody waits for that hour to pass");
    }
}
