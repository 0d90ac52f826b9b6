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

pub(crate) use data::score_text;

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/devices", list::show)
        .get("/devices/{id}", file::show)
        .get("/devices/{id}/why/{advisory}/{vulnerability}", why::show)
        .get("/devices/{id}/retire", retire::ask)
        .post("/devices/{id}/retire", retire::retire)
}

/// Where a device's page is: its asset tag, percent-encoded.
pub(crate) fn href(asset_tag: &str) -> String {
    format!("/devices/{}", segment(asset_tag))
}

/// A text as one segment of a path (RFC 3986 §3.3): everything but unreserved characters is percent-encoded.
pub(crate) fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_tag_is_one_segment_whatever_is_in_it() {
        assert_eq!(href("MON-0042"), "/devices/MON-0042");
        assert_eq!(href("ODD/2 ä?#%"), "/devices/ODD%2F2%20%C3%A4%3F%23%25");
    }
}
