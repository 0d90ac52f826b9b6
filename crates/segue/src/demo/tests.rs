//! A whole night of the demonstration as fast as it can be computed: the same world, without a real clock to wait for.

use std::path::Path;
use std::sync::Arc;

use gateway::{Gateway, SiteKeys};
use hospital::fact::night::Happened;
use hospital::{Command, State};
use jiff::tz::TimeZone;
use model::agreement::UnitAnswer;
use model::{AssetTag, PlanHash, Time};
use node::Node;
use rollout::decision::IncidentKind;
use rollout::{HostStanding, RingState, Verdict};
use server::clock::Clock;
use server::demonstration::PlainWord;
use server::importer::Watch;

use super::hosts::{CAST, LIAR, STATION_NEW};
use super::pace::Scene;
use super::plan::begins;
use super::{Guide, InventedPair, LapseClock, PLAN, TWO_STAGES, WARD, World, id};
use crate::imports::{plan_list, read_places, run_list};

/// Wednesday 25 November 2026, at noon in Hällebro.
const TODAY: Time = Time(1_795_604_400_000_000);
/// The story is told within so many days.
const DAYS_MAX: i64 = 2;

mod images;

struct Night {
    node: Arc<Node>,
    clock: Arc<LapseClock>,
    guide: Arc<Guide>,
    archives: Arc<InventedPair>,
    world: World,
    begun: Time,
    _folder: tempfile::TempDir,
}

async fn night() -> Night {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal::open(&journal::Location::Memory).await.unwrap();
    let stream = journal::StreamName::new("main").unwrap();
    let node = Node::open(journal, stream, false).await.unwrap().node;
    let zone = TimeZone::get("Europe/Stockholm").unwrap();
    let begun = begins(TODAY, &zone);
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
    let places = read_places(&files.join("hospital.toml"), "hospital.toml").unwrap();
    places.carry_out(&node, "demo", begun).await.unwrap();
    let list = plan_list("devices.csv", &files.join("devices.csv"), "").unwrap();
    run_list(list, false, &Watch::default()).unwrap().carry_out(&node, "demo", begun).await.unwrap();
    let (clock, guide) =
        (Arc::new(LapseClock::new(begun)), Arc::new(Guide::of(folder.path(), String::new())));
    let keys = SiteKeys::open(&folder.path().join("keys"), &["localhost".to_owned()], begun).unwrap();
    let (site, reads) = (keys.orders_key(), Arc::clone(&clock));
    let now: gateway::Clock = Arc::new(move || reads.now());
    let gateway = Gateway::new(Arc::clone(&node), keys, now, gateway::Settings::default());
    let archives = Arc::new(InventedPair::new(Arc::clone(&clock), &zone));
    let (told, asked) = (Arc::clone(&guide), Arc::clone(&archives));
    let world = World::new(Arc::clone(&node), gateway, Arc::clone(&clock), told, asked, site, (zone, 8));
    Night { node, clock, guide, archives, world, begun, _folder: folder }
}

impl Night {
    /// Lets the night pass until something is so.
    async fn until(&mut self, what: &str, so: impl Fn(&State, Time) -> bool) -> Time {
        loop {
            let now = self.clock.now();
            if self.node.read(|state| so(state, now)) {
                return now;
            }
            if now >= self.begun.plus_seconds(DAYS_MAX * 86_400) {
                let all: Vec<_> = CAST.iter().filter_map(|cast| self.standing(cast.tag)).collect();
                let incidents = self.node.read(|state| state.night().incidents().clone());
                panic!("{what}: not so after {DAYS_MAX} days; {all:?} {incidents:?}");
            }
            assert!(self.world.step(Time(i64::MAX)).await.unwrap(), "{what}: nothing more happens");
        }
    }

    fn standing(&self, host: &str) -> Option<HostStanding> {
        let now = self.clock.now();
        self.node.read(|state| standing(state, host, now))
    }

    fn plan(&self) -> PlanHash {
        self.node.read(|state| state.night().newest_revision(&id(PLAN)).unwrap().hash)
    }
}

fn standing(state: &State, host: &str, now: Time) -> Option<HostStanding> {
    let record = state.night().newest_revision(&id(PLAN))?;
    state.night().standing(&record.hash, &id(host), now)
}

fn verdict(state: &State, host: &str, now: Time) -> Option<Verdict> {
    standing(state, host, now).map(|standing| standing.verdict)
}

fn is(host: &'static str, wanted: fn(&Verdict) -> bool) -> impl Fn(&State, Time) -> bool {
    move |state, now| verdict(state, host, now).is_some_and(|verdict| wanted(&verdict))
}

fn is_dark(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Dark { .. })
}

fn is_pending(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::RestartPending { .. })
}

fn is_settling(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Settling { .. })
}

fn is_proven(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Proven { .. })
}

/// Local minutes after midnight.
fn local_minutes(at: Time) -> i64 {
    (at.seconds_since(Time(0)) + 3_600).rem_euclid(86_400) / 60
}

#[tokio::test]
async fn the_false_green_is_caught_in_the_morning_asked_of_the_ward_and_proven_a_night_later() {
    let mut night = night().await;
    night.until("the station is dark", is(TWO_STAGES, is_dark)).await;
    let settles = night.until("it settles", is(TWO_STAGES, is_settling)).await;
    assert_eq!(night.guide.word_of(&id(TWO_STAGES)), Some(PlainWord::Complete));
    let again = night.until("a restart is pending again", is(TWO_STAGES, is_pending)).await;
    assert!(again.seconds_since(settles) > 5 * 3_600, "hours after everybody went home");
    assert!((300..=420).contains(&local_minutes(again)), "in the early morning: {}", local_minutes(again));
    // The plain tool has not looked again.
    assert_eq!(night.guide.word_of(&id(TWO_STAGES)), Some(PlainWord::Complete));
    let asked = |state: &State, _| state.night().outages().values().any(|outage| !outage.is_agreed());
    night.until("the ward is asked", asked).await;
    night.node.read(|state| {
        let outage = state.night().outages().values().next().unwrap();
        assert_eq!(outage.who(), [id(WARD)]);
        let surfaced = state.night().incidents().values().filter(|incident| {
            matches!(incident.opened.kind, Happened::InNight(IncidentKind::RestartSurfaced { .. }))
        });
        assert_eq!(surfaced.count(), 1);
    });
    assert_eq!(night.world.scene(), Scene::Asked);
    let agreed = |state: &State, _| state.night().outages().values().all(|outage| outage.is_agreed());
    let answered = night.until("the charge nurse answers", agreed).await;
    assert!(answered.seconds_since(again) >= super::people::NURSE_WAITS_SECONDS);
    night.until("it is dark again", is(TWO_STAGES, is_dark)).await;
    night.until("it settles again", is(TWO_STAGES, is_settling)).await;
    let proven = night.until("it is proven", is(TWO_STAGES, is_proven)).await;
    assert!(proven.seconds_since(again) > 20 * 3_600);
    assert_eq!(night.world.scene(), Scene::Over, "the story is told, and time passes as it does");
}

#[tokio::test]
async fn a_station_that_lies_about_its_installation_is_broken_and_no_further_station_is_begun() {
    let mut night = night().await;
    night.until("the liar is caught", is(LIAR, |verdict| matches!(verdict, Verdict::Broken { .. }))).await;
    assert_eq!(night.guide.word_of(&id(LIAR)), Some(PlainWord::Complete));
    night
        .until("every other host is proven or was never begun", |state, now| {
            let others = CAST.iter().filter(|cast| ![LIAR, TWO_STAGES].contains(&cast.tag));
            others.into_iter().all(|cast| {
                matches!(verdict(state, cast.tag, now), Some(Verdict::Proven { .. } | Verdict::NotBegun))
            })
        })
        .await;
    let (now, plan) = (night.clock.now(), night.plan());
    night.node.read(|state| {
        let rollout = state.night().rollout(&plan).unwrap();
        assert!(matches!(rollout.ring_standing(3, now).unwrap().state, RingState::Halted { .. }));
        let count = |wanted: fn(&Verdict) -> bool| {
            CAST.iter()
                .filter(|cast| verdict(state, cast.tag, now).is_some_and(|known| wanted(&known)))
                .count()
        };
        assert_eq!(
            count(|verdict| matches!(verdict, Verdict::NotBegun)),
            3,
            "the waves that come after the liar's"
        );
        let version = state.night().host(&id(LIAR)).unwrap();
        assert!(version.packages().all(|package| &*package.version != STATION_NEW));
        let tag: AssetTag = id(LIAR);
        let broken = state.night().incidents().values().any(|incident| {
            incident.opened.host.as_ref() == Some(&tag)
                && matches!(incident.opened.kind, Happened::InNight(IncidentKind::HostBroken { .. }))
        });
        assert!(broken);
    });
}

#[tokio::test]
async fn whoever_sits_at_the_browser_may_answer_before_the_charge_nurse() {
    let mut night = night().await;
    let asked = |state: &State, _| !state.night().outages().is_empty();
    let when = night.until("the ward is asked", asked).await;
    let outage = night.node.read(|state| state.night().outages().keys().next().cloned().unwrap());
    let answer = UnitAnswer::Refuse { reason: "a patient cannot be moved".into() };
    let by = id("k.nystrom");
    let command = Command::AnswerOutage { outage: outage.clone(), unit: id(WARD), answer, by };
    night.node.command(command, "k.nystrom", when).await.unwrap();
    let later = when.plus_seconds(2 * super::people::NURSE_WAITS_SECONDS);
    night.until("an hour passes", move |_, now| now >= later).await;
    night.node.read(|state| {
        let known = &state.night().outages()[&outage];
        assert!(!known.is_agreed(), "nobody answers in the place of whoever has answered");
        assert_eq!(known.answers.len(), 1);
    });
}

#[tokio::test]
async fn a_person_may_pause_the_night_and_nothing_new_is_begun() {
    let mut night = night().await;
    night
        .until("the first ring is open", |state, _| {
            let plan = state.night().newest_revision(&id(PLAN)).map(|record| record.hash);
            plan.is_some_and(|plan| state.night().ring_is_open(&plan, 1))
        })
        .await;
    let (plan, now) = (night.plan(), night.clock.now());
    let pause = Command::PauseRollout { plan, reason: "an emergency".into(), by: id("k.nystrom") };
    night.node.command(pause, "k.nystrom", now).await.unwrap();
    let later = now.plus_seconds(2 * 3_600);
    night.until("two hours pass", move |_, now| now >= later).await;
    assert!(matches!(night.standing(TWO_STAGES).unwrap().verdict, Verdict::NotBegun));
}
