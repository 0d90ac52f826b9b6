//! The core as its users meet it: facts in, verdicts out.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

mod archive_troubles;
mod bedside;
mod decisions;
mod fleet;
mod going_over;
mod golden;
mod golden_archives;
mod golden_night;
mod learnt;
mod matrix;
mod matrix_scale;
mod night_shared;
mod nights;
mod past_nights;
mod places;
mod shared;
mod snapshots;
mod truth;
mod two_nights;
