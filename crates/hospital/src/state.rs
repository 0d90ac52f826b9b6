//! The state of the hospital: what the facts so far add up to. Nothing here is a status; verdicts come from the matcher,
//! which is kept up to date fact by fact.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use exposure::matcher::{Matcher, VulnerabilityIx};
use exposure::rank::Inputs;
use model::alias::{AliasAnswer, AliasSubject};

use crate::archives::Archives;
use crate::fact::{Fact, Stamp};
use crate::imports::ImportSummary;
use crate::library::Library;
use crate::night::Night;
use crate::past::Imported;
use crate::people::People;
use crate::places::Places;
use crate::register::Register;
use crate::threats::Threats;

/// What a fact changed, for pages that show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// The register of devices.
    Devices,
    /// The library of advisories.
    Advisories,
    /// Verdicts.
    Exposures,
    /// Confirmed names and open questions about names.
    Aliases,
    /// Imports.
    Imports,
    /// KEV, EPSS, SSVC.
    Threats,
    /// Sites, units, beds, services.
    Places,
    /// Accounts.
    People,
    /// Hosts with an agent: what is heard of them, who may speak.
    Hosts,
    /// Plans and what people say about them.
    Plans,
    /// Rollouts, orders, further outages, incidents: the board.
    Night,
    /// What units are told and asked.
    Notices,
    /// Pairs of image archives.
    Archives,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Topic; 13] = [
        Topic::Devices,
        Topic::Advisories,
        Topic::Exposures,
        Topic::Aliases,
        Topic::Imports,
        Topic::Threats,
        Topic::Places,
        Topic::People,
        Topic::Hosts,
        Topic::Plans,
        Topic::Night,
        Topic::Notices,
        Topic::Archives,
    ];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Topic::Devices => "devices",
            Topic::Advisories => "advisories",
            Topic::Exposures => "exposures",
            Topic::Aliases => "aliases",
            Topic::Imports => "imports",
            Topic::Threats => "threats",
            Topic::Places => "places",
            Topic::People => "people",
            Topic::Hosts => "hosts",
            Topic::Plans => "plans",
            Topic::Night => "night",
            Topic::Notices => "notices",
            Topic::Archives => "archives",
        }
    }
}

/// How many imports are remembered in memory; the journal keeps all.
pub const IMPORTS_REMEMBERED_MAX: usize = 500;

/// What the facts so far add up to.
#[derive(Default)]
pub struct State {
    seq: u64,
    /// Sites, units, beds, services.
    pub(crate) places: Places,
    /// Devices.
    pub(crate) register: Register,
    /// Advisories.
    pub(crate) library: Library,
    /// KEV, EPSS, SSVC.
    pub(crate) threats: Threats,
    /// Accounts and sessions.
    pub(crate) people: People,
    /// Newest last.
    pub(crate) imports: Vec<(Stamp, ImportSummary)>,
    /// Answers in force, with who gave them when.
    pub(crate) answers: BTreeMap<AliasSubject, (Stamp, AliasAnswer)>,
    /// Patch nights: hosts, plans, rollouts.
    pub(crate) night: Night,
    /// Records of past nights that came from files.
    pub(crate) past: Imported,
    /// Pairs of image archives.
    pub(crate) archives: Archives,
    matcher: Matcher,
    /// What ranks each vulnerability, by its number; made when first asked for, dropped when advisories or threats change.
    inputs: OnceLock<Vec<Inputs>>,
}

impl State {
    /// The state before anything has happened.
    pub fn new() -> State {
        State::default()
    }

    /// Sequence of the last fact applied.
    pub fn seq(&self) -> u64 {
        self.seq
    }
    /// Sites, units, beds, services.
    pub fn places(&self) -> &Places {
        &self.places
    }
    /// Devices.
    pub fn register(&self) -> &Register {
        &self.register
    }
    /// Advisories.
    pub fn library(&self) -> &Library {
        &self.library
    }
    /// KEV, EPSS, SSVC.
    pub fn threats(&self) -> &Threats {
        &self.threats
    }
    /// Accounts and sessions.
    pub fn people(&self) -> &People {
        &self.people
    }
    /// Imports, newest last.
    pub fn imports(&self) -> &[(Stamp, ImportSummary)] {
        &self.imports
    }
    /// Answers about names that are in force.
    pub fn answers(&self) -> &BTreeMap<AliasSubject, (Stamp, AliasAnswer)> {
        &self.answers
    }
    /// Patch nights: hosts, plans, rollouts.
    pub fn night(&self) -> &Night {
        &self.night
    }
    /// Records of past nights that came from files.
    pub fn imported_nights(&self) -> &Imported {
        &self.past
    }
    /// Pairs of image archives: what was compared, and going over.
    pub fn archives(&self) -> &Archives {
        &self.archives
    }
    /// Verdicts.
    pub fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    /// What ranks a vulnerability: what is known of it beyond the advisories, and the highest score that they give.
    pub fn inputs(&self, vulnerability: VulnerabilityIx) -> Inputs {
        let all = self.inputs.get_or_init(|| {
            let numbers = 0..VulnerabilityIx::try_from(self.matcher.vulnerabilities_len())
                .unwrap_or(VulnerabilityIx::MAX);
            let of = |number| {
                self.threats.inputs(self.matcher.vulnerability_name(number), self.matcher.base_tenths(number))
            };
            numbers.map(of).collect()
        });
        all.get(vulnerability as usize).copied().unwrap_or_default()
    }

    /// Takes one fact in. Facts have been decided: this never fails and never judges them again.
    pub fn apply(&mut self, stamp: Stamp, fact: Fact) -> &'static [Topic] {
        self.seq = stamp.seq;
        match fact {
            Fact::SiteDescribed(site) => {
                self.places.sites.insert(site.id.clone(), site);
                &[Topic::Places]
            }
            Fact::BuildingDescribed(building) => {
                self.places.buildings.insert(building.id.clone(), building);
                &[Topic::Places]
            }
            Fact::UnitDescribed(unit) => {
                self.places.units.insert(unit.id.clone(), unit);
                &[Topic::Places]
            }
            Fact::BedDescribed(bed) => {
                self.places.beds.insert(bed.id.clone(), bed);
                &[Topic::Places]
            }
            Fact::ServiceDescribed(service) => {
                self.places.services.insert(service.id.clone(), service);
                &[Topic::Places]
            }
            Fact::DeviceRegistered(device) => {
                let ix = self.register.put(&device, stamp.time);
                self.matcher.put_device(ix, &self.register);
                &[Topic::Devices, Topic::Exposures, Topic::Aliases]
            }
            Fact::DeviceRetired(retired) => {
                if let Some(ix) = self.register.retire(retired.asset_tag.as_str(), stamp.time) {
                    self.matcher.remove_device(ix);
                }
                &[Topic::Devices, Topic::Exposures, Topic::Aliases]
            }
            Fact::AdvisoryReceived(advisory) => {
                self.inputs = OnceLock::new();
                let advisory: Arc<model::Advisory> = Arc::from(advisory);
                let (ix, in_force) = self.library.put(stamp, advisory.clone());
                if in_force {
                    self.matcher.put_advisory(ix, &advisory, &self.register);
                }
                &[Topic::Advisories, Topic::Exposures, Topic::Aliases]
            }
            Fact::SignatureVerified(verified) => {
                self.library.prove(&verified.key, &verified.document_sha256, verified.provenance);
                &[Topic::Advisories]
            }
            Fact::KevReceived(received) => {
                self.inputs = OnceLock::new();
                self.threats.put_kev(stamp, received);
                &[Topic::Threats, Topic::Exposures]
            }
            Fact::EpssReceived(received) => {
                self.inputs = OnceLock::new();
                self.threats.put_epss(stamp, received);
                &[Topic::Threats, Topic::Exposures]
            }
            Fact::SsvcReceived(received) => {
                self.inputs = OnceLock::new();
                self.threats.put_ssvc(stamp, received);
                &[Topic::Threats, Topic::Exposures]
            }
            Fact::NightsReceived(received) => {
                self.past.put(received.records);
                &[Topic::Night]
            }
            Fact::AliasAnswered(answered) => {
                self.matcher.put_alias(&answered.subject, answered.answer, &self.register);
                self.answers.insert(answered.subject, (stamp, answered.answer));
                &[Topic::Aliases, Topic::Exposures]
            }
            Fact::AliasWithdrawn(subject) => {
                self.matcher.remove_alias(&subject, &self.register);
                self.answers.remove(&subject);
                &[Topic::Aliases, Topic::Exposures]
            }
            Fact::ImportFinished(summary) => {
                self.imports.push((stamp, summary));
                if self.imports.len() > IMPORTS_REMEMBERED_MAX {
                    self.imports.remove(0);
                }
                &[Topic::Imports]
            }
            Fact::AccountOpened(opened) => {
                self.people.open_account(opened);
                &[Topic::People]
            }
            Fact::AccountBound(bound) => {
                self.people.bind_account(bound);
                &[Topic::People]
            }
            Fact::PasswordSet(set) => {
                self.people.set_password(set);
                &[Topic::People]
            }
            Fact::AccountClosed(account) => {
                self.people.close_account(&account);
                &[Topic::People]
            }
            Fact::SessionOpened(opened) => {
                self.people.open_session(stamp.time, opened);
                &[Topic::People]
            }
            Fact::SessionClosed(closed) => {
                self.people.sessions.remove(&closed.token_sha256);
                &[Topic::People]
            }
            Fact::FeedOpened(opened) => {
                self.people.open_feed(stamp.time, opened);
                &[Topic::People]
            }
            Fact::FeedClosed(closed) => {
                self.people.feeds.remove(&closed.token_sha256);
                &[Topic::People]
            }
            Fact::EnrolmentOffered(offer) => self.night.offered(&stamp, offer),
            Fact::CertificateIssued(issued) => self.night.certified(&stamp, issued),
            Fact::HostRevoked(revoked) => self.night.revoked(&stamp, revoked),
            Fact::HostsHeard(heard) => self.night.heard(&stamp, heard),
            Fact::ProbesDeclared(declared) => self.night.declared(&stamp, declared),
            Fact::PlanDrafted(plan) => self.night.drafted(stamp, *plan),
            Fact::PlanAnswered(answered) => self.night.answered(answered),
            Fact::PlanCovered(covered) => self.night.covered(covered),
            Fact::PlanApproved(approved) => self.night.approved(approved),
            Fact::PlanWithdrawn(withdrawn) => self.night.withdrawn(stamp, withdrawn),
            Fact::RolloutStarted(started) => {
                let plan = self.night.plan(&started.plan).map(|record| Arc::clone(&record.plan));
                let topology = plan.map(|plan| self.topology(&plan));
                self.night.started(stamp, started, topology)
            }
            Fact::RolloutPaused(paused) => self.night.paused(stamp, paused),
            Fact::RolloutResumed(resumed) => self.night.resumed(stamp, resumed),
            Fact::RolloutStopped(stopped) => self.night.stopped(stamp, stopped),
            Fact::RingOpened(moved) => self.night.ring_opened(stamp, moved),
            Fact::RingSoaking(moved) => self.night.ring_soaking(stamp, moved),
            Fact::RingHalted(halted) => self.night.ring_halted(stamp, halted),
            Fact::OrderIssued(order) => self.night.issued(&stamp, *order),
            Fact::OutageAsked(asked) => self.night.outage_asked(stamp, asked),
            Fact::OutageAnswered(answered) => self.night.outage_answered(&stamp, answered),
            Fact::OutageMoved(moved) => self.night.outage_moved(stamp, moved),
            Fact::IncidentOpened(opened) => self.night.incident_opened(stamp, opened),
            Fact::IncidentClosed(closed) => self.night.incident_closed(stamp, closed),
            Fact::HostLookedInto(looked) => self.night.looked_into(&stamp, looked),
            Fact::RollBackDecided(decided) => self.night.roll_back_decided(&stamp, decided),
            Fact::UnitsTold(told) => self.night.told(&stamp, told),
            Fact::WorkStepDone(step) => self.night.step_done(stamp, step),
            Fact::WorkSigned(signed) => self.night.signed(stamp, signed),
            Fact::WorkChecked(checked) => self.night.checked(stamp, checked),
            Fact::PairCompared(compared) => self.archives.compared(stamp, *compared),
            Fact::PairSent(sent) => self.archives.sent(&stamp, sent),
            Fact::PairProbed(probed) => self.archives.probed(probed),
            Fact::BaselineSet(set) => self.archives.baseline(stamp, set),
            Fact::PlaceAdmitted(admitted) => self.archives.place_admitted(stamp, admitted),
            Fact::PlaceRetired(retired) => self.archives.place_retired(stamp, retired),
            Fact::WayOutSeen(seen) => self.archives.way_out(stamp, seen),
            Fact::FailoverBegun(begun) => self.archives.begun(stamp, *begun),
            Fact::FailoverStepDone(step) => self.archives.step(stamp, step),
            Fact::FailoverReported(reported) => self.archives.reported(stamp, reported),
            Fact::FailoverEnded(ended) => self.archives.ended(stamp, ended),
            Fact::LeaseTaken(taken) => self.night.leased(taken),
        }
    }

    /// Puts a state together from a snapshot's parts and matches everything once.
    pub(crate) fn from_parts(parts: crate::snapshot::Parts) -> State {
        let mut state = State {
            seq: parts.seq,
            places: parts.places,
            register: parts.register,
            library: parts.library,
            threats: parts.threats,
            people: parts.people,
            imports: parts.imports,
            answers: parts.answers,
            night: parts.night,
            past: parts.past,
            archives: parts.archives,
            matcher: Matcher::new(),
            inputs: OnceLock::new(),
        };
        for (subject, (_, answer)) in &state.answers {
            state.matcher.put_alias(subject, *answer, &state.register);
        }
        for (ix, item) in state.library.iter() {
            state.matcher.put_advisory(ix, &item.current().advisory, &state.register);
        }
        for device in state.register.order() {
            state.matcher.put_device(*device, &state.register);
        }
        state
    }
}
