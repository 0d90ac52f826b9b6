//! What an open plan still needs, who may give it, and where. Who may not is not led there.

use hospital::State;
use hospital::night::plans::{PlanRecord, PlanStanding};
use model::agreement::Missing;
use model::ids::{AccountId, UnitId};
use model::people::Role;

use crate::page::Ctx;
use crate::pages::night::{answers_for, plan_href, unit_name, ward_href};
use crate::parts::Mark;

/// Something that is missing, and where it is given.
pub(super) struct Need {
    pub(super) mark: Mark,
    pub(super) says: String,
    pub(super) href: String,
    pub(super) act: &'static str,
}

/// Everything that is missing: what blocks first.
pub(super) fn needs(ctx: &Ctx, state: &State, record: &PlanRecord, standing: &PlanStanding) -> Vec<Need> {
    let w = ctx.w;
    let href = plan_href(record);
    let answer = |unit: &UnitId| match may_answer(ctx, state, record, unit) {
        true => format!("{}/plans/{}", ward_href(unit.as_str()), record.hash.short()),
        false => String::new(),
    };
    // Who may not do it is not led there.
    let may = |href: String| if may_approve(ctx, record) { href } else { String::new() };
    let need = |mark, says, href, act| Need { mark, says, href, act };
    let mut out: Vec<Need> = standing
        .findings
        .iter()
        .filter(|finding| finding.blocks)
        .map(|finding| {
            need(Mark::Broken, finding.says.to_string(), "#findings".to_owned(), w.plan_findings())
        })
        .collect();
    out.extend(standing.missing.iter().map(|missing| match missing {
        Missing::SignOff(unit) => need(
            Mark::Undecided,
            w.plan_needs_sign_off(&unit_name(state, unit)),
            answer(unit),
            w.plan_answer(),
        ),
        Missing::UnitAgainst(unit) => {
            need(Mark::Broken, w.plan_needs_against(&unit_name(state, unit)), answer(unit), w.plan_answer())
        }
        Missing::Cover { unit, wanted, people } => {
            let (have, want) = (w.number(*people as u64), w.number(u64::from(*wanted)));
            let says = w.plan_needs_cover(&unit_name(state, unit), &have, &want);
            need(Mark::Undecided, says, answer(unit), w.plan_confirm_cover())
        }
        Missing::Approvals { wanted, given } => {
            let says = w.plan_needs_approvals(&w.number(*given as u64), &w.number(*wanted as u64));
            need(Mark::Undecided, says, may(format!("{href}/approve")), w.plan_approve())
        }
    }));
    out
}

/// Is it whoever is signed in that asks for the plan? Others must answer for units and approve.
fn is_requester(ctx: &Ctx, record: &PlanRecord) -> bool {
    ctx.person().is_ok_and(|person| person.name == record.plan.requester)
}

pub(super) fn may_answer(ctx: &Ctx, state: &State, record: &PlanRecord, unit: &UnitId) -> bool {
    answers_for(ctx, state, unit) && !is_requester(ctx, record)
}

pub(super) fn may_approve(ctx: &Ctx, record: &PlanRecord) -> bool {
    let approved = |name: &AccountId| record.consent.approvals.iter().any(|approval| approval.by == *name);
    let fresh = ctx.person().is_ok_and(|person| !approved(&person.name));
    record.is_open() && ctx.may(Role::Engineer) && !is_requester(ctx, record) && fresh
}
