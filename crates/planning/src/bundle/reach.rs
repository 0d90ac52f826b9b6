//! The patches that can matter to one question: what is wanted, what that needs in turn, what could end a conflict. How much is compared
//! has an end. What the rules say of them must not live here.

use std::collections::{BTreeMap, BTreeSet};

use model::ids::PatchId;
use model::patch::Patch;

use super::bars::is_made_for_others;
use super::{Catalogue, Interplay, RELEVANT_MAX, Subject, Supersession, interplay};

/// Most that is compared when pairs are looked for: patches with patches, components with components.
const WORK_MAX: u64 = 5_000_000;

/// Collects what can matter.
pub(super) struct Reach<'a> {
    pub(super) subject: &'a Subject,
    pub(super) by_id: BTreeMap<&'a PatchId, &'a Patch>,
    pub(super) supersession: Supersession<'a>,
    pub(super) installed: BTreeSet<&'a PatchId>,
    /// Those that are on the device, and superseded there.
    gone: BTreeSet<&'a PatchId>,
    seen: BTreeSet<&'a PatchId>,
    pub(super) candidates: BTreeSet<&'a PatchId>,
    /// So much may still be compared.
    pairs_left: u64,
}

/// Two patches that must not be on a device together, in the order of their names, and why.
pub(super) type Pair<'a> = (&'a Patch, &'a Patch, Interplay);

impl<'a> Reach<'a> {
    /// Nothing is collected yet.
    pub(super) fn new(subject: &'a Subject, catalogue: &'a Catalogue, unknown: &'a [Patch]) -> Reach<'a> {
        let supersession = Supersession::of(catalogue.patches.iter());
        let installed: BTreeSet<&PatchId> = subject.installed.iter().flatten().collect();
        let gone = supersession.under(&installed);
        Reach {
            subject,
            by_id: catalogue.patches.iter().chain(unknown).map(|patch| (&patch.id, patch)).collect(),
            supersession,
            gone: installed.intersection(&gone).copied().collect(),
            installed,
            seen: BTreeSet::new(),
            candidates: BTreeSet::new(),
            pairs_left: WORK_MAX,
        }
    }

    /// Collects what can matter to what is wanted, and the pairs among it that must be apart.
    ///
    /// # Errors
    /// A sentence when it is too much.
    pub(super) fn collect(&mut self, wanted: &'a [PatchId]) -> Result<Vec<Pair<'a>>, Box<str>> {
        wanted.iter().for_each(|name| self.visit(name));
        loop {
            let before = self.candidates.len();
            if before > RELEVANT_MAX {
                return Err(too_many(before));
            }
            let Some(pairs) = self.pairs() else {
                return Err("there is too much on the device and wanted to be compared; ask for fewer patches at once".into());
            };
            let ends = pairs.iter().flat_map(|(a, b, _)| [&a.id, &b.id]).collect::<BTreeSet<_>>();
            for id in ends.into_iter().flat_map(|id| self.supersession.over(id)).collect::<BTreeSet<_>>() {
                self.visit(id);
            }
            if self.candidates.len() == before {
                return Ok(pairs);
            }
        }
    }

    /// Everything that could be installed so that this name is covered, and what that needs in turn.
    fn visit(&mut self, name: &'a PatchId) {
        let mut open = vec![name];
        while let Some(name) = open.pop() {
            // One too many is enough to say so.
            if self.candidates.len() > RELEVANT_MAX {
                return;
            }
            let over = self.supersession.over(name);
            let is_there = self.installed.contains(name) || over.iter().any(|id| self.installed.contains(id));
            if is_there || !self.seen.insert(name) {
                continue;
            }
            for id in over.into_iter().chain([name]) {
                let Some(patch) = self.by_id.get(id).copied() else { continue };
                if id != name && is_made_for_others(patch, self.subject) {
                    continue;
                }
                if self.candidates.insert(&patch.id) {
                    open.extend(patch.terms.requires.iter().map(|needed| &needed.patch));
                    open.extend(&patch.terms.together_with);
                }
            }
        }
    }

    /// Pairs that must not be there together: one of them a candidate, the other one too or on the device and not superseded there.
    /// `None` when there is too much to look at.
    fn pairs(&mut self) -> Option<Vec<Pair<'a>>> {
        let patches = |ids: &BTreeSet<&'a PatchId>| -> Vec<&'a Patch> {
            ids.iter().filter_map(|id| self.by_id.get(id).copied()).collect()
        };
        let candidates = patches(&self.candidates);
        let others: BTreeSet<&PatchId> = self
            .installed
            .difference(&self.candidates)
            .copied()
            .filter(|id| !self.gone.contains(id))
            .collect();
        let (others, mut left) = (patches(&others), self.pairs_left);
        let mut found = Vec::new();
        for (place, one) in candidates.iter().enumerate() {
            for other in candidates.iter().skip(place + 1).chain(&others) {
                let (a, b) = if one.id < other.id { (*one, *other) } else { (*other, *one) };
                left = left.checked_sub(work(a, b))?;
                found.extend(self.interplay(a, b).map(|why| (a, b, why)));
            }
        }
        self.pairs_left = left;
        found.sort_by_key(|(a, b, _)| (&a.id, &b.id));
        Some(found)
    }

    /// Pairs that are on the device already and must not be there together; `None` when there is too much to look at.
    pub(super) fn already(&self) -> Option<Vec<Pair<'a>>> {
        let there: Vec<&Patch> = self
            .installed
            .iter()
            .filter(|id| !self.gone.contains(*id))
            .filter_map(|id| self.by_id.get(id).copied())
            .collect();
        let (mut left, mut found) = (WORK_MAX, Vec::new());
        for (place, a) in there.iter().enumerate() {
            for b in there.iter().skip(place + 1) {
                left = left.checked_sub(work(a, b))?;
                found.extend(self.interplay(a, b).map(|why| (*a, *b, why)));
            }
        }
        Some(found)
    }

    fn interplay(&self, a: &Patch, b: &Patch) -> Option<Interplay> {
        let why = interplay(a, b)?;
        let related =
            self.supersession.stands_for(&a.id, &b.id) || self.supersession.stands_for(&b.id, &a.id);
        (!related).then_some(why)
    }
}

/// How much there is to compare of two patches.
fn work(a: &Patch, b: &Patch) -> u64 {
    let components = a.terms.components.len() + b.terms.components.len();
    1 + (components + a.packages.len().saturating_mul(b.packages.len())) as u64
}

pub(super) fn too_many(count: usize) -> Box<str> {
    format!("{count} patches matter to what is wanted; at most {RELEVANT_MAX} can be weighed, ask for fewer at once").into()
}

/// Patches that are on the device and that the catalogue does not know.
pub(super) fn unknown_patches(subject: &Subject, catalogue: &Catalogue) -> Vec<Patch> {
    let known: BTreeSet<&PatchId> = catalogue.patches.iter().map(|patch| &patch.id).collect();
    let unknown: BTreeSet<&PatchId> =
        subject.installed.iter().flatten().filter(|id| !known.contains(id)).collect();
    let nameless = |id: &PatchId| Patch {
        id: id.clone(),
        title: id.as_str().into(),
        packages: Vec::new(),
        restart: model::patch::RestartNeed::None,
        size_bytes: 0,
        declared: Default::default(),
        can_roll_back: false,
        closes: Vec::new(),
        must_still_work: Vec::new(),
        steps: Vec::new(),
        terms: Default::default(),
    };
    unknown.into_iter().map(nameless).collect()
}
