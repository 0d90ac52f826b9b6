//! What the server needs of whoever reads uploaded files. The binary implements it with the adapters; the server never
//! knows a file format.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use hospital::State;
use hospital::campaign::Setting;
use hospital::imports::{ImportKind, ImportSummary};
use model::ids::AccountId;
use model::plan::Plan;
use model::{Finding, Time};

/// Largest upload, all its files together: what the largest device list may have.
pub const UPLOAD_SIZE_MAX_BYTES: usize = 512 * 1024 * 1024;
/// Most files of one upload.
pub const UPLOAD_FILES_MAX: usize = 2_000;
/// Largest mapping file.
pub const MAPPING_SIZE_MAX_BYTES: usize = 1024 * 1024;

/// One file of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedFile {
    /// The name it had on the person's machine.
    pub name: String,
    /// Where it is kept.
    pub path: PathBuf,
}

/// What a person has uploaded, kept in a private place until the import is done or given up.
#[derive(Clone, Debug)]
pub struct Upload {
    /// What it is said to be.
    pub kind: ImportKind,
    /// The files; never none, and several only where [`takes_several`] says so.
    pub files: Vec<UploadedFile>,
    /// How columns are to be read, as a mapping file's text; empty means guess.
    pub mapping: String,
    /// A person's answers about columns: position from 0, and the field that it fills (`None`: not read).
    pub columns: Vec<(usize, Option<String>)>,
    /// The list is the whole register: what it does not name is retired.
    pub complete: bool,
}

impl Upload {
    /// The files' names, as a person would say them.
    pub fn source(&self) -> String {
        let names: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        names.join(", ")
    }
}

/// Windows as text.
#[derive(Clone, Copy, Debug)]
pub struct WindowsText<'a> {
    /// The text.
    pub text: &'a str,
    /// What it is called when something is wrong in it.
    pub source: &'a str,
    /// IANA time zone of its local times.
    pub time_zone: &'a str,
}

/// What can be imported, the most usual first.
pub const KINDS: [ImportKind; 7] = [
    ImportKind::Inventory,
    ImportKind::Advisories,
    ImportKind::Kev,
    ImportKind::Epss,
    ImportKind::Vulnrichment,
    ImportKind::Hospital,
    ImportKind::Nights,
];

/// The kind that a word of [`ImportKind::word`] names.
pub fn kind_from_word(word: &str) -> Option<ImportKind> {
    KINDS.into_iter().find(|kind| kind.word() == word)
}

/// What a file probably is, by its name alone. A person confirms it.
pub fn kind_of_name(name: &str) -> ImportKind {
    let name = name.to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&[".toml"]) {
        ImportKind::Hospital
    } else if name.contains("epss") || ends(&[".csv.gz"]) {
        ImportKind::Epss
    } else if name.contains("known_exploited") || name.contains("known-exploited") || name.starts_with("kev")
    {
        ImportKind::Kev
    } else if name.contains("nights") && ends(&[".csv"]) {
        ImportKind::Nights
    } else if name.starts_with("cve-") {
        ImportKind::Vulnrichment
    } else if ends(&[".json", ".asc", ".sha256", ".sha512"]) {
        ImportKind::Advisories
    } else {
        ImportKind::Inventory
    }
}

/// May an upload of this kind have several files?
pub fn takes_several(kind: ImportKind) -> bool {
    match kind {
        ImportKind::Advisories | ImportKind::Vulnrichment => true,
        ImportKind::Inventory
        | ImportKind::Kev
        | ImportKind::Epss
        | ImportKind::Hospital
        | ImportKind::Nights => false,
    }
}

/// How a document stands to what is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentStanding {
    /// The advisory is new.
    New,
    /// It is newer than the revision in force, which has this version.
    Newer(String),
    /// It is older than the revision in force, which has this version; it is kept for comparison.
    Older(String),
    /// This very document is kept already.
    Known,
    /// It is refused; a finding says why.
    Refused,
}

/// One document of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentPreview {
    /// The file's name.
    pub file: String,
    /// Tracking id; empty when it was refused.
    pub id: String,
    /// Version; empty when it was refused.
    pub version: String,
    /// Title; empty when it was refused.
    pub title: String,
    /// How it stands to what is known.
    pub standing: DocumentStanding,
}

/// How a column of a device list is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnReading {
    /// The column's header.
    pub header: String,
    /// The field that it fills; `None`: it is not read.
    pub field: Option<&'static str>,
    /// Why a person should look: the reason of a guess.
    pub guessed: Option<String>,
    /// The first few values, so that a person can see whether the guess is right.
    pub examples: Vec<String>,
}

/// One device that an import would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedDevice {
    /// Asset tag.
    pub asset_tag: String,
    /// Maker and model, as listed.
    pub name: String,
    /// Field, before and after, for each field that differs.
    pub fields: Vec<(&'static str, String, String)>,
}

/// What an import would do, before anything is done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Records read.
    pub read: u64,
    /// Records that would be new.
    pub new: u64,
    /// Records that would change an earlier one.
    pub changed: u64,
    /// Records that are known already.
    pub unchanged: u64,
    /// Devices of the register that the list does not name.
    pub gone: u64,
    /// Devices in the register now.
    pub registered: u64,
    /// Records of a feed that concern nothing we know.
    pub left_out: u64,
    /// Documents that would be refused; the others would be imported.
    pub refused: u64,
    /// For advisories, the first documents.
    pub documents: Vec<DocumentPreview>,
    /// For device lists, the columns.
    pub columns: Vec<ColumnReading>,
    /// The fields a column can fill, for the person who corrects a guess.
    pub fields: Vec<&'static str>,
    /// Questions that must be answered first, as sentences.
    pub questions: Vec<String>,
    /// The mapping as a mapping file, guesses confirmed.
    pub mapping: String,
    /// The first new, changed and gone devices.
    pub new_examples: Vec<ChangedDevice>,
    /// The first changed devices.
    pub changed_examples: Vec<ChangedDevice>,
    /// The first devices that are gone.
    pub gone_examples: Vec<String>,
    /// What is wrong or worth a look; errors stop the import.
    pub findings: Vec<Finding>,
    /// Errors in all.
    pub errors: u64,
    /// Findings that are not listed.
    pub findings_left_out: u64,
}

impl Preview {
    /// May it be imported as it stands?
    pub fn is_importable(&self) -> bool {
        self.errors == 0 && self.questions.is_empty()
    }

    /// What would change, as numbers: two previews with the same ones promise the same.
    pub fn promise(&self) -> [u64; 5] {
        [self.read, self.new, self.changed, self.unchanged, self.gone]
    }
}

/// How a long import gets on, and how to stop it. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    done: AtomicU64,
    total: AtomicU64,
    stop: AtomicBool,
}

impl Watch {
    /// Says how far it has come: `done` of `total` records; a total of 0 is not known yet.
    pub fn report(&self, done: u64, total: u64) {
        self.0.done.store(done, Ordering::Relaxed);
        self.0.total.store(total, Ordering::Relaxed);
    }

    /// Records done, and how many there are.
    pub fn progress(&self) -> (u64, u64) {
        (self.0.done.load(Ordering::Relaxed), self.0.total.load(Ordering::Relaxed))
    }

    /// Asks it to stop. What has begun to be recorded is recorded whole.
    pub fn stop(&self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }

    /// Was it asked to stop?
    pub fn is_stopped(&self) -> bool {
        self.0.stop.load(Ordering::Relaxed)
    }

    /// The flag itself, for readers that look at it between records.
    pub fn flag(&self) -> &AtomicBool {
        &self.0.stop
    }
}

/// What came of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// As the journal has it.
    pub summary: ImportSummary,
    /// Documents of a folder that were refused, and anything worth a look.
    pub findings: Vec<Finding>,
    /// Documents that were refused.
    pub refused: u64,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is refused; each finding says where and what would be right.
    #[error("the file is refused: {} errors", .0.len())]
    Findings(Vec<Finding>),
    /// Something must be answered first.
    #[error("answer first: {}", .0.join("; "))]
    Questions(Vec<String>),
    /// The hospital refuses it; the sentence says why.
    #[error("{0}")]
    Refused(String),
    /// It was stopped before anything was recorded.
    #[error("stopped; nothing was imported")]
    Stopped,
    /// The journal or the disk failed.
    #[error("{0}")]
    Failed(String),
}

/// A plan as people write it (docs/plan-file.md).
#[derive(Clone, Debug)]
pub struct PlanText<'a> {
    /// TOML, or the same as JSON.
    pub text: &'a str,
    /// Who asks for the plan.
    pub requester: AccountId,
    /// The time zone of its local times, unless it names another: an IANA name.
    pub time_zone: &'a str,
}

/// Reads uploaded files.
#[async_trait::async_trait]
pub trait Importer: Send + Sync {
    /// Reads a plan; the newest revision of the same plan becomes its parent. Otherwise a sentence: where it is wrong, and what
    /// would be right.
    fn plan(&self, _file: PlanText<'_>, _state: &State) -> Result<Plan, String> {
        Err("plans as people write them are not read here".to_owned())
    }

    /// Reads windows with the staff, units, ways and patches that go with them; otherwise what is wrong, with row and column.
    fn windows(&self, _text: WindowsText<'_>, _state: &State) -> Result<Setting, Vec<Finding>> {
        Err(Vec::new())
    }

    /// Says what an import would do.
    async fn preview(&self, upload: Upload, now: Time, watch: Watch) -> Result<Preview, ImportError>;

    /// Does it, whole or not at all.
    async fn import(
        &self,
        upload: Upload,
        actor: String,
        now: Time,
        watch: Watch,
    ) -> Result<Imported, ImportError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_tells_what_it_probably_is() {
        for (name, kind) in [
            ("Devices 2026.xlsx", ImportKind::Inventory),
            ("export.csv", ImportKind::Inventory),
            ("icsma-20-254-01.json", ImportKind::Advisories),
            ("known_exploited_vulnerabilities.json", ImportKind::Kev),
            ("kev.csv", ImportKind::Kev),
            ("epss_scores-2026-11-01.csv.gz", ImportKind::Epss),
            ("CVE-2024-12248.json", ImportKind::Vulnrichment),
            ("hospital.toml", ImportKind::Hospital),
            ("past-nights-2025.csv", ImportKind::Nights),
        ] {
            assert_eq!(kind_of_name(name), kind, "{name}");
        }
        assert!(KINDS.iter().all(|kind| kind_from_word(kind.word()) == Some(*kind)));
    }
}
