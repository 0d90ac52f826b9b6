//! Repairs of archives in memory: only what is missing goes, what does not go is named, and a repair that was stopped goes on where it was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use adapter_dicom::element::{Coding, Tag, Writing};
use adapter_dicom::object::{File, content};
use adapter_dicom::repair::{
    Asks, Far, Fetches, IN_VAIN_MAX, READ_BACK_EXAMINATIONS_MAX, Repair, Repaired, Stores, Wanted, Way,
    looked_again, read_at_a, read_back,
};
use adapter_dicom::source::{Budget, Classes, End, NOT_READ_MAX, Pace, Reads, Source};
use archive::coverage::{self, Ability, Limits, Query, Rows, Scope};
use archive::{Content, Instance, InstanceUid, SeriesUid, Study, StudyUid};

use crate::files::{EXPLICIT, UID, answer, answering, around, file, image, names, uid};

/// An archive in memory: what it has, and which objects it neither takes nor gives.
#[derive(Clone, Default)]
pub(crate) struct Shelf(Arc<Mutex<Held>>);

#[derive(Default)]
struct Held {
    objects: BTreeMap<InstanceUid, (Instance, Vec<u8>)>,
    refuses: BTreeSet<InstanceUid>,
    /// Objects that were handed in or out, refused ones included.
    asked: Vec<InstanceUid>,
}

/// Object `number` of examination `exam`, and its file.
fn object(exam: u32, number: u32) -> (Instance, Vec<u8>) {
    let (study, series) = (format!("2.25.4711.{exam}"), format!("2.25.4711.{exam}.1"));
    let name = format!("{series}.{number}");
    let set = Writing::default()
        .text(Tag(0x0008, 0x0016), b"UI", crate::files::CLASS)
        .text(Tag(0x0008, 0x0018), b"UI", &name)
        .text(Tag(0x0020, 0x000D), b"UI", &study)
        .text(Tag(0x0020, 0x000E), b"UI", &series)
        .text(Tag(0x0020, 0x0013), b"IS", &number.to_string());
    let instance = Instance {
        uid: InstanceUid(uid(&name)),
        series: SeriesUid(uid(&series)),
        study: StudyUid(uid(&study)),
        arrived: None,
        content: None,
    };
    (instance, around(&set.coded(Coding::Explicit), &name, EXPLICIT))
}

pub(crate) fn exam(number: u32) -> StudyUid {
    StudyUid(uid(&format!("2.25.4711.{number}")))
}

impl Shelf {
    /// With so many objects of each of these examinations.
    pub(crate) fn of(exams: &[(u32, u32)]) -> Shelf {
        let shelf = Shelf::default();
        for (exam, objects) in exams {
            for number in 1..=*objects {
                let (instance, bytes) = object(*exam, number);
                shelf.0.lock().unwrap().objects.insert(instance.uid.clone(), (instance, bytes));
            }
        }
        shelf
    }

    fn refuses(&self, exam: u32, number: u32) {
        self.0.lock().unwrap().refuses.insert(object(exam, number).0.uid);
    }

    fn has(&self) -> Vec<String> {
        self.0.lock().unwrap().objects.keys().map(|uid| uid.0.as_str().to_owned()).collect()
    }

    fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().asked.drain(..).map(|uid| uid.0.as_str().to_owned()).collect()
    }

    pub(crate) fn end(&self) -> End {
        End { source: Box::new(self.clone()), pace: pace() }
    }
}

pub(crate) fn pace() -> Pace {
    Pace::new(Budget { questions_per_second_max: 0, share_percent_max: 100 })
}

impl Source for Shelf {
    fn ability(&self) -> Ability {
        Ability { count: true, token: true, ..Ability::default() }
    }
    fn token(&mut self) -> Option<u64> {
        Some(1)
    }
    fn count(&mut self, scope: &Scope) -> Option<u64> {
        let rows = self.instances(&Query::all(scope.clone()), 0, None);
        Some(rows.rows.len() as u64)
    }
    fn studies(&mut self, _: &Query, _: u64, _: Option<u32>) -> Rows<Study> {
        panic!("a repair lists no examinations")
    }
    fn instances(&mut self, query: &Query, _: u64, _: Option<u32>) -> Rows<Instance> {
        let Scope::Study(wanted) = &query.scope else { panic!("objects of an examination") };
        let held = self.0.lock().unwrap();
        let all = held.objects.values().map(|(object, _)| object.clone());
        let rows = all.filter(|object| object.study == *wanted).collect();
        Rows { rows, unreadable: 0, end: coverage::End::Success }
    }
    fn classes(&mut self, objects: &[Instance]) -> Result<Classes, Box<str>> {
        Ok(objects.iter().map(|object| (object.uid.clone(), crate::files::CLASS.into())).collect())
    }
}

impl Fetches for Shelf {
    fn fetch(&mut self, object: &Instance) -> Result<Vec<u8>, Box<str>> {
        let mut held = self.0.lock().unwrap();
        held.asked.push(object.uid.clone());
        match held.refuses.contains(&object.uid) {
            true => Err("a disk is broken".into()),
            false => Ok(held.objects[&object.uid].1.clone()),
        }
    }
}

impl Stores for Shelf {
    fn store(&mut self, study: &StudyUid, file: &File<'_>) -> Result<Option<Box<str>>, Box<str>> {
        let mut held = self.0.lock().unwrap();
        let uid = InstanceUid(uid(&file.meta.uid));
        held.asked.push(uid.clone());
        if held.refuses.contains(&uid) {
            return Err("C122 (the transfer syntax is not supported)".into());
        }
        let (_, series, _) = names();
        let object =
            Instance { uid: uid.clone(), series, study: study.clone(), arrived: None, content: None };
        held.objects.insert(uid, (object, file.bytes.to_vec()));
        Ok(None)
    }
}

impl Reads for Shelf {
    fn content(&mut self, object: &Instance) -> Result<Content, Box<str>> {
        let held = self.0.lock().unwrap();
        match held.objects.get(&object.uid) {
            Some((_, bytes)) if !held.refuses.contains(&object.uid) => {
                content(&bytes[..], &object.uid).map_err(|error| error.to_string().into())
            }
            Some(_) | None => Err("no such object".into()),
        }
    }
}

pub(crate) fn carried(
    a: &Shelf,
    b: &Shelf,
    exams: &[u32],
    commitment: Option<Asks>,
    go_on: &dyn Fn(Far) -> bool,
) -> Repaired {
    let studies: Vec<StudyUid> = exams.iter().map(|number| exam(*number)).collect();
    let wanted =
        Wanted { studies: &studies, objects: None, again: &BTreeSet::new(), limits: Limits::default() };
    let way = Way::Carry { from: Box::new(a.clone()), to: Box::new(b.clone()) };
    Repair { a: a.end(), b: b.end(), way, commitment }.run(wanted, go_on).unwrap()
}

fn said(doubts: &[adapter_dicom::repair::Doubt]) -> Vec<String> {
    doubts.iter().map(ToString::to_string).collect()
}

#[test]
fn only_what_is_missing_is_sent_the_most_urgent_examination_first_and_progress_counts_objects() {
    let (a, b) = (Shelf::of(&[(1, 3), (2, 2), (3, 1)]), Shelf::of(&[(1, 2)]));
    let counts = Mutex::new(Vec::new());
    let repaired = carried(&a, &b, &[2, 1], None, &|far| {
        if let Far::Sending { objects, of } = far {
            counts.lock().unwrap().push((objects, of));
        }
        true
    });
    assert_eq!(b.asked(), ["2.25.4711.2.1.1", "2.25.4711.2.1.2", "2.25.4711.1.1.3"]);
    assert_eq!(*counts.lock().unwrap(), [(0, 3), (1, 3), (2, 3)]);
    assert_eq!((repaired.given.len(), repaired.not_sent.len(), repaired.committed), (3, 0, None));
    assert_eq!(repaired.given[0].class.as_deref(), Some(crate::files::CLASS), "learnt from the file");
    assert_eq!(a.asked().len(), 3, "nothing else was fetched");
}

#[test]
fn what_a_comparison_did_not_name_is_not_sent_although_b_does_not_list_it_in_that_examination() {
    let (a, b) = (Shelf::of(&[(1, 3)]), Shelf::of(&[]));
    let (studies, only) = ([exam(1)], BTreeSet::from([object(1, 2).0.uid]));
    let wanted = Wanted {
        studies: &studies,
        objects: Some(&only),
        again: &BTreeSet::new(),
        limits: Limits::default(),
    };
    let way = Way::Carry { from: Box::new(a.clone()), to: Box::new(b.clone()) };
    Repair { a: a.end(), b: b.end(), way, commitment: None }.run(wanted, &|_| true).unwrap();
    assert_eq!(b.has(), ["2.25.4711.1.1.2"]);
}

#[test]
fn a_repair_that_was_stopped_leaves_what_was_sent_and_the_next_one_sends_only_the_rest() {
    let (a, b) = (Shelf::of(&[(1, 4), (2, 3)]), Shelf::of(&[]));
    let stopped = carried(&a, &b, &[1, 2], None, &|far| !matches!(far, Far::Sending { objects: 3.., .. }));
    assert!(stopped.is_stopped);
    assert_eq!((b.has().len(), stopped.given.len()), (3, 3));
    assert_eq!(
        said(&stopped.not_sent),
        [
            "2.25.4711.1: 1 of 4 objects that B lacks were not sent: it was stopped before",
            "2.25.4711.2: 3 of 3 objects that B lacks were not sent: it was stopped before"
        ]
    );
    b.asked();
    let rest = carried(&a, &b, &[1, 2], None, &|_| true);
    assert_eq!(b.asked(), ["2.25.4711.1.1.4", "2.25.4711.2.1.1", "2.25.4711.2.1.2", "2.25.4711.2.1.3"]);
    assert!(!rest.is_stopped && rest.not_sent.is_empty());
    let nothing = carried(&a, &b, &[1, 2], None, &|_| true);
    assert_eq!((b.asked().len(), nothing), (0, Repaired::default()), "a third one has nothing to do");
}

#[test]
fn somebody_who_stops_it_while_it_lists_has_sent_nothing_and_every_examination_is_named() {
    let (a, b) = (Shelf::of(&[(1, 1), (2, 1)]), Shelf::of(&[]));
    let stopped = carried(&a, &b, &[1, 2], None, &|far| !matches!(far, Far::Listing { studies: 1, .. }));
    assert_eq!((b.has().len(), stopped.is_stopped, stopped.not_sent.len()), (0, true, 2));
}

#[test]
fn what_either_archive_refuses_is_named_with_its_reason_and_the_rest_goes() {
    let (a, b) = (Shelf::of(&[(1, 4)]), Shelf::of(&[]));
    a.refuses(1, 1);
    b.refuses(1, 3);
    let repaired = carried(&a, &b, &[1], None, &|_| true);
    assert_eq!(
        said(&repaired.not_sent),
        [
            "2.25.4711.1.1.1 of 2.25.4711.1: A does not give it: a disk is broken",
            "2.25.4711.1.1.3 of 2.25.4711.1: B does not take it: C122 (the transfer syntax is not supported)"
        ]
    );
    assert_eq!(b.has(), ["2.25.4711.1.1.2", "2.25.4711.1.1.4"]);
}

#[test]
fn another_object_than_the_one_that_was_asked_for_is_not_stored_under_either_name() {
    for (head, inner) in [(9, 1), (1, 9), (9, 9)] {
        let (a, b) = (Shelf::of(&[(1, 1)]), Shelf::of(&[]));
        let (asked, _) = object(1, 1);
        let (_, whole) = object(1, inner);
        let data = File::read(&whole).unwrap().data.to_vec();
        let wrong = around(&data, object(1, head).0.uid.0.as_str(), EXPLICIT);
        a.0.lock().unwrap().objects.get_mut(&asked.uid).unwrap().1 = wrong;
        let repaired = carried(&a, &b, &[1], None, &|_| true);
        assert_eq!((b.asked().len(), repaired.given.len()), (0, 0));
        assert!(repaired.not_sent[0].says.contains("2.25.4711.1.1.9 came"), "{:?}", repaired.not_sent);
    }
}

#[test]
fn an_object_that_segue_cannot_read_goes_over_as_it_is_and_what_is_no_file_does_not() {
    let (a, b) = (Shelf::of(&[(1, 3)]), Shelf::of(&[]));
    let [deflated, no_file, other] = [1, 2, 3].map(|number| object(1, number).0);
    let named = |name: &str| around(&[0x78, 0x9c, 1, 2], name, "1.2.840.10008.1.2.1.99");
    let bytes = named(deflated.uid.0.as_str());
    a.0.lock().unwrap().objects.get_mut(&other.uid).unwrap().1 = named("2.25.4711.1.1.9");
    a.0.lock().unwrap().objects.get_mut(&deflated.uid).unwrap().1 = bytes.clone();
    a.0.lock().unwrap().objects.get_mut(&no_file.uid).unwrap().1 = b"<html>".to_vec();
    let repaired = carried(&a, &b, &[1], None, &|_| true);
    assert_eq!(b.0.lock().unwrap().objects[&deflated.uid].1, bytes, "byte for byte");
    assert!(repaired.given[0].object.content.is_none());
    assert!(repaired.not_sent[0].says.starts_with("A does not give it: "), "{:?}", repaired.not_sent);
    assert_eq!(&*repaired.not_sent[1].says, "A does not give it: 2.25.4711.1.1.9 came in its place");
    assert_eq!(b.has().len(), 1);
}

#[test]
fn an_archive_that_is_down_is_not_asked_for_every_object_that_is_missing() {
    let (a, b) = (Shelf::of(&[(1, 40), (2, 5)]), Shelf::of(&[]));
    (1..=40).for_each(|number| b.refuses(1, number));
    let repaired = carried(&a, &b, &[1, 2], None, &|_| true);
    assert_eq!(b.asked().len(), IN_VAIN_MAX as usize);
    let last: Vec<String> = said(&repaired.not_sent).split_off(IN_VAIN_MAX as usize);
    assert_eq!(
        last,
        [
            "2.25.4711.1: 20 of 40 objects that B lacks were not sent: 20 objects one after another went wrong",
            "2.25.4711.2: 5 of 5 objects that B lacks were not sent: 20 objects one after another went wrong"
        ]
    );
}

#[test]
fn what_cannot_be_read_back_or_comes_back_as_another_is_named() {
    let (a, mut b) = (Shelf::of(&[(1, 4)]), Shelf::of(&[]));
    let given = carried(&a, &b, &[1], None, &|_| true).given;
    let back = read_back(&mut b, &given, pace(), &|_| true);
    assert_eq!((back.read, back.of, back.not_readable.len()), (4, 4, 0));
    b.refuses(1, 2);
    let (third, _) = object(1, 3);
    let set = image().text(Tag(0x0008, 0x0018), b"UI", third.uid.0.as_str());
    let turned = around(&set.coded(Coding::Explicit), third.uid.0.as_str(), EXPLICIT);
    b.0.lock().unwrap().objects.get_mut(&third.uid).unwrap().1 = turned;
    let back = read_back(&mut b, &given, pace(), &|_| true);
    assert_eq!((back.read, back.of), (2, 4));
    assert_eq!(
        said(&back.not_readable),
        [
            "2.25.4711.1.1.2 of 2.25.4711.1: no such object",
            "2.25.4711.1.1.3 of 2.25.4711.1: B has it with other content than A gave"
        ]
    );
}

#[test]
fn the_most_urgent_examinations_are_read_back_and_an_archive_that_gives_nothing_is_not_asked_for_ever() {
    let most = u32::try_from(READ_BACK_EXAMINATIONS_MAX).unwrap();
    let exams: Vec<(u32, u32)> = (1..=most + 1).map(|number| (number, 3)).collect();
    let (a, mut b) = (Shelf::of(&exams), Shelf::of(&[]));
    let urgent: Vec<u32> = (1..=most + 1).rev().collect();
    let given = carried(&a, &b, &urgent, None, &|_| true).given;
    let back = read_back(&mut b, &given, pace(), &|_| true);
    assert_eq!((given.len(), back.read, back.of), (153, 150, 150));
    // The last of the list is not tried: nobody can take it for unreadable.
    let mut empty = Shelf::default();
    let back = read_back(&mut empty, &given, pace(), &|_| true);
    let tried = back.not_readable.iter().filter(|doubt| !doubt.says.starts_with("not tried")).count();
    assert_eq!((tried as u64, back.not_readable.len(), back.read), (NOT_READ_MAX, 150, 0));
    assert!(back.not_readable.iter().all(|doubt| doubt.study != exam(1)));
    let stopped = read_back(&mut b, &given, pace(), &|far| far.counts().0 < 7);
    assert_eq!((stopped.read, stopped.is_stopped), (7, true));
}

#[test]
fn an_examination_in_doubt_is_asked_for_again_whole_and_is_well_only_when_all_of_it_is() {
    let (mut a, mut b) = (Shelf::of(&[(1, 3), (2, 1)]), Shelf::of(&[(1, 2), (2, 1)]));
    let (studies, again) = ([exam(1), exam(3)], BTreeSet::from([exam(1), exam(3)]));
    let mut asked = |b: &mut Shelf| {
        let wanted = Wanted { studies: &studies, objects: None, again: &again, limits: Limits::default() };
        let way = Way::Carry { from: Box::new(a.clone()), to: Box::new(b.clone()) };
        let mut repaired =
            Repair { a: a.end(), b: b.end(), way, commitment: None }.run(wanted, &|_| true).unwrap();
        read_at_a(&mut a, &mut repaired.given, pace(), &|_| true);
        let back = read_back(b, &repaired.given, pace(), &|_| true);
        let found = looked_again(&again, &repaired, Some(&back));
        let found: Vec<_> = found.iter().map(|one| (one.is_committed, one.is_read, one.is_same)).collect();
        (repaired.given.len(), repaired.sent(), found)
    };
    // B is not asked whether it keeps it, so that is not known. Of the third A has nothing: nothing of it can be missing.
    let gone = (true, true, true);
    assert_eq!(asked(&mut b), (3, 1, vec![(false, true, true), gone]));
    assert_eq!(asked(&mut b), (3, 0, vec![(false, true, true), gone]), "what it has is asked for every time");
    let (third, _) = object(1, 3);
    let set = image().text(Tag(0x0008, 0x0018), b"UI", third.uid.0.as_str());
    let turned = around(&set.coded(Coding::Explicit), third.uid.0.as_str(), EXPLICIT);
    b.0.lock().unwrap().objects.get_mut(&third.uid).unwrap().1 = turned;
    assert_eq!(asked(&mut b).2, [(false, false, false), gone]);
    b.refuses(1, 3);
    assert_eq!(asked(&mut b).2, [(false, false, false), gone]);
}

/// What a web server that answers so is said to have done with an object.
fn stowed(status: &str, body: &str) -> Result<Option<Box<str>>, Box<str>> {
    let bytes = answer(status, "Content-Type: application/dicom+json\r\n", body.as_bytes());
    let (mut client, _asked) = answering(move |stream| stream.write_all(&bytes).unwrap());
    let bytes = file(&image());
    Stores::store(&mut client, &names().0, &File::read(&bytes).unwrap())
}

#[test]
fn a_server_that_says_success_and_names_nothing_has_stored_nothing() {
    let named = |tag: &str, more: &str| {
        format!(
            "{{\"{tag}\":{{\"vr\":\"SQ\",\"Value\":[{{\"00081155\":{{\"Value\":[\"{UID}\"]}}{more}}}]}}}}"
        )
    };
    assert_eq!(stowed("200 OK", &named("00081199", "")), Ok(None));
    let warned = named("00081199", ",\"00081196\":{\"Value\":[45056]}");
    assert_eq!(stowed("202 Accepted", &warned), Ok(Some("taken with warning B000".into())));
    assert_eq!(stowed("200 OK", "{}"), Err("it answered 200 and does not name it".into()));
    let refused = named("00081198", ",\"00081197\":{\"Value\":[42752]}");
    assert_eq!(stowed("409 Conflict", &refused), Err(format!("{UID}: A700 (out of resources)").into()));
    assert!(stowed("503 Service Unavailable", "").unwrap_err().contains("answered 503"));
    assert!(stowed("200 OK", "<html>").unwrap_err().contains("not what it has stored"));
}
