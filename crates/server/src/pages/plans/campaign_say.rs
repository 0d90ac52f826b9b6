//! What the planner says, in the reader's language. Nothing here looks at a rule.

use hospital::campaign::Remark;
use planning::planner::answer::{Because, Reached};
use planning::planner::campaign::Goal;
use planning::planner::report::{Here, Obstacle, WaitsFor};
use planning::planner::rule::Rule;

use crate::pages::night::say;
use crate::words::Words;

/// Names shown of a list; the rest is counted.
const NAMED_MAX: usize = 20;

pub(super) fn goal(w: Words, goal: Goal) -> &'static str {
    match goal {
        Goal::Deferred => w.camp_goal_deferred(),
        Goal::PatientMinutes => w.camp_goal_patients(),
        Goal::ExposureDays => w.camp_goal_exposure(),
        Goal::Overtime => w.camp_goal_overtime(),
        Goal::ToldAgain => w.camp_goal_told(),
    }
}

pub(super) fn reached(w: Words, reached: &Reached) -> String {
    let value = w.number(reached.value);
    match reached.value <= reached.at_least {
        true => w.camp_proven(&value),
        false => w.camp_bound(&value, &w.number(reached.at_least)),
    }
}

pub(super) fn here(w: Words, here: Here) -> &'static str {
    match here {
        Here::Begun => w.camp_here_begun(),
        Here::First => w.camp_here_first(),
        Here::Earliest => w.camp_here_earliest(),
        Here::Better(_) => w.camp_here_better(),
        Here::NotSought => w.camp_here_not_sought(),
        Here::Deferred(because) => match because {
            Because::NoWindow => w.camp_because_no_window(),
            Because::Waits => w.camp_because_waits(),
            Because::NoRoom => w.camp_because_no_room(),
        },
    }
}

pub(super) fn obstacle(w: Words, obstacle: Obstacle) -> String {
    match obstacle {
        Obstacle::Rule(Rule::Past) => w.camp_rule_past().to_owned(),
        Obstacle::Rule(rule) => w.camp_rule_owner(self::rule(w, rule), say::owner(w, rule.owner())),
        Obstacle::NoOrder => w.camp_no_order().to_owned(),
        Obstacle::Worse(goal) => w.camp_worse(self::goal(w, goal)),
        Obstacle::Nothing => w.camp_nothing_against().to_owned(),
    }
}

pub(super) fn waits_for(w: Words, waits: &WaitsFor) -> String {
    match waits {
        WaitsFor::Ring { bundle, ring, soak_minutes, .. } => {
            w.camp_waits_ring(bundle, *ring, &say::minutes(w, u64::from(*soak_minutes)))
        }
        WaitsFor::Device { device, .. } => w.camp_waits_device(device.as_str()),
    }
}

pub(super) fn rule(w: Words, rule: Rule) -> &'static str {
    match rule {
        Rule::EachOnce => w.camp_rule_each_once(),
        Rule::Begun => w.camp_rule_begun(),
        Rule::Past => w.camp_rule_past(),
        Rule::Site => w.camp_rule_site(),
        Rule::Times => w.camp_rule_times(),
        Rule::Due => w.camp_rule_due(),
        Rule::Access => w.camp_rule_access(),
        Rule::Blackout => w.camp_rule_blackout(),
        Rule::Gate => w.camp_rule_gate(),
        Rule::AtOnce => w.camp_rule_at_once(),
        Rule::People => w.camp_rule_people(),
        Rule::PersonMinutes => w.camp_rule_person_minutes(),
        Rule::Visit => w.camp_rule_visit(),
        Rule::Loaners => w.camp_rule_loaners(),
        Rule::Beds => w.camp_rule_beds(),
        Rule::Spare => w.camp_rule_spare(),
        Rule::Sides => w.camp_rule_sides(),
        Rule::StandIn => w.camp_rule_stand_in(),
        Rule::Ring => w.camp_rule_ring(),
        Rule::Precedence => w.camp_rule_precedence(),
        Rule::Conflict => w.camp_rule_conflict(),
        Rule::GoalValue => w.camp_rule_goal_value(),
    }
}

fn names<T: ToString>(w: Words, list: &[T]) -> String {
    let mut shown: Vec<String> = list.iter().take(NAMED_MAX).map(ToString::to_string).collect();
    if list.len() > NAMED_MAX {
        shown.push(format!("+ {}", w.number((list.len() - NAMED_MAX) as u64)));
    }
    shown.join(", ")
}

pub(super) fn remark(w: Words, remark: &Remark) -> String {
    match remark {
        Remark::Undecided(devices) => w.draft_undecided(*devices),
        Remark::LeftOut { host, says } => w.camp_left_out(host.as_str(), says),
        Remark::InPlan { host, plan } => w.camp_in_plan(host.as_str(), plan),
        Remark::NoCensus(units) => w.camp_no_census(&names(w, units)),
        Remark::NoBedLimit(units) => w.camp_no_limit(&names(w, units)),
        Remark::NoPlace(hosts) => w.camp_no_place(&names(w, hosts)),
        Remark::SharedWindow { window, plan } => w.camp_shared(window.as_str(), plan),
        Remark::PassedOver { window, plan } => w.camp_passed_over(window.as_str(), plan),
    }
}
