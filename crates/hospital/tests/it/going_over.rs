//! Going over from one archive to the other: what is recorded, what is refused, and in whose name.

use archive::gate::{FirstImage, NoOverride, Override, WayOut};
use archive::kept::{Kept, Shown};
use archive::verdict::Held;
use archive::{Reason, Side, Tier};
use hospital::archives::fact::*;
use hospital::archives::{ArchiveCommand, Pair};
use hospital::decide::archives::ArchiveRefusal;
use hospital::{Command, Refusal, Stamp, State, decide};
use model::Time;
use model::ids::AccountId;
use model::people::Role;

use crate::golden_archives::{concerned, differs, pair, study};

pub(crate) const NOW: Time = Time(1_800_000_000_000_000);

/// A hospital with an engineer, a ward's account and somebody who only reads.
pub(crate) struct Radiology {
    pub(crate) state: State,
    pub(crate) now: Time,
}

pub(crate) fn account(name: &str) -> AccountId {
    AccountId::new(name).unwrap()
}

impl Radiology {
    pub(crate) fn new() -> Radiology {
        let mut radiology = Radiology { state: State::new(), now: NOW };
        for (name, role) in [("engineer", Role::Engineer), ("ward", Role::Ward), ("reader", Role::Reader)] {
            let opened = Command::OpenAccount {
                account: account(name),
                role,
                password_hash: "x".into(),
                must_change: false,
            };
            radiology.command(opened).unwrap();
        }
        radiology
    }

    pub(crate) fn command(&mut self, command: Command) -> Result<(), Refusal> {
        for fact in decide(&self.state, command, self.now)? {
            let seq = self.state.seq() + 1;
            self.state.apply(Stamp { seq, time: self.now, actor: "engineer".into() }, fact);
        }
        Ok(())
    }

    pub(crate) fn asked(&mut self, command: ArchiveCommand) -> Result<(), Refusal> {
        self.command(Command::Archive(command))
    }

    pub(crate) fn compared(&mut self, compared: Kept) -> Result<(), Refusal> {
        self.compared_as(("pacs-a", "pacs-b"), compared)
    }

    fn compared_as(&mut self, (a, b): (&str, &str), compared: Kept) -> Result<(), Refusal> {
        let (a, b) = (a.into(), b.into());
        let is = PairCompared {
            pair: pair(),
            a,
            b,
            since: None,
            compared,
            looked_for: None,
            document_sha256: None,
        };
        self.asked(ArchiveCommand::Compared(Box::new(is)))
    }

    /// B is fast enough, and both ways out are ready.
    pub(crate) fn all_else_is_well(&mut self) {
        let first_image =
            FirstImage { p50_milliseconds: 300, p95_milliseconds: 900, probes: 20, failed: 0, at: self.now };
        let (side, place): (Side, Box<str>) = (Side::B, "emergency".into());
        let probed = PairProbed {
            pair: pair(),
            side,
            place: place.clone(),
            first_image,
            search: None,
            scroll: None,
            prior: None,
        };
        self.asked(ArchiveCommand::Probed(probed)).unwrap();
        let set = BaselineSet { pair: pair(), side, place, p95_max_milliseconds: 1_000 };
        self.asked(ArchiveCommand::SetBaseline { set, by: account("engineer") }).unwrap();
        for way in [WayOut::FallbackViewer, WayOut::RollBack] {
            let seen = WayOutSeen { pair: pair(), way, is_ready: true, remark: "seen".into() };
            self.asked(ArchiveCommand::SeeWayOut { seen, by: account("engineer") }).unwrap();
        }
    }

    pub(crate) fn begin(&mut self, overridden: Option<Override>) -> Result<(), Refusal> {
        self.asked(ArchiveCommand::Begin { pair: pair(), overridden, by: account("engineer") })
    }

    pub(crate) fn step(&mut self, step: Step) -> Result<(), Refusal> {
        let step = FailoverStep { pair: pair(), step, remark: "seen".into() };
        self.asked(ArchiveCommand::Step { step, by: account("engineer") })
    }

    pub(crate) fn end(&mut self, went: Went) -> Result<(), Refusal> {
        let ended = Ended { pair: pair(), went, remark: "seen".into() };
        self.asked(ArchiveCommand::End { ended, by: account("engineer") })
    }

    fn report(&mut self, by: &str) -> Result<(), Refusal> {
        let says = "no priors on 5-02".into();
        self.asked(ArchiveCommand::Report { pair: pair(), says, by: account(by) })
    }

    pub(crate) fn pair(&self) -> &Pair {
        self.state.archives().pair(&pair()).unwrap()
    }
}

pub(crate) fn equal(cut: Time) -> Kept {
    Kept::Proven(Box::new(Shown {
        cut,
        tier: Tier::Identity,
        held: Held { a: 412, b: 412, alike: 412 },
        differences: None,
        exams: Vec::new(),
        unnamed: 0,
        in_flight: 0,
        shows_rejected: 0,
    }))
}

pub(crate) fn refused(result: Result<(), Refusal>) -> ArchiveRefusal {
    match result {
        Err(Refusal::Archive(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_pair_that_is_proven_equal_fast_and_ready_goes_over_step_by_step_and_is_watched_for_a_day() {
    let mut radiology = Radiology::new();
    radiology.compared(equal(NOW)).unwrap();
    radiology.all_else_is_well();
    radiology.begin(None).unwrap();
    assert!(radiology.pair().is_going_over());
    assert!(matches!(refused(radiology.begin(None)), ArchiveRefusal::UnderWay { .. }));
    assert_eq!(
        refused(radiology.step(Step::ReadersPointed)),
        ArchiveRefusal::StepBefore { step: Step::StaffTold }
    );
    radiology.step(Step::StaffTold).unwrap();
    assert_eq!(refused(radiology.end(Went::Over)), ArchiveRefusal::StepsMissing(Step::ALL[1..].to_vec()));
    assert_eq!(
        refused(radiology.step(Step::StaffTold)),
        ArchiveRefusal::DoneAlready { step: Step::StaffTold }
    );
    radiology.now = NOW.plus_seconds(60);
    radiology.step(Step::SendersPointed).unwrap();
    // What came to A since the gate said go is not known to be at B.
    assert_eq!(refused(radiology.step(Step::ReadersPointed)), ArchiveRefusal::NotProvenSince);
    radiology.now = NOW.plus_seconds(120);
    radiology.compared(differs(radiology.now, vec![concerned(3)])).unwrap();
    assert_eq!(refused(radiology.step(Step::ReadersPointed)), ArchiveRefusal::NotProvenSince);
    radiology.now = NOW.plus_seconds(180);
    radiology.compared(equal(radiology.now)).unwrap();
    for step in &Step::ALL[2..] {
        radiology.step(*step).unwrap();
    }
    radiology.end(Went::Over).unwrap();
    assert_eq!(refused(radiology.step(Step::NewArrived)), ArchiveRefusal::NotUnderWay);
    radiology.now = NOW.plus_seconds(23 * 3_600);
    radiology.report("ward").unwrap();
    assert_eq!(radiology.pair().failover().unwrap().reports.len(), 1);
    radiology.now = NOW.plus_seconds(25 * 3_600);
    assert_eq!(refused(radiology.report("ward")), ArchiveRefusal::NotWatched);
    // It works with B: there is nothing to go over to, until B is named as the archive in use.
    radiology.compared(equal(radiology.now)).unwrap();
    assert_eq!(refused(radiology.begin(None)), ArchiveRefusal::IsOver { b: "pacs-b".into() });
    radiology.compared_as(("pacs-b", "pacs-a"), equal(radiology.now)).unwrap();
    let ArchiveRefusal::NoGo(says) = refused(radiology.begin(None)) else { panic!() };
    assert_eq!(
        says,
        ["nobody has probed how fast B gives the first image"],
        "what was seen was seen of the other"
    );
}

#[test]
fn a_pair_of_which_something_is_missing_goes_over_only_in_the_name_of_two_people_who_named_every_exam() {
    let mut radiology = Radiology::new();
    radiology.compared(differs(NOW, vec![concerned(1), concerned(2)])).unwrap();
    radiology.all_else_is_well();
    let ArchiveRefusal::NoGo(says) = refused(radiology.begin(None)) else { panic!() };
    assert_eq!(says.len(), 1, "{says:?}");
    assert!(says[0].contains("7 objects of 1 examination are only at A"), "{says:?}");
    let people = ("Head of radiology".into(), "Chief physician".into());
    let named = |exams: &[u32]| Override {
        people: Clone::clone(&people),
        exams: exams.iter().map(|number| study(*number)).collect(),
        because: "A is on fire".into(),
    };
    let short = refused(radiology.begin(Some(named(&[1]))));
    assert_eq!(short, ArchiveRefusal::Override(NoOverride::NotNamed(vec![study(2)])));
    radiology.begin(Some(named(&[1, 2]))).unwrap();
    let failover = radiology.pair().failover().unwrap();
    assert_eq!(failover.decision.against.len(), 1, "what the gate said is in the record");
    assert_eq!(failover.overridden.as_ref().unwrap().exams.len(), 2);
    radiology.end(Went::Back).unwrap();
    assert!(!radiology.pair().is_going_over(), "back to A needs no further step");
}

#[test]
fn an_older_proof_does_not_make_good_what_was_not_proven_since() {
    let mut radiology = Radiology::new();
    radiology.compared(equal(NOW)).unwrap();
    radiology.all_else_is_well();
    let reason = Reason::NeverListed { side: Side::B };
    radiology.compared(Kept::Unproven { reason, others: Vec::new() }).unwrap();
    assert!(matches!(refused(radiology.begin(None)), ArchiveRefusal::NoGo(_)));
    assert_eq!(refused(radiology.compared(equal(NOW.plus_seconds(-60)))), ArchiveRefusal::OlderComparison);
    assert_eq!(refused(radiology.compared(equal(Time(NOW.0 + 1)))), ArchiveRefusal::FromTheFuture);
}

#[test]
fn of_older_comparisons_the_counts_are_kept_and_the_names_are_in_the_journal() {
    let mut radiology = Radiology::new();
    radiology.compared(differs(NOW, vec![concerned(1), concerned(2)])).unwrap();
    radiology.compared(equal(NOW)).unwrap();
    let Kept::Proven(before) = &radiology.pair().comparisons[0].compared else { panic!() };
    assert_eq!((before.exams.len(), before.unnamed), (0, 2));
    assert_eq!(before.differences.unwrap().a_only_instances, 7);
}

#[test]
fn somebody_who_only_reads_or_answers_for_a_ward_does_not_go_over_and_a_ward_may_report() {
    let mut radiology = Radiology::new();
    radiology.compared(equal(NOW)).unwrap();
    radiology.all_else_is_well();
    for name in ["reader", "ward", "nobody"] {
        let begin = ArchiveCommand::Begin { pair: pair(), overridden: None, by: account(name) };
        assert!(matches!(radiology.asked(begin), Err(Refusal::Night(_))), "{name}");
    }
    radiology.begin(None).unwrap();
    radiology.report("ward").unwrap();
    assert!(radiology.report("reader").is_err());
}

#[test]
fn a_probe_that_cannot_be_and_a_baseline_of_nowhere_are_refused() {
    let mut radiology = Radiology::new();
    let probed = |p50_milliseconds, at| PairProbed {
        pair: pair(),
        side: Side::B,
        place: "theatre 4".into(),
        first_image: FirstImage { p50_milliseconds, p95_milliseconds: 900, probes: 20, failed: 0, at },
        search: None,
        scroll: None,
        prior: None,
    };
    let wrong = refused(radiology.asked(ArchiveCommand::Probed(probed(901, NOW))));
    assert_eq!(wrong, ArchiveRefusal::NoPercentiles { probes: 20, p50: 901, p95: 900 });
    let early = refused(radiology.asked(ArchiveCommand::Probed(probed(1, Time(NOW.0 + 1)))));
    assert_eq!(early, ArchiveRefusal::FromTheFuture);
    radiology.asked(ArchiveCommand::Probed(probed(300, NOW))).unwrap();
    let set = BaselineSet { pair: pair(), side: Side::B, place: "nowhere".into(), p95_max_milliseconds: 1 };
    let nowhere = ArchiveCommand::SetBaseline { set, by: account("engineer") };
    assert_eq!(refused(radiology.asked(nowhere)), ArchiveRefusal::NoPlace);
}
