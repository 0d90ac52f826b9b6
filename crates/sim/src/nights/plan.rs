//! How a night is planned: which hosts get what comes from the hospital, rings, waves and their order from Segue's own draft, and
//! what the checker says is heeded as people heed it. Nothing here knows how long anything will really take.

use model::ids::{AccountId, PatchId, PlanId, UnitId, WindowId};
use model::patch::{DeclaredMinutes, Minutes, PackageVersion, Patch, RestartNeed};
use model::plan::{Cover, Hands, Item, Owner, Plan, ProofPolicy, Window};
use model::{AssetTag, Time, Topology};
use planning::check::check;
use planning::draft::{Wishes, rings};

use super::wards::{Hospital, Needs, PACKAGES, Package};
use crate::rng::Rng;
use crate::scenario::{EVIDENCE_AGE_MAX_SECONDS, Evening, id, local, offsets};

/// The window of every night: from ten in the evening to five, and no host is begun after four.
pub(super) const OPENS_HOUR: i64 = 22;
/// Hours after the midnight before: its end.
pub(super) const CLOSES_HOUR: i64 = 29;
/// Hours after the midnight before: its latest start.
pub(super) const LATEST_START_HOUR: i64 = 28;
/// Most hosts worked on at once: so many are watched by the people who are there.
pub(super) const AT_ONCE_MAX: u32 = 4;
/// The first host must run well for so long.
const SOAK_MINUTES: u32 = 30;
/// Of a thousand hosts so many take part in a night.
const TAKES_PART_PER_MILLE: u64 = 750;
/// Of a thousand hosts of a night so many get each of its packages beyond the first.
const GETS_MORE_PER_MILLE: u64 = 500;

/// What is to be done in a night: each host, by its number in the hospital, with what it gets.
#[derive(Clone, Debug)]
pub(super) struct Task {
    /// The packages of the night.
    pub(super) packages: Vec<&'static Package>,
    /// Each host with its own.
    pub(super) hosts: Vec<(usize, Vec<&'static Package>)>,
}

/// What is to be done in a night.
pub(super) fn task(hospital: &Hospital, night: u32) -> Task {
    let mut rng = hospital.law.dice("task", night);
    let first = pick(&mut rng, |package| package.needs == Needs::Host);
    let mut packages: Vec<&'static Package> = first.into_iter().collect();
    for _ in 0..2 {
        let more = pick(&mut rng, |package| !packages.contains(package));
        packages.extend(more.filter(|_| rng.chance(600)));
    }
    let mut hosts = Vec::new();
    for host in 0..hospital.stations.len() {
        if !rng.chance(TAKES_PART_PER_MILLE) {
            continue;
        }
        let more = |(ix, _): &(usize, &&Package)| *ix == 0 || rng.chance(GETS_MORE_PER_MILLE);
        let own = packages.iter().enumerate().filter(more).map(|(_, package)| *package).collect();
        hosts.push((host, own));
    }
    if hosts.is_empty() {
        hosts.push((0, packages.clone()));
    }
    Task { packages, hosts }
}

fn pick(rng: &mut Rng, wanted: impl Fn(&&'static Package) -> bool) -> Option<&'static Package> {
    let fitting: Vec<&'static Package> = PACKAGES.iter().filter(wanted).collect();
    rng.pick(&fitting).copied()
}

/// What is declared of a package.
pub(super) fn patch(package: &Package, night: u32) -> Patch {
    let minutes = |(p50, p90)| Minutes { p50, p90 };
    Patch {
        id: id!(PatchId, "{}", package.name),
        title: format!("Patch of {}", package.name).into(),
        packages: vec![PackageVersion {
            package: package.name.into(),
            version: format!("{}", night + 1).into(),
        }],
        restart: match package.needs {
            Needs::Host => RestartNeed::Host,
            Needs::Services => RestartNeed::Services(vec![package.name.into()]),
            Needs::Nothing => RestartNeed::None,
        },
        size_bytes: 20_000_000,
        declared: DeclaredMinutes {
            install: minutes(package.install),
            restart: minutes(package.restart),
            back_out: minutes(package.install),
        },
        can_roll_back: true,
        closes: Vec::new(),
        must_still_work: Vec::new(),
        steps: Vec::new(),
        terms: Default::default(),
    }
}

/// The window of a night.
pub(super) fn window(evening: Evening) -> Window {
    Window {
        id: id!(WindowId, "night"),
        not_before: local(evening, OPENS_HOUR, 0),
        latest_start: local(evening, LATEST_START_HOUR, 0),
        not_after: local(evening, CLOSES_HOUR, 0),
    }
}

/// Drafts the plan of a night. Where the checker says that a host does not fit or that a unit needs people, the host is left for
/// another night, the people are named, and it is drafted again.
///
/// # Errors
/// The checker says something else: in its words.
pub(super) fn draft(
    hospital: &Hospital,
    night: u32,
    now: Time,
    surroundings: impl Fn(&Plan) -> Topology,
) -> Result<Plan, String> {
    let (task, evening) = (task(hospital, night), super::evening(night));
    let wishes = Wishes {
        first_window: id!(WindowId, "night"),
        rest_window: id!(WindowId, "night"),
        soak_minutes: SOAK_MINUTES,
        at_once_max: AT_ONCE_MAX,
    };
    let mut wanted = blank(hospital, night, evening, &task);
    loop {
        let topology = surroundings(&wanted);
        let plan = rings(wanted.clone(), &topology, &wishes);
        let blocks: Vec<_> = check(&plan, &topology, now).into_iter().filter(|found| found.blocks).collect();
        let Some(found) = blocks.first() else { return Ok(plan) };
        match &*found.rule {
            "cover-missing" => wanted.cover.push(Cover {
                unit: id!(UnitId, "{}", found.about),
                people: 1,
                task: "sit with the patients".into(),
            }),
            "begins-too-late" | "ends-too-late" => {
                let host = id!(AssetTag, "{}", found.about);
                wanted.items.retain(|item| item.host != host);
            }
            _ => return Err(found.says.to_string()),
        }
    }
}

/// The plan before it has rings.
fn blank(hospital: &Hospital, night: u32, evening: Evening, task: &Task) -> Plan {
    let item = |(host, packages): &(usize, Vec<&'static Package>)| {
        Some(Item {
            host: hospital.stations.get(*host)?.tag.clone(),
            patches: packages.iter().map(|package| id!(PatchId, "{}", package.name)).collect(),
            ring: 1,
            wave: 1,
            by: Hands::Agent,
            owner: Owner::ClinicalEngineering,
        })
    };
    Plan {
        id: id!(PlanId, "night-{night}"),
        title: format!("Night {night}").into(),
        parent: None,
        requester: id!(AccountId, "requester"),
        patches: task.packages.iter().map(|package| patch(package, night)).collect(),
        windows: vec![window(evening)],
        rings: Vec::new(),
        items: task.hosts.iter().filter_map(item).collect(),
        cover: Vec::new(),
        proof: ProofPolicy {
            quiet_minutes: 120,
            morning_minute: Some(390),
            offsets: offsets(evening),
            evidence_age_max_seconds: EVIDENCE_AGE_MAX_SECONDS,
            stalled_after_tenths: 20,
            hand_proof_days: None,
        },
        contingency: "Go back to the version before and call the on-call engineer".into(),
        premises: Default::default(),
        resources: Default::default(),
    }
}
