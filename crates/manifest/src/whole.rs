//! A manifest: every setting of one system at one time, each key once, secrets sealed; how it is built, and its JSON form.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::key::Key;
use crate::secret::{KeyId, Secrets};
use crate::value::{Entry, Standing, Value};

/// The version of the JSON form that is written, and the only one that is read.
pub const FORM_VERSION: u32 = 1;
/// Most keys of a manifest.
pub const KEYS_MAX_COUNT: usize = 500_000;
/// Most values of a manifest, counting each time that a key is there.
pub const VALUES_MAX_COUNT: usize = 2_000_000;
/// All keys of a manifest together, in bytes (256 MiB): long names around many settings are written once in a file, and once for each key here.
pub const KEYS_TOTAL_MAX_BYTES: usize = 256 * 1024 * 1024;
/// Longest JSON form that is read, in bytes (256 MiB).
pub const FORM_SIZE_MAX_BYTES: usize = 256 * 1024 * 1024;

/// What a manifest was read from. Manifests of two formats have nothing in common that could be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Sections with `key=value`.
    Ini,
    /// XML.
    Xml,
    /// JSON.
    Json,
    /// An export of the Windows registry.
    Registry,
    /// A table: one setting a row.
    Table,
    /// Orthanc's configuration files, with what it says of itself.
    Orthanc,
}

impl Format {
    /// In a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Format::Ini => "INI",
            Format::Xml => "XML",
            Format::Json => "JSON",
            Format::Registry => "a registry export",
            Format::Table => "a table of settings",
            Format::Orthanc => "Orthanc's configuration",
        }
    }
}

/// Every setting of a system. Holds no secret in the clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Form", into = "Form")]
pub struct Manifest {
    format: Format,
    source: Box<str>,
    sealed_with: Option<KeyId>,
    entries: BTreeMap<Key, Entry>,
}

impl Manifest {
    /// What it was read from.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The file, as a person named it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The same manifest, called otherwise.
    #[must_use]
    pub fn called(self, source: &str) -> Manifest {
        Manifest { source: source.into(), ..self }
    }

    /// Which key sealed its secrets.
    pub fn sealed_with(&self) -> Option<KeyId> {
        self.sealed_with
    }

    /// The settings, by key.
    pub fn entries(&self) -> &BTreeMap<Key, Entry> {
        &self.entries
    }

    /// The setting at `key`. A group that has become empty, or is no longer, is known by what lies below it: where a key lies below, the
    /// group is there and no setting of its own.
    pub fn get(&self, key: &Key) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// Does any key lie below `key`?
    pub fn has_below(&self, key: &Key) -> bool {
        has_below(&self.entries, key)
    }

    /// Reads the JSON form.
    ///
    /// # Errors
    /// It is none, or of another version.
    pub fn from_json(bytes: &[u8]) -> Result<Manifest, NotAManifest> {
        #[derive(Deserialize)]
        struct Head {
            manifest: u32,
        }
        if bytes.len() > FORM_SIZE_MAX_BYTES {
            return Err(NotAManifest::Size);
        }
        let head: Head = serde_json::from_slice(bytes).map_err(NotAManifest::Notation)?;
        if head.manifest != FORM_VERSION {
            return Err(NotAManifest::Version(head.manifest));
        }
        serde_json::from_slice(bytes).map_err(NotAManifest::Notation)
    }
}

fn has_below<T>(entries: &BTreeMap<Key, T>, key: &Key) -> bool {
    entries.range(key.below()..).next().is_some_and(|(next, _)| key.holds(next))
}

/// Why bytes are no manifest.
#[derive(Debug, thiserror::Error)]
pub enum NotAManifest {
    /// Too long.
    #[error("it has more than {FORM_SIZE_MAX_BYTES} bytes")]
    Size,
    /// Another version.
    #[error("it is a manifest of version {0}; this program reads version {FORM_VERSION}")]
    Version(u32),
    /// Not the JSON of a manifest.
    #[error("it is no manifest as `segue manifest read` writes one: {0}")]
    Notation(#[source] serde_json::Error),
}

/// The JSON form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    manifest: u32,
    format: Format,
    source: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed_with: Option<KeyId>,
    settings: Vec<Setting>,
}

/// One setting of it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    key: Key,
    value: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Standing::is_set")]
    standing: Standing,
}

/// Why a form is not one of a manifest.
#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("it is of version {0}, not {FORM_VERSION}")]
    Version(u32),
    #[error("{0} is there twice")]
    Twice(Key),
    #[error("more than {KEYS_MAX_COUNT} settings")]
    Count,
    #[error("{0} is sealed, and sealed_with does not say with what")]
    Unsealed(Key),
}

impl TryFrom<Form> for Manifest {
    type Error = Unfit;
    fn try_from(form: Form) -> Result<Manifest, Unfit> {
        if form.manifest != FORM_VERSION {
            return Err(Unfit::Version(form.manifest));
        }
        if form.settings.len() > KEYS_MAX_COUNT {
            return Err(Unfit::Count);
        }
        let mut entries = BTreeMap::new();
        for Setting { key, value, of, standing } in form.settings {
            let entry = Entry { value, of, standing };
            if matches!(entry.value, Value::Secret(_)) && form.sealed_with.is_none() {
                return Err(Unfit::Unsealed(key));
            }
            if entries.insert(key.clone(), entry).is_some() {
                return Err(Unfit::Twice(key));
            }
        }
        Ok(Manifest { format: form.format, source: form.source, sealed_with: form.sealed_with, entries })
    }
}

impl From<Manifest> for Form {
    fn from(manifest: Manifest) -> Form {
        let setting = |(key, Entry { value, of, standing })| Setting { key, value, of, standing };
        let settings = manifest.entries.into_iter().map(setting).collect();
        Form {
            manifest: FORM_VERSION,
            format: manifest.format,
            source: manifest.source,
            sealed_with: manifest.sealed_with,
            settings,
        }
    }
}

/// Collects settings as they are read, and seals what is secret at the end.
#[derive(Debug)]
pub struct Builder<'a> {
    secrets: &'a Secrets,
    read: BTreeMap<Key, Vec<Entry>>,
    values: usize,
    key_bytes: usize,
}

/// More than a manifest holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there are more than {KEYS_MAX_COUNT} settings or {VALUES_MAX_COUNT} values of them, or their keys have more than {KEYS_TOTAL_MAX_BYTES} bytes"
)]
pub struct TooMany;

impl<'a> Builder<'a> {
    /// Nothing yet.
    pub fn new(secrets: &'a Secrets) -> Builder<'a> {
        Builder { secrets, read: BTreeMap::new(), values: 0, key_bytes: 0 }
    }

    /// Adds what stands at `key`, and says how often the key was there before. All of them are kept: which one counts is the program's to know.
    ///
    /// # Errors
    /// There are too many.
    pub fn add(&mut self, key: Key, entry: Entry) -> Result<usize, TooMany> {
        let many = match &entry.value {
            Value::List(values) | Value::Repeated(values) => values.len().max(1),
            _ => 1,
        };
        self.values = self.values.saturating_add(many);
        if !self.read.contains_key(&key) {
            self.key_bytes = self.key_bytes.saturating_add(key.as_str().len());
        }
        let many_keys = self.read.len() >= KEYS_MAX_COUNT && !self.read.contains_key(&key);
        if many_keys || self.values > VALUES_MAX_COUNT || self.key_bytes > KEYS_TOTAL_MAX_BYTES {
            return Err(TooMany);
        }
        let before = self.read.entry(key).or_default();
        before.push(entry);
        Ok(before.len() - 1)
    }

    /// The manifest of what was added.
    pub fn finish(self, format: Format, source: &str) -> Manifest {
        let is_empty = |entry: &Entry| entry.value == Value::Empty;
        let with_empty = self.read.iter().filter(|(_, all)| all.iter().any(is_empty));
        let groups: BTreeSet<Key> =
            with_empty.map(|(key, _)| key).filter(|key| has_below(&self.read, key)).cloned().collect();
        let mut entries = BTreeMap::new();
        for (key, mut all) in self.read {
            if groups.contains(&key) {
                all.retain(|entry| !is_empty(entry));
            }
            if !all.is_empty() {
                let entry = self.secrets.seal(&key, joined(all));
                entries.insert(key, entry);
            }
        }
        Manifest { format, source: source.into(), sealed_with: self.secrets.key_id(), entries }
    }
}

impl Secrets {
    fn seal(&self, key: &Key, entry: Entry) -> Entry {
        if entry.value == Value::Empty || !self.is_secret(key, &entry.value) {
            return entry;
        }
        let value = self.sealed(key, &entry.value, entry.of.as_deref());
        Entry { value, ..entry }
    }
}

/// One entry of all that stand at one key.
fn joined(all: Vec<Entry>) -> Entry {
    let alike = |of: fn(&Entry) -> &Option<Box<str>>| {
        all.windows(2).all(|two| matches!(two, [a, b] if of(a) == of(b)))
    };
    let of = if alike(|entry| &entry.of) {
        all.first().and_then(|entry| entry.of.clone())
    } else {
        let each: Vec<&str> = all.iter().map(|entry| entry.of.as_deref().unwrap_or("-")).collect();
        Some(each.join(", ").into())
    };
    let standing = all.iter().map(|entry| entry.standing).find(|standing| standing.is_set());
    let standing = standing.or_else(|| all.first().map(|entry| entry.standing)).unwrap_or_default();
    let mut values: Vec<Value> = all.into_iter().map(|entry| entry.value).collect();
    let value = match values.len() {
        1 => values.swap_remove(0),
        _ => Value::Repeated(values),
    };
    Entry { value, of, standing }
}
