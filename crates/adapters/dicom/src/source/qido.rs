//! An archive asked by QIDO-RS. A Warning header is heard; without one an answer is still not believed until it is counted.

use archive::coverage::{Ability, End, Query, Rows, Scope};
use archive::{Instance, InstanceUid, Study, StudyUid, Uid};

use super::{Classes, Count, Source, days, minutes};
use crate::element::Tag;
use crate::row::{Gathered, INSTANCE_TAGS, STUDY_TAGS, failed, instance, study};
use crate::tags;
use crate::web::{Asked, Client, JsonRow, Page, QidoFailed};

/// An archive by QIDO-RS.
pub struct QidoSource {
    client: Client,
    ability: Ability,
    counter: Option<Box<dyn Count + Send>>,
}

impl QidoSource {
    /// Nothing is asked yet. `ability` is what the archive's conformance statement says; who counts its examinations is `counter`.
    pub fn new(client: Client, ability: Ability, counter: Option<Box<dyn Count + Send>>) -> QidoSource {
        QidoSource { client, ability, counter }
    }

    /// Number of Study Related Instances of one examination.
    fn counted(&self, uid: &StudyUid) -> Option<u64> {
        let asked = Asked {
            path: "/studies".into(),
            matching: vec![(tags::STUDY_INSTANCE_UID, uid.0.as_str().into())],
            include: STUDY_TAGS.to_vec(),
            ..Asked::default()
        };
        let mut rows: Vec<JsonRow> = Vec::new();
        let page = self.client.qido(&asked, |row| rows.push(row)).ok()?;
        match (page.warnings().next(), rows.as_slice()) {
            (None, []) => Some(0),
            (None, [row]) => study(row)?.counted.map(|counted| counted.instances),
            _ => None,
        }
    }
}

impl Source for QidoSource {
    fn ability(&self) -> Ability {
        self.ability.clone()
    }

    fn token(&mut self) -> Option<u64> {
        self.counter.as_mut()?.token()
    }

    fn count(&mut self, scope: &Scope) -> Option<u64> {
        match scope {
            Scope::Archive => self.counter.as_mut()?.studies(),
            Scope::Study(study) => self.counted(study),
            Scope::Days(..) | Scope::Series(..) => None,
        }
    }

    fn studies(&mut self, query: &Query, offset: u64, limit: Option<u32>) -> Rows<Study> {
        let mut matching: Vec<(Tag, Box<str>)> = Vec::new();
        matching.extend(days(query).map(|days| (tags::STUDY_DATE, days.into())));
        matching.extend(minutes(query).map(|time| (tags::STUDY_TIME, time.into())));
        matching.extend(query.modality.clone().map(|modality| (tags::MODALITIES_IN_STUDY, modality)));
        if !query.uid_prefix.is_empty() {
            matching.push((tags::STUDY_INSTANCE_UID, format!("{}*", query.uid_prefix).into()));
        }
        let asked = Asked { path: "/studies".into(), matching, include: STUDY_TAGS.to_vec(), offset, limit };
        let mut gathered = Gathered::new();
        let page = self.client.qido(&asked, |row| gathered.take(study(&row)));
        gathered.ended(end_of(page))
    }

    fn instances(&mut self, query: &Query, offset: u64, limit: Option<u32>) -> Rows<Instance> {
        let (study, series, path) = match &query.scope {
            Scope::Study(study) => (study, None, format!("/studies/{study}/instances")),
            Scope::Series(study, series) => {
                (study, Some(series), format!("/studies/{study}/series/{series}/instances"))
            }
            Scope::Archive | Scope::Days(..) => return failed("objects are asked for by examination"),
        };
        let mut matching = Vec::new();
        if !query.uid_prefix.is_empty() {
            matching.push((tags::SOP_INSTANCE_UID, format!("{}*", query.uid_prefix).into()));
        }
        let asked = Asked { path: path.into(), matching, include: INSTANCE_TAGS.to_vec(), offset, limit };
        let mut gathered = Gathered::new();
        let page = self.client.qido(&asked, |row| gathered.take(instance(&row, study, series)));
        gathered.ended(end_of(page))
    }

    fn classes(&mut self, objects: &[Instance]) -> Result<Classes, Box<str>> {
        let Some(first) = objects.first() else { return Ok(Classes::new()) };
        let mut classes = Classes::new();
        let (mut offset, limit) = (0, self.ability.page_rows);
        loop {
            let asked = Asked {
                path: format!("/studies/{}/series/{}/instances", first.study, first.series).into(),
                include: vec![tags::SOP_INSTANCE_UID, tags::SOP_CLASS_UID],
                offset,
                limit,
                ..Asked::default()
            };
            let before = classes.len();
            let page = self.client.qido(&asked, |row| {
                let named = Uid::as_found(row.text(tags::SOP_INSTANCE_UID)).ok();
                let class = Uid::as_found(row.text(tags::SOP_CLASS_UID)).ok();
                let named =
                    named.zip(class).map(|((uid, _), (class, _))| (InstanceUid(uid), class.as_str().into()));
                classes.extend(named);
            });
            let rows = page.map_err(|error| error.to_string())?.rows;
            // A page that brings nothing new is the end, also of an archive that knows no pages.
            if limit.is_none() || rows == 0 || classes.len() == before {
                return Ok(classes);
            }
            offset += rows;
        }
    }
}

fn end_of(page: Result<Page, QidoFailed>) -> End {
    match page {
        Ok(page) if page.warnings().next().is_some() => End::Cut,
        Ok(_) => End::Success,
        Err(error) => End::Failed(error.to_string().into()),
    }
}
