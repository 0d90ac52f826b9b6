//! Rules about words in public text: no registry's host name, no developer's path, and the glossary holds our terms.

use crate::Breach;
use crate::files::File;

/// Each term of the glossary: the words of the field, the same in code, pages, API and CSV headers.
pub const TERMS: &[&str] = &[
    "advisory",
    "affected",
    "alias",
    "care unit",
    "census",
    "confidence",
    "dark time",
    "evidence",
    "exposure",
    "fact",
    "fallback",
    "gap",
    "host",
    "journal",
    "maintenance window",
    "order",
    "redundancy group",
    "restart",
    "ring",
    "service",
    "sign-off",
    "soak",
    "stage",
    "undecided",
    "verdict",
];

/// Files that everyone looks for at the root.
pub const ROOT_FILES: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "GLOSSARY.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "LICENSE",
];

/// No file names the host of a package registry or a path of one developer's machine: both differ from place to place.
#[must_use]
pub fn places(files: &[File]) -> Vec<Breach> {
    // Put together from parts, so that this file does not find itself.
    let hosts = [
        concat!("crates", ".io"),
        concat!("npmjs", ".org"),
        concat!("npmjs", ".com"),
        concat!("yarnpkg", ".com"),
        concat!("pypi", ".org"),
        concat!("pythonhosted", ".org"),
        concat!("proxy.golang", ".org"),
        concat!("deb.debian", ".org"),
    ];
    let paths = [concat!("/wo", "rk/main"), concat!("/wo", "rk/shared"), concat!("/tmp/", "target-")];
    let mut breaches = Vec::new();
    // Cargo writes its lock file and there is no way to leave the registry out of it.
    for file in files.iter().filter(|file| !file.path.ends_with("Cargo.lock")) {
        for (number, line) in file.text.lines().enumerate() {
            let place = || format!("{}:{}", file.path, number + 1);
            if let Some(host) = hosts.iter().find(|host| line.contains(**host)) {
                breaches.push(Breach::new(place(), format!("{host} is a registry's host name")));
            }
            if let Some(path) = paths.iter().find(|path| line.contains(**path)) {
                breaches.push(Breach::new(place(), format!("{path} is a path of one machine")));
            }
            if file.path.ends_with("package-lock.json") && line.contains("\"resolved\"") {
                breaches.push(Breach::new(place(), "the lock file says where a package was fetched"));
            }
        }
    }
    breaches
}

/// The files of the root are there.
#[must_use]
pub fn root_files(exists: &dyn Fn(&str) -> bool) -> Vec<Breach> {
    ROOT_FILES.iter().filter(|name| !exists(name)).map(|name| Breach::new(*name, "is missing")).collect()
}

/// Each term has a line of its own in the glossary: a heading, a list entry, a table row or bold at the line's start.
#[must_use]
pub fn glossary(text: &str) -> Vec<Breach> {
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.trim_start_matches(['#', '*', '-', '|', ' ', '`', '_']).to_lowercase())
        .collect();
    let explained = |term: &str| {
        lines.iter().any(|line| {
            let rest = line.strip_prefix(term);
            rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric) && rest.len() > 2)
                || rest.is_some_and(str::is_empty)
        })
    };
    TERMS
        .iter()
        .filter(|term| !explained(term))
        .map(|term| Breach::new("GLOSSARY.md", format!("does not explain {term:?}")))
        .collect()
}
