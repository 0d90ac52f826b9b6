//! What a night cost: minutes for which patients under telemetry were watched by nobody, from the times at which hosts were really
//! out of service.

use std::collections::{BTreeMap, BTreeSet};

use model::ids::{ServiceId, UnitId};
use model::service::Service;
use model::{AssetTag, Time};

use super::wards::{Hospital, Unit};

const HOUR_MICROSECONDS: i64 = 3_600_000_000;

/// Times at which a host was out of service.
pub(super) type Out = BTreeMap<usize, Vec<(Time, Time)>>;

/// Minutes times patients under telemetry of units for which a service was dark and nothing stood in. A patient counts once, however
/// many services are dark. `midnight` is the one before the night.
pub(super) fn unmonitored_patient_minutes(hospital: &Hospital, night: u32, midnight: Time, out: &Out) -> f64 {
    let mut instants: BTreeSet<Time> = out.values().flatten().flat_map(|(from, to)| [*from, *to]).collect();
    if let (Some(first), Some(last)) = (instants.first().copied(), instants.last().copied()) {
        let hours =
            (first.0 - midnight.0).div_euclid(HOUR_MICROSECONDS)..=(last.0 - midnight.0) / HOUR_MICROSECONDS;
        let hours = hours.map(|hour| Time(midnight.0 + hour * HOUR_MICROSECONDS));
        instants.extend(hours.filter(|at| (first..last).contains(at)).collect::<Vec<_>>());
    }
    let sight = Sight::of(hospital);
    let mut sum = 0.0;
    for (from, to) in instants.iter().zip(instants.iter().skip(1)) {
        let is_out =
            |host: &usize| out.get(host).is_some_and(|out| out.iter().any(|(a, b)| a <= from && from < b));
        let hour = (from.0 - midnight.0).div_euclid(HOUR_MICROSECONDS);
        let patients: u64 =
            sight.blind(&is_out).into_iter().map(|unit| hospital.census(unit, night, hour)).sum();
        sum += patients as f64 * (to.0 - from.0) as f64 / 60e6;
    }
    sum
}

/// Who sees whom.
struct Sight<'a> {
    hospital: &'a Hospital,
    services: BTreeMap<&'a ServiceId, (&'a Service, Vec<usize>)>,
    units: BTreeMap<&'a ServiceId, BTreeSet<&'a UnitId>>,
}

impl<'a> Sight<'a> {
    fn of(hospital: &'a Hospital) -> Sight<'a> {
        let number = |tag: &AssetTag| hospital.stations.iter().position(|station| station.tag == *tag);
        let of_bed: BTreeMap<_, _> = hospital.places.beds.iter().map(|bed| (&bed.id, &bed.unit)).collect();
        let services = hospital.places.services.iter();
        Sight {
            hospital,
            services: services
                .clone()
                .map(|service| {
                    let carriers = service.redundancy.carriers.iter().filter_map(number).collect();
                    (&service.id, (service, carriers))
                })
                .collect(),
            units: services
                .map(|service| {
                    (&service.id, service.beds.iter().filter_map(|bed| of_bed.get(bed).copied()).collect())
                })
                .collect(),
        }
    }

    fn is_dark(&self, service: &ServiceId, is_out: &impl Fn(&usize) -> bool) -> bool {
        let Some((service, carriers)) = self.services.get(service) else { return false };
        let up = carriers.iter().filter(|host| !is_out(host)).count();
        up < usize::from(service.redundancy.needed)
    }

    /// Units for which a service is dark and what stands in for it, if anything does, is dark as well.
    fn blind(&self, is_out: &impl Fn(&usize) -> bool) -> Vec<&'a Unit> {
        let mut blind: BTreeSet<&UnitId> = BTreeSet::new();
        for (id, (service, _)) in &self.services {
            let covered = service.fallback.as_ref().is_some_and(|other| !self.is_dark(other, is_out));
            if self.is_dark(id, is_out) && !covered {
                blind.extend(self.units.get(id).into_iter().flatten().copied());
            }
        }
        self.hospital.units.iter().filter(|unit| blind.contains(&unit.id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ids::BedId;

    const MINUTE: i64 = 60_000_000;

    fn at(minute: i64) -> Time {
        Time(minute * MINUTE)
    }

    /// Two units of ten beds, every bed taken: the first has a pair, the second one station for which the first stands in.
    fn hospital() -> Hospital {
        let mut hospital = Hospital::of_seed(1);
        hospital.units.truncate(2);
        hospital.places.services.truncate(2);
        hospital.places.beds.clear();
        let tags: Vec<AssetTag> =
            hospital.stations.iter().take(3).map(|station| station.tag.clone()).collect();
        hospital.stations.truncate(3);
        for (number, unit) in hospital.units.iter_mut().enumerate() {
            unit.beds = 10;
            // More than full, so that no quiet day empties a bed.
            unit.percent_by_hour = [200; 24];
            let bed = BedId::new(&format!("{number}")).unwrap();
            hospital.places.beds.push(model::place::Bed {
                id: bed.clone(),
                unit: unit.id.clone(),
                telemetry: true,
            });
            hospital.places.services[number].beds = vec![bed];
        }
        let first = hospital.places.services[0].id.clone();
        hospital.places.services[0].redundancy.carriers = tags[..2].to_vec();
        hospital.places.services[0].redundancy.needed = 1;
        hospital.places.services[0].fallback = None;
        hospital.places.services[1].redundancy.carriers = tags[2..].to_vec();
        hospital.places.services[1].redundancy.needed = 1;
        hospital.places.services[1].fallback = Some(first);
        hospital
    }

    fn cost(out: &[(usize, i64, i64)]) -> f64 {
        let mut all = Out::new();
        for (host, from, to) in out {
            all.entry(*host).or_default().push((at(*from), at(*to)));
        }
        unmonitored_patient_minutes(&hospital(), 1, Time(0), &all)
    }

    #[test]
    fn stations_that_take_turns_and_one_that_a_neighbour_stands_in_for_cost_nobody_anything() {
        assert_eq!(cost(&[(0, 10, 20), (1, 20, 30), (2, 40, 50)]), 0.0);
    }

    #[test]
    fn a_pair_that_is_out_together_costs_its_patients_the_minutes_in_common() {
        assert_eq!(cost(&[(0, 10, 20), (1, 15, 30)]), 50.0);
    }

    #[test]
    fn a_station_and_the_pair_that_stands_in_for_it_cost_the_patients_of_both_units() {
        assert_eq!(cost(&[(0, 10, 20), (1, 10, 20), (2, 15, 25)]), 150.0);
    }

    #[test]
    fn over_the_hour_the_same_patients_are_counted_once() {
        assert_eq!(cost(&[(0, 50, 70), (1, 50, 70)]), 200.0);
    }
}
