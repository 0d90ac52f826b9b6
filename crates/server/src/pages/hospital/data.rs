//! Sites, buildings, units, beds and the services carried for them, in plain data that the page, the file and the API
//! share.

use std::collections::{BTreeMap, HashMap};

use hospital::State;
use hospital::fleet::{exploited, standing, units};
use hospital::places::Places;
use model::ids::UnitId;
use model::place::CareUnit;
use model::service::{Service, ServiceKind};
use serde::Serialize;
use utoipa::ToSchema;

/// The hospital as described, with what is open on what carries its services.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Hospital {
    /// Sites.
    pub(crate) sites: Vec<SiteData>,
    /// Services for no particular bed, such as an image archive.
    pub(crate) everywhere: Vec<ServiceData>,
    /// Units that devices name and nobody has described.
    pub(crate) undescribed: Vec<UndescribedUnit>,
    /// Services described, in all.
    pub(crate) services_total: u64,
    /// Services that go dark when one carrier does.
    pub(crate) services_without_spare: u64,
    /// Services of which a carrier is open to an exploited vulnerability.
    pub(crate) services_exploited: u64,
}

/// A site.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SiteData {
    /// Short name.
    pub(crate) id: String,
    /// Name in full.
    pub(crate) name: String,
    /// Buildings.
    pub(crate) buildings: Vec<BuildingData>,
}

/// A building.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BuildingData {
    /// Short name.
    pub(crate) id: String,
    /// Name in full.
    pub(crate) name: String,
    /// Units.
    pub(crate) units: Vec<UnitData>,
}

/// A care unit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct UnitData {
    /// Short name.
    pub(crate) id: String,
    /// Name in full.
    pub(crate) name: String,
    /// Whom to call.
    pub(crate) phone: Option<String>,
    /// Devices of the register that name this unit.
    pub(crate) devices: u64,
    /// Beds.
    pub(crate) beds: Vec<BedData>,
    /// Services for these beds.
    pub(crate) services: Vec<ServiceData>,
}

/// A bed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BedData {
    /// Short name.
    pub(crate) id: String,
    /// Is telemetry used here?
    pub(crate) telemetry: bool,
    /// Ids of the services for it.
    pub(crate) services: Vec<String>,
    /// A carrier of one of these services is open to an exploited vulnerability.
    pub(crate) exploited: bool,
}

/// A service.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ServiceData {
    /// Short name.
    pub(crate) id: String,
    /// Name in full.
    pub(crate) name: String,
    /// What it does for care.
    #[schema(value_type = String)]
    pub(crate) kind: ServiceKind,
    /// Beds it serves, in all units.
    pub(crate) beds: u64,
    /// Beds it serves in the unit it is listed under.
    pub(crate) beds_here: u64,
    /// Units with a bed that it serves.
    pub(crate) units: Vec<String>,
    /// Carriers that must work.
    pub(crate) needed: u16,
    /// Carriers.
    pub(crate) carriers: Vec<CarrierData>,
    /// How many carriers may fail; 0 is no spare.
    pub(crate) spare: u64,
    /// What stands in when it is dark, then what stands in for that, as names.
    pub(crate) fallback: Vec<String>,
}

impl ServiceData {
    /// Is a carrier open to an exploited vulnerability?
    pub(crate) fn is_exploited(&self) -> bool {
        self.carriers.iter().any(|carrier| carrier.exploited > 0)
    }
}

/// A host that carries a service.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CarrierData {
    /// Asset tag.
    pub(crate) asset_tag: String,
    /// Is it in the register now?
    pub(crate) registered: bool,
    /// Does any advisory name it?
    pub(crate) named: bool,
    /// Open vulnerabilities.
    pub(crate) open: u64,
    /// Those of them that are known to be exploited.
    pub(crate) exploited: u64,
}

/// A unit that devices name and nobody has described; without a name for devices that name none.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct UndescribedUnit {
    /// As the register writes it.
    pub(crate) unit: String,
    /// Devices.
    pub(crate) devices: u64,
}

/// Copies the hospital out of the state.
pub(crate) fn hospital(state: &State) -> Hospital {
    let places = state.places();
    let exploited = exploited(state);
    let service = |one: &Service| service_data(state, one, &exploited);
    let all: BTreeMap<&str, ServiceData> =
        places.services.values().map(|one| (one.id.as_str(), service(one))).collect();
    let used = units(state);
    let devices: HashMap<&str, u64> = used.iter().copied().collect();
    let undescribed =
        used.iter().filter(|(unit, _)| !places.units.keys().any(|known| known.as_str() == *unit));
    let undescribed =
        undescribed.map(|(unit, devices)| UndescribedUnit { unit: (*unit).to_owned(), devices: *devices });
    let everywhere = all.values().filter(|service| service.units.is_empty()).cloned().collect();
    Hospital {
        sites: sites(places, &all, &devices),
        everywhere,
        undescribed: undescribed.collect(),
        services_total: all.len() as u64,
        services_without_spare: all.values().filter(|service| service.spare == 0).count() as u64,
        services_exploited: all.values().filter(|service| service.is_exploited()).count() as u64,
    }
}

fn sites(places: &Places, all: &BTreeMap<&str, ServiceData>, devices: &HashMap<&str, u64>) -> Vec<SiteData> {
    let beds = Beds::of(places, all);
    let building = |building: &model::place::Building| BuildingData {
        id: building.id.to_string(),
        name: building.name.to_string(),
        units: places
            .units
            .values()
            .filter(|unit| unit.building == building.id)
            .map(|unit| unit_data(unit, &beds, all, devices))
            .collect(),
    };
    let site = |site: &model::place::Site| SiteData {
        id: site.id.to_string(),
        name: site.name.to_string(),
        buildings: places.buildings.values().filter(|one| one.site == site.id).map(building).collect(),
    };
    places.sites.values().map(site).collect()
}

/// Beds by unit, and the services for each.
struct Beds<'a>(HashMap<&'a UnitId, Vec<BedData>>);

impl<'a> Beds<'a> {
    fn of(places: &'a Places, all: &BTreeMap<&str, ServiceData>) -> Beds<'a> {
        let mut served: HashMap<&str, Vec<&str>> = HashMap::new();
        for service in places.services.values() {
            for bed in &service.beds {
                served.entry(bed.as_str()).or_default().push(service.id.as_str());
            }
        }
        let mut beds: HashMap<&UnitId, Vec<BedData>> = HashMap::new();
        for bed in places.beds.values() {
            let services = served.get(bed.id.as_str()).map_or(&[][..], Vec::as_slice);
            let is_exploited = |id: &&str| all.get(*id).is_some_and(ServiceData::is_exploited);
            beds.entry(&bed.unit).or_default().push(BedData {
                id: bed.id.to_string(),
                telemetry: bed.telemetry,
                exploited: services.iter().any(is_exploited),
                services: services.iter().map(|id| (*id).to_owned()).collect(),
            });
        }
        Beds(beds)
    }
}

fn unit_data(
    unit: &CareUnit,
    beds: &Beds<'_>,
    all: &BTreeMap<&str, ServiceData>,
    devices: &HashMap<&str, u64>,
) -> UnitData {
    let beds = beds.0.get(&unit.id).cloned().unwrap_or_default();
    let here = all.values().filter(|service| service.units.iter().any(|id| id == unit.id.as_str()));
    let here = here.map(|service| {
        let in_unit = beds.iter().filter(|bed| bed.services.contains(&service.id)).count();
        ServiceData { beds_here: in_unit as u64, ..service.clone() }
    });
    UnitData {
        id: unit.id.to_string(),
        name: unit.name.to_string(),
        phone: unit.phone.as_deref().map(str::to_owned),
        devices: devices.get(unit.id.as_str()).copied().unwrap_or(0),
        services: here.collect(),
        beds,
    }
}

fn service_data(state: &State, service: &Service, exploited: &[bool]) -> ServiceData {
    let places = state.places();
    let carriers: Vec<CarrierData> =
        service.redundancy.carriers.iter().map(|tag| carrier(state, tag.as_str(), exploited)).collect();
    let mut fallback = Vec::new();
    let mut next = service.fallback.as_ref().and_then(|id| places.services.get(id));
    // Chains are checked to end when they are described; the count only guards against a chain that is not.
    while let Some(one) = next.filter(|_| fallback.len() < places.services.len()) {
        fallback.push(one.name.to_string());
        next = one.fallback.as_ref().and_then(|id| places.services.get(id));
    }
    ServiceData {
        id: service.id.to_string(),
        name: service.name.to_string(),
        kind: service.kind,
        beds: service.beds.len() as u64,
        beds_here: 0,
        units: places.units_of(service).into_iter().map(|unit| unit.id.to_string()).collect(),
        needed: service.redundancy.needed,
        spare: (carriers.len() as u64).saturating_sub(u64::from(service.redundancy.needed)),
        carriers,
        fallback,
    }
}

fn carrier(state: &State, tag: &str, exploited: &[bool]) -> CarrierData {
    let device = state.register().by_tag(tag).filter(|device| !device.is_retired());
    let standing = device.map(|device| standing(state, device.ix(), exploited)).unwrap_or_default();
    CarrierData {
        asset_tag: tag.to_owned(),
        registered: device.is_some(),
        named: standing.counts.all() > 0,
        open: standing.counts.open(),
        exploited: standing.exploited,
    }
}
