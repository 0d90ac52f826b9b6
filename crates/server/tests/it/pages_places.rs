//! Places that probe an archive themselves and tell it: what is taken from whom, what the gate shows of them, and how one is retired.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use hospital::Command;
use model::Time;
use model::ids::{AccountId, PairId};
use model::people::Role;
use serde_json::{Value, json};
use server::archives::{ImageArchives, Looked, NotAsked, PairAsked, Probes, Sent, ToSend};
use server::clock::Clock;
use server::importer::Watch;
use server::{Domain, Routes, Settings};

use crate::support::{Answer, Browser, House, empty_hospital, house_on, page};

const GATE: &str = "/archive/radiology";
const PROBES: &str = "/api/v1/archives/radiology/probes";
const RETIRED: &str = "/api/v1/archives/radiology/places/retired";
const READING: &str = "Reading room 2";

/// Pairs that are in the configuration. Segue itself probes them every half hour, from `segue`, and counts how often.
#[derive(Clone, Default)]
struct Named(Arc<AtomicU32>);

impl ImageArchives for Named {
    fn pairs(&self) -> Vec<PairAsked> {
        let pair = |name: &str| PairAsked {
            id: PairId::new(name).unwrap(),
            a: "pacs-a".into(),
            b: "pacs-b".into(),
            sends: false,
            every_minutes: None,
            place: "segue".into(),
            probe_every_minutes: Some(30),
        };
        vec![pair("radiology"), pair("cardiology")]
    }

    fn compare(&self, _: &PairId, _: Time, _: &Watch) -> Result<Looked, NotAsked> {
        Err(NotAsked::Stopped)
    }

    fn send(&self, _: &PairId, _: &ToSend, _: &Watch) -> Result<Sent, NotAsked> {
        Err(NotAsked::Stopped)
    }

    fn probe(&self, _: &PairId, _: &Watch) -> Probes {
        self.0.fetch_add(1, Ordering::SeqCst);
        Probes::default()
    }
}

async fn radiology() -> House {
    radiology_with(Named::default()).await
}

async fn radiology_with(named: Named) -> House {
    let domain = Domain { archives: Arc::new(named), ..empty_hospital().await };
    let house = house_on(Settings::default(), Routes::new(), domain).await;
    let (account, password_hash) = (AccountId::new("erik").unwrap(), "x".into());
    let opened = Command::OpenAccount { account, role: Role::Engineer, password_hash, must_change: false };
    house.app.domain.node.command(opened, "test", house.clock.now()).await.unwrap();
    house
}

/// The secret that the page shows once.
async fn admitted(erik: &mut Browser<'_>, place: &str) -> String {
    let form = "/archive/radiology/admit";
    let once = erik.post_from(form, form, &[("place", place)]).await;
    assert_eq!(once.status, StatusCode::OK, "{}", once.text());
    let text = once.text();
    let (_, rest) = text.split_once("id=\"one-time\" class=\"mono\" value=\"").expect("a secret");
    rest.split('"').next().unwrap().to_owned()
}

/// What a workstation measured at B, as of `at`.
fn measured(place: &str, p95_milliseconds: u64, failed: u32, at: Time) -> Value {
    json!({ "archive": "pacs-b", "place": place,
        "first_image": { "p50_milliseconds": 80, "p95_milliseconds": p95_milliseconds, "probes": 24 - failed, "failed": failed, "at": at },
        "search": { "p50_milliseconds": 20, "p95_milliseconds": 60, "times": 24 } })
}

/// Tells it without a session, with a secret in the header.
async fn tell(house: &House, path: &str, secret: &str, body: &Value) -> Answer {
    let mut stranger = house.browser();
    let request =
        stranger.request(Method::POST, path).header(header::AUTHORIZATION, format!("Bearer {secret}"));
    let request = request.header(header::CONTENT_TYPE, "application/json");
    stranger.send(request.body(Body::from(body.to_string())).unwrap()).await
}

/// The same as a program that is signed in.
async fn call(browser: &mut Browser<'_>, path: &str, body: &Value) -> Answer {
    let token = browser.get("/api/v1/me").await.json()["form_token"].as_str().unwrap().to_owned();
    let request = browser.request(Method::POST, path).header("x-csrf-token", token);
    browser.send(request.body(Body::from(body.to_string())).unwrap()).await
}

fn detail(answer: &Answer) -> String {
    answer.json()["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_second_place_is_shown_with_its_own_baseline_and_alone_closes_the_gate_when_it_is_slow() {
    let house = radiology().await;
    let mut erik = house.signed_in("erik").await;
    let places = ["emergency", READING];
    for place in places {
        let secret = admitted(&mut erik, place).await;
        let waits = page(&mut erik, GATE).await;
        assert!(waits.contains("nothing was told yet"), "{waits}");
        let told = tell(&house, PROBES, &secret, &measured(place, 900, 0, house.clock.now())).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.text());
        assert_eq!(told.json()["allowed_p95_milliseconds"], Value::Null, "nobody has said so yet");
        let shown = page(&mut erik, GATE).await;
        assert!(
            shown.contains(&format!("B has no baseline of the time to first image at {place}")),
            "{shown}"
        );
        let baseline = format!("/archive/radiology/baseline?side=B&place={}", place.replace(' ', "%20"));
        let set = erik.post_from(&baseline, &baseline, &[("milliseconds", "1000")]).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text());
    }
    let well = page(&mut erik, GATE).await;
    assert!(!well.contains("no baseline") && !well.contains("its baseline allows"), "{well}");
    assert!(!well.contains("nothing was told yet"), "{well}");
    let secret = admitted(&mut erik, READING).await;
    house.clock.advance(60);
    let told = tell(&house, PROBES, &secret, &measured(READING, 1_001, 0, house.clock.now())).await;
    assert_eq!(told.json()["allowed_p95_milliseconds"], 1_000);
    let slow = page(&mut erik, GATE).await;
    assert!(slow.contains("B needs 1001 ms for the first image at Reading room 2"), "{slow}");
    assert!(!slow.contains("first image at emergency"), "the other place is fast: {slow}");
    let gate = erik.get("/api/v1/archives/radiology").await.json();
    assert!(gate["against"].to_string().contains("Reading room 2"), "{gate}");
    house.clock.advance(60);
    tell(&house, PROBES, &secret, &measured(READING, 900, 1, house.clock.now())).await;
    let stuck = page(&mut erik, GATE).await;
    assert!(stuck.contains("at Reading room 2 1 image of B did not come, and 23 did"), "{stuck}");
    let entries = erik.get("/api/v1/audit/entries").await.text();
    assert!(entries.contains("place:Reading room 2") && !entries.contains(&secret), "{entries}");
}

#[tokio::test]
async fn a_place_that_became_silent_keeps_the_gate_closed_until_it_is_retired_and_may_tell_nothing_then() {
    let house = radiology().await;
    let mut erik = house.signed_in("erik").await;
    let secret = admitted(&mut erik, READING).await;
    tell(&house, PROBES, &secret, &measured(READING, 900, 0, house.clock.now())).await;
    let retire = "/archive/radiology/place?place=Reading%20room%202";
    let living = erik.post_from(retire, retire, &[("because", "too slow")]).await;
    assert_eq!(living.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(living.text().contains("end its probing first"), "{}", living.text());
    assert!(!page(&mut erik, GATE).await.contains("silent or retired"));
    // Sessions end after an hour, too.
    house.clock.advance(3_601);
    let mut erik = house.signed_in("erik").await;
    let silent = page(&mut erik, GATE).await;
    assert!(silent.contains("how fast B gives the first image at Reading room 2 is not known"), "{silent}");
    assert!(silent.contains("silent or retired") && silent.contains("begin its probing again"), "{silent}");
    let mut lisa = house.signed_in("lisa").await;
    assert!(!page(&mut lisa, GATE).await.contains("Retire…"), "a reader retires nothing");
    let wordless = erik.post_from(retire, retire, &[]).await;
    assert_eq!(wordless.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = erik.post_from(retire, retire, &[("because", "the workstation was scrapped")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let retired = page(&mut erik, GATE).await;
    assert!(retired.contains("nobody has probed how fast B gives the first image"), "{retired}");
    assert!(
        retired.contains("retired by erik") && retired.contains("the workstation was scrapped"),
        "{retired}"
    );
    assert_eq!(erik.get(retire).await.status, StatusCode::NOT_FOUND);
    let gone = tell(&house, PROBES, &secret, &measured(READING, 100, 0, house.clock.now())).await;
    assert_eq!(gone.status, StatusCode::UNAUTHORIZED, "a workstation that was given away");
    erik.cookies.insert("segue-language".to_owned(), "sv".to_owned());
    let swedish = page(&mut erik, GATE).await;
    assert!(swedish.contains("tysta eller avförda") && swedish.contains("avförd av erik"), "{swedish}");
}

#[tokio::test]
async fn a_place_tells_of_itself_alone_and_whoever_has_no_secret_tells_nothing() {
    let house = radiology().await;
    let mut erik = house.signed_in("erik").await;
    let secret = admitted(&mut erik, READING).await;
    let body = measured(READING, 900, 0, house.clock.now());
    let other = tell(&house, PROBES, &secret, &measured("emergency", 900, 0, house.clock.now())).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(detail(&other).contains("this secret is of Reading room 2"), "{}", other.text());
    for wrong in ["", "ab", &"0".repeat(64)] {
        assert_eq!(tell(&house, PROBES, wrong, &body).await.status, StatusCode::UNAUTHORIZED, "{wrong}");
    }
    for pair in ["cardiology", "nothing"] {
        let path = format!("/api/v1/archives/{pair}/probes");
        assert_eq!(tell(&house, &path, &secret, &body).await.status, StatusCode::UNAUTHORIZED, "{pair}");
    }
    // A secret opens nothing else.
    for path in [RETIRED, "/archive/radiology/probe", "/api/v1/archives/radiology/probes/"] {
        let answer = tell(&house, path, &secret, &json!({ "place": READING, "because": "x" })).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
    let mut lisa = house.signed_in("lisa").await;
    assert_eq!(call(&mut lisa, PROBES, &body).await.status, StatusCode::FORBIDDEN);
    // A session is no key for a page of another site, whatever its header says.
    let request = erik.request(Method::POST, PROBES).header(header::AUTHORIZATION, "Basic ZXJpazp4");
    let forged = erik.send(request.body(Body::from(body.to_string())).unwrap()).await;
    assert_eq!(forged.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        call(&mut erik, PROBES, &measured("Site south", 900, 0, house.clock.now())).await.status,
        StatusCode::OK
    );
    let again = admitted(&mut erik, READING).await;
    assert_eq!(tell(&house, PROBES, &secret, &body).await.status, StatusCode::UNAUTHORIZED, "replaced");
    assert_eq!(tell(&house, PROBES, &again, &body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_cannot_be_is_refused_in_a_sentence_and_too_much_is_not_read() {
    let house = radiology().await;
    let mut erik = house.signed_in("erik").await;
    let secret = admitted(&mut erik, READING).await;
    let now = house.clock.now();
    let at = |seconds: i64| measured(READING, 900, 0, now.plus_seconds(seconds));
    let ahead = tell(&house, PROBES, &secret, &at(120)).await;
    assert_eq!(ahead.json()["at"], now.0, "a clock two minutes ahead tells of now");
    let far = tell(&house, PROBES, &secret, &at(121)).await;
    assert_eq!(far.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(detail(&far).contains("a clock is wrong"), "{}", far.text());
    let late = tell(&house, PROBES, &secret, &at(-1)).await;
    assert!(detail(&late).contains("a newer probe from there"), "{}", late.text());
    let mut turned = at(0);
    turned["first_image"]["p50_milliseconds"] = json!(901);
    assert!(detail(&tell(&house, PROBES, &secret, &turned).await).contains("that cannot be"));
    let mut third = at(0);
    third["archive"] = json!("pacs-c");
    let third = tell(&house, PROBES, &secret, &third).await;
    assert_eq!(third.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        detail(&third).contains("pacs-c is no archive of this pair: they are pacs-a and pacs-b"),
        "{}",
        third.text()
    );
    let mut unread = at(0);
    unread["first_image"]["failed"] = json!(-1);
    let unread = tell(&house, PROBES, &secret, &unread).await;
    assert_eq!(unread.status, StatusCode::BAD_REQUEST);
    assert!(detail(&unread).contains("line 1 column"), "{}", unread.text());
    let mut more = at(0);
    more["padding"] = json!("x".repeat(20_000));
    assert_eq!(tell(&house, PROBES, &secret, &more).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    more["padding"] = json!("x");
    assert_eq!(tell(&house, PROBES, &secret, &more).await.status, StatusCode::BAD_REQUEST, "no such field");
}

#[tokio::test]
async fn segue_probes_from_its_own_place_however_often_others_tell_and_lends_nobody_its_name() {
    let named = Named::default();
    let house = radiology_with(named.clone()).await;
    let mut erik = house.signed_in("erik").await;
    let secret = admitted(&mut erik, READING).await;
    let told = tell(&house, PROBES, &secret, &measured(READING, 900, 0, house.clock.now())).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text());
    server::work::ask_what_is_due(&house.app);
    let pair = PairId::new("radiology").unwrap();
    while house.app.archive_desk.doing(&pair).is_some() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert!(house.app.archive_desk.last(&pair).is_some(), "it has probed by itself");
    assert!(named.0.load(Ordering::SeqCst) >= 1);
    let form = "/archive/radiology/admit";
    let own = erik.post_from(form, form, &[("place", "segue")]).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.text().contains("Segue itself probes from a place of this name"), "{}", own.text());
}

#[tokio::test]
async fn a_program_retires_a_place_as_an_engineer() {
    let house = radiology().await;
    let mut erik = house.signed_in("erik").await;
    admitted(&mut erik, READING).await;
    let body = json!({ "place": READING, "because": "never set up" });
    let mut lisa = house.signed_in("lisa").await;
    assert_eq!(call(&mut lisa, RETIRED, &body).await.status, StatusCode::FORBIDDEN);
    let wordless = call(&mut erik, RETIRED, &json!({ "place": READING, "because": " " })).await;
    assert_eq!(wordless.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = call(&mut erik, RETIRED, &body).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text());
    let again = call(&mut erik, RETIRED, &body).await;
    assert!(detail(&again).contains("nothing is probed from Reading room 2"), "{}", again.text());
}
