//! `/imports`

use crate::Routes;

pub(super) fn routes() -> Routes {
    Routes::new()
}
