//! DIMSE as the user of an archive's services (PS3.4, PS3.7): is it there, what does it have, may it send to another, will it take this, did it keep what
//! it got. And what modalities are to make, and have made.
//!
//! `message` (commands and their data), `association` (one connection), `failed` (why not), `echo`, `find`, `send` (C-MOVE), `store` (C-STORE), `commitment`, `worklist`;
//! `performed` (we are called and told); `when` (days and times).

mod association;
mod commitment;
mod echo;
mod failed;
mod find;
mod message;
mod performed;
mod send;
mod store;
mod when;
mod worklist;

pub use association::{Association, Service};
pub use commitment::{Commitments, Committed, OBJECTS_MAX, Sent};
pub use failed::Failed;
pub use find::{Found, Level};
pub use message::{Answer, Command, CommandField, Status};
pub use performed::{Change, Heard, Keep, PerformedSteps, Step, Steps};
pub use send::{Moved, Progress};
pub use store::{CONTEXTS_MAX, Storing, Taken, Warning};
pub use worklist::{Asked, Listed, NotWhole, Scheduled, UNSPLIT_MAX_STEPS, whole};
