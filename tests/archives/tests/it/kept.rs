//! An archive says of each object whether it keeps it.

use std::time::Duration;

use adapter_dicom::dimse::{Association, Commitments, Sent, Service};
use adapter_dicom::peer::AeTitle;
use archives::{Caps, Pair, invented, skips};

const WITHIN: Duration = Duration::from_secs(30);
const SECONDARY_CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7";

#[test]
fn orthanc_an_archive_takes_responsibility_for_what_it_has_and_for_nothing_else() {
    if skips("commitment") {
        return;
    }
    let exams = invented(40);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    let lost = exams[0].objects[0].uid.clone();
    pair.b.store(&exams, |uid| uid != lost).unwrap();
    let asked: Vec<Sent> = exams
        .iter()
        .flat_map(|exam| &exam.objects)
        .map(|object| Sent { class: SECONDARY_CAPTURE.into(), uid: object.uid.as_str().into() })
        .collect();
    let ours = Commitments::listen(pair.ours, AeTitle::new("SEGUE").unwrap()).unwrap();
    let archive = AeTitle::new(pair.b.title()).unwrap();
    let ask = |transaction: &str| {
        let mut association = Association::new(&pair.b.peer().unwrap(), Service::Commitment).unwrap();
        association.ask_commitment(transaction, &asked).unwrap();
        association.release();
        ours.wait(&archive, transaction, WITHIN).unwrap()
    };
    let committed = ask("2.25.4711.900.1");
    let lacks: Vec<&str> = committed.lacks(&asked).iter().map(|sent| &*sent.uid).collect();
    assert_eq!(lacks, [lost.as_str()]);
    assert_eq!(committed.failed.len(), 1, "it says so itself: {:?}", committed.failed);
    assert_eq!(committed.kept.len(), asked.len() - 1);
    pair.b.store(&exams, |uid| uid == lost).unwrap();
    assert!(ask("2.25.4711.900.2").lacks(&asked).is_empty());
}

#[test]
fn orthanc_silence_about_a_transaction_is_no_promise() {
    if skips("silence") {
        return;
    }
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    let ours = Commitments::listen(pair.ours, AeTitle::new("SEGUE").unwrap()).unwrap();
    let archive = AeTitle::new(pair.b.title()).unwrap();
    let says = ours.wait(&archive, "2.25.4711.900.3", Duration::from_secs(1)).unwrap_err().to_string();
    assert!(says.contains("nothing was said of transaction 2.25.4711.900.3"), "{says}");
}
