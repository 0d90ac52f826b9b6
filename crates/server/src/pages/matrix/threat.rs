//! What is known of a vulnerability beyond the advisories, as evidence: each with its source and the source's date.

use hospital::State;

use crate::clock::Local;
use crate::page::Ctx;
use crate::parts::{Age, Evidence};
use crate::words::Words;

/// A catalogue or score older than this is shown as old: a week.
const SOURCE_AGE_ALLOWED_SECONDS: i64 = 7 * 24 * 3_600;

fn item(says: String, origin: String, age: Option<Age>, who: &str) -> Evidence {
    Evidence { says, origin, origin_href: String::new(), age, who: who.to_owned() }
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

/// KEV, SSVC and EPSS of `name`, whether they speak or not.
pub(crate) fn evidence(ctx: &Ctx, state: &State, name: &str) -> Vec<Evidence> {
    let (w, local, threats) = (ctx.w, ctx.local(), state.threats());
    let aged = |local: &Local, time| Some(Age::new(local, time, Some(SOURCE_AGE_ALLOWED_SECONDS)));
    let kev = match (threats.kev_source(), threats.kev(name)) {
        (None, _) => item(w.threat_kev_none().to_owned(), w.threat_none_imported().to_owned(), None, ""),
        (Some((stamp, catalogue)), known) => {
            let says = known.map_or(w.threat_kev_no().to_owned(), |entry| {
                let added = w.threat_kev_yes(&entry.added.to_string());
                if entry.ransomware { format!("{added} {}", w.threat_kev_ransom()) } else { added }
            });
            item(says, w.threat_kev_origin(catalogue), aged(&local, stamp.time), &stamp.actor)
        }
    };
    let ssvc = match threats.ssvc(name) {
        Some(known) => {
            let word = |text| ssvc_word(w, text);
            let says = w.threat_ssvc(word(&known.exploitation), word(&known.automatable), word(&known.technical_impact));
            let stamp = threats.ssvc_source();
            let age = stamp.and_then(|stamp| aged(&local, stamp.time));
            item(says, w.threat_ssvc_origin(&known.assessed), age, stamp.map_or("", |stamp| &stamp.actor))
        }
        None => {
            let origin = threats.ssvc_source().map_or(w.threat_none_imported(), |_| "CISA");
            item(w.threat_ssvc_none().to_owned(), origin.to_owned(), None, "")
        }
    };
    let epss = match (threats.epss_source(), threats.epss(name)) {
        (Some((stamp, day)), known) => {
            let says = known.map_or(w.threat_epss_none().to_owned(), |score| {
                w.threat_epss(&percent(score.probability_millionths), &percent(score.percentile_millionths))
            });
            item(says, w.threat_epss_origin(&day.to_string()), aged(&local, stamp.time), &stamp.actor)
        }
        (None, _) => item(w.threat_epss_none().to_owned(), w.threat_none_imported().to_owned(), None, ""),
    };
    vec![kev, ssvc, epss]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_is_cut_and_never_rounded_up() {
        assert_eq!(percent(999_999), "99.99");
        assert_eq!(percent(431), "0.04");
    }
}
