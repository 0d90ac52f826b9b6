//! Everything that an archive has, listed while it changes, counts wrongly or forgets.

use std::time::{Duration, Instant};

use adapter_dicom::source::{Budget, End, Held, Pace, Question, Source, compare, hold};
use archive::coverage::{self, Ability, Limits, Query, Rows, Scope};
use archive::{
    Counted, Gap, Holding, Instance, InstanceUid, Patient, SeriesUid, Study, StudyDate, StudyUid, Uid,
    Verdict,
};
use model::{Date, Time};

/// Examinations with their objects.
type Exams = Vec<(Study, Vec<Instance>)>;

/// An archive in memory. What `happens` does to it happens before its examinations are listed for the so-manieth time.
struct Invented {
    exams: Exams,
    listed: u32,
    happens: fn(&mut Exams, u32),
}

fn uid(text: &str) -> Uid {
    Uid::as_found(text).unwrap().0
}

/// An examination of so many objects, which the archive counts right.
fn exam(number: u32, day: &str, objects: u32) -> (Study, Vec<Instance>) {
    let study = StudyUid(uid(&format!("1.2.{number}")));
    let object = |object: u32| Instance {
        uid: InstanceUid(uid(&format!("1.2.{number}.1.{object}"))),
        series: SeriesUid(uid(&format!("1.2.{number}.1"))),
        study: study.clone(),
        arrived: None,
        content: None,
    };
    let row = Study {
        uid: study.clone(),
        patient: Patient::new("P1", ""),
        date: StudyDate::read(day),
        accession: "".into(),
        counted: Some(Counted { series: 1, instances: u64::from(objects) }),
    };
    (row, (1..=objects).map(object).collect())
}

fn archive(exams: &[(Study, Vec<Instance>)]) -> Invented {
    Invented { exams: exams.to_vec(), listed: 0, happens: |_, _| {} }
}

fn rows<R>(rows: Vec<R>) -> Rows<R> {
    Rows { rows, unreadable: 0, end: coverage::End::Success }
}

impl Source for Invented {
    fn ability(&self) -> Ability {
        Ability { count: true, ..Ability::default() }
    }
    fn token(&mut self) -> Option<u64> {
        None
    }
    fn count(&mut self, scope: &Scope) -> Option<u64> {
        match scope {
            Scope::Archive => Some(self.exams.len() as u64),
            Scope::Study(wanted) => {
                let held = self.exams.iter().find(|(study, _)| study.uid == *wanted);
                held.map(|(_, objects)| objects.len() as u64)
            }
            Scope::Days(..) | Scope::Series(..) => None,
        }
    }
    fn studies(&mut self, _: &Query, _: u64, _: Option<u32>) -> Rows<Study> {
        self.listed += 1;
        (self.happens)(&mut self.exams, self.listed);
        rows(self.exams.iter().map(|(study, _)| study.clone()).collect())
    }
    fn instances(&mut self, query: &Query, _: u64, _: Option<u32>) -> Rows<Instance> {
        let Scope::Study(wanted) = &query.scope else { return rows(Vec::new()) };
        let held = self.exams.iter().find(|(study, _)| study.uid == *wanted);
        rows(held.map(|(_, objects)| objects.clone()).unwrap_or_default())
    }
}

fn unhurried() -> Pace {
    Pace::new(Budget { questions_per_second_max: 0, share_percent_max: 100 })
}

fn held(archive: &mut Invented, limits: Limits) -> Holding {
    hold(archive, &|_| true, limits, unhurried(), |_| true).unwrap()
}

fn compared_since(a: Invented, b: Invented, since: &str) -> Verdict {
    let end = |source: Invented| End { source: Box::new(source), pace: unhurried() };
    let question = Question {
        since: Some(Date::parse(since).unwrap()),
        limits: Limits::default(),
        cut: Time::default().plus_seconds(1_800_000_000),
    };
    compare(end(a), end(b), question, &|_, _| true).unwrap()
}

#[test]
fn an_exam_that_a_list_did_not_show_at_first_is_not_left_out_of_the_comparison() {
    let exams = [exam(1, "20261101", 2), exam(2, "20261120", 3)];
    let mut a = archive(&exams[..1]);
    // The second one is stored after the first lists of A: two lists of the same make one that counts.
    a.happens = |exams, listed| {
        if listed == 3 {
            exams.push(exam(2, "20261120", 3));
        }
    };
    let b = archive(&exams[..1]);
    match compared_since(a, b, "2026-11-01") {
        Verdict::Proven(proven) => assert_eq!(proven.a_only.len(), 1, "{proven:?}"),
        Verdict::Unproven { .. } => panic!("a quiet archive after all"),
    }
}

#[test]
fn an_exam_whose_day_differs_at_both_ends_is_compared_where_either_day_is_wanted() {
    let (a, b) = (archive(&[exam(1, "20261120", 2)]), archive(&[exam(1, "20191120", 1)]));
    let Verdict::Proven(proven) = compared_since(a, b, "2026-11-01") else { panic!("both are quiet") };
    assert_eq!(proven.a_only.len(), 1, "{proven:?}");
}

#[test]
fn an_exam_with_fewer_objects_than_its_own_row_counts_proves_nothing() {
    let mut short = exam(1, "20261120", 3);
    short.1.pop();
    let gaps = held(&mut archive(&[short]), Limits::default());
    assert_eq!(gaps.gaps(), [Gap::CountDiffers { listed: 2, counted: 3 }]);
}

#[test]
fn an_exam_without_any_object_is_half_deleted_or_half_sent() {
    let empty = (Study { counted: None, ..exam(1, "20261120", 0).0 }, Vec::new());
    let gaps = held(&mut archive(&[empty]), Limits::default());
    assert!(gaps.gaps().contains(&Gap::CountDiffers { listed: 0, counted: 1 }), "{:?}", gaps.gaps());
}

#[test]
fn an_exam_that_is_still_coming_in_is_waited_for() {
    let mut late = exam(1, "20261120", 3);
    late.1.pop();
    let mut archive = archive(&[late]);
    archive.happens = |exams, listed| {
        if listed == 4 {
            exams[0] = exam(1, "20261120", 3);
        }
    };
    let holding = held(&mut archive, Limits::default());
    assert!(holding.gaps().is_empty(), "{:?}", holding.gaps());
    assert_eq!(holding.instances().len(), 3);
}

#[test]
fn an_archive_of_more_objects_than_there_is_memory_for_is_not_listed_to_its_end() {
    let exams: Vec<_> = (1..=40).map(|number| exam(number, "20261120", 5)).collect();
    let limits = Limits { rows_max: 100, ..Limits::default() };
    let holding = held(&mut archive(&exams), limits);
    assert_eq!(holding.gaps(), [Gap::TooManyRows { rows: 100 }]);
    assert!(holding.instances().len() <= 105, "{}", holding.instances().len());
}

#[test]
fn somebody_who_stops_it_is_heard_while_a_slow_archive_rests() {
    let began = Instant::now();
    let pace = Pace::new(Budget { questions_per_second_max: 1, share_percent_max: 100 });
    let mut archive = archive(&[exam(1, "20261120", 1)]);
    let stopped = hold(&mut archive, &|_| true, Limits::default(), pace, |_: Held| {
        began.elapsed() < Duration::from_millis(50)
    });
    assert!(stopped.is_none());
    assert!(archive.listed <= 1, "nothing more was asked");
}
