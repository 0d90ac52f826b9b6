//! Manifests as a hospital meets them: before and after an upgrade, with and without what the vendor wants.

// Helpers of tests may fail as tests do; clippy knows only the tests themselves.
#![allow(clippy::unwrap_used, clippy::panic)]

mod classes;
mod codes;
mod form;
mod laws;
mod writes;

use manifest::{Builder, Entry, Format, Key, Manifest, Secrets, Value};

/// A manifest of texts.
fn manifest(settings: &[(&str, &str)]) -> Manifest {
    sealed(&Secrets::default(), settings)
}

fn sealed(secrets: &Secrets, settings: &[(&str, &str)]) -> Manifest {
    of(secrets, settings.iter().map(|(key, value)| (*key, Entry::plain(Value::Text((*value).into())))))
}

fn of<'a>(secrets: &Secrets, entries: impl IntoIterator<Item = (&'a str, Entry)>) -> Manifest {
    let mut builder = Builder::new(secrets);
    for (key, entry) in entries {
        builder.add(Key::parse(key).unwrap(), entry).unwrap();
    }
    builder.finish(Format::Ini, "archive.ini")
}

fn key_of(byte: u8) -> Secrets {
    Secrets::new(Some(&[byte; 32]), &[]).unwrap()
}
