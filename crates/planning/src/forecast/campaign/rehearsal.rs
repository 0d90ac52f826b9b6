//! A plan gone through once with durations that are known: those of the very night, say, to see whether a replay does what `rollout`
//! did. No luck lives here.

use std::collections::BTreeMap;

use model::plan::Plan;
use model::{AssetTag, Time, Topology};

use super::luck::{Drawn, stalls_at};
use super::prepare::{Draw, Prepared, Work, prepare};
use super::replay::{Done, Replay};
use crate::forecast::learn::learn;
use crate::forecast::record::{Record, Step};

/// What becomes of a plan with durations that are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    /// Every item, in the order of ring, wave and the plan's own list.
    pub hosts: Vec<Rehearsed>,
    /// Of each ring whether it stopped.
    pub stopped: Vec<bool>,
}

/// What becomes of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsed {
    /// Which.
    pub host: AssetTag,
    /// It begins, goes dark and answers again; `None` when it is not begun.
    pub times: Option<(Time, Time, Time)>,
}

impl Rehearsal {
    /// The last host answers again; `None` when none was begun.
    pub fn ends(&self) -> Option<Time> {
        self.hosts.iter().filter_map(|host| host.times).map(|(_, _, ends)| ends).max()
    }
}

/// Goes through a plan with the durations that records of one night say. A step of which none speaks takes no time.
pub fn rehearse(plan: &Plan, topology: &Topology, records: &[Record]) -> Rehearsal {
    let nothing = learn(&[]);
    let prepared = prepare(&nothing, plan, topology, &BTreeMap::new());
    let mut drawn = Drawn::new(prepared.items.len());
    for (ix, work) in prepared.items.iter().enumerate() {
        let own: Vec<&Record> =
            records.iter().filter(|record| *record.device == *work.host.as_str()).collect();
        lay_down(&mut drawn, ix, &prepared, work, &own);
    }
    let cells = || vec![f32::NAN; prepared.items.len()];
    let (mut begins, mut dark, mut ends) = (cells(), cells(), cells());
    let mut replay = Replay::new(&prepared);
    let mut done = Done { begins: &mut begins, dark: &mut dark, ends: &mut ends };
    replay.run(&prepared, &drawn, &mut done);
    let at = |minutes: f32| prepared.origin.plus_seconds((f64::from(minutes) * 60.0).round() as i64);
    let times = begins
        .iter()
        .zip(&dark)
        .zip(&ends)
        .map(|((begins, dark), ends)| (!begins.is_nan()).then(|| (at(*begins), at(*dark), at(*ends))));
    let hosts = prepared.items.iter().map(|work| work.host.clone()).zip(times);
    Rehearsal {
        hosts: hosts.map(|(host, times)| Rehearsed { host, times }).collect(),
        stopped: replay.rings.iter().map(|ring| ring.stopped).collect(),
    }
}

/// Writes one host's durations down.
fn lay_down(drawn: &mut Drawn, ix: usize, prepared: &Prepared, work: &Work, own: &[&Record]) {
    let planned = own.iter().find(|record| record.step == Step::Restart);
    let minutes = |draw: &Draw| -> f32 {
        let Some(group) = prepared.groups.get(draw.group as usize) else { return 0.0 };
        let of_step = own.iter().filter(|record| record.step == group.step);
        let seconds: u32 = match group.step {
            Step::Restart => planned.map_or(0, |record| record.seconds),
            // Before and after; what follows belongs to a further restart.
            Step::Probe => of_step.take(2).map(|record| record.seconds).sum(),
            Step::Install | Step::Download => {
                of_step.filter(|record| record.family == group.family).map(|record| record.seconds).sum()
            }
        };
        seconds as f32 / 60.0
    };
    let (mut sum, mut fails) = (0.0f32, f32::INFINITY);
    let mut go_on = |draw: &Draw, sum: &mut f32| {
        let minutes = minutes(draw);
        fails = fails.min(stalls_at(*sum, minutes, draw.stalls_after));
        *sum += minutes;
    };
    work.installs.iter().for_each(|draw| go_on(draw, &mut sum));
    let before = sum;
    work.restart.iter().for_each(|draw| go_on(draw, &mut sum));
    fails = fails.min(stalls_at(0.0, sum, work.stalls_after));
    let armed = planned.and_then(|record| record.chain).filter(|chain| chain.armed_another);
    if let Some(chain) = armed.filter(|_| work.chain.is_some()) {
        fails = fails.min(sum + chain.shown_after_seconds.unwrap_or(0) as f32 / 60.0);
    }
    // A cell for each item.
    drawn.before[ix] = before;
    drawn.dark[ix] = sum - before;
    drawn.further[ix] = u8::from(armed.is_some());
    drawn.fails[ix] = fails;
}
