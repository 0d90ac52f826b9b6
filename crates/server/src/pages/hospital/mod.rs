//! `/hospital`: sites, units, beds and the services that hosts carry for them (R12, R37).

use crate::Routes;

pub(super) fn routes() -> Routes {
    Routes::new()
}
