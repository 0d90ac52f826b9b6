//! `segue compare archive --worklist`: what was to begin by now, as the modalities' own list says.

use archives::{Caps, Pair, Planned, invented, skips};
use jiff::SignedDuration;

use crate::compare::setting;
use crate::support::{Desk, Person};

/// Day and time so many hours from now, in Greenwich.
fn at(hours: i64) -> (String, String) {
    #[allow(clippy::disallowed_methods)] // the command that is tested reads it, too
    let at = jiff::Timestamp::now() + SignedDuration::from_hours(hours);
    (at.strftime("%Y%m%d").to_string(), at.strftime("%H%M%S").to_string())
}

fn schedule(pair: &Pair, step: &str, accession: &str, study: &str, hours: i64) {
    let (day, time) = at(hours);
    let planned = Planned {
        step,
        accession,
        study,
        patient: "P7",
        priority: "STAT",
        modality: "CT",
        day: &day,
        time: &time,
    };
    pair.a.schedule(&planned).unwrap();
}

fn worklist(pair: &Pair) -> String {
    let peer = pair.a.peer().unwrap();
    format!(
        "[worklists.ris]\nhost = \"127.0.0.1\"\nport = {}\ntitle = \"{}\"\n\
         [worklists.gone]\nhost = \"127.0.0.1\"\nport = 9\ntitle = \"GONE\"\n",
        peer.port,
        pair.a.title()
    )
}

#[test]
fn orthanc_what_was_to_be_made_by_now_and_neither_archive_got_is_missing_and_what_comes_later_is_not() {
    if skips("worklist against both archives") {
        return;
    }
    let desk = Desk::new();
    let exams = invented(60);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    desk.write("segue.toml", &format!("{}{}", setting(&pair), worklist(&pair)));
    let compare = |names: &[&str]| {
        desk.run(&[&["compare", "archive", "pacs-a", "pacs-b", "--worklist"][..], names].concat())
    };
    let nothing = compare(&["ris"]);
    assert!(nothing.code == 5 && nothing.out.contains("NOTHING WAS EXPECTED"), "{nothing:?}");
    schedule(&pair, "S1", &exams[0].accession, &exams[0].study, -3);
    schedule(&pair, "S2", "LATER", "2.25.4711.78.2", 3);
    let fine = compare(&["ris"]);
    assert_eq!(fine.code, 0, "{fine:?}");
    assert!(fine.out.contains("Of 1 examinations that were to be there none is missing"), "{}", fine.out);
    schedule(&pair, "S3", "LOST", "2.25.4711.78.3", -2);
    let lost = compare(&["ris"]);
    assert_eq!(lost.code, 4, "both hold the same, and one was to be made that neither got: {lost:?}");
    assert!(lost.out.contains("MISSING: 1 of 2"), "{}", lost.out);
    let line = lost.out.lines().find(|line| line.contains("2.25.4711.78.3")).unwrap();
    assert!(
        line.contains("EMERGENCY") && line.contains("of P7, due ") && line.contains("neither at pacs-a"),
        "{line}"
    );
    let late = worklist(&pair).replacen("[worklists.gone]", "late_after_minutes = 150\n[worklists.gone]", 1);
    desk.write("segue.toml", &format!("{}{late}", setting(&pair)));
    assert_eq!(compare(&["ris"]).code, 0, "two hours after it was to begin it may still be on its way");
    let unknown = compare(&["ris", "gone"]);
    assert_eq!(unknown.code, 5, "{unknown:?}");
    assert!(
        unknown.out.contains("NOT KNOWN: what was scheduled on the worklist gone: GONE at 127.0.0.1:9"),
        "{}",
        unknown.out
    );
}

#[test]
fn orthanc_the_gate_stays_closed_while_a_worklist_of_the_pair_is_not_known() {
    if skips("worklist and the gate") {
        return;
    }
    let desk = Desk::new();
    let exams = invented(60);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    schedule(&pair, "S1", &exams[0].accession, &exams[0].study, -3);
    let of = |names: &str| {
        let paired = format!("[pairs.radiology]\na = \"pacs-a\"\nb = \"pacs-b\"\nworklists = [{names}]\n");
        desk.write("segue.toml", &format!("{}{}{paired}", setting(&pair), worklist(&pair)));
        desk.run(&["watch", "archive", "pacs-a", "pacs-b", "--times", "1"])
    };
    let closed = of("\"ris\", \"gone\"");
    assert!(closed.code == 5 && closed.out.contains("the worklist gone: GONE at 127.0.0.1:9"), "{closed:?}");
    let served = desk.serve();
    let mut person = Person::first_admin(&served);
    let told = "what was scheduled on the worklist gone is not known: GONE at 127.0.0.1:9";
    let page = person.get(&served, "/archive/radiology").body;
    assert!(page.contains(told), "{page}");
    served.stop();
    assert_eq!(of("\"ris\"").code, 0);
    let served = desk.serve();
    assert!(!person.get(&served, "/archive/radiology").body.contains("what was scheduled"));
    served.stop();
}

#[test]
fn a_worklist_that_is_not_configured_or_wrongly_is_refused_before_anything_is_asked() {
    let desk = Desk::new();
    let archives = "[archives.a]\nway = \"orthanc\"\nroot = \"http://127.0.0.1:9\"\n[archives.b]\nway = \"orthanc\"\nroot = \"http://127.0.0.1:9\"\n";
    let says = |text: &str, wanted: &str| {
        desk.write("segue.toml", &format!("{archives}{text}"));
        let ran = desk.run(&["compare", "archive", "a", "b", "--worklist", "ris"]).refused();
        assert!(ran.err.contains(wanted), "{wanted}: {}", ran.err);
    };
    let ris = "[worklists.ris]\nhost = \"ris\"\nport = 104\n";
    says("", "there is no [worklists.ris]; known: there is none");
    says(ris, "missing field `title`");
    says(
        &format!("{ris}title = \"a title that is too long\"\n"),
        "worklists.ris: an application entity title",
    );
    says(
        &format!("{ris}title = \"RIS\"\nkey = \"k.pem\"\n"),
        "worklists.ris: certificate and key belong together",
    );
    says(&format!("{ris}title = \"RIS\"\nlate_after_minutes = 9999\n"), "from 0 to 1440");
    says("[pairs.x]\na = \"a\"\nb = \"b\"\nworklists = [\"rsi\"]\n", "pairs.x: there is no [worklists.rsi]");
}
