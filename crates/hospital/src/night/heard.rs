//! Taking in what hosts deliver: each item once by its number, changes only on a ground that is whole.

use model::AssetTag;
use model::host::{HostChanges, HostReport};
use model::order::OrderEvent;
use model::patch::PackageVersion;
use std::collections::BTreeMap;

use super::compact::{Compact, Pools};
use super::hosts::{HostRecord, Hosts};
use super::rollouts::Packed;
use super::timeline::{HostEvent, HostEventKind, NAMED_PER_EVENT_MAX, VersionChange};
use crate::fact::Stamp;
use crate::fact::night::{Heard, HeardItem};

/// What of a delivery rollouts must hear.
pub(super) enum News<'a> {
    /// There is a newer observation.
    Observed(Packed<'a>),
    /// Something happened to an order.
    Order(&'a OrderEvent),
}

impl Hosts {
    /// Takes a delivery in; `tell` is told of each thing that is news, in order, with the host's newest observation.
    pub(super) fn hear(&mut self, stamp: &Stamp, heard: Heard, mut tell: impl FnMut(&AssetTag, News<'_>)) {
        let Hosts { records, pools, .. } = self;
        let tag = heard.host;
        let record = records.entry(tag.clone()).or_default();
        let first = heard.number.saturating_sub(heard.items.len() as u64).saturating_add(1);
        if first > record.number.saturating_add(1) {
            record.wants_full = true;
            let what = HostEventKind::Gap { after: record.number, next: first };
            record.note(HostEvent { seq: stamp.seq, at: stamp.time, heard_at: stamp.time, what });
        }
        for (number, item) in (first..).zip(heard.items) {
            if number <= record.number {
                continue;
            }
            record.number = number;
            record.last_contact = record.last_contact.max(Some(stamp.time));
            match item {
                HeardItem::Report(report) => {
                    if record.report(pools, stamp, report)
                        && let Some(compact) = &record.observation
                    {
                        tell(&tag, News::Observed(Packed { compact, pools }));
                    }
                }
                HeardItem::Order(event) => {
                    record.answer(stamp, &event);
                    tell(&tag, News::Order(&event));
                }
            }
        }
    }

    /// Forgets what no host has any more, when there may be much of it.
    pub(super) fn tidy(&mut self) {
        let Hosts { records, pools, .. } = self;
        pools.tidy(records.values_mut().filter_map(|record| record.observation.as_mut()));
    }

    /// The record of a host, made when there is none.
    pub(super) fn record(&mut self, tag: &AssetTag) -> &mut HostRecord {
        self.records.entry(tag.clone()).or_default()
    }
}

impl HostRecord {
    /// Takes a report in; `false` when it cannot be understood.
    fn report(&mut self, pools: &mut Pools, stamp: &Stamp, report: HostReport) -> bool {
        let before = self.observation.take();
        let mut after = match (before.clone(), report) {
            (before, HostReport::Full(full)) => {
                let newest = before.as_ref().map_or(full.observed_at, |before| before.observed_at);
                let mut packed = pools.pack(*full);
                packed.observed_at = packed.observed_at.max(newest);
                self.wants_full = false;
                packed
            }
            (Some(known), HostReport::Changes(_) | HostReport::Same { .. }) if self.wants_full => {
                self.observation = Some(known);
                return false;
            }
            (Some(mut known), HostReport::Changes(changes)) => {
                pools.apply(&mut known, *changes);
                known
            }
            (Some(mut known), HostReport::Same { observed_at }) => {
                pools.apply(&mut known, HostChanges { observed_at, ..HostChanges::default() });
                known
            }
            (None, HostReport::Changes(_) | HostReport::Same { .. }) => {
                self.wants_full = true;
                return false;
            }
        };
        // Evidence is never younger than its delivery, whatever was decided.
        after.observed_at = after.observed_at.min(stamp.time);
        let kinds = differences(pools, before.as_ref(), &after);
        for what in kinds {
            self.note(HostEvent { seq: stamp.seq, at: after.observed_at, heard_at: stamp.time, what });
        }
        self.observation = Some(after);
        true
    }

    fn answer(&mut self, stamp: &Stamp, event: &OrderEvent) {
        if let Some(known) = self.orders.iter_mut().find(|known| known.order.id == event.order) {
            known.events.push(event.clone());
        }
        let what = HostEventKind::OrderStep(event.clone());
        self.note(HostEvent { seq: stamp.seq, at: event.at, heard_at: stamp.time, what });
    }
}

/// What is news between two observations of a host.
fn differences(pools: &Pools, before: Option<&Compact>, after: &Compact) -> Vec<HostEventKind> {
    let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
    let mut kinds = Vec::new();
    let Some(before) = before else {
        kinds.push(HostEventKind::Reported {
            packages: count(after.packages.len()),
            available: count(after.available.len()),
        });
        let pending = after.signals.iter().filter(|(_, reading)| **reading != model::host::Reading::Clear);
        kinds.extend(pending.map(|(source, reading)| HostEventKind::Signal {
            source: *source,
            reading: Some(reading.clone()),
        }));
        return kinds;
    };
    if before.boot.id != after.boot.id {
        kinds.push(HostEventKind::Restarted { boot: after.boot.clone() });
    }
    if before.packages != after.packages {
        let changes = version_changes(pools, before, after);
        let total = count(changes.len());
        let changes = changes.into_iter().take(NAMED_PER_EVENT_MAX).collect();
        if total > 0 {
            kinds.push(HostEventKind::Packages { changes, total });
        }
    }
    if before.available != after.available {
        let known: std::collections::BTreeSet<(&str, &str)> =
            pools.available.get(&before.available).map(|patch| (&*patch.package, &*patch.to)).collect();
        let new = pools.available.get(&after.available);
        let new = new.filter(|patch| !known.contains(&(&*patch.package, &*patch.to)));
        let new = new.take(NAMED_PER_EVENT_MAX).map(|patch| format!("{} {}", patch.package, patch.to).into());
        kinds.push(HostEventKind::Available { new: new.collect(), total: count(after.available.len()) });
    }
    let sources = before.signals.keys().chain(after.signals.keys());
    let sources: std::collections::BTreeSet<_> = sources.copied().collect();
    for source in sources {
        let reading = after.signals.get(&source);
        if before.signals.get(&source) != reading {
            kinds.push(HostEventKind::Signal { source, reading: reading.cloned() });
        }
    }
    for (probe, run) in &after.probes {
        let known = before.probes.get(probe).map(|run| std::mem::discriminant(&run.result));
        if known != Some(std::mem::discriminant(&run.result)) {
            kinds.push(HostEventKind::Probe { probe: probe.clone(), result: run.result.clone() });
        }
    }
    kinds
}

fn version_changes(pools: &Pools, before: &Compact, after: &Compact) -> Vec<VersionChange> {
    let by_name = |compact| -> BTreeMap<&str, &str> {
        pools.packages(compact).map(|has: &PackageVersion| (&*has.package, &*has.version)).collect()
    };
    let (before, after) = (by_name(before), by_name(after));
    let names: std::collections::BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let changed = names.into_iter().filter(|name| before.get(name) != after.get(name));
    changed
        .map(|name| VersionChange {
            package: name.into(),
            from: before.get(name).map(|version| (*version).into()),
            to: after.get(name).map(|version| (*version).into()),
        })
        .collect()
}
