//! `/calendar`: every change in one calendar, with a warning where changes stack on a service (R52, R66); and what is planned as feeds
//! for other calendars (RFC 5545).

pub(crate) mod api;
mod data;
mod events;
mod feeds;
mod list;

use crate::Routes;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/calendar", list::show)
        .get("/calendar/feeds", feeds::show)
        .post("/calendar/feeds", feeds::open)
        .get("/calendar/feeds/file", feeds::file)
        .get("/calendar/feeds/{id}/revoke", feeds::ask_revoke)
        .post("/calendar/feeds/{id}/revoke", feeds::revoke)
        .get("/feeds/{token}", feeds::read)
}
