//! What a plan means before it has begun, put together for pages: the timetable from past nights or declared minutes, and from it
//! which beds of which unit lose what and when (R07, R09–R12). Worked out in `planning` and `care`; here only brought together.

use std::collections::{BTreeMap, BTreeSet};

use care::{HostDark, UnitDark, dark_time};
use model::ids::{BedId, UnitId};
use model::plan::{Item, Plan};
use model::{AssetTag, Time, Topology};
use planning::forecast::{Basis, Campaign, HostForecast, Known, Times};
use planning::timetable::{RingTimes, Slot, Span, Timetable, timetable};

use super::past::Past;
use crate::words::Words;

/// On what the times of a plan stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stands {
    /// On the minutes that are declared for its patches; past nights were not asked.
    #[default]
    Declared,
    /// On the declared minutes, because no past night of its kind of patch is known.
    NothingKnown,
    /// On past nights: so many of its hosts have history of their own kind of patch, of so many. `seldom` hosts are begun in fewer than
    /// half of the replays, and stand on declared minutes for that.
    Past { known: u64, all: u64, records: u64, nights: u64, seldom: u64 },
}

/// On what the times of one host stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HostStands {
    pub(crate) basis: Basis,
    /// In so many replays it was begun, of so many.
    pub(crate) begun: u32,
    pub(crate) replays: u32,
}

/// Timetable and dark times, and on what they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forecast {
    pub(crate) timetable: Timetable,
    pub(crate) dark: Vec<UnitDark>,
    pub(crate) stands: Stands,
    /// On what the times of each host stand, where past nights were asked.
    pub(crate) bases: BTreeMap<AssetTag, HostStands>,
    /// Units with a bed that goes dark in any replay.
    perhaps_dark: BTreeSet<UnitId>,
}

/// The forecast of a plan from declared minutes.
pub(crate) fn declared(plan: &Plan, topology: &Topology) -> Forecast {
    let timetable = timetable(plan);
    Forecast { dark: dark_of(timetable.slots.iter(), topology), timetable, ..Forecast::default() }
}

/// The forecast of a plan: from past nights where any of its hosts has history of its own kind of patch, else from declared minutes.
pub(crate) fn forecast(plan: &Plan, topology: &Topology, past: Option<&Past>) -> Forecast {
    let declared = declared(plan, topology);
    let Some(past) = past else { return declared };
    if past.known_hosts() == 0 {
        return Forecast { stands: Stands::NothingKnown, ..declared };
    }
    let hosts = &past.campaign.hosts;
    let replays = past.campaign.replays;
    let stands = Stands::Past {
        known: past.known_hosts(),
        all: hosts.len() as u64,
        records: past.records,
        nights: past.nights,
        seldom: hosts.iter().filter(|host| is_seldom(host.begun, replays)).count() as u64,
    };
    let bases = hosts
        .iter()
        .map(|host| (host.host.clone(), HostStands { basis: host.basis, begun: host.begun, replays }));
    Forecast { stands, bases: bases.collect(), ..replayed(plan, &past.campaign, topology, declared) }
}

/// Half of the replays say nothing of what fewer of them reach.
fn is_seldom(begun: u32, replays: u32) -> bool {
    u64::from(begun) * 2 < u64::from(replays)
}

/// What the work on these hosts darkens.
fn dark_of<'a>(slots: impl Iterator<Item = &'a Slot>, topology: &Topology) -> Vec<UnitDark> {
    let host = |slot: &Slot| HostDark {
        host: slot.host.clone(),
        from: slot.p50.dark,
        to_p50: slot.p50.ends,
        to_p90: slot.p90.ends,
    };
    dark_time(&slots.map(host).collect::<Vec<_>>(), topology)
}

/// A campaign as timetable and dark times: each time by itself, half of the replays no later and nine of ten. What hardly any replay
/// reaches is told as declared: a night that goes better than most of them darkens it all the same. So is what work on hosts darkens in
/// a unit by declared minutes alone.
fn replayed(plan: &Plan, campaign: &Campaign, topology: &Topology, declared: Forecast) -> Forecast {
    let items: BTreeMap<&AssetTag, &Item> = plan.items.iter().map(|item| (&item.host, item)).collect();
    let as_declared: BTreeMap<&AssetTag, &Slot> =
        declared.timetable.slots.iter().map(|slot| (&slot.host, slot)).collect();
    let slot = |host: &HostForecast| {
        let item = items.get(&host.host)?;
        let (begins, dark, ends) = (host.begins?, host.dark?, host.ends?);
        let span = |of: fn(&Times) -> Time| Span { begins: of(&begins), dark: of(&dark), ends: of(&ends) };
        let (p50, p90) = (span(|times| times.p50), span(|times| times.p90));
        Some(Slot { host: host.host.clone(), ring: item.ring, wave: item.wave, p50, p90 })
    };
    let slots: Vec<Slot> = campaign
        .hosts
        .iter()
        .filter_map(|host| {
            let known = if is_seldom(host.begun, campaign.replays) { None } else { slot(host) };
            known.or_else(|| as_declared.get(&host.host).map(|slot| (*slot).clone()))
        })
        .collect();
    let ring = |as_declared: &RingTimes| {
        let risk = campaign.rings.iter().find(|risk| risk.ring == as_declared.ring)?;
        if is_seldom(campaign.replays.saturating_sub(risk.not_opened), campaign.replays) {
            return None;
        }
        let (begins, ends) = (risk.begins?, risk.ends?);
        // No sooner than the last host of it, which may stand on declared minutes.
        let mine = slots.iter().filter(|slot| slot.ring == risk.ring);
        let (p50, p90) = mine
            .fold((ends.p50, ends.p90), |(p50, p90), slot| (p50.max(slot.p50.ends), p90.max(slot.p90.ends)));
        let soak = i64::from(plan.ring(risk.ring)?.soak_minutes) * 60;
        Some(RingTimes {
            ring: risk.ring,
            begins: (begins.p50, begins.p90),
            ends: (p50, p90),
            soaked: (p50.plus_seconds(soak), p90.plus_seconds(soak)),
        })
    };
    let rings = declared.timetable.rings.iter().map(|known| ring(known).unwrap_or(*known)).collect();
    let mut dark = dark_of(slots.iter(), topology);
    let told: BTreeSet<(UnitId, AssetTag)> = dark
        .iter()
        .flat_map(|dark| dark.hosts.iter().map(|host| (dark.unit.clone(), host.clone())))
        .collect();
    let untold =
        |dark: &UnitDark| !dark.hosts.iter().any(|host| told.contains(&(dark.unit.clone(), host.clone())));
    dark.extend(declared.dark.into_iter().filter(untold));
    dark.sort_by(|a, b| (&a.unit, a.from, &a.service).cmp(&(&b.unit, b.from, &b.service)));
    let perhaps_dark = campaign.units.iter().map(|unit| unit.unit.clone()).collect();
    Forecast { timetable: Timetable { slots, rings }, dark, perhaps_dark, ..Forecast::default() }
}

impl Stands {
    /// For people.
    pub(crate) fn says(&self, w: Words) -> String {
        let number = |count: &u64| w.number(*count);
        match self {
            Stands::Declared => w.plan_stands_plan().to_owned(),
            Stands::NothingKnown => w.plan_stands_declared().to_owned(),
            Stands::Past { known, all, records, nights, seldom } => {
                let says =
                    w.plan_stands_past(&number(known), &number(all), &number(records), &number(nights));
                if *seldom > 0 { format!("{says} {}", w.plan_stands_seldom(*seldom)) } else { says }
            }
        }
    }
}

/// On what the times of a host stand, for people.
pub(crate) fn basis(w: Words, stands: Option<&HostStands>) -> String {
    let Some(HostStands { basis, begun, replays }) = stands else {
        return w.plan_basis_declared().to_owned();
    };
    let what = match basis.known {
        Known::Nothing => None,
        Known::Others => Some(w.plan_basis_others()),
        Known::Model => Some(w.plan_basis_model()),
        Known::Family => Some(w.plan_basis_family()),
        Known::FamilyOnModel => Some(w.plan_basis_family_on_model()),
        Known::Site => Some(w.plan_basis_site()),
        Known::Device => Some(w.plan_basis_device()),
    };
    let records = u64::from(basis.records);
    let says = what.map_or_else(|| w.plan_basis_declared().to_owned(), |what| w.plan_basis_of(records, what));
    let (part, whole) = (w.number(u64::from(*begun)), w.number(u64::from(*replays)));
    if is_seldom(*begun, *replays) {
        w.plan_begun_seldom(&part, &whole)
    } else if begun < replays {
        format!("{says}; {}", w.plan_begun_in(&part, &whole))
    } else {
        says
    }
}

impl Forecast {
    /// From the first work to the last at P90; `None` for a plan without hosts.
    pub(crate) fn range(&self) -> Option<(Time, Time)> {
        let from = self.timetable.rings.iter().map(|ring| ring.begins.0).min()?;
        Some((from, self.timetable.ends()?.1))
    }

    /// The word for the closest history of a host's times, and its records: none where they are as declared.
    pub(crate) fn history(&self, host: &AssetTag) -> (&'static str, u32) {
        let known = self.bases.get(host).filter(|known| !is_seldom(known.begun, known.replays));
        known.map_or((Known::Nothing.word(), 0), |known| (known.basis.known.word(), known.basis.records))
    }

    /// The dark times of a unit.
    pub(crate) fn of<'a>(&'a self, unit: &'a UnitId) -> impl Iterator<Item = &'a UnitDark> {
        self.dark.iter().filter(move |dark| dark.unit == *unit)
    }

    /// What the work on these hosts alone darkens.
    pub(crate) fn dark_by(&self, hosts: &BTreeSet<&AssetTag>, topology: &Topology) -> Vec<UnitDark> {
        dark_of(self.timetable.slots.iter().filter(|slot| hosts.contains(&slot.host)), topology)
    }

    /// Does any replay darken a bed of a unit?
    pub(crate) fn darkens_perhaps(&self, unit: &UnitId) -> bool {
        self.perhaps_dark.contains(unit)
    }

    /// Can the work on these hosts, all in one window, darken a bed of a unit, and does some replay darken one?
    pub(crate) fn may_darken(&self, unit: &UnitId, hosts: &BTreeSet<&AssetTag>, topology: &Topology) -> bool {
        self.darkens_perhaps(unit)
            && topology.services.iter().any(|service| {
                let carriers = &service.redundancy.carriers;
                let out = carriers.iter().filter(|carrier| hosts.contains(carrier)).count();
                let spare = carriers.len().saturating_sub(usize::from(service.redundancy.needed));
                out > spare && service.beds.iter().any(|bed| topology.beds.get(bed) == Some(unit))
            })
    }

    /// The first and the last moment at which a unit has a dark bed: from, P50, P90.
    pub(crate) fn whole(&self, unit: &UnitId) -> Option<(Time, Time, Time)> {
        let from = self.of(unit).map(|dark| dark.from).min()?;
        let p50 = self.of(unit).map(|dark| dark.to_p50).max()?;
        let p90 = self.of(unit).map(|dark| dark.to_p90).max()?;
        Some((from, p50, p90))
    }

    /// The stretches in which a unit has a dark bed, one after another: from, P50, P90. What follows without a pause is one.
    pub(crate) fn stretches(&self, unit: &UnitId) -> Vec<(Time, Time, Time)> {
        let mut all: Vec<_> = self.of(unit).map(|dark| (dark.from, dark.to_p50, dark.to_p90)).collect();
        all.sort_unstable();
        let mut out: Vec<(Time, Time, Time)> = Vec::new();
        for (from, p50, p90) in all {
            match out.last_mut().filter(|last| from <= last.1) {
                Some(last) => (last.1, last.2) = (last.1.max(p50), last.2.max(p90)),
                None => out.push((from, p50, p90)),
            }
        }
        out
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
    use model::ids::ServiceId;
    use model::service::{Redundancy, Service, ServiceKind};

    use super::*;

    #[test]
    fn a_night_on_one_of_two_stations_that_stand_in_for_each_other_darkens_no_bed_and_on_both_it_may() {
        let (unit, bed) = (UnitId::new("WARD-5").unwrap(), BedId::new("5-01").unwrap());
        let tags = ["CMS-5-A", "CMS-5-B"].map(|tag| AssetTag::new(tag).unwrap());
        let topology = Topology {
            beds: [(bed.clone(), unit.clone())].into(),
            services: vec![Service {
                id: ServiceId::new("cm-5").unwrap(),
                kind: ServiceKind::CentralMonitoring,
                name: "Central monitoring".into(),
                beds: vec![bed],
                redundancy: Redundancy { carriers: tags.to_vec(), needed: 1 },
                fallback: None,
            }],
            ..Topology::default()
        };
        let (one, both): (BTreeSet<_>, BTreeSet<_>) = (tags.iter().take(1).collect(), tags.iter().collect());
        let some = Forecast { perhaps_dark: [unit.clone()].into(), ..Forecast::default() };
        assert!(some.may_darken(&unit, &both, &topology) && !some.may_darken(&unit, &one, &topology));
        assert!(!Forecast::default().may_darken(&unit, &both, &topology), "no replay does");
    }

    #[test]
    fn dark_times_of_beds_that_overlap_are_one_stretch_for_the_ward() {
        let unit = UnitId::new("WARD-5").unwrap();
        let at = |minute: i64| Time(minute * 60_000_000);
        let dark = |from, to_p50, to_p90| UnitDark {
            unit: unit.clone(),
            service: ServiceId::new("bedside MON-1").unwrap(),
            from: at(from),
            to_p50: at(to_p50),
            to_p90: at(to_p90),
            beds: Vec::new(),
            hosts: Vec::new(),
            fallback: None,
        };
        let dark = vec![dark(0, 10, 40), dark(5, 20, 25), dark(20, 30, 35), dark(31, 40, 60)];
        let forecast = Forecast { dark, ..Forecast::default() };
        assert_eq!(forecast.stretches(&unit), [(at(0), at(30), at(40)), (at(31), at(40), at(60))]);
    }

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
