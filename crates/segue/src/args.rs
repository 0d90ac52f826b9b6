//! The command line.

mod archive;
mod night;
mod settings;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use archive::{ArchiveCommand, Compare, Prefetch, Probe, ProbeArchive, Repair, Watch};
pub(crate) use night::{
    Answer, BundleAsked, By, CampaignArgs, CheckArgs, ExplainArgs, FromJournal, HostCommand, IncidentCommand,
    OnePlan, OutageCommand, PlanBecause, PlanCommand, TreatmentArg,
};
pub(crate) use settings::{CodesCommand, FormatArg, ManifestCommand, ManifestRead};

/// Segue plans, runs and proves the patching of clinical systems.
///
/// Results go to stdout, messages to stderr. Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 planned (`segue plan FILE`), but
/// mandatory work found no window, 4 and 5 see the comparisons, such as `segue compare archive --help`.
#[derive(Debug, Parser)]
#[command(name = "segue", version, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Common {
    /// Folder of the embedded journal [default: ./segue-data]
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "journal")]
    pub(crate) data: Option<PathBuf>,
    /// A journal in PostgreSQL instead: postgres://user@host/database
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) journal: Option<String>,
    /// The site whose stream is used [default: main]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) site: Option<String>,
    /// Configuration file [default: segue.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print one JSON object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the pages and the API
    Serve(Serve),
    /// A whole sample hospital to look at
    Demo(Demo),
    /// Bring data in
    #[command(subcommand)]
    Import(Import),
    /// Every device × vulnerability that an advisory speaks of, with verdict and evidence
    Exposures(Exposures),
    /// The register of devices
    Devices {
        /// Only this one
        #[arg(long, value_name = "ASSET_TAG")]
        device: Option<String>,
    },
    /// Take a device out of the register
    Retire {
        /// Asset tag
        asset_tag: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Advisories
    #[command(subcommand)]
    Advisories(Advisories),
    /// Names: what must be confirmed, and what has been
    #[command(subcommand)]
    Alias(Alias),
    /// Who may sign in
    #[command(subcommand)]
    Account(AccountCommand),
    /// The journal's own proof
    #[command(subcommand)]
    Audit(Audit),
    /// The agent of this host: enrol, run, status, observe (the same as the program `segue-agent`)
    #[command(disable_help_flag = true)]
    Agent {
        /// What `segue-agent` takes; `segue agent --help` shows it
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Write the whole journal into one file, while others go on
    Backup {
        /// A file that does not exist yet
        file: PathBuf,
    },
    /// Read a backup into an empty journal
    Restore {
        /// The backup
        file: PathBuf,
    },
    /// Hosts with an agent: who is heard, who may enrol
    #[command(subcommand)]
    Host(HostCommand),
    /// What the checker finds in a plan; exit status 1 when something keeps it from being agreed. Nothing is recorded
    Check(CheckArgs),
    /// Why a host of a plan stands where it stands, what it waits for, and when it is worked on
    Explain(ExplainArgs),
    /// Find windows for a whole campaign (`segue plan FILE`, or `--advisory ID` out of the journal), or one night's plan: draft, agree, start, stop
    #[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
    Plan {
        #[command(subcommand)]
        command: Option<PlanCommand>,
        #[command(flatten)]
        campaign: Box<CampaignArgs>,
    },
    /// Which patches of a catalogue go onto a device together, in which order, with which restarts; see docs/patches.md
    Bundle(BundleAsked),
    /// Further outages that units are asked for
    #[command(subcommand)]
    Outage(OutageCommand),
    /// The incident list
    #[command(subcommand)]
    Incident(IncidentCommand),
    /// What runs beside an image archive
    #[command(subcommand)]
    Archive(ArchiveCommand),
    /// Two image archives, exactly
    #[command(subcommand)]
    Compare(Compare),
    /// Send again what an archive lacks
    #[command(subcommand)]
    Repair(Repair),
    /// Keep comparing
    #[command(subcommand)]
    Watch(Watch),
    /// How fast an image archive gives images here
    #[command(subcommand)]
    Probe(Probe),
    /// Have at the fall-back viewer what will be needed
    #[command(subcommand)]
    Prefetch(Prefetch),
    /// Settings of a system before and after a change: what changed, and what is absent
    #[command(subcommand)]
    Manifest(ManifestCommand),
    /// Coding tables of two systems
    #[command(subcommand)]
    Codes(CodesCommand),
    /// Configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1:7227]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Address on which hosts with an agent are listened to [default: the pages' address at port 7228]
    #[arg(long, value_name = "ADDR")]
    pub(crate) agents_listen: Option<SocketAddr>,
}

/// Where a demonstration is served unless told otherwise.
pub(crate) const PORT_DEFAULT: u16 = 7_227;

#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = PORT_DEFAULT)]
    pub(crate) port: u16,
    /// Begin again: the demo's data folder is removed first
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Only the sample hospital, by the time of day: no patch night
    #[arg(long)]
    pub(crate) no_night: bool,
    /// How long the night takes, in minutes of real time
    #[arg(long, value_name = "MINUTES", conflicts_with = "no_night", default_value_t = crate::demo::MINUTES_DEFAULT,
        value_parser = clap::value_parser!(u32).range(i64::from(crate::demo::MINUTES_MIN)..=i64::from(crate::demo::MINUTES_MAX)))]
    pub(crate) night_minutes: u32,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// A device list: CSV or XLSX
    Inventory {
        /// The list
        file: PathBuf,
        /// How its columns are read; see --save-mapping
        #[arg(long, value_name = "FILE")]
        mapping: Option<PathBuf>,
        /// Write the mapping, guesses confirmed, for the next time
        #[arg(long, value_name = "FILE")]
        save_mapping: Option<PathBuf>,
        /// Take the guesses about columns as confirmed
        #[arg(long)]
        yes: bool,
        /// Show what would change, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// The list is the whole register: devices that it does not name are retired
        #[arg(long)]
        complete: bool,
    },
    /// Advisories: CSAF documents, folders, mirrored provider trees
    Advisories {
        /// Files and folders
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Public OpenPGP keys that signatures are verified with, besides those of the configuration; may be repeated
        #[arg(long, value_name = "FILE")]
        keys: Vec<PathBuf>,
    },
    /// CISA's catalogue of known exploited vulnerabilities
    Kev {
        /// JSON or CSV
        file: PathBuf,
    },
    /// EPSS scores
    Epss {
        /// CSV, plain or gzip
        file: PathBuf,
    },
    /// CVE records with CISA's SSVC assessment
    Vulnrichment {
        /// Files and folders
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// How long past nights took, for the forecast
    Nights {
        /// CSV; see docs/forecast.md
        file: PathBuf,
    },
    /// Sites, buildings, units, beds and services
    Hospital {
        /// TOML; see docs/hospital-file.md
        file: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Exposures {
    /// Only this device
    #[arg(long, value_name = "ASSET_TAG")]
    pub(crate) device: Option<String>,
    /// Only this vulnerability
    #[arg(long)]
    pub(crate) cve: Option<String>,
    /// Only this advisory, by tracking id
    #[arg(long, value_name = "TRACKING_ID")]
    pub(crate) advisory: Option<String>,
    /// Only this verdict
    #[arg(long)]
    pub(crate) verdict: Option<VerdictArg>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum VerdictArg {
    Affected,
    Undecided,
    Fixed,
    NotAffected,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Advisories {
    /// Every advisory in force
    List,
    /// What changed between two revisions
    Diff {
        /// Tracking id
        id: String,
        /// Older version [default: the one before the newest]
        #[arg(long)]
        from: Option<String>,
        /// Newer version [default: the newest]
        #[arg(long)]
        to: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Alias {
    /// Questions that wait for an answer, most pairs first
    Proposed,
    /// Answers in force
    List,
    /// The two names mean the same
    Confirm(Names),
    /// The two names mean different things
    Reject(Names),
    /// Take an answer back
    Undo(Names),
}

/// Two names: a maker and a vendor, or with both --model and --product, a model and a product.
#[derive(Debug, clap::Args)]
pub(crate) struct Names {
    /// Maker, as the register spells it
    #[arg(long)]
    pub(crate) manufacturer: String,
    /// Vendor, as the advisories spell it
    #[arg(long)]
    pub(crate) vendor: String,
    /// Model, as the register spells it
    #[arg(long, requires = "product")]
    pub(crate) model: Option<String>,
    /// Product, as the advisories spell it
    #[arg(long, requires = "model")]
    pub(crate) product: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Everybody who may sign in
    List,
    /// Open an account; a one-time password is printed
    Open {
        /// Sign-in name
        name: String,
        /// What it may do
        #[arg(long, default_value = "reader")]
        role: RoleArg,
        /// Role ward only: a care unit that it answers for; without any it answers for all
        #[arg(long = "unit")]
        units: Vec<String>,
    },
    /// Bind an account of role ward to the care units that it answers for
    Bind {
        /// Sign-in name
        name: String,
        /// A care unit; without any it answers for all
        #[arg(long = "unit")]
        units: Vec<String>,
    },
    /// Give an account a new one-time password
    Reset {
        /// Sign-in name
        name: String,
    },
    /// Close an account
    Close {
        /// Sign-in name
        name: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RoleArg {
    Reader,
    Ward,
    Engineer,
    Admin,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Walk the whole journal and name the first broken place
    Verify {
        /// A head remembered outside, as `segue audit head --json` printed it: finds a journal that was cut short
        #[arg(long, value_name = "FILE")]
        remembered: Option<PathBuf>,
    },
    /// Where the journal stands: sequence, hash and Merkle root, to be remembered outside
    Head,
    /// Prove that an entry is in the journal
    Prove {
        /// Its sequence
        seq: u64,
    },
    /// Entries, oldest first
    Log {
        /// Only after this sequence
        #[arg(long, default_value_t = 0)]
        after: u64,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say whether the configuration holds, and what is in force
    Check,
}
