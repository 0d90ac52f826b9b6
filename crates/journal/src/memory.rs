//! A journal in memory, for tests and for trying things out. It forgets everything when it is dropped.

use crate::chain::{Tip, is_same_batch};
use crate::entry::{BatchId, Entry, Head, NewEntry, Seq, StreamName, check_name};
use crate::error::{AppendError, BackupError, ProveError, StoreError};
use crate::follow::Pulse;
use crate::hash::Hash;
use crate::journal::{BackupReport, Journal, Pending, ProgressFn, RefersFn, Snapshot, VerifyReport};
use crate::limits::{
    BLOB_SIZE_MAX_BYTES, PART_SIZE_BYTES, READ_SIZE_MAX_BYTES, SNAPSHOT_SIZE_MAX_BYTES, SNAPSHOTS_KEPT_MAX,
};
use crate::merkle::Block;
use crate::proof::{ConsistencyProof, InclusionProof};
use crate::view::{BlobRow, RawEntry, Sink, StreamRow, View};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A journal in memory.
pub(crate) struct MemoryJournal {
    state: Arc<Mutex<State>>,
    pulse: Arc<Pulse>,
}

#[derive(Clone, Default)]
struct State {
    streams: BTreeMap<StreamName, Stream>,
    blobs: BTreeMap<Hash, Arc<Vec<u8>>>,
    snapshots: BTreeMap<(StreamName, String), Vec<Snapshot>>,
}

#[derive(Clone)]
struct Stream {
    tip: Tip,
    entries: Vec<Arc<Entry>>,
    blocks: Vec<Hash>,
}

impl Stream {
    fn empty(name: &StreamName) -> Stream {
        Stream { tip: Tip::empty(name), entries: Vec::new(), blocks: Vec::new() }
    }

    fn after(&self, seq: Seq) -> &[Arc<Entry>] {
        self.entries.get(seq.0 as usize..).unwrap_or_default()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // Every change below is whole before anything can panic, so a poisoned lock still guards a sound state.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryJournal {
    pub(crate) fn new() -> MemoryJournal {
        MemoryJournal { state: Arc::default(), pulse: Arc::new(Pulse::new()) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn view(&self) -> MemoryView {
        MemoryView(self.state().clone())
    }

    fn head_now(&self, stream: &StreamName) -> Head {
        self.state().streams.get(stream).map_or_else(|| Head::empty(stream), |found| found.tip.head())
    }

    /// The earlier result when this very batch is stored after `expected`.
    async fn earlier_result(
        &self,
        name: &StreamName,
        batch: BatchId,
        expected: Seq,
        new: &[NewEntry],
    ) -> Result<Head, AppendError> {
        let mut view = self.view();
        let stream = view.0.streams.get(name).cloned().unwrap_or_else(|| Stream::empty(name));
        let stored: Vec<Entry> = stream
            .after(expected)
            .iter()
            .take_while(|entry| entry.batch == batch)
            .map(|e| (**e).clone())
            .collect();
        let Some(last) = stored.last() else {
            return Err(AppendError::Conflict { head: stream.tip.head() });
        };
        if !is_same_batch(name, batch, new, &stored) {
            return Err(AppendError::BatchReused { first: expected.next() });
        }
        let row = StreamRow::of(0, name, &stream.tip);
        view.0.streams.retain(|other, _| other == name);
        let root = crate::prove::root_at(&mut view, &row, last.seq).await;
        let root = root.map_err(|error| AppendError::Damaged(error.to_string()))?;
        Ok(Head { seq: last.seq, hash: last.hash, root })
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn submit(
        &self,
        name: &StreamName,
        batch: BatchId,
        expected: Seq,
        entries: Vec<NewEntry>,
    ) -> Result<Pending, AppendError> {
        crate::chain::check_batch(&entries)?;
        {
            let mut state = self.state();
            let stream = state.streams.entry(name.clone()).or_insert_with(|| Stream::empty(name));
            if stream.tip.seq() == expected {
                for new in entries {
                    let (entry, block) = stream.tip.place(name, batch, new);
                    stream.blocks.extend(block.map(|block| block.hash));
                    stream.entries.push(Arc::new(entry));
                }
                let head = stream.tip.head();
                drop(state);
                self.pulse.beat();
                return Ok(Pending::done(Ok(head)));
            }
        }
        Ok(Pending::done(self.earlier_result(name, batch, expected, &entries).await))
    }

    async fn read(
        &self,
        name: &StreamName,
        after: Seq,
        entries_max: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let state = self.state();
        let Some(stream) = state.streams.get(name) else { return Ok(Vec::new()) };
        let mut size_bytes = 0;
        let fits = |entry: &&Arc<Entry>| {
            let first = size_bytes == 0;
            size_bytes += entry.payload.len().max(1);
            first || size_bytes <= READ_SIZE_MAX_BYTES
        };
        let entries = stream.after(after).iter().take(entries_max).take_while(fits);
        Ok(entries.map(|entry| (**entry).clone()).collect())
    }

    async fn head(&self, stream: &StreamName) -> Result<Head, StoreError> {
        Ok(self.head_now(stream))
    }

    async fn streams(&self) -> Result<Vec<StreamName>, StoreError> {
        let state = self.state();
        let with_entries = state.streams.iter().filter(|(_, stream)| !stream.entries.is_empty());
        Ok(with_entries.map(|(name, _)| name.clone()).collect())
    }

    async fn wait_beyond(
        &self,
        stream: &StreamName,
        seq: Seq,
        patience: Duration,
    ) -> Result<Seq, StoreError> {
        let newest = || async { Ok(self.head_now(stream).seq) };
        self.pulse.wait_beyond(seq, patience, Duration::from_secs(60), newest).await
    }

    async fn put_blob(&self, bytes: &[u8]) -> Result<Hash, StoreError> {
        crate::chain::check_size("blob", bytes.len(), BLOB_SIZE_MAX_BYTES)?;
        let hash = Hash::of(bytes);
        self.state().blobs.entry(hash).or_insert_with(|| Arc::new(bytes.to_vec()));
        Ok(hash)
    }

    async fn put_blobs(&self, blobs: &[Vec<u8>]) -> Result<Vec<Hash>, StoreError> {
        let mut hashes = Vec::with_capacity(blobs.len());
        for bytes in blobs {
            hashes.push(self.put_blob(bytes).await?);
        }
        Ok(hashes)
    }

    async fn get_blob(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.state().blobs.get(hash).map(|bytes| bytes.to_vec()))
    }

    async fn save_snapshot(&self, stream: &StreamName, snapshot: Snapshot) -> Result<(), StoreError> {
        check_name(&snapshot.format).map_err(|error| StoreError::Invalid(error.to_string()))?;
        crate::chain::check_size("snapshot", snapshot.bytes.len(), SNAPSHOT_SIZE_MAX_BYTES)?;
        let mut state = self.state();
        let hash_there = match snapshot.at.0.checked_sub(1) {
            None => Some(stream.genesis()),
            Some(index) => {
                state.streams.get(stream).and_then(|found| found.entries.get(index as usize)).map(|e| e.hash)
            }
        };
        if hash_there != Some(snapshot.entry_hash) {
            return Err(StoreError::SnapshotOfAnotherPast { at: snapshot.at });
        }
        let kept = state.snapshots.entry((stream.clone(), snapshot.format.clone())).or_default();
        kept.retain(|other| other.at != snapshot.at);
        kept.push(snapshot);
        kept.sort_by_key(|other| std::cmp::Reverse(other.at));
        kept.truncate(SNAPSHOTS_KEPT_MAX);
        Ok(())
    }

    async fn load_snapshot(&self, stream: &StreamName, format: &str) -> Result<Option<Snapshot>, StoreError> {
        let key = (stream.clone(), format.to_owned());
        Ok(self.state().snapshots.get(&key).and_then(|kept| kept.first()).cloned())
    }

    async fn backup(&self, to: &Path, progress: ProgressFn<'_>) -> Result<BackupReport, BackupError> {
        crate::backup::backup(&mut self.view(), to, progress).await
    }

    async fn restore(&self, from: &Path, progress: ProgressFn<'_>) -> Result<BackupReport, BackupError> {
        crate::view::check_empty(&mut self.view()).await?;
        let sink =
            MemorySink { filled: State::default(), open: None, blob: None, target: self.state.clone() };
        let report = crate::backup::restore(Box::new(sink), from, progress).await?;
        self.pulse.beat();
        Ok(report)
    }

    async fn verify(
        &self,
        stream: &StreamName,
        remembered: Option<&Head>,
        refers: RefersFn<'_>,
        progress: ProgressFn<'_>,
    ) -> Result<VerifyReport, StoreError> {
        crate::verify::verify(&mut self.view(), stream, remembered, refers, progress).await
    }

    async fn prove_inclusion(
        &self,
        stream: &StreamName,
        seq: Seq,
        size: Option<Seq>,
    ) -> Result<InclusionProof, ProveError> {
        crate::prove::inclusion(&mut self.view(), stream, seq, size).await
    }

    async fn prove_consistency(
        &self,
        stream: &StreamName,
        first: Seq,
        second: Option<Seq>,
    ) -> Result<ConsistencyProof, ProveError> {
        crate::prove::consistency(&mut self.view(), stream, first, second).await
    }
}

/// The state as of one moment. Streams and blobs are numbered by their place in the order of their names.
struct MemoryView(State);

impl MemoryView {
    fn stream(&self, id: i64) -> Option<&Stream> {
        self.0.streams.values().nth(usize::try_from(id).ok()?)
    }
}

#[async_trait]
impl View for MemoryView {
    async fn streams(&mut self) -> Result<Vec<StreamRow>, StoreError> {
        Ok((0..)
            .zip(&self.0.streams)
            .map(|(id, (name, stream))| StreamRow::of(id, name, &stream.tip))
            .collect())
    }

    async fn has_entries(&mut self) -> Result<bool, StoreError> {
        Ok(self.0.streams.values().any(|stream| !stream.entries.is_empty()))
    }

    async fn entries(
        &mut self,
        stream: i64,
        after: Seq,
        rows_max: usize,
    ) -> Result<Vec<RawEntry>, StoreError> {
        let rows = self.stream(stream).map_or(&[][..], |stream| stream.after(after)).iter().take(rows_max);
        Ok(rows.map(|entry| RawEntry { seq: entry.seq, entry: Ok((**entry).clone()) }).collect())
    }

    async fn entry_hashes(&mut self, stream: i64, first: Seq, last: Seq) -> Result<Vec<Vec<u8>>, StoreError> {
        let Some(stream) = self.stream(stream) else { return Ok(Vec::new()) };
        let rows = stream.after(Seq(first.0.saturating_sub(1))).iter().take_while(|entry| entry.seq <= last);
        Ok(rows.map(|entry| entry.hash.0.to_vec()).collect())
    }

    async fn blocks(&mut self, stream: i64) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let blocks = self.stream(stream).map_or(&[][..], |stream| &stream.blocks);
        Ok((0..).zip(blocks).map(|(index, hash)| (index, hash.0.to_vec())).collect())
    }

    async fn blob_count(&mut self) -> Result<u64, StoreError> {
        Ok(self.0.blobs.len() as u64)
    }

    async fn blobs(&mut self, after: i64, rows_max: usize) -> Result<Vec<BlobRow>, StoreError> {
        let all = (0..).zip(&self.0.blobs).filter(|(id, _)| *id > after).take(rows_max);
        Ok(all
            .map(|(id, (hash, bytes))| BlobRow { id, hash: hash.0.to_vec(), size_bytes: bytes.len() as i64 })
            .collect())
    }

    async fn part(&mut self, blob: i64, index: usize) -> Result<Option<Vec<u8>>, StoreError> {
        let bytes = usize::try_from(blob).ok().and_then(|blob| self.0.blobs.values().nth(blob));
        Ok(bytes.and_then(|bytes| bytes.chunks(PART_SIZE_BYTES).nth(index)).map(<[u8]>::to_vec))
    }
}

/// Fills a new state aside and swaps it in at the end.
struct MemorySink {
    filled: State,
    open: Option<StreamName>,
    blob: Option<(Hash, Vec<u8>)>,
    target: Arc<Mutex<State>>,
}

impl MemorySink {
    fn end_blob(&mut self) {
        if let Some((hash, bytes)) = self.blob.take() {
            self.filled.blobs.insert(hash, Arc::new(bytes));
        }
    }
}

#[async_trait]
impl Sink for MemorySink {
    async fn begin_stream(&mut self, name: &StreamName) -> Result<(), StoreError> {
        self.filled.streams.insert(name.clone(), Stream::empty(name));
        self.open = Some(name.clone());
        Ok(())
    }

    async fn entries(&mut self, entries: Vec<Entry>, blocks: Vec<Block>) -> Result<(), StoreError> {
        if let Some(stream) = self.open.as_ref().and_then(|name| self.filled.streams.get_mut(name)) {
            stream.entries.extend(entries.into_iter().map(Arc::new));
            stream.blocks.extend(blocks.iter().map(|block| block.hash));
        }
        Ok(())
    }

    async fn end_stream(&mut self, name: &StreamName, tip: &Tip) -> Result<(), StoreError> {
        if let Some(stream) = self.filled.streams.get_mut(name) {
            stream.tip = tip.clone();
        }
        Ok(())
    }

    async fn begin_blob(&mut self, hash: Hash, _size_bytes: u64) -> Result<(), StoreError> {
        self.end_blob();
        self.blob = Some((hash, Vec::new()));
        Ok(())
    }

    async fn part(&mut self, bytes: Vec<u8>) -> Result<(), StoreError> {
        if let Some((_, blob)) = &mut self.blob {
            blob.extend(bytes);
        }
        Ok(())
    }

    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        self.end_blob();
        *lock(&self.target) = self.filled;
        Ok(())
    }
}
