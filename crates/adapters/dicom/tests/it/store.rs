//! Objects sent by C-STORE to archives that take, change, refuse or lose them.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use adapter_dicom::dimse::{Status, Storing, Taken, Warning};
use adapter_dicom::element::{Coding, Tag, Writing};
use adapter_dicom::object::File;
use adapter_dicom::peer::{AeTitle, Peer};
use dicom_ul::association::server::{ServerAssociation, ServerAssociationOptions};
use dicom_ul::pdu::{
    AssociationAC, PDataValue, PDataValueType, Pdu, PresentationContextResult,
    PresentationContextResultReason, UserVariableItem, write_pdu,
};

use crate::files::{CLASS, EXPLICIT, IMPLICIT, JPEG_LS, UID, around, file, image};

/// The transfer syntax that was agreed on for it, and its data set.
type Got = (String, Vec<u8>);

/// An archive that takes this class in these syntaxes and answers each object with the next of these; what it got is handed out.
fn archive(syntaxes: &'static [&'static str], answers: Vec<Writing>) -> (Peer, Receiver<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (got, gets) = channel();
    thread::spawn(move || {
        let mut options = ServerAssociationOptions::new().accept_any().with_abstract_syntax(CLASS);
        for syntax in syntaxes {
            options = options.with_transfer_syntax(*syntax);
        }
        let Ok(mut association) = options.establish(listener.accept().unwrap().0) else { return };
        for answer in answers {
            let (context, data) = object(&mut association);
            let syntax = association.presentation_contexts().iter().find(|one| one.id == context).unwrap();
            got.send((syntax.transfer_syntax.clone(), data)).unwrap();
            let data = vec![PDataValue {
                presentation_context_id: context,
                value_type: PDataValueType::Command,
                is_last: true,
                data: answer.coded(Coding::Implicit),
            }];
            association.send(&Pdu::PData { data }).unwrap();
        }
        // Whoever sends more finds nobody.
    });
    let title = |text| AeTitle::new(text).unwrap();
    (
        Peer { host: "127.0.0.1".into(), port, called: title("ARCHIVE"), calling: title("SEGUE"), tls: None },
        gets,
    )
}

/// A whole message: its context and its data set.
fn object(association: &mut ServerAssociation<TcpStream>) -> (u8, Vec<u8>) {
    let mut data = Vec::new();
    loop {
        let Pdu::PData { data: values } = association.receive().unwrap() else { panic!("no data") };
        for value in values {
            if value.value_type == PDataValueType::Data {
                data.extend(value.data);
                if value.is_last {
                    return (value.presentation_context_id, data);
                }
            }
        }
    }
}

fn response(message: u16, status: u16, uid: &str) -> Writing {
    Writing::default()
        .short(Tag(0x0000, 0x0100), 0x8001)
        .short(Tag(0x0000, 0x0120), message)
        .short(Tag(0x0000, 0x0800), 0x0101)
        .short(Tag(0x0000, 0x0900), status)
        .text(Tag(0x0000, 0x0902), b"LO", "it says")
        .text(Tag(0x0000, 0x1000), b"UI", uid)
}

#[test]
fn an_object_arrives_as_it_is_and_what_the_archive_says_of_it_is_told_apart() {
    let statuses = [0x0000, 0xB000, 0xB006, 0xB007, 0xA700, 0xC000, 0xB001];
    let answers = (1..).zip(statuses).map(|(message, status)| response(message, status, UID)).collect();
    let (peer, gets) = archive(&[EXPLICIT], answers);
    // Larger than any PDU.
    let large = image().bytes(Tag(0x7FE0, 0x0010), b"OW", vec![5; 300_000]);
    let bytes = file(&large);
    let sent = File::read(&bytes).unwrap();
    let mut storing = Storing::new(&peer, [&sent.meta]).unwrap();
    let says = || Box::from("it says");
    for taken in [
        Taken::Whole,
        Taken::Changed(Warning::Coerced, says()),
        Taken::Changed(Warning::Discarded, says()),
        Taken::Changed(Warning::DoesNotFit, says()),
        Taken::Refused(Status(0xA700), says()),
        Taken::Refused(Status(0xC000), says()),
        Taken::Refused(Status(0xB001), says()),
    ] {
        assert_eq!(storing.store(&sent).unwrap(), taken);
        assert!(
            gets.recv().unwrap().1 == large.coded(Coding::Explicit),
            "what arrived is the data set, byte for byte"
        );
    }
    let error = storing.store(&sent).unwrap_err().to_string();
    assert!(error.starts_with("ARCHIVE at 127.0.0.1:"), "{error}");
}

#[test]
fn each_object_goes_in_the_syntax_it_is_written_in_and_a_refused_one_is_named_before_it_is_sent() {
    let (peer, gets) = archive(&[IMPLICIT, EXPLICIT], vec![response(1, 0, UID), response(2, 0, UID)]);
    let files = [
        around(&image().coded(Coding::Explicit), UID, JPEG_LS),
        around(&image().coded(Coding::Implicit), UID, IMPLICIT),
        file(&image()),
    ];
    let [jpeg, implicit, explicit] = [0, 1, 2].map(|ix| File::read(&files[ix]).unwrap());
    let mut storing = Storing::new(&peer, [&jpeg.meta, &implicit.meta, &explicit.meta]).unwrap();
    assert!(!storing.takes(&jpeg.meta) && storing.takes(&implicit.meta));
    let error = storing.store(&jpeg).unwrap_err().to_string();
    assert!(
        error.ends_with(&format!(
            "objects of class {CLASS} in transfer syntax {JPEG_LS}; nothing was sent of it"
        )),
        "{error}"
    );
    for file in [&implicit, &explicit] {
        assert_eq!(storing.store(file).unwrap(), Taken::Whole);
        assert_eq!(gets.recv().unwrap(), (file.meta.syntax.to_string(), file.data.to_vec()));
    }
    storing.release();
}

#[test]
fn an_archive_that_takes_nothing_of_it_is_said_to_refuse_that() {
    let (peer, _gets) = archive(&[EXPLICIT], Vec::new());
    let bytes = around(&image().coded(Coding::Explicit), UID, JPEG_LS);
    let error = Storing::new(&peer, [&File::read(&bytes).unwrap().meta]).err().unwrap().to_string();
    assert!(error.contains("does not take objects of class") && error.contains(JPEG_LS), "{error}");
}

#[test]
fn an_archive_that_accepts_in_another_syntax_than_it_was_offered_is_not_sent_what_it_cannot_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let accepted = PresentationContextResult {
            id: 1,
            reason: PresentationContextResultReason::Acceptance,
            transfer_syntax: IMPLICIT.to_owned(),
        };
        let pdu = Pdu::AssociationAC(AssociationAC {
            protocol_version: 1,
            called_ae_title: "ARCHIVE".to_owned(),
            calling_ae_title: "SEGUE".to_owned(),
            application_context_name: "1.2.840.10008.3.1.1.1".to_owned(),
            presentation_contexts: vec![accepted],
            user_variables: vec![UserVariableItem::MaxLength(16_384)],
        });
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = [0; 4_096];
        assert!(stream.read(&mut asked).unwrap() > 0);
        let mut bytes = Vec::new();
        write_pdu(&mut bytes, &pdu).unwrap();
        stream.write_all(&bytes).unwrap();
        while stream.read(&mut asked).is_ok_and(|read| read > 0) {}
    });
    let title = |text| AeTitle::new(text).unwrap();
    let peer =
        Peer { host: "127.0.0.1".into(), port, called: title("ARCHIVE"), calling: title("SEGUE"), tls: None };
    let bytes = file(&image());
    let sent = File::read(&bytes).unwrap();
    let mut storing = Storing::new(&peer, [&sent.meta]).unwrap();
    assert!(!storing.takes(&sent.meta));
    assert!(storing.store(&sent).unwrap_err().to_string().contains("nothing was sent of it"));
}

#[test]
fn an_answer_for_another_object_or_without_a_status_is_not_believed() {
    let bytes = file(&image());
    let sent = File::read(&bytes).unwrap();
    let mute = Writing::default()
        .short(Tag(0x0000, 0x0100), 0x8001)
        .short(Tag(0x0000, 0x0120), 1)
        .short(Tag(0x0000, 0x0800), 0x0101);
    let (peer, _gets) = archive(&[EXPLICIT], vec![mute]);
    let taken = Storing::new(&peer, [&sent.meta]).unwrap().store(&sent).unwrap();
    assert!(!taken.is_taken(), "{taken:?}");
    let (peer, _gets) = archive(&[EXPLICIT], vec![response(1, 0, "2.25.4711.9")]);
    let error = Storing::new(&peer, [&sent.meta]).unwrap().store(&sent).unwrap_err().to_string();
    assert!(error.contains("was sent, and it answers for 2.25.4711.9"), "{error}");
}

#[test]
fn what_is_no_file_is_not_sent() {
    let whole = file(&image());
    for (bytes, says) in [
        (&whole[..100], "cut short"),
        (&[0; 200][..], "no file of DICOM"),
        (&whole[..150], "cut short"),
        (b"<html>", "cut short"),
    ] {
        let error = File::read(bytes).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    let mut nameless = whole.clone();
    let at = whole.windows(UID.len()).position(|at| at == UID.as_bytes()).unwrap();
    nameless[at] = b'x';
    assert!(
        File::read(&nameless).unwrap_err().to_string().contains("(0002,0003) is missing or no identifier")
    );
}
