//! Do the patches of each host bear each other, and does the device bear them: order, prerequisites, conflicts, what must come together,
//! what makers and the hospital demand (R24, R97). Each host's patches are gone through one after another, as the host would meet them.

use std::collections::BTreeMap;

use model::device::Installer;
use model::ids::PatchId;
use model::patch::Patch;
use model::plan::{Hands, ITEMS_PER_PLAN_MAX, Item, Owner, Plan};
use model::terms::RestartKind;
use model::{Date, Topology};

use super::Findings;
use crate::bundle::{
    Demands, Interplay, Meetings, Subject, Supersession, Treatment, bars, faults_of, faults_of_rules,
    interplay,
};

/// Most holidays of a plan's premises.
const HOLIDAYS_MAX: usize = 2_000;
/// Most patches that a host is said to have.
const INSTALLED_PER_HOST_MAX: usize = 2_000;

pub(super) fn check(plan: &Plan, topology: &Topology, found: &mut Findings) {
    if plan.premises.is_empty() && plan.patches.iter().all(|patch| patch.terms.is_empty()) {
        return;
    }
    for patch in &plan.patches {
        faults_of(patch).into_iter().for_each(|(_, says)| found.block("terms-impossible", &patch.id, says));
    }
    for (_, says) in faults_of_rules(&plan.premises.rules) {
        found.block("terms-impossible", "premises", says);
    }
    let too_much = too_much(plan);
    if !too_much.is_empty() {
        // What is so large is named, and not gone through.
        too_much.into_iter().for_each(|says| found.block("terms-impossible", "premises", says));
        return;
    }
    let patches: BTreeMap<&PatchId, &Patch> = plan.patches.iter().map(|patch| (&patch.id, patch)).collect();
    let supersession = Supersession::of(plan.patches.iter());
    for patch in &plan.patches {
        let over = supersession.over(&patch.id);
        if patch.terms.supersedes.iter().any(|older| *older == patch.id || over.contains(older)) {
            let says = format!("{} supersedes what supersedes it; one of them is older", patch.id);
            found.block("terms-impossible", &patch.id, says);
        }
    }
    let asked = Demands {
        rules: &plan.premises.rules,
        holidays: plan.premises.holidays.iter().copied().collect(),
        meetings: Meetings::of(&plan.patches),
    };
    for item in &plan.items {
        if let Some(subject) = subject(plan, topology, item) {
            demands(&asked, &patches, item, &subject, found);
        }
        Walk { item, patches: &patches, supersession: &supersession, there: Vec::new() }.go(plan, found);
    }
}

/// The device as the plan finds it; `None` when its window or device is not known, which other rules say.
fn subject(plan: &Plan, topology: &Topology, item: &Item) -> Option<Subject> {
    let opens = plan.window_of(plan.ring(item.ring)?)?.not_before;
    let device = topology.devices.get(&item.host)?;
    Some(Subject {
        device: item.host.clone(),
        manufacturer: device.manufacturer.clone(),
        model: device.model.clone(),
        // An agent acts for the hospital.
        by: match item.by {
            Hands::Agent => Installer::Staff,
            Hands::Person(by) => by,
        },
        installed: plan.premises.installed.get(&item.host).cloned(),
        treatment: Treatment::Unknown,
        on: Date::of_time(opens, plan.proof.offset_seconds(opens))?,
    })
}

/// What of the premises is more than can be gone through, as sentences.
fn too_much(plan: &Plan) -> Vec<String> {
    let premises = &plan.premises;
    let mut says = Vec::new();
    let (holidays, hosts) = (premises.holidays.len(), premises.installed.len());
    if holidays > HOLIDAYS_MAX {
        says.push(format!("{holidays} holidays; at most {HOLIDAYS_MAX} fit"));
    }
    if hosts > ITEMS_PER_PLAN_MAX {
        says.push(format!("what is installed is said of {hosts} hosts; at most {ITEMS_PER_PLAN_MAX} fit"));
    }
    let long = premises.installed.iter().find(|(_, list)| list.len() > INSTALLED_PER_HOST_MAX);
    says.extend(long.map(|(host, list)| {
        format!("{host} is said to have {} patches; at most {INSTALLED_PER_HOST_MAX} fit", list.len())
    }));
    says
}

fn demands(
    asked: &Demands<'_>,
    patches: &BTreeMap<&PatchId, &Patch>,
    item: &Item,
    subject: &Subject,
    found: &mut Findings,
) {
    for patch in item.patches.iter().filter_map(|id| patches.get(id)) {
        for reason in bars(patch, subject, asked) {
            say(&reason.rule, item, reason.owner, &reason.says, found);
        }
    }
}

fn say(rule: &str, item: &Item, owner: Owner, says: &str, found: &mut Findings) {
    found.block(rule, &item.host, format!("{}: {says} (to be settled with {})", item.host, whom(owner)));
}

fn whom(owner: Owner) -> &'static str {
    match owner {
        Owner::ClinicalEngineering => "clinical engineering",
        Owner::It => "IT",
        Owner::Vendor => "the maker",
        Owner::Ward => "the ward",
    }
}

/// One host's way through its patches.
struct Walk<'a> {
    item: &'a Item,
    patches: &'a BTreeMap<&'a PatchId, &'a Patch>,
    supersession: &'a Supersession<'a>,
    /// What is on the host so far, and whether it is in force.
    there: Vec<(&'a PatchId, bool)>,
}

impl<'a> Walk<'a> {
    fn go(mut self, plan: &'a Plan, found: &mut Findings) {
        let before = plan.premises.installed.get(&self.item.host);
        self.there = before.into_iter().flatten().map(|id| (id, true)).collect();
        for (place, id) in self.item.patches.iter().enumerate() {
            let Some(patch) = self.patches.get(id).copied() else { continue };
            if self.is_there(id) {
                let says = format!("{} has {id} already, the plan says; leave it out", self.item.host);
                found.remark("installed-already", &self.item.host, says);
            } else {
                self.replaced(patch, found);
                self.needs(patch, place, found);
                self.neighbours(patch, found);
                self.there.push((id, patch.restart_kind() == RestartKind::None));
            }
        }
        for patch in self.item.patches.iter().filter_map(|id| self.patches.get(id)) {
            for other in &patch.terms.together_with {
                if !self.there.iter().any(|(id, _)| self.supersession.stands_for(id, other)) {
                    let says = format!(
                        "{} comes into force only together with {other}, which is neither planned here nor installed",
                        patch.id
                    );
                    say("together-missing", self.item, Owner::Vendor, &says, found);
                }
            }
        }
    }

    fn is_there(&self, id: &PatchId) -> bool {
        self.there.iter().any(|(there, _)| *there == id)
    }

    fn replaced(&self, patch: &Patch, found: &mut Findings) {
        let over = self.supersession.over(&patch.id);
        if let Some((newer, _)) = self.there.iter().find(|(there, _)| over.contains(there)) {
            let says = format!(
                "{newer} supersedes {} and is there before it; put the older one first, or leave it out",
                patch.id
            );
            say("superseded", self.item, Owner::Vendor, &says, found);
        }
    }

    fn needs(&self, patch: &Patch, place: usize, found: &mut Findings) {
        for needed in &patch.terms.requires {
            let stands = |id: &PatchId| self.supersession.stands_for(id, &needed.patch);
            let (id, wanted) = (&patch.id, &needed.patch);
            let before: Vec<&(&PatchId, bool)> =
                self.there.iter().filter(|(there, _)| stands(there)).collect();
            let comes_later = self.item.patches.iter().skip(place + 1).any(stands);
            let (rule, says) = if before.is_empty() && comes_later {
                (
                    "prerequisite-late",
                    format!("{id} needs {wanted} before it, and the plan has it after; put {wanted} first"),
                )
            } else if before.is_empty() {
                (
                    "prerequisite-missing",
                    format!(
                        "{id} needs {wanted} before it, which is neither planned here nor said to be installed"
                    ),
                )
            } else if needed.in_force && !before.iter().any(|(_, in_force)| *in_force) {
                let says = format!(
                    "{id} needs {wanted} in force before it; the patches of one plan share one restart at the end, so put {wanted} into a plan before this one"
                );
                ("prerequisite-not-in-force", says)
            } else {
                continue;
            };
            say(rule, self.item, Owner::Vendor, &says, found);
        }
    }

    fn neighbours(&self, patch: &Patch, found: &mut Findings) {
        for (other, _) in &self.there {
            let how = match self.patches.get(other) {
                Some(other) => interplay(patch, other),
                // Of a patch that the plan does not have only the name is known.
                None => patch.terms.conflicts.contains(other).then_some(Interplay::Conflict),
            };
            let Some(how) = how else { continue };
            let over = self.supersession.over(other);
            let is_older = || self.supersession.stands_for(other, &patch.id);
            let is_gone = || self.there.iter().any(|(newer, _)| over.contains(newer));
            if over.contains(&patch.id) || *other == &patch.id || is_older() || is_gone() {
                continue;
            }
            match how {
                Interplay::Conflict => {
                    let says = format!(
                        "{} and {other} must not be on one device together; leave one of them out",
                        patch.id
                    );
                    say("patch-conflict", self.item, Owner::Vendor, &says, found);
                }
                Interplay::Unclear(component) => {
                    let says = format!(
                        "{} and {other} both change {component}, and nobody has said that they agree; ask their makers and write it down (agrees_with)",
                        patch.id
                    );
                    say("interplay-unknown", self.item, Owner::ClinicalEngineering, &says, found);
                }
            }
        }
    }
}
