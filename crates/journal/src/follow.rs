//! Wakes those who wait for news. A pulse says only "look again"; what is new is always read from the store, so a
//! lost or doubled pulse does no harm.

use crate::entry::Seq;
use crate::error::StoreError;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, timeout_at};

#[derive(Debug)]
pub(crate) struct Pulse {
    beats: watch::Sender<u64>,
    first_waiter: Notify,
}

impl Pulse {
    pub(crate) fn new() -> Pulse {
        Pulse { beats: watch::Sender::new(0), first_waiter: Notify::new() }
    }

    /// Tells all who wait to look again.
    pub(crate) fn beat(&self) {
        self.beats.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Returns when at least one waits; so that nobody polls for nobody.
    pub(crate) async fn someone_waits(&self) {
        while self.beats.receiver_count() == 0 {
            self.first_waiter.notified().await;
        }
    }

    /// Waits until `newest` is beyond `seq`, looking after each beat and at least every `look_again`.
    pub(crate) async fn wait_beyond<F>(
        &self,
        seq: Seq,
        patience: Duration,
        look_again: Duration,
        newest: impl Fn() -> F,
    ) -> Result<Seq, StoreError>
    where
        F: Future<Output = Result<Seq, StoreError>>,
    {
        let begun = Instant::now();
        let deadline = begun.checked_add(patience).unwrap_or(begun + Duration::from_secs(86_400));
        let mut beats = self.beats.subscribe();
        self.first_waiter.notify_one();
        loop {
            beats.borrow_and_update();
            let now = newest().await?;
            if now > seq || Instant::now() >= deadline {
                return Ok(now);
            }
            // Whether a beat came, the time is over or the sender is gone: look again.
            let _ = timeout_at(deadline.min(Instant::now() + look_again), beats.changed()).await;
        }
    }
}
