//! What crosses the network between agent and server: enrolment, check-ins, signed orders; versioned, with limits that are
//! checked before anything of a message is believed (R01, R26; design: invariant 6 of ARCHITECTURE.md).
//!
//! What must not live here: sockets, files, clocks, random numbers.

pub mod check_in;
pub mod enrol;
pub mod limit;
mod read;
pub mod signed;

pub use check_in::{CheckIn, CheckInAnswer, Item, Numbered};
pub use enrol::{Enrol, Enrolled, Renew, Renewed};
pub use read::{Message, Unfit, read, write};
pub use signed::{NotAKey, OrderKey, OrderSigner, OrderUnfit, ProbeList, Signed, SignedOrder, SignedProbes};

/// Version of the messages: an agent and a server understand each other when it is the same.
pub const VERSION: u32 = 1;

/// Where an agent enrols (POST, no client certificate).
pub const PATH_ENROL: &str = "/agent/v1/enrol";
/// Where an agent renews its certificate (POST, with its certificate).
pub const PATH_RENEW: &str = "/agent/v1/renew";
/// Where an agent delivers and fetches (POST, with its certificate; held open while there is nothing to say).
pub const PATH_CHECK_IN: &str = "/agent/v1/check-in";
