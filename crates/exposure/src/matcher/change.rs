//! Changes: a device, an advisory or an answer comes or goes, and only what it touches is judged anew.

use model::Advisory;
use model::alias::{AliasAnswer, AliasSubject};

use super::{AdvisoryIx, DeviceIx, Fleet, Matcher, slot, slot_mut};
use crate::names::squash;

/// How much a change touched: what the incremental matcher did instead of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Names of the fleet whose plan changed.
    pub names: usize,
    /// Groups judged anew.
    pub groups: usize,
}

impl Matcher {
    /// Adds a device, or takes note that its facts have changed.
    pub fn put_device(&mut self, device: DeviceIx, fleet: &impl Fleet) -> Touched {
        let facts = fleet.facts(device);
        let (name, new_name) = self.fleet.name(&facts);
        if new_name {
            self.find_candidates(name);
            self.plan_name(name, None);
        }
        let (group, new_group) = self.fleet.group(name, &facts);
        if new_group {
            self.judge_group(group, None);
        }
        self.fleet.assign(device, Some(group));
        Touched { names: usize::from(new_name), groups: usize::from(new_group) }
    }

    /// Takes a device out.
    pub fn remove_device(&mut self, device: DeviceIx) {
        self.fleet.assign(device, None);
    }

    /// Adds an advisory, or puts a newer revision in its place.
    pub fn put_advisory(&mut self, ix: AdvisoryIx, advisory: &Advisory, fleet: &impl Fleet) -> Touched {
        self.judged.clear();
        let mut names = self.take_advisory(ix);
        let (compiled, fresh) = self.compile(ix, advisory);
        let corpus: Vec<u32> = compiled.block_of.iter().map(|(name, _)| *name).collect();
        let at = ix as usize;
        if self.advisories.len() <= at {
            self.advisories.resize_with(at + 1, || None);
        }
        if let Some(place) = self.advisories.get_mut(at) {
            *place = Some(compiled);
        }
        for name in fresh {
            self.find_fleet_names(name);
        }
        for name in corpus {
            names.extend(slot(&self.corpus_names, name).into_iter().flat_map(|known| &known.fleet).copied());
        }
        self.replan(names, Some(ix), fleet)
    }

    /// Takes an advisory out.
    pub fn remove_advisory(&mut self, ix: AdvisoryIx, fleet: &impl Fleet) -> Touched {
        let names = self.take_advisory(ix);
        self.replan(names, Some(ix), fleet)
    }

    /// Records a person's answer about names.
    pub fn put_alias(&mut self, subject: &AliasSubject, answer: AliasAnswer, fleet: &impl Fleet) -> Touched {
        self.aliases.put(subject, answer);
        self.realias(subject, fleet)
    }

    /// Takes a person's answer back.
    pub fn remove_alias(&mut self, subject: &AliasSubject, fleet: &impl Fleet) -> Touched {
        self.aliases.remove(subject);
        self.realias(subject, fleet)
    }

    /// Plans and judges everything again from the names already compared: what a change of rules would cost.
    pub fn rematch(&mut self) -> Touched {
        self.judged.clear();
        let (names, groups) = (self.fleet.names.len(), self.fleet.groups.len());
        for name in 0..super::count(names) {
            self.plan_name(name, None);
        }
        for group in 0..super::count(groups) {
            self.judge_group(group, None);
        }
        Touched { names, groups }
    }

    fn realias(&mut self, subject: &AliasSubject, fleet: &impl Fleet) -> Touched {
        let (manufacturer, model) = match subject {
            AliasSubject::Vendor { manufacturer, .. } => (squash(manufacturer), None),
            AliasSubject::Product { manufacturer, model, .. } => (squash(manufacturer), Some(squash(model))),
        };
        let concerned = |name: &super::FleetName| {
            squash(name.manufacturer()) == manufacturer
                && model.as_ref().is_none_or(|model| squash(name.model()) == *model)
        };
        let names: Vec<u32> =
            (0u32..).zip(&self.fleet.names).filter(|(_, name)| concerned(name)).map(|(ix, _)| ix).collect();
        for name in &names {
            self.find_candidates(*name);
        }
        self.replan(names, None, fleet)
    }

    /// Removes what an advisory said; returns the names of the fleet that it spoke of.
    fn take_advisory(&mut self, ix: AdvisoryIx) -> Vec<u32> {
        let taken = slot_mut(&mut self.advisories, ix).and_then(Option::take);
        let mut names = Vec::new();
        for (vulnerability, _) in taken.iter().flat_map(|compiled| &compiled.vulnerabilities) {
            if let Some(known) = slot_mut(&mut self.advisories_of, *vulnerability) {
                known.retain(|advisory| *advisory != ix);
            }
        }
        for block in taken.into_iter().flat_map(|compiled| compiled.blocks) {
            if let Some(known) = slot_mut(&mut self.corpus_names, block.name) {
                known.advisories.retain(|advisory| *advisory != ix);
                names.extend(&known.fleet);
            }
        }
        names
    }

    fn replan(&mut self, mut names: Vec<u32>, only: Option<AdvisoryIx>, fleet: &impl Fleet) -> Touched {
        names.sort_unstable();
        names.dedup();
        let mut touched = Touched { names: names.len(), groups: 0 };
        for name in names {
            let became_individual = self.plan_name(name, only);
            if became_individual {
                touched.groups += self.split(name, fleet);
                continue;
            }
            let groups = slot(&self.fleet.names, name).map_or(Vec::new(), |known| known.groups.clone());
            touched.groups += groups.len();
            for group in groups {
                self.judge_group(group, only);
            }
        }
        touched
    }

    /// Puts the devices of a name into groups of their own serial number and day of manufacture.
    fn split(&mut self, name: u32, fleet: &impl Fleet) -> usize {
        let groups = slot(&self.fleet.names, name).map_or(Vec::new(), |known| known.groups.clone());
        let devices: Vec<DeviceIx> = groups
            .iter()
            .filter_map(|group| slot(&self.fleet.groups, *group))
            .flat_map(|group| &group.devices)
            .collect();
        for device in devices {
            let (group, _) = self.fleet.group(name, &fleet.facts(device));
            self.fleet.assign(device, Some(group));
        }
        let groups = slot(&self.fleet.names, name).map_or(Vec::new(), |known| known.groups.clone());
        for group in &groups {
            self.judge_group(*group, None);
        }
        groups.len()
    }
}
