//! Rules about words, on the real files and on planted ones.

use house::words::{TERMS, glossary, places, root_files};

use crate::{file, found, none, repository};

#[test]
fn no_file_names_a_registry_or_one_persons_machine() {
    none(&places(&repository()));
}

#[test]
fn the_files_that_everyone_looks_for_are_there_and_the_glossary_holds_our_words() {
    let root = house::files::root();
    none(&root_files(&|name| root.join(name).is_file()));
    none(&glossary(&std::fs::read_to_string(root.join("GLOSSARY.md")).unwrap_or_default()));
}

#[test]
fn a_registry_in_a_file_is_found() {
    let text = format!("# A\nget it from https://static.{}/x\n", concat!("crates", ".io"));
    found(&places(&[file("README.md", &text)]), "README.md:2");
    assert!(places(&[file("fuzz/Cargo.lock", &text)]).is_empty());
}

#[test]
fn a_lock_file_that_says_where_a_package_was_fetched_is_found() {
    let text = "{\n\"resolved\": \"https://mirror.example/x.tgz\"\n}\n";
    found(&places(&[file("tests/e2e/package-lock.json", text)]), "tests/e2e/package-lock.json:2");
}

#[test]
fn a_missing_root_file_is_found() {
    found(&root_files(&|name| name != "SECURITY.md"), "SECURITY.md");
}

#[test]
fn a_term_without_a_line_of_its_own_is_found() {
    let lines = |terms: &[&str]| {
        terms.iter().map(|term| format!("- **{term}**: what it means\n")).collect::<String>()
    };
    assert!(glossary(&lines(TERMS)).is_empty());
    let all_but_soak: Vec<&str> = TERMS.iter().copied().filter(|term| *term != "soak").collect();
    let breaches = glossary(&(lines(&all_but_soak) + "- **ring**: a group; it must soak before the next\n"));
    assert_eq!(breaches.len(), 1, "{breaches:?}");
    assert!(breaches.iter().all(|breach| breach.rule.contains("soak")));
}
