//! Patterns: what tells marks apart in pictures where colour is not printed or not seen. Each mark has one, everywhere.

use askama::Template;
use askama::filters::HtmlSafe;

use super::Mark;

/// A mark's pattern as an SVG definition; `of` is the picture's id.
#[derive(Clone, Copy, Debug, Template)]
#[template(
    source = r#"<pattern id="{{ of }}-pattern-{{ mark.tag() }}" class="mark-{{ mark.tag() }}" width="8" height="8" patternUnits="userSpaceOnUse"><rect class="pattern-ground" width="8" height="8"></rect><path class="pattern-lines" d="{{ mark.pattern() }}"></path></pattern>"#,
    ext = "html"
)]
pub struct Pattern {
    /// Whose.
    pub mark: Mark,
    /// In which picture.
    pub of: &'static str,
}

impl HtmlSafe for Pattern {}

impl Pattern {
    /// What `fill` refers to it by.
    pub fn url(self) -> String {
        format!("url(#{}-pattern-{})", self.of, self.mark.tag())
    }
}

impl Mark {
    /// Lines of an 8 × 8 tile.
    pub fn pattern(self) -> &'static str {
        match self {
            // Full.
            Mark::Proven | Mark::Fixed => "M0 4H8M4 0V8M0 0H8V8H0Z",
            // Dots.
            Mark::Settling => "M1 2h2M5 6h2",
            // Rising lines.
            Mark::RestartPending | Mark::Undecided => "M-2 10 10-2M-2 2 2-2M6 10 10 6",
            // A net of rising and falling lines.
            Mark::Dark => "M-2 10 10-2M-2 2 2-2M6 10 10 6M-2-2 10 10M6-2 10 2M-2 6 2 10",
            // Upright lines, close.
            Mark::Broken | Mark::Affected => "M2 0V8M6 0V8",
            // Level lines.
            Mark::Stalled => "M0 2H8M0 6H8",
            // Short dashes.
            Mark::Stale => "M0 4H4",
            // Nothing but the edge.
            Mark::Unknown | Mark::NotAffected | Mark::NotBegun => "M0 0",
        }
    }
}
