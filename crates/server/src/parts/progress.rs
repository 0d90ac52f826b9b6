//! Long work: what has been done of how much, and a way to stop it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::words::Words;

/// Work that takes a while.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/progress.html")]
pub struct Progress {
    /// Texts.
    pub w: Words,
    /// Unique on the page.
    pub id: String,
    /// What is being done.
    pub label: String,
    /// How many are done.
    pub done: u64,
    /// Of how many; `None` while not known.
    pub total: Option<u64>,
    /// What is being worked on now, or what went wrong so far; may be empty.
    pub note: String,
    /// Where stopping is posted to; empty when it cannot be stopped.
    pub stop_href: String,
    /// The form token for stopping.
    pub csrf: String,
}

impl HtmlSafe for Progress {}

impl Progress {
    fn text(&self) -> String {
        match self.total {
            Some(total) => self.w.progress_done(&self.w.number(self.done), &self.w.number(total)),
            None => self.w.progress_unknown(&self.w.number(self.done)),
        }
    }
}
