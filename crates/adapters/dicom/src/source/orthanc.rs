//! An Orthanc asked by its own interface. It may have a cap on what it finds; an examination's objects are always all told.

use std::collections::BTreeMap;

use archive::coverage::{Ability, End, Query, Rows, Scope};
use archive::{Counted, Instance, InstanceUid, Patient, SeriesUid, Study, StudyDate, StudyUid, Uid};

use super::{Classes, Count, Source, days, minutes};
use crate::orthanc::{Keywords, Orthanc, OrthancFailed, Resource};
use crate::row::{Gathered, failed};

/// An archive by Orthanc's own interface; for others that list the same archive, the one who counts.
#[derive(Clone)]
pub struct OrthancSource {
    orthanc: Orthanc,
    ability: Ability,
}

impl OrthancSource {
    /// Nothing is asked yet. Pages of `page_rows` examinations, or all at once.
    pub fn new(orthanc: Orthanc, page_rows: Option<u32>) -> OrthancSource {
        let ability = Ability {
            count: true,
            token: true,
            page_rows,
            // It takes no value for any value.
            empty_value: false,
            time: true,
            modalities: Vec::new(),
            uid_prefix: true,
        };
        OrthancSource { orthanc, ability }
    }

    fn listed(&self, uid: &StudyUid) -> Result<Vec<Option<Instance>>, OrthancFailed> {
        let mut rows = Vec::new();
        for id in self.orthanc.studies_of(uid.0.as_str())? {
            let found = |text: &str| Uid::as_found(text).ok().map(|(uid, _odd)| uid);
            let series = self.orthanc.series_of(&id)?;
            let series: BTreeMap<Box<str>, Option<Uid>> = series
                .into_iter()
                .map(|one| (one.id, found(keyword(&one.tags, "SeriesInstanceUID"))))
                .collect();
            for one in self.orthanc.instances_of(&id)? {
                let lies_in = series.get(&one.series).cloned().flatten();
                let named = found(keyword(&one.tags, "SOPInstanceUID"));
                rows.push(named.zip(lies_in).map(|(named, series)| Instance {
                    uid: InstanceUid(named),
                    series: SeriesUid(series),
                    study: uid.clone(),
                    arrived: None,
                    content: None,
                }));
            }
        }
        Ok(rows)
    }

    fn counted(&self, uid: &StudyUid) -> Result<u64, OrthancFailed> {
        let mut sum = 0;
        for id in self.orthanc.studies_of(uid.0.as_str())? {
            sum += self.orthanc.study_statistics(&id)?.count_instances;
        }
        Ok(sum)
    }
}

/// One examination, asked for by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examination {
    /// Its rows: none where the archive has it no more, several where two patients have one.
    pub rows: Vec<Study>,
    /// Its objects.
    pub objects: Vec<Instance>,
    /// Rows that could not be read.
    pub unreadable: u64,
    /// How many objects the archive counts apart from listing them.
    pub counted: u64,
}

impl OrthancSource {
    /// An examination as it is now.
    ///
    /// # Errors
    /// The archive did not answer well.
    pub fn examination(&self, uid: &StudyUid) -> Result<Examination, OrthancFailed> {
        let matching = Keywords::from([("StudyInstanceUID".into(), uid.0.as_str().into())]);
        let rows: Vec<Option<Study>> =
            self.orthanc.find_studies(&matching, 0, None)?.iter().map(study).collect();
        let listed = self.listed(uid)?;
        let unreadable = rows.iter().filter(|row| row.is_none()).count()
            + listed.iter().filter(|object| object.is_none()).count();
        Ok(Examination {
            rows: rows.into_iter().flatten().filter(|row| row.uid == *uid).collect(),
            objects: listed.into_iter().flatten().collect(),
            unreadable: unreadable as u64,
            counted: self.counted(uid)?,
        })
    }
}

impl Count for OrthancSource {
    fn studies(&mut self) -> Option<u64> {
        self.orthanc.statistics().ok().map(|all| all.count_studies)
    }

    fn token(&mut self) -> Option<u64> {
        self.orthanc.mark().ok().flatten().map(|mark| mark.number())
    }
}

impl Source for OrthancSource {
    fn ability(&self) -> Ability {
        self.ability.clone()
    }

    fn token(&mut self) -> Option<u64> {
        Count::token(self)
    }

    fn count(&mut self, scope: &Scope) -> Option<u64> {
        match scope {
            Scope::Archive => Count::studies(self),
            Scope::Study(study) => self.counted(study).ok(),
            Scope::Days(..) | Scope::Series(..) => None,
        }
    }

    fn studies(&mut self, query: &Query, offset: u64, limit: Option<u32>) -> Rows<Study> {
        let mut matching = Keywords::new();
        matching.extend(days(query).map(|days| ("StudyDate".into(), days.into())));
        matching.extend(minutes(query).map(|time| ("StudyTime".into(), time.into())));
        matching.extend(query.modality.clone().map(|modality| ("ModalitiesInStudy".into(), modality)));
        if !query.uid_prefix.is_empty() {
            matching.insert("StudyInstanceUID".into(), format!("{}*", query.uid_prefix).into());
        }
        match self.orthanc.find_studies(&matching, offset, limit) {
            Ok(found) => {
                let mut gathered = Gathered::new();
                found.iter().for_each(|one| gathered.take(study(one)));
                gathered.ended(End::Success)
            }
            Err(error) => failed(error),
        }
    }

    fn instances(&mut self, query: &Query, _offset: u64, _limit: Option<u32>) -> Rows<Instance> {
        let Scope::Study(study) = &query.scope else {
            return failed("objects are asked for by examination");
        };
        match self.listed(study) {
            Ok(rows) => {
                let mut gathered = Gathered::new();
                let wanted = |row: &Option<Instance>| {
                    row.as_ref().is_none_or(|row| row.uid.0.as_str().starts_with(&*query.uid_prefix))
                };
                rows.into_iter().filter(wanted).for_each(|row| gathered.take(row));
                gathered.ended(End::Success)
            }
            Err(error) => failed(error),
        }
    }

    fn classes(&mut self, objects: &[Instance]) -> Result<Classes, Box<str>> {
        let mut classes = Classes::new();
        for object in objects {
            let named =
                self.orthanc.instances_named(object.uid.0.as_str()).map_err(|error| error.to_string())?;
            // Of two of one name nobody knows which is meant.
            let [id] = named.as_slice() else { continue };
            let class = self.orthanc.class_of(id).map_err(|error| error.to_string())?;
            if let Ok((class, _odd)) = Uid::as_found(&class) {
                classes.insert(object.uid.clone(), class.as_str().into());
            }
        }
        Ok(classes)
    }
}

fn study(one: &Resource) -> Option<Study> {
    let (uid, _odd) = Uid::as_found(keyword(&one.tags, "StudyInstanceUID")).ok()?;
    Some(Study {
        uid: StudyUid(uid),
        patient: Patient::new(keyword(&one.patient, "PatientID"), keyword(&one.patient, "IssuerOfPatientID")),
        date: StudyDate::read(keyword(&one.tags, "StudyDate")),
        accession: keyword(&one.tags, "AccessionNumber").into(),
        counted: None::<Counted>,
    })
}

fn keyword<'a>(tags: &'a Keywords, name: &str) -> &'a str {
    tags.get(name).map_or("", |value| value)
}
