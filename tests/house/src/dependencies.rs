//! Who may depend on whom: rules 1 to 6 of the architecture, and the allow-list of what the pure crates are built with.

use crate::Breach;
use crate::graph::Graph;

/// Which packages of the workspace each may be built with. A package that is not here has no place in the house yet.
///
/// Source: ARCHITECTURE.md, dependency rules. Tests (dev-dependencies) may use what they like.
pub const MAY_USE: &[(&str, &[&str])] = &[
    // 1. `model` depends on no crate of the workspace.
    ("model", &[]),
    // 2. These depend on `model` only, never on each other; `hospital` hands them what they need.
    ("exposure", &["model"]),
    ("planning", &["model"]),
    ("rollout", &["model"]),
    ("archive", &["model"]),
    ("care", &["model"]),
    ("manifest", &[]),
    ("hospital", &["model", "exposure", "planning", "rollout", "archive", "care"]),
    // 4. These may use `model`; `journal` knows nothing of what its entries mean.
    ("journal", &["model"]),
    ("wire", &["model"]),
    ("adapter-input", &["model"]),
    ("adapter-csaf", &["model", "adapter-input"]),
    ("adapter-cmms", &["model", "adapter-input"]),
    // What it reads are records of past nights, which are `planning`'s.
    ("adapter-nights", &["model", "planning", "adapter-input"]),
    ("adapter-threat", &["model", "adapter-input"]),
    ("adapter-dicom", &["model", "archive"]),
    // It lists and follows an archive as `adapter-dicom` asks it.
    ("adapter-digests", &["model", "archive", "adapter-dicom"]),
    // What was to be in the archives, and how urgent it is, are `archive`'s words.
    ("adapter-hl7", &["model", "archive", "adapter-input"]),
    ("adapter-modality", &["model", "archive", "adapter-input"]),
    // What it reads are settings, coding tables and counters, which are `manifest`'s.
    ("adapter-settings", &["model", "manifest", "adapter-input"]),
    // One running copy of Segue: follows the journal, keeps the State, carries commands.
    ("node", &["model", "hospital", "journal"]),
    // 5. `server` reaches adapters only through traits that it owns.
    (
        "server",
        &[
            "model", "exposure", "rollout", "planning", "archive", "care", "hospital", "journal", "node",
            "wire",
        ],
    ),
    ("agent", &["model", "wire"]),
    // Where hosts speak with us: TLS, certificates, check-ins carried into the journal.
    ("gateway", &["model", "hospital", "node", "wire"]),
    // 6. Only `segue` wires everything. Only tests, `xtask` and `segue` use `sim`.
    ("segue", ANY),
    ("sim", ANY),
    ("xtask", ANY),
    ("house", ANY),
    ("fuzz-targets", ANY),
    ("vm", ANY),
    ("archives", ANY),
];

/// Marks a package that may use any other.
const ANY: &[&str] = &["*"];

/// Packages that only some of ours may name, and why.
pub const ONLY_IN: &[(&str, &[&str], &str)] = &[
    ("sqlx", &["journal"], "no SQL outside `journal`"),
    ("chrono", &[], "time is jiff's; one way to do each thing"),
    (
        "anyhow",
        &["segue", "xtask", "vm", "archives"],
        "anyhow in the binaries only; a boundary has its own error enum",
    ),
    ("axum", &["server", "gateway", "segue", "sim"], "HTTP lives in `server`, that of hosts in `gateway`"),
];

/// 3. The crates without IO, clock, random numbers or async.
pub const PURE: &[&str] =
    &["model", "exposure", "hospital", "planning", "rollout", "archive", "care", "manifest"];

/// All that a pure crate may be built with, directly or not. Each entry was looked at: no IO, clock or random source.
pub const PURE_MAY_USE: &[&str] = &[
    "aho-corasick",
    "allocator-api2",
    "block-buffer",
    "bytemuck",
    // A macro; switched on for all by the PDF of a report, which shares `bytemuck`.
    "bytemuck_derive",
    "byteorder",
    "cfg-if",
    "cobs",
    "cpufeatures",
    "crypto-common",
    "digest",
    "embedded-io",
    "equivalent",
    "fearless_simd",
    "fearless_simd_macros",
    "foldhash",
    "generic-array",
    "hashbrown",
    "hex",
    "hmac",
    "itoa",
    "libm",
    "memchr",
    "postcard",
    "roaring",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_json",
    "sha2",
    "subtle",
    "thiserror",
    "thiserror-impl",
    "typenum",
    "zmij",
    // The planner's solver (feature `solver` of `planning`): C++ that computes in memory. It reads a clock of its own for the time limit
    // that it is given as a parameter, and says nothing on any stream: the one exception to rule 3 that the design makes.
    "highs",
    "highs-sys",
    // What `highs` says goes to the caller's log.
    "log",
    // For `cpufeatures` on ARM only: which instructions the processor has.
    "libc",
];

/// Rules 1, 2, 4, 5 and 6.
#[must_use]
pub fn between_members(graph: &Graph) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let member_names: Vec<&str> = graph.members().map(|member| member.name.as_str()).collect();
    for member in graph.members() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == member.name) else {
            breaches.push(Breach::new(&member.name, "has no place in the dependency rules (MAY_USE)"));
            continue;
        };
        for used in graph.names(&member.normal).filter(|name| member_names.contains(name)) {
            if *allowed != ANY && !allowed.contains(&used) {
                let rule = format!("{} may use {allowed:?} of the workspace only", member.name);
                breaches.push(Breach::new(format!("{} -> {used}", member.name), rule));
            }
        }
    }
    breaches
}

/// What only some crates may name.
#[must_use]
pub fn reserved(graph: &Graph) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for member in graph.members() {
        for (package, owners, why) in ONLY_IN {
            if graph.names(&member.normal).any(|used| used == *package) && !owners.contains(&&*member.name) {
                breaches.push(Breach::new(format!("{} -> {package}", member.name), *why));
            }
        }
    }
    breaches
}

/// Rule 3: each package that a pure crate is built with is on the list, else the chain that brought it in.
#[must_use]
pub fn pure_trees(graph: &Graph) -> Vec<Breach> {
    let ours: Vec<&str> = graph.members().map(|member| member.name.as_str()).collect();
    let mut breaches = Vec::new();
    for pure in PURE {
        for (name, chain) in graph.tree(pure) {
            if !PURE_MAY_USE.contains(&&*name) && !ours.contains(&&*name) {
                let rule = format!("{name} is not on the list of what a pure crate may be built with");
                breaches.push(Breach::new(chain.join(" -> "), rule));
            }
        }
    }
    breaches
}
