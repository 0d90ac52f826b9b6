//! Uploads from the moment they are on the disk: read, looked at by a person, imported, or given up. What a file means
//! is the [`Importer`](crate::importer::Importer)'s business.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hospital::imports::ImportKind;
use model::Time;
use tokio::sync::Semaphore;

use super::{Spooled, Ticking};
use crate::AppState;
use crate::importer::{ImportError, Imported, Preview, Upload, UploadedFile, Watch};

/// Most uploads kept at a time.
pub const PENDING_UPLOADS_MAX: usize = 20;
/// An upload is removed this long after it came.
pub const PENDING_AGE_MAX_SECONDS: i64 = 4 * 60 * 60;
/// Most uploads read at the same time; the others wait.
const READINGS_AT_ONCE_MAX: usize = 2;

/// Where an upload stands.
#[derive(Clone, Debug)]
pub enum Stage {
    /// It is being read.
    Reading,
    /// A person may look at what would change, correct and decide.
    Ready(Arc<Preview>),
    /// It cannot be imported as it stands.
    Refused(Arc<ImportError>),
    /// It is being imported.
    Importing,
    /// It has been imported.
    Done(Arc<Imported>),
}

impl Stage {
    /// Is something going on that can be stopped?
    pub fn is_running(&self) -> bool {
        match self {
            Stage::Reading | Stage::Importing => true,
            Stage::Ready(_) | Stage::Refused(_) | Stage::Done(_) => false,
        }
    }
}

/// An upload as it is now.
#[derive(Clone, Debug)]
pub struct Look {
    /// What it is read as.
    pub kind: ImportKind,
    /// The list is said to be the whole register.
    pub complete: bool,
    /// Where it stands.
    pub stage: Stage,
    /// Counts the previews: a decision names the one it was made on.
    pub round: u64,
    /// The register changed between the preview and the import: look again.
    pub overtaken: bool,
    /// Records done, and how many there are (0: not known).
    pub progress: (u64, u64),
}

struct Inner {
    kind: ImportKind,
    mapping: String,
    columns: Vec<(usize, Option<String>)>,
    complete: bool,
    stage: Stage,
    round: u64,
    overtaken: bool,
    /// The journal's sequence that the preview was made on.
    seen_version: u64,
    watch: Watch,
}

/// One upload.
pub struct Pending {
    /// Its address; not to be guessed.
    pub token: String,
    /// Who uploaded it.
    pub owner: Box<str>,
    /// When.
    pub since: Time,
    spooled: Spooled,
    inner: Mutex<Inner>,
}

/// Every upload that this server keeps.
pub struct Uploads {
    kept: Mutex<HashMap<String, Arc<Pending>>>,
    readers: Arc<Semaphore>,
}

impl Default for Uploads {
    fn default() -> Self {
        Uploads { kept: Mutex::default(), readers: Arc::new(Semaphore::new(READINGS_AT_ONCE_MAX)) }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Uploads {
    /// Is there room for one more? Removes what is too old, and then the oldest that is done.
    pub fn has_room(&self, now: Time) -> bool {
        let mut kept = held(&self.kept);
        kept.retain(|_, pending| {
            now.seconds_since(pending.since) < PENDING_AGE_MAX_SECONDS || pending.look().stage.is_running()
        });
        while kept.len() >= PENDING_UPLOADS_MAX {
            let done =
                |pending: &&Arc<Pending>| matches!(pending.look().stage, Stage::Done(_) | Stage::Refused(_));
            let oldest = kept.values().filter(done).min_by_key(|pending| pending.since);
            let Some(token) = oldest.map(|pending| pending.token.clone()) else { return false };
            kept.remove(&token);
        }
        true
    }

    /// Keeps an upload and begins to read it. `None` when there is no room.
    pub fn keep(
        &self,
        app: &AppState,
        spooled: Spooled,
        kind: ImportKind,
        mapping: String,
        owner: &str,
    ) -> Option<Arc<Pending>> {
        let now = app.clock.now();
        if !self.has_room(now) {
            return None;
        }
        let token = hex::encode(rand::random::<[u8; 16]>());
        let inner = Inner {
            kind,
            mapping,
            columns: Vec::new(),
            complete: false,
            stage: Stage::Refused(Arc::new(ImportError::Stopped)),
            round: 0,
            overtaken: false,
            seen_version: 0,
            watch: Watch::default(),
        };
        let pending = Arc::new(Pending {
            token: token.clone(),
            owner: owner.into(),
            since: now,
            spooled,
            inner: Mutex::new(inner),
        });
        held(&self.kept).insert(token, Arc::clone(&pending));
        pending.read(app, |_| {});
        Some(pending)
    }

    /// The upload of this address.
    pub fn find(&self, token: &str) -> Option<Arc<Pending>> {
        held(&self.kept).get(token).cloned()
    }

    /// Gives an upload up: what runs is stopped, the files go with the last who looks at them.
    pub fn give_up(&self, token: &str) {
        if let Some(pending) = held(&self.kept).remove(token) {
            pending.stop();
        }
    }

    /// Every upload, the newest first.
    pub fn list(&self) -> Vec<Arc<Pending>> {
        let mut list: Vec<Arc<Pending>> = held(&self.kept).values().cloned().collect();
        list.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.token.cmp(&b.token)));
        list
    }
}

impl Pending {
    /// The files.
    pub fn files(&self) -> &[UploadedFile] {
        self.spooled.files()
    }

    /// The upload as it is now.
    pub fn look(&self) -> Look {
        let inner = held(&self.inner);
        Look {
            kind: inner.kind,
            complete: inner.complete,
            stage: inner.stage.clone(),
            round: inner.round,
            overtaken: inner.overtaken,
            progress: inner.watch.progress(),
        }
    }

    /// Stops what runs.
    pub fn stop(&self) {
        held(&self.inner).watch.stop();
    }

    /// Says that the list is, or is not, the whole register.
    pub fn set_complete(&self, complete: bool) {
        held(&self.inner).complete = complete;
    }

    fn upload(&self, inner: &Inner) -> Upload {
        Upload {
            kind: inner.kind,
            files: self.files().to_vec(),
            mapping: inner.mapping.clone(),
            columns: inner.columns.clone(),
            complete: inner.complete,
        }
    }

    /// Reads it anew as another kind, or with other answers about columns. Does nothing while something runs.
    pub fn read_again(
        self: &Arc<Pending>,
        app: &AppState,
        kind: Option<ImportKind>,
        columns: Vec<(usize, Option<String>)>,
    ) {
        self.read(app, |inner| {
            inner.kind = kind.unwrap_or(inner.kind);
            if !columns.is_empty() {
                inner.columns = columns;
            }
        });
    }

    fn read(self: &Arc<Pending>, app: &AppState, change: impl FnOnce(&mut Inner)) {
        let upload = {
            let mut inner = held(&self.inner);
            if inner.stage.is_running() || matches!(inner.stage, Stage::Done(_)) {
                return;
            }
            change(&mut inner);
            inner.stage = Stage::Reading;
            inner.watch = Watch::default();
            inner.overtaken = false;
            inner.round += 1;
            self.upload(&inner)
        };
        let (pending, app) = (Arc::clone(self), app.clone());
        tokio::spawn(async move {
            let _ticking = Ticking::start(&app.live);
            let stage = match pending.preview(&app, upload).await {
                Ok(preview) => Stage::Ready(Arc::new(preview)),
                Err(error) => Stage::Refused(Arc::new(error)),
            };
            held(&pending.inner).stage = stage;
        });
    }

    async fn preview(&self, app: &AppState, upload: Upload) -> Result<Preview, ImportError> {
        let permit = Arc::clone(&app.uploads.readers).acquire_owned().await;
        let watch = {
            let mut inner = held(&self.inner);
            inner.seen_version = app.domain.node.version();
            inner.watch.clone()
        };
        if watch.is_stopped() {
            return Err(ImportError::Stopped);
        }
        let preview = app.domain.importer.preview(upload, app.clock.now(), watch.clone()).await;
        drop(permit);
        if watch.is_stopped() { Err(ImportError::Stopped) } else { preview }
    }

    /// Imports it, if `round` is the preview that is shown and it may be imported. Whether it has begun.
    pub fn import(self: &Arc<Pending>, app: &AppState, round: u64, actor: &str) -> bool {
        let (upload, promised) = {
            let mut inner = held(&self.inner);
            let Stage::Ready(preview) = inner.stage.clone() else { return false };
            if inner.round != round || !preview.is_importable() {
                return false;
            }
            inner.stage = Stage::Importing;
            inner.watch = Watch::default();
            inner.overtaken = false;
            (self.upload(&inner), preview)
        };
        let (pending, app, actor) = (Arc::clone(self), app.clone(), actor.to_owned());
        tokio::spawn(async move {
            let _ticking = Ticking::start(&app.live);
            let stage = pending.carry_out(&app, upload, actor, &promised).await;
            held(&pending.inner).stage = stage;
        });
        true
    }

    /// Imports what was promised. When the hospital has changed since the preview and something else would come of it,
    /// the person looks again first.
    async fn carry_out(&self, app: &AppState, upload: Upload, actor: String, promised: &Preview) -> Stage {
        let seen = held(&self.inner).seen_version;
        if app.domain.node.version() != seen {
            match self.preview(app, upload.clone()).await {
                Ok(now) if now.promise() != promised.promise() => {
                    let mut inner = held(&self.inner);
                    inner.round += 1;
                    inner.overtaken = true;
                    return Stage::Ready(Arc::new(now));
                }
                Ok(_) => {}
                Err(error) => return Stage::Refused(Arc::new(error)),
            }
        }
        let (watch, now) = (held(&self.inner).watch.clone(), app.clock.now());
        match app.domain.importer.import(upload, actor, now, watch).await {
            Ok(imported) => Stage::Done(Arc::new(imported)),
            Err(error) => Stage::Refused(Arc::new(error)),
        }
    }
}
