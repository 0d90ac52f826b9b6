//! Binding acts on a plan: approve, withdraw, start, pause, go on, stop, emergency stop. Each shows first what will happen.

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::Command;
use model::PlanHash;
use model::ids::AccountId;
use model::people::Role;
use serde::Deserialize;

use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::act::{Act, reason};
use crate::pages::night::{carry, plan_href, plan_of, unit_name};
use crate::parts::{Field, FieldKind};

/// What may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Approve,
    Withdraw,
    Start,
    Pause,
    Resume,
    Stop,
    Emergency,
}

impl What {
    fn read(word: &str) -> Result<What, Problem> {
        match word {
            "approve" => Ok(What::Approve),
            "withdraw" => Ok(What::Withdraw),
            "start" => Ok(What::Start),
            "pause" => Ok(What::Pause),
            "resume" => Ok(What::Resume),
            "stop" => Ok(What::Stop),
            "emergency" => Ok(What::Emergency),
            _ => Err(Problem::NotFound),
        }
    }

    fn wants_reason(self) -> bool {
        match self {
            What::Approve | What::Start => false,
            What::Withdraw | What::Pause | What::Resume | What::Stop | What::Emergency => true,
        }
    }

    fn command(self, plan: PlanHash, reason: Box<str>, by: AccountId) -> Command {
        match self {
            What::Approve => Command::ApprovePlan { plan, by },
            What::Start => Command::StartRollout { plan, by },
            What::Withdraw => Command::WithdrawPlan { plan, reason, by },
            What::Pause => Command::PauseRollout { plan, reason, by },
            What::Resume => Command::ResumeRollout { plan, reason, by },
            What::Stop => Command::StopRollout { plan, reason, emergency: false, by },
            What::Emergency => Command::StopRollout { plan, reason, emergency: true, by },
        }
    }

    /// Where one is afterwards.
    fn then(self, plan: &str) -> String {
        match self {
            What::Approve | What::Withdraw => plan.to_owned(),
            What::Start | What::Pause | What::Resume | What::Stop | What::Emergency => "/board".to_owned(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    reason: String,
}

fn page(ctx: &Ctx, id: &str, what: What, said: &str, error: &str) -> Result<Act, Problem> {
    let w = ctx.w;
    let local = ctx.local();
    ctx.app.domain.node.read(|state| {
        let record = plan_of(state, id)?;
        let plan = &record.plan;
        let units = state.plan_standing(record, ctx.now).units;
        let (hosts, begins) = (w.plan_hosts_count(plan.items.len() as u64), plan.windows.first());
        let from = begins.map_or_else(|| "?".to_owned(), |window| local.moment(window.not_before));
        let title = &*plan.title;
        let (heading, says, verb) = match what {
            What::Approve => (
                w.act_approve_title(title),
                w.act_approve_says(&hosts, &w.plan_units_count(units.len() as u64)),
                w.act_approve_verb(),
            ),
            What::Start => (w.act_start_title(title), w.act_start_says(&hosts, &from), w.act_start_verb()),
            What::Withdraw => {
                (w.act_withdraw_title(title), w.act_withdraw_says().to_owned(), w.act_withdraw_verb())
            }
            What::Pause => (w.act_pause_title(title), w.act_pause_says().to_owned(), w.act_pause_verb()),
            What::Resume => (w.act_resume_title(title), w.act_resume_says().to_owned(), w.act_resume_verb()),
            What::Stop => (w.act_stop_title(title), w.act_stop_says().to_owned(), w.act_stop_verb()),
            What::Emergency => {
                (w.act_emergency_title(title), w.act_emergency_says().to_owned(), w.act_emergency_verb())
            }
        };
        let field =
            || Field::new("reason", w.act_reason(), FieldKind::Lines).value(said).error(error).focused();
        let back = match what {
            What::Approve | What::Withdraw | What::Start => plan_href(record),
            What::Pause | What::Resume | What::Stop | What::Emergency => "/board".to_owned(),
        };
        Ok(Act {
            shell: ctx.shell(heading).crumb("/plans", w.plans_title()).crumb(plan_href(record), title),
            says,
            concerns: units.iter().map(|unit| unit_name(state, unit)).collect(),
            fields: if what.wants_reason() { vec![field()] } else { Vec::new() },
            action: ctx.here.split('?').next().unwrap_or("/plans").to_owned(),
            verb: verb.to_owned(),
            destructive: matches!(what, What::Withdraw | What::Stop | What::Emergency),
            back,
        })
    })
}

pub(super) async fn ask(ctx: Ctx, Path((id, word)): Path<(String, String)>) -> Result<Response, Problem> {
    let what = What::read(&word)?;
    ctx.require(Role::Engineer)?;
    Ok(page(&ctx, &id, what, "", "")?.answer(&ctx, false))
}

pub(super) async fn act(
    ctx: Ctx,
    Path((id, word)): Path<(String, String)>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let what = What::read(&word)?;
    let by = ctx.require(Role::Engineer)?.name.clone();
    let why = reason(&said.reason);
    if what.wants_reason() && why.is_none() {
        return Ok(page(&ctx, &id, what, "", ctx.w.act_reason_missing())?.answer(&ctx, true));
    }
    let (hash, href) = ctx
        .app
        .domain
        .node
        .read(|state| plan_of(state, &id).map(|record| (record.hash, plan_href(record))))?;
    carry(&ctx, what.command(hash, why.unwrap_or_default(), by)).await?;
    Ok(Redirect::to(&what.then(&href)).into_response())
}
