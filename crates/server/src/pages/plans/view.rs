//! What the page of one plan shows, in plain data: what is missing, the plan in short, the timeline, units, patches, rings, hosts.

use hospital::State;
use hospital::night::plans::{PlanRecord, PlanStanding};
use hospital::night::records::RunState;
use model::agreement::{PlanFinding, UnitAnswer};
use model::ids::UnitId;
use model::patch::{Patch, RestartNeed};
use model::people::Role;
use model::plan::{Hands, Plan};

use super::change_form;
use super::list::status;
use super::needs::{Need, may_answer, may_approve, needs};
use crate::clock::Local;
use crate::page::Ctx;
use crate::pages::night::drawing::{Drawn, drawn};
use crate::pages::night::forecast::{Forecast, beds_text};
use crate::pages::night::life::PlanState;
use crate::pages::night::{plan_href, say, unit_name, ward_href};
use crate::parts::{Field, Mark, Status, Table};
use crate::words::Words;

pub(super) struct UnitLine {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) dark: Vec<String>,
    /// Where no dark time is told.
    pub(super) no_dark: &'static str,
    pub(super) beds: String,
    pub(super) bed_count: u64,
    pub(super) loses: Vec<String>,
    pub(super) keeps: String,
    pub(super) answer: Status,
    pub(super) cover: Vec<String>,
    pub(super) answer_href: String,
}

pub(super) struct PatchLine {
    pub(super) title: String,
    pub(super) packages: Vec<String>,
    pub(super) closes: Vec<(String, String)>,
    pub(super) restart: String,
    pub(super) minutes: String,
    pub(super) back_out: String,
    pub(super) size: String,
}

pub(super) struct RingLine {
    pub(super) number: u16,
    pub(super) title: String,
    pub(super) hosts: u64,
    pub(super) when: String,
    pub(super) says: String,
}

pub(super) struct View {
    pub(super) status: Status,
    pub(super) asked: String,
    pub(super) note: String,
    pub(super) newer: String,
    pub(super) open: bool,
    pub(super) agreed: bool,
    pub(super) started: bool,
    pub(super) needs: Vec<Need>,
    pub(super) facts: Vec<(&'static str, Vec<String>)>,
    pub(super) drawn: Option<Drawn>,
    /// The fields that move what is drawn, for whoever may.
    pub(super) moves: Vec<Field>,
    /// On what the times stand.
    pub(super) stands: String,
    pub(super) units: Vec<UnitLine>,
    pub(super) patches: Vec<PatchLine>,
    pub(super) rings: Vec<RingLine>,
    pub(super) items: Table,
    pub(super) findings: Vec<(Status, String)>,
    pub(super) approvals: Vec<String>,
    pub(super) contingency: String,
    pub(super) hash: String,
    pub(super) href: String,
    /// Where the planner plans it again; empty where it may not, or there is nothing of it to plan.
    pub(super) again_href: String,
    pub(super) may: bool,
    pub(super) may_approve: bool,
}

impl View {
    pub(super) fn new(
        ctx: &Ctx,
        state: &State,
        record: &PlanRecord,
        declared: &Forecast,
        forecast: &Forecast,
        items: Table,
    ) -> View {
        let (w, local, plan) = (ctx.w, ctx.local(), &*record.plan);
        let standing = state.plan_standing(record, ctx.now);
        let life = PlanState::of(state, record, ctx.now);
        let blocking = standing.findings.iter().filter(|finding| finding.blocks).count();
        let movable = record.is_open() && ctx.may(Role::Engineer);
        let moving = movable.then(|| change_form::moving("move"));
        let missing = if record.is_open() { (standing.missing.len() + blocking) as u64 } else { 0 };
        View {
            status: status(w, life, missing),
            asked: w.plan_asked(record.plan.requester.as_str(), &local.moment(record.drafted.time)),
            note: note(&local, record),
            newer: record.superseded_by.map_or(String::new(), |hash| format!("/plans/{}", hash.short())),
            open: record.is_open(),
            agreed: record.is_open() && standing.is_agreed(),
            started: record.started.is_some(),
            needs: if record.is_open() { needs(ctx, state, record, &standing) } else { Vec::new() },
            facts: facts(&local, plan, &standing, declared),
            drawn: drawn(&local, state, plan, forecast, &standing.findings, "night", moving),
            moves: if movable { change_form::move_fields(&local, plan) } else { Vec::new() },
            stands: forecast.stands.says(w),
            units: standing
                .units
                .iter()
                .map(|unit| {
                    let line = unit_line(&local, state, record, unit, forecast);
                    let answer_href =
                        if may_answer(ctx, state, record, unit) { line.answer_href } else { String::new() };
                    UnitLine { answer_href, ..line }
                })
                .collect(),
            patches: plan.patches.iter().map(|patch| patch_line(w, patch)).collect(),
            rings: rings(&local, plan, forecast),
            items,
            findings: finding_lines(w, &standing.findings),
            approvals: record
                .consent
                .approvals
                .iter()
                .map(|approval| w.plan_approved(approval.by.as_str(), &local.moment(approval.at)))
                .collect(),
            contingency: plan.contingency.to_string(),
            hash: record.hash.to_string(),
            href: plan_href(record),
            again_href: match ctx.may(Role::Engineer) && may_be_planned_again(state, record) {
                true => format!("/plans/new/campaign?again={}", record.hash.short()),
                false => String::new(),
            },
            may: ctx.may(Role::Engineer),
            may_approve: may_approve(ctx, record),
        }
    }
}

/// What the checker says, each with its mark.
pub(super) fn finding_lines(w: Words, findings: &[PlanFinding]) -> Vec<(Status, String)> {
    let line = |finding: &PlanFinding| {
        let status = if finding.blocks {
            Status::worded(Mark::Broken, w.plan_blocks())
        } else {
            Status::worded(Mark::NotAffected, w.plan_remark())
        };
        let about = if finding.about.is_empty() { String::new() } else { format!("{}: ", finding.about) };
        (status, format!("{about}{}", finding.says))
    };
    // What blocks is read first.
    let (blocking, remarks): (Vec<_>, Vec<_>) = findings.iter().partition(|finding| finding.blocks);
    blocking.into_iter().chain(remarks).map(line).collect()
}

/// Neither withdrawn nor edited since; a plan in motion must be stopped first.
fn may_be_planned_again(state: &State, record: &PlanRecord) -> bool {
    record.is_open() || state.night().run_state(&record.hash) == Some(RunState::Stopped)
}

fn note(local: &Local, record: &PlanRecord) -> String {
    let w = local.w;
    match (&record.withdrawn, &record.superseded_by) {
        (Some((stamp, why)), _) => w.plan_withdrawn_says(&stamp.actor, &local.moment(stamp.time), why),
        (None, Some(_)) => w.plan_superseded_says().to_owned(),
        (None, None) => String::new(),
    }
}

fn facts(
    local: &Local,
    plan: &Plan,
    standing: &PlanStanding,
    forecast: &Forecast,
) -> Vec<(&'static str, Vec<String>)> {
    let w = local.w;
    let count = |number: usize| number as u64;
    let windows = plan.windows.iter().map(|window| {
        let (from, latest, to) = (window.not_before, window.latest_start, window.not_after);
        w.plan_window(&local.moment(from), &local.clock_near(from, latest), &local.clock_near(from, to))
    });
    let installs = plan.items.iter().map(|item| item.patches.len()).sum::<usize>();
    let restarts = plan
        .items
        .iter()
        .filter(|item| plan.patches_of(item).any(|patch| patch.restart == RestartNeed::Host))
        .count();
    let mut long = Vec::new();
    if let Some((p50, p90)) = forecast.timetable.ends() {
        long.push(w.plan_until(&local.moment(p50), &local.moment(p90)));
        if let Some(end) = plan.windows.iter().map(|window| window.not_after).max()
            && p90 > end
        {
            long.push(w.plan_too_long(&local.moment(end)));
        }
    }
    long.push(w.plan_declared().to_owned());
    let titles = plan.patches.iter().map(|patch| patch.title.to_string()).collect();
    let quiet = say::minutes(w, u64::from(plan.proof.quiet_minutes));
    let mut proof = vec![w.plan_proof_says(&quiet)];
    if let Some(minute) = plan.proof.morning_minute {
        proof.push(w.plan_proof_morning(&format!("{:02}:{:02}", minute / 60, minute % 60)));
    }
    if plan.items.iter().any(|item| item.by != Hands::Agent) {
        proof.push(w.plan_proof_hand(u64::from(plan.proof.hand_proof_days())));
    }
    vec![
        (w.plan_what(), titles),
        (
            w.plan_where(),
            vec![
                w.plan_hosts_count(count(plan.items.len())),
                w.plan_units_count(count(standing.units.len())),
            ],
        ),
        (w.plan_when(), windows.collect()),
        (w.plan_how_many(), vec![w.plan_installs(count(installs)), w.plan_restarts(count(restarts))]),
        (w.plan_how_long(), long),
        (w.plan_together(), vec![w.plan_rings_says(count(plan.rings.len()))]),
        (w.plan_proof(), proof),
    ]
}

/// A unit's answer as it stands.
pub(crate) fn answer_status(local: &Local, record: &PlanRecord, unit: &UnitId) -> Status {
    let w = local.w;
    let newest = record.consent.sign_offs.iter().rev().find(|sign_off| sign_off.unit == *unit);
    match newest {
        None => Status::worded(Mark::Undecided, w.plan_unit_waits()),
        Some(sign_off) => sign_off_status(local, sign_off),
    }
}

/// An answer of a unit to anything.
pub(crate) fn sign_off_status(local: &Local, sign_off: &model::agreement::SignOff) -> Status {
    let w = local.w;
    let (by, at) = (sign_off.by.as_str(), local.moment(sign_off.at));
    match &sign_off.answer {
        UnitAnswer::Accept => {
            Status::worded(Mark::Fixed, w.answer_word_accepted()).detail(w.plan_accepted(by, &at))
        }
        UnitAnswer::Propose { not_before, says } => Status::worded(Mark::Undecided, w.answer_word_other())
            .detail(w.plan_proposed(by, &local.moment(*not_before), says)),
        UnitAnswer::Refuse { reason } => {
            Status::worded(Mark::Broken, w.answer_word_refused()).detail(w.plan_refused(by, reason))
        }
    }
}

/// What staff is wanted and confirmed for a unit.
pub(crate) fn cover_lines(w: Words, record: &PlanRecord, unit: &UnitId) -> Vec<String> {
    let wanted = record.plan.cover.iter().filter(|cover| cover.unit == *unit);
    let mut lines: Vec<String> =
        wanted.map(|cover| w.plan_cover_wanted(&w.number(u64::from(cover.people)), &cover.task)).collect();
    if lines.is_empty() {
        return vec![w.plan_unit_no_cover().to_owned()];
    }
    match record.consent.cover.iter().rev().find(|confirmed| confirmed.unit == *unit) {
        Some(confirmed) => lines.push(w.plan_cover_is(&confirmed.people.join(", "), confirmed.by.as_str())),
        None => lines.push(w.plan_unit_waits().to_owned()),
    }
    lines
}

fn unit_line(
    local: &Local,
    state: &State,
    record: &PlanRecord,
    unit: &UnitId,
    forecast: &Forecast,
) -> UnitLine {
    let w = local.w;
    let name = |service: &model::ids::ServiceId| state.service_name(service);
    let mut loses: Vec<String> = forecast.of(unit).map(|dark| name(&dark.service)).collect();
    loses.sort_unstable();
    loses.dedup();
    let mut keeps: Vec<String> =
        forecast.of(unit).filter_map(|dark| dark.fallback.as_ref()).map(name).collect();
    keeps.sort_unstable();
    keeps.dedup();
    let beds = forecast.beds(unit);
    UnitLine {
        name: unit_name(state, unit),
        href: ward_href(unit.as_str()),
        dark: forecast
            .stretches(unit)
            .into_iter()
            .map(|(from, to_p50, to_p90)| say::from_to(local, from, to_p50, to_p90))
            .collect(),
        no_dark: if forecast.darkens_perhaps(unit) {
            w.plan_unit_perhaps_dark()
        } else {
            w.plan_unit_never_dark()
        },
        bed_count: beds.len() as u64,
        beds: beds_text(&beds),
        keeps: match (keeps.is_empty(), loses.is_empty()) {
            (_, true) => String::new(),
            (true, false) => w.ward_still_nothing().to_owned(),
            (false, false) => keeps.join(", "),
        },
        loses,
        answer: answer_status(local, record, unit),
        cover: cover_lines(w, record, unit),
        answer_href: if record.is_open() {
            format!("{}/plans/{}", ward_href(unit.as_str()), record.hash.short())
        } else {
            String::new()
        },
    }
}

fn patch_line(w: Words, patch: &Patch) -> PatchLine {
    let restart = match &patch.restart {
        RestartNeed::None => w.plan_restart_none().to_owned(),
        RestartNeed::Services(names) => w.plan_restart_services(&names.join(", ")),
        RestartNeed::Host => w.plan_restart_host().to_owned(),
    };
    let package = |package: &model::patch::PackageVersion| format!("{} {}", package.package, package.version);
    PatchLine {
        title: patch.title.to_string(),
        packages: if patch.packages.is_empty() {
            vec![w.plan_by_hand().to_owned()]
        } else {
            patch.packages.iter().map(package).collect()
        },
        closes: patch
            .closes
            .iter()
            .map(|cve| (cve.to_string(), crate::pages::overview::view::query("/matrix", &[("cve", cve)])))
            .collect(),
        restart,
        minutes: say::duration(w, patch.declared.forward()),
        back_out: if patch.can_roll_back {
            say::duration(w, patch.declared.back_out)
        } else {
            w.plan_no_back_out().to_owned()
        },
        size: w.plan_kilobytes(&w.number(patch.size_bytes.div_ceil(1_000))),
    }
}

pub(super) fn rings(local: &Local, plan: &Plan, forecast: &Forecast) -> Vec<RingLine> {
    let w = local.w;
    let number = |value: u32| w.number(u64::from(value));
    let line = |(ix, ring): (u16, &model::plan::Ring)| RingLine {
        number: ix,
        title: ring.title.to_string(),
        hosts: plan.items.iter().filter(|item| item.ring == ix).count() as u64,
        when: forecast
            .timetable
            .rings
            .iter()
            .find(|times| times.ring == ix)
            .map_or(String::new(), |times| say::from_to(local, times.begins.0, times.ends.0, times.ends.1)),
        says: w.plan_ring_says(
            &number(ring.success_min),
            &number(ring.failures_stop),
            &say::minutes(w, u64::from(ring.soak_minutes)),
            &number(ring.at_once_max),
        ),
    };
    (1_u16..).zip(&plan.rings).map(line).collect()
}
