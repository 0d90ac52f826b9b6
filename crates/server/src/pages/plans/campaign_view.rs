//! What the planner found, as plain data for a page: windows with people, each device with its reasons, goals with bounds, clashes.

use std::collections::{BTreeMap, BTreeSet};

use hospital::campaign::{Built, Moved, Moves, Opening, moves};
use model::Time;
use model::ids::{UnitId, WindowId};
use planning::planner::answer::Placed;
use planning::planner::campaign::{Device, Hands};
use planning::planner::clash::{Clash, Stated};
use planning::planner::report::{DeviceReport, NotEarlier};

use super::campaign::Outcome;
use super::campaign_say as words;
use crate::clock::Local;
use crate::pages::devices::href as device_href;
use crate::pages::night::say;
use crate::words::Words;

/// Most devices shown with their reasons, those without a window first.
const DEVICES_SHOWN_MAX: usize = 200;

pub(super) struct WindowLine {
    pub(super) window: String,
    pub(super) when: String,
    pub(super) devices: u64,
    pub(super) people: Vec<String>,
}

pub(super) struct DeviceLine {
    pub(super) device: String,
    pub(super) href: String,
    pub(super) place: String,
    pub(super) has_window: bool,
    pub(super) why: &'static str,
    pub(super) not_earlier: Vec<String>,
    pub(super) waits: Vec<String>,
}

pub(super) struct ClashView {
    pub(super) title: String,
    pub(super) rules: Vec<String>,
    pub(super) smallest: bool,
    pub(super) relaxations: Vec<String>,
}

/// The planner's result.
pub(super) struct Result {
    pub(super) says: String,
    pub(super) complete: bool,
    pub(super) cut: bool,
    pub(super) not_asked: bool,
    pub(super) remarks: Vec<String>,
    pub(super) goals: Vec<(&'static str, String)>,
    pub(super) windows: Vec<WindowLine>,
    pub(super) unused: u64,
    pub(super) devices: Vec<DeviceLine>,
    /// What is not shown, counted.
    pub(super) devices_left_says: String,
    pub(super) clashes: Vec<ClashView>,
    /// Why it is not one plan, where it is none.
    pub(super) not_drafted: String,
    /// What changes of what people were told.
    pub(super) moves: Option<MovesView>,
}

/// What changes of what people were told.
pub(super) struct MovesView {
    pub(super) says: Vec<String>,
    pub(super) moved: Vec<MoveLine>,
    pub(super) left_says: String,
}

pub(super) struct MoveLine {
    pub(super) device: String,
    pub(super) href: String,
    pub(super) was: String,
    pub(super) is: String,
}

impl Result {
    pub(super) fn new(local: &Local, outcome: &Outcome) -> Result {
        let (w, built, planned) = (local.w, &outcome.built, &*outcome.planned);
        let all = planned.report.devices.len() as u64;
        let placed = |report: &&DeviceReport| matches!(report.place, Placed::Window { .. });
        let deferred = all - planned.report.devices.iter().filter(placed).count() as u64;
        let mut shown: Vec<&DeviceReport> = planned.report.devices.iter().collect();
        shown.sort_by_key(|report| match &report.place {
            Placed::Deferred { .. } => (0, None),
            Placed::Window { begins_minute, .. } => (1, Some((*begins_minute, report.device.clone()))),
        });
        let windows = windows(local, built, outcome);
        Result {
            says: match deferred {
                0 => w.camp_complete(all),
                some => w.camp_deferred(some, &w.number(all)),
            },
            complete: deferred == 0,
            cut: planned.answer.status.cut_by_time,
            not_asked: deferred > 0 && planned.clashes.is_empty(),
            remarks: built.remarks.iter().map(|remark| words::remark(local, remark)).collect(),
            goals: planned
                .answer
                .goals
                .iter()
                .map(|reached| (words::goal(w, reached.goal), words::reached(w, reached)))
                .collect(),
            unused: (built.request.setting.windows.len()
                - windows.len().min(built.request.setting.windows.len())) as u64,
            windows,
            devices: shown
                .iter()
                .take(DEVICES_SHOWN_MAX)
                .map(|report| device(local, built, report))
                .collect(),
            devices_left_says: match shown.len().saturating_sub(DEVICES_SHOWN_MAX) {
                0 => String::new(),
                more => w.camp_devices_left(more as u64, &w.number(DEVICES_SHOWN_MAX as u64)),
            },
            clashes: planned.clashes.iter().map(|found| clash(w, found)).collect(),
            moves: moves(built, &planned.answer).map(|found| moves_view(local, built, &found)),
            not_drafted: outcome.plan.as_ref().err().map_or(String::new(), |not| words::not_drafted(w, not)),
        }
    }
}

fn moves_view(local: &Local, built: &Built, found: &Moves) -> MovesView {
    let w = local.w;
    let mut says = vec![
        w.camp_moves_moved(found.moved.len() as u64),
        w.camp_moves_kept(found.kept),
        w.camp_moves_people(found.people),
    ];
    if !found.units.is_empty() {
        let units: Vec<&str> = found.units.iter().map(UnitId::as_str).collect();
        says.push(w.camp_moves_units(&units.join(", ")));
    }
    if built.request.again.as_ref().is_some_and(|again| again.revises) {
        says.push(w.camp_moves_revision().to_owned());
    }
    let when = |from: Time, to: Time| format!("{} – {}", local.moment(from), local.clock_near(from, to));
    let line = |moved: &Moved| MoveLine {
        device: moved.host.to_string(),
        href: device_href(moved.host.as_str()),
        was: when(moved.told.not_before, moved.told.not_after),
        is: moved
            .to
            .as_ref()
            .and_then(|window| opening(built, window))
            .map_or_else(|| w.camp_no_window().to_owned(), |now| when(now.not_before, now.not_after)),
    };
    let left = found.moved.len().saturating_sub(DEVICES_SHOWN_MAX);
    MovesView {
        says,
        moved: found.moved.iter().take(DEVICES_SHOWN_MAX).map(line).collect(),
        left_says: match left {
            0 => String::new(),
            more => w.camp_moves_left(more as u64, &w.number(DEVICES_SHOWN_MAX as u64)),
        },
    }
}

fn opening<'a>(built: &'a Built, id: &WindowId) -> Option<&'a Opening> {
    built.request.setting.windows.iter().find(|opening| opening.id == *id)
}

/// The instant of a minute in a window.
fn instant(built: &Built, id: &WindowId, minute: u32) -> Option<Time> {
    let window = built.campaign.windows.iter().find(|window| window.id == *id)?;
    let after = i64::from(minute.saturating_sub(window.not_before_minute)) * 60;
    Some(opening(built, id)?.not_before.plus_seconds(after))
}

fn windows(local: &Local, built: &Built, outcome: &Outcome) -> Vec<WindowLine> {
    let w = local.w;
    let devices: BTreeMap<_, &Device> =
        built.campaign.devices.iter().map(|device| (&device.tag, device)).collect();
    let mut in_window: BTreeMap<&WindowId, Vec<&Device>> = BTreeMap::new();
    for assignment in &outcome.planned.answer.assignments {
        if let (Placed::Window { window, .. }, Some(device)) =
            (&assignment.place, devices.get(&assignment.device))
        {
            in_window.entry(window).or_default().push(device);
        }
    }
    let mut openings: Vec<&Opening> = built.request.setting.windows.iter().collect();
    openings.sort_by_key(|opening| opening.not_before);
    let line = |opening: &Opening| {
        let inside = in_window.get(&opening.id)?;
        let people = opening.staff.iter().map(|staff| {
            let used = person_minutes(built, inside, &staff.skill);
            let number = |count: u32| w.number(u64::from(count));
            w.camp_people(&staff.skill, &number(staff.people), &w.number(used), &number(staff.person_minutes))
        });
        let visits = opening
            .visits
            .iter()
            .map(|visit| w.camp_visit(&visit.vendor, &w.number(u64::from(visit.engineers))));
        let (from, latest, to) = (opening.not_before, opening.latest_start, opening.not_after);
        Some(WindowLine {
            window: opening.id.to_string(),
            when: w.plan_window(
                &local.moment(from),
                &local.clock_near(from, latest),
                &local.clock_near(from, to),
            ),
            devices: inside.len() as u64,
            people: people.chain(visits).collect(),
        })
    };
    openings.into_iter().filter_map(line).collect()
}

/// Minutes of hands and ways, as the rule `person_minutes` counts them.
fn person_minutes(built: &Built, inside: &[&Device], skill: &str) -> u64 {
    let theirs: Vec<&&Device> = inside
        .iter()
        .filter(|device| matches!(&device.hands, Hands::Staff { skill: known, .. } if **known == *skill))
        .collect();
    let hands: u64 = theirs.iter().map(|device| u64::from(device.hands.minutes())).sum();
    let buildings: BTreeSet<_> = theirs.iter().map(|device| &device.building).collect();
    let way = |building: &&model::ids::BuildingId| {
        let theirs =
            built.campaign.walks.iter().filter(|walk| walk.from == **building || walk.to == **building);
        u64::from(theirs.map(|walk| walk.minutes).max().unwrap_or(0))
    };
    hands + buildings.iter().map(way).sum::<u64>()
}

fn device(local: &Local, built: &Built, report: &DeviceReport) -> DeviceLine {
    let w = local.w;
    let place = match &report.place {
        Placed::Window { window, begins_minute } => {
            let at = instant(built, window, *begins_minute);
            format!("{window}, {}", at.map_or(String::new(), |at| local.moment(at)))
        }
        Placed::Deferred { .. } => w.camp_no_window().to_owned(),
    };
    let closed = |entry: &NotEarlier| {
        let when =
            opening(built, &entry.last).map_or(String::new(), |opening| local.moment(opening.not_before));
        let why = words::obstacle(w, entry.obstacle);
        match entry.windows {
            1 => w.camp_not_in(entry.last.as_str(), &when, &why),
            more => w.camp_not_in_many(&w.number(u64::from(more)), entry.last.as_str(), &when, &why),
        }
    };
    DeviceLine {
        device: report.device.to_string(),
        href: device_href(report.device.as_str()),
        place,
        has_window: matches!(report.place, Placed::Window { .. }),
        why: words::here(w, report.here),
        not_earlier: report.not_earlier.iter().map(closed).collect(),
        waits: report.waits_for.iter().map(|waits| words::waits_for(w, waits)).collect(),
    }
}

fn clash(w: Words, clash: &Clash) -> ClashView {
    let stated = |stated: &Stated| {
        let rule = w.camp_rule_owner(words::rule(w, stated.rule), say::owner(w, stated.owner));
        if &*stated.about == "all" { rule } else { format!("{}: {rule}", stated.about) }
    };
    ClashView {
        title: match clash.devices.saturating_sub(1) {
            0 => w.camp_clash_of(clash.device.as_str()),
            more => w.camp_clash_alike(u64::from(more), clash.device.as_str()),
        },
        rules: clash.rules.iter().map(stated).collect(),
        smallest: clash.smallest,
        relaxations: clash.relaxations.iter().map(stated).collect(),
    }
}
