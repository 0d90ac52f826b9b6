//! With an agent at both ends: digests of everything an archive holds, kept as it comes and goes, and an exchange that finds the difference
//! without sending what is alike. What must not live here: sockets, and names; agents turn digests into names from their own records.
//!
//! `digest` (what stands for an object), `tree` (sums by prefix, kept up to date), `bulk` (many at once), `coded` (rateless invertible Bloom lookup
//! table), `message` with `codec` (what crosses the network, with limits), `asking` and `answering` (the two ends).

mod answering;
mod asking;
mod bulk;
mod codec;
mod coded;
mod digest;
mod message;
mod tree;

pub use answering::answer;
pub use asking::{Asking, Bounds, Found, NoProof, Turn};
pub use codec::NotAMessage;
pub use coded::{Decoder, Symbol, coded};
pub use digest::{Digest, Key, Keyed, Resolver};
pub use message::{Part, Prefix, Reply, Request};
pub use tree::{Sum, Tree};
