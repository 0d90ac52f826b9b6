//! Decisions: a command and the state it meets become facts, or a refusal that says why in a sentence.

pub mod archives;
pub mod night;
mod past;
mod refusal;

use std::collections::{BTreeSet, HashSet};

use model::Time;
use model::advisory::{Provenance, SignatureStanding};
use model::agreement::{Approval, CoverConfirmed, SignOff};
use model::ids::{AccountId, UnitId};
use model::people::Role;

use crate::command::{Command, ImportOrigin};
use crate::fact::night::{ProbesDeclared, RollBackDecided};
use crate::fact::{
    AccountBound, AccountOpened, AliasAnswered, DeviceRetired, EpssReceived, Fact, KevReceived, PasswordSet,
    SessionClosed, SessionOpened, SignatureVerified, SsvcReceived,
};
use crate::feeds;
use crate::imports::{ImportKind, ImportSummary, InventoryDiff, REMARKS_MAX};
use crate::library::Standing;
use crate::places::Description;
use crate::state::State;

pub use refusal::Refusal;

/// Devices in one import, which is one batch of the journal: whole or not at all.
pub const DEVICES_PER_IMPORT_MAX: usize = 400_000;

/// Most probes that one description declares: one entry of the journal has them.
pub const PROBES_PER_DESCRIPTION_MAX: usize = 10_000;

/// Decides a command on the state as it is. No effect but the returned facts, which must be appended expecting
/// [`State::seq`].
pub fn decide(state: &State, command: Command, now: Time) -> Result<Vec<Fact>, Refusal> {
    match command {
        Command::DescribeHospital(description, origin) => describe(state, description, origin),
        Command::ImportInventory { devices, complete, origin } => inventory(state, devices, complete, origin),
        Command::ImportAdvisories { advisories, read, origin } => {
            Ok(import_advisories(state, advisories, read, origin))
        }
        Command::ImportKev { catalogue, entries, origin } => kev(state, catalogue, entries, origin),
        Command::ImportEpss { model, day, scores, origin } => {
            epss(state, EpssReceived { model, day, scores }, origin)
        }
        Command::ImportSsvc { assessments, origin } => Ok(ssvc(state, assessments, origin)),
        Command::ImportNights { records, origin } => past::import(state, records, origin),
        Command::RetireDevice { asset_tag, reason } => retire(state, asset_tag, reason),
        Command::AnswerAlias { subject, answer } => match state.answers().get(&subject) {
            Some((_, known)) if *known == answer => Err(Refusal::AnsweredAlready),
            _ => Ok(vec![Fact::AliasAnswered(AliasAnswered { subject, answer })]),
        },
        Command::WithdrawAlias { subject } => {
            if !state.answers().contains_key(&subject) {
                return Err(Refusal::NoSuchAnswer);
            }
            Ok(vec![Fact::AliasWithdrawn(subject)])
        }
        Command::OpenAccount { account, role, password_hash, must_change } => {
            open_account(state, AccountOpened { account, role, password_hash, must_change })
        }
        Command::OpenWardAccount { account, units, password_hash, must_change } => {
            let opened =
                AccountOpened { account: account.clone(), role: Role::Ward, password_hash, must_change };
            let mut facts = open_account(state, opened)?;
            if units.is_empty() {
                return Err(Refusal::NoUnits);
            }
            facts.push(Fact::AccountBound(bound(state, account, units)?));
            Ok(facts)
        }
        Command::BindAccount { account, units } => {
            known_account(state, &account)?;
            if state.people().accounts.get(&account).is_some_and(|known| known.role != Role::Ward) {
                return Err(Refusal::NotBound { account });
            }
            Ok(vec![Fact::AccountBound(bound(state, account, units)?)])
        }
        Command::SetPassword { account, password_hash, must_change, keep_session } => {
            known_account(state, &account)?;
            Ok(vec![Fact::PasswordSet(PasswordSet { account, password_hash, must_change, keep_session })])
        }
        Command::CloseAccount { account } => close_account(state, account),
        Command::OpenSession { token_sha256, account, expires } => {
            known_account(state, &account)?;
            Ok(vec![Fact::SessionOpened(SessionOpened { token_sha256, account, expires })])
        }
        Command::CloseSession { token_sha256 } => {
            state.people().session(&token_sha256, now).ok_or(Refusal::NoSuchSession)?;
            Ok(vec![Fact::SessionClosed(SessionClosed { token_sha256 })])
        }
        Command::OfferEnrolment { host, token_sha256, expires } => {
            night::hosts::offer(state, host, token_sha256, expires, now)
        }
        Command::IssueCertificate(issued) => night::hosts::certify(state, issued, now),
        Command::RevokeHost { host, reason } => night::hosts::revoke(state, host, reason),
        Command::Hear(heard) => Ok(night::hosts::hear(state, heard, now)),
        Command::DraftPlan(plan) => night::plans::draft(state, plan),
        Command::AnswerPlan { plan, unit, answer, by } => {
            night::plans::answer(state, plan, SignOff { unit, answer, by, at: now })
        }
        Command::ConfirmCover { plan, unit, people, by } => {
            night::plans::cover(state, plan, CoverConfirmed { unit, people, by, at: now })
        }
        Command::ApprovePlan { plan, by } => night::plans::approve(state, plan, Approval { by, at: now }),
        Command::WithdrawPlan { plan, reason, by } => night::plans::withdraw(state, plan, reason, &by),
        Command::StartRollout { plan, by } => night::rollouts::start(state, plan, by, now),
        Command::PauseRollout { plan, reason, by } => night::rollouts::pause(state, plan, reason, &by),
        Command::ResumeRollout { plan, reason, by } => night::rollouts::resume(state, plan, reason, &by),
        Command::StopRollout { plan, reason, emergency, by } => {
            night::rollouts::stop(state, plan, reason, emergency, &by)
        }
        Command::AnswerOutage { outage, unit, answer, by } => {
            night::outages::answer(state, outage, SignOff { unit, answer, by, at: now })
        }
        Command::MoveOutage { outage, window, by } => night::outages::shift(state, outage, window, &by, now),
        Command::CloseIncident { incident, evidence, by } => {
            night::outages::close(state, incident, evidence, &by)
        }
        Command::LookInto { plan, host, found, by } => {
            night::rollouts::look_into(state, plan, host, found, &by)
        }
        Command::RollBack { plan, host, window, reason, by } => {
            let decided = RollBackDecided { plan, host, window, reason };
            night::rollouts::roll_back(state, decided, &by, now)
        }
        Command::DoStep(step) => night::work::step(state, step, now),
        Command::SignWork(signed) => night::work::sign(state, signed, now),
        Command::CheckWork(checked) => night::work::check(state, checked),
        Command::Archive(command) => archives::decide(state, command, now),
        Command::OpenFeed(opened) => feeds::open(state, opened),
        Command::CloseFeed { token_sha256 } => feeds::close(state, token_sha256),
        Command::TakeLease { node, until } => night::drive::take_lease(state, node, until, now),
        Command::Drive { node, term } => night::drive::drive(state, &node, term, now),
    }
}

fn known_account(state: &State, account: &AccountId) -> Result<(), Refusal> {
    if state.people().accounts.contains_key(account) {
        Ok(())
    } else {
        Err(Refusal::NoSuchAccount { account: account.clone() })
    }
}

fn open_account(state: &State, opened: AccountOpened) -> Result<Vec<Fact>, Refusal> {
    if state.people().accounts.contains_key(&opened.account) {
        return Err(Refusal::AccountExists { account: opened.account });
    }
    Ok(vec![Fact::AccountOpened(opened)])
}

/// The binding, each unit once, if all of them are described.
fn bound(state: &State, account: AccountId, units: Vec<UnitId>) -> Result<AccountBound, Refusal> {
    let units: BTreeSet<UnitId> = units.into_iter().collect();
    match units.iter().find(|unit| !state.places().units.contains_key(*unit)) {
        Some(unit) => Err(Refusal::NoSuchUnit { unit: unit.clone() }),
        None => Ok(AccountBound { account, units: units.into_iter().collect() }),
    }
}

fn close_account(state: &State, account: AccountId) -> Result<Vec<Fact>, Refusal> {
    known_account(state, &account)?;
    let other_admin = |known: &crate::people::Account| known.role == Role::Admin && known.id != account;
    if !state.people().accounts.values().any(other_admin) {
        return Err(Refusal::LastAdministrator { account });
    }
    Ok(vec![Fact::AccountClosed(account)])
}

fn retire(state: &State, asset_tag: Box<str>, reason: Box<str>) -> Result<Vec<Fact>, Refusal> {
    let Some(device) = state.register().by_tag(&asset_tag) else {
        return Err(Refusal::NoSuchDevice { asset_tag });
    };
    if device.is_retired() {
        return Err(Refusal::AlreadyRetired { asset_tag });
    }
    if reason.trim().is_empty() {
        return Err(Refusal::ReasonMissing { asset_tag });
    }
    Ok(vec![Fact::DeviceRetired(DeviceRetired { asset_tag: device.to_device().asset_tag, reason })])
}

fn describe(state: &State, description: Description, origin: ImportOrigin) -> Result<Vec<Fact>, Refusal> {
    let problems = state.places().problems(&description);
    if !problems.is_empty() {
        return Err(Refusal::Description { problems });
    }
    if description.probes.len() > PROBES_PER_DESCRIPTION_MAX {
        return Err(Refusal::TooManyProbes { probes: description.probes.len() });
    }
    let places = state.places();
    let mut counts = Counts::default();
    let mut facts = Vec::new();
    macro_rules! each {
        ($($list:ident => $fact:ident),+) => { $(
            for one in description.$list {
                if counts.standing(places.$list.get(&one.id), &one) {
                    facts.push(Fact::$fact(one));
                }
            }
        )+ };
    }
    each!(sites => SiteDescribed, buildings => BuildingDescribed, units => UnitDescribed, beds => BedDescribed, services => ServiceDescribed);
    let mut probes = Vec::new();
    for probe in description.probes {
        if counts.standing(state.night().probes().get(&probe.id), &probe) {
            probes.push(probe);
        }
    }
    if !probes.is_empty() {
        facts.push(Fact::ProbesDeclared(ProbesDeclared { probes }));
    }
    facts.push(counts.finish(ImportKind::Hospital, origin));
    Ok(facts)
}

fn inventory(
    state: &State,
    devices: Vec<model::Device>,
    complete: bool,
    origin: ImportOrigin,
) -> Result<Vec<Fact>, Refusal> {
    if devices.len() > DEVICES_PER_IMPORT_MAX {
        return Err(Refusal::TooManyDevices { devices: devices.len() });
    }
    let mut seen = HashSet::with_capacity(devices.len());
    for device in &devices {
        if !seen.insert(device.asset_tag.as_str()) {
            return Err(Refusal::DeviceTwice { asset_tag: device.asset_tag.as_str().into() });
        }
    }
    drop(seen);
    let diff = InventoryDiff::between(state.register(), &devices);
    let gone = diff.gone.len() as u64;
    let registered = state.register().len() as u64;
    if complete && gone * 2 > registered {
        return Err(Refusal::TooManyGone { listed: registered - gone, registered });
    }
    let mut counts = Counts {
        read: devices.len() as u64,
        new: diff.new.len() as u64,
        changed: diff.changed.len() as u64,
        unchanged: diff.unchanged,
        left_out: if complete { gone } else { 0 },
    };
    let mut keep = vec![false; devices.len()];
    for at in diff.new.iter().chain(diff.changed.iter().map(|(at, _)| at)) {
        if let Some(slot) = keep.get_mut(*at) {
            *slot = true;
        }
    }
    let kept = devices.into_iter().zip(keep).filter(|(_, keep)| *keep);
    let mut facts: Vec<Fact> = kept.map(|(device, _)| Fact::DeviceRegistered(Box::new(device))).collect();
    if complete {
        let gone = diff.gone.iter().filter_map(|tag| state.register().by_tag(tag));
        let reason: Box<str> = format!("no longer in the complete list {}", origin.source).into();
        facts.extend(gone.map(|device| {
            Fact::DeviceRetired(DeviceRetired {
                asset_tag: device.to_device().asset_tag,
                reason: reason.clone(),
            })
        }));
    }
    facts.push(counts.finish(ImportKind::Inventory, origin));
    Ok(facts)
}

fn import_advisories(
    state: &State,
    advisories: Vec<model::Advisory>,
    read: u64,
    origin: ImportOrigin,
) -> Vec<Fact> {
    let mut counts = Counts { read, ..Counts::default() };
    let mut in_batch = HashSet::new();
    let mut facts = Vec::new();
    for advisory in advisories {
        if !in_batch.insert(advisory.document_sha256.clone()) {
            counts.unchanged += 1;
            continue;
        }
        match state.library().standing(&advisory) {
            Standing::Known => {
                match newly_verified(state, advisory) {
                    Some(verified) => {
                        counts.changed += 1;
                        facts.push(Fact::SignatureVerified(verified));
                    }
                    None => counts.unchanged += 1,
                }
                continue;
            }
            Standing::New => counts.new += 1,
            Standing::Newer | Standing::Older => counts.changed += 1,
        }
        facts.push(Fact::AdvisoryReceived(Box::new(advisory)));
    }
    facts.push(counts.finish(ImportKind::Advisories, origin));
    facts
}

/// A document that is here already, whose signature could not be verified then and is now. The other way round nothing is
/// recorded: that a key is not at hand today does not undo what it proved.
fn newly_verified(state: &State, advisory: model::Advisory) -> Option<SignatureVerified> {
    let is_verified = |provenance: &Option<Provenance>| {
        let signature = provenance.as_ref().map(|provenance| &provenance.signature);
        matches!(signature, Some(SignatureStanding::Verified { .. }))
    };
    let known = state.library().of_document(&advisory.key, &advisory.document_sha256)?;
    if !is_verified(&advisory.provenance) || is_verified(&known.advisory.provenance) {
        return None;
    }
    let (key, document_sha256) = (advisory.key, advisory.document_sha256);
    Some(SignatureVerified { key, document_sha256, provenance: advisory.provenance? })
}

fn kev(
    state: &State,
    catalogue: Box<str>,
    entries: Vec<model::threat::KevEntry>,
    origin: ImportOrigin,
) -> Result<Vec<Fact>, Refusal> {
    if entries.is_empty() {
        return Err(Refusal::EmptyCatalogue);
    }
    let mut counts = Counts { read: entries.len() as u64, ..Counts::default() };
    for entry in &entries {
        counts.note(state.threats().kev(&entry.cve), entry);
    }
    let mut facts = Vec::new();
    let same_catalogue = state.threats().kev_source().is_some_and(|(_, known)| *known == catalogue);
    if !same_catalogue || counts.new + counts.changed > 0 {
        facts.push(Fact::KevReceived(KevReceived { catalogue, entries }));
    }
    facts.push(counts.finish(ImportKind::Kev, origin));
    Ok(facts)
}

/// Only scores of vulnerabilities that our advisories name become facts: the feed has hundreds of thousands.
fn epss(state: &State, mut received: EpssReceived, origin: ImportOrigin) -> Result<Vec<Fact>, Refusal> {
    if let Some((_, in_force)) =
        state.threats().epss_source().filter(|(_, in_force)| received.day < *in_force)
    {
        return Err(Refusal::OlderScores { offered: received.day, in_force: *in_force });
    }
    let mut counts = Counts { read: received.scores.len() as u64, ..Counts::default() };
    received.scores.retain(|(cve, _)| state.matcher().vulnerability(cve).is_some());
    counts.left_out = counts.read - received.scores.len() as u64;
    for (cve, score) in &received.scores {
        counts.note(state.threats().epss(cve).as_ref(), score);
    }
    let mut facts = Vec::new();
    let same_day = state.threats().epss_source().is_some_and(|(_, day)| *day == received.day);
    if !same_day || counts.new + counts.changed > 0 {
        facts.push(Fact::EpssReceived(received));
    }
    facts.push(counts.finish(ImportKind::Epss, origin));
    Ok(facts)
}

fn ssvc(state: &State, assessments: Vec<model::threat::SsvcAssessment>, origin: ImportOrigin) -> Vec<Fact> {
    let mut counts = Counts { read: assessments.len() as u64, ..Counts::default() };
    let mut kept = Vec::new();
    for assessment in assessments {
        if state.matcher().vulnerability(&assessment.cve).is_none() {
            counts.left_out += 1;
        } else if counts.note(state.threats().ssvc(&assessment.cve), &assessment) {
            kept.push(assessment);
        }
    }
    let mut facts = Vec::new();
    if !kept.is_empty() {
        facts.push(Fact::SsvcReceived(SsvcReceived { assessments: kept }));
    }
    facts.push(counts.finish(ImportKind::Vulnrichment, origin));
    facts
}

/// What an import did, in whole numbers.
#[derive(Default)]
struct Counts {
    read: u64,
    new: u64,
    changed: u64,
    unchanged: u64,
    left_out: u64,
}

impl Counts {
    /// Counts a record that was read; `true` when it is worth a fact.
    fn standing<T: PartialEq>(&mut self, known: Option<&T>, offered: &T) -> bool {
        self.read += 1;
        self.note(known, offered)
    }

    fn note<T: PartialEq>(&mut self, known: Option<&T>, offered: &T) -> bool {
        match known {
            None => self.new += 1,
            Some(known) if known == offered => {
                self.unchanged += 1;
                return false;
            }
            Some(_) => self.changed += 1,
        }
        true
    }

    fn finish(&mut self, kind: ImportKind, origin: ImportOrigin) -> Fact {
        let remarks_total = origin.remarks.len() as u64;
        let mut remarks = origin.remarks;
        remarks.truncate(REMARKS_MAX);
        Fact::ImportFinished(ImportSummary {
            id: origin.id,
            kind,
            source: origin.source,
            sha256: origin.sha256,
            read: self.read,
            new: self.new,
            changed: self.changed,
            unchanged: self.unchanged,
            left_out: self.left_out,
            remarks,
            remarks_total,
        })
    }
}
