//! What a patch night asks of people: answers missing, further outages, hosts not proven, open incidents. The most urgent first.

use hospital::State;
use hospital::night::records::Outage;
use model::Time;
use model::agreement::Missing;

use crate::pages::night::look;
use crate::words::Words;

/// Counts behind the decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NightNeeds {
    /// Answers of units that open plans wait for.
    pub(crate) sign_offs: u64,
    /// Further outages that somebody has not agreed to.
    pub(crate) outages: u64,
    /// Hosts of nights that are not over that were begun and are not proven.
    pub(crate) not_proven: u64,
    /// Devices worked on by hand that a person must check again.
    pub(crate) checks: u64,
    /// Incidents that nobody has closed.
    pub(crate) incidents: u64,
}

impl NightNeeds {
    pub(crate) fn of(state: &State, now: Time) -> NightNeeds {
        let night = state.night();
        let open = night.plans().filter(|record| record.is_open());
        let answers = open.flat_map(|record| state.plan_missing(record));
        let sign_offs = answers.filter(|missing| matches!(missing, Missing::SignOff(_))).count();
        let running = |outage: &&Outage| night.running().any(|record| record.hash == outage.asked.plan);
        let outages = night.outages().values().filter(running).filter(|outage| !outage.is_agreed()).count();
        let incidents = night.incidents().values().filter(|incident| incident.closed.is_none()).count();
        NightNeeds {
            sign_offs: sign_offs as u64,
            outages: outages as u64,
            not_proven: look::not_proven(state, now),
            checks: look::checks_due(state, now),
            incidents: incidents as u64,
        }
    }

    /// Sentence, address and act of each, those of 0 left out; with the mark it is shown with.
    pub(crate) fn lines(self, w: Words) -> Vec<(crate::parts::Mark, String, &'static str, &'static str)> {
        use crate::parts::Mark;
        let all = [
            (
                self.outages,
                Mark::RestartPending,
                w.overview_outages(self.outages),
                "/ward",
                w.overview_see_wards(),
            ),
            (
                self.not_proven,
                Mark::Settling,
                w.overview_not_proven(self.not_proven),
                "/board",
                w.overview_see_board(),
            ),
            (self.checks, Mark::Stale, w.overview_checks(self.checks), "/board", w.overview_see_board()),
            (
                self.incidents,
                Mark::Broken,
                w.overview_incidents(self.incidents),
                "/incidents?state=open",
                w.overview_see_incidents(),
            ),
            (
                self.sign_offs,
                Mark::Undecided,
                w.overview_sign_offs(self.sign_offs),
                "/plans?state=draft",
                w.overview_see_plans(),
            ),
        ];
        let some = all.into_iter().filter(|(count, ..)| *count > 0);
        some.map(|(_, mark, says, href, act)| (mark, says, href, act)).collect()
    }
}
