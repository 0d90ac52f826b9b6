//! A plan of a campaign for a person: windows with how many devices, what is deferred and why, what the goals came to.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::{ToSpan, tz::TimeZone};
use model::Time;
use planning::planner::answer::{Because, Placed};
use planning::planner::campaign::Campaign;
use planning::planner::planned::GAP_PPM;
use planning::planner::words;

use super::Told;

/// Devices named of those that are deferred for one reason; the rest is counted.
const NAMED_MAX: usize = 20;

/// With more devices than this the text says only how many go into each window.
const DEVICES_LISTED_MAX: usize = 200;

/// The whole text; with `explained` the device's reasons, and not the whole plan's windows.
pub(super) fn of(campaign: &Campaign, told: &Told<'_>, explained: bool, time_zone: &str) -> String {
    let days = Days::of(campaign, time_zone);
    let when = |minute: u32| days.text(minute);
    let mut text = format!("{}\n\n", campaign.title);
    if explained {
        for device in told.report {
            words::of_device(device, &campaign.windows, &when).iter().for_each(|line| push(&mut text, line));
        }
        return text.trim_end().to_owned();
    }
    windows(&mut text, campaign, told, &when);
    devices(&mut text, told, &when);
    deferred(&mut text, told);
    told.again.iter().flat_map(|again| again.lines(time_zone)).for_each(|line| push(&mut text, &line));
    for clash in told.clashes {
        push(&mut text, "");
        words::of_clash(clash).iter().for_each(|line| push(&mut text, line));
    }
    push(&mut text, "");
    told.answer.goals.iter().for_each(|goal| push(&mut text, &words::reached(goal)));
    push(&mut text, "The checker finds that this plan keeps every rule.");
    push(&mut text, &words::end_of_search(told.answer, GAP_PPM));
    if !told.remarks.is_empty() {
        push(&mut text, "\nTo know of this campaign:");
        told.remarks.iter().for_each(|remark| push(&mut text, &format!("  {remark}.")));
    }
    if let Some(plan) = told.plan {
        push(
            &mut text,
            &format!(
                "\nThe draft is recorded as plan {plan}; `segue check {}` says what it still needs.",
                plan.short()
            ),
        );
    }
    text.trim_end().to_owned()
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn windows(text: &mut String, campaign: &Campaign, told: &Told<'_>, when: &dyn Fn(u32) -> String) {
    let mut of_window: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for assignment in &told.answer.assignments {
        if let Placed::Window { window, begins_minute } = &assignment.place {
            of_window.entry(window.as_str()).or_default().push(*begins_minute);
        }
    }
    let mut windows: Vec<_> = campaign.windows.iter().collect();
    windows.sort_by_key(|window| (window.not_before_minute, window.id.clone()));
    let width = windows.iter().map(|window| window.id.as_str().chars().count()).max().unwrap_or(0).max(6);
    let wide = when(0).chars().count().max(10);
    let _ = writeln!(
        text,
        "{:<width$}  {:<wide$}  devices  {:<wide$}  {:<wide$}",
        "window", "opens", "first", "last"
    );
    for window in windows {
        let Some(begins) = of_window.get(window.id.as_str()) else { continue };
        let first = when(begins.iter().min().copied().unwrap_or(0));
        let last = when(begins.iter().max().copied().unwrap_or(0));
        let (id, opens) = (window.id.as_str(), when(window.not_before_minute));
        // Writing to a text cannot fail.
        let _ = writeln!(
            text,
            "{id:<width$}  {opens:<wide$}  {:>7}  {first:<wide$}  {last:<wide$}",
            begins.len()
        );
    }
}

/// Which device goes where, by time.
fn devices(text: &mut String, told: &Told<'_>, when: &dyn Fn(u32) -> String) {
    let mut placed: Vec<(u32, &str, &str)> = Vec::new();
    for assignment in &told.answer.assignments {
        if let Placed::Window { window, begins_minute } = &assignment.place {
            placed.push((*begins_minute, assignment.device.as_str(), window.as_str()));
        }
    }
    placed.sort_unstable();
    let count = placed.len();
    if count > DEVICES_LISTED_MAX {
        let says =
            format!("\nWhich of the {count} devices goes where: --json tells all, --explain DEVICE one.");
        return push(text, &says);
    }
    let width = placed.iter().map(|(_, device, _)| device.chars().count()).max().unwrap_or(0).max(6);
    let wide = when(0).chars().count().max(10);
    if count > 0 {
        push(text, &format!("\n{:<wide$}  {:<width$}  window", "begins", "device"));
    }
    for (begins, device, window) in placed {
        push(text, &format!("{:<wide$}  {device:<width$}  {window}", when(begins)));
    }
}

fn deferred(text: &mut String, told: &Told<'_>) {
    let mut deferred: BTreeMap<Because, Vec<&str>> = BTreeMap::new();
    for assignment in &told.answer.assignments {
        if let Placed::Deferred { because } = &assignment.place {
            deferred.entry(*because).or_default().push(assignment.device.as_str());
        }
    }
    for (because, devices) in deferred {
        let shown = devices.iter().take(NAMED_MAX).copied().collect::<Vec<_>>().join(", ");
        let more = devices.len().saturating_sub(NAMED_MAX);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(text, "\ndeferred, {}: {} ({shown}{more})", words::because(because), devices.len());
    }
}

/// Minutes of a campaign on the sites' clocks.
struct Days {
    /// The day of minute 0, where that is a midnight of the time zone.
    first: Option<jiff::civil::Date>,
}

impl Days {
    fn of(campaign: &Campaign, time_zone: &str) -> Days {
        let Time(origin) = campaign.origin;
        let zone = TimeZone::get(time_zone).ok();
        let at = jiff::Timestamp::from_microsecond(origin).ok();
        let local = zone.zip(at).map(|(zone, at)| at.to_zoned(zone).datetime());
        let midnight = local.filter(|local| local.time() == jiff::civil::Time::midnight());
        Days { first: midnight.map(|local| local.date()) }
    }

    /// Minutes count on the sites' clocks, so a day has 1,440 of them also when the clocks change.
    fn text(&self, minute: u32) -> String {
        let day = self.first.and_then(|first| first.checked_add(i64::from(minute / 1_440).days()).ok());
        match day {
            Some(day) => format!("{day} {:02}:{:02}", minute % 1_440 / 60, minute % 60),
            None => words::day_and_clock(minute),
        }
    }
}
