//! Walks a whole stream and all blobs and names the first place where what is stored is not what was written, or where
//! an entry refers to a blob that is not there. It trusts nothing it reads; it repairs nothing. What an entry refers to
//! is told by whoever knows what entries mean.

use crate::chain::Tip;
use crate::entry::{Head, Seq, StreamName};
use crate::error::{Flaw, StoreError};
use crate::hash::Hash;
use crate::journal::{Broken, Counted, Progress, ProgressFn, RefersFn, VerifyReport};
use crate::view::{BlobRow, RawEntry, StreamRow, View};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

const ROWS_PER_STEP: usize = 8192;

pub(crate) async fn verify(
    view: &mut dyn View,
    stream: &StreamName,
    remembered: Option<&Head>,
    refers: RefersFn<'_>,
    progress: ProgressFn<'_>,
) -> Result<VerifyReport, StoreError> {
    let mut walk = Walk {
        stream,
        remembered,
        refers,
        referred: HashMap::new(),
        tip: Tip::empty(stream),
        at_head: None,
        stored_blocks: Vec::new(),
    };
    let mut blobs = 0;
    let found = match walk.run(view, progress).await {
        Ok(()) => check_blobs(view, &walk.referred, &mut blobs, progress).await,
        broken => broken,
    };
    let broken = match found {
        Ok(()) => None,
        Err(Stop::Broken(broken)) => Some(broken),
        Err(Stop::Store(StoreError::Damaged(what))) => {
            Some(Broken { seq: None, flaw: Flaw::Unreadable(what) })
        }
        Err(Stop::Store(other)) => return Err(other),
    };
    let referred = walk.referred.len() as u64;
    Ok(VerifyReport { entries: walk.tip.seq().0, blobs, referred, head: walk.tip.head(), broken })
}

/// Why a walk ended early.
enum Stop {
    Broken(Broken),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::Store(error)
    }
}

fn broken<T>(seq: impl Into<Option<Seq>>, flaw: Flaw) -> Result<T, Stop> {
    Err(Stop::Broken(Broken { seq: seq.into(), flaw }))
}

struct Walk<'a> {
    stream: &'a StreamName,
    remembered: Option<&'a Head>,
    refers: RefersFn<'a>,
    /// The blobs that the entries so far refer to, each with the first entry that does.
    referred: HashMap<Hash, Seq>,
    /// What the entries so far give.
    tip: Tip,
    /// The hash of the entry at the stored head's sequence.
    at_head: Option<Hash>,
    stored_blocks: Vec<(u64, Vec<u8>)>,
}

impl Walk<'_> {
    async fn run(&mut self, view: &mut dyn View, progress: ProgressFn<'_>) -> Result<(), Stop> {
        let Some(row) = crate::view::find_stream(view, self.stream).await? else {
            if view.has_entries().await? {
                return broken(None, Flaw::StreamMissing);
            }
            return match self.remembered {
                Some(head) if head.seq > Seq::START => broken(Seq(1), Flaw::NotTheRemembered),
                _ => Ok(()),
            };
        };
        self.stored_blocks = view.blocks(row.id).await?;
        self.check_remembered()?;
        loop {
            let rows = view.entries(row.id, self.tip.seq(), ROWS_PER_STEP).await?;
            if rows.is_empty() {
                break;
            }
            for raw in rows {
                self.check_entry(raw, row.seq)?;
            }
            let total = u64::try_from(row.seq).ok();
            progress(Progress { what: Counted::Entries, done: self.tip.seq().0, total });
        }
        self.check_end(&row)
    }

    fn check_entry(&mut self, raw: RawEntry, head_seq: i64) -> Result<(), Stop> {
        let seq = self.tip.seq().next();
        if raw.seq != seq {
            return broken(seq, Flaw::EntryMissing);
        }
        let entry = match raw.entry {
            Ok(entry) => entry,
            Err(why) => return broken(seq, Flaw::EntryUnreadable(why)),
        };
        if entry.prev_hash != self.tip.hash {
            return broken(seq, Flaw::ChainBroken { named: entry.prev_hash, before: self.tip.hash });
        }
        let computed = entry.computed_hash(self.stream);
        if computed != entry.hash {
            return broken(seq, Flaw::EntryAltered { computed, stored: entry.hash });
        }
        let referred = match (self.refers)(&entry) {
            Ok(referred) => referred,
            Err(why) => return broken(seq, Flaw::ReferencesUnknown(why)),
        };
        for hash in referred {
            self.referred.entry(hash).or_insert(seq);
        }
        if let Some(block) = self.tip.accept(&entry) {
            let stored = self.stored_blocks.get(block.index as usize);
            if stored.is_none_or(|(index, hash)| *index != block.index || hash[..] != block.hash.0[..]) {
                return broken(seq, Flaw::NodeAltered);
            }
        }
        if i64::try_from(seq.0) == Ok(head_seq) {
            self.at_head = Some(entry.hash);
        }
        self.check_remembered()
    }

    /// At the remembered sequence, the stream must be what was remembered.
    fn check_remembered(&self) -> Result<(), Stop> {
        match self.remembered {
            Some(head) if head.seq == self.tip.seq() && *head != self.tip.head() => {
                broken(head.seq, Flaw::NotTheRemembered)
            }
            _ => Ok(()),
        }
    }

    fn check_end(&self, row: &StreamRow) -> Result<(), Stop> {
        let found = self.tip.head();
        let altered = |what: &str| broken(found.seq, Flaw::HeadAltered(what.to_owned()));
        if i64::try_from(found.seq.0) != Ok(row.seq) {
            if row.hash[..] == found.hash.0[..] {
                return altered("sequence");
            }
            return match u64::try_from(row.seq) {
                Ok(head) if head > found.seq.0 => broken(found.seq.next(), Flaw::EntryMissing),
                Ok(head) if self.at_head.is_some_and(|hash| hash.0[..] == row.hash[..]) => {
                    broken(Seq(head).next(), Flaw::EntryBeyondHead { head: Seq(head) })
                }
                _ => altered("sequence"),
            };
        }
        if row.hash[..] != found.hash.0[..] {
            return altered("hash");
        }
        if row.root[..] != found.root.0[..] {
            return altered("Merkle tree head");
        }
        if row.frontier != self.tip.frontier.to_bytes() {
            return altered("Merkle edge");
        }
        if self.stored_blocks.len() as u64 != found.seq.0 / crate::merkle::BLOCK_LEAVES {
            return broken(found.seq, Flaw::NodeAltered);
        }
        match self.remembered {
            Some(head) if head.seq > found.seq => broken(found.seq.next(), Flaw::NotTheRemembered),
            _ => Ok(()),
        }
    }
}

/// Checks every blob that is there, then that every blob that entries refer to was among them.
async fn check_blobs(
    view: &mut dyn View,
    referred: &HashMap<Hash, Seq>,
    done: &mut u64,
    progress: ProgressFn<'_>,
) -> Result<(), Stop> {
    let total = Some(view.blob_count().await?);
    let mut missing = referred.clone();
    let mut after = i64::MIN;
    loop {
        let rows = view.blobs(after, ROWS_PER_STEP).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in rows {
            let hash = Hash::from_slice(&row.hash);
            if !is_whole(view, &row).await? {
                let seq = hash.and_then(|hash| referred.get(&hash).copied());
                return broken(seq, Flaw::BlobAltered(hex::encode(&row.hash)));
            }
            hash.and_then(|hash| missing.remove(&hash));
            *done += 1;
            progress(Progress { what: Counted::Blobs, done: *done, total });
        }
    }
    match missing.into_iter().min_by_key(|(hash, seq)| (*seq, *hash)) {
        Some((hash, seq)) => broken(seq, Flaw::BlobMissing(hash)),
        None => Ok(()),
    }
}

async fn is_whole(view: &mut dyn View, row: &BlobRow) -> Result<bool, StoreError> {
    let mut hasher = Sha256::new();
    let mut size_bytes = 0;
    for index in 0.. {
        let Some(part) = view.part(row.id, index).await? else { break };
        hasher.update(&part);
        size_bytes += part.len();
    }
    Ok(i64::try_from(size_bytes) == Ok(row.size_bytes) && hasher.finalize()[..] == row.hash[..])
}
