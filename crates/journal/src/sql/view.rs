//! Reading rows, over one connection: within a snapshot for verification and backup, or without for plain reads.

use super::dialect::{Dialect, stream_row};
use crate::entry::{BatchId, Entry, Seq};
use crate::error::StoreError;
use crate::hash::{HASH_SIZE_BYTES, Hash};
use crate::limits::{PART_BITS, READ_SIZE_MAX_BYTES, SEQ_BITS, SEQ_MAX};
use crate::view::{BlobRow, RawEntry, StreamRow, View};
use async_trait::async_trait;
use model::Time;
use std::marker::PhantomData;
use std::ops::DerefMut;

/// Rows asked for first, when nothing is known about their size.
const FIRST_ROWS: usize = 16;

/// Where an entry, or a Merkle node by its index, is stored.
pub(super) fn place(stream: i64, seq: u64) -> i64 {
    (stream << SEQ_BITS) | (seq & SEQ_MAX).cast_signed()
}

/// Where a part of an object is stored.
pub(super) fn part_place(object: i64, index: usize) -> i64 {
    (object << PART_BITS) | (index as i64)
}

/// Rows read over a connection, or over a transaction when everything must be as of one moment.
pub(super) struct SqlView<D, C> {
    conn: C,
    database: PhantomData<fn() -> D>,
}

impl<D, C> SqlView<D, C> {
    pub(super) fn new(conn: C) -> SqlView<D, C> {
        SqlView { conn, database: PhantomData }
    }
}

/// The next entries after a place: at most `rows_max`, and about [`READ_SIZE_MAX_BYTES`] of payload. The number of
/// rows asked for grows only as far as the size of those before allows, so that a run of huge entries is safe.
pub(super) async fn entries<D: Dialect>(
    conn: &mut D::Connection,
    stream: i64,
    after: Seq,
    rows_max: usize,
) -> Result<Vec<RawEntry>, StoreError> {
    let select = "SELECT place, time, CASE WHEN length(batch) = 16 AND length(prev_hash) = 32 \
                  AND length(hash) = 32 THEN batch || prev_hash || hash END, actor, kind, payload FROM journal_entry \
                  WHERE place > $1 AND place <= $2 ORDER BY place LIMIT $3";
    let last = place(stream, SEQ_MAX);
    let (mut entries, mut size_bytes) = (Vec::new(), 0);
    let (mut from, mut ask) = (place(stream, after.0), FIRST_ROWS);
    while entries.len() < rows_max && size_bytes < READ_SIZE_MAX_BYTES && after.0 < SEQ_MAX {
        let asked = ask.min(rows_max - entries.len());
        let before = entries.len();
        let values = vec![from.into(), last.into(), (asked as i64).into()];
        D::each_row(conn, select, values, |row| {
            from = D::int(row, 0)?;
            let seq = Seq(from.cast_unsigned() & SEQ_MAX);
            let entry = decode::<D>(row, seq);
            size_bytes += entry.as_ref().map_or(0, |entry| entry.payload.len());
            entries.push(RawEntry { seq, entry });
            Ok(())
        })
        .await?;
        if entries.len() - before < asked {
            break;
        }
        let mean_bytes = 1 + size_bytes / entries.len().max(1);
        let fitting = READ_SIZE_MAX_BYTES.saturating_sub(size_bytes) / mean_bytes;
        ask = fitting.clamp(1, ask * 8);
    }
    Ok(entries)
}

fn decode<D: Dialect>(row: &D::Row, seq: Seq) -> Result<Entry, String> {
    let read = || -> Result<Option<Entry>, sqlx::Error> {
        // One column instead of three: each costs time, and there may be millions.
        let links = D::bytes(row, 2)?;
        let split = links.split_at_checked(16).and_then(|(batch, hashes)| {
            let (prev_hash, hash) = hashes.split_at_checked(HASH_SIZE_BYTES)?;
            Some((BatchId(batch.try_into().ok()?), Hash::from_slice(prev_hash)?, Hash::from_slice(hash)?))
        });
        let Some((batch, prev_hash, hash)) = split else { return Ok(None) };
        Ok(Some(Entry {
            seq,
            time: Time(D::int(row, 1)?),
            batch,
            actor: D::text(row, 3)?.into(),
            kind: D::text(row, 4)?.into(),
            payload: D::bytes(row, 5)?,
            prev_hash,
            hash,
        }))
    };
    match read() {
        Ok(Some(entry)) => Ok(entry),
        Ok(None) => Err("a digest or a batch name has the wrong length".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// One stream's row.
pub(super) async fn stream<D: Dialect>(
    conn: &mut D::Connection,
    name: &str,
) -> Result<Option<StreamRow>, StoreError> {
    let select = "SELECT id, name, seq, hash, root, frontier FROM journal_stream WHERE name = $1";
    let rows = D::rows(conn, select, vec![name.into()]).await?;
    Ok(rows.first().map(stream_row::<D>).transpose()?)
}

/// One part of an object.
pub(super) async fn part<D: Dialect>(
    conn: &mut D::Connection,
    object: i64,
    index: usize,
) -> Result<Option<Vec<u8>>, StoreError> {
    // A place has no room for other objects: such a row was tampered with.
    if !(0..1 << (i64::BITS - 1 - PART_BITS)).contains(&object) {
        return Ok(None);
    }
    let select = "SELECT bytes FROM journal_part WHERE place = $1";
    let rows = D::rows(conn, select, vec![part_place(object, index).into()]).await?;
    Ok(rows.first().map(|row| D::bytes(row, 0)).transpose()?)
}

async fn count<D: Dialect>(conn: &mut D::Connection, sql: &'static str) -> Result<u64, StoreError> {
    let rows = D::rows(conn, sql, vec![]).await?;
    let count = rows.first().map(|row| D::int(row, 0)).transpose()?;
    Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
}

#[async_trait]
impl<D: Dialect, C: DerefMut<Target = D::Connection> + Send> View for SqlView<D, C> {
    async fn streams(&mut self) -> Result<Vec<StreamRow>, StoreError> {
        let select = "SELECT id, name, seq, hash, root, frontier FROM journal_stream ORDER BY name";
        let rows = D::rows(&mut self.conn, select, vec![]).await?;
        Ok(rows.iter().map(stream_row::<D>).collect::<Result<_, _>>()?)
    }

    async fn has_entries(&mut self) -> Result<bool, StoreError> {
        let something = "SELECT (SELECT COUNT(*) FROM journal_stream WHERE seq <> 0) \
                         + (SELECT COUNT(*) FROM (SELECT 1 FROM journal_entry LIMIT 1) e)";
        Ok(count::<D>(&mut self.conn, something).await? > 0)
    }

    async fn entries(
        &mut self,
        stream: i64,
        after: Seq,
        rows_max: usize,
    ) -> Result<Vec<RawEntry>, StoreError> {
        entries::<D>(&mut self.conn, stream, after, rows_max).await
    }

    async fn entry_hashes(&mut self, stream: i64, first: Seq, last: Seq) -> Result<Vec<Vec<u8>>, StoreError> {
        let select = "SELECT hash FROM journal_entry WHERE place BETWEEN $1 AND $2 ORDER BY place";
        let values = vec![place(stream, first.0).into(), place(stream, last.0).into()];
        let rows = D::rows(&mut self.conn, select, values).await?;
        Ok(rows.iter().map(|row| D::bytes(row, 0)).collect::<Result<_, _>>()?)
    }

    async fn blocks(&mut self, stream: i64) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let select = "SELECT place, hash FROM journal_node WHERE place BETWEEN $1 AND $2 ORDER BY place";
        let values = vec![place(stream, 0).into(), place(stream, SEQ_MAX).into()];
        let mut blocks = Vec::new();
        for row in D::rows(&mut self.conn, select, values).await? {
            blocks.push((D::int(&row, 0)?.cast_unsigned() & SEQ_MAX, D::bytes(&row, 1)?));
        }
        Ok(blocks)
    }

    async fn blob_count(&mut self) -> Result<u64, StoreError> {
        count::<D>(&mut self.conn, "SELECT COUNT(*) FROM journal_object WHERE usage = 'blob'").await
    }

    async fn blobs(&mut self, after: i64, rows_max: usize) -> Result<Vec<BlobRow>, StoreError> {
        let select = "SELECT id, hash, size_bytes FROM journal_object \
                      WHERE usage = 'blob' AND id > $1 ORDER BY id LIMIT $2";
        let mut blobs = Vec::new();
        for row in D::rows(&mut self.conn, select, vec![after.into(), (rows_max as i64).into()]).await? {
            blobs.push(BlobRow {
                id: D::int(&row, 0)?,
                hash: D::bytes(&row, 1)?,
                size_bytes: D::int(&row, 2)?,
            });
        }
        Ok(blobs)
    }

    async fn part(&mut self, blob: i64, index: usize) -> Result<Option<Vec<u8>>, StoreError> {
        part::<D>(&mut self.conn, blob, index).await
    }
}
