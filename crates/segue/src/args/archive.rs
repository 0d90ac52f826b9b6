//! What is asked of image archives.

use clap::Subcommand;

/// Comparisons.
#[derive(Debug, Subcommand)]
pub(crate) enum Compare {
    /// What one image archive has and the other lacks, by name, or why that cannot be said. Exit status 0 only when it is proven that nothing differs, 4
    /// when it is proven that something does, 5 when nothing is proven
    Archive {
        /// The archive in use, as the configuration names it
        a: String,
        /// The one that stands in
        b: String,
        /// Only examinations from this day on, and those without one: 2026-11-26
        #[arg(long, value_name = "DATE")]
        since: Option<String>,
    },
}
