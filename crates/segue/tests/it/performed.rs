//! `[performed]`: a modality calls the running server, and what it said it made is what a comparison expects.

use std::net::{SocketAddr, TcpListener, TcpStream};

use adapter_dicom::dimse::{Command, Service};
use adapter_dicom::element::{Coding, Tag, Writing};
use archives::{Caps, Pair, invented, skips};
use dicom_ul::association::client::{ClientAssociation, ClientAssociationOptions};
use dicom_ul::pdu::{PDataValue, PDataValueType, Pdu};

use crate::compare::setting;
use crate::support::Desk;

const CODING: Coding = Coding::Implicit;

struct Modality {
    link: ClientAssociation<TcpStream>,
    message: u16,
}

impl Modality {
    fn new(at: SocketAddr, title: &str) -> Result<Modality, String> {
        let options = ClientAssociationOptions::new()
            .calling_ae_title(title)
            .called_ae_title("SEGUE")
            .with_presentation_context(Service::PerformedStep.class(), vec![CODING.uid()]);
        let link = options.establish(at).map_err(|error| error.to_string())?;
        Ok(Modality { link, message: 0 })
    }

    /// Says something of a step; the status of the answer.
    fn says(&mut self, field: u16, about: (Tag, &str), set: &Writing) -> Result<u16, String> {
        self.message += 1;
        let command = Writing::default()
            .short(Tag(0, 0x0100), field)
            .short(Tag(0, 0x0110), self.message)
            .short(Tag(0, 0x0800), 1)
            .text(about.0, b"UI", about.1)
            .coded(CODING);
        for (value_type, data) in
            [(PDataValueType::Command, command), (PDataValueType::Data, set.clone().coded(CODING))]
        {
            let value = PDataValue { presentation_context_id: 1, value_type, is_last: true, data };
            self.link.send(&Pdu::PData { data: vec![value] }).map_err(|error| error.to_string())?;
        }
        match self.link.receive().map_err(|error| error.to_string())? {
            Pdu::PData { data } => {
                let answer = Command::read(&data.first().unwrap().data).map_err(|error| error.to_string())?;
                Ok(answer.status.unwrap().0)
            }
            other => Err(other.short_description().to_string()),
        }
    }

    fn begins(&mut self, step: &str, study: &str) -> u16 {
        let of = Writing::default().text(Tag(0x0020, 0x000D), b"UI", study);
        let set = Writing::default()
            .text(Tag(0x0040, 0x0252), b"CS", "IN PROGRESS")
            .text(Tag(0x0010, 0x0020), b"LO", "P7")
            .items(Tag(0x0040, 0x0270), CODING, &[of]);
        self.says(0x0140, (Tag(0, 0x1000), step), &set).unwrap()
    }

    fn completes(&mut self, step: &str, objects: &[&str]) -> u16 {
        let object = |uid: &&str| Writing::default().text(Tag(0x0008, 0x1155), b"UI", uid);
        let objects: Vec<Writing> = objects.iter().map(object).collect();
        let series = Writing::default().items(Tag(0x0008, 0x1140), CODING, &objects);
        let set = Writing::default().text(Tag(0x0040, 0x0252), b"CS", "COMPLETED").items(
            Tag(0x0040, 0x0340),
            CODING,
            &[series],
        );
        self.says(0x0120, (Tag(0, 0x1001), step), &set).unwrap()
    }
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn performed(at: SocketAddr) -> String {
    format!("[performed]\nlisten = \"{at}\"\nfrom = [\"CT1\"]\nkeep = \"made\"\n")
}

fn lines(desk: &Desk) -> usize {
    let files = std::fs::read_dir(desk.path("made")).unwrap().map(|entry| entry.unwrap().path());
    let logs: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "csv")).collect();
    logs.iter().map(|path| std::fs::read_to_string(path).unwrap().lines().count()).sum()
}

#[test]
fn a_step_that_was_begun_before_the_server_was_killed_is_completed_after_it_came_back() {
    let desk = Desk::new();
    let at = free();
    desk.write("segue.toml", &performed(at));
    let served = desk.serve();
    let mut ct = Modality::new(at, "CT1").unwrap();
    assert_eq!(ct.begins("1.9.1", "1.2.3"), 0);
    assert_eq!(ct.begins("1.9.2", "1.2.4"), 0);
    assert_eq!(ct.completes("1.9.2", &["1.2.4.1"]), 0);
    assert_eq!(lines(&desk), 2, "it is there when it is answered");
    // Killed, not stopped.
    drop(served);
    let served = desk.serve();
    let mut ct = Modality::new(at, "CT1").unwrap();
    assert_eq!(ct.completes("1.9.1", &["1.2.3.1", "1.2.3.2"]), 0);
    assert_eq!(lines(&desk), 3);
    assert_eq!(ct.completes("1.9.1", &["1.2.3.1"]), 0x0110);
    assert_eq!(ct.completes("1.9.7", &["1.2.3.1"]), 0x0112);
    let stranger = Modality::new(at, "CT9").and_then(|mut one| {
        let nothing = Writing::default();
        one.says(0x0140, (Tag(0, 0x1000), "1.9.3"), &nothing)
    });
    assert!(stranger.is_err(), "{stranger:?}");
    served.stop();
    assert_eq!(lines(&desk), 3);
}

#[test]
fn orthanc_what_a_modality_said_it_made_and_neither_archive_got_is_missing() {
    if skips("performed steps against both archives") {
        return;
    }
    let desk = Desk::new();
    let exams = invented(60);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    let at = free();
    desk.write("segue.toml", &format!("{}{}", setting(&pair), performed(at)));
    let served = desk.serve();
    let mut ct = Modality::new(at, "CT1").unwrap();
    let there: Vec<&str> = exams[0].objects.iter().map(|one| &*one.uid).collect();
    assert_eq!((ct.begins("1.9.1", &exams[0].study), ct.completes("1.9.1", &there)), (0, 0));
    let compare = || desk.run(&["compare", "archive", "pacs-a", "pacs-b", "--expected", "made"]);
    let fine = compare();
    assert_eq!(fine.code, 0, "{fine:?}");
    assert_eq!((ct.begins("1.9.2", &exams[1].study), ct.completes("1.9.2", &["2.25.4711.99"])), (0, 0));
    let lost = compare();
    assert_eq!(lost.code, 4, "{lost:?}");
    assert!(lost.out.contains("1 objects neither at pacs-a nor at pacs-b"), "{}", lost.out);
    served.stop();
}

#[test]
fn an_address_that_is_taken_is_refused_before_anything_is_served() {
    let desk = Desk::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    desk.write("segue.toml", &performed(taken.local_addr().unwrap()));
    let ran = desk.run(&["serve", "--listen", "127.0.0.1:0"]).refused();
    assert!(ran.err.contains("performed: modalities cannot be listened to on"), "{}", ran.err);
    desk.write("segue.toml", &performed(free()).replace("CT1", "much too long a title"));
    let ran = desk.run(&["serve", "--listen", "127.0.0.1:0"]).refused();
    assert!(ran.err.contains("performed: an application entity title"), "{}", ran.err);
}
