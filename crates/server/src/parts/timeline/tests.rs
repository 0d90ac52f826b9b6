//! What is drawn, and where.

use super::*;
use crate::words::Language;
use jiff::tz::TimeZone;
use proptest::prelude::*;

const HOUR: i64 = 3_600_000_000;
/// Sunday 22 November 2026, 22:00 in Stockholm.
const TEN: i64 = 1_795_381_200_000_000;

fn local(now: i64) -> Local {
    Local {
        w: Words::of(Language::English),
        zone: TimeZone::get("Europe/Stockholm").unwrap(),
        now: Time(now),
    }
}

fn lane(spans: &[(Mark, i64, i64, i64)]) -> Lane {
    let spans = spans.iter().map(|(mark, from, p50, p90)| Span {
        mark: *mark,
        from: Time(*from),
        p50: Time(*p50),
        p90: Time(*p90),
        says: "beds 01–06".to_owned(),
    });
    Lane::new("Ward 5", "/ward/WARD-5", spans.collect())
}

#[test]
fn half_an_hour_of_dark_in_a_night_of_five_hours_is_a_tenth_solid_and_the_risk_behind_it_hatched() {
    let lanes = [lane(&[(Mark::Dark, TEN + HOUR, TEN + HOUR + HOUR / 2, TEN + 2 * HOUR)])];
    let drawing = draw(&local(TEN + 2 * HOUR), Time(TEN), Time(TEN + 5 * HOUR), &lanes);
    let places: Vec<(String, String, bool)> =
        drawing.pieces.iter().map(|p| (p.x.to_string(), p.width.to_string(), p.hatched)).collect();
    assert_eq!(places, [("20.00%".into(), "10.00%".into(), false), ("30.00%".into(), "10.00%".into(), true)]);
    assert_eq!(drawing.now.unwrap().to_string(), "40.00%");
    let clocks: Vec<&str> = drawing.ticks.iter().map(|tick| tick.label.as_str()).collect();
    assert_eq!(clocks, ["22:00", "23:00", "00:00", "01:00", "02:00"]);
}

#[test]
fn a_day_that_begins_near_the_right_edge_is_named_inside_the_picture() {
    let drawing = draw(&local(TEN), Time(TEN), Time(TEN + 84 * HOUR), &[]);
    let places: Vec<(String, &str)> =
        drawing.ticks.iter().map(Tick::label_at).map(|(x, anchor)| (x.to_string(), anchor)).collect();
    assert!(places.len() >= 3, "{places:?}");
    for (tick, (x, anchor)) in drawing.ticks.iter().zip(&places) {
        let own = tick.x.to_string();
        let right = if tick.x.0 > LABEL_FITS { ("100.00%", "end") } else { (own.as_str(), "start") };
        assert_eq!((x.as_str(), *anchor), right);
    }
    assert_eq!(places.last().unwrap().1, "end", "{places:?}");
}

#[test]
fn on_the_night_when_clocks_go_back_two_o_clock_stands_twice() {
    // 25 October 2026, 00:30 UTC is 02:30 summer time.
    let from = 1_792_886_400_000_000;
    let drawing = draw(&local(from), Time(from), Time(from + 3 * HOUR), &[]);
    let clocks: Vec<&str> = drawing.ticks.iter().map(|tick| tick.label.as_str()).collect();
    assert_eq!(clocks.iter().filter(|clock| **clock == "02:00").count(), 2, "{clocks:?}");
}

#[test]
fn every_span_stands_in_the_table_also_when_it_is_outside_the_picture() {
    let lanes = [lane(&[
        (Mark::Dark, TEN - HOUR, TEN - HOUR / 2, TEN - HOUR / 2),
        (Mark::Settling, TEN, TEN + HOUR, TEN + HOUR),
    ])];
    let timeline = Timeline::new(&local(TEN), "night", "The night", (Time(TEN), Time(TEN + HOUR)), &lanes);
    let html = timeline.render().unwrap();
    assert_eq!(html.matches("beds 01–06").count(), 2, "{html}");
    assert_eq!(timeline.drawing.pieces.len(), 1);
    assert!(!html.contains("style="), "a strict policy forbids inline style");
}

#[test]
fn a_window_is_drawn_through_all_lanes_and_what_is_said_against_a_host_stands_at_its_lane_and_in_the_table() {
    let lanes = [lane(&[(Mark::Dark, TEN, TEN + HOUR, TEN + HOUR)])
        .remarks(vec![(Mark::NotAffected, "a remark".into()), (Mark::Broken, "ends too late".into())])];
    let range = (Time(TEN), Time(TEN + 4 * HOUR));
    let frame = Frame {
        label: "night-1".to_owned(),
        opens: Time(TEN),
        latest_start: Time(TEN + 2 * HOUR),
        closes: Time(TEN + 8 * HOUR),
    };
    let timeline = Timeline::new(&local(TEN), "night", "The night", range, &lanes);
    let timeline = timeline.within(&local(TEN), range, &[frame]);
    assert_eq!(timeline.drawing.labels[0].mark, Some(Mark::Broken), "the worst is at the lane");
    let edges: Vec<String> = timeline.edges.iter().map(|edge| edge.x.to_string()).collect();
    assert_eq!(edges, ["0.00%", "50.00%"], "an edge outside the picture is in the table alone");
    let html = timeline.render().unwrap();
    assert!(html.contains("ends too late") && html.contains("a remark") && html.contains("Mon 23 Nov 06:00"));
}

#[test]
fn a_picture_of_weeks_names_days_and_not_hours() {
    let drawing = draw(&local(TEN), Time(TEN), Time(TEN + 21 * 24 * HOUR), &[]);
    let days: Vec<&str> = drawing.ticks.iter().map(|tick| tick.label.as_str()).collect();
    assert_eq!(days, ["Thu 26 Nov", "Thu 3 Dec", "Thu 10 Dec"]);
}

/// The picture of a night as it was looked at and found right. A missing file is written; look at it before it is committed.
#[test]
fn the_picture_of_a_night_is_the_one_that_was_looked_at() {
    let lanes = [
        lane(&[(Mark::Dark, TEN + HOUR / 2, TEN + HOUR, TEN + 3 * HOUR / 2)]),
        lane(&[
            (Mark::NotBegun, TEN, TEN + HOUR, TEN + 2 * HOUR),
            (Mark::Settling, TEN + HOUR, TEN + 5 * HOUR, TEN + 5 * HOUR),
        ]),
        lane(&[(Mark::RestartPending, TEN + 2 * HOUR, TEN + 3 * HOUR, TEN + 3 * HOUR)]),
    ];
    let range = (Time(TEN - HOUR / 2), Time(TEN + 6 * HOUR));
    let html = Timeline::new(&local(TEN + 3 * HOUR), "night", "The night", range, &lanes).render().unwrap();
    let from = html.find("<svg class=\"timeline-drawing\"").unwrap();
    let drawn = &html[from..from + html[from..].find("</svg>").unwrap() + "</svg>\n".len()];
    let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/timeline.svg");
    if !golden.exists() {
        std::fs::create_dir_all(golden.parent().unwrap()).unwrap();
        std::fs::write(&golden, drawn).unwrap();
        panic!("{} was written: look at it, then commit it", golden.display());
    }
    assert_eq!(drawn, std::fs::read_to_string(&golden).unwrap());
}

proptest! {
    #[test]
    fn nothing_is_drawn_outside_the_picture(
        length in 1_i64..100 * HOUR, now in -HOUR..101 * HOUR,
        spans in proptest::collection::vec((-200 * HOUR..200 * HOUR, 0..50 * HOUR, 0..50 * HOUR), 0..20)
    ) {
        let spans: Vec<_> = spans.iter().map(|(from, a, b)| (Mark::Dark, *from, from + a, from + a + b)).collect();
        let drawing = draw(&local(now), Time(0), Time(length), &[lane(&spans)]);
        for piece in &drawing.pieces {
            prop_assert!(piece.x.0 >= 0 && piece.width.0 > 0 && piece.x.0 + piece.width.0 <= WHOLE, "{piece:?}");
            prop_assert!(piece.y + 16 <= drawing.height);
        }
        prop_assert!(drawing.ticks.len() <= 8);
        prop_assert_eq!(drawing.now.is_some(), (0..=length).contains(&now));
    }
}
