//! What goes wrong with archives beside a gap: examinations that a list shows and the archive does not answer for, and an archive that becomes slower.

use archive::gate::{Against, FirstImage, GateRules, NoOverride, Override};
use archive::kept::Kept;
use archive::{DoubtKind, Doubtful, LookedAgain, Side, Tier};
use hospital::Command;
use hospital::archives::ArchiveCommand;
use hospital::archives::fact::*;
use hospital::archives::incident::{ArchiveIncident, Change, Slower};
use hospital::decide::archives::ArchiveRefusal;
use hospital::fact::night::Happened;

use crate::going_over::{NOW, Radiology, account, equal, refused};
use crate::golden_archives::{concerned, differs, pair, study};

fn doubtful(number: u32, kind: DoubtKind) -> Doubtful {
    Doubtful { study: study(number), kind, says: "B does not keep it".into() }
}

fn sent(doubtful: Vec<Doubtful>, looked_again: Vec<LookedAgain>) -> ArchiveCommand {
    let (examinations, objects, not_whole) = (1, 7, 0);
    ArchiveCommand::Sent(PairSent { pair: pair(), examinations, objects, not_whole, doubtful, looked_again })
}

fn against(radiology: &Radiology) -> Vec<Against> {
    radiology.pair().decision(&GateRules::default(), radiology.now).against
}

/// The newest comparison shows nothing missing, and something that was sent is in doubt.
fn in_doubt(kind: DoubtKind) -> Radiology {
    let mut radiology = Radiology::new();
    radiology.compared(differs(NOW, vec![concerned(1)])).unwrap();
    radiology.all_else_is_well();
    radiology.asked(sent(vec![doubtful(1, kind)], Vec::new())).unwrap();
    radiology.compared(equal(NOW)).unwrap();
    radiology
}

#[test]
fn what_b_lists_and_does_not_answer_for_closes_the_gate_until_it_was_asked_for_again_and_is_well() {
    let mut radiology = in_doubt(DoubtKind::NotCommitted);
    assert_eq!(against(&radiology), [Against::Doubtful(1)]);
    let known = &radiology.pair().doubts()[&study(1)];
    assert_eq!(known.exam.as_ref(), Some(&concerned(1)), "who it is of stays known after it is listed");
    let again =
        |is_committed, is_read, is_same| LookedAgain { study: study(1), is_committed, is_read, is_same };
    radiology.asked(sent(Vec::new(), vec![again(false, true, false)])).unwrap();
    assert_eq!(against(&radiology), [Against::Doubtful(1)], "that it can be read is no promise to keep it");
    let other = LookedAgain { study: study(2), ..again(true, true, true) };
    radiology.asked(sent(Vec::new(), vec![other])).unwrap();
    assert_eq!(against(&radiology), [Against::Doubtful(1)]);
    radiology.asked(sent(Vec::new(), vec![again(true, false, false)])).unwrap();
    assert_eq!(against(&radiology), []);
    // Each doubt goes by what it is about.
    for (kind, enough) in [
        (DoubtKind::NotRead, again(false, true, false)),
        (DoubtKind::Changed, again(false, false, true)),
        (DoubtKind::NotCommitted, again(false, true, true)),
    ] {
        let mut radiology = in_doubt(kind);
        let all_but = LookedAgain {
            study: study(1),
            is_committed: !enough.is_committed && kind != DoubtKind::NotCommitted,
            is_read: !enough.is_read,
            is_same: !enough.is_same && kind == DoubtKind::NotRead,
        };
        radiology.asked(sent(Vec::new(), vec![all_but])).unwrap();
        assert_eq!(against(&radiology), [Against::Doubtful(1)], "{kind:?}");
        radiology.asked(sent(Vec::new(), vec![enough])).unwrap();
        assert_eq!(against(&radiology), [], "{kind:?}");
    }
}

#[test]
fn whoever_goes_over_although_examinations_are_in_doubt_has_named_them_and_readers_wait_for_all_others() {
    let mut radiology = in_doubt(DoubtKind::NotRead);
    let named = |exams: &[u32]| Override {
        people: ("Head of radiology".into(), "Chief physician".into()),
        exams: exams.iter().map(|number| study(*number)).collect(),
        because: "A is on fire".into(),
    };
    let short = refused(radiology.begin(Some(named(&[]))));
    assert_eq!(short, ArchiveRefusal::Override(NoOverride::NotNamed(vec![study(1)])));
    radiology.begin(Some(named(&[1]))).unwrap();
    radiology.step(Step::StaffTold).unwrap();
    radiology.step(Step::SendersPointed).unwrap();
    radiology.now = NOW.plus_seconds(60);
    radiology.asked(sent(vec![doubtful(2, DoubtKind::Changed)], Vec::new())).unwrap();
    radiology.compared(equal(radiology.now)).unwrap();
    assert_eq!(refused(radiology.step(Step::ReadersPointed)), ArchiveRefusal::NotProvenSince);
    let well = LookedAgain { study: study(2), is_committed: true, is_read: true, is_same: true };
    radiology.asked(sent(Vec::new(), vec![well])).unwrap();
    radiology.step(Step::ReadersPointed).unwrap();
}

#[test]
fn only_a_comparison_of_the_content_of_everything_removes_doubts_and_only_those_from_before_it() {
    let content = |cut, in_flight| match equal(cut) {
        Kept::Proven(mut shown) => {
            (shown.tier, shown.in_flight) = (Tier::Content, in_flight);
            Kept::Proven(shown)
        }
        unproven => unproven,
    };
    let mut radiology = in_doubt(DoubtKind::NotCommitted);
    radiology.now = NOW.plus_seconds(60);
    let now = radiology.now;
    for (compared, doubts) in
        [(content(NOW, 0), 1), (equal(now), 1), (content(now, 1), 1), (content(now, 0), 0)]
    {
        radiology.compared(compared.clone()).unwrap();
        assert_eq!(radiology.pair().doubts().len(), doubts, "{compared:?}");
    }
}

#[test]
fn more_examinations_in_doubt_than_are_remembered_are_refused_and_none_is_forgotten() {
    let mut radiology = in_doubt(DoubtKind::NotRead);
    let many = u32::try_from(hospital::archives::DOUBTFUL_MAX).unwrap();
    let all = |to: u32| (1..=to).map(|number| doubtful(number, DoubtKind::NotRead)).collect();
    let wrong = refused(radiology.asked(sent(all(many + 1), Vec::new())));
    assert_eq!(wrong, ArchiveRefusal::TooManyDoubtful { exams: many as usize + 1 });
    radiology.asked(sent(all(many), Vec::new())).unwrap();
    assert_eq!(radiology.pair().doubts().len(), many as usize);
}

impl Radiology {
    /// Images of B came this fast at a place, a while later.
    fn seen_at(&mut self, place: &str, p95_milliseconds: u64, failed: u32) {
        self.now = self.now.plus_seconds(600);
        let first_image =
            FirstImage { p50_milliseconds: 300, p95_milliseconds, probes: 20, failed, at: self.now };
        let (side, place): (Side, Box<str>) = (Side::B, place.into());
        let (search, scroll, prior) = (None, None, None);
        let probed = PairProbed { pair: pair(), side, place, first_image, search, scroll, prior };
        self.asked(ArchiveCommand::Probed(probed)).unwrap();
    }

    fn slower(&self) -> Vec<Slower> {
        let all = self.state.night().incidents().values();
        let slower = all.filter_map(|incident| match &incident.opened.kind {
            Happened::AtArchive(ArchiveIncident::ArchiveSlower(slower)) => Some((**slower).clone()),
            Happened::InNight(_) => None,
        });
        slower.collect()
    }

    fn close(&mut self) {
        let open = self.state.night().incidents().values().find(|incident| incident.closed.is_none());
        let incident = open.unwrap().opened.id.clone();
        let evidence = "the index was built anew".into();
        self.command(Command::CloseIncident { incident, evidence, by: account("engineer") }).unwrap();
    }
}

fn emergency() -> Radiology {
    let mut radiology = Radiology::new();
    radiology.compared(equal(NOW)).unwrap();
    radiology.all_else_is_well();
    radiology
}

#[test]
fn an_archive_that_stays_slower_than_allowed_is_one_incident_tied_to_what_was_changed_before() {
    let mut radiology = emergency();
    radiology.begin(None).unwrap();
    let changed_at = radiology.now;
    radiology.seen_at("emergency", 1_001, 0);
    assert_eq!(radiology.slower(), [], "one slow probe may be chance");
    let since = radiology.now;
    radiology.seen_at("emergency", 1_200, 0);
    radiology.seen_at("emergency", 1_300, 0);
    let [slower] = &radiology.slower()[..] else { panic!("{:?}", radiology.slower()) };
    assert_eq!((&*slower.place, slower.side, slower.since), ("emergency", Side::B, since));
    assert_eq!((slower.first_image.p95_milliseconds, slower.p95_max_milliseconds), (1_200, 1_000));
    let [change] = &slower.after[..] else { panic!("{:?}", slower.after) };
    assert_eq!((change.at, &change.what), (changed_at, &Change::Failover));
}

#[test]
fn an_incident_that_was_closed_is_opened_anew_only_when_the_archive_was_well_in_between() {
    let mut radiology = emergency();
    for _ in 0..2 {
        radiology.seen_at("emergency", 1_500, 0);
    }
    radiology.close();
    radiology.seen_at("emergency", 1_500, 0);
    assert_eq!(radiology.slower().len(), 1, "it was said, and somebody has looked into it");
    radiology.seen_at("emergency", 900, 0);
    radiology.seen_at("emergency", 1_500, 0);
    assert_eq!(radiology.slower().len(), 1);
    radiology.seen_at("emergency", 1_500, 0);
    assert_eq!(radiology.slower().len(), 2);
}

#[test]
fn images_that_do_not_come_are_an_incident_at_once_and_a_place_without_a_baseline_has_none() {
    let mut radiology = emergency();
    radiology.seen_at("theatre 4", 60_000, 3);
    assert_eq!(radiology.slower(), [], "nobody has said what is allowed there");
    radiology.seen_at("emergency", 300, 1);
    assert_eq!(radiology.slower().len(), 1);
}

#[test]
fn the_incident_of_an_archive_is_read_back_from_the_journal_as_it_was_written() {
    let mut radiology = emergency();
    radiology.seen_at("emergency", 300, 1);
    let opened = &radiology.state.night().incidents().values().next().unwrap().opened;
    let text = serde_json::to_string(opened).unwrap();
    assert!(text.contains(r#""kind":{"archive_slower":{"pair":"radiology","side":"b""#), "{text}");
    assert!(!text.contains("plan"), "it belongs to no night: {text}");
    assert_eq!(&serde_json::from_str::<hospital::fact::night::IncidentOpened>(&text).unwrap(), opened);
}

#[test]
fn what_was_probed_before_the_first_comparison_counts_after_it() {
    let mut radiology = Radiology::new();
    radiology.all_else_is_well();
    radiology.compared(equal(NOW)).unwrap();
    assert_eq!(against(&radiology), []);
}

#[test]
fn a_snapshot_keeps_doubts() {
    let radiology = in_doubt(DoubtKind::NotRead);
    let text = serde_json::to_string(radiology.state.archives()).unwrap();
    let back: hospital::archives::Archives = serde_json::from_str(&text).unwrap();
    assert_eq!(&back, radiology.state.archives());
}
