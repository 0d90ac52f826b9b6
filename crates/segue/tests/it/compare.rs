//! `segue compare archive`: before somebody goes over from one archive to the other.

use archives::{Caps, Pair, invented, skips};

use crate::support::{Desk, Person};

/// A is asked by Orthanc's own interface, B by C-FIND.
pub(crate) fn setting(pair: &Pair) -> String {
    let (sender, peer) = (pair.a.peer().unwrap(), pair.b.peer().unwrap());
    format!(
        "[archives.pacs-a]\nway = \"orthanc\"\nroot = \"{}\"\nhost = \"127.0.0.1\"\nport = {}\ntitle = \"{}\"\nquestions_per_second_max = 0\nshare_percent_max = 100\n\
         [archives.pacs-b]\nway = \"dimse\"\nhost = \"127.0.0.1\"\nport = {}\ntitle = \"{}\"\ncount_by_orthanc = \"{}\"\n\
         uid_prefix = true\nquestions_per_second_max = 0\nshare_percent_max = 100\n",
        pair.a.root(),
        sender.port,
        pair.a.title(),
        peer.port,
        pair.b.title(),
        pair.b.root()
    )
}

#[test]
fn orthanc_only_a_proof_that_nothing_differs_ends_with_0() {
    if skips("orthanc_only_a_proof_that_nothing_differs_ends_with_0") {
        return;
    }
    let desk = Desk::new();
    let exams = invented(150);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    let lacks = exams[1].objects[0].uid.clone();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |uid| uid != lacks).unwrap();
    desk.write("segue.toml", &setting(&pair));
    let ran = desk.run(&["compare", "archive", "pacs-a", "pacs-b"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    for wanted in
        ["149 of 150; 1 is not", &*format!("\n    {lacks}"), "pacs-b lacks 1 object of 1 examination"]
    {
        assert!(ran.out.contains(wanted), "{wanted}: {}", ran.out);
    }
    let told = desk.json(&["compare", "archive", "pacs-a", "pacs-b"]).line();
    assert_eq!(told["proven_equal"], false);
    assert_eq!(told["verdict"]["proven"]["a_only"][0]["instances"][0], *lacks);
    // All of them are older: that nothing was found to differ is no proof.
    let later = desk.run(&["compare", "archive", "pacs-a", "pacs-b", "--since", "2026-02-28"]);
    assert!(later.code == 5 && later.out.contains("NOTHING COMPARED"), "{later:?}");
    assert_eq!(desk.run(&["compare", "archive", "pacs-a", "pacs-b", "--since", "2025-01-01"]).code, 4);
    pair.b.store(&exams, |uid| uid == lacks).unwrap();
    let ran = desk.run(&["compare", "archive", "pacs-a", "pacs-b"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("PROVEN: nothing differs (150 objects at each end"), "{}", ran.out);
}

#[test]
fn orthanc_other_pixels_under_one_name_are_named_when_content_is_compared() {
    if skips("content") {
        return;
    }
    let desk = Desk::new();
    let exams = invented(40);
    let mut as_in_b = exams.clone();
    as_in_b[0].objects[1].grey ^= 1;
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&as_in_b, |_| true).unwrap();
    // B is listed by C-FIND, and its objects are read by WADO-RS.
    let setting = setting(&pair);
    desk.write("segue.toml", &setting);
    assert_eq!(desk.run(&["compare", "archive", "pacs-a", "pacs-b"]).code, 0, "no list shows it");
    let ran = desk.run(&["compare", "archive", "pacs-a", "pacs-b", "--content"]).refused();
    assert!(ran.err.contains("archives.pacs-b: root is missing"), "{}", ran.err);
    let way = "way = \"dimse\"\n";
    desk.write(
        "segue.toml",
        &setting.replace(way, &format!("{way}root = \"{}/dicom-web\"\n", pair.b.root())),
    );
    let ran = desk.run(&["compare", "archive", "pacs-a", "pacs-b", "--content"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    let named = format!("{} of {} has other content at each end", exams[0].objects[1].uid, exams[0].study);
    assert!(ran.out.contains(&named) && ran.out.contains("with other content: 1"), "{}", ran.out);
}

#[test]
fn orthanc_what_is_missing_is_sent_again_when_somebody_says_so_and_only_a_second_comparison_says_that_it_is_there()
 {
    if skips(
        "orthanc_what_is_missing_is_sent_again_when_somebody_says_so_and_only_a_second_comparison_says_that_it_is_there",
    ) {
        return;
    }
    let desk = Desk::new();
    let exams = invented(120);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    let (part, whole) = (exams[0].objects[0].uid.clone(), exams[2].study.clone());
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |uid| uid != part && !uid.starts_with(&format!("{whole}."))).unwrap();
    desk.write("segue.toml", &setting(&pair));
    let shown = desk.run(&["repair", "archive", "pacs-a", "pacs-b"]);
    assert_eq!(shown.code, 4, "{shown:?}");
    assert!(shown.err.contains("2 examinations would be sent from pacs-a to pacs-b"), "{}", shown.err);
    assert_eq!(desk.run(&["compare", "archive", "pacs-a", "pacs-b"]).code, 4, "nothing was sent");
    let sent = desk.run(&["repair", "archive", "pacs-a", "pacs-b", "--yes"]);
    assert_eq!(sent.code, 0, "{sent:?}");
    assert!(
        sent.out.contains("Before:") && sent.out.contains("PROVEN: nothing differs (120 objects"),
        "{}",
        sent.out
    );
    let again = desk.run(&["repair", "archive", "pacs-a", "pacs-b", "--yes"]);
    assert!(again.code == 0 && !again.out.contains("Before:"), "nothing is left to send: {again:?}");
}

#[test]
fn an_archive_that_can_neither_be_told_to_send_nor_be_fetched_from_is_refused_before_anything_is_asked() {
    let desk = Desk::new();
    desk.write(
        "segue.toml",
        "[archives.a]\nway = \"dimse\"\nhost = \"127.0.0.1\"\nport = 9\ntitle = \"A\"\nsends = \"carried\"\n\
         [archives.b]\nway = \"orthanc\"\nroot = \"http://127.0.0.1:9\"\n",
    );
    let ran = desk.run(&["repair", "archive", "a", "b", "--yes"]).refused();
    assert!(ran.err.contains("archives.a: root is missing"), "{}", ran.err);
}

#[test]
fn orthanc_what_is_missing_is_carried_over_committed_to_and_read_back_and_silence_about_it_is_no_0() {
    if skips("carried over") {
        return;
    }
    let desk = Desk::new();
    let exams = invented(60);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    let (part, other) = (exams[0].objects[0].uid.clone(), exams[1].objects[0].uid.clone());
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |uid| uid != part).unwrap();
    let a = format!("[archives.pacs-a]\nway = \"orthanc\"\nroot = \"{}\"\n", pair.a.root());
    let b = format!(
        "[archives.pacs-b]\nway = \"qido\"\nroot = \"{}/dicom-web\"\nhost = \"127.0.0.1\"\nport = {}\ntitle = \"{}\"\ncount_by_orthanc = \"{}\"\n",
        pair.b.root(),
        pair.b.peer().unwrap().port,
        pair.b.title(),
        pair.b.root()
    );
    let listens = |at: std::net::SocketAddr| {
        format!("{a}{b}commitment_listen = \"{at}\"\ncommitment_wait_seconds = 20\n")
    };
    desk.write("segue.toml", &listens(pair.ours));
    let sent = desk.run(&["repair", "archive", "pacs-a", "pacs-b", "--yes"]);
    assert_eq!(sent.code, 0, "{sent:?}");
    assert!(
        sent.err.contains("from pacs-a (Orthanc's own interface) and stores it at pacs-b (STOW-RS)"),
        "{sent:?}"
    );
    for wanted in [
        "Sent: 1 object.",
        "pacs-b takes responsibility for 1 object.",
        "Read back from pacs-b: 1 of 1 object.",
    ] {
        assert!(sent.out.contains(wanted), "{wanted}: {}", sent.out);
    }
    // B calls where nobody listens: what it keeps is not known.
    pair.b.remove(&other).unwrap();
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    desk.write("segue.toml", &listens(elsewhere).replace("seconds = 20", "seconds = 2"));
    let silent = desk.run(&["repair", "archive", "pacs-a", "pacs-b", "--yes"]);
    assert_eq!(silent.code, 5, "{silent:?}");
    assert!(
        silent.out.contains(&format!("Not committed, so not believed to be there: {other}")),
        "{silent:?}"
    );
    assert!(silent.out.contains("NOT PROVEN: pacs-b lists it"), "{silent:?}");
    assert_eq!(desk.run(&["compare", "archive", "pacs-a", "pacs-b"]).code, 0, "a list shows nothing of that");
}

#[test]
fn orthanc_what_neither_archive_got_is_found_and_the_emergency_patient_comes_first() {
    if skips("orthanc_what_neither_archive_got_is_found_and_the_emergency_patient_comes_first") {
        return;
    }
    let desk = Desk::new();
    let exams = invented(60);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    desk.write("segue.toml", &format!("{}[hl7]\naccession = [\"OBR-3\"]\n", setting(&pair)));
    let head = |kind: &str| format!("MSH|^~\\&|RIS|HUS|SEGUE|HUS|20200301100000||{kind}|1|P|2.5\r");
    let done = |accession: &str, patient: &str| {
        format!("{}PID|||{patient}^^^HUS^MR\rORC|SC||||CM\rOBR|1||{accession}|CT\r", head("ORM^O01"))
    };
    let night = [
        done("LOST1", "P7"),
        done(&exams[0].accession, &exams[0].patient),
        format!("{}PID|||P8^^^HUS^MR\rPV1||E\r", head("ADT^A01")),
        done("LOST2", "P8"),
    ];
    let compare = |file: &str| desk.run(&["compare", "archive", "pacs-a", "pacs-b", "--expected", file]);
    desk.write("night.hl7", &night.concat());
    let ran = compare("night.hl7");
    assert_eq!(ran.code, 4, "both hold the same, and two were made that neither got: {ran:?}");
    assert!(ran.out.contains("PROVEN: nothing differs (60 objects"), "{}", ran.out);
    assert!(ran.out.contains("MISSING: 2 of 3 examinations that were to be there"), "{}", ran.out);
    let place = |text: &str| ran.out.find(text).unwrap_or_else(|| panic!("{text}: {}", ran.out));
    assert!(
        place("EMERGENCY: accession LOST2 of P8") < place("UNKNOWN (may be urgent): accession LOST1 of P7")
    );
    desk.write("good.hl7", &night[1]);
    assert_eq!(compare("good.hl7").code, 0);
    desk.write("cut.hl7", &format!("{}\u{b}{}", night[1], night[1]));
    let cut = compare("cut.hl7");
    assert!(
        cut.code == 5 && cut.err.contains("it was cut") && cut.out.contains("NOT KNOWN: of 1 files"),
        "{cut:?}"
    );
    desk.write("placed.hl7", &night[1].replace("SC||||CM", "NW"));
    let nothing = compare("placed.hl7");
    assert!(nothing.code == 5 && nothing.out.contains("NOTHING WAS EXPECTED"), "{nothing:?}");
    let objects: Vec<&str> = exams[1].objects.iter().map(|object| &*object.uid).collect();
    let log = |count: usize| format!("study,count,ended\n{},{count},2020-03-01 10:00\n", exams[1].study);
    desk.write("ct1.csv", &log(objects.len()));
    assert_eq!(compare("ct1.csv").code, 0);
    desk.write("ct1.csv", &log(objects.len() + 1));
    let fewer = desk.json(&["compare", "archive", "pacs-a", "pacs-b", "--expected", "ct1.csv"]).line();
    assert_eq!(fewer["expected"]["missing"][0]["urgency"], "unknown", "{fewer}");
    assert_eq!(fewer["expected"]["missing"][0]["place"]["fewer"]["counted"], objects.len() + 1);
}

#[test]
fn orthanc_two_archives_with_nothing_in_them_prove_nothing() {
    if skips("orthanc_two_archives_with_nothing_in_them_prove_nothing") {
        return;
    }
    let desk = Desk::new();
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    desk.write("segue.toml", &setting(&pair));
    let ran = desk.run(&["compare", "archive", "pacs-a", "pacs-b"]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(ran.out.contains("NOTHING COMPARED"), "{}", ran.out);
}

#[test]
fn an_archive_that_is_not_there_proves_nothing_and_is_named() {
    let desk = Desk::new();
    desk.write(
        "segue.toml",
        "[archives.a]\nway = \"orthanc\"\nroot = \"http://127.0.0.1:9\"\n[archives.b]\nway = \"dimse\"\nhost = \"127.0.0.1\"\nport = 9\n\
         title = \"B\"\ncount_by_orthanc = \"http://127.0.0.1:9\"\n",
    );
    let ran = desk.run(&["compare", "archive", "a", "b"]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(ran.out.contains("NOT PROVEN"), "{}", ran.out);
}

#[test]
fn a_configuration_that_is_wrong_says_which_archive_and_which_key() {
    let desk = Desk::new();
    let says = |text: &str, wanted: &str| {
        desk.write("segue.toml", text);
        let ran = desk.run(&["compare", "archive", "a", "b"]).refused();
        assert!(ran.err.contains(wanted), "{wanted}: {}", ran.err);
    };
    says("", "the configuration names no archive a: it names none");
    says("[archives.a]\nway = \"dimse\"\n", "archives.a: host is missing");
    says("[archives.a]\nway = \"qido\"\n", "archives.a: root is missing");
    says("[archives.a]\nway = \"ftp\"\n", "line 2, column 7");
    says("[archives.a]\nway = \"orthanc\"\nroot = \"x\"\nrooot = 1\n", "unknown field `rooot`");
    let whole = "[archives.b]\nway = \"orthanc\"\nroot = \"http://127.0.0.1:9\"\n[archives.a]\n";
    says(&format!("{whole}way = \"orthanc\"\nroot = \"pacs\"\n"), "begins with http:// or https://");
    says(
        &format!("{whole}way = \"dimse\"\nhost = \"h\"\nport = 104\ntitle = \"a title that is too long\"\n"),
        "1 to 16 characters",
    );
    says(
        &format!("{whole}way = \"dimse\"\nhost = \"h\"\nport = 104\ntitle = \"A\"\ntls = true\n"),
        "archives.a: trusted is missing",
    );
    says(
        &format!("{whole}way = \"qido\"\nroot = \"https://h\"\nauthorization_file = \"none.txt\"\n"),
        "archives.a: none.txt",
    );
}

/// A hip operation of this patient in so many hours.
fn operation(patient: &str, hours: i64) -> String {
    let stamp = |hours: i64| {
        #[allow(clippy::disallowed_methods)] // the command that is tested reads it, too
        let at = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(hours);
        at.strftime("%Y%m%d%H%M%S").to_string()
    };
    format!(
        "MSH|^~\\&|OR|NORDBY|SEGUE|NORDBY|{}||SIU^S12|S{patient}|P|2.5\rSCH|P{patient}|OP{patient}|||||||||^^60^{}\rPID|||{patient}\r",
        stamp(-1),
        stamp(hours)
    )
}

#[test]
fn orthanc_the_priors_of_whoever_is_soon_in_theatre_are_at_the_fallback_viewer_only_when_they_were_read_there()
 {
    if skips("prefetch") {
        return;
    }
    let desk = Desk::new();
    let exams = invented(120);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    let patient = exams[0].patient.clone();
    let of_patient = |uid: &str| {
        exams.iter().any(|exam| exam.patient == patient && exam.objects.iter().any(|one| *one.uid == *uid))
    };
    let lacks = exams[0].objects[0].uid.clone();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |uid| of_patient(uid) && uid != &*lacks).unwrap();
    let setting = setting(&pair)
        .replace("way = \"dimse\"\n", &format!("way = \"dimse\"\nroot = \"{}/dicom-web\"\n", pair.b.root()));
    desk.write("segue.toml", &setting);
    desk.write("theatre.hl7", &operation(&patient, 20));
    let ask = |more: &[&str]| {
        let args = ["prefetch", "archive", "pacs-a", "pacs-b", "--expected", "theatre.hl7"];
        desk.run(&[&args, more].concat())
    };
    let short = ask(&[]);
    assert_eq!(short.code, 4, "{short:?}");
    assert!(short.out.contains(&format!("missing at pacs-b: {lacks}")), "{}", short.out);
    let carried = ask(&["--yes"]);
    assert_eq!(carried.code, 0, "{carried:?}");
    assert!(carried.out.contains("; 0 missing"), "{}", carried.out);
    let nobody = ask(&["--hours", "2"]);
    assert!(nobody.code == 5 && nobody.out.contains("NOTHING LOOKED FOR"), "{nobody:?}");
}

#[test]
fn orthanc_a_pair_that_is_watched_from_the_command_line_is_seen_at_the_gate() {
    if skips("watch") {
        return;
    }
    let desk = Desk::new();
    let exams = invented(120);
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    let lacks = exams[0].objects[0].uid.clone();
    pair.a.store(&exams, |_| true).unwrap();
    pair.b.store(&exams, |uid| uid != lacks).unwrap();
    let with_pair = format!("{}[pairs.radiology]\na = \"pacs-a\"\nb = \"pacs-b\"\n", setting(&pair));
    desk.write("segue.toml", &with_pair);
    let watch = || desk.run(&["watch", "archive", "pacs-a", "pacs-b", "--times", "1"]);
    let differs = watch();
    assert!(differs.code == 4 && differs.out.contains("119 of 120; 1 is not"), "{differs:?}");
    pair.b.store(&exams, |uid| uid == lacks).unwrap();
    assert_eq!(watch().code, 0);
    let served = desk.serve();
    let mut person = Person::first_admin(&served);
    let gate = person.get(&served, "/api/v1/archives/radiology").json();
    assert_eq!((&gate["proven_equal"], &gate["go"]), (&true.into(), &false.into()), "{gate}");
    assert_eq!(gate["against"][0], "nobody has probed how fast B gives the first image");
    let page = person.get(&served, "/archive/radiology").body;
    assert!(page.contains("1 object of 1 examination only at A") && page.contains("cli:tester"), "{page}");
    served.stop();
    let unknown = desk.run(&["watch", "archive", "pacs-a", "pacs-c"]).refused();
    assert!(unknown.err.contains("names no archive pacs-c"), "{}", unknown.err);
}
