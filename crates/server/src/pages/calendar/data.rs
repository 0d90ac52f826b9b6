//! Plans as changes, and where they stack, in plain data for page, files and API.

use std::collections::{BTreeMap, BTreeSet};

use hospital::State;
use hospital::night::plans::PlanRecord;
use model::Time;
use model::hash::PlanHash;
use model::ids::UnitId;
use planning::stack::{Change, Layer, Stack, change, stacks};

use crate::pages::night::life::PlanState;
use crate::pages::night::unit_name;

/// A plan that was over for longer than this is no longer coming.
const OVER_SHOWN_SECONDS: i64 = 14 * 86_400;

/// One plan as a change.
pub(super) struct Line {
    pub(super) hash: PlanHash,
    pub(super) title: String,
    pub(super) state: PlanState,
    /// Each window: opens, closes.
    pub(super) windows: Vec<(Time, Time)>,
    pub(super) hosts: u64,
    pub(super) services: Vec<String>,
    pub(super) units: Vec<String>,
    pub(super) layers: BTreeSet<Layer>,
}

impl Line {
    fn new(state: &State, record: &PlanRecord, change: &Change, units: &[UnitId], now: Time) -> Line {
        Line {
            hash: record.hash,
            title: record.plan.title.to_string(),
            state: PlanState::of(state, record, now),
            windows: record.plan.windows.iter().map(|window| (window.not_before, window.not_after)).collect(),
            hosts: record.plan.items.len() as u64,
            services: change.touched.keys().map(|service| state.service_name(service)).collect(),
            units: units.iter().map(|unit| unit_name(state, unit)).collect(),
            layers: change.touched.values().flat_map(|touched| touched.layers.iter().copied()).collect(),
        }
    }

    /// Its first window opens.
    pub(super) fn begins(&self) -> Option<Time> {
        self.windows.iter().map(|(from, _)| *from).min()
    }

    /// Its last window closes.
    pub(super) fn ends(&self) -> Option<Time> {
        self.windows.iter().map(|(_, to)| *to).max()
    }

    /// Is it still to come, or over for a short while only?
    pub(super) fn is_coming(&self, now: Time) -> bool {
        self.ends().is_some_and(|to| now.seconds_since(to) < OVER_SHOWN_SECONDS)
    }
}

/// Every plan, and where those that happen stack with at least one that is still to come.
pub(super) struct Calendar {
    pub(super) lines: Vec<Line>,
    pub(super) stacks: Vec<Stack>,
    /// Titles of plans.
    pub(super) titles: BTreeMap<PlanHash, String>,
}

impl Calendar {
    pub(super) fn of(state: &State, now: Time, within_seconds: i64) -> Calendar {
        let mut lines = Vec::new();
        let mut changes = Vec::new();
        for record in state.night().plans() {
            let topology = state.topology(&record.plan);
            let change = change(&record.plan, &topology);
            let units = planning::units_concerned(&record.plan, &topology);
            lines.push(Line::new(state, record, &change, &units, now));
            changes.push(change);
        }
        // What was withdrawn or replaced changes nothing.
        let happens = |line: &Line| match line.state {
            PlanState::Withdrawn | PlanState::Superseded => false,
            PlanState::Draft
            | PlanState::Agreed
            | PlanState::Running
            | PlanState::Paused
            | PlanState::Stopped
            | PlanState::Concluded => true,
        };
        let happening: Vec<Change> =
            lines.iter().zip(changes).filter(|(line, _)| happens(line)).map(|(_, change)| change).collect();
        let coming: BTreeSet<PlanHash> = lines
            .iter()
            .filter(|line| line.ends().is_some_and(|to| to >= now))
            .map(|line| line.hash)
            .collect();
        let mut stacks = stacks(&happening, within_seconds);
        stacks.retain(|stack| stack.plans.iter().any(|plan| coming.contains(plan)));
        let titles = lines.iter().map(|line| (line.hash, line.title.clone())).collect();
        lines.sort_by_key(|line| (line.begins(), line.hash));
        Calendar { lines, stacks, titles }
    }
}
