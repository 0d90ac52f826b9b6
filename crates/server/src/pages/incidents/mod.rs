//! `/incidents`: what went otherwise than planned, this tool's own faults included (R20); each with what happened around it (R59),
//! closed only with what shows that it is over.

pub(crate) mod api;
mod item;
mod list;

use crate::Routes;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/incidents", list::show)
        .get("/incidents/{id}", item::show)
        .get("/incidents/{id}/close", item::ask)
        .post("/incidents/{id}/close", item::close)
}
