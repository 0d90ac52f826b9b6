//! The command line of a patch night: hosts, plans, further outages, incidents.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum HostCommand {
    /// Every host with an agent: when it was last heard, what it says of a pending restart
    List,
    /// Everything known of one host, and what happened on it
    Show {
        /// Asset tag
        host: String,
    },
    /// Make a one-time token with which a host may enrol; it is shown only here
    Offer {
        /// Asset tag; the device is in the register
        host: String,
        /// For how long the token is valid
        #[arg(long, default_value_t = 60, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..=10_080))]
        valid: u32,
    },
    /// Let a host no longer speak to us
    Revoke {
        /// Asset tag
        host: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

/// Who acts: an account that may change things.
#[derive(Debug, Args)]
pub(crate) struct By {
    /// The account that acts
    #[arg(long = "by", value_name = "ACCOUNT")]
    pub(crate) account: String,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// A plan file (TOML or JSON, as people write it or as the API gives it), or a recorded plan by its hash or the beginning of it
    #[arg(value_name = "PLAN")]
    pub(crate) plan: String,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A plan file (TOML or JSON, as people write it or as the API gives it), or a recorded plan by its hash or the beginning of it
    #[arg(value_name = "PLAN")]
    pub(crate) plan: String,
    /// Asset tag
    #[arg(value_name = "HOST")]
    pub(crate) host: String,
}

/// A plan, by its hash or the beginning of it.
#[derive(Debug, Args)]
pub(crate) struct OnePlan {
    /// Its hash, or enough of its beginning
    pub(crate) plan: String,
}

/// A plan with a reason.
#[derive(Debug, Args)]
pub(crate) struct PlanBecause {
    #[command(flatten)]
    pub(crate) plan: OnePlan,
    /// Why
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) by: By,
}

/// A campaign that is to be planned.
#[derive(Debug, Args)]
pub(crate) struct CampaignArgs {
    /// A campaign as JSON: which devices, windows, people and rules; see docs/planning.md
    pub(crate) file: Option<PathBuf>,
    /// Most time to look for a better plan; Ctrl-C takes the best so far
    #[arg(long, default_value_t = 30, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub(crate) seconds: u32,
    /// Where pseudo-random numbers begin
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=2_147_483_647))]
    pub(crate) seed: u32,
    /// Threads of the solver
    #[arg(long, default_value_t = 2, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) threads: u32,
    /// Say of this device alone why it is where it is, why not earlier, and what it waits for
    #[arg(long, value_name = "HOST")]
    pub(crate) explain: Option<String>,
    #[command(flatten)]
    pub(crate) journal: FromJournal,
}

/// A campaign out of the journal.
#[derive(Debug, Args)]
pub(crate) struct FromJournal {
    /// Plan for the devices that this advisory affects, by its tracking id; once for each
    #[arg(long = "advisory", value_name = "ID", conflicts_with = "file")]
    pub(crate) advisories: Vec<String>,
    /// Give this patch, of a plan of the journal or of the file of windows [default: whatever is known that closes what the devices suffer
    /// from]; without an advisory the devices are those that suffer from what it closes
    #[arg(long = "patch", value_name = "ID", conflicts_with = "file")]
    pub(crate) patches: Vec<String>,
    /// Plan this plan of the journal again, by the beginning of its hash: the answer is its next revision; of a plan that has begun, what it
    /// leaves behind becomes a plan of its own
    #[arg(long, value_name = "PLAN", conflicts_with_all = ["file", "advisories", "patches", "site"])]
    pub(crate) again: Option<String>,
    /// Windows, staff, units, ways and patches: TOML, or CSV for windows alone; see docs/campaign.md. What it leaves out is as the journal's
    /// plans say it [default: windows of other plans that lie ahead]
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    pub(crate) windows: Option<PathBuf>,
    /// Devices of this site only
    #[arg(long, value_name = "SITE", conflicts_with = "file")]
    pub(crate) site: Option<String>,
    /// Devices of the first ring of each bundle; 0 for no rings [default: 1; with --again as the plan has it]
    #[arg(long, value_name = "N", conflicts_with = "file", value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub(crate) first: Option<u32>,
    /// Minutes that the first ring must have run before the rest begins [default: 1440; with --again as the plan has it]
    #[arg(long, value_name = "MINUTES", conflicts_with = "file", value_parser = clap::value_parser!(u32).range(0..=525_600))]
    pub(crate) soak: Option<u32>,
    /// What the plan is called
    #[arg(long, value_name = "TEXT", conflicts_with = "file")]
    pub(crate) title: Option<String>,
    /// Record the result as the draft of a plan, for wards to answer
    #[arg(long, requires = "by", conflicts_with = "file")]
    pub(crate) draft: bool,
    /// The account that drafts it
    #[arg(long = "by", value_name = "ACCOUNT", requires = "draft")]
    pub(crate) by: Option<String>,
    /// What is done when it goes wrong and who is called; no plan is agreed without
    #[arg(long, value_name = "TEXT", requires = "draft", default_value = "")]
    pub(crate) contingency: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    /// Record a plan, or another revision of one; see docs/plan-file.md
    Draft {
        /// TOML or JSON
        file: PathBuf,
        #[command(flatten)]
        by: By,
    },
    /// Every plan
    List,
    /// One plan: who must still say what, and where its hosts stand
    Show(OnePlan),
    /// Answer for a unit
    Answer(PlanAnswer),
    /// Confirm the staff that a unit needs while it is dark
    Cover {
        #[command(flatten)]
        plan: OnePlan,
        /// The unit
        #[arg(long)]
        unit: String,
        /// Somebody who is there, by name or role; once for each
        #[arg(long = "person", required = true, value_name = "NAME")]
        people: Vec<String>,
        #[command(flatten)]
        by: By,
    },
    /// Approve; two people do, and not who asks for it
    Approve {
        #[command(flatten)]
        plan: OnePlan,
        #[command(flatten)]
        by: By,
    },
    /// Withdraw a plan that was not started
    Withdraw(PlanBecause),
    /// Set an agreed plan in motion
    Start {
        #[command(flatten)]
        plan: OnePlan,
        #[command(flatten)]
        by: By,
    },
    /// Begin nothing new for a while
    Pause(PlanBecause),
    /// Go on after a pause
    Resume(PlanBecause),
    /// Stop for good
    Stop {
        #[command(flatten)]
        because: PlanBecause,
        /// An emergency: running orders are not waited for
        #[arg(long)]
        emergency: bool,
    },
}

/// What a unit answers.
#[derive(Debug, Args)]
#[group(id = "answer", required = true, multiple = false, args = ["accept", "refuse", "propose"])]
pub(crate) struct Answer {
    /// It may be done as planned
    #[arg(long)]
    pub(crate) accept: bool,
    /// Not at all, because
    #[arg(long, value_name = "REASON")]
    pub(crate) refuse: Option<String>,
    /// Not before this time, such as 2026-11-25T22:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) propose: Option<String>,
    /// A remark to a proposal
    #[arg(long, requires = "propose", default_value = "")]
    pub(crate) remark: String,
}

#[derive(Debug, Args)]
pub(crate) struct PlanAnswer {
    #[command(flatten)]
    pub(crate) plan: OnePlan,
    /// The unit
    #[arg(long)]
    pub(crate) unit: String,
    #[command(flatten)]
    pub(crate) answer: Answer,
    #[command(flatten)]
    pub(crate) by: By,
}

/// Which patches, for which device.
#[derive(Debug, Args)]
pub(crate) struct BundleAsked {
    /// JSON or TOML: patches with their terms, rules, holidays
    pub(crate) catalogue: PathBuf,
    /// The device
    #[arg(long, value_name = "ASSET_TAG")]
    pub(crate) device: String,
    /// Patches that are on it, or `none`; without it nobody has said, and what could meet them is not installed
    #[arg(long, value_delimiter = ',', value_name = "PATCH")]
    pub(crate) installed: Vec<String>,
    /// Patches that shall be on it [default: the newest of the catalogue that are made for it]
    #[arg(long, value_delimiter = ',', value_name = "PATCH")]
    pub(crate) wanted: Vec<String>,
    /// Who installs: staff, vendor or third_party [default: who the register says may]
    #[arg(long, value_name = "WHO")]
    pub(crate) by: Option<String>,
    /// The day of installing, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DAY")]
    pub(crate) on: Option<String>,
    /// Is a patient treated with the device then?
    #[arg(long)]
    pub(crate) treatment: Option<TreatmentArg>,
}

/// Is a patient treated with a device?
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum TreatmentArg {
    /// It is out of care
    Free,
    /// Somebody is
    InUse,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OutageCommand {
    /// Every further outage, with who has answered
    List,
    /// Answer for a unit
    Answer {
        /// Which
        outage: String,
        /// The unit
        #[arg(long)]
        unit: String,
        #[command(flatten)]
        answer: Answer,
        #[command(flatten)]
        by: By,
    },
    /// Move it; answers given before are void
    Move {
        /// Which
        outage: String,
        /// Not before, such as 2026-11-26T04:00:00Z
        #[arg(long, value_name = "TIME")]
        not_before: String,
        /// It may begin until
        #[arg(long, value_name = "TIME")]
        latest_start: String,
        /// Over by
        #[arg(long, value_name = "TIME")]
        not_after: String,
        #[command(flatten)]
        by: By,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum IncidentCommand {
    /// The incident list, newest last
    List,
    /// Close an entry
    Close {
        /// Which
        incident: String,
        /// What shows that it is over
        #[arg(long)]
        evidence: String,
        #[command(flatten)]
        by: By,
    },
}
