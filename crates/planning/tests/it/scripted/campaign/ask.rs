//! What a campaign is asked: a plan, what the checker says of it (also after somebody moved a device by hand), why a device is where it is, and
//! which rules cannot all hold.

use std::collections::BTreeMap;

use model::AssetTag;
use model::ids::WindowId;
use planning::check::campaign::{check, values};
use planning::planner::answer::{Answer, Because, Placed};
use planning::planner::clash::clashes;
use planning::planner::report::report;
use planning::planner::words::{day_and_clock, of_clash, of_device, reached};
use planning::planner::{Budget, plan};

use super::CampaignDesk;
use crate::scripted::Said;
use crate::scripted::sentence::{id, minute};

/// The same campaign always gives the same plan.
const NO_END: Budget = Budget { milliseconds: None, gap_ppm: 0, threads: 1, seed: 1 };
/// Never used up by so little.
const MILLISECONDS_EACH: u64 = 60_000;

impl CampaignDesk {
    fn answer(&self) -> Result<&Answer, String> {
        self.answer.as_ref().ok_or_else(|| "there is no plan yet; say plan first".to_owned())
    }

    pub(super) fn plan(&mut self) -> Said {
        let sound = self.sound()?;
        let answer = plan(&sound, NO_END, &mut || 0);
        let mut of_window: BTreeMap<&WindowId, Vec<(u32, &AssetTag)>> = BTreeMap::new();
        let mut lines = Vec::new();
        for assignment in &answer.assignments {
            if let Placed::Window { window, begins_minute } = &assignment.place {
                of_window.entry(window).or_default().push((*begins_minute, &assignment.device));
            }
        }
        let mut windows: Vec<_> = self.campaign.windows.iter().collect();
        windows.sort_by_key(|window| (window.not_before_minute, &window.id));
        for window in windows {
            let Some(mut here) = of_window.remove(&window.id) else { continue };
            here.sort();
            let day = window.not_before_minute / 1_440;
            let begins = |minute: u32| {
                let clock = format!("{:02}:{:02}", minute % 1_440 / 60, minute % 60);
                if minute / 1_440 == day { clock } else { format!("{clock} next day") }
            };
            let here: Vec<String> =
                here.iter().map(|(at, device)| format!("{device} {}", begins(*at))).collect();
            lines.push(format!(
                "{}, {}: {}",
                window.id,
                day_and_clock(window.not_before_minute),
                here.join(", ")
            ));
        }
        let deferred = answer.assignments.iter().filter(|one| matches!(one.place, Placed::Deferred { .. }));
        let deferred: Vec<&str> = deferred.map(|one| one.device.as_str()).collect();
        if !deferred.is_empty() {
            lines.push(format!("no window: {}", deferred.join(", ")));
        }
        lines.extend(answer.goals.iter().map(reached));
        self.answer = Some(answer);
        Ok(lines)
    }

    /// What the checker says, and what the goals are worth.
    pub(super) fn check(&self) -> Said {
        let (sound, answer) = (self.sound()?, self.answer()?);
        let breaches = check(&sound, &answer.assignments);
        let mut lines: Vec<String> = breaches.iter().map(ToString::to_string).collect();
        if lines.is_empty() {
            lines.push("it keeps every rule".to_owned());
        }
        let now = values(&sound, &answer.assignments);
        for goal in &answer.goals {
            let value = now.get(&goal.goal).copied().unwrap_or(0);
            if value != goal.value {
                lines.push(format!(
                    "{}: {value} instead of {}",
                    planning::planner::words::goal(goal.goal),
                    goal.value
                ));
            }
        }
        Ok(lines)
    }

    pub(super) fn why(&self, device: &str) -> Said {
        let (sound, answer) = (self.sound()?, self.answer()?);
        let report = report(&sound, answer);
        let found = report.devices.iter().find(|known| known.device.as_str() == device);
        let found = found.ok_or_else(|| format!("the plan has no device {device}"))?;
        Ok(of_device(found, &self.campaign.windows, &day_and_clock))
    }

    pub(super) fn put(&mut self, device: &str, window: &str, day: &str, clock: &str) -> Said {
        let place = Placed::Window { window: id(WindowId::new(window))?, begins_minute: minute(day, clock)? };
        self.move_by_hand(device, place)
    }

    pub(super) fn defer(&mut self, device: &str) -> Said {
        self.move_by_hand(device, Placed::Deferred { because: Because::NoRoom })
    }

    fn move_by_hand(&mut self, device: &str, place: Placed) -> Said {
        let answer = self.answer.as_mut().ok_or("there is no plan yet; say plan first")?;
        let found = answer.assignments.iter_mut().find(|one| one.device.as_str() == device);
        found.ok_or_else(|| format!("the plan has no device {device}"))?.place = place;
        Ok(Vec::new())
    }

    pub(super) fn infeasible(&self) -> Said {
        let (sound, answer) = (self.sound()?, self.answer()?);
        let found = clashes(&sound, answer, MILLISECONDS_EACH, 1, &mut || true);
        if found.is_empty() {
            return Ok(vec!["nothing that must be done is without a window".to_owned()]);
        }
        Ok(found.iter().flat_map(of_clash).collect())
    }
}
