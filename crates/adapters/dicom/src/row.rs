//! Rows as archives send them, made into what they list. A row without an identifier is counted as unreadable: an exam must not get lost
//! because it cannot be named.

use archive::coverage::{End, Rows};
use archive::{Counted, Instance, InstanceUid, Patient, SeriesUid, Study, StudyDate, StudyUid, Uid};

use crate::element::{DataSet, Tag};
use crate::tags;
use crate::web::JsonRow;

/// A row of either protocol.
pub(crate) trait Attributes {
    /// The first value as text, without padding; empty where there is none.
    fn value(&self, tag: Tag) -> String;

    /// A whole number from 0.
    fn number(&self, tag: Tag) -> Option<u64> {
        self.value(tag).trim().parse().ok()
    }
}

impl Attributes for DataSet<'_> {
    fn value(&self, tag: Tag) -> String {
        self.text(tag)
    }
}

impl Attributes for JsonRow {
    fn value(&self, tag: Tag) -> String {
        self.text(tag).to_owned()
    }
}

/// What each row about an examination bears.
pub(crate) const STUDY_TAGS: [Tag; 7] = [
    tags::STUDY_INSTANCE_UID,
    tags::STUDY_DATE,
    tags::ACCESSION_NUMBER,
    tags::PATIENT_ID,
    tags::ISSUER_OF_PATIENT_ID,
    tags::STUDY_SERIES,
    tags::STUDY_INSTANCES,
];

/// What each row about an object bears.
pub(crate) const INSTANCE_TAGS: [Tag; 3] =
    [tags::SOP_INSTANCE_UID, tags::SERIES_INSTANCE_UID, tags::STUDY_INSTANCE_UID];

/// An examination; `None` where the row names none.
pub(crate) fn study(row: &impl Attributes) -> Option<Study> {
    let (uid, _odd) = Uid::as_found(&row.value(tags::STUDY_INSTANCE_UID)).ok()?;
    let counts = row.number(tags::STUDY_SERIES).zip(row.number(tags::STUDY_INSTANCES));
    Some(Study {
        uid: StudyUid(uid),
        patient: Patient::new(&row.value(tags::PATIENT_ID), &row.value(tags::ISSUER_OF_PATIENT_ID)),
        date: StudyDate::read(&row.value(tags::STUDY_DATE)),
        accession: row.value(tags::ACCESSION_NUMBER).into(),
        counted: counts.map(|(series, instances)| Counted { series, instances }),
    })
}

/// An object of an examination; `None` where the row does not say which, or in which series. The examination is the one that was asked for.
pub(crate) fn instance(
    row: &impl Attributes,
    study: &StudyUid,
    series: Option<&SeriesUid>,
) -> Option<Instance> {
    let uid = |tag| Uid::as_found(&row.value(tag)).ok().map(|(uid, _odd)| uid);
    let series = uid(tags::SERIES_INSTANCE_UID).map(SeriesUid).or_else(|| series.cloned())?;
    Some(Instance {
        uid: InstanceUid(uid(tags::SOP_INSTANCE_UID)?),
        series,
        study: study.clone(),
        arrived: None,
        content: None,
    })
}

/// Rows in the making.
pub(crate) struct Gathered<R> {
    rows: Vec<R>,
    unreadable: u64,
}

impl<R> Gathered<R> {
    pub(crate) fn new() -> Gathered<R> {
        Gathered { rows: Vec::new(), unreadable: 0 }
    }

    pub(crate) fn take(&mut self, row: Option<R>) {
        match row {
            Some(row) => self.rows.push(row),
            None => self.unreadable += 1,
        }
    }

    pub(crate) fn ended(self, end: End) -> Rows<R> {
        Rows { rows: self.rows, unreadable: self.unreadable, end }
    }
}

/// An answer that did not come.
pub(crate) fn failed<R>(error: impl std::fmt::Display) -> Rows<R> {
    Gathered::new().ended(End::Failed(error.to_string().into()))
}
