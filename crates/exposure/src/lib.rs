//! Exposure: which device is affected by which advisory, how sure that is, and what is not known.
//! Pure: no IO, no clock, no randomness, no async.

pub mod version;
