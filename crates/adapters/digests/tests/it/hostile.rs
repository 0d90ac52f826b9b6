//! Callers who are not who they should be, or do not say what they should: they get nothing, and the agent goes on.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use adapter_digests::frame;
use adapter_digests::limits::CONVERSATIONS_MAX;
use adapter_digests::message::{Answer, Hello, Say};
use adapter_digests::records::Of;
use adapter_digests::tls::Papers;
use adapter_digests::{Peer, Talk};
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::invented::{Archive, Authority, Beside, ask, reasons};

type Line = StreamOwned<ClientConnection, TcpStream>;

fn raw(beside: &Beside, tls: Arc<ClientConfig>) -> Line {
    let socket = TcpStream::connect(("127.0.0.1", beside.port)).unwrap();
    let connection = ClientConnection::new(tls, "localhost".try_into().unwrap()).unwrap();
    StreamOwned::new(connection, socket)
}

fn hello() -> Say {
    Say::Hello(Hello { version: 1, nonce: "ab".repeat(16) })
}

fn said(line: &mut Line) -> Answer {
    Answer::read(&frame::read(line).unwrap()).unwrap()
}

/// After whatever a caller did, the agent still answers whoever asks it well.
fn still_answers(beside: &Beside, authority: &Authority) {
    let peer = beside.peer(&authority.asking);
    assert!(ask(&peer, &peer).verdict.is_proven_equal());
}

#[test]
fn whoever_has_no_certificate_or_one_of_another_authority_gets_nothing() {
    let (authority, others) = (Authority::made(), Authority::made());
    let archive = Archive::of(10, 3);
    let beside = Beside::new(&archive, &authority);
    let ours = beside.peer(&authority.asking);
    // Trusts the agent, and shows what another authority gave it.
    let stranger = Papers { trusted: authority.asking.trusted.clone(), ..others.asking.clone() };
    let says = reasons(&ask(&beside.peer(&stranger), &ours));
    assert!(says.contains("agent of archive A") && !says.contains("archive B"), "{says}");
    let mut roots = rustls::RootCertStore::empty();
    for pem in rustls::pki_types::pem::PemObject::pem_slice_iter(authority.asking.trusted.as_bytes()) {
        roots.add(pem.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let nobody = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let nobody = Peer { tls: Arc::new(nobody), ..ours.clone() };
    let says = reasons(&ask(&nobody, &ours));
    assert!(says.contains("agent of archive A"), "{says}");
    // An agent whose certificate comes from somebody else is not asked.
    let says = reasons(&ask(&beside.peer(&others.asking), &ours));
    assert!(says.contains("agent of archive A") && says.contains("certificate"), "{says}");
    // A certificate for agents is none for whoever asks.
    assert!(reasons(&ask(&beside.peer(&authority.agent), &ours)).contains("agent of archive A"));
    still_answers(&beside, &authority);
}

#[test]
fn a_length_without_its_message_garbage_and_a_second_hello_end_the_conversation() {
    let authority = Authority::made();
    let archive = Archive::of(10, 3);
    let beside = Beside::new(&archive, &authority);
    let line = || raw(&beside, authority.asking.asking().unwrap());

    let mut bomb = line();
    bomb.write_all(&[0xFF, 0xFF, 0xFF, 0xFF]).unwrap();
    assert!(matches!(said(&mut bomb), Answer::Refused(why) if why.contains("4294967295 bytes")));

    let mut garbage = line();
    frame::write(&mut garbage, b"GET / HTTP/1.1").unwrap();
    assert!(matches!(said(&mut garbage), Answer::Refused(why) if why.contains("kind 71")));

    let mut early = line();
    frame::write(&mut early, &Say::Close.to_bytes()).unwrap();
    assert!(matches!(said(&mut early), Answer::Refused(why) if why.contains("begins with a hello")));

    let mut twice = line();
    frame::write(&mut twice, &hello().to_bytes()).unwrap();
    assert!(matches!(said(&mut twice), Answer::Welcome(_)));
    frame::write(&mut twice, &hello().to_bytes()).unwrap();
    assert!(matches!(said(&mut twice), Answer::Refused(why) if why.contains("this is the second")));
    let mut rest = Vec::new();
    assert_eq!(twice.read_to_end(&mut rest).unwrap(), 0, "nothing more is answered");

    let mut question = line();
    frame::write(&mut question, &hello().to_bytes()).unwrap();
    said(&mut question);
    frame::write(&mut question, &Say::Question(Of::Objects, vec![0xFF; 40]).to_bytes()).unwrap();
    assert!(matches!(said(&mut question), Answer::Refused(_)));

    let mut plain = TcpStream::connect(("127.0.0.1", beside.port)).unwrap();
    plain.write_all(b"this is no TLS at all, not even a record of it").unwrap();
    let _ = plain.read_to_end(&mut rest);
    still_answers(&beside, &authority);
}

#[test]
fn callers_who_say_nothing_take_no_more_places_than_there_are_and_give_them_back() {
    let authority = Authority::made();
    let archive = Archive::of(10, 3);
    let beside = Beside::new(&archive, &authority);
    let peer = beside.peer(&authority.asking);
    let silent: Vec<Talk> = (0..CONVERSATIONS_MAX).map(|_| Talk::connect(&peer).unwrap()).collect();
    assert!(Talk::connect(&peer).is_err(), "one too many is turned away");
    drop(silent);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while Talk::connect(&peer).is_err() {
        assert!(std::time::Instant::now() < until, "places are given back");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    std::thread::sleep(std::time::Duration::from_millis(200));
    still_answers(&beside, &authority);
}

#[test]
fn an_agent_that_answers_out_of_turn_or_lies_about_its_sums_proves_nothing() {
    use adapter_digests::message::{Closed, Holds, Told, Welcome};
    let authority = Authority::made();
    let archive = Archive::of(10, 3);
    let honest = Beside::new(&archive, &authority);
    let ours = honest.peer(&authority.asking);
    // It carries what an honest agent says, with other sums in the welcome.
    let lies = |spoil: fn(Answer) -> Answer| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tls, through) = (authority.agent.agent().unwrap(), honest.peer(&authority.asking));
        std::thread::spawn(move || {
            let socket = listener.accept().unwrap().0;
            let mut line = StreamOwned::new(rustls::ServerConnection::new(tls).unwrap(), socket);
            let mut talk = Talk::connect(&through).unwrap();
            while let Ok(bytes) = frame::read(&mut line) {
                let Ok(answer) = talk.ask(&Say::read(&bytes).unwrap()) else { break };
                frame::write(&mut line, &spoil(answer).to_bytes()).unwrap();
            }
        });
        ask(&ours, &Peer { port, ..ours.clone() })
    };
    assert!(lies(|answer| answer).verdict.is_proven_equal());
    let other_sums = lies(|answer| match answer {
        Answer::Welcome(welcome) => {
            let Welcome { holds: Holds::All { at, change, objects, issuers, rebuilt }, .. } = *welcome else {
                panic!("it holds all")
            };
            let objects = Told { count: objects.count, sum: objects.sum ^ 1 };
            let holds = Holds::All { at, change, objects, issuers, rebuilt };
            Answer::Welcome(Box::new(Welcome { holds, ..*welcome }))
        }
        other => other,
    });
    assert!(reasons(&other_sums).contains("other sums at each end"));
    let changed = lies(|answer| match answer {
        Answer::Closed(_) => Answer::Closed(Closed::Unknown("its archive is down".to_owned())),
        other => other,
    });
    assert!(reasons(&changed).contains("its archive is down"));
    assert!(reasons(&lies(|_| Answer::AllShown)).contains("which nobody asked"));
}
