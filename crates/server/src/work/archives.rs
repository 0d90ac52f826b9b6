//! Asking image archives in the background: comparing, sending again, probing. One thing at a time for each pair; what comes of it is recorded.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use archive::kept::Kept;
use hospital::Command;
use hospital::archives::ArchiveCommand;
use hospital::archives::fact::{PairCompared, PairSent};
use model::Time;
use model::ids::PairId;
use tokio::task::JoinHandle;

use super::Ticking;
use crate::AppState;
use crate::archives::{DOCUMENT_MAX_BYTES, Looked, NotAsked, PairAsked, Sent, ToSend};
use crate::importer::Watch;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveWork {
    /// Compare.
    Compare,
    /// Give B what it lacks of these, then compare.
    Send(ToSend),
    /// Probe both as a reader would.
    Probe,
}

/// What is being done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Examinations are listed at both ends.
    Comparing,
    /// B gets what it lacks.
    Sending,
    /// Images are opened.
    Probing,
}

/// What came of the last work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkDone {
    /// When it ended.
    pub at: Time,
    /// Who asked for it.
    pub by: Box<str>,
    /// What came of sending, of work that sent.
    pub sent: Option<Sent>,
    /// Why it came to nothing.
    pub failed: Option<NotAsked>,
}

struct Running {
    task: JoinHandle<()>,
    watch: Watch,
    doing: Doing,
}

/// What is being done with a pair, and what came of it last.
type OfPair = (Option<Running>, Option<WorkDone>);

/// What is being done with each pair, and what came of it last.
#[derive(Default)]
pub struct ArchiveDesk(Mutex<BTreeMap<PairId, OfPair>>);

impl ArchiveDesk {
    fn inner(&self) -> std::sync::MutexGuard<'_, BTreeMap<PairId, OfPair>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins, unless something is being done with this pair already: then `false`.
    pub fn start(&self, app: &AppState, pair: &PairAsked, work: ArchiveWork, by: &str) -> bool {
        let mut inner = self.inner();
        let (running, _) = inner.entry(pair.id.clone()).or_default();
        if running.as_ref().is_some_and(|running| !running.task.is_finished()) {
            return false;
        }
        let doing = match &work {
            ArchiveWork::Compare => Doing::Comparing,
            ArchiveWork::Send(_) => Doing::Sending,
            ArchiveWork::Probe => Doing::Probing,
        };
        let watch = Watch::default();
        let task = tokio::spawn(
            Job { app: app.clone(), pair: pair.clone(), by: by.into(), watch: watch.clone() }.run(work),
        );
        *running = Some(Running { task, watch, doing });
        true
    }

    /// Asks what is being done with a pair to stop; what was recorded stays.
    pub fn stop(&self, pair: &PairId) {
        if let Some((Some(running), _)) = self.inner().get(pair) {
            running.watch.stop();
        }
    }

    /// What is being done with a pair, and how far it is (a total of 0: not known).
    pub fn doing(&self, pair: &PairId) -> Option<(Doing, (u64, u64))> {
        let inner = self.inner();
        let (running, _) = inner.get(pair)?;
        let running = running.as_ref().filter(|running| !running.task.is_finished())?;
        Some((running.doing, running.watch.progress()))
    }

    /// What came of the last work with a pair.
    pub fn last(&self, pair: &PairId) -> Option<WorkDone> {
        self.inner().get(pair).and_then(|(_, last)| last.clone())
    }

    fn now_doing(&self, pair: &PairId, now: Doing) {
        if let Some((Some(running), _)) = self.inner().get_mut(pair) {
            running.doing = now;
            running.watch.report(0, 0);
        }
    }

    fn done(&self, pair: &PairId, done: WorkDone) {
        let mut inner = self.inner();
        let (running, last) = inner.entry(pair.clone()).or_default();
        (*running, *last) = (None, Some(done));
    }
}

/// One piece of work with one pair.
struct Job {
    app: AppState,
    pair: PairAsked,
    by: Box<str>,
    watch: Watch,
}

impl Job {
    async fn run(self, work: ArchiveWork) {
        let _ticking = Ticking::start(&self.app.live);
        let (sent, failed) = match work {
            ArchiveWork::Compare => (None, self.compare().await.err()),
            ArchiveWork::Probe => (None, self.probe().await.err()),
            ArchiveWork::Send(wanted) => match self.send(wanted).await {
                Ok(sent) => {
                    // Nothing is believed of what was sent: only a comparison says what came of it.
                    self.app.archive_desk.now_doing(&self.pair.id, Doing::Comparing);
                    (Some(sent), self.compare().await.err())
                }
                Err(error) => (None, Some(error)),
            },
        };
        let done = WorkDone { at: self.app.clock.now(), by: self.by.clone(), sent, failed };
        self.app.archive_desk.done(&self.pair.id, done);
    }

    async fn asked<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn crate::archives::ImageArchives, &PairId, &Watch) -> Result<T, NotAsked>
        + Send
        + 'static,
    ) -> Result<T, NotAsked> {
        let (archives, pair) = (self.app.domain.archives.clone(), self.pair.id.clone());
        let watch = self.watch.clone();
        let asked = tokio::task::spawn_blocking(move || ask(archives.as_ref(), &pair, &watch)).await;
        asked.unwrap_or_else(|broken| Err(NotAsked::Failed(broken.to_string())))
    }

    async fn compare(&self) -> Result<(), NotAsked> {
        let cut = self.app.clock.now();
        let looked = self.asked(move |archives, pair, watch| archives.compare(pair, cut, watch)).await?;
        let node = &self.app.domain.node;
        let now = self.app.clock.now();
        record(node, &self.pair, looked, &self.by, now).await.map_err(NotAsked::Failed)
    }

    async fn send(&self, wanted: ToSend) -> Result<Sent, NotAsked> {
        let examinations = wanted.studies.len() as u64;
        let sent = self.asked(move |archives, pair, watch| archives.send(pair, &wanted, watch)).await?;
        let (node, now) = (&self.app.domain.node, self.app.clock.now());
        record_sent(node, &self.pair.id, examinations, &sent, &self.by, now)
            .await
            .map_err(NotAsked::Failed)?;
        Ok(sent)
    }

    async fn probe(&self) -> Result<(), NotAsked> {
        let probes = self.asked(|archives, pair, watch| Ok(archives.probe(pair, watch))).await?;
        for probed in probes.taken {
            let command = Command::Archive(ArchiveCommand::Probed(probed));
            let told = self.app.domain.node.command(command, &self.by, self.app.clock.now()).await;
            told.map_err(|error| NotAsked::Failed(error.to_string()))?;
        }
        probes.failed.map_or(Ok(()), Err)
    }
}

/// Records what a comparison showed, with its document beside the journal.
///
/// # Errors
/// A sentence: it is refused, or the journal fails.
pub async fn record(
    node: &node::Node,
    pair: &PairAsked,
    looked: Looked,
    by: &str,
    now: Time,
) -> Result<(), String> {
    let document_sha256 = match document(&looked)? {
        Some(bytes) => {
            let kept = node.journal().put_blob(&bytes).await;
            Some(kept.map_err(|error| crate::http::chain(&error))?.to_string().into())
        }
        None => None,
    };
    let compared = PairCompared {
        pair: pair.id.clone(),
        a: pair.a.clone(),
        b: pair.b.clone(),
        since: looked.since,
        compared: looked.compared,
        looked_for: looked.looked_for,
        document_sha256,
    };
    let command = Command::Archive(ArchiveCommand::Compared(Box::new(compared)));
    node.command(command, by, now).await.map_err(|error| error.to_string())?;
    Ok(())
}

/// Records what came of giving B what it lacked.
///
/// # Errors
/// A sentence: it is refused, or the journal fails.
pub async fn record_sent(
    node: &node::Node,
    pair: &PairId,
    examinations: u64,
    sent: &Sent,
    by: &str,
    now: Time,
) -> Result<(), String> {
    let sent = PairSent {
        pair: pair.clone(),
        examinations,
        objects: sent.objects,
        not_whole: sent.not_sent.len() as u64,
        doubtful: sent.doubtful.clone(),
        looked_again: sent.looked_again.clone(),
    };
    let command = Command::Archive(ArchiveCommand::Sent(sent));
    node.command(command, by, now).await.map_err(|error| error.to_string())?;
    Ok(())
}

/// Everything by name, as JSON; none where nothing differs, nothing is proven, or it would be too large.
fn document(looked: &Looked) -> Result<Option<Vec<u8>>, String> {
    let has_names = match &looked.compared {
        Kept::Proven(shown) => shown.differences.is_some() || shown.in_flight > 0,
        Kept::Unproven { .. } => false,
    };
    if !has_names {
        return Ok(None);
    }
    let bytes = serde_json::to_vec(&looked.verdict).map_err(|error| error.to_string())?;
    Ok((bytes.len() <= DOCUMENT_MAX_BYTES).then_some(bytes))
}

/// How often it is looked whether a comparison is due.
const DUE_EVERY: Duration = Duration::from_secs(20);
/// Who compares when nobody asked.
const ITSELF: &str = "segue";

/// Compares and probes each pair of the configuration when its time has come, for as long as it runs.
pub async fn ask_when_due(app: AppState) {
    let mut tick = tokio::time::interval(DUE_EVERY);
    loop {
        tick.tick().await;
        ask_what_is_due(&app);
    }
}

/// Begins what is due now.
pub fn ask_what_is_due(app: &AppState) {
    let now = app.clock.now();
    for pair in app.domain.archives.pairs() {
        let (compared, probed) = app.domain.node.read(|state| {
            let known = state.archives().pair(&pair.id);
            let compared = known.and_then(|known| known.newest()).map(|newest| newest.stamp.time);
            // What other places tell is no reason to be silent here.
            (compared, known.and_then(|known| known.last_probed_from(&pair.place)))
        });
        // Work that came to nothing is not begun again at once either.
        let tried = app.archive_desk.last(&pair.id).map(|done| done.at);
        let is_due = |every: Option<u32>, last: Option<Time>| {
            let is_over = |minutes: u32, last: Time| now.seconds_since(last) >= i64::from(minutes) * 60;
            every.is_some_and(|minutes| {
                last.is_none_or(|last| is_over(minutes, last))
                    && tried.is_none_or(|tried| last.is_some_and(|last| last >= tried) || is_over(1, tried))
            })
        };
        let work = if is_due(pair.every_minutes, compared) {
            ArchiveWork::Compare
        } else if is_due(pair.probe_every_minutes, probed) {
            ArchiveWork::Probe
        } else {
            continue;
        };
        app.archive_desk.start(app, &pair, work, ITSELF);
    }
}
