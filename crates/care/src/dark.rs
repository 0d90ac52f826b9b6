//! Dark time by unit (R07, R11, R12): hosts restart at planned times, services lose more carriers than they can spare, beds lose
//! the service.

use std::collections::{BTreeMap, BTreeSet};

use model::ids::{BedId, ServiceId, UnitId};
use model::service::Service;
use model::{AssetTag, Time, Topology};

/// A planned restart of a host, or a device out of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostDark {
    /// The host.
    pub host: AssetTag,
    /// From then on, at the median.
    pub from: Time,
    /// Back at the median.
    pub to_p50: Time,
    /// Back at the 90th percentile, everything before it included.
    pub to_p90: Time,
}

/// A time during which some beds of a unit lose a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitDark {
    /// The unit.
    pub unit: UnitId,
    /// The service that they lose.
    pub service: ServiceId,
    /// From then on, at the median.
    pub from: Time,
    /// Back at the median.
    pub to_p50: Time,
    /// At the latest, at the 90th percentile.
    pub to_p90: Time,
    /// The beds, sorted.
    pub beds: Vec<BedId>,
    /// The hosts whose work it is, sorted.
    pub hosts: Vec<AssetTag>,
    /// The service that stands in meanwhile; `None` where nothing does.
    pub fallback: Option<ServiceId>,
}

/// Every dark time of every unit, sorted by unit, then time, then service. A service is dark while more of its carriers are out than
/// it can spare.
pub fn dark_time(hosts: &[HostDark], topology: &Topology) -> Vec<UnitDark> {
    let mut by_host: BTreeMap<&AssetTag, Vec<&HostDark>> = BTreeMap::new();
    for dark in hosts.iter().filter(|dark| dark.from < dark.to_p50) {
        by_host.entry(&dark.host).or_default().push(dark);
    }
    let mut out = Vec::new();
    for service in &topology.services {
        for span in spans(service, &by_host) {
            let mut beds: BTreeMap<&UnitId, Vec<BedId>> = BTreeMap::new();
            for bed in &service.beds {
                if let Some(unit) = topology.beds.get(bed) {
                    beds.entry(unit).or_default().push(bed.clone());
                }
            }
            for (unit, mut beds) in beds {
                beds.sort_unstable();
                out.push(UnitDark {
                    unit: unit.clone(),
                    service: service.id.clone(),
                    from: span.from,
                    to_p50: span.to_p50,
                    to_p90: span.to_p90,
                    beds,
                    hosts: span.hosts.iter().map(|host| (*host).clone()).collect(),
                    fallback: service.fallback.clone(),
                });
            }
        }
    }
    out.sort_by(|a, b| (&a.unit, a.from, &a.service).cmp(&(&b.unit, b.from, &b.service)));
    out
}

struct DarkSpan<'a> {
    from: Time,
    to_p50: Time,
    to_p90: Time,
    hosts: BTreeSet<&'a AssetTag>,
}

/// The times during which more carriers are out than the service can spare, at the median; each ends at the latest when the last of
/// its hosts is back at the 90th percentile.
fn spans<'a>(service: &Service, by_host: &BTreeMap<&AssetTag, Vec<&'a HostDark>>) -> Vec<DarkSpan<'a>> {
    let spare = service.redundancy.carriers.len().saturating_sub(usize::from(service.redundancy.needed));
    let carriers: BTreeSet<&AssetTag> = service.redundancy.carriers.iter().collect();
    let out: Vec<&HostDark> =
        carriers.into_iter().filter_map(|host| by_host.get(host)).flatten().copied().collect();
    let mut instants: Vec<Time> = out.iter().flat_map(|dark| [dark.from, dark.to_p50]).collect();
    instants.sort_unstable();
    instants.dedup();
    let mut spans: Vec<DarkSpan<'a>> = Vec::new();
    for (at, next) in instants.iter().zip(instants.iter().skip(1)) {
        let now: Vec<&HostDark> =
            out.iter().copied().filter(|dark| dark.from <= *at && *at < dark.to_p50).collect();
        if now.len() <= spare {
            continue;
        }
        let latest = now.iter().map(|dark| dark.to_p90).max().unwrap_or(*next).max(*next);
        let names = now.iter().map(|dark| &dark.host);
        match spans.last_mut().filter(|span| span.to_p50 == *at) {
            Some(span) => {
                span.to_p50 = *next;
                span.to_p90 = span.to_p90.max(latest);
                span.hosts.extend(names);
            }
            None => {
                spans.push(DarkSpan { from: *at, to_p50: *next, to_p90: latest, hosts: names.collect() });
            }
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::service::{Redundancy, ServiceKind};

    const MINUTE: i64 = 60_000_000;

    fn tag(name: &str) -> AssetTag {
        AssetTag::new(name).unwrap()
    }

    fn ward(needed: u16) -> Topology {
        let bed = |name: &str| BedId::new(name).unwrap();
        let service = Service {
            id: ServiceId::new("cm-5").unwrap(),
            kind: ServiceKind::CentralMonitoring,
            name: "Central monitoring, ward 5".into(),
            beds: vec![bed("5-02"), bed("5-01"), bed("6-01")],
            redundancy: Redundancy { carriers: vec![tag("CMS-A"), tag("CMS-B")], needed },
            fallback: None,
        };
        let unit = |name: &str| UnitId::new(name).unwrap();
        let beds = [("5-01", "ward-5"), ("5-02", "ward-5"), ("6-01", "ward-6")];
        let beds = beds.into_iter().map(|(one, of)| (bed(one), unit(of))).collect();
        Topology { services: vec![service], beds, ..Topology::default() }
    }

    fn dark(host: &str, from: i64, to_p50: i64, to_p90: i64) -> HostDark {
        let at = |minute: i64| Time(minute * MINUTE);
        HostDark { host: tag(host), from: at(from), to_p50: at(to_p50), to_p90: at(to_p90) }
    }

    #[test]
    fn a_ward_whose_only_station_restarts_is_dark_from_the_restart_until_it_answers() {
        let times = dark_time(&[dark("CMS-A", 10, 20, 25)], &ward(2));
        let five = times.iter().find(|dark| dark.unit.as_str() == "ward-5").unwrap();
        assert_eq!(
            (five.from, five.to_p50, five.to_p90),
            (Time(10 * MINUTE), Time(20 * MINUTE), Time(25 * MINUTE))
        );
        assert_eq!(five.beds.iter().map(BedId::as_str).collect::<Vec<_>>(), ["5-01", "5-02"]);
        assert_eq!(times.len(), 2, "ward 6 has a bed on the same service");
    }

    #[test]
    fn stations_that_stand_in_for_each_other_leave_nobody_in_the_dark_when_they_take_turns() {
        assert_eq!(dark_time(&[dark("CMS-A", 10, 20, 40), dark("CMS-B", 20, 30, 50)], &ward(1)), []);
    }

    #[test]
    fn stations_that_restart_together_darken_the_ward_while_both_are_out() {
        let times = dark_time(&[dark("CMS-A", 10, 20, 24), dark("CMS-B", 15, 30, 33)], &ward(1));
        let five = times.first().unwrap();
        assert_eq!(
            (five.from, five.to_p50, five.to_p90),
            (Time(15 * MINUTE), Time(20 * MINUTE), Time(33 * MINUTE))
        );
        assert_eq!(five.hosts, [tag("CMS-A"), tag("CMS-B")]);
    }

    #[test]
    fn work_without_a_restart_darkens_nobody() {
        assert_eq!(dark_time(&[dark("CMS-A", 10, 10, 10)], &ward(2)), []);
    }
}
