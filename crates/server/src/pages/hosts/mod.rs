//! `/hosts`: machines with an agent, and one host with everything that happened, signals side by side, orders with answers.

pub(crate) mod api;
pub(crate) mod data;
mod list;
mod one;
mod picture;

use crate::Routes;

pub(super) fn routes() -> Routes {
    Routes::new().get("/hosts", list::show).get("/hosts/{id}", one::show)
}
