//! An invented hospital with one rollout, and hosts whose agents obey, refuse, die or lie as they are told.

use std::collections::{BTreeMap, BTreeSet};

use crate::oracle::{Entry, Record};
use model::agreement::{Approval, CheckedPlan, Consent, SignOff, UnitAnswer};
use model::device::Installer;
use model::host::*;
use model::ids::*;
use model::order::*;
use model::patch::*;
use model::plan::*;
use model::probe::*;
use model::service::*;
use model::topology::Topology;
use model::{AssetTag, Time};
use rollout::decision::{IncidentKind, News};
use rollout::{Beyond, Decision, Hosts, Rollout, Verdict, World};

pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 3_600;
/// 22:00 in Stockholm on 25 November 2026 (winter: UTC+1).
pub(crate) const EVENING: Time = Time(1_795_640_400_000_000);

pub(crate) fn id<T>(text: &str, new: impl Fn(&str) -> Result<T, NotAnId>) -> T {
    new(text).unwrap()
}
pub(crate) fn tag(text: &str) -> AssetTag {
    id(text, AssetTag::new)
}
pub(crate) fn after(seconds: i64) -> Time {
    EVENING.plus_seconds(seconds)
}
/// 06:30 in Stockholm next morning.
pub(crate) fn half_past_six() -> Time {
    after(8 * HOUR + 30 * MINUTE)
}

/// A plan that tests change as they like before it is agreed.
pub(crate) struct Wanted {
    pub(crate) plan: Plan,
    pub(crate) topology: Topology,
}

pub(crate) fn patch(name: &str, restart: RestartNeed) -> Patch {
    let minutes = |p50, p90| Minutes { p50, p90 };
    Patch {
        id: id(name, PatchId::new),
        title: name.into(),
        packages: vec![PackageVersion { package: name.into(), version: "2".into() }],
        restart,
        size_bytes: 1_000,
        declared: DeclaredMinutes {
            install: minutes(5, 10),
            restart: minutes(5, 10),
            back_out: minutes(10, 20),
        },
        can_roll_back: true,
        closes: vec![],
        must_still_work: vec![],
        steps: vec![],
        terms: Default::default(),
    }
}

pub(crate) fn item(host: &str, patches: &[&str], ring: u16, wave: u16) -> Item {
    Item {
        host: tag(host),
        patches: patches.iter().map(|patch| id(patch, PatchId::new)).collect(),
        ring,
        wave,
        by: Hands::Agent,
        owner: Owner::ClinicalEngineering,
    }
}

pub(crate) fn ring(hosts: u32) -> Ring {
    Ring {
        title: "ring".into(),
        window: id("night", WindowId::new),
        success_min: hosts,
        failures_stop: 1,
        soak_minutes: 30,
        at_once_max: 10,
    }
}

pub(crate) fn service(name: &str, carriers: &[&str], needed: u16, fallback: Option<&str>) -> Service {
    Service {
        id: id(name, ServiceId::new),
        kind: ServiceKind::CentralMonitoring,
        name: name.into(),
        beds: vec![id(&format!("bed-{name}"), BedId::new)],
        redundancy: Redundancy { carriers: carriers.iter().map(|host| tag(host)).collect(), needed },
        fallback: fallback.map(|name| id(name, ServiceId::new)),
    }
}

pub(crate) fn probe(name: &str, of: &str, host: &str) -> Probe {
    Probe {
        id: id(name, ProbeId::new),
        service: id(of, ServiceId::new),
        host: tag(host),
        tries: ProbeKind::Process { name: "central".into() },
        timeout_seconds: 30,
    }
}

/// One window from 22:00 to 04:00, hosts in ring 1, each with a patch that restarts the host.
pub(crate) fn wanted(hosts: &[&str]) -> Wanted {
    let plan = Plan {
        id: id("autumn", PlanId::new),
        title: "Autumn patches".into(),
        parent: None,
        requester: id("asa", AccountId::new),
        patches: vec![patch("kernel", RestartNeed::Host)],
        windows: vec![Window {
            id: id("night", WindowId::new),
            not_before: EVENING,
            latest_start: after(4 * HOUR),
            not_after: after(6 * HOUR),
        }],
        rings: vec![ring(u32::try_from(hosts.len()).unwrap())],
        items: hosts.iter().map(|host| item(host, &["kernel"], 1, 1)).collect(),
        cover: vec![],
        proof: ProofPolicy {
            quiet_minutes: 120,
            morning_minute: Some(390),
            offsets: vec![LocalOffset { from: Time(0), seconds: 3_600 }],
            evidence_age_max_seconds: 300,
            stalled_after_tenths: 20,
            hand_proof_days: None,
        },
        contingency: "Call the on-call engineer.".into(),
        premises: Default::default(),
        resources: Default::default(),
    };
    let mut wanted = Wanted { plan, topology: Topology::default() };
    for host in hosts {
        let unit = id(&format!("ward-{host}"), UnitId::new);
        wanted.serve(service(&format!("central-{host}"), &[host], 1, None), unit);
    }
    wanted
}

impl Wanted {
    pub(crate) fn serve(&mut self, service: Service, unit: UnitId) {
        self.topology.beds.extend(service.beds.iter().map(|bed| (bed.clone(), unit.clone())));
        self.topology.services.push(service);
    }

    pub(crate) fn start(mut self) -> Night {
        for item in &self.plan.items {
            self.topology.devices.entry(item.host.clone()).or_default();
        }
        let approval = |by: &str| Approval { by: id(by, AccountId::new), at: Time(0) };
        let consent = Consent { approvals: vec![approval("bo"), approval("cia")], ..Consent::default() };
        let agreed = CheckedPlan::new(self.plan, vec![]).unwrap().agree(&[], &consent).unwrap();
        let hosts = agreed.plan().items.iter().filter(|item| item.by == Hands::Agent);
        let hosts =
            hosts.map(|item| (item.host.clone(), Machine::new(EVENING.plus_seconds(-HOUR)))).collect();
        let rollout = Rollout::new(agreed, self.topology, EVENING.plus_seconds(-HOUR));
        let now = EVENING.plus_seconds(-HOUR);
        let (log, beyond, sequences) = (vec![], BTreeMap::new(), BTreeMap::new());
        let (records, asked, answers) = (None, BTreeMap::new(), vec![]);
        Night { rollout, hosts, now, log, outages: 0, beyond, sequences, records, asked, answers }
    }
}

/// A host with its agent.
pub(crate) struct Machine {
    pub(crate) seen: HostObservation,
    boots: u32,
    pub(crate) doing: Option<Order>,
    /// It answers nothing and sends nothing.
    pub(crate) dead: bool,
    /// It says *installed* and installs nothing.
    pub(crate) lies_about_installing: bool,
    /// It says *restarted* and does not restart.
    pub(crate) lies_about_restarting: bool,
    /// It never comes back from a restart.
    pub(crate) never_returns: bool,
    /// Its next restart arms another.
    pub(crate) arms_another: bool,
    pub(crate) refuses: Option<RefusalCode>,
    pub(crate) probe_fails: bool,
    pub(crate) order_fails: bool,
}

impl Machine {
    pub(crate) fn new(at: Time) -> Machine {
        let clear = SignalSource::applicable(SystemFamily::Debian).iter().map(|s| (*s, Reading::Clear));
        let seen = HostObservation {
            observed_at: at,
            boot: Boot { id: "boot-1".into(), began_at: at.plus_seconds(-HOUR) },
            system: SystemVersion {
                family: SystemFamily::Debian,
                name: "Debian".into(),
                kernel_running: "6.1".into(),
                kernel_installed: Some("6.1".into()),
            },
            packages: [("kernel".into(), "1".into())].into(),
            available: vec![],
            signals: clear.collect(),
            probes: BTreeMap::new(),
            resources: Resources { disk_free_bytes: None, power: Power::Mains, clock_offset_ms: None },
        };
        Machine {
            seen,
            boots: 1,
            doing: None,
            dead: false,
            lies_about_installing: false,
            lies_about_restarting: false,
            never_returns: false,
            arms_another: false,
            refuses: None,
            probe_fails: false,
            order_fails: false,
        }
    }

    pub(crate) fn reboot(&mut self, at: Time) {
        self.boots += 1;
        self.seen.boot = Boot { id: format!("boot-{}", self.boots).into(), began_at: at };
        for reading in self.seen.signals.values_mut() {
            *reading = Reading::Clear;
        }
        if std::mem::take(&mut self.arms_another) {
            self.pend(SignalSource::RebootRequired);
        }
    }

    pub(crate) fn pend(&mut self, source: SignalSource) {
        let pending = PendingRestart { of: RestartOf::Host, reason: "firmware".into() };
        self.seen.signals.insert(source, Reading::Pending(pending));
    }

    /// Does what it was told, as far as it does; `None` when it says nothing.
    fn carry_out(&mut self, order: &Order, at: Time) -> OrderStep {
        let mut results = BTreeMap::new();
        if self.order_fails {
            return OrderStep::Failed { says: "dpkg was interrupted".into() };
        }
        match &order.action {
            Action::Install(packages) if !self.lies_about_installing => {
                for wanted in packages {
                    self.seen.packages.insert(wanted.package.clone(), wanted.version.clone());
                }
            }
            Action::RestartHost if !self.lies_about_restarting => {
                self.reboot(at);
                self.dead = self.never_returns;
            }
            Action::RollBack(before) => {
                for (package, version) in before {
                    match version {
                        Some(version) => self.seen.packages.insert(package.clone(), version.clone()),
                        None => self.seen.packages.remove(package),
                    };
                }
            }
            Action::Probe(probes) => {
                for probe in probes {
                    let failed = self.probe_fails;
                    let says: Box<str> = "central".into();
                    let result = if failed { ProbeResult::Failed(says) } else { ProbeResult::Passed(says) };
                    results.insert(probe.id.clone(), result);
                }
            }
            Action::Download(_) | Action::Install(_) | Action::RestartServices(_) | Action::RestartHost => {}
        }
        OrderStep::Done { says: "ok".into(), probes: results }
    }
}

/// A night: the rollout, its hosts, and all that was decided.
pub(crate) struct Night {
    pub(crate) rollout: Rollout,
    pub(crate) hosts: BTreeMap<AssetTag, Machine>,
    pub(crate) now: Time,
    pub(crate) log: Vec<(Time, Decision)>,
    outages: u32,
    pub(crate) beyond: BTreeMap<AssetTag, Beyond>,
    sequences: BTreeMap<AssetTag, u64>,
    /// All that was said of each host, when it is kept.
    pub(crate) records: Option<BTreeMap<AssetTag, Record>>,
    /// The newest request for a further outage of each host.
    pub(crate) asked: BTreeMap<AssetTag, (OutageId, Vec<UnitId>)>,
    pub(crate) answers: Vec<(OutageId, bool)>,
}

pub(crate) struct Others<'a>(&'a BTreeMap<AssetTag, Beyond>, &'a BTreeMap<AssetTag, u64>);

impl Hosts for Others<'_> {
    fn next_sequence(&self, host: &AssetTag) -> u64 {
        self.1.get(host).copied().unwrap_or(0) + 1
    }
    fn beyond(&self, host: &AssetTag, _now: Time) -> Beyond {
        self.0.get(host).copied().unwrap_or(Beyond::Well)
    }
}

impl Night {
    pub(crate) fn world<R>(&self, look: impl FnOnce(&World<'_>) -> R) -> R {
        let others = Others(&self.beyond, &self.sequences);
        look(&World { term: 1, hosts: &others })
    }

    /// Looks until nothing is wanted any more. Facts silence what wanted them, so that is soon.
    pub(crate) fn look(&mut self) -> Vec<Decision> {
        let mut all = Vec::new();
        for _ in 0..8 {
            let wanted = self.world(|world| self.rollout.next(world, self.now));
            if wanted.is_empty() {
                return all;
            }
            for decision in wanted {
                self.fold(&decision);
                self.log.push((self.now, decision.clone()));
                all.push(decision);
            }
        }
        panic!("still wanted after eight looks: {:?}", self.log.iter().rev().take(4).collect::<Vec<_>>());
    }

    fn fold(&mut self, decision: &Decision) {
        let now = self.now;
        match decision {
            Decision::OpenRing(ring) => self.rollout.ring_opened(*ring, now),
            Decision::Soak(ring) => self.rollout.ring_soaking(*ring, now),
            Decision::HaltRing { ring, reason } => self.rollout.ring_halted(*ring, reason.clone(), now),
            Decision::Issue(order) => {
                self.sequences.insert(order.host.clone(), order.sequence);
                self.rollout.issued(order, now);
                self.note(&order.host, Entry::Issued(order.clone()));
                if let Some(machine) = self.hosts.get_mut(&order.host) {
                    machine.doing = Some((**order).clone());
                }
            }
            Decision::AskOutage { host, units, window, .. } => {
                self.outages += 1;
                let id = id(&format!("outage-{}", self.outages), OutageId::new);
                self.asked.insert(host.clone(), (id.clone(), units.clone()));
                self.rollout.outage_asked(id, host, units.clone(), *window, now);
            }
            Decision::Incident { host, kind } => self.rollout.incident_opened(host.as_ref(), kind, now),
            Decision::Tell { host, news, .. } => self.rollout.told(host, news, now),
        }
    }

    /// Every host that lives carries out what it was told and reports, once a minute, until then.
    pub(crate) fn until(&mut self, end: Time) {
        while self.now < end {
            self.minute();
        }
    }

    pub(crate) fn minute(&mut self) {
        self.step(MINUTE);
    }

    pub(crate) fn step(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
        for host in self.hosts.keys().cloned().collect::<Vec<_>>() {
            self.work(&host);
            self.report(&host);
        }
        self.look();
    }

    pub(crate) fn note(&mut self, host: &AssetTag, entry: Entry) {
        if let Some(records) = &mut self.records {
            records.entry(host.clone()).or_default().push(self.now, entry);
        }
    }

    fn answered(&mut self, host: &AssetTag, event: OrderEvent) {
        self.rollout.answered(host, &event, self.now);
        self.note(host, Entry::Answered(event));
    }

    pub(crate) fn work(&mut self, host: &AssetTag) {
        let now = self.now;
        let Some(machine) = self.hosts.get_mut(host).filter(|machine| !machine.dead) else { return };
        let Some(order) = machine.doing.take() else { return };
        let boot = machine.seen.boot.id.clone();
        let say = |at, what| OrderEvent { order: order.id.clone(), at, boot: boot.clone(), what };
        if let Some(code) = machine.refuses {
            let refused = OrderStep::Refused { code, says: "it does not hold".into() };
            self.answered(host, say(now, refused));
            return;
        }
        let done = machine.carry_out(&order, now.plus_seconds(-20));
        let dead = machine.dead;
        self.answered(host, say(now.plus_seconds(-30), OrderStep::Begun));
        if !dead {
            self.answered(host, say(now.plus_seconds(-20), done));
        }
    }

    pub(crate) fn report(&mut self, host: &AssetTag) {
        let now = self.now;
        let Some(machine) = self.hosts.get_mut(host).filter(|machine| !machine.dead) else { return };
        machine.seen.observed_at = now;
        self.rollout.observed(host, &machine.seen, now);
        if self.records.is_some() {
            let seen = Box::new(machine.seen.clone());
            self.note(host, Entry::Seen(seen));
        }
    }

    pub(crate) fn machine(&mut self, host: &str) -> &mut Machine {
        self.hosts.get_mut(&tag(host)).unwrap()
    }

    pub(crate) fn verdict(&self, host: &str) -> Verdict {
        self.rollout.verdict(&tag(host), self.now).unwrap()
    }

    pub(crate) fn is(&self, host: &str) -> &'static str {
        self.verdict(host).word()
    }

    /// Every unit accepts what it was asked for a host.
    pub(crate) fn accept(&mut self, outage: u32, unit: &str) {
        let sign_off = SignOff {
            unit: id(unit, UnitId::new),
            answer: UnitAnswer::Accept,
            by: id("nurse", AccountId::new),
            at: self.now,
        };
        self.rollout.outage_answered(&id(&format!("outage-{outage}"), OutageId::new), &sign_off, self.now);
        self.look();
    }

    pub(crate) fn orders(&self, host: &str) -> Vec<&'static str> {
        self.issued(host).map(|(_, order)| order.action.word()).collect()
    }

    pub(crate) fn issued(&self, host: &str) -> impl Iterator<Item = (Time, &Order)> {
        let host = tag(host);
        self.log.iter().filter_map(move |(at, decision)| match decision {
            Decision::Issue(order) if order.host == host => Some((*at, &**order)),
            _ => None,
        })
    }

    pub(crate) fn incidents(&self) -> Vec<&'static str> {
        let kinds = self.log.iter().filter_map(|(_, decision)| match decision {
            Decision::Incident { kind, .. } => Some(match kind {
                IncidentKind::RestartSurfaced { .. } => "restart surfaced",
                IncidentKind::HostBroken { .. } => "broken",
                IncidentKind::HostStalled { .. } => "stalled",
                IncidentKind::RingHalted { .. } => "ring halted",
                IncidentKind::Stopped { .. } => "stopped",
            }),
            _ => None,
        });
        kinds.collect()
    }

    pub(crate) fn told(&self, host: &str) -> Vec<&'static str> {
        let host = tag(host);
        let news = self.log.iter().filter_map(|(_, decision)| match decision {
            Decision::Tell { host: about, news, .. } if *about == host => Some(match news {
                News::Dark { .. } => "dark",
                News::Back { .. } => "back",
                News::Proven => "proven",
                News::FurtherOutage { .. } => "further outage",
                News::Trouble { .. } => "trouble",
            }),
            _ => None,
        });
        news.collect()
    }

    /// Hosts that were ever told to do something that patients can notice.
    pub(crate) fn disturbed(&self) -> BTreeSet<&str> {
        let orders = self.log.iter().filter_map(|(_, decision)| match decision {
            Decision::Issue(order) if order.action.is_disruptive() => Some(order.host.as_str()),
            _ => None,
        });
        orders.collect()
    }
}

pub(crate) fn by_hand(host: &str, patch: &str) -> Item {
    Item { by: Hands::Person(Installer::Vendor), ..item(host, &[patch], 1, 1) }
}
