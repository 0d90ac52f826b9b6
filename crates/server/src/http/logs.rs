//! Structured log lines: one JSON object each on standard error. Never a query string, a form, a device or a person.

use tracing_subscriber::EnvFilter;

/// Starts logging for the process. `filter` such as `info` or `info,server=debug`; an unreadable one means `info`.
/// Calling it twice does nothing the second time.
pub fn start(filter: &str) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let written = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
    if written.is_err() {
        tracing::debug!("logging was started before");
    }
}
