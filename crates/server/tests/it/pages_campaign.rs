//! The planner in the browser: an advisory becomes a plan of the devices that it affects, with reasons, bounds and what stands in the way;
//! it is saved as a draft, and the plan's page tells what it reckons with.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use exposure::Verdict;
use hospital::Command;
use hospital::campaign::affected;
use model::AssetTag;
use model::ids::{BuildingId, WindowId};
use model::people::Role;
use model::plan::{Item, Plan, Window};
use model::resources::{Census, Resources, Staffing, VendorVisit, Way};

use crate::filled::{FILLED_AT, filled_hospital};
use crate::support::{House, page, serde_urlencoded, text_of};

/// A filled hospital with an advisory, the devices that it affects for certain, and a plan that has windows and a patch for it.
struct Desk {
    house: House,
    advisory: String,
    hosts: Vec<AssetTag>,
}

const NIGHT_SECONDS: i64 = 86_400;

async fn desk() -> Desk {
    let house = filled_hospital().await;
    let node = &house.app.domain.node;
    let open = Command::OpenAccount {
        account: model::ids::AccountId::new("erik").unwrap(),
        role: Role::Engineer,
        password_hash: "$argon2id$unused".into(),
        must_change: false,
    };
    node.command(open, "segue", FILLED_AT).await.unwrap();
    let (advisory, found) = node.read(|state| {
        let ids = state.library().iter().map(|(_, item)| item.current().advisory.key.tracking_id.clone());
        let each = ids.filter_map(|id| Some((id.to_string(), affected(state, &id, Verdict::Affected)?)));
        each.max_by_key(|(_, found)| found.len()).unwrap()
    });
    assert!(found.len() >= 2, "the sample has an advisory that affects several devices: {found:?}");
    let names: std::collections::BTreeSet<Box<str>> = found.values().flatten().cloned().collect();
    let plan = with_windows(crate::night::plan(), names);
    node.command(Command::DraftPlan(Box::new(plan)), "segue", FILLED_AT).await.unwrap();
    Desk { house, advisory, hosts: found.into_keys().collect() }
}

/// Two nights with people, and one patch by hand that closes all these.
fn with_windows(plan: Plan, names: std::collections::BTreeSet<Box<str>>) -> Plan {
    let id = |name: &str| WindowId::new(name).unwrap();
    let window = |name: &str, night: i64| Window {
        id: id(name),
        not_before: FILLED_AT.plus_seconds(night * NIGHT_SECONDS),
        latest_start: FILLED_AT.plus_seconds(night * NIGHT_SECONDS + 5 * 3_600),
        not_after: FILLED_AT.plus_seconds(night * NIGHT_SECONDS + 8 * 3_600),
    };
    let staff = |name: &str| Staffing {
        window: id(name),
        skill: "clinical engineering".into(),
        people: 4,
        person_minutes: 4_000,
    };
    let mut patch = plan.patches[1].clone();
    patch.closes = names.into_iter().collect();
    // A plan has work; this one's is elsewhere.
    let item = Item { patches: vec![patch.id.clone()], ring: 1, ..plan.items[2].clone() };
    let mut rings = vec![plan.rings[0].clone(), plan.rings[0].clone()];
    rings[0].window = id("first");
    rings[1].window = id("second");
    rings.iter_mut().for_each(|ring| ring.at_once_max = 10);
    Plan {
        id: model::ids::PlanId::new("windows").unwrap(),
        title: "The winter's nights".into(),
        patches: vec![patch],
        windows: vec![window("first", 1), window("second", 3)],
        rings,
        items: vec![item],
        resources: Resources { staff: vec![staff("first"), staff("second")], ..Resources::default() },
        ..plan
    }
}

impl Desk {
    fn asked(&self, more: &[(&str, &str)]) -> String {
        let fields = [&[("advisory", self.advisory.as_str()), ("soak", "600")], more].concat();
        format!("/plans/new/campaign?{}", serde_urlencoded(&fields))
    }
}

#[tokio::test]
async fn an_advisory_is_planned_seen_with_its_reasons_and_saved_as_it_was_seen() {
    let desk = desk().await;
    let mut erik = desk.house.signed_in("erik").await;
    let before = desk.house.app.domain.node.version();
    let answer = erik.get(&desk.asked(&[("contingency", "Back; call 5512")])).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", text_of(&answer.text()));
    let text = text_of(&answer.text());
    assert!(text.contains("The checker finds that this plan keeps every rule"), "{text}");
    assert!(text.contains("Devices without a window") && text.contains("proven to be the least"), "{text}");
    assert!(text.contains("No window of its site is earlier"), "why there: {text}");
    assert!(text.contains("Ring 1 of puls, and 10 h of soak") || text.contains("Ring 1 of puls"), "{text}");
    assert!(text.contains("what that plan needs of it is not taken off"), "a window is shared: {text}");
    assert!(text.contains("What it means") && text.contains("Save as a draft"), "the forecast: {text}");
    assert_eq!(desk.house.app.domain.node.version(), before, "looking saves nothing");

    let fields = [
        ("advisory", desk.advisory.as_str()),
        ("soak", "600"),
        ("contingency", "Back; call 5512"),
        ("title", "By advisory"),
    ];
    let saved = erik.post_from("/plans/new", "/plans/new/campaign", &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", text_of(&saved.text()));
    let text = page(&mut erik, saved.header("location")).await;
    assert!(text.contains("By advisory") && text.contains("What it reckons with"), "{text}");
    assert!(text.contains("clinical engineering") && text.contains("of 4000"), "people by skill: {text}");
    assert!(text.contains("first of the round"), "the round by hand has an order: {text}");
    assert!(text.contains("No loaner stands in"), "what is missing is said: {text}");
}

#[tokio::test]
async fn a_plan_that_people_agreed_to_is_planned_again_and_says_who_must_be_told() {
    let desk = desk().await;
    let mut erik = desk.house.signed_in("erik").await;
    let fields = [("advisory", desk.advisory.as_str()), ("soak", "600"), ("contingency", "Back; call 5512")];
    let saved = erik.post_from("/plans/new", "/plans/new/campaign", &fields).await;
    let href = saved.header("location").to_owned();
    let hash = href.trim_start_matches("/plans/").to_owned();
    let node = &desk.house.app.domain.node;
    let plan = node.read(|state| {
        let mut plans = state.night().plans();
        plans.find(|record| record.hash.to_string().starts_with(&hash)).unwrap().hash
    });
    for name in ["eva", "lars"] {
        let by = model::ids::AccountId::new(name).unwrap();
        let open = Command::OpenAccount {
            account: by.clone(),
            role: Role::Engineer,
            password_hash: "$argon2id$unused".into(),
            must_change: false,
        };
        node.command(open, "segue", FILLED_AT).await.unwrap();
        node.command(Command::ApprovePlan { plan, by }, "segue", FILLED_AT).await.unwrap();
    }
    let shown = erik.get(&href).await.text();
    assert!(shown.contains(&format!("/plans/new/campaign?again={hash}")), "the plan's page leads there");

    let path = |more: &[(&str, &str)]| {
        format!("/plans/new/campaign?{}", serde_urlencoded(&[&[("again", hash.as_str())], more].concat()))
    };
    let html = erik.get(&path(&[])).await.text();
    let looked_at =
        html.split("name=\"before\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let text = text_of(&html);
    assert!(text.contains("Against what people were told"), "{text}");
    assert!(text.contains("0 devices get another window, or none") && text.contains("0 people"), "{text}");
    assert!(text.contains("it is the plan as it was"), "nobody is asked anew for nothing: {text}");

    // The first night has passed and nothing was done: all of it moves to later ones, and whoever agreed is counted once.
    let mut more = node.read(|state| {
        (*state.night().plans().find(|one| one.plan.id.as_str() == "windows").unwrap().plan).clone()
    });
    more.id = model::ids::PlanId::new("one-more-night").unwrap();
    for window in &mut more.windows {
        let later = if window.id.as_str() == "first" { 4 } else { 0 } * NIGHT_SECONDS;
        window.not_before = window.not_before.plus_seconds(later);
        window.latest_start = window.latest_start.plus_seconds(later);
        window.not_after = window.not_after.plus_seconds(later);
    }
    node.command(Command::DraftPlan(Box::new(more)), "segue", FILLED_AT).await.unwrap();
    desk.house.clock.advance(2 * NIGHT_SECONDS);
    let mut erik = desk.house.signed_in("erik").await;
    // What was looked at before was the plan as it was: that is what the new answer is compared with.
    let answer = erik.get(&path(&[("before", &looked_at)])).await;
    let text = text_of(&answer.text());
    assert!(text.contains("2 people must be told again"), "both who approved: {text}");
    assert!(text.contains("A new revision needs every answer") && text.contains("What changes"), "{text}");
    let saved = erik.post_from("/plans/new", "/plans/new/campaign", &[("again", hash.as_str())]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", text_of(&saved.text()));
    let old = page(&mut erik, &href).await;
    assert!(old.contains("newer") || old.contains("edited"), "the plan before is superseded: {old}");
    let old = erik.get(&path(&[])).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text_of(&old.text()).contains("its newest revision is"), "{}", text_of(&old.text()));
}

#[tokio::test]
async fn a_swedish_reader_reads_in_swedish_whom_the_planner_left_out_and_why() {
    let desk = desk().await;
    let mut erik = desk.house.signed_in("erik").await;
    erik.cookies.insert("segue-language".to_owned(), "sv".to_owned());
    let named = desk.hosts[0].to_string();
    let node = &desk.house.app.domain.node;
    let plan = node.read(|state| (*state.night().plans().next().unwrap().plan).clone());
    let for_others = model::terms::DeviceModel { manufacturer: "Somebody else".into(), model: None };
    let others = model::terms::Terms { made_for: vec![for_others], ..Default::default() };
    let meets = model::terms::Terms { components: vec!["database".into()], ..Default::default() };
    for (name, terms, says) in [
        ("others", others, ["ingen uppdatering är känd som är gjord för den", "och stänger"]),
        ("meets", meets, ["puls behövs på den", "ingen har sagt vad som är installerat på den"]),
    ] {
        let mut plan = plan.clone();
        plan.id = model::ids::PlanId::new(name).unwrap();
        plan.patches[0].terms = terms;
        node.command(Command::DraftPlan(Box::new(plan)), "segue", FILLED_AT).await.unwrap();
        let answer = erik.get(&desk.asked(&[])).await;
        let text = text_of(&answer.text());
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        assert!(text.contains(&format!("{named} lämnas utanför: ")), "{text}");
        assert!(says.iter().all(|says| text.contains(says)), "{says:?}: {text}");
        for english in ["is left out", "no patch is known", "nobody has said", "rules cannot"] {
            assert!(!text.contains(english), "{english}: {text}");
        }
    }
}

#[tokio::test]
async fn what_is_typed_has_an_address_of_its_own_and_more_than_fits_into_one_is_planned_too() {
    let desk = desk().await;
    let mut erik = desk.house.signed_in("erik").await;
    let advisory = ("advisory", desk.advisory.as_str());
    let short = [advisory, ("soak", "600"), ("contingency", "Back; call 5512")];
    let sent = erik.post_from("/plans/new/campaign", "/plans/new/campaign/look", &short).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", text_of(&sent.text()));
    let address = sent.header("location").to_owned();
    assert!(address.contains("soak=600") && !address.contains("csrf"), "{address}");
    assert!(page(&mut erik, &address).await.contains("Save as a draft"));
    let long = "Back to 1.0; call 5512. ".repeat(5_000);
    let fields = [advisory, ("soak", "600"), ("contingency", long.as_str())];
    let sent = erik.post_from("/plans/new/campaign", "/plans/new/campaign/look", &fields).await;
    let text = text_of(&sent.text());
    assert_eq!(sent.status, StatusCode::OK, "{}", &text[..400]);
    assert!(text.contains("Devices without a window"), "{}", &text[..400]);
}

#[tokio::test]
async fn what_a_swedish_reader_drafts_is_named_in_swedish() {
    let desk = desk().await;
    let mut erik = desk.house.signed_in("erik").await;
    erik.cookies.insert("segue-language".to_owned(), "sv".to_owned());
    let asked = desk.asked(&[("contingency", "Tillbaka; ring 5512")]);
    assert_eq!(erik.get(&asked).await.status, StatusCode::OK);
    let fields =
        [("advisory", desk.advisory.as_str()), ("soak", "600"), ("contingency", "Tillbaka; ring 5512")];
    let saved = erik.post_from("/plans/new", "/plans/new/campaign", &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", text_of(&saved.text()));
    let text = page(&mut erik, saved.header("location")).await;
    assert!(text.contains("Första enheterna, first"), "{text}");
    assert!(!text.contains("First devices"), "{text}");
}

#[tokio::test]
async fn an_edit_is_shown_beside_what_was_seen_before_it() {
    let desk = desk().await;
    let mut erik = desk.house.signed_in("erik").await;
    let first = erik.get(&desk.asked(&[])).await.text();
    let (_, rest) = first.split_once("name=\"before\" value=\"").expect("the form remembers what was seen");
    let (key, _) = rest.split_once('"').unwrap();
    let text = text_of(&erik.get(&desk.asked(&[("first", "0"), ("before", key)])).await.text());
    assert!(text.contains("What changes"), "{text}");
    let text = text_of(&erik.get(&desk.asked(&[("before", key)])).await.text());
    assert!(!text.contains("What changes"), "the same plan differs in nothing: {text}");
}

#[tokio::test]
async fn one_search_runs_at_a_time_and_others_are_told_so() {
    let desk = desk().await;
    let mut erik = desk.house.signed_in("erik").await;
    let held = desk.house.app.planner.hold().unwrap();
    let answer = erik.get(&desk.asked(&[])).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(text_of(&answer.text()).contains("It does one at a time"), "{}", text_of(&answer.text()));
    drop(held);
    assert_eq!(erik.get(&desk.asked(&[])).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_asked_and_not_known_is_said_at_its_field_and_a_reader_may_not_ask() {
    let desk = desk().await;
    let mut erik = desk.house.signed_in("erik").await;
    let path = |fields: &[(&str, &str)]| format!("/plans/new/campaign?{}", serde_urlencoded(fields));
    for (fields, says) in [
        (&[("advisory", "NOBODY-1")][..], "There is no advisory NOBODY-1"),
        (&[("patch", "no-patch")][..], "There is no patch no-patch"),
        (&[("title", "Nothing")][..], "Name at least one advisory or patch"),
        (&[("patch", "puls"), ("soak", "long")][..], "number"),
    ] {
        let answer = erik.get(&path(fields)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(text_of(&answer.text()).contains(says), "{says}: {}", text_of(&answer.text()));
    }
    assert_eq!(erik.get("/plans/new/campaign?luck=1").await.status, StatusCode::BAD_REQUEST);
    let mut lisa = desk.house.signed_in("lisa").await;
    assert_eq!(lisa.get(&desk.asked(&[])).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_program_asks_the_planner_and_drafts_the_result() {
    let desk = desk().await;
    let mut erik = desk.house.signed_in("erik").await;
    let token = erik.get("/api/v1/me").await.json()["form_token"].as_str().unwrap().to_owned();
    let body = serde_json::json!({ "ask": { "advisory": desk.advisory, "soak": "600" }, "draft": true });
    let request = erik.request(Method::POST, "/api/v1/plans/campaign").header("x-csrf-token", token);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let answer = erik.send(request.body(Body::from(body.to_string())).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let found = answer.json();
    let planned = found["answer"]["assignments"].as_array().unwrap().len();
    let left_out = found["remarks"].to_string().matches("is left out:").count();
    assert_eq!(planned + left_out, desk.hosts.len(), "each affected device is planned or named: {found}");
    let hash = found["plan"].as_str().unwrap();
    let plan = erik.get(&format!("/api/v1/plans/{hash}")).await.json();
    assert_eq!(plan["plan"]["resources"]["bookings"].as_array().unwrap().len(), planned, "{plan}");
}

#[tokio::test]
async fn a_plan_tells_patients_ways_and_visits_that_it_keeps_and_what_it_does_not() {
    let desk = desk().await;
    let node = &desk.house.app.domain.node;
    let mut plan = node.read(|state| (*state.night().plans().next().unwrap().plan).clone());
    let (unit, buildings) = node.read(|state| {
        let buildings: Vec<BuildingId> = state.places().buildings.keys().take(2).cloned().collect();
        (state.places().units.keys().next().unwrap().clone(), buildings)
    });
    let booking = |host: &AssetTag, minutes: i64, building: &BuildingId| model::resources::Booking {
        host: host.clone(),
        window: plan.windows[0].id.clone(),
        from: plan.windows[0].not_before.plus_seconds(minutes * 60),
        to: plan.windows[0].not_before.plus_seconds((minutes + 30) * 60),
        by: Some("clinical engineering".into()),
        hands_on_minutes: 30,
        building: Some(building.clone()),
        loaner: None,
    };
    let bookings =
        vec![booking(&desk.hosts[0], 0, &buildings[0]), booking(&desk.hosts[1], 45, &buildings[1])];
    plan.id = model::ids::PlanId::new("with-ways").unwrap();
    plan.resources.bookings = bookings;
    plan.resources.walks = vec![Way { from: buildings[1].clone(), to: buildings[0].clone(), minutes: 7 }];
    plan.resources.census = vec![Census { unit, patients: vec![5; 24], said: true, beds_dark_max: Some(3) }];
    plan.resources.visits = vec![VendorVisit {
        window: plan.windows[0].id.clone(),
        vendor: "Nordpuls".into(),
        engineers: 1,
        devices_max: 6,
    }];
    let (first, second) = (desk.hosts[0].clone(), desk.hosts[1].clone());
    let hours = model::resources::Hours { from_minute: 1_260, to_minute: 360, days: vec![0, 4] };
    plan.resources.access = vec![model::resources::AccessTime {
        of: model::resources::Reach::Device(first.clone()),
        only_within: Vec::new(),
        hours: Some(hours),
        never_during: Vec::new(),
        says: "theatre list".into(),
    }];
    plan.resources.due = vec![model::resources::Due::Device { tag: first.clone(), by: FILLED_AT }];
    plan.resources.precedences =
        vec![model::resources::After { first: first.clone(), then: vec![second], lag_minutes: 90 }];
    let href = format!("/plans/{}", plan.hash().short());
    node.command(Command::DraftPlan(Box::new(plan)), "segue", FILLED_AT).await.unwrap();
    let mut erik = desk.house.signed_in("erik").await;
    let text = page(&mut erik, &href).await;
    assert!(
        text.contains("only 21:00 to 06:00 o") && text.contains("beginning on Mon, Fri; theatre list"),
        "{text}"
    );
    assert!(text.contains(&format!("after {first}, 1 h 30 min later")), "{text}");
    erik.cookies.insert("segue-language".to_owned(), "sv".to_owned());
    let swedish = page(&mut erik, &href).await;
    assert!(swedish.contains("bara klockan 21:00 till 06:00, med början mån, fre"), "{swedish}");
    erik.cookies.remove("segue-language");
    assert!(text.contains("5 to 5") && text.contains("engineers of Nordpuls"), "{text}");
    assert!(text.contains("7 min"), "the way from the first device to the second: {text}");
    // 30 and 30 minutes of hands, and the longest way to each building once.
    assert!(text.contains("74 of 4000"), "{text}");
    assert!(text.contains("0 of at most 6 devices"), "{text}");
    assert!(
        text.contains("Windows or hosts were changed after the planner had booked these"),
        "no host is in it: {text}"
    );
}
