//! The rules of the version grammar, each as sentences about advisories and devices.

use exposure::version::{Gap, Inclusion, Shape, Subject, VersionSpec, combine, compare, is_missing};
use model::Date;
use model::advisory::VersionText;

/// `in`, `out` or the gap's word, for a device that has only a version.
fn answer(ranges: &[&str], version: &str) -> String {
    said(ranges, &Subject { version: Some(version), ..Subject::default() })
}

fn said(ranges: &[&str], subject: &Subject<'_>) -> String {
    let specs: Vec<VersionSpec> = ranges.iter().map(|r| VersionSpec::read(r)).collect();
    match combine(&specs.iter().collect::<Vec<_>>(), subject) {
        Inclusion::In => "in".into(),
        Inclusion::Out(_) => "out".into(),
        Inclusion::Unknown(gap) => gap.word().into(),
    }
}

/// Rows of (range, device's version, answer).
fn check(rows: &[(&str, &str, &str)]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(range, version, expected)| {
            let found = answer(&[range], version);
            (found != *expected).then(|| format!("{range:?} with {version:?}: {found}, expected {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_bound_includes_or_excludes_itself_as_its_sign_says() {
    check(&[
        ("< 8.2.2", "8.2.1", "in"),
        ("< 8.2.2", "8.2.2", "out"),
        ("<= 9.33", "9.33", "in"),
        ("<=2.3.5", "2.3.6", "out"),
        ("<= 1.52", "1.52.01", "out"),
        ("<= 1.4", "1.4.0", "in"),
        (">= 2.0", "1.9", "out"),
        ("> 1.5", "1.5", "out"),
        ("vers:all/>=V2022.4<V2023.1", "2022.4", "in"),
        ("vers:all/>=V2022.4<V2023.1", "2023.1", "out"),
        ("All versions < V4.7 SP6 HF5", "V4.7 SP6 HF4", "in"),
        ("All versions < V4.7 SP6 HF5", "V4.7 SP6 HF5", "out"),
        ("All versions between V3.0 (including) and V3.0.2 (excluding)", "3.0.2", "out"),
        ("All versions between V3.0 (including) and V3.0.2 (excluding)", "3.0", "in"),
    ]);
}

#[test]
fn a_bar_means_and_between_bounds_and_or_between_plain_versions() {
    check(&[
        (">= 2.5 | <= 3.11", "2.4", "out"),
        (">= 2.5 | <= 3.11", "3.2", "in"),
        (">= 2.5 | <= 3.11", "3.12", "out"),
        ("< 2.3 | >= 2.1", "2.0", "out"),
        ("2.4.31 | 2.4.45", "2.4.45", "in"),
        ("2.4.31 | 2.4.45", "2.4.40", "not_listed"),
        ("< 1.99 | 2.20 | 2.40", "1.5", "in"),
        ("< 1.99 | 2.20 | 2.40", "2.40", "in"),
        ("< 1.99 | 2.20 | 2.40", "2.30", "not_listed"),
        ("A.01 <= C.0x | 4.0", "C.03", "in"),
        ("A.01 <= C.0x | 4.0", "4.0", "in"),
        ("A.01 <= C.0x | 4.0", "C.10", "not_listed"),
        ("A10 < A11", "A10", "in"),
        ("A10 < A11", "A11", "out"),
        ("> 4.001 | < 4.005 | > 5.011 | < 5.017", "4.010", "out"),
        ("> 4.001 | < 4.005 | > 5.011 | < 5.017", "5.012", "in"),
        ("vers:all/<=1.0|>=2.0|<2.3", "1.5", "out"),
        ("vers:all/<=1.0|>=2.0|<2.3", "2.2", "in"),
        ("vers:semver/>=1.2.3|!=1.5.0|<2.0.0", "1.5.0", "out"),
        ("vers:semver/>=1.2.3|!=1.5.0|<2.0.0", "1.6.0", "in"),
        ("vers:intdot/%3C%3D1.2", "1.3", "out"),
    ]);
}

#[test]
fn a_fixed_line_is_not_dragged_back_by_a_later_lines_bound() {
    let lines = ["< 10.1.6", "< 11.0.3"];
    assert_eq!(answer(&lines, "10.1.5"), "in");
    assert_eq!(
        answer(&lines, "10.1.6"),
        "release_line",
        "past its own line, before the other's bound: ask for the fix"
    );
    assert_eq!(answer(&lines, "10.4"), "release_line");
    assert_eq!(answer(&lines, "11.0.2"), "in");
    assert_eq!(answer(&lines, "12.0"), "out");
    assert_eq!(answer(&lines, "9.5"), "in", "below the lowest line everything is literally included");
    let four = ["<= 4.2.21 | <= 5.0.27 | <= 5.1.19 | <= 6.0.16"];
    assert_eq!(answer(&four, "5.0.28"), "release_line");
    assert_eq!(answer(&four, "6.0.17"), "out", "past the last line");
    assert_eq!(answer(&four, "5.1.19"), "in");
    assert_eq!(answer(&four, "5.2.0"), "release_line", "no bound speaks of line 5.2");
    let unequal = ["< 3", "< 2.5.1"];
    assert_eq!(answer(&unequal, "2.5"), "in");
    assert_eq!(answer(&unequal, "2.7"), "release_line");
    assert_eq!(answer(&unequal, "3.0"), "out");
    assert_eq!(answer(&["< 1.2.3", "< 1.2.5"], "1.2.4"), "in", "bounds of one line are a plain union");
    let regions = ["<= U61 |<= L81"];
    assert_eq!(answer(&regions, "L82"), "out");
    assert_eq!(answer(&regions, "U60"), "in");
}

#[test]
fn additions_to_a_release_come_after_it_and_previews_before_it() {
    check(&[
        ("< 6.9.2 CU01", "6.9.2", "in"),
        ("<= 6.9.2", "6.9.2 CU01", "out"),
        ("<= 2023", "2023 Patch 1", "out"),
        ("2023", "2023 Patch 1", "not_listed"),
        ("< 1.8.4 Service Pack 01", "1.8.4", "in"),
        ("< 1.8.4 Service Pack 01", "1.8.4 SP1", "out"),
        ("< 1.0", "1.0-rc1", "in"),
        ("< 1.7.15", "1.7.15b", "out"),
        ("<= 3.0 D15", "3.0 D16", "out"),
        ("<= 3.0 D15", "3.0 D15", "in"),
        ("<= 2020 R2 Patch 1", "2020 R2", "in"),
        ("<= 2020 R2 Patch 1", "2020 R2 P02", "out"),
        ("<= 15.2(6)E0a", "15.2(6)E2a", "out"),
        ("4.20 | 4.20 SR1 | 4.30", "4.20 SR2", "not_listed"),
        ("<= 3.4.4 Build 16102416", "3.4.4", "shapes_do_not_compare"),
    ]);
}

#[test]
fn what_does_not_compare_is_undecided_and_never_outside() {
    check(&[
        ("<= L81", "U61", "shapes_do_not_compare"),
        ("<= L81", "81", "shapes_do_not_compare"),
        ("< 012U000040", "012L000030", "shapes_do_not_compare"),
        ("<= VM5.0", "4.0", "shapes_do_not_compare"),
        ("< 8 SP2", "8.1", "shapes_do_not_compare"),
        ("< 1.0 SP2", "1.0 HF3", "shapes_do_not_compare"),
        ("<= N", "N.01", "shapes_do_not_compare"),
        ("BIOS < V22.01", "23.0", "shapes_do_not_compare"),
        ("<= 1.1", "1.09", "shapes_do_not_compare"),
        ("< 1.1", "1.09", "shapes_do_not_compare"),
        ("<= B.12", "B.13", "out"),
        ("<= D25", "D26", "out"),
        ("<= 2.3.5", "2019-05-01", "shapes_do_not_compare"),
        ("<= 2.3.5", "235", "shapes_do_not_compare"),
        ("<= B.06.18", "B0617", "shapes_do_not_compare"),
        (">= 2003 | <= 2006", "11.4", "shapes_do_not_compare"),
        ("< 2017", "11.4", "in"),
        ("Rev B-M", "M.04", "in"),
        ("Rev B-M", "N.01", "out"),
    ]);
}

#[test]
fn a_wildcard_stands_for_all_versions_below_it() {
    check(&[
        ("<= 12.2.x.x", "12.2.8.100", "in"),
        ("<= 12.2.x.x", "12.3", "out"),
        ("< 12.x", "12.0", "out"),
        ("< 12.x", "11.9", "in"),
        ("5.x.x", "5.1.7", "in"),
        ("5.x.x", "6.0", "not_listed"),
        ("13.1.*", "13.1.2", "in"),
        ("<= 11.x", "11.4 SP1", "in"),
        ("4.x and later", "4.0", "in"),
    ]);
}

#[test]
fn a_messy_register_is_read_as_people_would() {
    let ways = [
        "v 2.3.5",
        "V2.3.5",
        "Ver. 2.3.5",
        "Ver. 2.3.5 (build 12)",
        "SW 2.3.5",
        "Software Version: 2.3.5",
        "2.3.5-b7",
        "Rev. 2.3.5",
        "FW: 2.3.5",
        "firmware_2.3.5",
        "2,3,5",
        "2.3.5 (installed)",
        "version 2.3.5 English",
        "R2.3.5",
        " 2.3.5 ",
        "2.3.5.0",
        "2.3.5, HW 4",
        "SW 2.3.5 / HW 1.0",
        "2.3.5 (2020-05-01)",
    ];
    for way in ways {
        assert_eq!(answer(&["<= 2.3.5"], way), "in", "{way}");
        assert_eq!(answer(&["< 2.3.4"], way), "out", "{way}");
    }
}

#[test]
fn a_half_known_version_decides_only_what_holds_for_all_of_it() {
    check(&[
        ("<= 2.3.5", "2.3.x", "partly_known"),
        ("<= 2.4", "2.3.x", "in"),
        ("< 2.3", "2.3.x", "out"),
        ("<= 2.3.5", "≥2.3", "partly_known"),
        ("<= 2.3.5", "2.4 or later", "out"),
        ("<= 2.3.5", "2.3 / 2.4", "partly_known"),
        ("<= 2.5", "2.3 / 2.4", "in"),
        ("<= 2.2", "2.3 / 2.4", "out"),
        ("<= 2.3.5", "2.3.6?", "partly_known"),
        ("<= 2.3.5", "3.1 (was 2.1)", "partly_known"),
        ("<= 2.3.5", "2.3.4 or 2.3.6", "partly_known"),
        ("<= 2.3.5", "2.3.4 - 2.3.6", "partly_known"),
        ("<= 2.3.5", "2.3.4 → 2.3.6", "partly_known"),
        ("<= 2.3.5", "2.3.4-2.3.6", "partly_known"),
        ("<= 2.3.5", "unknown", "version_missing"),
    ]);
}

#[test]
fn every_version_needs_no_version() {
    for range in ["vers:all/*", "All versions", "all", "any", "*", "* (end-of-life 2011)", "All Versions"] {
        assert_eq!(answer(&[range], "unknown"), "in", "{range}");
        assert_eq!(said(&[range], &Subject::default()), "in", "{range}");
        assert!(VersionSpec::read(range).is_everything(), "{range}");
    }
}

#[test]
fn what_registers_write_for_not_known_is_missing() {
    for text in [
        "",
        " ",
        "unknown",
        "N/A",
        "n.a.",
        "?",
        "-",
        "--",
        "tbd",
        "none",
        "not known",
        "unbekannt",
        "okänd",
        "null",
        "see label",
        "*",
    ] {
        assert!(is_missing(text), "{text:?}");
    }
    for text in ["1", "K", "2.3", "B.06", "V", "X", "L81", "2023"] {
        assert!(!is_missing(text), "{text:?}");
    }
}

#[test]
fn a_condition_leaves_what_is_inside_undecided_and_what_is_outside_outside() {
    check(&[
        ("<=11.2 on Windows 8.1 with IIS 7.5", "11.2", "condition"),
        ("<=11.2 on Windows 8.1 with IIS 7.5", "11.3", "out"),
        (">= 4.4.0 (only affected by CVE-2019-10943)", "5.0", "condition"),
        ("All versions with U-Boot < V2016.05RS09", "1.0", "condition"),
        ("Windows 10 Professional Operating System U.S. release", "1.0", "condition"),
        ("9.x (with Wireless Battery Modules >= 22D19 | <= v22D28)", "9.1", "condition"),
        ("9.x (with Wireless Battery Modules >= 22D19 | <= v22D28)", "8.1", "not_listed"),
        ("<= 1.54 (integrated into GE MobileLink)", "1.54", "in"),
        ("<= 2.01 (end-of-life Nov 2017)", "2.02", "out"),
    ]);
    let monitor = |model| Subject { version: Some("L.01"), model, ..Subject::default() };
    let range = ["Rev J-M | (X3/MX100 for Rev M only)"];
    assert_eq!(said(&range, &monitor("IntelliVue MX550")), "in", "the condition speaks of other models");
    assert_eq!(said(&range, &monitor("IntelliVue MX100")), "condition");
}

#[test]
fn model_numbers_in_place_of_versions_are_looked_for_in_the_model() {
    let pump = |model, number| Subject { model, model_number: number, ..Subject::default() };
    let range = ["MMT-1715 | MMT-1754 | MMT-1755"];
    assert_eq!(said(&range, &pump("MiniMed 670G", Some("MMT-1754"))), "in");
    assert_eq!(said(&range, &pump("MiniMed MMT1715", None)), "in");
    assert_eq!(said(&range, &pump("MiniMed 670G", None)), "needs_model_number");
    assert_eq!(said(&["620 | 650"], &pump("Aisys 650c", None)), "needs_model_number", "650 is not 650c");
    assert_eq!(
        said(&["MMT-522(K) / MMT-722(K) Paradigm REAL-TIME"], &pump("Paradigm", Some("MMT-722K"))),
        "in"
    );
    let with_version = |number| Subject {
        version: Some("8.01"),
        model: "Spectrum",
        model_number: number,
        ..Subject::default()
    };
    assert_eq!(said(&["v8.x model 35700BAX2"], &with_version(Some("35700BAX2"))), "in");
    assert_eq!(said(&["v8.x model 35700BAX2"], &with_version(None)), "needs_model_number");
}

#[test]
fn a_catalogue_number_is_not_missing_among_versions_nor_a_version_among_catalogue_numbers() {
    let pump =
        |version, number| Subject { version, model: "Heron 630", model_number: number, ..Subject::default() };
    let numbers = ["HRN-1715 | HRN-1754"];
    assert_eq!(said(&numbers, &pump(Some("4.10A"), None)), "needs_model_number");
    assert_eq!(said(&numbers, &pump(None, None)), "needs_model_number");
    assert_eq!(
        said(&numbers, &pump(None, Some("HRN-1750"))),
        "not_listed",
        "the number decides, known or not the version"
    );
    assert_eq!(said(&numbers, &pump(Some("4.10A"), Some("HRN-1754"))), "in");
    let versions = ["SV20.1 | SV23.0"];
    assert_eq!(said(&versions, &pump(None, None)), "version_missing");
    assert_eq!(said(&versions, &pump(Some("SV23.0"), None)), "in");
    assert_eq!(said(&versions, &pump(Some("SV24.0"), None)), "not_listed");
}

#[test]
fn letters_count_on_where_both_ends_of_a_range_begin_with_one() {
    check(&[
        (">= A1.5.3 | <= B1.2.4", "A1.6.0", "in"),
        (">= A1.5.3 | <= B1.2.4", "B1.2.4", "in"),
        (">= A1.5.3 | <= B1.2.4", "B1.3.0", "out"),
        (">= A1.5.3 | <= B1.2.4", "A1.5.2", "out"),
        ("<= L81", "U61", "shapes_do_not_compare"),
    ]);
}

#[test]
fn the_shapes_of_later_years_are_read() {
    check(&[
        ("<V2.3", "V2.2.9", "in"),
        ("<V2.3", "2.3", "out"),
        ("<=3.0.1", "3.0.1", "in"),
        ("<=3.0.1", "3.0.2", "out"),
        ("vers:intdot/<2.0", "1.9.9", "in"),
        ("vers:intdot/<2.0", "2.0", "out"),
        (">=1.0|<1.4.2", "1.4.1", "in"),
        (">=1.0|<1.4.2", "1.4.2", "out"),
        (">=1.0|<1.4.2", "0.9", "out"),
        ("vers:all/>=1.0|<1.4.2", "1.4.1", "in"),
        ("*", "unknown", "in"),
        ("vers:all/*", "7", "in"),
        ("All versions prior to 2.1", "2.0.9", "in"),
        ("All versions prior to 2.1", "2.1", "out"),
        ("versions prior to 2.1", "2.0", "in"),
        ("Versions 2.1 and prior", "2.1", "in"),
        ("Versions 2.1 and earlier", "2.2", "out"),
        ("<v4.3.2 SP1", "4.3.2", "in"),
        ("<v4.3.2 SP1", "v4.3.2 SP1", "out"),
        ("<V3.2_SP1", "V3.2", "in"),
        ("Version 1.2.3", "1.2.3", "in"),
        ("Version 1.2.3", "1.2.4", "not_listed"),
        ("1.0 to 1.4", "1.3", "in"),
        ("1.0 through 1.4", "1.5", "out"),
        ("vers:generic/>=1.0|<=1.4", "1.5", "out"),
    ]);
}

#[test]
fn days_and_serial_numbers_decide_where_versions_do_not() {
    let made = |day: Option<&str>| Subject {
        version: Some("1.2"),
        manufactured: day.and_then(|d| Date::parse(d).ok()),
        ..Subject::default()
    };
    assert_eq!(said(&["<  july 1 2017"], &made(Some("2017-06-30"))), "in");
    assert_eq!(said(&["<  july 1 2017"], &made(Some("2017-07-01"))), "out");
    assert_eq!(said(&["<  july 1 2017"], &made(None)), "needs_manufacturing_date");
    assert_eq!(said(&["distributed  < april 1, 2018"], &made(Some("2018-04-02"))), "out");
    assert_eq!(said(&["<=Production_date_July_2020"], &made(Some("2020-07-31"))), "in");
    assert_eq!(
        said(&["< august 28"], &made(Some("2016-01-01"))),
        "needs_manufacturing_date",
        "the year is missing"
    );
    let serial = |serial| Subject { version: Some("1.2"), serial, ..Subject::default() };
    let range = ["<=the_first_5_digits_of_serial_number_22081"];
    assert_eq!(said(&range, &serial(Some("2208112345"))), "in");
    assert_eq!(said(&range, &serial(Some("2209100000"))), "out");
    assert_eq!(said(&range, &serial(Some("AB2209100"))), "needs_serial");
    assert_eq!(said(&range, &serial(None)), "needs_serial");
    assert!(VersionSpec::read(range[0]).needs_individual());
}

#[test]
fn the_branch_that_holds_a_text_does_not_change_its_meaning() {
    for text in ["<= 2.3.5", "9.7", "2.11.0 and prior", "vers:all/*"] {
        let as_version = VersionSpec::parse(&VersionText::Version(text.into()));
        assert_eq!(as_version, VersionSpec::parse(&VersionText::Range(text.into())), "{text}");
    }
    assert!(VersionSpec::read("9.7").is_plain_list());
    assert_eq!(VersionSpec::read("2.11.0 and prior").shape(), Shape::Upper);
}

#[test]
fn product_words_around_a_version_count_only_when_they_say_something() {
    let with = |version, model| Subject { version: Some(version), model, ..Subject::default() };
    assert_eq!(said(&["<= 3.06.1803"], &with("Tasy EMR 3.06.1804", "Tasy EMR")), "out");
    assert_eq!(said(&["<= 3.06.1803"], &with("Java 3.06.1804", "Tasy EMR")), "shapes_do_not_compare");
    assert_eq!(said(&["LPI 3.5.12.P30"], &with("3.5.12.P30", "Patient Portal")), "in");
    assert_eq!(said(&["<= C.00.04"], &with("PIC iX C.00.05", "PIC iX")), "out");
}

#[test]
fn versions_are_ordered_where_they_can_be() {
    use std::cmp::Ordering::{Equal, Greater, Less};
    for (a, b, expected) in [
        ("1.4", "1.4.0", Some(Equal)),
        ("6.9.2", "6.9.2 CU01", Some(Less)),
        ("B.06.18", "C.00.04", Some(Less)),
        ("1.0-beta", "1.0-rc1", Some(Less)),
        ("V4.7 SP6 HF5", "V4.7 SP6", Some(Greater)),
        ("2.10", "2.9", Some(Greater)),
        ("15.2(6)E0a", "15.2(7)E3", Some(Less)),
        ("1.0 SP1", "1.0 HF2", None),
        ("8 SP2", "8.1", None),
        ("L81", "U61", None),
        ("1.05", "1.5", None),
        ("2.x", "2.5", None),
        ("2.x", "3", Some(Less)),
        ("abc", "1", None),
        ("", "1", None),
    ] {
        assert_eq!(compare(a, b), expected, "{a} against {b}");
    }
}

#[test]
fn an_overlong_text_is_unreadable_and_the_gap_says_so() {
    let text = format!("<= {}1", "1.".repeat(5_000));
    let spec = VersionSpec::read(&text);
    assert!(spec.is_unreadable());
    assert_eq!(
        spec.contains(&Subject { version: Some("1"), ..Subject::default() }),
        Inclusion::Unknown(Gap::RangeUnreadable { text: spec.text().into() })
    );
    assert!(VersionSpec::read(&format!("<= {}", "9".repeat(200))).is_unreadable());
}

#[test]
fn the_readings_are_as_a_clinical_engineer_would_say_them() {
    let golden = include_str!("../golden/version_readings.txt");
    let rows: Vec<(&str, &str)> = golden.lines().filter_map(|l| l.split_once(" => ")).collect();
    assert!(rows.len() >= 110, "{}", rows.len());
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(text, reading)| {
            let found = VersionSpec::read(text).to_string();
            (found != *reading).then(|| format!("{text} => {found}\n      not {reading}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
