//! What hangs on a host: the services that somebody described, and the bed at which it stands (R12, R15, R37).
//!
//! A bedside monitor is described by nobody as a service, and its bed goes dark with it all the same. So whatever asks which beds and
//! units a host touches asks here: plans, forecasts, checks, the planner of campaigns, wards. There is no second source.

use std::borrow::Cow;
use std::collections::BTreeSet;

use model::AssetTag;
use model::ids::{BedId, ServiceId, UnitId};
use model::place::Bed;
use model::service::{Redundancy, Service, ServiceKind};

use crate::State;
use crate::places::{BEDSIDE, Places};
use crate::register::DeviceView;

impl State {
    /// The bed at which a device stands: the register's room of it is a bed that is described.
    pub fn bed_of(&self, host: &str) -> Option<&Bed> {
        bed_of(self.places(), self.register().by_tag(host)?)
    }

    /// What a device does for the bed at which it stands, as a service with no spare and nothing that stands in for it. `None` where it
    /// stands at no bed, is retired, or carries a described service for that bed: then that says more.
    pub fn bedside(&self, host: &AssetTag) -> Option<Service> {
        self.bedside_beside(host, self.places().services_of(host.as_str()))
    }

    /// The same for whoever knows the described services of the host already.
    pub(crate) fn bedside_beside<'a>(
        &self,
        host: &AssetTag,
        mut described: impl Iterator<Item = &'a Service>,
    ) -> Option<Service> {
        let device = self.register().by_tag(host.as_str()).filter(|device| !device.is_retired())?;
        let bed = bed_of(self.places(), device)?;
        if described.any(|service| service.beds.contains(&bed.id)) {
            return None;
        }
        // A tag that is too long for the word before it stands by itself.
        let id = ServiceId::new(&format!("{BEDSIDE}{host}")).or_else(|_| ServiceId::new(host.as_str()));
        let name = format!("{} {host}", device.kind().unwrap_or(device.model()));
        Some(Service {
            id: id.ok()?,
            kind: ServiceKind::Other,
            name: name.trim().into(),
            beds: vec![bed.id.clone()],
            redundancy: Redundancy { carriers: vec![host.clone()], needed: 1 },
            fallback: None,
        })
    }

    /// Everything that hangs on a host: the services that it carries, and its own work at its bed.
    pub fn carried_by<'a>(&'a self, host: &'a AssetTag) -> impl Iterator<Item = Cow<'a, Service>> {
        let described = self.places().services_of(host.as_str()).map(Cow::Borrowed);
        described.chain(self.bedside(host).map(Cow::Owned))
    }

    /// The beds for which a host does something, its own included, with or without a spare.
    pub fn beds_of(&self, host: &AssetTag) -> BTreeSet<BedId> {
        self.carried_by(host).flat_map(|service| service.into_owned().beds).collect()
    }

    /// The beds that go dark when this host alone does not work.
    pub fn beds_dark_without(&self, host: &AssetTag) -> BTreeSet<BedId> {
        let alone = self.carried_by(host).filter(|service| service.needs_all());
        alone.flat_map(|service| service.into_owned().beds).collect()
    }

    /// The units that have a bed for which a host does something.
    pub fn units_of_host(&self, host: &AssetTag) -> BTreeSet<&UnitId> {
        let beds = &self.places().beds;
        self.beds_of(host).iter().filter_map(|bed| beds.get(bed)).map(|bed| &bed.unit).collect()
    }

    /// A service as people call it.
    pub fn service_name(&self, service: &ServiceId) -> String {
        if let Some(known) = self.places().services.get(service) {
            return known.name.to_string();
        }
        let tag = service.as_str().strip_prefix(BEDSIDE).unwrap_or(service.as_str());
        let own = AssetTag::new(tag).ok().and_then(|tag| self.bedside(&tag));
        own.map_or_else(|| service.to_string(), |own| own.name.into())
    }
}

fn bed_of<'a>(places: &'a Places, device: DeviceView<'_>) -> Option<&'a Bed> {
    places.beds.get(&BedId::new(device.room()?).ok()?)
}
