//! The standard's own test documents: none breaks the reader, and whole ones are taken.

use std::collections::BTreeMap;
use std::path::Path;

use adapter_csaf::{Reason, read_document, scan};

use crate::shared;

fn test_documents(version: &str) -> Vec<std::path::PathBuf> {
    let Some(folder) = shared::data(&format!("csaf-spec/csaf_{version}/test/validator/data")) else {
        return Vec::new();
    };
    let is_case = |path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy();
        !name.contains(".result.") && name != "testcases.json"
    };
    let all: Vec<_> =
        scan(&[folder]).documents.into_iter().map(|file| file.path).filter(|path| is_case(path)).collect();
    assert!(all.len() > 200);
    all
}

/// Counts refusals by reason, and names the valid ones among them: numbers from 11 on are the valid examples.
fn refusals(version: &str) -> (usize, BTreeMap<String, String>) {
    let documents = test_documents(version);
    let mut refused = BTreeMap::new();
    for path in &documents {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        match read_document(&name, &std::fs::read(path).unwrap()) {
            Ok((advisory, _)) => assert!(!advisory.title.is_empty()),
            Err(why) => {
                refused.insert(name, format!("{:?}: {}", why.reason, why.finding));
            }
        }
    }
    (documents.len(), refused)
}

fn is_valid_example(name: &str) -> bool {
    name.rsplit('-').next().and_then(|number| number.parse::<u32>().ok()).is_some_and(|number| number > 10)
}

#[test]
fn the_standards_documents_are_read_and_only_circles_and_gaps_are_refused() {
    for version in ["2.0", "2.1"] {
        let (all, refused) = refusals(version);
        println!("CSAF {version}: {} of {all} refused", refused.len());
        for (name, why) in &refused {
            println!("  {name}: {why}");
            assert!(!is_valid_example(name), "{name}: {why}");
        }
    }
}

#[test]
fn other_json_beside_advisories_is_recognised() {
    for (folder, words) in
        [("sbom/cyclonedx", "bill of materials"), ("sbom/openvex", "OpenVEX"), ("vulnrichment", "CVE record")]
    {
        let Some(folder) = shared::data(folder) else { continue };
        for file in scan(&[folder]).documents {
            let refused = file.load(&adapter_csaf::Keys::default()).unwrap_err();
            let is_schema = file.name().contains("schema");
            assert_eq!(refused.reason, Reason::OtherKind, "{refused}");
            assert!(is_schema || refused.finding.problem.contains(words), "{refused}");
        }
    }
}
