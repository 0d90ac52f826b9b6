//! What is scheduled, as worklists of all kinds tell it: whole, cut without a word, changing, or by other rules than those that were asked for.

use adapter_dicom::dimse::{Asked, Failed, Listed, NotWhole, Scheduled, Status, UNSPLIT_MAX_STEPS, whole};
use archive::Patient;
use jiff::tz::TimeZone;
use model::{Date, Time};

fn step(number: usize, day: &str, time: &str) -> Scheduled {
    Scheduled {
        step: format!("S{number}").into(),
        procedure: format!("P{number}").into(),
        accession: format!("A{number}").into(),
        study: None,
        patient: Patient::default(),
        is_stat: None,
        modality: "CT".into(),
        starts: (day.into(), time.into()),
    }
}

/// Steps of three days in November, one every seven minutes.
fn scheduled(count: usize) -> Vec<Scheduled> {
    let time = |minute: usize| format!("{:02}{:02}00", minute / 60 % 24, minute % 60);
    (0..count)
        .map(|number| step(number, &format!("202611{:02}", 25 + number % 3), &time(number * 7)))
        .collect()
}

fn success(steps: Vec<Scheduled>) -> Listed {
    Listed { steps, unreadable: 0, beyond: 0, status: Status(0), comment: "".into() }
}

fn day(text: &str) -> Option<Date> {
    Some(Date::parse(text).unwrap())
}

/// What a worklist answers that knows how to be asked and tells at most `cap` rows.
fn answer(all: &[Scheduled], asked: &Asked, cap: usize) -> Listed {
    let matches = |step: &&Scheduled| {
        let at = step.begins(&TimeZone::UTC).unwrap().0 / 1_000_000;
        let (of, second) = (Date::of_days(at.div_euclid(86_400)).unwrap(), at.rem_euclid(86_400) as u32);
        asked.from.is_none_or(|from| from <= of)
            && asked.to.is_none_or(|to| of <= to)
            && asked.seconds.is_none_or(|(from, to)| (from..=to).contains(&second))
    };
    success(all.iter().filter(matches).take(cap).cloned().collect())
}

fn of(all: &[Scheduled], cap: usize) -> Result<Vec<Scheduled>, NotWhole> {
    whole(&Asked::default(), &mut |asked| Ok(answer(all, asked, cap)))
}

#[test]
fn a_list_that_tells_all_is_believed_however_few_steps_it_has() {
    for count in [0, 1, 2, 3, 50] {
        assert_eq!(of(&scheduled(count), usize::MAX).unwrap(), scheduled(count), "{count}");
    }
    let one_day: Vec<Scheduled> =
        (0..30).map(|hour| step(hour, "20261126", &format!("{:02}00", hour % 24))).collect();
    assert_eq!(of(&one_day, usize::MAX).unwrap(), one_day);
    let asked = Asked { from: day("2026-11-26"), ..Asked::default() };
    let all = scheduled(50);
    let late = whole(&asked, &mut |asked| Ok(answer(&all, asked, usize::MAX))).unwrap();
    let (one, hours) = (day("2026-11-26"), Some((3_600, 7_200)));
    let asked = Asked { from: one, to: one, seconds: hours, ..Asked::default() };
    let hours = whole(&asked, &mut |asked| Ok(answer(&one_day, asked, usize::MAX))).unwrap();
    assert_eq!(hours.len(), 4, "a part of a day is not asked for beyond its end");
    assert!(late.len() < 50 && late.iter().all(|step| &*step.starts.0 >= "20261126"));
}

#[test]
fn a_list_that_is_cut_without_a_word_is_found_out_wherever_the_cut_is() {
    for count in [3, 20, 50] {
        let all = scheduled(count);
        for cap in 2..count {
            let Err(NotWhole::Cut { whole, parts }) = of(&all, cap) else { panic!("{count} cut at {cap}") };
            assert!(whole == cap && parts > cap);
        }
    }
    let one_day: Vec<Scheduled> =
        (0..24).map(|hour| step(hour, "20261126", &format!("{hour:02}0000"))).collect();
    assert!(matches!(of(&one_day, 20), Err(NotWhole::Cut { whole: 20, .. })));
    // Everybody is to come at eight: a cap there would show nowhere.
    let together = |count| (0..count).map(|number| step(number, "20261126", "080000")).collect::<Vec<_>>();
    assert!(of(&together(UNSPLIT_MAX_STEPS), usize::MAX).is_ok());
    let says = of(&together(100), 20).unwrap_err().to_string();
    assert_eq!(says, "all of its 20 steps begin at one time: whether it is cut there cannot be found out");
}

#[test]
fn a_list_that_is_cut_where_a_day_ends_is_found_out_by_the_days_before_and_after_it() {
    let on = |date: &str, from: usize| -> Vec<Scheduled> {
        (from..from + 20).map(|number| step(number, date, &format!("{:02}3000", number % 20))).collect()
    };
    for (first, then) in [("20261126", "20261127"), ("20261127", "20261126")] {
        let all = [on(first, 0), on(then, 20)].concat();
        // Of the other day it tells nothing.
        let cut = of(&all, 20);
        assert!(matches!(cut, Err(NotWhole::Cut { whole: 20, parts: 21.. })), "{first}: {cut:?}");
    }
}

#[test]
fn a_step_that_is_added_while_the_list_is_read_has_it_read_again_and_a_list_that_never_rests_is_not_known() {
    let (before, after) = (scheduled(20), scheduled(21));
    let mut asked_times = 0;
    let read = whole(&Asked::default(), &mut |asked| {
        asked_times += 1;
        Ok(answer(if asked_times == 1 { &before } else { &after }, asked, usize::MAX))
    });
    assert_eq!(read.unwrap(), after);
    let mut count = 10;
    let never = whole(&Asked::default(), &mut |asked| {
        count += 1;
        Ok(answer(&scheduled(count), asked, usize::MAX))
    });
    assert!(matches!(never, Err(NotWhole::Cut { .. })));
}

#[test]
fn an_answer_that_does_not_say_that_it_was_all_or_says_something_else_is_not_known() {
    let says =
        |listed: Listed| whole(&Asked::default(), &mut |_| Ok(listed.clone())).unwrap_err().to_string();
    let one = || success(scheduled(1));
    assert_eq!(
        says(Listed { status: Status(0xA700), comment: "too many".into(), ..one() }),
        "the answer ended with A700 (out of resources): too many, which does not say that it was all"
    );
    assert!(says(Listed { status: Status(0xFE00), ..one() }).contains("FE00"));
    assert_eq!(says(Listed { unreadable: 2, ..one() }), "2 of its rows could not be read");
    assert_eq!(says(Listed { beyond: 3, ..one() }), "it has 3 steps more than are held");
    for (day, time) in [("", "0800"), ("2026112", "0800"), ("20261126", "2500"), ("20261326", "0800")] {
        assert_eq!(
            says(success(vec![step(1, day, time)])),
            "1 of its steps do not say when they begin",
            "{day} {time}"
        );
    }
    // One that does not understand ranges of time answers the same to everything.
    let deaf = whole(&Asked::default(), &mut |_| Ok(success(scheduled(20))));
    assert!(matches!(deaf, Err(NotWhole::Outside(_))), "{deaf:?}");
    let gone = whole(&Asked::default(), &mut |_| {
        Err(Failed::Network { to: "RIS".into(), says: "nobody answers".into() })
    });
    assert!(gone.unwrap_err().to_string().contains("nobody answers"));
}

#[test]
fn a_step_begins_by_the_hospitals_clocks_and_of_an_hour_that_comes_twice_in_the_first() {
    let zone = TimeZone::get("Europe/Stockholm").unwrap();
    let at = |day: &str, time: &str| step(1, day, time).begins(&zone);
    // 26 November 2026, noon in Greenwich.
    let noon = Time(1_795_694_400_000_000);
    assert_eq!(at("20261126", "130000.000"), Some(noon));
    assert_eq!(at("20261126", "13"), Some(noon));
    assert_eq!(
        at("20261126", ""),
        Some(noon.plus_seconds(-13 * 3_600)),
        "a day without an hour is due from its beginning"
    );
    assert_eq!(at("20261025", "0230"), Some(noon.plus_seconds(-(32 * 24 + 11) * 3_600 - 30 * 60)));
    assert_eq!(at("", "1300"), None);
}
