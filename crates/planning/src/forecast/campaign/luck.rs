//! The luck of each replay: durations and further restarts, drawn for a block of replays at a time. What a device draws depends on
//! its name, the step and the replay's number and on nothing else (common random numbers).

use std::collections::BTreeMap;

use super::prepare::{Draw, Prepared, Work};
use crate::forecast::chain::FURTHER_RESTARTS_MAX;
use crate::forecast::learn::Model;
use crate::forecast::random::{Normals, Stream, beta};
use crate::forecast::shape::Shape;

/// Replays that are drawn together: one cache line of single-precision numbers.
pub(super) const BLOCK: usize = 16;
/// Nothing takes longer than two weeks, as in a single prediction.
const LOG_MINUTES_MAX: f32 = 9.9;
const LOG_MINUTES_MIN: f32 = -4.1;

/// The luck of every item in one replay.
pub(super) struct Drawn {
    /// Minutes until it goes dark.
    pub(super) before: Vec<f32>,
    /// Minutes while it is.
    pub(super) dark: Vec<f32>,
    /// Further restarts, and their minutes.
    pub(super) further: Vec<u8>,
    pub(super) further_minutes: Vec<f32>,
    /// Minutes from its begin until it counts as a failure of its ring: a step stalls, or a further restart shows; without end if it
    /// never does.
    pub(super) fails: Vec<f32>,
}

impl Drawn {
    pub(super) fn new(items: usize) -> Drawn {
        let zeros = || vec![0.0; items];
        Drawn {
            before: zeros(),
            dark: zeros(),
            further: vec![0; items],
            further_minutes: zeros(),
            fails: vec![f32::INFINITY; items],
        }
    }
}

/// A block of replays, one after another: a replay goes through its own luck from front to back.
pub(super) struct Block {
    pub(super) lanes: Vec<Drawn>,
}

impl Block {
    pub(super) fn new(items: usize) -> Block {
        Block { lanes: (0..BLOCK).map(|_| Drawn::new(items)).collect() }
    }
}

/// What is drawn once for many devices, and what draws.
pub(super) struct Luck {
    seed: u64,
    normals: Normals,
    /// For each group, one number for each replay, as a logarithm of minutes.
    shared: Vec<Vec<f32>>,
    /// For each family and place of the chain, the probability of a further restart in each replay.
    further: Vec<[Vec<f32>; FURTHER_RESTARTS_MAX]>,
    /// After how many minutes it is known, each as likely as the others.
    shown_after: Vec<f32>,
}

impl Luck {
    pub(super) fn new(model: &Model, prepared: &Prepared, seed: u64, replays: usize) -> Luck {
        let normals = Normals::new();
        // Whole blocks: the last may be longer than what is asked for.
        let replays = replays.next_multiple_of(BLOCK);
        let mut drawn: BTreeMap<Vec<&str>, Vec<f32>> = BTreeMap::new();
        let mut shared = Vec::with_capacity(prepared.groups.len());
        for group in &prepared.groups {
            let (step, family) = (group.step.word(), &*group.family);
            let (model, site) = (&*group.model, &*group.site);
            let names: [Vec<&str>; 5] = [
                vec!["all", step],
                vec!["family", step, family],
                vec!["model", step, model],
                vec!["family on model", step, family, model],
                vec!["site", step, family, model, site],
            ];
            let mut sum = vec![0.0f32; replays];
            for (name, sd) in names.into_iter().zip(group.shared) {
                let stream = Stream::of(seed, &name);
                let own = drawn.entry(name).or_insert_with(|| numbers(&normals, stream, replays));
                sum.iter_mut().zip(own.iter()).for_each(|(sum, own)| *sum += sd as f32 * own);
            }
            shared.push(sum);
        }
        let further = prepared.families.iter().map(|family| {
            std::array::from_fn(|place| {
                let known = model.further(family, place as u16 + 1);
                let stream = Stream::of(seed, &["further", family, PLACES.get(place).unwrap_or(&"")]);
                (0..replays as u64).map(|at| beta(stream, at, known.armed, known.clear) as f32).collect()
            })
        });
        let shown_after = prepared.shown_after.clone();
        Luck { seed, further: further.collect(), normals, shared, shown_after }
    }

    /// Draws the replays from `first` on.
    pub(super) fn draw(&self, prepared: &Prepared, first: usize, block: &mut Block) {
        let mut own = [0.0; BLOCK];
        for (ix, work) in prepared.items.iter().enumerate() {
            let (mut before, mut fails) = ([0.0; BLOCK], [f32::INFINITY; BLOCK]);
            for draw in &work.installs {
                self.minutes(prepared, draw, first, &mut own);
                go_on(&mut before, &own, draw.stalls_after, &mut fails);
            }
            let (mut dark, mut over) = ([0.0; BLOCK], before);
            if let Some(draw) = &work.restart {
                self.minutes(prepared, draw, first, &mut dark);
                go_on(&mut over, &dark, draw.stalls_after, &mut fails);
            }
            go_on(&mut [0.0; BLOCK], &over, work.stalls_after, &mut fails);
            let (further, further_minutes) = self.further(prepared, work, first);
            let drawn = before.into_iter().zip(dark).zip(further.into_iter().zip(further_minutes)).zip(fails);
            for ((lane, replay), drawn) in block.lanes.iter_mut().zip(first..).zip(drawn) {
                let (((before, dark), (further, further_minutes)), fails) = drawn;
                let shows =
                    if further > 0 { before + dark + self.shows(work, replay) } else { f32::INFINITY };
                // A lane has a cell for each item.
                lane.before[ix] = before;
                lane.dark[ix] = dark;
                lane.further[ix] = further;
                lane.further_minutes[ix] = further_minutes;
                lane.fails[ix] = fails.min(shows);
            }
        }
    }

    /// Minutes after its restart until one that it armed is known.
    fn shows(&self, work: &Work, replay: usize) -> f32 {
        let Some(draw) = &work.restart else { return 0.0 };
        let stream = Stream::numbered(self.seed ^ draw.stream ^ 0x7368_6f77_735f_6174);
        let at = stream.uniform(replay as u64) * self.shown_after.len() as f64;
        self.shown_after.get(at as usize).copied().unwrap_or(0.0)
    }

    fn minutes(&self, prepared: &Prepared, draw: &Draw, first: usize, into: &mut [f32; BLOCK]) {
        let stream = Stream::numbered(self.seed ^ draw.stream);
        let time = Duration::new(prepared, draw);
        // Groups and replays were counted when they were prepared.
        let shared = &self.shared[draw.group as usize][first..first + BLOCK];
        let from = first as u64 / 2;
        for (pair, (shared, into)) in shared.chunks_exact(2).zip(into.chunks_exact_mut(2)).enumerate() {
            let (one, other) = self.normals.pair(stream.bits(from + pair as u64));
            for ((normal, shared), into) in [one, other].into_iter().zip(shared).zip(into) {
                *into = time.minutes(normal, *shared);
            }
        }
    }

    /// The same in one replay, of a further restart: each place of the chain has luck of its own.
    fn minutes_once(&self, prepared: &Prepared, draw: &Draw, replay: usize, place: usize) -> f32 {
        let stream = Stream::numbered(self.seed ^ draw.stream);
        let at = (replay as u64 + ((1 + place as u64) << 40)) / 2;
        let (one, other) = self.normals.pair(stream.bits(at));
        let normal = if replay.is_multiple_of(2) { one } else { other };
        let shared = self.shared[draw.group as usize][replay];
        Duration::new(prepared, draw).minutes(normal, shared)
    }

    fn further(&self, prepared: &Prepared, work: &Work, first: usize) -> ([u8; BLOCK], [f32; BLOCK]) {
        let (mut count, mut minutes) = ([0; BLOCK], [0.0; BLOCK]);
        let (Some(family), Some(draw)) = (work.chain, &work.restart) else { return (count, minutes) };
        let Some(places) = self.further.get(family as usize) else { return (count, minutes) };
        let stream = Stream::numbered(self.seed ^ draw.stream ^ 0x6675_7274_6865_7221);
        for (ix, (count, minutes)) in count.iter_mut().zip(&mut minutes).enumerate() {
            let replay = first + ix;
            for (place, chances) in places.iter().enumerate() {
                let luck = stream.uniform((replay * FURTHER_RESTARTS_MAX + place) as u64) as f32;
                if luck >= chances.get(replay).copied().unwrap_or(0.0) {
                    break;
                }
                *count += 1;
                *minutes += self.minutes_once(prepared, draw, replay, place);
            }
        }
        (count, minutes)
    }
}

/// One step after another: where one takes longer than it may, that is when the host has stalled.
fn go_on(sum: &mut [f32; BLOCK], own: &[f32; BLOCK], stalls_after: f32, fails: &mut [f32; BLOCK]) {
    for ((sum, own), fails) in sum.iter_mut().zip(own).zip(fails) {
        *fails = fails.min(stalls_at(*sum, *own, stalls_after));
        *sum += own;
    }
}

/// When a step that begins at `sum` has stalled; without end if it does not.
pub(super) fn stalls_at(sum: f32, own: f32, stalls_after: f32) -> f32 {
    if own > stalls_after { sum + stalls_after } else { f32::INFINITY }
}

/// How luck becomes minutes.
struct Duration<'p> {
    shape: &'p [f32],
    middle: f32,
    spread: f32,
    per_spread: f32,
    own: f32,
}

impl Duration<'_> {
    fn new<'p>(prepared: &'p Prepared, draw: &Draw) -> Duration<'p> {
        // Shapes were counted when they were prepared.
        let shape = &prepared.shapes[draw.shape as usize..][..Shape::KNOTS];
        let Draw { middle, spread, own, .. } = *draw;
        Duration { shape, middle, spread, per_spread: 1.0 / spread, own }
    }

    fn minutes(&self, normal: f32, shared: f32) -> f32 {
        let latent = self.own * normal + shared * self.per_spread;
        let log = self.middle + self.spread * at(self.shape, latent);
        log.clamp(LOG_MINUTES_MIN, LOG_MINUTES_MAX).exp()
    }
}

const PLACES: [&str; FURTHER_RESTARTS_MAX] = ["1", "2", "3", "4"];

fn numbers(normals: &Normals, stream: Stream, replays: usize) -> Vec<f32> {
    let pairs = (0..replays as u64 / 2).map(|at| normals.pair(stream.bits(at)));
    pairs.flat_map(|(one, other)| [one, other]).collect()
}

/// A shape's table at a latent, as [`Shape::at`].
fn at(shape: &[f32], latent: f32) -> f32 {
    let reach = Shape::REACH as f32;
    let inside = latent.clamp(-reach, reach);
    let place = (inside + reach) * Shape::STEPS_PER_UNIT as f32;
    // Not negative, and at most the last but one knot.
    let ix = (place as usize).min(Shape::KNOTS - 2);
    let (low, high) = (shape[ix], shape[ix + 1]);
    low + (high - low) * (place - ix as f32) + Shape::SLOPE_BEYOND as f32 * (latent - inside)
}
