//! Plans in the browser: the list, one plan with all that people agree to, drafting, agreeing, starting, stopping, work by hand.

use axum::http::StatusCode;
use calamine::{Reader, Xlsx};
use hospital::Command;
use model::device::Installer;
use model::plan::Item;
use model::work::{Shown, StepDone, WorkSigned};

use crate::night::{EVENING, Night, hospital, plan, tag};
use crate::support::{house, page, text_of};

#[tokio::test]
async fn a_hospital_without_plans_says_what_one_is_and_how_to_draft_it() {
    let house = house().await;
    let mut browser = house.signed_in("erik").await;
    let text = browser.get("/plans").await.text();
    assert!(text.contains("There is none yet") && text.contains("href=\"/plans/new\""));
    let mut reader = house.signed_in("lisa").await;
    assert!(!reader.get("/plans").await.text().contains("href=\"/plans/new\""), "a reader has no such step");
    for path in ["/board", "/hosts", "/incidents", "/ward"] {
        let answer = reader.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.text().contains("class=\"empty\""), "{path} says what it is for");
    }
}

#[tokio::test]
async fn a_drafted_plan_shows_what_where_when_how_long_and_which_beds_go_dark() {
    let mut night = hospital().await;
    night.draft().await;
    let mut browser = night.house.signed_in("lisa").await;
    let text = page(&mut browser, &format!("/plans/{}", night.short())).await;
    assert!(text.contains("Monitoring, autumn") && text.contains("Vakta 1.0-2"), "{text}");
    assert!(text.contains("3 hosts or devices") && text.contains("2 units concerned"), "{text}");
    assert!(text.contains("2 restarts of hosts") && text.contains("2 rings, one after another"), "{text}");
    // Ward 5's station: installed 5 min, then dark 5 min (P90 from 22:00: 20 min).
    assert!(text.contains("22:05 → 22:10, at the latest 22:20"), "{text}");
    assert!(text.contains("6 beds") && text.contains("5-01–5-06"), "{text}");
    assert!(text.contains("Ward 5, telemetry has not answered") && text.contains("Ward 6 has not answered"));
    assert!(text.contains("staff 0 of 2 confirmed") && text.contains("0 of 2 approvals"), "{text}");
    assert!(text.contains("10 min (P90 20 min)"), "from declared minutes: {text}");
    assert!(text.contains("Back to 1.0-1; call M. Berg 5512"));
    let html = browser.get(&format!("/plans/{}", night.short())).await.text();
    assert!(
        html.contains("class=\"timeline-drawing\"") && html.contains("as a table"),
        "a picture has its twin"
    );
    assert!(!html.contains("/approve\"") && !html.contains("Answer…"), "a reader is offered nothing to do");
}

#[tokio::test]
async fn nobody_starts_a_plan_before_the_wards_staff_and_two_others_have_agreed() {
    let mut night = hospital().await;
    night.draft().await;
    let path = format!("/plans/{}", night.short());
    let mut erik = night.house.signed_in("erik").await;
    let answer = erik.post_from(&format!("{path}/start"), &format!("{path}/start"), &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("not agreed"), "{}", answer.text());
    let answer = erik.post_from(&format!("{path}/approve"), &format!("{path}/approve"), &[]).await;
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the requester approves nothing of their own"
    );

    let mut maja = night.house.signed_in("maja").await;
    for ward in ["WARD-5", "WARD-6"] {
        let card = format!("/ward/{ward}/plans/{}", night.short());
        let answer = maja.post_from(&card, &card, &[("answer", "accept")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    }
    let card = format!("/ward/WARD-5/plans/{}", night.short());
    let answer = maja.post_from(&card, &format!("{card}/cover"), &[("people", "A. Lind\nB. Ek\n")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let six = format!("/ward/WARD-6/plans/{}", night.short());
    let answer = maja.post_from(&six, &format!("{six}/cover"), &[("people", "C. Alm")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let answer = maja.post_from(&card, &format!("{path}/start"), &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "a ward answers for itself and starts nothing");
    for name in ["anna", "karin"] {
        let mut browser = night.house.signed_in(name).await;
        let answer = browser.post_from(&format!("{path}/approve"), &format!("{path}/approve"), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    }
    assert!(page(&mut erik, &path).await.contains("Everybody concerned has agreed"));
    let answer = erik.post_from(&format!("{path}/start"), &format!("{path}/start"), &[]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/board"));
    assert!(page(&mut erik, "/board").await.contains("0 of 3 proven, 3 not begun"));
}

#[tokio::test]
async fn a_ward_proposes_another_time_and_refuses_only_with_a_reason() {
    let mut night = hospital().await;
    night.draft().await;
    let card = format!("/ward/WARD-5/plans/{}", night.short());
    let mut maja = night.house.signed_in("maja").await;
    let answer = maja.post_from(&card, &card, &[("answer", "refuse"), ("reason", " ")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("Say why"));
    let fields = [("answer", "propose"), ("not_before", "tonight"), ("says", "two admissions")];
    let answer = maja.post_from(&card, &card, &fields).await;
    assert!(answer.text().contains("Write it as a local time"), "{}", answer.text());
    let fields = [("answer", "propose"), ("not_before", "2026-11-23 23:00"), ("says", "two admissions")];
    assert_eq!(maja.post_from(&card, &card, &fields).await.status, StatusCode::SEE_OTHER);
    let text = page(&mut maja, &format!("/plans/{}", night.short())).await;
    assert!(text.contains("maja proposes Mon 23 Nov 23:00: two admissions"), "{text}");
    assert!(text.contains("Ward 5, telemetry does not agree"), "{text}");
}

#[tokio::test]
async fn a_night_is_stopped_only_with_a_reason_and_the_board_says_so() {
    let mut night = hospital().await;
    night.start().await;
    let path = format!("/plans/{}/pause", night.short());
    let mut erik = night.house.signed_in("erik").await;
    let answer = erik.post_from(&path, &path, &[("reason", "")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = erik.post_from(&path, &path, &[("reason", "theatre 2 is running late")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert!(page(&mut erik, "/board").await.contains("Paused: theatre 2 is running late"));
    let stop = format!("/plans/{}/emergency", night.short());
    let asked = page(&mut erik, &stop).await;
    assert!(asked.contains("a host may stay half done") && asked.contains("Ward 6"), "{asked}");
    let answer = erik.post_from(&stop, &stop, &[("reason", "alarm in the network")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let report = page(&mut erik, &format!("/plans/{}/report", night.short())).await;
    assert!(report.contains("Emergency stop: alarm in the network"), "{report}");
}

#[tokio::test]
async fn a_simple_plan_is_drafted_with_the_form_and_each_wrong_field_says_what_would_be_right() {
    let night = hospital().await;
    let mut erik = night.house.signed_in("erik").await;
    let mut fields = vec![
        ("title", "Vakta 1.0-2"),
        ("packages", "vakta"),
        ("hosts", "CMS-5\nCMS-9"),
        ("restart", "host"),
        ("install", "20 10"),
        ("restart_minutes", "5 10"),
        ("back_out", "5 10"),
        ("from", "2026-11-22 22:00"),
        ("latest", "soon"),
        ("to", "2026-11-23 04:00"),
        ("soak", "30"),
        ("at_once", "1"),
        ("cover", "WARD-5 2 sit with telemetry patients\nWARD-6 1 rounds"),
        ("contingency", "call 5512"),
    ];
    let answer = erik.post_from("/plans/new", "/plans/new", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = text_of(&answer.text());
    assert!(text.contains("Line 1: write it as name=version"), "{text}");
    assert!(text.contains("there is no device") && text.contains("the first not above the second"), "{text}");
    assert!(text.contains("Write it as a local time"), "{text}");
    for (name, value) in [
        ("packages", "vakta=1.0-2"),
        ("hosts", "CMS-5\nmodel=Vakta"),
        ("install", "5 10"),
        ("latest", "2026-11-23 01:00"),
    ] {
        fields.retain(|(field, _)| *field != name);
        fields.push((name, value));
    }
    let answer = erik.post_from("/plans/new", "/plans/new", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let path = answer.header("location").to_owned();
    let text = page(&mut erik, &path).await;
    assert!(text.contains("2 hosts or devices") && text.contains("Ring 2"), "{text}");
}

#[tokio::test]
async fn a_plan_is_pasted_and_whoever_pastes_it_asks_for_it() {
    let night = hospital().await;
    let mut karin = night.house.signed_in("karin").await;
    let json = serde_json::to_string(&plan()).unwrap();
    let answer = karin.post_from("/plans/new", "/plans/new", &[("plan", &json)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let path = answer.header("location").to_owned();
    assert!(page(&mut karin, &path).await.contains("Asked for by karin"));
    let answer = karin.post_from("/plans/new", "/plans/new", &[("plan", "{\"id\": 5}")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("This is not a plan"), "{}", answer.text());
}

async fn ring_two_open() -> Night {
    let mut night = hospital().await;
    night.settle().await;
    night.watch_until(3_600).await;
    night
}

#[tokio::test]
async fn work_by_hand_is_done_step_by_step_on_the_right_device_and_signed_after_the_test() {
    let night = ring_two_open().await;
    let path = format!("/plans/{}/work/MON-1", night.short());
    let mut erik = night.house.signed_in("erik").await;
    let text = page(&mut erik, &path).await;
    assert!(text.contains("Read the label") && text.contains("next") && text.contains("later"), "{text}");
    let csrf = erik.get(&path).await.csrf();
    let mut send = async |fields: &[(&str, &str)]| {
        let mut body = String::new();
        for (name, value) in fields {
            body.push_str(&format!(
                "--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        body.push_str("--x--\r\n");
        let request = erik
            .request(axum::http::Method::POST, &format!("{path}/step?csrf={csrf}"))
            .header("content-type", "multipart/form-data; boundary=x")
            .body(axum::body::Body::from(body))
            .unwrap();
        erik.send(request).await
    };
    let answer = send(&[("label", "SE-2"), ("worker", "V. Sand")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("which is not MON-1"), "{}", answer.text());
    let answer = send(&[("label", ""), ("worker", "V. Sand")]).await;
    assert!(answer.text().contains("This is missing."), "{}", answer.text());
    for fields in [
        &[("label", "SE-1"), ("worker", "V. Sand")][..],
        &[("measured", "alarm limits 50–120"), ("worker", "V. Sand")],
        &[("worker", "V. Sand")],
        &[("says", "no sound"), ("worker", "V. Sand")],
        &[("says", "alarm after 2 s"), ("passed", "yes"), ("worker", "V. Sand")],
    ] {
        let answer = send(fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{fields:?}: {}", answer.text());
    }
    let text = page(&mut erik, &path).await;
    assert!(text.contains("did not pass: no sound") && text.contains("passed: alarm after 2 s"), "{text}");
    let answer =
        erik.post_from(&path, &format!("{path}/sign"), &[("by", "V. Sand"), ("version", "4.0")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let signed = page(&mut erik, &path).await;
    assert!(signed.contains("Signed by V. Sand") && signed.contains("90 days"), "{signed}");
    let check = format!("{path}/check");
    let looked = [("label", "SE-1"), ("says", ""), ("version", "4.0"), ("by", "Moa")];
    let answer = erik.post_from(&path, &check, &looked).await;
    assert!(answer.text().contains("This is missing."), "{}", answer.text());
    let looked = |label, passed| {
        [("label", label), ("says", "alarm after 9 s"), ("version", "4.0"), ("by", "Moa"), ("passed", passed)]
    };
    let answer = erik.post_from(&path, &check, &looked("SE-2", "yes")).await;
    assert!(answer.text().contains("which is not MON-1"), "{}", answer.text());
    let answer = erik.post_from(&path, &check, &looked("SE-1", "")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let text = page(&mut erik, &path).await;
    assert!(text.contains("did not pass: alarm after 9 s") && text.contains("Broken"), "{text}");
    let answer = erik.post_from(&path, &check, &looked("SE-1", "yes")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let text = page(&mut erik, &path).await;
    assert!(text.contains("Checked by Moa") && text.contains("Proven"), "{text}");
    let report = page(&mut erik, &format!("/plans/{}/report", night.short())).await;
    assert!(report.contains("by hand, Moa"), "{report}");
}

/// The vendor's engineer does the work on the monitor, and signs.
pub(crate) async fn by_hand(night: &Night) {
    let shown = [
        Shown::Label("SE-1".into()),
        Shown::Measured("alarm limits 50 to 120".into()),
        Shown::Said,
        Shown::Test { passed: true, says: "alarm after 2 s".into() },
    ];
    for (step, shown) in (1u16..).zip(shown) {
        let (plan, host, worker) = (night.plan, tag("MON-1"), "V. Sand".into());
        let done = StepDone { plan, host, step, shown, worker, installer: Installer::Vendor };
        night.must(Command::DoStep(done)).await;
    }
    let (plan, host, by) = (night.plan, tag("MON-1"), "V. Sand".into());
    let signed = WorkSigned { plan, host, by, finished_at: night.now(), version_seen: "4.0".into() };
    night.must(Command::SignWork(signed)).await;
}

#[tokio::test]
async fn proof_of_work_by_hand_expires_and_says_who_checked_it_when() {
    let night = ring_two_open().await;
    let path = format!("/plans/{}/work/MON-1", night.short());
    by_hand(&night).await;
    let mut erik = night.house.signed_in("erik").await;
    assert!(page(&mut erik, &path).await.contains("Proven"));
    night.house.clock.advance(91 * 86_400);
    let mut erik = night.house.signed_in("erik").await;
    for path in [path.as_str(), "/board"] {
        let text = page(&mut erik, path).await;
        assert!(text.contains("last checked by V. Sand") && text.contains("check again"), "{path}: {text}");
    }
    assert!(page(&mut erik, "/").await.contains("1 device worked on by hand must be checked again"));
}

#[tokio::test]
async fn the_report_has_every_host_with_its_evidence_and_is_set_as_pdf() {
    let mut night = hospital().await;
    night.surface().await;
    let mut lisa = night.house.signed_in("lisa").await;
    let text = page(&mut lisa, &format!("/plans/{}/report", night.short())).await;
    assert!(text.contains("0 of 3 proven, 1 restart pending, 2 not begun"), "{text}");
    assert!(text.contains("linux-image-6.1.0-2") && text.contains("A restart surfaced"), "{text}");
    let answer = lisa.get(&format!("/plans/{}/report.pdf", night.short())).await;
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert!(answer.body.starts_with(b"%PDF-") && answer.body.len() > 5_000, "{} bytes", answer.body.len());
    let json = lisa.get(&format!("/api/v1/plans/{}/report", night.short())).await.json();
    assert_eq!(json["hosts"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn plans_are_taken_along_as_csv_and_xlsx_and_programs_get_the_same() {
    let mut night = hospital().await;
    night.draft().await;
    let mut lisa = night.house.signed_in("lisa").await;
    let csv = lisa.get("/plans?format=csv").await.text();
    assert!(csv.contains("monitoring-autumn,\"Monitoring, autumn\"") && csv.contains(",draft,"), "{csv}");
    let xlsx = lisa.get("/plans?format=xlsx").await;
    let mut book = Xlsx::new(std::io::Cursor::new(xlsx.body)).unwrap();
    let name = book.sheet_names()[0].clone();
    assert_eq!(book.worksheet_range(&name).unwrap().height(), 2);
    let json = lisa.get(&format!("/api/v1/plans/{}", night.short())).await.json();
    assert_eq!(json["dark"][0]["unit"], "WARD-5");
    assert_eq!(json["standing"]["state"], "draft");
    assert_eq!(json["plan"]["windows"][0]["not_before"], EVENING.0);
    assert_eq!(lisa.get("/plans/000000000000").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_plan_without_past_nights_says_that_it_stands_on_declared_minutes_and_programs_get_the_replays() {
    let mut night = hospital().await;
    night.draft().await;
    let mut browser = night.house.signed_in("lisa").await;
    let text = page(&mut browser, &format!("/plans/{}", night.short())).await;
    assert!(
        text.contains("No past night is known") && text.contains("of 1000 replays end as planned"),
        "{text}"
    );
    let json = browser.get(&format!("/api/v1/plans/{}", night.short())).await.json();
    assert_eq!(json["forecast"]["records"], 0, "{json}");
    assert_eq!(json["forecast"]["campaign"]["replays"], 1_000);
    assert_eq!(json["forecast"]["campaign"]["hosts"].as_array().map(Vec::len), Some(3));
    let text = page(&mut browser, "/forecast").await;
    assert!(text.contains("No patch night has been yet"), "{text}");
    let json = browser.get("/api/v1/forecast").await.json();
    assert_eq!(json["total"], 0);
}

#[tokio::test]
async fn a_night_that_was_driven_is_counted_and_one_night_alone_is_not_called_a_success() {
    let mut night = hospital().await;
    night.settle().await;
    let mut browser = night.house.signed_in("lisa").await;
    let text = page(&mut browser, "/forecast").await;
    assert!(text.contains("Restart") && text.contains("one night only"), "{text}");
    let json = browser.get("/api/v1/forecast?q=").await.json();
    let restart = json["families"].as_array().unwrap().iter().find(|line| line["step"] == "restart");
    let restart = restart.unwrap_or_else(|| panic!("{json}"));
    assert_eq!((&restart["records"], &restart["held_out"]["of"]), (&1.into(), &0.into()));
    let csv = browser.get("/forecast?format=csv").await.text();
    assert!(csv.contains("model,step,records") && csv.contains(",restart,1,1,0,"), "{csv}");
    assert_eq!(browser.get("/forecast?sort=luck").await.status, StatusCode::BAD_REQUEST);
    browser.cookies.insert("segue-language".to_owned(), "sv".to_owned());
    assert!(page(&mut browser, "/forecast").await.contains("Hur prognoserna slog in"));
}

#[tokio::test]
async fn a_night_is_over_once_all_is_proven_and_signed_and_comes_back_when_a_restart_surfaces() {
    let mut night = ring_two_open().await;
    by_hand(&night).await;
    night.play("CMS-6", None).await;
    let mut lisa = night.house.signed_in("lisa").await;
    let board = page(&mut lisa, "/board").await;
    assert!(board.contains("1 of 3 proven, 2 settling") && !board.contains("Ended"), "{board}");
    night.watch_until(crate::night::MORNING + 600).await;
    let mut lisa = night.house.signed_in("lisa").await;
    let board = page(&mut lisa, "/board").await;
    assert!(board.contains("None is running") && board.contains("Ended"), "{board}");
    assert!(board.contains("Concluded") && board.contains("3 of 3 proven"), "{board}");
    let json = lisa.get("/api/v1/board").await.json();
    assert_eq!(json["nights"].as_array().unwrap().len(), 0);
    assert_eq!(json["ended"][0]["state"], "concluded");
    assert_eq!(json["ended"][0]["counts"]["proven"], 3);
    assert!(page(&mut lisa, "/plans?state=concluded").await.contains("Concluded"));
    let card = page(&mut lisa, "/ward/WARD-5").await;
    assert!(card.contains("Proven until"), "whoever asks whether it is back is still told: {card}");
    // Both stations are silent for a day: the night stays over, and nothing is called proven that is not.
    night.house.clock.advance(86_400);
    let mut lisa = night.house.signed_in("lisa").await;
    let board = page(&mut lisa, "/board").await;
    assert!(board.contains("None is running") && board.contains("1 of 3 proven, 2 stale"), "{board}");
    assert!(page(&mut lisa, "/hosts").await.contains("Stale"));
    let report = page(&mut lisa, &format!("/plans/{}/report", night.short())).await;
    assert!(report.contains("1 of 3 proven, 2 stale"), "{report}");
    // A restart surfaces: it is the board's business again.
    night.second_stage().await;
    let mut lisa = night.house.signed_in("lisa").await;
    let board = page(&mut lisa, "/board").await;
    assert!(board.contains("1 restart pending") && !board.contains("Ended"), "{board}");
    let json = lisa.get("/api/v1/board").await.json();
    assert_eq!((json["nights"].as_array().unwrap().len(), json["ended"].as_array().unwrap().len()), (1, 0));
}

#[tokio::test]
async fn a_plan_with_hundreds_of_hosts_is_read_a_page_at_a_time_and_taken_along_whole() {
    let night = hospital().await;
    let mut long = plan();
    let first = long.items[0].clone();
    long.items = (1..=250).map(|n| Item { host: tag(&format!("CMS-{n:03}")), ..first.clone() }).collect();
    night.must(Command::DraftPlan(Box::new(long.clone()))).await;
    let at = format!("/plans/{}", long.hash().short());
    let mut erik = night.house.signed_in("erik").await;
    let text = page(&mut erik, &at).await;
    assert!(text.contains("250 rows") && text.contains("1–100 of 250"), "{text}");
    let raw = erik.get(&at).await.text();
    assert!(raw.contains("aria-label=\"CMS-100\"") && !raw.contains("aria-label=\"CMS-101\""));
    let left = format!("150 further rows are not printed here. All of them: {at}?format=csv");
    assert!(text.contains(&left), "paper says what is not on it: {text}");
    let text = page(&mut erik, &format!("{at}?offset=200")).await;
    assert!(text.contains("201–250 of 250") && text.contains("CMS-250"), "{text}");
    assert!(page(&mut erik, &format!("{at}?q=cms-017")).await.contains("CMS-017"));
    let csv = erik.get(&format!("{at}?format=csv")).await.text();
    assert_eq!(csv.lines().count(), 251, "{csv}");
    assert_eq!(erik.get(&format!("{at}?colour=red")).await.status, StatusCode::BAD_REQUEST);
}
