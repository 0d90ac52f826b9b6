//! The hospital's words: what every other crate means by a device, a bed, an advisory, a version text.
//!
//! Here live plain values without behaviour beyond their own consistency. What must not live here: IO, clocks,
//! randomness, matching, storage, or anything that needs another crate of the workspace.

pub mod advisory;
pub mod alias;
pub mod device;
pub mod finding;
pub mod ids;
pub mod people;
pub mod place;
pub mod service;
pub mod threat;
pub mod time;

pub use advisory::{Advisory, AdvisoryKey};
pub use device::Device;
pub use finding::Finding;
pub use ids::AssetTag;
pub use time::{Date, Time};
