//! One example of every fact of a patch night, with every field filled.

use hospital::Fact;
use hospital::fact::night::*;
use model::agreement::*;
use model::device::Installer;
use model::host::*;
use model::ids::*;
use model::order::*;
use model::patch::*;
use model::plan::*;
use model::probe::*;
use model::work::*;
use model::{AssetTag, PlanHash, Time};
use rollout::decision::*;
use rollout::verdict::*;

fn host() -> AssetTag {
    AssetTag::new("SRV-0001").unwrap()
}

fn unit() -> UnitId {
    UnitId::new("ward-5").unwrap()
}

fn account(name: &str) -> AccountId {
    AccountId::new(name).unwrap()
}

fn window() -> OrderWindow {
    OrderWindow { not_before: Time(10_000_000), latest_start: Time(20_000_000), not_after: Time(30_000_000) }
}

/// An observation with everything that there can be.
pub(crate) fn observation() -> HostObservation {
    HostObservation {
        observed_at: Time(9_000_000),
        boot: Boot { id: "b0071d".into(), began_at: Time(1_000_000) },
        system: SystemVersion {
            family: SystemFamily::Debian,
            name: "Debian GNU/Linux 12 (bookworm)".into(),
            kernel_running: "6.1.0-1".into(),
            kernel_installed: Some("6.1.0-2".into()),
        },
        packages: [("vakta".into(), "1.0-1".into()), ("zlib".into(), "1.2".into())].into(),
        available: vec![AvailablePatch {
            package: "vakta".into(),
            from: "1.0-1".into(),
            to: "1.0-2".into(),
            size_bytes: Some(4_711),
            origin: "nordpuls stable".into(),
        }],
        signals: [
            (SignalSource::RebootRequired, Reading::Clear),
            (
                SignalSource::Kernel,
                Reading::Pending(PendingRestart { of: RestartOf::Host, reason: "6.1.0-2".into() }),
            ),
            (
                SignalSource::NeedrestartServices,
                Reading::Pending(PendingRestart {
                    of: RestartOf::Services(vec!["vakta.service".into()]),
                    reason: "old code".into(),
                }),
            ),
            (SignalSource::PackageSystem, Reading::Unknown("dpkg is locked".into())),
        ]
        .into(),
        probes: [(
            ProbeId::new("p-1").unwrap(),
            ProbeRun { tried_at: Time(8_000_000), result: ProbeResult::Passed("open".into()) },
        )]
        .into(),
        resources: Resources {
            disk_free_bytes: Some(1_000_000),
            power: Power::Mains,
            clock_offset_ms: Some(-12),
        },
    }
}

fn heard() -> HostsHeard {
    let changes = HostChanges {
        observed_at: Time(9_500_000),
        packages: [("vakta".into(), Some("1.0-2".into())), ("zlib".into(), None)].into(),
        ..HostChanges::default()
    };
    let event = |what| {
        let order = OrderId::new("ab-1").unwrap();
        HeardItem::Order(OrderEvent { order, at: Time(9_400_000), boot: "b0071d".into(), what })
    };
    let probes = [(ProbeId::new("p-1").unwrap(), ProbeResult::Failed("closed".into()))].into();
    let items = vec![
        HeardItem::Report(HostReport::Full(Box::new(observation()))),
        HeardItem::Report(HostReport::Changes(Box::new(changes))),
        HeardItem::Report(HostReport::Same { observed_at: Time(9_600_000) }),
        event(OrderStep::Refused { code: RefusalCode::TooLate, says: "too late".into() }),
        event(OrderStep::Accepted),
        event(OrderStep::Begun),
        event(OrderStep::Done { says: "installed".into(), probes }),
        event(OrderStep::Failed { says: "disk full".into() }),
    ];
    HostsHeard { heard: vec![Heard { host: host(), number: 8, items }] }
}

fn probe() -> Probe {
    Probe {
        id: ProbeId::new("p-1").unwrap(),
        service: ServiceId::new("cm-5").unwrap(),
        host: host(),
        tries: ProbeKind::Tcp { address: "127.0.0.1".into(), port: 2_575 },
        timeout_seconds: 5,
    }
}

/// A plan with everything that there can be.
pub(crate) fn plan() -> Plan {
    let minutes = |p50, p90| Minutes { p50, p90 };
    Plan {
        id: PlanId::new("november").unwrap(),
        title: "Vakta 1.0-2 on ward 5".into(),
        parent: Some(PlanHash([1; 32])),
        requester: account("anna"),
        patches: vec![Patch {
            id: PatchId::new("vakta-1.0-2").unwrap(),
            title: "Vakta 1.0-2".into(),
            packages: vec![PackageVersion { package: "vakta".into(), version: "1.0-2".into() }],
            restart: RestartNeed::Services(vec!["vakta.service".into()]),
            size_bytes: 4_711,
            declared: DeclaredMinutes {
                install: minutes(5, 10),
                restart: minutes(3, 6),
                back_out: minutes(5, 10),
            },
            can_roll_back: true,
            closes: vec!["CVE-2099-0001".into()],
            must_still_work: vec![ProbeId::new("p-1").unwrap()],
            steps: vec![WorkStep { says: "Read the label".into(), proof: StepProof::Identity }],
            terms: Default::default(),
        }],
        windows: vec![Window {
            id: WindowId::new("night").unwrap(),
            not_before: Time(10_000_000),
            latest_start: Time(20_000_000),
            not_after: Time(30_000_000),
        }],
        rings: vec![Ring {
            title: "test bench".into(),
            window: WindowId::new("night").unwrap(),
            success_min: 1,
            failures_stop: 1,
            soak_minutes: 30,
            at_once_max: 2,
        }],
        items: vec![Item {
            host: host(),
            patches: vec![PatchId::new("vakta-1.0-2").unwrap()],
            ring: 1,
            wave: 1,
            by: Hands::Person(Installer::Vendor),
            owner: Owner::ClinicalEngineering,
        }],
        cover: vec![Cover { unit: unit(), people: 2, task: "sit with telemetry patients".into() }],
        proof: ProofPolicy {
            quiet_minutes: 120,
            morning_minute: Some(390),
            offsets: vec![LocalOffset { from: Time(0), seconds: 3_600 }],
            evidence_age_max_seconds: 300,
            stalled_after_tenths: 20,
            hand_proof_days: None,
        },
        contingency: "Call 5511; back to 1.0-1".into(),
        premises: Default::default(),
        resources: Default::default(),
    }
}

fn order() -> Order {
    Order {
        id: OrderId::new("ab-1").unwrap(),
        host: host(),
        plan: plan().hash(),
        term: 3,
        sequence: 1,
        window: window(),
        expects: Expected {
            boot: Some("b0071d".into()),
            packages: [("vakta".into(), Some("1.0-1".into())), ("zlib".into(), None)].into(),
        },
        action: Action::Install(vec![PackageVersion { package: "vakta".into(), version: "1.0-2".into() }]),
    }
}

/// One example of every fact of a patch night.
pub(crate) fn examples() -> Vec<Fact> {
    let plan_hash = plan().hash();
    let sign_off = |answer| SignOff { unit: unit(), answer, by: account("karin"), at: Time(5_000_000) };
    let reason = |reason: &str| PlanReason { plan: plan_hash, reason: reason.into() };
    let moved = || RingMoved { plan: plan_hash, ring: 1 };
    let reasons = || {
        vec![
            PendingReason::Source { source: SignalSource::Kernel, says: "6.1.0-2".into() },
            PendingReason::FurtherPatch { package: "vakta".into(), to: "1.0-3".into() },
        ]
    };
    let outage = || OutageId::new("ab-a1").unwrap();
    let incident = || IncidentId::new("ab-i1").unwrap();
    vec![
        Fact::EnrolmentOffered(EnrolmentOffered {
            host: host(),
            token_sha256: "aa".repeat(32).into(),
            expires: Time(9_000_000),
        }),
        Fact::CertificateIssued(CertificateIssued {
            host: host(),
            key_sha256: "bb".repeat(32).into(),
            serial: "0f".into(),
            expires: Time(90_000_000),
            token_sha256: Some("aa".repeat(32).into()),
        }),
        Fact::HostRevoked(HostRevoked { host: host(), reason: "stolen".into() }),
        Fact::HostsHeard(heard()),
        Fact::ProbesDeclared(ProbesDeclared { probes: vec![probe()] }),
        Fact::PlanDrafted(Box::new(plan())),
        Fact::PlanAnswered(OfPlan {
            plan: plan_hash,
            is: sign_off(UnitAnswer::Propose { not_before: Time(11_000_000), says: "after rounds".into() }),
        }),
        Fact::PlanCovered(OfPlan {
            plan: plan_hash,
            is: CoverConfirmed {
                unit: unit(),
                people: vec!["Karin".into()],
                by: account("karin"),
                at: Time(5_000_000),
            },
        }),
        Fact::PlanApproved(OfPlan {
            plan: plan_hash,
            is: Approval { by: account("erik"), at: Time(5_000_000) },
        }),
        Fact::PlanWithdrawn(reason("not tonight")),
        Fact::RolloutStarted(RolloutStarted { plan: plan_hash, by: account("erik") }),
        Fact::RolloutPaused(reason("trauma call")),
        Fact::RolloutResumed(reason("over")),
        Fact::RolloutStopped(RolloutStopped { plan: plan_hash, reason: "smoke".into(), emergency: true }),
        Fact::RingOpened(moved()),
        Fact::RingSoaking(moved()),
        Fact::RingHalted(RingHalted {
            plan: plan_hash,
            ring: 1,
            reason: HaltReason::Impossible { host: host(), says: "no such version".into() },
        }),
        Fact::OrderIssued(Box::new(order())),
        Fact::OutageAsked(OutageAsked {
            id: outage(),
            plan: plan_hash,
            host: host(),
            units: vec![unit()],
            reasons: reasons(),
            window: window(),
        }),
        Fact::OutageAnswered(OutageAnswered { id: outage(), sign_off: sign_off(UnitAnswer::Accept) }),
        Fact::OutageMoved(OutageMoved { id: outage(), window: window() }),
        Fact::IncidentOpened(IncidentOpened {
            id: incident(),
            plan: Some(plan_hash),
            host: Some(host()),
            kind: Happened::InNight(IncidentKind::RestartSurfaced { reasons: reasons() }),
        }),
        Fact::IncidentClosed(IncidentClosed { id: incident(), evidence: "restarted at 08:12".into() }),
        Fact::HostLookedInto(HostLookedInto {
            plan: plan_hash,
            host: host(),
            found: "the maker's engineer restarted it by hand".into(),
        }),
        Fact::RollBackDecided(RollBackDecided {
            plan: plan_hash,
            host: host(),
            window: window(),
            reason: "alarms arrive late".into(),
        }),
        Fact::UnitsTold(UnitsTold {
            plan: plan_hash,
            units: vec![unit()],
            host: host(),
            news: News::FurtherOutage { reasons: reasons() },
        }),
        Fact::WorkStepDone(StepDone {
            plan: plan_hash,
            host: host(),
            step: 1,
            shown: Shown::Label("SE4711".into()),
            worker: "Nils".into(),
            installer: Installer::Vendor,
        }),
        Fact::WorkSigned(WorkSigned {
            plan: plan_hash,
            host: host(),
            by: "Nils".into(),
            finished_at: Time(25_000_000),
            version_seen: "1.0-2".into(),
        }),
        Fact::WorkChecked(WorkChecked {
            plan: plan_hash,
            host: host(),
            by: "Karin".into(),
            label: "SE4711".into(),
            version_seen: "1.0-2".into(),
            passed: true,
            says: "alarm after 2 s".into(),
        }),
        Fact::LeaseTaken(LeaseTaken {
            node: NodeId::new("node-1").unwrap(),
            term: 3,
            until: Time(40_000_000),
        }),
    ]
}

#[test]
fn a_photograph_of_finished_work_is_a_document_that_the_fact_rests_on() {
    let done = |shown| {
        let (plan, host, installer) = (PlanHash([7; 32]), host(), Installer::Vendor);
        Fact::WorkStepDone(StepDone { plan, host, step: 1, shown, worker: "Nils".into(), installer })
    };
    let sha256 = "5a".repeat(32);
    assert_eq!(done(Shown::Photo(sha256.clone().into())).documents(), [sha256]);
    assert!(done(Shown::Said).documents().is_empty());
}
