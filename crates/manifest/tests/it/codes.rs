//! The codes of a RIS and a PACS.

use manifest::codes::{Coded, Compared, Duplicate, Table, compare};

fn table(source: &str, rows: &[(&str, &str, &str)]) -> Table {
    let row = |(at, (scheme, code, display)): (usize, &(&str, &str, &str))| Coded {
        scheme: (*scheme).into(),
        code: (*code).into(),
        display: (*display).into(),
        row: at as u64 + 2,
    };
    Table { source: source.into(), rows: rows.iter().enumerate().map(row).collect() }
}

fn compared(a: &[(&str, &str, &str)], b: &[(&str, &str, &str)]) -> Compared {
    compare(&table("ris.csv", a), &table("pacs.csv", b)).unwrap()
}

#[test]
fn tables_that_say_the_same_in_another_order_are_the_same() {
    let found =
        compared(&[("L", "1", "Chest"), ("L", "2", "Hand")], &[("L", "2", "Hand"), ("L", "1", "Chest")]);
    assert!(found.is_same() && found.alike == 2, "{found:#?}");
}

#[test]
fn one_code_with_two_meanings_is_told_before_one_that_is_only_spelled_otherwise() {
    let found = compared(
        &[("L", "1", "Chest"), ("L", "2", "Hand left"), ("L", "3", "Knee")],
        &[("L", "1", "CHEST "), ("L", "2", "Hand right"), ("L", "3", "Knee")],
    );
    let told: Vec<_> =
        found.other_meaning.iter().map(|other| (&*other.code.code, other.spelling_only)).collect();
    assert_eq!(told, [("2", false), ("1", true)]);
    assert!(!found.is_same() && found.alike == 1);
}

#[test]
fn one_meaning_with_two_codes_is_not_told_as_missing() {
    let found =
        compared(&[("L", "10", "Chest"), ("L", "5", "Foot")], &[("L", "11", "chest"), ("X", "5", "Hip")]);
    assert_eq!(found.other_code.len(), 1);
    assert_eq!((&*found.other_code[0].a[0].code, &*found.other_code[0].b[0].code), ("10", "11"));
    // The same code of another scheme is another code.
    assert_eq!((found.only_a.len(), found.only_b.len()), (1, 1));
    assert_eq!((&*found.only_a[0].display, found.only_b[0].row), ("Foot", 3));
}

#[test]
fn what_one_table_says_twice_is_told_even_where_both_do() {
    let rows = [("L", "1", "Chest"), ("L", "1", "Chest"), ("L", "2", "chest")];
    let found = compared(&rows, &rows);
    assert!(!found.is_same());
    assert!(
        matches!(found.twice_a.as_slice(), [Duplicate::Code(rows), Duplicate::Meaning(two)] if rows.len() == 2 && two.len() == 2)
    );
}

#[test]
fn a_code_without_meaning_is_not_known_to_be_the_same() {
    let found = compared(&[("L", "1", "")], &[("L", "1", "Chest")]);
    assert!(!found.is_same() && !found.differs() && found.unknown.len() == 1);
    assert!(compare(&table("ris.csv", &[]), &table("pacs.csv", &[])).is_err());
}
