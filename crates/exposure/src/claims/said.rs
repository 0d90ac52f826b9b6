//! What one vulnerability says about one product name: its rows by status, and what remedies and notes add in prose.

use std::collections::HashSet;

use model::Advisory;
use model::advisory::{ProductStatus, Remedy, Vulnerability};

use super::{Entry, NameParts, Pool, Prose, ProseIx, SetIx, TextIx, index};
use crate::remedy::{About, NamedFix, Siblings, against, doubt_announced, fixes_about};
use crate::version::VersionSpec;

/// What the prose about one product name is read with.
#[derive(Clone, Copy)]
pub(super) struct AboutRows<'a> {
    pub(super) vulnerability: &'a Vulnerability,
    pub(super) remedies: &'a [Concerned<'a>],
    pub(super) name: &'a NameParts,
    pub(super) family: &'a Family,
    /// The versions named as affected.
    pub(super) affected: Option<SetIx>,
}

/// A remedy with the products it is for, ready to be asked.
pub(super) struct Concerned<'a> {
    remedy: &'a Remedy,
    products: HashSet<&'a str>,
}

impl<'a> Concerned<'a> {
    pub(super) fn new(remedy: &'a Remedy) -> Concerned<'a> {
        Concerned { remedy, products: remedy.products.iter().map(|id| &**id).collect() }
    }

    fn concerns(&self, ids: &[Box<str>]) -> bool {
        self.products.is_empty() || ids.iter().any(|id| self.products.contains(&**id))
    }
}

/// What one vulnerability says about one product name, before it is shared.
#[derive(Default)]
pub(super) struct Said {
    pub(super) affected: Vec<Entry>,
    pub(super) fixed: Vec<Entry>,
    pub(super) not_affected: Vec<Entry>,
    pub(super) open: Vec<Entry>,
    ids: Vec<Box<str>>,
    fixed_versions: Vec<Box<str>>,
}

impl Said {
    pub(super) fn add(&mut self, status: ProductStatus, entry: Entry, id: &str, version: Option<&str>) {
        self.ids.push(id.into());
        match status {
            ProductStatus::FirstAffected | ProductStatus::KnownAffected | ProductStatus::LastAffected => {
                self.affected.push(entry)
            }
            ProductStatus::FirstFixed | ProductStatus::Fixed => {
                self.fixed_versions.extend(version.map(Box::from));
                self.fixed.push(entry);
            }
            ProductStatus::KnownNotAffected => self.not_affected.push(entry),
            ProductStatus::UnderInvestigation | ProductStatus::Unknown => self.open.push(entry),
            // A recommendation is a hint for people; it proves nothing about an installed version.
            ProductStatus::Recommended => {}
        }
    }

    /// What the remedies and notes that concern these rows say; read once for equal texts about an equal name.
    pub(super) fn prose(&self, rows: &AboutRows<'_>, pool: &mut Pool) -> ProseIx {
        let AboutRows { vulnerability, remedies, name, family, affected } = *rows;
        let mut texts: Vec<(Source, TextIx)> = Vec::new();
        for Concerned { remedy, .. } in remedies.iter().filter(|remedy| remedy.concerns(&self.ids)) {
            texts.extend(
                Source::of(&remedy.category).map(|source| (source, pool.intern_text(&remedy.details))),
            );
        }
        texts.extend(vulnerability.notes.iter().map(|note| (Source::Note, pool.intern_text(note))));
        texts.dedup();
        let named: Vec<TextIx> =
            self.fixed_versions.iter().map(|version| pool.intern_text(version)).collect();
        // The vulnerability's name matters only where a text names vulnerabilities.
        let names_any = texts
            .iter()
            .any(|(_, text)| pool.text(*text).contains("CVE-") || pool.text(*text).contains("CWE-"));
        let cve = vulnerability.cve.as_deref().filter(|_| names_any);
        let own = [
            pool.intern_text(&name.vendor),
            pool.intern_text(&name.product),
            pool.intern_text(cve.unwrap_or("")),
            family.text,
            affected.unwrap_or(u32::MAX),
            index(texts.len()),
        ];
        let sources = texts.iter().flat_map(|(source, text)| [*source as u32, *text]);
        let key: Box<[TextIx]> = own.into_iter().chain(sources).chain(named).collect();
        if let Some(ix) = pool.prose_by_key.get(&key) {
            return *ix;
        }
        let about = About {
            product: &name.product,
            vendor: &name.vendor,
            siblings: Some(&family.siblings),
            cve,
            cwes: &vulnerability.cwes,
            is_advice: false,
        };
        let mut prose = read(&texts, &about, affected, pool);
        // What the status itself calls fixed needs no weighing.
        prose.fixes.extend(self.fixed_versions.iter().map(|version| NamedFix::from_status(version)));
        pool.add_prose(key, prose)
    }
}

/// Reads the texts about one product name, and weighs the fixes they name against what the status lists.
fn read(texts: &[(Source, TextIx)], about: &About<'_>, affected: Option<SetIx>, pool: &Pool) -> Prose {
    let mut prose = Prose::default();
    for (source, text) in texts {
        let text = pool.text(*text);
        match source {
            Source::Fix => prose.fixes.extend(fixes_about(text, about)),
            Source::Planned => {
                prose.fixes.extend(fixes_about(text, about).into_iter().map(NamedFix::only_planned));
            }
            Source::Advice => prose.fixes.extend(fixes_about(text, &About { is_advice: true, ..*about })),
            Source::Note => {}
        }
        prose.against.extend(against(text, about.cve, *source == Source::Advice));
    }
    let specs: Vec<&VersionSpec> = affected
        .map_or(&[][..], |set| pool.set(set))
        .iter()
        .filter_map(|entry| pool.spec(entry.spec?))
        .collect();
    doubt_announced(&mut prose.fixes);
    for fix in &mut prose.fixes {
        fix.weigh(&specs);
        prose.against.iter().for_each(|against| fix.weigh_against(against));
    }
    prose
}

/// What a text is read for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// A remedy that is a fix.
    Fix,
    /// A remedy that is advice; many publishers name their fixes there.
    Advice,
    /// A note, which names no fixes.
    Note,
    /// A remedy that says itself that the fix is still to come (CSAF 2.1 `fix_planned`).
    Planned,
}

impl Source {
    /// By the remedy's category; those that say that there is no fix name none.
    fn of(category: &str) -> Option<Source> {
        match category {
            "vendor_fix" => Some(Source::Fix),
            "fix_planned" => Some(Source::Planned),
            "mitigation" | "workaround" | "optional_patch" => Some(Source::Advice),
            _ => None,
        }
    }
}

/// All product names of an advisory, for telling whose version a sentence speaks of.
pub(super) struct Family {
    siblings: Siblings,
    /// Stands for the names in keys.
    text: TextIx,
}

impl Family {
    pub(super) fn new(advisory: &Advisory, pool: &mut Pool) -> Family {
        let mut names: Vec<(&str, &str)> = advisory
            .products
            .iter()
            .map(|product| {
                (
                    product.name.as_deref().unwrap_or(&product.full_name),
                    product.vendor.as_deref().unwrap_or(""),
                )
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        let joined: Vec<String> =
            names.iter().map(|(product, vendor)| format!("{vendor}\n{product}")).collect();
        Family { siblings: Siblings::new(names.into_iter()), text: pool.intern_text(&joined.join("\n")) }
    }
}
