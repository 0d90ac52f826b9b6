//! A campaign planned, held to the checker and told why: what the command line and the pages show of one. No plan leaves here that the
//! checker refuses.

use super::answer::Answer;
use super::campaign::SoundCampaign;
use super::clash::{Clash, clashes};
use super::report::{PlanningReport, report};
use super::solve::{Budget, plan};
use crate::check::campaign::check_answer;

/// The search ends when every goal is proven within so many parts of a million.
pub const GAP_PPM: u32 = 100;
/// Time of one question about rules that cannot all hold.
const CLASH_MILLISECONDS: u64 = 2_000;

/// How much may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time of the search for a plan.
    pub milliseconds: u64,
    /// Time of the questions about rules that cannot all hold, behind it.
    pub clashes_milliseconds: u64,
    /// Threads of the solver: in one process always the same number, for the solver keeps them.
    pub threads: u32,
    /// Where pseudo-random numbers begin.
    pub seed: u32,
}

/// A plan of a campaign with all that is said of it.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The campaign.
    pub campaign: SoundCampaign,
    /// The plan.
    pub answer: Answer,
    /// Why it is as it is.
    pub report: PlanningReport,
    /// Which rules cannot all hold for mandatory work without a window; empty when all has one, or when there was no time to ask.
    pub clashes: Vec<Clash>,
}

/// The planner's plan broke a rule: a fault of ours, and no plan is shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the plan that was found breaks {rules} rules by the checker, so it is not shown; this is a fault of the planner. The first: {first}"
)]
pub struct Refused {
    /// How many.
    pub rules: usize,
    /// The first, as a sentence.
    pub first: Box<str>,
}

/// Plans. `elapsed_milliseconds` is the caller's clock, from any beginning; once `enough` says so, the best plan so far is taken.
///
/// # Errors
/// The checker refuses the plan.
pub fn planned(
    campaign: SoundCampaign,
    limits: Limits,
    elapsed_milliseconds: &dyn Fn() -> u64,
    enough: &dyn Fn() -> bool,
) -> Result<Planned, Refused> {
    let began = elapsed_milliseconds();
    let budget = Budget {
        milliseconds: Some(limits.milliseconds),
        gap_ppm: GAP_PPM,
        threads: limits.threads,
        seed: limits.seed,
    };
    // Whoever has seen enough has no time left.
    let mut now = || elapsed_milliseconds().saturating_add(if enough() { limits.milliseconds } else { 0 });
    let mut answer = plan(&campaign, budget, &mut now);
    answer.status.milliseconds = elapsed_milliseconds().saturating_sub(began);
    let breaches = check_answer(&campaign, &answer);
    if let Some(first) = breaches.first() {
        return Err(Refused { rules: breaches.len(), first: first.to_string().into() });
    }
    let report = report(&campaign, &answer);
    let asked = elapsed_milliseconds();
    let mut may_go_on =
        || !enough() && elapsed_milliseconds().saturating_sub(asked) < limits.clashes_milliseconds;
    let clashes = match answer.is_complete() {
        true => Vec::new(),
        false => clashes(&campaign, &answer, CLASH_MILLISECONDS, limits.threads, &mut may_go_on),
    };
    Ok(Planned { campaign, answer, report, clashes })
}
