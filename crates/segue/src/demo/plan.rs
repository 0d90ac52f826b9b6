//! The plan of the demonstration's night, as somebody would write it, and the function tests that go with it.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use model::Time;
use model::patch::{DeclaredMinutes, Minutes, PackageVersion, Patch, RestartNeed};
use model::plan::{Cover, Hands, Item, LocalOffset, Owner, Plan, ProofPolicy, Ring, Window};
use model::probe::{Probe, ProbeKind};

use super::hosts::{CAST, FEED, LIBRARY, LIBRARY_NEW, STATION, STATION_NEW, WARD};
use super::id;
use super::people::REQUESTER;

/// Names the plan.
pub(crate) const PLAN: &str = "demo-night";
/// Evidence may be so old; hosts are looked at every five minutes.
const EVIDENCE_AGE_MAX_SECONDS: u32 = 900;
/// Local time's offsets are worked out for so long.
const OFFSETS_FOR_DAYS: i64 = 60;
const DAY_SECONDS: i64 = 86_400;

/// When the demonstration begins: ten minutes before the first window, on the evening of the day that `today` falls on.
pub(crate) fn begins(today: Time, zone: &TimeZone) -> Time {
    evening(today, 21, 50, zone)
}

/// A local time on the evening of the day that `day` falls on.
fn evening(day: Time, hour: i8, minute: i8, zone: &TimeZone) -> Time {
    let stamp = Timestamp::from_microsecond(day.0).unwrap_or_default();
    let date = stamp.to_zoned(zone.clone()).date();
    let local = civil::DateTime::from_parts(date, civil::Time::constant(hour, minute, 0, 0));
    // No clock is put forward or back at that hour, in the hospital's zone or any other that is in use.
    let at = zone.to_ambiguous_zoned(local).compatible().map(|at| at.timestamp().as_microsecond());
    Time(at.unwrap_or(day.0))
}

/// The plan for the evening of the day that `at` falls on.
pub(super) fn plan(at: Time, zone: &TimeZone) -> Plan {
    let window = |name: &str, hour: i8, minute: i8| {
        let not_before = evening(at, hour, minute, zone);
        Window {
            id: id(name),
            not_before,
            latest_start: not_before.plus_seconds(4 * 3_600),
            not_after: not_before.plus_seconds(5 * 3_600 + 1_800),
        }
    };
    let hosts_of = |ring: u16| {
        let count = CAST.iter().filter(|cast| cast.ring == ring).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    let ring = |number: u16, title: &str, window: &str, soak_minutes: u32, failures_stop: u32| Ring {
        title: title.into(),
        window: id(window),
        success_min: hosts_of(number),
        failures_stop,
        soak_minutes,
        at_once_max: 2,
    };
    Plan {
        id: id(PLAN),
        title: "Central stations and servers, November".into(),
        parent: None,
        requester: id(REQUESTER),
        patches: vec![library(), station()],
        windows: vec![window("first", 22, 0), window("stations", 22, 15), window("others", 23, 0)],
        rings: vec![
            ring(1, "Servers without beds", "first", 15, 1),
            // One station with trouble in the morning does not undo the others.
            ring(2, "Emergency, and one station of each pair", "stations", 20, 2),
            ring(3, "The other stations", "others", 0, 1),
        ],
        items: CAST.iter().map(item).collect(),
        cover: vec![Cover {
            unit: id(WARD),
            people: 2,
            task: "stay in the bays: bedside alarms only".into(),
        }],
        proof: proof(at, zone),
        contingency: "Go back to the version before; call clinical engineering, 0980-319 250".into(),
        premises: Default::default(),
        resources: Default::default(),
    }
}

fn item(cast: &super::hosts::Cast) -> Item {
    let mut patches = vec![id("libssl-3.0.17")];
    if cast.is_station {
        patches.push(id("vaktcentral-7.7"));
    }
    let owner = if cast.is_station { Owner::ClinicalEngineering } else { Owner::It };
    Item { host: id(cast.tag), patches, ring: cast.ring, wave: cast.wave, by: Hands::Agent, owner }
}

fn library() -> Patch {
    Patch {
        id: id("libssl-3.0.17"),
        title: "OpenSSL 3.0.17".into(),
        packages: vec![PackageVersion { package: LIBRARY.into(), version: LIBRARY_NEW.into() }],
        restart: RestartNeed::Services(vec![FEED.into()]),
        size_bytes: 2 << 20,
        declared: DeclaredMinutes {
            install: Minutes { p50: 2, p90: 4 },
            restart: Minutes { p50: 1, p90: 2 },
            back_out: Minutes { p50: 2, p90: 4 },
        },
        can_roll_back: true,
        closes: Vec::new(),
        must_still_work: Vec::new(),
        steps: Vec::new(),
        terms: Default::default(),
    }
}

fn station() -> Patch {
    Patch {
        id: id("vaktcentral-7.7"),
        title: "Vaktcentral 7.7.0".into(),
        packages: vec![PackageVersion { package: STATION.into(), version: STATION_NEW.into() }],
        restart: RestartNeed::Host,
        size_bytes: 180 << 20,
        declared: DeclaredMinutes {
            install: Minutes { p50: 4, p90: 7 },
            restart: Minutes { p50: 7, p90: 11 },
            back_out: Minutes { p50: 8, p90: 13 },
        },
        can_roll_back: true,
        closes: Vec::new(),
        must_still_work: Vec::new(),
        steps: Vec::new(),
        terms: Default::default(),
    }
}

fn proof(at: Time, zone: &TimeZone) -> ProofPolicy {
    let begin = at.plus_seconds(-2 * DAY_SECONDS);
    let stamp = |time: Time| Timestamp::from_microsecond(time.0).unwrap_or_default();
    let end = stamp(at.plus_seconds(OFFSETS_FOR_DAYS * DAY_SECONDS));
    let mut offsets = vec![LocalOffset { from: begin, seconds: zone.to_offset(stamp(begin)).seconds() }];
    for transition in zone.following(stamp(begin)).take_while(|transition| transition.timestamp() < end) {
        let from = Time(transition.timestamp().as_microsecond());
        offsets.push(LocalOffset { from, seconds: transition.offset().seconds() });
    }
    ProofPolicy {
        quiet_minutes: 120,
        morning_minute: Some(390),
        offsets,
        evidence_age_max_seconds: EVIDENCE_AGE_MAX_SECONDS,
        stalled_after_tenths: 20,
        hand_proof_days: None,
    }
}

/// One function test for each station: does its central monitoring answer?
pub(super) fn probes(state: &hospital::State) -> Vec<Probe> {
    let carried = |cast: &super::hosts::Cast| {
        let service = state.places().services_of(cast.tag).next()?;
        Some(Probe {
            id: id(&format!("answers-{}", cast.tag)),
            service: service.id.clone(),
            host: id(cast.tag),
            tries: ProbeKind::Tcp { address: "127.0.0.1".into(), port: 4_300 },
            timeout_seconds: 10,
        })
    };
    CAST.iter().filter_map(carried).collect()
}
