//! Shapes of version texts that few publishers use and that nobody planned for. Whatever they are, a device that is or may
//! be affected must never be told that it is not.

use exposure::remedy::{About, Outcome, after_range, fixes_about};
use exposure::version::{Inclusion, Subject, VersionSpec};

/// `in`, `out` or the gap's word, for one device.
fn said(range: &str, version: &str) -> String {
    let device = Subject { version: Some(version), ..Subject::default() };
    match VersionSpec::read(range).contains(&device) {
        Inclusion::In => "in".into(),
        Inclusion::Out(_) => "out".into(),
        Inclusion::Unknown(gap) => gap.word().into(),
    }
}

/// Rows of a range and versions that it means, or may mean: none may be outside.
fn never_cleared(rows: &[(&str, &[&str])]) {
    let wrong: Vec<String> = rows
        .iter()
        .flat_map(|(range, versions)| versions.iter().map(move |version| (range, version)))
        .filter(|(range, version)| said(range, version) == "out")
        .map(|(range, version)| format!("{range}: {version} is cleared"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Rows of a range, a version and what must be said of it.
fn check(rows: &[(&str, &[&str], &[&str])]) {
    let mut wrong = Vec::new();
    for (range, inside, outside) in rows {
        let expected = inside.iter().map(|v| (v, "in")).chain(outside.iter().map(|v| (v, "out")));
        for (version, expected) in expected {
            let found = said(range, version);
            if found != expected {
                wrong.push(format!("{range}: {version} is {found}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn comparisons_in_words_are_read_whichever_way_they_are_put() {
    check(&[
        ("all versions prior to and including 2.0", &["1.9", "2.0"], &["2.1"]),
        ("up to but not including 2.0", &["1.9"], &["2.0"]),
        ("up to & including 2.0", &["1.9", "2.0"], &["2.1"]),
        ("earlier than or equal to 2.0", &["1.9", "2.0"], &["2.1"]),
        ("versions older than or equal to 2.0", &["1.9", "2.0"], &["2.1"]),
        ("later than or equal to 2.0", &["2.0", "2.1"], &["1.9"]),
        ("equal to or less than 2.0", &["1.9", "2.0"], &["2.1"]),
        ("at or below 2.0", &["2.0"], &["2.1"]),
        ("smaller than 2.0", &["1.9"], &["2.0"]),
        ("1.0 through and including 2.0", &["1.0", "2.0"], &["0.9", "2.1"]),
        ("1.0 up through 2.0", &["1.0", "2.0"], &["0.9", "2.1"]),
        ("from 2.0 and before 2.5", &["2.0", "2.4"], &["1.9", "2.5"]),
        ("above 2.0 and below 2.5", &["2.1", "2.4"], &["2.0", "2.5"]),
        ("2.0 and later, before 2.5", &["2.0", "2.4"], &["1.9", "2.5"]),
        ("2.0 (inclusive) to 2.5 (exclusive)", &["2.0", "2.4"], &["1.9", "2.5"]),
        ("2.0.x through 2.0.5", &["2.0.1", "2.0.5"], &["1.9", "2.0.6"]),
        ("&lt;= 2.0", &["2.0"], &["2.1"]),
        ("< = 2.0", &["1.9", "2.0"], &["2.1"]),
        ("２.０ ≦ x ＜ ２.５", &["2.0", "2.4"], &["1.9", "2.5"]),
        ("2.0 < x", &["2.1", "3.0"], &["2.0"]),
        ("2.0 > x", &["1.9"], &["2.0"]),
        ("x >= 2.0", &["2.0"], &["1.9"]),
        ("<> 2.0", &["1.9", "2.1"], &["2.0"]),
        ("≠ 2.0", &["1.9", "2.1"], &["2.0"]),
    ]);
}

#[test]
fn a_decimal_comma_never_clears_what_lies_between_the_two_readings() {
    never_cleared(&[
        ("< 2,5", &["2.4", "2.0", "1.9"]),
        ("<= 2,5", &["2.5", "2.4"]),
        (">= 2,5", &["2.5", "2.6", "3.0"]),
        ("2,0 bis 2,5", &["2.0", "2.3", "2.5"]),
        ("2,0 - 2,5", &["2.0", "2.3", "2.5"]),
        ("Versionen bis 2,5", &["2.5", "2.4"]),
    ]);
}

#[test]
fn words_of_other_languages_never_clear_a_device() {
    never_cleared(&[
        ("alle Versionen vor 2.0", &["1.9"]),
        ("alle Versionen bis einschließlich 2.0", &["1.9", "2.0"]),
        ("Version 2.0 und früher", &["1.9", "2.0"]),
        ("kleiner als 2.0", &["1.9"]),
        ("ab 2.0", &["2.0", "2.1"]),
        ("ab 2.0 bis 2.5", &["2.0", "2.3", "2.5"]),
        ("nicht vor 2.0", &["2.0", "2.1"]),
        ("alla versioner före 2.0", &["1.9"]),
        ("till och med 2.0", &["1.9", "2.0"]),
        ("från 2.0 till 2.5", &["2.0", "2.3", "2.5"]),
        ("version 2.0 och tidigare", &["1.9", "2.0"]),
        ("versions antérieures à 2.0", &["1.9"]),
        ("jusqu'à 2.0", &["1.9", "2.0"]),
    ]);
}

#[test]
fn a_text_that_says_what_is_not_affected_does_not_clear_the_rest() {
    never_cleared(&[
        ("2.0 and later are not affected", &["1.9"]),
        ("2.0 or higher are not vulnerable", &["1.9"]),
        ("versions 2.0 - 2.5 are not affected", &["1.9", "2.6"]),
        (">= 2.0 unaffected", &["1.9"]),
        (">= 2.0 (fixed)", &["1.9"]),
        ("fixed in 2.0", &["1.9"]),
        ("not < 2.0", &["2.0", "2.1"]),
        ("!< 2.0", &["2.0", "2.1"]),
        ("not before 2.0", &["2.0", "2.1"]),
        ("outside 2.0 to 2.5", &["1.9", "2.6"]),
        ("all but 2.0", &["1.9", "2.1"]),
        ("all versions except 2.0", &["1.9", "2.1"]),
        ("unless 2.0 or later", &["1.9"]),
        ("vers:generic/!=2.0", &["1.9", "2.1"]),
    ]);
}

#[test]
fn a_range_that_goes_on_in_a_note_or_in_words_leaves_what_the_note_names_open() {
    never_cleared(&[
        ("prior to 2.0, including 2.0.x", &["2.0.3", "1.9"]),
        ("< 2.0 (including 2.0)", &["2.0", "1.9"]),
        ("< 2.0 (2.5 may be affected)", &["2.5"]),
        ("2.0 (all versions before 2.5 are affected)", &["1.9", "2.4"]),
        ("less than 2 years old", &["3.0"]),
        ("older than 6 months", &["7.1"]),
        ("prior to 2.0, 3.0 and 4.0", &["1.9", "3.0", "4.0"]),
        ("2.0 before 2.0.5, 2.1 before 2.1.3", &["2.0.4", "2.1.2"]),
        ("Console 10.2 < 2.5", &["10.2", "2.4"]),
        (">= <= 2.2", &["2.2", "2.3"]),
    ]);
}

#[test]
fn spans_in_signs_of_mathematics_and_of_package_managers_never_clear_what_they_mean() {
    never_cleared(&[
        ("[2.0, 2.5)", &["2.0", "2.4"]),
        ("(,2.5]", &["1.0", "2.5"]),
        ("]2.0,2.5[", &["2.1", "2.4"]),
        ("2.0..2.5", &["2.0", "2.3", "2.5"]),
        ("2.0 ... 2.5", &["2.0", "2.3", "2.5"]),
        ("2.0 ~ 2.5", &["2.0", "2.3", "2.5"]),
        ("2.0～2.5", &["2.0", "2.3", "2.5"]),
        ("~2.0", &["2.0", "2.0.4"]),
        ("^2.0", &["2.0", "2.4"]),
        ("~> 2.0", &["2.0", "2.4"]),
        ("v2.0-2.5", &["2.0", "2.3", "2.5"]),
        ("2.0.1-2.0.5, 2.1.0-2.1.3", &["2.0.3", "2.1.2"]),
        ("< 2.0 || >= 3.0 < 3.5", &["1.9", "3.2"]),
        ("vers:maven/[2.0,2.5)", &["2.0", "2.4"]),
        ("vers:npm/>=2.0|<=2.5|3.1", &["2.3", "3.1"]),
        ("vers:deb/<1.2-3", &["1.2-2", "1.1-9"]),
        ("cpe:2.3:a:acme:viewer:2.0:sp1:*:*:*:*:*:*", &["2.0 SP1"]),
        ("cpe:/a:acme:viewer:2.0:sp1", &["2.0 SP1"]),
    ]);
}

#[test]
fn numbers_that_are_no_decimal_fractions_never_clear_a_device() {
    never_cleared(&[
        // Roman numerals, wildcards where a bound should be.
        ("prior to version X", &["IX", "9.0", "5.0"]),
        ("prior to X", &["9.0"]),
        ("Series III and earlier", &["II", "III", "2"]),
        ("< x.y", &["1.0"]),
        // Hexadecimal.
        ("< 0x1A", &["0x19", "0x09"]),
        // Days and months before the year.
        ("prior to 01.06.2022", &["15.03.2022", "31.12.2021"]),
        ("prior to 31.12.2022", &["15.01.2022"]),
        ("before 05/2023", &["06/2022", "12/2021"]),
        ("prior to Q3 2022", &["Q4 2021", "Q2 2022"]),
        ("before 2023.05", &["2023.04", "2022.12"]),
        ("before 20230501", &["20221201"]),
        ("older than 2023-05-01", &["2022-12-24"]),
        // Additions.
        ("2.0 prior to HF5", &["2.0 HF4", "2.0"]),
        ("2.0 before SP1", &["2.0"]),
        ("2.0 up to SP3", &["2.0", "2.0 SP2", "2.0 SP3"]),
        ("< 2.0 SP1 HF2", &["2.0 SP1", "2.0 SP1 HF1", "2.0"]),
        ("< 2.0p5", &["2.0", "2.0p4", "2.0 Patch 4"]),
        ("2.0 CU3 and earlier", &["2.0 CU2", "2.0", "2.0 HF1"]),
        ("10.0 before build 1234", &["10.0 build 1233"]),
        ("Rev. C and earlier", &["Rev B", "C", "Revision A"]),
        ("prior to revision AB", &["AA", "Z"]),
        ("< 2.0b", &["2.0a", "2.0", "1.9z"]),
        ("22H1 and earlier", &["21H2", "22H1"]),
        ("< 2.5-rc2", &["2.5-rc1", "2.5-beta", "2.4"]),
    ]);
}

#[test]
fn a_name_before_the_first_end_of_a_range_goes_for_the_second() {
    never_cleared(&[
        ("Lot 100 to 200", &["201", "3.0"]),
        ("S/N 1000 to 2000", &["2001", "3.0"]),
        ("S/N < 123", &["200"]),
        ("BIOS 1.0 to 2.0", &["3.0"]),
    ]);
    assert_eq!(said("BIOS 1.0 to 2.0", "BIOS 2.1"), "out");
    assert_eq!(said("BIOS 1.0 to 2.0", "BIOS 1.5"), "in");
}

#[test]
fn what_comes_before_a_release_does_not_have_its_fix() {
    for version in [
        "2.5 preview",
        "2.5 Pre-Release",
        "2.5 pre-release 2",
        "2.5-SNAPSHOT",
        "2.5 nightly",
        "2.5 Release Candidate",
        "2.5 Release Candidate 1",
        "2.5.CR1",
        "2.5 rc 1",
    ] {
        assert_eq!(said("< 2.5", version), "in", "{version}");
    }
    assert_eq!(said("< 2.5", "2.5 Release 1"), "out");
}

#[test]
fn a_register_that_doubts_its_own_version_clears_nothing() {
    for version in [
        "2.5 planned",
        "2.5 (planned)",
        "upgrade to 2.5 ordered",
        "approx. 2.5",
        "ca 2.5",
        "not 2.5",
        "2.5 not installed yet",
        "was 2.5",
        "2.5 geplant",
        "vermutlich 2.5",
        "2.5 beställd",
        "２.５",
        "2.٥",
        "2.5, soon 2.6",
    ] {
        let found = said("< 2.5", version);
        assert!(found != "out", "{version}: {found}");
        let fixes = fixes_about(
            "Update to version 2.5.",
            &About { product: "Heron Viewer", vendor: "Acme", ..About::default() },
        );
        let device = Subject { version: Some(version), ..Subject::default() };
        if let Inclusion::Out(out) = VersionSpec::read("< 2.5").contains(&device) {
            assert!(!matches!(after_range(&out, &fixes, &device), Outcome::Fixed { .. }), "{version}");
        }
    }
}

#[test]
fn a_register_that_gives_only_the_first_number_may_mean_any_version_of_it() {
    never_cleared(&[(">= 2.3", &["2", "v2", "2.3"]), ("2.3 - 2.5", &["2"]), ("2.3.1 to 2.3.4", &["2"])]);
    check(&[(">= 2.3", &["3"], &["1", "2.0", "2.2"]), ("2.3 - 2.5", &["2.3"], &["1", "3", "2.1"])]);
}
