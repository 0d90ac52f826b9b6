//! The levels of history a record belongs to, as numbers: family, model, family on model, model at site, device, campaign.
//!
//! Crossed and not only nested: what is known of a slow device from other patches counts for a new patch too.

use std::collections::BTreeMap;

use super::record::Record;

/// How many kinds of level there are.
pub(super) const KINDS: usize = 6;
/// A patch family.
pub(super) const FAMILY: usize = 0;
/// A device model.
pub(super) const MODEL: usize = 1;
/// A family on a model.
pub(super) const FAMILY_MODEL: usize = 2;
/// A family on a model at a site.
pub(super) const SITE: usize = 3;
/// A device.
pub(super) const DEVICE: usize = 4;
/// A family in one night: a bad patch is slow everywhere.
pub(super) const NIGHT: usize = 5;

/// Names to numbers, from 0, in the order in which they first come.
#[derive(Clone, Debug, Default)]
pub(super) struct Names<K: Ord> {
    of: BTreeMap<K, u32>,
}

impl<K: Ord> Names<K> {
    fn number(&mut self, name: K) -> u32 {
        // At most `RECORDS_MAX` names come.
        let next = u32::try_from(self.of.len()).unwrap_or(u32::MAX);
        *self.of.entry(name).or_insert(next)
    }

    pub(super) fn len(&self) -> usize {
        self.of.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, u32)> {
        self.of.iter().map(|(name, number)| (name, *number))
    }
}

/// The numbers of every level that the records of one step name.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels {
    pub(super) families: Names<Box<str>>,
    pub(super) models: Names<Box<str>>,
    sites: Names<Box<str>>,
    devices: Names<Box<str>>,
    nights: Names<Box<str>>,
    family_models: Names<(u32, u32)>,
    family_model_sites: Names<(u32, u32)>,
    night_families: Names<(u32, u32)>,
}

/// The levels of one record or question, by kind; `None` where there is no history.
pub(super) type Found = [Option<u32>; KINDS];

impl Levels {
    /// Gives the record's names numbers; also the number of its night.
    pub(super) fn take_in(&mut self, record: &Record) -> ([u32; KINDS], u32) {
        let family = self.families.number(record.family.clone());
        let model = self.models.number(record.model.clone());
        let site = self.sites.number(record.site.clone());
        let device = self.devices.number(record.device.clone());
        let night = self.nights.number(record.night.clone());
        let pair = self.family_models.number((family, model));
        let at_site = self.family_model_sites.number((pair, site));
        let campaign = self.night_families.number((night, family));
        ([family, model, pair, at_site, device, campaign], night)
    }

    /// How many levels of each kind there are.
    pub(super) fn sizes(&self) -> [usize; KINDS] {
        [
            self.families.len(),
            self.models.len(),
            self.family_models.len(),
            self.family_model_sites.len(),
            self.devices.len(),
            self.night_families.len(),
        ]
    }

    /// How many nights there are.
    pub(super) fn nights(&self) -> usize {
        self.nights.len()
    }

    /// The levels that a question meets. The campaign is never among them: the night to come is a new one.
    pub(super) fn find(&self, family: &str, model: &str, site: &str, device: &str) -> Found {
        let family = self.families.of.get(family).copied();
        let model = self.models.of.get(model).copied();
        let pair = family.zip(model).and_then(|pair| self.family_models.of.get(&pair).copied());
        let site = self.sites.of.get(site).copied();
        let at_site = pair.zip(site).and_then(|key| self.family_model_sites.of.get(&key).copied());
        let device = self.devices.of.get(device).copied();
        [family, model, pair, at_site, device, None]
    }
}
