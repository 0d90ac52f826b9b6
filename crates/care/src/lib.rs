//! What work means for care: dark time by unit and bed, and what units are told.
//!
//! What must not live here: IO, clocks, and how notices are delivered.
