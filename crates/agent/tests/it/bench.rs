//! An invented host and an invented server around the real machine. What must be on disk is in `log`; a cut of the power
//! takes everything else.

use std::collections::{BTreeMap, VecDeque};

use agent::core::{Agent, Effect, Ended, Found, Identity, Input, Memory, Now, Record, Way};
use model::hash::PlanHash;
use model::host::{
    Boot, HostObservation, HostReport, Power, Reading, Resources, SignalSource, SystemFamily, SystemVersion,
};
use model::ids::OrderId;
use model::order::{Action, Expected, Order, OrderEvent, OrderStep, OrderWindow, RefusalCode};
use model::patch::PackageVersion;
use model::{AssetTag, Time};
use wire::{CheckIn, CheckInAnswer, Item, OrderSigner, SignedOrder};

pub(crate) const MINUTE: i64 = 60_000_000;

/// What is true of the host, whatever the agent knows.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) boot: u32,
    pub(crate) packages: BTreeMap<Box<str>, Option<Box<str>>>,
    pub(crate) service_run: u32,
    pub(crate) power: Power,
    pub(crate) disk_free_bytes: u64,
    pub(crate) cannot: Option<Box<str>>,
    /// How often the package system was asked to change something, and the host to restart.
    pub(crate) installs: u32,
    pub(crate) restarts: u32,
    pub(crate) service_restarts: u32,
}

pub(crate) struct Bench {
    pub(crate) agent: Agent,
    pub(crate) host: Host,
    /// What is on disk.
    pub(crate) log: Vec<Record>,
    /// After so many records the power fails: what follows is not done.
    pub(crate) cut_after: Option<usize>,
    pub(crate) up_ms: u64,
    /// The host's clock minus the server's, in µs.
    pub(crate) skew_us: i64,
    pub(crate) server: Server,
    todo: VecDeque<Effect>,
    pub(crate) said: Vec<String>,
}

/// The other side: takes each number once.
#[derive(Default)]
pub(crate) struct Server {
    pub(crate) reachable: bool,
    pub(crate) taken: u64,
    pub(crate) events: Vec<OrderEvent>,
    pub(crate) reports: Vec<HostReport>,
    pub(crate) orders: Vec<SignedOrder>,
    pub(crate) want_full: bool,
    /// Its answers are lost on the way: it has taken what was delivered, and the host does not know.
    pub(crate) answers_lost: u32,
    pub(crate) check_ins: Vec<CheckIn>,
}

pub(crate) fn site() -> OrderSigner {
    OrderSigner::from_seed(&[9; 32])
}

pub(crate) fn tag(text: &str) -> AssetTag {
    AssetTag::new(text).unwrap()
}

impl Bench {
    pub(crate) fn new() -> Bench {
        let packages =
            BTreeMap::from([("viewer".into(), Some("1.0".into())), ("codec".into(), Some("1.0".into()))]);
        let host = Host {
            boot: 1,
            packages,
            service_run: 1,
            power: Power::Mains,
            disk_free_bytes: 8 << 30,
            cannot: None,
            installs: 0,
            restarts: 0,
            service_restarts: 0,
        };
        let mut bench = Bench {
            agent: Agent::new(identity(), Memory::default(), 300),
            host,
            log: Vec::new(),
            cut_after: None,
            up_ms: 1_000,
            skew_us: 0,
            server: Server { reachable: true, ..Server::default() },
            todo: VecDeque::new(),
            said: Vec::new(),
        };
        bench.start();
        bench
    }

    /// The server's clock.
    pub(crate) fn time(&self) -> Time {
        Time(1_000_000_000_000 + self.up_ms as i64 * 1_000)
    }

    fn now(&self) -> Now {
        Now { clock: Time(self.time().0 + self.skew_us), up_ms: self.up_ms }
    }

    fn start(&mut self) {
        self.todo.clear();
        self.agent = Agent::new(identity(), Memory::replay(self.log.clone()), 300);
        let boot = self.boot();
        self.input(Input::Started { boot });
    }

    /// The program is killed and started again.
    pub(crate) fn kill(&mut self) {
        self.cut_after = None;
        self.start();
    }

    /// The power fails, and comes back.
    pub(crate) fn power_loss(&mut self) {
        self.host.boot += 1;
        self.host.service_run += 1;
        self.kill();
    }

    pub(crate) fn boot(&self) -> Box<str> {
        format!("boot-{}", self.host.boot).into()
    }

    pub(crate) fn input(&mut self, input: Input) {
        let effects = self.agent.handle(input, self.now());
        self.todo.extend(effects);
    }

    /// Carries everything out, moving time on, until `done` or an hour has passed. False when the power failed.
    pub(crate) fn run_until(&mut self, done: impl Fn(&Bench) -> bool) -> bool {
        let end_ms = self.up_ms + 3_600_000;
        while self.up_ms < end_ms && !done(self) {
            if let Some(effect) = self.todo.pop_front() {
                if !self.carry_out(effect) {
                    return false;
                }
                let memory = Memory::replay(self.log.clone());
                let behind = self.todo.iter().any(|effect| matches!(effect, Effect::Keep(_)));
                assert!(behind || memory == *self.agent.memory(), "the disk tells what the agent knows");
                continue;
            }
            self.up_ms = self.agent.wake_at_ms().max(self.up_ms + 10);
            self.input(Input::Tick);
        }
        true
    }

    pub(crate) fn run_minutes(&mut self, minutes: u64) -> bool {
        let until = self.up_ms + minutes * 60_000;
        self.run_until(|bench| bench.up_ms >= until)
    }

    /// False when the power fails with it.
    fn carry_out(&mut self, effect: Effect) -> bool {
        match effect {
            Effect::Keep(record) => {
                self.log.push(record);
                if self.cut_after.is_some_and(|after| self.log.len() >= after) {
                    self.cut_after = None;
                    return false;
                }
            }
            Effect::Observe => {
                let observation = Box::new(self.observation());
                self.input(Input::Observed(observation));
            }
            Effect::Look(order) => {
                let found = Box::new(self.found());
                self.input(Input::Looked { order: order.id.clone(), found });
            }
            Effect::Act { order, action } => return self.act(order, action),
            Effect::CheckIn { way, message } => self.check_in(way, message),
            Effect::Probes(_) => {}
            Effect::Say(says) => self.said.push(says),
        }
        true
    }

    /// False: the host restarts, and the program with it.
    fn act(&mut self, order: OrderId, action: Action) -> bool {
        match &action {
            Action::Install(packages) => {
                self.host.installs += 1;
                for wanted in packages {
                    self.host.packages.insert(wanted.package.clone(), Some(wanted.version.clone()));
                }
            }
            Action::RollBack(packages) => {
                self.host.installs += 1;
                self.host.packages.extend(packages.clone());
            }
            Action::RestartServices(_) => {
                self.host.service_restarts += 1;
                self.host.service_run += 1;
            }
            Action::RestartHost => {
                self.host.restarts += 1;
                self.power_loss();
                return true;
            }
            Action::Download(_) | Action::Probe(_) => {}
        }
        self.input(Input::Finished {
            order,
            how: Ended::Done { says: "ok".into(), probes: BTreeMap::new() },
        });
        true
    }

    fn check_in(&mut self, way: Way, message: CheckIn) {
        self.server.check_ins.push(message.clone());
        if !self.server.reachable {
            return self.input(Input::Unreached { way, why: "no route".into(), dice: u32::MAX / 2 });
        }
        wire::write(&message).unwrap();
        for numbered in &message.numbered {
            if numbered.number <= self.server.taken {
                continue;
            }
            self.server.taken = numbered.number;
            match &numbered.item {
                Item::Report(report) => self.server.reports.push(report.clone()),
                Item::Order(event) => self.server.events.push(event.clone()),
            }
        }
        if self.server.answers_lost > 0 {
            self.server.answers_lost -= 1;
            return self.input(Input::Unreached { way, why: "connection lost".into(), dice: 0 });
        }
        let answer = CheckInAnswer {
            server_now: self.time(),
            acked: self.server.taken,
            want_full: std::mem::take(&mut self.server.want_full),
            orders: std::mem::take(&mut self.server.orders),
            probes: None,
            check_in_seconds: 60,
        };
        self.input(Input::Answered { way, answer: Box::new(answer) });
    }

    pub(crate) fn found(&self) -> Found {
        Found {
            boot: self.boot(),
            packages: self.host.packages.clone(),
            services: BTreeMap::from([(
                "viewer".into(),
                Some(format!("run-{}", self.host.service_run).into()),
            )]),
            disk_free_bytes: Some(self.host.disk_free_bytes),
            power: self.host.power,
            cannot: self.host.cannot.clone(),
        }
    }

    pub(crate) fn observation(&self) -> HostObservation {
        HostObservation {
            observed_at: self.now().clock,
            boot: Boot { id: self.boot(), began_at: Time(1) },
            system: SystemVersion {
                family: SystemFamily::Debian,
                name: "Debian GNU/Linux 12 (bookworm)".into(),
                kernel_running: "6.1.0-25".into(),
                kernel_installed: Some("6.1.0-25".into()),
            },
            packages: self
                .host
                .packages
                .clone()
                .into_iter()
                .filter_map(|(name, version)| Some((name, version?)))
                .collect(),
            available: Vec::new(),
            signals: BTreeMap::from([(SignalSource::Kernel, Reading::Clear)]),
            probes: BTreeMap::new(),
            resources: Resources {
                disk_free_bytes: Some(1 << 30),
                power: self.host.power,
                clock_offset_ms: None,
            },
        }
    }

    /// An order that holds for an hour.
    pub(crate) fn order(&self, sequence: u64, action: Action) -> Order {
        let now = self.time().0;
        Order {
            id: OrderId::new(&format!("O-{sequence}")).unwrap(),
            host: tag("CM-07"),
            plan: PlanHash([1; 32]),
            term: 1,
            sequence,
            window: OrderWindow {
                not_before: Time(now - MINUTE),
                latest_start: Time(now + 30 * MINUTE),
                not_after: Time(now + 60 * MINUTE),
            },
            expects: Expected::default(),
            action,
        }
    }

    pub(crate) fn send(&mut self, order: &Order) {
        self.server.orders.push(site().sign(order).unwrap());
    }

    /// What the server heard of an order, as words.
    pub(crate) fn heard(&self, order: &str) -> Vec<&'static str> {
        let of_it = self.server.events.iter().filter(|event| event.order.as_str() == order);
        of_it
            .map(|event| match &event.what {
                OrderStep::Refused { code, .. } => code.word(),
                OrderStep::Accepted => "accepted",
                OrderStep::Begun => "begun",
                OrderStep::Done { .. } => "done",
                OrderStep::Failed { .. } => "failed",
            })
            .collect()
    }

    /// The order's beginning is on disk, and nothing of it is done.
    pub(crate) fn has_begun(&self) -> bool {
        self.log.iter().any(|record| matches!(record, Record::Begun { .. }))
    }

    pub(crate) fn ended(&self, order: &str) -> bool {
        self.heard(order).iter().any(|word| ["done", "failed"].contains(word))
    }

    /// The one refusal of an order: code and sentence.
    pub(crate) fn refusal(&self, order: &str) -> (RefusalCode, String) {
        let refusals: Vec<_> =
            self.server.events.iter().filter(|event| event.order.as_str() == order).collect();
        match &refusals[..] {
            [OrderEvent { what: OrderStep::Refused { code, says }, .. }] => (*code, says.to_string()),
            other => panic!("one refusal, and not {other:?}"),
        }
    }
}

fn identity() -> Identity {
    Identity { host: tag("CM-07"), site: site().key() }
}

pub(crate) fn install(version: &str) -> Action {
    let of = |package: &str| PackageVersion { package: package.into(), version: version.into() };
    Action::Install(vec![of("codec"), of("viewer")])
}
