//! The class of a key, for each way in which three manifests may speak of it, worked out by hand.

use manifest::compare::{CLASSES, Doubt, Wanted};
use manifest::{Class, Entry, Manifest, Secrets, Standing, Value, compare};

use crate::{key_of, manifest, of, sealed};

/// The one key's class: what it was, is, and is wanted to be; `-` for nothing.
fn class(before: &str, after: &str, reference: Option<&str>) -> Class {
    let with = |value: &str| match value {
        "-" => manifest(&[("/other", "x")]),
        value => manifest(&[("/other", "x"), ("/cache", value)]),
    };
    let reference = reference.map(with);
    only(&compare(&with(before), &with(after), reference.as_ref()).unwrap())
}

fn only(found: &manifest::Comparison) -> Class {
    match found.lines.as_slice() {
        [] => Class::Unchanged,
        [line] => line.class,
        lines => panic!("{lines:#?}"),
    }
}

#[test]
fn every_way_in_which_a_setting_is_or_is_not_there_has_its_class() {
    for (before, after, reference, want) in [
        ("1", "1", None, Class::Unchanged),
        ("1", "2", None, Class::Changed),
        ("1", "-", None, Class::Absent),
        ("-", "1", None, Class::Added),
        ("1", "1", Some("1"), Class::Unchanged),
        ("1", "1", Some("-"), Class::Unchanged),
        ("1", "1", Some("2"), Class::OffReference),
        ("1", "2", Some("1"), Class::ChangedFromReference),
        ("1", "2", Some("2"), Class::ChangedToReference),
        ("1", "2", Some("3"), Class::Changed),
        ("1", "2", Some("-"), Class::Changed),
        ("1", "-", Some("1"), Class::AbsentWanted),
        ("1", "-", Some("2"), Class::AbsentWanted),
        ("-", "-", Some("1"), Class::NeverThereWanted),
        ("1", "-", Some("-"), Class::Absent),
        ("-", "1", Some("1"), Class::Added),
        ("-", "1", Some("2"), Class::Added),
    ] {
        assert_eq!(class(before, after, reference), want, "{before} {after} {reference:?}");
    }
}

#[test]
fn what_most_likely_harms_comes_first_and_every_key_is_counted_once() {
    let before = manifest(&[("/a", "1"), ("/b", "1"), ("/c", "1"), ("/d", "1"), ("/z", "1")]);
    let after = manifest(&[("/a", "1"), ("/b", "2"), ("/d", "2"), ("/e", "1")]);
    let reference = manifest(&[("/d", "2"), ("/f", "1"), ("/z", "1")]);
    let found = compare(&before, &after, Some(&reference)).unwrap();
    let lines: Vec<_> = found.lines.iter().map(|line| (line.class, line.key.as_str())).collect();
    assert_eq!(
        lines,
        [
            (Class::AbsentWanted, "/z"),
            (Class::NeverThereWanted, "/f"),
            (Class::Absent, "/c"),
            (Class::Changed, "/b"),
            (Class::Added, "/e"),
            (Class::ChangedToReference, "/d"),
        ]
    );
    assert_eq!(CLASSES.map(|class| found.count(class)).iter().sum::<u64>(), 7);
    assert_eq!(found.count(Class::Unchanged), 1);
}

fn standing(value: &str, standing: Standing) -> Entry {
    Entry { standing, ..Entry::plain(Value::Text(value.into())) }
}

#[test]
fn a_setting_that_nobody_sets_any_more_is_absent_even_where_the_program_takes_the_same_value() {
    let one = |value: &str, is: Standing| of(&Secrets::default(), [("/work_mem", standing(value, is))]);
    let (set, default) = (Standing::Set, Standing::Default);
    let class = |b: &Manifest, a: &Manifest, r: Option<&Manifest>| only(&compare(b, a, r).unwrap());
    assert_eq!(class(&one("64", set), &one("4", default), None), Class::Absent);
    assert_eq!(class(&one("64", set), &one("64", default), None), Class::Absent);
    assert_eq!(class(&one("4", default), &one("64", set), None), Class::Added);
    assert_eq!(class(&one("4", default), &one("8", default), None), Class::Changed);
    assert_eq!(class(&one("4", default), &one("4", default), None), Class::Unchanged);
    let wanted = one("64", set);
    assert_eq!(class(&one("64", set), &one("4", default), Some(&wanted)), Class::AbsentWanted);
    assert_eq!(class(&one("4", default), &one("4", default), Some(&wanted)), Class::NeverThereWanted);
    assert_eq!(class(&one("64", default), &one("64", default), Some(&wanted)), Class::Unchanged);
}

#[test]
fn the_same_values_in_another_order_are_a_class_of_their_own() {
    let list = |values: &[&str]| {
        let values = values.iter().map(|value| Value::Text((*value).into())).collect();
        of(&Secrets::default(), [("/hosts", Entry::plain(Value::List(values)))])
    };
    let class = |b: &[&str], a: &[&str]| only(&compare(&list(b), &list(a), None).unwrap());
    assert_eq!(class(&["a", "b"], &["b", "a"]), Class::OrderChanged);
    assert_eq!(class(&["a", "b", "b"], &["b", "a", "a"]), Class::Changed);
    assert_eq!(class(&["a"], &["a", "a"]), Class::Changed);
}

#[test]
fn a_key_that_is_there_twice_keeps_both_values_and_their_order() {
    let twice = |first: &str, second: &str| manifest(&[("/port", first), ("/port", second)]);
    assert_eq!(only(&compare(&twice("1", "2"), &twice("1", "2"), None).unwrap()), Class::Unchanged);
    assert_eq!(only(&compare(&twice("1", "2"), &twice("2", "1"), None).unwrap()), Class::OrderChanged);
    assert_eq!(only(&compare(&twice("1", "2"), &manifest(&[("/port", "2")]), None).unwrap()), Class::Changed);
}

#[test]
fn an_empty_section_is_there_and_one_that_is_gone_is_absent() {
    let empty = || ("/dicom", Entry::plain(Value::Empty));
    let other = || ("/other", standing("x", Standing::Set));
    let port = || ("/dicom/port", standing("4242", Standing::Set));
    let none = Secrets::default();
    let (with_empty, without, with_port) =
        (of(&none, [other(), empty()]), of(&none, [other()]), of(&none, [other(), empty(), port()]));
    assert!(compare(&with_empty, &with_empty, None).unwrap().is_same());
    assert_eq!(only(&compare(&with_empty, &without, None).unwrap()), Class::Absent);
    assert_eq!(only(&compare(&without, &with_empty, None).unwrap()), Class::Added);
    // The section is there before and after: only what stands in it is told.
    let found = compare(&with_empty, &with_port, None).unwrap();
    assert_eq!((only(&found), found.lines[0].key.as_str()), (Class::Added, "/dicom/port"));
    let found = compare(&with_port, &with_empty, None).unwrap();
    assert_eq!((only(&found), found.lines[0].key.as_str()), (Class::Absent, "/dicom/port"));
    let found = compare(&without, &without, Some(&with_empty)).unwrap();
    assert_eq!(only(&found), Class::NeverThereWanted);
    // The section is gone, and what the vendor wants in it was never there: two things to know.
    let found = compare(&with_empty, &without, Some(&with_port)).unwrap();
    let told: Vec<_> = found.lines.iter().map(|line| (line.class, line.key.as_str())).collect();
    assert_eq!(told, [(Class::NeverThereWanted, "/dicom/port"), (Class::Absent, "/dicom")]);
}

#[test]
fn a_password_that_changed_is_seen_and_one_that_cannot_be_compared_is_never_the_same() {
    let with = |secrets: &Secrets, password: &str| sealed(secrets, &[("/db/password", password)]);
    let one = key_of(1);
    assert!(compare(&with(&one, "a"), &with(&one, "a"), None).unwrap().is_same());
    assert_eq!(only(&compare(&with(&one, "a"), &with(&one, "b"), None).unwrap()), Class::Changed);
    let found = compare(&with(&one, "a"), &with(&key_of(2), "a"), None).unwrap();
    assert_eq!((only(&found), found.lines[0].doubt), (Class::NotComparable, Some(Doubt::OtherSecretKey)));
    assert!(!found.is_same() && !found.differs());
    let none = Secrets::default();
    let found = compare(&with(&none, "a"), &with(&none, "a"), None).unwrap();
    assert_eq!((only(&found), found.lines[0].doubt), (Class::NotComparable, Some(Doubt::Withheld)));
    // With another idea of what is secret on each side.
    let named = Secrets::new(Some(&[1; 32]), &["title".to_owned()]).unwrap();
    let found =
        compare(&sealed(&named, &[("/title", "a")]), &sealed(&one, &[("/title", "a")]), None).unwrap();
    assert_eq!((only(&found), found.lines[0].doubt), (Class::NotComparable, Some(Doubt::SecretInOneOnly)));
    // A password that is gone is gone, whatever it was.
    let found = compare(&with(&none, "a"), &manifest(&[("/x", "1")]), Some(&with(&one, "b"))).unwrap();
    assert_eq!(found.lines[0].class, Class::AbsentWanted);
    assert_eq!(found.lines[0].wanted, Some(Wanted::Missed));
    // It did not change, and nobody can say whether it is what the reference wants.
    let found = compare(&with(&one, "a"), &with(&one, "a"), Some(&with(&key_of(2), "a"))).unwrap();
    assert_eq!((only(&found), found.lines[0].wanted), (Class::NotComparable, Some(Wanted::Unknown)));
}

#[test]
fn nothing_is_compared_with_nothing_or_with_another_kind_of_file() {
    let some = manifest(&[("/a", "1")]);
    let says = compare(&some, &manifest(&[]), None).unwrap_err().to_string();
    assert!(says.contains("no setting at all"), "{says}");
    let none = Secrets::default();
    let mut builder = manifest::Builder::new(&none);
    builder.add(manifest::Key::parse("/a").unwrap(), standing("1", Standing::Set)).unwrap();
    let json = builder.finish(manifest::Format::Json, "archive.json");
    let says = compare(&some, &json, None).unwrap_err().to_string();
    assert_eq!(
        says,
        "archive.ini was read from INI and archive.json from JSON; both from one would be right"
    );
}
