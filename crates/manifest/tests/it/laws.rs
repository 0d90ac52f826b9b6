//! Laws that hold of any three manifests.

use std::collections::BTreeSet;

use manifest::compare::CLASSES;
use manifest::{Class, Entry, Manifest, Secrets, Standing, Value, compare};
use proptest::prelude::*;

use crate::{key_of, of};

const KEYS: [&str; 7] = ["/a", "/a/b", "/a/password", "/c", "/c[2]", "/c/d", "/e"];

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[xy]{0,2}".prop_map(|text| Value::Text(text.into())),
        (0..3u64).prop_map(Value::integer),
        Just(Value::Null),
        Just(Value::Empty),
        prop::collection::vec((0..2u64).prop_map(Value::integer), 0..3).prop_map(Value::List),
    ]
}

fn any_manifest() -> impl Strategy<Value = Manifest> {
    let entry = (0..KEYS.len(), value(), any::<bool>());
    (prop::collection::vec(entry, 0..10), 0..3u8).prop_map(|(entries, key)| {
        let secrets = if key == 0 { Secrets::default() } else { key_of(key) };
        let standing = |set: bool| if set { Standing::Set } else { Standing::Default };
        let entries = entries
            .into_iter()
            .map(|(at, value, set)| (KEYS[at], Entry { standing: standing(set), ..Entry::plain(value) }));
        // One that all have, so that none is without a setting.
        of(&secrets, entries.chain([("/always", Entry::plain(Value::Null))]))
    })
}

proptest! {
    #[test]
    fn only_equal_manifests_without_withheld_secrets_are_the_same(a in any_manifest(), b in any_manifest()) {
        let found = compare(&a, &b, None).unwrap();
        let withheld = a.entries().values().any(|entry| entry.value == Value::Withheld);
        let keys = a.sealed_with() == b.sealed_with() || !a.entries().values().any(|entry| entry.value.is_secret());
        prop_assert_eq!(found.is_same(), a.entries() == b.entries() && !withheld && keys);
    }

    #[test]
    fn a_reference_never_makes_anything_the_same_that_was_not(a in any_manifest(), b in any_manifest(), r in any_manifest()) {
        let without = compare(&a, &b, None).unwrap();
        let with = compare(&a, &b, Some(&r)).unwrap();
        prop_assert!(without.is_same() || !with.is_same());
    }

    #[test]
    fn every_key_has_one_class_and_what_is_gone_is_never_called_otherwise(a in any_manifest(), b in any_manifest(), r in any_manifest()) {
        let found = compare(&a, &b, Some(&r)).unwrap();
        let told: BTreeSet<_> = found.lines.iter().map(|line| &line.key).collect();
        prop_assert_eq!(told.len(), found.lines.len());
        let all: u64 = CLASSES.iter().map(|class| found.count(*class)).sum();
        prop_assert_eq!(all, found.lines.len() as u64 + found.count(Class::Unchanged));
        let gone = [Class::AbsentWanted, Class::NeverThereWanted, Class::Absent];
        for key in a.entries().keys().chain(r.entries().keys()) {
            let stands = b.get(key).is_some() || b.has_below(key);
            let line = found.lines.iter().find(|line| line.key == *key);
            prop_assert!(stands || line.is_some_and(|line| gone.contains(&line.class)), "{key}: {line:?}");
        }
    }

    #[test]
    fn the_form_gives_back_what_was_written(a in any_manifest()) {
        prop_assert_eq!(Manifest::from_json(&serde_json::to_vec(&a).unwrap()).unwrap(), a);
    }
}
