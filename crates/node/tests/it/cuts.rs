//! A whole night in which the server is killed after each entry of the journal in turn, at the instant at which the entry is
//! durable and nobody has heard of it. The agents are the real machine, hosts and time are invented. However it goes: each patch is
//! installed once, each restart happens once, and in the end everything is proven.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use agent::core::{Agent, Effect, Ended, Found, Identity, Input, Memory, Now, Record, Way};
use hospital::Command;
use hospital::fact::night::{CertificateIssued, Heard, HeardItem};
use hospital::night::records::CLINICAL_ENGINEERING;
use journal::{Journal, Location, open};
use model::agreement::UnitAnswer;
use model::host::{
    AvailablePatch, Boot, HostObservation, PendingRestart, Power, Reading, Resources, RestartOf,
    SignalSource, SystemFamily, SystemVersion,
};
use model::ids::{AccountId, NodeId, OrderId, OutageId, UnitId};
use model::order::{Action, OrderWindow};
use model::people::Role;
use model::plan::Plan;
use model::{AssetTag, PlanHash, Time};
use node::drive::{Driven, Driver};
use node::{CommandError, Node};
use rollout::Verdict;
use serde_json::json;
use wire::{CheckIn, CheckInAnswer, Item, OrderSigner};

use crate::{list, node};

const EVENING: Time = Time(1_792_875_600_000_000);
/// Time between two looks at everything.
const STEP_MS: u64 = 5_000;
/// Time between two looks of an agent at its host, and between two check-ins.
const OBSERVE_SECONDS: u32 = 30;
/// A night that is not over by then never ends.
const NIGHT_MAX_MS: u64 = 3 * 3_600_000;
/// The second restart shows up so long after the first.
const SECOND_AFTER_MS: u64 = 45_000;
const STATION: &str = "STATION-4";
const RELAY: &str = "RELAY-4";

fn signer() -> OrderSigner {
    OrderSigner::from_seed(&[5; 32])
}

fn tag(host: &str) -> AssetTag {
    AssetTag::new(host).unwrap()
}

fn account(name: &str) -> AccountId {
    AccountId::new(name).unwrap()
}

/// The server died: whoever asked gets no answer.
struct Died;

/// A host with the real agent on it.
struct Host {
    tag: AssetTag,
    agent: Agent,
    /// What is on its disk of the agent.
    log: Vec<Record>,
    todo: VecDeque<Effect>,
    packages: BTreeMap<Box<str>, Box<str>>,
    boots: u32,
    service_runs: u32,
    pending: bool,
    arms_at_ms: Option<u64>,
    old_service: bool,
    installs: Vec<String>,
    restarts: u32,
    service_restarts: u32,
}

impl Host {
    fn new(name: &str, packages: &[&str]) -> Host {
        let identity = Identity { host: tag(name), site: signer().key() };
        Host {
            tag: tag(name),
            agent: Agent::new(identity, Memory::default(), OBSERVE_SECONDS),
            log: Vec::new(),
            todo: VecDeque::new(),
            packages: packages.iter().map(|package| ((*package).into(), "1.0".into())).collect(),
            boots: 1,
            service_runs: 1,
            pending: false,
            arms_at_ms: None,
            old_service: false,
            installs: Vec::new(),
            restarts: 0,
            service_restarts: 0,
        }
    }

    fn boot(&self) -> Box<str> {
        format!("boot-{}", self.boots).into()
    }

    fn input(&mut self, input: Input, now: Now) {
        self.todo.extend(self.agent.handle(input, now));
    }

    /// The agent starts from what is on disk.
    fn start(&mut self, now: Now) {
        let identity = Identity { host: self.tag.clone(), site: signer().key() };
        self.todo.clear();
        self.agent = Agent::new(identity, Memory::replay(self.log.clone()), OBSERVE_SECONDS);
        let boot = self.boot();
        self.input(Input::Started { boot }, now);
    }

    fn act(&mut self, order: OrderId, action: &Action, now: Now) {
        match action {
            Action::Install(packages) => {
                for wanted in packages {
                    self.installs.push(format!("{}={}", wanted.package, wanted.version));
                    self.packages.insert(wanted.package.clone(), wanted.version.clone());
                    self.pending |= &*wanted.package == "station-base";
                    self.old_service |= &*wanted.package == "alarm-relay";
                }
            }
            Action::RestartServices(_) => {
                self.service_restarts += 1;
                self.service_runs += 1;
                self.old_service = false;
            }
            Action::RestartHost => {
                self.restarts += 1;
                self.boots += 1;
                self.service_runs += 1;
                (self.pending, self.old_service) = (false, false);
                self.arms_at_ms = (self.restarts == 1).then_some(now.up_ms + SECOND_AFTER_MS);
                return self.start(now);
            }
            Action::Download(_) | Action::Probe(_) => {}
            Action::RollBack(_) => panic!("nobody wants to go back"),
        }
        let how = Ended::Done { says: "ok".into(), probes: BTreeMap::new() };
        self.input(Input::Finished { order, how }, now);
    }

    fn found(&self) -> Found {
        let packages = self.packages.iter().map(|(name, version)| (name.clone(), Some(version.clone())));
        let run: Box<str> = format!("run-{}", self.service_runs).into();
        Found {
            boot: self.boot(),
            packages: packages.collect(),
            services: BTreeMap::from([("alarm-relay.service".into(), Some(run))]),
            disk_free_bytes: Some(8 << 30),
            power: Power::Mains,
            cannot: None,
        }
    }

    fn observation(&self, now: Now) -> HostObservation {
        let reading = |pending: bool, of: RestartOf| match pending {
            true => Reading::Pending(PendingRestart { of, reason: "old code".into() }),
            false => Reading::Clear,
        };
        let services = || RestartOf::Services(vec!["alarm-relay.service".into()]);
        let old = self.packages.iter().filter(|(_, version)| &***version != "2.0");
        let offered = old.map(|(name, version)| AvailablePatch {
            package: name.clone(),
            from: version.clone(),
            to: "2.0".into(),
            size_bytes: None,
            origin: "Clinic".into(),
        });
        HostObservation {
            observed_at: now.clock,
            boot: Boot { id: self.boot(), began_at: Time(1) },
            system: SystemVersion {
                family: SystemFamily::Debian,
                name: "Debian GNU/Linux 12 (bookworm)".into(),
                kernel_running: "6.1.0-25".into(),
                kernel_installed: Some("6.1.0-25".into()),
            },
            packages: self.packages.clone(),
            available: offered.collect(),
            signals: BTreeMap::from([
                (SignalSource::RebootRequired, reading(self.pending, RestartOf::Host)),
                (SignalSource::NeedrestartKernel, Reading::Clear),
                (SignalSource::NeedrestartServices, reading(self.old_service, services())),
                (SignalSource::Kernel, Reading::Clear),
                (SignalSource::DeletedLibraries, Reading::Clear),
                (SignalSource::PackageSystem, Reading::Clear),
            ]),
            probes: BTreeMap::new(),
            resources: Resources {
                disk_free_bytes: Some(8 << 30),
                power: Power::Mains,
                clock_offset_ms: None,
            },
        }
    }
}

/// A site whose server may be killed, and comes back from its journal.
struct Site {
    journal: Arc<dyn Journal>,
    node: Arc<Node>,
    driver: Driver,
    starts: u32,
    /// Entries that may still become durable before the server dies.
    left: Option<u64>,
    /// It dies again and again, after so many entries each time.
    again: Option<u64>,
    /// An agent dies with the server.
    agents_too: bool,
    up_ms: u64,
}

impl Site {
    fn now(&self) -> Now {
        Now { clock: self.time(), up_ms: self.up_ms }
    }

    fn time(&self) -> Time {
        Time(EVENING.0 + self.up_ms as i64 * 1_000)
    }

    /// After so many new entries: is it dead now?
    fn outlives(&mut self, before: u64) -> bool {
        let new = self.node.version() - before;
        let Some(left) = self.left.as_mut().filter(|_| new > 0) else { return true };
        *left = left.saturating_sub(new);
        *left > 0
    }

    async fn die(&mut self) -> Died {
        self.left = self.again;
        self.starts += 1;
        self.node = node(&self.journal).await;
        self.driver = Driver::new(NodeId::new(&format!("server-{}", self.starts)).unwrap());
        Died
    }

    async fn command(&mut self, command: Command) -> Result<(), Died> {
        let before = self.node.version();
        match self.node.command(command, "test", self.time()).await {
            Ok(_) => {}
            Err(CommandError::Refused(refusal)) => panic!("{refusal}"),
            Err(other) => panic!("{other}"),
        }
        if self.outlives(before) { Ok(()) } else { Err(self.die().await) }
    }

    async fn drive(&mut self) -> Result<(), Died> {
        loop {
            let (before, now) = (self.node.version(), self.time());
            let driven = self.driver.step(&self.node, now).await.unwrap();
            if !self.outlives(before) {
                return Err(self.die().await);
            }
            if !matches!(driven, Driven::Facts(_)) {
                return Ok(());
            }
        }
    }

    /// What the gateway does with a check-in.
    async fn check_in(&mut self, host: &AssetTag, message: CheckIn) -> Result<CheckInAnswer, Died> {
        if let Some(last) = message.numbered.last() {
            let number = last.number;
            let heard = |item| match item {
                Item::Report(report) => HeardItem::Report(report),
                Item::Order(event) => HeardItem::Order(event),
            };
            let items = message.numbered.into_iter().map(|numbered| heard(numbered.item)).collect();
            self.command(Command::Hear(vec![Heard { host: host.clone(), number, items }])).await?;
        }
        let now = self.time();
        Ok(self.node.read(|state| {
            let night = state.night();
            let view = night.host(host).unwrap();
            let orders = night.orders_due(host, message.order_seen, now);
            CheckInAnswer {
                server_now: now,
                acked: view.number(),
                want_full: view.wants_full(),
                orders: orders.into_iter().map(|order| signer().sign(order).unwrap()).collect(),
                probes: None,
                check_in_seconds: OBSERVE_SECONDS,
            }
        }))
    }

    async fn live(&mut self, host: &mut Host) -> Result<(), Died> {
        if host.arms_at_ms.is_some_and(|at| self.up_ms >= at) {
            host.arms_at_ms = None;
            host.pending = true;
        }
        let now = self.now();
        host.input(Input::Tick, now);
        while let Some(effect) = host.todo.pop_front() {
            match effect {
                Effect::Keep(record) => host.log.push(record),
                Effect::Observe => {
                    let observation = Box::new(host.observation(now));
                    host.input(Input::Observed(observation), now);
                }
                Effect::Look(order) => {
                    let found = Box::new(host.found());
                    host.input(Input::Looked { order: order.id.clone(), found }, now);
                }
                Effect::Act { order, action } => host.act(order, &action, now),
                Effect::CheckIn { way, message } => match self.check_in(&host.tag, message).await {
                    Ok(answer) => host.input(Input::Answered { way, answer: Box::new(answer) }, now),
                    Err(died) => {
                        self.lost(host, way, now);
                        return Err(died);
                    }
                },
                Effect::Probes(_) | Effect::Say(_) => {}
            }
        }
        Ok(())
    }

    fn lost(&self, host: &mut Host, way: Way, now: Now) {
        if self.agents_too {
            host.start(now);
        } else {
            host.input(Input::Unreached { way, why: "connection lost".into(), dice: 0 }, now);
        }
    }

    /// People agree to a further outage, and that it may be now.
    async fn answer(&mut self) -> Result<(), Died> {
        let unit = UnitId::new(CLINICAL_ENGINEERING).unwrap();
        let asked: Option<(OutageId, bool)> = self.node.read(|state| {
            let open = state.night().outages().iter().find(|(_, outage)| !outage.is_agreed());
            open.map(|(id, outage)| (id.clone(), outage.moved.is_empty()))
        });
        let Some((outage, moves)) = asked else { return Ok(()) };
        let at = |minutes: i64| self.time().plus_seconds(minutes * 60);
        if moves {
            let window = OrderWindow { not_before: at(0), latest_start: at(60), not_after: at(120) };
            self.command(Command::MoveOutage { outage: outage.clone(), window, by: account("erik") }).await?;
        }
        let answer = UnitAnswer::Accept;
        self.command(Command::AnswerOutage { outage, unit, answer, by: account("erik") }).await
    }

    fn verdict(&self, plan: &PlanHash, host: &str) -> Verdict {
        let standings = self.node.read(|state| state.night().standings(plan, self.time()));
        standings.into_iter().find(|standing| standing.host == tag(host)).unwrap().verdict
    }
}

fn plan() -> Plan {
    let at = |minutes: i64| EVENING.plus_seconds(minutes * 60);
    let patch = |package: &str, restart: serde_json::Value, minutes: u32| {
        let some = json!({"p50": 2, "p90": 4});
        json!({"id": package, "title": package, "packages": [{"package": package, "version": "2.0"}], "restart": restart,
            "declared": {"install": some, "restart": {"p50": minutes, "p90": minutes}, "back_out": some}})
    };
    let item = |host: &str, package: &str| json!({"host": host, "patches": ["ward-fonts", package], "ring": 1, "wave": 1, "by": "agent", "owner": "it"});
    serde_json::from_value(json!({
        "id": "november", "title": "Ward 4 to 2.0", "requester": "anna", "contingency": "call 5511",
        "patches": [patch("ward-fonts", json!("none"), 0), patch("station-base", json!("host"), 4),
            patch("alarm-relay", json!({"services": ["alarm-relay.service"]}), 2)],
        "windows": [{"id": "night", "not_before": at(0), "latest_start": at(120), "not_after": at(240)}],
        "rings": [{"title": "ward 4", "window": "night", "success_min": 2, "failures_stop": 1, "soak_minutes": 0, "at_once_max": 2}],
        "items": [item(STATION, "station-base"), item(RELAY, "alarm-relay")],
        "proof": {"quiet_minutes": 2, "morning_minute": null, "offsets": [{"from": 0, "seconds": 0}],
            "evidence_age_max_seconds": 300, "stalled_after_tenths": 20},
    }))
    .unwrap()
}

/// Hosts enrolled, plan approved by two and started; the server lives.
async fn evening() -> (Site, [Host; 2], PlanHash) {
    let journal: Arc<dyn Journal> = open(&Location::Memory).await.unwrap();
    let first = node(&journal).await;
    let driver = Driver::new(NodeId::new("server-0").unwrap());
    let mut site = Site {
        journal,
        node: first,
        driver,
        starts: 0,
        left: None,
        again: None,
        agents_too: false,
        up_ms: 1_000,
    };
    let mut hosts = [
        Host::new(STATION, &["ward-fonts", "station-base"]),
        Host::new(RELAY, &["ward-fonts", "alarm-relay"]),
    ];
    let mut commands = vec![list([STATION.to_owned(), RELAY.to_owned()])];
    commands.extend(["anna", "erik", "lars"].map(|name| Command::OpenAccount {
        account: account(name),
        role: Role::Engineer,
        password_hash: "x".into(),
        must_change: false,
    }));
    for host in &hosts {
        let (host, token): (_, Box<str>) = (host.tag.clone(), format!("token of {}", host.tag).into());
        commands.push(Command::OfferEnrolment {
            host: host.clone(),
            token_sha256: token.clone(),
            expires: EVENING.plus_seconds(3_600),
        });
        commands.push(Command::IssueCertificate(CertificateIssued {
            key_sha256: format!("key of {host}").into(),
            serial: format!("serial of {host}").into(),
            host,
            expires: EVENING.plus_seconds(86_400),
            token_sha256: Some(token),
        }));
    }
    for command in commands {
        assert!(site.command(command).await.is_ok());
    }
    for host in &mut hosts {
        host.start(site.now());
        assert!(site.live(host).await.is_ok());
    }
    let hash = plan().hash();
    let agreed = [
        Command::DraftPlan(Box::new(plan())),
        Command::ApprovePlan { plan: hash, by: account("erik") },
        Command::ApprovePlan { plan: hash, by: account("lars") },
        Command::StartRollout { plan: hash, by: account("erik") },
    ];
    for command in agreed {
        assert!(site.command(command).await.is_ok());
    }
    (site, hosts, hash)
}

/// Lives through the night; how many entries it has.
async fn night(left: Option<u64>, again: Option<u64>, agents_too: bool) -> u64 {
    let case = format!("killed after entry {left:?}, again after {again:?}, agents too: {agents_too}");
    let (mut site, mut hosts, plan) = evening().await;
    let before = site.node.version();
    (site.left, site.again, site.agents_too) = (left, again, agents_too);
    loop {
        let mut died = site.drive().await.is_err();
        for host in &mut hosts {
            died |= site.live(host).await.is_err();
        }
        died |= site.answer().await.is_err();
        if died && site.agents_too {
            let now = site.now();
            hosts.iter_mut().for_each(|host| host.start(now));
        }
        let proven = |host| matches!(site.verdict(&plan, host), Verdict::Proven { .. });
        if hosts[0].restarts >= 2 && proven(STATION) && proven(RELAY) {
            break;
        }
        site.up_ms += STEP_MS;
        let verdicts = || [STATION, RELAY].map(|host| site.verdict(&plan, host));
        assert!(site.up_ms < NIGHT_MAX_MS, "{case}: the night never ends: {:?}", verdicts());
    }
    let [station, relay] = &hosts;
    assert_eq!(station.installs, ["ward-fonts=2.0", "station-base=2.0"], "{case}");
    assert_eq!(relay.installs, ["ward-fonts=2.0", "alarm-relay=2.0"], "{case}");
    assert_eq!(
        (station.restarts, relay.restarts),
        (2, 0),
        "{case}: one in the window, one in the further outage"
    );
    assert_eq!((station.service_restarts, relay.service_restarts), (0, 1), "{case}");
    let outages = site.node.read(|state| state.night().outages().len());
    assert_eq!(outages, 1, "{case}: people were asked once");
    if left.is_some() {
        assert!(site.starts > 0, "{case}: it was killed");
    }
    site.node.version() - before
}

#[tokio::test]
async fn a_server_killed_after_any_entry_of_a_night_ends_it_with_one_install_and_one_restart_each() {
    let entries = night(None, None, false).await;
    assert!(entries > 40, "{entries} entries are not a whole night");
    println!("a night has {entries} entries");
    for after in 1..=entries - 5 {
        night(Some(after), None, false).await;
    }
}

#[tokio::test]
async fn a_server_killed_together_with_every_agent_after_every_third_entry_ends_the_night_the_same() {
    let entries = night(None, None, true).await;
    for after in (1..=entries - 5).step_by(3) {
        night(Some(after), None, true).await;
    }
}

#[tokio::test]
async fn a_server_that_is_killed_again_after_every_few_entries_ends_the_night_the_same() {
    for every in [1, 2, 5] {
        night(Some(every), Some(every), false).await;
    }
}
