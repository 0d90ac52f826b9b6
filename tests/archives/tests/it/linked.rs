//! An agent at each of two real archives: what they find is what lists show, while things are stored and deleted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use adapter_dicom::orthanc::Orthanc;
use adapter_dicom::source::{Budget, OrthancSource, Pace};
use adapter_digests::asking::Asked;
use adapter_digests::tls::Papers as OfAgents;
use adapter_digests::{Agent, Clock, Following, Keeper, Peer, Question, Settings, compare};
use archive::digests::Key;
use archive::{Tier, Verdict};
use archives::{Caps, Exam, Pair, Papers, Server, invented, invented_up_to, skips};
use model::Time;

use crate::ways::everything;

const KEY: Key = Key([3; 32]);
const HOUR_SECONDS: i64 = 3_600;

fn clock() -> Clock {
    Arc::new(|| Time::default().plus_seconds(HOUR_SECONDS))
}

/// An agent beside an archive; it asks what came only when it is asked itself.
struct Beside {
    keeper: Arc<Keeper>,
    peer: Peer,
    stop: Arc<AtomicBool>,
    serving: Option<JoinHandle<()>>,
}

impl Beside {
    fn new(server: &Server, papers: &Papers) -> Beside {
        let pace = Pace::new(Budget { questions_per_second_max: 0, share_percent_max: 100 });
        let follows = || Box::new(Following::new(server.orthanc().unwrap(), Some(50), pace));
        let keeper = Arc::new(Keeper::new(follows(), follows(), &KEY, 24, clock()));
        assert!(keeper.rebuild(&|| true), "{:?}", keeper.standing().doubts());
        let of = |(certificate, key): &(String, String)| OfAgents {
            trusted: papers.trusted.clone(),
            certificate: certificate.clone(),
            key: key.clone(),
        };
        let settings = Settings {
            name: server.title().to_owned(),
            address: "127.0.0.1:0".parse().unwrap(),
            tls: of(&papers.archive).agent().unwrap(),
            follow_every: Duration::from_secs(3_600),
        };
        let agent = Agent::listen(Arc::clone(&keeper), settings).unwrap();
        let port = agent.address().unwrap().port();
        let peer = Peer { host: "localhost".to_owned(), port, tls: of(&papers.own).asking().unwrap() };
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let serving = Some(std::thread::spawn(move || agent.serve(&stopped)));
        Beside { keeper, peer, stop, serving }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.serving.take().map(JoinHandle::join);
    }
}

fn asked(a: &Beside, b: &Beside) -> Asked {
    let nonce = || [9; 16];
    compare(&a.peer, &b.peer, &Question { key: &KEY, nonce: &nonce, clock: &clock() })
}

/// What lists of both say at the same instant.
fn listed(pair: &Pair) -> Verdict {
    let list = |orthanc: Orthanc| everything(&mut OrthancSource::new(orthanc, Some(50)));
    let (a, b) = (list(pair.a.orthanc().unwrap()), list(pair.b.orthanc().unwrap()));
    archive::compare(&a, &b, clock()(), Tier::Identity)
}

fn differing(verdict: &Verdict) -> u64 {
    match verdict {
        Verdict::Proven(proven) => {
            proven.differences().map_or(0, |all| all.a_only_instances + all.b_only_instances + all.moved)
        }
        Verdict::Unproven { .. } => panic!("{verdict:?}"),
    }
}

#[test]
fn orthanc_a_gap_that_agents_find_is_the_gap_that_lists_show_and_what_comes_and_goes_is_followed() {
    if skips("agents") {
        return;
    }
    let exams = invented_up_to(1_000, 60);
    let all: Vec<&str> = exams.iter().flat_map(|exam| &exam.objects).map(|object| &*object.uid).collect();
    let lacks: Vec<&str> = all.iter().copied().rev().take(7).collect();
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |uid| !lacks.contains(&uid)).unwrap();
    let papers = Papers::made().unwrap();
    let (of_a, of_b) = (Beside::new(&pair.a, &papers), Beside::new(&pair.b, &papers));
    let same = |differs: u64, when: &str| {
        let asked = asked(&of_a, &of_b);
        assert_eq!(asked.verdict, listed(&pair), "{when}");
        assert_eq!(differing(&asked.verdict), differs, "{when}");
        eprintln!("{when}: {differs} differences in {} bytes", asked.bytes);
    };
    same(7, "a gap of seven");
    pair.b.store(&exams, |uid| uid == lacks[0] || uid == lacks[1]).unwrap();
    same(5, "two of them are sent again");
    // The newest object of B: the number of its last change goes back.
    pair.b.remove(lacks[1]).unwrap();
    same(6, "one is deleted");
    pair.a.remove(all[10]).unwrap();
    pair.b.remove(all[10]).unwrap();
    pair.a.remove(all[11]).unwrap();
    same(7, "deleted at both ends, and at one");
    // Deleted and stored, so that the number of objects is what it was.
    pair.b.remove(all[20]).unwrap();
    pair.b.store(&exams, |uid| uid == lacks[2]).unwrap();
    same(7, "another in the place of one");
    let whole: Vec<Exam> = invented(1_100).into_iter().rev().take(1).collect();
    let new: u64 = whole.iter().map(|exam| exam.objects.len() as u64).sum();
    let known = whole.iter().flat_map(|exam| &exam.objects).filter(|object| all.contains(&&*object.uid));
    let before = known.count() as u64;
    assert_eq!(before, 0, "an examination that neither has");
    pair.a.store(&whole, |_| true).unwrap();
    same(7 + new, "a new examination at one end");
    pair.a.reidentify(&exams[0].patient, "P77777").unwrap();
    let asked = asked(&of_a, &of_b);
    assert_eq!(asked.verdict, listed(&pair), "a patient with another number");
    assert!(differing(&asked.verdict) > 7 + new);
    for beside in [&of_a, &of_b] {
        assert!(beside.keeper.rebuild(&|| true));
        assert_eq!(beside.keeper.drift(), None, "followed, and never drifted");
    }
}

#[test]
fn orthanc_an_archive_that_is_capped_is_followed_all_the_same() {
    if skips("agents") {
        return;
    }
    let exams = invented(300);
    let pair = Pair::start(Caps { instances: 100, results: 20 }, Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    let papers = Papers::made().unwrap();
    let (of_a, of_b) = (Beside::new(&pair.a, &papers), Beside::new(&pair.b, &papers));
    assert!(asked(&of_a, &of_b).verdict.is_proven_equal());
    pair.a.remove(&exams[3].objects[0].uid).unwrap();
    let verdict = asked(&of_a, &of_b).verdict;
    assert_eq!(differing(&verdict), 1);
}
