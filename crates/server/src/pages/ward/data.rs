//! What a unit's card knows, as plain data for page and API: what is dark now, what will be, what is asked, what was told.

use hospital::State;
use hospital::night::plans::PlanRecord;
use hospital::night::records::Outage;
use model::Time;
use model::host::SignalSource;
use model::ids::{BedId, ServiceId, UnitId};
use rollout::standing::{DarkService, HostStanding};

use crate::http::Problem;
use crate::page::Ctx;
use crate::pages::night::forecast::{Forecast, forecast};
use crate::pages::night::look::{self, Look};
use crate::pages::night::past::{Outlooks, not_begun, outlooks};
use crate::pages::night::units_of;

/// A plan that concerns a unit.
pub(super) struct Concern<'a> {
    pub(super) record: &'a PlanRecord,
    pub(super) forecast: Forecast,
    /// The night, when it runs.
    pub(super) look: Option<Look>,
    /// Everything of it is still to come.
    pub(super) not_begun: bool,
}

/// What past nights say of the plans that concern a unit and have not begun.
pub(super) async fn outlooks_of(ctx: &Ctx, unit: &UnitId) -> Result<Outlooks, Problem> {
    outlooks(ctx, |state, record| units_of(state, record).contains(unit)).await
}

impl Concern<'_> {
    /// What of the unit's is dark now.
    pub(super) fn dark<'a>(&'a self, beds: &'a [BedId]) -> impl Iterator<Item = &'a DarkService> {
        let looked = self.look.iter().flat_map(|look| &look.dark);
        looked.filter(move |dark| dark.beds.iter().any(|bed| beds.contains(bed)))
    }

    /// The hosts of the night that carry a service for the unit.
    pub(super) fn hosts<'a>(
        &'a self,
        state: &'a State,
        unit: &'a UnitId,
    ) -> impl Iterator<Item = &'a HostStanding> {
        let looked = self.look.iter().flat_map(|look| &look.hosts);
        looked.filter(move |standing| state.units_of_host(&standing.host).contains(unit))
    }
}

/// The unit that an address names, and its beds.
pub(super) fn unit_of(state: &State, id: &str) -> Result<(UnitId, Vec<BedId>), Problem> {
    let unit = UnitId::new(id).map_err(|_| Problem::NotFound)?;
    if !state.places().units.contains_key(&unit) {
        return Err(Problem::NotFound);
    }
    let beds = state.places().beds.values().filter(|bed| bed.unit == unit).map(|bed| bed.id.clone());
    let beds = beds.collect();
    Ok((unit, beds))
}

/// A concluded night stays on the cards for so long after its last window, for whoever asks whether everything is back.
const CONCLUDED_SHOWN_SECONDS: i64 = 2 * 86_400;

fn is_long_over(record: &PlanRecord, now: Time) -> bool {
    let ends = record.plan.windows.iter().map(|window| window.not_after).max();
    ends.is_none_or(|ends| now > ends.plus_seconds(CONCLUDED_SHOWN_SECONDS))
}

/// The plans that concern a unit and are not over: running ones first, then by when they begin.
pub(super) fn concerns<'a>(
    state: &'a State,
    unit: &UnitId,
    now: Time,
    outlooks: &Outlooks,
) -> Vec<Concern<'a>> {
    let running = |record: &PlanRecord| {
        let runs = state.night().running().any(|known| known.hash == record.hash);
        runs && !(is_long_over(record, now) && state.night().is_concluded(&record.hash, now))
    };
    let alive = state.night().plans().filter(|record| record.is_open() || running(record));
    let mine = alive.filter(|record| units_of(state, record).contains(unit));
    let mut out: Vec<Concern<'a>> = mine
        .map(|record| Concern {
            record,
            forecast: forecast(&record.plan, &state.topology(&record.plan), outlooks.get(&record.hash)),
            look: look::look(state, record, now),
            not_begun: not_begun(state, record, now),
        })
        .collect();
    out.sort_by_key(|concern| {
        (concern.record.is_open(), concern.forecast.range().map(|(from, _)| from), concern.record.hash)
    });
    out
}

/// Further outages that a unit is asked for and has not answered.
pub(super) fn asked<'a>(state: &'a State, unit: &'a UnitId) -> impl Iterator<Item = &'a Outage> {
    let outages = state.night().outages().values();
    outages.filter(move |outage| outage.who().contains(unit) && outage.answer_of(unit).is_none())
}

/// Open plans that a unit has not answered.
pub(super) fn unanswered<'a>(state: &'a State, unit: &'a UnitId) -> impl Iterator<Item = &'a PlanRecord> {
    let open = state.night().plans().filter(|record| record.is_open());
    open.filter(move |record| {
        !record.consent.sign_offs.iter().any(|sign_off| sign_off.unit == *unit)
            && units_of(state, record).contains(unit)
    })
}

/// The services for a unit's beds that one host carries.
pub(super) fn services_for(state: &State, host: &model::AssetTag, unit: &UnitId) -> Vec<ServiceId> {
    let carried = state.carried_by(host);
    let mine =
        carried.filter(|service| state.places().units_of(service).iter().any(|known| known.id == *unit));
    mine.map(|service| service.id.clone()).collect()
}

/// Has every source of a host been read lately? For the line *who checked*.
pub(super) fn sources_read(state: &State, host: &model::AssetTag) -> Option<(usize, usize)> {
    let view = state.night().host(host)?;
    let (signals, system) = (view.signals()?, view.system()?);
    let sources = SignalSource::applicable(system.family);
    let read = |source: &&SignalSource| {
        signals.get(source).is_some_and(|reading| !matches!(reading, model::host::Reading::Unknown(_)))
    };
    Some((sources.iter().filter(read).count(), sources.len()))
}
