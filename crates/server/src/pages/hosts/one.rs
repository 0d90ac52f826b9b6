//! `/hosts/{id}`: one host. Signals side by side, so that a source that disagrees is seen; orders with what the host answered;
//! function tests; everything that happened, newest first.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use hospital::State;
use hospital::night::hosts::{HostView, OrderRecord};
use model::AssetTag;
use model::host::{HostObservation, Power, Reading, RestartOf, SignalSource};
use model::people::Role;

use super::list::EVIDENCE_AGE_MAX_SECONDS;
use crate::clock::Local;
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::night::{life, look, say};
use crate::pages::plans::host_acts;
use crate::parts::timeline::Timeline;
use crate::parts::{Age, Status};
use crate::words::Words;

struct SignalLine {
    source: &'static str,
    says: Status,
    disagrees: bool,
}

struct OrderLine {
    id: String,
    what: &'static str,
    plan: (String, String),
    issued: String,
    window: String,
    answers: Vec<(String, Status)>,
    note: &'static str,
}

struct ProbeLine {
    id: String,
    says: Status,
    age: Age,
}

struct EventLine {
    at: String,
    machine: String,
    says: String,
    heard: String,
}

/// Where it stands in the night that runs.
struct Verdict {
    status: Status,
    plan: (String, String),
    next: String,
    acts: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "pages/host.html")]
struct HostPage {
    shell: Shell,
    lead: String,
    device_href: String,
    verdict: Option<Verdict>,
    timeline: Option<Timeline>,
    observed: Option<Age>,
    signals: Vec<SignalLine>,
    disagree: bool,
    facts: Vec<(&'static str, Option<String>)>,
    probes: Vec<ProbeLine>,
    orders: Vec<OrderLine>,
    events: Vec<EventLine>,
    revoked: String,
}

pub(super) async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    let tag = AssetTag::new(&id).map_err(|_| Problem::NotFound)?;
    let page = ctx.app.domain.node.read(|state| {
        let view = state.night().host(&tag).ok_or(Problem::NotFound)?;
        Ok::<_, Problem>(page(&ctx, state, &view))
    })?;
    Ok(ctx.page(page).into_response())
}

fn page(ctx: &Ctx, state: &State, view: &HostView<'_>) -> HostPage {
    let (w, local) = (ctx.w, ctx.local());
    let tag = view.tag().as_str();
    let device = state.register().by_tag(tag);
    let observation = view.observation();
    let signals = observation.as_ref().map_or_else(Vec::new, |observation| signals(w, observation));
    let lead: Vec<&str> = device
        .iter()
        .flat_map(|device| [Some(device.manufacturer()), Some(device.model()), device.unit()])
        .flatten()
        .filter(|text| !text.is_empty())
        .collect();
    let found = look::of_host(state, view.tag(), ctx.now);
    HostPage {
        shell: ctx.shell(tag).crumb("/hosts", w.hosts_title()),
        lead: lead.join(" · "),
        device_href: device.map_or(String::new(), |_| crate::pages::devices::href(tag)),
        timeline: super::picture::picture(&local, view, found.as_ref()),
        verdict: found.map(|(record, standing)| {
            let offered = host_acts::offered(state, record, view.tag(), &standing.verdict);
            let offered = offered.into_iter().filter(|_| ctx.may(Role::Engineer));
            Verdict {
                status: say::status(&local, &standing.verdict),
                plan: (crate::pages::night::plan_href(record), record.plan.title.to_string()),
                next: crate::pages::night::waits::wait_named(&local, state, &standing.waits),
                acts: offered.map(|act| (act.says(w), act.href(record, view.tag()))).collect(),
            }
        }),
        observed: view.observed_at().map(|at| Age::new(&local, at, Some(EVIDENCE_AGE_MAX_SECONDS))),
        disagree: signals.iter().any(|line| line.disagrees),
        signals,
        facts: facts(&local, view, observation.as_ref()),
        probes: observation.as_ref().map_or_else(Vec::new, |observation| {
            let run = |(id, run): (&model::ids::ProbeId, &model::host::ProbeRun)| ProbeLine {
                id: id.to_string(),
                says: life::probe(w, &run.result),
                age: Age::new(&local, run.tried_at, None),
            };
            observation.probes.iter().map(run).collect()
        }),
        orders: view.orders().iter().rev().map(|order| order_line(&local, state, order)).collect(),
        events: view
            .events()
            .rev()
            .map(|event| EventLine {
                at: format!("{} {}", local.day(event.at), local.clock_seconds(event.at)),
                machine: local.machine(event.at),
                says: life::happened(&local, tag, &event.what),
                heard: if event.heard_at.seconds_since(event.at) >= 60 {
                    w.host_heard_late(&local.moment(event.heard_at))
                } else {
                    String::new()
                },
            })
            .collect(),
        revoked: view.revoked().map_or(String::new(), |(_, why)| w.hosts_revoked(why)),
    }
}

/// Every source that this system has, side by side; one that was not asked is told as such. Sources disagree when one says that
/// the host must restart and another that no restart is pending.
fn signals(w: Words, observation: &HostObservation) -> Vec<SignalLine> {
    let sources = SignalSource::applicable(observation.system.family);
    let readings: Vec<(SignalSource, Option<&Reading>)> =
        sources.iter().map(|source| (*source, observation.signals.get(source))).collect();
    let host_pending = |reading: &Option<&Reading>| matches!(reading, Some(Reading::Pending(pending)) if pending.of == RestartOf::Host);
    let pending = readings.iter().any(|(_, reading)| host_pending(reading));
    let clear = |source: SignalSource, reading: &Option<&Reading>| {
        *reading == Some(&Reading::Clear) && source.tells_of_host()
    };
    let any_clear = readings.iter().any(|(source, reading)| clear(*source, reading));
    readings
        .into_iter()
        .map(|(source, reading)| SignalLine {
            source: say::signal(w, source),
            disagrees: (pending && clear(source, &reading)) || (any_clear && host_pending(&reading)),
            says: say::reading(w, reading),
        })
        .collect()
}

fn facts(
    local: &Local,
    view: &HostView<'_>,
    observation: Option<&HostObservation>,
) -> Vec<(&'static str, Option<String>)> {
    let w = local.w;
    let number = |count: usize| w.number(count as u64);
    let mut out = vec![
        (w.host_enrolled(), view.enrolled().map(|at| local.moment(at))),
        (w.host_certificate(), view.certificates().last().map(|known| local.moment(known.expires))),
        (w.host_number(), Some(w.number(view.number()))),
    ];
    let Some(seen) = observation else { return out };
    let gigabytes = seen.resources.disk_free_bytes.map(|bytes| format!("{} MB", w.number(bytes / 1_000_000)));
    let power = match seen.resources.power {
        Power::Mains => Some(w.host_power_mains().to_owned()),
        Power::Battery => Some(w.host_power_battery().to_owned()),
        Power::Unknown => None,
    };
    out.extend([
        (w.host_system(), Some(seen.system.name.to_string())),
        (w.host_kernel(), Some(seen.system.kernel_running.to_string())),
        (w.host_kernel_installed(), seen.system.kernel_installed.as_deref().map(str::to_owned)),
        (w.host_boot(), Some(local.moment(seen.boot.began_at))),
        (w.host_packages(), Some(number(seen.packages.len()))),
        (w.host_available(), Some(number(seen.available.len()))),
        (w.host_disk(), gigabytes),
        (w.host_power(), power),
    ]);
    out
}

fn order_line(local: &Local, state: &State, order: &OrderRecord) -> OrderLine {
    let w = local.w;
    let window = order.order.window;
    let record = state.night().plan(&order.order.plan);
    OrderLine {
        id: order.order.id.to_string(),
        what: say::action(w, &order.order.action),
        plan: record.map_or_else(
            || (String::new(), order.order.plan.short()),
            |record| (crate::pages::night::plan_href(record), record.plan.title.to_string()),
        ),
        issued: local.moment(order.issued),
        window: format!(
            "{} – {}",
            local.moment(window.not_before),
            local.clock_near(window.not_before, window.not_after)
        ),
        answers: order
            .events
            .iter()
            .map(|event| (local.moment(event.at), say::order_step(w, &event.what)))
            .collect(),
        note: match (order.void, order.events.is_empty()) {
            (true, _) => w.host_order_void(),
            (false, true) => w.host_order_silent(),
            (false, false) => "",
        },
    }
}
