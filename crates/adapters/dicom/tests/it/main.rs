//! Archives as they answer, well and badly.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod element;
mod holding;
mod hostile;
mod json;
