//! What is asked of image archives.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Subcommand;

/// What runs beside an archive.
#[derive(Debug, Subcommand)]
pub(crate) enum ArchiveCommand {
    /// Keeps track of what an archive holds, and tells it over TLS to whoever compares it with another that has an agent too ([archive_agents]; docs/archive.md).
    /// Runs until Ctrl-C; nothing is recorded
    Agent {
        /// The archive, as the configuration names it
        name: String,
        /// Address to listen on; port 0 takes a free one
        #[arg(long, value_name = "ADDR")]
        listen: SocketAddr,
    },
}

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
        /// Read every object that both have, and compare its pixel data and chosen attributes as well (docs/archive.md). It takes as long as fetching all of it
        /// twice
        #[arg(long)]
        content: bool,
        /// List both, although an agent is configured at each
        #[arg(long)]
        listing: bool,
        /// What was to be there: HL7 messages, batches of them, or logs of modalities (CSV). What neither archive got is found by that alone; what is missing is
        /// listed most urgent first (docs/archive.md). Exit status 0 only when nothing of it is missing, either
        #[arg(long, value_name = "FILE", num_args = 1..)]
        expected: Vec<PathBuf>,
        /// Worklists of the modalities, as the configuration names them ([worklists.NAME]): what was to begin by now was to be there, too, and which orders are urgent
        /// is known. One that cannot be asked or does not tell all of it is not known, and the exit status is not 0
        #[arg(long, value_name = "NAME", num_args = 1..)]
        worklist: Vec<String>,
    },
}

/// What is missing is sent again.
#[derive(Debug, Subcommand)]
pub(crate) enum Repair {
    /// Gives B what it lacks of A, newest examination first: A sends it (C-MOVE), or Segue fetches and stores it (WADO-RS, STOW-RS), as the configuration says.
    /// Then B is asked whether it keeps it, both are compared again, and the newest is read back. Exit status as of `segue compare archive`, but
    /// never 0 where B does not keep or give back what it got
    Archive {
        /// The archive that has it
        a: String,
        /// The one that lacks it
        b: String,
        /// Only examinations from this day on, and those without one: 2026-11-26
        #[arg(long, value_name = "DATE")]
        since: Option<String>,
        /// Send; without it only what would be sent is said
        #[arg(long)]
        yes: bool,
    },
}

/// What is asked again and again.
#[derive(Debug, Subcommand)]
pub(crate) enum Watch {
    /// Compares two archives again and again until Ctrl-C, and records what it shows under the name that the configuration gives the pair ([pairs.NAME]); exit status
    /// as of the last `segue compare archive`
    Archive {
        /// The archive in use, as the configuration names it
        a: String,
        /// The one that stands in
        b: String,
        /// Minutes from the end of a comparison to the next
        #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=10_080))]
        every_minutes: u32,
        /// So many times, and no more
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
        times: Option<u32>,
    },
}

/// An archive used as a reader of images uses it.
#[derive(Debug, Subcommand)]
pub(crate) enum Probe {
    /// How fast an archive gives images on this computer: opens examinations as a reader would, and says how long each step took. Needs no journal; with --tell the server
    /// records it as seen from this place. Exit status 0 only when every image came, 4 when one did not, 1 when the server did not take it
    Archive(ProbeArchive),
}

/// What is probed, from where, and whom to tell.
#[derive(Debug, clap::Args)]
pub(crate) struct ProbeArchive {
    /// The archive, as the configuration names it
    pub(crate) name: String,
    /// What this workstation or site is called
    #[arg(long, value_name = "PLACE")]
    pub(crate) place: String,
    /// Open so many examinations; the gate needs 20 of which an image came
    #[arg(long, value_name = "NUMBER", default_value_t = crate::archives::PROBES, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) times: u32,
    /// The server to tell: https://segue.hospital.example
    #[arg(long, value_name = "URL", requires_all = ["pair", "token_file"])]
    pub(crate) tell: Option<String>,
    /// The pair that this archive belongs to, as the server's configuration names both
    #[arg(long, value_name = "NAME", requires = "tell")]
    pub(crate) pair: Option<String>,
    /// A file with the secret of this place, which the gate's page made
    #[arg(long, value_name = "FILE", requires = "tell")]
    pub(crate) token_file: Option<PathBuf>,
    /// A file with the certificates in PEM from which the server's must come [default: those of the web]
    #[arg(long, value_name = "FILE", requires = "tell")]
    pub(crate) trusted: Option<PathBuf>,
}

/// What is brought where it will be needed.
#[derive(Debug, Subcommand)]
pub(crate) enum Prefetch {
    /// Are the examinations of whoever is soon in theatre at the fall-back viewer's archive, and do they open there? With --yes what is missing is carried there. Exit status
    /// 0 only when every object was read there whole, 4 when something is missing or does not open, 5 when something is not known
    Archive {
        /// The archive that has them, as the configuration names it
        a: String,
        /// The archive that the fall-back viewer reads; it needs `root`
        viewer: String,
        /// Files and folders with the theatre list: HL7 messages (docs/archive.md)
        #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
        expected: Vec<PathBuf>,
        /// Operations of so many hours from now on
        #[arg(long, value_name = "HOURS", default_value_t = 36, value_parser = clap::value_parser!(u32).range(1..=336))]
        hours: u32,
        /// Carry what is missing; without it only what is missing is said
        #[arg(long)]
        yes: bool,
    },
}
