//! What the readers of threat feeds promise, on real feeds and on hostile ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)] // helpers of tests

mod epss;
mod kev;
mod shared;
mod vulnrichment;
