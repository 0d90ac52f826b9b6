//! The calendar of all changes, what stacks, and the feeds for other calendars.

use axum::http::StatusCode;
use hospital::Command;
use model::ids::{AccountId, PlanId, WindowId};
use model::patch::PackageVersion;
use model::plan::{Plan, Window};

use crate::filled::{device, origin};
use crate::night::{Night, hospital, plan, tag};
use crate::support::{Browser, page, text_of};

/// The same hosts so many days later, with another package.
async fn later(night: &Night, days: i64, package: &str) -> Plan {
    let mut next = plan();
    next.id = PlanId::new(&format!("after-{days}")).unwrap();
    next.title = format!("{package} after {days} days").into();
    for window in &mut next.windows {
        for time in [&mut window.not_before, &mut window.latest_start, &mut window.not_after] {
            *time = time.plus_seconds(days * 86_400);
        }
    }
    next.patches[0].packages = vec![PackageVersion { package: package.into(), version: "2".into() }];
    night.must(Command::DraftPlan(Box::new(next.clone()))).await;
    next
}

#[tokio::test]
async fn without_a_plan_the_calendar_says_what_it_is_for() {
    let night = hospital().await;
    let mut erik = night.house.signed_in("erik").await;
    let answer = erik.get("/calendar").await;
    assert!(answer.text().contains("class=\"empty\"") && answer.text().contains("href=\"/plans/new\""));
}

#[tokio::test]
async fn changes_that_stack_on_a_wards_central_view_are_warned_of_and_those_far_apart_are_not() {
    let mut night = hospital().await;
    night.draft().await;
    later(&night, 3, "postgresql-15").await;
    later(&night, 60, "linux-image-amd64").await;
    let mut lisa = night.house.signed_in("lisa").await;
    let text = page(&mut lisa, "/calendar").await;
    // From 04:00 on to 22:00 two days later: 2 days and 18 hours.
    assert!(text.contains("Central monitoring, ward 5: 2 changes, 2 days apart"), "{text}");
    assert!(
        text.contains("Monitoring, autumn, postgresql-15 after 3 days. Changed: database, other software."),
        "{text}"
    );
    assert!(!text.contains("3 changes"), "two months later is another matter: {text}");
    assert!(
        text.contains("Being agreed") && !text.contains("Undecided"),
        "marks are named as plans are: {text}"
    );
    let text = page(&mut lisa, "/calendar?days=0").await;
    assert!(text.contains("No two changes meet on one service within 0 days"), "{text}");
    let text = page(&mut lisa, "/calendar?days=90").await;
    assert!(text.contains("Central monitoring, ward 6: 3 changes, 2 days apart"), "{text}");
    let html = lisa.get("/calendar?days=90").await.text();
    assert!(html.contains("<option value=\"90\" selected>90 days"), "what is asked for is what is selected");
    let text = page(&mut lisa, "/calendar").await;
    let holds = "Only: Warn within: 7 days · When: coming, running, or over for less than 14 days";
    assert!(text.contains(holds), "paper has no form, and says what holds: {text}");
    for bad in ["days=91", "days=x", "when=soon", "state=luck", "luck=1"] {
        assert_eq!(lisa.get(&format!("/calendar?{bad}")).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    let json = lisa.get("/api/v1/calendar?days=7").await.json();
    assert_eq!(json["total"], 3);
    assert_eq!(json["stacks"][0]["service"], "cm-5");
    assert_eq!(json["stacks"][0]["apart_seconds"], 66 * 3_600);
    let csv = lisa.get("/calendar?format=csv").await.text();
    assert!(csv.contains("title,hash,state,from,to,hosts,services,layers,units"), "{csv}");
    lisa.cookies.insert("segue-language".to_owned(), "sv".to_owned());
    assert!(page(&mut lisa, "/calendar").await.contains("Ändringar som staplas"));
}

#[tokio::test]
async fn what_was_withdrawn_stands_in_the_calendar_and_stacks_with_nothing() {
    let mut night = hospital().await;
    night.draft().await;
    let next = later(&night, 3, "postgresql-15").await;
    let by = next.requester.clone();
    night.must(Command::WithdrawPlan { plan: next.hash(), reason: "not now".into(), by }).await;
    let mut lisa = night.house.signed_in("lisa").await;
    let text = page(&mut lisa, "/calendar").await;
    assert!(text.contains("Withdrawn") && text.contains("No two changes meet"), "{text}");
    let text = page(&mut lisa, "/calendar?state=withdrawn").await;
    assert!(text.contains("postgresql-15") && text.contains("1 row"), "{text}");
}

/// The secret path of the address that the page shows once.
fn secret(html: &str) -> String {
    let from = html.find("/feeds/").expect("an address");
    html[from..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_units_feed_is_read_without_signing_in_until_it_is_revoked() {
    let mut night = hospital().await;
    night.draft().await;
    let mut erik = night.house.signed_in("erik").await;
    let answer = erik.post_from("/calendar/feeds", "/calendar/feeds", &[("of", "unit:WARD-5")]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let path = secret(&answer.text());
    assert!(path.ends_with(".ics") && path.len() > 60, "{path}");
    let listed = erik.get("/calendar/feeds").await.text();
    assert!(!listed.contains(&path), "the secret is shown once");
    assert!(text_of(&listed).contains("unit Ward 5, telemetry erik"), "{}", text_of(&listed));

    let mut phone = night.house.browser();
    let feed = phone.get(&path).await;
    assert_eq!((feed.status, feed.header("content-type")), (StatusCode::OK, "text/calendar; charset=utf-8"));
    let text = feed.text().replace("\r\n ", "");
    assert!(text.contains("SUMMARY:Dark: 6 beds · Monitoring\\, autumn"), "{text}");
    assert!(text.contains("DTSTART:20261122T220500Z") && text.contains("DTEND:20261122T222000Z"), "{text}");
    assert!(
        text.contains("STATUS:TENTATIVE") && text.contains("UID:monitoring-autumn/night/unit:WARD-5@segue"),
        "{text}"
    );
    assert!(text.contains("stand on declared minutes"), "on what it stands: {text}");

    let revoke = listed.split('"').find(|part| part.ends_with("/revoke")).unwrap().to_owned();
    assert!(page(&mut erik, &revoke).await.contains("get nothing from now on"));
    assert_eq!(erik.post_from(&revoke, &revoke, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(phone.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(phone.get("/feeds/0123").await.status, StatusCode::NOT_FOUND);
    let zeros = format!("/feeds/{}", "0".repeat(64));
    assert_eq!(phone.get(&zeros).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn owners_makers_and_people_have_feeds_of_their_own_and_nobody_else() {
    let mut night = hospital().await;
    night.draft().await;
    let mut lisa = night.house.signed_in("lisa").await;
    let file = async |browser: &mut Browser<'_>, of: &str| {
        let answer = browser.get(&format!("/calendar/feeds/file?of={of}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{of}: {}", answer.text());
        answer.text().replace("\r\n ", "")
    };
    let text = file(&mut lisa, "owner:clinical_engineering").await;
    assert!(text.contains("SUMMARY:Patching: 3 hosts · Monitoring"), "{text}");
    assert!(!file(&mut lisa, "owner:it").await.contains("BEGIN:VEVENT"), "IT has no task in it");
    let text = file(&mut lisa, "vendor:Nordpuls").await;
    assert!(
        text.contains("SUMMARY:Patching: 1 host ·") && text.contains("MON-1"),
        "its engineer's device: {text}"
    );
    assert!(file(&mut lisa, "person:erik").await.contains("Monitoring"), "he asks for it");
    assert!(
        !file(&mut lisa, "person:karin").await.contains("BEGIN:VEVENT"),
        "she has nothing to do with it yet"
    );
    for bad in ["unit:WARD-99", "person:nobody", "vendor:Nobody", "luck:1", ""] {
        let answer = lisa.get(&format!("/calendar/feeds/file?of={bad}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    let page = lisa.get("/calendar/feeds").await.text();
    assert!(!page.contains("method=\"post\" action=\"/calendar/feeds\""), "a reader makes no address");
    let answer = lisa.post_from("/calendar/feeds", "/calendar/feeds", &[("of", "owner:it")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let mut erik = night.house.signed_in("erik").await;
    let answer = erik.post_from("/calendar/feeds", "/calendar/feeds", &[("of", "unit:WARD-99")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_feed_ends_with_the_account_that_opened_it() {
    let mut night = hospital().await;
    night.draft().await;
    let mut karin = night.house.signed_in("karin").await;
    let answer = karin.post_from("/calendar/feeds", "/calendar/feeds", &[("of", "unit:WARD-5")]).await;
    let path = secret(&answer.text());
    let mut phone = night.house.browser();
    assert_eq!(phone.get(&path).await.status, StatusCode::OK);
    night.must(Command::CloseAccount { account: model::ids::AccountId::new("karin").unwrap() }).await;
    assert_eq!(phone.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_change_record_has_a_row_for_each_host_and_as_json_everything() {
    let mut night = hospital().await;
    night.agree().await;
    let mut lisa = night.house.signed_in("lisa").await;
    let path = format!("/plans/{}/record", night.short());
    let csv = lisa.get(&format!("{path}?format=csv")).await.text();
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(
        csv.contains(",agreed,erik,") && csv.contains("anna; karin") && csv.contains("WARD-5; WARD-6"),
        "{csv}"
    );
    assert!(csv.contains("CMS-5,Vakta 1.0-2,CVE-2099-50001,1,1,"), "{csv}");
    assert!(csv.lines().next().unwrap().contains(",stands_on"), "on what the times stand: {csv}");
    assert!(csv.contains(",nothing,0"), "{csv}");
    let answer = lisa.get(&format!("{path}?format=json")).await;
    let json = answer.json();
    assert_eq!((&json["state"], &json["plan"]["id"]), (&"agreed".into(), &"monitoring-autumn".into()));
    assert_eq!(json["consent"]["approvals"].as_array().map(Vec::len), Some(2));
    assert_eq!(json["dark"][0]["unit"], "WARD-5");
    assert_eq!(lisa.get(&format!("{path}?format=xml")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(lisa.get("/plans/000000000000/record").await.status, StatusCode::NOT_FOUND);
    let page = lisa.get(&format!("/plans/{}", night.short())).await.text();
    assert!(page.contains(&format!("{path}?format=csv")) && page.contains(&format!("{path}?format=json")));
}

/// The events of a feed, unfolded, each by itself.
async fn events(browser: &mut Browser<'_>, of: &str) -> Vec<String> {
    let answer = browser.get(&format!("/calendar/feeds/file?of={of}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{of}: {}", answer.text());
    let text = answer.text().replace("\r\n ", "");
    text.split("BEGIN:VEVENT").skip(1).map(str::to_owned).collect()
}

/// Sixty more stations, patched before ward 6's; in past nights nine of ten of their kind needed another restart.
async fn a_ring_that_past_nights_say_will_stop(night: &Night) -> Plan {
    let mut long = plan();
    let names: Vec<String> = (1..=60).map(|number| format!("X-{number:02}")).collect();
    let devices = names.iter().map(|name| device(name, "Nordpuls", "Vakta")).collect();
    night.must(Command::ImportInventory { devices, complete: false, origin: origin("more") }).await;
    for name in &names {
        let item = model::plan::Item { host: tag(name), ..long.items[0].clone() };
        long.items.push(item);
    }
    let restart = |ix: usize, name: &String| planning::forecast::Record {
        begun: crate::night::EVENING.plus_seconds(-30 * 86_400),
        night: "before".into(),
        family: planning::forecast::family_of(&long.patches[0]),
        model: "Nordpuls Vakta".into(),
        site: "".into(),
        device: name.as_str().into(),
        step: planning::forecast::Step::Restart,
        seconds: 300,
        declared_seconds: Some(300),
        chain: Some(planning::forecast::Chain {
            place: 1,
            armed_another: !ix.is_multiple_of(10),
            shown_after_seconds: None,
        }),
    };
    let restarts = names.iter().enumerate().map(|(ix, name)| restart(ix, name));
    let install = |restart: planning::forecast::Record| planning::forecast::Record {
        step: planning::forecast::Step::Install,
        chain: None,
        ..restart
    };
    let records = restarts.flat_map(|restart| [install(restart.clone()), restart]).collect();
    night.must(Command::ImportNights { records, origin: origin("nights") }).await;
    night.must(Command::DraftPlan(Box::new(long.clone()))).await;
    long
}

#[tokio::test]
async fn a_ward_whose_ring_no_replay_begins_is_told_its_declared_dark_time_and_never_that_no_bed_is_dark() {
    let night = hospital().await;
    let short = a_ring_that_past_nights_say_will_stop(&night).await.hash().short();
    let mut lisa = night.house.signed_in("lisa").await;
    let plan = lisa.get(&format!("/plans/{short}")).await.text();
    assert!(plan.contains("href=\"/ward/WARD-6\""), "the ward has its lane");
    let text = text_of(&plan);
    assert!(text.contains("These times stand on past nights: 62 of 63 hosts"), "{text}");
    // Two are worked on at once; with hardly a restart that arms no other, no third is begun.
    assert!(text.contains("61 hosts are begun in fewer than half of the replays"), "{text}");
    let hosts = page(&mut lisa, &format!("/plans/{short}?q=CMS-6")).await;
    assert!(hosts.contains("of 1000 replays, so as declared"), "{hosts}");
    let told = events(&mut lisa, "unit:WARD-6").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("SUMMARY:Dark: 6 beds"), "{told:?}");
    assert!(told[0].contains("begun in fewer than half of the replays"), "{told:?}");
    let card = page(&mut lisa, "/ward/WARD-6").await;
    assert!(card.contains("begun in fewer than half of the replays"), "{card}");
    assert!(card.contains("at the latest"), "it has its dark lines: {card}");
}

#[tokio::test]
async fn the_next_plan_stands_on_past_nights_however_many_old_drafts_lie_about() {
    let mut night = hospital().await;
    night.settle().await;
    for days in 40..61 {
        later(&night, -days, "zlib").await;
    }
    let next = later(&night, 7, "vakta").await;
    let mut lisa = night.house.signed_in("lisa").await;
    let told = events(&mut lisa, "unit:WARD-5").await;
    let told = told.iter().find(|event| event.contains(next.id.as_str())).unwrap();
    assert!(told.contains("These times stand on past nights"), "{told}");
}

#[tokio::test]
async fn a_makers_feed_tells_of_its_own_devices_and_of_nobody_elses_beds_and_numbers() {
    let mut night = hospital().await;
    night.draft().await;
    let mut lisa = night.house.signed_in("lisa").await;
    let told = events(&mut lisa, "vendor:Nordpuls").await;
    assert!(told[0].contains("MON-1"), "{told:?}");
    assert!(!told[0].contains("Ward 5"), "its monitor carries no service of the ward: {told:?}");
    assert!(!told[0].contains("5512"), "whom to call inside is not for everybody: {told:?}");
    assert!(!told[0].contains("missing"), "nor who has not agreed: {told:?}");
    let told = events(&mut lisa, "owner:clinical_engineering").await;
    assert!(told[0].contains("Ward 5") && told[0].contains("5512"), "{told:?}");
}

#[tokio::test]
async fn once_a_night_has_begun_its_feeds_say_how_it_stands_before_what_was_planned() {
    let mut night = hospital().await;
    night.settle().await;
    let mut lisa = night.house.signed_in("lisa").await;
    let told = events(&mut lisa, "unit:WARD-5").await;
    assert!(told[0].contains("SUMMARY:Running\\, see the board. As planned: Dark: 6 beds"), "{told:?}");
    let by = AccountId::new("erik").unwrap();
    let reason = "the station alarms".into();
    night.must(Command::StopRollout { plan: night.plan, reason, emergency: false, by }).await;
    let begun = events(&mut lisa, "unit:WARD-5").await;
    assert!(begun[0].contains("SUMMARY:Stopped\\, see the board. As planned: Dark"), "{begun:?}");
    assert!(begun[0].contains("STATUS:CONFIRMED"), "it was dark: {begun:?}");
    let spared = events(&mut lisa, "unit:WARD-6").await;
    assert!(spared[0].contains("SUMMARY:Stopped\\, see the board. As planned: Dark"), "{spared:?}");
    assert!(spared[0].contains("STATUS:CANCELLED"), "nothing of its was begun: {spared:?}");
}

/// Past nights on which ward 5's station took 20 minutes to restart.
async fn slow_restarts(night: &Night) {
    let plan = plan();
    let record = |step, seconds, chain| planning::forecast::Record {
        begun: crate::night::EVENING.plus_seconds(-30 * 86_400),
        night: "before".into(),
        family: planning::forecast::family_of(&plan.patches[0]),
        model: "Nordpuls Vakta".into(),
        site: "".into(),
        device: "CMS-5".into(),
        step,
        seconds,
        declared_seconds: Some(300),
        chain,
    };
    let restart = planning::forecast::Chain { place: 1, armed_another: false, shown_after_seconds: None };
    let records = vec![
        record(planning::forecast::Step::Install, 300, None),
        record(planning::forecast::Step::Restart, 1_200, Some(restart)),
    ];
    night.must(Command::ImportNights { records, origin: origin("nights") }).await;
}

#[tokio::test]
async fn a_night_that_begins_stays_where_it_was_in_the_readers_calendar() {
    let mut night = hospital().await;
    slow_restarts(&night).await;
    night.start().await;
    let mut lisa = night.house.signed_in("lisa").await;
    let times = |event: &str| -> Vec<String> {
        event
            .lines()
            .filter(|line| line.starts_with("DT") && !line.starts_with("DTSTAMP"))
            .map(str::to_owned)
            .collect()
    };
    let before = events(&mut lisa, "unit:WARD-5").await;
    assert!(before[0].contains("These times stand on past nights"), "{before:?}");
    assert!(!before[0].contains("DTEND:20261122T222000Z"), "not as declared: {before:?}");
    night.evening();
    night.play("CMS-5", None).await;
    let mut lisa = night.house.signed_in("lisa").await;
    let begun = events(&mut lisa, "unit:WARD-5").await;
    assert!(begun[0].contains("As planned: Dark") && begun[0].contains("stand on past nights"), "{begun:?}");
    assert_eq!(times(&before[0]), times(&begun[0]));
}

#[tokio::test]
async fn a_plan_over_two_nights_is_an_event_for_each_and_a_ward_and_a_person_are_not_mistaken_for_one() {
    let night = hospital().await;
    let mut two = plan();
    let second = two.windows[0].clone();
    let time = |time: model::Time| time.plus_seconds(2 * 86_400);
    two.windows.push(Window {
        id: WindowId::new("second").unwrap(),
        not_before: time(second.not_before),
        latest_start: time(second.latest_start),
        not_after: time(second.not_after),
    });
    two.rings[1].window = WindowId::new("second").unwrap();
    night.must(Command::DraftPlan(Box::new(two.clone()))).await;
    let mut lisa = night.house.signed_in("lisa").await;
    let told = events(&mut lisa, "person:erik").await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("UID:monitoring-autumn/night/person:erik@segue"), "{told:?}");
    assert!(told[0].contains("DTEND:20261122") && told[0].contains("Patching: 1 host"), "{told:?}");
    assert!(told[1].contains("UID:monitoring-autumn/second/person:erik@segue"), "{told:?}");
    assert!(told[1].contains("DTSTART:20261124") && told[1].contains("Patching: 2 hosts"), "{told:?}");
    let told = events(&mut lisa, "unit:WARD-6").await;
    assert_eq!(told.len(), 1, "the first night is nothing to ward 6: {told:?}");
    assert!(told[0].contains("UID:monitoring-autumn/second/unit:WARD-6@segue"), "{told:?}");
    assert!(told[0].contains("no census was given"), "{told:?}");
    // The plan is drafted anew with the census of that ward.
    let census = model::resources::Census {
        unit: model::ids::UnitId::new("WARD-6").unwrap(),
        patients: vec![7; 24],
        said: true,
        beds_dark_max: None,
    };
    let parent = Some(two.hash());
    two.parent = parent;
    two.resources.census = vec![census];
    night.must(Command::DraftPlan(Box::new(two))).await;
    let told = events(&mut lisa, "unit:WARD-6").await;
    assert!(told[0].contains("by the census that the plan keeps: 7"), "{told:?}");
    assert!(!told[0].contains("no census was given"), "{told:?}");
    let work = events(&mut lisa, "person:erik").await;
    assert!(work[0].contains("no census was given"), "nobody has said it of ward 5: {work:?}");
    assert!(work[1].contains("Ward 6: patients watched then"), "{work:?}");
    let card = page(&mut lisa, "/ward/WARD-6").await;
    assert!(card.contains("by the census that the plan keeps: 7"), "{card}");
    assert!(page(&mut lisa, "/ward").await.contains("patients: 7"), "the list of wards too");
}
