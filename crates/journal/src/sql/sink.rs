//! Fills an empty database from a backup, in one transaction.

use super::dialect::Dialect;
use super::view::{part_place, place};
use super::writer::insert_nodes;
use crate::chain::Tip;
use crate::entry::{Entry, StreamName};
use crate::error::StoreError;
use crate::hash::Hash;
use crate::merkle::Block;
use crate::view::{Sink, StreamRow};
use async_trait::async_trait;
use sqlx::Transaction;

pub(super) struct SqlSink<D: Dialect> {
    tx: Transaction<'static, D>,
    stream: i64,
    blob: i64,
    parts: usize,
}

impl<D: Dialect> SqlSink<D> {
    pub(super) fn new(tx: Transaction<'static, D>) -> SqlSink<D> {
        SqlSink { tx, stream: 0, blob: 0, parts: 0 }
    }
}

#[async_trait]
impl<D: Dialect> Sink for SqlSink<D> {
    async fn begin_stream(&mut self, name: &StreamName) -> Result<(), StoreError> {
        let rows = D::lock_streams(&mut self.tx, std::slice::from_ref(name)).await?;
        self.stream = rows.first().map(|row| row.id).ok_or(sqlx::Error::RowNotFound)?;
        Ok(())
    }

    async fn entries(&mut self, entries: Vec<Entry>, blocks: Vec<Block>) -> Result<(), StoreError> {
        let stream = self.stream;
        let placed = entries.into_iter().map(|entry| (place(stream, entry.seq.0), entry)).collect();
        D::insert_entries(&mut self.tx, placed).await?;
        let nodes = blocks.into_iter().map(|block| (place(stream, block.index), block)).collect();
        Ok(insert_nodes::<D>(&mut self.tx, nodes).await?)
    }

    async fn end_stream(&mut self, name: &StreamName, tip: &Tip) -> Result<(), StoreError> {
        let row = StreamRow::of(self.stream, name, tip);
        Ok(D::update_streams(&mut self.tx, vec![row]).await?)
    }

    async fn begin_blob(&mut self, hash: Hash, size_bytes: u64) -> Result<(), StoreError> {
        let insert = "INSERT INTO journal_object (usage, label, hash, size_bytes) \
                      VALUES ('blob', '', $1, $2) RETURNING id";
        let values = vec![hash.0.to_vec().into(), size_bytes.cast_signed().into()];
        let rows = D::rows(&mut self.tx, insert, values).await?;
        self.blob = rows.first().map(|row| D::int(row, 0)).transpose()?.ok_or(sqlx::Error::RowNotFound)?;
        self.parts = 0;
        Ok(())
    }

    async fn part(&mut self, bytes: Vec<u8>) -> Result<(), StoreError> {
        let insert = "INSERT INTO journal_part (place, bytes) VALUES ($1, $2)";
        let values = vec![part_place(self.blob, self.parts).into(), bytes.into()];
        D::run(&mut self.tx, insert, values).await?;
        self.parts += 1;
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }
}
