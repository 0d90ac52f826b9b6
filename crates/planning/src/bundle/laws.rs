//! The rules that are in play for one question: of the patches that can matter, as numbers, each law with its reason in words.

use std::collections::{BTreeMap, BTreeSet};

use model::ids::PatchId;
use model::patch::Patch;
use model::plan::Owner;
use model::terms::RestartKind;

use super::bars::{Demands, bars};
use super::order::Step;
use super::reach::{Pair, Reach, too_many, unknown_patches};
use super::{
    Bundle, BundleStep, Catalogue, Interplay, LAWS_MAX, Meetings, RELEVANT_MAX, Reason, Subject, WANTED_MAX,
};

/// A set of patches, by their number.
pub(super) type Set = u128;

/// The set of one patch.
pub(super) fn one(patch: usize) -> Set {
    1 << patch
}

/// The numbers in a set, rising.
pub(super) fn each(set: Set) -> impl Iterator<Item = usize> {
    (0..RELEVANT_MAX).filter(move |patch| set & one(*patch) != 0)
}

/// A rule.
#[derive(Clone, Copy, Debug)]
pub(super) enum Law {
    /// One of these is on the device in the end.
    Wanted(Set),
    /// Whoever installs `patch` has one of `by` there before, with its restart behind it if `in_force`.
    Needs { patch: usize, by: Set, in_force: bool },
    /// When `patch` comes into force, one of `with` is there.
    Together { patch: usize, with: Set },
    /// The two are never on the device at the same time, unless superseded.
    Apart { a: usize, b: usize },
    /// `older` is never put on after `newer`.
    After { newer: usize, older: usize },
    /// `patch` must not be installed.
    Barred { patch: usize },
}

/// All laws of one question.
pub(super) struct Laws {
    names: Vec<PatchId>,
    kinds: Vec<RestartKind>,
    /// Those that are on the device.
    pub(super) installed: Set,
    /// Of each patch, those that supersede it.
    pub(super) over: Vec<Set>,
    /// Those that need a restart to come into force.
    pub(super) restarting: Set,
    pub(super) list: Vec<Law>,
    /// The laws in words, by the same number.
    pub(super) reasons: Vec<Reason>,
    remarks: Vec<Box<str>>,
}

/// The laws of a question; a sentence when too much can matter.
pub(super) fn of(subject: &Subject, wanted: &[PatchId], catalogue: &Catalogue) -> Result<Laws, Box<str>> {
    let asked: BTreeSet<&PatchId> = wanted.iter().collect();
    if asked.len() > WANTED_MAX {
        let says = format!("{} patches are wanted; at most {WANTED_MAX} can be weighed at once", asked.len());
        return Err(says.into());
    }
    // A patch of the device that the catalogue does not know still is what others say they conflict with.
    let unknown = unknown_patches(subject, catalogue);
    let mut reach = Reach::new(subject, catalogue, &unknown);
    let pairs = reach.collect(wanted)?;
    Builder::new(&reach, catalogue, wanted, &pairs)?.laws(&reach, wanted, &unknown, &pairs)
}

struct Builder<'a> {
    demands: Demands<'a>,
    numbers: BTreeMap<&'a PatchId, usize>,
    list: Vec<Law>,
    reasons: Vec<Reason>,
}

impl<'a> Builder<'a> {
    fn new(
        reach: &Reach<'a>,
        catalogue: &'a Catalogue,
        wanted: &[PatchId],
        pairs: &[Pair<'a>],
    ) -> Result<Builder<'a>, Box<str>> {
        let mut relevant = reach.candidates.clone();
        let mut names: BTreeSet<&PatchId> = wanted.iter().collect();
        for patch in reach.candidates.iter().filter_map(|id| reach.by_id.get(id)) {
            names.extend(patch.terms.requires.iter().map(|needed| &needed.patch));
            names.extend(&patch.terms.together_with);
        }
        let stand: BTreeSet<&PatchId> =
            names.iter().flat_map(|name| reach.supersession.over(name).into_iter().chain([*name])).collect();
        relevant.extend(reach.installed.iter().copied().filter(|id| stand.contains(id)));
        for (a, b, _) in pairs {
            relevant.extend([&a.id, &b.id]);
        }
        if relevant.len() > RELEVANT_MAX {
            return Err(too_many(relevant.len()));
        }
        let numbers = relevant.into_iter().zip(0..).collect();
        let demands = Demands {
            rules: &catalogue.rules,
            holidays: catalogue.holidays.iter().copied().collect(),
            meetings: Meetings::of(&catalogue.patches),
        };
        Ok(Builder { demands, numbers, list: Vec::new(), reasons: Vec::new() })
    }

    fn put(&mut self, law: Law, reason: Reason) {
        self.list.push(law);
        self.reasons.push(reason);
    }

    fn covers(&self, name: &PatchId, reach: &Reach<'_>) -> Set {
        let over = reach.supersession.over(name);
        let ids = over.into_iter().chain([name]);
        ids.filter_map(|id| self.numbers.get(id)).fold(0, |set, number| set | one(*number))
    }

    fn laws(
        mut self,
        reach: &Reach<'a>,
        wanted: &[PatchId],
        unknown: &[Patch],
        pairs: &[Pair<'a>],
    ) -> Result<Laws, Box<str>> {
        let mut asked = BTreeSet::new();
        for name in wanted.iter().filter(|name| asked.insert(*name)) {
            let by = self.covers(name, reach);
            let lacks = if by == 0 { "; the catalogue has neither it nor what supersedes it" } else { "" };
            let says = format!("{name} is wanted on {}{lacks}", reach.subject.device);
            self.put(Law::Wanted(by), Reason::new("wanted", Owner::It, &[name], says));
        }
        for id in &reach.candidates {
            if let (Some(patch), Some(number)) = (reach.by_id.get(id).copied(), self.numbers.get(id).copied())
            {
                self.laws_of(patch, number, reach);
            }
            if self.list.len() > LAWS_MAX {
                break;
            }
        }
        for (a, b, why) in pairs {
            let (Some(one), Some(other)) =
                (self.numbers.get(&a.id).copied(), self.numbers.get(&b.id).copied())
            else {
                continue;
            };
            let reason = apart(&a.id, &b.id, why, reach);
            self.put(Law::Apart { a: one, b: other }, reason);
        }
        if self.list.len() > LAWS_MAX {
            let says = format!("more than {LAWS_MAX} rules are in play; ask for fewer patches at once");
            return Err(says.into());
        }
        let ids: Vec<&PatchId> = self.numbers.keys().copied().collect();
        let over: Vec<Set> = ids
            .iter()
            .map(|id| self.covers(id, reach) & !one(self.numbers.get(id).copied().unwrap_or(0)))
            .collect();
        let kinds: Vec<RestartKind> = ids
            .iter()
            .map(|id| reach.by_id.get(id).map_or(RestartKind::None, |patch| patch.restart_kind()))
            .collect();
        let set_of = |which: &dyn Fn(&PatchId, &RestartKind) -> bool| {
            let numbered = ids.iter().zip(&kinds).enumerate();
            numbered.filter(|(_, (id, kind))| which(id, kind)).fold(0, |set: Set, (n, _)| set | one(n))
        };
        Ok(Laws {
            installed: set_of(&|id, _| reach.installed.contains(id)),
            restarting: set_of(&|_, kind| *kind != RestartKind::None),
            names: ids.into_iter().cloned().collect(),
            kinds,
            over,
            list: self.list,
            reasons: self.reasons,
            remarks: remarks(reach, unknown),
        })
    }

    fn laws_of(&mut self, patch: &'a Patch, number: usize, reach: &Reach<'a>) {
        let id = &patch.id;
        for bar in bars(patch, reach.subject, &self.demands) {
            self.put(Law::Barred { patch: number }, bar);
        }
        for needed in &patch.terms.requires {
            let by = self.covers(&needed.patch, reach);
            let law = Law::Needs { patch: number, by, in_force: needed.in_force };
            let how = if needed.in_force { " in force, with its restart behind it," } else { "" };
            let says = format!("{id} needs {}{how} before it{}", needed.patch, lacking(by));
            self.put(law, Reason::new("requires", Owner::Vendor, &[id, &needed.patch], says));
        }
        for other in &patch.terms.together_with {
            let with = self.covers(other, reach);
            let says = format!("{id} comes into force only together with {other}{}", lacking(with));
            self.put(
                Law::Together { patch: number, with },
                Reason::new("together", Owner::Vendor, &[id, other], says),
            );
        }
        let newer = reach.supersession.over(id);
        for newer in newer.into_iter().filter(|newer| reach.candidates.contains(*newer)) {
            let Some(above) = self.numbers.get(newer).copied() else { continue };
            let says = format!("{newer} supersedes {id}: {id} cannot be put on after it");
            let reason = Reason::new("supersedes", Owner::Vendor, &[newer, id], says);
            self.put(Law::After { newer: above, older: number }, reason);
        }
    }
}

fn lacking(by: Set) -> &'static str {
    if by == 0 { "; neither it nor what supersedes it is in the catalogue or on the device" } else { "" }
}

fn apart(a: &PatchId, b: &PatchId, why: &Interplay, reach: &Reach<'_>) -> Reason {
    let there = |id: &PatchId| if reach.installed.contains(id) { " (which is on the device)" } else { "" };
    match why {
        Interplay::Conflict => {
            let says = format!("{a}{} and {b}{} must not be on one device together", there(a), there(b));
            Reason::new("conflicts", Owner::Vendor, &[a, b], says)
        }
        Interplay::Unclear(component) => {
            let says = format!(
                "{a}{} and {b}{} both change {component}, and nobody has said that they agree; ask their makers",
                there(a),
                there(b)
            );
            Reason::new("interplay-unknown", Owner::ClinicalEngineering, &[a, b], says)
        }
    }
}

/// What is odd about what is on the device already.
fn remarks(reach: &Reach<'_>, unknown: &[Patch]) -> Vec<Box<str>> {
    let mut found: Vec<Box<str>> = Vec::new();
    for patch in unknown {
        let id = &patch.id;
        found.push(format!("{id} is on the device, and the catalogue does not know it: what it bears is known only where others name it").into());
    }
    match reach.already() {
        Some(pairs) => found.extend(pairs.into_iter().map(|(a, b, why)| {
            let says = apart(&a.id, &b.id, &why, reach).says;
            format!("already so: {says}").into()
        })),
        None => found.push(
            "so much is on the device that nobody looked whether it bears itself; what is wanted was looked at"
                .into(),
        ),
    }
    found
}

impl Laws {
    /// The bundle of an order that was found.
    pub(super) fn bundle(
        &self,
        steps: &[Step],
        proven: bool,
        subject: &Subject,
        wanted: &[PatchId],
    ) -> Bundle {
        let name = |number: &usize| self.names.get(*number).cloned();
        let in_words = |step: &Step| BundleStep {
            install: step.iter().filter_map(name).collect(),
            restart: self.fewest_kinds(step),
        };
        let all: Set = steps.iter().flatten().fold(self.installed, |set, number| set | one(*number));
        let mut instead = Vec::new();
        for wish in wanted {
            let number = self.names.iter().position(|known| known == wish);
            let is_new = number.is_some_and(|number| all & !self.installed & one(number) != 0);
            let stands = self.stands_for(wish, all);
            if let Some(stands) = stands.filter(|_| !is_new) {
                instead.push((wish.clone(), stands));
            }
        }
        let mut remarks = self.remarks.clone();
        if subject.installed.is_none() {
            remarks.push(
                "nobody has said what is installed; this takes the device as having none of these patches"
                    .into(),
            );
        }
        let steps: Vec<BundleStep> = steps.iter().map(in_words).collect();
        let restarts = u32::try_from(steps.iter().filter(|step| !step.restart.is_empty()).count());
        Bundle { restarts: restarts.unwrap_or(u32::MAX), steps, fewest: proven, instead, remarks }
    }

    /// What of a set covers a wish: itself, else the first in the alphabet.
    fn stands_for(&self, wish: &PatchId, all: Set) -> Option<PatchId> {
        let wants = |law: &&Law| matches!(law, Law::Wanted(_));
        let mut wishes = self.list.iter().filter(wants).zip(&self.reasons);
        let (law, _) = wishes.find(|(_, reason)| reason.patches.contains(wish))?;
        let Law::Wanted(by) = law else { return None };
        let itself =
            self.names.iter().position(|known| known == wish).filter(|number| all & by & one(*number) != 0);
        itself.or_else(|| each(all & by).next()).and_then(|number| self.names.get(number).cloned())
    }

    fn fewest_kinds(&self, step: &Step) -> Vec<RestartKind> {
        let kinds: BTreeSet<RestartKind> =
            step.iter().filter_map(|number| self.kinds.get(*number).copied()).collect();
        let others_cover =
            |kind: &RestartKind| kinds.iter().any(|other| other != kind && other.covers(*kind));
        kinds.iter().copied().filter(|kind| *kind != RestartKind::None && !others_cover(kind)).collect()
    }
}
