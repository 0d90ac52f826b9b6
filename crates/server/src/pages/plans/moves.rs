//! Hosts of a plan moved to another of its windows: read from lines that people type (or a hand that drags writes for them), and
//! what that makes of the rings they leave and come to. Nothing else of the plan is touched; the checker judges what comes out.

use model::AssetTag;
use model::ids::WindowId;
use model::plan::{Plan, Ring};

use crate::words::Words;

/// A host and the window that it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Move {
    pub(super) host: AssetTag,
    pub(super) window: WindowId,
}

/// Most hosts that are moved at once; each is looked for among all of a plan's.
const MOVES_MAX: usize = 500;

/// Reads one move a line, `HOST WINDOW`; the first line that is none is named, with what would be right.
pub(super) fn read(w: Words, plan: &Plan, text: &str) -> Result<Vec<Move>, String> {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    if lines().count() > MOVES_MAX {
        return Err(w.move_too_many(&w.number(MOVES_MAX as u64)));
    }
    lines().map(|line| one(w, plan, line)).collect()
}

fn one(w: Words, plan: &Plan, line: &str) -> Result<Move, String> {
    let (host, to) = line.rsplit_once(char::is_whitespace).unwrap_or((line, ""));
    let Some(item) = plan.items.iter().find(|item| item.host.as_str() == host.trim_end()) else {
        return Err(w.move_wrong_host(line));
    };
    let Some(window) = plan.windows.iter().find(|window| window.id.as_str() == to) else {
        let known: Vec<&str> = plan.windows.iter().map(|window| window.id.as_str()).collect();
        return Err(w.move_wrong_window(line, &known.join(", ")));
    };
    Ok(Move { host: item.host.clone(), window: window.id.clone() })
}

/// Moves hosts one after another: each comes to the last ring of its new window, into the wave of its own number where there is one,
/// else into the last. A window without a ring gets one with the conditions of the ring that the host leaves; a ring that nobody is
/// left in is taken out.
pub(super) fn apply(plan: &mut Plan, moves: &[Move]) {
    for one in moves {
        let Some(at) = plan.items.iter().position(|item| item.host == one.host) else { continue };
        move_one(plan, at, &one.window);
    }
    if !moves.is_empty() {
        take_out_empty(plan);
    }
}

fn move_one(plan: &mut Plan, at: usize, window: &WindowId) {
    let Some((from, wave)) = plan.items.get(at).map(|item| (item.ring, item.wave)) else { return };
    let Some(own) = plan.ring(from).filter(|ring| ring.window != *window).cloned() else { return };
    let to = match (1_u16..).zip(&plan.rings).filter(|(_, ring)| ring.window == *window).last() {
        Some((number, _)) => number,
        None => new_ring(plan, own, window),
    };
    let waves = || plan.items.iter().filter(|item| item.ring == to).map(|item| item.wave);
    let wave = if waves().any(|known| known == wave) { wave } else { waves().max().unwrap_or(1) };
    // Asked again: a new ring may have moved its number.
    let Some(from) = plan.items.get(at).map(|item| item.ring) else { return };
    let (left, came) = (hosts(plan, from), hosts(plan, to));
    if let Some(item) = plan.items.get_mut(at) {
        (item.ring, item.wave) = (to, wave);
    }
    counted(plan, from, left, left.saturating_sub(1));
    counted(plan, to, came, came.saturating_add(1));
}

fn hosts(plan: &Plan, ring: u16) -> u32 {
    u32::try_from(plan.items.iter().filter(|item| item.ring == ring).count()).unwrap_or(u32::MAX)
}

/// A ring in which all had to be well wants all of its hosts still; never more than there are.
fn counted(plan: &mut Plan, ring: u16, before: u32, after: u32) {
    let ring = usize::from(ring).checked_sub(1).and_then(|ix| plan.rings.get_mut(ix));
    if let Some(ring) = ring {
        let all = ring.success_min >= before;
        ring.success_min = if all { after } else { ring.success_min.min(after) };
    }
}

/// A ring for a window that has none, before the first ring of a window that opens later; its number.
fn new_ring(plan: &mut Plan, like: Ring, window: &WindowId) -> u16 {
    let opens =
        |id: &WindowId| plan.windows.iter().find(|window| window.id == *id).map(|window| window.not_before);
    let mine = opens(window);
    let ix = plan.rings.iter().position(|ring| opens(&ring.window) > mine).unwrap_or(plan.rings.len());
    plan.rings.insert(ix, Ring { window: window.clone(), success_min: 0, ..like });
    // A plan has at most `RINGS_PER_PLAN_MAX` rings, and one too many is the checker's to refuse.
    let number = u16::try_from(ix + 1).unwrap_or(u16::MAX);
    plan.items
        .iter_mut()
        .filter(|item| item.ring >= number)
        .for_each(|item| item.ring = item.ring.saturating_add(1));
    number
}

fn take_out_empty(plan: &mut Plan) {
    let mut number = 1;
    while usize::from(number) <= plan.rings.len() {
        if hosts(plan, number) > 0 {
            number += 1;
            continue;
        }
        plan.rings.remove(usize::from(number) - 1);
        plan.items.iter_mut().filter(|item| item.ring > number).for_each(|item| item.ring -= 1);
    }
}
