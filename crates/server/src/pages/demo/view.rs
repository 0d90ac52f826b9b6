//! The demonstration's page as plain data.

use std::collections::BTreeMap;

use hospital::State;
use hospital::night::plans::PlanRecord;
use rollout::Step;
use rollout::standing::HostStanding;
use rollout::verdict::Verdict;

use crate::demonstration::{Demonstration, Plain, PlainWord, Tour};
use crate::page::Ctx;
use crate::pages::night::{host_href, look, say};
use crate::parts::{Mark, Status};
use crate::words::Words;

/// Everything on the page.
pub(super) struct View {
    pub(super) looks: Vec<Look>,
    /// A question that waits for whoever reads: what, and where it is answered.
    pub(super) asked: Option<(String, String)>,
    /// Why nothing goes on, and the command that begins a new night.
    pub(super) left: Option<(String, String)>,
    pub(super) differ: String,
    pub(super) rows: Vec<Row>,
}

/// Somewhere to look.
pub(super) struct Look {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) says: &'static str,
}

/// One host: both say what they say.
pub(super) struct Row {
    pub(super) host: String,
    pub(super) href: String,
    pub(super) plain: Option<(Status, String)>,
    pub(super) verdict: Status,
    pub(super) differs: bool,
}

impl View {
    /// `None` while the night is not planned yet.
    pub(super) fn of(ctx: &Ctx, state: &State, demonstration: &dyn Demonstration) -> Option<View> {
        let (w, tour) = (ctx.w, demonstration.tour());
        let record = state.night().newest_revision(&tour.plan)?;
        let hosts = look::look(state, record, ctx.now).map(|look| look.hosts).unwrap_or_default();
        let standings: BTreeMap<&str, &HostStanding> =
            hosts.iter().map(|standing| (standing.host.as_str(), standing)).collect();
        let notes = demonstration.plain();
        let rows: Vec<Row> = record
            .plan
            .items
            .iter()
            .map(|item| {
                let note = notes.iter().find(|plain| plain.host == item.host);
                row(ctx, item.host.as_str(), note, standings.get(item.host.as_str()).copied())
            })
            .collect();
        let differ = rows.iter().filter(|row| row.differs).count() as u64;
        let asked = standings
            .get(tour.two_stages.as_str())
            .is_some_and(|standing| standing.step == Step::FurtherOutage && waits(state, record, &tour));
        let (from, to) = (ctx.local().moment(record.drafted.time), ctx.local().moment(ctx.now));
        let left = demonstration.left().map(|again| (w.demo_left(&from, &to), again));
        Some(View {
            looks: looks(w, state, record, &tour),
            // Where time stands still nobody is asked any more.
            asked: (asked && left.is_none())
                .then(|| (w.demo_asked(tour.two_stages.as_str()), ward_href(&tour))),
            left,
            differ: w.demo_beside_differ(differ),
            rows,
        })
    }
}

/// Has somebody still to answer?
fn waits(state: &State, record: &PlanRecord, tour: &Tour) -> bool {
    let mut outages = state.night().outages().values();
    outages.any(|known| {
        let ours = known.asked.plan == record.hash && known.asked.host == tour.two_stages;
        ours && known.who().iter().any(|unit| known.answer_of(unit).is_none())
    })
}

fn ward_href(tour: &Tour) -> String {
    format!("/ward/{}", tour.ward)
}

fn looks(w: Words, state: &State, record: &PlanRecord, tour: &Tour) -> Vec<Look> {
    let unit = state.places().units.get(&tour.ward).map_or(tour.ward.as_str(), |unit| &unit.name);
    let look = |href: String, title: String, says| Look { href, title, says };
    let (second, liar) = (tour.two_stages.as_str(), tour.liar.as_str());
    vec![
        look("/board".to_owned(), w.demo_look_board().to_owned(), w.demo_look_board_says()),
        look(ward_href(tour), w.demo_look_ward(unit), w.demo_look_ward_says()),
        look(host_href(second), w.demo_look_host(second), w.demo_look_host_says()),
        look(host_href(liar), w.demo_look_liar(liar), w.demo_look_liar_says()),
        look("/incidents".to_owned(), w.demo_look_incidents().to_owned(), w.demo_look_incidents_says()),
        look(
            format!("/archive/{}", tour.archives),
            w.demo_look_archives().to_owned(),
            w.demo_look_archives_says(),
        ),
        look(format!("/plans/{}", record.hash), w.demo_look_plan().to_owned(), w.demo_look_plan_says()),
    ]
}

fn row(ctx: &Ctx, host: &str, note: Option<&Plain>, standing: Option<&HostStanding>) -> Row {
    let (w, local) = (ctx.w, ctx.local());
    let verdict = standing.map_or(&Verdict::NotBegun, |standing| &standing.verdict);
    let complete = note.is_some_and(|note| note.word == PlainWord::Complete);
    let differs = complete
        && match verdict {
            Verdict::RestartPending { .. }
            | Verdict::Broken { .. }
            | Verdict::Stalled { .. }
            | Verdict::Stale { .. }
            | Verdict::Unknown { .. } => true,
            // Nothing wrong was seen, or it is still being worked on.
            Verdict::NotBegun | Verdict::Proven { .. } | Verdict::Settling { .. } | Verdict::Dark { .. } => {
                false
            }
        };
    let plain = note.map(|note| {
        let (mark, word) = match note.word {
            PlainWord::Complete => (Mark::Fixed, w.demo_complete()),
            PlainWord::RestartNeeded => (Mark::RestartPending, w.demo_restart_needed()),
            PlainWord::Failed => (Mark::Broken, w.demo_failed()),
        };
        (Status::worded(mark, word), local.moment(note.at))
    });
    Row {
        host: host.to_owned(),
        href: host_href(host),
        plain,
        verdict: say::status(&local, verdict),
        differs,
    }
}
