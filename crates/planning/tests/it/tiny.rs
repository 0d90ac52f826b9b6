//! Campaigns so small that every plan of them can be tried: what the planner says is the best is compared with the best that there is.

use planning::check::campaign::check_answer;
use planning::planner::answer::Placed;
use planning::planner::campaign::{Aim, Campaign, Device, Goal, Hands, Side, SoundCampaign};
use planning::planner::{Budget, plan};
use serde_json::json;

/// The window of each device, `None` for the deferred.
type Places = Vec<Option<usize>>;

const NO_END: Budget = Budget { milliseconds: None, gap_ppm: 0, threads: 1, seed: 1 };

/// Pseudo-random numbers (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % sides) as u32
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }
}

/// Five devices, three nights, and by chance every kind of rule. Nights are long enough for all work one after another, so that only
/// what the plan decides can be in the way.
pub(crate) fn tiny(seed: u64) -> Campaign {
    let mut dice = Dice(seed);
    let window = |night: u32, dice: &mut Dice| {
        let from = night * 1_440 + 1_200;
        json!({ "id": format!("N{night}"), "site": "north", "not_before_minute": from,
            "latest_start_minute": from + 500, "not_after_minute": from + 600, "at_once_max": 1 + dice.below(2),
            "overtime": dice.one_in(2),
            "staff": [{ "skill": "ce", "people": 1, "person_minutes": 20 + dice.below(60) }] })
    };
    let bundle = |id: &str, restart: u32| {
        json!({ "id": id, "patches": [{ "patch": "P", "minutes": { "install": { "p50": 5, "p90": 10 },
            "restart": { "p50": 2, "p90": restart }, "back_out": { "p50": 5, "p90": 10 } } }] })
    };
    let unit = |id: &str, dice: &mut Dice| {
        let census: Vec<u32> = (0..168).map(|hour| (hour / 24 + id.len() as u32) % 4).collect();
        json!({ "id": id, "site": "north", "beds_dark_max": 1 + dice.below(2), "census": census })
    };
    let mut json = json!({
        "title": "tiny", "origin": 0, "horizon_minute": 6_000,
        "bundles": [bundle("X", 5), bundle("Y", 8)],
        "units": [unit("U", &mut dice), unit("VV", &mut dice)],
        "buildings": [{ "id": "A", "site": "north" }, { "id": "B", "site": "north" }],
        "walks": [{ "from": "A", "to": "B", "minutes": 7 }],
        "windows": [window(0, &mut dice), window(1, &mut dice), window(2, &mut dice)],
        "loaners": [{ "kind": "pump", "site": "north", "count": 1 }],
        "devices": [],
    });
    for (id, list, per) in [
        (
            "visits",
            json!([{ "vendor": "V", "window": format!("N{}", dice.below(3)),
            "engineers": 1, "devices_max": 1 }]),
            1,
        ),
        (
            "rings",
            json!([{ "bundle": "X", "ring": 1, "soak_minutes": 900, "done_min": 1 },
            { "bundle": "X", "ring": 2, "soak_minutes": 0, "done_min": 0 }]),
            1,
        ),
        (
            "blackouts",
            json!([{ "place": { "unit": "U" }, "says": "list",
            "span": { "from_minute": 1_440, "to_minute": 2_800 } }]),
            4,
        ),
        ("gates", json!([{ "unit": "VV", "not_before_minute": 2_000 }]), 4),
        ("precedences", json!([{ "first": "D0", "then": "D1", "lag_minutes": 100 }]), 3),
        ("conflicts", json!([{ "devices": ["D1", "D2"], "says": "never both" }]), 3),
        (
            "services",
            json!([{ "id": "S", "carriers": ["D2", "D3"], "needed": 1, "units": ["U"] },
            { "id": "T", "carriers": ["D4"], "needed": 1, "units": ["VV"], "stand_in": "S" },
            { "id": "R", "carriers": ["D0"], "needed": 1, "units": ["U", "VV"] }]),
            2,
        ),
        (
            "access",
            json!([{ "id": "late", "never_during": [{ "from_minute": 1_300, "to_minute": 1_400 }] }]),
            1,
        ),
    ] {
        if per == 1 || dice.one_in(per) {
            json[id] = list;
        }
    }
    let mut campaign: Campaign = serde_json::from_value(json).expect("it is a campaign");
    for ix in 0..5 {
        let device = device(ix, &mut dice);
        campaign.devices.push(device);
    }
    for aim in &mut campaign.aims {
        aim.give_up_per_10000 = 0;
    }
    if dice.one_in(3) {
        campaign.agreed = serde_json::from_value(json!([
            { "device": "D0", "window": "N1", "begun": false, "people_told": 3 },
            { "device": "D3", "window": "N2", "begun": dice.one_in(2), "people_told": 1 }]))
        .expect("it can be read");
        campaign.aims = Aim::again().into_iter().map(|aim| Aim { give_up_per_10000: 0, ..aim }).collect();
    }
    campaign
}

fn device(ix: u32, dice: &mut Dice) -> Device {
    let (unit, building) = if dice.one_in(2) { ("U", "A") } else { ("VV", "B") };
    let minutes = 10 + dice.below(25);
    let hands = match dice.below(4) {
        0 => json!("agent"),
        1 => json!({ "vendor": { "vendor": "V", "hands_on_minutes": minutes } }),
        _ => json!({ "staff": { "skill": "ce", "hands_on_minutes": minutes } }),
    };
    let mut device = json!({ "tag": format!("D{ix}"), "site": "north", "building": building, "unit": unit,
        "kind": "pump", "bundle": if dice.one_in(2) { "X" } else { "Y" }, "mandatory": !dice.one_in(4),
        "risk_per_day": 1 + dice.below(5), "hands": hands, "beds_watched": dice.below(2), "loaner": dice.one_in(3) });
    if device["bundle"] == "X" {
        device["ring"] = json!(1 + dice.below(2));
    }
    if dice.one_in(5) {
        device["due_minute"] = json!(3_500);
    }
    if dice.one_in(5) {
        device["access"] = json!("late");
    }
    if ix == 2 || ix == 3 {
        device["side"] = if ix == 2 { json!("a") } else { json!("b") };
    }
    serde_json::from_value(device).expect("it is a device")
}

/// Is this a plan by the table of docs/planning.md? All windows are of one site and none share a minute; minutes inside a window are
/// never in the way here.
fn valid(campaign: &Campaign, places: &Places) -> bool {
    let at =
        |tag: &str| campaign.devices.iter().position(|device| device.tag.as_str() == tag).expect("known");
    let begun = |ix: usize| campaign.agreed.iter().any(|a| a.begun && at(a.device.as_str()) == ix);
    let window = |ix: usize| places[ix].map(|window| &campaign.windows[window]);
    let alone = |(ix, device): (usize, &Device)| {
        let Some(window) = window(ix) else { return !begun(ix) };
        if let Some(agreed) = campaign.agreed.iter().find(|a| a.begun && a.device == device.tag) {
            return agreed.window == window.id;
        }
        let span = window.span();
        let access = campaign.access.iter().find(|access| Some(&access.id) == device.access.as_ref());
        device.due_minute.is_none_or(|due| span.to_minute <= due)
            && access.is_none_or(|access| !access.never_during.iter().any(|never| never.meets(span)))
            && (device.unit.as_str() != "U" || !campaign.blackouts.iter().any(|black| black.span.meets(span)))
            && !campaign.gates.iter().any(|g| g.unit == device.unit && span.from_minute < g.not_before_minute)
    };
    let each = campaign.devices.iter().enumerate();
    each.clone().all(alone)
        && (0..campaign.windows.len()).all(|window| in_window(campaign, places, window, &begun))
        && bonds(campaign, places, &at, &begun)
        && rings(campaign, places, &begun)
}

fn in_window(campaign: &Campaign, places: &Places, window: usize, begun: &dyn Fn(usize) -> bool) -> bool {
    let here: Vec<usize> = (0..places.len()).filter(|ix| places[*ix] == Some(window)).collect();
    if here.iter().all(|ix| begun(*ix)) {
        return true;
    }
    let window = &campaign.windows[window];
    let devices = || here.iter().map(|ix| &campaign.devices[*ix]);
    let vendor = devices().filter(|device| matches!(device.hands, Hands::Vendor { .. })).count();
    let visit = campaign.visits.iter().find(|visit| visit.window == window.id);
    let beds = |device: &Device| {
        let unit = campaign.units.iter().find(|unit| unit.id == device.unit).expect("known");
        device.loaner || device.beds_watched <= unit.beds_dark_max
    };
    hands(campaign, &here) <= window.staff[0].person_minutes
        && (vendor == 0 || visit.is_some_and(|visit| vendor <= visit.devices_max as usize))
        && devices().all(beds)
}

/// Hands of staff and ways in a window.
fn hands(campaign: &Campaign, here: &[usize]) -> u32 {
    let staff = || {
        let devices = here.iter().map(|ix| &campaign.devices[*ix]);
        devices.filter(|device| matches!(device.hands, Hands::Staff { .. }))
    };
    let buildings: std::collections::BTreeSet<_> = staff().map(|device| device.building.as_str()).collect();
    staff().map(|device| device.hands.minutes()).sum::<u32>() + 7 * buildings.len() as u32
}

fn bonds(
    campaign: &Campaign,
    places: &Places,
    at: &dyn Fn(&str) -> usize,
    begun: &dyn Fn(usize) -> bool,
) -> bool {
    let together =
        |a: usize, b: usize| places[a].is_some() && places[a] == places[b] && !(begun(a) && begun(b));
    let services = campaign.services.iter().all(|service| {
        let carriers: Vec<usize> = service.carriers.iter().map(|tag| at(tag.as_str())).collect();
        let spare = carriers.len() - service.needed as usize;
        // Two carriers at most: one spare means never both.
        let both = carriers.len() == 2 && together(carriers[0], carriers[1]);
        let stand_in = service.stand_in.as_ref().filter(|_| spare == 0);
        let others = stand_in.and_then(|id| campaign.services.iter().find(|other| other.id == *id));
        let others = others.into_iter().flat_map(|other| &other.carriers).map(|tag| at(tag.as_str()));
        let dark =
            others.into_iter().any(|other| carriers.iter().any(|one| *one != other && together(*one, other)));
        !(dark || both && spare == 1)
    });
    let conflicts =
        campaign.conflicts.iter().all(|c| !together(at(c.devices[0].as_str()), at(c.devices[1].as_str())));
    let after = campaign.precedences.iter().all(|bond| {
        let (first, then) = (at(bond.first.as_str()), at(bond.then.as_str()));
        let Some(window) = places[then].filter(|_| !begun(then)) else { return true };
        let begins = campaign.windows[window].not_before_minute;
        places[first]
            .is_some_and(|first| campaign.windows[first].not_after_minute + bond.lag_minutes <= begins)
    });
    services && conflicts && after
}

fn rings(campaign: &Campaign, places: &Places, begun: &dyn Fn(usize) -> bool) -> bool {
    let of_ring = |ring: u16| {
        (0..places.len()).filter(move |ix| {
            campaign.devices[*ix].ring == Some(ring) && &*campaign.devices[*ix].bundle == "X"
        })
    };
    of_ring(2).all(|ix| {
        let Some(window) = places[ix] else { return true };
        let begins = campaign.windows[window].not_before_minute;
        // Of two that have begun nobody decides any more.
        let done: Vec<u32> = of_ring(1)
            .filter(|other| !(begun(ix) && begun(*other)))
            .filter_map(|ix| places[ix])
            .map(|window| campaign.windows[window].not_after_minute)
            .collect();
        (begun(ix) || !done.is_empty()) && done.iter().all(|end| end + 900 <= begins)
    })
}

/// A goal's value by the table of docs/planning.md.
fn value(campaign: &Campaign, places: &Places, goal: Goal) -> u64 {
    let census = |unit: &str, window: usize| {
        let unit = campaign.units.iter().find(|known| known.id.as_str() == unit).expect("known");
        let span = campaign.windows[window].span();
        let hours = span.from_minute / 60..=(span.to_minute - 1) / 60;
        u64::from(hours.map(|hour| unit.census[hour as usize % 168]).max().unwrap_or(0))
    };
    let patients = |device: &Device, window: usize| {
        let beds = if device.loaner { 0 } else { u64::from(device.beds_watched) };
        let alone = campaign.services.iter().filter(|service| {
            service.carriers == [device.tag.clone()] && service.needed == 1 && service.stand_in.is_none()
        });
        let units = alone.flat_map(|service| &service.units).map(|unit| census(unit.as_str(), window));
        let restart = if &*device.bundle == "X" { 5 } else { 8 };
        let dark = match device.hands {
            Hands::Agent => restart,
            Hands::Staff { .. } | Hands::Vendor { .. } => (10 + restart).max(device.hands.minutes()),
        };
        u64::from(dark) * (beds.min(census(device.unit.as_str(), window)) + units.sum::<u64>())
    };
    let each = campaign.devices.iter().zip(places);
    match goal {
        Goal::Deferred => each.filter(|(device, place)| device.mandatory && place.is_none()).count() as u64,
        Goal::PatientMinutes => each.filter_map(|(device, place)| Some(patients(device, (*place)?))).sum(),
        Goal::ExposureDays => each
            .map(|(device, place)| {
                let days =
                    place.map_or(6, |window| campaign.windows[window].not_after_minute.div_ceil(1_440));
                u64::from(device.risk_per_day * days)
            })
            .sum(),
        Goal::Overtime => (0..campaign.windows.len())
            .filter(|window| campaign.windows[*window].overtime)
            .map(|window| {
                let here: Vec<usize> = (0..places.len()).filter(|ix| places[*ix] == Some(window)).collect();
                u64::from(hands(campaign, &here))
            })
            .sum(),
        Goal::ToldAgain => campaign
            .agreed
            .iter()
            .filter(|agreed| {
                let at =
                    campaign.devices.iter().position(|device| device.tag == agreed.device).expect("known");
                places[at].map(|window| &campaign.windows[window].id) != Some(&agreed.window)
            })
            .map(|agreed| u64::from(agreed.people_told))
            .sum(),
    }
}

/// The goals' values of the best of all plans.
fn best_of_all(campaign: &Campaign) -> Vec<u64> {
    let windows = campaign.windows.len();
    let count = (windows + 1).pow(campaign.devices.len() as u32);
    let plans = (0..count).map(|number| -> Places {
        let digit = |ix: u32| number / (windows + 1).pow(ix) % (windows + 1);
        (0..campaign.devices.len() as u32).map(|ix| digit(ix).checked_sub(1)).collect()
    });
    let values = plans.filter(|places| valid(campaign, places)).map(|places| {
        campaign.aims.iter().map(|aim| value(campaign, &places, aim.goal)).collect::<Vec<u64>>()
    });
    values.min().expect("at least everything can be deferred")
}

fn places(campaign: &Campaign, assignments: &[planning::planner::answer::Assignment]) -> Places {
    let place = |assignment: &planning::planner::answer::Assignment| match &assignment.place {
        Placed::Window { window, .. } => campaign.windows.iter().position(|known| known.id == *window),
        Placed::Deferred { .. } => None,
    };
    assignments.iter().map(place).collect()
}

#[test]
fn no_plan_of_a_tiny_campaign_is_better_than_the_planners() {
    let (mut sides, mut best_found) = (0, 0);
    for seed in 0..300 {
        let campaign = tiny(seed);
        sides += campaign.devices.iter().filter(|device| device.side == Some(Side::A)).count();
        let sound = SoundCampaign::new(campaign.clone(), "tiny").expect("it holds together");
        let answer = plan(&sound, NO_END, &mut || 0);
        let breaches = check_answer(&sound, &answer);
        assert!(breaches.is_empty(), "seed {seed}: {breaches:#?}");
        let places = places(&campaign, &answer.assignments);
        assert!(valid(&campaign, &places), "seed {seed}: {places:?} breaks a rule");
        let said: Vec<u64> = answer.goals.iter().map(|goal| goal.value).collect();
        let counted: Vec<u64> = campaign.aims.iter().map(|aim| value(&campaign, &places, aim.goal)).collect();
        assert_eq!(said, counted, "seed {seed}: the values are those of the plan");
        let best = best_of_all(&campaign);
        let bound = answer.goals[0].at_least;
        assert!(bound <= best[0] && best <= said, "seed {seed}: {bound}, best {best:?}, said {said:?}");
        // Nothing was cut here: there is no end, and an answer of the solver that does not hold is asked for in another way.
        assert_eq!((answer.status.cut_by_time, answer.status.unanswered), (false, 0), "seed {seed}");
        assert_eq!(said, best, "seed {seed}: the best of all is found");
        let bounds: Vec<u64> = answer.goals.iter().map(|goal| goal.at_least).collect();
        assert!(bounds.iter().zip(&best).all(|(bound, best)| bound <= best), "seed {seed}: {bounds:?}");
        best_found += 1;
    }
    assert_eq!(best_found, 300);
    assert!(sides > 0);
}

/// The same with so little time in which work may begin that the minutes of a window add up and no order of them does.
fn short(seed: u64) -> Campaign {
    let mut campaign = tiny(seed);
    let mut dice = Dice(seed);
    for window in &mut campaign.windows {
        window.latest_start_minute = window.not_before_minute + 5 + dice.below(45);
        window.staff[0].person_minutes = 200;
    }
    campaign
}

#[test]
fn what_short_windows_send_back_takes_along_what_waits_for_it() {
    let (mut sent_back, mut with_bonds, mut worse) = (0, 0, 0);
    for seed in 0..1_200 {
        let campaign = short(seed);
        let bonds =
            campaign.devices.iter().any(|device| device.ring == Some(2)) || !campaign.precedences.is_empty();
        let sound = SoundCampaign::new(campaign.clone(), "short").expect("it holds together");
        let answer = plan(&sound, NO_END, &mut || 0);
        let breaches = check_answer(&sound, &answer);
        assert!(breaches.is_empty(), "seed {seed}: {breaches:#?}");
        if answer.status.windows_sent_back > 0 {
            sent_back += 1;
            with_bonds += u32::from(bonds);
            worse += u32::from(answer.goals.iter().any(|goal| goal.at_least < goal.value));
        }
    }
    assert!(sent_back > 15 && with_bonds > 10 && worse > 10, "{sent_back}, {with_bonds}, {worse}");
}

#[test]
fn the_same_campaign_and_seed_give_the_same_plan() {
    for seed in [3, 14] {
        let sound = SoundCampaign::new(tiny(seed), "tiny").expect("it holds together");
        assert_eq!(plan(&sound, NO_END, &mut || 0), plan(&sound, NO_END, &mut || 0));
    }
}

#[test]
fn a_further_night_never_makes_the_best_plan_worse() {
    for seed in 300..360 {
        let campaign = tiny(seed);
        let mut fewer = campaign.clone();
        if fewer.agreed.iter().any(|agreed| agreed.begun) {
            continue;
        }
        fewer.windows.truncate(2);
        fewer.visits.retain(|visit| visit.window.as_str() != "N2");
        let values = |campaign: Campaign| -> Vec<u64> {
            let sound = SoundCampaign::new(campaign, "tiny").expect("it holds together");
            plan(&sound, NO_END, &mut || 0).goals.iter().map(|goal| goal.value).collect()
        };
        assert!(values(campaign) <= values(fewer), "seed {seed}");
    }
}
