//! The checker of campaigns: is a plan valid by every rule of the table in `docs/planning.md`, and are its goals what it says they are?
//! Written from the table. It shares no code with the planner: not its classes, not its sums, only the data that both are about.
//!
//! `facts` works out once what follows from each device; `alone` asks a device by itself, `inside` a window by itself, `bonds` what binds
//! devices over windows, `goals` what the plan costs.

mod alone;
mod bonds;
mod facts;
mod goals;
mod inside;

use std::collections::BTreeMap;

use crate::planner::answer::{Answer, Assignment};
use crate::planner::campaign::{Campaign, Goal, SoundCampaign};

use facts::Facts;

pub use crate::planner::rule::Rule;

/// A rule that a plan does not keep, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which rule.
    pub rule: Rule,
    /// A device, a window, a service, a unit: whom it is about.
    pub about: Box<str>,
    /// What is wrong, as a sentence.
    pub says: Box<str>,
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}: {}", self.rule.word(), self.about, self.says)
    }
}

/// Every rule that these assignments do not keep; empty for a valid plan.
#[must_use]
pub fn check(campaign: &SoundCampaign, assignments: &[Assignment]) -> Vec<Breach> {
    look(campaign.campaign(), assignments).1.list
}

/// The same of a whole answer, with the order of its assignments and the values of its goals.
#[must_use]
pub fn check_answer(campaign: &SoundCampaign, answer: &Answer) -> Vec<Breach> {
    let campaign = campaign.campaign();
    let (facts, mut found) = look(campaign, &answer.assignments);
    let devices = campaign.devices.iter().map(|device| &device.tag);
    if !devices.eq(answer.assignments.iter().map(|assignment| &assignment.device)) {
        let says = "the devices are not in the order of the campaign".to_owned();
        found.put(Rule::EachOnce, "plan", says);
    }
    let aims = campaign.aims.iter().map(|aim| aim.goal);
    if !aims.eq(answer.goals.iter().map(|reached| reached.goal)) {
        found.put(Rule::GoalValue, "goals", "the goals are not those of the aims, in their order".to_owned());
    }
    let values = goals::values(campaign, &facts);
    for reached in &answer.goals {
        let about = format!("{:?}", reached.goal);
        let value = values.get(&reached.goal).copied().unwrap_or(0);
        if value != reached.value {
            let says = format!("the plan's value is {value}, and it says {}", reached.value);
            found.put(Rule::GoalValue, &about, says);
        }
        if reached.at_least > reached.value {
            let says = format!("a bound of {} is above the value {}", reached.at_least, reached.value);
            found.put(Rule::GoalValue, &about, says);
        }
    }
    found.list
}

/// The value of each goal of these assignments.
#[must_use]
pub fn values(campaign: &SoundCampaign, assignments: &[Assignment]) -> BTreeMap<Goal, u64> {
    let campaign = campaign.campaign();
    goals::values(campaign, &look(campaign, assignments).0)
}

fn look<'a>(campaign: &'a Campaign, assignments: &[Assignment]) -> (Facts<'a>, Found) {
    let mut found = Found::default();
    let facts = Facts::of(campaign, assignments, &mut found);
    alone::check(campaign, &facts, &mut found);
    inside::check(campaign, &facts, &mut found);
    bonds::check(campaign, &facts, &mut found);
    (facts, found)
}

/// What was found so far.
#[derive(Default)]
struct Found {
    list: Vec<Breach>,
}

impl Found {
    fn put(&mut self, rule: Rule, about: impl ToString, says: String) {
        self.list.push(Breach { rule, about: about.to_string().into(), says: says.into() });
    }
}
