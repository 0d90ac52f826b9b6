//! Further outages and the incident list.

use model::Time;
use model::agreement::SignOff;
use model::ids::{AccountId, IncidentId, OutageId};
use model::order::{Action, OrderWindow};

use super::plans::{concerned, has_words};
use super::{NightRefusal, acts, answers, written};
use crate::decide::Refusal;
use crate::fact::Fact;
use crate::fact::night::{IncidentClosed, OutageAnswered, OutageMoved};
use crate::night::records::Outage;
use crate::state::State;

/// The outage, if the restart that it is for was not ordered yet.
fn open<'a>(state: &'a State, id: &OutageId) -> Result<&'a Outage, NightRefusal> {
    let outage = state.night().outages().get(id);
    let outage = outage.ok_or_else(|| NightRefusal::NoSuchOutage { outage: id.clone() })?;
    let orders = state.night().host(&outage.asked.host).map_or(&[][..], |host| host.orders());
    let ordered = orders.iter().any(|known| {
        let restarts = matches!(known.order.action, Action::RestartHost | Action::RestartServices(_));
        known.order.plan == outage.asked.plan && known.issued >= outage.stamp.time && restarts && !known.void
    });
    if ordered { Err(NightRefusal::OutageOrdered { outage: id.clone() }) } else { Ok(outage) }
}

pub(in crate::decide) fn answer(
    state: &State,
    id: OutageId,
    sign_off: SignOff,
) -> Result<Vec<Fact>, Refusal> {
    answers(state, &sign_off.by, &sign_off.unit)?;
    let outage = open(state, &id)?;
    concerned(&outage.who(), &sign_off.unit)?;
    has_words(&sign_off.answer)?;
    Ok(vec![Fact::OutageAnswered(OutageAnswered { id, sign_off })])
}

pub(in crate::decide) fn shift(
    state: &State,
    id: OutageId,
    window: OrderWindow,
    by: &AccountId,
    now: Time,
) -> Result<Vec<Fact>, Refusal> {
    acts(state, by)?;
    open(state, &id)?;
    window_holds(window, now)?;
    Ok(vec![Fact::OutageMoved(OutageMoved { id, window })])
}

/// A window's instants follow one another, and something can still begin in it.
pub(super) fn window_holds(window: OrderWindow, now: Time) -> Result<(), NightRefusal> {
    if window.not_before > window.latest_start || window.latest_start >= window.not_after {
        return Err(NightRefusal::WindowUpsideDown);
    }
    if window.latest_start <= now {
        return Err(NightRefusal::WindowOver);
    }
    Ok(())
}

pub(in crate::decide) fn close(
    state: &State,
    id: IncidentId,
    evidence: Box<str>,
    by: &AccountId,
) -> Result<Vec<Fact>, Refusal> {
    acts(state, by)?;
    written("the evidence", &evidence)?;
    let incident = state.night().incidents().get(&id);
    let incident = incident.ok_or_else(|| NightRefusal::NoSuchIncident { incident: id.clone() })?;
    if incident.closed.is_some() {
        return Err(NightRefusal::ClosedAlready { incident: id }.into());
    }
    Ok(vec![Fact::IncidentClosed(IncidentClosed { id, evidence })])
}
