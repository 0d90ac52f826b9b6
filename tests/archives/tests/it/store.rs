//! Objects that are sent to an archive are found there again, as they were.

use adapter_dicom::dimse::{Storing, Taken};
use adapter_dicom::object::{File, Meta, content};
use adapter_dicom::source::Reads;
use adapter_dicom::web::{Client, Of};
use archive::{InstanceUid, SeriesUid, StudyUid, Uid};
use archives::{Caps, Exam, Pair, Server, invented, skips};

use crate::ways::{by_rest, everything};

fn files(exams: &[Exam]) -> Vec<Vec<u8>> {
    exams.iter().flat_map(|exam| exam.objects.iter().map(|object| exam.file(object))).collect()
}

/// Everything that was sent is listed, and its content is that of the file.
fn is_there(server: &Server, files: &[Vec<u8>]) {
    let held = everything(&mut *by_rest(server));
    assert_eq!((held.instances().len(), held.gaps().len()), (files.len(), 0));
    let mut readers: [Box<dyn Reads>; 2] =
        [Box::new(Client::new(server.web("/dicom-web")).unwrap()), Box::new(server.orthanc().unwrap())];
    for bytes in files {
        let uid = InstanceUid(Uid::as_found(&File::read(bytes).unwrap().meta.uid).unwrap().0);
        let object = &held.instances()[&uid];
        for reader in &mut readers {
            assert_eq!(reader.content(object).unwrap(), content(&bytes[..], &uid).unwrap());
        }
    }
}

#[test]
fn orthanc_what_is_stored_by_stow_is_named_by_the_answer_and_found_again() {
    if skips("STOW-RS") {
        return;
    }
    let exams = invented(30);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    let bytes = files(&exams);
    let sent: Vec<File<'_>> = bytes.iter().map(|bytes| File::read(bytes).unwrap()).collect();
    let client = Client::new(pair.b.web("/dicom-web")).unwrap();
    let stored = client.stow(None, &sent).unwrap();
    assert_eq!((stored.status, stored.lacks(&sent).len(), stored.not_kept.len()), (200, 0, 0));
    is_there(&pair.b, &bytes);
    // Of another examination than the one that is named none is stored, and none is believed to be.
    let other = StudyUid(Uid::as_found("2.25.4711.900").unwrap().0);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    let client = Client::new(pair.b.web("/dicom-web")).unwrap();
    match client.stow(Some(&other), &sent) {
        Ok(stored) => assert_eq!(stored.lacks(&sent).len(), sent.len(), "{stored:?}"),
        Err(error) => assert!(error.to_string().contains("answered"), "{error}"),
    }
    assert_eq!(everything(&mut *by_rest(&pair.b)).instances().len(), 0);
}

#[test]
fn orthanc_what_is_sent_by_c_store_is_found_again() {
    if skips("C-STORE") {
        return;
    }
    let exams = invented(30);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    let bytes = files(&exams);
    let sent: Vec<File<'_>> = bytes.iter().map(|bytes| File::read(bytes).unwrap()).collect();
    let unknown = Meta { syntax: "1.2.840.10008.1.2.4.999".into(), ..sent[0].meta.clone() };
    let kinds = sent.iter().map(|file| &file.meta).chain([&unknown]);
    let mut storing = Storing::new(&pair.b.peer().unwrap(), kinds).unwrap();
    assert!(!storing.takes(&unknown));
    for file in &sent {
        assert_eq!(storing.store(file).unwrap(), Taken::Whole);
    }
    storing.release();
    is_there(&pair.b, &bytes);
}

#[test]
fn orthanc_an_examination_is_fetched_whole_and_an_archive_that_has_none_says_so() {
    if skips("WADO-RS") {
        return;
    }
    let exams = invented(80);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    let client = Client::new(pair.b.web("/dicom-web")).unwrap();
    let uid = |text: &str| Uid::as_found(text).unwrap().0;
    let exam = exams.iter().max_by_key(|exam| exam.objects.len()).unwrap();
    let study = StudyUid(uid(&exam.study));
    let mut objects = client.wado(Of::Study(&study)).unwrap();
    let mut bytes = 0;
    while let Some(mut part) = objects.next_part().unwrap() {
        bytes += std::io::copy(&mut part, &mut std::io::sink()).unwrap();
    }
    assert_eq!(objects.count(), exam.objects.len() as u64);
    let stored: usize = exam.objects.iter().map(|object| exam.file(object).len()).sum();
    assert_eq!(bytes, stored as u64);
    let object = &exam.objects[0];
    let (series, instance) = (SeriesUid(uid(&object.series)), InstanceUid(uid(&object.uid)));
    let mut frame = client.wado_frame((&study, &series, &instance), 1).unwrap();
    let mut pixels = Vec::new();
    std::io::copy(&mut frame.next_part().unwrap().unwrap(), &mut pixels).unwrap();
    assert_eq!(pixels, [object.grey; 64]);
    let none = StudyUid(uid("2.25.4711.900"));
    let error = client.wado(Of::Study(&none)).err().unwrap().to_string();
    assert!(error.contains("answered 404"), "{error}");
}
