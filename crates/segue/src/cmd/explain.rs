//! `segue check PLAN` and `segue explain PLAN HOST`: what the checker says of a plan, and why one of its hosts stands where it stands,
//! what it waits for and when it is worked on. Nothing is recorded.

use std::path::Path;

use hospital::State;
use model::agreement::PlanFinding;
use model::ids::AccountId;
use model::plan::Plan;
use model::{AssetTag, Time};
use planning::explain::{Explanation, Here, Times, WaitsFor, explain};
use planning::forecast::{Campaign, HostForecast, Known, Replays, campaign, learn};
use serde_json::json;

use super::Failed;
use super::plan::{find, tell_all};
use crate::args::{CheckArgs, ExplainArgs};
use crate::config::Config;
use crate::imports::plan_file::read_any_plan;
use crate::out::Out;
use crate::place::{local_text, now, open_node};

/// Hosts named of a plan that has not the one asked for; the rest is counted.
const HOSTS_NAMED_MAX: usize = 10;

/// Replays of the plan, and the seed that the pages use too.
const REPLAYS: Replays = Replays { count: 1_000, seed: 1 };
/// Who asks for a plan of which nobody says who asks: the checker does not look at it.
const NOBODY: &str = "nobody";

/// What the checker finds; refused when something keeps the plan from being agreed.
pub(super) async fn check(config: &Config, args: &CheckArgs, out: &mut Out) -> Result<(), Failed> {
    let node = open_node(config).await?;
    let findings = node.read(|state| {
        let plan = plan_of(config, state, &args.plan)?;
        Ok::<_, Failed>(state.plan_findings(&plan, now()))
    })?;
    tell_all(&findings, out)
}

/// A plan from a file, or by the beginning of its hash when there is no such file.
fn plan_of(config: &Config, state: &State, named: &str) -> Result<Plan, Failed> {
    let path = Path::new(named);
    let looks_like_a_hash = named.len() >= 4 && named.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !path.exists() && looks_like_a_hash {
        let hash = find(state, named)?;
        let record = state.night().plan(&hash);
        return record
            .map(|record| (*record.plan).clone())
            .ok_or_else(|| Failed::Refused(format!("there is no plan {named}")));
    }
    let nobody = AccountId::new(NOBODY).map_err(Failed::from_error)?;
    read_any_plan(path, nobody, &config.time_zone, state)
}

/// Explains one host of a plan.
pub(super) async fn explain_host(config: &Config, args: &ExplainArgs, out: &mut Out) -> Result<(), Failed> {
    let node = open_node(config).await?;
    let host = AssetTag::new(&args.host).map_err(Failed::from_error)?;
    let (plan, topology, records, whereabouts) = node.read(|state| {
        let plan = plan_of(config, state, &args.plan)?;
        let (topology, places) = (state.topology(&plan), state.whereabouts(&plan));
        Ok::<_, Failed>((plan, topology, state.records(), places))
    })?;
    let Some(explained) = explain(&plan, &topology, &host, now()) else {
        return Err(Failed::Refused(format!(
            "{}: the plan \"{}\" has no host {host}{}",
            args.plan,
            plan.title,
            near(&plan, &host)
        )));
    };
    let campaign = campaign(&learn(&records), &plan, &topology, &whereabouts, REPLAYS);
    let forecast = campaign.hosts.iter().find(|known| known.host == host);
    let value = json!({"plan": plan.hash(), "title": plan.title, "explained": explained, "forecast": forecast,
        "replays": campaign.replays, "records": records.len()});
    out.result(&value, || text(&plan, &explained, &campaign, forecast, records.len()).join("\n"))?;
    Ok(())
}

/// The host of the plan that is written alike in another case, so that a slip is seen; else some that it has.
fn near(plan: &Plan, host: &AssetTag) -> String {
    if let Some(alike) = plan.items.iter().find(|item| item.host.as_str().eq_ignore_ascii_case(host.as_str()))
    {
        return format!("; did you mean {}?", alike.host);
    }
    let named: Vec<&str> = plan.items.iter().take(HOSTS_NAMED_MAX).map(|item| item.host.as_str()).collect();
    let more = plan.items.len().saturating_sub(named.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("; it has {}{more}", named.join(", "))
}

fn text(
    plan: &Plan,
    explained: &Explanation,
    campaign: &Campaign,
    forecast: Option<&HostForecast>,
    records: usize,
) -> Vec<String> {
    let Explanation { host, ring, wave, here, waits, window, dark, declared, findings } = explained;
    // By the clock on the ward's wall, as the plan has it.
    let clock = |at: Time| local_text(at, plan.proof.offset_seconds(at));
    let mut lines = vec![
        format!("{host} in \"{}\" ({})", plan.title, plan.hash().short()),
        format!("Stands in ring {} of {}, wave {} of {}.", ring.0, ring.1, wave.0, wave.1),
        "Why there:".to_owned(),
    ];
    lines.extend(here.iter().map(|here| format!("  {}", here_text(here))));
    lines.push("Waits for:".to_owned());
    lines.extend(waits.iter().map(|waits| format!("  {}", waits_text(waits, &clock))));
    match window {
        Some(window) => lines.push(format!(
            "  It is not begun after {}; all is over by {}, going back included.",
            clock(window.latest_start),
            clock(window.not_after)
        )),
        None => lines.push("  Its ring names a window that the plan does not have.".to_owned()),
    }
    lines.push("Goes dark by it:".to_owned());
    if dark.is_empty() {
        lines.push("  no service by this host alone, as the hospital is described".to_owned());
    }
    lines.extend(dark.iter().map(|dark| {
        let units: Vec<&str> = dark.units.iter().map(|unit| unit.as_str()).collect();
        let stands_in = dark
            .fallback
            .as_ref()
            .map_or_else(|| "nothing stands in".to_owned(), |fallback| format!("{fallback} stands in"));
        let beds = if dark.beds == 1 { "bed" } else { "beds" };
        format!("  {}: {} {beds} ({}); {stands_in}", dark.service, dark.beds, units.join(", "))
    }));
    lines.push("When, from declared minutes:".to_owned());
    lines.push(declared.as_ref().map_or_else(
        || "  never: its ring is not in the plan".to_owned(),
        |times| format!("  {}", times_text(times, &clock)),
    ));
    lines.push(forecast_head(campaign, records));
    lines
        .extend(forecast.map_or_else(Vec::new, |forecast| forecast_text(forecast, campaign.replays, &clock)));
    lines.push("The checker says of it, its ring or its window:".to_owned());
    if findings.is_empty() {
        lines.push("  nothing".to_owned());
    }
    lines.extend(findings.iter().map(finding_text));
    lines
}

fn here_text(here: &Here) -> String {
    match here {
        Here::FirstWave => "it is the first wave of its ring".to_owned(),
        Here::Spare { wave, service, spare, hosts, count } => {
            let names: Vec<&str> = hosts.iter().map(|host| host.as_str()).collect();
            let more = usize::try_from(*count).unwrap_or(usize::MAX).saturating_sub(hosts.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!(
                "not in wave {wave}: {service} can spare {spare} of its carriers, and {}{more} of that wave carries it too",
                names.join(", ")
            )
        }
        Here::StandsIn { wave, service, other } => format!(
            "not in wave {wave}: it carries {service}, and a host of that wave carries {other}; one stands in for the other"
        ),
        Here::Chosen { wave } => format!(
            "not in wave {wave}: nothing that it carries keeps it from there; whoever drew the plan put it later"
        ),
    }
}

/// An instant as a person reads it.
type Clock<'a> = &'a dyn Fn(Time) -> String;

fn waits_text(waits: &WaitsFor, clock: Clock<'_>) -> String {
    match waits {
        WaitsFor::Window { window, opens } => format!("window {window}, which opens {}", clock(*opens)),
        WaitsFor::Ring { ring, wanted, hosts, soak_minutes } => {
            format!(
                "ring {ring}: {wanted} of its {hosts} hosts are well, and have been for {soak_minutes} min"
            )
        }
        WaitsFor::Wave { wave, hosts } => {
            format!("wave {wave}: none of its {hosts} hosts is worked on any more")
        }
        WaitsFor::Place { at_once_max, before } => {
            format!("a place: {at_once_max} at once, and {before} of its wave stand before it")
        }
    }
}

fn times_text(times: &Times, clock: Clock<'_>) -> String {
    let both = |(p50, p90): (Time, Time)| format!("{} (P90 {})", clock(p50), clock(p90));
    let dark =
        if times.dark.0 < times.ends.0 { format!(", dark from {}", both(times.dark)) } else { String::new() };
    format!("begins {}{dark}, ends {}", both(times.begins), both(times.ends))
}

fn forecast_head(campaign: &Campaign, records: usize) -> String {
    match records {
        0 => format!(
            "When, from {} replays; no past night is known, so they stand on declared minutes and are wide on purpose:",
            campaign.replays
        ),
        records => {
            format!("When, from {} replays of what {records} records of past nights teach:", campaign.replays)
        }
    }
}

fn forecast_text(forecast: &HostForecast, replays: u32, clock: Clock<'_>) -> Vec<String> {
    let basis = forecast.basis;
    let stands = match basis.known {
        Known::Nothing => "declared minutes alone".to_owned(),
        Known::Others => format!("{} records of other patches on other models", basis.records),
        Known::Model => format!("{} records of other patches on this model", basis.records),
        Known::Family => format!("{} records of this kind of patch on other models", basis.records),
        Known::FamilyOnModel => {
            format!("{} records of this kind of patch on this model at other sites", basis.records)
        }
        Known::Site => format!("{} records of this kind of patch on this model at this site", basis.records),
        Known::Device => format!("{} records of this kind of patch on this very device", basis.records),
    };
    let times = match (forecast.begins, forecast.dark, forecast.ends) {
        (Some(begins), Some(dark), Some(ends)) => {
            let both = |at: planning::forecast::Times| (at.p50, at.p90);
            times_text(&Times { begins: both(begins), dark: both(dark), ends: both(ends) }, clock)
        }
        (_, _, _) => "never begun".to_owned(),
    };
    vec![
        format!("  {times}"),
        format!("  begun in {} of {replays} replays; times are of these", forecast.begun),
        format!("  dark for {} min (P90 {} min)", forecast.dark_minutes.p50, forecast.dark_minutes.p90),
        format!("  needs a further restart in {} of {}", forecast.further_restart, forecast.begun),
        format!("  stands on {stands}"),
    ]
}

fn finding_text(finding: &PlanFinding) -> String {
    let word = if finding.blocks { "blocks" } else { "remark" };
    format!("  {word}: {} ({})", finding.says, finding.rule)
}
