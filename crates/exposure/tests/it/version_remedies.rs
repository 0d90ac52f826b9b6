//! What remedies say, and what follows for a device outside the range.

use exposure::remedy::{NamedFix, Outcome, Strength, after_range, contradiction, fixes_named};
use exposure::version::{OutReason, Subject};

/// Strong fixes of a text, `>` before one that is itself not enough.
fn strong(text: &str, product: &str, vendor: &str) -> Vec<String> {
    let fixes = fixes_named(text, product, vendor);
    let shown =
        |f: &NamedFix| format!("{}{}", if f.is_strictly_later() { ">" } else { "" }, f.version_text());
    fixes.iter().filter(|f| f.strength() == Strength::Strong).map(shown).collect()
}

#[test]
fn a_remedy_that_names_the_products_fix_is_understood() {
    for (text, product, vendor, expected) in [
        (
            "Users are asked to upgrade to Version 5.170.5 or later.",
            "OpenClinic GA",
            "OpenClinic GA",
            "5.170.5",
        ),
        (
            "The remedy is to update to the newest release v1.2.1 or later. All hardware is capable.",
            "Xhibit XTR",
            "Spacelabs",
            "v1.2.1",
        ),
        (
            "This has been remediated in the BD Totalys MultiProcessor version 1.71 software release of fourth quarter 2022.",
            "Totalys MultiProcessor",
            "BD",
            "1.71",
        ),
        (
            "For ISCV Version 2.x or prior this has been mitigated in ISCV 3.1.",
            "IntelliSpace Cardiovascular",
            "Philips",
            "3.1",
        ),
        (
            "Update to a version later than T1 Ventilator Version 2.2.3 where possible.",
            "HAMILTON-T1",
            "Hamilton Medical",
            ">2.2.3",
        ),
        (
            "Patient Information Center iX (PICiX) Version C.03",
            "Patient Information Center iX (PICiX)",
            "Philips",
            "C.03",
        ),
        ("Fixed in 3.1.", "Monitor", "Acme", "3.1"),
        (
            "Acme no longer supports the Utility v2.0.2.2 and recommends that users upgrade to the newer Acme Utility v2.0.3.0. It will not install on Windows XP and needs Windows 7 or later.",
            "Utility",
            "Acme",
            "v2.0.3.0",
        ),
        (
            "The firmware fix is v1.8.4 Service Pack 01 (released November 2022)",
            "Central Station",
            "Acme",
            "v1.8.4 Service Pack 01",
        ),
        (
            "Users of the device with Versions 1.10 and 1.11 should upgrade to Version 1.13.",
            "Compounder",
            "Acme",
            "1.13",
        ),
    ] {
        assert_eq!(strong(text, product, vendor), [expected], "{text}");
    }
}

#[test]
fn another_products_fix_is_weak() {
    let two = "Update Tasy EMR to version 3.03.1745 or higher and update Tasy WebPortal to version 3.03.1758 or higher.";
    assert_eq!(strong(two, "Tasy EMR", "Philips"), ["3.03.1745"]);
    assert_eq!(strong(two, "Tasy WebPortal", "Philips"), ["3.03.1758"]);
    assert!(strong("Mitigated in ISCV 3.1.", "Xcelera", "Philips").is_empty());
    assert!(
        strong("Version 7.2.5.7 fixes all of the above except CVE-2021-37160.", "HMI-3", "Swisslog")
            .is_empty()
    );
}

#[test]
fn days_telephone_numbers_identifiers_and_other_makers_versions_are_no_fixes() {
    for text in [
        "Tel: +1 (800) 258 5361 or 1-800-722-9377, available Monday.",
        "A fix was released on November 29, 2017 (reference FCO83000202).",
        "Update the underlying system to Windows 7 or later with Internet Explorer 11 and TLS 1.2.",
        "See https://example.org/fix/2.4.1/install_2.4.1.exe for the update.",
        "Block ports 80 and 443 until the update; CVSS score of 3.7, CWE-522, CVE-2021-37160.",
        "A new release is planned for Q4 2020.",
        "Version 2.0 or prior is affected and will be updated.",
    ] {
        assert!(strong(text, "Monitor", "Acme").is_empty(), "{text}: {:?}", strong(text, "Monitor", "Acme"));
    }
}

fn outcome(out: &OutReason, text: &str, version: &str) -> String {
    let fixes = fixes_named(text, "Monitor", "Acme");
    match after_range(
        out,
        &fixes,
        &Subject { version: Some(version), model: "Monitor", ..Subject::default() },
    ) {
        Outcome::NotAffected => "not affected".into(),
        Outcome::Fixed { by } => format!("fixed by {by}"),
        Outcome::Undecided(gap) => gap.word().into(),
    }
}

#[test]
fn a_device_at_or_after_the_named_fix_is_fixed_and_one_below_it_undecided() {
    let above = OutReason::AboveUpper { bound: "2.3.5".into() };
    let fix = "Upgrade to Version 2.4 or later.";
    assert_eq!(outcome(&above, fix, "2.4"), "fixed by 2.4");
    assert_eq!(outcome(&above, fix, "3.0"), "fixed by 2.4");
    assert_eq!(outcome(&above, fix, "2.3.9"), "between_range_and_fix");
    assert_eq!(outcome(&above, "Contact support.", "2.3.9"), "not affected");
    assert_eq!(outcome(&above, "Update to a version later than 2.4.", "2.4"), "between_range_and_fix");
    assert_eq!(outcome(&OutReason::BelowLower { bound: "2.0".into() }, fix, "1.9"), "not affected");
}

#[test]
fn a_fix_governs_its_own_release_line() {
    let above = OutReason::OutsideRanges { ranges: Vec::new(), more: 2 };
    let fixes = "Versions 10.1.6 and 11.0.3 fix this.";
    assert_eq!(outcome(&above, fixes, "10.1.7"), "fixed by 10.1.6");
    assert_eq!(outcome(&above, fixes, "11.0.2"), "between_range_and_fix");
    assert_eq!(outcome(&above, fixes, "12.0"), "fixed by 10.1.6");
}

#[test]
fn outside_a_plain_list_only_a_strong_fix_helps() {
    assert_eq!(outcome(&OutReason::NotListed, "Fixed in 3.1.", "3.2"), "fixed by 3.1");
    assert_eq!(outcome(&OutReason::NotListed, "Fixed in 3.1.", "3.0"), "not_listed");
    assert_eq!(outcome(&OutReason::NotListed, "Contact support.", "3.2"), "not_listed");
    assert_eq!(outcome(&OutReason::NotListed, "Fixed in 3.1.", "unknown"), "not_listed");
    let by_status = [NamedFix::from_status("vers:all/>=3.1")];
    let device = Subject { version: Some("3.1"), ..Subject::default() };
    assert_eq!(after_range(&OutReason::NotListed, &by_status, &device), Outcome::Fixed { by: "3.1".into() });
}

#[test]
fn prose_that_says_a_later_version_is_still_affected_is_quoted() {
    let text = "Acme released 2.3. The vulnerability is still present in 2.4. Contact support.";
    assert_eq!(contradiction(text, "2.4").as_deref(), Some("The vulnerability is still present in 2.4."));
    assert!(contradiction(text, "2.3.9").is_some());
    assert!(contradiction(text, "2.5").is_none());
    assert!(contradiction("Update 2.3 does not fully address this.", "2.3").is_some());
    assert!(contradiction("This also affects confidentiality.", "2.3").is_none());
    assert!(contradiction("Update to 2.5.", "2.3").is_none());
}
