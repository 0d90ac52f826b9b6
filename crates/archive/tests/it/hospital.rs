//! Examinations of an invented hospital, and archives that hold them. Nothing is asserted here.

use archive::{
    Content, Holding, Instance, InstanceUid, Patient, Pixels, SeriesUid, Study, StudyDate, StudyUid, Sum, Uid,
};
use model::Time;

/// Noon of the day on which archives are compared.
pub(crate) const CUT: Time = Time(1_790_000_000_000_000);

pub(crate) fn uid(text: &str) -> Uid {
    Uid::parse(text).unwrap()
}

pub(crate) fn study_uid(study: u32) -> StudyUid {
    StudyUid(uid(&format!("1.2.826.{study}")))
}

pub(crate) fn instance_uid(study: u32, number: u32) -> InstanceUid {
    InstanceUid(uid(&format!("1.2.826.{study}.1.{number}")))
}

pub(crate) fn patient(number: u32) -> Patient {
    Patient::new(&format!("P{number}"), "")
}

/// Examination `study` of patient 1, made on `date` (`YYYYMMDD`).
pub(crate) fn study(study: u32, date: &str) -> Study {
    Study {
        uid: study_uid(study),
        patient: patient(1),
        date: StudyDate::read(date),
        accession: format!("ACC{study}").into(),
        counted: None,
    }
}

/// Object `number` of an examination, arrived long before the cut.
pub(crate) fn instance(study: u32, number: u32) -> Instance {
    Instance {
        uid: instance_uid(study, number),
        series: SeriesUid(uid(&format!("1.2.826.{study}.1"))),
        study: study_uid(study),
        arrived: Some(Time(CUT.0 - 86_400_000_000)),
        content: Some(content(0)),
    }
}

/// One of several contents, with pixels as they are.
pub(crate) fn content(number: u8) -> Content {
    Content {
        attributes: Sum([0; 32]),
        pixels: Pixels::Samples { form: Sum([0; 32]), sum: Sum([number; 32]) },
    }
}

/// An archive with examinations 1 to `studies` of three objects each.
pub(crate) fn archive(studies: u32) -> Holding {
    let mut holding = Holding::new();
    for number in 1..=studies {
        holding.study(study(number, &format!("202601{number:02}")));
        (1..=3).for_each(|object| holding.instance(instance(number, object)));
    }
    holding
}

/// The same archive without some objects, given as (study, number).
pub(crate) fn without(whole: &Holding, lost: &[(u32, u32)]) -> Holding {
    let lost: Vec<InstanceUid> = lost.iter().map(|(study, number)| instance_uid(*study, *number)).collect();
    let mut holding = Holding::new();
    for instance in whole.instances().values().filter(|instance| !lost.contains(&instance.uid)) {
        holding.instance(instance.clone());
    }
    for study in whole.studies().values() {
        if holding.instances().values().any(|instance| instance.study == study.uid) {
            holding.study(study.clone());
        }
    }
    holding
}
