//! A small hospital with a patch night that a test plays by hand, phase by phase: two wards with a central station each, a
//! monitor that a vendor's engineer works on, and the hosts themselves, which obey as they are told.
#![allow(dead_code)] // each page's tests use the part they need

use std::collections::BTreeMap;

use hospital::Command;
use hospital::fact::night::{CertificateIssued, Heard, HeardItem};
use hospital::places::Description;
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
use server::clock::Clock;
use server::front::{Account, Accounts, NewAccount, hash};

use crate::filled::{device, origin};
use crate::support::{House, PASSWORD, house};

/// When the night begins: Sunday 22 November 2026, 22:00 UTC.
pub(crate) const EVENING: Time = Time(1_795_384_800_000_000);
/// 06:30 next morning.
pub(crate) const MORNING: i64 = 8 * 3_600 + 1_800;

pub(crate) fn tag(text: &str) -> AssetTag {
    AssetTag::new(text).unwrap()
}

pub(crate) fn unit(text: &str) -> UnitId {
    UnitId::new(text).unwrap()
}

fn account(text: &str) -> AccountId {
    AccountId::new(text).unwrap()
}

/// A house whose hospital has a night, with the hosts in the test's hands.
pub(crate) struct Night {
    pub(crate) house: House,
    /// How each host is, and the number of the last thing it said.
    pub(crate) hosts: BTreeMap<AssetTag, (HostObservation, u64)>,
    pub(crate) plan: PlanHash,
}

/// The hospital described, hosts enrolled and heard, nothing planned. Two hours before the night.
pub(crate) async fn hospital() -> Night {
    let house = house().await;
    let ahead = EVENING.seconds_since(house.clock.now()) - 7_200;
    house.clock.advance(ahead);
    for (name, role) in [("maja", Role::Ward), ("karin", Role::Engineer)] {
        let account =
            Account { name: account(name), password_hash: hash(PASSWORD).unwrap(), role, must_change: false };
        house.accounts.create(NewAccount { account, at: Time(0) }).await.unwrap();
    }
    let mut night = Night { house, hosts: BTreeMap::new(), plan: plan().hash() };
    for (name, role) in [
        ("anna", Role::Admin),
        ("erik", Role::Engineer),
        ("karin", Role::Engineer),
        ("maja", Role::Ward),
        ("lisa", Role::Reader),
    ] {
        let (account, password_hash) = (account(name), "x".into());
        night.must(Command::OpenAccount { account, role, password_hash, must_change: false }).await;
    }
    let mut devices = vec![device("CMS-5", "Nordpuls", "Vakta"), device("CMS-6", "Nordpuls", "Vakta")];
    for one in &mut devices {
        one.installer = Installer::Staff;
        one.location.unit = Some("WARD-5".into());
    }
    let mut monitor = device("MON-1", "Nordpuls", "Puls 2");
    monitor.installer = Installer::Vendor;
    monitor.serial_number = Some("SE-1".into());
    devices.push(monitor);
    night.must(Command::ImportInventory { devices, complete: false, origin: origin("list") }).await;
    night.must(Command::DescribeHospital(places(), origin("hospital"))).await;
    for host in ["CMS-5", "CMS-6"] {
        night.enrol(host).await;
    }
    night
}

fn places() -> Description {
    let beds = |ward: &str| -> Vec<BedId> {
        (1..=6).map(|n| BedId::new(&format!("{ward}-{n:02}")).unwrap()).collect()
    };
    let service = |id: &str, name: &str, ward: &str, carrier: &str, fallback: Option<&str>| Service {
        id: ServiceId::new(id).unwrap(),
        kind: ServiceKind::CentralMonitoring,
        name: name.into(),
        beds: beds(ward),
        redundancy: Redundancy { carriers: vec![tag(carrier)], needed: 1 },
        fallback: fallback.map(|id| ServiceId::new(id).unwrap()),
    };
    let ward = |id: &str, name: &str, phone: Option<&str>| CareUnit {
        id: unit(id),
        building: BuildingId::new("a").unwrap(),
        name: name.into(),
        phone: phone.map(Box::from),
    };
    Description {
        sites: vec![Site {
            id: SiteId::new("north").unwrap(),
            name: "Northgate".into(),
            time_zone: "UTC".into(),
        }],
        buildings: vec![Building {
            id: BuildingId::new("a").unwrap(),
            site: SiteId::new("north").unwrap(),
            name: "A".into(),
        }],
        units: vec![
            ward("WARD-5", "Ward 5, telemetry", Some("5511")),
            ward("WARD-6", "Ward 6", None),
            ward("WARD-7", "Ward 7", None),
        ],
        beds: ["5", "6"]
            .into_iter()
            .flat_map(|ward| {
                let of = unit(&format!("WARD-{ward}"));
                beds(ward).into_iter().map(move |id| Bed { id, unit: of.clone(), telemetry: ward == "5" })
            })
            .collect(),
        services: vec![
            service("cm-5", "Central monitoring, ward 5", "5", "CMS-5", None),
            service("cm-6", "Central monitoring, ward 6", "6", "CMS-6", None),
        ],
        probes: Vec::new(),
    }
}

/// As every host is before the work.
pub(crate) fn observation() -> HostObservation {
    let sources = SignalSource::applicable(SystemFamily::Debian);
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
            size_bytes: Some(4_711_000),
            origin: "nordpuls".into(),
        }],
        signals: sources.iter().map(|source| (*source, Reading::Clear)).collect(),
        probes: BTreeMap::new(),
        resources: Resources {
            disk_free_bytes: Some(1 << 30),
            power: Power::Mains,
            clock_offset_ms: Some(0),
        },
    }
}

/// Ring 1: ward 5's station. Ring 2: ward 6's, and a monitor by hand. 22:00 to 04:00.
pub(crate) fn plan() -> Plan {
    let minutes = |p50, p90| Minutes { p50, p90 };
    let id = |text: &str| PatchId::new(text).unwrap();
    let declared =
        DeclaredMinutes { install: minutes(5, 10), restart: minutes(5, 10), back_out: minutes(5, 10) };
    let by_hand = DeclaredMinutes { restart: minutes(0, 0), ..declared };
    let patch = |name: &str,
                 title: &str,
                 packages: Vec<PackageVersion>,
                 restart: RestartNeed,
                 steps: Vec<WorkStep>| Patch {
        id: id(name),
        title: title.into(),
        packages,
        declared: if restart == RestartNeed::None { by_hand } else { declared },
        restart,
        size_bytes: 4_711_000,
        can_roll_back: true,
        closes: vec!["CVE-2099-50001".into()],
        must_still_work: Vec::new(),
        steps,
        terms: Default::default(),
    };
    let step = |says: &str, proof| WorkStep { says: says.into(), proof };
    let ring = |title: &str, hosts: u32| Ring {
        title: title.into(),
        window: WindowId::new("night").unwrap(),
        success_min: hosts,
        failures_stop: 1,
        soak_minutes: 30,
        at_once_max: 2,
    };
    let item = |host: &str, patch: &str, ring, by| Item {
        host: tag(host),
        patches: vec![id(patch)],
        ring,
        wave: 1,
        by,
        owner: Owner::ClinicalEngineering,
    };
    let vakta = vec![PackageVersion { package: "vakta".into(), version: "1.0-2".into() }];
    Plan {
        id: PlanId::new("monitoring-autumn").unwrap(),
        title: "Monitoring, autumn".into(),
        parent: None,
        requester: account("erik"),
        patches: vec![
            patch("vakta", "Vakta 1.0-2", vakta, RestartNeed::Host, Vec::new()),
            patch(
                "puls",
                "Puls 2 firmware 4",
                Vec::new(),
                RestartNeed::None,
                vec![
                    step("Read the label", StepProof::Identity),
                    step("Write down the settings", StepProof::Before),
                    step("Install from the stick", StepProof::Said),
                    step("Try the alarm", StepProof::Test),
                ],
            ),
        ],
        windows: vec![Window {
            id: WindowId::new("night").unwrap(),
            not_before: EVENING,
            latest_start: EVENING.plus_seconds(3 * 3_600),
            not_after: EVENING.plus_seconds(6 * 3_600),
        }],
        rings: vec![ring("ward 5's station", 1), ring("the rest", 2)],
        items: vec![
            item("CMS-5", "vakta", 1, Hands::Agent),
            item("CMS-6", "vakta", 2, Hands::Agent),
            item("MON-1", "puls", 2, Hands::Person(Installer::Vendor)),
        ],
        cover: vec![
            Cover { unit: unit("WARD-5"), people: 2, task: "sit with telemetry patients".into() },
            Cover { unit: unit("WARD-6"), people: 1, task: "round every ten minutes".into() },
        ],
        proof: ProofPolicy {
            quiet_minutes: 120,
            morning_minute: Some(390),
            offsets: vec![LocalOffset { from: Time(0), seconds: 0 }],
            evidence_age_max_seconds: 600,
            stalled_after_tenths: 20,
            hand_proof_days: None,
        },
        contingency: "Back to 1.0-1; call M. Berg 5512".into(),
        premises: Default::default(),
        resources: Default::default(),
    }
}

impl Night {
    pub(crate) fn now(&self) -> Time {
        self.house.clock.now()
    }

    pub(crate) async fn must(&self, command: Command) {
        self.house.app.domain.node.command(command, "segue", self.now()).await.unwrap();
    }

    pub(crate) fn short(&self) -> String {
        self.plan.short()
    }

    pub(crate) async fn enrol(&mut self, host: &str) {
        let now = self.now();
        let token_sha256: Box<str> = format!("token-{host}").into();
        let offer = Command::OfferEnrolment {
            host: tag(host),
            token_sha256: token_sha256.clone(),
            expires: now.plus_seconds(3_600),
        };
        self.must(offer).await;
        let issued = CertificateIssued {
            host: tag(host),
            key_sha256: format!("key-{host}").into(),
            serial: format!("5e{}", host.len()).into(),
            expires: now.plus_seconds(30 * 86_400),
            token_sha256: Some(token_sha256),
        };
        self.must(Command::IssueCertificate(issued)).await;
        self.hosts.insert(tag(host), (observation(), 0));
        self.report(host).await;
    }

    pub(crate) fn seen(&mut self, host: &str) -> &mut HostObservation {
        &mut self.hosts.get_mut(&tag(host)).unwrap().0
    }

    pub(crate) async fn deliver(&mut self, host: &str, items: Vec<HeardItem>) {
        let (_, number) = self.hosts.get_mut(&tag(host)).unwrap();
        *number += items.len() as u64;
        let heard = Heard { host: tag(host), number: *number, items };
        self.must(Command::Hear(vec![heard])).await;
    }

    /// A host reports everything as it is now.
    pub(crate) async fn report(&mut self, host: &str) {
        let now = self.now();
        let seen = self.seen(host);
        seen.observed_at = now;
        let full = HostReport::Full(Box::new(seen.clone()));
        self.deliver(host, vec![HeardItem::Report(full)]).await;
    }

    pub(crate) async fn report_all(&mut self) {
        for host in ["CMS-5", "CMS-6"] {
            self.report(host).await;
        }
    }

    /// Drafted by erik.
    pub(crate) async fn draft(&mut self) {
        self.must(Command::DraftPlan(Box::new(plan()))).await;
    }

    /// Drafted, and everybody agrees.
    pub(crate) async fn agree(&mut self) {
        self.draft().await;
        let (plan, by) = (self.plan, account("maja"));
        for ward in ["WARD-5", "WARD-6"] {
            let (unit, by) = (unit(ward), by.clone());
            self.must(Command::AnswerPlan { plan, unit, answer: UnitAnswer::Accept, by }).await;
        }
        for (ward, people) in
            [("WARD-5", vec!["A. Lind".into(), "B. Ek".into()]), ("WARD-6", vec!["C. Alm".into()])]
        {
            let (unit, by) = (unit(ward), by.clone());
            self.must(Command::ConfirmCover { plan, unit, people, by }).await;
        }
        for name in ["anna", "karin"] {
            self.must(Command::ApprovePlan { plan, by: account(name) }).await;
        }
    }

    /// Agreed, started, driven for the first time.
    pub(crate) async fn start(&mut self) {
        self.agree().await;
        self.must(Command::StartRollout { plan: self.plan, by: account("erik") }).await;
        self.take_lease().await;
        self.drive().await;
    }

    /// From now on a server drives what is started.
    pub(crate) async fn take_lease(&self) {
        let until = self.now().plus_seconds(2 * 86_400);
        self.must(Command::TakeLease { node: NodeId::new("node-1").unwrap(), until }).await;
    }

    /// Drives until nothing more is wanted.
    pub(crate) async fn drive(&mut self) {
        for _ in 0..50 {
            let before = self.house.app.domain.node.version();
            let term = self.house.app.domain.node.read(|state| state.night().lease().unwrap().term);
            self.must(Command::Drive { node: NodeId::new("node-1").unwrap(), term }).await;
            if self.house.app.domain.node.version() == before {
                return;
            }
        }
        panic!("driving never ends");
    }

    /// The orders of a host that it has not answered.
    pub(crate) fn orders(&self, host: &str) -> Vec<Order> {
        self.house.app.domain.node.read(|state| {
            let view = state.night().host(&tag(host)).unwrap();
            let open = view.orders().iter().filter(|known| known.events.is_empty());
            open.map(|known| (*known.order).clone()).collect()
        })
    }

    fn event(&mut self, host: &str, order: &Order, what: OrderStep) -> HeardItem {
        let (at, boot) = (self.now(), self.seen(host).boot.id.clone());
        HeardItem::Order(OrderEvent { order: order.id.clone(), at, boot, what })
    }

    /// A host begins an order and is not heard again for now.
    pub(crate) async fn begin(&mut self, host: &str, order: &Order) {
        let items = [OrderStep::Accepted, OrderStep::Begun].map(|what| self.event(host, order, what));
        self.deliver(host, items.into()).await;
        self.drive().await;
    }

    /// A host has done an order and is as the order wants it.
    pub(crate) async fn finish(&mut self, host: &str, order: &Order) {
        let now = self.now();
        let seen = self.seen(host);
        match &order.action {
            Action::Install(packages) => {
                for wanted in packages {
                    seen.packages.insert(wanted.package.clone(), wanted.version.clone());
                }
                seen.available.clear();
            }
            Action::RestartHost => {
                seen.boot = Boot { id: format!("boot-{}", now.0).into(), began_at: now };
                seen.signals.values_mut().for_each(|reading| *reading = Reading::Clear);
            }
            Action::Download(_) | Action::Probe(_) | Action::RestartServices(_) | Action::RollBack(_) => {}
        }
        let done = OrderStep::Done { says: "done".into(), probes: BTreeMap::new() };
        let item = self.event(host, order, done);
        self.deliver(host, vec![item]).await;
        self.house.clock.advance(30);
        self.report(host).await;
        self.drive().await;
    }

    /// Plays a host's orders until one of `stop` is begun, which is left running; or until none is left.
    pub(crate) async fn play(&mut self, host: &str, stop: Option<&str>) -> Option<Order> {
        for _ in 0..20 {
            self.house.clock.advance(60);
            self.report_all().await;
            self.drive().await;
            let order = self.orders(host).into_iter().next()?;
            self.begin(host, &order).await;
            if stop == Some(order.action.word()) {
                return Some(order);
            }
            self.house.clock.advance(60);
            self.finish(host, &order).await;
        }
        panic!("{host} is never done");
    }

    /// Ward 5's station is patched and restarted; it settles.
    pub(crate) async fn settle(&mut self) {
        self.start().await;
        self.evening();
        self.play("CMS-5", None).await;
    }

    /// It is a minute past the evening.
    pub(crate) fn evening(&self) {
        self.house.clock.advance(EVENING.seconds_since(self.now()) + 60);
    }

    /// Everybody reports every five minutes until so long after the evening.
    pub(crate) async fn watch_until(&mut self, seconds: i64) {
        while self.now() < EVENING.plus_seconds(seconds) {
            self.house.clock.advance(300);
            self.report_all().await;
            self.drive().await;
        }
    }

    /// After ward 5's station settled, its second stage asks for another restart.
    pub(crate) async fn surface(&mut self) {
        self.settle().await;
        self.second_stage().await;
    }

    /// The second stage of ward 5's station says that it wants a restart.
    pub(crate) async fn second_stage(&mut self) {
        let pending = PendingRestart { of: RestartOf::Host, reason: "linux-image-6.1.0-2".into() };
        self.seen("CMS-5").signals.insert(SignalSource::RebootRequired, Reading::Pending(pending));
        self.house.clock.advance(300);
        self.report_all().await;
        self.drive().await;
    }
}
