//! Status: word, shape and colour, one meaning everywhere. Never colour alone.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::http::assets;
use crate::words::Words;

/// Everything a thing can be marked with: proofs of patching and verdicts of exposure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Nothing was done yet.
    NotBegun,
    /// All proofs hold.
    Proven,
    /// Nothing wrong seen; a quiet period or check is still to come.
    Settling,
    /// At least one source says so.
    RestartPending,
    /// Out of service on purpose now.
    Dark,
    /// A check failed.
    Broken,
    /// No progress beyond its P99.
    Stalled,
    /// Evidence older than allowed.
    Stale,
    /// Could not be read.
    Unknown,
    /// The vulnerability is in this device.
    Affected,
    /// Cannot be decided; a gap is named.
    Undecided,
    /// Was affected; the installed version has the fix.
    Fixed,
    /// The vulnerability is not in this device.
    NotAffected,
}

impl Mark {
    /// Every mark: first the proofs, then the verdicts.
    pub const ALL: [Mark; 13] = [
        Mark::NotBegun,
        Mark::Proven,
        Mark::Settling,
        Mark::RestartPending,
        Mark::Dark,
        Mark::Broken,
        Mark::Stalled,
        Mark::Stale,
        Mark::Unknown,
        Mark::Affected,
        Mark::Undecided,
        Mark::Fixed,
        Mark::NotAffected,
    ];

    /// Its name in class names and in the sprite.
    pub fn tag(self) -> &'static str {
        match self {
            Mark::NotBegun => "not-begun",
            Mark::Proven => "proven",
            Mark::Settling => "settling",
            Mark::RestartPending => "restart",
            Mark::Dark => "dark",
            Mark::Broken => "broken",
            Mark::Stalled => "stalled",
            Mark::Stale => "stale",
            Mark::Unknown => "unknown",
            Mark::Affected => "affected",
            Mark::Undecided => "undecided",
            Mark::Fixed => "fixed",
            Mark::NotAffected => "not-affected",
        }
    }

    /// Its word.
    pub fn word(self, w: Words) -> &'static str {
        match self {
            Mark::NotBegun => w.status_not_begun(),
            Mark::Proven => w.status_proven(),
            Mark::Settling => w.status_settling(),
            Mark::RestartPending => w.status_restart_pending(),
            Mark::Dark => w.status_dark(),
            Mark::Broken => w.status_broken(),
            Mark::Stalled => w.status_stalled(),
            Mark::Stale => w.status_stale(),
            Mark::Unknown => w.status_unknown(),
            Mark::Affected => w.verdict_affected(),
            Mark::Undecided => w.verdict_undecided(),
            Mark::Fixed => w.verdict_fixed(),
            Mark::NotAffected => w.verdict_not_affected(),
        }
    }

    /// Address of its shape in the sprite.
    pub fn shape(self) -> String {
        format!("{}#{}", assets::url("sprite.svg"), self.tag())
    }
}

/// A mark with its word, and what belongs to it: until when, which source, how old, which gap.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/status.html")]
pub struct Status {
    mark: Mark,
    word: &'static str,
    detail: String,
}

impl Status {
    /// The mark and its word alone.
    pub fn new(w: Words, mark: Mark) -> Status {
        Status { mark, word: mark.word(w), detail: String::new() }
    }

    /// The mark with another word than its own, where the mark's meaning is the same: *unsupported* beside ▲.
    pub fn worded(mark: Mark, word: &'static str) -> Status {
        Status { mark, word, detail: String::new() }
    }

    /// Its mark.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// Word and detail as plain text: for a line of history and for files.
    pub fn text(&self) -> String {
        if self.detail.is_empty() { self.word.to_owned() } else { format!("{}: {}", self.word, self.detail) }
    }

    /// With a few words behind it: `until 06:30`, `version not recorded`.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Status {
        self.detail = detail.into();
        self
    }
}

impl HtmlSafe for Status {}
