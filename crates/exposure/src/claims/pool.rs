//! What advisories share: parsed version texts, sets of entries, prose; each kept once however many advisories say it.
//! What must not live here: reading an advisory (`claims`), or what a set means for a device (`judge`).

use std::hash::BuildHasher;

use hashbrown::HashMap;
use model::advisory::VersionText;

use super::{Claim, Entry, Prose, ProseIx, SetIx, SpecIx, TextIx, index};
use crate::remedy::{Against, NamedFix, doubt_announced};
use crate::version::VersionSpec;

/// Everything that advisories share: parsed version texts, entry sets, prose. Grows only; ids stay valid.
#[derive(Default)]
pub struct Pool {
    specs: Vec<VersionSpec>,
    spec_by_text: HashMap<VersionText, SpecIx>,
    sets: Vec<Box<[Entry]>>,
    /// Of each set: only a device's version decides what is in it.
    sets_by_version: Vec<bool>,
    set_by_entries: HashMap<Box<[Entry]>, SetIx>,
    prose: Vec<Prose>,
    /// Of each prose: only a device's version decides what follows from it.
    prose_by_version: Vec<bool>,
    pub(super) prose_by_key: HashMap<Box<[TextIx]>, ProseIx>,
    /// By a hash of what it says, so that equal prose about many products is one.
    prose_by_content: HashMap<u64, Vec<ProseIx>>,
    texts: Vec<Box<str>>,
    text_by_text: HashMap<Box<str>, TextIx>,
}

impl Pool {
    /// A parsed version text.
    pub fn spec(&self, ix: SpecIx) -> Option<&VersionSpec> {
        self.specs.get(ix as usize)
    }
    /// A set of entries.
    pub fn set(&self, ix: SetIx) -> &[Entry] {
        self.sets.get(ix as usize).map_or(&[], |set| set)
    }
    /// What the prose says.
    pub fn prose(&self, ix: ProseIx) -> Option<&Prose> {
        self.prose.get(ix as usize)
    }
    /// How many distinct version texts were read.
    pub fn specs_len(&self) -> usize {
        self.specs.len()
    }

    pub(super) fn intern_spec(&mut self, text: &VersionText) -> SpecIx {
        if let Some(ix) = self.spec_by_text.get(text) {
            return *ix;
        }
        let ix = index(self.specs.len());
        self.specs.push(VersionSpec::parse(text));
        self.spec_by_text.insert(text.clone(), ix);
        ix
    }

    /// The set of these entries; the order in which they come does not matter.
    pub fn intern_set(&mut self, mut entries: Vec<Entry>) -> Option<SetIx> {
        if entries.is_empty() {
            return None;
        }
        entries.sort_unstable();
        entries.dedup();
        if let Some(ix) = self.set_by_entries.get(entries.as_slice()) {
            return Some(*ix);
        }
        let ix = index(self.sets.len());
        let entries: Box<[Entry]> = entries.into();
        let by_version = |spec: Option<SpecIx>| {
            spec.and_then(|ix| self.spec(ix)).is_none_or(VersionSpec::goes_by_version_alone)
        };
        self.sets_by_version.push(
            entries
                .iter()
                .all(|entry| entry.serials.is_empty() && by_version(entry.spec) && by_version(entry.also)),
        );
        self.sets.push(entries.clone());
        self.set_by_entries.insert(entries, ix);
        Some(ix)
    }

    /// Does only a device's version decide what the claim says of it, whatever its names and numbers?
    pub(crate) fn goes_by_version_alone(&self, claim: &Claim) -> bool {
        let set = |set: Option<SetIx>| {
            set.is_none_or(|ix| self.sets_by_version.get(ix as usize).copied().unwrap_or(false))
        };
        set(claim.affected)
            && set(claim.fixed)
            && set(claim.not_affected)
            && set(claim.open)
            && self.prose_by_version.get(claim.prose as usize).copied().unwrap_or(false)
    }

    pub(super) fn add_prose(&mut self, key: Box<[TextIx]>, prose: Prose) -> ProseIx {
        let fixes = prose.fixes.iter().map(|fix| (fix.version_text(), fix.quote()));
        let against = prose.against.iter().map(Against::sentence);
        let content =
            self.prose_by_key.hasher().hash_one((fixes.collect::<Vec<_>>(), against.collect::<Vec<_>>()));
        let alike = self.prose_by_content.get(&content).map_or(&[][..], |known| known);
        let known = alike.iter().find(|ix| self.prose(**ix) == Some(&prose)).copied();
        let ix = known.unwrap_or_else(|| {
            let ix = index(self.prose.len());
            self.prose_by_version.push(prose.fixes.iter().all(NamedFix::goes_by_version_alone));
            self.prose.push(prose);
            self.prose_by_content.entry(content).or_default().push(ix);
            ix
        });
        self.prose_by_key.insert(key, ix);
        ix
    }

    /// Both sets together.
    pub fn union(&mut self, a: Option<SetIx>, b: Option<SetIx>) -> Option<SetIx> {
        match (a, b) {
            (Some(a), Some(b)) if a != b => {
                let entries = self.set(a).iter().chain(self.set(b)).cloned().collect();
                self.intern_set(entries)
            }
            (a, b) => a.or(b),
        }
    }

    /// What is said under two names of one product; a fix of one is weighed against what both name as affected.
    pub(super) fn join_prose(&mut self, a: ProseIx, b: ProseIx, affected: Option<SetIx>) -> ProseIx {
        if a == b {
            return a;
        }
        let key: Box<[TextIx]> = [u32::MAX, a, b, affected.unwrap_or(u32::MAX)].into();
        if let Some(ix) = self.prose_by_key.get(&key) {
            return *ix;
        }
        let (Some(one), Some(other)) = (self.prose(a), self.prose(b)) else { return a };
        let mut joined = one.clone();
        joined.fixes.extend(other.fixes.iter().cloned());
        joined.against.extend(other.against.iter().cloned());
        let specs: Vec<&VersionSpec> = affected
            .map_or(&[][..], |set| self.set(set))
            .iter()
            .filter_map(|entry| self.spec(entry.spec?))
            .collect();
        doubt_announced(&mut joined.fixes);
        joined.fixes.iter_mut().for_each(|fix| fix.weigh(&specs));
        self.add_prose(key, joined)
    }

    /// A piece of prose.
    pub fn text(&self, ix: TextIx) -> &str {
        self.texts.get(ix as usize).map_or("", |text| text)
    }

    pub(super) fn intern_text(&mut self, text: &str) -> TextIx {
        if let Some(ix) = self.text_by_text.get(text) {
            return *ix;
        }
        let ix = index(self.texts.len());
        self.texts.push(text.into());
        self.text_by_text.insert(text.into(), ix);
        ix
    }
}
