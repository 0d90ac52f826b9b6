//! Work in the background of one server: uploads that wait, are read or imported; the verification of the journal; what
//! the last answers changed; what past nights taught; the planner; image archives that are asked. All of it is lost at a restart, and nothing of it is needed afterwards.

mod archives;
mod effects;
mod forecasts;
mod planner;
mod spool;
mod uploads;
mod verify;

use std::time::Duration;

use tokio::task::JoinHandle;

use crate::live::{Live, Topic};

pub use archives::{
    ArchiveDesk, ArchiveWork, Doing, WorkDone, ask_what_is_due, ask_when_due, record, record_sent,
};
pub use effects::{EFFECTS_KEPT_MAX, Effect, Effects};
pub use forecasts::{Forecasts, PastNights};
pub use planner::{NoPlan, Planner, SEARCH_TIME_MAX_SECONDS};
pub use spool::{SpoolError, Spooled, Spooling};
pub use uploads::{Look, PENDING_AGE_MAX_SECONDS, PENDING_UPLOADS_MAX, Pending, Stage, Uploads};
pub use verify::{Verified, Verifier};

/// How often pages are told how far running work has come.
const TICK: Duration = Duration::from_millis(400);

/// Tells pages about running work until dropped, and once more then.
struct Ticking {
    live: Live,
    task: JoinHandle<()>,
}

impl Ticking {
    fn start(live: &Live) -> Ticking {
        live.touch(Topic::Work);
        let told = live.clone();
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(TICK).await;
                told.touch(Topic::Work);
            }
        });
        Ticking { live: live.clone(), task }
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.task.abort();
        self.live.touch(Topic::Work);
    }
}
