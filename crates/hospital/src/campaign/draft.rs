//! The planner's answer as a plan: one ring for each window that is used, its hosts in the order of their minutes, with what the plan
//! reckons with beside it. Whoever drafts it can change it like any other plan; the checker looks at it as at any other.

use std::collections::{BTreeMap, BTreeSet};

use model::device::Installer;
use model::ids::{AccountId, PatchId, PlanId, UnitId, WindowId};
use model::plan::{
    Cover, Hands, ITEMS_PER_PLAN_MAX, Item, Owner, Plan, ProofPolicy, RINGS_PER_PLAN_MAX, Ring, Window,
};
use model::resources::{Booking, Resources, Staffing, VendorVisit};
use model::{AssetTag, Time, Topology};
use planning::planner::answer::{Answer, Placed};
use planning::planner::campaign::{self, Device};

use super::build::Built;
use super::setting::Opening;
use crate::State;

/// People asked of a unit that goes dark where nobody has said how many.
const COVER_PEOPLE: u16 = 1;

/// What the draft's own parts are called, in the language of whoever drafts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// A ring that is the first of its patches; its window's name stands behind it.
    pub first: Box<str>,
    /// Any other ring.
    pub others: Box<str>,
    /// What people do at the beds of a unit that goes dark, where nobody has said.
    pub cover: Box<str>,
}

/// In English, as on the command line.
impl Default for Named {
    fn default() -> Named {
        Named {
            first: "First devices".into(),
            others: "Devices".into(),
            cover: "stay with the patients whose beds are dark".into(),
        }
    }
}

/// What a plan says beside what the planner found.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Names the plan over its revisions, where it is not the next revision of one.
    pub id: PlanId,
    /// Who asks for it.
    pub requester: AccountId,
    /// What is done when it goes wrong; empty where nobody has said: then as the plan says that is planned again, or the checker blocks it.
    pub contingency: Box<str>,
    /// What its own parts are called.
    pub named: Named,
}

/// Why the answer cannot be one plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDrafted {
    /// Nothing found a window.
    #[error("no device found a window, so there is nothing to draft; the planner says why")]
    Empty,
    /// It is the plan that is planned again.
    #[error("it would be the same plan as before, so there is nothing to draft")]
    Unchanged,
    /// A plan's rings follow one another.
    #[error(
        "windows {0} and {1} are used at the same time, by different sites; a plan's rings follow one another, so plan one site at a time"
    )]
    Overlap(WindowId, WindowId),
    /// Too many hosts.
    #[error(
        "{0} devices found a window; a plan has at most {ITEMS_PER_PLAN_MAX}: plan one site or one advisory at a time"
    )]
    Items(usize),
    /// Too many windows.
    #[error(
        "{0} windows are used; a plan has at most {RINGS_PER_PLAN_MAX}: plan one site or one advisory at a time"
    )]
    Windows(usize),
}

/// A host with its minute.
struct Spot<'a> {
    device: &'a Device,
    begins_minute: u32,
}

/// Makes the plan.
///
/// # Errors
/// The answer places nothing, or does not fit into one plan.
pub fn draft(state: &State, built: &Built, answer: &Answer, says: Draft) -> Result<Plan, NotDrafted> {
    let used = spots(built, answer)?;
    let again = built.request.again.as_ref();
    let revised = again.filter(|again| again.revises);
    let openings: BTreeMap<&WindowId, &Opening> =
        built.request.setting.windows.iter().map(|opening| (&opening.id, opening)).collect();
    let mut plan = Plan {
        id: revised.map_or(says.id, |again| again.plan.id.clone()),
        title: built.request.title.clone(),
        parent: revised.map(|again| again.hash),
        requester: says.requester,
        patches: Vec::new(),
        windows: Vec::new(),
        rings: Vec::new(),
        items: Vec::new(),
        // People whom units need are those of the plan before, as far as units are still concerned.
        cover: again.map_or(Vec::new(), |again| again.plan.cover.clone()),
        proof: again.map_or(built.request.proof.clone(), |again| ProofPolicy {
            offsets: built.request.proof.offsets.clone(),
            ..again.plan.proof.clone()
        }),
        contingency: match again {
            Some(again) if says.contingency.trim().is_empty() => again.plan.contingency.clone(),
            Some(_) | None => says.contingency,
        },
        premises: again.map_or(Default::default(), |again| again.plan.premises.clone()),
        resources: resources(built, &used),
    };
    plan.premises.rules = built.request.setting.catalogue.rules.clone();
    plan.premises.holidays = built.request.setting.catalogue.holidays.clone();
    for (place, (window, spots)) in used.iter().enumerate() {
        let Some(opening) = openings.get(&window.id) else { continue };
        let next = used.get(place + 1).map(|(next, _)| *next);
        plan.windows.push(Window {
            id: opening.id.clone(),
            not_before: opening.not_before,
            latest_start: opening.latest_start,
            not_after: opening.not_after,
        });
        let number = u16::try_from(plan.rings.len() + 1).unwrap_or(u16::MAX);
        plan.rings.push(ring(built, &says.named, (window, spots), next));
        plan.items.extend(spots.iter().map(|spot| item(state, built, spot, number)));
    }
    let patches = built.request.patches.iter();
    plan.patches = patches
        .filter(|patch| plan.items.iter().any(|item| item.patches.contains(&patch.id)))
        .cloned()
        .collect();
    let Plan { premises, items, .. } = &mut plan;
    premises.installed.retain(|host, _| items.iter().any(|item| item.host == *host));
    let topology = state.topology(&plan);
    let concerned = planning::units_concerned(&plan, &topology);
    plan.cover.retain(|cover| concerned.contains(&cover.unit));
    cover(&mut plan, &topology, &says.named.cover);
    let plan = planning::draft::waves(plan, &topology);
    match revised {
        Some(again) if says_the_same(&plan, &again.plan) => Err(NotDrafted::Unchanged),
        Some(_) | None => Ok(plan),
    }
}

/// Does it say the same to everybody: the same windows, rings, work and people? In which order a window's work is done may differ.
fn says_the_same(plan: &Plan, before: &Plan) -> bool {
    let rings = |plan: &Plan| -> Vec<(WindowId, u32)> {
        plan.rings.iter().map(|ring| (ring.window.clone(), ring.soak_minutes)).collect()
    };
    let work = |plan: &Plan| -> BTreeMap<AssetTag, (u16, Vec<PatchId>)> {
        plan.items.iter().map(|item| (item.host.clone(), (item.ring, item.patches.clone()))).collect()
    };
    let resources = |plan: &Plan| Resources { bookings: Vec::new(), ..plan.resources.clone() };
    let said = |plan: &Plan| (plan.title.clone(), plan.contingency.clone(), plan.cover.clone());
    (&plan.windows, &plan.premises, &plan.patches) == (&before.windows, &before.premises, &before.patches)
        && rings(plan) == rings(before)
        && work(plan) == work(before)
        && said(plan) == said(before)
        && resources(plan) == resources(before)
}

/// Somebody at the beds of each unit that goes dark and for which nobody was named: the unit says who, or that it takes more.
fn cover(plan: &mut Plan, topology: &Topology, task: &str) {
    let by_host = topology.by_host();
    let disruptive = plan.items.iter().filter(|item| plan.is_disruptive(item));
    let dark: BTreeSet<UnitId> = disruptive.flat_map(|item| by_host.units_darkened_by(&item.host)).collect();
    for unit in dark {
        if !plan.cover.iter().any(|cover| cover.unit == unit) {
            plan.cover.push(Cover { unit, people: COVER_PEOPLE, task: task.into() });
        }
    }
}

/// Each used window with its hosts, by time.
fn spots<'a>(
    built: &'a Built,
    answer: &Answer,
) -> Result<Vec<(&'a campaign::Window, Vec<Spot<'a>>)>, NotDrafted> {
    let devices: BTreeMap<&AssetTag, &Device> =
        built.campaign.devices.iter().map(|device| (&device.tag, device)).collect();
    let mut of_window: BTreeMap<&WindowId, Vec<Spot<'a>>> = BTreeMap::new();
    for assignment in &answer.assignments {
        if let Placed::Window { window, begins_minute } = &assignment.place
            && let Some(known) = built.campaign.windows.iter().find(|known| known.id == *window)
            && let Some(device) = devices.get(&assignment.device)
        {
            of_window.entry(&known.id).or_default().push(Spot { device, begins_minute: *begins_minute });
        }
    }
    let items = of_window.values().map(Vec::len).sum::<usize>();
    if items == 0 {
        return Err(NotDrafted::Empty);
    }
    if items > ITEMS_PER_PLAN_MAX {
        return Err(NotDrafted::Items(items));
    }
    if of_window.len() > RINGS_PER_PLAN_MAX {
        return Err(NotDrafted::Windows(of_window.len()));
    }
    let windows = built.campaign.windows.iter();
    let mut used: Vec<_> =
        windows.filter_map(|window| Some((window, of_window.remove(&window.id)?))).collect();
    used.sort_by_key(|(window, _)| (window.not_before_minute, window.id.clone()));
    for pair in used.windows(2) {
        if let [(one, _), (next, _)] = pair
            && next.not_before_minute < one.not_after_minute
        {
            return Err(NotDrafted::Overlap(one.id.clone(), next.id.clone()));
        }
    }
    for (_, spots) in &mut used {
        spots.sort_by(|a, b| (a.begins_minute, &a.device.tag).cmp(&(b.begins_minute, &b.device.tag)));
    }
    Ok(used)
}

/// The ring of a window. It soaks as long as its bundles' rings ask for, but no longer than until the next used window opens: what must
/// soak longer stands in a later window, whose opening holds it back.
fn ring(
    built: &Built,
    named: &Named,
    (window, spots): (&campaign::Window, &[Spot<'_>]),
    next: Option<&campaign::Window>,
) -> Ring {
    let soaks = |ring: &&campaign::Ring| {
        spots.iter().any(|spot| spot.device.bundle == ring.bundle && spot.device.ring == Some(ring.ring))
    };
    let asked = built.campaign.rings.iter().filter(soaks).map(|ring| ring.soak_minutes).max().unwrap_or(0);
    let until_next = next.map_or(0, |next| next.not_before_minute.saturating_sub(window.not_after_minute));
    let first = spots.iter().all(|spot| spot.device.ring == Some(1));
    let title = if first { &named.first } else { &named.others };
    Ring {
        title: format!("{title}, {}", window.id).into(),
        window: window.id.clone(),
        success_min: u32::try_from(spots.len()).unwrap_or(u32::MAX),
        failures_stop: 1,
        soak_minutes: asked.min(until_next),
        at_once_max: at_once(built, spots).max(1),
    }
}

/// So many hosts at once as the planner had: people, visits and beds may allow fewer than the window.
fn at_once(built: &Built, spots: &[Spot<'_>]) -> u32 {
    let end = |spot: &Spot<'_>| spot.begins_minute.saturating_add(busy(built, spot.device).max(1));
    let mut ends: Vec<u32> = spots.iter().map(end).collect();
    ends.sort_unstable();
    // Hosts stand in the order in which they begin: of those begun so far, the ones that have ended are at work no more.
    let at_work = (1..).zip(spots).map(|(begun, spot): (usize, _)| {
        begun.saturating_sub(ends.partition_point(|end| *end <= spot.begins_minute))
    });
    u32::try_from(at_work.max().unwrap_or(0)).unwrap_or(u32::MAX)
}

/// Minutes in which a device is worked on, at the 90th percentile.
fn busy(built: &Built, device: &Device) -> u32 {
    let bundle = built.campaign.bundles.iter().find(|bundle| bundle.id == device.bundle);
    let forward = bundle.map(|bundle| bundle.minutes().forward().p90).unwrap_or(0);
    forward.max(device.hands.minutes())
}

fn item(state: &State, built: &Built, spot: &Spot<'_>, ring: u16) -> Item {
    let work = built.request.works.iter().find(|work| work.host == spot.device.tag);
    let installer = state.register().by_tag(spot.device.tag.as_str()).map(|device| device.installer());
    let (by, owner) = match (&spot.device.hands, installer.unwrap_or_default()) {
        (campaign::Hands::Agent, _) => (Hands::Agent, Owner::ClinicalEngineering),
        (campaign::Hands::Vendor { .. }, known) => (Hands::Person(known), Owner::Vendor),
        // Nobody has recorded who may: the checker remarks it, and the hospital's own staff goes.
        (campaign::Hands::Staff { .. }, _) => (Hands::Person(Installer::Staff), Owner::ClinicalEngineering),
    };
    Item {
        host: spot.device.tag.clone(),
        patches: work.map_or(Vec::new(), |work| work.patches.clone()),
        ring,
        wave: 1,
        by,
        owner,
    }
}

/// What the plan reckons with: of windows that it uses only.
fn resources(built: &Built, used: &[(&campaign::Window, Vec<Spot<'_>>)]) -> Resources {
    let setting = &built.request.setting;
    let openings: Vec<&Opening> = setting
        .windows
        .iter()
        .filter(|opening| used.iter().any(|(window, _)| window.id == opening.id))
        .collect();
    let staff = openings.iter().flat_map(|opening| {
        opening.staff.iter().map(|staff| Staffing {
            window: opening.id.clone(),
            skill: staff.skill.clone(),
            people: staff.people,
            person_minutes: staff.person_minutes,
        })
    });
    let visits = openings.iter().flat_map(|opening| {
        opening.visits.iter().map(|visit| VendorVisit {
            window: opening.id.clone(),
            vendor: visit.vendor.clone(),
            engineers: visit.engineers,
            devices_max: visit.devices_max,
        })
    });
    let bookings = used.iter().flat_map(|(window, spots)| {
        let opening = openings.iter().find(|opening| opening.id == window.id);
        let opens = opening.map_or(Time(0), |opening| opening.not_before);
        spots.iter().map(move |spot| booking(built, window, opens, spot))
    });
    Resources {
        census: built.census.clone(),
        staff: staff.collect(),
        visits: visits.collect(),
        walks: setting.walks.clone(),
        loaners: setting.loaners.clone(),
        closed: setting.closed.clone(),
        bookings: bookings.collect(),
        gates: setting.gates.clone(),
        hands_on: setting.hands_on.clone(),
        due: setting.due.clone(),
        access: setting.access.clone(),
        precedences: setting.precedences.clone(),
        sides: setting.sides.clone(),
    }
}

fn booking(built: &Built, window: &campaign::Window, opens: Time, spot: &Spot<'_>) -> Booking {
    let device = spot.device;
    let (by, hands_on_minutes) = match &device.hands {
        campaign::Hands::Agent => (None, 0),
        campaign::Hands::Staff { skill, hands_on_minutes } => (Some(skill.clone()), *hands_on_minutes),
        campaign::Hands::Vendor { vendor, hands_on_minutes } => (Some(vendor.clone()), *hands_on_minutes),
    };
    let begins = i64::from(spot.begins_minute.saturating_sub(window.not_before_minute));
    let from = opens.plus_seconds(begins * 60);
    Booking {
        host: device.tag.clone(),
        window: window.id.clone(),
        from,
        to: from.plus_seconds(i64::from(busy(built, device)) * 60),
        by,
        hands_on_minutes,
        building: Some(device.building.clone()),
        loaner: device.loaner.then(|| device.kind.clone()),
    }
}
