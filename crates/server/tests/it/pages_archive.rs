//! The gate before a failover in the browser: two archives in memory that are really compared, replication that stalls, and people who want to go over.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use archive::gate::FirstImage;
use archive::kept::{Kept, Shown};
use archive::urgency::Circumstances;
use archive::verdict::{Affected, Differences, Held};
use archive::{
    DoubtKind, Doubtful, Holding, Instance, InstanceUid, LookedAgain, Patient, SeriesUid, Side, Study,
    StudyDate, StudyUid, Tier, Uid, compare,
};
use axum::http::StatusCode;
use hospital::Command;
use hospital::archives::ArchiveCommand;
use hospital::archives::fact::{PairCompared, PairProbed};
use model::Time;
use model::ids::{AccountId, PairId};
use model::people::Role;
use server::archives::{ImageArchives, Looked, NotAsked, PairAsked, Probes, Sent, ToSend};
use server::clock::Clock;
use server::importer::Watch;
use server::{Domain, Routes, Settings};

use crate::support::{Browser, House, empty_hospital, house_on, page};

/// Numbers of examinations; each has four images.
#[derive(Default)]
struct Held2 {
    a: Vec<u32>,
    b: Vec<u32>,
    clock: i64,
    /// No image opens at B.
    b_is_stuck: bool,
    /// Both are compared by themselves so often.
    every_minutes: Option<u32>,
}

/// Two archives in memory. Examinations from 90 on are of the emergency department.
#[derive(Clone, Default)]
struct Invented(Arc<Mutex<Held2>>);

fn pair() -> PairId {
    PairId::new("radiology").unwrap()
}

fn uid(text: &str) -> Uid {
    Uid::as_found(text).unwrap().0
}

fn holding(exams: &[u32]) -> Holding {
    let mut holding = Holding::new();
    for number in exams {
        let study = StudyUid(uid(&format!("1.2.{number}")));
        holding.study(Study {
            uid: study.clone(),
            patient: Patient::new("P1", ""),
            date: StudyDate::read("20261126"),
            accession: format!("ACC{number}").into(),
            counted: None,
        });
        for image in 1..=4 {
            holding.instance(Instance {
                uid: InstanceUid(uid(&format!("1.2.{number}.1.{image}"))),
                series: SeriesUid(uid(&format!("1.2.{number}.1"))),
                study: study.clone(),
                arrived: None,
                content: None,
            });
        }
    }
    holding
}

fn circumstances(exam: &Affected) -> Circumstances {
    let number: u32 = exam.study.accession.trim_start_matches("ACC").parse().unwrap();
    Circumstances {
        in_emergency: Some(number >= 90),
        is_stat: Some(false),
        theatre: Some(None),
        is_inpatient: Some(true),
        is_prior: Some(false),
    }
}

impl ImageArchives for Invented {
    fn pairs(&self) -> Vec<PairAsked> {
        let (a, b) = ("pacs-a".into(), "pacs-b".into());
        let every_minutes = self.0.lock().unwrap().every_minutes;
        let place = "emergency".into();
        vec![PairAsked {
            id: pair(),
            a,
            b,
            sends: true,
            every_minutes,
            place,
            probe_every_minutes: every_minutes,
        }]
    }

    fn compare(&self, _: &PairId, cut: Time, _: &Watch) -> Result<Looked, NotAsked> {
        let held = self.0.lock().unwrap();
        let verdict = compare(&holding(&held.a), &holding(&held.b), cut, Tier::Identity);
        let compared = Kept::new(&verdict, circumstances);
        Ok(Looked { since: None, compared, looked_for: None, verdict })
    }

    fn send(&self, _: &PairId, wanted: &ToSend, _: &Watch) -> Result<Sent, NotAsked> {
        let mut held = self.0.lock().unwrap();
        let sent: Vec<u32> = wanted
            .studies
            .iter()
            .map(|study| study.0.as_str().trim_start_matches("1.2.").parse().unwrap())
            .collect();
        held.b.extend(sent);
        let study = || StudyUid(uid("1.2.90"));
        let is_again = wanted.again.contains(&study());
        let doubt = Doubtful {
            study: study(),
            kind: DoubtKind::NotCommitted,
            says: "1.2.90.1.3: B does not keep it".into(),
        };
        let well = LookedAgain { study: study(), is_committed: true, is_read: false, is_same: false };
        Ok(Sent {
            says: vec!["pacs-a sends by itself.".into(), "12 objects went to pacs-b.".into()],
            objects: 12,
            not_sent: vec![(study(), "1.2.90.1.1: refused at first".into())],
            doubtful: if is_again { Vec::new() } else { vec![doubt] },
            looked_again: if is_again { vec![well] } else { Vec::new() },
        })
    }

    fn probe(&self, pair: &PairId, _: &Watch) -> Probes {
        let held = self.0.lock().unwrap();
        let (at, opens) = (Time(held.clock), !held.b_is_stuck);
        let (probes, failed) = if opens { (20, 0) } else { (0, 24) };
        let first_image = FirstImage { p50_milliseconds: 300, p95_milliseconds: 900, probes, failed, at };
        let taken = vec![PairProbed {
            pair: pair.clone(),
            side: Side::B,
            place: "emergency".into(),
            first_image,
            search: None,
            scroll: None,
            prior: None,
        }];
        let failed = (!opens).then(|| NotAsked::Failed("pacs-b: no image came: 500".to_owned()));
        Probes { taken, failed }
    }
}

/// A house with this pair; `erik` is an engineer, `maja` answers for a ward.
async fn radiology(archives: Arc<dyn ImageArchives>) -> House {
    let domain = Domain { archives, ..empty_hospital().await };
    let house = house_on(Settings::default(), Routes::new(), domain).await;
    for (name, role) in [("erik", Role::Engineer), ("maja", Role::Ward)] {
        let account = AccountId::new(name).unwrap();
        let opened = Command::OpenAccount {
            account: account.clone(),
            role,
            password_hash: "x".into(),
            must_change: false,
        };
        house.app.domain.node.command(opened, "test", house.clock.now()).await.unwrap();
        if role == Role::Ward {
            use server::front::{Account, Accounts, NewAccount, hash};
            let password_hash = hash(crate::support::PASSWORD).unwrap();
            let account = Account { name: account, password_hash, role, must_change: false };
            house.accounts.create(NewAccount { account, at: Time(0) }).await.unwrap();
        }
    }
    house
}

const GATE: &str = "/archive/radiology";

#[tokio::test]
async fn a_b_that_became_slow_says_since_when_and_what_was_changed_before() {
    let archives = Invented::default();
    let house = radiology(Arc::new(archives.clone())).await;
    archives.0.lock().unwrap().clock = house.clock.now().0;
    let mut erik = house.signed_in("erik").await;
    press(&house, &mut erik, "/archive/radiology/probe", GATE).await;
    let baseline = "/archive/radiology/baseline?side=B&place=emergency";
    let set = erik.post_from(baseline, baseline, &[("milliseconds", "899")]).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text());
    let slow = page(&mut erik, GATE).await;
    assert!(slow.contains("B is slower than allowed at emergency since"), "{slow}");
    assert!(
        slow.contains("No plan was set in motion") && slow.contains("its baseline allows 899 ms"),
        "{slow}"
    );
}

#[tokio::test]
async fn a_b_of_which_no_image_opens_closes_the_gate_although_it_was_fast_a_minute_ago() {
    let archives = Invented::default();
    let house = radiology(Arc::new(archives.clone())).await;
    archives.0.lock().unwrap().clock = house.clock.now().0;
    let mut erik = house.signed_in("erik").await;
    press(&house, &mut erik, "/archive/radiology/probe", GATE).await;
    let baseline = "/archive/radiology/baseline?side=B&place=emergency";
    erik.post_from(baseline, baseline, &[("milliseconds", "1000")]).await;
    assert!(page(&mut erik, "/incidents").await.contains("Nothing has yet"));
    archives.0.lock().unwrap().b_is_stuck = true;
    press(&house, &mut erik, "/archive/radiology/probe", GATE).await;
    let incidents = page(&mut erik, "/incidents").await;
    assert!(
        incidents.contains("24 images of archive B of radiology did not come at emergency"),
        "{incidents}"
    );
    let one = page(&mut erik, "/incidents/archive-i1").await;
    assert!(one.contains("No plan was set in motion") && one.contains("radiology"), "{one}");
    let closing = "/incidents/archive-i1/close";
    let closed = erik.post_from(closing, closing, &[("evidence", "its index was built anew")]).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER, "{}", closed.text());
    let stuck = page(&mut erik, GATE).await;
    assert!(stuck.contains("at emergency 24 images of B did not come, and 0 did"), "{stuck}");
    assert!(
        stuck.contains("no image came") && stuck.contains("The last work came to nothing: pacs-b"),
        "{stuck}"
    );
}

#[tokio::test]
async fn a_pair_is_compared_and_probed_by_itself_when_its_time_has_come_and_not_before() {
    let archives = Invented::default();
    let house = radiology(Arc::new(archives.clone())).await;
    {
        let mut held = archives.0.lock().unwrap();
        (held.a, held.b, held.every_minutes) = (vec![1], vec![1], Some(15));
        held.clock = house.clock.now().0;
    }
    let settled = async || {
        server::work::ask_what_is_due(&house.app);
        while house.app.archive_desk.doing(&pair()).is_some() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        house.app.domain.node.read(|state| {
            let known = state.archives().pair(&pair());
            known.map_or((0, 0), |known| {
                (known.comparisons.len(), known.probes().first().map_or(0, |probed| probed.probes.len()))
            })
        })
    };
    assert_eq!(settled().await, (1, 0), "compared first");
    house.clock.advance(60);
    assert_eq!(settled().await, (1, 1), "then probed");
    house.clock.advance(13 * 60);
    assert_eq!(settled().await, (1, 1), "14 minutes after the comparison nothing is due");
    house.clock.advance(60);
    assert_eq!(settled().await, (2, 1));
    let mut erik = house.signed_in("erik").await;
    assert!(page(&mut erik, GATE).await.contains("proven equal All 4 objects"), "recorded by segue");
}

/// Presses a button of the gate and waits for what it began.
async fn press(house: &House, browser: &mut Browser<'_>, path: &str, form: &str) {
    let answer = browser.post_from(form, path, &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    while house.app.archive_desk.doing(&pair()).is_some() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn the_incident_the_gate_refuses_and_names_the_emergency_patients_first_and_after_the_repair_it_says_go()
 {
    let archives = Invented::default();
    let house = radiology(Arc::new(archives.clone())).await;
    {
        let mut held = archives.0.lock().unwrap();
        (held.a, held.b) = (vec![1, 2, 3], vec![1, 2, 3]);
        held.clock = house.clock.now().0;
    }
    let mut erik = house.signed_in("erik").await;
    let before = page(&mut erik, GATE).await;
    assert!(before.contains("No-go") && before.contains("nobody has compared the archives"), "{before}");
    press(&house, &mut erik, "/archive/radiology/compare", GATE).await;
    press(&house, &mut erik, "/archive/radiology/probe", GATE).await;
    let baseline = "/archive/radiology/baseline?side=B&place=emergency";
    let refused = erik.post_from(baseline, baseline, &[("milliseconds", "fast")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let set = erik.post_from(baseline, baseline, &[("milliseconds", "1000")]).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text());
    let go = page(&mut erik, GATE).await;
    assert!(go.contains(" Go ") && go.contains("All 12 objects of A that were compared are at B"), "{go}");

    // New examinations arrive and replication stalls.
    archives.0.lock().unwrap().a.extend([4, 91, 90]);
    house.clock.advance(60);
    press(&house, &mut erik, "/archive/radiology/compare", GATE).await;
    let no_go = page(&mut erik, GATE).await;
    assert!(
        no_go.contains("No-go") && no_go.contains("12 of 24 objects are at both ends and alike; 12 are not"),
        "{no_go}"
    );
    let at = |accession: &str| no_go.find(accession).unwrap();
    assert!(at("ACC90") < at("ACC4") && at("ACC91") < at("ACC4"), "{no_go}");
    assert!(no_go.contains("inpatient ACC4"), "what is recorded of a patient is read as it was: {no_go}");
    let refused = erik.post_from("/archive/radiology/go", "/archive/radiology/go", &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing was ticked");

    let send = page(&mut erik, "/archive/radiology/send").await;
    assert!(send.contains("3 examinations are sent from pacs-a to pacs-b"), "{send}");
    press(&house, &mut erik, "/archive/radiology/send", "/archive/radiology/send").await;
    let doubted = page(&mut erik, GATE).await;
    for said in [
        "pacs-a sends by itself. 12 objects went to pacs-b.",
        "1 examination was not sent whole:",
        "1.2.90: 1.2.90.1.1: refused at first",
        "All 24 objects of A that were compared are at B",
        "No-go",
        "1 examination that went to B is in doubt",
        "B does not take responsibility: 1.2.90.1.3: B does not keep it",
    ] {
        assert!(doubted.contains(said), "{said}: {doubted}");
    }
    assert!(doubted.contains("ACC90"), "whose it is stays known although the list has it: {doubted}");
    let over = page(&mut erik, "/archive/radiology/go").await;
    assert!(over.contains("tick 1 examination") && over.contains("emergency · ACC90"), "{over}");
    let again = "/archive/radiology/send?study=1.2.90";
    press(&house, &mut erik, again, again).await;
    let go = page(&mut erik, GATE).await;
    assert!(go.contains(" Go ") && !go.contains("in doubt"), "{go}");
    let gone = erik.post_from("/archive/radiology/go", "/archive/radiology/go", &[]).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text());
    let going = page(&mut erik, GATE).await;
    assert!(going.contains("Going over") && going.contains("begun by erik"), "{going}");
    let step = "/archive/radiology/step";
    for seen in ["all wards told", "CT and MR point to B"] {
        let done = erik.post_from(step, step, &[("says", seen)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    }
    let waits = page(&mut erik, GATE).await;
    assert!(waits.contains("Compare again first"), "{waits}");
    let early = erik.post_from(step, step, &[("says", "readers too")]).await;
    assert!(early.text().contains("compare again"), "{}", early.text());
    house.clock.advance(60);
    press(&house, &mut erik, "/archive/radiology/compare", GATE).await;
    for seen in ["readers too", "5-02 opened both", "CT of 12:40"] {
        let done = erik.post_from(step, step, &[("says", seen)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    }
    let end = "/archive/radiology/end";
    let ended = erik.post_from(end, end, &[("went", "over"), ("says", "works")]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.text());
    let mut maja = house.signed_in("maja").await;
    let report = "/archive/radiology/report";
    let said = maja.post_from(report, report, &[("says", "no priors on 5-02")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text());
    let watched = page(&mut maja, GATE).await;
    assert!(watched.contains("The hospital works with pacs-b now"), "{watched}");
    assert!(!page(&mut erik, GATE).await.contains("Go over…"));
    let twice = erik.post_from("/archive/radiology/go", "/archive/radiology/go", &[]).await;
    assert!(
        twice.text().contains("the hospital works with pacs-b since the last failover"),
        "{}",
        twice.text()
    );
    assert!(watched.contains("over to B, erik") && watched.contains("maja: no priors on 5-02"), "{watched}");
    let compare = maja.post_from(GATE, "/archive/radiology/compare", &[]).await;
    assert_eq!(compare.status, StatusCode::FORBIDDEN, "a ward asks no archive");
}

#[tokio::test]
async fn whoever_overrides_ticks_every_exam_and_names_two_people() {
    let archives = Invented::default();
    let house = radiology(Arc::new(archives.clone())).await;
    (archives.0.lock().unwrap().a, archives.0.lock().unwrap().b) = (vec![1, 2], vec![]);
    let mut erik = house.signed_in("erik").await;
    press(&house, &mut erik, "/archive/radiology/compare", GATE).await;
    let go = "/archive/radiology/go";
    let asked = page(&mut erik, go).await;
    assert!(asked.contains("tick all 2 examinations"), "{asked}");
    let one = [("exam-1.2.1", "yes"), ("one", "Head"), ("two", "Chief"), ("because", "A is on fire")];
    let short = erik.post_from(go, go, &one).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text().contains("A is on fire"), "what was typed is kept");
    let mut all = one.to_vec();
    all.push(("exam-1.2.2", "yes"));
    let twice: Vec<_> = all.iter().map(|(k, v)| (*k, if *k == "two" { "head" } else { *v })).collect();
    let refused = erik.post_from(go, go, &twice).await;
    assert!(refused.text().contains("two different people"), "{}", refused.text());
    let gone = erik.post_from(go, go, &all).await;
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text());
    let going = page(&mut erik, GATE).await;
    assert!(going.contains("in the name of Head and Chief: A is on fire"), "{going}");
}

/// The words of a PDF, with every kind of space as one.
fn read_pdf(bytes: &[u8]) -> String {
    let pdf = lopdf::Document::load_mem(bytes).unwrap();
    let pages: Vec<u32> = pdf.get_pages().into_keys().collect();
    pdf.extract_text(&pages).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What was recorded of 20 million objects of which 7 are missing.
fn seven_missing(cut: Time) -> PairCompared {
    let differences = Differences { a_only_studies: 1, a_only_instances: 7, ..Differences::default() };
    let shown = Shown {
        cut,
        tier: Tier::Identity,
        held: Held { a: 20_000_000, b: 19_999_993, alike: 19_999_993 },
        differences: Some(differences),
        exams: Vec::new(),
        unnamed: 1,
        in_flight: 0,
        shows_rejected: 0,
    };
    let compared = Kept::Proven(Box::new(shown));
    let (a, b) = ("pacs-a".into(), "pacs-b".into());
    PairCompared { pair: pair(), a, b, since: None, compared, looked_for: None, document_sha256: None }
}

#[tokio::test]
async fn seven_missing_of_twenty_million_show_as_complete_nowhere() {
    let house = radiology(Arc::new(Invented::default())).await;
    let now = house.clock.now();
    let command = Command::Archive(ArchiveCommand::Compared(Box::new(seven_missing(now))));
    house.app.domain.node.command(command, "test", now).await.unwrap();
    let mut erik = house.signed_in("erik").await;
    for path in ["/archive", GATE] {
        let text = page(&mut erik, path).await;
        assert!(
            text.contains("No-go") && !text.contains('%') && !text.contains("20 000 000 objects of A that"),
            "{path}: {text}"
        );
    }
    let notice = page(&mut erik, "/").await;
    assert!(notice.contains("radiology: no-go, pacs-b cannot stand in now"), "{notice}");
    assert!(page(&mut erik, GATE).await.contains("19 999 993 of 20 000 000"));
    let filed = erik.get("/archive/radiology/gate.pdf").await;
    assert_eq!(filed.header("content-type"), "application/pdf");
    let filed = read_pdf(&filed.body);
    assert!(
        filed.contains("No-go") && filed.contains("19 999 993 of 20 000 000") && !filed.contains('%'),
        "{filed}"
    );
    assert!(filed.contains("7 objects of 1 examination only at A") && !filed.contains("All "), "{filed}");
    let told = erik.get("/api/v1/archives/radiology").await.json();
    assert_eq!((&told["go"], &told["proven_equal"]), (&false.into(), &false.into()));
    assert_eq!(told["compared"]["proven"]["held"]["alike"], 19_999_993);
    assert_eq!(erik.get("/api/v1/archives").await.json()["pairs"][0]["go"], false);
    erik.cookies.insert("segue-language".to_owned(), "sv".to_owned());
    let swedish = page(&mut erik, GATE).await;
    assert!(swedish.contains("7 är det inte") && swedish.contains("Gå inte över"), "{swedish}");
}

#[tokio::test]
async fn a_hospital_without_archives_is_told_how_to_name_them() {
    let domain = empty_hospital().await;
    let house = house_on(Settings::default(), Routes::new(), domain).await;
    let mut erik = house.signed_in("erik").await;
    let empty = page(&mut erik, "/archive").await;
    assert!(empty.contains("[pairs.NAME]"), "{empty}");
    assert_eq!(erik.get("/archive/nothing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_start_page_says_of_each_pair_no_go_and_why_or_go_and_how_old_its_proof_is() {
    let archives = Invented::default();
    let house = radiology(Arc::new(archives.clone())).await;
    {
        let mut held = archives.0.lock().unwrap();
        (held.a, held.b, held.clock) = (vec![1, 2, 3], vec![1, 2], house.clock.now().0);
    }
    let mut erik = house.signed_in("erik").await;
    let never = page(&mut erik, "/").await;
    assert!(never.contains("radiology: no-go, pacs-b cannot stand in now"), "{never}");
    assert!(never.contains("First reason against: nobody has compared the archives"), "{never}");
    assert!(never.contains("1 more reason."), "nobody has probed either: {never}");
    press(&house, &mut erik, "/archive/radiology/compare", GATE).await;
    press(&house, &mut erik, "/archive/radiology/probe", GATE).await;
    let baseline = "/archive/radiology/baseline?side=B&place=emergency";
    erik.post_from(baseline, baseline, &[("milliseconds", "1000")]).await;
    let lacks = page(&mut erik, "/").await;
    assert!(lacks.contains("4 objects of 1 examination only at A") && lacks.contains("no-go"), "{lacks}");
    let told = erik.get("/api/v1/overview").await.json()["archives"][0].clone();
    assert_eq!((&told["pair"], &told["go"]), (&"radiology".into(), &false.into()));

    archives.0.lock().unwrap().b.push(3);
    press(&house, &mut erik, "/archive/radiology/compare", GATE).await;
    house.clock.advance(59 * 60);
    archives.0.lock().unwrap().clock = house.clock.now().0;
    press(&house, &mut erik, "/archive/radiology/probe", GATE).await;
    let go = page(&mut erik, "/").await;
    assert!(go.contains("radiology: go, pacs-b can stand in now Age of the proof: 59 min"), "{go}");
    let raw = erik.get("/").await.text();
    assert!(raw.contains("href=\"/archive/radiology\""), "{raw}");
    let told = erik.get("/api/v1/overview").await.json()["archives"][0].clone();
    assert_eq!((&told["go"], &told["against_first"]), (&true.into(), &serde_json::Value::Null));

    house.clock.advance(2 * 60);
    let old = page(&mut erik, "/").await;
    assert!(old.contains("radiology: no-go") && old.contains("the proof is 61 min old"), "{old}");
    assert_eq!(erik.get("/api/v1/overview").await.json()["archives"][0]["go"], false);
}
