//! What is asked of settings, coding tables and a database's counters.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

/// Settings of a system, before and after a change; see docs/manifests.md.
#[derive(Debug, Subcommand)]
pub(crate) enum ManifestCommand {
    /// Read the settings of a system from its files; secrets are sealed, never stored
    Read(Box<ManifestRead>),
    /// What became of each setting; what is absent comes first. Exit status 0 only when it is known that nothing differs, 4 when something does, 5 when
    /// nothing is known to differ and something is not known
    Compare {
        /// The manifest of before
        before: PathBuf,
        /// The manifest of after
        after: PathBuf,
        /// What the vendor wants, as a manifest
        #[arg(long, value_name = "FILE")]
        reference: Option<PathBuf>,
    },
    /// Signs of needless writes and of lock waits in a PostgreSQL database, from its counters at two times. Exit status 0 only without a sign and with
    /// everything known, 4 with a sign, 5 when there is none and something is not known
    Writes {
        /// The counters of before: the answer of the query in docs/manifests.md, or `pg_stat_user_tables` as CSV
        before: PathBuf,
        /// The counters of after
        after: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct ManifestRead {
    /// The file; of Orthanc's configuration, all its files
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// What it is
    #[arg(long)]
    pub(crate) format: FormatArg,
    /// Where the manifest goes; the file must not exist [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// 32 random bytes or more that seal secrets; without it they are withheld, and cannot be compared
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// A further secret: a word that names hold, or a key with all below it (/Db/User); may be repeated
    #[arg(long = "secret", value_name = "WORD|KEY")]
    pub(crate) secrets: Vec<String>,
    /// Format orthanc only: what its interface answers to GET /system
    #[arg(long, value_name = "FILE")]
    pub(crate) system: Option<PathBuf>,
    /// Format table only: the column of names
    #[arg(long, value_name = "COLUMN", default_value = "name")]
    pub(crate) name_column: String,
    /// Format table only: the column of values
    #[arg(long, value_name = "COLUMN", default_value = "setting")]
    pub(crate) value_column: String,
    /// Format table only: the column of units or types
    #[arg(long, value_name = "COLUMN")]
    pub(crate) unit_column: Option<String>,
    /// Format table only: the column that says where a value comes from
    #[arg(long, value_name = "COLUMN")]
    pub(crate) origin_column: Option<String>,
    /// Format table only: what that column says of a value that nobody set
    #[arg(long, value_name = "TEXT", default_value = "default")]
    pub(crate) origin_default: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum FormatArg {
    Ini,
    Xml,
    Json,
    /// JSON with comments, several files as one
    Orthanc,
    /// An export of the Windows registry (.reg)
    Registry,
    /// The result of a query for settings, as CSV
    Table,
}

/// Coding tables.
#[derive(Debug, Subcommand)]
pub(crate) enum CodesCommand {
    /// What only one table has, one code with two meanings, one meaning with two codes, and what is there twice. Exit status as of `segue manifest compare`
    Compare {
        /// A table, such as the RIS's: CSV with a header, or a JSON list of objects
        a: PathBuf,
        /// The other, such as the PACS's
        b: PathBuf,
        /// A's columns of code, scheme and display [default: code,scheme,display]
        #[arg(long, value_name = "CODE,SCHEME,DISPLAY", value_delimiter = ',')]
        a_columns: Vec<String>,
        /// B's columns of code, scheme and display [default: code,scheme,display]
        #[arg(long, value_name = "CODE,SCHEME,DISPLAY", value_delimiter = ',')]
        b_columns: Vec<String>,
    },
}
