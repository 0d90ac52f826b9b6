//! What surrounds every page: headers, request numbers, log lines, counters, files, problems. Nothing about hospitals.

pub mod assets;
mod health;
pub mod logs;
pub mod metrics;
mod observe;
mod problem;
mod rendered;

pub(crate) use health::{healthz, metrics_page, readyz};
pub(crate) use observe::observe;
pub use observe::{CONTENT_SECURITY_POLICY, RequestId};
pub use problem::Problem;
pub(crate) use problem::chain;
pub(crate) use rendered::render_problems;

/// Largest form (not upload) accepted.
pub const FORM_SIZE_MAX_BYTES: usize = 1 << 20;
/// Longest a page or call may take, uploads excepted.
pub const REQUEST_TIME_MAX_SECONDS: u64 = 30;
/// Longest an upload may take.
pub const UPLOAD_TIME_MAX_SECONDS: u64 = 30 * 60;
