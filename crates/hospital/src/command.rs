//! What people and programs may ask for.

use model::agreement::UnitAnswer;
use model::alias::{AliasAnswer, AliasSubject};
use model::ids::{AccountId, ImportId, IncidentId, NodeId, OutageId, UnitId};
use model::order::OrderWindow;
use model::people::Role;
use model::plan::Plan;
use model::threat::{EpssScore, KevEntry, SsvcAssessment};
use model::work::{StepDone, WorkChecked, WorkSigned};
use model::{Advisory, AssetTag, Date, Device, PlanHash, Time};

use crate::archives::ArchiveCommand;
use crate::fact::night::{CertificateIssued, Heard};
use crate::feeds::FeedOpened;
use crate::places::Description;

/// What is known of an import before it is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportOrigin {
    /// Made by the shell, unique.
    pub id: ImportId,
    /// The file or folder, as the person named it.
    pub source: Box<str>,
    /// SHA-256 of the file.
    pub sha256: Option<Box<str>>,
    /// Remarks of the reader that do not stop the import.
    pub remarks: Vec<Box<str>>,
}

/// Something to be decided.
#[derive(Clone, Debug)]
pub enum Command {
    /// Describe sites, buildings, units, beds and services.
    DescribeHospital(Description, ImportOrigin),
    /// Bring a device list in.
    ImportInventory {
        /// The devices.
        devices: Vec<Device>,
        /// The list is the whole register: what it does not name is retired.
        complete: bool,
        /// Where it came from.
        origin: ImportOrigin,
    },
    /// Bring advisories in.
    ImportAdvisories {
        /// The advisories.
        advisories: Vec<Advisory>,
        /// Documents read in all, refused ones included.
        read: u64,
        /// Where they came from.
        origin: ImportOrigin,
    },
    /// Bring a KEV catalogue in.
    ImportKev {
        /// Its version.
        catalogue: Box<str>,
        /// Its entries.
        entries: Vec<KevEntry>,
        /// Where it came from.
        origin: ImportOrigin,
    },
    /// Bring EPSS scores in.
    ImportEpss {
        /// Version of the scoring model.
        model: Box<str>,
        /// Day of the scores.
        day: Date,
        /// CVE id and score.
        scores: Vec<(Box<str>, EpssScore)>,
        /// Where they came from.
        origin: ImportOrigin,
    },
    /// Bring SSVC assessments in.
    ImportSsvc {
        /// The assessments.
        assessments: Vec<SsvcAssessment>,
        /// Where they came from.
        origin: ImportOrigin,
    },
    /// Bring records of past nights in.
    ImportNights {
        /// The records.
        records: Vec<planning::forecast::Record>,
        /// Where they came from.
        origin: ImportOrigin,
    },
    /// Take a device out of the register.
    RetireDevice {
        /// Asset tag.
        asset_tag: Box<str>,
        /// Why.
        reason: Box<str>,
    },
    /// Answer a question about names.
    AnswerAlias {
        /// The question.
        subject: AliasSubject,
        /// The answer.
        answer: AliasAnswer,
    },
    /// Take an answer back.
    WithdrawAlias {
        /// The question.
        subject: AliasSubject,
    },
    /// What is said and asked about a pair of image archives.
    Archive(ArchiveCommand),
    /// Open an account.
    OpenAccount {
        /// Sign-in name.
        account: AccountId,
        /// What it may do.
        role: Role,
        /// PHC string.
        password_hash: Box<str>,
        /// The password must be changed at the first sign-in.
        must_change: bool,
    },
    /// Open the account of somebody who answers for these care units and no others.
    OpenWardAccount {
        /// Sign-in name.
        account: AccountId,
        /// The units; at least one.
        units: Vec<UnitId>,
        /// PHC string.
        password_hash: Box<str>,
        /// The password must be changed at the first sign-in.
        must_change: bool,
    },
    /// Bind an account that answers for care units to these and no others; to any with none.
    BindAccount {
        /// Sign-in name.
        account: AccountId,
        /// The units.
        units: Vec<UnitId>,
    },
    /// Give an account another password.
    SetPassword {
        /// Sign-in name.
        account: AccountId,
        /// PHC string.
        password_hash: Box<str>,
        /// The password must be changed at the next sign-in.
        must_change: bool,
        /// The one session that stays open, by the SHA-256 of its token.
        keep_session: Option<Box<str>>,
    },
    /// Close an account.
    CloseAccount {
        /// Sign-in name.
        account: AccountId,
    },
    /// Sign in.
    OpenSession {
        /// SHA-256 of the token, in hexadecimal.
        token_sha256: Box<str>,
        /// Who.
        account: AccountId,
        /// Until when.
        expires: Time,
    },
    /// Sign out.
    CloseSession {
        /// SHA-256 of the token, in hexadecimal.
        token_sha256: Box<str>,
    },
    /// Make a one-time token valid with which a host may enrol; the shell makes the token and shows it once.
    OfferEnrolment {
        /// The host; it is in the register.
        host: AssetTag,
        /// SHA-256 of the token, in hexadecimal.
        token_sha256: Box<str>,
        /// Until when.
        expires: Time,
    },
    /// Give a host a certificate: with a token when it enrols, without when it renews.
    IssueCertificate(CertificateIssued),
    /// A host may no longer speak to us.
    RevokeHost {
        /// The host.
        host: AssetTag,
        /// Why.
        reason: Box<str>,
    },
    /// What hosts delivered in check-ins that are carried in together. Times are on our clock already.
    Hear(Vec<Heard>),
    /// Draft a plan, or another revision of one. Its requester is who drafts it.
    DraftPlan(Box<Plan>),
    /// Answer a plan for a unit.
    AnswerPlan {
        /// The plan.
        plan: PlanHash,
        /// The unit.
        unit: UnitId,
        /// Its answer.
        answer: UnitAnswer,
        /// Who answers for it.
        by: AccountId,
    },
    /// Confirm the staff that a unit needs while it is dark.
    ConfirmCover {
        /// The plan.
        plan: PlanHash,
        /// The unit.
        unit: UnitId,
        /// Who is there, by name or role.
        people: Vec<Box<str>>,
        /// Who confirms it.
        by: AccountId,
    },
    /// Approve a plan.
    ApprovePlan {
        /// The plan.
        plan: PlanHash,
        /// Who; never its requester.
        by: AccountId,
    },
    /// Withdraw a plan that was not started.
    WithdrawPlan {
        /// The plan.
        plan: PlanHash,
        /// Why.
        reason: Box<str>,
        /// Who.
        by: AccountId,
    },
    /// Set an agreed plan in motion.
    StartRollout {
        /// The plan.
        plan: PlanHash,
        /// Who.
        by: AccountId,
    },
    /// Begin nothing new for a while.
    PauseRollout {
        /// The plan.
        plan: PlanHash,
        /// Why.
        reason: Box<str>,
        /// Who.
        by: AccountId,
    },
    /// Go on after a pause.
    ResumeRollout {
        /// The plan.
        plan: PlanHash,
        /// Why.
        reason: Box<str>,
        /// Who.
        by: AccountId,
    },
    /// Stop for good.
    StopRollout {
        /// The plan.
        plan: PlanHash,
        /// Why.
        reason: Box<str>,
        /// An emergency: running orders are not waited for.
        emergency: bool,
        /// Who.
        by: AccountId,
    },
    /// Answer a request for a further outage for a unit.
    AnswerOutage {
        /// Which.
        outage: OutageId,
        /// The unit.
        unit: UnitId,
        /// Its answer.
        answer: UnitAnswer,
        /// Who answers for it.
        by: AccountId,
    },
    /// Move a requested outage; answers given before are void.
    MoveOutage {
        /// Which.
        outage: OutageId,
        /// When instead.
        window: OrderWindow,
        /// Who.
        by: AccountId,
    },
    /// Close an entry of the incident list.
    CloseIncident {
        /// Which.
        incident: IncidentId,
        /// What shows that it is over.
        evidence: Box<str>,
        /// Who.
        by: AccountId,
    },
    /// Say that a host may be watched again after somebody looked into what happened on it.
    LookInto {
        /// The plan.
        plan: PlanHash,
        /// The host.
        host: AssetTag,
        /// What was found.
        found: Box<str>,
        /// Who.
        by: AccountId,
    },
    /// Take the patches of a host back.
    RollBack {
        /// The plan.
        plan: PlanHash,
        /// The host.
        host: AssetTag,
        /// When.
        window: OrderWindow,
        /// Why.
        reason: Box<str>,
        /// Who.
        by: AccountId,
    },
    /// A person did a step of the work on a device.
    DoStep(StepDone),
    /// A person signs for the finished work on a device.
    SignWork(WorkSigned),
    /// A person checks finished work on a device again.
    CheckWork(WorkChecked),
    /// Open a calendar feed.
    OpenFeed(FeedOpened),
    /// Revoke a calendar feed.
    CloseFeed {
        /// SHA-256 of the secret in its address, in hexadecimal.
        token_sha256: Box<str>,
    },
    /// Take or renew the right to drive rollouts.
    TakeLease {
        /// Which running copy.
        node: NodeId,
        /// Until when.
        until: Time,
    },
    /// Look at every rollout and record what is to happen next.
    Drive {
        /// The copy that holds the lease.
        node: NodeId,
        /// In which term.
        term: u64,
    },
}
