//! Folder trees and mirrored provider trees.

use std::fs;
use std::path::Path;

use adapter_csaf::{Keys, Reason, file_name_of, is_other_kind, read_each, scan};
use model::advisory::{KeyOrigin, Provenance, SignatureStanding};
use model::finding::{Finding, Severity};
use sha2::{Digest, Sha256, Sha512};

use crate::golden::{DOCUMENT_20, DOCUMENT_21};
use crate::shared;

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn said<'f>(findings: &'f [Finding], words: &str) -> Vec<&'f Finding> {
    findings.iter().filter(|finding| finding.to_string().contains(words)).collect()
}

#[test]
fn a_tree_is_read_in_order_and_links_neither_loop_nor_double() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for name in ["2026/tm-2026_01.json", "2025/c-1.json", "2026/deep/er/x.JSON"] {
        write(&root.join(name), DOCUMENT_20);
    }
    write(&root.join("readme.txt"), "no advisory");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(root, root.join("2026/loop")).unwrap();
        std::os::unix::fs::symlink(root.join("2026"), root.join("latest")).unwrap();
    }
    let scan = scan(&[root.to_owned(), root.join("2026")]);
    let names: Vec<_> = scan
        .documents
        .iter()
        .map(|file| file.path.strip_prefix(root).unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names, ["2025/c-1.json", "2026/deep/er/x.JSON", "2026/tm-2026_01.json"]);
    let mut seen = Vec::new();
    read_each(&scan, |number, _, loaded| {
        seen.push((number, loaded.unwrap().findings.len()));
        number < 2
    });
    assert_eq!(seen, [(1, 1), (2, 1)], "a wrong file name is a note; reading stops when told to");
}

#[test]
fn a_damaged_document_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tm-2026_01.json");
    let beside = |suffix: &str| folder.path().join(format!("tm-2026_01.json.{suffix}"));
    write(&path, DOCUMENT_20);
    write(
        &beside("sha512"),
        &format!("{}  tm-2026_01.json\n", hex::encode(Sha512::digest(DOCUMENT_20)).to_uppercase()),
    );
    write(&beside("sha256"), &hex::encode(Sha256::digest(DOCUMENT_20)));
    let file = scan(std::slice::from_ref(&path)).documents.remove(0);
    let loaded = file.load(&Keys::default()).unwrap();
    let provenance = loaded.advisory.provenance.unwrap();
    assert!(provenance.checksum_right && loaded.findings.is_empty());
    assert_eq!(provenance.signature, SignatureStanding::Absent);

    write(&path, "this is not even JSON");
    let refused = file.load(&Keys::default()).unwrap_err();
    assert_eq!(refused.reason, Reason::Hash);
    assert!(refused.to_string().contains("SHA-512"), "{refused}");
    write(&path, DOCUMENT_20);
    write(&beside("sha256"), "");
    assert_eq!(
        file.load(&Keys::default()).unwrap_err().reason,
        Reason::Hash,
        "an empty checksum proves nothing"
    );
    fs::remove_file(beside("sha256")).unwrap();
    assert_eq!(
        file.load(&Keys::default()).unwrap_err().reason,
        Reason::Unreadable,
        "a checksum that vanished is not forgotten"
    );
}

#[test]
fn a_providers_listings_are_compared_with_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let white = folder.path().join("white");
    write(&white.join("2026/tm-2026_01.json"), DOCUMENT_20);
    write(&white.join("2026/c-1.json"), DOCUMENT_21);
    write(&white.join("index.txt"), "2026/tm-2026_01.json\n2026/gone.json\n../../etc/passwd.json\n");
    write(&white.join("changes.csv"), "\"2026/tm-2026_01.json\",\"2026-02-01T10:00:00Z\"\r\n");
    let feed = r#"{"feed":{"entry":[{"content":{"src":"https://a.example/p/white/2026/tm-2026_01.json"}},
        {"content":{"src":"https://a.example/p/white/2026/lost.json"}}]}}"#;
    write(&white.join("feed.json"), feed);
    write(&folder.path().join("provider-metadata.json"), "{}");
    write(&white.join("2026/orphan.json.sha512"), "00");
    let scan = scan(&[folder.path().to_owned()]);
    assert_eq!(scan.documents.len(), 2);
    for (words, count, severity) in [
        ("gone.json", 1, Severity::Warning),
        ("lost.json", 1, Severity::Warning),
        ("etc/passwd", 1, Severity::Warning),
        ("orphan.json", 1, Severity::Warning),
        ("in no listing", 1, Severity::Note),
        ("a CSAF provider-metadata file", 1, Severity::Note),
        ("this is a ROLIE feed", 1, Severity::Note),
    ] {
        let found = said(&scan.findings, words);
        assert_eq!(found.len(), count, "{words}: {:?}", scan.findings);
        assert_eq!(found[0].severity, severity);
    }
    assert_eq!(said(&scan.findings, "gone.json")[0].place.to_string(), "row 2");
    assert_eq!(said(&scan.findings, "lost.json")[0].place.to_string(), "/feed/entry/1/content/src");
    assert!(said(&scan.findings, "in no listing")[0].to_string().contains("2026/c-1.json"));
}

/// The key of the example providers.
const ACME: &str = "A8914CA2F11139C6A69A0018FB3CD9B15DE61596";

#[test]
fn the_example_providers_are_read_and_their_oddities_named() {
    let Some(folder) = shared::data("csaf-provider") else { return };
    let scan = scan(&[folder]);
    let mut read = 0;
    read_each(&scan, |_, file, loaded| {
        let loaded = loaded.unwrap_or_else(|refused| panic!("{}: {refused}", file.name()));
        read += 1;
        let listed = !file.name().contains("not-listed");
        let (fingerprint, origin) = (ACME.into(), KeyOrigin::Provider);
        let signed = SignatureStanding::Verified { fingerprint, origin };
        let signature = if listed { signed } else { SignatureStanding::Absent };
        let provenance = Provenance { checksum_right: listed, signature };
        assert_eq!(loaded.advisory.provenance, Some(provenance), "{}", file.name());
        true
    });
    assert_eq!(read, 3);
    assert_eq!(said(&scan.findings, "avendor-advisory-0004-not-listed.json").len(), 1, "{:?}", scan.findings);
    assert_eq!(said(&scan.findings, "not verified").len(), 0, "{:?}", scan.findings);
}

#[test]
fn a_signature_that_is_none_and_a_path_that_is_not_there_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tm-2026_01.json");
    write(&path, DOCUMENT_20);
    write(&folder.path().join("tm-2026_01.json.asc"), "signed, honestly");
    let scan = scan(&[path, folder.path().join("nowhere")]);
    assert_eq!(said(&scan.findings, "not armoured OpenPGP data").len(), 1);
    assert_eq!(said(&scan.findings, "nowhere")[0].severity, Severity::Error);
    assert_eq!(scan.documents.len(), 1);
}

#[test]
fn a_package_description_among_advisories_is_no_alarm() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("package.json"), r#"{"name":"x","scripts":{}}"#);
    let refused = scan(&[folder.path().to_owned()]).documents[0].load(&Keys::default()).unwrap_err();
    assert!(is_other_kind(&refused), "{refused}");
}

#[test]
fn a_file_is_named_after_its_tracking_id() {
    assert_eq!(file_name_of("ICSMA-22-335-01"), "icsma-22-335-01.json");
    assert_eq!(file_name_of("Example Company - 2019-YH3234"), "example_company_-_2019-yh3234.json");
    assert_eq!(file_name_of("RHBA-2019:0024"), "rhba-2019_0024.json");
    assert_eq!(file_name_of("2022 #01-A"), "2022_01-a.json");
}
