//! An archive in memory of which the truth is known, an agent beside it, and certificates of an authority made for the occasion.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use adapter_dicom::orthanc::Mark;
use adapter_dicom::source::Examination;
use adapter_digests::asking::Asked;
use adapter_digests::tls::Papers;
use adapter_digests::{Agent, Clock, Followed, Keeper, NotFollowed, Peer, Question, Settings, compare};
use archive::digests::Key;
use archive::{
    Gap, Holding, Instance, InstanceUid, Patient, SeriesUid, Study, StudyDate, StudyUid, Tier, Uid, Verdict,
};
use model::Time;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};

pub(crate) const KEY: Key = Key([7; 32]);

pub(crate) fn uid(text: &str) -> Uid {
    Uid::as_found(text).unwrap().0
}

pub(crate) fn study(number: u32, patient: &str, issuer: &str) -> Study {
    Study {
        uid: StudyUid(uid(&format!("1.2.{number}"))),
        patient: Patient::new(patient, issuer),
        date: StudyDate::read("20261120"),
        accession: format!("A{number}").into(),
        counted: None,
    }
}

pub(crate) fn object(exam: u32, number: u32) -> Instance {
    Instance {
        uid: InstanceUid(uid(&format!("1.2.{exam}.9.{number}"))),
        series: SeriesUid(uid(&format!("1.2.{exam}.{}", number % 2 + 1))),
        study: StudyUid(uid(&format!("1.2.{exam}"))),
        arrived: None,
        content: None,
    }
}

/// What the archive really holds.
#[derive(Default)]
pub(crate) struct Truth {
    exams: BTreeMap<StudyUid, (Study, BTreeMap<InstanceUid, Instance>)>,
    stored: Vec<(u64, StudyUid, InstanceUid)>,
    last: u64,
    /// What it lists is not all of it.
    pub(crate) gap: Option<Gap>,
    /// It does not answer.
    pub(crate) is_down: bool,
    /// It does not tell what it stores.
    pub(crate) tells_nothing: bool,
    /// Something is stored whenever it is asked where it stands.
    pub(crate) never_rests: bool,
    /// Something is stored when it is asked for the so-manieth time from now on where it stands.
    pub(crate) stores_at: Option<u32>,
    /// Questions about single examinations.
    pub(crate) asked: u32,
}

#[derive(Clone, Default)]
pub(crate) struct Archive(Arc<Mutex<Truth>>);

impl Archive {
    /// So many examinations of so many objects each.
    pub(crate) fn of(exams: u32, objects: u32) -> Archive {
        let archive = Archive::default();
        for exam in 0..exams {
            archive.store(
                &study(exam, &format!("P{}", exam % 50), ""),
                &(0..objects).map(|o| object(exam, o)).collect::<Vec<_>>(),
            );
        }
        archive
    }

    pub(crate) fn truth(&self) -> MutexGuard<'_, Truth> {
        self.0.lock().unwrap()
    }

    pub(crate) fn store(&self, study: &Study, objects: &[Instance]) {
        let mut truth = self.truth();
        for object in objects {
            truth.last += 1;
            let last = truth.last;
            truth.stored.push((last, study.uid.clone(), object.uid.clone()));
            let exam =
                truth.exams.entry(study.uid.clone()).or_insert_with(|| (study.clone(), BTreeMap::new()));
            exam.1.insert(object.uid.clone(), object.clone());
        }
    }

    /// Removes an object, and the examination with its last one. The change leaves the list with it, as in Orthanc.
    pub(crate) fn delete(&self, exam: u32, number: u32) {
        let mut truth = self.truth();
        let gone = object(exam, number);
        let left = truth.exams.get_mut(&gone.study).unwrap();
        left.1.remove(&gone.uid).unwrap();
        if left.1.is_empty() {
            truth.exams.remove(&gone.study);
        }
        truth.stored.retain(|(_, _, uid)| *uid != gone.uid);
        truth.last = truth.stored.last().map_or(0, |(last, _, _)| *last);
    }

    /// Changes what an examination says, behind everybody's back.
    pub(crate) fn turn(&self, exam: u32, other: impl FnOnce(&mut Study)) {
        other(&mut self.truth().exams.get_mut(&study(exam, "", "").uid).unwrap().0);
    }

    /// Holds an object that nobody was told of, in the place of another.
    pub(crate) fn swap_silently(&self, exam: u32, number: u32, by: u32) {
        let mut truth = self.truth();
        let objects = &mut truth.exams.get_mut(&object(exam, 0).study).unwrap().1;
        objects.remove(&object(exam, number).uid).unwrap();
        objects.insert(object(exam, by).uid, object(exam, by));
    }

    pub(crate) fn holding(&self) -> Holding {
        let truth = self.truth();
        let mut holding = Holding::new();
        for (study, objects) in truth.exams.values() {
            holding.study(study.clone());
            objects.values().for_each(|object| holding.instance(object.clone()));
        }
        truth.gap.iter().for_each(|gap| holding.gap(gap.clone()));
        holding
    }
}

impl Followed for Archive {
    fn list(&mut self, go_on: &dyn Fn() -> bool) -> Option<Holding> {
        go_on().then(|| self.holding())
    }

    fn mark(&mut self) -> Result<Mark, NotFollowed> {
        if self.truth().never_rests {
            let number = 500 + u32::try_from(self.truth().last).unwrap();
            self.store(&study(number, "P1", ""), &[object(number, 0)]);
        }
        let left = self.truth().stores_at.take();
        match left {
            Some(0) => self.store(&study(900, "P1", ""), &[object(900, 0)]),
            Some(left) => self.truth().stores_at = Some(left - 1),
            None => {}
        }
        let truth = self.truth();
        if truth.is_down {
            return Err(NotFollowed("http://archive: connection refused".to_owned()));
        }
        let instances = truth.exams.values().map(|(_, objects)| objects.len() as u64).sum();
        Ok(Mark { last: truth.last, studies: truth.exams.len() as u64, instances })
    }

    fn stored_since(&mut self, mark: Mark) -> Result<Option<BTreeSet<StudyUid>>, NotFollowed> {
        let truth = self.truth();
        let since = truth.stored.iter().filter(|(number, _, _)| *number > mark.last);
        Ok((!truth.tells_nothing).then(|| since.map(|(_, study, _)| study.clone()).collect()))
    }

    fn sizes(&mut self) -> Result<BTreeMap<Box<str>, u64>, NotFollowed> {
        let mut sizes: BTreeMap<Box<str>, u64> = BTreeMap::new();
        for object in self.truth().exams.values().flat_map(|(_, objects)| objects.values()) {
            *sizes.entry(object.series.0.as_str().into()).or_default() += 1;
        }
        Ok(sizes)
    }

    fn examination(&mut self, study: &StudyUid) -> Result<Examination, NotFollowed> {
        let mut truth = self.truth();
        truth.asked += 1;
        let Some((row, objects)) = truth.exams.get(study) else { return Ok(Examination::default()) };
        let objects: Vec<Instance> = objects.values().cloned().collect();
        Ok(Examination { rows: vec![row.clone()], counted: objects.len() as u64, objects, unreadable: 0 })
    }
}

/// Papers of one authority, for an agent and for whoever asks.
pub(crate) struct Authority {
    pub(crate) agent: Papers,
    pub(crate) asking: Papers,
}

impl Authority {
    pub(crate) fn made() -> Authority {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, "Invented authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let trusted = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let papers = |usage| {
            let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            params.extended_key_usages = vec![usage];
            let key = KeyPair::generate().unwrap();
            let certificate = params.signed_by(&key, &issuer).unwrap().pem();
            Papers { trusted: trusted.clone(), certificate, key: key.serialize_pem() }
        };
        Authority {
            agent: papers(ExtendedKeyUsagePurpose::ServerAuth),
            asking: papers(ExtendedKeyUsagePurpose::ClientAuth),
        }
    }
}

/// An agent beside an archive; its clock is turned by hand.
pub(crate) struct Beside {
    pub(crate) keeper: Arc<Keeper>,
    pub(crate) port: u16,
    pub(crate) seconds: Arc<AtomicI64>,
    stop: Arc<AtomicBool>,
    serving: Option<JoinHandle<()>>,
}

pub(crate) fn keeper_of(archive: &Archive, key: &Key) -> (Arc<Keeper>, Arc<AtomicI64>) {
    let seconds = Arc::new(AtomicI64::new(1_800_000_000));
    let told = Arc::clone(&seconds);
    let clock: Clock = Arc::new(move || Time::default().plus_seconds(told.load(Ordering::Relaxed)));
    let follows = || Box::new(archive.clone());
    (Arc::new(Keeper::new(follows(), follows(), key, 24, clock)), seconds)
}

impl Beside {
    /// Listed once, and listening. It follows only when asked.
    pub(crate) fn new(archive: &Archive, authority: &Authority) -> Beside {
        Beside::with(archive, authority, &KEY)
    }

    pub(crate) fn with(archive: &Archive, authority: &Authority, key: &Key) -> Beside {
        let (keeper, seconds) = keeper_of(archive, key);
        keeper.rebuild(&|| true);
        let settings = Settings {
            name: "invented".to_owned(),
            address: "127.0.0.1:0".parse().unwrap(),
            tls: authority.agent.agent().unwrap(),
            follow_every: Duration::from_secs(3_600),
        };
        let agent = Agent::listen(Arc::clone(&keeper), settings).unwrap();
        let port = agent.address().unwrap().port();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let serving = std::thread::spawn(move || agent.serve(&stopped));
        Beside { keeper, port, seconds, stop, serving: Some(serving) }
    }

    pub(crate) fn peer(&self, papers: &Papers) -> Peer {
        Peer { host: "localhost".to_owned(), port: self.port, tls: papers.asking().unwrap() }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.serving.take().map(JoinHandle::join);
    }
}

pub(crate) const NOW: i64 = 1_800_000_100;

pub(crate) fn now() -> Time {
    Time::default().plus_seconds(NOW)
}

pub(crate) fn nonce() -> [u8; 16] {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce).unwrap();
    nonce
}

/// Asks two agents at that instant.
pub(crate) fn ask(a: &Peer, b: &Peer) -> Asked {
    let clock: Clock = Arc::new(now);
    compare(a, b, &Question { key: &KEY, nonce: &nonce, clock: &clock })
}

/// What two lists say.
pub(crate) fn listed(a: &Archive, b: &Archive) -> Verdict {
    archive::compare(&a.holding(), &b.holding(), now(), Tier::Identity)
}

/// Why nothing is proven.
pub(crate) fn reasons(asked: &Asked) -> String {
    match &asked.verdict {
        Verdict::Unproven { reason, others } => {
            std::iter::once(reason).chain(others).map(ToString::to_string).collect::<Vec<_>>().join("; ")
        }
        Verdict::Proven(proven) => panic!("{proven:?}"),
    }
}
