//! Plain data of plans as the list, files and the API share it: copied out of the state, exact counts.

use hospital::State;
use hospital::night::plans::PlanRecord;
use model::Time;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Local;
use crate::pages::night::life::PlanState;

/// One plan as a list shows it.
#[derive(Clone, Debug)]
pub(crate) struct PlanLine {
    pub(crate) hash: String,
    pub(crate) short: String,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) state: PlanState,
    pub(crate) missing: u64,
    pub(crate) begins: Option<Time>,
    pub(crate) hosts: u64,
    pub(crate) patches: u64,
    pub(crate) units: u64,
    pub(crate) requester: String,
    pub(crate) drafted: Time,
}

/// One plan for programs.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlanLineJson {
    /// SHA-256 of the plan.
    hash: String,
    /// Names the plan over its revisions.
    plan: String,
    title: String,
    /// `draft`, `agreed`, `running`, `paused`, `stopped`, `concluded`, `withdrawn`, `superseded`.
    state: &'static str,
    /// Things missing before it is agreed.
    missing: u64,
    /// Its first window begins; RFC 3339, UTC.
    begins: Option<String>,
    hosts: u64,
    patches: u64,
    /// Units that must answer.
    units: u64,
    requester: String,
    /// RFC 3339, UTC.
    drafted: String,
}

impl PlanLine {
    pub(crate) fn new(state: &State, record: &PlanRecord, now: Time) -> PlanLine {
        let standing = state.plan_standing(record, now);
        let blocking = standing.findings.iter().filter(|finding| finding.blocks).count();
        let open = record.is_open();
        PlanLine {
            hash: record.hash.to_string(),
            short: record.hash.short(),
            id: record.plan.id.to_string(),
            title: record.plan.title.to_string(),
            state: PlanState::of(state, record, now),
            missing: if open { (standing.missing.len() + blocking) as u64 } else { 0 },
            begins: record.plan.windows.iter().map(|window| window.not_before).min(),
            hosts: record.plan.items.len() as u64,
            patches: record.plan.patches.len() as u64,
            units: standing.units.len() as u64,
            requester: record.plan.requester.to_string(),
            drafted: record.drafted.time,
        }
    }

    /// Every plan, newest drafted first.
    pub(crate) fn all(state: &State, now: Time) -> Vec<PlanLine> {
        let mut records: Vec<&PlanRecord> = state.night().plans().collect();
        records.sort_by_key(|record| std::cmp::Reverse(record.drafted.seq));
        records.into_iter().map(|record| PlanLine::new(state, record, now)).collect()
    }

    pub(crate) fn json(self, local: &Local) -> PlanLineJson {
        PlanLineJson {
            hash: self.hash,
            plan: self.id,
            title: self.title,
            state: self.state.word(),
            missing: self.missing,
            begins: self.begins.map(|time| local.machine(time)),
            hosts: self.hosts,
            patches: self.patches,
            units: self.units,
            requester: self.requester,
            drafted: local.machine(self.drafted),
        }
    }
}
