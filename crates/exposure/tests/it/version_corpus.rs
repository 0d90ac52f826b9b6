//! The real corpus: every version text of the public advisories, and the public cases of version order.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "test data that cannot be read must fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::LazyLock;

use exposure::remedy::fixes_named;
use exposure::version::{Inclusion, Shape, Subject, VersionSpec, compare};
use serde_json::Value;

/// The shared test data, or `None` with a line that says so.
fn shared(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SEGUE_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let path = root.join("data").join(part);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

/// What the tests need of one document.
struct Document {
    name: String,
    versions: Vec<String>,
    remedies: Vec<String>,
}

static DOCUMENTS: LazyLock<Vec<Document>> = LazyLock::new(read_documents);

fn read_documents() -> Vec<Document> {
    let Some(root) = shared("csaf/csaf_files/OT/white") else { return Vec::new() };
    let mut found = Vec::new();
    for year in std::fs::read_dir(root).unwrap().flatten().filter(|e| e.path().is_dir()) {
        for file in std::fs::read_dir(year.path()).unwrap().flatten() {
            let name = file.file_name().into_string().unwrap();
            if !name.ends_with(".json") {
                continue;
            }
            let document: Value = serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
            let mut versions = Vec::new();
            version_texts(&document["product_tree"]["branches"], &mut versions);
            let vulnerabilities = document["vulnerabilities"].as_array().into_iter().flatten();
            let remedies = vulnerabilities.flat_map(|v| v["remediations"].as_array().into_iter().flatten());
            let remedies = remedies.map(|r| r["details"].as_str().unwrap_or_default().to_owned()).collect();
            found.push(Document { name, versions, remedies });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn version_texts(branches: &Value, found: &mut Vec<String>) {
    for branch in branches.as_array().into_iter().flatten() {
        if matches!(branch["category"].as_str(), Some("product_version" | "product_version_range")) {
            found.push(branch["name"].as_str().unwrap_or_default().to_owned());
        }
        version_texts(&branch["branches"], found);
    }
}

#[test]
fn nearly_every_version_text_of_the_public_advisories_is_understood() {
    if DOCUMENTS.is_empty() {
        return;
    }
    for (group, percent_max) in [("icsma-", 1), ("icsa-", 1)] {
        let texts: Vec<&String> =
            DOCUMENTS.iter().filter(|d| d.name.starts_with(group)).flat_map(|d| &d.versions).collect();
        let mut shapes: BTreeMap<Shape, usize> = BTreeMap::new();
        for text in &texts {
            *shapes.entry(VersionSpec::read(text).shape()).or_default() += 1;
        }
        let distinct: BTreeSet<&&String> = texts.iter().collect();
        println!("{group}: {} texts, {} distinct: {shapes:?}", texts.len(), distinct.len());
        let unreadable = shapes.get(&Shape::Unreadable).copied().unwrap_or(0);
        assert!(
            unreadable * 100 <= texts.len() * percent_max,
            "{group}: {unreadable} of {} unreadable",
            texts.len()
        );
        assert!(texts.len() > 500, "{}", texts.len());
    }
}

#[test]
fn no_real_text_answers_outside_for_a_device_whose_version_is_not_known() {
    let texts: BTreeSet<&String> = DOCUMENTS.iter().flat_map(|d| &d.versions).collect();
    for text in texts {
        let spec = VersionSpec::read(text);
        let found =
            spec.contains(&Subject { version: Some("unknown"), model: "Monitor", ..Subject::default() });
        assert!(!matches!(found, Inclusion::Out(_)), "{text}");
        assert_eq!(found == Inclusion::In, spec.is_everything(), "{text}");
    }
}

#[test]
fn a_device_at_a_real_bound_is_inside_exactly_when_the_bound_is_included() {
    let texts: BTreeSet<&String> = DOCUMENTS.iter().flat_map(|d| &d.versions).collect();
    let mut checked = 0;
    for text in texts {
        let spec = VersionSpec::read(text);
        let bounds: Vec<_> = spec.bounds().collect();
        let ([bound], Shape::Upper) = (bounds.as_slice(), spec.shape()) else { continue };
        if bound.version.contains(['x', 'X', '*']) {
            continue;
        }
        let found =
            spec.contains(&Subject { version: Some(bound.version), model: "Monitor", ..Subject::default() });
        match found {
            Inclusion::In => assert!(!bound.is_strict, "{text}"),
            Inclusion::Out(_) => assert!(bound.is_strict, "{text}"),
            // A second name of the version, or a spelling that cannot be put in order even with itself.
            Inclusion::Unknown(gap) => println!("{text}: {gap}"),
        }
        checked += 1;
    }
    println!("{checked} bounds checked");
}

#[test]
fn real_remedies_name_versions_and_no_days_or_telephone_numbers() {
    let mut named = BTreeSet::new();
    let mut texts = 0;
    for details in DOCUMENTS.iter().filter(|d| d.name.starts_with("icsma-")).flat_map(|d| &d.remedies) {
        texts += 1;
        named.extend(fixes_named(details, "", "").iter().map(|fix| fix.version_text().to_owned()));
    }
    println!("{texts} remedies name {} versions: {named:?}", named.len());
    let suspicious = |v: &&String| {
        let digits = v.chars().filter(char::is_ascii_digit).count();
        v.contains("2017-")
            || v.contains("1-800")
            || v.starts_with("CVE")
            || v.starts_with("CWE")
            || (digits > 12)
            || digits == 0
    };
    let wrong: Vec<&String> = named.iter().filter(suspicious).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn the_order_agrees_with_the_public_cases_where_versions_are_plain_numbers() {
    let Some(root) = shared("vers/tests") else { return };
    let plain = |v: &str| {
        v.split('.').all(|p| !p.is_empty() && p.len() < 20 && p.bytes().all(|b| b.is_ascii_digit()))
    };
    let (mut agreed, mut undefined, mut wrong) = (0, 0, Vec::new());
    for file in std::fs::read_dir(root).unwrap().flatten() {
        let name = file.file_name().into_string().unwrap();
        // Another scheme's order of numbers: Gentoo's and Alpine's padded numbers are decimals, datetime's are days.
        if name.contains("gentoo")
            || name.contains("alpine")
            || name.contains("datetime")
            || name.contains("lexico")
        {
            continue;
        }
        let text = std::fs::read(file.path()).unwrap();
        let cases: Value = serde_json::from_slice(&text).unwrap();
        for case in cases["tests"].as_array().into_iter().flatten() {
            if !matches!(case["test_type"].as_str(), Some("comparison" | "equality")) {
                continue;
            }
            let versions: Vec<&str> = case["input"]["versions"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let [a, b] = versions.as_slice() else { continue };
            if !plain(a) || !plain(b) {
                continue;
            }
            let Some(found) = compare(a, b) else {
                undefined += 1;
                continue;
            };
            let expected = match &case["expected_output"] {
                Value::Bool(equal) => (found == std::cmp::Ordering::Equal) == *equal,
                Value::Array(sorted) => {
                    let first = sorted.first().and_then(Value::as_str);
                    found == std::cmp::Ordering::Equal || first == Some(if found.is_lt() { *a } else { *b })
                }
                _ => true,
            };
            if expected { agreed += 1 } else { wrong.push(format!("{name}: {a} {b} {found:?}")) }
        }
    }
    println!("{agreed} agree, {undefined} left undefined, {} differ: {wrong:?}", wrong.len());
    assert!(wrong.is_empty() && agreed > 50, "{agreed} agree; {wrong:?}");
}

#[test]
fn containment_agrees_with_the_public_cases_where_versions_are_plain_numbers() {
    let Some(root) = shared("vers/tests") else { return };
    let mut checked = 0;
    for name in ["npm_range_containment_test.json", "pypi_range_containment_test.json"] {
        let cases: Value = serde_json::from_slice(&std::fs::read(root.join(name)).unwrap()).unwrap();
        for case in cases["tests"].as_array().into_iter().flatten() {
            let (Some(range), Some(version)) =
                (case["input"]["vers"].as_str(), case["input"]["version"].as_str())
            else {
                continue;
            };
            let Some(expected) = case["expected_output"].as_bool() else { continue };
            let found =
                VersionSpec::read(range).contains(&Subject { version: Some(version), ..Subject::default() });
            match found {
                Inclusion::In => assert!(expected, "{range} {version}"),
                // Not among listed versions is undecided here by rule.
                Inclusion::Out(_) | Inclusion::Unknown(_) => {
                    assert!(!expected, "{range} {version}: {found:?}")
                }
            }
            checked += 1;
        }
    }
    println!("{checked} containment cases agree");
    assert!(checked > 5);
}
