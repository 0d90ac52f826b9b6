//! `/plans/{id}/hosts/{asset}/{act}`: what only a person decides about one host of a night. Look into it: restarts that nobody
//! ordered are forgiven. Roll back: the patches are taken back, in a window of its own. Each shows first what will happen.

use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use hospital::night::plans::PlanRecord;
use hospital::{Command, State};
use model::AssetTag;
use model::people::Role;
use rollout::verdict::{Failure, Verdict};
use serde::Deserialize;

use super::span::{self, Typed};
use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::devices::segment;
use crate::pages::night::act::{Act, reason};
use crate::pages::night::{carry, host_href, look, plan_href, plan_of, say, time, unit_name};
use crate::parts::{Field, FieldKind};
use crate::words::Words;

/// What a person decides about a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostAct {
    LookInto,
    RollBack,
}

impl HostAct {
    fn read(word: &str) -> Result<HostAct, Problem> {
        match word {
            "look-into" => Ok(HostAct::LookInto),
            "roll-back" => Ok(HostAct::RollBack),
            _ => Err(Problem::NotFound),
        }
    }

    /// The words on the link to it.
    pub(crate) fn says(self, w: Words) -> &'static str {
        match self {
            HostAct::LookInto => w.act_look_into(),
            HostAct::RollBack => w.act_roll_back(),
        }
    }

    /// Where it is asked.
    pub(crate) fn href(self, record: &PlanRecord, host: &AssetTag) -> String {
        let word = match self {
            HostAct::LookInto => "look-into",
            HostAct::RollBack => "roll-back",
        };
        format!("{}/hosts/{}/{word}", plan_href(record), segment(host.as_str()))
    }
}

/// What a host's verdict asks a person to decide now: what would be refused is not offered.
pub(crate) fn offered(
    state: &State,
    record: &PlanRecord,
    host: &AssetTag,
    verdict: &Verdict,
) -> Vec<HostAct> {
    let unordered = matches!(verdict, Verdict::Broken { failures }
        if failures.iter().any(|failure| matches!(failure, Failure::UnorderedRestart { .. })));
    let trouble = match verdict {
        Verdict::Broken { .. } | Verdict::Stalled { .. } | Verdict::RestartPending { .. } => true,
        Verdict::NotBegun
        | Verdict::Proven { .. }
        | Verdict::Settling { .. }
        | Verdict::Dark { .. }
        | Verdict::Stale { .. }
        | Verdict::Unknown { .. } => false,
    };
    let may = state.night().rollout(&record.hash).is_some_and(|rollout| rollout.may_roll_back(host));
    let acts = [(unordered, HostAct::LookInto), (trouble && may, HostAct::RollBack)];
    acts.into_iter().filter(|(wanted, _)| *wanted).map(|(_, act)| act).collect()
}

#[derive(Default, Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    minutes: String,
}

/// What is wrong with what was said: the reason, and the two fields of the window.
type Wrong<'a> = (&'a str, [&'a str; 2]);

/// Minutes that going back takes at P90: each patch, then one restart.
fn back_minutes(record: &PlanRecord, host: &AssetTag) -> i64 {
    let Some(item) = record.plan.item(host) else { return 0 };
    let patches = record.plan.patches_of(item).map(|patch| patch.declared);
    let (back, restart) = patches.fold((0, 0), |(back, restart), declared| {
        (back + i64::from(declared.back_out.p90), i64::from(declared.restart.p90).max(restart))
    });
    back + restart
}

fn page(
    ctx: &Ctx,
    path: &(String, String, String),
    said: Option<&Said>,
    wrong: Wrong<'_>,
) -> Result<Act, Problem> {
    let (w, local) = (ctx.w, ctx.local());
    let (id, host, word) = path;
    let act = HostAct::read(word)?;
    let host = AssetTag::new(host).map_err(|_| Problem::NotFound)?;
    ctx.app.domain.node.read(|state| {
        let record = plan_of(state, id)?;
        let standing = look::look(state, record, ctx.now)
            .and_then(|look| look.hosts.into_iter().find(|standing| standing.host == host))
            .ok_or(Problem::NotFound)?;
        let (reason, reason_wrong) = (said.map_or("", |said| said.reason.as_str()), wrong.0);
        let field =
            |label| Field::new("reason", label, FieldKind::Lines).value(reason).error(reason_wrong).focused();
        let tag = host.as_str();
        let stands = say::status(&local, &standing.verdict).text();
        let (title, says, fields, verb) = match act {
            HostAct::LookInto => (
                w.act_look_title(tag),
                w.act_look_says().to_owned(),
                vec![field(w.act_look_found())],
                w.act_look_verb(),
            ),
            HostAct::RollBack => {
                let usual =
                    (time::write(&local, ctx.now), (back_minutes(record, &host) * 2).max(30).to_string());
                let (from, minutes) = said.map_or(usual, |said| (said.from.clone(), said.minutes.clone()));
                let mut fields = vec![field(w.act_reason())];
                fields.extend(Typed { from: &from, minutes: &minutes }.fields(&local, wrong.1));
                let long = say::minutes(w, u64::try_from(back_minutes(record, &host)).unwrap_or(0));
                (w.act_back_title(tag), w.act_back_says(tag, &long), fields, w.act_back_verb())
            }
        };
        Ok(Act {
            shell: ctx.shell(title).crumb("/board", w.board_title()).crumb(host_href(tag), tag),
            says: format!("{tag}: {stands}. {says}"),
            concerns: standing.units.iter().map(|unit| unit_name(state, unit)).collect(),
            fields,
            action: act.href(record, &host),
            verb: verb.to_owned(),
            destructive: act == HostAct::RollBack,
            back: "/board".to_owned(),
        })
    })
}

pub(super) async fn ask(ctx: Ctx, Path(path): Path<(String, String, String)>) -> Result<Response, Problem> {
    ctx.require(Role::Engineer)?;
    Ok(page(&ctx, &path, None, ("", ["", ""]))?.answer(&ctx, false))
}

pub(super) async fn act(
    ctx: Ctx,
    Path(path): Path<(String, String, String)>,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let by = ctx.require(Role::Engineer)?.name.clone();
    let act = HostAct::read(&path.2)?;
    let host = AssetTag::new(&path.1).map_err(|_| Problem::NotFound)?;
    let (plan, room) = ctx.app.domain.node.read(|state| {
        plan_of(state, &path.0).map(|record| (record.hash, back_minutes(record, &host) * 60))
    })?;
    let why = reason(&said.reason);
    let missing = if why.is_none() { ctx.w.act_reason_missing() } else { "" };
    let command = match act {
        HostAct::LookInto => why.map(|found| Command::LookInto { plan, host, found, by }).ok_or(["", ""]),
        HostAct::RollBack => {
            match (Typed { from: &said.from, minutes: &said.minutes }.read(&ctx.local()), why) {
                (Ok((from, minutes)), Some(reason)) => Ok(Command::RollBack {
                    plan,
                    host,
                    window: span::window(from, minutes, room),
                    reason,
                    by,
                }),
                (Err(wrong), _) => Err(wrong),
                (Ok(_), None) => Err(["", ""]),
            }
        }
    };
    match command {
        Ok(command) => {
            carry(&ctx, command).await?;
            Ok(Redirect::to("/board").into_response())
        }
        Err(wrong) => Ok(page(&ctx, &path, Some(&said), (missing, wrong))?.answer(&ctx, true)),
    }
}
