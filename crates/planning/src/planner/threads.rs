//! The planner's threads: the only place of the pure crates that has any. How many is said by whoever asks for a plan (`Budget::threads`);
//! they share nothing but what they were given, and all of them end before the answer is there.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{ScopedJoinHandle, park_timeout, scope};
use std::time::Duration;

/// How often one thread looks whether the other is done.
const LOOK_MILLISECONDS: u64 = 2;
/// No end.
const NO_END: u64 = u64::MAX;

/// Does each part of a list on a thread of its own; answers in the order of the list.
pub(super) fn in_parts<T: Sync, A: Send>(
    list: &[T],
    threads: u32,
    some: impl Fn(&[T]) -> Vec<A> + Sync,
) -> Vec<A> {
    let each = list.len().div_ceil(threads.max(1) as usize).max(1);
    scope(|scope| {
        let parts: Vec<_> = list.chunks(each).map(|part| scope.spawn(|| some(part))).collect();
        parts.into_iter().flat_map(joined).collect()
    })
}

/// Does one thing here, and another on a thread beside it that must not ask the caller's clock: it is told how much time is left whenever
/// that is asked here. Returns when both are done.
pub(super) fn side_by_side<A, B: Send>(
    left_milliseconds: &mut dyn FnMut() -> Option<u64>,
    here: impl FnOnce(&mut dyn FnMut() -> Option<u64>) -> A,
    beside: impl FnOnce(&mut dyn FnMut() -> Option<u64>) -> B + Send,
) -> (A, B) {
    let told = AtomicU64::new(NO_END);
    let mut look = || {
        let left = left_milliseconds();
        told.store(left.unwrap_or(NO_END), Ordering::Relaxed);
        left
    };
    look();
    scope(|scope| {
        let mut own = || Some(told.load(Ordering::Relaxed)).filter(|left| *left != NO_END);
        let other = scope.spawn(move || beside(&mut own));
        let here = here(&mut look);
        while !other.is_finished() {
            look();
            park_timeout(Duration::from_millis(LOOK_MILLISECONDS));
        }
        (here, joined(other))
    })
}

/// Something that one thread finds and another waits for, or that it needs no more.
pub(super) struct Mail<T> {
    sent: OnceLock<Option<T>>,
    called_off: AtomicBool,
}

impl<T> Default for Mail<T> {
    fn default() -> Mail<T> {
        Mail { sent: OnceLock::new(), called_off: AtomicBool::new(false) }
    }
}

impl<T: Clone> Mail<T> {
    /// What is sent first counts; `None` says that nothing will come.
    pub(super) fn send(&self, found: Option<T>) {
        let _ = self.sent.set(found);
    }

    /// What is being made of it is not needed any more.
    pub(super) fn call_off(&self) {
        self.called_off.store(true, Ordering::Relaxed);
        self.send(None);
    }

    pub(super) fn is_called_off(&self) -> bool {
        self.called_off.load(Ordering::Relaxed)
    }

    /// It is there, or nothing will come.
    pub(super) fn has_come(&self) -> bool {
        self.sent.get().is_some()
    }

    /// Waits for it as long as there is time.
    pub(super) fn wait(&self, left_milliseconds: &mut dyn FnMut() -> Option<u64>) -> Option<T> {
        while !self.has_come() && left_milliseconds() != Some(0) {
            park_timeout(Duration::from_millis(LOOK_MILLISECONDS));
        }
        self.sent.get().cloned().flatten()
    }
}

fn joined<A>(thread: ScopedJoinHandle<'_, A>) -> A {
    match thread.join() {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
