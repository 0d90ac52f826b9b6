//! Commands about a campaign: wards, windows, people and devices are told; `plan`, `check the plan`, `why` and `infeasible` ask.

mod ask;
mod tell;

use planning::planner::answer::Answer;
use planning::planner::campaign::{Aim, Campaign, SoundCampaign};

use super::Said;
use super::sentence::{minute, not_understood, number, sentence};

pub(super) const COMMANDS: &[&str] = &[
    "building B at SITE                     way B to B takes N minutes",
    "ward W at SITE, at most N beds dark, N patients [by day, N by night]",
    "bundle B installs in N, restarts in N, backs out in N",
    "window W at SITE|everywhere, from day N CLOCK to day N CLOCK[, begin by day N CLOCK][, N at once][, overtime]",
    "people in W are N SKILL for N minutes  engineers of VENDOR in W are N for N devices",
    "loaners at SITE are N KIND",
    "device|devices D.. in WARD, gets B, ...  (in building B, by the agent, by SKILL|vendor V for N minutes, watches N beds,",
    "                                        risk N, due day N CLOCK, ring N, side a|b, only when A, of kind K, optional, has a loaner)",
    "devices D.. carry S for WARD.., needs N[, S2 stands in]",
    "ring N of B soaks N minutes, at least N done",
    "D goes after D2[, N minutes later]     never D and D2 in one window, WHY",
    "nothing is touched in WARD|at SITE from day N CLOCK to day N CLOCK, WHY",
    "training in WARD for B is over on day N CLOCK",
    "access A is never|only from day N CLOCK to day N CLOCK",
    "it is day N CLOCK                      D was promised W, N people told     D has begun in W",
    "few are told again                     (that counts before everything but deferred work)",
    "plan | check the plan | why D | infeasible | put D into W at day N CLOCK | defer D",
];

/// A campaign under construction, and the plan that was made of it last.
pub(super) struct CampaignDesk {
    campaign: Campaign,
    answer: Option<Answer>,
}

impl CampaignDesk {
    pub(super) fn new() -> CampaignDesk {
        let campaign = serde_json::from_value(serde_json::json!({
            "title": "scripted", "origin": 0, "horizon_minute": 14_400, "bundles": [], "units": [], "buildings": [],
            "windows": [], "devices": [] }));
        let mut campaign: Campaign = campaign.unwrap();
        for aim in &mut campaign.aims {
            *aim = Aim { give_up_per_10000: 0, ..*aim };
        }
        CampaignDesk { campaign, answer: None }
    }

    /// `None` for a command that is not about a campaign.
    pub(super) fn obey(&mut self, line: &str) -> Option<Said> {
        let said = sentence(line);
        let clauses: Vec<&[&str]> = said.clauses.iter().map(Vec::as_slice).collect();
        let told = match said.head.as_slice() {
            ["building", name, "at", site] => self.building(name, site),
            ["way", from, "to", to, "takes", minutes, "minutes"] => self.way(from, to, minutes),
            ["ward", name, "at", site] => self.ward(name, site, &clauses),
            ["bundle", name, "installs", "in", install] => self.bundle(name, install, &clauses),
            ["window", name, "at", site] => self.window(name, Some(site), &clauses),
            ["window", name, "everywhere"] => self.window(name, None, &clauses),
            ["people", "in", window, "are", people, skill, "for", minutes, "minutes"] => {
                self.people(window, people, skill, minutes)
            }
            [
                "engineers",
                "of",
                vendor,
                "in",
                window,
                "are",
                engineers,
                "for",
                devices,
                "devices" | "device",
            ] => self.engineers(vendor, window, engineers, devices),
            ["loaners", "at", site, "are", count, kind] => self.loaners(site, count, kind),
            ["device" | "devices", devices @ .., "in", ward] => self.devices(devices, ward, &clauses),
            ["device" | "devices", rest @ ..] if rest.contains(&"carry") => self.carry(rest, &clauses),
            ["ring", ring, "of", bundle, "soaks", soak, "minutes"] => self.ring(ring, bundle, soak, &clauses),
            [then, "goes", "after", first] => self.after(then, first, &clauses),
            ["never", one, "and", other, "in", "one", "window"] => self.never(one, other, &clauses),
            ["nothing", "is", "touched", place, name, "from", "day", day, from, "to", "day", last, to] => {
                self.blackout(place, name, [(day, from), (last, to)], &clauses)
            }
            ["training", "in", ward, "for", bundle, "is", "over", "on", "day", day, clock] => {
                self.training(ward, bundle, day, clock)
            }
            ["access", name, "is", word, "from", "day", day, from, "to", "day", last, to] => {
                self.access(name, word, [(day, from), (last, to)])
            }
            ["it", "is", "day", day, clock] => minute(day, clock).map(|now| self.campaign.now_minute = now),
            [device, "was", "promised", window] => self.promised(device, window, &clauses),
            [device, "has", "begun", "in", window] => self.begun(device, window),
            ["few", "are", "told", "again"] => {
                self.campaign.aims =
                    Aim::again().into_iter().map(|aim| Aim { give_up_per_10000: 0, ..aim }).collect();
                Ok(())
            }
            ["plan"] => return Some(self.plan()),
            ["check", "the", "plan"] => return Some(self.check()),
            ["why", device] => return Some(self.why(device)),
            ["infeasible"] => return Some(self.infeasible()),
            ["put", device, "into", window, "at", "day", day, clock] => {
                return Some(self.put(device, window, day, clock));
            }
            ["defer", device] => return Some(self.defer(device)),
            _ => return None,
        };
        Some(told.map(|()| Vec::new()))
    }

    /// The campaign as it was told; what does not hold together is said as an import would say it.
    fn sound(&self) -> Result<SoundCampaign, String> {
        SoundCampaign::new(self.campaign.clone(), "campaign").map_err(|findings| {
            let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
            findings.join("\n")
        })
    }
}

/// A number between words: `at least 2 done`.
fn counted<'a>(clause: &[&'a str], before: &[&str], after: &[&str]) -> Option<&'a str> {
    let fits = clause.len() == before.len() + 1 + after.len()
        && clause.starts_with(before)
        && clause.ends_with(after);
    clause.get(before.len()).copied().filter(|_| fits)
}

/// The only clause of a sentence, a number between words.
fn only_number(clauses: &[&[&str]], before: &[&str], after: &[&str], what: &str) -> Result<u32, String> {
    let has = format!("{} N {}", before.join(" "), after.join(" "));
    match clauses {
        [one] => counted(one, before, after).map_or_else(|| not_understood(one, what, &has), number),
        _ => Err(format!("{what} has one clause: {has}")),
    }
}
