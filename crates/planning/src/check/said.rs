//! Is what the plan's drafter was told still kept where its windows are now: hours in which a device can be had, and times in which
//! nothing may be touched. Places are not known here: what was said of a unit, a room or a site is not asked.

use model::Time;
use model::plan::{Item, Plan, Window};
use model::resources::{AccessTime, Reach};

use super::Findings;

const DAY_SECONDS: i64 = 86_400;

pub(super) fn check(plan: &Plan, found: &mut Findings) {
    for item in &plan.items {
        let Some(window) = plan.ring(item.ring).and_then(|ring| plan.window_of(ring)) else { continue };
        let own = |said: &&AccessTime| matches!(&said.of, Reach::Device(tag) if *tag == item.host);
        for said in plan.resources.access.iter().filter(own) {
            access(plan, item, window, said, found);
        }
    }
    let everywhere =
        plan.resources.closed.iter().filter(|closed| closed.unit.is_none() && closed.site.is_none());
    for closed in everywhere {
        let is_used = |window: &&Window| plan.rings.iter().any(|ring| ring.window == window.id);
        for window in
            plan.windows.iter().filter(is_used).filter(|window| meets(window, closed.from, closed.to))
        {
            let says = format!(
                "nothing may be touched during part of window {}{}; another window would be right",
                window.id,
                because(&closed.says)
            );
            found.block("closed-time", &window.id, says);
        }
    }
}

fn access(plan: &Plan, item: &Item, window: &Window, said: &AccessTime, found: &mut Findings) {
    let (host, id) = (&item.host, &window.id);
    let named = !said.only_within.is_empty() || said.hours.is_some();
    let inside = covers(spans(plan, window, said), window.not_after.seconds_since(window.not_before));
    let reason = because(&said.says);
    if named && !inside {
        let says = format!(
            "{host} cannot be had during all of window {id}{reason}; a window inside the times that were said would be right"
        );
        found.block("access", host, says);
    } else if said.never_during.iter().any(|never| meets(window, never.from, never.to)) {
        let says =
            format!("{host} cannot be had during part of window {id}{reason}; another window would be right");
        found.block("access", host, says);
    }
}

/// When a device can be had, in seconds from the window's opening. As long as it is by a watch: on a night when clocks change the window
/// counts as it began.
fn spans(plan: &Plan, window: &Window, said: &AccessTime) -> Vec<(i64, i64)> {
    let at = window.not_before;
    let only = said.only_within.iter().map(|one| (one.from.seconds_since(at), one.to.seconds_since(at)));
    let mut spans: Vec<(i64, i64)> = only.collect();
    let Some(hours) = &said.hours else { return spans };
    let begins = at.0.div_euclid(1_000_000) + i64::from(plan.proof.offset_seconds(at));
    let (from, to) = (i64::from(hours.from_minute) * 60, i64::from(hours.to_minute) * 60);
    let long = if to > from { to - from } else { to + DAY_SECONDS - from };
    let last = begins + window.not_after.seconds_since(at);
    for day in begins.div_euclid(DAY_SECONDS) - 1..=last.div_euclid(DAY_SECONDS) {
        // The first of January 1970 was a Thursday.
        let weekday = u8::try_from((day + 3).rem_euclid(7)).unwrap_or(0);
        if hours.days.is_empty() || hours.days.contains(&weekday) {
            let opens = day * DAY_SECONDS + from - begins;
            spans.push((opens, opens + long));
        }
    }
    spans
}

/// Spans, of which those that touch are one, leave nothing out from 0 to `until`.
fn covers(mut spans: Vec<(i64, i64)>, until: i64) -> bool {
    spans.sort_unstable();
    let reach =
        |covered: i64, (from, to): &(i64, i64)| if *from <= covered { covered.max(*to) } else { covered };
    spans.iter().fold(0, reach) >= until
}

fn meets(window: &Window, from: Time, to: Time) -> bool {
    window.not_before < to && from < window.not_after
}

fn because(says: &str) -> String {
    if says.is_empty() { String::new() } else { format!(" ({says})") }
}
