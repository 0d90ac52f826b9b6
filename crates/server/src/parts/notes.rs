//! Banners and empty states.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::words::Words;

/// How much a banner matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BannerKind {
    /// Good to know.
    Info,
    /// Something was done.
    Done,
    /// Needs a look.
    Warning,
    /// Went wrong.
    Error,
}

/// One sentence across the page.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/banner.html")]
pub struct Banner {
    /// Texts.
    pub w: Words,
    /// How much it matters.
    pub kind: BannerKind,
    /// The sentence.
    pub text: String,
}

impl HtmlSafe for Banner {}

impl Banner {
    fn tag(&self) -> &'static str {
        match self.kind {
            BannerKind::Info => "info",
            BannerKind::Done => "done",
            BannerKind::Warning => "warning",
            BannerKind::Error => "error",
        }
    }

    fn word(&self) -> &'static str {
        match self.kind {
            BannerKind::Info => self.w.banner_info(),
            BannerKind::Done => self.w.banner_done(),
            BannerKind::Warning => self.w.banner_warning(),
            BannerKind::Error => self.w.banner_error(),
        }
    }
}

/// What a page is for while it has nothing to show, and the one next step.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/empty.html")]
pub struct Empty {
    /// Texts.
    pub w: Words,
    /// What this page is for, and that there is nothing yet.
    pub text: String,
    /// Where the next step is done; empty when the reader has none.
    pub href: String,
    /// The next step, with its verb first.
    pub step: String,
}

impl HtmlSafe for Empty {}
