//! The drawer: why a value is what it is. Each piece of evidence with its origin, its age and who verified it.

use askama::Template;
use askama::filters::HtmlSafe;

use super::{Age, Status};
use crate::words::Words;

/// One piece of evidence.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What it says, in one sentence.
    pub says: String,
    /// Where it comes from: document and place, import, observation.
    pub origin: String,
    /// Where the origin can be looked at; empty for nowhere.
    pub origin_href: String,
    /// How old it is; `None` when not known.
    pub age: Option<Age>,
    /// Who verified it; empty for nobody yet.
    pub who: String,
}

/// Everything behind one value. On a page of its own (`/…/why`) without scripts; in the drawer with them.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/evidence.html")]
pub struct Drawer {
    /// Texts.
    pub w: Words,
    /// What is asked about: *MON-0042 · CVE-2024-12248*.
    pub subject: String,
    /// The value in question.
    pub status: Option<Status>,
    /// The reasoning in one or two sentences: which rule fired, what is not known, what happens next.
    pub summary: String,
    /// The evidence, strongest first.
    pub evidence: Vec<Evidence>,
}

impl HtmlSafe for Drawer {}
