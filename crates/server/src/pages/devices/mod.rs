//! `/devices`: the register as a list, one device with all that is known of it, why each verdict, and taking it out.

pub(crate) mod api;
mod data;
mod exposures;
mod file;
mod list;
mod retire;
mod why;
mod why_evidence;

use model::Date;

use crate::Routes;
use crate::clock::Local;

pub(crate) use crate::pages::matrix::ask::device_href as href;
pub(crate) use crate::pages::matrix::ask::path_segment as segment;

pub(crate) use data::score_text;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/devices", list::show)
        .get("/devices/{id}", file::show)
        .get("/devices/{id}/why/{advisory}/{vulnerability}", why::show)
        .get("/devices/{id}/retire", retire::ask)
        .post("/devices/{id}/retire", retire::retire)
}

/// The calendar day at the hospital.
pub(crate) fn today(local: &Local) -> Date {
    let stamp = jiff::Timestamp::from_microsecond(local.now.0).unwrap_or_default();
    let day = stamp.to_zoned(local.zone.clone()).date();
    let [month, number] = [day.month(), day.day()].map(|part| u8::try_from(part).unwrap_or(1));
    Date::new(day.year(), month, number).unwrap_or_else(first_day)
}

/// The first day there is: on it no support has ended. Used when the clock stands outside 1900 to 2199.
fn first_day() -> Date {
    #[allow(clippy::expect_used)] // 1900-01-01 is a day
    Date::new(1900, 1, 1).expect("1900-01-01 is a day")
}
