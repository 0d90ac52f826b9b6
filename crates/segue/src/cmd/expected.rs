//! `segue compare archive A B --expected FILE… --worklist NAME…`: what was to be there, out of messages, logs and worklists, against both archives. What neither got is found by that
//! alone; everything that is missing is listed most urgent first.

use std::process::ExitCode;

use archive::expected::{Expected, Named, Source, Whereabouts};
use archive::kept::Untold;
use archive::reason::Side;
use archive::urgency::{Urgency, ranked, ranked_expected};
use archive::verdict::Missing;
use archive::{Reason, Tier, Verdict};
use model::Date;
use serde_json::{Value, json};

use super::Failed;
use super::compare::held;
use super::compared::{Compared, DIFFERS, UNPROVEN};
use crate::archives::{Asking, Both, Telling, Told};
use crate::config::Config;
use crate::out::{Out, findings, say};
use crate::place::{now, time_text};

/// Compares, looks for everything that was to be there, and tells.
pub(super) async fn run(
    config: &Config,
    (a, b): (&str, &str),
    (since, tier): (Option<Date>, Tier),
    asking: Asking,
    out: &mut Out,
) -> Result<ExitCode, Failed> {
    let (both, cut) = (Both::new(&config.archives, a, b, tier)?, now());
    let telling = Telling::new(config);
    let read = move || {
        telling.read(&asking, since, cut, |source, says, wrong| {
            findings(wrong, 0);
            say(&format!("{source}: {says}"));
        })
    };
    let mut told = tokio::task::spawn_blocking(read).await.map_err(Failed::from_error)??;
    let (mut of_a, of_b) = held(both, since, cut).await?;
    let places = told.look_for(&mut of_a, &of_b, cut);
    let verdict = archive::compare(&of_a, &of_b, cut, tier);
    let compared = Compared { a: a.to_owned(), b: b.to_owned(), since, cut, verdict };
    let looked = Looked { told: &told, places: &places, compared: &compared };
    out.result(&looked.value(), || looked.text().join("\n"))?;
    Ok(ExitCode::from(looked.status()))
}

/// What came of it.
struct Looked<'a> {
    told: &'a Told,
    places: &'a Result<Vec<Whereabouts>, Vec<Reason>>,
    compared: &'a Compared,
}

impl Looked<'_> {
    /// What must be looked for, most urgent first.
    fn sought(&self) -> Vec<(Urgency, &Expected, &Whereabouts)> {
        let of = |one: &Expected| self.told.of_expected(one, self.compared.cut);
        match self.places {
            Ok(places) => ranked_expected(&self.told.expected, places, self.compared.cut, of),
            Err(_) => Vec::new(),
        }
    }

    /// What one archive lacks of the other, most urgent first, with the name of the archive that lacks it.
    fn lacking(&self) -> Vec<(&str, Urgency, &Missing)> {
        let of = |missing: &Missing| self.told.of_study(&missing.study, self.compared.cut);
        let Verdict::Proven(proven) = &self.compared.verdict else { return Vec::new() };
        let mut all: Vec<(&str, Urgency, &Missing)> = Vec::new();
        for (who, list) in [(&*self.compared.b, &proven.a_only), (&*self.compared.a, &proven.b_only)] {
            let ranked = ranked(list, self.compared.cut, of);
            all.extend(ranked.into_iter().map(|(urgency, missing)| (who, urgency, missing)));
        }
        all.sort_by_key(|(_, urgency, _)| *urgency);
        all
    }

    /// 0 only when both hold the same, and everything that was to be there, and all of that is known.
    fn status(&self) -> u8 {
        let is_unknown = !self.is_told() || self.told.expected.is_empty();
        match (self.compared.status(), self.places) {
            (UNPROVEN, _) | (_, Err(_)) => UNPROVEN,
            (status, Ok(_)) if !self.sought().is_empty() => status.max(DIFFERS),
            (0, Ok(_)) if is_unknown => UNPROVEN,
            (status, Ok(_)) => status,
        }
    }

    /// Did every file and worklist tell all of it?
    fn is_told(&self) -> bool {
        self.told.unread == 0 && self.told.untold.is_empty()
    }

    fn value(&self) -> Value {
        let mut value = self.compared.value();
        let sought = self.sought();
        let missing: Vec<Value> = sought
            .iter()
            .map(|(urgency, one, place)| json!({"urgency": urgency, "expected": one, "place": place}))
            .collect();
        let lacking: Vec<Value> = self
            .lacking()
            .iter()
            .map(|(who, urgency, missing)| json!({"urgency": urgency, "lacking": who, "study": missing.study.uid}))
            .collect();
        let not_looked_for = match self.places {
            Ok(_) => Vec::new(),
            Err(reasons) => reasons.iter().map(ToString::to_string).collect(),
        };
        value["expected"] = json!({
            "asked": self.told.expected.len(), "missing": missing, "done_before_since": self.told.earlier,
            "files_not_read_whole": self.told.unread, "worklists_not_known": self.told.untold,
            "not_looked_for": not_looked_for,
        });
        value["most_urgent_first"] = json!(lacking);
        value
    }

    fn text(&self) -> Vec<String> {
        let mut lines = self.compared.text();
        let lacking = self.lacking();
        if !lacking.is_empty() {
            lines.push("MOST URGENT FIRST:".to_owned());
        }
        lines.extend(lacking.iter().map(|(who, urgency, missing)| {
            let study = &missing.study;
            format!(
                "  {}: {who} lacks {} of {}, accession {}",
                word(*urgency),
                study.uid,
                study.date,
                or_none(&study.accession)
            )
        }));
        let asked = self.told.expected.len();
        let sought = self.sought();
        match self.places {
            Err(_) => lines.push(format!(
                "WHAT WAS TO BE THERE ({asked} examinations) was not looked for: an archive is not listed whole."
            )),
            Ok(_) if asked == 0 && self.is_told() => lines.push(
                "NOTHING WAS EXPECTED: no file names an examination that was done, and no worklist one that was due."
                    .to_owned(),
            ),
            Ok(_) if asked == 0 => {
                lines.push("NOTHING IS KNOWN TO HAVE BEEN EXPECTED, and not all of it is known:".to_owned());
            }
            Ok(_) if sought.is_empty() => lines.push(format!("Of {asked} examinations that were to be there none is missing.")),
            Ok(_) => lines.push(format!("MISSING: {} of {asked} examinations that were to be there, most urgent first:", sought.len())),
        }
        lines.extend(sought.iter().map(|(urgency, one, place)| {
            let patient = if one.patient.is_known() { one.patient.id() } else { "nobody known" };
            let named = match &one.named {
                Named::Study(uid) => uid.to_string(),
                Named::Accession(text) => format!("accession {}", or_none(text)),
            };
            format!(
                "  {}: {named} of {patient}, {} {}: {}",
                word(*urgency),
                if one.source == Source::Worklist { "due" } else { "done" },
                time_text(one.done),
                self.place(place)
            )
        }));
        if self.told.earlier > 0 {
            lines.push(format!("  {} were done before and not looked for", self.told.earlier));
        }
        if self.told.unread > 0 {
            lines.push(format!(
                "NOT KNOWN: of {} files something could not be read; what it says may be missing as well.",
                self.told.unread
            ));
        }
        lines.extend(self.told.untold.iter().map(|Untold { worklist, why }| {
            format!("NOT KNOWN: what was scheduled on the worklist {worklist}: {why}.")
        }));
        lines
    }

    fn place(&self, place: &Whereabouts) -> String {
        let (a, b) = (&self.compared.a, &self.compared.b);
        match place {
            Whereabouts::Both | Whereabouts::BothAsFarAsNamed => "at both".to_owned(),
            Whereabouts::OneOnly { at, instances } => {
                let at = match at {
                    Side::A => a,
                    Side::B => b,
                };
                let what = if instances.is_empty() {
                    "all of it".to_owned()
                } else {
                    format!("{} objects", instances.len())
                };
                format!("{what} at {at} only")
            }
            Whereabouts::Neither { instances } if instances.is_empty() => {
                format!("neither at {a} nor at {b}")
            }
            Whereabouts::Neither { instances } => {
                format!("{} objects neither at {a} nor at {b}", instances.len())
            }
            Whereabouts::Fewer { there, counted } => {
                format!("{there} objects are there, {counted} were made")
            }
            Whereabouts::InFlight => "on its way".to_owned(),
            Whereabouts::NotTold { fits: 0 } => "it bears no name by which it could be found".to_owned(),
            Whereabouts::NotTold { fits } => format!("its name fits {fits} examinations"),
        }
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Emergency => "EMERGENCY",
        Urgency::Theatre => "THEATRE",
        Urgency::Unknown => "UNKNOWN (may be urgent)",
        Urgency::Inpatient => "inpatient",
        Urgency::Prior => "prior",
        Urgency::Rest => "rest",
    }
}
