//! Archives that answer badly: each ends in an error that says who and what, in bounded memory, and never in a whole answer.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use adapter_dicom::dimse::{Association, Level, Service};
use adapter_dicom::element::{Tag, Writing};
use adapter_dicom::limits::STRAY_MESSAGES_MAX;
use adapter_dicom::peer::{AeTitle, Peer};
use dicom_ul::association::server::{ServerAssociation, ServerAssociationOptions};
use dicom_ul::pdu::{PDataValue, PDataValueType, Pdu};

/// An archive of one association.
fn archive(answers: impl FnOnce(TcpStream) + Send + 'static) -> Peer {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || answers(listener.accept().unwrap().0));
    let title = |text| AeTitle::new(text).unwrap();
    Peer { host: "127.0.0.1".into(), port, called: title("ARCHIVE"), calling: title("SEGUE"), tls: None }
}

/// One that agrees on everything and then sends this.
fn agreeing(sends: impl FnOnce(&mut ServerAssociation<TcpStream>) + Send + 'static) -> Peer {
    archive(move |stream| {
        let options = ServerAssociationOptions::new()
            .accept_any()
            .with_abstract_syntax(Service::Find.class())
            .with_transfer_syntax("1.2.840.10008.1.2");
        let mut association = options.establish(stream).unwrap();
        let _asked = association.receive();
        sends(&mut association);
        // Whoever asked hangs up.
        while association.receive().is_ok() {}
    })
}

fn found(peer: &Peer) -> Result<(u64, u16), String> {
    let mut association = Association::new(peer, Service::Find).map_err(|error| error.to_string())?;
    let mut rows = 0;
    let keys = Writing::default().text(Tag(0x0020, 0x000D), b"UI", "");
    let found = association.find(Level::Study, keys, |row| rows += u64::from(row.is_ok()));
    found.map(|found| (rows, found.status.0)).map_err(|error| error.to_string())
}

fn part(value_type: PDataValueType, is_last: bool, data: Vec<u8>) -> Pdu {
    Pdu::PData { data: vec![PDataValue { presentation_context_id: 1, value_type, is_last, data }] }
}

/// An answer to message 1 with this status.
fn response(status: u16, has_data: bool) -> Vec<u8> {
    Writing::default()
        .short(Tag(0x0000, 0x0100), 0x8020)
        .short(Tag(0x0000, 0x0120), 1)
        .short(Tag(0x0000, 0x0800), if has_data { 1 } else { 0x0101 })
        .short(Tag(0x0000, 0x0900), status)
        .coded(adapter_dicom::element::Coding::Implicit)
}

fn row(uid: &str) -> Vec<u8> {
    Writing::default().text(Tag(0x0020, 0x000D), b"UI", uid).coded(adapter_dicom::element::Coding::Implicit)
}

#[test]
fn an_answer_cut_at_the_archives_cap_ends_with_cancel_and_says_so() {
    let peer = agreeing(|association| {
        for number in 0..3 {
            association.send(&part(PDataValueType::Command, true, response(0xFF00, true))).unwrap();
            association.send(&part(PDataValueType::Data, true, row(&format!("1.2.{number}")))).unwrap();
        }
        association.send(&part(PDataValueType::Command, true, response(0xFE00, false))).unwrap();
    });
    assert_eq!(found(&peer), Ok((3, 0xFE00)));
}

#[test]
fn an_answer_that_breaks_off_is_none() {
    let peer = archive(|stream| {
        let options = ServerAssociationOptions::new()
            .accept_any()
            .with_abstract_syntax(Service::Find.class())
            .with_transfer_syntax("1.2.840.10008.1.2");
        let mut association = options.establish(stream).unwrap();
        let _asked = association.receive();
        association.send(&part(PDataValueType::Command, true, response(0xFF00, true))).unwrap();
        association.send(&part(PDataValueType::Data, true, row("1.2.3"))).unwrap();
    });
    let says = found(&peer).unwrap_err();
    assert!(says.starts_with("ARCHIVE at 127.0.0.1:"), "{says}");
}

#[test]
fn a_row_that_is_no_data_set_is_handed_over_as_an_error() {
    let peer = agreeing(|association| {
        association.send(&part(PDataValueType::Command, true, response(0xFF00, true))).unwrap();
        association.send(&part(PDataValueType::Data, true, vec![1, 2, 3])).unwrap();
        association.send(&part(PDataValueType::Command, true, response(0x0000, false))).unwrap();
    });
    assert_eq!(found(&peer), Ok((0, 0)));
}

#[test]
fn a_data_set_without_end_is_given_up_at_its_limit() {
    let peer = agreeing(|association| {
        association.send(&part(PDataValueType::Command, true, response(0xFF00, true))).unwrap();
        while association.send(&part(PDataValueType::Data, false, vec![0; 16_000])).is_ok() {}
    });
    let says = found(&peer).unwrap_err();
    assert!(says.contains("sent a data set of more than 1048576 bytes"), "{says}");
}

#[test]
fn a_pdu_that_claims_four_gigabytes_is_refused_at_its_head() {
    let peer = agreeing(|association| {
        let stream = association.inner_stream();
        stream.write_all(&[0x04, 0, 0xFF, 0xFF, 0xFF, 0xF0]).unwrap();
        stream.write_all(&[0; 64]).unwrap();
    });
    let says = found(&peer).unwrap_err();
    assert!(says.to_lowercase().contains("too large") || says.contains("exceeds"), "{says}");
}

#[test]
fn an_archive_that_babbles_is_not_listened_to_for_ever() {
    let peer = agreeing(|association| {
        for _ in 0..=STRAY_MESSAGES_MAX {
            let other = Writing::default()
                .short(Tag(0x0000, 0x0100), 0x8030)
                .short(Tag(0x0000, 0x0120), 99)
                .short(Tag(0x0000, 0x0800), 0x0101)
                .coded(adapter_dicom::element::Coding::Implicit);
            association.send(&part(PDataValueType::Command, true, other)).unwrap();
        }
    });
    assert!(found(&peer).unwrap_err().contains("answer nothing that was asked"));
}

#[test]
fn a_second_acceptance_in_the_middle_ends_the_association() {
    let peer = agreeing(|association| {
        // An A-ASSOCIATE-AC with nothing in it but its fixed part.
        let mut pdu = vec![0x02, 0, 0, 0, 0, 68, 0, 1, 0, 0];
        pdu.extend([b' '; 32]);
        pdu.extend([0; 32]);
        association.inner_stream().write_all(&pdu).unwrap();
    });
    assert!(found(&peer).is_err());
}

#[test]
fn a_server_that_speaks_something_else_is_named() {
    let peer = archive(|mut stream| {
        let mut asked = [0; 256];
        let _ = stream.read(&mut asked);
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").unwrap();
    });
    let says = found(&peer).unwrap_err();
    assert!(says.starts_with("ARCHIVE at 127.0.0.1:"), "{says}");
}

#[test]
fn an_archive_that_does_not_offer_queries_is_said_to_refuse_that() {
    let peer = archive(|stream| {
        let options = ServerAssociationOptions::new()
            .accept_any()
            .with_abstract_syntax(Service::Verification.class())
            .with_transfer_syntax("1.2.840.10008.1.2");
        let _ = options.establish(stream);
    });
    let says = found(&peer).unwrap_err();
    assert!(says.starts_with("ARCHIVE at 127.0.0.1:"), "{says}");
}
