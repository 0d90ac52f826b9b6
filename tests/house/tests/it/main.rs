//! The rules of the house, on the repository as it is; and each checker, on a small planted breach that it must find.

// The helpers of tests may fail as loudly as the tests.
#![allow(clippy::unwrap_used)]

mod dependency_rules;
mod licence_rules;
mod text_rules;
mod word_rules;

use house::Breach;
use house::files::File;

/// Fails with every breach named, one a line.
#[track_caller]
fn none(breaches: &[Breach]) {
    let lines: Vec<String> = breaches.iter().map(ToString::to_string).collect();
    assert!(breaches.is_empty(), "{} rules are not kept:\n{}", breaches.len(), lines.join("\n"));
}

/// The planted breach is found, once, at this place.
#[track_caller]
fn found(breaches: &[Breach], place: &str) {
    assert_eq!(breaches.iter().map(|breach| breach.place.as_str()).collect::<Vec<_>>(), [place]);
}

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

fn repository() -> Vec<File> {
    let files = house::files::read(&house::files::root()).unwrap();
    assert!(files.iter().any(|file| file.path == "crates/model/src/lib.rs"), "the repository was not read");
    files
}
