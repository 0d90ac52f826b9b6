//! The invented hospital in which nights are planned: units with patients under telemetry, stations that show them, and the servers
//! that find their alarms. Some stations come in pairs, some alone, some with a neighbour that stands in.

use model::AssetTag;
use model::host::SignalSource;
use model::ids::{BedId, BuildingId, ProbeId, ServiceId, SiteId, UnitId};
use model::place::{Bed, Building, CareUnit, Site};
use model::probe::{Probe, ProbeKind};
use model::service::{Redundancy, Service, ServiceKind};

use super::law::Law;
use crate::machine::{Nature, Twist};
use crate::rng::Rng;
use crate::scenario::{HostSpec, ZONE, id};

/// What must restart after a package was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// The host.
    Host,
    /// One of its services.
    Services,
    /// Nothing.
    Nothing,
}

/// A package that is patched again and again: a patch family.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Package {
    /// Its name.
    pub(super) name: &'static str,
    /// What must restart.
    pub(super) needs: Needs,
    /// Declared minutes of installing, median and 90th percentile.
    pub(super) install: (u32, u32),
    /// Declared minutes of restarting.
    pub(super) restart: (u32, u32),
    /// Of a thousand restarts after it, so many arm another one; nobody is told.
    pub(super) arms_per_mille: u64,
}

const fn package(
    name: &'static str,
    needs: Needs,
    install: (u32, u32),
    restart: (u32, u32),
    arms_per_mille: u64,
) -> Package {
    Package { name, needs, install, restart, arms_per_mille }
}

/// Everything that is ever patched.
pub(super) const PACKAGES: [Package; 6] = [
    package("station", Needs::Host, (6, 11), (5, 9), 50),
    package("kernel", Needs::Host, (4, 8), (4, 8), 30),
    package("display", Needs::Host, (3, 6), (4, 8), 10),
    package("runtime", Needs::Host, (8, 14), (5, 9), 80),
    package("relay", Needs::Services, (2, 4), (1, 2), 0),
    package("fonts", Needs::Nothing, (2, 4), (0, 0), 0),
];

/// Device models of stations; servers are of one more.
const STATION_MODELS: [&str; 3] = ["Station A", "Station B", "Station C"];
const SERVER_MODEL: &str = "Server";

/// A host.
#[derive(Clone, Debug)]
pub(super) struct Station {
    /// Its label.
    pub(super) tag: AssetTag,
    /// What it is.
    pub(super) model: &'static str,
}

/// A unit with patients under telemetry.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    /// Its name.
    pub(super) id: UnitId,
    /// Its beds.
    pub(super) beds: usize,
    /// Of a hundred beds, so many have a patient under telemetry in each hour of the day.
    pub(super) percent_by_hour: [u64; 24],
}

/// The hospital.
#[derive(Clone, Debug)]
pub(super) struct Hospital {
    /// Its seed.
    pub(super) seed: u64,
    /// Its units.
    pub(super) units: Vec<Unit>,
    /// Its hosts.
    pub(super) stations: Vec<Station>,
    /// Places and services, as they are described to Segue.
    pub(super) places: hospital::places::Description,
    /// How long things take there. Nobody who plans may ask.
    pub(super) law: Law,
}

impl Hospital {
    /// The hospital of a seed: six to nine units.
    pub(super) fn of_seed(seed: u64) -> Hospital {
        let root = Rng::from_seed(seed).split("planned nights");
        let mut rng = root.split("hospital");
        let count = rng.between(6, 9);
        let mut making = Making::new();
        for number in 0..count {
            making.unit(number, &mut rng);
        }
        making.alarms();
        let Making { units, stations, places } = making;
        Hospital { seed, units, stations, places, law: Law::of(&root) }
    }

    /// Patients under telemetry in a unit in an hour of a night's day, counted from the midnight before the night.
    pub(super) fn census(&self, unit: &Unit, night: u32, hour: i64) -> u64 {
        let percent =
            usize::try_from(hour.rem_euclid(24)).ok().and_then(|hour| unit.percent_by_hour.get(hour));
        let mut rng = self.law.dice(&format!("census {}", unit.id), night);
        // A busy day is up to a sixth fuller, a quiet one as much emptier.
        let busy = u64::try_from(rng.between(83, 117)).unwrap_or(100);
        let beds = unit.beds as u64;
        (beds * percent.copied().unwrap_or(0) * busy / 10_000).min(beds)
    }

    /// The host with its machine, as a night finds it.
    pub(super) fn host(&self, station: &Station, night: u32) -> HostSpec {
        let version: Box<str> = format!("{night}").into();
        let nature = |package: &Package| Nature {
            host: package.needs == Needs::Host,
            services: if package.needs == Needs::Services { vec![package.name.into()] } else { Vec::new() },
            twist: Twist::Honest,
            shows_in: (package.needs == Needs::Host).then_some(SignalSource::RebootRequired),
        };
        HostSpec {
            tag: station.tag.clone(),
            model: station.model.into(),
            packages: PACKAGES.iter().map(|package| (package.name.into(), version.clone())).collect(),
            natures: PACKAGES.iter().map(|package| (package.name.into(), nature(package))).collect(),
            skew_ms: 0,
            pace: None,
        }
    }
}

struct Making {
    units: Vec<Unit>,
    stations: Vec<Station>,
    places: hospital::places::Description,
}

impl Making {
    fn new() -> Making {
        let site = Site { id: id!(SiteId, "site"), name: "Invented hospital".into(), time_zone: ZONE.into() };
        let building = Building { id: id!(BuildingId, "A"), site: site.id.clone(), name: "A".into() };
        Making {
            units: Vec::new(),
            stations: Vec::new(),
            places: hospital::places::Description {
                sites: vec![site],
                buildings: vec![building],
                ..Default::default()
            },
        }
    }

    /// A unit with its beds, its stations and what shows its patients.
    fn unit(&mut self, number: i64, rng: &mut Rng) {
        let unit = id!(UnitId, "U{number}");
        let beds = rng.between(6, 16);
        let model = *rng.pick(&STATION_MODELS).unwrap_or(&STATION_MODELS[0]);
        // Pairs are usual; three of which two are needed; one alone that a neighbour's station stands in for; one quite alone.
        let (stations, needed, stands_in) = match rng.below(100) {
            0..45 => (2, 1, false),
            45..60 => (3, 2, false),
            60..85 => (1, 1, number > 0),
            _ => (1, 1, false),
        };
        let is_emergency = rng.chance(200);
        self.places.units.push(CareUnit {
            id: unit.clone(),
            building: id!(BuildingId, "A"),
            name: format!("Unit {number}").into(),
            phone: None,
        });
        let own: Vec<BedId> = (0..beds).map(|bed| id!(BedId, "U{number}-{bed}")).collect();
        let bed = |bed: &BedId| Bed { id: bed.clone(), unit: unit.clone(), telemetry: true };
        self.places.beds.extend(own.iter().map(bed));
        let carriers: Vec<AssetTag> = (0..stations).map(|of| id!(AssetTag, "CS-{number}-{of}")).collect();
        self.stations.extend(carriers.iter().map(|tag| Station { tag: tag.clone(), model }));
        let fallback = stands_in.then(|| id!(ServiceId, "shows-U{}", number - 1));
        self.serve(
            id!(ServiceId, "shows-U{number}"),
            ServiceKind::CentralMonitoring,
            own,
            carriers,
            needed,
            fallback,
        );
        self.units.push(Unit {
            id: unit,
            beds: usize::try_from(beds).unwrap_or(0),
            percent_by_hour: percent(is_emergency),
        });
    }

    /// Two servers find the alarms of everybody; one is enough.
    fn alarms(&mut self) {
        let carriers: Vec<AssetTag> = (0..2).map(|of| id!(AssetTag, "SRV-{of}")).collect();
        self.stations.extend(carriers.iter().map(|tag| Station { tag: tag.clone(), model: SERVER_MODEL }));
        let beds = self.places.beds.iter().map(|bed| bed.id.clone()).collect();
        self.serve(id!(ServiceId, "alarms"), ServiceKind::AlarmDetection, beds, carriers, 1, None);
    }

    fn serve(
        &mut self,
        service: ServiceId,
        kind: ServiceKind,
        beds: Vec<BedId>,
        carriers: Vec<AssetTag>,
        needed: u16,
        fallback: Option<ServiceId>,
    ) {
        let probe = |host: &AssetTag| Probe {
            id: id!(ProbeId, "answers-{host}"),
            service: service.clone(),
            host: host.clone(),
            tries: ProbeKind::Tcp { address: "127.0.0.1".into(), port: 104 },
            timeout_seconds: 10,
        };
        self.places.probes.extend(carriers.iter().map(probe));
        let redundancy = Redundancy { carriers, needed };
        let name = format!("Service {service}").into();
        self.places.services.push(Service { id: service, kind, name, beds, redundancy, fallback });
    }
}

/// A ward hardly empties at night; an emergency department does, after midnight.
fn percent(is_emergency: bool) -> [u64; 24] {
    if is_emergency {
        [80, 70, 60, 50, 45, 40, 40, 45, 55, 65, 75, 80, 85, 85, 85, 90, 90, 95, 95, 95, 95, 90, 90, 85]
    } else {
        [85, 85, 84, 84, 83, 83, 83, 84, 85, 85, 82, 80, 80, 82, 84, 86, 88, 88, 88, 88, 88, 87, 86, 86]
    }
}
