//! The plans of a night: which patches, on which hosts, in which rings and windows.

use model::ids::{AccountId, PatchId, PlanId, WindowId};
use model::patch::{DeclaredMinutes, Minutes, PackageVersion, Patch, RestartNeed};
use model::place::CareUnit;
use model::plan::{Cover, Hands, Item, LocalOffset, Owner, Plan, ProofPolicy, Ring, Window};
use model::{AssetTag, Time};

use super::{EVIDENCE_AGE_MAX_SECONDS, Evening, id, local, offset_seconds};
use crate::rng::Rng;

/// From so many hosts on, waves are laid out as people would lay them out: otherwise services and what stands in for them would
/// stand in one wave, and no checker would let the plan pass.
const LARGE_MIN_HOSTS: usize = 100;

fn patches() -> Vec<Patch> {
    let minutes = |p50, p90| Minutes { p50, p90 };
    let patch = |name: &str, restart, restart_minutes| Patch {
        id: id!(PatchId, "{name}"),
        title: format!("Patch of {name}").into(),
        packages: vec![PackageVersion { package: name.into(), version: "2.0".into() }],
        restart,
        size_bytes: 1_000_000,
        declared: DeclaredMinutes {
            install: minutes(3, 8),
            restart: restart_minutes,
            back_out: minutes(5, 10),
        },
        can_roll_back: true,
        closes: Vec::new(),
        must_still_work: Vec::new(),
        steps: Vec::new(),
        terms: Default::default(),
    };
    vec![
        patch("fonts", RestartNeed::None, minutes(0, 0)),
        patch("relay", RestartNeed::Services(vec!["relay".into()]), minutes(1, 2)),
        patch("base", RestartNeed::Host, minutes(4, 9)),
    ]
}

/// Offsets of local time from two days before to a week after.
pub(crate) fn offsets(evening: Evening) -> Vec<LocalOffset> {
    let offset = |from: Time| LocalOffset { from, seconds: offset_seconds(from) };
    let begins = local(evening, -48, 0);
    let mut list = vec![offset(begins)];
    for hour in 1..(9 * 24) {
        let next = offset(begins.plus_seconds(hour * 3_600));
        if list.last().is_some_and(|last| last.seconds != next.seconds) {
            list.push(next);
        }
    }
    list
}

/// What may differ from plan to plan.
struct Wish {
    name: &'static str,
    /// Hours after midnight at which its two windows open.
    opens: (i64, i64),
    soak_minutes: u32,
    at_once: u32,
    proof: ProofPolicy,
}

/// One plan for every host, or two at the same time, each for every other host: they share services.
pub(super) fn plans(
    tags: &[AssetTag],
    places: &hospital::places::Description,
    evening: Evening,
    trouble: bool,
    rng: &mut Rng,
) -> Vec<Plan> {
    let two = trouble && tags.len() >= 4 && rng.chance(400);
    let parts: Vec<(&'static str, Vec<AssetTag>)> = if two {
        let part = |first: usize| tags.iter().skip(first).step_by(2).cloned().collect();
        vec![("night", part(0)), ("other-night", part(1))]
    } else {
        vec![("night", tags.to_vec())]
    };
    let mut make = |(name, tags): (&'static str, Vec<AssetTag>)| {
        let wish = wish(name, tags.len(), evening, trouble, rng);
        plan(&tags, &places.units, evening, &wish, rng)
    };
    parts.into_iter().map(&mut make).collect()
}

fn wish(name: &'static str, hosts: usize, evening: Evening, trouble: bool, rng: &mut Rng) -> Wish {
    let a_part = if hosts < LARGE_MIN_HOSTS { hosts / 10 } else { hosts / 5 };
    let at_once = u32::try_from(a_part).unwrap_or(0).max(1) + u32::try_from(rng.below(3)).unwrap_or(0);
    let (mut opens, mut soak_minutes) = ((20, 22), 45);
    let (mut quiet_minutes, mut morning_minute) = (120, Some(390));
    if trouble {
        opens = *rng.pick(&[(20, 22), (20, 22), (21, 21), (19, 21)]).unwrap_or(&opens);
        soak_minutes = *rng.pick(&[0, 45, 45, 120]).unwrap_or(&soak_minutes);
        // Most hospitals wait for the morning; some for the quiet period alone, which must then hold alone.
        (quiet_minutes, morning_minute) = *rng
            .pick(&[(120, Some(390)), (120, Some(390)), (30, Some(390)), (180, None)])
            .unwrap_or(&(120, Some(390)));
    }
    let proof = ProofPolicy {
        quiet_minutes,
        morning_minute,
        offsets: offsets(evening),
        evidence_age_max_seconds: EVIDENCE_AGE_MAX_SECONDS,
        stalled_after_tenths: 20,
        hand_proof_days: None,
    };
    Wish { name, opens, soak_minutes, at_once, proof }
}

/// In a large hospital at most one carrier of a service is in a wave, and never one beside what stands in for it: every third part
/// of the hosts carries each service once, and the service of each other number stands in for its neighbour.
fn large_wave(ix: usize, hosts: usize) -> u16 {
    let groups = super::wards::groups(hosts);
    let (turn, group) = (ix / groups, ix % groups);
    u16::try_from(1 + 2 * turn + group % 2).unwrap_or(u16::MAX)
}

fn plan(tags: &[AssetTag], units: &[CareUnit], evening: Evening, wish: &Wish, rng: &mut Rng) -> Plan {
    let window = |name: &str, from: i64, to: i64| Window {
        id: id!(WindowId, "{name}"),
        not_before: local(evening, from, 0),
        latest_start: local(evening, to - 1, 0),
        not_after: local(evening, to, 0),
    };
    let first = (tags.len() / 4).max(1);
    let ring = |title: &str, window: &str, count: usize, soak_minutes: u32| Ring {
        title: title.into(),
        window: id!(WindowId, "{window}"),
        success_min: u32::try_from(count).unwrap_or(1).div_ceil(2).max(1),
        failures_stop: u32::try_from(count / 2).unwrap_or(0).max(1),
        soak_minutes,
        at_once_max: wish.at_once,
    };
    let item = |(ix, tag): (usize, &AssetTag)| {
        let names = ["fonts", "relay", "base"];
        let mut patches: Vec<PatchId> =
            names.into_iter().filter(|_| rng.chance(600)).map(|name| id!(PatchId, "{name}")).collect();
        if patches.is_empty() {
            patches.push(id!(PatchId, "base"));
        }
        let wave = match ix.checked_sub(first) {
            _ if tags.len() >= LARGE_MIN_HOSTS => large_wave(ix, tags.len()),
            None => 1,
            Some(place) => 1 + u16::try_from(place % 2).unwrap_or(0),
        };
        Item {
            host: tag.clone(),
            patches,
            ring: if ix < first { 1 } else { 2 },
            wave,
            by: Hands::Agent,
            owner: Owner::It,
        }
    };
    let items: Vec<Item> = tags.iter().enumerate().map(item).collect();
    let rest = tags.len() - first;
    let mut rings = vec![ring("first", "early", first, wish.soak_minutes)];
    let mut windows = vec![window("early", wish.opens.0, 24)];
    if rest > 0 {
        rings.push(ring("rest", "late", rest, 0));
        windows.push(window("late", wish.opens.1, 29));
    }
    Plan {
        id: id!(PlanId, "{}", wish.name),
        title: "The night".into(),
        parent: None,
        requester: id!(AccountId, "requester"),
        patches: patches(),
        windows,
        rings,
        items,
        cover: units
            .iter()
            // A large plan would not pass the checker without staff for every unit that it can darken.
            .take(if tags.len() < LARGE_MIN_HOSTS { 1 } else { units.len() })
            .map(|unit| Cover { unit: unit.id.clone(), people: 1, task: "sit with the patients".into() })
            .collect(),
        proof: wish.proof.clone(),
        contingency: "Go back to 1.0 and call the on-call engineer".into(),
        premises: Default::default(),
        resources: Default::default(),
    }
}
