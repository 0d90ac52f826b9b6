//! What people and programs may ask for.

use model::alias::{AliasAnswer, AliasSubject};
use model::ids::{AccountId, ImportId};
use model::people::Role;
use model::threat::{EpssScore, KevEntry, SsvcAssessment};
use model::{Advisory, Date, Device, Time};

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
}
