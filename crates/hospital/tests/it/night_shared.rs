//! A hospital with one ward, a central station with an agent, and a plan to patch it; and the host itself, played by hand.

use hospital::command::ImportOrigin;
use hospital::fact::night::*;
use hospital::places::Description;
use hospital::{Command, Fact, Refusal, Stamp, State, decide};
use model::agreement::UnitAnswer;
use model::device::Installer;
use model::host::*;
use model::ids::*;
use model::order::*;
use model::patch::*;
use model::people::Role;
use model::place::{Bed, Building, CareUnit, Site};
use model::plan::*;
use model::service::{Redundancy, Service, ServiceKind};
use model::{AssetTag, PlanHash, Time};

use crate::decisions::device;
use crate::shared::origin;

/// When the tests' night begins: 21:00 UTC on some day.
pub(crate) const EVENING: Time = Time(1_792_875_600_000_000);
pub(crate) const NODE: &str = "node-1";

pub(crate) fn minutes(n: i64) -> Time {
    EVENING.plus_seconds(n * 60)
}

pub(crate) fn account(name: &str) -> AccountId {
    AccountId::new(name).unwrap()
}

pub(crate) fn host() -> AssetTag {
    AssetTag::new("CMS-5").unwrap()
}

pub(crate) fn unit() -> UnitId {
    UnitId::new("ward-5").unwrap()
}

/// A hospital whose clock the test moves.
pub(crate) struct Ward {
    pub(crate) state: State,
    pub(crate) facts: Vec<(Stamp, Fact)>,
    pub(crate) now: Time,
    /// Number of the last item that the host delivered.
    pub(crate) number: u64,
    pub(crate) seen: HostObservation,
}

impl Ward {
    /// One ward with a bed, a service on `CMS-5`, four people, the host enrolled.
    pub(crate) fn new() -> Ward {
        let mut ward = Ward {
            state: State::new(),
            facts: Vec::new(),
            now: EVENING.plus_seconds(-7_200),
            number: 0,
            seen: observation(),
        };
        for (name, role) in [
            ("anna", Role::Engineer),
            ("karin", Role::Engineer),
            ("erik", Role::Engineer),
            ("lars", Role::Admin),
            ("guest", Role::Reader),
        ] {
            let command = Command::OpenAccount {
                account: account(name),
                role,
                password_hash: "x".into(),
                must_change: false,
            };
            ward.must(command);
        }
        let mut station = device("CMS-5", "1.0");
        station.installer = Installer::Staff;
        station.serial_number = Some("SE-5".into());
        let mut monitor = device("MON-1", "1.0");
        monitor.installer = Installer::Vendor;
        monitor.serial_number = Some("SE-1".into());
        let import: ImportOrigin = origin("list");
        ward.must(Command::ImportInventory {
            devices: vec![station, monitor],
            complete: false,
            origin: import,
        });
        ward.must(Command::DescribeHospital(description(), origin("hospital")));
        ward.enrol();
        ward
    }

    pub(crate) fn try_command(&mut self, command: Command) -> Result<Vec<Fact>, Refusal> {
        let facts = decide(&self.state, command, self.now)?;
        for fact in facts.clone() {
            let stamp = Stamp { seq: self.state.seq() + 1, time: self.now, actor: "test".into() };
            self.facts.push((stamp.clone(), fact.clone()));
            self.state.apply(stamp, fact);
        }
        Ok(facts)
    }

    pub(crate) fn must(&mut self, command: Command) -> Vec<Fact> {
        self.try_command(command).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    /// What is said when a command is refused.
    pub(crate) fn refused(&mut self, command: Command) -> String {
        self.try_command(command).map(|facts| panic!("taken: {facts:?}")).unwrap_err().to_string()
    }

    pub(crate) fn enrol(&mut self) {
        let expires = self.now.plus_seconds(3_600);
        self.must(Command::OfferEnrolment { host: host(), token_sha256: "tok".into(), expires });
        let expires = self.now.plus_seconds(30 * 86_400);
        self.must(Command::IssueCertificate(CertificateIssued {
            host: host(),
            key_sha256: "key".into(),
            serial: "5e1a".into(),
            expires,
            token_sha256: Some("tok".into()),
        }));
        self.number = 0;
    }

    /// The host delivers items.
    pub(crate) fn deliver(&mut self, items: Vec<HeardItem>) {
        self.number += items.len() as u64;
        self.must(Command::Hear(vec![Heard { host: host(), number: self.number, items }]));
    }

    /// The host reports everything, as it is now.
    pub(crate) fn report(&mut self) {
        self.seen.observed_at = self.now;
        let full = HostReport::Full(Box::new(self.seen.clone()));
        self.deliver(vec![HeardItem::Report(full)]);
    }

    /// An agreed plan, started, driven for the first time.
    pub(crate) fn started(&mut self) -> PlanHash {
        let hash = self.agreed(plan());
        self.must(Command::StartRollout { plan: hash, by: account("erik") });
        let until = self.now.plus_seconds(86_400 * 2);
        self.must(Command::TakeLease { node: NodeId::new(NODE).unwrap(), until });
        hash
    }

    /// Drafts a plan and has everybody agree to it.
    pub(crate) fn agreed(&mut self, plan: Plan) -> PlanHash {
        let hash = plan.hash();
        self.must(Command::DraftPlan(Box::new(plan)));
        let (unit, people) = (unit(), vec!["Karin".into(), "Moa".into()]);
        let by = account("karin");
        self.must(Command::AnswerPlan {
            plan: hash,
            unit: unit.clone(),
            answer: UnitAnswer::Accept,
            by: by.clone(),
        });
        self.must(Command::ConfirmCover { plan: hash, unit, people, by });
        self.must(Command::ApprovePlan { plan: hash, by: account("erik") });
        self.must(Command::ApprovePlan { plan: hash, by: account("lars") });
        hash
    }

    /// Drives until nothing more is wanted; the facts that came of it.
    pub(crate) fn drive(&mut self) -> Vec<Fact> {
        let term = self.state.night().lease().unwrap().term;
        let mut all = Vec::new();
        for _ in 0..50 {
            let facts = self.must(Command::Drive { node: NodeId::new(NODE).unwrap(), term });
            if facts.is_empty() {
                return all;
            }
            all.extend(facts);
        }
        panic!("driving never ends: {all:?}");
    }

    /// The host carries out an order: it says so, and then it is as the order wants it.
    pub(crate) fn follow(&mut self, order: &Order) {
        let at = self.now;
        let event = |boot: &str, what| {
            HeardItem::Order(OrderEvent { order: order.id.clone(), at, boot: boot.into(), what })
        };
        let boot = self.seen.boot.id.clone();
        let mut items = vec![event(&boot, OrderStep::Accepted), event(&boot, OrderStep::Begun)];
        match &order.action {
            Action::Install(packages) => {
                for wanted in packages {
                    self.seen.packages.insert(wanted.package.clone(), wanted.version.clone());
                }
                self.seen.available.clear();
            }
            Action::RestartHost => {
                self.seen.boot = Boot { id: format!("boot-{}", self.now.0).into(), began_at: self.now };
                for reading in self.seen.signals.values_mut() {
                    *reading = Reading::Clear;
                }
            }
            Action::Download(_) | Action::Probe(_) | Action::RestartServices(_) | Action::RollBack(_) => {}
        }
        let boot = self.seen.boot.id.clone();
        items.push(event(&boot, OrderStep::Done { says: "done".into(), probes: [].into() }));
        self.deliver(items);
        self.now = self.now.plus_seconds(30);
        self.report();
    }
}

pub(crate) fn description() -> Description {
    let id = |text: &str| UnitId::new(text).unwrap();
    Description {
        sites: vec![Site {
            id: SiteId::new("nordby").unwrap(),
            name: "Nordby".into(),
            time_zone: "UTC".into(),
        }],
        buildings: vec![Building {
            id: BuildingId::new("a").unwrap(),
            site: SiteId::new("nordby").unwrap(),
            name: "A".into(),
        }],
        units: ["ward-5", "ward-6"]
            .map(|name| CareUnit {
                id: id(name),
                building: BuildingId::new("a").unwrap(),
                name: name.into(),
                phone: None,
            })
            .into(),
        beds: vec![Bed { id: BedId::new("5-01").unwrap(), unit: unit(), telemetry: true }],
        services: vec![Service {
            id: ServiceId::new("cm-5").unwrap(),
            kind: ServiceKind::CentralMonitoring,
            name: "Central monitoring, ward 5".into(),
            beds: vec![BedId::new("5-01").unwrap()],
            redundancy: Redundancy { carriers: vec![host()], needed: 1 },
            fallback: None,
        }],
        probes: Vec::new(),
    }
}

pub(crate) fn observation() -> HostObservation {
    let clear = SignalSource::applicable(SystemFamily::Debian).iter().map(|source| (*source, Reading::Clear));
    HostObservation {
        observed_at: EVENING,
        boot: Boot { id: "boot-0".into(), began_at: EVENING.plus_seconds(-86_400) },
        system: SystemVersion {
            family: SystemFamily::Debian,
            name: "Debian GNU/Linux 12 (bookworm)".into(),
            kernel_running: "6.1.0-1".into(),
            kernel_installed: Some("6.1.0-1".into()),
        },
        packages: [("vakta".into(), "1.0-1".into()), ("zlib".into(), "1.2".into())].into(),
        available: vec![AvailablePatch {
            package: "vakta".into(),
            from: "1.0-1".into(),
            to: "1.0-2".into(),
            size_bytes: Some(4_711),
            origin: "nordpuls".into(),
        }],
        signals: clear.collect(),
        probes: [].into(),
        resources: Resources {
            disk_free_bytes: Some(1 << 30),
            power: Power::Mains,
            clock_offset_ms: Some(0),
        },
    }
}

pub(crate) fn plan() -> Plan {
    let minutes_of = |p50, p90| Minutes { p50, p90 };
    Plan {
        id: PlanId::new("november").unwrap(),
        title: "Vakta 1.0-2".into(),
        parent: None,
        requester: account("anna"),
        patches: vec![Patch {
            id: PatchId::new("vakta").unwrap(),
            title: "Vakta 1.0-2".into(),
            packages: vec![PackageVersion { package: "vakta".into(), version: "1.0-2".into() }],
            restart: RestartNeed::Host,
            size_bytes: 4_711,
            declared: DeclaredMinutes {
                install: minutes_of(5, 10),
                restart: minutes_of(3, 6),
                back_out: minutes_of(5, 10),
            },
            can_roll_back: true,
            closes: Vec::new(),
            must_still_work: Vec::new(),
            steps: Vec::new(),
            terms: Default::default(),
        }],
        windows: vec![Window {
            id: WindowId::new("night").unwrap(),
            not_before: EVENING,
            latest_start: minutes(180),
            not_after: minutes(360),
        }],
        rings: vec![Ring {
            title: "the station".into(),
            window: WindowId::new("night").unwrap(),
            success_min: 1,
            failures_stop: 1,
            soak_minutes: 30,
            at_once_max: 1,
        }],
        items: vec![Item {
            host: host(),
            patches: vec![PatchId::new("vakta").unwrap()],
            ring: 1,
            wave: 1,
            by: Hands::Agent,
            owner: Owner::ClinicalEngineering,
        }],
        cover: vec![Cover { unit: unit(), people: 2, task: "sit with telemetry patients".into() }],
        proof: ProofPolicy {
            quiet_minutes: 120,
            morning_minute: Some(390),
            offsets: vec![LocalOffset { from: Time(0), seconds: 0 }],
            evidence_age_max_seconds: 600,
            stalled_after_tenths: 20,
            hand_proof_days: None,
        },
        contingency: "Call 5511; back to 1.0-1".into(),
        premises: Default::default(),
        resources: Default::default(),
    }
}
