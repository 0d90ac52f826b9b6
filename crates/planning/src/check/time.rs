//! Does the work fit: windows the right way round, each host's work with its back-out before the window closes, each ring's soak
//! before the next window's latest start.

use std::collections::BTreeMap;

use model::Time;
use model::plan::{Plan, Window};

use super::Findings;
use crate::timetable::timetable;

pub(super) fn check(plan: &Plan, now: Time, found: &mut Findings) {
    for window in &plan.windows {
        order(window, now, found);
        if !plan.rings.iter().any(|ring| ring.window == window.id) {
            let says = format!("window {} is used by no ring", window.id);
            found.remark("window-unused", &window.id, says);
        }
    }
    let times = timetable(plan);
    let items: BTreeMap<_, _> = plan.items.iter().map(|item| (&item.host, item)).collect();
    for slot in &times.slots {
        let Some(window) = plan.ring(slot.ring).and_then(|ring| plan.window_of(ring)) else { continue };
        let host = &slot.host;
        let late = minutes_between(window.latest_start, slot.p90.begins);
        if late > 0 {
            let says = format!(
                "{host} would begin up to {late} min after the latest start of window {}, if what is before it takes its 90th \
                 percentile; a longer window, more hosts at once or fewer hosts would be right",
                window.id
            );
            found.block("begins-too-late", host, says);
            continue;
        }
        let Some(item) = items.get(host) else { continue };
        let back_out = i64::from(plan.minutes_of(item).back_out.p90) * 60;
        let over = minutes_between(window.not_after, slot.p90.ends.plus_seconds(back_out));
        if over > 0 {
            let says = format!(
                "{host} would end up to {over} min after window {} closes, counted with its back-out at the 90th percentile",
                window.id
            );
            found.block("ends-too-late", host, says);
        }
    }
}

fn order(window: &Window, now: Time, found: &mut Findings) {
    let id = &window.id;
    if window.not_before >= window.not_after
        || window.latest_start < window.not_before
        || window.latest_start > window.not_after
    {
        let says =
            format!("window {id} is not in order; right is: not before, then latest start, then not after");
        found.block("window-disordered", id, says);
    } else if window.latest_start <= now {
        found.block("window-past", id, format!("window {id} has its latest start behind it"));
    }
}

/// Minutes from `limit` to `at`, begun ones counted in full; 0 or less when `at` is not later.
fn minutes_between(limit: Time, at: Time) -> i64 {
    let seconds = at.seconds_since(limit);
    if seconds <= 0 { 0 } else { (seconds + 59) / 60 }
}
