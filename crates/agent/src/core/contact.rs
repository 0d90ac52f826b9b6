//! When to speak with the server: one check-in is held open and waits for orders; another delivers what cannot wait. After
//! a failure the next try comes later and later, at a random instant, so that a hospital's hosts do not all come at once.

use wire::limit::WAIT_MAX_SECONDS;

/// How often to check in until the server says.
pub const CHECK_IN_DEFAULT_SECONDS: u32 = 60;
/// Longest time between two tries when the server cannot be reached.
pub const RETRY_MAX_SECONDS: u64 = 600;
/// Shortest time between two tries.
const RETRY_MIN_MS: u64 = 1_000;

/// Which of the two check-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Waits for orders.
    Wait,
    /// Delivers.
    Deliver,
}

/// When to speak next. Instants are milliseconds that only rise, of a clock that nobody sets.
#[derive(Clone, Debug, Default)]
pub(super) struct Contact {
    waiting_since_ms: Option<u64>,
    delivering: bool,
    wait_at_ms: u64,
    not_before_ms: u64,
    failures: u32,
}

impl Contact {
    /// At start.
    pub(super) fn started(&mut self, at_ms: u64) {
        *self = Contact { wait_at_ms: at_ms, ..Contact::default() };
    }

    /// Which check-in to send now, if any.
    pub(super) fn due(&mut self, at_ms: u64, queued: bool, urgent: bool, judging: bool) -> Option<Way> {
        if at_ms < self.not_before_ms || self.delivering {
            return None;
        }
        let wait_is_due = self.waiting_since_ms.is_none() && at_ms >= self.wait_at_ms;
        if urgent || (queued && wait_is_due) {
            self.delivering = true;
            return Some(Way::Deliver);
        }
        // An order that is being looked at would be sent again at once.
        if wait_is_due && !judging {
            self.waiting_since_ms = Some(at_ms);
            return Some(Way::Wait);
        }
        None
    }

    /// A check-in was answered.
    pub(super) fn answered(&mut self, at_ms: u64, way: Way, orders: bool, check_in_seconds: u32) {
        self.failures = 0;
        self.not_before_ms = at_ms;
        match way {
            Way::Deliver => self.delivering = false,
            Way::Wait => {
                let since = self.waiting_since_ms.take().unwrap_or(at_ms);
                let next = since.saturating_add(u64::from(check_in_seconds) * 1_000);
                self.wait_at_ms = if orders { at_ms } else { next.max(at_ms) };
            }
        }
    }

    /// A check-in failed; `dice` is random.
    pub(super) fn failed(&mut self, at_ms: u64, way: Way, check_in_seconds: u32, dice: u32) {
        match way {
            Way::Deliver => self.delivering = false,
            Way::Wait => self.waiting_since_ms = None,
        }
        let most_ms = (u64::from(check_in_seconds) << self.failures.min(10)).min(RETRY_MAX_SECONDS) * 1_000;
        let later_ms = RETRY_MIN_MS + most_ms * u64::from(dice) / u64::from(u32::MAX);
        self.failures = self.failures.saturating_add(1);
        self.not_before_ms = at_ms.saturating_add(later_ms);
        self.wait_at_ms = self.wait_at_ms.max(self.not_before_ms);
    }

    /// When something may be due next; `None` while an answer is waited for and nothing else can be sent.
    pub(super) fn wake_at_ms(&self, queued: bool, urgent: bool, judging: bool) -> Option<u64> {
        if self.delivering {
            return None;
        }
        if urgent {
            return Some(self.not_before_ms);
        }
        let may_wait = self.waiting_since_ms.is_none() && (queued || !judging);
        may_wait.then(|| self.wait_at_ms.max(self.not_before_ms))
    }

    /// How often in a row the server was not reached.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }
}

/// How long a check-in waits for orders.
pub(super) fn wait_seconds(way: Way, check_in_seconds: u32) -> u32 {
    match way {
        Way::Deliver => 0,
        Way::Wait => check_in_seconds.min(WAIT_MAX_SECONDS),
    }
}
