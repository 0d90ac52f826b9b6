//! The people of the night: who asks for the plan, who answers for the wards, who approves, and the charge nurse who is asked for a
//! further outage in the morning. Nobody can sign in as one of them; whoever sits at the browser may act before they do.

use archive::Side;
use archive::gate::WayOut;
use hospital::archives::ArchiveCommand;
use hospital::archives::fact::{BaselineSet, WayOutSeen};
use hospital::command::ImportOrigin;
use hospital::fact::night::CertificateIssued;
use hospital::places::Description;
use hospital::{Command, State};
use model::agreement::UnitAnswer;
use model::ids::{AccountId, PairId};
use model::people::Role;
use model::{PlanHash, Time};

use super::hosts::CAST;
use super::plan::PLAN;
use super::{id, plan};

/// Who asks for the plan.
pub(super) const REQUESTER: &str = "m.berg";
/// Who answers for the wards.
pub(super) const CHARGE_NURSE: &str = "a.lind";
const APPROVERS: [&str; 2] = ["k.nystrom", "j.haddad"];
/// Who answers for the image archives.
pub(super) const ARCHIVIST: &str = "h.ek";
/// The first image may take so long, in milliseconds: of A, and of B.
const BASELINES_MS: [(Side, u64); 2] = [(Side::A, 2_000), (Side::B, 1_500)];
/// Whether a way out is there is looked at again after so long: the gate believes no look that is older than a day.
const WAYS_OUT_AFTER_SECONDS: i64 = 20 * 3_600;
/// No password has this hash.
const NO_PASSWORD: &str = "-";
/// The charge nurse lets whoever sits at the browser answer for so long, then does it.
pub(super) const NURSE_WAITS_SECONDS: i64 = 25 * 60;
const CERTIFICATES_FOR_SECONDS: i64 = 400 * 86_400;

/// What people do before the night, one after another, and how many seconds after the demonstration's beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// The people are known, the hosts enrolled, the function tests declared.
    Furnish,
    /// The plan is drafted.
    Draft,
    /// The units answer, and staff is confirmed.
    Units,
    /// Two people approve.
    Approve,
    /// The night is started.
    Start,
}

/// In their order.
pub(super) const BEFORE_THE_NIGHT: [(i64, Act); 5] =
    [(0, Act::Furnish), (60, Act::Draft), (180, Act::Units), (300, Act::Approve), (420, Act::Start)];

fn account(name: &str) -> AccountId {
    id(name)
}

/// The serial number of a host's certificate.
pub(super) fn serial(host: &str) -> String {
    format!("demo-{host}")
}

/// What one act asks of the core, each with who asks.
pub(super) fn commands(
    act: Act,
    state: &State,
    now: Time,
    zone: &jiff::tz::TimeZone,
) -> Vec<(&'static str, Command)> {
    let draft = state.night().newest_revision(&id(PLAN));
    match (act, draft) {
        (Act::Furnish, _) => furnish(state, now),
        (Act::Draft, _) => vec![(REQUESTER, Command::DraftPlan(Box::new(plan::plan(now, zone))))],
        (Act::Units, Some(record)) => {
            let (plan, by) = (record.hash, account(CHARGE_NURSE));
            let units = state.plan_standing(record, now).units.into_iter();
            let answers = units.map(|unit| {
                let answer = UnitAnswer::Accept;
                (CHARGE_NURSE, Command::AnswerPlan { plan, unit, answer, by: by.clone() })
            });
            let covers = record.plan.cover.iter().map(|cover| {
                let people = (1..=cover.people).map(|number| format!("nurse {number}").into()).collect();
                let unit = cover.unit.clone();
                (CHARGE_NURSE, Command::ConfirmCover { plan, unit, people, by: by.clone() })
            });
            answers.chain(covers).collect()
        }
        (Act::Approve, Some(record)) => {
            let plan = record.hash;
            APPROVERS.map(|by| (by, Command::ApprovePlan { plan, by: account(by) })).into()
        }
        (Act::Start, Some(record)) => {
            let plan = record.hash;
            vec![(REQUESTER, Command::StartRollout { plan, by: account(REQUESTER) })]
        }
        (Act::Units | Act::Approve | Act::Start, None) => Vec::new(),
    }
}

fn furnish(state: &State, now: Time) -> Vec<(&'static str, Command)> {
    let mut commands = Vec::new();
    let people = [(REQUESTER, Role::Engineer), (CHARGE_NURSE, Role::Ward), (ARCHIVIST, Role::Engineer)];
    let approvers = APPROVERS.map(|approver| (approver, Role::Engineer));
    for (name, role) in people.into_iter().chain(approvers) {
        let (account, password_hash) = (account(name), NO_PASSWORD.into());
        commands.push(Command::OpenAccount { account, role, password_hash, must_change: false });
    }
    let origin = ImportOrigin {
        id: id("demo-function-tests"),
        source: "function tests of the demonstration".into(),
        sha256: None,
        remarks: Vec::new(),
    };
    let description = Description { probes: plan::probes(state), ..Description::default() };
    commands.push(Command::DescribeHospital(description, origin));
    let expires = now.plus_seconds(CERTIFICATES_FOR_SECONDS);
    for cast in &CAST {
        let (host, token) = (id(cast.tag), format!("demo-token-{}", cast.tag));
        let token_sha256 = Box::from(token);
        commands.push(Command::OfferEnrolment { host, token_sha256, expires });
        commands.push(Command::IssueCertificate(CertificateIssued {
            host: id(cast.tag),
            serial: serial(cast.tag).into(),
            key_sha256: format!("demo-key-{}", cast.tag).into(),
            token_sha256: Some(format!("demo-token-{}", cast.tag).into()),
            expires,
        }));
    }
    commands.into_iter().map(|command| ("demo", command)).collect()
}

/// What the charge nurse answers now: a further outage that was asked for long enough ago, where nobody has answered yet.
pub(super) fn nurse(state: &State, plan: &PlanHash, now: Time) -> Vec<(&'static str, Command)> {
    let mut answers = Vec::new();
    for (outage, known) in state.night().outages().iter().filter(|(_, known)| known.asked.plan == *plan) {
        let asked = known.moved.last().map_or(known.stamp.time, |(stamp, _)| stamp.time);
        if now.seconds_since(asked) < NURSE_WAITS_SECONDS || known.window.latest_start <= now {
            continue;
        }
        for unit in known.who().into_iter().filter(|unit| known.answer_of(unit).is_none()) {
            let (answer, by) = (UnitAnswer::Accept, account(CHARGE_NURSE));
            answers.push((CHARGE_NURSE, Command::AnswerOutage { outage: outage.clone(), unit, answer, by }));
        }
    }
    answers
}

/// What whoever answers for the archives does now: how fast images may come is said once they were probed, and both ways out are looked at before the last look
/// is too old. What somebody else has said is left as it is.
pub(super) fn radiology(state: &State, id: &PairId, now: Time) -> Vec<(&'static str, Command)> {
    let Some(pair) = state.archives().pair(id) else { return Vec::new() };
    let by = &account(ARCHIVIST);
    let unsaid = pair.probes().iter().filter(|probed| pair.baseline(probed.side, &probed.place).is_none());
    let baselines = unsaid.flat_map(move |probed| {
        let own = BASELINES_MS.into_iter().filter(move |(side, _)| *side == probed.side);
        own.map(move |(side, p95_max_milliseconds)| {
            let (pair, place) = (id.clone(), probed.place.clone());
            let set = BaselineSet { pair, side, place, p95_max_milliseconds };
            ArchiveCommand::SetBaseline { set, by: by.clone() }
        })
    });
    let ways = [
        (WayOut::FallbackViewer, "opened an examination of today in it; the readers on duty are trained"),
        (WayOut::RollBack, "A still takes what modalities send; who points them back is on call"),
    ];
    let is_due = |way| match pair.way_out(way) {
        None => true,
        Some((stamp, _)) => {
            *stamp.actor == *ARCHIVIST && now.seconds_since(stamp.time) >= WAYS_OUT_AFTER_SECONDS
        }
    };
    let looks = ways.into_iter().filter(|(way, _)| is_due(*way)).map(|(way, remark)| {
        let seen = WayOutSeen { pair: id.clone(), way, is_ready: true, remark: remark.into() };
        ArchiveCommand::SeeWayOut { seen, by: by.clone() }
    });
    baselines.chain(looks).map(|command| (ARCHIVIST, Command::Archive(command))).collect()
}
