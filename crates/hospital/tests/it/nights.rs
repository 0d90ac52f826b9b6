//! A patch night through the front door: commands, facts, and what they add up to.

use hospital::fact::night::*;
use hospital::night::hosts::NotAdmitted;
use hospital::night::timeline::HostEventKind;
use hospital::snapshot::{load, save};
use hospital::{Command, Fact, State};
use model::agreement::UnitAnswer;
use model::host::*;
use model::ids::*;
use model::order::*;
use model::{AssetTag, PlanHash, Time};
use rollout::Verdict;
use rollout::decision::IncidentKind;

use crate::night_shared::*;

fn orders(facts: &[Fact]) -> Vec<Order> {
    facts
        .iter()
        .filter_map(|fact| if let Fact::OrderIssued(order) = fact { Some((**order).clone()) } else { None })
        .collect()
}

fn verdict(ward: &Ward, plan: PlanHash) -> Verdict {
    ward.state.night().standing(&plan, &host(), ward.now).unwrap().verdict
}

/// Plays the night until no order is left; the words of the orders that were given.
pub(crate) fn play(ward: &mut Ward) -> Vec<&'static str> {
    let mut words = Vec::new();
    for _ in 0..20 {
        ward.now = ward.now.plus_seconds(60);
        ward.report();
        let given = orders(&ward.drive());
        if given.is_empty() {
            break;
        }
        for order in given {
            words.push(order.action.word());
            ward.now = ward.now.plus_seconds(60);
            ward.follow(&order);
        }
    }
    words
}

/// Reports every five minutes until then.
pub(crate) fn watch_until(ward: &mut Ward, until: Time) {
    while ward.now < until {
        ward.now = ward.now.plus_seconds(300);
        ward.report();
        ward.drive();
    }
}

#[test]
fn a_night_goes_from_agreement_to_proof_and_not_before_the_morning() {
    let mut ward = Ward::new();
    ward.report();
    let plan = ward.started();
    ward.now = minutes(1);
    assert_eq!(play(&mut ward), ["download", "install", "restart_host"]);
    assert!(matches!(verdict(&ward, plan), Verdict::Settling { .. }), "{:?}", verdict(&ward, plan));
    watch_until(&mut ward, minutes(150));
    assert!(matches!(verdict(&ward, plan), Verdict::Settling { .. }), "the morning is still to come");
    watch_until(&mut ward, minutes(9 * 60 + 36));
    assert!(matches!(verdict(&ward, plan), Verdict::Proven { .. }), "{:?}", verdict(&ward, plan));
    let told: Vec<_> = ward.state.night().notices().map(|notice| notice.news.clone()).collect();
    assert!(told.iter().any(|news| matches!(news, rollout::decision::News::Proven)), "{told:?}");
}

#[test]
fn a_plan_is_held_against_windows_that_are_over_only_while_it_has_not_begun() {
    let past = |ward: &Ward, plan: model::PlanHash| {
        let record = ward.state.night().plan(&plan).expect("it was drafted");
        let standing = ward.state.plan_standing(record, ward.now.plus_seconds(3 * 86_400));
        standing.findings.iter().any(|finding| &*finding.rule == "window-past")
    };
    let mut ward = Ward::new();
    ward.report();
    let agreed = ward.agreed(plan());
    assert!(past(&ward, agreed), "nobody has begun it, and its night is over");
    let mut ward = Ward::new();
    ward.report();
    let begun = ward.started();
    assert!(!past(&ward, begun), "it began in time");
}

#[test]
fn a_restart_that_shows_up_afterwards_reopens_the_host_asks_the_ward_and_is_an_incident() {
    let mut ward = Ward::new();
    ward.report();
    let plan = ward.started();
    ward.now = minutes(1);
    play(&mut ward);
    let pending = PendingRestart { of: RestartOf::Host, reason: "the second stage".into() };
    ward.seen.signals.insert(SignalSource::RebootRequired, Reading::Pending(pending));
    ward.now = ward.now.plus_seconds(300);
    ward.report();
    ward.drive();
    assert!(matches!(verdict(&ward, plan), Verdict::RestartPending { .. }), "{:?}", verdict(&ward, plan));
    let night = ward.state.night();
    let surfaced = night.incidents().values().filter(|incident| {
        matches!(incident.opened.kind, Happened::InNight(IncidentKind::RestartSurfaced { .. }))
    });
    assert_eq!(surfaced.count(), 1, "{:?}", night.incidents());
    let outage = night.outages().values().next().expect("the ward is asked").clone();
    assert_eq!(outage.asked.units, [unit()]);
    assert!(orders(&ward.drive()).is_empty(), "nothing is ordered before the ward has agreed");

    let accept = |ward: &mut Ward| {
        let (outage, by) = (outage.asked.id.clone(), account("karin"));
        ward.must(Command::AnswerOutage { outage, unit: unit(), answer: UnitAnswer::Accept, by })
    };
    accept(&mut ward);
    let window = OrderWindow {
        not_before: ward.now.plus_seconds(600),
        latest_start: ward.now.plus_seconds(3_600),
        not_after: ward.now.plus_seconds(7_200),
    };
    ward.must(Command::MoveOutage { outage: outage.asked.id.clone(), window, by: account("karin") });
    assert!(!ward.state.night().outages()[&outage.asked.id].is_agreed(), "a moved outage is agreed anew");
    ward.now = ward.now.plus_seconds(700);
    ward.report();
    assert!(orders(&ward.drive()).is_empty());
    accept(&mut ward);
    let given = orders(&ward.drive());
    assert_eq!(given.iter().map(|order| order.action.word()).collect::<Vec<_>>(), ["restart_host"]);
    let late =
        OrderWindow { not_before: minutes(2_000), latest_start: minutes(2_100), not_after: minutes(2_200) };
    let command = Command::MoveOutage { outage: outage.asked.id.clone(), window: late, by: account("karin") };
    assert!(ward.refused(command).contains("cannot be changed any more"));
    ward.follow(&given[0]);
    play(&mut ward);
    assert!(matches!(verdict(&ward, plan), Verdict::Settling { .. }), "{:?}", verdict(&ward, plan));
    let incident = ward.state.night().incidents().keys().next().unwrap().clone();
    let evidence = "restarted once more, settling".into();
    ward.must(Command::CloseIncident { incident: incident.clone(), evidence, by: account("anna") });
    let again = Command::CloseIncident { incident, evidence: "again".into(), by: account("anna") };
    assert!(ward.refused(again).contains("closed already"));
}

#[test]
fn whoever_asks_for_a_plan_never_agrees_to_it() {
    let mut ward = Ward::new();
    ward.report();
    let draft = plan();
    let plan = draft.hash();
    ward.must(Command::DraftPlan(Box::new(draft)));
    let start = Command::StartRollout { plan, by: account("erik") };
    let said = ward.refused(start.clone());
    assert!(said.contains("unit ward-5 has not answered") && said.contains("needs 2 people"), "{said}");
    assert!(ward.refused(Command::ApprovePlan { plan, by: account("anna") }).contains("two other people"));
    assert!(ward.refused(Command::ApprovePlan { plan, by: account("guest") }).contains("only read"));
    assert!(ward.refused(Command::ApprovePlan { plan, by: account("nobody") }).contains("no account"));
    ward.must(Command::ApprovePlan { plan, by: account("erik") });
    assert!(ward.refused(Command::ApprovePlan { plan, by: account("erik") }).contains("another person"));
    let answer = |unit: &str, by: &str, answer| Command::AnswerPlan {
        plan,
        unit: UnitId::new(unit).unwrap(),
        answer,
        by: account(by),
    };
    assert!(ward.refused(answer("ward-6", "karin", UnitAnswer::Accept)).contains("not concerned"));
    assert!(ward.refused(answer("ward-5", "anna", UnitAnswer::Accept)).contains("somebody else"));
    let refusal = UnitAnswer::Refuse { reason: " ".into() };
    assert!(ward.refused(answer("ward-5", "karin", refusal)).contains("the reason is missing"));
    ward.must(answer("ward-5", "karin", UnitAnswer::Refuse { reason: "full ward".into() }));
    ward.must(Command::ApprovePlan { plan, by: account("lars") });
    let said = ward.refused(start.clone());
    assert!(said.contains("wants another time or refuses"), "{said}");
    ward.must(answer("ward-5", "karin", UnitAnswer::Accept));
    let cover = |people: &[&str]| Command::ConfirmCover {
        plan,
        unit: unit(),
        people: people.iter().map(|name| (*name).into()).collect(),
        by: account("karin"),
    };
    ward.must(cover(&["Moa"]));
    assert!(ward.refused(start.clone()).contains("needs 2 people and has 1"));
    assert!(ward.refused(cover(&["Moa", "Moa "])).contains("each person once"));
    ward.must(cover(&["Moa", "Karin"]));
    ward.must(start.clone());
    assert!(ward.refused(start).contains("in motion already"));
}

#[test]
fn an_edited_plan_is_another_plan_and_nothing_said_before_counts_for_it() {
    let mut ward = Ward::new();
    ward.report();
    let first = ward.agreed(plan());
    assert!(ward.refused(Command::DraftPlan(Box::new(plan()))).contains("drafted before"));
    let mut edited = plan();
    edited.title = "Vakta 1.0-2, later".into();
    let said = ward.refused(Command::DraftPlan(Box::new(edited.clone())));
    assert!(said.contains(&first.short()), "it says which revision is the newest: {said}");
    edited.parent = Some(first);
    let second = edited.hash();
    ward.must(Command::DraftPlan(Box::new(edited)));
    assert!(ward.refused(Command::StartRollout { plan: first, by: account("erik") }).contains("was edited"));
    let said = ward.refused(Command::StartRollout { plan: second, by: account("erik") });
    assert!(said.contains("has not answered"), "{said}");
    ward.must(Command::WithdrawPlan { plan: second, reason: "no".into(), by: account("anna") });
    assert!(ward.refused(Command::ApprovePlan { plan: second, by: account("erik") }).contains("withdrawn"));
}

#[test]
fn a_plan_that_the_checker_blocks_is_not_approved() {
    let mut ward = Ward::new();
    ward.report();
    let mut bad = plan();
    bad.contingency = "".into();
    let plan = bad.hash();
    ward.must(Command::DraftPlan(Box::new(bad)));
    let said = ward.refused(Command::ApprovePlan { plan, by: account("erik") });
    assert!(said.contains("who is called"), "{said}");
}

#[test]
fn a_stopped_night_orders_nothing_more() {
    let mut ward = Ward::new();
    ward.report();
    let plan = ward.started();
    ward.now = minutes(1);
    ward.report();
    let given = orders(&ward.drive());
    assert_eq!(given.len(), 1);
    assert_eq!(ward.state.night().orders_due(&host(), 0, ward.now).len(), 1);
    let pause = Command::PauseRollout { plan, reason: "trauma call".into(), by: account("karin") };
    ward.must(pause.clone());
    assert!(ward.refused(pause).contains("paused already"));
    ward.must(Command::ResumeRollout { plan, reason: "over".into(), by: account("karin") });
    let stop = |reason: &str| Command::StopRollout {
        plan,
        reason: reason.into(),
        emergency: true,
        by: account("karin"),
    };
    assert!(ward.refused(stop("")).contains("the reason is missing"));
    ward.must(stop("smoke"));
    assert!(ward.state.night().orders_due(&host(), 0, ward.now).is_empty(), "orders not begun are void");
    assert_eq!(ward.state.night().incidents().len(), 1);
    ward.now = minutes(10);
    ward.report();
    assert!(orders(&ward.drive()).is_empty());
    assert!(ward.refused(stop("again")).contains("was stopped"));
}

#[test]
fn only_who_holds_the_lease_drives_and_a_successor_has_a_higher_term() {
    let mut ward = Ward::new();
    ward.report();
    ward.started();
    let node = |name: &str| NodeId::new(name).unwrap();
    let lease = ward.state.night().lease().unwrap().clone();
    assert_eq!((lease.node, lease.term), (node(NODE), 1));
    let take = |name: &str, until| Command::TakeLease { node: node(name), until };
    let long = ward.now.plus_seconds(10 * 86_400);
    assert!(ward.refused(take("node-2", long)).contains("node-1 drives"));
    assert!(ward.refused(Command::Drive { node: node("node-2"), term: 1 }).contains("does not drive"));
    ward.must(take(NODE, long));
    assert_eq!(ward.state.night().lease().unwrap().term, 1, "whoever drives goes on in its term");
    ward.now = long;
    assert!(ward.refused(Command::Drive { node: node(NODE), term: 1 }).contains("does not drive"));
    ward.must(take("node-2", long.plus_seconds(60)));
    assert_eq!(ward.state.night().lease().unwrap().term, 2);
    assert!(ward.refused(Command::Drive { node: node(NODE), term: 1 }).contains("does not drive"));
    ward.now = long.plus_seconds(60);
    ward.must(take("node-2", long.plus_seconds(120)));
    assert_eq!(ward.state.night().lease().unwrap().term, 3, "a lease that had run out is never gone on with");
}

#[test]
fn each_item_is_taken_once_and_a_gap_asks_for_everything() {
    let mut ward = Ward::new();
    ward.report();
    let heard = |number, items| Command::Hear(vec![Heard { host: host(), number, items }]);
    let same = |at: Time| HeardItem::Report(HostReport::Same { observed_at: at });
    let view = |ward: &Ward| {
        let view = ward.state.night().host(&host()).unwrap();
        (view.number(), view.wants_full(), view.observed_at().unwrap())
    };
    let start = ward.now;
    ward.now = start.plus_seconds(100);
    let far = start.plus_seconds(1_000_000);
    assert_eq!(ward.must(heard(2, vec![same(far)])).len(), 1);
    assert_eq!(view(&ward), (2, false, ward.now), "nothing is observed after it was delivered");
    assert!(ward.must(heard(2, vec![same(far)])).is_empty(), "delivered again, nothing is new");
    let facts = ward.must(heard(3, vec![same(start), same(start.plus_seconds(50))]));
    let [Fact::HostsHeard(batch)] = &facts[..] else { panic!("{facts:?}") };
    assert_eq!(batch.heard[0].items.len(), 1, "only the item that is new is recorded");
    assert_eq!(view(&ward), (3, false, ward.now), "older evidence never makes what is known older");

    let changes = HostChanges {
        observed_at: ward.now,
        packages: [("vakta".into(), Some("9".into()))].into(),
        ..HostChanges::default()
    };
    let changes = HeardItem::Report(HostReport::Changes(Box::new(changes)));
    ward.must(heard(9, vec![changes.clone()]));
    assert_eq!(view(&ward), (9, true, ward.now));
    let version = |ward: &Ward| {
        ward.state.night().host(&host()).unwrap().observation().unwrap().packages["vakta"].clone()
    };
    assert_eq!(&*version(&ward), "1.0-1", "changes to what is not known are not believed");
    ward.number = 9;
    ward.report();
    assert_eq!(view(&ward), (10, false, ward.now));
    ward.must(heard(11, vec![changes]));
    assert_eq!(&*version(&ward), "9");
    let gaps = ward
        .state
        .night()
        .host(&host())
        .unwrap()
        .events()
        .filter(|event| matches!(event.what, HostEventKind::Gap { .. }))
        .count();
    assert_eq!(gaps, 1);
}

#[test]
fn one_host_that_may_not_speak_never_keeps_others_from_being_heard() {
    let mut ward = Ward::new();
    let stranger = AssetTag::new("SRV-99").unwrap();
    let item = || HeardItem::Report(HostReport::Full(Box::new(observation())));
    let both = vec![
        Heard { host: stranger.clone(), number: 1, items: vec![item()] },
        Heard { host: host(), number: 1, items: vec![item()] },
    ];
    let facts = ward.must(Command::Hear(both));
    let [Fact::HostsHeard(batch)] = &facts[..] else { panic!("{facts:?}") };
    assert_eq!(batch.heard.iter().map(|heard| heard.host.clone()).collect::<Vec<_>>(), [host()]);
    ward.must(Command::RevokeHost { host: host(), reason: "stolen".into() });
    assert!(
        ward.must(Command::Hear(vec![Heard { host: host(), number: 2, items: vec![item()] }])).is_empty()
    );
    let night = ward.state.night();
    assert_eq!(night.admits(&stranger, "5e1a", ward.now), Err(NotAdmitted::Unknown(stranger)));
    assert!(matches!(night.admits(&host(), "5e1a", ward.now), Err(NotAdmitted::Revoked(..))));
}

#[test]
fn a_token_enrols_once_and_the_same_key_may_ask_for_the_answer_again() {
    let mut ward = Ward::new();
    let issue = |token: Option<&str>, key: &str, serial: &str, now: Time| {
        Command::IssueCertificate(CertificateIssued {
            host: host(),
            key_sha256: key.into(),
            serial: serial.into(),
            expires: now.plus_seconds(86_400),
            token_sha256: token.map(Into::into),
        })
    };
    let now = ward.now;
    assert!(ward.refused(issue(Some("tok"), "other", "02", now)).contains("it was used"));
    ward.report();
    ward.must(issue(Some("tok"), "key", "02", now));
    assert_eq!(ward.state.night().host(&host()).unwrap().number(), 1, "the answer again is no new beginning");
    for serial in ["5e1a", "02"] {
        assert_eq!(ward.state.night().admits(&host(), serial, now), Ok(()));
    }
    ward.now = now.plus_seconds(86_400);
    let late = ward.now;
    assert!(matches!(ward.state.night().admits(&host(), "02", late), Err(NotAdmitted::OldCertificate(_))));
    assert!(ward.refused(issue(Some("tok"), "key", "03", late)).contains("expired"));
    let expires = late.plus_seconds(60);
    let stranger = AssetTag::new("SRV-99").unwrap();
    let offer = Command::OfferEnrolment { host: stranger, token_sha256: "t2".into(), expires };
    assert!(ward.refused(offer).contains("no device SRV-99"));
}

#[test]
fn a_night_loaded_from_a_snapshot_goes_on_as_it_would_have_gone_on() {
    let mut ward = Ward::new();
    ward.report();
    let plan = ward.started();
    ward.now = minutes(1);
    let mut taken = Vec::new();
    for _ in 0..6 {
        taken.push((ward.facts.len(), save(&ward.state).unwrap()));
        ward.now = ward.now.plus_seconds(60);
        ward.report();
        for order in orders(&ward.drive()) {
            taken.push((ward.facts.len(), save(&ward.state).unwrap()));
            ward.now = ward.now.plus_seconds(60);
            ward.follow(&order);
        }
    }
    let seen = |state: &State| {
        let night = state.night();
        let host = night.host(&host()).unwrap();
        let mut progress = serde_json::to_value(night.rollout(&plan).unwrap().progress()).unwrap();
        // How often a look seemed worthwhile is a remembered short cut, not something that happened.
        progress.as_object_mut().unwrap().remove("revision").unwrap();
        format!(
            "{} {} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            state.seq(),
            progress,
            night.standings(&plan, ward.now),
            host.observation(),
            host.orders(),
            host.events().collect::<Vec<_>>(),
            host.certificates(),
            night.rollout_log(&plan),
            night.notices().collect::<Vec<_>>(),
            (night.lease(), night.plan(&plan), night.incidents(), night.outages(), host.number()),
        )
    };
    let whole = seen(&ward.state);
    let mut folded = State::new();
    for (stamp, fact) in ward.facts.clone() {
        folded.apply(stamp, fact);
    }
    assert!(seen(&folded) == whole, "{}\n{whole}", seen(&folded));
    assert!(taken.len() > 8, "{}", taken.len());
    for (at, bytes) in taken {
        let mut loaded = load(&bytes).unwrap();
        for (stamp, fact) in ward.facts[at..].iter().cloned() {
            loaded.apply(stamp, fact);
        }
        assert!(seen(&loaded) == whole, "from the snapshot after {at} facts: {}\n{whole}", seen(&loaded));
    }
}
