//! Invents campaigns and plans, and asks checker and oracle about each plan.

use std::collections::{BTreeMap, BTreeSet};

use planning::check::campaign::{check, values};
use planning::planner::answer::Assignment;
use planning::planner::campaign::{Campaign, Goal, SoundCampaign};

use crate::dice::Dice;
use crate::{invent, oracle};

/// Tries to place each device of a sound plan.
const TRIES: usize = 4;
/// Changed plans for each sound one.
const CHANGES: usize = 20;

/// What was seen.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) campaigns: u64,
    pub(crate) plans: u64,
    /// Plans that break no rule.
    pub(crate) sound: u64,
    /// Sound plans with at least one device in a window that did not begin before.
    pub(crate) sound_and_placed: u64,
    /// How many plans break a rule, and how many break no other.
    pub(crate) broken: BTreeMap<&'static str, (u64, u64)>,
    /// Plans that break a rule and were passed, sound ones that were refused, other differences of rules, of goals.
    pub(crate) passed: u64,
    pub(crate) refused: u64,
    pub(crate) other_rules: u64,
    pub(crate) other_goals: u64,
    /// The first difference, in words.
    pub(crate) first: Option<String>,
}

impl Seen {
    /// Invents one campaign with its plans.
    pub(crate) fn campaign(&mut self, seed: u64) {
        let mut dice = Dice(seed);
        let Some(sound) = invent::campaign(&mut dice) else { return };
        self.campaigns += 1;
        let campaign = sound.campaign();
        let mut plan = invent::begun_only(&mut dice, campaign);
        self.look(seed, &sound, &plan);
        for at in 0..plan.len() {
            let is_begun = |tag: &model::AssetTag| {
                campaign.agreed.iter().any(|agreed| agreed.begun && agreed.device == *tag)
            };
            if is_begun(&plan[at].device) {
                continue;
            }
            for _ in 0..TRIES {
                let before = std::mem::replace(&mut plan[at].place, invent::some_place(&mut dice, campaign));
                if self.look(seed, &sound, &plan) {
                    break;
                }
                plan[at].place = before;
            }
        }
        for _ in 0..CHANGES {
            let mut changed = invent::changed(&mut dice, campaign, &plan);
            if dice.chance(30) && !changed.is_empty() {
                changed = invent::changed(&mut dice, campaign, &changed);
            }
            self.look(seed, &sound, &changed);
        }
    }

    /// Is the plan sound, as the oracle sees it?
    fn look(&mut self, seed: u64, sound: &SoundCampaign, plan: &[Assignment]) -> bool {
        let campaign: &Campaign = sound.campaign();
        let truth = oracle::broken(campaign, plan);
        let found: BTreeSet<&str> = check(sound, plan).iter().map(|breach| breach.rule.word()).collect();
        self.plans += 1;
        match (truth.is_empty(), found.is_empty()) {
            (true, false) => self.refused += 1,
            (false, true) => self.passed += 1,
            (true, true) | (false, false) => self.other_rules += u64::from(found != truth),
        }
        if truth.is_empty() {
            self.sound += 1;
            let begun = |tag: &model::AssetTag| {
                campaign.agreed.iter().any(|agreed| agreed.begun && agreed.device == *tag)
            };
            let placed =
                |one: &Assignment| matches!(one.place, planning::planner::answer::Placed::Window { .. });
            self.sound_and_placed += u64::from(plan.iter().any(|one| placed(one) && !begun(&one.device)));
        }
        for rule in &truth {
            let count = self.broken.entry(rule).or_default();
            count.0 += 1;
            count.1 += u64::from(truth.len() == 1);
        }
        let worth = values(sound, plan);
        let goals =
            [Goal::Deferred, Goal::PatientMinutes, Goal::ExposureDays, Goal::Overtime, Goal::ToldAgain];
        let ours = goals.map(|goal| worth.get(&goal).copied().unwrap_or(u64::MAX));
        let theirs = oracle::goals(campaign, plan);
        self.other_goals += u64::from(ours != theirs);
        if self.first.is_none() && (found != truth || ours != theirs) {
            self.first = Some(format!(
                "seed {seed}: checker {found:?} {ours:?}, oracle {truth:?} {theirs:?}\n{plan:?}\n{campaign:?}"
            ));
        }
        truth.is_empty()
    }

    /// Did they ever differ?
    pub(crate) fn differences(&self) -> u64 {
        self.passed + self.refused + self.other_rules + self.other_goals
    }
}
