//! The page before a binding or destructive act: what will happen, whom it concerns, then the button with the verb.

use askama::Template;

use crate::page::Shell;

/// What is about to be done. A `GET` page shows it; its button posts to `action`.
#[derive(Template)]
#[template(path = "pages/confirm.html")]
pub struct Confirm {
    /// The frame.
    pub shell: Shell,
    /// What will happen, in one sentence.
    pub sentence: String,
    /// People and places concerned.
    pub concerns: Vec<String>,
    /// Where the button posts to.
    pub action: String,
    /// Hidden fields posted along, as (name, value).
    pub fields: Vec<(&'static str, String)>,
    /// The verb on the button.
    pub verb: String,
    /// Does it destroy something?
    pub destructive: bool,
    /// Where *back* leads.
    pub back: String,
}
