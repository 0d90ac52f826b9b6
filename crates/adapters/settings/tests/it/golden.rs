//! What a person reads of an upgrade: files of before and after, and the exact text.
//!
//! To look at changed texts: `GOLDEN_WRITE=1 cargo test -p adapter-settings golden`, then read the difference.

use adapter_settings::{CodeColumns, Kind, Part, read, read_codes, read_orthanc, read_snapshot};
use manifest::{Manifest, Secrets, codes, compare, words, writes};

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden")
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

fn same(name: &str, got: &str) {
    let got = format!("{got}\n");
    if std::env::var_os("GOLDEN_WRITE").is_some() {
        std::fs::write(folder().join(name), &got).unwrap();
    }
    let want = String::from_utf8(bytes(name)).unwrap();
    assert!(got == want, "{name} differs; it is now:\n{got}");
}

fn secrets() -> Secrets {
    Secrets::new(Some(b"a key of thirty-two random bytes"), &[]).unwrap()
}

fn orthanc(name: &str) -> Manifest {
    let bytes = bytes(name);
    let part = Part::Configuration { source: name, bytes: &bytes };
    read_orthanc(&[part], &secrets()).unwrap_or_else(|refused| panic!("{refused}")).0
}

fn registry(name: &str) -> Manifest {
    read(name, &bytes(name), Kind::Registry, &secrets()).unwrap_or_else(|refused| panic!("{refused}")).0
}

#[test]
fn after_the_upgrade_of_an_archive_the_setting_that_is_missing_stands_first() {
    let (before, after) = (orthanc("before.orthanc.json"), orthanc("after.orthanc.json"));
    let found = compare(&before, &after, Some(&orthanc("reference.orthanc.json"))).unwrap();
    same("orthanc.txt", &words::comparison(&found));
    assert_eq!(found.lines[0].key.as_str(), "/PostgreSQL/IndexConnectionsCount");
    same("orthanc.json", &serde_json::to_string_pretty(&found).unwrap());
    same("manifest.json", &serde_json::to_string_pretty(&after).unwrap());
    let found = compare(&before, &before, None).unwrap();
    same("same.txt", &words::comparison(&found));
}

#[test]
fn after_the_upgrade_of_a_workstation_its_registry_tells() {
    let found = compare(&registry("before.reg"), &registry("after.reg"), None).unwrap();
    same("registry.txt", &words::comparison(&found));
}

#[test]
fn passwords_that_nobody_could_compare_are_not_the_same() {
    let bytes = bytes("before.reg");
    let (without, _) = read("before.reg", &bytes, Kind::Registry, &Secrets::default()).unwrap();
    same("unknown.txt", &words::comparison(&compare(&without, &without, None).unwrap()));
}

#[test]
fn the_codes_of_a_ris_and_a_pacs_differ_by_name() {
    let table = |name: &str| read_codes(name, &bytes(name), &CodeColumns::default()).unwrap();
    let found = codes::compare(&table("ris.csv"), &table("pacs.csv")).unwrap();
    same("codes.txt", &codes::in_words(&found));
    same("codes.json", &serde_json::to_string_pretty(&found).unwrap());
}

#[test]
fn an_archive_that_writes_its_examinations_over_and_over_shows_it() {
    let snapshot = |name: &str| read_snapshot(name, &bytes(name)).unwrap();
    let found = writes::between(&snapshot("before.writes.json"), &snapshot("after.writes.json")).unwrap();
    same("writes.txt", &writes::in_words(&found));
    same("writes.json", &serde_json::to_string_pretty(&found).unwrap());
}
