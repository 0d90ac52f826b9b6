//! Blobs and snapshots: bytes cut into parts, so that neither a row nor a transaction grows without bound.
//!
//! Small blobs share transactions. A large object is first written as `unfinished`, some parts at a time, and gets
//! its use in the last transaction; what a crash left unfinished is removed when the same thing is written again.

use super::SqlJournal;
use super::dialect::Dialect;
use super::view::{part, part_place, place};
use crate::entry::{Seq, StreamName};
use crate::error::StoreError;
use crate::hash::Hash;
use crate::journal::Snapshot;
use crate::limits::{
    BLOB_SIZE_MAX_BYTES, PART_SIZE_BYTES, PARTS_PER_TRANSACTION_MAX, SNAPSHOT_SIZE_MAX_BYTES,
    SNAPSHOTS_KEPT_MAX,
};

const SMALL_MAX_BYTES: usize = PART_SIZE_BYTES * PARTS_PER_TRANSACTION_MAX;
const INSERT_PART: &str = "INSERT INTO journal_part (place, bytes) VALUES ($1, $2)";
const FIND_BLOB: &str = "SELECT id, size_bytes FROM journal_object WHERE hash = $1 AND usage = 'blob'";

/// Stores many blobs, small ones in shared transactions.
pub(super) async fn put_blobs<D: Dialect>(
    journal: &SqlJournal<D>,
    blobs: &[&[u8]],
) -> Result<Vec<Hash>, StoreError> {
    for bytes in blobs {
        crate::chain::check_size("blob", bytes.len(), BLOB_SIZE_MAX_BYTES)?;
    }
    let mut hashes = Vec::with_capacity(blobs.len());
    let (mut small, mut size_bytes) = (Vec::new(), 0);
    for bytes in blobs {
        let hash = Hash::of(bytes);
        hashes.push(hash);
        if bytes.len() > SMALL_MAX_BYTES {
            put_large_blob(journal, hash, bytes).await?;
            continue;
        }
        if size_bytes + bytes.len() > SMALL_MAX_BYTES {
            put_small_blobs(journal, std::mem::take(&mut small)).await?;
            size_bytes = 0;
        }
        size_bytes += bytes.len();
        small.push((hash, *bytes));
    }
    put_small_blobs(journal, small).await?;
    Ok(hashes)
}

async fn put_small_blobs<D: Dialect>(
    journal: &SqlJournal<D>,
    mut blobs: Vec<(Hash, &[u8])>,
) -> Result<(), StoreError> {
    // Everyone writes in the order of digests, so that no two wait for each other.
    blobs.sort_unstable_by_key(|(hash, _)| *hash);
    blobs.dedup_by_key(|(hash, _)| *hash);
    if blobs.is_empty() {
        return Ok(());
    }
    let _turn = journal.turn().await;
    let mut tx = journal.pool.begin_with(D::BEGIN_WRITE).await?;
    let insert = "INSERT INTO journal_object (usage, label, hash, size_bytes) VALUES ('blob', '', $1, $2) \
                  ON CONFLICT (hash) WHERE usage = 'blob' DO NOTHING RETURNING id";
    for (hash, bytes) in blobs {
        let values = vec![hash.0.to_vec().into(), (bytes.len() as i64).into()];
        if let Some(row) = D::rows(&mut tx, insert, values).await?.first() {
            let id = D::int(row, 0)?;
            insert_parts::<D>(&mut tx, id, 0, bytes).await?;
        }
    }
    Ok(tx.commit().await?)
}

async fn insert_parts<D: Dialect>(
    conn: &mut D::Connection,
    object: i64,
    first: usize,
    bytes: &[u8],
) -> Result<(), sqlx::Error> {
    for (index, part) in bytes.chunks(PART_SIZE_BYTES).enumerate() {
        let values = vec![part_place(object, first + index).into(), part.to_vec().into()];
        D::run(conn, INSERT_PART, values).await?;
    }
    Ok(())
}

async fn put_large_blob<D: Dialect>(
    journal: &SqlJournal<D>,
    hash: Hash,
    bytes: &[u8],
) -> Result<(), StoreError> {
    let finish = "UPDATE journal_object SET usage = 'blob' WHERE id = $1 AND usage = 'unfinished' \
                  AND NOT EXISTS (SELECT 1 FROM journal_object WHERE hash = $2 AND usage = 'blob')";
    loop {
        let mut conn = journal.pool.acquire().await?;
        if !D::rows(&mut conn, FIND_BLOB, vec![hash.0.to_vec().into()]).await?.is_empty() {
            return Ok(());
        }
        drop(conn);
        // Another process may write the same blob at the same time and remove what this one began; then look again.
        let id = write_unfinished(journal, &format!("blob/{hash}"), hash, bytes).await?;
        let _turn = journal.turn().await;
        let mut tx = journal.pool.begin_with(D::BEGIN_WRITE).await?;
        let finished = D::run(&mut tx, finish, vec![id.into(), hash.0.to_vec().into()]).await;
        match finished {
            Ok(0) => remove_object::<D>(&mut tx, id).await?,
            Ok(_) => {}
            // Two finished at the same moment; the other one's is there now.
            Err(error) if error.as_database_error().is_some_and(|error| error.is_unique_violation()) => {
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        tx.commit().await?;
    }
}

/// Writes an object that does not count yet, some parts at a time; returns its id.
async fn write_unfinished<D: Dialect>(
    journal: &SqlJournal<D>,
    label: &str,
    hash: Hash,
    bytes: &[u8],
) -> Result<i64, StoreError> {
    let left_over = "SELECT id FROM journal_object WHERE label = $1 AND usage = 'unfinished'";
    let insert = "INSERT INTO journal_object (usage, label, hash, size_bytes) \
                  VALUES ('unfinished', $1, $2, $3) RETURNING id";
    let mut id = None;
    // An object without bytes is written, too.
    let pieces = bytes.chunks(SMALL_MAX_BYTES).chain(bytes.is_empty().then_some(bytes));
    for (index, some) in pieces.enumerate() {
        let _turn = journal.turn().await;
        let mut tx = journal.pool.begin_with(D::BEGIN_WRITE).await?;
        let object = match id {
            Some(object) => object,
            None => {
                for row in D::rows(&mut tx, left_over, vec![label.into()]).await? {
                    remove_object::<D>(&mut tx, D::int(&row, 0)?).await?;
                }
                let values = vec![label.into(), hash.0.to_vec().into(), (bytes.len() as i64).into()];
                let rows = D::rows(&mut tx, insert, values).await?;
                rows.first().map(|row| D::int(row, 0)).transpose()?.ok_or(sqlx::Error::RowNotFound)?
            }
        };
        id = Some(object);
        insert_parts::<D>(&mut tx, object, index * PARTS_PER_TRANSACTION_MAX, some).await?;
        tx.commit().await?;
    }
    Ok(id.ok_or(sqlx::Error::RowNotFound)?)
}

async fn remove_object<D: Dialect>(conn: &mut D::Connection, id: i64) -> Result<(), sqlx::Error> {
    let parts = "DELETE FROM journal_part WHERE place BETWEEN $1 AND $2";
    D::run(conn, parts, vec![part_place(id, 0).into(), (part_place(id + 1, 0) - 1).into()]).await?;
    D::run(conn, "DELETE FROM journal_object WHERE id = $1", vec![id.into()]).await?;
    Ok(())
}

/// The bytes of an object; shorter than they should be when parts are missing.
async fn read_object<D: Dialect>(conn: &mut D::Connection, id: i64) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    for index in 0.. {
        match part::<D>(conn, id, index).await? {
            Some(part) => bytes.extend(part),
            None => break,
        }
    }
    Ok(bytes)
}

/// The blob with this digest, checked.
pub(super) async fn get_blob<D: Dialect>(
    journal: &SqlJournal<D>,
    hash: &Hash,
) -> Result<Option<Vec<u8>>, StoreError> {
    let mut conn = journal.pool.acquire().await?;
    let rows = D::rows(&mut conn, FIND_BLOB, vec![hash.0.to_vec().into()]).await?;
    let Some(id) = rows.first().map(|row| D::int(row, 0)).transpose()? else { return Ok(None) };
    let bytes = read_object::<D>(&mut conn, id).await?;
    if Hash::of(&bytes) != *hash {
        return Err(StoreError::Damaged(format!("the blob {hash} was altered")));
    }
    Ok(Some(bytes))
}

/// The hash of an entry as stored, or the stream's genesis for sequence 0.
async fn hash_at<D: Dialect>(
    conn: &mut D::Connection,
    stream: &StreamName,
    seq: Seq,
) -> Result<Option<Hash>, StoreError> {
    if seq == Seq::START {
        return Ok(Some(stream.genesis()));
    }
    let Some(row) = super::view::stream::<D>(conn, stream.as_str()).await? else { return Ok(None) };
    let select = "SELECT hash FROM journal_entry WHERE place = $1";
    let rows = D::rows(conn, select, vec![place(row.id, seq.0).into()]).await?;
    let bytes = rows.first().map(|row| D::bytes(row, 0)).transpose()?;
    Ok(bytes.and_then(|bytes| Hash::from_slice(&bytes)))
}

/// Keeps a snapshot and lets go of all but the newest.
pub(super) async fn save_snapshot<D: Dialect>(
    journal: &SqlJournal<D>,
    stream: &StreamName,
    snapshot: Snapshot,
) -> Result<(), StoreError> {
    let Snapshot { at, entry_hash, format, bytes } = snapshot;
    crate::entry::check_name(&format).map_err(|error| StoreError::Invalid(error.to_string()))?;
    crate::chain::check_size("snapshot", bytes.len(), SNAPSHOT_SIZE_MAX_BYTES)?;
    let mut conn = journal.pool.acquire().await?;
    if hash_at::<D>(&mut conn, stream, at).await? != Some(entry_hash) {
        return Err(StoreError::SnapshotOfAnotherPast { at });
    }
    drop(conn);
    let label = format!("snapshot/{stream}/{format}");
    let object = write_unfinished(journal, &label, Hash::of(&bytes), &bytes).await?;
    let _turn = journal.turn().await;
    let mut tx = journal.pool.begin_with(D::BEGIN_WRITE).await?;
    let finish = "UPDATE journal_object SET usage = 'snapshot' WHERE id = $1 AND usage = 'unfinished'";
    if D::run(&mut tx, finish, vec![object.into()]).await? == 0 {
        // Another process is writing a snapshot of the same stream; one of the two is enough.
        return Ok(());
    }
    let kept = "SELECT object, seq FROM journal_snapshot WHERE stream = $1 AND format = $2 ORDER BY seq DESC";
    let seq = at.0.cast_signed();
    let mut others = 0;
    for row in D::rows(&mut tx, kept, vec![stream.as_str().into(), format.as_str().into()]).await? {
        let (other, other_seq) = (D::int(&row, 0)?, D::int(&row, 1)?);
        others += usize::from(other_seq != seq);
        if other_seq == seq || others >= SNAPSHOTS_KEPT_MAX {
            let delete = "DELETE FROM journal_snapshot WHERE stream = $1 AND format = $2 AND seq = $3";
            let values = vec![stream.as_str().into(), format.as_str().into(), other_seq.into()];
            D::run(&mut tx, delete, values).await?;
            remove_object::<D>(&mut tx, other).await?;
        }
    }
    let insert = "INSERT INTO journal_snapshot (stream, format, seq, entry_hash, object) \
                  VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    let values = vec![
        stream.as_str().into(),
        format.as_str().into(),
        seq.into(),
        entry_hash.0.to_vec().into(),
        object.into(),
    ];
    D::run(&mut tx, insert, values).await?;
    Ok(tx.commit().await?)
}

/// The newest snapshot that is intact and was taken in this stream's own past.
pub(super) async fn load_snapshot<D: Dialect>(
    journal: &SqlJournal<D>,
    stream: &StreamName,
    format: &str,
) -> Result<Option<Snapshot>, StoreError> {
    let select = "SELECT s.seq, s.entry_hash, o.id, o.hash FROM journal_snapshot s \
                  JOIN journal_object o ON o.id = s.object WHERE s.stream = $1 AND s.format = $2 ORDER BY s.seq DESC";
    let mut conn = journal.pool.acquire().await?;
    for row in D::rows(&mut conn, select, vec![stream.as_str().into(), format.into()]).await? {
        let at = Seq(D::int(&row, 0)?.cast_unsigned());
        let Some(entry_hash) = Hash::from_slice(&D::bytes(&row, 1)?) else { continue };
        if hash_at::<D>(&mut conn, stream, at).await? != Some(entry_hash) {
            continue;
        }
        let bytes = read_object::<D>(&mut conn, D::int(&row, 2)?).await?;
        if Hash::of(&bytes).0[..] == D::bytes(&row, 3)?[..] {
            return Ok(Some(Snapshot { at, entry_hash, format: format.to_owned(), bytes }));
        }
    }
    Ok(None)
}
