//! One example of every fact about a pair of archives, with every field filled.

use archive::expected::{Named, Source};
use archive::gate::{Against, Caution, Decision, FirstImage, Look, Override, WayOut};
use archive::kept::{Concerned, Kept, LookedFor, Shown, Sought};
use archive::urgency::Circumstances;
use archive::verdict::{Affected, Differences, Held};
use archive::{
    Counted, DoubtKind, Doubtful, LookedAgain, Patient, Side, Study, StudyDate, StudyUid, Tier, Uid,
};
use hospital::Fact;
use hospital::archives::fact::*;
use model::ids::PairId;
use model::{Date, Time};

pub(crate) fn pair() -> PairId {
    PairId::new("radiology").unwrap()
}

pub(crate) fn study(number: u32) -> StudyUid {
    StudyUid(Uid::as_found(&format!("1.2.826.{number}")).unwrap().0)
}

/// An examination of which B lacks 14 of 412 images.
pub(crate) fn concerned(number: u32) -> Concerned {
    Concerned {
        exam: Affected {
            study: Study {
                uid: study(number),
                patient: Patient::new("19121212-1212", "SE"),
                date: StudyDate::Day(Date::parse("2026-11-26").unwrap()),
                accession: "88121".into(),
                counted: Some(Counted { series: 4, instances: 412 }),
            },
            of: 412,
            lacks: 14,
            moved: 1,
            content_diff: 2,
            patient_at_b: Some(Patient::new("19121212-1213", "")),
        },
        circumstances: Circumstances {
            in_emergency: Some(true),
            is_stat: Some(false),
            theatre: Some(Some(Time(3_600_000_000))),
            is_inpatient: Some(true),
            is_prior: Some(false),
        },
    }
}

pub(crate) fn differs(cut: Time, exams: Vec<Concerned>) -> Kept {
    Kept::Proven(Box::new(Shown {
        cut,
        tier: Tier::Identity,
        held: Held { a: 20_000_000, b: 19_999_993, alike: 19_999_993 },
        differences: Some(Differences {
            a_only_studies: 1,
            a_only_instances: 7,
            b_only_studies: 1,
            b_only_instances: 3,
            moved: 1,
            content_diff: 2,
        }),
        exams,
        unnamed: 0,
        in_flight: 12,
        shows_rejected: 1,
    }))
}

pub(crate) fn examples() -> Vec<Fact> {
    let first_image = FirstImage {
        p50_milliseconds: 400,
        p95_milliseconds: 900,
        probes: 40,
        failed: 1,
        at: Time(8_000_000),
    };
    let look = Look { is_ready: false, at: Time(7_000_000) };
    vec![
        Fact::PairCompared(Box::new(PairCompared {
            pair: pair(),
            a: "pacs-a".into(),
            b: "pacs-b".into(),
            since: Some(Date::parse("2026-11-01").unwrap()),
            compared: differs(Time(9_000_000), vec![concerned(1)]),
            looked_for: Some(LookedFor {
                asked: 40,
                missing: 1,
                unread: 2,
                untold: Vec::new(),
                named: vec![Sought {
                    named: Named::Accession("88122".into()),
                    source: Source::Order,
                    done: Time(5_000_000),
                    at: Some(Side::A),
                }],
            }),
            document_sha256: Some("ab".repeat(32).into()),
        })),
        Fact::PairSent(PairSent {
            pair: pair(),
            examinations: 3,
            objects: 7,
            not_whole: 1,
            doubtful: vec![Doubtful {
                study: study(1),
                kind: DoubtKind::NotCommitted,
                says: "1.2.826.1.1.1: B does not keep it: 0112 (it has no such object); and 1 more".into(),
            }],
            looked_again: vec![LookedAgain {
                study: study(2),
                is_committed: true,
                is_read: true,
                is_same: false,
            }],
        }),
        Fact::PairProbed(PairProbed {
            pair: pair(),
            side: Side::B,
            place: "emergency".into(),
            first_image,
            search: Some(Took { p50_milliseconds: 20, p95_milliseconds: 60, times: 40 }),
            scroll: Some(Took { p50_milliseconds: 30, p95_milliseconds: 70, times: 160 }),
            prior: Some(Took { p50_milliseconds: 300, p95_milliseconds: 800, times: 12 }),
        }),
        Fact::BaselineSet(BaselineSet {
            pair: pair(),
            side: Side::B,
            place: "emergency".into(),
            p95_max_milliseconds: 1_000,
        }),
        Fact::PlaceAdmitted(PlaceAdmitted {
            pair: pair(),
            place: "Reading room 2".into(),
            token_sha256: "cd".repeat(32).into(),
        }),
        Fact::PlaceRetired(PlaceRetired {
            pair: pair(),
            place: "Reading room 2".into(),
            because: "the workstation was scrapped".into(),
        }),
        Fact::WayOutSeen(WayOutSeen {
            pair: pair(),
            way: WayOut::FallbackViewer,
            is_ready: true,
            remark: "opened a chest X-ray on 5-02".into(),
        }),
        Fact::FailoverBegun(Box::new(FailoverBegun {
            pair: pair(),
            decision: Decision {
                against: vec![Against::NeverProbed, Against::ExpectedMissing(1)],
                cautions: vec![
                    Caution::InFlight(12),
                    Caution::NoWayOut { way: WayOut::RollBack, look: Some(look) },
                    Caution::Since(Date::parse("2026-11-01").unwrap()),
                ],
            },
            overridden: Some(Override {
                people: ("Head of radiology".into(), "Chief physician".into()),
                exams: [study(1)].into(),
                because: "A is on fire".into(),
            }),
        })),
        Fact::FailoverStepDone(FailoverStep {
            pair: pair(),
            step: Step::StaffTold,
            remark: "all wards, by phone".into(),
        }),
        Fact::FailoverReported(FailoverReported { pair: pair(), says: "no priors on 5-02".into() }),
        Fact::FailoverEnded(Ended { pair: pair(), went: Went::Over, remark: "works since 11:40".into() }),
    ]
}
