//! Rules about text, on the real files and on planted ones.

use house::text::{beginning, clock, length, page_script, purity, sql, unfinished};

use crate::{file, found, none, repository};

#[test]
fn every_file_keeps_the_rules_of_text() {
    let files = repository();
    let checks = [length, page_script, beginning, unfinished, sql, clock, purity];
    none(&checks.iter().flat_map(|check| check(&files)).collect::<Vec<_>>());
}

#[test]
fn a_file_that_does_not_fit_in_a_head_is_found() {
    let long = "//! x\n".repeat(501);
    found(
        &length(&[file("crates/model/src/a.rs", &long), file("data.json", &long)]),
        "crates/model/src/a.rs",
    );
}

#[test]
fn too_much_javascript_in_the_pages_is_found() {
    let part = "x();\n".repeat(301);
    let files = [
        file("crates/server/static/a.js", &part),
        file("crates/server/static/b.mjs", &part),
        file("tests/e2e/c.mjs", &part),
    ];
    found(&page_script(&files), "crates/**/*.js");
    assert!(page_script(&files[1..]).is_empty(), "the browser tests are not sent to browsers");
}

#[test]
fn a_file_that_does_not_say_what_it_is_is_found() {
    found(&beginning(&[file("a.rs", "use std;\n"), file("b.rs", "//! B.\n")]), "a.rs:1");
}

#[test]
fn what_is_half_done_is_found() {
    for mark in [concat!("todo", "!()"), concat!("unimplemented", "!()"), concat!("#[ign", "ore = \"slow\"]")]
    {
        found(
            &unfinished(&[file("crates/x/tests/it/a.rs", &format!("//! A.\n{mark}\n"))]),
            "crates/x/tests/it/a.rs:2",
        );
    }
}

#[test]
fn sql_outside_the_journal_is_found() {
    let text = "//! A.\nlet q = \"SELECT sequence FROM entries\";\n// \"SELECT a FROM b\" in a comment\n";
    found(&sql(&[file("crates/server/src/a.rs", text)]), "crates/server/src/a.rs:2");
    assert!(sql(&[file("crates/journal/src/a.rs", text)]).is_empty());
}

#[test]
fn a_clock_that_is_read_inside_is_found() {
    let text = concat!("//! A.\nlet now = std::time::SystemTime", "::now();\n");
    found(&clock(&[file("crates/node/src/a.rs", text)]), "crates/node/src/a.rs:2");
    for shell in ["crates/segue/src/clock.rs", "crates/node/tests/it/a.rs", "crates/journal/examples/a.rs"] {
        assert!(clock(&[file(shell, text)]).is_empty(), "{shell}");
    }
}

#[test]
fn a_pure_crate_that_reads_a_file_is_found() {
    let text = "//! A.\nuse std::fs::File;\n#[cfg(test)]\nmod tests { use std::fs::read; }\n";
    found(&purity(&[file("crates/exposure/src/a.rs", text)]), "crates/exposure/src/a.rs:2");
    assert!(purity(&[file("crates/journal/src/a.rs", text)]).is_empty());
}
