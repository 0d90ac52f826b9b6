//! A calendar as RFC 5545 has it: what phones and mail programs subscribe to. Written by hand, because the crates for it speak another
//! calendar of days than ours; all that is needed is in sections 3.1 (lines), 3.3.11 (text) and 3.6.1 (events).

use model::Time;

/// Longest line, in octets, without its end (RFC 5545 §3.1).
const LINE_SIZE_MAX_BYTES: usize = 75;
/// How often a program should look again (RFC 7986 §5.7).
const REFRESH: &str = "PT15M";

/// How sure an event is (RFC 5545 §3.8.1.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventStatus {
    /// Being agreed.
    Tentative,
    /// Agreed, or under way.
    Confirmed,
    /// Will not happen.
    Cancelled,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// Names it over all its revisions.
    pub(crate) uid: String,
    /// Grows with each revision.
    pub(crate) sequence: u64,
    /// When it was last changed.
    pub(crate) stamp: Time,
    /// It begins.
    pub(crate) from: Time,
    /// It is over.
    pub(crate) to: Time,
    /// One line.
    pub(crate) summary: String,
    /// All of it.
    pub(crate) description: String,
    /// How sure it is.
    pub(crate) status: EventStatus,
}

/// A calendar called `name` with these events.
pub(crate) fn calendar(name: &str, events: &[Event]) -> String {
    let mut out = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Segue//Patch nights//EN", "CALSCALE:GREGORIAN"]
    {
        fold(&mut out, line);
    }
    fold(&mut out, "METHOD:PUBLISH");
    fold(&mut out, &format!("NAME:{}", text(name)));
    fold(&mut out, &format!("X-WR-CALNAME:{}", text(name)));
    fold(&mut out, &format!("REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}"));
    for event in events {
        entry(&mut out, event);
    }
    fold(&mut out, "END:VCALENDAR");
    out
}

fn entry(out: &mut String, event: &Event) {
    // An integer of 32 bits (RFC 5545 §3.3.8).
    let sequence = event.sequence.min(i32::MAX as u64);
    let status = match event.status {
        EventStatus::Tentative => "TENTATIVE",
        EventStatus::Confirmed => "CONFIRMED",
        EventStatus::Cancelled => "CANCELLED",
    };
    for line in [
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", text(&event.uid)),
        format!("SEQUENCE:{sequence}"),
        format!("DTSTAMP:{}", instant(event.stamp)),
        format!("DTSTART:{}", instant(event.from)),
        // An event ends after it begins (RFC 5545 §3.8.2.2).
        format!("DTEND:{}", instant(event.to.max(event.from.plus_seconds(60)))),
        format!("SUMMARY:{}", text(&event.summary)),
        format!("DESCRIPTION:{}", text(&event.description)),
        format!("STATUS:{status}"),
        // Nobody is busy because of it; it is told.
        "TRANSP:TRANSPARENT".to_owned(),
        "END:VEVENT".to_owned(),
    ] {
        fold(out, &line);
    }
}

/// An instant in UTC (RFC 5545 §3.3.5, form 2).
fn instant(at: Time) -> String {
    jiff::Timestamp::from_microsecond(at.0)
        .map_or_else(|_| "19700101T000000Z".to_owned(), |at| at.strftime("%Y%m%dT%H%M%SZ").to_string())
}

/// Text as a value: separators escaped, line breaks as `\n`, other controls left out (RFC 5545 §3.3.11).
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            ';' => out.push_str("\\;"),
            ',' => out.push_str("\\,"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A line, folded where it is too long, never inside a character (RFC 5545 §3.1).
fn fold(out: &mut String, line: &str) {
    let mut room = LINE_SIZE_MAX_BYTES;
    for c in line.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            // The space counts.
            room = LINE_SIZE_MAX_BYTES - 1;
        }
        room -= c.len_utf8();
        out.push(c);
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(summary: &str) -> Event {
        Event {
            uid: "monitoring-autumn-WARD-5@segue".to_owned(),
            sequence: 7,
            stamp: Time(1_795_384_800_000_000),
            from: Time(1_795_384_800_000_000),
            to: Time(1_795_384_800_000_000 + 1_800_000_000),
            summary: summary.to_owned(),
            description: "beds 5-01; 5-02\nat the latest 22:20".to_owned(),
            status: EventStatus::Tentative,
        }
    }

    /// Lines as a reader puts them together again.
    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").split("\r\n").filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    fn unescaped(value: &str) -> String {
        let mut out = String::new();
        let mut chars = value.chars();
        while let Some(c) = chars.next() {
            match (c, c == '\\') {
                (_, true) => match chars.next() {
                    Some('n') => out.push('\n'),
                    Some(other) => out.push(other),
                    None => {}
                },
                (c, false) => out.push(c),
            }
        }
        out
    }

    #[test]
    fn a_dark_time_is_an_event_in_universal_time_with_its_end() {
        let text = calendar("Ward 5, telemetry", &[event("DARK: Ward 5, 6 beds")]);
        let lines = unfolded(&text);
        for line in [
            "BEGIN:VCALENDAR",
            "X-WR-CALNAME:Ward 5\\, telemetry",
            "DTSTART:20261122T220000Z",
            "DTEND:20261122T223000Z",
            "SUMMARY:DARK: Ward 5\\, 6 beds",
            "DESCRIPTION:beds 5-01\\; 5-02\\nat the latest 22:20",
            "STATUS:TENTATIVE",
            "END:VCALENDAR",
        ] {
            assert!(lines.iter().any(|found| found == line), "{line}: {text}");
        }
    }

    #[test]
    fn an_event_that_takes_no_time_ends_after_it_begins() {
        let mut event = event("no bed goes dark");
        event.to = event.from;
        assert!(calendar("x", &[event]).contains("DTEND:20261122T220100Z"));
    }

    proptest! {
        #[test]
        fn whatever_a_plan_is_called_no_line_is_too_long_and_it_is_read_back(title in "\\PC{0,400}") {
            let text = calendar("x", &[event(&title)]);
            for line in text.split("\r\n") {
                prop_assert!(line.len() <= LINE_SIZE_MAX_BYTES, "{line}");
            }
            let lines = unfolded(&text);
            let summary = lines.iter().find_map(|line| line.strip_prefix("SUMMARY:")).unwrap();
            let wanted: String = title.chars().filter(|c| !c.is_control()).collect();
            prop_assert_eq!(unescaped(summary), wanted);
        }
    }
}
