//! What is known of a vulnerability beyond the advisories, as evidence: each with its source and the source's date.

use hospital::State;
use model::Time;

use crate::clock::Local;
use crate::page::Ctx;
use crate::parts::{Age, Evidence};
use crate::words::Words;

/// A catalogue or score older than this is shown as old: a week.
const SOURCE_AGE_ALLOWED_SECONDS: i64 = 7 * 24 * 3_600;

fn item(says: String, origin: String, age: Option<Age>) -> Evidence {
    Evidence { says, origin, origin_href: String::new(), age, who: String::new() }
}

/// Midnight (UTC) of the day that a source gives itself: `2026-11-20`, `2026.11.20`, or an RFC 3339 text that begins so.
fn day_of(text: &str) -> Option<Time> {
    let day: jiff::civil::Date = text.get(..10)?.replace('.', "-").parse().ok()?;
    let midnight = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Time(midnight.timestamp().as_microsecond()))
}

/// How old a source is by its own date; not known when it gives none.
fn age(local: &Local, text: &str) -> Option<Age> {
    day_of(text).map(|day| Age::new(local, day, Some(SOURCE_AGE_ALLOWED_SECONDS)))
}

/// Millionths as a percentage with two decimals, cut.
pub(crate) fn percent(millionths: u32) -> String {
    format!("{}.{:02}", millionths / 10_000, millionths / 100 % 100)
}

fn ssvc_word(w: Words, word: &str) -> &str {
    match word.to_ascii_lowercase().as_str() {
        "none" => w.exploitation_none(),
        "poc" | "public poc" => w.exploitation_poc(),
        "active" => w.exploitation_active(),
        "yes" => w.threat_yes(),
        "no" => w.threat_no(),
        "partial" => w.threat_partial(),
        "total" => w.threat_total(),
        _ => word,
    }
}

/// What the three sources say of a vulnerability. `None` where one says nothing.
pub(crate) struct Threat {
    /// In the catalogue, or not in it, or no catalogue here.
    pub(crate) kev: Evidence,
    /// CISA's assessment.
    pub(crate) ssvc: Option<Evidence>,
    /// The EPSS score.
    pub(crate) epss: Option<Evidence>,
    /// In words: what says nothing.
    pub(crate) silent: Vec<&'static str>,
}

/// KEV, SSVC and EPSS of `name`.
pub(crate) fn threat(ctx: &Ctx, state: &State, name: &str) -> Threat {
    let (w, local, threats) = (ctx.w, ctx.local(), state.threats());
    let kev = match (threats.kev_source(), threats.kev(name)) {
        (None, _) => item(w.threat_kev_none().to_owned(), w.threat_none_imported().to_owned(), None),
        (Some((_, catalogue)), known) => {
            let says = known.map_or(w.threat_kev_no().to_owned(), |entry| {
                let added = w.threat_kev_yes(&entry.added.to_string());
                if entry.ransomware { format!("{added} {}", w.threat_kev_ransom()) } else { added }
            });
            item(says, w.threat_kev_origin(catalogue), age(&local, catalogue))
        }
    };
    let ssvc = threats.ssvc(name).map(|known| {
        let word = |text| ssvc_word(w, text);
        let says =
            w.threat_ssvc(word(&known.exploitation), word(&known.automatable), word(&known.technical_impact));
        let day = known.assessed.get(..10).unwrap_or(&known.assessed);
        item(says, w.threat_ssvc_origin(day), age(&local, &known.assessed))
    });
    let epss = threats.epss_source().zip(threats.epss(name)).map(|((_, day), score)| {
        let says =
            w.threat_epss(&percent(score.probability_millionths), &percent(score.percentile_millionths));
        item(says, w.threat_epss_origin(&day.to_string()), age(&local, &day.to_string()))
    });
    let mut silent = Vec::new();
    if ssvc.is_none() {
        silent.push(w.threat_ssvc_none());
    }
    if epss.is_none() {
        silent.push(w.threat_epss_none());
    }
    Threat { kev, ssvc, epss, silent }
}

/// The same as a list of evidence, with what says nothing at its end.
pub(crate) fn evidence(ctx: &Ctx, state: &State, name: &str) -> Vec<Evidence> {
    let threat = threat(ctx, state, name);
    let mut evidence = vec![threat.kev];
    evidence.extend(threat.ssvc);
    evidence.extend(threat.epss);
    if !threat.silent.is_empty() {
        evidence.push(item(threat.silent.join(" "), ctx.w.threat_no_source().to_owned(), None));
    }
    evidence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_as_old_as_it_says_itself() {
        assert_eq!(day_of("2026.11.20"), day_of("2026-11-20T08:00:00Z"));
        assert_eq!(day_of("1970-01-02"), Some(Time(86_400_000_000)));
        assert_eq!(day_of("today, surely"), None);
    }

    #[test]
    fn a_probability_is_cut_and_never_rounded_up() {
        assert_eq!(percent(999_999), "99.99");
        assert_eq!(percent(431), "0.04");
    }
}
