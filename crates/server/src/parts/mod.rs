//! The components pages are made of: each a small struct with a template of its own, written into a page as
//! `{{ part }}`. All of them, in every state, stand on `/styleguide`. They hold plain data and never ask for any.

mod bar;
mod evidence;
mod field;
mod figures;
mod notes;
mod pager;
mod pattern;
mod progress;
mod status;
mod table;
pub mod timeline;

pub use bar::{Bar, Segment};
pub use evidence::{Drawer, Evidence};
pub use field::{Choice, Field, FieldKind};
pub use figures::{Age, CountOf, Share};
pub use notes::{Banner, BannerKind, Empty};
pub use pager::Pager;
pub use pattern::Pattern;
pub use progress::Progress;
pub use status::{Mark, Status};
pub use table::{Cell, Column, Filter, Row, Sorted, Table};
