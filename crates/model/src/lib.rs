//! The hospital's words: what every other crate means by a device, a bed, an advisory, a version text.
//!
//! Here live plain values without behaviour beyond their own consistency. What must not live here: IO, clocks,
//! randomness, matching, storage, or anything that needs another crate of the workspace.

pub mod advisory;
pub mod agreement;
pub mod alias;
pub mod device;
pub mod finding;
pub mod hash;
pub mod host;
pub mod ids;
pub mod order;
pub mod patch;
pub mod people;
pub mod place;
pub mod plan;
pub mod probe;
pub mod resources;
pub mod service;
pub mod terms;
pub mod threat;
pub mod time;
pub mod topology;
pub mod work;

pub use advisory::{Advisory, AdvisoryKey};
pub use device::Device;
pub use finding::Finding;
pub use hash::PlanHash;
pub use ids::AssetTag;
pub use time::{Date, Time};
pub use topology::Topology;
