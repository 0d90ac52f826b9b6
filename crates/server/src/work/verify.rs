//! The verification of the journal as work in the background: how far it has come, and what the last one found.

use std::sync::{Arc, Mutex, PoisonError};

use journal::{Head, VerifyReport};
use model::Time;
use tokio::task::JoinHandle;

use super::Ticking;
use crate::AppState;
use crate::importer::Watch;

/// What a verification found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// When it ended.
    pub at: Time,
    /// Who asked for it.
    pub by: Box<str>,
    /// The head that it was compared with, if a person had remembered one.
    pub remembered: Option<Head>,
    /// What it found, or why it could not go on.
    pub outcome: Result<Arc<VerifyReport>, String>,
}

#[derive(Default)]
struct Inner {
    running: Option<(JoinHandle<()>, Watch)>,
    last: Option<Verified>,
}

/// The verification that runs, and the last one.
#[derive(Default)]
pub struct Verifier(Mutex<Inner>);

impl Verifier {
    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins, unless one runs already.
    pub fn start(&self, app: &AppState, by: &str, remembered: Option<Head>) {
        let mut inner = self.inner();
        if inner.running.as_ref().is_some_and(|(task, _)| !task.is_finished()) {
            return;
        }
        let (watch, app, by) = (Watch::default(), app.clone(), Box::<str>::from(by));
        let told = watch.clone();
        let task = tokio::spawn(async move {
            let _ticking = Ticking::start(&app.live);
            let node = &app.domain.node;
            let progress =
                |progress: journal::Progress| told.report(progress.done, progress.total.unwrap_or(0));
            let (journal, stream) = (node.journal(), node.stream());
            let outcome = journal.verify(stream, remembered.as_ref(), &node::documents_of, &progress).await;
            let outcome = outcome.map(Arc::new).map_err(|error| crate::http::chain(&error));
            let verified = Verified { at: app.clock.now(), by, remembered, outcome };
            let mut inner = app.verifier.inner();
            inner.last = Some(verified);
            inner.running = None;
        });
        inner.running = Some((task, watch));
    }

    /// Ends the one that runs; it leaves no result.
    pub fn stop(&self) {
        if let Some((task, _)) = self.inner().running.take() {
            task.abort();
        }
    }

    /// Records done and how many there are (0: not known), while one runs.
    pub fn progress(&self) -> Option<(u64, u64)> {
        let inner = self.inner();
        inner.running.as_ref().filter(|(task, _)| !task.is_finished()).map(|(_, watch)| watch.progress())
    }

    /// What the last one found.
    pub fn last(&self) -> Option<Verified> {
        self.inner().last.clone()
    }
}
