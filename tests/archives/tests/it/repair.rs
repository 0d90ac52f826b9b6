//! B lacks something of A, and gets it: sent by A, or carried over by Segue; then B is asked whether it keeps it, both are compared, and it is read back.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_dicom::object::File;
use adapter_dicom::peer::AeTitle;
use adapter_dicom::repair::{
    Asks, Doubt, Far, Fetches, Repair, Repaired, Storer, Stores, Wanted, Way, read_back,
};
use adapter_dicom::source::{End, Reads};
use adapter_dicom::web::Client;
use archive::coverage::Limits;
use archive::{Instance, StudyUid, Tier, Uid, Verdict, compare};
use archives::{Caps, Exam, Pair, Server, invented, skips};
use model::Time;

use crate::ways::{WAYS, Way as Asked, by_qido, by_rest, everything, pace};

const WITHIN: Duration = Duration::from_secs(30);

fn client(server: &Server) -> Client {
    Client::new(server.web("/dicom-web")).unwrap()
}

/// How B is asked whether it keeps what it got; the numbers of the questions begin here.
fn asks(pair: &Pair, mut number: u32) -> Asks {
    let transactions = Box::new(move || {
        number += 1;
        format!("2.25.4711.901.{number}").into()
    });
    Asks { peer: pair.b.peer().unwrap(), listen: pair.ours, within: WITHIN, transactions }
}

/// What a comparison says that B lacks, newest first; nothing where both are proven equal.
fn lacks(pair: &Pair, way: Asked) -> Vec<StudyUid> {
    let (a, b) = (everything(&mut *way(&pair.a)), everything(&mut *way(&pair.b)));
    match compare(&a, &b, Time(0), Tier::Identity) {
        Verdict::Proven(proven) => proven.a_only.iter().map(|missing| missing.study.uid.clone()).collect(),
        unproven @ Verdict::Unproven { .. } => panic!("{unproven:?}"),
    }
}

fn repaired(
    pair: &Pair,
    asked: Asked,
    way: Way,
    asks: Option<Asks>,
    go_on: &dyn Fn(Far) -> bool,
) -> Repaired {
    let end = |server: &Server| End { source: asked(server), pace: pace() };
    let studies = lacks(pair, asked);
    let wanted =
        Wanted { studies: &studies, objects: None, again: &BTreeSet::new(), limits: Limits::default() };
    Repair { a: end(&pair.a), b: end(&pair.b), way, commitment: asks }.run(wanted, go_on).unwrap()
}

/// Two archives, of which B lacks one object of the first examination and all of the third; how many these are.
fn gap(exams: &[Exam]) -> (Pair, usize) {
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    let (part, whole) = (exams[0].objects[0].uid.clone(), format!("{}.", exams[2].study));
    pair.a.store(exams, |_| true).unwrap();
    pair.b.store(exams, |uid| uid != part && !uid.starts_with(&whole)).unwrap();
    (pair, exams[2].objects.len() + 1)
}

fn said(doubts: &[Doubt]) -> Vec<String> {
    doubts.iter().map(ToString::to_string).collect()
}

/// Nothing is wrong: all of it went, B keeps it, nothing is missing, and it can be read there as A gave it.
fn is_well(pair: &Pair, asked: Asked, missing: usize, repaired: &Repaired) {
    assert_eq!((said(&repaired.not_sent), said(&repaired.changed)), (vec![], vec![]));
    assert_eq!((repaired.committed, said(&repaired.not_committed)), (Some(missing as u64), vec![]));
    assert!(lacks(pair, asked).is_empty());
    let back = read_back(&mut client(&pair.b), &repaired.given, pace(), &|_| true);
    assert_eq!((back.read, back.of, said(&back.not_readable)), (missing as u64, missing as u64, vec![]));
}

#[test]
fn orthanc_an_archive_without_a_dicom_port_has_its_objects_carried_over_by_whatever_both_speak() {
    if skips("carrying") {
        return;
    }
    type From = fn(&Pair) -> Box<dyn Fetches + Send>;
    type To = fn(&Pair) -> Box<dyn Stores + Send>;
    let hands: [(From, To, Asked); 3] = [
        (|pair| Box::new(client(&pair.a)), |pair| Box::new(client(&pair.b)), by_qido),
        (
            |pair| Box::new(pair.a.orthanc().unwrap()),
            |pair| Box::new(Storer::new(pair.b.peer().unwrap())),
            by_rest,
        ),
        (|pair| Box::new(client(&pair.a)), |pair| Box::new(pair.b.orthanc().unwrap()), by_rest),
    ];
    for (from, to, asked) in hands {
        let (pair, missing) = gap(&invented(120));
        let counts = Mutex::new(Vec::new());
        let way = Way::Carry { from: from(&pair), to: to(&pair) };
        let repaired = repaired(&pair, asked, way, Some(asks(&pair, 0)), &|far| {
            counts.lock().unwrap().push(far);
            true
        });
        is_well(&pair, asked, missing, &repaired);
        let of = missing as u64;
        assert!(counts.lock().unwrap().contains(&Far::Sending { objects: of - 1, of }), "{counts:?}");
        assert!(repaired.given.iter().all(|given| given.object.content.is_some()));
    }
}

#[test]
fn orthanc_what_a_sends_by_itself_is_committed_to_with_classes_that_a_says_in_every_way() {
    if skips("moving") {
        return;
    }
    for (way, asked) in WAYS {
        let (pair, missing) = gap(&invented(120));
        let moves = Way::Move { from: pair.a.peer().unwrap(), to: AeTitle::new(pair.b.title()).unwrap() };
        let repaired = repaired(&pair, asked, moves, Some(asks(&pair, 0)), &|_| true);
        assert_eq!(repaired.given.len(), missing, "{way}");
        is_well(&pair, asked, missing, &repaired);
    }
}

#[test]
fn orthanc_a_receiver_that_a_does_not_know_gets_nothing_and_that_is_said() {
    if skips("unknown receiver") {
        return;
    }
    let (pair, _) = gap(&invented(120));
    let moves = Way::Move { from: pair.a.peer().unwrap(), to: AeTitle::new("NOBODY").unwrap() };
    let repaired = repaired(&pair, by_rest, moves, Some(asks(&pair, 0)), &|_| true);
    assert_eq!((repaired.given.len(), repaired.committed, repaired.not_sent.len()), (0, Some(0), 2));
    assert_eq!(lacks(&pair, by_rest).len(), 2);
}

#[test]
fn orthanc_a_repair_that_is_stopped_goes_on_where_it_was() {
    if skips("stopping") {
        return;
    }
    let (pair, missing) = gap(&invented(120));
    let carry = || Way::Carry { from: Box::new(client(&pair.a)), to: Box::new(client(&pair.b)) };
    let first = repaired(&pair, by_rest, carry(), Some(asks(&pair, 0)), &|far| {
        !matches!(far, Far::Sending { objects: 5.., .. })
    });
    assert_eq!((first.given.len(), first.is_stopped, first.committed), (5, true, Some(0)));
    assert_eq!(first.not_committed.len(), 5, "what was sent and not asked for is named");
    let second = repaired(&pair, by_rest, carry(), Some(asks(&pair, 100)), &|_| true);
    let sent = |repaired: &Repaired| -> BTreeSet<String> {
        repaired.given.iter().map(|given| given.object.uid.to_string()).collect()
    };
    assert!(sent(&first).is_disjoint(&sent(&second)), "nothing goes twice");
    is_well(&pair, by_rest, missing - 5, &second);
    let third = repaired(&pair, by_rest, carry(), Some(asks(&pair, 200)), &|_| true);
    assert_eq!((third.given.len(), third.committed), (0, Some(0)));
}

/// Fetches from A, and hands one object out in a transfer syntax that nobody knows.
struct Odd(Client, String);

impl Fetches for Odd {
    fn fetch(&mut self, object: &Instance) -> Result<Vec<u8>, Box<str>> {
        let bytes = self.0.fetch(object)?;
        if object.uid.0.as_str() != self.1 {
            return Ok(bytes);
        }
        let (known, odd) = (b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.77");
        let at = bytes.windows(known.len()).position(|at| at == known).expect("explicit, little endian");
        Ok([&bytes[..at], odd, &bytes[at + known.len()..]].concat())
    }
}

#[test]
fn orthanc_what_b_refuses_is_named_and_everything_else_goes() {
    if skips("refusing") {
        return;
    }
    let exams = invented(120);
    let (pair, missing) = gap(&exams);
    let refused = exams[2].objects[1].uid.clone();
    let from = Box::new(Odd(client(&pair.a), refused.clone()));
    let way = Way::Carry { from, to: Box::new(Storer::new(pair.b.peer().unwrap())) };
    let repaired = repaired(&pair, by_rest, way, Some(asks(&pair, 0)), &|_| true);
    let says = said(&repaired.not_sent);
    assert_eq!(says.len(), 1, "{says:?}");
    assert!(
        says[0].starts_with(&format!("{refused} of {}: B does not take it: ", exams[2].study))
            && says[0].contains("in transfer syntax 1.2.840.10008.1.2.77"),
        "{says:?}"
    );
    assert_eq!(repaired.committed, Some(missing as u64 - 1));
    assert_eq!(lacks(&pair, by_rest), [StudyUid(Uid::as_found(&exams[2].study).unwrap().0)]);
}

/// Stores at B; one object is lost there at once.
struct Loses(Client, Arc<Pair>, String);

impl Stores for Loses {
    fn store(&mut self, study: &StudyUid, file: &File<'_>) -> Result<Option<Box<str>>, Box<str>> {
        let stored = self.0.store(study, file)?;
        if *file.meta.uid == *self.2 {
            self.1.b.remove(&self.2).map_err(|error| error.to_string())?;
        }
        Ok(stored)
    }
}

#[test]
fn orthanc_an_object_that_b_took_and_lost_is_neither_committed_to_nor_readable() {
    if skips("losing") {
        return;
    }
    let exams = invented(120);
    let (pair, missing) = gap(&exams);
    let pair = Arc::new(pair);
    let lost = exams[2].objects[3].uid.clone();
    let to = Box::new(Loses(client(&pair.b), pair.clone(), lost.clone()));
    let way = Way::Carry { from: Box::new(client(&pair.a)), to };
    let repaired = repaired(&pair, by_rest, way, Some(asks(&pair, 0)), &|_| true);
    assert_eq!((repaired.given.len(), repaired.committed), (missing, Some(missing as u64 - 1)));
    let named = format!("{lost} of {}: B does not keep it: 0112 (it has no such object)", exams[2].study);
    assert_eq!(said(&repaired.not_committed), [named]);
    for mut reads in [Box::new(client(&pair.b)) as Box<dyn Reads>, Box::new(pair.b.orthanc().unwrap())] {
        let back = read_back(&mut *reads, &repaired.given, pace(), &|_| true);
        assert_eq!(back.not_readable.len(), 1, "{:?}", said(&back.not_readable));
        assert_eq!(back.not_readable[0].object.as_ref().unwrap().0.as_str(), lost);
    }
}
