//! A timeline: lanes of spans over the hours of a night, drawn from plain data by one pure function, with the same data as a
//! table beside it. Solid until P50, hatched until P90. Places are in hundredths of a percent, so that it fits any width.

use askama::Template;
use askama::filters::HtmlSafe;
use model::Time;

use super::{Mark, Pattern};
use crate::clock::Local;
use crate::words::Words;

/// Most lanes that are drawn; further ones stand in the table alone.
pub const LANES_DRAWN_MAX: usize = 200;
/// Most marks of the clock.
const TICKS_MAX: i64 = 6;
/// Steps between marks of the clock, in minutes.
const STEPS_MINUTES: [i64; 11] = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 10_080];
const HEAD_PX: u32 = 24;
const LANE_PX: u32 = 44;
/// The whole width, in hundredths of a percent.
const WHOLE: i64 = 10_000;
/// The least width of a part that is drawn: a minute of a long night is still seen.
const LEAST: i64 = 40;

/// Something that lasts, in a lane.
#[derive(Clone, Debug)]
pub struct Span {
    /// What it is.
    pub mark: Mark,
    /// From then on.
    pub from: Time,
    /// Until then, as half of the times (P50).
    pub p50: Time,
    /// Until then at the latest (P90); `p50` when it is known.
    pub p90: Time,
    /// What else belongs to it, for the table; may be empty.
    pub says: String,
}

/// One row of a timeline.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Whose.
    pub label: String,
    /// Where more of it is shown; empty for nowhere.
    pub href: String,
    /// What it goes through, in rising order.
    pub spans: Vec<Span>,
}

/// Lanes over the hours of a night.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/timeline.html")]
pub struct Timeline {
    w: Words,
    id: &'static str,
    title: String,
    drawing: Drawing,
    rows: Vec<TwinRow>,
}

impl HtmlSafe for Timeline {}

/// A place or length in hundredths of a percent, written as SVG wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(i64);

impl std::fmt::Display for Percent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}%", self.0 / 100, self.0 % 100)
    }
}

/// A part of a span as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Colour and pattern.
    pub mark: Mark,
    /// Left edge.
    pub x: Percent,
    /// Width.
    pub width: Percent,
    /// Upper edge in pixels.
    pub y: u32,
    /// Between P50 and P90: hatched.
    pub hatched: bool,
}

/// A mark of the clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Where.
    pub x: Percent,
    /// The clock there.
    pub label: String,
}

/// A label of a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Baseline in pixels.
    pub y: u32,
    /// Text.
    pub text: String,
}

/// All that is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// Height in pixels.
    pub height: u32,
    /// Labels of lanes.
    pub labels: Vec<Label>,
    /// Parts of spans.
    pub pieces: Vec<Piece>,
    /// Marks of the clock.
    pub ticks: Vec<Tick>,
    /// The present, when it lies inside.
    pub now: Option<Percent>,
}

#[derive(Clone, Debug)]
struct TwinRow {
    label: String,
    href: String,
    mark: Mark,
    from: String,
    p50: String,
    p90: String,
    says: String,
}

/// Draws `lanes` from `from` to `to`. What lies outside is cut; nothing is drawn outside the picture.
pub fn draw(local: &Local, from: Time, to: Time, lanes: &[Lane]) -> Drawing {
    let length = to.0.saturating_sub(from.0).max(1);
    let place = |at: Time| {
        let inside = i128::from(at.0.saturating_sub(from.0).clamp(0, length));
        // At most WHOLE, because `inside` is at most `length`.
        Percent(i64::try_from(inside * i128::from(WHOLE) / i128::from(length)).unwrap_or(WHOLE))
    };
    let lanes = lanes.get(..LANES_DRAWN_MAX.min(lanes.len())).unwrap_or(lanes);
    let (mut labels, mut pieces) = (Vec::new(), Vec::new());
    for (n, lane) in (0_u32..).zip(lanes) {
        let top = HEAD_PX + n * LANE_PX;
        labels.push(Label { y: top + 16, text: lane.label.clone() });
        for span in &lane.spans {
            let solid = (span.from, span.p50, false);
            let hatched = (span.p50, span.p90, true);
            for (begin, end, hatched) in [solid, hatched] {
                if end <= begin || end <= from || begin >= to {
                    continue;
                }
                let (x, end) = (place(begin), place(end));
                let x = Percent(x.0.min(WHOLE - LEAST));
                let width = Percent((end.0 - x.0).max(LEAST).min(WHOLE - x.0));
                pieces.push(Piece { mark: span.mark, x, width, y: top + 22, hatched });
            }
        }
    }
    let height = HEAD_PX + LANE_PX * u32::try_from(lanes.len()).unwrap_or(0);
    let now = (from <= local.now && local.now <= to).then(|| place(local.now));
    let ticks = ticks(local, from, to).map(|at| Tick { x: place(at), label: local.clock(at) }).collect();
    Drawing { height, labels, pieces, ticks, now }
}

/// Marks on round minutes of the hospital's clock, at most [`TICKS_MAX`].
fn ticks(local: &Local, from: Time, to: Time) -> impl Iterator<Item = Time> + use<> {
    let minutes = to.seconds_since(from) / 60;
    let step = STEPS_MINUTES.into_iter().find(|step| minutes / step < TICKS_MAX).unwrap_or(10_080) * 60;
    let wall = from.0.div_euclid(1_000_000) + local.offset_seconds(from);
    let first = wall.div_euclid(step) * step - wall;
    (0..=TICKS_MAX + 1)
        .map(move |n| Time(from.0.div_euclid(1_000_000) * 1_000_000).plus_seconds(first + n * step))
        .filter(move |at| *at >= from && *at < to)
}

impl Timeline {
    /// `lanes` between `from` and `to`, called `title`; `id` is unique on the page.
    pub fn new(
        local: &Local,
        id: &'static str,
        title: impl Into<String>,
        range: (Time, Time),
        lanes: &[Lane],
    ) -> Timeline {
        let rows = lanes.iter().flat_map(|lane| {
            lane.spans.iter().map(|span| TwinRow {
                label: lane.label.clone(),
                href: lane.href.clone(),
                mark: span.mark,
                from: local.moment(span.from),
                p50: local.moment(span.p50),
                p90: local.moment(span.p90),
                says: span.says.clone(),
            })
        });
        Timeline {
            w: local.w,
            id,
            title: title.into(),
            drawing: draw(local, range.0, range.1, lanes),
            rows: rows.collect(),
        }
    }

    /// The patterns that the picture uses, each once.
    fn patterns(&self) -> Vec<Pattern> {
        let mut marks: Vec<Mark> = self.drawing.pieces.iter().map(|piece| piece.mark).collect();
        marks.sort_unstable();
        marks.dedup();
        marks.into_iter().map(|mark| Pattern { mark, of: self.id }).collect()
    }

    fn hatch(&self, piece: &Piece) -> String {
        if piece.hatched {
            format!("url(#{}-hatch-{})", self.id, piece.mark.tag())
        } else {
            Pattern { mark: piece.mark, of: self.id }.url()
        }
    }

    /// The marks that occur, in order: the legend.
    fn legend(&self) -> Vec<(Mark, &'static str)> {
        let mut marks: Vec<Mark> = self.drawing.pieces.iter().map(|piece| piece.mark).collect();
        marks.sort_unstable();
        marks.dedup();
        marks.into_iter().map(|mark| (mark, mark.word(self.w))).collect()
    }
}

#[cfg(test)]
mod tests {
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
        Lane { label: "Ward 5".to_owned(), href: "/ward/WARD-5".to_owned(), spans: spans.collect() }
    }

    #[test]
    fn half_an_hour_of_dark_in_a_night_of_five_hours_is_a_tenth_solid_and_the_risk_behind_it_hatched() {
        let lanes = [lane(&[(Mark::Dark, TEN + HOUR, TEN + HOUR + HOUR / 2, TEN + 2 * HOUR)])];
        let drawing = draw(&local(TEN + 2 * HOUR), Time(TEN), Time(TEN + 5 * HOUR), &lanes);
        let places: Vec<(String, String, bool)> =
            drawing.pieces.iter().map(|p| (p.x.to_string(), p.width.to_string(), p.hatched)).collect();
        assert_eq!(
            places,
            [("20.00%".into(), "10.00%".into(), false), ("30.00%".into(), "10.00%".into(), true)]
        );
        assert_eq!(drawing.now.unwrap().to_string(), "40.00%");
        let clocks: Vec<&str> = drawing.ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(clocks, ["22:00", "23:00", "00:00", "01:00", "02:00"]);
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
        let timeline =
            Timeline::new(&local(TEN), "night", "The night", (Time(TEN), Time(TEN + HOUR)), &lanes);
        let html = timeline.render().unwrap();
        assert_eq!(html.matches("beds 01–06").count(), 2, "{html}");
        assert_eq!(timeline.drawing.pieces.len(), 1);
        assert!(!html.contains("style="), "a strict policy forbids inline style");
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
        let html =
            Timeline::new(&local(TEN + 3 * HOUR), "night", "The night", range, &lanes).render().unwrap();
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
}
