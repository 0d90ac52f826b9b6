//! What is known of one archive: its examinations with the names of their objects, and three trees of digests over them that are kept as
//! examinations come, change and go.
//!
//! Objects (name, place and patient) say what is compared. Issuers (examination, patient and who issued the number) are a tree of their own, because an issuer that
//! only one archive keeps is no difference. Names alone only tell whether one object is held twice.

use std::collections::{BTreeMap, BTreeSet};

use archive::digests::{Digest, Keyed, Prefix, Resolver, Tree};
use archive::{Gap, Holding, Instance, InstanceUid, SeriesUid, Study, StudyUid};
use model::Time;

/// One object: its name, and when it came where the archive says so.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Object {
    uid: InstanceUid,
    arrived: Option<Time>,
}

/// An examination as it was listed last.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Exam {
    study: Study,
    series: BTreeMap<SeriesUid, Vec<Object>>,
    /// Why this is not all of it.
    gap: Option<Gap>,
}

/// What is known of an archive.
#[derive(Clone, Debug)]
pub struct Records {
    keyed: Keyed,
    exams: BTreeMap<StudyUid, Exam>,
    objects: Tree,
    issuers: Tree,
    names: Tree,
    /// Names that are there more than once, and how many times more.
    twice: BTreeMap<InstanceUid, u32>,
    instances: u64,
}

/// Which tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Objects with their place and patient.
    Objects,
    /// Who issued the patient's number of an examination.
    Issuers,
}

impl Records {
    /// Of a whole list. What was listed twice and not alike is a doubt that stays until everything is listed anew.
    pub fn of_holding(holding: &Holding, keyed: Keyed) -> Records {
        let none = || Tree::new(0);
        let mut exams: BTreeMap<StudyUid, Exam> = BTreeMap::new();
        for study in holding.studies().values() {
            let exam = Exam { study: study.clone(), series: BTreeMap::new(), gap: None };
            exams.insert(study.uid.clone(), exam);
        }
        for instance in holding.instances().values() {
            if let Some(exam) = exams.get_mut(&instance.study) {
                exam.take(instance);
            }
        }
        let mut records = Records {
            keyed,
            exams,
            objects: none(),
            issuers: none(),
            names: none(),
            twice: holding.twice().iter().map(|uid| (uid.clone(), 1)).collect(),
            instances: 0,
        };
        records.build();
        records
    }

    /// Builds all trees at once, of the examinations as they are.
    fn build(&mut self) {
        let (mut objects, mut issuers, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for exam in self.exams.values() {
            exam.instances(&mut |instance| {
                objects.push(self.keyed.of_object(&instance, &exam.study.patient).0);
                names.push(self.keyed.of_name(&instance.uid).0);
            });
            issuers.extend(issuer(&self.keyed, &exam.study).map(|digest| digest.0));
        }
        self.instances = objects.len() as u64;
        self.objects = Tree::build(objects);
        self.issuers = Tree::build(issuers);
        self.names = Tree::build(names);
    }

    /// An examination as it is now, in the place of what was known of it; `gap` says why that is not all of it. How many of its objects were not known, or
    /// not so.
    pub fn put(&mut self, study: Study, objects: &[Instance], gap: Option<Gap>) -> u64 {
        let digest = |object: &&Instance| self.keyed.of_object(object, &study.patient);
        let new = objects.iter().filter(|object| !self.objects.contains(digest(object))).count() as u64;
        self.remove(&study.uid);
        let mut exam = Exam { study, series: BTreeMap::new(), gap };
        let mut seen = BTreeSet::new();
        objects.iter().filter(|object| seen.insert(&object.uid)).for_each(|object| exam.take(object));
        exam.instances(&mut |instance| {
            self.objects.insert(self.keyed.of_object(&instance, &exam.study.patient));
            if !self.names.insert(self.keyed.of_name(&instance.uid)) {
                *self.twice.entry(instance.uid).or_default() += 1;
            }
            self.instances += 1;
        });
        if let Some(digest) = issuer(&self.keyed, &exam.study) {
            self.issuers.insert(digest);
        }
        self.exams.insert(exam.study.uid.clone(), exam);
        new
    }

    /// An examination that the archive has no more.
    pub fn remove(&mut self, study: &StudyUid) {
        let Some(exam) = self.exams.remove(study) else { return };
        exam.instances(&mut |instance| {
            self.objects.remove(self.keyed.of_object(&instance, &exam.study.patient));
            match self.twice.get_mut(&instance.uid) {
                Some(more) if *more > 1 => *more -= 1,
                Some(_) => {
                    self.twice.remove(&instance.uid);
                }
                None => {
                    self.names.remove(self.keyed.of_name(&instance.uid));
                }
            }
            self.instances -= 1;
        });
        if let Some(digest) = issuer(&self.keyed, &exam.study) {
            self.issuers.remove(digest);
        }
    }

    /// How many examinations.
    pub fn studies(&self) -> u64 {
        self.exams.len() as u64
    }

    /// How many objects.
    pub fn instances(&self) -> u64 {
        self.instances
    }

    /// A tree.
    pub fn tree(&self, of: Of) -> &Tree {
        match of {
            Of::Objects => &self.objects,
            Of::Issuers => &self.issuers,
        }
    }

    /// What the digests are made with.
    pub fn keyed(&self) -> &Keyed {
        &self.keyed
    }

    /// Why this is not all that the archive has.
    pub fn gaps(&self) -> impl Iterator<Item = &Gap> {
        self.exams.values().filter_map(|exam| exam.gap.as_ref())
    }

    /// Examinations of which something could not be listed well.
    pub fn with_gaps(&self) -> Vec<StudyUid> {
        self.exams.values().filter(|exam| exam.gap.is_some()).map(|exam| exam.study.uid.clone()).collect()
    }

    /// The first object that is held twice.
    pub fn held_twice(&self) -> Option<&InstanceUid> {
        self.twice.keys().next()
    }

    /// Examinations of which a series has another number of objects than the archive counts.
    pub fn unlike(&self, sizes: &BTreeMap<Box<str>, u64>) -> BTreeSet<StudyUid> {
        let mut known: BTreeMap<&str, u64> = BTreeMap::new();
        for (uid, objects) in self.exams.values().flat_map(|exam| &exam.series) {
            *known.entry(uid.0.as_str()).or_default() += objects.len() as u64;
        }
        let unlike = |exam: &&Exam| {
            exam.series.keys().any(|uid| known.get(uid.0.as_str()) != sizes.get(uid.0.as_str()))
        };
        self.exams.values().filter(unlike).map(|exam| exam.study.uid.clone()).collect()
    }

    /// The examinations that digests of a tree lie in, and how many digests nobody knows.
    pub fn named(&self, of: Of, digests: &[Digest]) -> (BTreeSet<StudyUid>, u64) {
        let mut resolver: Resolver<StudyUid> = Resolver::new(digests);
        for exam in self.exams.values() {
            let uid = &exam.study.uid;
            match of {
                Of::Objects => exam.instances(&mut |instance| {
                    let digest = self.keyed.of_object(&instance, &exam.study.patient);
                    resolver.offer(digest, || uid.clone());
                }),
                Of::Issuers => {
                    if let Some(digest) = issuer(&self.keyed, &exam.study) {
                        resolver.offer(digest, || uid.clone());
                    }
                }
            }
        }
        let (named, unknown) = resolver.into_named();
        (named.into_iter().collect(), unknown.len() as u64)
    }

    /// An examination with its objects.
    pub fn examination(&self, uid: &StudyUid) -> Option<(&Study, Vec<Instance>)> {
        let exam = self.exams.get(uid)?;
        let mut objects = Vec::new();
        exam.instances(&mut |instance| objects.push(instance));
        Some((&exam.study, objects))
    }

    /// How many objects only these records have, and how many only the others.
    pub fn against(&self, others: &Records) -> (u64, u64) {
        let (mut ours, mut theirs) = (0, 0);
        for of in [Of::Objects, Of::Issuers] {
            let (mut one, mut other) = (
                self.tree(of).digests(Prefix::ROOT).peekable(),
                others.tree(of).digests(Prefix::ROOT).peekable(),
            );
            loop {
                match (one.peek(), other.peek()) {
                    (Some(a), Some(b)) if a == b => {
                        one.next();
                        other.next();
                    }
                    (Some(a), b) if b.is_none_or(|b| a < b) => {
                        ours += 1;
                        one.next();
                    }
                    (_, Some(_)) => {
                        theirs += 1;
                        other.next();
                    }
                    (_, None) => break,
                }
            }
        }
        (ours, theirs)
    }
}

impl Exam {
    fn take(&mut self, instance: &Instance) {
        let object = Object { uid: instance.uid.clone(), arrived: instance.arrived };
        self.series.entry(instance.series.clone()).or_default().push(object);
    }

    fn instances(&self, each: &mut dyn FnMut(Instance)) {
        for (series, objects) in &self.series {
            for object in objects {
                each(Instance {
                    uid: object.uid.clone(),
                    series: series.clone(),
                    study: self.study.uid.clone(),
                    arrived: object.arrived,
                    content: None,
                });
            }
        }
    }
}

/// Stands for who issued the number of an examination's patient; `None` where the archive does not say.
pub(crate) fn issuer(keyed: &Keyed, study: &Study) -> Option<Digest> {
    let patient = &study.patient;
    // Neither an identifier nor a patient's number holds these letters in this place: nothing else is digested so.
    let text = || format!("issuer\u{1}{}\u{1}{}\u{1}{}", study.uid, patient.id(), patient.issuer());
    (!patient.issuer().is_empty()).then(|| keyed.of_text(&text()))
}
