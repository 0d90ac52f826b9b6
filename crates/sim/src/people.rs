//! The people: they describe the hospital, enrol its hosts, agree the plan (or not at once), start the night, pause and stop it,
//! and answer further outages. Each round they look at what stands in the journal and do what is still missing, so that nothing
//! is lost for good when the server was put back to an older state.

use std::collections::BTreeMap;

use hospital::command::ImportOrigin;
use hospital::fact::night::CertificateIssued;
use hospital::night::records::RunState;
use hospital::{Command, Fact};
use model::Time;
use model::agreement::{Missing, UnitAnswer};
use model::hash::PlanHash;
use model::ids::{AccountId, ImportId, OutageId, UnitId};
use model::order::OrderWindow;
use model::people::Role;
use model::plan::Plan;

use crate::oracle::Oracle;
use crate::rng::Rng;
use crate::scenario::{Scenario, id};
use crate::site::Site;

const PEOPLE: [&str; 4] = ["requester", "ward", "approver-1", "approver-2"];

/// A further outage as the people find it: its name, its window, and what each unit has answered.
type Open = (OutageId, OrderWindow, Vec<(UnitId, Option<UnitAnswer>)>);

/// The people of a hospital.
pub struct People {
    rng: Rng,
    due: BTreeMap<String, Time>,
    /// Somebody wants the night paused, since then.
    pub wants_pause: Option<Time>,
    /// Somebody wants the night stopped for good; in an emergency?
    pub wants_stop: Option<bool>,
}

fn origin(name: &str) -> ImportOrigin {
    ImportOrigin { id: id!(ImportId, "{name}"), source: name.into(), sha256: None, remarks: Vec::new() }
}

fn account(name: &str) -> AccountId {
    id!(AccountId, "{name}")
}

/// Describes the hospital and enrols its hosts.
///
/// # Errors
/// Something is refused: says what.
pub fn furnish(site: &mut Site, scenario: &Scenario, now: Time) -> Result<Vec<Fact>, String> {
    let mut commands = Vec::new();
    for person in PEOPLE {
        commands.push(Command::OpenAccount {
            account: account(person),
            role: Role::Engineer,
            password_hash: "-".into(),
            must_change: false,
        });
    }
    commands.push(Command::ImportInventory {
        devices: scenario.hosts.iter().map(crate::scenario::device).collect(),
        complete: true,
        origin: origin("inventory"),
    });
    commands.push(Command::DescribeHospital(scenario.places.clone(), origin("places")));
    let expires = now.plus_seconds(90 * 86_400);
    for spec in &scenario.hosts {
        let host = spec.tag.clone();
        let token_sha256: Box<str> = format!("token-{host}").into();
        commands.push(Command::OfferEnrolment {
            host: host.clone(),
            token_sha256: token_sha256.clone(),
            expires,
        });
        commands.push(Command::IssueCertificate(CertificateIssued {
            serial: format!("serial-{host}").into(),
            key_sha256: format!("key-{host}").into(),
            token_sha256: Some(token_sha256),
            host,
            expires,
        }));
    }
    let mut facts = Vec::new();
    for command in commands {
        facts.extend(site.command(command, "admin", now).map_err(|refused| refused.to_string())?);
    }
    Ok(facts)
}

impl People {
    /// People who decide by these numbers.
    pub fn new(rng: Rng) -> People {
        People { rng, due: BTreeMap::new(), wants_pause: None, wants_stop: None }
    }

    /// Has somebody thought about `what` for long enough?
    fn is_due(&mut self, what: &str, now: Time, least_s: i64, most_s: i64) -> bool {
        let rng = &mut self.rng;
        let due =
            self.due.entry(what.to_owned()).or_insert_with(|| now.plus_seconds(rng.between(least_s, most_s)));
        *due <= now
    }

    /// One round.
    pub fn round(
        &mut self,
        site: &mut Site,
        scenario: &Scenario,
        oracle: &mut Oracle,
        now: Time,
    ) -> Vec<Fact> {
        let mut facts = Vec::new();
        for plan in &scenario.plans {
            let hash = plan.hash();
            let Some(state) = site.state() else { return facts };
            let Some(record) = state.night().plan(&hash).cloned() else {
                let draft = Command::DraftPlan(Box::new(plan.clone()));
                facts.extend(site.command(draft, "requester", now).unwrap_or_default());
                continue;
            };
            if record.started.is_none() {
                let missing = state.plan_missing(&record);
                self.agree(site, plan, &missing, oracle, now, &mut facts);
            } else {
                self.steer(site, hash, now, &mut facts);
            }
        }
        self.answer_outages(site, now, &mut facts);
        facts
    }

    fn agree(
        &mut self,
        site: &mut Site,
        planned: &Plan,
        missing: &[Missing],
        oracle: &mut Oracle,
        now: Time,
        facts: &mut Vec<Fact>,
    ) {
        let plan = planned.hash();
        let (ward, requester) = (account("ward"), account("requester"));
        let mut commands = Vec::new();
        for unit in missing.iter().filter_map(unit_that_has_not_agreed) {
            let answer = match self.rng.split(&format!("{plan} {unit}")).below(10) {
                0 if !self.is_due(&format!("{plan} {unit} changes its mind"), now, 1_800, 3_600) => {
                    UnitAnswer::Refuse { reason: "too many patients tonight".into() }
                }
                1 if !self.is_due(&format!("{plan} {unit} is persuaded"), now, 1_800, 3_600) => {
                    UnitAnswer::Propose { not_before: now.plus_seconds(86_400), says: "tomorrow".into() }
                }
                _ => UnitAnswer::Accept,
            };
            if self.is_due(&format!("{plan} {unit} answers"), now, 60, 2_400) {
                commands.push(Command::AnswerPlan { plan, unit: unit.clone(), answer, by: ward.clone() });
            }
        }
        let uncovered = |unit: &UnitId| {
            missing.iter().any(|one| matches!(one, Missing::Cover { unit: known, .. } if known == unit))
        };
        for cover in planned.cover.iter().filter(|cover| uncovered(&cover.unit)) {
            let people = (0..cover.people).map(|person| format!("nurse {person}").into()).collect();
            commands.push(Command::ConfirmCover { plan, unit: cover.unit.clone(), people, by: ward.clone() });
        }
        for approver in ["approver-1", "approver-2"] {
            if self.is_due(&format!("{plan} {approver}"), now, 60, 3_600) {
                commands.push(Command::ApprovePlan { plan, by: account(approver) });
            }
        }
        let own = Command::ApprovePlan { plan, by: requester.clone() };
        if site.command(own, "requester", now).is_ok() {
            oracle.found(now, "8: two approvers, neither the requester", "the requester approved".into());
        }
        commands.push(Command::StartRollout { plan, by: requester });
        for command in commands {
            // What is not yet in its turn is refused, and tried again in the next round.
            facts.extend(site.command(command, "people", now).unwrap_or_default());
        }
    }

    fn steer(&mut self, site: &mut Site, plan: PlanHash, now: Time, facts: &mut Vec<Fact>) {
        let by = account("requester");
        let run = site.state().and_then(|state| state.night().run_state(&plan));
        let command = match (run, self.wants_stop, self.wants_pause) {
            (Some(RunState::Running | RunState::Paused), Some(emergency), _) => {
                Command::StopRollout { plan, reason: "a person stops the night".into(), emergency, by }
            }
            (Some(RunState::Running), None, Some(_)) => {
                Command::PauseRollout { plan, reason: "an emergency in the ward".into(), by }
            }
            (Some(RunState::Paused), None, None) => {
                Command::ResumeRollout { plan, reason: "it is over".into(), by }
            }
            (Some(RunState::Running | RunState::Paused | RunState::Stopped) | None, _, _) => return,
        };
        facts.extend(site.command(command, "requester", now).unwrap_or_default());
    }

    fn answer_outages(&mut self, site: &mut Site, now: Time, facts: &mut Vec<Fact>) {
        let Some(state) = site.state() else { return };
        let open: Vec<Open> = state
            .night()
            .outages()
            .iter()
            .map(|(outage, known)| {
                let who = known.who().into_iter();
                let answers = who.map(|unit| {
                    let answer = known.answer_of(&unit).map(|sign_off| sign_off.answer.clone());
                    (unit, answer)
                });
                (outage.clone(), known.window, answers.collect())
            })
            .collect();
        for (outage, window, answers) in open {
            let against =
                answers.iter().any(|(_, answer)| !matches!(answer, None | Some(UnitAnswer::Accept)));
            let missing = answers.iter().any(|(_, answer)| answer.is_none());
            let over = window.latest_start <= now.plus_seconds(600) && (missing || against);
            let key = format!("{outage} {}", window.not_before.0);
            let mut commands = Vec::new();
            if (over || against) && self.is_due(&format!("{key} is moved"), now, 300, 2_400) {
                let from = now.plus_seconds(1_800);
                let window = OrderWindow {
                    not_before: from,
                    latest_start: from.plus_seconds(3_600),
                    not_after: from.plus_seconds(7_200),
                };
                commands.push(Command::MoveOutage {
                    outage: outage.clone(),
                    window,
                    by: account("requester"),
                });
            } else if !over {
                for (unit, answer) in answers {
                    if answer.is_some() || !self.is_due(&format!("{key} {unit}"), now, 120, 2_400) {
                        continue;
                    }
                    let answer = match self.rng.split(&key).split(unit.as_str()).below(10) {
                        0 => UnitAnswer::Refuse { reason: "a patient cannot be moved".into() },
                        1 => {
                            UnitAnswer::Propose { not_before: now.plus_seconds(3_600), says: "later".into() }
                        }
                        _ => UnitAnswer::Accept,
                    };
                    let by = account("ward");
                    commands.push(Command::AnswerOutage { outage: outage.clone(), unit, answer, by });
                }
            }
            for command in commands {
                facts.extend(site.command(command, "people", now).unwrap_or_default());
            }
        }
    }
}

fn unit_that_has_not_agreed(missing: &Missing) -> Option<&UnitId> {
    match missing {
        Missing::SignOff(unit) | Missing::UnitAgainst(unit) => Some(unit),
        Missing::Cover { .. } | Missing::Approvals { .. } => None,
    }
}
