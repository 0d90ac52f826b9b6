//! Facts are forever: one golden entry for every version of every fact there ever was, replayed in every run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hospital::fact::*;
use hospital::feeds::{FeedClosed, FeedOf, FeedOpened};
use hospital::imports::{ImportKind, ImportSummary};
use hospital::{Fact, Stamp, State};
use model::advisory::*;
use model::alias::{AliasAnswer, AliasSubject};
use model::device::*;
use model::ids::*;
use model::people::Role;
use model::place::*;
use model::service::*;
use model::threat::*;
use model::{AssetTag, Date, Device, Time};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

/// One example of every fact, with every field filled: what a new fact version's golden file is first written from.
fn examples() -> Vec<Fact> {
    let mut examples = first_examples();
    examples.extend(crate::golden_night::examples());
    examples.extend(crate::golden_archives::examples());
    examples
}

fn first_examples() -> Vec<Fact> {
    let tag = || AssetTag::new("MON-0001").unwrap();
    vec![
        Fact::SiteDescribed(Site {
            id: SiteId::new("nordby").unwrap(),
            name: "Nordby".into(),
            time_zone: "Europe/Stockholm".into(),
        }),
        Fact::BuildingDescribed(Building {
            id: BuildingId::new("n-a").unwrap(),
            site: SiteId::new("nordby").unwrap(),
            name: "House A".into(),
        }),
        Fact::UnitDescribed(CareUnit {
            id: UnitId::new("ward-5").unwrap(),
            building: BuildingId::new("n-a").unwrap(),
            name: "Ward 5".into(),
            phone: Some("5511".into()),
        }),
        Fact::BedDescribed(Bed {
            id: BedId::new("5-01").unwrap(),
            unit: UnitId::new("ward-5").unwrap(),
            telemetry: true,
        }),
        Fact::ServiceDescribed(Service {
            id: ServiceId::new("cm-5").unwrap(),
            kind: ServiceKind::CentralMonitoring,
            name: "Central monitoring, ward 5".into(),
            beds: vec![BedId::new("5-01").unwrap()],
            redundancy: Redundancy { carriers: vec![tag()], needed: 1 },
            fallback: None,
        }),
        Fact::DeviceRegistered(Box::new(device())),
        Fact::DeviceRetired(DeviceRetired {
            asset_tag: AssetTag::new("MON-0002").unwrap(),
            reason: "sold".into(),
        }),
        Fact::AdvisoryReceived(Box::new(advisory())),
        Fact::SignatureVerified(SignatureVerified {
            key: advisory().key,
            document_sha256: advisory().document_sha256,
            provenance: Provenance {
                checksum_right: true,
                signature: SignatureStanding::Verified {
                    fingerprint: "A8914CA2F11139C6A69A0018FB3CD9B15DE61596".into(),
                    origin: KeyOrigin::Given,
                },
            },
        }),
        Fact::KevReceived(KevReceived {
            catalogue: "2026.11.01".into(),
            entries: vec![KevEntry {
                cve: "CVE-2099-0001".into(),
                added: day("2026-10-01"),
                due: Some(day("2026-10-22")),
                ransomware: true,
            }],
        }),
        Fact::EpssReceived(EpssReceived {
            model: "v2099.01.01".into(),
            day: day("2026-11-01"),
            scores: vec![(
                "CVE-2099-0001".into(),
                EpssScore { probability_millionths: 913_370, percentile_millionths: 998_120 },
            )],
        }),
        Fact::SsvcReceived(SsvcReceived {
            assessments: vec![SsvcAssessment {
                cve: "CVE-2099-0001".into(),
                exploitation: "active".into(),
                automatable: "yes".into(),
                technical_impact: "total".into(),
                assessed: "2026-11-01T00:00:00Z".into(),
            }],
        }),
        Fact::NightsReceived(hospital::past::NightsReceived {
            records: vec![planning::forecast::Record {
                begun: Time(1_700_000_000_000_000),
                night: "2023-11".into(),
                family: "linux-image-amd64".into(),
                model: "Nordpuls Vakta 60".into(),
                site: "Nordby".into(),
                device: "MON-0001".into(),
                step: planning::forecast::Step::Restart,
                seconds: 412,
                declared_seconds: Some(240),
                chain: Some(planning::forecast::Chain {
                    place: 1,
                    armed_another: true,
                    shown_after_seconds: None,
                }),
            }],
        }),
        Fact::AliasAnswered(AliasAnswered {
            subject: AliasSubject::Product {
                manufacturer: "Nordpuls".into(),
                model: "Vakta 60 Neo".into(),
                vendor: "Nordpuls AB".into(),
                product: "Vakta 60".into(),
            },
            answer: AliasAnswer::Same,
        }),
        Fact::AliasWithdrawn(AliasSubject::Vendor {
            manufacturer: "Nordplus".into(),
            vendor: "Nordpuls AB".into(),
        }),
        Fact::ImportFinished(ImportSummary {
            id: ImportId::new("imp-1").unwrap(),
            kind: ImportKind::Inventory,
            source: "devices.csv".into(),
            sha256: Some("ab".repeat(32).into()),
            read: 3,
            new: 1,
            changed: 1,
            unchanged: 1,
            left_out: 0,
            remarks: vec!["devices.csv: row 2: …".into()],
            remarks_total: 1,
        }),
        Fact::AccountOpened(AccountOpened {
            account: AccountId::new("anna").unwrap(),
            role: Role::Engineer,
            password_hash: "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA".into(),
            must_change: true,
        }),
        Fact::AccountBound(AccountBound {
            account: AccountId::new("maja").unwrap(),
            units: vec![UnitId::new("WARD-5").unwrap()],
        }),
        Fact::PasswordSet(PasswordSet {
            account: AccountId::new("anna").unwrap(),
            password_hash: "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaB".into(),
            must_change: false,
            keep_session: Some("cd".repeat(32).into()),
        }),
        Fact::AccountClosed(AccountId::new("erik").unwrap()),
        Fact::SessionOpened(SessionOpened {
            token_sha256: "ef".repeat(32).into(),
            account: AccountId::new("anna").unwrap(),
            expires: Time(9_000_000),
        }),
        Fact::FeedOpened(FeedOpened {
            token_sha256: "02".repeat(32).into(),
            of: FeedOf::Unit(UnitId::new("ward-5").unwrap()),
            by: AccountId::new("lind").unwrap(),
        }),
        Fact::FeedClosed(FeedClosed { token_sha256: "02".repeat(32).into() }),
        Fact::SessionClosed(SessionClosed { token_sha256: "01".repeat(32).into() }),
    ]
}

fn device() -> Device {
    Device {
        asset_tag: AssetTag::new("MON-0001").unwrap(),
        manufacturer: "Nordpuls".into(),
        model: "Vakta 60".into(),
        model_number: Some("866060".into()),
        software_version: Some("2.3.5".into()),
        hardware_version: Some("C".into()),
        operating_system: Some("Debian 12".into()),
        serial_number: Some("SE4711".into()),
        udi: Some(Udi {
            agency: UdiAgency::Gs1,
            di: "07350001000008".into(),
            lot: Some("L1".into()),
            serial: Some("SE4711".into()),
            manufactured: Some(day("2024-02-29")),
            expires: None,
        }),
        manufactured: Some(day("2024-02-29")),
        identifiers: Identifiers {
            cpe: Some("cpe:2.3:h:nordpuls:vakta_60:2.3.5:*:*:*:*:*:*:*".into()),
            purl: None,
        },
        kind: Some("patient monitor".into()),
        location: Location {
            site: Some("nordby".into()),
            building: Some("n-a".into()),
            unit: Some("ward-5".into()),
            room: Some("5-01".into()),
        },
        owner: Some("Clinical engineering".into()),
        support: Support { status: SupportStatus::Supported, end: Some(day("2030-12-31")) },
        installer: Installer::Vendor,
        access: Access::HandsOn,
        network: Network::Hospital,
        criticality: Criticality::LifeSupporting,
    }
}

fn advisory() -> Advisory {
    Advisory {
        key: AdvisoryKey { namespace: "https://cert.example/".into(), tracking_id: "SAMPLE-2026-001".into() },
        version: "2".into(),
        status: AdvisoryStatus::Final,
        released: "2026-11-01T00:00:00Z".into(),
        first_released: "2026-10-01T00:00:00Z".into(),
        title: "Vakta 60".into(),
        publisher: "Sample CERT".into(),
        category: "csaf_security_advisory".into(),
        tlp: Some("WHITE".into()),
        url: Some("https://cert.example/sample-2026-001.json".into()),
        products: vec![Product {
            id: "P1".into(),
            full_name: "Nordpuls Vakta 60 < 2.4".into(),
            vendor: Some("Nordpuls AB".into()),
            family: Some("Vakta".into()),
            name: Some("Vakta 60".into()),
            version: Some(VersionText::Range("< 2.4".into())),
            qualifiers: vec![("architecture".into(), "arm".into())],
            helpers: Helpers {
                cpe: None,
                purls: vec!["pkg:generic/vakta".into()],
                model_numbers: vec!["8660*".into()],
                serial_numbers: Vec::new(),
                skus: vec!["VK-60".into()],
            },
            combination: Some(Combination {
                kind: "installed_on".into(),
                component: "P2".into(),
                host: "P3".into(),
            }),
        }],
        vulnerabilities: vec![Vulnerability {
            cve: Some("CVE-2099-0001".into()),
            ids: vec![("sample".into(), "S-1".into())],
            title: Some("Telnet without a password".into()),
            cwes: vec!["CWE-306".into()],
            notes: vec!["All versions before 2.4 answer telnet.".into()],
            statuses: vec![(ProductStatus::KnownAffected, vec!["P1".into()])],
            remedies: vec![Remedy {
                category: "vendor_fix".into(),
                details: "Update to 2.4 or later.".into(),
                products: vec!["P1".into()],
                url: Some("https://cert.example/fix".into()),
                restart: Some("system".into()),
                date: Some("2026-11-01T00:00:00Z".into()),
            }],
            scores: vec![Score {
                version: "3.1".into(),
                vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".into(),
                base_tenths: 98,
                products: vec!["P1".into()],
            }],
        }],
        document_sha256: "23".repeat(32).into(),
        document_bytes: 4_711,
        remarks: vec![Remark { test: "6.1.1".into(), pointer: "/document".into(), message: "…".into() }],
        provenance: None,
    }
}

fn file_of(name: &str) -> PathBuf {
    folder().join(format!("{}.json", name.replace('/', ".v")))
}

#[test]
fn every_fact_version_has_a_golden_entry_and_reads_as_it_was_written() {
    for fact in examples() {
        let path = file_of(fact.name());
        let written = serde_json::to_string_pretty(&fact).unwrap() + "\n";
        if !path.exists() && std::env::var_os("CI").is_none() {
            std::fs::write(&path, &written).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!("{}: {error}; run this test once outside CI and commit the file", path.display())
        });
        let read: Fact = serde_json::from_str(&golden).unwrap();
        assert_eq!(read, fact, "{} no longer means what it meant", fact.name());
        assert_eq!(written, golden, "{} is no longer written as it was", fact.name());
    }
    let with_example: BTreeSet<&str> = examples().iter().map(Fact::name).collect();
    assert_eq!(with_example, Fact::NAMES.iter().copied().collect(), "every fact has an example");
}

#[test]
fn golden_entries_of_every_version_there_ever_was_replay() {
    let mut state = State::new();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= Fact::NAMES.len(), "golden entries are never removed");
    for path in files {
        let fact: Fact = serde_json::from_str(&std::fs::read_to_string(&path).unwrap())
            .unwrap_or_else(|error| panic!("{} no longer reads: {error}", path.display()));
        assert_eq!(file_of(fact.name()), path, "a golden entry is named after its fact");
        let stamp = Stamp { seq: state.seq() + 1, time: Time(1), actor: "golden".into() };
        state.apply(stamp, fact);
    }
    assert_eq!(state.register().len(), 1);
    assert_eq!(state.library().len(), 1);
}
