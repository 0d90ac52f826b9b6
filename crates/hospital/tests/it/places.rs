//! Archives probed from several places: each keeps the gate closed by itself, and one that is gone is retired by a person.

use archive::Side;
use archive::gate::{Against, FirstImage, GateRules};
use hospital::archives::fact::{BaselineSet, PairProbed, PlaceAdmitted, PlaceRetired, Took};
use hospital::archives::{ArchiveCommand, Pair};
use hospital::decide::archives::{ArchiveRefusal, OPENED_MAX, TOOK_MAX_MILLISECONDS};
use hospital::{Command, Refusal, Stamp, State, decide, snapshot};
use model::Time;
use model::ids::AccountId;
use model::people::Role;

use crate::golden_archives::pair;

const NOW: Time = Time(1_800_000_000_000_000);
const EMERGENCY: &str = "emergency";
const READING: &str = "Reading room 2";

struct Radiology {
    state: State,
    now: Time,
}

fn account(name: &str) -> AccountId {
    AccountId::new(name).unwrap()
}

impl Radiology {
    fn new() -> Radiology {
        let mut radiology = Radiology { state: State::new(), now: NOW };
        for (name, role) in [("engineer", Role::Engineer), ("ward", Role::Ward)] {
            let (account, password_hash) = (account(name), "x".into());
            let opened = Command::OpenAccount { account, role, password_hash, must_change: false };
            radiology.command(opened).unwrap();
        }
        radiology
    }

    fn command(&mut self, command: Command) -> Result<(), Refusal> {
        for fact in decide(&self.state, command, self.now)? {
            let seq = self.state.seq() + 1;
            self.state.apply(Stamp { seq, time: self.now, actor: "engineer".into() }, fact);
        }
        Ok(())
    }

    fn tell(&mut self, probed: PairProbed) -> Result<(), Refusal> {
        self.command(Command::Archive(ArchiveCommand::Probed(probed)))
    }

    /// B answered within so many milliseconds at a place, just now.
    fn probe(&mut self, place: &str, p95_milliseconds: u64) {
        self.tell(probed(place, p95_milliseconds, self.now)).unwrap();
    }

    fn allow(&mut self, place: &str, p95_max_milliseconds: u64) {
        let set = BaselineSet { pair: pair(), side: Side::B, place: place.into(), p95_max_milliseconds };
        let by = account("engineer");
        self.command(Command::Archive(ArchiveCommand::SetBaseline { set, by })).unwrap();
    }

    fn admit(&mut self, place: &str, token_sha256: &str, by: &str) -> Result<(), Refusal> {
        let (pair, place, token_sha256) = (pair(), place.into(), token_sha256.into());
        let admitted = PlaceAdmitted { pair, place, token_sha256 };
        self.command(Command::Archive(ArchiveCommand::AdmitPlace { admitted, by: account(by) }))
    }

    fn retire(&mut self, place: &str, by: &str, because: &str) -> Result<(), Refusal> {
        let retired = PlaceRetired { pair: pair(), place: place.into(), because: because.into() };
        self.command(Command::Archive(ArchiveCommand::RetirePlace { retired, by: account(by) }))
    }

    fn pair(&self) -> &Pair {
        self.state.archives().pair(&pair()).unwrap()
    }

    /// What keeps the gate closed besides that nobody compared the archives.
    fn against(&self) -> Vec<Against> {
        let decision = self.pair().decision(&GateRules::default(), self.now);
        decision.against.into_iter().filter(|against| *against != Against::NeverCompared).collect()
    }
}

fn probed(place: &str, p95_milliseconds: u64, at: Time) -> PairProbed {
    PairProbed {
        pair: pair(),
        side: Side::B,
        place: place.into(),
        first_image: FirstImage { p50_milliseconds: 50, p95_milliseconds, probes: 24, failed: 0, at },
        search: None,
        scroll: None,
        prior: None,
    }
}

fn refused(result: Result<(), Refusal>) -> ArchiveRefusal {
    match result {
        Err(Refusal::Archive(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// Two places, both fast enough.
fn two_places() -> Radiology {
    let mut radiology = Radiology::new();
    for place in [EMERGENCY, READING] {
        radiology.probe(place, 900);
        radiology.allow(place, 1_000);
    }
    assert_eq!(radiology.against(), []);
    radiology
}

#[test]
fn a_second_place_that_is_slow_closes_the_gate_although_the_first_is_fast() {
    let mut radiology = two_places();
    radiology.now = NOW.plus_seconds(60);
    radiology.probe(READING, 1_001);
    let (place, p95_milliseconds, max_milliseconds) = (READING.into(), 1_001, 1_000);
    assert_eq!(radiology.against(), [Against::Slow { place, p95_milliseconds, max_milliseconds }]);
}

#[test]
fn a_second_place_of_which_one_image_did_not_come_or_of_which_nobody_said_what_is_allowed_closes_it() {
    let mut radiology = two_places();
    radiology.now = NOW.plus_seconds(60);
    let mut stuck = probed(READING, 900, radiology.now);
    stuck.first_image.failed = 1;
    radiology.tell(stuck).unwrap();
    radiology.probe("Site south", 100);
    let not_opening = Against::NotOpening { place: READING.into(), failed: 1, probes: 24 };
    assert_eq!(radiology.against(), [not_opening, Against::NoBaseline { place: "Site south".into() }]);
}

#[test]
fn a_place_that_is_probed_no_more_closes_the_gate_until_a_person_retires_it_and_says_why() {
    let mut radiology = two_places();
    radiology.now = NOW.plus_seconds(3_601);
    radiology.probe(EMERGENCY, 900);
    let [Against::NotProbed { place, .. }] = &radiology.against()[..] else { panic!() };
    assert_eq!(&**place, READING);
    assert!(matches!(radiology.retire(READING, "ward", "scrapped"), Err(Refusal::Night(_))));
    assert!(matches!(radiology.retire(READING, "engineer", "  "), Err(Refusal::Night(_))));
    let nowhere = refused(radiology.retire("reading room 2", "engineer", "scrapped"));
    assert_eq!(nowhere, ArchiveRefusal::NoSuchPlace { place: "reading room 2".into() });
    radiology.retire(READING, "engineer", "scrapped").unwrap();
    assert_eq!(radiology.against(), []);
    let [(stamp, retired)] = radiology.pair().retired_places() else { panic!() };
    assert_eq!((&*stamp.actor, &*retired.because), ("engineer", "scrapped"));
    assert!(radiology.pair().baseline(Side::B, READING).is_none());
    let again = refused(radiology.retire(READING, "engineer", "scrapped"));
    assert_eq!(again, ArchiveRefusal::NoSuchPlace { place: READING.into() });
}

#[test]
fn nobody_opens_the_gate_by_retiring_a_place_that_is_slow_while_it_is_probed() {
    let mut radiology = two_places();
    radiology.now = NOW.plus_seconds(60);
    radiology.probe(READING, 9_000);
    radiology.now = NOW.plus_seconds(60 + 3_600);
    let living = refused(radiology.retire(READING, "engineer", "too slow"));
    assert_eq!(living, ArchiveRefusal::StillProbed { place: READING.into() });
}

#[test]
fn a_hospital_that_retires_its_last_place_has_nobody_who_says_that_b_is_fast() {
    let mut radiology = two_places();
    radiology.now = NOW.plus_seconds(3_601);
    for place in [EMERGENCY, READING] {
        radiology.retire(place, "engineer", "moved to the new house").unwrap();
    }
    assert_eq!(radiology.against(), [Against::NeverProbed]);
}

#[test]
fn a_retired_place_that_is_probed_again_is_back_and_needs_a_baseline_anew() {
    let mut radiology = two_places();
    radiology.now = NOW.plus_seconds(3_601);
    radiology.retire(READING, "engineer", "scrapped").unwrap();
    radiology.probe(EMERGENCY, 900);
    radiology.probe(READING, 900);
    assert_eq!(radiology.against(), [Against::NoBaseline { place: READING.into() }]);
    assert_eq!(radiology.pair().retired_places(), []);
}

#[test]
fn a_place_that_is_let_tell_is_known_by_its_newest_secret_until_it_is_retired() {
    let mut radiology = Radiology::new();
    assert!(matches!(radiology.admit(READING, "aa", "ward"), Err(Refusal::Night(_))));
    assert_eq!(refused(radiology.admit(" ", "aa", "engineer")), ArchiveRefusal::NoPlace);
    radiology.admit(READING, "aa", "engineer").unwrap();
    radiology.admit("Site south", "bb", "engineer").unwrap();
    assert_eq!(
        (radiology.pair().place_of("aa"), radiology.pair().place_of("bb")),
        (Some(READING), Some("Site south"))
    );
    // The first secret was seen by somebody else.
    radiology.admit(READING, "cc", "engineer").unwrap();
    assert_eq!((radiology.pair().place_of("aa"), radiology.pair().place_of("cc")), (None, Some(READING)));
    assert_eq!(radiology.against(), [Against::NeverProbed], "to be let is not to have told");
    radiology.retire(READING, "engineer", "never set up").unwrap();
    assert_eq!(radiology.pair().place_of("cc"), None, "a computer that was given away tells nothing");
    radiology.admit(READING, "dd", "engineer").unwrap();
    assert_eq!(radiology.pair().retired_places(), []);
}

#[test]
fn what_is_retired_is_known_after_a_restart_from_a_snapshot() {
    let mut radiology = two_places();
    radiology.now = NOW.plus_seconds(3_601);
    radiology.retire(READING, "engineer", "scrapped").unwrap();
    let loaded = snapshot::load(&snapshot::save(&radiology.state).unwrap()).unwrap();
    assert_eq!(loaded.archives(), radiology.state.archives());
}

#[test]
fn a_fast_probe_that_comes_late_does_not_stand_in_for_a_slow_one_that_came_before_it() {
    let mut radiology = two_places();
    radiology.now = NOW.plus_seconds(60);
    radiology.probe(READING, 9_000);
    let late = probed(READING, 100, NOW.plus_seconds(59));
    assert_eq!(refused(radiology.tell(late)), ArchiveRefusal::OlderProbe);
    // Another place, or the other archive, has its own times.
    radiology.tell(probed("Site south", 100, NOW.plus_seconds(59))).unwrap();
    radiology.tell(PairProbed { side: Side::A, ..probed(READING, 100, NOW.plus_seconds(59)) }).unwrap();
}

#[test]
fn a_place_whose_clock_was_ahead_may_tell_again_when_it_is_right() {
    let mut radiology = two_places();
    radiology.probe(READING, 900);
    // The server's own clock was an hour ahead until now.
    radiology.now = NOW.plus_seconds(-3_600);
    radiology.probe(READING, 900);
}

#[test]
fn what_cannot_have_been_measured_is_refused_with_what_would_be_right() {
    let mut radiology = Radiology::new();
    let mut tell = |change: &dyn Fn(&mut PairProbed)| {
        let mut told = probed(READING, 900, NOW);
        change(&mut told);
        refused(radiology.tell(told))
    };
    let nothing = tell(&|told| (told.first_image.probes, told.first_image.failed) = (0, 0));
    assert_eq!(nothing, ArchiveRefusal::NoOpenings { opened: 0 });
    let many = tell(&|told| told.first_image.failed = OPENED_MAX);
    assert_eq!(many, ArchiveRefusal::NoOpenings { opened: u64::from(OPENED_MAX) + 24 });
    let no_time = tell(&|told| told.first_image.p50_milliseconds = 0);
    assert_eq!(no_time, ArchiveRefusal::NoTime { milliseconds: 0 });
    let long = tell(&|told| told.first_image.p95_milliseconds = TOOK_MAX_MILLISECONDS + 1);
    assert_eq!(long, ArchiveRefusal::NoTime { milliseconds: TOOK_MAX_MILLISECONDS + 1 });
    let took =
        |p50_milliseconds, p95_milliseconds, times| Some(Took { p50_milliseconds, p95_milliseconds, times });
    let scroll = tell(&|told| told.scroll = took(90, 89, 96));
    assert_eq!(scroll, ArchiveRefusal::NoPercentiles { probes: 96, p50: 90, p95: 89 });
    let prior = tell(&|told| told.prior = took(1, 2, 0));
    assert_eq!(prior, ArchiveRefusal::NoOpenings { opened: 0 });
    for at in [Time(i64::MIN), NOW.plus_seconds(-86_401)] {
        assert_eq!(tell(&|told| told.first_image.at = at), ArchiveRefusal::TooOldProbe);
    }
    for place in [" ", "two\nlines", &"x".repeat(201)] {
        assert_eq!(tell(&|told| told.place = place.into()), ArchiveRefusal::NoPlace);
    }
}

#[test]
fn the_two_hundred_and_first_place_is_refused_until_one_is_retired() {
    let mut radiology = Radiology::new();
    for number in 0..200 {
        radiology.probe(&format!("workstation {number}"), 900);
    }
    let one_more = probed("workstation 200", 900, NOW);
    assert_eq!(refused(radiology.tell(one_more.clone())), ArchiveRefusal::TooManyPlaces);
    radiology.now = NOW.plus_seconds(3_601);
    radiology.retire("workstation 7", "engineer", "scrapped").unwrap();
    radiology.tell(one_more).unwrap();
}
