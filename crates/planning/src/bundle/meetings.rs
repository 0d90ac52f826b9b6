//! Which other patches one could meet on a device of which nobody has said what is on it: those that supersede it, conflict with it, or
//! change a package or component that it changes too. Whether they bear each other must not be decided here.

use std::collections::BTreeMap;

use model::ids::PatchId;
use model::patch::Patch;

use super::Subject;
use super::bars::{is_made_for_others, plain};
use super::relations::Supersession;

/// So many others are looked at for one patch; one that has more is taken to meet one of them.
const OTHERS_MAX: usize = 500;

/// What patches name, and who names it.
pub(crate) struct Meetings<'a> {
    by_id: BTreeMap<&'a PatchId, &'a Patch>,
    supersession: Supersession<'a>,
    /// Those that name a patch under `conflicts`.
    against: BTreeMap<&'a PatchId, Vec<&'a Patch>>,
    by_package: BTreeMap<&'a str, Vec<&'a Patch>>,
    by_component: BTreeMap<String, Vec<&'a Patch>>,
}

impl<'a> Meetings<'a> {
    /// Of a list of patches.
    pub(crate) fn of(patches: &'a [Patch]) -> Meetings<'a> {
        let mut meetings = Meetings {
            by_id: patches.iter().map(|patch| (&patch.id, patch)).collect(),
            supersession: Supersession::of(patches.iter()),
            against: BTreeMap::new(),
            by_package: BTreeMap::new(),
            by_component: BTreeMap::new(),
        };
        for patch in patches {
            for other in &patch.terms.conflicts {
                meetings.against.entry(other).or_default().push(patch);
            }
            for one in &patch.packages {
                meetings.by_package.entry(&one.package).or_default().push(patch);
            }
            for component in &patch.terms.components {
                meetings.by_component.entry(plain(component)).or_default().push(patch);
            }
        }
        meetings
    }

    /// One that the patch could meet on this device, were it there: not made for other devices, and not what the patch supersedes itself.
    /// `Some(None)` when there are too many to look at.
    pub(crate) fn first(&self, patch: &Patch, subject: &Subject) -> Option<Option<&'a PatchId>> {
        let over = self.supersession.over(&patch.id);
        let newer = over.iter().filter_map(|id| self.by_id.get(id));
        let against = self.against.get(&patch.id).into_iter().flatten();
        let packages = patch.packages.iter().filter_map(|one| self.by_package.get(&*one.package)).flatten();
        let components = patch.terms.components.iter();
        let components =
            components.filter_map(|component| self.by_component.get(&plain(component))).flatten();
        let all = newer.chain(against).chain(packages).chain(components);
        let others = all.copied().filter(|other| other.id != patch.id);
        let mut looked_at = 0;
        for other in others {
            looked_at += 1;
            if looked_at > OTHERS_MAX {
                return Some(None);
            }
            let is_older = || self.supersession.stands_for(&patch.id, &other.id);
            if !is_made_for_others(other, subject) && !is_older() {
                return Some(Some(&other.id));
            }
        }
        None
    }
}
