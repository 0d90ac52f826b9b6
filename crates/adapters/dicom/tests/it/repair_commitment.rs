//! Storage commitment after a repair, by archives that keep, lose, or say nothing.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use adapter_dicom::dimse::Service;
use adapter_dicom::element::{Coding, DataSet, Tag, Writing};
use adapter_dicom::peer::{AeTitle, Peer};
use adapter_dicom::repair::{Asks, Far, Repaired};
use dicom_ul::association::client::ClientAssociationOptions;
use dicom_ul::association::server::{ServerAssociation, ServerAssociationOptions};
use dicom_ul::pdu::{PDataValue, PDataValueType, Pdu};

use crate::repair::{Shelf, carried};

const ITEMS: Tag = Tag(0x0008, 0x1199);
const FAILED: Tag = Tag(0x0008, 0x1198);
const UID: Tag = Tag(0x0008, 0x1155);
const TRANSACTION: Tag = Tag(0x0008, 0x1195);
const IMPLICIT: &str = "1.2.840.10008.1.2";

/// What an archive says of each object: `None` for nothing, 0 for kept, else a reason.
type Says = fn(&str) -> Option<u16>;

fn pdu(value_type: PDataValueType, set: &Writing) -> Pdu {
    let data = set.coded(Coding::Implicit);
    Pdu::PData { data: vec![PDataValue { presentation_context_id: 1, value_type, is_last: true, data }] }
}

/// Transaction and objects of the question.
fn question(association: &mut ServerAssociation<TcpStream>) -> Option<(String, Vec<String>)> {
    let mut data = Vec::new();
    loop {
        let Ok(Pdu::PData { data: values }) = association.receive() else { return None };
        for value in values.into_iter().filter(|value| value.value_type == PDataValueType::Data) {
            data.extend(value.data);
            if value.is_last {
                let set = DataSet::read(&data, Coding::Implicit).unwrap();
                let items = set.items(ITEMS).unwrap();
                return Some((set.text(TRANSACTION), items.iter().map(|item| item.text(UID)).collect()));
            }
        }
    }
}

/// An archive that takes such questions; how many there were is counted. It answers to `ours` unless it says nothing of any object.
fn archive(ours: SocketAddr, says: Says) -> (Peer, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicU32::new(0));
    let count = asked.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let options = ServerAssociationOptions::new()
                .accept_any()
                .with_abstract_syntax(Service::Commitment.class())
                .with_transfer_syntax(IMPLICIT);
            let mut association = options.establish(stream.unwrap()).unwrap();
            let Some((transaction, uids)) = question(&mut association) else { continue };
            count.fetch_add(1, Ordering::Relaxed);
            let taken = Writing::default()
                .short(Tag(0x0000, 0x0100), 0x8130)
                .short(Tag(0x0000, 0x0120), 1)
                .short(Tag(0x0000, 0x0800), 0x0101)
                .short(Tag(0x0000, 0x0900), 0);
            association.send(&pdu(PDataValueType::Command, &taken)).unwrap();
            let _goodbye = association.receive();
            let _ = association.send(&Pdu::ReleaseRP);
            tell(ours, &transaction, &uids, says);
        }
    });
    let title = |text| AeTitle::new(text).unwrap();
    let peer =
        Peer { host: "127.0.0.1".into(), port, called: title("ARCHIVE"), calling: title("SEGUE"), tls: None };
    (peer, asked)
}

fn tell(ours: SocketAddr, transaction: &str, uids: &[String], says: Says) {
    let item = |uid: &String| Writing::default().text(UID, b"UI", uid);
    let of = |wanted: &dyn Fn(Option<u16>) -> bool| uids.iter().filter(|uid| wanted(says(uid))).collect();
    let (kept, failed): (Vec<&String>, Vec<&String>) =
        (of(&|says| says == Some(0)), of(&|says| says.is_some_and(|reason| reason != 0)));
    if kept.is_empty() && failed.is_empty() {
        return;
    }
    let kept: Vec<Writing> = kept.into_iter().map(item).collect();
    let lost = |uid: &&String| item(uid).short(Tag(0x0008, 0x1197), says(uid).unwrap());
    let failed: Vec<Writing> = failed.iter().map(lost).collect();
    let event = Writing::default()
        .short(Tag(0x0000, 0x0100), 0x0100)
        .short(Tag(0x0000, 0x0110), 7)
        .short(Tag(0x0000, 0x0800), 1)
        .short(Tag(0x0000, 0x1002), 2);
    let data = Writing::default()
        .text(TRANSACTION, b"UI", transaction)
        .items(FAILED, Coding::Implicit, &failed)
        .items(ITEMS, Coding::Implicit, &kept);
    let options = ClientAssociationOptions::new()
        .calling_ae_title("ARCHIVE")
        .called_ae_title("SEGUE")
        .with_presentation_context(Service::Commitment.class(), vec![IMPLICIT]);
    let mut association = options.establish(ours).unwrap();
    association.send(&pdu(PDataValueType::Command, &event)).unwrap();
    association.send(&pdu(PDataValueType::Data, &data)).unwrap();
    let _heard = association.receive();
    let _ = association.release();
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn asks(peer: Peer, listen: SocketAddr) -> Asks {
    let mut number = 0;
    let transactions = Box::new(move || {
        number += 1;
        format!("2.25.4711.900.{number}").into()
    });
    Asks { peer, listen, within: Duration::from_millis(700), transactions }
}

fn asked_of(says: Says, objects: u32, go_on: &dyn Fn(Far) -> bool) -> (Repaired, u32) {
    let ours = free();
    let (peer, asked) = archive(ours, says);
    let (a, b) = (Shelf::of(&[(1, objects)]), Shelf::of(&[]));
    let repaired = carried(&a, &b, &[1], Some(asks(peer, ours)), go_on);
    (repaired, asked.load(Ordering::Relaxed))
}

fn said(repaired: &Repaired) -> Vec<String> {
    repaired.not_committed.iter().map(ToString::to_string).collect()
}

#[test]
fn what_the_archive_does_not_keep_or_says_nothing_of_is_named_and_the_rest_is_counted() {
    let says: Says = |uid| match uid {
        "2.25.4711.1.1.2" => Some(0x0112),
        "2.25.4711.1.1.3" => None,
        _ => Some(0),
    };
    let counts = Mutex::new(Vec::new());
    let (repaired, _) = asked_of(says, 5, &|far| {
        if let Far::Asking { objects, of } = far {
            counts.lock().unwrap().push((objects, of));
        }
        true
    });
    assert_eq!((repaired.given.len(), repaired.committed), (5, Some(3)));
    assert_eq!(
        said(&repaired),
        [
            "2.25.4711.1.1.2 of 2.25.4711.1: B does not keep it: 0112 (it has no such object)",
            "2.25.4711.1.1.3 of 2.25.4711.1: B says nothing of it"
        ]
    );
    assert!(counts.lock().unwrap().iter().all(|(_, of)| *of == 5));
    let (whole, _) = asked_of(|_| Some(0), 5, &|_| true);
    assert_eq!((whole.committed, whole.not_committed.len()), (Some(5), 0));
}

#[test]
fn an_archive_that_stays_silent_keeps_nothing_and_is_not_asked_for_ever() {
    let (repaired, asked) = asked_of(|_| None, 2_500, &|_| true);
    assert_eq!((repaired.given.len(), repaired.committed, asked), (2_500, Some(0), 2));
    let says = said(&repaired);
    assert!(says[0].contains("nothing was said of transaction 2.25.4711.900.1 in 0 s"), "{}", says[0]);
    assert!(says[2_499].ends_with("not asked: earlier questions came to nothing"), "{}", says[2_499]);
}

#[test]
fn somebody_who_stops_it_is_told_what_was_sent_and_never_asked_for() {
    let (repaired, asked) = asked_of(|_| Some(0), 4, &|far| far != Far::Sending { objects: 3, of: 4 });
    assert_eq!((repaired.given.len(), repaired.committed, asked), (3, Some(0), 0));
    assert!(said(&repaired).iter().all(|says| says.ends_with("not asked: it was stopped before")));
}

#[test]
fn an_archive_that_offers_no_commitment_or_an_address_that_is_taken_commits_to_nothing() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let (a, b) = (Shelf::of(&[(1, 1)]), Shelf::of(&[]));
    let (peer, _) = archive(free(), |_| Some(0));
    let busy = carried(&a, &b, &[1], Some(asks(peer.clone(), taken.local_addr().unwrap())), &|_| true);
    assert!(said(&busy)[0].contains("cannot be listened at"), "{:?}", said(&busy));
    let (a, b) = (Shelf::of(&[(1, 1)]), Shelf::of(&[]));
    let nobody = Peer { port: free().port(), ..peer };
    let nobody = carried(&a, &b, &[1], Some(asks(nobody, free())), &|_| true);
    assert!(said(&nobody)[0].contains("ARCHIVE at 127.0.0.1"), "{:?}", said(&nobody));
    assert_eq!((nobody.committed, nobody.given.len()), (Some(0), 1));
}
