//! `/ward/{unit}`: the card itself. Read at arm's length, at night, on a phone or on paper: short lines, exact times, nothing
//! promised that is not proven.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use hospital::State;
use hospital::night::records::Outage;
use model::AssetTag;
use model::agreement::UnitAnswer;
use model::ids::{BedId, UnitId};
use model::plan::Hands;
use rollout::Step;
use rollout::verdict::Verdict;

use super::data::{Concern, asked, concerns, outlooks_of, services_for, sources_read, unanswered, unit_of};
use crate::clock::Local;
use crate::http::Problem;
use crate::page::{Ctx, Shell};
use crate::pages::board::clock;
use crate::pages::night::forecast::beds_text;
use crate::pages::night::past::Outlooks;
use crate::pages::night::{allowed_seconds, answers_for, census, plan_href, say, ward_href};
use crate::parts::{Age, Mark, Status};

/// Most notices on the card.
const NOTICES_SHOWN_MAX: usize = 20;

/// One dark time, now or to come.
pub(super) struct DarkLine {
    pub(super) heading: &'static str,
    pub(super) clock: String,
    pub(super) since: String,
    pub(super) beds: String,
    pub(super) count: String,
    pub(super) loses: Vec<String>,
    pub(super) keeps: String,
    pub(super) now: bool,
}

/// Whether a host of the unit is back, and who says so.
pub(super) struct BackLine {
    pub(super) services: String,
    pub(super) host: String,
    pub(super) status: Status,
    pub(super) who: String,
    pub(super) age: Option<Age>,
}

/// What a plan means for the unit.
pub(super) struct PlanPart {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) dark: Vec<DarkLine>,
    /// On what the times of `dark` stand.
    pub(super) stands: String,
    /// How many patients lie there then.
    pub(super) patients: String,
    pub(super) with: Vec<String>,
    pub(super) does: Vec<String>,
    pub(super) wrong: String,
    pub(super) back: Vec<BackLine>,
    pub(super) answered: Option<Status>,
}

/// Something that is asked of the unit.
pub(super) struct Question {
    pub(super) says: String,
    pub(super) details: Vec<String>,
    pub(super) href: String,
}

/// A further outage that the unit has answered and that is not over.
pub(super) struct Answered {
    pub(super) says: String,
    pub(super) status: Status,
    pub(super) next: String,
}

pub(super) struct View {
    pub(super) name: String,
    pub(super) beds: String,
    pub(super) telemetry: bool,
    pub(super) phone: Option<String>,
    pub(super) questions: Vec<Question>,
    pub(super) answered: Vec<Answered>,
    pub(super) dark_now: Vec<DarkLine>,
    /// How many patients lie there now, by each plan that darkens a bed.
    pub(super) patients_now: Vec<String>,
    pub(super) plans: Vec<PlanPart>,
    pub(super) notices: Vec<(Mark, String, String)>,
    pub(super) evidence: Option<Age>,
    pub(super) as_of: String,
    pub(super) may: bool,
}

#[derive(Template)]
#[template(path = "pages/ward.html")]
struct WardPage {
    shell: Shell,
    view: View,
}

pub(super) async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, Problem> {
    let (unit, _) = ctx.app.domain.node.read(|state| unit_of(state, &id))?;
    let outlooks = outlooks_of(&ctx, &unit).await?;
    let view = ctx.app.domain.node.read(|state| {
        let (unit, beds) = unit_of(state, &id)?;
        Ok::<_, Problem>(view(&ctx, state, &unit, &beds, &outlooks))
    })?;
    let shell = ctx.shell(view.name.clone()).crumb("/ward", ctx.w.wards_title());
    Ok(ctx.page(WardPage { shell, view }).into_response())
}

fn view(ctx: &Ctx, state: &State, unit: &UnitId, beds: &[BedId], outlooks: &Outlooks) -> View {
    let (w, local) = (ctx.w, ctx.local());
    let concerns = concerns(state, unit, ctx.now, outlooks);
    let described = state.places().units.get(unit);
    let newest = concerns
        .iter()
        .flat_map(|concern| concern.hosts(state, unit))
        .filter_map(|host| host.evidence_at)
        .max();
    View {
        name: described.map_or_else(|| unit.to_string(), |known| known.name.to_string()),
        beds: w.ward_beds(beds.len() as u64),
        telemetry: state.places().beds.values().any(|bed| bed.unit == *unit && bed.telemetry),
        phone: described.and_then(|known| known.phone.as_deref()).map(str::to_owned),
        questions: questions(&local, state, unit),
        answered: concerns.iter().flat_map(|concern| answered(&local, state, concern, unit)).collect(),
        dark_now: concerns.iter().flat_map(|concern| dark_now(&local, state, concern, beds)).collect(),
        patients_now: patients_now(&local, &concerns, beds, unit),
        plans: concerns.iter().map(|concern| plan_part(&local, state, concern, unit)).collect(),
        notices: state
            .night()
            .notices()
            .rev()
            .filter(|notice| notice.units.contains(unit))
            .take(NOTICES_SHOWN_MAX)
            .map(|notice| {
                let (mark, text) = say::news(&local, notice.host.as_str(), &notice.news);
                (mark, local.moment(notice.at), text)
            })
            .collect(),
        evidence: newest.map(|at| Age::new(&local, at, None)),
        as_of: local.moment(ctx.now),
        may: answers_for(ctx, state, unit),
    }
}

/// What is asked of the unit: further outages first, they are the more urgent.
fn questions(local: &Local, state: &State, unit: &UnitId) -> Vec<Question> {
    let w = local.w;
    let outages = asked(state, unit).map(|outage| {
        let window = outage.window;
        let host = outage.asked.host.as_str();
        let mut dark = state.beds_dark_without(&outage.asked.host);
        dark.retain(|bed| state.places().beds.get(bed).is_some_and(|known| known.unit == *unit));
        let to = local.clock_near(window.not_before, window.not_after);
        Question {
            says: w.ward_outage_says(host, &local.moment(window.not_before), &to),
            details: vec![
                w.ward_outage_why(&say::pending(w, &outage.asked.reasons)),
                w.ward_outage_beds(dark.len() as u64),
            ],
            href: format!("{}/outages/{}", ward_href(unit.as_str()), outage.asked.id),
        }
    });
    let plans = unanswered(state, unit).map(|record| {
        let mine = record.plan.cover.iter().filter(|cover| cover.unit == *unit);
        Question {
            says: w.ward_plan_says(&record.plan.title),
            details: mine
                .map(|cover| w.ward_cover_says(&w.number(u64::from(cover.people)), &cover.task))
                .collect(),
            href: format!("{}/plans/{}", ward_href(unit.as_str()), record.hash.short()),
        }
    });
    outages.chain(plans).collect()
}

/// What the unit has said of further outages that are still to come.
fn answered(local: &Local, state: &State, concern: &Concern<'_>, unit: &UnitId) -> Vec<Answered> {
    let w = local.w;
    let hosts = concern.look.iter().flat_map(|look| &look.hosts);
    let waiting: Vec<&AssetTag> =
        hosts.filter(|host| host.step == Step::FurtherOutage).map(|host| &host.host).collect();
    let outages = state.night().outages().values();
    let mine = outages
        .filter(|outage| outage.asked.plan == concern.record.hash && waiting.contains(&&outage.asked.host));
    // A host is asked for once at a time: what was asked before is over.
    let mut newest: BTreeMap<&AssetTag, &Outage> = BTreeMap::new();
    for outage in mine {
        let known = newest.entry(&outage.asked.host).or_insert(outage);
        if outage.stamp.seq > known.stamp.seq {
            *known = outage;
        }
    }
    let with_answer = newest.into_values().filter_map(|outage| Some((outage, outage.answer_of(unit)?)));
    with_answer
        .map(|(outage, answer)| {
            let window = outage.window;
            let to = local.clock_near(window.not_before, window.not_after);
            let against = answer.answer != UnitAnswer::Accept;
            Answered {
                says: w.ward_outage_says(outage.asked.host.as_str(), &local.moment(window.not_before), &to),
                status: crate::pages::plans::sign_off_status(local, answer),
                next: match (against, outage.is_agreed()) {
                    (true, _) => w.ward_outage_against().to_owned(),
                    (false, false) => w.ward_outage_others().to_owned(),
                    (false, true) => String::new(),
                },
            }
        })
        .collect()
}

fn patients_now(local: &Local, concerns: &[Concern<'_>], beds: &[BedId], unit: &UnitId) -> Vec<String> {
    let now = local.now;
    let dark = concerns.iter().filter(|concern| concern.dark(beds).next().is_some());
    let mut lines: Vec<String> = dark
        .map(|concern| {
            let back = concern.dark(beds).filter_map(|dark| dark.back_p90).max().unwrap_or(now);
            census::of_unit(local, &concern.record.plan, unit, now, back)
        })
        .collect();
    lines.dedup();
    lines
}

fn dark_now(local: &Local, state: &State, concern: &Concern<'_>, beds: &[BedId]) -> Vec<DarkLine> {
    let w = local.w;
    concern
        .dark(beds)
        .map(|dark| {
            let mine: Vec<BedId> = dark.beds.iter().filter(|bed| beds.contains(bed)).cloned().collect();
            DarkLine {
                heading: w.ward_dark_now(),
                clock: clock(local, dark),
                since: w.ward_since(&local.moment(dark.since)),
                count: w.ward_beds(mine.len() as u64),
                beds: beds_text(&mine),
                loses: vec![state.service_name(&dark.service)],
                keeps: dark
                    .stands_in
                    .as_ref()
                    .map_or_else(|| w.ward_still_nothing().to_owned(), |service| state.service_name(service)),
                now: true,
            }
        })
        .collect()
}

fn plan_part(local: &Local, state: &State, concern: &Concern<'_>, unit: &UnitId) -> PlanPart {
    let w = local.w;
    let record = concern.record;
    let dark = if concern.not_begun { forecast_lines(local, state, concern, unit) } else { Vec::new() };
    let wanted: Vec<_> = record.plan.cover.iter().filter(|cover| cover.unit == *unit).collect();
    let confirmed = record.consent.cover.iter().rev().find(|known| known.unit == *unit);
    let mut with: Vec<String> = confirmed.map(|known| known.people.join(", ")).into_iter().collect();
    for cover in &wanted {
        let have = confirmed.map_or(0, |known| known.people.len());
        if have < usize::from(cover.people) {
            with.push(w.ward_with_missing(&w.number(have as u64), &w.number(u64::from(cover.people))));
        }
    }
    if wanted.is_empty() {
        with.push(w.ward_with_none().to_owned());
    }
    let back = concern.hosts(state, unit).map(|host| back_line(local, state, concern, unit, host)).collect();
    let answered = record.consent.sign_offs.iter().rev().find(|sign_off| sign_off.unit == *unit);
    PlanPart {
        title: record.plan.title.to_string(),
        href: plan_href(record),
        stands: if dark.is_empty() { String::new() } else { concern.forecast.stands.says(w) },
        patients: match concern.forecast.whole(unit).filter(|_| !dark.is_empty()) {
            Some((from, _, p90)) => census::of_unit(local, &record.plan, unit, from, p90),
            None => String::new(),
        },
        dark,
        with,
        does: wanted.iter().map(|cover| cover.task.to_string()).collect(),
        wrong: record.plan.contingency.to_string(),
        back,
        answered: answered.map(|sign_off| crate::pages::plans::sign_off_status(local, sign_off)),
    }
}

/// What will be dark, as forecast from the plan.
pub(super) fn forecast_lines(
    local: &Local,
    state: &State,
    concern: &Concern<'_>,
    unit: &UnitId,
) -> Vec<DarkLine> {
    let w = local.w;
    concern
        .forecast
        .of(unit)
        .map(|dark| DarkLine {
            heading: if concern.record.consent.approvals.is_empty() {
                w.ward_dark_if_started()
            } else {
                w.ward_dark_then()
            },
            clock: say::from_to(local, dark.from, dark.to_p50, dark.to_p90),
            since: String::new(),
            beds: beds_text(&dark.beds),
            count: w.ward_beds(dark.beds.len() as u64),
            loses: vec![state.service_name(&dark.service)],
            keeps: dark
                .fallback
                .as_ref()
                .map_or_else(|| w.ward_still_nothing().to_owned(), |service| state.service_name(service)),
            now: false,
        })
        .collect()
}

fn back_line(
    local: &Local,
    state: &State,
    concern: &Concern<'_>,
    unit: &UnitId,
    host: &rollout::standing::HostStanding,
) -> BackLine {
    let w = local.w;
    let services: Vec<String> =
        services_for(state, &host.host, unit).iter().map(|service| state.service_name(service)).collect();
    let allowed = allowed_seconds(concern.record, &host.host);
    let who = match (&host.verdict, host.evidence_at) {
        (Verdict::NotBegun, _) => w.ward_back_not_begun().to_owned(),
        (_, None) => w.ward_no_evidence().to_owned(),
        (verdict, Some(at)) => {
            let not_yet = match verdict {
                Verdict::Dark { .. } => format!("{} ", w.ward_back_not()),
                Verdict::NotBegun
                | Verdict::Proven { .. }
                | Verdict::Settling { .. }
                | Verdict::RestartPending { .. }
                | Verdict::Broken { .. }
                | Verdict::Stalled { .. }
                | Verdict::Stale { .. }
                | Verdict::Unknown { .. } => String::new(),
            };
            let by_hand = concern.record.plan.item(&host.host).is_some_and(|item| item.by != Hands::Agent);
            let agent = match (&host.checked_by, by_hand) {
                (Some(who), _) => who.to_string(),
                (None, true) => w.night_by_person().to_owned(),
                (None, false) => w.ward_agent_of(host.host.as_str()),
            };
            let read = sources_read(state, &host.host).map_or(String::new(), |(read, all)| {
                format!(", {}", w.hosts_read(&w.number(read as u64), &w.number(all as u64)))
            });
            format!("{not_yet}{}{read}", w.ward_back_checked(&agent, &local.moment(at)))
        }
    };
    BackLine {
        services: services.join(", "),
        host: host.host.to_string(),
        status: say::status(local, &host.verdict),
        who,
        age: host.evidence_at.map(|at| Age::new(local, at, Some(allowed))),
    }
}
