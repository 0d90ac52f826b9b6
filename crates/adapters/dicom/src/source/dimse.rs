//! An archive asked by C-FIND. One association is kept for as long as it holds; where it breaks, the answer has failed and the next question
//! makes a new one.

use archive::coverage::{Ability, End, Query, Rows, Scope};
use archive::{Instance, InstanceUid, SeriesUid, Study, StudyUid, Uid};

use super::{Classes, Count, Source, days, minutes};
use crate::dimse::{Association, Failed, Found, Level, Service};
use crate::element::{DataSet, Tag, Writing};
use crate::peer::Peer;
use crate::row::{Gathered, INSTANCE_TAGS, STUDY_TAGS, failed, instance, study};
use crate::tags;

/// An archive by C-FIND.
pub struct DimseSource {
    peer: Peer,
    ability: Ability,
    counter: Option<Box<dyn Count + Send>>,
    association: Option<Association>,
}

impl DimseSource {
    /// Nothing is asked yet. `ability` is what the archive's conformance statement says; who counts its examinations is `counter`.
    pub fn new(peer: Peer, ability: Ability, counter: Option<Box<dyn Count + Send>>) -> DimseSource {
        DimseSource { peer, ability, counter, association: None }
    }

    fn find(
        &mut self,
        level: Level,
        keys: Writing,
        row: impl FnMut(Result<DataSet<'_>, Failed>),
    ) -> Result<Found, Failed> {
        let mut association = match self.association.take() {
            Some(association) => association,
            None => Association::new(&self.peer, Service::Find)?,
        };
        let found = association.find(level, keys, row)?;
        // After a failure the archive may be in any state; after a whole answer it is not.
        if found.status.is_success() || found.status.is_cancel() {
            self.association = Some(association);
        } else {
            association.release();
        }
        Ok(found)
    }

    /// Objects of an examination, as its own row counts them.
    fn counted(&mut self, uid: &StudyUid) -> Option<u64> {
        let keys = asked_for(&STUDY_TAGS).text(tags::STUDY_INSTANCE_UID, b"UI", uid.0.as_str());
        let mut rows = Vec::new();
        let found = self.find(Level::Study, keys, |row| rows.push(row.ok().as_ref().and_then(study)));
        match (found.ok()?.status.is_success(), rows.as_slice()) {
            (true, []) => Some(0),
            (true, [Some(row)]) => row.counted.map(|counted| counted.instances),
            _ => None,
        }
    }

    /// Objects of a series, as its own row counts them.
    fn counted_series(&mut self, study: &StudyUid, series: &SeriesUid) -> Option<u64> {
        let keys = Writing::default()
            .text(tags::STUDY_INSTANCE_UID, b"UI", study.0.as_str())
            .text(tags::SERIES_INSTANCE_UID, b"UI", series.0.as_str())
            .text(tags::SERIES_INSTANCES, b"IS", "");
        let mut counts = Vec::new();
        let count = |row: DataSet<'_>| row.count(tags::SERIES_INSTANCES);
        let found = self.find(Level::Series, keys, |row| counts.push(row.ok().and_then(count)));
        match (found.ok()?.status.is_success(), counts.as_slice()) {
            (true, []) => Some(0),
            (true, [count]) => *count,
            _ => None,
        }
    }

    /// Objects are asked for below one series (PS3.4 C.4.1.2.1): so the series come first.
    fn of_study(&mut self, query: &Query, study: &StudyUid) -> Rows<Instance> {
        let keys = Writing::default().text(tags::STUDY_INSTANCE_UID, b"UI", study.0.as_str()).text(
            tags::SERIES_INSTANCE_UID,
            b"UI",
            "",
        );
        let (mut series, mut unreadable) = (Vec::new(), 0);
        let uid = |row: DataSet<'_>| archive::Uid::as_found(&row.text(tags::SERIES_INSTANCE_UID)).ok();
        let found = self.find(Level::Series, keys, |row| match row.ok().and_then(uid) {
            Some((uid, _odd)) => series.push(SeriesUid(uid)),
            None => unreadable += 1,
        });
        let mut all = Rows { rows: Vec::new(), unreadable, end: end_of(found) };
        for series in &series {
            if all.end != End::Success {
                break;
            }
            let rows = self.of_series(query, study, series);
            all.rows.extend(rows.rows);
            all.unreadable += rows.unreadable;
            all.end = rows.end;
        }
        all
    }

    fn of_series(&mut self, query: &Query, study: &StudyUid, series: &SeriesUid) -> Rows<Instance> {
        let mut keys = asked_for(&INSTANCE_TAGS)
            .text(tags::STUDY_INSTANCE_UID, b"UI", study.0.as_str())
            .text(tags::SERIES_INSTANCE_UID, b"UI", series.0.as_str());
        if !query.uid_prefix.is_empty() {
            keys = keys.text(tags::SOP_INSTANCE_UID, b"UI", &format!("{}*", query.uid_prefix));
        }
        let mut gathered = Gathered::new();
        let found = self.find(Level::Image, keys, |row| {
            gathered.take(row.ok().as_ref().and_then(|row| instance(row, study, Some(series))));
        });
        gathered.ended(end_of(found))
    }
}

impl Source for DimseSource {
    fn ability(&self) -> Ability {
        self.ability.clone()
    }

    fn token(&mut self) -> Option<u64> {
        self.counter.as_mut()?.token()
    }

    fn count(&mut self, scope: &Scope) -> Option<u64> {
        match scope {
            Scope::Archive => self.counter.as_mut()?.studies(),
            Scope::Days(..) => None,
            Scope::Study(study) => self.counted(study),
            Scope::Series(study, series) => self.counted_series(study, series),
        }
    }

    fn studies(&mut self, query: &Query, _offset: u64, _limit: Option<u32>) -> Rows<Study> {
        let mut keys = asked_for(&STUDY_TAGS);
        keys = days(query).into_iter().fold(keys, |keys, days| keys.text(tags::STUDY_DATE, b"DA", &days));
        keys = minutes(query).into_iter().fold(keys, |keys, time| keys.text(tags::STUDY_TIME, b"TM", &time));
        if let Some(modality) = &query.modality {
            keys = keys.text(tags::MODALITIES_IN_STUDY, b"CS", modality);
        }
        if !query.uid_prefix.is_empty() {
            keys = keys.text(tags::STUDY_INSTANCE_UID, b"UI", &format!("{}*", query.uid_prefix));
        }
        let mut gathered = Gathered::new();
        let found = self.find(Level::Study, keys, |row| gathered.take(row.ok().as_ref().and_then(study)));
        gathered.ended(end_of(found))
    }

    fn instances(&mut self, query: &Query, _offset: u64, _limit: Option<u32>) -> Rows<Instance> {
        match &query.scope {
            Scope::Study(study) => self.of_study(query, study),
            Scope::Series(study, series) => self.of_series(query, study, series),
            Scope::Archive | Scope::Days(..) => failed("objects are asked for by examination"),
        }
    }

    fn classes(&mut self, objects: &[Instance]) -> Result<Classes, Box<str>> {
        let Some(first) = objects.first() else { return Ok(Classes::new()) };
        let keys = Writing::default()
            .text(tags::SOP_CLASS_UID, b"UI", "")
            .text(tags::SOP_INSTANCE_UID, b"UI", "")
            .text(tags::STUDY_INSTANCE_UID, b"UI", first.study.0.as_str())
            .text(tags::SERIES_INSTANCE_UID, b"UI", first.series.0.as_str());
        let mut classes = Classes::new();
        let uid = |row: &DataSet<'_>, tag| Uid::as_found(&row.text(tag)).ok().map(|(uid, _odd)| uid);
        let found = self.find(Level::Image, keys, |row| {
            let Ok(row) = row else { return };
            let named = uid(&row, tags::SOP_INSTANCE_UID).zip(uid(&row, tags::SOP_CLASS_UID));
            classes.extend(named.map(|(named, class)| (InstanceUid(named), class.as_str().into())));
        });
        // What an answer that was cut has named it has named.
        found.map(|_| classes).map_err(|error| error.to_string().into())
    }
}

/// Keys without a value: the archive fills them in.
fn asked_for(wanted: &[Tag]) -> Writing {
    wanted.iter().fold(Writing::default(), |keys, tag| keys.text(*tag, representation(*tag), ""))
}

fn representation(tag: Tag) -> &'static [u8; 2] {
    match tag {
        tags::STUDY_DATE => b"DA",
        tags::ACCESSION_NUMBER => b"SH",
        tags::PATIENT_ID | tags::ISSUER_OF_PATIENT_ID => b"LO",
        tags::STUDY_SERIES | tags::STUDY_INSTANCES => b"IS",
        _ => b"UI",
    }
}

fn end_of(found: Result<Found, Failed>) -> End {
    match found {
        Ok(found) if found.status.is_success() => End::Success,
        Ok(found) if found.status.is_cancel() => End::Cut,
        Ok(found) => End::Failed(format!("{} {}", found.status, found.comment).trim().into()),
        Err(error) => End::Failed(error.to_string().into()),
    }
}
