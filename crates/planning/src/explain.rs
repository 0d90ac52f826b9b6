//! Why a host of a plan stands where it stands, what it waits for, and when it is worked on (R06, R09): data first, each with its
//! sentence. Read off the plan and what the host carries, by whoever the plan was made. Nothing is decided or checked here.

use std::collections::BTreeSet;

use model::agreement::PlanFinding;
use model::ids::{ServiceId, UnitId, WindowId};
use model::plan::{Item, Plan, Window};
use model::service::Service;
use model::{AssetTag, Time, Topology};
use serde::Serialize;

use crate::check::check;
use crate::timetable::{Slot, timetable};

/// Most hosts that one reason names; all are counted.
pub const HOSTS_NAMED_MAX: usize = 20;

/// All that can be said of one host of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Which.
    pub host: AssetTag,
    /// Its ring, from 1, of so many.
    pub ring: (u16, u16),
    /// Its wave in the ring, from 1, of so many.
    pub wave: (u16, u16),
    /// Why it is in that wave and in no earlier one.
    pub here: Vec<Here>,
    /// What it waits for, in the order in which that comes.
    pub waits: Vec<WaitsFor>,
    /// The window; `None` when the plan does not have the one that its ring names.
    pub window: Option<Window>,
    /// What becomes dark by it.
    pub dark: Vec<Dark>,
    /// When, from declared minutes: at the median and at the 90th percentile; `None` when its ring is not in the plan.
    pub declared: Option<Times>,
    /// What the checker says of it, of its ring or of its window.
    pub findings: Vec<PlanFinding>,
}

/// When a host is worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Times {
    /// It begins: median, 90th percentile.
    pub begins: (Time, Time),
    /// What it carries is dark from here on; the same as `ends` where nothing is.
    pub dark: (Time, Time),
    /// It answers again.
    pub ends: (Time, Time),
}

/// Why a host is where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Here {
    /// It is the first wave of its ring.
    FirstWave,
    /// In an earlier wave it would take more carriers from a service than that can spare, together with hosts of that wave.
    Spare {
        /// The earlier wave.
        wave: u16,
        /// The service.
        service: ServiceId,
        /// So many carriers it can spare.
        spare: u32,
        /// Carriers of it that are in that wave.
        hosts: Vec<AssetTag>,
        /// How many these are.
        count: u32,
    },
    /// In an earlier wave it would be out together with what stands in for a service of its own, or the other way round.
    StandsIn {
        /// The earlier wave.
        wave: u16,
        /// The service that it carries.
        service: ServiceId,
        /// The other one, carried by a host of that wave.
        other: ServiceId,
    },
    /// Nothing in what it carries keeps it from that wave: whoever drew the plan put it later.
    Chosen {
        /// The earlier wave.
        wave: u16,
    },
}

/// What a host waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    /// The window opens.
    Window {
        /// Which.
        window: WindowId,
        /// When.
        opens: Time,
    },
    /// So many hosts of the ring before are well, and it has soaked.
    Ring {
        /// The ring before.
        ring: u16,
        /// So many must be well.
        wanted: u32,
        /// Of so many.
        hosts: u32,
        /// Then it runs for so long.
        soak_minutes: u32,
    },
    /// No host of the wave before is worked on any more.
    Wave {
        /// The wave before.
        wave: u16,
        /// It has so many hosts.
        hosts: u32,
    },
    /// One of the places is free.
    Place {
        /// So many hosts at once.
        at_once_max: u32,
        /// So many of its wave stand before it in the plan.
        before: u32,
    },
}

/// A service that is dark while the host is out, by itself: other hosts of its wave may make more dark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dark {
    /// Which.
    pub service: ServiceId,
    /// Beds of it.
    pub beds: u32,
    /// The units of those beds.
    pub units: Vec<UnitId>,
    /// What stands in.
    pub fallback: Option<ServiceId>,
}

/// Explains a host; `None` when the plan does not have it. `now` is for what the checker says of windows.
pub fn explain(plan: &Plan, topology: &Topology, host: &AssetTag, now: Time) -> Option<Explanation> {
    let item = plan.item(host)?;
    let ring = plan.ring(item.ring);
    let window = ring.and_then(|ring| plan.window_of(ring)).cloned();
    let waves = plan.items.iter().filter(|other| other.ring == item.ring).map(|other| other.wave).max();
    let about = [
        Some(host.to_string()),
        Some(format!("ring {}", item.ring)),
        window.as_ref().map(|window| window.id.to_string()),
    ];
    let concerns = |finding: &PlanFinding| about.iter().flatten().any(|about| *finding.about == **about);
    let slot = |slot: &Slot| Times {
        begins: (slot.p50.begins, slot.p90.begins),
        dark: (slot.p50.dark, slot.p90.dark),
        ends: (slot.p50.ends, slot.p90.ends),
    };
    Some(Explanation {
        host: host.clone(),
        ring: (item.ring, u16::try_from(plan.rings.len()).unwrap_or(u16::MAX)),
        wave: (item.wave, waves.unwrap_or(item.wave)),
        here: here(plan, topology, item),
        waits: waits(plan, item, window.as_ref()),
        window,
        dark: dark(plan, topology, item),
        declared: timetable(plan).slot(host).map(slot),
        findings: check(plan, topology, now).into_iter().filter(concerns).collect(),
    })
}

fn spare(service: &Service) -> usize {
    service.redundancy.carriers.len().saturating_sub(usize::from(service.redundancy.needed))
}

/// One reason for each earlier wave of its ring.
fn here(plan: &Plan, topology: &Topology, item: &Item) -> Vec<Here> {
    let earlier: BTreeSet<u16> = plan
        .items
        .iter()
        .filter(|other| other.ring == item.ring && other.wave < item.wave)
        .map(|other| other.wave)
        .collect();
    if earlier.is_empty() {
        return vec![Here::FirstWave];
    }
    // What nobody notices takes no carrier from anything.
    let noticed = plan.is_disruptive(item);
    let reason = |wave: u16| {
        let hosts: Vec<&AssetTag> = plan
            .items
            .iter()
            .filter(|other| other.ring == item.ring && other.wave == wave && plan.is_disruptive(other))
            .map(|other| &other.host)
            .collect();
        let own = topology.carried_by(&item.host).filter(|_| noticed);
        own.into_iter()
            .find_map(|service| in_the_way(topology, service, wave, &hosts))
            .unwrap_or(Here::Chosen { wave })
    };
    earlier.into_iter().map(reason).collect()
}

/// What keeps a carrier of a service out of a wave with these hosts.
fn in_the_way(topology: &Topology, service: &Service, wave: u16, hosts: &[&AssetTag]) -> Option<Here> {
    let carriers = |service: &Service| {
        let of = hosts.iter().copied().filter(|host| service.redundancy.carriers.contains(host));
        of.cloned().collect::<Vec<AssetTag>>()
    };
    let out = carriers(service);
    // A service without a spare goes dark anyway: then it has the wave to itself.
    if !out.is_empty() && out.len() + 1 > spare(service).max(1) {
        return Some(Here::Spare {
            wave,
            service: service.id.clone(),
            spare: u32::try_from(spare(service)).unwrap_or(u32::MAX),
            count: u32::try_from(out.len()).unwrap_or(u32::MAX),
            hosts: out.into_iter().take(HOSTS_NAMED_MAX).collect(),
        });
    }
    let related = |other: &&Service| {
        other.fallback.as_ref() == Some(&service.id) || service.fallback.as_ref() == Some(&other.id)
    };
    let other = topology.services.iter().filter(related).find(|other| !carriers(other).is_empty())?;
    Some(Here::StandsIn { wave, service: service.id.clone(), other: other.id.clone() })
}

fn waits(plan: &Plan, item: &Item, window: Option<&Window>) -> Vec<WaitsFor> {
    let count = |hosts: usize| u32::try_from(hosts).unwrap_or(u32::MAX);
    let in_wave =
        |wave: u16| plan.items.iter().filter(move |other| other.ring == item.ring && other.wave == wave);
    let mut out: Vec<WaitsFor> = window
        .map(|window| WaitsFor::Window { window: window.id.clone(), opens: window.not_before })
        .into_iter()
        .collect();
    if let Some((number, ring)) =
        item.ring.checked_sub(1).and_then(|number| Some((number, plan.ring(number)?)))
    {
        out.push(WaitsFor::Ring {
            ring: number,
            wanted: ring.success_min,
            hosts: count(plan.items.iter().filter(|other| other.ring == number).count()),
            soak_minutes: ring.soak_minutes,
        });
    }
    let earlier = plan.items.iter().filter(|other| other.ring == item.ring && other.wave < item.wave);
    if let Some(wave) = earlier.map(|other| other.wave).max() {
        out.push(WaitsFor::Wave { wave, hosts: count(in_wave(wave).count()) });
    }
    let before = in_wave(item.wave).take_while(|other| other.host != item.host).count();
    if let Some(ring) = plan.ring(item.ring)
        && count(before) >= ring.at_once_max.max(1)
    {
        out.push(WaitsFor::Place { at_once_max: ring.at_once_max, before: count(before) });
    }
    out
}

fn dark(plan: &Plan, topology: &Topology, item: &Item) -> Vec<Dark> {
    if !plan.is_disruptive(item) {
        return Vec::new();
    }
    let alone = topology.carried_by(&item.host).filter(|service| spare(service) == 0);
    let dark = |service: &Service| Dark {
        service: service.id.clone(),
        beds: u32::try_from(service.beds.len()).unwrap_or(u32::MAX),
        units: topology.units_of(service).into_iter().collect(),
        fallback: service.fallback.clone(),
    };
    alone.map(dark).collect()
}
