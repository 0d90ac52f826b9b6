//! Sentences as publishers write them, each with an invented product: what is read as its fix, and what must not be.

use exposure::remedy::{About, Outcome, Siblings, Strength, after_range, against, fixes_about};
use exposure::version::{DayRange, OutReason, SerialRange, Subject};

const SIBLINGS: [(&str, &str); 3] =
    [("Heron Gateway", "Acme"), ("Heron Viewer", "Acme"), ("Heron Viewer Lite", "Acme")];

/// Strong fixes of `Heron Viewer` in advice or in a remedy, for CVE-2024-0001.
fn strong(text: &str, is_advice: bool) -> Vec<String> {
    let siblings = Siblings::new(SIBLINGS.into_iter());
    let cwes = ["CWE-79".into()];
    let about = About {
        product: "Heron Viewer",
        vendor: "Acme",
        siblings: Some(&siblings),
        cve: Some("CVE-2024-0001"),
        cwes: &cwes,
        is_advice,
    };
    let fixes = fixes_about(text, &about);
    fixes.iter().filter(|f| f.strength() == Strength::Strong).map(|f| f.version_text().to_owned()).collect()
}

fn check(rows: &[(&str, &[&str])]) {
    let wrong: Vec<String> = rows
        .iter()
        .flat_map(|(text, expected)| [(text, expected, true), (text, expected, false)])
        .filter_map(|(text, expected, is_advice)| {
            let found = strong(text, is_advice);
            (found != *expected)
                .then(|| format!("{text:?} (advice: {is_advice}): {found:?}, expected {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_ways_publishers_name_a_fix_are_understood_in_advice_as_in_fixes() {
    check(&[
        ("Acme recommends users update to version 3.1 or later.", &["3.1"]),
        ("Acme recommends that users upgrade to Heron Viewer 3.1.", &["3.1"]),
        ("Heron Viewer: Update to V3.1 or later version", &["V3.1"]),
        ("Update to V3.1 - Download: https://acme.example/download/109757614", &["V3.1"]),
        ("Update to V3.1 SP2 Update 5 or later version", &["V3.1 SP2 Update 5"]),
        ("Update to V3.1 SP2 Security Patch 1 or later version.", &["V3.1 SP2 Security Patch 1"]),
        ("Heron Viewer version 3.1 and later", &["3.1"]),
        ("Heron Viewer: Version 3.1 or newer", &["3.1"]),
        ("Users should upgrade to 3.1.2.", &["3.1.2"]),
        ("Acme has released version 3.1.2 to address these vulnerabilities.", &["3.1.2"]),
        ("Acme has fixed the vulnerability in version 3.1.2.", &["3.1.2"]),
        ("Patch available in firmware 3.1", &["3.1"]),
        ("The latest version of Heron Viewer (Version 3.1) is available for download.", &["3.1"]),
        (
            "Acme released a new version of the software, Version 3.1.2, that mitigates these issues.",
            &["3.1.2"],
        ),
        ("Acme recommends upgrading to Heron Viewer 2023 to resolve these issues.", &["2023"]),
        ("Acme recommends upgrading to Heron Viewer 2017 R2 SP1.", &["2017 R2 SP1"]),
        ("Users should first upgrade to Heron Viewer 2017 v8.1 SP1.", &["v8.1 SP1"]),
        ("Heron Viewer versions 2.0 through 2.4: Update to Version 2.5", &["2.5"]),
        ("Heron Viewer Version 2.4: Upgrade to Version 2.5 or later.", &["2.5"]),
        ("2.x users should upgrade to Version 2.5", &["2.5"]),
        ("Acme recommends users update Heron Viewer version 2.0 with patch 2.0.1.", &["2.0.1"]),
        ("Acme has created new versions: Heron Viewer (D29 or later)", &["D29"]),
        (
            "Acme has released Heron/Osprey Viewer 8.5 GMA 3, a software update to address the faults.",
            &["8.5 GMA 3"],
        ),
        ("Heron Gateway, Heron Viewer: Upgrade to v34.011 firmware", &["v34.011"]),
        ("Update to Version_3.1.2 or V.3.1.2", &["3.1.2"]),
        ("Upgrade to Heron Viewer 3.3, Service Pack 4, to resolve this.", &["3.3 Service Pack 4"]),
        ("Heron Viewer: Version 6.8.9. CU01", &["6.8.9 CU01"]),
    ]);
}

#[test]
fn no_fix_is_read_where_none_is_named() {
    check(&[
        ("No fix is planned for version 2.1.", &[]),
        ("Currently no fix is available for Heron Viewer 2.1", &[]),
        ("Versions 2.0 through 2.4: No software patch will be made available.", &[]),
        ("Heron Viewer Version 2.4 should be used behind a firewall only until the update.", &[]),
        ("The following versions are affected: Heron Viewer: versions prior to 2.1", &[]),
        ("A patch for version 2.1 is available.", &[]),
        ("Acme fixed faults identified in Heron Viewer 8.1.", &[]),
        ("Acme has provided software patches for Heron Viewer (R6.01.00 to R6.03.00)", &[]),
        ("Heron Viewer: Firmware versions 12.4.1.0-12.4.11.0 will be updated", &[]),
        ("Acme recommends users apply Service Release 1.", &[]),
        ("Apply Update 5 to the newest release.", &[]),
        ("See Acme advisory 8DBD000056 for update information.", &[]),
        ("For details of the update see Product Security Advisory ACM-PSA-2021-17 v1.", &[]),
        ("Version 1.3.4, which includes fixes for most of these vulnerabilities, has been released.", &[]),
        ("Replace Heron Viewer by its successor and install firmware v21.006 or later.", &[]),
        ("Starting with version V8.3 the port can be disabled.", &[]),
    ]);
}

#[test]
fn what_is_only_announced_is_no_fix() {
    check(&[
        ("A fix is planned for Heron Viewer version 3.1.", &[]),
        ("Acme plans to release Heron Viewer 3.1 by the end of Q3 2024.", &[]),
        ("Heron Viewer version 3.1 will be released in Q3.", &[]),
        ("Heron Viewer 3.1, which fixes this, will be made available in May.", &[]),
        ("Acme is working on an update, Heron Viewer 3.1, to address this.", &[]),
        ("Acme is developing Heron Viewer version 3.1, which will contain a patch.", &[]),
        ("This is fixed in Heron Viewer 3.1, which is expected to be available in June 2024.", &[]),
        ("This will be mitigated in Heron Viewer 3.1, scheduled to be released in October.", &[]),
        ("This will be remediated in the Heron Viewer version 3.1 software release.", &[]),
        ("Heron Viewer: Update to version 3.1 or later (planned Q2 2024)", &[]),
        ("Update to Heron Viewer 3.1 (to be released by end of January 2024).", &[]),
        ("Update to Heron Viewer 3.1 or later, release will be available: 9/17/2024", &[]),
        ("Heron Viewer 3.1 (Planned release date: 2024-03-27) and higher", &[]),
        ("The fix is anticipated in an upcoming Heron Viewer 3.1 service pack.", &[]),
        ("Users should update to Heron Viewer 3.1 as soon as it becomes available.", &[]),
        ("Update to Heron Viewer 3.1 once available.", &[]),
        ("Heron Viewer 3.1 is not yet available.", &[]),
        ("Heron Viewer 3.1: Q3 2024", &[]),
        ("Heron Viewer 3.1 is in development and intends to resolve this.", &[]),
        ("Update to Heron Viewer 3.1. It is expected to be available in Q3 2024.", &[]),
        ("Update to Heron Viewer 3.1. Heron Viewer 3.1 will be released in July.", &[]),
        ("Acme plans these releases:\nHeron Viewer 3.1\nHeron Gateway 2.2", &[]),
        ("A production date of January 2024 or later is planned.", &[]),
    ]);
}

#[test]
fn a_fix_that_can_be_had_stays_one_beside_words_of_the_future() {
    check(&[
        ("Update to Heron Viewer 3.1 as soon as possible.", &["3.1"]),
        ("Upgrading to Heron Viewer 3.1 will resolve this.", &["3.1"]),
        ("Acme has released Heron Viewer 3.1, which will fix this.", &["3.1"]),
        ("Heron Viewer 3.1 and later will not be vulnerable to this.", &["3.1"]),
        ("Upgrade to Heron Viewer 3.1 (or any newer version that will be released in the future).", &["3.1"]),
        ("Fixed in Heron Viewer 3.1 and future versions.", &["3.1"]),
        ("Acme has developed Heron Viewer 3.1 to fix this.", &["3.1"]),
        ("Heron Viewer 3.1 was released in Q3 2023.", &["3.1"]),
        ("Update to Heron Viewer 3.1. Acme plans to end support of 2.x in 2025.", &["3.1"]),
    ]);
}

#[test]
fn a_version_beside_another_products_name_is_not_this_products_fix() {
    check(&[
        ("Heron Gateway: Update to V2.5 or later version", &[]),
        ("Heron Viewer Lite: Update to V2.5 or later version", &[]),
        ("For Osprey Management Console: Users should upgrade to Version 5.3", &[]),
        ("Osprey Management Console: Update to version 13.00", &[]),
        ("Heron Gateway 2014 R1.1 build 75.6239 resolves this.", &[]),
        ("Update Heron Gateway to version 2.5 and Heron Viewer to version 3.1.", &["3.1"]),
    ]);
}

#[test]
fn a_fix_for_another_vulnerability_is_none_for_this_one() {
    check(&[
        ("CVE-2024-0002: Update to V3.1 or later.", &[]),
        ("Version 3.1 fixes CVE-2024-0002 and CVE-2024-0003.", &[]),
        ("Version 3.1 fixes CVE-2024-0001 and CVE-2024-0003.", &["3.1"]),
        ("Version 3.1 was released to remediate CWE-16 and CWE-352.", &[]),
        ("Version 3.1 was released to remediate CWE-16 and CWE-79.", &["3.1"]),
        ("Version 3.1 is reported to fix all of the above except CVE-2024-0002.", &["3.1"]),
        ("Version 3.1 is reported to fix all of the above except CVE-2024-0001.", &[]),
    ]);
}

#[test]
fn a_fix_that_leaves_this_vulnerability_open_is_told() {
    let text = "Version 3.1 is reported to fix all of the above except CVE-2024-0001.";
    let found = against(text, Some("CVE-2024-0001"), false);
    assert!(matches!(found.as_slice(), [one] if one.leaves_open() && one.sentence() == text));
    assert!(against(text, Some("CVE-2024-0002"), false).is_empty());
    let advice = "Segmentation only partially mitigates this until users update.";
    assert!(against(advice, None, true).is_empty(), "advice that names no version says nothing of versions");
}

#[test]
fn a_fix_named_by_serial_number_or_date_fixes_the_device_that_has_it() {
    let siblings = Siblings::new(SIBLINGS.into_iter());
    let about =
        About { product: "Heron Viewer", vendor: "Acme", siblings: Some(&siblings), ..About::default() };
    let outside = OutReason::SerialOutside { range: SerialRange::Patterns(Vec::new()) };
    let by_serial = fixes_about("Heron Viewer: the first 5 digits of serial number 22082 or later", &about);
    let serial = |serial| Subject { serial: Some(serial), ..Subject::default() };
    assert!(matches!(after_range(&outside, &by_serial, &serial("220820155500011")), Outcome::Fixed { .. }));
    assert_eq!(after_range(&outside, &by_serial, &serial("220810155500011")), Outcome::NotAffected);
    let of_another = fixes_about("Heron Gateway: the first 5 digits of serial number 22082 or later", &about);
    assert_eq!(after_range(&outside, &of_another, &serial("220820155500011")), Outcome::NotAffected);
    let by_day = fixes_about("Heron Viewer: production date January 2021 or later", &about);
    let made = |day| Subject { manufactured: model::Date::parse(day).ok(), ..Subject::default() };
    let outside = OutReason::MadeOutside { days: DayRange::default() };
    assert!(matches!(after_range(&outside, &by_day, &made("2021-05-10")), Outcome::Fixed { .. }));
}

#[test]
fn a_fix_that_the_status_lists_as_affected_clears_nothing() {
    use exposure::version::VersionSpec;
    let about = About { product: "Heron Viewer", vendor: "Acme", ..About::default() };
    let outcome = |listed: &str, text: &str, version: &str| {
        let mut fixes = fixes_about(text, &about);
        let spec = VersionSpec::read(listed);
        fixes.iter_mut().for_each(|fix| fix.weigh(&[&spec]));
        let device = Subject { version: Some(version), ..Subject::default() };
        match after_range(&OutReason::NotListed, &fixes, &device) {
            Outcome::Fixed { by } => format!("fixed by {by}"),
            Outcome::NotAffected => "not affected".into(),
            Outcome::Undecided(gap) => gap.word().into(),
        }
    };
    let text = "Acme deploys a security update in Heron Viewer Version 1.6.1.";
    assert_eq!(outcome("1.6.1", text, "1.6.2"), "not_listed", "1.6.1 is itself affected");
    assert_eq!(outcome("1.6.0", text, "1.6.2"), "fixed by 1.6.1");
    assert_eq!(
        outcome("1.6.0 | 2.0.0", text, "2.0.1"),
        "not_listed",
        "the fix is of another line than 2.0.0"
    );
    assert_eq!(outcome("1.6.0 | 2.0.0", text, "1.6.2"), "fixed by 1.6.1");
}

#[test]
fn a_fix_that_lies_in_the_affected_range_clears_nothing_behind_the_range() {
    use exposure::version::VersionSpec;
    let about = About { product: "Heron Viewer", vendor: "Acme", ..About::default() };
    let outcome = |range: &str, out: OutReason, text: &str, version: &str| {
        let mut fixes = fixes_about(text, &about);
        let spec = VersionSpec::read(range);
        fixes.iter_mut().for_each(|fix| fix.weigh(&[&spec]));
        match after_range(&out, &fixes, &Subject { version: Some(version), ..Subject::default() }) {
            Outcome::Fixed { by } => format!("fixed by {by}"),
            Outcome::NotAffected => "not affected".into(),
            Outcome::Undecided(gap) => gap.word().into(),
        }
    };
    let above = || OutReason::AboveUpper { bound: "3.1".into() };
    assert_eq!(outcome("<= 3.1", above(), "This was fixed in Heron Viewer 3.1.", "3.1.1"), "not affected");
    assert_eq!(outcome("< 3.1", above(), "This was fixed in Heron Viewer 3.1.", "3.1.1"), "fixed by 3.1");
    let later = "Update to a version later than Heron Viewer 3.1.";
    assert_eq!(outcome("<= 3.1", above(), later, "3.1.1"), "fixed by 3.1");
    // A range that begins after 1.7.5 and never ends, beside a fix in it, is written the wrong way round.
    let below = || OutReason::BelowLower { bound: "1.7.5".into() };
    assert_eq!(outcome("> 1.7.5", below(), "Update to version 1.7.7.", "1.7.4"), "prose_contradicts");
    let at_least = "a range that begins with a version and has no end is what it says";
    assert_eq!(
        outcome(">= 1.7.5", below(), "Update to version 1.7.7.", "1.7.4"),
        "not affected",
        "{at_least}"
    );
    assert_eq!(outcome("> 1.7.5 | < 1.7.7", below(), "Update to version 1.7.7.", "1.7.4"), "not affected");
}

#[test]
fn a_word_of_the_whole_family_tells_none_of_its_members_apart() {
    let family =
        [("FL HERON PCI4000 VPN", "Acme"), ("HERON RS2000", "Acme"), ("Heron Partner maintenance", "Acme")];
    let siblings = Siblings::new(family.into_iter());
    let about = About {
        product: "FL HERON PCI4000 VPN",
        vendor: "Acme",
        siblings: Some(&siblings),
        ..About::default()
    };
    let strong = |text: &str| fixes_about(text, &about).iter().any(|fix| fix.strength() == Strength::Strong);
    assert!(strong("Acme recommends users of HERON devices to update to firmware Version 8.5.2 or higher."));
    assert!(!strong("Acme has created new versions to address this: HERON Partner v3.3.2 (or later)"));
    assert!(strong("FL HERON PCI4000 VPN Version 10.97.1 and later will not be vulnerable to this exploit."));
}
