//! Two archives of an invented hospital: what differs is found by name, and what is not known is never shown as complete.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // tests stop at the first surprise

mod circumstances;
mod comparing;
mod deciding;
mod exchanging;
mod expecting;
mod hospital;
mod listing;
mod simulated;
mod sweeping;
