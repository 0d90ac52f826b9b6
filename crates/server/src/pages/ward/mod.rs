//! `/ward/{unit}`: one unit's card for phone and paper; and its answers to plans, staff and further outages (R05, R14, R15).
//! Whoever answers for units may post below this path.

mod answer;
pub(crate) mod api;
mod card;
mod data;
mod list;
mod outage;

use crate::Routes;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/ward", list::show)
        .get("/ward/{unit}", card::show)
        .get("/ward/{unit}/plans/{id}", answer::ask)
        .post("/ward/{unit}/plans/{id}", answer::answer)
        .post("/ward/{unit}/plans/{id}/cover", answer::cover)
        .get("/ward/{unit}/outages/{outage}", outage::ask)
        .post("/ward/{unit}/outages/{outage}", outage::answer)
}
