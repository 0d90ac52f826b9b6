//! What work means for care: which beds lose which service, from when to when, unit by unit.
//!
//! What must not live here: IO, clocks, and how anybody is told.

mod dark;

pub use dark::{HostDark, UnitDark, dark_time};
