//! The real corpus: every document is taken, and what it says is all there.

use std::collections::BTreeSet;

use adapter_csaf::{read_each, scan};
use model::advisory::{NotVerified, SignatureStanding};
use model::finding::Severity;

use crate::shared;

#[test]
fn every_real_advisory_is_imported_with_its_checksum_checked() {
    let Some(tree) = shared::data("csaf") else { return };
    let scan = scan(&[tree]);
    for finding in &scan.findings {
        println!("{finding}");
    }
    assert_eq!(scan.documents.len(), 1_655);
    assert!(scan.findings.iter().all(|finding| finding.severity == Severity::Note));
    let unverified = scan.findings.iter().filter(|f| f.problem.contains("not verified")).collect::<Vec<_>>();
    assert_eq!(unverified.len(), 1);
    assert!(unverified[0].problem.starts_with("1655 signatures"), "{}", unverified[0]);
    assert!(unverified[0].problem.contains("144AED0A57BE7D4AE835D9D8CAC5AC4F74164B17"), "{}", unverified[0]);

    let (mut cves, mut products, mut findings) = (BTreeSet::new(), 0, Vec::new());
    let (mut ranges, mut versions, mut models, mut scores, mut remedies) = (0, 0, 0, 0, 0);
    read_each(&scan, |_, file, loaded| {
        let loaded = loaded.unwrap_or_else(|refused| panic!("{}: {refused}", file.name()));
        let provenance = loaded.advisory.provenance.as_ref().unwrap();
        assert!(provenance.checksum_right);
        let key = Some("144AED0A57BE7D4AE835D9D8CAC5AC4F74164B17".into());
        let signature = SignatureStanding::NotVerified { key, why: NotVerified::KeyNotGiven };
        assert_eq!(provenance.signature, signature);
        findings.extend(loaded.findings);
        products += loaded.advisory.products.len();
        for product in &loaded.advisory.products {
            assert!(product.vendor.is_some() && product.name.is_some(), "{product:?}");
            models += product.helpers.model_numbers.len();
            match &product.version {
                Some(model::advisory::VersionText::Range(_)) => ranges += 1,
                Some(model::advisory::VersionText::Version(_)) => versions += 1,
                None => {}
            }
        }
        for vulnerability in &loaded.advisory.vulnerabilities {
            cves.extend(vulnerability.cve.clone());
            scores += vulnerability.scores.len();
            remedies += vulnerability.remedies.len();
        }
        true
    });
    for finding in findings.iter().take(20) {
        println!("{finding}");
    }
    println!(
        "{products} products, {ranges} ranges, {versions} versions, {models} models, {} findings",
        findings.len()
    );
    assert_eq!(cves.len(), 4_389);
    assert_eq!((ranges, versions), (8_493, 1_749));
    assert_eq!((scores, remedies), (4_714, 24_530));
}
