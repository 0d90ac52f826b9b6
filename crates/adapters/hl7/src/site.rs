//! What differs between hospitals: where they put the accession number, whose numbers of patients count, which of their words mean urgent.

use std::collections::BTreeMap;

use archive::circumstances::Class;

use crate::charset::Charset;
use crate::message::FieldPath;

/// What a hospital does in its own way. The default is the standard's (IHE Radiology, Scheduled Workflow), and where nobody says anything, nothing is
/// taken for granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Where the accession number stands: the first of these that holds anything. Of segments ORC, OBR and IPC.
    pub accession: Vec<FieldPath>,
    /// The assigning authority (PID-3.4) whose number is the archives' Patient ID; where none is named, a medical record number (MR), else an
    /// internal one (PI), else the first.
    pub patient_authority: Option<Box<str>>,
    /// Further priorities that mean urgent, beside S, A and T of table 0485 and STAT.
    pub urgent: Vec<Box<str>>,
    /// Does an order without a priority mean routine here? Otherwise nobody knows.
    pub no_priority_is_routine: bool,
    /// Patient classes (PV1-2) of its own.
    pub classes: BTreeMap<Box<str>, Class>,
    /// Places (AIL-3: point of care, room or facility) that are theatres. Where none is named, every appointment counts as an operation.
    pub theatres: Vec<Box<str>>,
    /// Character set where MSH-18 names none; UTF-8 otherwise.
    pub charset: Charset,
}

impl Default for Site {
    fn default() -> Site {
        let path = |segment: &str, field| FieldPath { segment: segment.into(), field, component: 1 };
        Site {
            accession: vec![path("IPC", 1), path("OBR", 18)],
            patient_authority: None,
            urgent: Vec::new(),
            no_priority_is_routine: false,
            classes: BTreeMap::new(),
            theatres: Vec::new(),
            charset: Charset::Utf8,
        }
    }
}
