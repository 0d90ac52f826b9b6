//! `segue plan …`

use hospital::night::plans::PlanRecord;
use hospital::night::records::RunState;
use hospital::{Command, State};
use model::agreement::{PlanFinding, UnitAnswer};
use model::ids::{AccountId, UnitId};
use model::{PlanHash, Time};
use node::Node;
use serde_json::{Value, json};

use super::Failed;
use crate::args::{Answer, By, OnePlan, PlanBecause, PlanCommand};
use crate::config::Config;
use crate::imports::plan_file::read_plan;
use crate::out::{Out, say};
use crate::place::{actor, now, open_node, read_time, time_text};

pub(super) async fn plan(config: &Config, command: PlanCommand, out: &mut Out) -> Result<(), Failed> {
    let node = open_node(config).await?;
    let hash = |plan: &OnePlan| node.read(|state| find(state, &plan.plan));
    let command = match command {
        PlanCommand::Draft { file, by } => {
            let plan = node.read(|state| read_plan(&file, account(&by)?, &config.time_zone, state))?;
            let hash = plan.hash();
            let findings = node.read(|state| state.plan_findings(&plan, now()));
            record(&node, Command::DraftPlan(Box::new(plan)), out, Some(hash)).await?;
            tell(&findings);
            return Ok(());
        }
        PlanCommand::List => return node.read(|state| list(state, out)),
        PlanCommand::Show(plan) => return node.read(|state| show(state, find(state, &plan.plan)?, out)),
        PlanCommand::Answer(given) => Command::AnswerPlan {
            plan: hash(&given.plan)?,
            unit: unit(&given.unit)?,
            answer: answer(given.answer)?,
            by: account(&given.by)?,
        },
        PlanCommand::Cover { plan, unit: name, people, by } => Command::ConfirmCover {
            plan: hash(&plan)?,
            unit: unit(&name)?,
            people: people.into_iter().map(Into::into).collect(),
            by: account(&by)?,
        },
        PlanCommand::Approve { plan, by } => Command::ApprovePlan { plan: hash(&plan)?, by: account(&by)? },
        PlanCommand::Start { plan, by } => Command::StartRollout { plan: hash(&plan)?, by: account(&by)? },
        PlanCommand::Withdraw(why) => {
            let (plan, reason, by) = because(hash(&why.plan)?, why)?;
            Command::WithdrawPlan { plan, reason, by }
        }
        PlanCommand::Pause(why) => {
            let (plan, reason, by) = because(hash(&why.plan)?, why)?;
            Command::PauseRollout { plan, reason, by }
        }
        PlanCommand::Resume(why) => {
            let (plan, reason, by) = because(hash(&why.plan)?, why)?;
            Command::ResumeRollout { plan, reason, by }
        }
        PlanCommand::Stop { because: why, emergency } => {
            let (plan, reason, by) = because(hash(&why.plan)?, why)?;
            Command::StopRollout { plan, reason, emergency, by }
        }
    };
    record(&node, command, out, None).await
}

fn because(plan: PlanHash, why: PlanBecause) -> Result<(PlanHash, Box<str>, AccountId), Failed> {
    Ok((plan, why.reason.into(), account(&why.by)?))
}

/// Carries a command out and says where it stands in the journal.
pub(super) async fn record(
    node: &Node,
    command: Command,
    out: &mut Out,
    plan: Option<PlanHash>,
) -> Result<(), Failed> {
    let done = node.command(command, &actor(), now()).await.map_err(Failed::from_error)?;
    out.result(&json!({"seq": done.seq, "plan": plan}), || match plan {
        Some(plan) => format!("Plan {plan} is recorded as entry {}.", done.seq),
        None => format!("Recorded as entry {}.", done.seq),
    })?;
    Ok(())
}

pub(super) fn account(by: &By) -> Result<AccountId, Failed> {
    AccountId::new(&by.account).map_err(Failed::from_error)
}

pub(super) fn unit(name: &str) -> Result<UnitId, Failed> {
    UnitId::new(name).map_err(Failed::from_error)
}

pub(super) fn answer(answer: Answer) -> Result<UnitAnswer, Failed> {
    match answer {
        Answer { refuse: Some(reason), .. } => Ok(UnitAnswer::Refuse { reason: reason.into() }),
        Answer { propose: Some(time), remark, .. } => {
            Ok(UnitAnswer::Propose { not_before: read_time(&time)?, says: remark.into() })
        }
        Answer { .. } => Ok(UnitAnswer::Accept),
    }
}

/// The one plan whose hash begins so.
pub(super) fn find(state: &State, beginning: &str) -> Result<PlanHash, Failed> {
    let beginning = beginning.to_ascii_lowercase();
    let mut found = state.night().plans().filter(|record| record.hash.to_string().starts_with(&beginning));
    match (found.next(), found.next()) {
        (Some(one), None) if !beginning.is_empty() => Ok(one.hash),
        (Some(_), _) => Err(Failed::Refused(format!("more than one plan begins with {beginning}"))),
        (None, _) => Err(Failed::Refused(format!("there is no plan {beginning}"))),
    }
}

fn standing(state: &State, record: &PlanRecord, at: Time) -> &'static str {
    match state.night().run_state(&record.hash) {
        Some(RunState::Running) => "running",
        Some(RunState::Paused) => "paused",
        Some(RunState::Stopped) => "stopped",
        None if record.withdrawn.is_some() => "withdrawn",
        None if record.superseded_by.is_some() => "edited since",
        None if state.plan_standing(record, at).is_agreed() => "agreed",
        None => "draft",
    }
}

fn brief(state: &State, record: &PlanRecord) -> Value {
    json!({"plan": record.hash, "id": record.plan.id, "title": record.plan.title, "hosts": record.plan.items.len(),
        "requester": record.plan.requester, "drafted": time_text(record.drafted.time),
        "standing": standing(state, record, now())})
}

fn list(state: &State, out: &mut Out) -> Result<(), Failed> {
    let mut plans: Vec<&PlanRecord> = state.night().plans().collect();
    plans.sort_by_key(|record| record.drafted.seq);
    for record in plans {
        out.result(&brief(state, record), || {
            let (hash, plan) = (record.hash.short(), &record.plan);
            format!("{hash}  {}  {} ({} hosts)", standing(state, record, now()), plan.title, plan.items.len())
        })?;
    }
    Ok(())
}

fn show(state: &State, hash: PlanHash, out: &mut Out) -> Result<(), Failed> {
    let record = state.night().plan(&hash);
    let record = record.ok_or_else(|| Failed::Refused(format!("there is no plan {hash}")))?;
    let at = now();
    let known = state.plan_standing(record, at);
    let missing: Vec<String> = known.missing.iter().map(|missing| format!("{missing:?}")).collect();
    let hosts = state.night().standings(&hash, at);
    let mut value = brief(state, record);
    if let Some(value) = value.as_object_mut() {
        value.insert("units".to_owned(), json!(known.units));
        value.insert("findings".to_owned(), json!(known.findings));
        value.insert("missing".to_owned(), json!(missing));
        value.insert("hosts".to_owned(), json!(hosts));
        value.insert("consent".to_owned(), json!(record.consent));
    }
    out.result(&value, || {
        let mut lines = vec![format!("{}  {}  {}", hash, standing(state, record, at), record.plan.title)];
        lines.extend(known.findings.iter().map(finding));
        lines.extend(missing.iter().map(|missing| format!("  missing: {missing}")));
        for host in &hosts {
            let evidence = host.evidence_at.map_or_else(|| "never".to_owned(), time_text);
            lines.push(format!("  {}  {}  observed {evidence}", host.host, host.verdict.word()));
        }
        lines.join("\n")
    })?;
    Ok(())
}

fn finding(finding: &PlanFinding) -> String {
    let word = if finding.blocks { "blocks" } else { "remark" };
    format!("  {word}: {} ({})", finding.says, finding.rule)
}

fn tell(findings: &[PlanFinding]) {
    findings.iter().for_each(|one| say(&finding(one)));
}

/// Every finding as a result; refused when one blocks.
pub(super) fn tell_all(findings: &[PlanFinding], out: &mut Out) -> Result<(), Failed> {
    for one in findings {
        out.result(one, || finding(one))?;
    }
    let blocking = findings.iter().filter(|finding| finding.blocks).count();
    out.flush()?;
    if blocking > 0 {
        return Err(Failed::Refused(format!("{blocking} findings keep the plan from being agreed")));
    }
    say("The checker has nothing against this plan.");
    Ok(())
}
