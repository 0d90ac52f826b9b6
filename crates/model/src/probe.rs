//! Function probes: what must work before and after, and how a host tries it (R23, R34).

use serde::{Deserialize, Serialize};

use crate::AssetTag;
use crate::ids::{ProbeId, ServiceId};

/// Longest pattern of a probe.
pub const PATTERN_MAX_BYTES: usize = 1_000;
/// Longest time a probe may take.
pub const PROBE_TIMEOUT_MAX_SECONDS: u32 = 300;

/// A function probe, declared for a service and run on one of its hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Short name, unique in the journal.
    pub id: ProbeId,
    /// The service whose function it shows.
    pub service: ServiceId,
    /// The host that runs it.
    pub host: AssetTag,
    /// What is tried.
    #[serde(rename = "try")]
    pub tries: ProbeKind,
    /// After so long it has failed.
    pub timeout_seconds: u32,
}

/// What a probe tries. Patterns are regular expressions without back-references; matching takes linear time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ProbeKind {
    /// A TCP connection opens.
    Tcp {
        /// Host name or address, as seen from the probing host.
        address: Box<str>,
        /// Port.
        port: u16,
    },
    /// An HTTP or HTTPS GET answers with a status below 400 and a body that has the pattern.
    Http {
        /// Address.
        url: Box<str>,
        /// Pattern that the body must have; empty for any body.
        #[serde(default)]
        pattern: Box<str>,
    },
    /// A process of this name runs.
    Process {
        /// Name as in `/proc/PID/comm`.
        name: Box<str>,
    },
    /// A command ends with status 0 and prints the pattern. No shell is started.
    Command {
        /// Program and arguments.
        argv: Vec<Box<str>>,
        /// Pattern that its output must have; empty for any.
        #[serde(default)]
        pattern: Box<str>,
    },
    /// A DICOM peer answers a verification request (PS3.4 Annex A, C-ECHO) with Success.
    DicomEcho {
        /// Host name or address.
        address: Box<str>,
        /// Port.
        port: u16,
        /// Called AE title.
        called: Box<str>,
        /// Our AE title.
        calling: Box<str>,
    },
    /// An HL7 v2 message came over MLLP on this port no longer than `within_seconds` ago: the alarm path lives (R34).
    Hl7Heartbeat {
        /// Port on which the agent listens, on the loopback interface or all, as its configuration says.
        port: u16,
        /// Greatest age of the newest message.
        within_seconds: u32,
    },
    /// A line with the pattern was written to a log no longer than `within_seconds` ago, as the file's own growth shows.
    LogLine {
        /// File.
        path: Box<str>,
        /// Pattern.
        pattern: Box<str>,
        /// Greatest age of the newest such line.
        within_seconds: u32,
    },
}

/// How a probe went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(rename_all = "snake_case")]
pub enum ProbeResult {
    /// It works; says what was seen.
    Passed(Box<str>),
    /// It does not; says what was seen instead.
    Failed(Box<str>),
    /// It could not be tried; says why. Not known is not fine.
    NotTried(Box<str>),
}
