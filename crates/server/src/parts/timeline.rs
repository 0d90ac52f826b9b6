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
/// Longest label that is drawn.
const LABEL_LENGTH_MAX_CHARACTERS: usize = 42;
/// Most marks of the clock.
const TICKS_MAX: i64 = 6;
/// Steps between marks of the clock, in minutes.
const STEPS_MINUTES: [i64; 13] = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 4_320, 10_080, 40_320];
/// Most marks of days, where the picture spans more than one.
const DAY_TICKS_MAX: i64 = 4;
const DAY_SECONDS: i64 = 86_400;
const HEAD_PX: u32 = 24;
const LANE_PX: u32 = 44;
/// The strip below the lanes in which windows are moved by hand.
const BARS_PX: u32 = 28;
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
    /// What the checker says against it, each with its mark ([`Mark::Broken`] where it blocks): marked beside the label, told in the table.
    pub remarks: Vec<(Mark, String)>,
}

impl Lane {
    /// A lane that nothing is said against.
    pub fn new(label: impl Into<String>, href: impl Into<String>, spans: Vec<Span>) -> Lane {
        Lane { label: label.into(), href: href.into(), spans, remarks: Vec::new() }
    }

    /// The same with what is said against it.
    #[must_use]
    pub fn remarks(mut self, remarks: Vec<(Mark, String)>) -> Lane {
        self.remarks = remarks;
        self
    }
}

/// A time within which everything drawn must lie: its edges are drawn through all lanes.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What it is called.
    pub label: String,
    /// It opens.
    pub opens: Time,
    /// Nothing may begin later.
    pub latest_start: Time,
    /// It closes.
    pub closes: Time,
}

/// Lanes over the hours of a night.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/timeline.html")]
pub struct Timeline {
    w: Words,
    id: &'static str,
    title: String,
    drawing: Drawing,
    edges: Vec<Edge>,
    /// Counts behind lanes.
    behind: Vec<behind::Bar>,
    /// Words for marks that mean something else here than elsewhere.
    names: Vec<(Mark, &'static str)>,
    /// What can be moved by hand.
    moving: Option<grips::Moving>,
    rows: Vec<TwinRow>,
}

/// An edge of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edge {
    x: Percent,
    says: String,
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

impl Tick {
    /// Where the label stands and with which side: it would run out of the picture near the right edge, and ends there.
    fn label_at(&self) -> (Percent, &'static str) {
        let is_clock = self.label.len() <= "22:00".len();
        let fits = if is_clock { WHOLE / 10 * 9 } else { LABEL_FITS };
        if self.x.0 > fits { (Percent(WHOLE), "end") } else { (self.x, "start") }
    }
}

/// A label that begins further to the right would run out of the picture.
const LABEL_FITS: i64 = WHOLE / 5 * 4;

/// A label of a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Baseline in pixels.
    pub y: u32,
    /// Text.
    pub text: String,
    /// The worst that is said against the lane.
    pub mark: Option<Mark>,
}

impl Label {
    /// Where the text begins, in pixels: behind the mark.
    fn x(&self) -> u32 {
        if self.mark.is_some() { 20 } else { 0 }
    }

    /// Upper edge of the mark, in pixels.
    fn mark_y(&self) -> u32 {
        self.y.saturating_sub(12)
    }
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
    mark: Option<Mark>,
    word: &'static str,
    from: String,
    p50: String,
    p90: String,
    says: String,
}

/// A label that fits a phone; the table has it whole.
fn cut(label: &str) -> String {
    match label.char_indices().nth(LABEL_LENGTH_MAX_CHARACTERS) {
        None => label.to_owned(),
        Some((end, _)) => format!("{}…", label.get(..end).unwrap_or(label).trim_end()),
    }
}

/// Where an instant lies between two others.
fn place(from: Time, to: Time, at: Time) -> Percent {
    let length = to.0.saturating_sub(from.0).max(1);
    let inside = i128::from(at.0.saturating_sub(from.0).clamp(0, length));
    // At most WHOLE, because `inside` is at most `length`.
    Percent(i64::try_from(inside * i128::from(WHOLE) / i128::from(length)).unwrap_or(WHOLE))
}

/// Draws `lanes` from `from` to `to`. What lies outside is cut; nothing is drawn outside the picture.
pub fn draw(local: &Local, from: Time, to: Time, lanes: &[Lane]) -> Drawing {
    let place = |at: Time| place(from, to, at);
    let lanes = lanes.get(..LANES_DRAWN_MAX.min(lanes.len())).unwrap_or(lanes);
    let (mut labels, mut pieces) = (Vec::new(), Vec::new());
    for (n, lane) in (0_u32..).zip(lanes) {
        let top = HEAD_PX + n * LANE_PX;
        // The smaller a mark, the worse: broken before a mere remark.
        let mark = lane.remarks.iter().map(|(mark, _)| *mark).min();
        labels.push(Label { y: top + 16, text: cut(&lane.label), mark });
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
    let days = to.seconds_since(from) > DAY_SECONDS;
    let label = |at: Time| if days { local.day(at) } else { local.clock(at) };
    let ticks = ticks(local, from, to).map(|at| Tick { x: place(at), label: label(at) }).collect();
    Drawing { height, labels, pieces, ticks, now }
}

/// Marks on round minutes of the hospital's clock, at most [`TICKS_MAX`].
fn ticks(local: &Local, from: Time, to: Time) -> impl Iterator<Item = Time> + use<> {
    let minutes = to.seconds_since(from) / 60;
    // More than a day has its days marked: a name takes more room than a clock.
    let (least, most) = if minutes * 60 > DAY_SECONDS { (1_440, DAY_TICKS_MAX) } else { (0, TICKS_MAX) };
    let mut steps = STEPS_MINUTES.into_iter().filter(|step| *step >= least);
    let step = steps.find(|step| minutes / step < most).unwrap_or(40_320) * 60;
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
        let w = local.w;
        let rows = lanes.iter().flat_map(|lane| {
            let row = |mark, word, says: &str, [from, p50, p90]: [String; 3]| TwinRow {
                label: lane.label.clone(),
                href: lane.href.clone(),
                mark: Some(mark),
                word,
                from,
                p50,
                p90,
                says: says.to_owned(),
            };
            let spans = lane.spans.iter().map(move |span| {
                let times = [span.from, span.p50, span.p90].map(|at| local.moment(at));
                row(span.mark, span.mark.word(w), &span.says, times)
            });
            let remarks = lane.remarks.iter().map(move |(mark, says)| {
                let word = if *mark == Mark::Broken { w.plan_blocks() } else { w.plan_remark() };
                row(*mark, word, says, Default::default())
            });
            spans.chain(remarks)
        });
        Timeline {
            w: local.w,
            id,
            title: title.into(),
            drawing: draw(local, range.0, range.1, lanes),
            edges: Vec::new(),
            behind: Vec::new(),
            names: Vec::new(),
            moving: None,
            rows: rows.collect(),
        }
    }

    /// The same with other words for marks, in legend and table.
    #[must_use]
    pub fn named(mut self, names: &[(Mark, &'static str)]) -> Timeline {
        for row in &mut self.rows {
            if let Some((_, name)) = names.iter().find(|(mark, _)| Some(*mark) == row.mark) {
                row.word = name;
            }
        }
        self.names = names.to_vec();
        self
    }

    /// The same with the edges of `frames`, which stand in the table first. `range` is that of the picture.
    #[must_use]
    pub fn within(mut self, local: &Local, range: (Time, Time), frames: &[Frame]) -> Timeline {
        let w = local.w;
        let inside = |at: &Time| range.0 <= *at && *at <= range.1;
        for frame in frames {
            let Frame { label, opens, latest_start, closes } = frame;
            let edges = [
                (opens, w.timeline_opens(label, &local.moment(*opens))),
                (latest_start, w.timeline_last_start(label, &local.moment(*latest_start))),
                (closes, w.timeline_closes(label, &local.moment(*closes))),
            ];
            let drawn = edges.into_iter().filter(|(at, _)| inside(at));
            self.edges.extend(drawn.map(|(at, says)| Edge { x: place(range.0, range.1, *at), says }));
        }
        let rows = frames.iter().map(|frame| TwinRow {
            label: frame.label.clone(),
            href: String::new(),
            mark: None,
            word: "",
            from: local.moment(frame.opens),
            p50: String::new(),
            p90: local.moment(frame.closes),
            says: w.timeline_begin_by(&local.moment(frame.latest_start)),
        });
        self.rows.splice(0..0, rows.collect::<Vec<_>>());
        self
    }

    /// The height of the picture, in pixels.
    fn height(&self) -> u32 {
        self.drawing.height + if self.moving.is_some() { BARS_PX } else { 0 }
    }

    /// Is anything said against a lane that is drawn?
    fn has_remarks(&self) -> bool {
        self.drawing.labels.iter().any(|label| label.mark.is_some())
    }

    /// Does anything drawn last longer at the latest than expected?
    fn has_risk(&self) -> bool {
        self.drawing.pieces.iter().any(|piece| piece.hatched)
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
        let named = |mark: Mark| self.names.iter().find(|(known, _)| *known == mark).map(|(_, name)| *name);
        marks.into_iter().map(|mark| (mark, named(mark).unwrap_or_else(|| mark.word(self.w)))).collect()
    }
}

mod behind;
mod grips;
#[cfg(test)]
mod tests;

pub use behind::Counted;
pub use grips::{Grips, HostGrip, WindowGrip};
