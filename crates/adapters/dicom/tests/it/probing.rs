//! An archive used as a reader of images uses it: how long it takes, and what happens when images do not come.

use std::cell::Cell;

use adapter_dicom::source::{Budget, Pace, Probing, Reads, SCROLLED_MAX, Source, Times, probe};
use archive::coverage::{self, Ability, Query, Rows, Scope, When};
use archive::{
    Content, Instance, InstanceUid, Patient, Pixels, SeriesUid, Study, StudyDate, StudyUid, Sum, Uid,
};
use model::Date;

/// Examinations by day back from [`TODAY`], each with three images; all of one patient.
struct Archive {
    days_back: Vec<i64>,
    /// The widest list that was asked for, in days.
    widest: Cell<i64>,
}

/// Every so-many-th image does not come; 0 for none.
struct Images {
    fails_each: u32,
    asked: u32,
}

fn today() -> Date {
    Date::parse("2026-11-26").unwrap()
}

fn uid(text: &str) -> Uid {
    Uid::as_found(text).unwrap().0
}

fn rows<R>(rows: Vec<R>) -> Rows<R> {
    Rows { rows, unreadable: 0, end: coverage::End::Success }
}

impl Source for Archive {
    fn ability(&self) -> Ability {
        Ability::default()
    }
    fn token(&mut self) -> Option<u64> {
        None
    }
    fn count(&mut self, _: &Scope) -> Option<u64> {
        None
    }
    fn studies(&mut self, query: &Query, _: u64, _: Option<u32>) -> Rows<Study> {
        let When::Days(from, to) = query.when else { panic!("{query:?}") };
        self.widest.set(self.widest.get().max(to.days() - from.days()));
        let all = (0..).zip(&self.days_back).map(|(number, back)| {
            let day = Date::of_days(today().days() - back).unwrap();
            (number, day)
        });
        let within = all.filter(|(_, day)| (from..=to).contains(day));
        rows(
            within
                .map(|(number, day): (u32, Date)| Study {
                    uid: StudyUid(uid(&format!("1.2.{number}"))),
                    patient: Patient::new("P1", ""),
                    date: StudyDate::Day(day),
                    accession: "".into(),
                    counted: None,
                })
                .collect(),
        )
    }
    fn instances(&mut self, query: &Query, _: u64, _: Option<u32>) -> Rows<Instance> {
        let Scope::Study(study) = &query.scope else { panic!("{query:?}") };
        let image = |image: u32| Instance {
            uid: InstanceUid(uid(&format!("{study}.1.{image}"))),
            series: SeriesUid(uid(&format!("{study}.1"))),
            study: study.clone(),
            arrived: None,
            content: None,
        };
        rows((1..=3).map(image).collect())
    }
}

impl Reads for Images {
    fn content(&mut self, _: &Instance) -> Result<Content, Box<str>> {
        self.asked += 1;
        if self.fails_each > 0 && self.asked.is_multiple_of(self.fails_each) {
            return Err("500 Internal Server Error".into());
        }
        Ok(Content { attributes: Sum([0; 32]), pixels: Pixels::None })
    }
}

fn probed(days_back: Vec<i64>, fails_each: u32, probes: u32) -> (Result<Option<Times>, Box<str>>, i64, u32) {
    let mut archive = Archive { days_back, widest: Cell::new(0) };
    let mut images = Images { fails_each, asked: 0 };
    let from = Date::parse("2025-10-22").unwrap();
    let pace = Pace::new(Budget { questions_per_second_max: 0, share_percent_max: 100 });
    let probing = Probing { from, to: today(), probes };
    let times = probe(&mut archive, &mut images, probing, pace, &|_| true);
    (times, archive.widest.get(), images.asked)
}

#[test]
fn examinations_of_today_are_opened_without_a_list_of_the_whole_year() {
    let (times, widest, _) = probed((0..30).map(|_| 0).collect(), 0, 24);
    let times = times.unwrap().unwrap();
    assert_eq!((times.first_image.len(), times.search.len(), times.failed), (24, 24, 0));
    assert_eq!((times.scroll.len(), times.prior.len()), (24 * 2, 24), "two more images each, and a prior");
    assert!(SCROLLED_MAX > 2 && widest <= 1, "{widest} days were listed");
}

#[test]
fn in_an_archive_of_few_examinations_each_is_opened_at_other_images() {
    let (times, widest, _) = probed(vec![3, 200], 0, 24);
    assert_eq!(times.unwrap().unwrap().first_image.len(), 24);
    assert_eq!(widest, 400, "all that may be opened");
}

#[test]
fn images_that_do_not_come_are_counted_with_the_first_reason_and_an_archive_that_gives_none_is_left_alone() {
    let (times, _, _) = probed((0..30).map(|_| 0).collect(), 9, 24);
    let times = times.unwrap().unwrap();
    assert!(
        times.failed > 0 && times.first_failure.as_deref() == Some("500 Internal Server Error"),
        "{times:?}"
    );
    let (times, _, asked) = probed((0..30).map(|_| 0).collect(), 1, 24);
    let times = times.unwrap().unwrap();
    assert_eq!((times.first_image.len(), times.failed, asked), (0, 5, 5));
}

#[test]
fn an_archive_without_any_examination_of_those_days_is_told_so() {
    let (times, _, _) = probed(vec![500], 0, 24);
    assert_eq!(
        &*times.unwrap_err(),
        "it has no examination from 2025-10-22 to 2026-11-26 that could be opened"
    );
}
