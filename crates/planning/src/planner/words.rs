//! What the planner says of a plan, in sentences: the command line and the scripts of the tests use the same ones. What is said is worked
//! out elsewhere (`report`, `clash`, `answer`); nothing here looks at a rule.

use model::plan::Owner;

use super::answer::{Answer, Because, Placed, Reached};
use super::campaign::{Goal, Window};
use super::clash::{Clash, Stated};
use super::report::{DeviceReport, Here, NotEarlier, Obstacle, WaitsFor};
use super::rule::Rule;

/// A minute of a campaign as day and clock; the first day is 1.
pub fn day_and_clock(minute: u32) -> String {
    format!("day {} {:02}:{:02}", minute / 1_440 + 1, minute % 1_440 / 60, minute % 60)
}

/// Why a device is deferred.
pub fn because(because: Because) -> &'static str {
    match because {
        Because::NoWindow => "no window may take it, even were it alone",
        Because::Waits => "what it waits for leaves it no window",
        Because::NoRoom => "the windows that may take it have no room left",
    }
}

/// What a goal counts.
pub fn goal(goal: Goal) -> &'static str {
    match goal {
        Goal::Deferred => "mandatory devices deferred",
        Goal::PatientMinutes => "patient-minutes not watched",
        Goal::ExposureDays => "risk-weighted days before done",
        Goal::Overtime => "person-minutes of overtime",
        Goal::ToldAgain => "people to be told again",
    }
}

/// A goal's value and what is proven of it, among the plans that keep the goals before it.
pub fn reached(reached: &Reached) -> String {
    let Reached { goal: of, value, at_least } = reached;
    match value.checked_sub(*at_least) {
        Some(0) => format!("{}: {value}, proven to be the least", goal(*of)),
        Some(_) | None => {
            format!("{}: {value}; less is not known, less than {at_least} there cannot be", goal(*of))
        }
    }
}

/// Who can change a rule.
pub fn owner(owner: Owner) -> &'static str {
    match owner {
        Owner::ClinicalEngineering => "clinical engineering",
        Owner::It => "IT",
        Owner::Vendor => "the vendor",
        Owner::Ward => "the ward",
    }
}

/// What there is to say of a device: where it is and why, why not earlier, what it waits for. `when` writes a minute.
pub fn of_device(report: &DeviceReport, windows: &[Window], when: &dyn Fn(u32) -> String) -> Vec<String> {
    let device = &report.device;
    let mut lines = vec![match &report.place {
        Placed::Window { window, begins_minute } => {
            format!("{device} is worked on in window {window}, from {}.", when(*begins_minute))
        }
        Placed::Deferred { .. } => match report.here {
            Here::Deferred(why) => format!("{device} has no window: {}.", because(why)),
            Here::Begun | Here::First | Here::Earliest | Here::Better(_) | Here::NotSought => {
                format!("{device} has no window.")
            }
        },
    }];
    lines.extend(here(report.here).map(str::to_owned));
    let opens = |entry: &NotEarlier| {
        let window = windows.iter().find(|window| window.id == entry.last);
        window.map_or(String::new(), |window| format!(" ({})", when(window.not_before_minute)))
    };
    let earlier = if matches!(report.place, Placed::Window { .. }) { "earlier " } else { "" };
    lines.extend(report.not_earlier.iter().map(|entry| {
        let which = match entry.windows {
            1 => format!("Not in the {earlier}window {}{}", entry.last, opens(entry)),
            more => {
                format!("Not in {more} {earlier}windows, the last of them {}{}", entry.last, opens(entry))
            }
        };
        format!("{which}: {}.", obstacle(entry.obstacle))
    }));
    lines.extend(report.waits_for.iter().map(waits_for));
    lines
}

/// Why a device is where it is; where the reasons against other windows say it all, nothing more.
fn here(here: Here) -> Option<&'static str> {
    match here {
        Here::Begun => Some("It has begun: it stays where it is."),
        Here::First => Some("No window of its site is earlier."),
        Here::Earliest => Some("No earlier window of its site can take it."),
        Here::Better(_) => Some("Each earlier window of its site is closed to it, or worse."),
        Here::NotSought => Some("An earlier window may be as good; that was not sought to its end."),
        Here::Deferred(_) => None,
    }
}

/// What closes a window to a device, with who can change it.
pub fn obstacle(obstacle: Obstacle) -> String {
    match obstacle {
        Obstacle::Rule(Rule::Past) => Rule::Past.says().to_owned(),
        Obstacle::Rule(rule) => format!("{} ({} can change that)", rule.says(), owner(rule.owner())),
        Obstacle::NoOrder => {
            "no order was found in which all its work can be done with this device too".to_owned()
        }
        Obstacle::Worse(of) => format!("there would be more {}", goal(of)),
        Obstacle::Nothing => "nothing that is known speaks against it".to_owned(),
    }
}

fn waits_for(waits: &WaitsFor) -> String {
    match waits {
        WaitsFor::Ring { bundle, ring, done_min, soak_minutes } => format!(
            "It waits for ring {ring} of {bundle}: all of it that is planned, at least {done_min}, and {soak_minutes} min of soak."
        ),
        WaitsFor::Device { device, lag_minutes: 0 } => {
            format!("It waits for {device}: the end of its window.")
        }
        WaitsFor::Device { device, lag_minutes } => {
            format!("It waits for {device}: the end of its window, and {lag_minutes} min.")
        }
    }
}

/// Rules that cannot all hold for a device, and what would help.
pub fn of_clash(clash: &Clash) -> Vec<String> {
    let who = match clash.devices {
        1 => clash.device.to_string(),
        more => format!("{} and {} like it", clash.device, more.saturating_sub(1)),
    };
    let which = match clash.smallest {
        true => "these cannot all hold, and no smaller set of them was in the way",
        false => "these cannot all hold; whether fewer of them would do was not found out in time",
    };
    let mut lines = vec![format!("{who}: {which}:")];
    lines.extend(clash.rules.iter().map(|rule| format!("  {}", stated(rule))));
    match clash.relaxations.as_slice() {
        [] => lines.push("No single one of them, given up, was seen to give it a window.".to_owned()),
        some => {
            lines.push("Any one of these, given up, was seen to give it a window:".to_owned());
            lines.extend(some.iter().map(|rule| format!("  {}", stated(rule))));
        }
    }
    lines
}

fn stated(rule: &Stated) -> String {
    let about = if &*rule.about == "all" { String::new() } else { format!("{}: ", rule.about) };
    format!("{about}{} ({} can change that)", rule.says, owner(rule.owner))
}

/// How a search ended whose goals were to be proven within so many parts of a million: what the plan itself shows, not how the search felt.
pub fn end_of_search(answer: &Answer, gap_ppm: u32) -> String {
    let far = answer.goals.iter().filter(|goal| goal.gap_ppm() > u64::from(gap_ppm)).count();
    if far == 0 {
        return "Every goal is proven as near as was asked, each among the plans that keep the goals before it.".into();
    }
    let goals = answer.goals.len();
    let why = match (answer.status.unanswered, answer.status.cut_by_time) {
        (0, true) => "the search was cut",
        (0, false) => "windows could not hold what was planned for them",
        (_, _) => "the solver gave no answer that holds",
    };
    format!("{far} of {goals} goals are not proven as near as was asked: {why}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planner::answer::Status;
    use crate::planner::campaign::Goal;

    fn ended(value: u64, at_least: u64, cut_by_time: bool, unanswered: u32) -> String {
        let status = Status {
            cut_by_time,
            unanswered,
            milliseconds: 0,
            classes: 0,
            columns: 0,
            rows: 0,
            windows_sent_back: 0,
        };
        let goals = vec![Reached { goal: Goal::Deferred, value, at_least }];
        end_of_search(&Answer { assignments: Vec::new(), goals, status }, 100)
    }

    #[test]
    fn a_plan_is_called_proven_only_where_its_own_numbers_say_so() {
        assert!(ended(10_000, 9_999, true, 1).starts_with("Every goal is proven"));
        assert_eq!(
            ended(10_000, 9_998, true, 0),
            "1 of 1 goals are not proven as near as was asked: the search was cut."
        );
        assert!(ended(10, 0, false, 1).ends_with("the solver gave no answer that holds."));
        assert!(ended(10, 0, false, 0).ends_with("windows could not hold what was planned for them."));
    }
}
