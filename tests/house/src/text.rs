//! Rules about the text of files: how long, how they begin, and what may not stand in them or only in some places.

use crate::Breach;
use crate::dependencies::PURE;
use crate::files::File;

/// Longest source file, in lines; the aim is 400.
pub const FILE_LENGTH_MAX_LINES: usize = 500;
/// All JavaScript that is sent to browsers, in lines.
pub const PAGE_SCRIPT_MAX_LINES: usize = 600;

/// A file of one of `endings`.
fn ends(file: &File, endings: &[&str]) -> bool {
    file.path.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

/// The lines that are compiled into the program: comments are left out, and in Rust all from the file's test module on.
fn code(file: &File) -> impl Iterator<Item = (usize, &str)> {
    let in_tests = file.path.contains("/tests/");
    file.text
        .lines()
        .enumerate()
        .take_while(move |(_, line)| in_tests || line.trim() != "#[cfg(test)]")
        .map(|(at, line)| (at + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn at(file: &File, line: usize) -> String {
    format!("{}:{line}", file.path)
}

/// No source file is longer than fits in a head.
#[must_use]
pub fn length(files: &[File]) -> Vec<Breach> {
    let source = files.iter().filter(|file| ends(file, &["rs", "js", "mjs", "cjs", "css", "html", "py"]));
    source
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| *lines > FILE_LENGTH_MAX_LINES)
        .map(|(file, lines)| {
            let rule = format!("{lines} lines; a source file has at most {FILE_LENGTH_MAX_LINES}");
            Breach::new(&file.path, rule)
        })
        .collect()
}

/// Our JavaScript stays small, so that the pages work without it.
#[must_use]
pub fn page_script(files: &[File]) -> Vec<Breach> {
    let scripts = files.iter().filter(|file| file.path.starts_with("crates/") && ends(file, &["js", "mjs"]));
    let lines: usize = scripts.map(|file| file.text.lines().count()).sum();
    if lines <= PAGE_SCRIPT_MAX_LINES {
        return Vec::new();
    }
    vec![Breach::new("crates/**/*.js", format!("{lines} lines; at most {PAGE_SCRIPT_MAX_LINES} in all"))]
}

/// Every Rust file says first what lives in it.
#[must_use]
pub fn beginning(files: &[File]) -> Vec<Breach> {
    let rust = files.iter().filter(|file| ends(file, &["rs"]));
    rust.filter(|file| !file.text.starts_with("//!"))
        .map(|file| {
            Breach::new(at(file, 1), "a Rust file begins with `//!`: what lives here and what must not")
        })
        .collect()
}

/// Nothing is left half done: no placeholder macros, no test that is switched off.
#[must_use]
pub fn unfinished(files: &[File]) -> Vec<Breach> {
    // Put together from parts, so that this file does not find itself.
    let marks = [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("#[", "ignore")];
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| ends(file, &["rs"])) {
        for (number, line) in file.text.lines().enumerate() {
            if let Some(mark) = marks.iter().find(|mark| line.contains(**mark)) {
                breaches.push(Breach::new(at(file, number + 1), format!("{mark} marks something half done")));
            }
        }
    }
    breaches
}

/// SQL is written in `journal` only.
#[must_use]
pub fn sql(files: &[File]) -> Vec<Breach> {
    let starts = ["\"SELECT ", "\"INSERT INTO ", "\"DELETE FROM ", "\"CREATE TABLE ", "\"UPDATE ", "\"WITH "];
    let keywords = [" FROM ", " INTO ", " SET ", " TABLE ", " AS ("];
    let mut breaches = Vec::new();
    let ours = files.iter().filter(|file| file.path.starts_with("crates/") && ends(file, &["rs"]));
    for file in ours.filter(|file| !file.path.starts_with("crates/journal/")) {
        for (number, line) in code(file) {
            if starts.iter().any(|s| line.contains(s)) && keywords.iter().any(|k| line.contains(k)) {
                breaches.push(Breach::new(at(file, number), "SQL is written in `journal` only"));
            }
        }
    }
    breaches
}

/// Folders whose programs may read the clock: the outermost shells, and what runs beside the product.
pub const CLOCK_SHELLS: &[&str] = &[
    "crates/segue/src/",
    "crates/server/src/clock.rs",
    "crates/agent/src/shell/clock.rs",
    "xtask/",
    "tests/",
    "fuzz/",
];

/// The clock is read in the outermost shell only; everywhere else time is a parameter.
#[must_use]
pub fn clock(files: &[File]) -> Vec<Breach> {
    let readings = [concat!("SystemTime", "::now"), concat!("Timestamp", "::now"), concat!("Zoned", "::now")];
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| ends(file, &["rs"])) {
        let shell = CLOCK_SHELLS.iter().any(|shell| file.path.starts_with(shell));
        let beside = ["/tests/", "/examples/", "/benches/"].iter().any(|part| file.path.contains(part));
        if shell || beside {
            continue;
        }
        for (number, line) in code(file) {
            if let Some(reading) = readings.iter().find(|reading| line.contains(**reading)) {
                let rule = format!("{reading}: only the outermost shell reads the clock");
                breaches.push(Breach::new(at(file, number), rule));
            }
        }
    }
    breaches
}

/// The one file of the pure crates that has threads: the planner is told how many.
const THREADS: &str = "crates/planning/src/planner/threads.rs";

/// The pure crates use nothing of the standard library that reaches outside either.
#[must_use]
pub fn purity(files: &[File]) -> Vec<Breach> {
    let outside =
        ["std::fs", "std::net", "std::env", "std::process", "std::thread", "std::time", "std::io::std"];
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| ends(file, &["rs"])) {
        if !PURE.iter().any(|name| file.path.starts_with(&format!("crates/{name}/src/"))) {
            continue;
        }
        for (number, line) in code(file) {
            let allowed = |used: &str| file.path == THREADS && matches!(used, "std::thread" | "std::time");
            if let Some(used) = outside.iter().find(|used| line.contains(**used) && !allowed(used)) {
                let rule = format!("{used}: a pure crate has no IO, clock, threads or environment");
                breaches.push(Breach::new(at(file, number), rule));
            }
        }
    }
    breaches
}
