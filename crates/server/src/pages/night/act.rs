//! The page before a binding act of a night: what will happen in one sentence, whom it concerns, what must be said, the button.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::page::{Ctx, Shell};
use crate::parts::Field;

/// Longest reason, in characters.
pub(crate) const REASON_LENGTH_MAX_CHARACTERS: usize = 1_000;

/// What is about to be done.
#[derive(Template)]
#[template(path = "pages/act.html")]
pub(crate) struct Act {
    /// The frame.
    pub(crate) shell: Shell,
    /// What will happen.
    pub(crate) says: String,
    /// Whom and what it concerns.
    pub(crate) concerns: Vec<String>,
    /// What must be said.
    pub(crate) fields: Vec<Field>,
    /// Where the button posts to.
    pub(crate) action: String,
    /// The verb on it.
    pub(crate) verb: String,
    /// Does it destroy or stop something?
    pub(crate) destructive: bool,
    /// Where *back* leads.
    pub(crate) back: String,
}

impl Act {
    /// The page; with a field that is wrong, as an answer that says so.
    pub(crate) fn answer(self, ctx: &Ctx, wrong: bool) -> Response {
        let page = ctx.page(self);
        if wrong {
            page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
        } else {
            page.into_response()
        }
    }
}

/// A reason as typed: trimmed and cut; `None` when nothing is left.
pub(crate) fn reason(text: &str) -> Option<Box<str>> {
    let text: String = text.trim().chars().take(REASON_LENGTH_MAX_CHARACTERS).collect();
    (!text.is_empty()).then(|| text.into())
}
