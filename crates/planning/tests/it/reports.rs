//! What is said of a device (why here, why not earlier, what it waits for) is true: each sentence is held to the checker of campaigns, which
//! shares no code with the planner, by moving the device to where it is not and asking what breaks and what gets worse.

use std::collections::BTreeSet;

use model::AssetTag;
use planning::check::campaign::{check, values};
use planning::planner::answer::{Answer, Assignment, Because, Placed};
use planning::planner::campaign::{Campaign, Device, SoundCampaign, Window};
use planning::planner::report::{DeviceReport, Here, Obstacle, WaitsFor, report, why_not};
use planning::planner::{Budget, plan};

use crate::dice::Dice;
use crate::invent;
use crate::tiny::tiny;

const NO_END: Budget = Budget { milliseconds: None, gap_ppm: 0, threads: 1, seed: 1 };

/// What was seen, so that a test in which a sentence never comes up fails.
#[derive(Default)]
struct Seen {
    rules: BTreeSet<String>,
    no_order: u32,
    worse: u32,
    nothing: u32,
    heres: BTreeSet<String>,
    waits: u32,
}

/// One plan of one campaign, and what is said of it.
struct Case<'a> {
    seed: u64,
    campaign: &'a SoundCampaign,
    answer: &'a Answer,
}

impl Case<'_> {
    fn data(&self) -> &Campaign {
        self.campaign.campaign()
    }

    fn device(&self, tag: &AssetTag) -> &Device {
        self.data().devices.iter().find(|device| device.tag == *tag).unwrap()
    }

    fn window(&self, id: &str) -> &Window {
        self.data().windows.iter().find(|window| window.id.as_str() == id).unwrap()
    }

    fn begun(&self, tag: &AssetTag) -> bool {
        self.data().agreed.iter().any(|agreed| agreed.begun && agreed.device == *tag)
    }

    /// The plan with one device elsewhere.
    fn moved(&self, tag: &AssetTag, place: Placed) -> Vec<Assignment> {
        let mut assignments = self.answer.assignments.clone();
        assignments.iter_mut().filter(|one| one.device == *tag).for_each(|one| one.place = place.clone());
        assignments
    }

    /// For each minute of a window: the rules that are broken when the device begins then and nothing else changes.
    fn broken(&self, tag: &AssetTag, window: &Window) -> Vec<BTreeSet<String>> {
        (window.not_before_minute..=window.latest_start_minute)
            .map(|begins_minute| {
                let place = Placed::Window { window: window.id.clone(), begins_minute };
                let breaches = check(self.campaign, &self.moved(tag, place));
                breaches.iter().map(|breach| breach.rule.word().to_owned()).collect()
            })
            .collect()
    }

    /// The windows before the device's own, by the table: of its site or of all, none of what comes later.
    fn earlier(&self, report: &DeviceReport) -> BTreeSet<String> {
        let before = match &report.place {
            Placed::Window { window, .. } => self.window(window.as_str()).not_before_minute,
            Placed::Deferred { .. } => u32::MAX,
        };
        let site = &self.device(&report.device).site;
        let windows = self.data().windows.iter();
        let windows = windows.filter(|w| w.site.as_ref().is_none_or(|of| of == site));
        windows.filter(|w| w.not_before_minute < before).map(|w| w.id.to_string()).collect()
    }

    /// Which goal changes first when the device goes there, and whether for the worse; `None` when none does.
    fn first_change(&self, tag: &AssetTag, window: &Window) -> Option<(String, bool)> {
        let place = Placed::Window { window: window.id.clone(), begins_minute: window.not_before_minute };
        let (now, then) =
            (values(self.campaign, &self.answer.assignments), values(self.campaign, &self.moved(tag, place)));
        let goals = self.data().aims.iter().map(|aim| aim.goal);
        let mut changed = goals.filter(|goal| now[goal] != then[goal]);
        changed.next().map(|goal| (format!("{goal:?}"), then[&goal] > now[&goal]))
    }

    /// Every sentence about one device.
    fn hold(&self, report: &DeviceReport, seen: &mut Seen) {
        let tag = &report.device;
        let said = why_not(self.campaign, self.answer, tag).unwrap();
        let about = format!("seed {}, {tag}: {report:#?}\n{said:?}", self.seed);
        seen.heres.insert(format!("{:?}", report.here).chars().take_while(|c| c.is_alphabetic()).collect());
        if report.here == Here::Begun {
            assert!(self.begun(tag) && report.not_earlier.is_empty(), "{about}");
            return;
        }
        let windows: BTreeSet<String> = said.iter().map(|(window, _)| window.to_string()).collect();
        assert_eq!(windows, self.earlier(report), "each earlier window has its reason: {about}");
        for (window, obstacle) in &said {
            self.hold_obstacle(tag, self.window(window.as_str()), *obstacle, seen, &about);
        }
        let counted: u32 = report.not_earlier.iter().map(|entry| entry.windows).sum();
        assert_eq!(counted as usize, said.len(), "{about}");
        for entry in &report.not_earlier {
            let mut of = said.iter().filter(|(_, obstacle)| *obstacle == entry.obstacle);
            assert_eq!(of.clone().count(), entry.windows as usize, "{about}");
            assert_eq!(of.next_back().map(|(window, _)| window), Some(&entry.last), "{about}");
        }
        self.hold_here(report, &said, &about);
        self.hold_waits(report, seen, &about);
    }

    fn hold_obstacle(&self, tag: &AssetTag, window: &Window, said: Obstacle, seen: &mut Seen, about: &str) {
        let broken = self.broken(tag, window);
        let at = &window.id;
        match said {
            Obstacle::Rule(rule) => {
                let word = serde_json::to_value(rule).unwrap().as_str().unwrap().to_owned();
                assert!(broken.iter().all(|rules| !rules.is_empty()), "{at} would do: {about}");
                // In one minute or another it is this rule that is broken; in others it may be another one first.
                assert!(broken.iter().any(|rules| rules.contains(&word)), "{at}: {broken:?} {about}");
                seen.rules.insert(word);
            }
            Obstacle::NoOrder => {
                assert!(broken.iter().all(|rules| !rules.is_empty()), "{at} would do: {about}");
                seen.no_order += 1;
            }
            Obstacle::Worse(goal) => {
                let first = self.first_change(tag, window);
                assert_eq!(first, Some((format!("{goal:?}"), true)), "{at}: {about}");
                seen.worse += 1;
            }
            Obstacle::Nothing => {
                let first = self.first_change(tag, window);
                assert!(first.is_none_or(|(_, worse)| !worse), "{at}: {about}");
                seen.nothing += 1;
            }
        }
    }

    fn hold_here(&self, report: &DeviceReport, said: &[(model::ids::WindowId, Obstacle)], about: &str) {
        let any = |wanted: fn(&Obstacle) -> bool| said.iter().any(|(_, obstacle)| wanted(obstacle));
        let (nothing, worse) = (any(|o| *o == Obstacle::Nothing), any(|o| matches!(o, Obstacle::Worse(_))));
        let is_placed = matches!(report.place, Placed::Window { .. });
        match report.here {
            Here::Begun => unreachable!("asked before"),
            Here::First => assert!(is_placed && said.is_empty(), "{about}"),
            Here::Earliest => assert!(is_placed && !said.is_empty() && !nothing && !worse, "{about}"),
            Here::Better(goal) => {
                assert!(!nothing && said.iter().any(|(_, o)| *o == Obstacle::Worse(goal)), "{about}");
            }
            Here::NotSought => assert!(nothing, "{about}"),
            Here::Deferred(because) => {
                assert!(!is_placed && !nothing && !worse, "{about}");
                // Were it alone, but for what has begun, would a window do?
                let open = |(window, _): &&(model::ids::WindowId, Obstacle)| {
                    self.alone(&report.device, window.as_str())
                };
                let open: Vec<_> = said.iter().filter(open).collect();
                match because {
                    Because::NoWindow => assert!(open.is_empty(), "{about}"),
                    Because::Waits | Because::NoRoom => assert!(!said.is_empty(), "{about}"),
                }
            }
        }
    }

    /// Would a window take the device, were every other one that has not begun deferred? What only waits for others is let pass.
    fn alone(&self, tag: &AssetTag, window: &str) -> bool {
        let window = self.window(window);
        let mut assignments = self.answer.assignments.clone();
        for one in assignments.iter_mut().filter(|one| one.device != *tag && !self.begun(&one.device)) {
            one.place = Placed::Deferred { because: Because::NoRoom };
        }
        let alone = Answer { assignments, ..self.answer.clone() };
        let case = Case { answer: &alone, ..*self };
        let waits = |rule: &String| ["ring", "precedence"].contains(&rule.as_str());
        case.broken(tag, window).iter().any(|rules| rules.iter().all(waits))
    }

    /// What it waits for, taken away, breaks that rule about this device; what it does not wait for does not.
    fn hold_waits(&self, report: &DeviceReport, seen: &mut Seen, about: &str) {
        let Placed::Window { window, .. } = &report.place else { return };
        let says = |word: &str, assignments: &[Assignment]| {
            let of = |breach: &planning::check::campaign::Breach| {
                breach.rule.word() == word && *breach.about == *report.device.as_str()
            };
            check(self.campaign, assignments).iter().any(of)
        };
        for other in &self.data().devices {
            if other.tag == report.device || self.begun(&other.tag) {
                continue;
            }
            let waits = |waits: &WaitsFor| match waits {
                WaitsFor::Device { device, .. } => *device == other.tag,
                WaitsFor::Ring { .. } => false,
            };
            let deferred = self.moved(&other.tag, Placed::Deferred { because: Because::NoRoom });
            let breaks = says("precedence", &deferred);
            assert_eq!(breaks, report.waits_for.iter().any(waits), "without {}: {about}", other.tag);
            let ring = |waits: &WaitsFor| match waits {
                WaitsFor::Ring { bundle, ring, .. } => other.bundle == *bundle && other.ring == Some(*ring),
                WaitsFor::Device { .. } => false,
            };
            let beside = Placed::Window {
                window: window.clone(),
                begins_minute: self.window(window.as_str()).not_before_minute,
            };
            let breaks = says("ring", &self.moved(&other.tag, beside));
            assert_eq!(breaks, report.waits_for.iter().any(ring), "{} beside it: {about}", other.tag);
            seen.waits += u32::from(breaks);
        }
    }
}

fn look(seed: u64, campaign: &SoundCampaign, seen: &mut Seen) {
    let answer = plan(campaign, NO_END, &mut || 0);
    assert!(check(campaign, &answer.assignments).is_empty(), "seed {seed}");
    let case = Case { seed, campaign, answer: &answer };
    let told = report(campaign, &answer);
    assert_eq!(told.devices.len(), answer.assignments.len());
    told.devices.iter().for_each(|report| case.hold(report, seen));
}

#[test]
fn each_reason_that_a_device_is_not_earlier_is_one_that_the_checker_finds() {
    let mut seen = Seen::default();
    for seed in 0..60 {
        look(seed, &SoundCampaign::new(tiny(seed), "tiny").unwrap(), &mut seen);
    }
    assert!(seen.rules.len() >= 8, "{:?}", seen.rules);
    assert!(seen.worse > 20 && seen.waits > 5, "{} {}", seen.worse, seen.waits);
    let heres: Vec<&str> = seen.heres.iter().map(String::as_str).collect();
    assert!(
        ["Begun", "Better", "Deferred", "Earliest", "First"].iter().all(|here| heres.contains(here)),
        "{heres:?}"
    );
}

#[test]
fn where_minutes_are_scarce_a_full_window_is_full_whatever_the_order_of_its_work() {
    let mut seen = Seen::default();
    let (mut seed, mut looked) = (1_u64 << 41, 0);
    while looked < 60 {
        seed += 1;
        // Of the invented campaigns those that hold together.
        if let Some(campaign) = invent::campaign(&mut Dice(seed)) {
            look(seed, &campaign, &mut seen);
            looked += 1;
        }
    }
    assert!(seen.rules.len() >= 14, "{:?}", seen.rules);
}

#[test]
fn a_device_that_the_plan_does_not_have_has_no_reasons() {
    let campaign = SoundCampaign::new(tiny(3), "tiny").unwrap();
    let answer = plan(&campaign, NO_END, &mut || 0);
    assert_eq!(why_not(&campaign, &answer, &AssetTag::new("D99").unwrap()), None);
}
