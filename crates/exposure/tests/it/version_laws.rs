//! Laws that hold for all versions and ranges, on random ones.

use std::cmp::Ordering;

use exposure::remedy::{Outcome, after_range, contradiction, fixes_named};
use exposure::version::{Inclusion, OutReason, Subject, VersionSpec, combine, compare};
use proptest::prelude::*;

/// A version of the shapes that advisories use.
fn version() -> impl Strategy<Value = String> {
    let number = prop_oneof![0u32..4, 0u32..30, Just(2020u32)];
    let numbers = prop::collection::vec(number, 1..5)
        .prop_map(|n| n.iter().map(u32::to_string).collect::<Vec<_>>().join("."));
    let tail = prop_oneof![
        6 => Just(String::new()),
        1 => (1u8..4).prop_map(|n| format!(" SP{n}")),
        1 => (1u8..4).prop_map(|n| format!(" HF{n}")),
        1 => (1u8..4).prop_map(|n| format!(" SP1 Update {n}")),
        1 => (1u8..4).prop_map(|n| format!("-rc{n}")),
        1 => "[abL][0-9]?".prop_map(|t| t),
        1 => Just(".x".to_owned()),
    ];
    let head = prop_oneof![5 => Just(String::new()), 1 => Just("V".to_owned()), 1 => "[A-C]\\.".prop_map(|t| t), 1 => Just("L".to_owned())];
    let padded = any::<bool>();
    (head, numbers, tail, padded).prop_map(|(h, n, t, pad)| {
        if pad { format!("{h}{}{t}", n.replace(".1", ".01")) } else { format!("{h}{n}{t}") }
    })
}

fn spec_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => ("(<|<=|>|>=) ?", version()).prop_map(|(op, v)| format!("{op}{v}")),
        1 => (version(), version()).prop_map(|(a, b)| format!(">= {a} | < {b}")),
        1 => (version(), version()).prop_map(|(a, b)| format!("{a} | {b}")),
        1 => version(),
        1 => "\\PC{0,40}",
    ]
}

fn device(version: &str) -> Subject<'_> {
    Subject { version: Some(version), model: "Monitor 7", ..Subject::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_order_is_reflexive_and_antisymmetric(a in version(), b in version()) {
        prop_assert_eq!(compare(&a, &a), Some(Ordering::Equal));
        prop_assert_eq!(compare(&a, &b), compare(&b, &a).map(Ordering::reverse));
    }

    #[test]
    fn the_order_is_transitive_where_it_is_defined(a in version(), b in version(), c in version()) {
        let not_after = |x: &str, y: &str| compare(x, y).is_some_and(Ordering::is_le);
        if not_after(&a, &b) && not_after(&b, &c) {
            prop_assert_ne!(compare(&a, &c), Some(Ordering::Greater), "{} {} {}", a, b, c);
        }
        if compare(&a, &b) == Some(Ordering::Less) && not_after(&b, &c) {
            prop_assert!(!matches!(compare(&a, &c), Some(Ordering::Greater | Ordering::Equal)), "{} {} {}", a, b, c);
        }
    }

    #[test]
    fn no_text_brings_the_reader_down(range in "\\PC{0,120}", version in "\\PC{0,60}", serial in "\\PC{0,20}") {
        let spec = VersionSpec::read(&range);
        let subject = Subject { version: Some(&version), serial: Some(&serial), model: &range, model_number: Some(&version), ..Subject::default() };
        let _ = (spec.contains(&subject), spec.to_string(), spec.shape(), spec.bounds().count());
        let _ = (compare(&range, &version), contradiction(&range, &version));
        let fixes = fixes_named(&range, &version, &serial);
        let _ = after_range(&OutReason::NotListed, &fixes, &subject);
    }

    #[test]
    fn no_mix_of_signs_and_words_brings_the_reader_down(
        words in prop::collection::vec(prop_oneof![
            Just("<"), Just(">="), Just("<="), Just("|"), Just(","), Just("and"), Just("to"), Just("prior"), Just("or"), Just("later"),
            Just("1.2"), Just("V3"), Just("x"), Just("*"), Just("("), Just(")"), Just("SP1"), Just("May"), Just("2018"), Just("serial"),
            Just("first"), Just("5"), Just("digits"), Just("all"), Just("between"), Just("(including)"), Just("model"), Just("é"), Just("1-2"),
        ], 0..14),
        version in version(),
    ) {
        let text = words.join(" ");
        let spec = VersionSpec::read(&text);
        let _ = (spec.contains(&device(&version)), spec.to_string());
    }

    #[test]
    fn a_second_range_never_takes_an_affected_device_out_when_it_is_wider(v in version(), a in version(), b in version()) {
        let (narrow, wide) = if compare(&a, &b) == Some(Ordering::Greater) { (b, a) } else { (a, b) };
        let comparable = compare(&narrow, &wide).is_some();
        let (narrow, wide) = (VersionSpec::read(&format!("< {narrow}")), VersionSpec::read(&format!("< {wide}")));
        if comparable && narrow.contains(&device(&v)) == Inclusion::In {
            prop_assert_eq!(combine(&[&narrow, &wide], &device(&v)), Inclusion::In);
        }
    }

    #[test]
    fn ranges_with_both_ends_and_lists_are_a_plain_union(v in version(), a in version(), b in version(), c in version(), d in version()) {
        let first = VersionSpec::read(&format!(">= {a} | < {b}"));
        let second = VersionSpec::read(&format!("{c} | {d}"));
        // Crossing ends are unreadable, and then nothing is promised.
        if first.is_unreadable() || second.is_unreadable() {
            return Ok(());
        }
        let together = combine(&[&first, &second], &device(&v));
        let (one, other) = (first.contains(&device(&v)), second.contains(&device(&v)));
        prop_assert_eq!(together == Inclusion::In, one == Inclusion::In || other == Inclusion::In);
    }

    #[test]
    fn everything_added_to_a_range_affects_everything(range in spec_text(), v in version()) {
        let (range, all) = (VersionSpec::read(&range), VersionSpec::read("vers:all/*"));
        prop_assert_eq!(combine(&[&range, &all], &device(&v)), Inclusion::In);
    }

    #[test]
    fn the_order_of_the_ranges_does_not_matter(a in spec_text(), b in spec_text(), v in version()) {
        let (a, b) = (VersionSpec::read(&a), VersionSpec::read(&b));
        let kind = |i: Inclusion| match i { Inclusion::In => 0, Inclusion::Out(_) => 1, Inclusion::Unknown(_) => 2 };
        prop_assert_eq!(kind(combine(&[&a, &b], &device(&v))), kind(combine(&[&b, &a], &device(&v))));
    }

    #[test]
    fn a_device_without_a_version_is_outside_no_range_of_versions(range in spec_text()) {
        let spec = VersionSpec::read(&range);
        if !spec.needs_individual() {
            prop_assert!(!matches!(spec.contains(&device("unknown")), Inclusion::Out(_)), "{}", range);
        }
    }

    #[test]
    fn a_half_known_version_is_never_surer_than_any_version_it_stands_for(range in spec_text(), major in 0u32..25, minor in 0u32..30) {
        let spec = VersionSpec::read(&range);
        let (open, exact) = (format!("{major}.x"), format!("{major}.{minor}"));
        match spec.contains(&device(&open)) {
            Inclusion::In => prop_assert_eq!(spec.contains(&device(&exact)), Inclusion::In),
            Inclusion::Out(_) => prop_assert!(matches!(spec.contains(&device(&exact)), Inclusion::Out(_))),
            Inclusion::Unknown(_) => {}
        }
    }

    #[test]
    fn outside_a_plain_list_only_a_fix_named_for_certain_clears(v in version(), fix in version(), listed in version(), form in 0usize..4) {
        let text = [
            format!("Upgrade to Version {fix} or later."),
            format!("The Other Gadget was fixed in {fix}."),
            format!("A patch for version {fix} is available."),
            format!("Monitor: update to {fix}. No fix is planned for version {fix}."),
        ];
        let text = text.get(form).cloned().unwrap_or_default();
        let mut fixes = fixes_named(&text, "Monitor", "Acme");
        let spec = VersionSpec::read(&listed);
        fixes.iter_mut().for_each(|fix| fix.weigh(&[&spec]));
        match after_range(&OutReason::NotListed, &fixes, &device(&v)) {
            Outcome::Fixed { by } => {
                let strong = fixes.iter().any(|f| f.version_text() == &*by && f.strength() == exposure::remedy::Strength::Strong);
                prop_assert!(strong, "{text}");
                prop_assert_ne!(exposure::version::compare(&v, &by), Some(std::cmp::Ordering::Less), "{}", text);
                // A listed version that is the fix, or later in its line, leaves nothing cleared.
                prop_assert_ne!(exposure::version::compare(&listed, &by), Some(std::cmp::Ordering::Equal), "{}", text);
            }
            Outcome::NotAffected => prop_assert!(false, "outside a list is never simply not affected"),
            Outcome::Undecided(_) => {}
        }
    }

    #[test]
    fn a_subject_read_once_is_answered_as_one_read_each_time(range in spec_text(), v in version()) {
        let (spec, subject) = (VersionSpec::read(&range), device(&v));
        prop_assert_eq!(spec.contains(&subject), spec.contains_prepared(&exposure::version::PreparedSubject::new(&subject)));
    }

    #[test]
    fn a_weak_fix_never_makes_anything_greener(v in version(), fix in version(), listed_only in any::<bool>()) {
        let text = format!("The Other Gadget Release {fix} except Foo Bar {fix}.");
        let fixes = fixes_named(&text, "Monitor", "Acme");
        prop_assume!(fixes.iter().all(|f| f.strength() == exposure::remedy::Strength::Weak));
        let out = if listed_only { OutReason::NotListed } else { OutReason::AboveUpper { bound: "1".into() } };
        let (with, without) = (after_range(&out, &fixes, &device(&v)), after_range(&out, &[], &device(&v)));
        let is_fixed = matches!(with, Outcome::Fixed { .. });
        prop_assert!(!is_fixed && (with != Outcome::NotAffected || without == Outcome::NotAffected));
    }
}
