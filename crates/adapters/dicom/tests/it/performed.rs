//! Modalities call and say what they have made.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, atomic::AtomicBool, atomic::Ordering};
use std::thread;

use adapter_dicom::dimse::{Association, Change, Command, Heard, PerformedSteps, Service, Step, Steps};
use adapter_dicom::element::{Coding, DataSet, Tag, Writing};
use adapter_dicom::peer::{AeTitle, Peer};
use archive::expected::{Expected, Named, Source};
use dicom_ul::association::client::{ClientAssociation, ClientAssociationOptions};
use dicom_ul::pdu::{PDataValue, PDataValueType, Pdu};
use jiff::tz::TimeZone;
use model::Time;

/// 26 November 2026, noon in Greenwich.
const NOW: Time = Time(1_795_694_400_000_000);
const CODING: Coding = Coding::Implicit;

fn begun(studies: &[(&str, &str)]) -> Writing {
    let items: Vec<Writing> = studies
        .iter()
        .map(|(study, accession)| {
            Writing::default().text(Tag(0x0008, 0x0050), b"SH", accession).text(
                Tag(0x0020, 0x000D),
                b"UI",
                study,
            )
        })
        .collect();
    status("IN PROGRESS").text(Tag(0x0010, 0x0020), b"LO", "P1").items(Tag(0x0040, 0x0270), CODING, &items)
}

fn status(term: &str) -> Writing {
    Writing::default().text(Tag(0x0040, 0x0252), b"CS", term)
}

fn with_objects(set: Writing, uids: &[&str]) -> Writing {
    let object = |uid: &&str| Writing::default().text(Tag(0x0008, 0x1155), b"UI", uid);
    let objects: Vec<Writing> = uids.iter().map(object).collect();
    let series = Writing::default().items(Tag(0x0008, 0x1140), CODING, &objects).text(
        Tag(0x0020, 0x000E),
        b"UI",
        "1.2.3.1",
    );
    set.items(Tag(0x0040, 0x0340), CODING, &[series])
}

fn create(steps: &mut Steps, about: &str, set: &Writing) -> u16 {
    let bytes = set.coded(CODING);
    steps.create(about, &DataSet::read(&bytes, CODING).unwrap(), NOW, &mut |_| Ok(())).status.0
}

fn set(steps: &mut Steps, about: &str, set: &Writing) -> Result<Option<Heard>, (u16, Option<u16>)> {
    let bytes = set.coded(CODING);
    let read = DataSet::read(&bytes, CODING).unwrap();
    let mut came = None;
    let answer = steps.set(about, &read, NOW, &mut |change| {
        if let Change::Over { heard, .. } = change {
            came = Some((*heard).clone());
        }
        Ok(())
    });
    if answer.is_success() { Ok(came) } else { Err((answer.status.0, answer.error)) }
}

fn steps() -> Steps {
    Steps::new(TimeZone::get("Europe/Stockholm").unwrap(), BTreeMap::new())
}

fn objects(expected: &Expected) -> Vec<&str> {
    expected.instances.iter().map(|uid| uid.0.as_str()).collect()
}

#[test]
fn a_completed_step_says_which_objects_the_archives_must_have_and_when_they_were_made() {
    let mut steps = steps();
    assert_eq!(create(&mut steps, "1.9.1", &begun(&[("1.2.3", "A1")])), 0);
    assert_eq!(steps.in_progress(), 1);
    assert_eq!(set(&mut steps, "1.9.1", &with_objects(Writing::default(), &["1.2.3.1.1"])), Ok(None));
    let over = with_objects(status("COMPLETED"), &["1.2.3.1.1", "1.2.3.1.2"])
        .text(Tag(0x0040, 0x0250), b"DA", "20261126")
        .text(Tag(0x0040, 0x0251), b"TM", "121500.5");
    let Ok(Some(Heard::Completed(expected))) = set(&mut steps, "1.9.1", &over) else { panic!() };
    assert_eq!(objects(&expected[0]), ["1.2.3.1.1", "1.2.3.1.2"]);
    let Named::Study(study) = &expected[0].named else { panic!("{expected:?}") };
    assert_eq!(
        (study.0.as_str(), expected[0].patient.id(), expected[0].source),
        ("1.2.3", "P1", Source::PerformedStep)
    );
    assert_eq!(expected[0].done, NOW.plus_seconds(-45 * 60), "a quarter past twelve in Stockholm");
    assert_eq!(steps.in_progress(), 0);
}

#[test]
fn a_step_that_is_over_may_not_change_and_says_so_as_the_standard_wants_it() {
    for term in ["COMPLETED", "DISCONTINUED"] {
        let mut steps = steps();
        create(&mut steps, "1.9.1", &begun(&[("1.2.3", "A1")]));
        let over = with_objects(status(term), &["1.2.3.1.1"]);
        assert!(matches!(set(&mut steps, "1.9.1", &over), Ok(Some(_))));
        assert_eq!(set(&mut steps, "1.9.1", &over), Err((0x0110, Some(0xA710))), "{term}");
        assert_eq!(create(&mut steps, "1.9.1", &begun(&[("1.2.3", "A1")])), 0x0111, "{term}");
    }
}

#[test]
fn a_step_that_was_given_up_is_told_apart_with_what_it_had_made() {
    let mut steps = steps();
    create(&mut steps, "1.9.1", &begun(&[("1.2.3", "A1")]));
    create(&mut steps, "1.9.2", &begun(&[("1.2.4", "A2")]));
    let Ok(Some(Heard::Discontinued(made))) =
        set(&mut steps, "1.9.1", &with_objects(status("DISCONTINUED"), &["1.2.3.1.1"]))
    else {
        panic!()
    };
    assert_eq!((objects(&made[0]), made[0].done), (vec!["1.2.3.1.1"], NOW));
    assert_eq!(set(&mut steps, "1.9.2", &status("DISCONTINUED")), Ok(Some(Heard::Discontinued(vec![]))));
}

#[test]
fn a_step_of_two_examinations_expects_its_objects_of_both_and_one_without_a_uid_by_accession_number() {
    let mut steps = steps();
    create(&mut steps, "1.9.1", &begun(&[("1.2.3", "A1"), ("1.2.4", "A2"), ("", "A3")]));
    let Ok(Some(Heard::Completed(expected))) =
        set(&mut steps, "1.9.1", &with_objects(status("COMPLETED"), &["1.2.3.1.1"]))
    else {
        panic!()
    };
    let names: Vec<String> = expected
        .iter()
        .map(|one| match &one.named {
            Named::Study(uid) => uid.to_string(),
            Named::Accession(text) => text.to_string(),
        })
        .collect();
    assert_eq!(names, ["A3", "1.2.3", "1.2.4"]);
    assert!(expected.iter().all(|one| objects(one) == ["1.2.3.1.1"]));
}

#[test]
fn what_the_standard_does_not_allow_is_refused_and_changes_nothing() {
    let mut steps = steps();
    let good = begun(&[("1.2.3", "A1")]);
    for (about, with, wanted) in [
        ("", &good, 0x0120),
        ("one", &good, 0x0117),
        ("1.9.1", &good.clone().text(Tag(0x0040, 0x0252), b"CS", "COMPLETED"), 0x0106),
        ("1.9.1", &Writing::default(), 0x0120),
        ("1.9.1", &status("IN PROGRESS"), 0x0120),
        ("1.9.1", &begun(&[("1.2.x", "A1")]), 0x0106),
        ("1.9.1", &begun(&[("1.2.3", "A1"), ("", "")]), 0x0120),
        ("1.9.1", &begun(&[("1.2.3", &"A".repeat(65))]), 0x0106),
    ] {
        assert_eq!(create(&mut steps, about, with), wanted, "{about}");
        assert_eq!(steps.in_progress(), 0);
    }
    assert_eq!(set(&mut steps, "1.9.1", &status("COMPLETED")), Err((0x0112, None)));
    create(&mut steps, "1.9.1", &good);
    for (with, wanted) in [
        (status("COMPLETED"), 0x0121),
        (status("DONE"), 0x0106),
        (with_objects(status("COMPLETED"), &["1.2.x"]), 0x0106),
    ] {
        assert_eq!(set(&mut steps, "1.9.1", &with), Err((wanted, None)));
        assert_eq!(steps.in_progress(), 1);
    }
    let many: Vec<String> = (0..=20_000).map(|number| format!("1.2.3.{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(set(&mut steps, "1.9.1", &with_objects(status("COMPLETED"), &many)), Err((0x0213, None)));
}

#[test]
fn a_completed_step_that_names_its_series_and_no_objects_says_that_the_examination_was_made() {
    let mut steps = steps();
    create(&mut steps, "1.9.1", &begun(&[("1.2.3", "A1")]));
    let Ok(Some(Heard::Completed(expected))) =
        set(&mut steps, "1.9.1", &with_objects(status("COMPLETED"), &[]))
    else {
        panic!()
    };
    assert!(
        expected.len() == 1 && expected[0].instances.is_empty(),
        "PS3.4 F.7.2.1: the objects are of type 2"
    );
}

#[test]
fn what_cannot_be_kept_is_not_heard_and_can_be_told_again() {
    let mut steps = steps();
    let tell = |steps: &mut Steps, is_new: bool, set: &Writing, is_full: bool| {
        let bytes = set.coded(CODING);
        let read = DataSet::read(&bytes, CODING).unwrap();
        let keep =
            &mut |_: &Change<'_>| if is_full { Err(std::io::Error::other("disk full")) } else { Ok(()) };
        let answer = if is_new {
            steps.create("1.9.1", &read, NOW, keep)
        } else {
            steps.set("1.9.1", &read, NOW, keep)
        };
        answer.status.0
    };
    let (begun, over) = (begun(&[("1.2.3", "A1")]), with_objects(status("COMPLETED"), &["1.2.3.1.1"]));
    assert_eq!((tell(&mut steps, true, &begun, true), steps.in_progress()), (0x0110, 0));
    assert_eq!((tell(&mut steps, true, &begun, false), steps.in_progress()), (0, 1));
    assert_eq!((tell(&mut steps, false, &over, true), steps.in_progress()), (0x0110, 1));
    assert_eq!((tell(&mut steps, false, &over, false), steps.in_progress()), (0, 0));
}

#[test]
fn a_step_that_was_kept_goes_on_after_a_restart() {
    let mut kept: BTreeMap<Box<str>, Step> = BTreeMap::new();
    let bytes = begun(&[("1.2.3", "A1")]).coded(CODING);
    let read = DataSet::read(&bytes, CODING).unwrap();
    steps().create("1.9.1", &read, NOW, &mut |change| {
        let Change::Open { about, step } = change else { panic!() };
        kept.insert((*about).into(), (*step).clone());
        Ok(())
    });
    let mut again = Steps::new(TimeZone::UTC, kept);
    assert_eq!(again.in_progress(), 1);
    let over = with_objects(status("COMPLETED"), &["1.2.3.1.1"]);
    assert!(matches!(set(&mut again, "1.9.1", &over), Ok(Some(Heard::Completed(_)))));
}

#[test]
fn modalities_that_name_objects_without_end_are_refused_before_memory_is_full() {
    let mut steps = steps();
    let many: Vec<String> = (0..20_000).map(|number| format!("1.2.3.{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let told = with_objects(Writing::default(), &many);
    let answers: Vec<_> = (0..51)
        .map(|number| {
            let about = format!("1.9.{number}");
            create(&mut steps, &about, &begun(&[("1.2.3", "A1")]));
            set(&mut steps, &about, &told)
        })
        .collect();
    assert!(answers[..50].iter().all(|answer| *answer == Ok(None)));
    assert_eq!(answers[50], Err((0x0213, None)), "1,000,000 are held");
    assert!(matches!(set(&mut steps, "1.9.0", &status("DISCONTINUED")), Ok(Some(_))));
    assert_eq!(set(&mut steps, "1.9.50", &told), Ok(None), "there is room again");
}

/// A listener on a port of its own, until it is dropped.
struct Listening {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    heard: Receiver<Result<Heard, String>>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn listening() -> Listening {
    let title = |text| AeTitle::new(text).unwrap();
    let zone = TimeZone::UTC;
    let mut performed = PerformedSteps::listen(
        "127.0.0.1:0".parse().unwrap(),
        title("SEGUE"),
        vec![title("CT1"), title("MR1")],
        zone,
        BTreeMap::new(),
    )
    .unwrap();
    let address = performed.address().unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let (says, heard): (Sender<Result<Heard, String>>, _) = channel();
    let flag = Arc::clone(&stop);
    thread::spawn(move || {
        let go_on = || !flag.load(Ordering::Relaxed);
        let broke = Mutex::new(says.clone());
        let keep = &mut |change: &Change<'_>| {
            if let Change::Over { heard, .. } = change {
                drop(says.send(Ok((*heard).clone())));
            }
            Ok(())
        };
        performed.serve(&|| NOW, &go_on, keep, &|error| {
            broke.lock().unwrap().send(Err(error.to_string())).unwrap()
        });
    });
    Listening { address, stop, heard }
}

/// A modality that speaks as `title`.
struct Modality {
    link: ClientAssociation<TcpStream>,
    message: Cell<u16>,
    context: u8,
}

fn modality(at: &Listening, title: &str) -> Result<Modality, String> {
    let options = ClientAssociationOptions::new()
        .calling_ae_title(title)
        .called_ae_title("SEGUE")
        .with_presentation_context(Service::PerformedStep.class(), vec![CODING.uid()]);
    let link = options.establish(at.address).map_err(|error| error.to_string())?;
    Ok(Modality { link, message: Cell::new(0), context: 1 })
}

impl Modality {
    fn says(&mut self, field: u16, about: (Tag, &str), data: Vec<u8>) -> Result<Command, String> {
        self.message.set(self.message.get() + 1);
        let command = Writing::default()
            .short(Tag(0, 0x0100), field)
            .short(Tag(0, 0x0110), self.message.get())
            .short(Tag(0, 0x0800), 1)
            .text(about.0, b"UI", about.1)
            .coded(CODING);
        for (value_type, data) in [(PDataValueType::Command, command), (PDataValueType::Data, data)] {
            let value = PDataValue { presentation_context_id: self.context, value_type, is_last: true, data };
            self.link.send(&Pdu::PData { data: vec![value] }).map_err(|error| error.to_string())?;
        }
        match self.link.receive().map_err(|error| error.to_string())? {
            Pdu::PData { data } => Command::read(&data[0].data).map_err(|error| error.to_string()),
            other => Err(other.short_description().to_string()),
        }
    }

    fn creates(&mut self, about: &str, set: &Writing) -> Result<Command, String> {
        self.says(0x0140, (Tag(0, 0x1000), about), set.coded(CODING))
    }

    fn sets(&mut self, about: &str, set: &Writing) -> Result<Command, String> {
        self.says(0x0120, (Tag(0, 0x1001), about), set.coded(CODING))
    }
}

#[test]
fn a_ct_calls_says_what_it_made_and_is_answered() {
    let listening = listening();
    let mut ct = modality(&listening, "CT1").unwrap();
    let begun = ct.creates("1.9.1", &begun(&[("1.2.3", "A1")])).unwrap();
    assert_eq!((begun.status.map(|status| status.0), begun.field, &*begun.about), (Some(0), 0x8140, "1.9.1"));
    let over = with_objects(status("COMPLETED"), &["1.2.3.1.1"]);
    let answer = ct.sets("1.9.1", &over).unwrap();
    assert_eq!((answer.status.map(|status| status.0), answer.field), (Some(0), 0x8120));
    let Ok(Heard::Completed(expected)) = listening.heard.recv().unwrap() else { panic!() };
    assert_eq!(objects(&expected[0]), ["1.2.3.1.1"]);
    let again = ct.sets("1.9.1", &over).unwrap();
    assert_eq!((again.status.map(|status| status.0), again.error), (Some(0x0110), Some(0xA710)));
    assert_eq!(&*again.comment, "Performed Procedure Step Object may no longer be updated");
    let garbage = ct.says(0x0120, (Tag(0, 0x1001), "1.9.1"), vec![1, 2, 3]).unwrap();
    assert_eq!(garbage.status.map(|status| status.0), Some(0x0110));
    ct.link.release().unwrap();
    // The next one is taken, and knows nothing of the first one's association.
    let mut mr = modality(&listening, "MR1").unwrap();
    assert_eq!(mr.sets("1.9.2", &over).unwrap().status.map(|status| status.0), Some(0x0112));
}

#[test]
fn whoever_is_not_known_or_says_something_else_is_hung_up_on_and_the_next_is_heard() {
    let listening = listening();
    let stranger = modality(&listening, "CT9");
    let refused = stranger.and_then(|mut one| one.creates("1.9.1", &begun(&[("1.2.3", "A1")])));
    assert!(refused.is_err());
    let says = listening.heard.recv().unwrap().unwrap_err();
    assert!(says.contains("CT9 called in the place of CT1 or MR1"), "{says}");
    let mut odd = modality(&listening, "CT1").unwrap();
    assert!(odd.says(0x0020, (Tag(0, 0x1000), "1.9.1"), Vec::new()).is_err());
    assert!(listening.heard.recv().unwrap().unwrap_err().contains("message 0020 is not one of this service"));
    // Whoever looks for open ports says nothing, or something that is no DICOM, TLS included.
    drop(TcpStream::connect(listening.address).unwrap());
    assert!(listening.heard.recv().unwrap().unwrap_err().contains("hung up without a word"));
    for words in [&b"GET / HTTP/1.1\r\n"[..], &[0x16, 3, 1]] {
        TcpStream::connect(listening.address).unwrap().write_all(words).unwrap();
        assert!(listening.heard.recv().unwrap().unwrap_err().contains("does not speak DICOM"));
    }
    let mut ct = modality(&listening, "CT1").unwrap();
    assert_eq!(
        ct.creates("1.9.1", &begun(&[("1.2.3", "A1")])).unwrap().status.map(|status| status.0),
        Some(0)
    );
}

#[test]
fn whoever_sets_up_a_modality_and_asks_whether_we_are_there_is_told_so() {
    let listening = listening();
    let peer = Peer {
        host: "127.0.0.1".into(),
        port: listening.address.port(),
        called: AeTitle::new("SEGUE").unwrap(),
        calling: AeTitle::new("CT1").unwrap(),
        tls: None,
    };
    let mut asked = Association::new(&peer, Service::Verification).unwrap();
    asked.echo().unwrap();
    asked.echo().unwrap();
    asked.release();
    // Both on one association, each in its own context and coding.
    let options = ClientAssociationOptions::new()
        .calling_ae_title("CT1")
        .called_ae_title("SEGUE")
        .with_presentation_context("1.2.840.10008.1.1", vec![Coding::Explicit.uid()])
        .with_presentation_context(Service::PerformedStep.class(), vec![CODING.uid()]);
    let link = options.establish(listening.address).unwrap();
    let mut ct = Modality { link, message: Cell::new(0), context: 3 };
    let begun = ct.creates("1.9.1", &begun(&[("1.2.3", "A1")])).unwrap();
    assert_eq!(begun.status.map(|status| status.0), Some(0));
}

#[test]
fn a_modality_that_says_nothing_keeps_no_other_waiting_and_stopping_waits_for_none() {
    let listening = listening();
    let _silent: Vec<Modality> = (0..5).map(|_| modality(&listening, "CT1").unwrap()).collect();
    let began = std::time::Instant::now();
    let mut mr = modality(&listening, "MR1").unwrap();
    assert_eq!(
        mr.creates("1.9.1", &begun(&[("1.2.3", "A1")])).unwrap().status.map(|status| status.0),
        Some(0)
    );
    listening.stop.store(true, Ordering::Relaxed);
    // Every sender is gone once the listening has ended.
    while listening.heard.recv_timeout(std::time::Duration::from_secs(20))
        != Err(RecvTimeoutError::Disconnected)
    {}
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}
