//! What one message says. The order of the variants is the order in which things that were recorded at one instant count: what makes a patient
//! more present or an order more done comes last.

use model::Time;

use crate::exam::Patient;
use crate::uid::StudyUid;

/// What a message says, and when.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    /// When it was recorded where it was made. Of two messages the later counts, whichever came first. Whoever reads messages refuses what lies in
    /// the future: it would count for good.
    pub at: Time,
    /// What it says.
    pub says: Says,
}

/// Of whom or what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// Of a patient's stay.
    Stay {
        /// Whose.
        patient: Patient,
        /// The number of the stay; empty where the message gives none.
        visit: Box<str>,
        /// What has happened.
        step: Step,
    },
    /// One patient became part of another.
    Merged {
        /// Who is no longer.
        gone: Patient,
        /// Who stays.
        stays: Patient,
    },
    /// Of the theatre list.
    Theatre {
        /// Who is to be operated on.
        patient: Patient,
        /// The number of the appointment; empty where the message gives none.
        number: Box<str>,
        /// When, or that nothing comes of it.
        appointment: Appointment,
    },
    /// Of an order.
    Order(Order),
}

/// What has happened in a stay (HL7 ADT). A class that a message does not give is unknown, and the one before goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Discharged (A03).
    Out,
    /// The admission is cancelled: there never was such a stay (A11).
    NeverIn,
    /// Something about the stay was changed (A08).
    Changed {
        /// As which kind of patient.
        class: Option<Class>,
        /// Since when the stay goes.
        since: Option<Time>,
        /// It says that the patient has left.
        has_left: bool,
    },
    /// Transferred, or of another class now (A02, A06, A07).
    Moved {
        /// As which kind of patient.
        class: Option<Class>,
    },
    /// The transfer is cancelled (A12): what was said before it holds again.
    NotMoved {
        /// As which kind of patient.
        class: Option<Class>,
    },
    /// Admitted or registered (A01, A04).
    In {
        /// As which kind of patient.
        class: Option<Class>,
        /// Since when, where it says so.
        since: Option<Time>,
    },
    /// The discharge is cancelled: the patient is still there (A13).
    NotOut {
        /// As which kind of patient.
        class: Option<Class>,
    },
}

/// Which kind of patient (HL7 table 0004), as far as it matters for urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Neither of the two: outpatient, recurring, before admission.
    Other,
    /// In a bed.
    Inpatient,
    /// In the emergency department.
    Emergency,
}

/// What the theatre list says of an operation (HL7 SIU).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Appointment {
    /// It is off the list, or over.
    Off,
    /// It is on the list for this time.
    At(Time),
    /// It is on the list, and the message does not say for when.
    Sometime,
}

/// What a message says of an order for an examination.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order {
    /// The accession number; empty where the message gives none.
    pub accession: Box<str>,
    /// The order's own number, by which messages about one order are known to belong together.
    pub number: Box<str>,
    /// The examination, where the message names it.
    pub study: Option<StudyUid>,
    /// Whose.
    pub patient: Patient,
    /// Is it urgent? `None` where nobody says.
    pub is_stat: Option<bool>,
    /// How far it is; `None` where the message does not say.
    pub stage: Option<Stage>,
}

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Placed, scheduled or begun: nothing is expected of it yet.
    Placed,
    /// Scheduled to begin at this time, as a worklist says that is read now: once that has passed it is expected like what is done, until somebody who knows takes
    /// it off the list.
    Scheduled(Time),
    /// Cancelled, as whoever fills it confirms.
    Cancelled,
    /// Done at this time.
    Done(Time),
}
