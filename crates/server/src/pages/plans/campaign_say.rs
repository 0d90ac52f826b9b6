//! What the planner says, in the reader's language. Nothing here looks at a rule.

use hospital::campaign::{ByHand, LeftOut, NotAgain, NotAsked, NotDrafted, Remark, Unknown};
use model::ids::PatchId;
use model::plan::{ITEMS_PER_PLAN_MAX, RINGS_PER_PLAN_MAX};
use planning::bundle::Reason;
use planning::planner::answer::{Because, Reached};
use planning::planner::campaign::Goal;
use planning::planner::report::{Here, Obstacle, WaitsFor};
use planning::planner::rule::Rule;

use crate::clock::Local;
use crate::pages::night::say;
use crate::words::{Language, Words};

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

pub(super) fn remark(local: &Local, remark: &Remark) -> String {
    let w = local.w;
    match remark {
        Remark::Undecided(devices) => w.draft_undecided(*devices),
        Remark::LeftOut { host, why } => w.camp_left_out(host.as_str(), &left_out(w, why)),
        Remark::Begun { hosts, plan } => w.camp_begun(hosts.len() as u64, plan, &names(w, hosts)),
        Remark::Coming { hosts, plan } => w.camp_coming(hosts.len() as u64, plan, &names(w, hosts)),
        Remark::AlsoIn { devices, plan, agreed: true } => w.camp_also_agreed(*devices, plan),
        Remark::AlsoIn { devices, plan, agreed: false } => w.camp_also_in(*devices, plan),
        Remark::Proposed { unit, not_before, says } => {
            let proposed = w.camp_proposed(unit.as_str(), &local.moment(*not_before));
            if says.is_empty() { proposed } else { format!("{proposed} ({says})") }
        }
        Remark::Refused { unit, reason } => w.camp_refused(unit.as_str(), reason),
        Remark::Overdue(hosts) => w.camp_overdue(&names(w, hosts)),
        Remark::NotWaiting { first, then } => w.camp_not_waiting(then.as_str(), first.as_str()),
        Remark::NoCensus(units) => w.camp_no_census(&names(w, units)),
        Remark::NoBedLimit(units) => w.camp_no_limit(&names(w, units)),
        Remark::NoPlace(hosts) => w.camp_no_place(&names(w, hosts)),
        Remark::SharedWindow { window, plan } => w.camp_shared(window.as_str(), plan),
        Remark::Over(windows) => w.camp_over(&names(w, windows)),
        Remark::NobodysVisit { vendor, needed } if needed.is_empty() => w.camp_visit_unneeded(vendor),
        Remark::NobodysVisit { vendor, needed } => w.camp_visit_unknown(vendor, &names(w, needed)),
        Remark::PassedOver { window, plan } => w.camp_passed_over(window.as_str(), plan),
    }
}

fn left_out(w: Words, why: &LeftOut) -> String {
    match why {
        LeftOut::NoPatch { closes } => w.camp_left_no_patch(&names(w, closes)),
        LeftOut::Rules(reasons) => {
            let each: Vec<String> = reasons.iter().map(|reason| bar(w, reason)).collect();
            w.camp_left_rules(&each.join("; "))
        }
        LeftOut::TooMuch { .. } => w.camp_left_too_much().to_owned(),
        LeftOut::Restarts(restarts) => w.camp_left_restarts(&w.number(u64::from(*restarts))),
        LeftOut::NotInRegister => w.camp_left_not_in_register().to_owned(),
        LeftOut::NoPlace => w.camp_left_no_place().to_owned(),
        LeftOut::NoSteps { because, patch } => match because {
            ByHand::NotOurs => w.camp_left_not_ours(patch.as_str()),
            ByHand::NoPackages => w.camp_left_no_packages(patch.as_str()),
            ByHand::NoAgent => w.camp_left_no_agent(patch.as_str()),
        },
        LeftOut::InPlan { plan } => w.camp_left_in_plan(plan),
    }
}

/// A rule of patches that stands in the way, by its stable name; one that has no words here in its own.
fn bar(w: Words, reason: &Reason) -> String {
    let name = |at: usize| reason.patches.get(at).map_or("", PatchId::as_str);
    let (patch, other) = (name(0), name(1));
    // The planner's own sentence is English and says more: models, days, sources.
    if w.language == Language::English {
        return reason.says.to_string();
    }
    match &*reason.rule {
        "installed-unknown" => w.camp_bar_installed_unknown(patch),
        "made-for-others" => w.camp_bar_made_for_others(patch),
        "model-unclear" => w.camp_bar_model_unclear(patch),
        "rejected" => w.camp_bar_rejected(patch),
        "forbidden" => w.camp_bar_forbidden(patch),
        "validation-unknown" => w.camp_bar_validation_unknown(patch),
        "release-unknown" => w.camp_bar_release_unknown(patch),
        "too-early" => w.camp_bar_too_early(patch),
        "in-treatment" => w.camp_bar_in_treatment(patch),
        "treatment-unknown" => w.camp_bar_treatment_unknown(patch),
        "installer-unknown" => w.camp_bar_installer_unknown(patch),
        "not-by-them" => w.camp_bar_not_by_them(patch),
        "wanted" => w.camp_bar_wanted(patch),
        "requires" => w.camp_bar_requires(patch, other),
        "together" => w.camp_bar_together(patch, other),
        "supersedes" => w.camp_bar_supersedes(patch, other),
        "conflicts" => w.camp_bar_conflicts(patch, other),
        "interplay-unknown" => w.camp_bar_interplay_unknown(patch, other),
        _ => reason.says.to_string(),
    }
}

/// Why there is no campaign, and at which field.
pub(super) fn not_asked(w: Words, not: &NotAsked) -> (&'static str, String) {
    match not {
        NotAsked::Unknown(Unknown::Advisory(id)) => ("advisory", w.camp_advisory_unknown(id)),
        NotAsked::Unknown(Unknown::Patch(id)) => ("patch", w.camp_patch_unknown(id.as_str())),
        NotAsked::Unknown(Unknown::ClosesNothing(id)) => ("patch", w.camp_patch_closes_nothing(id.as_str())),
        NotAsked::Again(NotAgain::NoPlan(plan)) => ("again", w.camp_again_unknown(&plan.short())),
        NotAsked::Again(NotAgain::Withdrawn(_)) => ("again", w.camp_again_withdrawn().to_owned()),
        NotAsked::Again(NotAgain::Superseded { newest, .. }) => {
            ("again", w.camp_again_superseded(&newest.short()))
        }
        NotAsked::Again(NotAgain::NothingLeft(_)) => ("again", w.camp_again_nothing_left().to_owned()),
        NotAsked::Again(NotAgain::RingsInOneWindow { ring, next, window }) => {
            ("first", w.camp_again_rings(*ring, *next, window.as_str()))
        }
        NotAsked::NoWindow => ("windows", w.camp_windows_none().to_owned()),
        NotAsked::Over(windows) => ("windows", w.camp_all_over(&names(w, windows))),
        NotAsked::Clock(says) => ("windows", says.clone()),
    }
}

/// Why the answer is not one plan.
pub(super) fn not_drafted(w: Words, not: &NotDrafted) -> String {
    let number = |count: usize| w.number(count as u64);
    match not {
        NotDrafted::Empty => w.camp_not_empty().to_owned(),
        NotDrafted::Unchanged => w.camp_not_changed().to_owned(),
        NotDrafted::Overlap(one, other) => w.camp_not_overlap(one.as_str(), other.as_str()),
        NotDrafted::Items(devices) => w.camp_not_items(&number(*devices), &number(ITEMS_PER_PLAN_MAX)),
        NotDrafted::Windows(windows) => w.camp_not_windows(&number(*windows), &number(RINGS_PER_PLAN_MAX)),
    }
}
