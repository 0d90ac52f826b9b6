//! What a plan means before it has begun, put together for pages: the timetable from past nights or declared minutes, and from it
//! which beds of which unit lose what and when (R07, R09–R12). Worked out in `planning` and `care`; here only brought together.

use std::collections::{BTreeMap, BTreeSet};

use care::{HostDark, UnitDark, dark_time};
use model::ids::{BedId, UnitId};
use model::plan::{Item, Plan};
use model::{AssetTag, Time, Topology};
use planning::forecast::{Basis, Campaign, Known, Times};
use planning::timetable::{RingTimes, Slot, Span, Timetable, timetable};

use super::past::Past;
use crate::words::Words;

/// On what the times of a plan stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stands {
    /// On the minutes that are declared for its patches.
    #[default]
    Declared,
    /// On past nights: so many of its hosts have history of their own kind of patch, of so many.
    Past { known: u64, all: u64, records: u64, nights: u64 },
}

/// Timetable and dark times, and on what they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forecast {
    pub(crate) timetable: Timetable,
    pub(crate) dark: Vec<UnitDark>,
    pub(crate) stands: Stands,
    /// On what the times of each host stand, where it is not on declared minutes alone.
    pub(crate) bases: BTreeMap<AssetTag, Basis>,
}

/// The forecast of a plan from declared minutes.
pub(crate) fn declared(plan: &Plan, topology: &Topology) -> Forecast {
    of(timetable(plan), topology)
}

/// The forecast of a plan: from past nights where any of its hosts has history of its own kind of patch, else from declared minutes.
pub(crate) fn forecast(plan: &Plan, topology: &Topology, past: Option<&Past>) -> Forecast {
    let Some(past) = past.filter(|past| past.known_hosts() > 0) else { return declared(plan, topology) };
    let hosts = &past.campaign.hosts;
    Forecast {
        stands: Stands::Past {
            known: past.known_hosts(),
            all: hosts.len() as u64,
            records: past.records,
            nights: past.nights,
        },
        bases: hosts.iter().map(|host| (host.host.clone(), host.basis)).collect(),
        ..of(replayed(plan, &past.campaign), topology)
    }
}

fn of(timetable: Timetable, topology: &Topology) -> Forecast {
    let hosts: Vec<HostDark> = timetable
        .slots
        .iter()
        .map(|slot| HostDark {
            host: slot.host.clone(),
            from: slot.p50.dark,
            to_p50: slot.p50.ends,
            to_p90: slot.p90.ends,
        })
        .collect();
    let dark = dark_time(&hosts, topology);
    Forecast { timetable, dark, stands: Stands::Declared, bases: BTreeMap::new() }
}

/// A campaign as a timetable: each time by itself, half of the replays no later and nine of ten. A host that no replay began has none.
fn replayed(plan: &Plan, campaign: &Campaign) -> Timetable {
    let items: BTreeMap<&AssetTag, &Item> = plan.items.iter().map(|item| (&item.host, item)).collect();
    let slots = campaign.hosts.iter().filter_map(|host| {
        let (begins, dark, ends) = (host.begins?, host.dark?, host.ends?);
        let item = items.get(&host.host)?;
        let span = |of: fn(&Times) -> Time| Span { begins: of(&begins), dark: of(&dark), ends: of(&ends) };
        let (p50, p90) = (span(|times| times.p50), span(|times| times.p90));
        Some(Slot { host: host.host.clone(), ring: item.ring, wave: item.wave, p50, p90 })
    });
    let rings = campaign.rings.iter().filter_map(|risk| {
        let (begins, ends) = (risk.begins?, risk.ends?);
        let soak = i64::from(plan.ring(risk.ring)?.soak_minutes) * 60;
        Some(RingTimes {
            ring: risk.ring,
            begins: (begins.p50, begins.p90),
            ends: (ends.p50, ends.p90),
            soaked: (ends.p50.plus_seconds(soak), ends.p90.plus_seconds(soak)),
        })
    });
    Timetable { slots: slots.collect(), rings: rings.collect() }
}

impl Stands {
    /// For people.
    pub(crate) fn says(&self, w: Words) -> String {
        let number = |count: &u64| w.number(*count);
        match self {
            Stands::Declared => w.plan_stands_declared().to_owned(),
            Stands::Past { known, all, records, nights } => {
                w.plan_stands_past(&number(known), &number(all), &number(records), &number(nights))
            }
        }
    }
}

/// On what the times of a host stand, for people.
pub(crate) fn basis(w: Words, basis: Option<&Basis>) -> String {
    let Some(basis) = basis else { return w.plan_basis_declared().to_owned() };
    let what = match basis.known {
        Known::Nothing => return w.plan_basis_declared().to_owned(),
        Known::Others => w.plan_basis_others(),
        Known::Model => w.plan_basis_model(),
        Known::Family => w.plan_basis_family(),
        Known::FamilyOnModel => w.plan_basis_family_on_model(),
        Known::Site => w.plan_basis_site(),
        Known::Device => w.plan_basis_device(),
    };
    w.plan_basis_of(u64::from(basis.records), what)
}

impl Forecast {
    /// From the first work to the last at P90; `None` for a plan without hosts.
    pub(crate) fn range(&self) -> Option<(Time, Time)> {
        let from = self.timetable.rings.iter().map(|ring| ring.begins.0).min()?;
        Some((from, self.timetable.ends()?.1))
    }

    /// The dark times of a unit.
    pub(crate) fn of<'a>(&'a self, unit: &'a UnitId) -> impl Iterator<Item = &'a UnitDark> {
        self.dark.iter().filter(move |dark| dark.unit == *unit)
    }

    /// The first and the last moment at which a unit has a dark bed: from, P50, P90.
    pub(crate) fn whole(&self, unit: &UnitId) -> Option<(Time, Time, Time)> {
        let from = self.of(unit).map(|dark| dark.from).min()?;
        let p50 = self.of(unit).map(|dark| dark.to_p50).max()?;
        let p90 = self.of(unit).map(|dark| dark.to_p90).max()?;
        Some((from, p50, p90))
    }

    /// The beds of a unit that go dark at any time, each once.
    pub(crate) fn beds(&self, unit: &UnitId) -> Vec<BedId> {
        let beds: BTreeSet<&BedId> = self.of(unit).flat_map(|dark| &dark.beds).collect();
        beds.into_iter().cloned().collect()
    }
}

/// Beds as people say them: runs of numbers are drawn together, `5-01 to 5-06, 5-09`.
pub(crate) fn beds_text(beds: &[BedId]) -> String {
    let split = |bed: &BedId| {
        let text = bed.as_str().to_owned();
        let at = text.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
        let number = text.get(at..).and_then(|digits| digits.parse::<u64>().ok());
        (text.get(..at).unwrap_or("").to_owned(), number, text)
    };
    let mut parts: Vec<String> = Vec::new();
    let mut run: Option<(String, u64, String, String)> = None;
    let close = |run: Option<(String, u64, String, String)>, parts: &mut Vec<String>| {
        if let Some((_, _, first, last)) = run {
            parts.push(if first == last { first } else { format!("{first}–{last}") });
        }
    };
    for bed in beds {
        let (stem, number, text) = split(bed);
        run = match (run, number) {
            (Some((of, last, first, _)), Some(number)) if of == stem && number == last + 1 => {
                Some((stem, number, first, text))
            }
            (before, Some(number)) => {
                close(before, &mut parts);
                Some((stem, number, text.clone(), text))
            }
            (before, None) => {
                close(before, &mut parts);
                parts.push(text);
                None
            }
        };
    }
    close(run, &mut parts);
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beds_that_follow_one_another_are_said_as_a_run() {
        let beds =
            |names: &[&str]| -> Vec<BedId> { names.iter().map(|name| BedId::new(name).unwrap()).collect() };
        let text = |names: &[&str]| beds_text(&beds(names));
        assert_eq!(text(&["5-01", "5-02", "5-03", "5-05"]), "5-01–5-03, 5-05");
        assert_eq!(text(&["5-09", "6-01", "6-02"]), "5-09, 6-01–6-02");
        assert_eq!(text(&["window", "5-01"]), "window, 5-01");
        assert_eq!(text(&[]), "");
    }
}
