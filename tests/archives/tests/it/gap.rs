//! A gap that a rounded number hides: found by name in each way, sent again, and only then nothing is missing.

use adapter_dicom::dimse::{Association, Level, Service};
use adapter_dicom::element::Writing;
use adapter_dicom::peer::AeTitle;
use adapter_dicom::tags;
use archive::{Proven, Tier, Verdict, compare};
use archives::{Caps, Pair, invented_up_to, skips};
use model::Time;
use std::time::Instant;

use crate::ways::{WAYS, everything};

/// Where `SEGUE_ARCHIVE_OBJECTS` names no other number.
const OBJECTS: usize = 20_000;
const OBJECTS_OF_ONE_MAX: usize = 400;
const MISSING: usize = 7;

fn proven(verdict: Verdict) -> Proven {
    match verdict {
        Verdict::Proven(proven) => *proven,
        unproven @ Verdict::Unproven { .. } => panic!("{unproven:?}"),
    }
}

#[test]
fn orthanc_a_gap_of_seven_is_found_by_name_in_every_way_and_after_it_is_sent_again_nothing_is_missing() {
    if skips("gap") {
        return;
    }
    let objects = std::env::var("SEGUE_ARCHIVE_OBJECTS").map_or(OBJECTS, |number| number.parse().unwrap());
    let exams = invented_up_to(objects, OBJECTS_OF_ONE_MAX);
    let all: Vec<&str> = exams.iter().flat_map(|exam| &exam.objects).map(|object| &*object.uid).collect();
    let mut lacks: Vec<&str> = all.iter().copied().rev().take(MISSING).collect();
    lacks.sort_unstable();
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |uid| !lacks.contains(&uid)).unwrap();
    let mut to_send = Vec::new();
    for (way, source) in WAYS {
        let began = Instant::now();
        let (a, b) = (everything(&mut *source(&pair.a)), everything(&mut *source(&pair.b)));
        eprintln!("{way}: {objects} objects at each end listed in {:.1} s", began.elapsed().as_secs_f32());
        let found = proven(compare(&a, &b, Time(0), Tier::Identity));
        let named: Vec<&str> =
            found.a_only.iter().flat_map(|missing| &missing.instances).map(|uid| uid.0.as_str()).collect();
        let mut sorted = named.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, lacks, "{way}");
        assert_eq!((found.b_only.len(), found.moved.len()), (0, 0), "{way}");
        assert_eq!(a.instances().len(), objects, "{way}");
        to_send = found.a_only.iter().map(|missing| missing.study.uid.clone()).collect();
    }
    let mut association = Association::new(&pair.a.peer().unwrap(), Service::Move).unwrap();
    for study in &to_send {
        let keys = Writing::default().text(tags::STUDY_INSTANCE_UID, b"UI", study.0.as_str());
        let to = AeTitle::new(pair.b.title()).unwrap();
        let moved = association.send_to(&to, Level::Study, keys, |_| true).unwrap();
        assert!(moved.status.is_success(), "{moved:?}");
        assert_eq!(moved.progress.failed.unwrap_or(0), 0);
    }
    association.release();
    for (way, source) in WAYS {
        let (a, b) = (everything(&mut *source(&pair.a)), everything(&mut *source(&pair.b)));
        assert!(compare(&a, &b, Time(0), Tier::Identity).is_proven_equal(), "{way}");
    }
}
