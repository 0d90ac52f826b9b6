//! Finding documents: files, folder trees and mirrored provider trees, with what stands beside each document.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use adapter_input::{DOCUMENT_SIZE_MAX_BYTES, Findings, Reason, Refused, read_limited};
use model::advisory::{Advisory, NotVerified, Provenance, SignatureStanding};
use model::finding::{Finding, Place, Severity};

use crate::listing::{Kind, Listing};
use crate::openpgp::{Keys, Outcome};
use crate::provider::{compare_listings, signatures, take_keys};
use crate::read_document;
use crate::sidecar::{self, Sidecars};

/// Most files looked at in one scan.
pub const FILES_MAX_COUNT: usize = 2_000_000;

/// Deepest nesting of folders, in levels.
pub const FOLDERS_MAX_LEVELS: usize = 64;

/// A file that may be an advisory, and what stands beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentFile {
    /// Where it is.
    pub path: PathBuf,
    /// Checksums and signature beside it.
    pub sidecars: Sidecars,
}

/// What was found; nothing but listings, signatures and the first bytes of the documents has been read yet.
#[derive(Debug, Default)]
pub struct Scan {
    /// The documents, in the order of the paths given and then by name.
    pub documents: Vec<DocumentFile>,
    /// What is odd about the trees: absent and unlisted documents, signatures, files that are something else.
    pub findings: Vec<Finding>,
    /// The keys that signatures are verified with: those given, and those of the trees' providers.
    pub keys: Keys,
}

/// An advisory as read from a file.
#[derive(Debug)]
pub struct Loaded {
    /// What the document says.
    pub advisory: Advisory,
    /// The document itself, for the blob it is kept under.
    pub bytes: Vec<u8>,
    /// What is odd about it.
    pub findings: Vec<Finding>,
}

impl DocumentFile {
    /// The name used in messages.
    pub fn name(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }

    /// Reads the document: size, then checksums, then the signature, then the content; each stops what comes after it
    /// (CSAF 2.1 §7.3). What was found of checksums and signature is in the advisory's provenance.
    pub fn load(&self, keys: &Keys) -> Result<Loaded, Refused> {
        let name = self.name();
        let bytes = read_limited(&name, &self.path, DOCUMENT_SIZE_MAX_BYTES)?;
        let checksum_right = sidecar::check(&name, &self.sidecars, &bytes)?;
        let signature = self.signature(keys, &bytes)?;
        let (mut advisory, mut findings) = read_document(&name, &bytes)?;
        findings.extend(doubt(&name, &signature));
        advisory.provenance = Some(Provenance { checksum_right, signature });
        let expected = crate::file_name_of(&advisory.key.tracking_id);
        let actual =
            self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if actual != expected {
            findings.push(Finding {
                source: name.into(),
                place: Place::Pointer("/document/tracking/id".into()),
                value: Some(adapter_input::cut_short(&actual)),
                problem: "the file's name is not the one its tracking id asks for".into(),
                expected: adapter_input::cut_short(&expected),
                severity: Severity::Note,
            });
        }
        Ok(Loaded { advisory, bytes, findings })
    }

    /// How its signature stands. One that a key at hand denies refuses the document.
    fn signature(&self, keys: &Keys, bytes: &[u8]) -> Result<SignatureStanding, Refused> {
        let Some(path) = &self.sidecars.signature else { return Ok(SignatureStanding::Absent) };
        let beside = path.to_string_lossy();
        let Ok(armoured) = read_limited(&beside, path, sidecar::SIDECAR_SIZE_MAX_BYTES) else {
            // The scan has said why.
            return Ok(SignatureStanding::NotVerified { key: None, why: NotVerified::Unreadable });
        };
        match keys.verify(&String::from_utf8_lossy(&armoured), bytes) {
            Outcome::Standing(standing) => Ok(standing),
            Outcome::Wrong(key) => {
                let problem = format!(
                    "the signature in {beside} is not of this document: one of the two was changed after key {key} signed"
                );
                let expected = "the document as its publisher signed it; fetch both files again";
                Err(Refused::new(Reason::Signature, &self.name(), Place::Whole, &problem, expected))
            }
        }
    }
}

/// What is to be said of a signature by a key that is at hand, and yet proves nothing.
fn doubt(name: &str, standing: &SignatureStanding) -> Option<Finding> {
    let SignatureStanding::NotVerified { key, why } = standing else { return None };
    let why = match why {
        // The scan has said so, for all documents at once.
        NotVerified::KeyNotGiven | NotVerified::Unreadable => return None,
        NotVerified::KeyRevoked => "the key was revoked",
        NotVerified::KeyNotForSigning => "the key is not meant for signing",
        NotVerified::OutOfTime => "key or signature are not valid at that time",
        NotVerified::NotSupported => "its algorithm is not read, or too weak",
    };
    Some(Finding {
        source: name.into(),
        place: Place::Whole,
        value: key.clone(),
        problem: format!("signature not verified: {why}").into(),
        expected: "a signature by a valid key, with RSA from 2048 bits, ECDSA or Ed25519, and SHA-2".into(),
        severity: Severity::Warning,
    })
}

/// [`scan_with`] without any key.
pub fn scan(paths: &[PathBuf]) -> Scan {
    scan_with(paths, Keys::default())
}

/// Looks for documents at `paths`: a file is taken as it is, a folder with all below it. Nothing is refused here.
/// Signatures will be verified with `keys` and with those that providers' trees bring.
pub fn scan_with(paths: &[PathBuf], mut keys: Keys) -> Scan {
    let mut walk = Walk::default();
    let mut findings = Vec::new();
    for path in paths {
        let mut about = Findings::new(&path.to_string_lossy());
        let mut tree = Tree::default();
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => walk.folder(path, 0, &mut tree, &mut about),
            Ok(_) => walk.file(path, &mut tree),
            Err(error) => {
                let problem = format!("this cannot be read: {error}");
                about.add(Severity::Error, Place::Whole, None, &problem, "a file or folder that exists");
            }
        }
        let first = walk.documents.len();
        tree.sort_out(&mut walk.documents, &mut about, &mut findings);
        let new = walk.documents.get(first..).unwrap_or(&[]);
        compare_listings(&tree.listings, new, &mut findings);
        tree.metadata.iter().for_each(|metadata| take_keys(metadata, &mut keys, &mut findings));
        signatures(new, &keys, &mut about);
        findings.extend(about.finish());
    }
    Scan { documents: walk.documents, findings, keys }
}

/// Reads each document of `scan` in turn and hands it to `each` with its number from 1; one document at a time is in
/// memory. `each` returns false to stop.
pub fn read_each(scan: &Scan, mut each: impl FnMut(usize, &DocumentFile, Result<Loaded, Refused>) -> bool) {
    for (number, file) in (1..).zip(&scan.documents) {
        if !each(number, file, file.load(&scan.keys)) {
            return;
        }
    }
}

#[derive(Default)]
struct Walk {
    documents: Vec<DocumentFile>,
    /// Real paths of the folders and linked files that were taken: a loop of links ends, nothing is taken twice.
    seen: HashSet<PathBuf>,
    files: usize,
}

/// The files of one path that was given.
#[derive(Default)]
struct Tree {
    json: Vec<PathBuf>,
    beside: BTreeSet<PathBuf>,
    listings: Vec<Listing>,
    /// `provider-metadata.json`: it names the provider's keys.
    metadata: Vec<PathBuf>,
}

impl Walk {
    fn folder(&mut self, path: &Path, level: usize, tree: &mut Tree, about: &mut Findings) {
        let place = || Place::Whole;
        let shown = path.to_string_lossy();
        if level > FOLDERS_MAX_LEVELS {
            let expected = format!("at most {FOLDERS_MAX_LEVELS} folders one in another");
            about.add(
                Severity::Warning,
                place(),
                Some(&shown),
                "this folder is too deep and was left out",
                &expected,
            );
            return;
        }
        let entries = fs::canonicalize(path).and_then(|real| match self.seen.insert(real) {
            true => fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect(),
            false => Ok(Vec::new()),
        });
        let mut entries: Vec<PathBuf> = entries.unwrap_or_else(|error| {
            let problem = format!("this folder cannot be read and was left out: {error}");
            about.add(
                Severity::Warning,
                place(),
                Some(&shown),
                &problem,
                "a folder that this account may read",
            );
            Vec::new()
        });
        entries.sort_unstable();
        for entry in entries {
            self.files += 1;
            if self.files > FILES_MAX_COUNT {
                let expected = format!("at most {FILES_MAX_COUNT} files at a time");
                about.add(
                    Severity::Warning,
                    place(),
                    Some(&shown),
                    "there are too many files; the rest was left out",
                    &expected,
                );
                return;
            }
            match fs::metadata(&entry) {
                Ok(metadata) if metadata.is_dir() => self.folder(&entry, level + 1, tree, about),
                Ok(metadata) if metadata.is_file() => {
                    let linked = fs::symlink_metadata(&entry).is_ok_and(|metadata| metadata.is_symlink());
                    let again = linked && fs::canonicalize(&entry).is_ok_and(|real| !self.seen.insert(real));
                    if !again {
                        tree.take(entry);
                    }
                }
                // Neither a file nor a folder, or a link that leads nowhere: no document.
                Ok(_) | Err(_) => {}
            }
        }
    }

    /// A file that was named: taken whatever it is called, with what stands beside it.
    fn file(&mut self, path: &Path, tree: &mut Tree) {
        for suffix in ["sha512", "sha256", "asc"] {
            let beside = with_suffix(path, suffix);
            if beside.is_file() {
                tree.beside.insert(beside);
            }
        }
        tree.json.push(path.to_owned());
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

impl Tree {
    fn take(&mut self, path: PathBuf) {
        let name =
            path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        match name.rsplit('.').next().unwrap_or("") {
            "json" => self.json.push(path),
            "asc" | "sha256" | "sha512" => {
                self.beside.insert(path);
            }
            _ if name == "index.txt" => self.listings.push(Listing { path, kind: Kind::Index }),
            _ if name == "changes.csv" => self.listings.push(Listing { path, kind: Kind::Changes }),
            _ => {}
        }
    }

    /// Tells documents from a provider's own files, by name and by the first member.
    fn sort_out(
        &mut self,
        documents: &mut Vec<DocumentFile>,
        about: &mut Findings,
        findings: &mut Vec<Finding>,
    ) {
        for path in std::mem::take(&mut self.json) {
            let what = match own_file(&path) {
                None => {
                    let mut beside = |suffix| self.beside.take(&with_suffix(&path, suffix));
                    let sidecars = Sidecars {
                        sha512: beside("sha512"),
                        sha256: beside("sha256"),
                        signature: beside("asc"),
                    };
                    documents.push(DocumentFile { path, sidecars });
                    continue;
                }
                Some(what) => what,
            };
            findings.push(Finding {
                source: path.to_string_lossy().into(),
                place: Place::Whole,
                value: None,
                problem: format!("this is {what}, not an advisory; it is not imported").into(),
                expected: "nothing to do".into(),
                severity: Severity::Note,
            });
            if what == FEED {
                self.listings.push(Listing { path, kind: Kind::Feed });
            } else if what == METADATA {
                self.metadata.push(path);
            }
        }
        for path in &self.beside {
            let is_of_document =
                path.with_extension("").extension().is_some_and(|name| name.eq_ignore_ascii_case("json"));
            if is_of_document && !path.with_extension("").exists() {
                let problem = "this stands beside a document that is not there";
                about.add(
                    Severity::Warning,
                    Place::Whole,
                    Some(&path.to_string_lossy()),
                    problem,
                    "the document too",
                );
            }
        }
    }
}

/// How much of a file is read to see what it is, in bytes.
const PEEK_SIZE_BYTES: u64 = 4096;

const FEED: &str = "a ROLIE feed";
const METADATA: &str = "a CSAF provider-metadata file";

/// What a JSON file is when it belongs to the provider and is no advisory.
fn own_file(path: &Path) -> Option<&'static str> {
    match path.file_name()?.to_str()? {
        "provider-metadata.json" => return Some(METADATA),
        "aggregator.json" => return Some("a CSAF aggregator file"),
        _ => {}
    }
    let mut start = Vec::new();
    fs::File::open(path).ok()?.take(PEEK_SIZE_BYTES).read_to_end(&mut start).ok()?;
    let start = String::from_utf8_lossy(&start);
    let key = start
        .trim_start_matches('\u{feff}')
        .trim_start()
        .strip_prefix('{')?
        .trim_start()
        .strip_prefix('"')?;
    match key.split('"').next()? {
        "feed" => Some(FEED),
        "service" => Some("a ROLIE service document"),
        "categories" => Some("a ROLIE category document"),
        _ => None,
    }
}

/// True when a refusal only says that the file is not an advisory: worth a line, not an alarm.
pub fn is_other_kind(refused: &Refused) -> bool {
    refused.reason == Reason::OtherKind
}
