//! The tail of version texts: wordings that few publishers use. What a text says must come out, or a gap; never the
//! contrary of it.

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

/// Rows of range, versions inside, versions outside.
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
fn negated_comparatives_turn_the_bound_round() {
    check(&[
        ("no later than 2.0", &["1.9", "2.0"], &["2.1"]),
        ("versions not later than 2.0", &["1.9", "2.0"], &["2.1"]),
        ("no newer than 2.0", &["2.0"], &["2.1"]),
        ("no earlier than 2.0", &["2.0", "2.1"], &["1.9"]),
        ("not older than 2.0", &["2.0", "2.1"], &["1.9"]),
        ("at most 2.0", &["2.0"], &["2.1"]),
    ]);
}

#[test]
fn an_aside_belongs_to_its_bound() {
    check(&[
        ("before (and including) 2.0", &["1.9", "2.0"], &["2.1"]),
        ("up to, and including, 2.5", &["2.5"], &["2.6"]),
        ("up to version V2.5 inclusive", &["2.5"], &["2.6"]),
        ("Versions 1.0.0 through 1.0.7.1 inclusive", &["1.0.0", "1.0.7.1"], &["0.9", "1.0.8"]),
        ("5.0 up to 5.4 (not included)", &["5.0", "5.3"], &["5.4", "4.9"]),
        ("2.0 ≤ x ≤ 2.5", &["2.0", "2.5"], &["1.9", "2.6"]),
        ("2.0 < version < 2.5", &["2.1"], &["2.0", "2.5"]),
        ("versions before the 2023.1 release", &["2022.4"], &["2023.1", "2023.2"]),
        ("through 2.5", &["1.0", "2.5"], &["2.6"]),
        ("versions 2.0 onwards", &["2.0", "3.1"], &["1.9"]),
        ("from 2.0 onwards", &["2.0", "3.1"], &["1.9"]),
        ("<3 (all variants)", &["2.9"], &["3.0"]),
        ("All firmware versions", &["1", "7.2"], &[]),
        ("2.0 only", &["2.0"], &[]),
    ]);
}

#[test]
fn the_shapes_that_most_publishers_use_stay_as_they_were() {
    check(&[
        ("All versions prior to 7.1.2", &["7.1.1"], &["7.1.2"]),
        ("Versions 3.0.12 and earlier", &["3.0.12"], &["3.0.13"]),
        ("All versions before 35.015", &["35.014"], &["35.015"]),
        ("v33.011 - v33.012", &["33.011"], &["33.013", "32.9"]),
        ("Version 20.054 or prior, and v21.011 - v33.015", &["20.054", "22.0"], &["20.060", "34.011"]),
        ("vers:intdot/>=17.0|<17.0.8", &["17.0.7"], &["17.0.8", "16.9"]),
        ("vers:generic/%3C%3D2.0", &["2.0"], &["2.1"]),
        ("6.0.x before 6.0.5, 6.1.x before 6.1.3", &["6.0.4", "6.1.2"], &["6.0.6", "6.1.3"]),
        ("V14 up to V14 SP3", &["V14", "V14 SP3"], &["V14 SP4", "V13"]),
        (">=2.0 and prior to 2.5", &["2.3"], &["2.5", "1.9"]),
        ("2023 R2 and prior", &["2023 R2", "2022"], &["2023 R3"]),
    ]);
}

#[test]
fn a_note_that_names_further_versions_leaves_what_is_outside_open() {
    for (range, version) in [
        ("<= 7.20 (7.50 and 7.60 may also be affected if the driver was installed by hand)", "7.50"),
        ("< 2.0 (3.0 is also affected)", "3.0"),
        ("< 2.15 (Firmware versions prior to 8.26.4)", "8.26.3"),
        ("<= 2.0 with firmware <= 3.0", "2.5"),
    ] {
        assert_eq!(said(range, version), "condition", "{range}");
    }
    assert_eq!(said("< 2.0 (versions 3.x are not affected)", "3.0"), "out");
    assert_eq!(said("<= 4.1 (only affected by CVE-2019-10943)", "4.2"), "out");
}

#[test]
fn what_is_not_understood_is_a_gap_and_never_a_clearance() {
    for (range, version) in [
        ("2.0 -", "1.9"),
        ("2.0 to latest", "1.9"),
        ("All versions other than 2.0", "2.0"),
        ("All versions except 2.0", "2.1"),
        ("All versions prior to the May 2023 update", "2023"),
        ("Serial numbers 1000 to 2000", "3.0"),
        ("serial number prior to ABC123", "3.0"),
        ("S/N < 123", "200"),
        ("Unpatched versions", "3.0"),
        ("without patch 5", "3.0"),
        ("earlier versions than 2.0", "3.0"),
        ("2.0 <", "3.0"),
    ] {
        let found = said(range, version);
        assert!(found != "in" && found != "out", "{range}: {version} is {found}");
    }
}
