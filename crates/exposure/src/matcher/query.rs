//! Questions to the matcher: the verdicts of a device, of a group, and what a person should be asked.

use std::collections::BTreeMap;

use model::alias::AliasSubject;
use roaring::RoaringBitmap;

use super::{AdvisoryIx, Cell, DeviceIx, Matcher, VulnerabilityIx, slot};
use crate::product::{AskAbout, MatchKind, NameMatch};
use crate::verdict::Verdict;

/// Devices that no advisory can tell apart, with what holds for all of them.
pub struct GroupView<'a> {
    /// Maker as the register spells it.
    pub manufacturer: &'a str,
    /// Model as the register spells it.
    pub model: &'a str,
    /// Software version, if recorded.
    pub version: Option<&'a str>,
    /// The devices.
    pub devices: &'a RoaringBitmap,
    /// Every verdict, by advisory and vulnerability.
    pub cells: &'a [Cell],
    /// The worst verdict for each vulnerability, whichever advisory says it; by vulnerability.
    pub pairs: &'a [(VulnerabilityIx, Verdict)],
}

/// A question to a person, with what hangs on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The question.
    pub subject: AliasSubject,
    /// Devices that would be decided.
    pub devices: u64,
    /// Device × vulnerability pairs that are undecided for want of the answer.
    pub pairs: u64,
    /// How alike the names are.
    pub found: NameMatch,
}

impl Matcher {
    /// The verdicts of one device, by advisory and vulnerability.
    pub fn cells(&self, device: DeviceIx) -> &[Cell] {
        let group = self.fleet.group_of(device).and_then(|group| slot(&self.fleet.groups, group));
        group.map_or(&[], |group| &group.cells)
    }

    /// The worst verdict of one device for each vulnerability, whichever advisory says it.
    pub fn pairs(&self, device: DeviceIx) -> &[(VulnerabilityIx, Verdict)] {
        let group = self.fleet.group_of(device).and_then(|group| slot(&self.fleet.groups, group));
        group.map_or(&[], |group| &group.pairs)
    }

    /// The group of a device: devices of one group have the same verdicts for the same reasons.
    pub fn group_of(&self, device: DeviceIx) -> Option<u32> {
        self.fleet.group_of(device)
    }

    /// Every group that has devices.
    pub fn groups(&self) -> impl Iterator<Item = GroupView<'_>> {
        self.fleet.groups.iter().filter(|group| !group.devices.is_empty()).filter_map(|group| {
            let name = slot(&self.fleet.names, group.name)?;
            Some(GroupView {
                manufacturer: name.manufacturer(),
                model: name.model(),
                version: group.version(),
                devices: &group.devices,
                cells: &group.cells,
                pairs: &group.pairs,
            })
        })
    }

    /// The groups that one advisory says anything about.
    pub fn groups_of_advisory(&self, advisory: AdvisoryIx) -> impl Iterator<Item = GroupView<'_>> {
        self.groups().filter(move |group| cells_of(group.cells, advisory).next().is_some())
    }

    /// The product names that a device is, or may be, with how they were found: (vendor, product, how).
    pub fn names_of(&self, device: DeviceIx) -> Vec<(&str, &str, NameMatch)> {
        let group = self.fleet.group_of(device).and_then(|group| slot(&self.fleet.groups, group));
        let name = group.and_then(|group| slot(&self.fleet.names, group.name));
        let candidates = name.map_or(&[][..], |name| &name.candidates);
        candidates
            .iter()
            .filter_map(|(corpus, found)| {
                let known = slot(&self.corpus_names, *corpus)?;
                let spoken_of = !known.advisories.is_empty();
                spoken_of.then(|| (known.named.maker.text(), known.named.product.text(), *found))
            })
            .collect()
    }

    /// The advisories in force that speak of a vendor, or of one of its products, spelled exactly so; each once.
    pub fn advisories_speaking_of(&self, vendor: &str, product: Option<&str>) -> Vec<AdvisoryIx> {
        let spoken_of = self.corpus_names.iter().filter(|known| {
            let named = &known.named;
            named.maker.text() == vendor && product.is_none_or(|product| named.product.text() == product)
        });
        let mut advisories: Vec<AdvisoryIx> =
            spoken_of.flat_map(|known| known.advisories.iter().copied()).collect();
        advisories.sort_unstable();
        advisories.dedup();
        advisories
    }

    /// What a person should be asked, most pairs first.
    pub fn proposals(&self) -> Vec<Proposal> {
        let mut by_subject: BTreeMap<AliasSubject, Proposal> = BTreeMap::new();
        for name in &self.fleet.names {
            let devices: u64 = name
                .groups
                .iter()
                .filter_map(|group| slot(&self.fleet.groups, *group))
                .map(|group| group.devices.len())
                .sum();
            if devices == 0 {
                continue;
            }
            for (corpus, found) in &name.candidates {
                let (MatchKind::Ask(about), Some(known)) = (found.kind, slot(&self.corpus_names, *corpus))
                else {
                    continue;
                };
                let pairs = self.pairs_waiting(name, known.advisories.as_slice());
                if pairs == 0 {
                    continue;
                }
                let Some(subject) = question(about, name.manufacturer(), name.model(), known) else {
                    continue;
                };
                let fresh = || Proposal { subject: subject.clone(), devices: 0, pairs: 0, found: *found };
                let proposal = by_subject.entry(subject.clone()).or_insert_with(fresh);
                proposal.devices += devices;
                proposal.pairs += pairs * devices;
            }
        }
        let mut out: Vec<Proposal> = by_subject.into_values().collect();
        out.sort_by(|a, b| b.pairs.cmp(&a.pairs).then_with(|| a.subject.cmp(&b.subject)));
        out
    }

    /// Vulnerabilities that wait for an answer about `name`, in these advisories.
    fn pairs_waiting(&self, name: &super::FleetName, advisories: &[AdvisoryIx]) -> u64 {
        let waiting = |planned: &&super::plan::Planned| {
            advisories.contains(&planned.advisory) && matches!(planned.what, super::plan::What::Ask(..))
        };
        let asked = |planned: &super::plan::Planned| match &planned.what {
            super::plan::What::Ask(_, asked) => asked.len() as u64,
            super::plan::What::Judge(_) => 0,
        };
        name.plan.iter().filter(waiting).map(asked).sum()
    }
}

/// The verdicts of one advisory among a group's, which are sorted by advisory.
pub fn cells_of(cells: &[Cell], advisory: AdvisoryIx) -> impl Iterator<Item = &Cell> {
    let from = cells.partition_point(|cell| cell.advisory < advisory);
    cells.iter().skip(from).take_while(move |cell| cell.advisory == advisory)
}

fn question(
    about: AskAbout,
    manufacturer: &str,
    model: &str,
    known: &super::CorpusName,
) -> Option<AliasSubject> {
    let (vendor, product) = (known.named.maker.text().into(), known.named.product.text().into());
    let (manufacturer, model): (Box<str>, Box<str>) = (manufacturer.into(), model.into());
    match about {
        AskAbout::Vendor => Some(AliasSubject::Vendor { manufacturer, vendor }),
        AskAbout::Product | AskAbout::ModelNumber | AskAbout::Maker => {
            Some(AliasSubject::Product { manufacturer, model, vendor, product })
        }
    }
}
