//! A fix that is only planned decides nothing: no device becomes *fixed* through it, and no evidence shows it as a fix.

use exposure::aliases::AliasBook;
use exposure::explain::Explainer;
use exposure::matcher::{DeviceFacts, Fleet, Matcher};
use exposure::{GapKind, Verdict};
use model::advisory::{
    Advisory, AdvisoryKey, AdvisoryStatus, Product, ProductStatus, Remedy, VersionText, Vulnerability,
};

/// One monitor at a version.
struct Monitor(&'static str);

impl Fleet for Monitor {
    fn facts(&self, _: u32) -> DeviceFacts<'_> {
        DeviceFacts {
            manufacturer: "Nordpuls",
            model: "Vakta 60",
            software_version: Some(self.0),
            ..DeviceFacts::default()
        }
    }
}

fn advisory(range: &str, remedies: &[(&str, &str)]) -> Advisory {
    let remedy = |(category, details): &(&str, &str)| Remedy {
        category: (*category).into(),
        details: (*details).into(),
        ..Remedy::default()
    };
    Advisory {
        key: AdvisoryKey { namespace: "https://cert.example".into(), tracking_id: "A-1".into() },
        version: "1".into(),
        status: AdvisoryStatus::Final,
        released: "2026-01-01T00:00:00Z".into(),
        first_released: "2026-01-01T00:00:00Z".into(),
        title: "t".into(),
        publisher: "p".into(),
        category: "csaf_security_advisory".into(),
        tlp: None,
        url: None,
        products: vec![Product {
            id: "P".into(),
            full_name: "Nordpuls Vakta 60".into(),
            vendor: Some("Nordpuls".into()),
            name: Some("Vakta 60".into()),
            version: Some(VersionText::Range(range.into())),
            ..Product::default()
        }],
        vulnerabilities: vec![Vulnerability {
            cve: Some("CVE-2099-0001".into()),
            statuses: vec![(ProductStatus::KnownAffected, vec!["P".into()])],
            remedies: remedies.iter().map(remedy).collect(),
            ..Vulnerability::default()
        }],
        document_sha256: "".into(),
        document_bytes: 0,
        remarks: Vec::new(),
        provenance: None,
    }
}

/// The verdict of a monitor at `version`, its gap, and the versions that the evidence shows as fixes.
fn said(
    range: &str,
    remedies: &[(&str, &str)],
    version: &'static str,
) -> (Verdict, Option<GapKind>, Vec<String>) {
    let (advisory, monitor) = (advisory(range, remedies), Monitor(version));
    let mut matcher = Matcher::new();
    matcher.put_advisory(0, &advisory, &monitor);
    matcher.put_device(0, &monitor);
    let cell = matcher.cells(0).first().copied().unwrap();
    let evidence =
        Explainer::new(&advisory).explain(&monitor.facts(0), "CVE-2099-0001", &AliasBook::default());
    (cell.verdict, cell.gap, evidence.remedies.into_iter().flat_map(|remedy| remedy.fixes).collect())
}

#[test]
fn a_remedy_of_the_category_fix_planned_fixes_nothing_whatever_its_words() {
    let planned = [("fix_planned", "Update to version 2.4 or later.")];
    assert_eq!(said("2.3", &planned, "2.4"), (Verdict::Undecided, Some(GapKind::NotListed), vec![]));
    assert_eq!(said("2.3", &planned, "2.5"), (Verdict::Undecided, Some(GapKind::NotListed), vec![]));
    assert_eq!(said("2.3", &planned, "2.3"), (Verdict::Affected, None, vec![]));
    let had = [("vendor_fix", "Update to version 2.4 or later.")];
    assert_eq!(said("2.3", &had, "2.4"), (Verdict::Fixed, None, vec!["2.4".to_owned()]));
}

#[test]
fn a_version_between_the_range_and_a_planned_fix_is_as_open_as_before_a_fix_that_can_be_had() {
    for remedy in [
        ("fix_planned", "Update to version 3.0."),
        ("vendor_fix", "Nordpuls plans to release version 3.0."),
        ("vendor_fix", "Update to version 3.0."),
    ] {
        let (verdict, gap, _) = said("<= 2.3", &[remedy], "2.4");
        assert_eq!((verdict, gap), (Verdict::Undecided, Some(GapKind::BetweenRangeAndFix)), "{remedy:?}");
    }
}

#[test]
fn a_version_that_one_remedy_announces_is_no_fix_in_another() {
    for announcement in [
        "Version 2.4 is expected to be available in Q3 2024.",
        "Nordpuls is working on version 2.4, which will contain the fix.",
        "A fix is planned for Vakta 60 version 2.4.",
    ] {
        let remedies = [("vendor_fix", "Update to version 2.4."), ("mitigation", announcement)];
        assert_eq!(
            said("2.3", &remedies, "2.4"),
            (Verdict::Undecided, Some(GapKind::NotListed), vec![]),
            "{announcement}"
        );
    }
}
