//! A night in which anything may happen, in an order that proptest chooses and shrinks.

use std::collections::BTreeMap;

use model::agreement::{SignOff, UnitAnswer};
use model::host::{AvailablePatch, HostObservation, Reading, SignalSource};
use model::ids::*;
use model::order::{OrderWindow, RefusalCode};
use model::patch::RestartNeed;
use model::{AssetTag, Time};
use proptest::prelude::*;
use rollout::Decision;

use crate::hospital::*;
use crate::oracle::{Entry, Record};

pub(crate) const HOSTS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Happening {
    /// So many minutes go by; every host that lives works and reports.
    Minutes(u16),
    /// So many minutes go by; nothing is heard.
    Silence(u16),
    /// Something is done to a host's machine.
    To(usize, Twist),
    Pause,
    Resume,
    Stop {
        emergency: bool,
    },
    /// A unit answers the newest request for a further outage of a host.
    Answer(usize, bool),
    LookedInto(usize),
    RollBack(usize),
    /// The last-but-n observation of a host is delivered once more.
    Old(usize, usize),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Twist {
    Die,
    Revive,
    LieAboutInstalling,
    LieAboutRestarting,
    ArmAnother,
    Refuse(RefusalCode),
    Obey,
    Fail,
    Reboot,
    Pend(SignalSource),
    Unread(SignalSource),
    Miss(SignalSource),
    Clear,
    GoBack,
    ProbeFails(bool),
    Surface(u8),
}

pub(crate) fn happening() -> impl Strategy<Value = Happening> {
    let host = || 0..HOSTS.len();
    let source = || prop::sample::select(&SignalSource::ALL[..]);
    let twist = prop_oneof![
        1 => Just(Twist::Die),
        3 => Just(Twist::Revive),
        1 => Just(Twist::LieAboutInstalling),
        1 => Just(Twist::LieAboutRestarting),
        2 => Just(Twist::ArmAnother),
        1 => prop::sample::select(vec![RefusalCode::VersionsDiffer, RefusalCode::OlderTerm, RefusalCode::DiskFull])
            .prop_map(Twist::Refuse),
        2 => Just(Twist::Obey),
        1 => Just(Twist::Fail),
        1 => Just(Twist::Reboot),
        2 => source().prop_map(Twist::Pend),
        2 => source().prop_map(Twist::Unread),
        2 => source().prop_map(Twist::Miss),
        6 => Just(Twist::Clear),
        1 => Just(Twist::GoBack),
        2 => any::<bool>().prop_map(Twist::ProbeFails),
        1 => (0u8..3).prop_map(Twist::Surface),
    ];
    prop_oneof![
        12 => (1u16..60).prop_map(Happening::Minutes),
        4 => (60u16..600).prop_map(Happening::Minutes),
        2 => (1u16..40).prop_map(Happening::Silence),
        12 => (host(), twist).prop_map(|(host, twist)| Happening::To(host, twist)),
        1 => Just(Happening::Pause),
        2 => Just(Happening::Resume),
        1 => prop::bool::weighted(0.3).prop_map(|emergency| Happening::Stop { emergency }),
        4 => (host(), prop::bool::weighted(0.8)).prop_map(|(host, yes)| Happening::Answer(host, yes)),
        2 => host().prop_map(Happening::LookedInto),
        1 => host().prop_map(Happening::RollBack),
        3 => (host(), 0usize..20).prop_map(|(host, back)| Happening::Old(host, back)),
    ]
}

/// A night with the raw record of each host beside it.
pub(crate) struct Chaos {
    pub(crate) night: Night,
    seen: usize,
}

/// Two rings; two stations that stand in for each other, a station with a fallback, two without.
pub(crate) fn start() -> Chaos {
    let mut wanted = wanted(&HOSTS);
    wanted.plan.patches.push(patch("viewer", RestartNeed::None));
    wanted.plan.rings = vec![ring(3), ring(2)];
    wanted.plan.rings[0].failures_stop = 3;
    wanted.plan.rings[0].at_once_max = 2;
    wanted.plan.rings[1].failures_stop = 3;
    for (item, place) in wanted.plan.items.iter_mut().zip([(1, 1), (1, 1), (1, 1), (1, 2), (2, 1), (2, 2)]) {
        (item.ring, item.wave) = place;
    }
    wanted.plan.items[4].patches = vec![id("viewer", PatchId::new)];
    wanted.topology.services.clear();
    let unit = |name: &str| id(name, UnitId::new);
    wanted.serve(service("pair", &["a", "b"], 1, None), unit("ward-pair"));
    wanted.serve(service("central", &["c"], 1, Some("local")), unit("ward-c"));
    wanted.serve(service("local", &["d"], 1, None), unit("ward-c"));
    wanted.serve(service("alarms", &["e"], 1, None), unit("ward-e"));
    wanted.topology.probes = vec![probe("p-a", "pair", "a"), probe("p-e", "alarms", "e")];
    let mut night = wanted.start();
    for host in HOSTS {
        night.machine(host).seen.packages.insert("viewer".into(), "1".into());
    }
    night.records = Some(BTreeMap::new());
    Chaos { night, seen: 0 }
}

impl Chaos {
    pub(crate) fn happen(&mut self, happening: Happening, check: &mut dyn FnMut(&mut Chaos)) {
        match happening {
            Happening::Minutes(minutes) => {
                // A long time goes by in steps that are just short of what makes evidence too old.
                let step = if minutes > 60 { 4 } else { 1 };
                for _ in 0..minutes / step {
                    self.night.step(i64::from(step) * MINUTE);
                    self.settle(check);
                }
            }
            Happening::Silence(minutes) => {
                self.night.now = self.night.now.plus_seconds(i64::from(minutes) * MINUTE);
            }
            Happening::To(host, twist) => {
                let now = self.night.now;
                twist_machine(self.night.machine(HOSTS[host]), twist, now);
            }
            Happening::Pause => self.night.rollout.paused("a person"),
            Happening::Resume => self.night.rollout.resumed(),
            Happening::Stop { emergency } => {
                self.night.rollout.stopped("a person", emergency, self.night.now)
            }
            Happening::Answer(host, yes) => self.answer(HOSTS[host], yes),
            Happening::LookedInto(host) => {
                let (host, now) = (tag(HOSTS[host]), self.night.now);
                self.night.rollout.looked_into(&host, now);
                self.night.note(&host, Entry::LookedInto);
            }
            Happening::RollBack(host) => self.roll_back(&tag(HOSTS[host])),
            Happening::Old(host, back) => self.old(&tag(HOSTS[host]), back),
        }
        self.night.look();
        self.settle(check);
    }

    fn settle(&mut self, check: &mut dyn FnMut(&mut Chaos)) {
        check(self);
        self.seen = self.night.log.len();
    }

    pub(crate) fn record(&self, host: &AssetTag) -> Option<&Record> {
        self.night.records.as_ref()?.get(host)
    }

    /// What was decided since the last check.
    pub(crate) fn news(&self) -> &[(Time, Decision)] {
        &self.night.log[self.seen..]
    }

    fn answer(&mut self, host: &str, yes: bool) {
        let now = self.night.now;
        let Some((outage, units)) = self.night.asked.get(&tag(host)).cloned() else { return };
        let units = if units.is_empty() { vec![id("engineering", UnitId::new)] } else { units };
        for unit in units {
            let no = UnitAnswer::Refuse { reason: "not tonight".into() };
            let answer = if yes { UnitAnswer::Accept } else { no };
            let sign_off = SignOff { unit, answer, by: id("nurse", AccountId::new), at: now };
            self.night.rollout.outage_answered(&outage, &sign_off, now);
        }
        self.night.answers.push((outage, yes));
    }

    fn roll_back(&mut self, host: &AssetTag) {
        if self.night.rollout.may_roll_back(host) {
            let now = self.night.now;
            let (latest_start, not_after) = (now.plus_seconds(HOUR), now.plus_seconds(2 * HOUR));
            let window = OrderWindow { not_before: now, latest_start, not_after };
            self.night.rollout.roll_back_decided(host, window, now);
            self.night.note(host, Entry::RolledBack);
        }
    }

    fn old(&mut self, host: &AssetTag, back: usize) {
        let seen = |record: &Record| {
            let seen = record.entries.iter().rev().filter_map(|(_, entry)| match entry {
                Entry::Seen(seen) => Some(seen.clone()),
                _ => None,
            });
            seen.into_iter().nth(back)
        };
        if let Some(old) = self.record(host).and_then(seen) {
            let now = self.night.now;
            self.night.rollout.observed(host, &*old, now);
            self.night.note(host, Entry::Seen(old));
        }
    }
}

fn twist_machine(machine: &mut Machine, twist: Twist, now: Time) {
    match twist {
        Twist::Die => machine.dead = true,
        Twist::Revive => machine.dead = false,
        Twist::LieAboutInstalling => machine.lies_about_installing = true,
        Twist::LieAboutRestarting => machine.lies_about_restarting = true,
        Twist::ArmAnother => machine.arms_another = true,
        Twist::Refuse(code) => machine.refuses = Some(code),
        Twist::Obey => {
            machine.refuses = None;
            machine.order_fails = false;
            machine.lies_about_installing = false;
            machine.lies_about_restarting = false;
        }
        Twist::Fail => machine.order_fails = true,
        Twist::Reboot => machine.reboot(now),
        Twist::Pend(source) => machine.pend(source),
        Twist::Unread(source) => drop(machine.seen.signals.insert(source, Reading::Unknown("denied".into()))),
        Twist::Miss(source) => drop(machine.seen.signals.remove(&source)),
        Twist::Clear => clear(&mut machine.seen),
        Twist::GoBack => drop(machine.seen.packages.insert("kernel".into(), "1".into())),
        Twist::ProbeFails(fails) => machine.probe_fails = fails,
        Twist::Surface(n) => machine.seen.available.push(AvailablePatch {
            package: format!("further-{n}").into(),
            from: "1".into(),
            to: "2".into(),
            size_bytes: None,
            origin: "security".into(),
        }),
    }
}

pub(crate) fn clear(seen: &mut HostObservation) {
    seen.signals =
        SignalSource::applicable(seen.system.family).iter().map(|s| (*s, Reading::Clear)).collect();
}
