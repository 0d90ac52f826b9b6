//! The simulated hospital, as tests: nights in which nothing forbidden may happen, and the same seed twice. Many more seeds, and the
//! planted bugs, are run in release by the example `seeds`.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on stops

mod nights;
mod planned;
