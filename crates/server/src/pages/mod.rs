//! The pages, one folder each: `mod.rs` has the routes and thin handlers, `view.rs` (where there is one) the plain data
//! the template shows. A new page: a folder here, a template in `templates/pages/`, words in `src/words/`, one line in
//! [`routes`].

pub(crate) mod advisories;
pub(crate) mod aliases;
pub(crate) mod archive;
pub(crate) mod audit;
pub(crate) mod board;
mod cadence;
pub(crate) mod calendar;
mod confirm;
mod demo;
pub(crate) mod devices;
pub(crate) mod forecast;
pub(crate) mod hospital;
pub(crate) mod hosts;
pub(crate) mod imports;
pub(crate) mod incidents;
pub(crate) mod matrix;
pub(crate) mod night;
pub(crate) mod overview;
mod password;
pub(crate) mod plans;
mod preferences;
pub(crate) mod settings;
mod sign_in;
mod styleguide;
pub(crate) mod ward;

pub use confirm::Confirm;

use crate::{Routes, Settings};

/// Every page's routes.
pub fn routes(settings: &Settings) -> Routes {
    let routes = Routes::new()
        .and(overview::routes())
        .and(board::routes())
        .and(plans::routes())
        .and(calendar::routes())
        .and(forecast::routes())
        .and(cadence::routes())
        .and(ward::routes())
        .and(hosts::routes())
        .and(incidents::routes())
        .and(archive::routes())
        .and(matrix::routes())
        .and(devices::routes())
        .and(advisories::routes())
        .and(aliases::routes())
        .and(imports::routes())
        .and(hospital::routes())
        .and(audit::routes())
        .and(settings::routes())
        .and(sign_in::routes())
        .and(password::routes())
        .and(preferences::routes());
    let routes = if settings.demonstration.is_some() { routes.and(demo::routes()) } else { routes };
    if settings.styleguide { routes.and(styleguide::routes()) } else { routes }
}

/// `next` of a form or query, if it is a path of ours: never another site's address.
pub(crate) fn own_path(next: Option<&str>) -> &str {
    let fine = |path: &&str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.contains(['\\', '\r', '\n'])
            && path.len() <= 2_000
    };
    next.filter(fine).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site_after_signing_in() {
        assert_eq!(own_path(Some("/devices?q=a")), "/devices?q=a");
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "devices",
            "/a\r\nSet-Cookie: b",
        ] {
            assert_eq!(own_path(Some(bad)), "/", "{bad:?}");
        }
    }
}
