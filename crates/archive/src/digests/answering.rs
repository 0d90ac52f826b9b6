//! The end that is asked: an answer to a question, from the tree alone. It remembers nothing.

use crate::digests::codec::NotAMessage;
use crate::digests::coded::coded;
use crate::digests::message::{Part, Prefix, Reply, Request};
use crate::digests::tree::Tree;

/// So few digests are sent themselves: they take no more room than sixteen sums.
const LISTED_MAX: u64 = 16;

/// Answers a question.
///
/// # Errors
/// It is no question.
pub fn answer(tree: &Tree, question: &[u8]) -> Result<Vec<u8>, NotAMessage> {
    let request = Request::read(question)?;
    let reply = Reply {
        revision: tree.revision(),
        root: tree.root(),
        parts: request.nodes.iter().map(|prefix| part(tree, *prefix, request.deeper)).collect(),
        have: request.have.iter().map(|digest| tree.contains(*digest)).collect(),
        symbols: coded(request.coded.iter().flat_map(|p| tree.digests(*p)), request.from, request.to),
    };
    Ok(reply.to_bytes())
}

fn part(tree: &Tree, prefix: Prefix, deeper: u8) -> Part {
    if tree.sum(prefix).count <= LISTED_MAX {
        Part::Digests(tree.digests(prefix).collect())
    } else {
        Part::Sums(prefix.below(deeper).map(|below| tree.sum(below)).collect())
    }
}
