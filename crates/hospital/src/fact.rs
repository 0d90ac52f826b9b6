//! Everything that can have happened. Facts are forever: a released version of a fact is never changed, a new need gets
//! a new version, and `tests/golden` replays every version there ever was.

pub mod night;

use model::advisory::Provenance;
use model::alias::{AliasAnswer, AliasSubject};
use model::device::Device;
use model::ids::{AccountId, UnitId};
use model::people::Role;
use model::place::{Bed, Building, CareUnit, Site};
use model::plan::Plan;
use model::service::Service;
use model::threat::{EpssScore, KevEntry, SsvcAssessment};
use model::work::{Shown, StepDone, WorkChecked, WorkSigned};
use model::{Advisory, AdvisoryKey, AssetTag, Date, Time};
use serde::{Deserialize, Serialize};

use crate::archives::fact::{
    BaselineSet, Ended, FailoverBegun, FailoverReported, FailoverStep, PairCompared, PairProbed, PairSent,
    PlaceAdmitted, PlaceRetired, WayOutSeen,
};
use crate::feeds::{FeedClosed, FeedOpened};
use crate::imports::ImportSummary;
use crate::past::NightsReceived;

/// When a fact was recorded, by whom, and where in the journal it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Sequence in the journal, from 1.
    pub seq: u64,
    /// When.
    pub time: Time,
    /// Who: an account, or `cli:NAME`.
    pub actor: Box<str>,
}

macro_rules! facts {
    ($($(#[$doc:meta])* $variant:ident($inner:ty) = $name:literal),+ $(,)?) => {
        /// One fact, in a version of its own.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "fact", content = "is")]
        pub enum Fact { $($(#[$doc])* #[serde(rename = $name)] $variant($inner)),+ }

        impl Fact {
            /// The names of every fact there is, with versions.
            pub const NAMES: &'static [&'static str] = &[$($name),+];
            /// The fact's name with its version, as the journal's `kind`.
            pub fn name(&self) -> &'static str {
                match self { $(Fact::$variant(_) => $name),+ }
            }
        }
    };
}

facts! {
    /// A site was described, or described anew.
    SiteDescribed(Site) = "site.described/1",
    /// A building was described.
    BuildingDescribed(Building) = "building.described/1",
    /// A care unit was described.
    UnitDescribed(CareUnit) = "unit.described/1",
    /// A bed was described.
    BedDescribed(Bed) = "bed.described/1",
    /// A service was described: who carries it, for which beds, what stands in.
    ServiceDescribed(Service) = "service.described/1",
    /// A device was entered into the register, or its entry replaced.
    DeviceRegistered(Box<Device>) = "device.registered/1",
    /// A device left the register.
    DeviceRetired(DeviceRetired) = "device.retired/1",
    /// A revision of an advisory arrived.
    AdvisoryReceived(Box<Advisory>) = "advisory.received/1",
    /// The signature of a revision that was here already was verified.
    SignatureVerified(SignatureVerified) = "signature.verified/1",
    /// A catalogue of known exploited vulnerabilities arrived; it replaces the one before.
    KevReceived(KevReceived) = "kev.received/1",
    /// EPSS scores arrived, for the vulnerabilities that our advisories name.
    EpssReceived(EpssReceived) = "epss.received/1",
    /// SSVC assessments arrived, for the vulnerabilities that our advisories name.
    SsvcReceived(SsvcReceived) = "ssvc.received/1",
    /// Records of past nights arrived, for the forecast.
    NightsReceived(NightsReceived) = "nights.received/1",
    /// A person answered a question about names.
    AliasAnswered(AliasAnswered) = "alias.answered/1",
    /// A person took an answer back.
    AliasWithdrawn(AliasSubject) = "alias.withdrawn/1",
    /// An import ended.
    ImportFinished(ImportSummary) = "import.finished/1",
    /// An account was opened.
    AccountOpened(AccountOpened) = "account.opened/1",
    /// An account was bound to the care units that it answers for.
    AccountBound(AccountBound) = "account.bound/1",
    /// An account got another password.
    PasswordSet(PasswordSet) = "password.set/1",
    /// An account was closed.
    AccountClosed(AccountId) = "account.closed/1",
    /// Somebody signed in.
    SessionOpened(SessionOpened) = "session.opened/1",
    /// Somebody signed out.
    SessionClosed(SessionClosed) = "session.closed/1",
    /// A calendar feed was opened.
    FeedOpened(FeedOpened) = "feed.opened/1",
    /// A calendar feed was revoked.
    FeedClosed(FeedClosed) = "feed.closed/1",
    /// A one-time token was made with which a host may enrol.
    EnrolmentOffered(night::EnrolmentOffered) = "enrolment.offered/1",
    /// A host got a certificate.
    CertificateIssued(night::CertificateIssued) = "certificate.issued/1",
    /// A host may no longer speak to us.
    HostRevoked(night::HostRevoked) = "host.revoked/1",
    /// Hosts delivered observations and answers to orders.
    HostsHeard(night::HostsHeard) = "hosts.heard/1",
    /// Function probes were declared.
    ProbesDeclared(night::ProbesDeclared) = "probes.declared/1",
    /// A plan, or another revision of one, was drafted.
    PlanDrafted(Box<Plan>) = "plan.drafted/1",
    /// A unit answered a plan.
    PlanAnswered(night::PlanAnswered) = "plan.answered/1",
    /// Staff was confirmed for a plan.
    PlanCovered(night::PlanCovered) = "plan.covered/1",
    /// Somebody approved a plan.
    PlanApproved(night::PlanApproved) = "plan.approved/1",
    /// A plan was withdrawn.
    PlanWithdrawn(night::PlanReason) = "plan.withdrawn/1",
    /// An agreed plan was set in motion.
    RolloutStarted(night::RolloutStarted) = "rollout.started/1",
    /// A rollout was paused: nothing new is begun.
    RolloutPaused(night::PlanReason) = "rollout.paused/1",
    /// A paused rollout goes on.
    RolloutResumed(night::PlanReason) = "rollout.resumed/1",
    /// A rollout was stopped for good.
    RolloutStopped(night::RolloutStopped) = "rollout.stopped/1",
    /// A ring may be worked on.
    RingOpened(night::RingMoved) = "ring.opened/1",
    /// A ring has reached its success condition and soaks.
    RingSoaking(night::RingMoved) = "ring.soaking/1",
    /// A ring was halted.
    RingHalted(night::RingHalted) = "ring.halted/1",
    /// An order was issued to a host.
    OrderIssued(night::OrderIssued) = "order.issued/1",
    /// Units were asked for a further outage.
    OutageAsked(night::OutageAsked) = "outage.asked/1",
    /// A unit answered a request for a further outage.
    OutageAnswered(night::OutageAnswered) = "outage.answered/1",
    /// A requested outage was moved.
    OutageMoved(night::OutageMoved) = "outage.moved/1",
    /// Something for the incident list.
    IncidentOpened(night::IncidentOpened) = "incident.opened/1",
    /// Somebody looked into an incident.
    IncidentClosed(night::IncidentClosed) = "incident.closed/1",
    /// A person looked into what happened on a host.
    HostLookedInto(night::HostLookedInto) = "host.looked_into/1",
    /// A person decided to take the patches of a host back.
    RollBackDecided(night::RollBackDecided) = "roll_back.decided/1",
    /// Units were told something.
    UnitsTold(night::UnitsTold) = "units.told/1",
    /// A person did one step of the work on a device.
    WorkStepDone(StepDone) = "work.step_done/1",
    /// A person signed for finished work on a device.
    WorkSigned(WorkSigned) = "work.signed/1",
    /// A person checked finished work on a device again.
    WorkChecked(WorkChecked) = "work.checked/1",
    /// Two image archives were compared.
    PairCompared(Box<PairCompared>) = "pair.compared/1",
    /// B was given what it lacked, or asked again for what it had.
    PairSent(PairSent) = "pair.sent/1",
    /// An image archive was probed as a reader would use it.
    PairProbed(PairProbed) = "pair.probed/1",
    /// How fast an archive's first image may come was said.
    BaselineSet(BaselineSet) = "baseline.set/1",
    /// A place may tell its own probes of an archive.
    PlaceAdmitted(PlaceAdmitted) = "place.admitted/1",
    /// An archive is probed from a place no more.
    PlaceRetired(PlaceRetired) = "place.retired/1",
    /// Somebody looked whether a way out of a failover is there.
    WayOutSeen(WayOutSeen) = "way_out.seen/1",
    /// The hospital goes over from one archive to the other.
    FailoverBegun(Box<FailoverBegun>) = "failover.begun/1",
    /// A step of a failover was done.
    FailoverStepDone(FailoverStep) = "failover.step_done/1",
    /// Somebody reports that something does not work since a failover.
    FailoverReported(FailoverReported) = "failover.reported/1",
    /// A failover is over.
    FailoverEnded(Ended) = "failover.ended/1",
    /// A running copy of Segue drives rollouts.
    LeaseTaken(night::LeaseTaken) = "lease.taken/1",
}

impl Fact {
    /// SHA-256, in hexadecimal, of each document that this fact rests on and that is kept beside the journal.
    pub fn documents(&self) -> Vec<&str> {
        match self {
            Fact::AdvisoryReceived(advisory) => vec![&advisory.document_sha256],
            Fact::WorkStepDone(done) => match &done.shown {
                Shown::Photo(sha256) => vec![sha256],
                Shown::Said | Shown::Label(_) | Shown::Measured(_) | Shown::Test { .. } => Vec::new(),
            },
            Fact::PairCompared(compared) => compared.document_sha256.as_deref().into_iter().collect(),
            Fact::SiteDescribed(_)
            | Fact::BuildingDescribed(_)
            | Fact::UnitDescribed(_)
            | Fact::BedDescribed(_)
            | Fact::ServiceDescribed(_)
            | Fact::DeviceRegistered(_)
            | Fact::DeviceRetired(_)
            | Fact::SignatureVerified(_)
            | Fact::KevReceived(_)
            | Fact::EpssReceived(_)
            | Fact::SsvcReceived(_)
            | Fact::NightsReceived(_)
            | Fact::AliasAnswered(_)
            | Fact::AliasWithdrawn(_)
            | Fact::ImportFinished(_)
            | Fact::AccountOpened(_)
            | Fact::AccountBound(_)
            | Fact::PasswordSet(_)
            | Fact::AccountClosed(_)
            | Fact::SessionOpened(_)
            | Fact::SessionClosed(_)
            | Fact::FeedOpened(_)
            | Fact::FeedClosed(_)
            | Fact::EnrolmentOffered(_)
            | Fact::CertificateIssued(_)
            | Fact::HostRevoked(_)
            | Fact::HostsHeard(_)
            | Fact::ProbesDeclared(_)
            | Fact::PlanDrafted(_)
            | Fact::PlanAnswered(_)
            | Fact::PlanCovered(_)
            | Fact::PlanApproved(_)
            | Fact::PlanWithdrawn(_)
            | Fact::RolloutStarted(_)
            | Fact::RolloutPaused(_)
            | Fact::RolloutResumed(_)
            | Fact::RolloutStopped(_)
            | Fact::RingOpened(_)
            | Fact::RingSoaking(_)
            | Fact::RingHalted(_)
            | Fact::OrderIssued(_)
            | Fact::OutageAsked(_)
            | Fact::OutageAnswered(_)
            | Fact::OutageMoved(_)
            | Fact::IncidentOpened(_)
            | Fact::IncidentClosed(_)
            | Fact::UnitsTold(_)
            | Fact::WorkSigned(_)
            | Fact::WorkChecked(_)
            | Fact::HostLookedInto(_)
            | Fact::RollBackDecided(_)
            | Fact::PairSent(_)
            | Fact::PairProbed(_)
            | Fact::BaselineSet(_)
            | Fact::PlaceAdmitted(_)
            | Fact::PlaceRetired(_)
            | Fact::WayOutSeen(_)
            | Fact::FailoverBegun(_)
            | Fact::FailoverStepDone(_)
            | Fact::FailoverReported(_)
            | Fact::FailoverEnded(_)
            | Fact::LeaseTaken(_) => Vec::new(),
        }
    }
}

/// A device left the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRetired {
    /// Which.
    pub asset_tag: AssetTag,
    /// Why, as a person would say it.
    pub reason: Box<str>,
}

/// The signature of a revision was verified later than the revision arrived, because the key was not at hand before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureVerified {
    /// The advisory.
    pub key: AdvisoryKey,
    /// The revision, by the SHA-256 of its document.
    pub document_sha256: Box<str>,
    /// What is known of its origin now.
    pub provenance: Provenance,
}

/// A KEV catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KevReceived {
    /// The catalogue's own version.
    pub catalogue: Box<str>,
    /// Its entries.
    pub entries: Vec<KevEntry>,
}

/// EPSS scores of one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpssReceived {
    /// Version of the scoring model, as the feed says.
    pub model: Box<str>,
    /// The day they were computed.
    pub day: Date,
    /// CVE id and score.
    pub scores: Vec<(Box<str>, EpssScore)>,
}

/// SSVC assessments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SsvcReceived {
    /// The assessments.
    pub assessments: Vec<SsvcAssessment>,
}

/// An answer about names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasAnswered {
    /// The question.
    pub subject: AliasSubject,
    /// The answer.
    pub answer: AliasAnswer,
}

/// An account was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountOpened {
    /// Sign-in name.
    pub account: AccountId,
    /// What it may do.
    pub role: Role,
    /// PHC string of the password's hash.
    pub password_hash: Box<str>,
    /// The password must be changed at the first sign-in.
    pub must_change: bool,
}

/// An account was bound to care units; this replaces what it was bound to before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountBound {
    /// Sign-in name.
    pub account: AccountId,
    /// The units, each once; none: it is bound no more.
    pub units: Vec<UnitId>,
}

/// An account got another password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordSet {
    /// Sign-in name.
    pub account: AccountId,
    /// PHC string of the password's hash.
    pub password_hash: Box<str>,
    /// The password must be changed at the next sign-in.
    pub must_change: bool,
    /// The one session that stays open, by the SHA-256 of its token: that of whoever changed the own password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_session: Option<Box<str>>,
}

/// Somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionOpened {
    /// SHA-256 of the session's token, in hexadecimal; the token itself is never recorded.
    pub token_sha256: Box<str>,
    /// Who.
    pub account: AccountId,
    /// From then on it is no longer valid.
    pub expires: Time,
}

/// Somebody signed out, or was signed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionClosed {
    /// SHA-256 of the session's token, in hexadecimal.
    pub token_sha256: Box<str>,
}
