//! The checker: what keeps a plan from being agreed, and what people should know of it, each as a sentence with its rule. It
//! shares no code with whoever made the plan but the model and the timetable of declared minutes.

pub mod campaign;
mod people;
mod places;
mod said;
pub mod schedule;
mod shape;
mod terms;
mod time;

use model::agreement::{CheckedPlan, PlanFinding};
use model::plan::Plan;
use model::{Time, Topology};

/// Everything that can be said against a plan at this moment; empty when there is nothing.
pub fn check(plan: &Plan, topology: &Topology, now: Time) -> Vec<PlanFinding> {
    let mut found = Findings::default();
    shape::check(plan, &mut found);
    // Times and places only make sense of a plan that holds together.
    let holds = !found.list.iter().any(|finding| finding.blocks);
    people::check(plan, topology, &mut found);
    places::check(plan, topology, &mut found);
    terms::check(plan, topology, &mut found);
    if holds {
        said::check(plan, &mut found);
        time::check(plan, now, &mut found);
    }
    found.list
}

/// Checks a plan and makes it one that can be agreed.
///
/// # Errors
/// A finding blocks it; all findings come back, remarks too.
pub fn checked(plan: Plan, topology: &Topology, now: Time) -> Result<CheckedPlan, Vec<PlanFinding>> {
    let findings = check(&plan, topology, now);
    CheckedPlan::new(plan, findings)
}

/// What was found so far.
#[derive(Default)]
struct Findings {
    list: Vec<PlanFinding>,
}

impl Findings {
    fn block(&mut self, rule: &str, about: impl ToString, says: String) {
        self.put(rule, about, says, true);
    }

    fn remark(&mut self, rule: &str, about: impl ToString, says: String) {
        self.put(rule, about, says, false);
    }

    fn put(&mut self, rule: &str, about: impl ToString, says: String, blocks: bool) {
        let about = about.to_string().into_boxed_str();
        self.list.push(PlanFinding { rule: rule.into(), about, says: says.into(), blocks });
    }
}
