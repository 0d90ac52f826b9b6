//! `segue probe archive`: from a workstation that has a configuration and nothing else, told to a server or not.

use archives::{Caps, Pair, invented, skips};
use model::Date;
use server::clock::{Clock, MachineClock};

use crate::support::{Desk, Person, Served};

const READING: &str = "Reading room 2";

/// A workstation of which B does not answer.
fn stuck() -> Desk {
    let desk = Desk::new();
    desk.write("segue.toml", "[archives.pacs-b]\nway = \"orthanc\"\nroot = \"http://127.0.0.1:9\"\n");
    desk
}

#[test]
fn an_archive_that_does_not_answer_gave_no_image_and_no_journal_is_made() {
    let desk = stuck();
    let ran = desk.run(&["probe", "archive", "pacs-b", "--place", READING, "--times", "20"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.out.contains("pacs-b at Reading room 2"), "{}", ran.out);
    assert!(ran.out.contains("first image  not once"), "{}", ran.out);
    assert!(
        ran.out.contains("NOT OPENED: of 20 of 20 examinations no image came; the first: "),
        "{}",
        ran.out
    );
    let ran = desk.json(&["probe", "archive", "pacs-b", "--place", READING]);
    assert_eq!(ran.code, 4, "{ran:?}");
    let told = ran.line();
    assert_eq!(
        (told["first_image"]["probes"].as_u64(), told["first_image"]["failed"].as_u64()),
        (Some(0), Some(24))
    );
    assert!(
        told["first_failure"].is_string() && told["told"].is_null() && told["search"].is_null(),
        "{told}"
    );
    assert!(!desk.path("segue-data").exists(), "a workstation has no journal");
}

#[test]
fn what_is_missing_is_said_before_anything_is_asked() {
    let desk = stuck();
    let ran = desk.run(&["probe", "archive", "pacs-c", "--place", READING]).refused();
    assert!(ran.err.contains("it names pacs-b"), "{}", ran.err);
    let ran = desk.run(&["probe", "archive", "pacs-b", "--place", " "]).refused();
    assert!(ran.err.contains("--place is empty"), "{}", ran.err);
    let tell = ["probe", "archive", "pacs-b", "--place", READING, "--tell"];
    let half = desk.run(&[&tell[..], &["https://segue.example"]].concat());
    assert!(half.code == 2 && half.err.contains("--token-file"), "{half:?}");
    let secret = secret_file(&desk, &"ab".repeat(32));
    let whom = ["--pair", "radiology", "--token-file", &secret];
    let ran = desk.run(&[&tell[..], &["http://segue.example"], &whom[..]].concat()).refused();
    assert!(ran.err.contains("write https://") && ran.out.is_empty(), "{ran:?}");
    // Nobody listens there: what was seen is said all the same.
    let ran = desk.run(&[&tell[..], &["http://127.0.0.1:9"], &whom[..]].concat()).refused();
    assert!(ran.err.contains("nothing is recorded") && ran.out.contains("NOT OPENED"), "{ran:?}");
    assert!(!ran.err.contains("abab"), "a secret is never repeated");
}

/// A file that only we may read.
fn secret_file(desk: &Desk, secret: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = desk.write("place.secret", secret);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path
}

/// The secret that the gate's page makes for a place.
fn admitted(person: &mut Person, served: &Served, place: &str) -> String {
    let form = "/archive/radiology/admit";
    let once = person.form(served, form, form, &[("place", place)]);
    let (_, rest) = once.body.split_once("id=\"one-time\" class=\"mono\" value=\"").expect("a secret");
    rest.split('"').next().unwrap().to_owned()
}

fn today() -> &'static str {
    let today = Date::of_days(MachineClock.now().0.div_euclid(86_400_000_000)).unwrap();
    Box::leak(today.to_string().replace('-', "").into_boxed_str())
}

#[test]
fn orthanc_a_workstation_probes_b_and_the_gate_shows_it_as_seen_from_there() {
    if skips("orthanc_a_workstation_probes_b_and_the_gate_shows_it_as_seen_from_there") {
        return;
    }
    let mut exams = invented(120);
    exams.iter_mut().for_each(|exam| exam.date = today());
    let pair = Pair::start(Caps::default(), Caps::default()).unwrap();
    pair.b.store(&exams, |_| true).unwrap();
    let pace = "questions_per_second_max = 0\nshare_percent_max = 100\n";
    let of =
        |name: &str, root: &str| format!("[archives.{name}]\nway = \"orthanc\"\nroot = \"{root}\"\n{pace}");
    let (a, b) = (of("pacs-a", &pair.a.root()), of("pacs-b", &pair.b.root()));
    let server = Desk::new();
    server.write("segue.toml", &format!("{a}{b}[pairs.radiology]\na = \"pacs-a\"\nb = \"pacs-b\"\n"));
    let served = server.serve();
    let mut person = Person::first_admin(&served);
    let workstation = Desk::new();
    workstation.write("segue.toml", &b);
    let secret = admitted(&mut person, &served, READING);
    let secret = secret_file(&workstation, &format!("{secret}\n"));
    let url = served.said["url"].as_str().unwrap().to_owned();
    let args = [
        "probe",
        "archive",
        "pacs-b",
        "--place",
        READING,
        "--tell",
        &url,
        "--pair",
        "radiology",
        "--token-file",
        &secret,
    ];
    let ran = workstation.run(&args).fine();
    assert!(ran.out.contains("first image  p50 ") && ran.out.contains(", 24 times"), "{}", ran.out);
    assert!(ran.out.contains("nobody has said yet what is allowed there"), "{}", ran.out);
    let gate = person.get(&served, "/api/v1/archives/radiology").json();
    assert!(
        gate["against"].to_string().contains("no baseline of the time to first image at Reading room 2"),
        "{gate}"
    );
    let baseline = "/archive/radiology/baseline?side=B&place=Reading%20room%202";
    let set = person.form(&served, baseline, baseline, &[("milliseconds", "60000")]);
    assert_eq!(set.status, 303, "{}", set.body);
    let told = workstation.json(&args).fine().line();
    assert_eq!(told["told"]["allowed_p95_milliseconds"], 60_000, "{told}");
    assert!(told["first_image"]["p50_milliseconds"].as_u64().unwrap() >= 1, "{told}");
    let gate = person.get(&served, "/api/v1/archives/radiology").json();
    assert!(!gate["against"].to_string().contains(READING), "{gate}");
    // It tells of itself alone, and of B's end it tells at once.
    let other: Vec<&str> = args.iter().map(|arg| if *arg == READING { "emergency" } else { arg }).collect();
    let ran = workstation.run(&other).refused();
    assert!(ran.err.contains("this secret is of Reading room 2"), "{}", ran.err);
    drop(pair);
    let ran = workstation.run(&args);
    assert_eq!(ran.code, 4, "{ran:?}");
    let gate = person.get(&served, "/api/v1/archives/radiology").json();
    assert!(
        gate["against"].to_string().contains("at Reading room 2 24 images of B did not come, and 0 did"),
        "{gate}"
    );
    admitted(&mut person, &served, READING);
    let ran = workstation.run(&args).refused();
    assert!(
        ran.err.contains("knows no such secret") && ran.err.contains("/archive/radiology"),
        "{}",
        ran.err
    );
}
