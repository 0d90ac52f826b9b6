//! The second story: two archives, replication that stalls without a word, and a gate that knows.

use archive::gate::{Against, Caution, Decision, GateRules, WayOut};
use archive::kept::{Concerned, Kept, Shown};
use archive::urgency::Urgency;
use archive::verdict::Held;
use hospital::Command;
use hospital::archives::fact::WayOutSeen;
use hospital::archives::{ArchiveCommand, Pair};
use model::people::Role;
use server::archives::{ImageArchives, ToSend};
use server::work::{ArchiveWork, WorkDone};
use server::{AppState, Domain, Settings};

use super::*;
use crate::accounts::JournalAccounts;
use crate::demo::PAIR;
use crate::imports::UploadReader;

/// What both hold of the days before the night.
const EARLIER_OBJECTS: u64 = 3_324;

impl Night {
    fn pair(&self) -> Pair {
        self.node.read(|state| state.archives().pair(&id(PAIR)).unwrap().clone())
    }

    fn gate(&self) -> Decision {
        self.pair().decision(&GateRules::default(), self.clock.now())
    }

    /// What the newest comparison shows.
    fn shown(&self) -> Shown {
        match self.pair().newest().unwrap().compared.clone() {
            Kept::Proven(shown) => *shown,
            unproven @ Kept::Unproven { .. } => panic!("{unproven:?}"),
        }
    }

    /// Lets the night pass until so many minutes after its beginning.
    async fn until_minute(&mut self, minutes: i64) {
        let at = self.begun.plus_seconds(minutes * 60);
        self.until("minutes pass", move |_, now| now >= at).await;
    }

    /// The server as whoever sits at the browser has it.
    fn pages(&self) -> AppState {
        let (node, clock) = (Arc::clone(&self.node), self.clock.clone());
        let accounts = Arc::new(JournalAccounts::of_demonstration(Arc::clone(&node), clock.clone()));
        let reader = UploadReader { node: Arc::clone(&node), keys: Vec::new(), time_zone: "UTC".to_owned() };
        let domain = Domain { node, importer: Arc::new(reader), archives: self.archives.clone() };
        AppState::with_clock(Settings::default(), accounts, domain, clock).unwrap()
    }

    /// Presses a button of the gate, and waits for what comes of it.
    async fn press(&self, pages: &AppState, work: ArchiveWork) -> WorkDone {
        let asked = self.archives.pairs().remove(0);
        assert!(pages.archive_desk.start(pages, &asked, work, "admin"));
        while pages.archive_desk.doing(&asked.id).is_some() {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        pages.archive_desk.last(&asked.id).unwrap()
    }
}

fn sending(exams: &[Concerned]) -> ToSend {
    let studies = exams.iter().map(|one| one.exam.study.uid.clone()).collect();
    ToSend { studies, ..ToSend::default() }
}

#[tokio::test]
async fn replication_stalls_and_the_gate_names_two_emergency_patients_first_until_what_b_lacks_was_sent_and_proven()
 {
    let mut night = night().await;
    night.until_minute(2).await;
    let gate = night.gate();
    assert!(gate.is_go(), "both are alike, B is fast and baselines are set: {gate:?}");
    assert_eq!(gate.cautions, [Caution::NotExpected], "both ways out were looked at");
    let all = EARLIER_OBJECTS;
    assert_eq!(night.shown().held, Held { a: all, b: all, alike: all });

    night.until_minute(52).await;
    assert!(night.gate().is_go(), "two examinations came and were handed on: {:?}", night.gate());
    let all = EARLIER_OBJECTS + 2 + 60;
    assert_eq!(night.shown().held, Held { a: all, b: all, alike: all });

    // As of 22:51: replication has stalled in the middle of an examination, and nobody has said so.
    night.until_minute(62).await;
    assert_eq!(lacks(&night.shown()), [(Urgency::Inpatient, 31, 48)]);

    // As of 23:36.
    night.until_minute(107).await;
    let shown = night.shown();
    let (a, b) = (EARLIER_OBJECTS + 2 + 60 + 48 + 64 + 2 + 88 + 3 + 40, EARLIER_OBJECTS + 2 + 60 + 17);
    assert_eq!(shown.held, Held { a, b, alike: b });
    assert_eq!(a - b, 228);
    let gate = night.gate();
    let [Against::Differs(found)] = gate.against[..] else { panic!("{gate:?}") };
    assert_eq!((found.a_only_studies, found.a_only_instances), (6, 228));
    assert_eq!((found.b_only_instances, found.moved, found.content_diff), (0, 0, 0));
    let mut lacks = lacks(&shown);
    lacks[..2].sort_unstable();
    lacks[3..5].sort_unstable();
    assert_eq!(
        lacks,
        [
            (Urgency::Emergency, 64, 64),
            (Urgency::Emergency, 88, 88),
            (Urgency::Theatre, 3, 3),
            (Urgency::Inpatient, 2, 2),
            (Urgency::Inpatient, 31, 48),
            (Urgency::Rest, 40, 40),
        ]
    );

    let pages = night.pages();
    let done = night.press(&pages, ArchiveWork::Send(sending(&shown.exams))).await;
    assert_eq!(done.failed, None);
    let sent = done.sent.unwrap();
    assert!(sent.says.iter().any(|says| says == "228 objects went to pacs-b."), "{:?}", sent.says);
    assert!(sent.says[0].contains("invented") && sent.not_sent.is_empty() && sent.doubtful.is_empty());
    let gate = night.gate();
    assert!(gate.is_go(), "{gate:?}");
    assert_eq!(night.shown().held, Held { a, b: a, alike: a });
    assert!(night.pair().newest().unwrap().compared.is_proven_equal());

    // Nothing is left that held A's queue up: what comes from now on is handed on again, and the gate stays open on fresh proofs.
    let day = night.begun.plus_seconds(30 * 3_600);
    night
        .until("a night and a day pass", move |state, now| {
            let gate = state.archives().pair(&id(PAIR)).unwrap().decision(&GateRules::default(), now);
            assert!(gate.is_go() && gate.cautions == [Caution::NotExpected], "{now:?} {gate:?}");
            now >= day
        })
        .await;
    assert!(night.shown().held.a > a + 1_000, "and A has grown: {:?}", night.shown().held);
}

/// How urgent each examination is, how many objects B lacks of it, and of how many.
fn lacks(shown: &Shown) -> Vec<(Urgency, u64, u64)> {
    let urgency = |one: &Concerned| (one.urgency(shown.cut), one.exam.lacks, one.exam.of);
    shown.exams.iter().map(urgency).collect()
}

#[tokio::test]
async fn who_sends_only_the_emergency_patients_leaves_the_gate_shut_and_replication_stalled() {
    let mut night = night().await;
    night.until_minute(107).await;
    let pages = night.pages();
    let shown = night.shown();
    night.press(&pages, ArchiveWork::Send(sending(&shown.exams[..2]))).await;
    assert_eq!(night.shown().held.a - night.shown().held.alike, 228 - 64 - 88);
    let first = lacks(&night.shown())[0];
    assert_eq!(first, (Urgency::Theatre, 3, 3));
    let before = night.shown().exams.len();
    night.until_minute(240).await;
    assert!(matches!(night.gate().against[..], [Against::Differs(_)]), "{:?}", night.gate());
    assert!(night.shown().exams.len() > before, "what came since is missing too");
}

#[tokio::test]
async fn what_came_between_the_comparison_and_the_sending_needs_no_second_press() {
    let mut night = night().await;
    night.until_minute(107).await;
    let named = night.shown().exams;
    // 23:45: one more came at 23:42, and no comparison names it yet.
    night.until_minute(115).await;
    assert_eq!(night.shown().exams.len(), named.len());
    let pages = night.pages();
    night.press(&pages, ArchiveWork::Send(sending(&named))).await;
    assert!(night.gate().is_go(), "{:?}", night.gate());
}

#[tokio::test]
async fn what_comes_while_somebody_compares_is_on_its_way_and_counts_neither_way() {
    let mut night = night().await;
    // 22:52:20: the first emergency patient is in the scanner.
    let at = night.begun.plus_seconds(62 * 60 + 20);
    night.until_minute(61).await;
    night.clock.set(at.plus_seconds(10));
    let looked = night.archives.look(at);
    let Kept::Proven(shown) = looked.compared else { panic!("{:?}", looked.compared) };
    assert_eq!((shown.in_flight, lacks(&shown)[0]), (10, (Urgency::Emergency, 21, 31)));
}

#[tokio::test]
async fn who_says_that_a_way_out_is_not_ready_is_not_talked_over() {
    let mut night = night().await;
    night.until_minute(5).await;
    let now = night.clock.now();
    let open = Command::OpenAccount {
        account: id("admin"),
        role: Role::Admin,
        password_hash: "-".into(),
        must_change: false,
    };
    night.node.command(open, "admin", now).await.unwrap();
    let seen = WayOutSeen {
        pair: id(PAIR),
        way: WayOut::FallbackViewer,
        is_ready: false,
        remark: "does not start".into(),
    };
    let says = Command::Archive(ArchiveCommand::SeeWayOut { seen, by: id("admin") });
    night.node.command(says, "admin", now).await.unwrap();
    night.until_minute(22 * 60).await;
    let (_, seen) = night.pair().way_out(WayOut::FallbackViewer).cloned().unwrap();
    assert!(!seen.is_ready, "{seen:?}");
    assert!(night.gate().cautions.len() > 1);
}

#[tokio::test]
async fn two_nights_of_one_evening_compare_alike_to_the_last_object() {
    let looked = async || {
        let mut night = night().await;
        night.until_minute(140).await;
        let comparisons = night.pair().comparisons;
        (
            comparisons.iter().map(|one| one.compared.clone()).collect::<Vec<_>>(),
            night.pair().probes().to_vec(),
        )
    };
    let (one, other) = (looked().await, looked().await);
    assert_eq!(one, other);
    assert_eq!(one.0.len(), 10, "every quarter of an hour");
}
