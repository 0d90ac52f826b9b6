//! DIMSE as the user of an archive's services (PS3.4, PS3.7): is it there, what does it have, may it send to another, will it take this, did it keep what it got.
//!
//! `message` (commands and their data), `association` (one connection), `echo`, `find`, `send` (C-MOVE), `store` (C-STORE), `commitment`.

mod association;
mod commitment;
mod echo;
mod find;
mod message;
mod send;
mod store;

pub use association::{Association, Failed, Service};
pub use commitment::{Commitments, Committed, OBJECTS_MAX, Sent};
pub use find::{Found, Level};
pub use message::{Command, CommandField, Status};
pub use send::{Moved, Progress};
pub use store::{CONTEXTS_MAX, Storing, Taken, Warning};
