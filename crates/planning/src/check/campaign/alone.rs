//! Rules that are asked of one device in its window; what has begun is asked nothing of it.

use std::collections::BTreeMap;

use crate::planner::campaign::{Access, Campaign, Span, Whereabouts};

use super::facts::{Facts, Stretch, Worked};
use super::{Found, Rule};

pub(super) fn check(campaign: &Campaign, facts: &Facts<'_>, found: &mut Found) {
    let access: BTreeMap<&str, &Access> =
        campaign.access.iter().map(|access| (&*access.id, access)).collect();
    for (worked, at, begins) in facts.placed() {
        if worked.has_begun {
            continue;
        }
        let (device, window) = (worked.device, facts.window(at));
        let span = Stretch::of(window);
        let mut breach = |rule, says: String| found.put(rule, &device.tag, says);
        if window.not_before_minute < campaign.now_minute {
            breach(Rule::Past, format!("window {} began before minute {}", window.id, campaign.now_minute));
        }
        if window.site.as_ref().is_some_and(|site| *site != device.site) {
            breach(Rule::Site, format!("window {} is not of its site, {}", window.id, device.site));
        }
        if let Some(says) = times(worked, begins, span, i64::from(window.latest_start_minute)) {
            breach(Rule::Times, format!("in window {} it {says}", window.id));
        }
        if device.due_minute.is_some_and(|due| span.to > i64::from(due)) {
            breach(Rule::Due, format!("window {} ends after it is due", window.id));
        }
        if let Some(access) = device.access.as_deref().and_then(|name| access.get(name))
            && !can_be_had(access, span)
        {
            breach(Rule::Access, format!("it cannot be had in window {} ({})", window.id, access.id));
        }
        for blackout in &campaign.blackouts {
            let is_here = match &blackout.place {
                Whereabouts::Site(site) => *site == device.site,
                Whereabouts::Unit(unit) => *unit == device.unit,
            };
            if is_here && stretch(blackout.span).shares_a_minute_with(span) {
                breach(Rule::Blackout, format!("window {} lies in a blackout: {}", window.id, blackout.says));
            }
        }
        for gate in campaign.gates.iter().filter(|gate| gate.unit == device.unit) {
            let is_for_it = gate.bundle.as_ref().is_none_or(|bundle| *bundle == device.bundle);
            if is_for_it && span.from < i64::from(gate.not_before_minute) {
                breach(Rule::Gate, format!("window {} begins before {} is trained", window.id, gate.unit));
            }
        }
    }
}

fn times(worked: &Worked<'_>, begins: i64, span: Stretch, latest: i64) -> Option<String> {
    let over = begins + worked.busy_minutes() + worked.back_out;
    if begins < span.from {
        Some(format!("begins at {begins}, before {}", span.from))
    } else if begins > latest {
        Some(format!("begins at {begins}, after the latest start {latest}"))
    } else if over > span.to {
        Some(format!("is over at {over} with its back-out, after {}", span.to))
    } else {
        None
    }
}

fn can_be_had(access: &Access, span: Stretch) -> bool {
    let inside = |within: &Span| {
        let within = stretch(*within);
        within.from <= span.from && span.to <= within.to
    };
    let is_within = access.only_within.is_empty() || access.only_within.iter().any(inside);
    is_within && !access.never_during.iter().any(|never| stretch(*never).shares_a_minute_with(span))
}

fn stretch(span: Span) -> Stretch {
    Stretch { from: i64::from(span.from_minute), to: i64::from(span.to_minute) }
}
