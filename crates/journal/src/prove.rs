//! Computes proofs from stored hashes: all complete Merkle blocks and the few entries' hashes beside them, never a
//! payload. What a proof is and how it is checked lives in `proof`.

use crate::entry::{Seq, StreamName};
use crate::error::{ProveError, StoreError};
use crate::hash::Hash;
use crate::merkle::{BLOCK_LEAVES, Hashes, MissingLeaf, leaf_hash};
use crate::proof::{ConsistencyProof, InclusionProof, TreeHead};
use crate::view::{StreamRow, View, find_stream};

pub(crate) async fn inclusion(
    view: &mut dyn View,
    stream: &StreamName,
    seq: Seq,
    size: Option<Seq>,
) -> Result<InclusionProof, ProveError> {
    let (row, size) = open(view, stream, size).await?;
    if seq == Seq::START || seq.0 > size {
        return Err(ProveError::NoSuchEntry { stream: stream.clone(), entries: size, asked: seq.0 });
    }
    let leaf_index = seq.0 - 1;
    let hashes = load(view, &row, size, &[leaf_index / BLOCK_LEAVES]).await?;
    let entry_hash = match view.entry_hashes(row.id, seq, seq).await?.first() {
        Some(bytes) => digest(bytes, seq)?,
        None => return Err(damaged(MissingLeaf(leaf_index)).into()),
    };
    let root = checked_root(&hashes, &row, size)?;
    let path = hashes.path(leaf_index, 0, size).map_err(damaged)?;
    let proof = InclusionProof { leaf_index, tree_size: size, entry_hash, root, path };
    if proof.holds() { Ok(proof) } else { Err(contradiction(stream).into()) }
}

pub(crate) async fn consistency(
    view: &mut dyn View,
    stream: &StreamName,
    first: Seq,
    second: Option<Seq>,
) -> Result<ConsistencyProof, ProveError> {
    let (row, size) = open(view, stream, second).await?;
    if first.0 > size {
        return Err(ProveError::NoSuchEntry { stream: stream.clone(), entries: size, asked: first.0 });
    }
    let hashes = load(view, &row, size, &[first.0 / BLOCK_LEAVES]).await?;
    let first_root = hashes.range(0, first.0).map_err(damaged)?;
    let second_root = checked_root(&hashes, &row, size)?;
    let path = hashes.consistency(first.0, size).map_err(damaged)?;
    let proof = ConsistencyProof {
        first: TreeHead { size: first, root: first_root },
        second: TreeHead { size: Seq(size), root: second_root },
        path,
    };
    if proof.holds() { Ok(proof) } else { Err(contradiction(stream).into()) }
}

/// The Merkle root over the first `size` entries of a stream.
pub(crate) async fn root_at(view: &mut dyn View, row: &StreamRow, size: Seq) -> Result<Hash, StoreError> {
    let hashes = load(view, row, size.0, &[]).await?;
    checked_root(&hashes, row, size.0)
}

/// The stream's row, and the size asked for if the stream is that long.
async fn open(
    view: &mut dyn View,
    stream: &StreamName,
    size: Option<Seq>,
) -> Result<(StreamRow, u64), ProveError> {
    let asked = size.unwrap_or(Seq(1)).0;
    let Some(row) = find_stream(view, stream).await? else {
        return Err(ProveError::NoSuchEntry { stream: stream.clone(), entries: 0, asked });
    };
    let entries = row.head()?.seq.0;
    match size {
        Some(Seq(size)) if size > entries => {
            Err(ProveError::NoSuchEntry { stream: stream.clone(), entries, asked })
        }
        Some(Seq(size)) => Ok((row, size)),
        None => Ok((row, entries)),
    }
}

/// Loads what trees of up to `size` leaves need: all complete blocks, the last incomplete one, and those asked for.
async fn load(view: &mut dyn View, row: &StreamRow, size: u64, opened: &[u64]) -> Result<Hashes, StoreError> {
    let mut hashes = Hashes::default();
    for (expected, (index, bytes)) in view.blocks(row.id).await?.into_iter().enumerate() {
        match Hash::from_slice(&bytes) {
            Some(hash) if index == expected as u64 => hashes.blocks.push(hash),
            _ => return Err(damaged(MissingLeaf(expected as u64 * BLOCK_LEAVES))),
        }
    }
    for block in opened.iter().copied().chain([size / BLOCK_LEAVES]) {
        let first = block * BLOCK_LEAVES;
        let last = size.min(first + BLOCK_LEAVES);
        if first >= last || hashes.opened.contains_key(&block) {
            continue;
        }
        let mut leaves = Vec::new();
        for (bytes, seq) in
            view.entry_hashes(row.id, Seq(first + 1), Seq(last)).await?.iter().zip(first + 1..)
        {
            leaves.push(leaf_hash(&digest(bytes, Seq(seq))?));
        }
        hashes.opened.insert(block, leaves);
    }
    Ok(hashes)
}

fn checked_root(hashes: &Hashes, row: &StreamRow, size: u64) -> Result<Hash, StoreError> {
    let root = hashes.range(0, size).map_err(damaged)?;
    if i64::try_from(size) == Ok(row.seq) && root.0[..] != row.root[..] {
        return Err(StoreError::Damaged("the entries do not give the stored Merkle tree head".to_owned()));
    }
    Ok(root)
}

fn digest(bytes: &[u8], seq: Seq) -> Result<Hash, StoreError> {
    Hash::from_slice(bytes)
        .ok_or_else(|| StoreError::Damaged(format!("the hash of entry {seq} cannot be read")))
}

fn damaged(MissingLeaf(index): MissingLeaf) -> StoreError {
    StoreError::Damaged(format!("a hash at or after entry {} is missing", index + 1))
}

fn contradiction(stream: &StreamName) -> StoreError {
    StoreError::Damaged(format!("the stored hashes of stream {stream} contradict each other"))
}
