//! Commands about one night's plan: what the hospital carries, who is patched when, and what checker, timetable, explanation and stacks say.

use model::agreement::PlanFinding;
use model::ids::*;
use model::patch::{DeclaredMinutes, Minutes, PackageVersion, Patch, RestartNeed};
use model::plan::{Cover, Hands, Item, Owner, Plan, Window};
use model::{AssetTag, Time, Topology};
use planning::check::check;
use planning::draft::{Wishes, rings};
use planning::explain::{Here, WaitsFor, explain};
use planning::stack::{change, stacks};
use planning::timetable::timetable;

use super::Said;
use super::sentence::{id, minute, number, sentence};
use crate::hospital::{MINUTE, NOON, kernel, night, service, wards};

pub(super) const COMMANDS: &[&str] = &[
    "service S is carried by HOST.., needs N, for beds BED.. of WARD[, S2 stands in]",
    "patch P installs in N, restarts in N, backs out in N",
    "night W from day N CLOCK to day N CLOCK, begin by CLOCK",
    "hosts HOST..",
    "cover WARD with N people, TASK",
    "draft first W, rest W, soak N minutes, N at once",
    "timetable | check the night | explain HOST | stacks",
];

pub(super) struct NightDesk {
    plan: Plan,
    topology: Topology,
}

impl NightDesk {
    pub(super) fn new() -> NightDesk {
        let mut plan = night();
        plan.rings.truncate(1);
        plan.patches.clear();
        plan.windows.clear();
        plan.items.clear();
        plan.cover.clear();
        let topology = Topology {
            services: Vec::new(),
            beds: Default::default(),
            devices: Default::default(),
            ..wards()
        };
        NightDesk { plan, topology }
    }

    /// `None` for a command that is not about a night.
    pub(super) fn obey(&mut self, line: &str) -> Option<Said> {
        let said = sentence(line);
        let clauses: Vec<&[&str]> = said.clauses.iter().map(Vec::as_slice).collect();
        Some(match (said.head.as_slice(), clauses.as_slice()) {
            (
                ["service", id, "is", "carried", "by", carriers @ ..],
                [["needs", needed], ["for", "beds", rest @ ..], more @ ..],
            ) => self.service(id, carriers, needed, rest, more),
            (
                ["patch", name, "installs", "in", install],
                [["restarts", "in", restart], ["backs", "out", "in", back]],
            ) => self.patch(name, [install, restart, back]),
            (
                ["night", id, "from", "day", day, from, "to", "day", last, to],
                [["begin", "by", "day", latest_day, latest]],
            ) => self.window(id, [(day, from), (latest_day, latest), (last, to)]),
            (["hosts", hosts @ ..], []) => self.hosts(hosts),
            (["cover", unit, "with", people, "people" | "person"], [task]) => {
                self.cover(unit, people, &task.join(" "))
            }
            (
                ["draft", "first", first],
                [["rest", rest], ["soak", soak, "minutes"], [at_once, "at", "once"]],
            ) => self.draft(first, rest, soak, at_once),
            (["check", "the", "night"], []) => Ok(findings(check(&self.plan, &self.topology, NOON))),
            (["timetable"], []) => Ok(self.timetable()),
            (["explain", host], []) => self.explain(host),
            (["stacks"], []) => Ok(self.stacks()),
            _ => return None,
        })
    }

    fn service(
        &mut self,
        name: &str,
        carriers: &[&str],
        needed: &str,
        rest: &[&str],
        more: &[&[&str]],
    ) -> Said {
        let [beds @ .., "of", unit] = rest else { return Err("say for beds 5-01 5-02 of ward-5".to_owned()) };
        let fallback = match more {
            [] => None,
            [[other, "stands", "in"]] => Some(*other),
            _ => return Err("behind the beds comes nothing, or S2 stands in".to_owned()),
        };
        for bed in beds {
            self.topology.beds.insert(id(BedId::new(bed))?, id(UnitId::new(unit))?);
        }
        let needed = u16::try_from(number(needed)?).map_err(|error| error.to_string())?;
        self.topology.services.push(service(name, beds, carriers, needed, fallback));
        Ok(Vec::new())
    }

    fn patch(&mut self, name: &str, minutes: [&str; 3]) -> Said {
        let half = |text: &str| number(text).map(|p90| Minutes { p50: p90.div_ceil(2), p90 });
        let [install, restart, back_out] = minutes.map(half);
        let (install, restart, back_out) = (install?, restart?, back_out?);
        let patch = Patch {
            id: id(PatchId::new(name))?,
            title: name.into(),
            packages: vec![PackageVersion { package: name.into(), version: "2".into() }],
            restart: if restart.p90 > 0 { RestartNeed::Host } else { RestartNeed::None },
            declared: DeclaredMinutes { install, restart, back_out },
            ..kernel()
        };
        self.plan.items.iter_mut().for_each(|item| item.patches.push(patch.id.clone()));
        self.plan.patches.push(patch);
        Ok(Vec::new())
    }

    /// A window of the same name takes the place of the one before.
    fn window(&mut self, name: &str, times: [(&str, &str); 3]) -> Said {
        let [opens, latest, closes] = times.map(|(day, clock)| minute(day, clock));
        let at = |minute: u32| Time(i64::from(minute) * MINUTE);
        let window = Window {
            id: id(WindowId::new(name))?,
            not_before: at(opens?),
            latest_start: at(latest?),
            not_after: at(closes?),
        };
        self.plan.windows.retain(|known| known.id != window.id);
        self.plan.windows.push(window);
        Ok(Vec::new())
    }

    fn hosts(&mut self, hosts: &[&str]) -> Said {
        let patches: Vec<PatchId> = self.plan.patches.iter().map(|patch| patch.id.clone()).collect();
        self.plan.items.clear();
        for host in hosts {
            let host = id(AssetTag::new(host))?;
            let device = wards().devices.into_values().next().ok_or("no device to copy")?;
            self.topology.devices.insert(host.clone(), device);
            let patches = patches.clone();
            self.plan.items.push(Item {
                host,
                patches,
                ring: 1,
                wave: 1,
                by: Hands::Agent,
                owner: Owner::It,
            });
        }
        self.plan.rings[0].success_min = u32::try_from(hosts.len()).map_err(|error| error.to_string())?;
        Ok(Vec::new())
    }

    fn cover(&mut self, unit: &str, people: &str, task: &str) -> Said {
        let people = u16::try_from(number(people)?).map_err(|error| error.to_string())?;
        self.plan.cover.push(Cover { unit: id(UnitId::new(unit))?, people, task: task.into() });
        Ok(Vec::new())
    }

    fn draft(&mut self, first: &str, rest: &str, soak: &str, at_once: &str) -> Said {
        let wishes = Wishes {
            first_window: id(WindowId::new(first))?,
            rest_window: id(WindowId::new(rest))?,
            soak_minutes: number(soak)?,
            at_once_max: number(at_once)?,
        };
        self.plan = rings(self.plan.clone(), &self.topology, &wishes);
        let line = |item: &Item| format!("ring {} wave {}: {}", item.ring, item.wave, item.host);
        Ok(self.plan.items.iter().map(line).collect())
    }

    fn timetable(&self) -> Vec<String> {
        let slots = timetable(&self.plan).slots;
        let line = |slot: &planning::timetable::Slot| {
            let (p50, p90) = (slot.p50, slot.p90);
            let dark = if p50.dark < p50.ends {
                format!("dark {} to {}", clock(p50.dark), clock(p50.ends))
            } else {
                format!("never dark, over {}", clock(p50.ends))
            };
            format!(
                "{}: begins {}, {dark}; at the latest over {}",
                slot.host,
                clock(p50.begins),
                clock(p90.ends)
            )
        };
        slots.iter().map(line).collect()
    }

    fn stacks(&self) -> Vec<String> {
        let found = stacks(&[change(&self.plan, &self.topology)], 0);
        if found.is_empty() {
            return vec!["nothing stacks".to_owned()];
        }
        found.iter().map(|stack| format!("{}: {:?}", stack.service, stack.layers)).collect()
    }

    fn explain(&self, host: &str) -> Said {
        let Some(known) = explain(&self.plan, &self.topology, &id(AssetTag::new(host))?, NOON) else {
            return Ok(vec!["it is not in the plan".to_owned()]);
        };
        let mut lines = vec![format!(
            "ring {} of {}, wave {} of {}",
            known.ring.0, known.ring.1, known.wave.0, known.wave.1
        )];
        lines.extend(known.here.iter().map(here));
        lines.extend(known.waits.iter().map(waits));
        lines.extend(known.dark.iter().map(|dark| {
            let stands_in =
                dark.fallback.as_ref().map_or("nothing stands in".to_owned(), |id| format!("{id} stands in"));
            let beds = if dark.beds == 1 { "1 bed of" } else { &format!("{} beds of", dark.beds) };
            format!("dark by it: {beds} {}; {stands_in}", dark.service)
        }));
        if let Some(times) = known.declared {
            lines.push(format!(
                "begins {}, at the latest over {}",
                clock(times.begins.0),
                clock(times.ends.1)
            ));
        }
        lines.extend(findings(known.findings));
        Ok(lines)
    }
}

fn here(here: &Here) -> String {
    match here {
        Here::FirstWave => "the first wave of its ring".to_owned(),
        Here::Spare { wave, service, spare, hosts, .. } => {
            let hosts: Vec<&str> = hosts.iter().map(AssetTag::as_str).collect();
            format!("not in wave {wave}: {service} can spare {spare}, and {} is there", hosts.join(" "))
        }
        Here::StandsIn { wave, service, other } => {
            format!("not in wave {wave}: of {service} and {other} one stands in for the other")
        }
        Here::Chosen { wave } => format!("not in wave {wave}: somebody chose so"),
    }
}

fn waits(waits: &WaitsFor) -> String {
    match waits {
        WaitsFor::Window { window, opens } => format!("waits for window {window}, {}", clock(*opens)),
        WaitsFor::Ring { ring, wanted, hosts, soak_minutes } => {
            format!("waits for ring {ring}: {wanted} of {hosts} well for {soak_minutes} min")
        }
        WaitsFor::Wave { wave, hosts } => format!("waits for wave {wave} and its {hosts} hosts"),
        WaitsFor::Place { at_once_max, before } => {
            format!("waits for one of {at_once_max} places, behind {before}")
        }
    }
}

fn findings(findings: Vec<PlanFinding>) -> Vec<String> {
    if findings.is_empty() {
        return vec!["the checker has nothing against it".to_owned()];
    }
    let line = |finding: &PlanFinding| {
        let word = if finding.blocks { "blocks" } else { "remark" };
        format!("{word} {}: {}", finding.rule, finding.says)
    };
    findings.iter().map(line).collect()
}

/// Day and clock, as the scripts write them.
fn clock(at: Time) -> String {
    let minutes = at.0 / MINUTE;
    format!("day {} {:02}:{:02}", minutes / 1_440 + 1, minutes / 60 % 24, minutes % 60)
}
