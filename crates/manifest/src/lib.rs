//! The settings of a system before and after a change, exactly: what changed, and above all what is *absent* that was there or that the
//! vendor wants there (R54). One absent setting can make an archive slow for weeks, and no list of changes shows it.
//!
//! What must not live here: files and their formats (`adapters/settings` reads them), clocks, randomness, floating point, and any secret in
//! the clear beyond the moment in which it is sealed.
//!
//! `key`, `value` (one setting); `secret` (what is sealed, and how); `whole` (a manifest, its builder and its JSON form); `compare` (three
//! manifests -> a class for each key); `words` (that for people); `codes` (two coding tables, R76); `writes` (signs of needless writes, R55).

pub mod codes;
pub mod compare;
pub mod key;
pub mod secret;
pub mod value;
pub mod whole;
pub mod words;
pub mod writes;

pub use compare::{Class, Comparison, compare};
pub use key::Key;
pub use secret::Secrets;
pub use value::{Entry, Standing, Value};
pub use whole::{Builder, Format, Manifest};
