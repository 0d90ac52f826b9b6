//! A window of a plan as a problem, and its schedule as times of hosts (R07, R10–R14): minutes at the 90th percentile, rings and waves
//! after one another, at most so many hosts at once, no service without its last spare carrier, never a service and what stands in
//! for it, for each dark host of a unit one of the people whom the plan names for it. How it is solved must not live here.
//!
//! The first four rules are those by which the rollout lets a host begin; a host counts as gone from its beginning on, as it does
//! there. The people are the plan's promise to the ward, which the rollout does not count.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use model::ids::WindowId;
use model::plan::{Hands, Item, Plan, Window};
use model::service::Service;
use model::{AssetTag, Time, Topology};
use thiserror::Error;

use super::problem::{
    AMOUNT_MAX, After, BackOut, Draft, Level, Mode, Need, Problem, ProblemError, Resource, Step, Task,
};
use super::reason::Reason;
use super::solve::{Effort, solve};
use crate::check::schedule::{Violation, verify};

/// When the hosts of one window are worked on, at the 90th percentile of the declared minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowSchedule {
    /// Each host, in the order in which they begin; of those that begin together the longest first.
    pub hosts: Vec<HostTime>,
    /// The last of them ends.
    pub ends: Time,
    /// No order of these hosts ends earlier.
    pub ends_at_least: Time,
    /// Schedules that were tried.
    pub schedules: u64,
}

/// When one host is worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostTime {
    /// Which.
    pub host: AssetTag,
    /// Its ring, from 1.
    pub ring: u16,
    /// Its wave in the ring, from 1.
    pub wave: u16,
    /// Work begins.
    pub begins: Time,
    /// What it carries is dark from here on; the same as `ends` where nothing restarts.
    pub dark: Time,
    /// It answers again.
    pub ends: Time,
}

/// Why a window has no schedule.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WindowError {
    /// The plan has no such window.
    #[error("the plan has no window {0}")]
    Unknown(WindowId),
    /// The window's times are not in order.
    #[error("window {0} is not in order; right is: not before, then latest start, then not after")]
    Disordered(WindowId),
    /// The work cannot be written down as a problem.
    #[error("the work of window {window} cannot be scheduled: {source}")]
    Problem {
        /// Which window.
        window: WindowId,
        /// What is wrong.
        source: ProblemError,
    },
    /// There is no schedule, or none was found; minutes count from the window's beginning.
    #[error("window {window}: {reason}")]
    NoSchedule {
        /// Which window.
        window: WindowId,
        /// Why.
        reason: Reason,
    },
    /// The verifier refuses what the engine found: a fault of Segue. Nothing of it is shown.
    #[error("window {window}: the schedule breaks a rule and is not shown: {found}")]
    Refused {
        /// Which window.
        window: WindowId,
        /// What the verifier found first.
        found: Violation,
    },
}

/// Schedules the hosts of a window. `not_before` is when the rings before it have soaked; the window's own beginning counts when it is
/// later. `should_stop` is asked now and then, the best schedule so far is then the answer.
///
/// # Errors
/// No such window, or no schedule: which host, what is in its way, and whether that is proven.
pub fn of_window(
    plan: &Plan,
    topology: &Topology,
    window: &WindowId,
    not_before: Time,
    effort: Effort,
    should_stop: &mut dyn FnMut() -> bool,
) -> Result<WindowSchedule, WindowError> {
    let Some(found) = plan.windows.iter().find(|known| known.id == *window) else {
        return Err(WindowError::Unknown(window.clone()));
    };
    let frame = Frame::new(found, not_before).ok_or_else(|| WindowError::Disordered(window.clone()))?;
    let night = Night::new(plan, topology, found, &frame);
    let problem = Problem::new(night.draft)
        .map_err(|source| WindowError::Problem { window: window.clone(), source })?;
    let answer = solve(&problem, effort, should_stop);
    let best = answer.found.map_err(|reason| WindowError::NoSchedule { window: window.clone(), reason })?;
    if let Some(found) = verify(&problem, &best.schedule).into_iter().next() {
        return Err(WindowError::Refused { window: window.clone(), found });
    }
    let starts = night.items.iter().zip(&best.schedule.starts);
    let mut hosts: Vec<HostTime> =
        starts.filter_map(|(item, start)| Some(time_of(plan, (*item)?, frame.at(*start)))).collect();
    hosts.sort_by_key(|time| (time.begins, Reverse(time.ends), time.host.clone()));
    let (ends, ends_at_least) = (frame.at(best.ends), frame.at(best.ends_at_least));
    Ok(WindowSchedule { hosts, ends, ends_at_least, schedules: answer.schedules })
}

fn time_of(plan: &Plan, item: &Item, begins: Time) -> HostTime {
    let declared = plan.minutes_of(item);
    let installed = begins.plus_seconds(i64::from(declared.install.p90) * 60);
    let ends = installed.plus_seconds(i64::from(declared.restart.p90) * 60);
    let dark = if item.by == Hands::Agent { installed } else { begins };
    HostTime { host: item.host.clone(), ring: item.ring, wave: item.wave, begins, dark, ends }
}

/// A window in minutes.
struct Frame {
    opens: Time,
    release: u32,
    latest_start: u32,
    horizon: u32,
}

impl Frame {
    /// `None` when the window's times are not in order.
    fn new(window: &Window, not_before: Time) -> Option<Frame> {
        // Minutes that are begun count in full before, and not at all behind: never more time than there is.
        let minutes = |at: Time| u32::try_from(at.seconds_since(window.not_before).max(0) / 60).ok();
        let wait = not_before.seconds_since(window.not_before).max(0);
        let in_order = window.not_before <= window.latest_start && window.latest_start <= window.not_after;
        in_order.then_some(())?;
        Some(Frame {
            opens: window.not_before,
            release: u32::try_from((wait + 59) / 60).ok()?,
            latest_start: minutes(window.latest_start)?,
            horizon: minutes(window.not_after)?,
        })
    }

    fn at(&self, minute: u32) -> Time {
        self.opens.plus_seconds(i64::from(minute) * 60)
    }
}

/// The problem under construction, with the item of each task; the ends of waves are tasks without one.
struct Night<'a> {
    draft: Draft,
    items: Vec<Option<&'a Item>>,
}

impl<'a> Night<'a> {
    fn new(plan: &'a Plan, topology: &Topology, window: &Window, frame: &Frame) -> Night<'a> {
        let mut night = Night {
            draft: Draft { horizon_minutes: frame.horizon, resources: Vec::new(), tasks: Vec::new() },
            items: Vec::new(),
        };
        let mut before: Option<After> = None;
        for (number, ring) in (1u16..).zip(&plan.rings).filter(|(_, ring)| ring.window == window.id) {
            let at_once = night.resource(format!("places at once in ring {number}"), ring.at_once_max);
            let mut waves: BTreeMap<u16, Vec<&Item>> = BTreeMap::new();
            for item in plan.items.iter().filter(|item| item.ring == number) {
                waves.entry(item.wave).or_default().push(item);
            }
            for (wave, items) in waves {
                let first = night.draft.tasks.len();
                for item in items {
                    night.host(plan, item, frame, before, at_once);
                }
                let over = (first..night.draft.tasks.len()).map(|task| After { task, lag_minutes: 0 });
                let over: Vec<After> = over.collect();
                night.end_of_wave(format!("end of wave {wave} of ring {number}"), over, frame);
                before = Some(After { task: night.draft.tasks.len() - 1, lag_minutes: 0 });
            }
            if let Some(before) = &mut before {
                before.lag_minutes = ring.soak_minutes;
            }
        }
        night.redundancy(plan, topology);
        night.cover(plan, topology);
        night
    }

    fn resource(&mut self, name: String, amount: u32) -> usize {
        let levels = vec![Level { from_minute: 0, amount: amount.min(AMOUNT_MAX) }];
        self.draft.resources.push(Resource { name: name.into(), levels });
        self.draft.resources.len() - 1
    }

    fn host(&mut self, plan: &Plan, item: &'a Item, frame: &Frame, before: Option<After>, at_once: usize) {
        let declared = plan.minutes_of(item);
        let place = || vec![Need { resource: at_once, amount: 1 }];
        let steps = vec![
            Step { minutes: declared.install.p90, needs: place() },
            Step { minutes: declared.restart.p90, needs: place() },
        ];
        let back_out = Some(BackOut { after_step: 1, minutes: declared.back_out.p90 });
        self.draft.tasks.push(Task {
            name: item.host.as_str().into(),
            modes: vec![Mode { steps, back_out }],
            after: before.into_iter().collect(),
            release_minute: frame.release,
            latest_start_minute: frame.latest_start,
            deadline_minute: frame.horizon,
            blackouts: Vec::new(),
        });
        self.items.push(Some(item));
    }

    fn end_of_wave(&mut self, name: String, after: Vec<After>, frame: &Frame) {
        self.draft.tasks.push(Task {
            name: name.into(),
            modes: vec![Mode { steps: vec![Step { minutes: 0, needs: Vec::new() }], back_out: None }],
            after,
            release_minute: 0,
            latest_start_minute: frame.horizon,
            deadline_minute: frame.horizon,
            blackouts: Vec::new(),
        });
        self.items.push(None);
    }

    /// What every step of a task needs besides, or only those in which it is dark.
    fn needs(&mut self, task: usize, need: Need, only_dark: bool) {
        let by_agent = self.items[task].is_some_and(|item| item.by == Hands::Agent);
        let steps = &mut self.draft.tasks[task].modes[0].steps;
        for step in steps.iter_mut().skip(usize::from(only_dark && by_agent)) {
            step.needs.push(need);
        }
    }

    /// Tasks of hosts that patients can notice and that a service counts among its carriers.
    fn carriers(&self, plan: &Plan, service: &Service) -> Vec<usize> {
        let carries =
            |item: &Item| service.redundancy.carriers.contains(&item.host) && plan.is_disruptive(item);
        (0..self.items.len()).filter(|task| self.items[*task].is_some_and(carries)).collect()
    }

    /// A service with a spare carrier never loses more than it can spare; of one without, and what stands in for it and has none
    /// either, only one is dark.
    fn redundancy(&mut self, plan: &Plan, topology: &Topology) {
        let spare = |service: &Service| {
            service.redundancy.carriers.len().saturating_sub(usize::from(service.redundancy.needed))
        };
        for service in &topology.services {
            let carriers = self.carriers(plan, service);
            let spare_here = spare(service);
            if spare_here > 0 && carriers.len() > spare_here {
                let amount = u32::try_from(spare_here).unwrap_or(AMOUNT_MAX);
                let resource = self.resource(format!("spare carriers of {}", service.id), amount);
                carriers.iter().for_each(|task| self.needs(*task, Need { resource, amount: 1 }, false));
            }
            let fallback = service.fallback.as_ref().and_then(|id| topology.service(id));
            let Some(fallback) = fallback.filter(|fallback| spare_here == 0 && spare(fallback) == 0) else {
                continue;
            };
            let mut many = carriers;
            let mut few = self.carriers(plan, fallback);
            if many.len() < few.len() {
                std::mem::swap(&mut many, &mut few);
            }
            let amount = u32::try_from(many.len()).unwrap_or(AMOUNT_MAX);
            let both: BTreeSet<usize> = many.iter().filter(|task| few.contains(task)).copied().collect();
            if few.is_empty() || amount > AMOUNT_MAX {
                continue;
            }
            // Each of the few takes all that there is: it is alone. A host that carries both darkens both by itself; the checker of
            // plans says so, no order of hosts can help.
            let resource =
                self.resource(format!("{} or {}, which stands in for it", service.id, fallback.id), amount);
            for task in many.iter().filter(|task| !both.contains(task)) {
                self.needs(*task, Need { resource, amount: 1 }, false);
            }
            few.iter().for_each(|task| self.needs(*task, Need { resource, amount }, false));
        }
    }

    /// The people whom the plan names for a unit: one for each host that is dark there.
    fn cover(&mut self, plan: &Plan, topology: &Topology) {
        let by_host = topology.by_host();
        let mut of_unit: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (task, item) in self.items.iter().enumerate() {
            for unit in item
                .iter()
                .filter(|item| plan.is_disruptive(item))
                .flat_map(|item| by_host.units_darkened_by(&item.host))
            {
                of_unit.entry(unit).or_default().push(task);
            }
        }
        for cover in plan.cover.iter().filter(|cover| cover.people > 0) {
            let Some(tasks) = of_unit.remove(&cover.unit) else { continue };
            if tasks.len() <= usize::from(cover.people) {
                continue;
            }
            let resource = self.resource(format!("people for {}", cover.unit), u32::from(cover.people));
            tasks.iter().for_each(|task| self.needs(*task, Need { resource, amount: 1 }, true));
        }
    }
}
