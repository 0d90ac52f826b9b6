//! Licences, sources and banned packages, from the same lists that `cargo deny` reads (`deny.toml`).

use crate::graph::Graph;
use crate::{Breach, Unreadable};

/// What `deny.toml` allows and bans.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// Licence identifiers, with their exception where there is one (`Apache-2.0 WITH LLVM-exception`).
    pub licences: Vec<String>,
    /// Packages that may not be in the tree, with the reason.
    pub banned: Vec<(String, String)>,
}

impl Lists {
    /// Reads the lists from the text of `deny.toml`.
    ///
    /// # Errors
    /// It is not TOML, or a list is missing.
    pub fn parse(text: &str) -> Result<Lists, Unreadable> {
        let table: toml::Table = text.parse().map_err(|error| Unreadable::Deny(format!("{error}")))?;
        let list = |section: &str, key: &str| {
            let value = table.get(section).and_then(|section| section.get(key));
            value
                .and_then(toml::Value::as_array)
                .ok_or_else(|| Unreadable::Deny(format!("no list {section}.{key}")))
        };
        let text_of = |value: &toml::Value, key: &str| {
            value.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
        };
        Ok(Lists {
            licences: list("licenses", "allow")?
                .iter()
                .filter_map(toml::Value::as_str)
                .map(str::to_owned)
                .collect(),
            banned: list("bans", "deny")?
                .iter()
                .map(|entry| (text_of(entry, "crate"), text_of(entry, "reason")))
                .collect(),
        })
    }
}

/// Every package from elsewhere has a licence that is allowed, comes from the public registry and is not banned.
#[must_use]
pub fn check(graph: &Graph, lists: &Lists) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for package in graph.packages.values().filter(|package| !package.member) {
        match &package.licence {
            None => breaches.push(Breach::new(&package.name, "names no licence")),
            Some(licence) if !is_allowed(licence, &lists.licences) => {
                breaches.push(Breach::new(&package.name, format!("licence {licence:?} is not allowed")));
            }
            Some(_) => {}
        }
        if !package.from_registry {
            breaches.push(Breach::new(&package.name, "comes from elsewhere than the public registry"));
        }
        if let Some((_, reason)) = lists.banned.iter().find(|(name, _)| *name == package.name) {
            breaches.push(Breach::new(&package.name, format!("is banned: {reason}")));
        }
    }
    breaches
}

/// Does the SPDX expression leave a choice that is allowed? An expression that cannot be read is not allowed.
#[must_use]
pub fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    // The old form `MIT/Apache-2.0` means OR.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, allowed };
    let verdict = reader.any();
    reader.words.is_empty() && verdict == Some(true)
}

struct Reader<'a> {
    words: &'a [&'a str],
    allowed: &'a [String],
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        match self.words.split_first() {
            Some((first, rest)) if *first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }

    /// `a OR b`: one allowed side is enough.
    fn any(&mut self) -> Option<bool> {
        let mut verdict = self.all()?;
        while self.take("OR") {
            verdict |= self.all()?;
        }
        Some(verdict)
    }

    /// `a AND b`: both sides bind.
    fn all(&mut self) -> Option<bool> {
        let mut verdict = self.one()?;
        while self.take("AND") {
            verdict &= self.one()?;
        }
        Some(verdict)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let verdict = self.any()?;
            return self.take(")").then_some(verdict);
        }
        let (first, rest) = self.words.split_first()?;
        let mut licence = (*first).to_owned();
        self.words = rest;
        if self.take("WITH") {
            let (exception, rest) = self.words.split_first()?;
            licence = format!("{licence} WITH {exception}");
            self.words = rest;
        }
        Some(self.allowed.contains(&licence))
    }
}
