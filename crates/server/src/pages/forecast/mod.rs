//! `/forecast`: was the forecast right? For each device family and step, how nights that were held out came out (R06, R07).

pub(crate) mod api;
mod list;

use crate::Routes;

pub(super) fn routes() -> Routes {
    Routes::new().get("/forecast", list::show)
}
