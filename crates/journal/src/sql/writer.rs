//! The one task of a process that appends: it gathers what waits, commits it together, and answers only after the
//! commit. Each append in a group succeeds or conflicts on its own.

use super::dialect::{Dialect, SharedCause};
use super::view::{SqlView, entries, place};
use crate::chain::{Tip, is_same_batch};
use crate::entry::{BatchId, Entry, Head, NewEntry, Seq, StreamName};
use crate::error::{AppendError, StoreError};
use crate::follow::Pulse;
use crate::limits::{GROUP_APPENDS_MAX, GROUP_SIZE_SOFT_MAX_BYTES, SEQ_MAX};
use crate::merkle::Block;
use crate::view::StreamRow;
use sqlx::{ConnectOptions, Connection};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::Instant;

/// A connection that was not used for so long is asked whether it is alive before it is trusted with a group.
const IDLE_BEFORE_PING: Duration = Duration::from_secs(1);

/// How a connection of a database is made.
pub(super) type Options<D> = <<D as sqlx::Database>::Connection as Connection>::Options;

/// One append that waits for its commit.
pub(super) struct Request {
    pub(super) stream: StreamName,
    pub(super) batch: BatchId,
    pub(super) expected: Seq,
    pub(super) entries: Vec<NewEntry>,
    pub(super) answer: oneshot::Sender<Result<Head, AppendError>>,
}

/// Why a whole group failed.
enum Failure {
    NothingStored(SharedCause),
    OutcomeUnknown(SharedCause),
    Damaged(String),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Failure {
        StoreError::from(error).into()
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        match error {
            StoreError::Unavailable(cause) => Failure::NothingStored(cause.into()),
            other => Failure::Damaged(other.to_string()),
        }
    }
}

type Answers = Vec<oneshot::Sender<Result<Head, AppendError>>>;
type Outcomes = Vec<Result<Head, AppendError>>;

/// Serves requests until all senders are gone.
pub(super) async fn run<D: Dialect>(
    mut requests: mpsc::Receiver<Request>,
    options: Options<D>,
    turn: Arc<Mutex<()>>,
    pulse: Arc<Pulse>,
) {
    let mut connection: Option<D::Connection> = None;
    let mut last_used = Instant::now();
    while let Some(first) = requests.recv().await {
        let turn = if D::ONE_WRITER { Some(turn.lock().await) } else { None };
        let (answers, group) = gather(first, &mut requests);
        let result = match connect::<D>(&mut connection, &options, last_used).await {
            Ok(conn) => commit_group::<D>(conn, group).await,
            Err(error) => Err(Failure::NothingStored(Arc::new(error))),
        };
        drop(turn);
        last_used = Instant::now();
        match result {
            Ok(outcomes) => {
                pulse.beat();
                // A caller that went away does not need its answer.
                answers.into_iter().zip(outcomes).for_each(|(answer, outcome)| drop(answer.send(outcome)));
            }
            Err(failure) => {
                // The connection's transaction is in doubt: begin with a new one.
                connection = None;
                answer_failure(answers, failure);
            }
        }
    }
}

/// The connection, made anew when there is none, or when it has died while nobody used it.
async fn connect<'c, D: Dialect>(
    connection: &'c mut Option<D::Connection>,
    options: &Options<D>,
    last_used: Instant,
) -> Result<&'c mut D::Connection, sqlx::Error> {
    let alive = match connection.as_mut() {
        Some(_) if last_used.elapsed() < IDLE_BEFORE_PING => true,
        Some(conn) => conn.ping().await.is_ok(),
        None => false,
    };
    if !alive {
        *connection = Some(options.connect().await?);
    }
    connection.as_mut().ok_or(sqlx::Error::WorkerCrashed)
}

fn gather(first: Request, requests: &mut mpsc::Receiver<Request>) -> (Answers, Vec<GroupItem>) {
    let (mut answers, mut group, mut size_bytes) = (Vec::new(), Vec::new(), 0);
    let mut next = Some(first);
    while let Some(Request { stream, batch, expected, entries, answer }) = next {
        size_bytes += entries.iter().map(|entry| entry.payload.len()).sum::<usize>();
        answers.push(answer);
        group.push(GroupItem { stream, batch, expected, entries });
        let full = group.len() >= GROUP_APPENDS_MAX || size_bytes >= GROUP_SIZE_SOFT_MAX_BYTES;
        next = if full { None } else { requests.try_recv().ok() };
    }
    (answers, group)
}

fn answer_failure(answers: Answers, failure: Failure) {
    let error: Box<dyn Fn() -> AppendError> = match failure {
        Failure::NothingStored(cause) => {
            tracing::warn!(%cause, appends = answers.len(), "a group of appends was not stored");
            Box::new(move || AppendError::Unavailable(Box::new(cause.clone())))
        }
        Failure::OutcomeUnknown(cause) => {
            tracing::warn!(%cause, appends = answers.len(), "the outcome of a commit is unknown");
            Box::new(move || AppendError::OutcomeUnknown(Box::new(cause.clone())))
        }
        Failure::Damaged(what) => Box::new(move || AppendError::Damaged(what.clone())),
    };
    for answer in answers {
        // A caller that went away does not need its answer.
        let _ = answer.send(Err(error()));
    }
}

/// What is to be appended, without whom to answer.
struct GroupItem {
    stream: StreamName,
    batch: BatchId,
    expected: Seq,
    entries: Vec<NewEntry>,
}

/// A stream while a group is being applied to it.
struct Open {
    row: StreamRow,
    tip: Result<Tip, String>,
    changed: bool,
    /// Which batch follows a sequence, as far as it was looked up or placed in this group: many that lost the same
    /// race cost one look.
    first_batches: BTreeMap<Seq, Option<BatchId>>,
}

fn conflict(open: &Open) -> Result<Head, AppendError> {
    match &open.tip {
        Ok(tip) => Err(AppendError::Conflict { head: tip.head() }),
        Err(what) => Err(AppendError::Damaged(what.clone())),
    }
}

/// The batch of the entry after `expected`.
async fn first_batch<D: Dialect>(
    conn: &mut D::Connection,
    open: &mut Open,
    expected: Seq,
) -> Result<Option<BatchId>, Failure> {
    if let Some(known) = open.first_batches.get(&expected) {
        return Ok(*known);
    }
    let select = "SELECT batch FROM journal_entry WHERE place = $1";
    let rows = D::rows(conn, select, vec![place(open.row.id, expected.next().0).into()]).await?;
    let bytes = rows.first().map(|row| D::bytes(row, 0)).transpose()?;
    let found = bytes.and_then(|bytes| <[u8; 16]>::try_from(bytes).ok()).map(BatchId);
    open.first_batches.insert(expected, found);
    Ok(found)
}

async fn commit_group<D: Dialect>(
    conn: &mut D::Connection,
    group: Vec<GroupItem>,
) -> Result<Outcomes, Failure> {
    let mut tx = conn.begin_with(D::BEGIN_WRITE).await?;
    let mut names: Vec<StreamName> = group.iter().map(|item| item.stream.clone()).collect();
    names.sort_unstable();
    names.dedup();
    let mut streams = BTreeMap::new();
    for row in D::lock_streams(&mut tx, &names).await? {
        let tip = row.tip().map_err(|error| error.to_string());
        if let Some(name) = names.iter().find(|name| name.as_str() == row.name) {
            streams.insert(name.clone(), Open { row, tip, changed: false, first_batches: BTreeMap::new() });
        }
    }
    let (mut placed, mut nodes) = (Vec::new(), Vec::new());
    let mut outcomes = Vec::with_capacity(group.len());
    for item in group {
        let Some(open) = streams.get_mut(&item.stream) else {
            outcomes.push(Err(AppendError::Damaged(format!("the stream {} has no row", item.stream))));
            continue;
        };
        if let Some(outcome) = apply(open, &item) {
            outcomes.push(outcome);
        } else if open.tip.as_ref().is_ok_and(|tip| tip.seq() == item.expected) {
            outcomes.push(place_all(open, item, &mut placed, &mut nodes));
        } else if first_batch::<D>(&mut tx, open, item.expected).await? != Some(item.batch) {
            outcomes.push(conflict(open));
        } else {
            // What earlier appends of this group placed must be there to be found.
            D::insert_entries(&mut tx, std::mem::take(&mut placed)).await?;
            insert_nodes::<D>(&mut tx, std::mem::take(&mut nodes)).await?;
            outcomes.push(earlier_result::<D>(&mut tx, open, item).await?);
        }
    }
    D::insert_entries(&mut tx, placed).await?;
    insert_nodes::<D>(&mut tx, nodes).await?;
    let changed: Vec<StreamRow> = streams
        .into_iter()
        .filter(|(_, open)| open.changed)
        .filter_map(|(name, open)| Some(StreamRow::of(open.row.id, &name, open.tip.as_ref().ok()?)))
        .collect();
    if changed.is_empty() {
        tx.rollback().await?;
        return Ok(outcomes);
    }
    D::update_streams(&mut tx, changed).await?;
    tx.commit().await.map_err(|error| {
        let open = D::leaves_outcome_open(&error);
        let cause: SharedCause = Arc::new(error);
        if open { Failure::OutcomeUnknown(cause) } else { Failure::NothingStored(cause) }
    })?;
    Ok(outcomes)
}

/// What can be said at once: damage, a conflict, or nothing to do. `None` when entries must be placed or compared.
fn apply(open: &Open, item: &GroupItem) -> Option<Result<Head, AppendError>> {
    let tip = match &open.tip {
        Ok(tip) => tip,
        Err(what) => return Some(Err(AppendError::Damaged(what.clone()))),
    };
    let entries = item.entries.len() as u64;
    if item.expected > tip.seq() || (entries == 0 && item.expected != tip.seq()) {
        return Some(Err(AppendError::Conflict { head: tip.head() }));
    }
    if tip.seq().0.saturating_add(entries) > SEQ_MAX {
        return Some(Err(AppendError::Invalid(format!("the stream {} is full", item.stream))));
    }
    (entries == 0).then(|| Ok(tip.head()))
}

fn place_all(
    open: &mut Open,
    item: GroupItem,
    placed: &mut Vec<(i64, Entry)>,
    nodes: &mut Vec<(i64, Block)>,
) -> Result<Head, AppendError> {
    let stream = open.row.id;
    let tip = open.tip.as_mut().map_err(|what| AppendError::Damaged(what.clone()))?;
    for new in item.entries {
        open.first_batches.insert(tip.seq(), Some(item.batch));
        let (entry, block) = tip.place(&item.stream, item.batch, new);
        placed.push((place(stream, entry.seq.0), entry));
        nodes.extend(block.map(|block| (place(stream, block.index), block)));
    }
    open.changed = true;
    Ok(tip.head())
}

/// The earlier result when this very batch is stored after its `expected`; else the conflict.
async fn earlier_result<D: Dialect>(
    conn: &mut D::Connection,
    open: &Open,
    item: GroupItem,
) -> Result<Result<Head, AppendError>, Failure> {
    let tip = match &open.tip {
        Ok(tip) => tip,
        Err(what) => return Ok(Err(AppendError::Damaged(what.clone()))),
    };
    let mut stored = Vec::new();
    'reading: loop {
        let after = Seq(item.expected.0 + stored.len() as u64);
        let wanted = (item.entries.len() + 1).saturating_sub(stored.len());
        let rows = entries::<D>(conn, open.row.id, after, wanted).await?;
        if rows.is_empty() {
            break;
        }
        for raw in rows {
            match raw.entry {
                Ok(entry) if entry.batch == item.batch => stored.push(entry),
                _ => break 'reading,
            }
        }
    }
    let Some(last) = stored.last() else { return Ok(Err(AppendError::Conflict { head: tip.head() })) };
    if !is_same_batch(&item.stream, item.batch, &item.entries, &stored) {
        return Ok(Err(AppendError::BatchReused { first: item.expected.next() }));
    }
    let row = StreamRow::of(open.row.id, &item.stream, tip);
    let mut view = SqlView::<D, _>::new(conn);
    let root = crate::prove::root_at(&mut view, &row, last.seq).await?;
    Ok(Ok(Head { seq: last.seq, hash: last.hash, root }))
}

/// Stores Merkle nodes, each with its place.
pub(super) async fn insert_nodes<D: Dialect>(
    conn: &mut D::Connection,
    nodes: Vec<(i64, Block)>,
) -> Result<(), sqlx::Error> {
    let insert = "INSERT INTO journal_node (place, hash) VALUES ($1, $2)";
    for (place, block) in nodes {
        D::run(conn, insert, vec![place.into(), block.hash.0.to_vec().into()]).await?;
    }
    Ok(())
}
