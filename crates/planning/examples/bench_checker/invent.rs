//! Small invented campaigns with every kind of rule, and changes to their plans. Small, so that rules meet often.

use model::ids::*;
use model::patch::{DeclaredMinutes, Minutes};
use model::{AssetTag, Time};
use planning::planner::answer::{Assignment, Because, Placed};
use planning::planner::campaign::*;

use crate::dice::Dice;

const SKILLS: [&str; 2] = ["clinical engineering", "it"];
const KINDS: [&str; 2] = ["monitor", "pump"];

fn unit_id(site: u32, unit: u32) -> UnitId {
    UnitId::new(&format!("unit {site}.{unit}")).expect("a name")
}

fn site_id(site: u32) -> SiteId {
    SiteId::new(&format!("site {site}")).expect("a name")
}

fn building_id(site: u32, building: u32) -> BuildingId {
    BuildingId::new(&format!("house {site}.{building}")).expect("a name")
}

fn tag(n: usize) -> AssetTag {
    AssetTag::new(&format!("D{n}")).expect("a name")
}

/// A campaign that holds together; `None` when the dice made one that does not (two windows of a site at once).
pub(crate) fn campaign(dice: &mut Dice) -> Option<SoundCampaign> {
    let sites = dice.between(1, 2);
    let windows = windows(dice, sites);
    let horizon_minute = 2_880;
    let count = dice.between(3, 8) as usize;
    let rings = dice.chance(40);
    let devices: Vec<Device> = (0..count).map(|n| device(dice, n, sites, rings)).collect();
    let minutes = |p90| Minutes { p50: p90 / 2, p90 };
    let patch = |dice: &mut Dice, n: u32| BundlePatch {
        patch: PatchId::new(&format!("P{n}")).expect("a name"),
        minutes: DeclaredMinutes {
            install: minutes(dice.between(1, 12)),
            restart: minutes(dice.between(0, 8)),
            back_out: minutes(dice.between(0, 8)),
        },
    };
    let bundles = (0..2_u32)
        .map(|b| Bundle {
            id: format!("B{b}").into(),
            patches: (0..=dice.between(0, 1)).map(|n| patch(dice, 10 * b + n)).collect(),
        })
        .collect();
    let units = (0..sites)
        .flat_map(|site| (0..2).map(move |unit| (site, unit)))
        .map(|(site, unit)| Unit {
            id: unit_id(site, unit),
            site: site_id(site),
            beds_dark_max: dice.between(0, 4),
            census: (0..24).map(|_| dice.between(0, 6)).collect(),
        })
        .collect();
    let buildings = (0..sites)
        .flat_map(|site| {
            (0..2).map(move |house| Building { id: building_id(site, house), site: site_id(site) })
        })
        .collect();
    let walks = (0..sites)
        .filter(|_| dice.chance(70))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|site| Walk {
            from: building_id(site, 0),
            to: building_id(site, 1),
            minutes: dice.between(0, 15),
        })
        .collect();
    let mut campaign = Campaign {
        title: "invented".into(),
        origin: Time(0),
        horizon_minute,
        now_minute: if dice.chance(30) { dice.between(0, 400) } else { 0 },
        bundles,
        units,
        buildings,
        walks,
        access: vec![Access {
            id: "nights".into(),
            only_within: spans(dice, 2),
            never_during: spans(dice, 1),
        }],
        services: Vec::new(),
        rings: if rings { ring_list(dice) } else { Vec::new() },
        visits: Vec::new(),
        loaners: Vec::new(),
        blackouts: Vec::new(),
        gates: Vec::new(),
        precedences: Vec::new(),
        conflicts: Vec::new(),
        agreed: Vec::new(),
        windows,
        devices,
        aims: Aim::usual(),
    };
    furnish(dice, &mut campaign, sites);
    SoundCampaign::new(campaign, "invented").ok()
}

fn spans(dice: &mut Dice, most: u32) -> Vec<Span> {
    (0..dice.between(0, most))
        .map(|_| {
            let from_minute = dice.between(0, 1_500);
            Span { from_minute, to_minute: from_minute + dice.between(1, 1_200) }
        })
        .collect()
}

fn windows(dice: &mut Dice, sites: u32) -> Vec<Window> {
    let mut windows = Vec::new();
    for site in 0..sites {
        let mut at = dice.between(0, 120);
        for n in 0..dice.between(2, 3) {
            let (length, id) = (dice.between(20, 90), format!("W{site}.{n}"));
            let latest = at + dice.between(0, length);
            windows.push(window(dice, &id, Some(site_id(site)), [at, latest, at + length]));
            at += length + dice.between(0, 300);
        }
    }
    if dice.chance(30) {
        windows.push(window(dice, "WALL", None, [1_600, 1_660, 1_690]));
    }
    windows
}

fn window(dice: &mut Dice, id: &str, site: Option<SiteId>, times: [u32; 3]) -> Window {
    let mut staff = Vec::new();
    for skill in SKILLS {
        if dice.chance(80) {
            staff.push(Staff {
                skill: skill.into(),
                people: dice.between(0, 2),
                person_minutes: dice.between(0, 120),
            });
        }
    }
    Window {
        id: WindowId::new(id).expect("a name"),
        site,
        not_before_minute: times[0],
        latest_start_minute: times[1],
        not_after_minute: times[2],
        overtime: dice.chance(50),
        at_once_max: dice.between(1, 3),
        staff,
    }
}

fn device(dice: &mut Dice, n: usize, sites: u32, rings: bool) -> Device {
    let site = dice.between(0, sites - 1);
    let hands = match dice.between(0, 3) {
        0 | 1 => Hands::Agent,
        2 => Hands::Staff { skill: SKILLS[dice.below(2)].into(), hands_on_minutes: dice.between(1, 25) },
        _ => Hands::Vendor { vendor: "Nordpuls".into(), hands_on_minutes: dice.between(1, 25) },
    };
    let side = match dice.between(0, 2) {
        0 => None,
        1 => Some(Side::A),
        _ => Some(Side::B),
    };
    Device {
        tag: tag(n),
        site: site_id(site),
        building: building_id(site, dice.between(0, 1)),
        unit: unit_id(site, dice.between(0, 1)),
        kind: KINDS[dice.below(2)].into(),
        bundle: format!("B{}", dice.between(0, 1)).into(),
        mandatory: dice.chance(70),
        due_minute: dice.chance(20).then(|| dice.between(100, 1_700)),
        risk_per_day: dice.between(0, 9),
        hands,
        ring: (rings && dice.chance(70)).then(|| dice.between(1, 2) as u16),
        side,
        access: dice.chance(25).then(|| "nights".into()),
        beds_watched: dice.between(0, 3),
        loaner: dice.chance(25),
    }
}

fn ring_list(dice: &mut Dice) -> Vec<Ring> {
    let ring = |dice: &mut Dice, bundle: &str, ring| Ring {
        bundle: bundle.into(),
        ring,
        soak_minutes: dice.between(0, 300),
        done_min: dice.between(0, 2),
    };
    vec![ring(dice, "B0", 1), ring(dice, "B0", 2), ring(dice, "B1", 1), ring(dice, "B1", 2)]
}

/// Services, visits, loaners, blackouts, gates, bonds and what was agreed.
fn furnish(dice: &mut Dice, campaign: &mut Campaign, sites: u32) {
    let count = campaign.devices.len();
    let some = |dice: &mut Dice, most: u32| {
        let mut tags: Vec<usize> = (0..count).collect();
        let wanted = (dice.between(1, most) as usize).min(count);
        (0..wanted).map(|_| tag(tags.swap_remove(dice.below(tags.len())))).collect::<Vec<_>>()
    };
    let services = dice.between(0, 3);
    for n in 0..services {
        let carriers = some(dice, 4);
        campaign.services.push(Service {
            id: ServiceId::new(&format!("S{n}")).expect("a name"),
            needed: dice.between(1, carriers.len() as u32),
            carriers,
            units: (0..dice.between(0, 2)).map(|unit| unit_id(0, unit % 2)).collect(),
            stand_in: (n > 0 && dice.chance(60)).then(|| ServiceId::new("S0").expect("a name")),
        });
    }
    for window in campaign.windows.clone() {
        if dice.chance(60) {
            campaign.visits.push(Visit {
                vendor: "Nordpuls".into(),
                window: window.id,
                engineers: dice.between(0, 2),
                devices_max: dice.between(0, 3),
            });
        }
    }
    for site in 0..sites {
        for kind in KINDS {
            if dice.chance(60) {
                campaign.loaners.push(Loaners {
                    kind: kind.into(),
                    site: site_id(site),
                    count: dice.between(0, 2),
                });
            }
        }
    }
    if dice.chance(30) {
        let site = dice.between(0, sites - 1);
        let place = if dice.chance(50) {
            Whereabouts::Site(site_id(site))
        } else {
            Whereabouts::Unit(unit_id(site, 0))
        };
        let from_minute = dice.between(0, 600);
        let span = Span { from_minute, to_minute: from_minute + dice.between(1, 120) };
        campaign.blackouts.push(Blackout { place, span, says: "theatre list".into() });
    }
    if dice.chance(30) {
        let bundle = dice.chance(50).then(|| "B0".into());
        campaign.gates.push(Gate {
            unit: unit_id(0, dice.between(0, 1)),
            bundle,
            not_before_minute: dice.between(0, 600),
        });
    }
    if dice.chance(40) {
        let (first, then) = (dice.below(count), dice.below(count));
        if first != then {
            campaign.precedences.push(Precedence {
                first: tag(first),
                then: tag(then),
                lag_minutes: dice.between(0, 200),
            });
        }
    }
    if dice.chance(40) {
        campaign.conflicts.push(Conflict { devices: some(dice, 3), says: "one shared probe".into() });
    }
    for n in 0..count {
        if dice.chance(25) {
            let window = campaign.windows[dice.below(campaign.windows.len())].id.clone();
            campaign.agreed.push(Agreed {
                device: tag(n),
                window,
                begun: dice.chance(40),
                people_told: dice.between(0, 5),
            });
        }
    }
}

/// A place in a random window, at a minute that may be good.
pub(crate) fn some_place(dice: &mut Dice, campaign: &Campaign) -> Placed {
    let window = &campaign.windows[dice.below(campaign.windows.len())];
    let begins_minute = dice.between(window.not_before_minute, window.latest_start_minute);
    Placed::Window { window: window.id.clone(), begins_minute }
}

/// Where everything starts: what has begun is where it is, the rest is deferred.
pub(crate) fn begun_only(dice: &mut Dice, campaign: &Campaign) -> Vec<Assignment> {
    let place = |dice: &mut Dice, device: &AssetTag| {
        let begun = campaign.agreed.iter().find(|agreed| agreed.begun && agreed.device == *device);
        let window = begun.and_then(|begun| campaign.windows.iter().find(|window| window.id == begun.window));
        match window {
            None => Placed::Deferred { because: Because::NoRoom },
            Some(window) => Placed::Window {
                window: window.id.clone(),
                begins_minute: dice.between(window.not_before_minute, window.not_after_minute),
            },
        }
    };
    campaign
        .devices
        .iter()
        .map(|device| Assignment { device: device.tag.clone(), place: place(dice, &device.tag) })
        .collect()
}

/// A plan with one thing changed.
pub(crate) fn changed(dice: &mut Dice, campaign: &Campaign, plan: &[Assignment]) -> Vec<Assignment> {
    let mut plan = plan.to_vec();
    let at = dice.below(plan.len());
    match dice.between(0, 11) {
        0 => plan[at].place = Placed::Deferred { because: Because::Waits },
        1 => drop(plan.remove(at)),
        2 => plan.push(plan[at].clone()),
        3 => plan[at].device = AssetTag::new("D99").expect("a name"),
        4 => {
            let window = WindowId::new("W9").expect("a name");
            plan[at].place = Placed::Window { window, begins_minute: 10 };
        }
        5 | 6 => {
            if let Placed::Window { begins_minute, .. } = &mut plan[at].place {
                *begins_minute = (*begins_minute + dice.between(0, 80)).saturating_sub(40);
            }
        }
        // Two devices change places, or one takes the other's.
        7 | 8 => {
            let other = dice.below(plan.len());
            let place = plan[other].place.clone();
            if dice.chance(50) {
                plan[other].place = plan[at].place.clone();
            }
            plan[at].place = place;
        }
        _ => plan[at].place = some_place(dice, campaign),
    }
    plan
}
