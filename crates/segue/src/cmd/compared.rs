//! What came of a comparison of two archives, for people, for programs and as an exit status.

use std::process::ExitCode;

use archive::reason::Side;
use archive::verdict::{Differences, Moved};
use archive::{Patient, Proven, Verdict};
use model::{Date, Time};
use serde_json::{Value, json};

use crate::place::time_text;

/// It is proven that something differs.
pub(super) const DIFFERS: u8 = 4;
/// Nothing is proven.
pub(super) const UNPROVEN: u8 = 5;
/// Objects of one examination that are named for a person; a program is told all.
const OBJECTS_NAMED_MAX: usize = 5;

/// Two archives, by the names that the configuration gives them, and how they compare.
pub(super) struct Compared {
    pub(super) a: String,
    pub(super) b: String,
    pub(super) since: Option<Date>,
    pub(super) cut: Time,
    pub(super) verdict: Verdict,
}

impl Compared {
    /// For programs.
    pub(super) fn value(&self) -> Value {
        json!({"a": self.a, "b": self.b, "since": self.since, "cut": self.cut, "proven_equal": self.is_equal(),
            "verdict": self.verdict})
    }

    /// For people.
    pub(super) fn text(&self) -> Vec<String> {
        text(&self.a, &self.b, self.since, self.cut, &self.verdict)
    }

    /// 0 only when it is proven that nothing differs.
    pub(super) fn code(&self) -> ExitCode {
        ExitCode::from(self.status())
    }

    /// The same as a number.
    pub(super) fn status(&self) -> u8 {
        match &self.verdict {
            _ if self.is_equal() => 0,
            verdict if is_empty(verdict) => UNPROVEN,
            Verdict::Proven(_) => DIFFERS,
            Verdict::Unproven { .. } => UNPROVEN,
        }
    }

    fn is_equal(&self) -> bool {
        self.verdict.is_proven_equal() && !is_empty(&self.verdict)
    }
}

/// Neither archive has anything of what was asked for: a mistyped day must not look like a proof.
fn is_empty(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Proven(proven) => proven.held.a == 0 && proven.held.b == 0,
        Verdict::Unproven { .. } => false,
    }
}

fn text(a: &str, b: &str, since: Option<Date>, cut: Time, verdict: &Verdict) -> Vec<String> {
    let of = since.map_or("everything".to_owned(), |since| {
        format!("examinations from {since} on, and those without a day")
    });
    let mut lines = vec![format!("{a} (A) against {b} (B): {of}, as of {}", time_text(cut))];
    match verdict {
        Verdict::Unproven { reason, others } => {
            lines.push("NOT PROVEN: nothing can be said of the whole.".to_owned());
            lines.extend(std::iter::once(reason).chain(others).map(|reason| format!("  {reason}")));
        }
        Verdict::Proven(_) if is_empty(verdict) => {
            lines.push("NOTHING COMPARED: neither archive has an object of that.".to_owned());
        }
        Verdict::Proven(proven) => match proven.differences() {
            None => lines.push(format!(
                "PROVEN: nothing differs ({} at each end, compared by {}).",
                many(proven.held.a, "object"),
                proven.tier
            )),
            Some(differences) => {
                lines.push(format!("PROVEN: something differs, compared by {}.", proven.tier));
                lines.push(format!("  of {a}, at {b} and alike: {}", proven.held));
                lines.extend(counted(a, b, &differences));
                lines.extend(named(a, b, proven));
            }
        },
    }
    lines
}

fn counted(a: &str, b: &str, found: &Differences) -> Vec<String> {
    let mut lines = vec![
        lacking(b, found.a_only_instances, found.a_only_studies),
        lacking(a, found.b_only_instances, found.b_only_studies),
    ];
    if found.moved > 0 {
        lines.push(format!("  in another place: {}", found.moved));
    }
    if found.content_diff > 0 {
        lines.push(format!("  with other content: {}", found.content_diff));
    }
    lines
}

fn lacking(who: &str, instances: u64, studies: u64) -> String {
    format!("  {who} lacks {} of {}", many(instances, "object"), many(studies, "examination"))
}

/// `1 object`, `2 objects`.
pub(super) fn many(number: u64, what: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {what}{ending}")
}

fn named(a: &str, b: &str, proven: &Proven) -> Vec<String> {
    let mut lines = Vec::new();
    for (lacking, list) in [(b, &proven.a_only), (a, &proven.b_only)] {
        for missing in list {
            let study = &missing.study;
            let all = if missing.whole { "the whole examination" } else { "part of it" };
            lines.push(format!(
                "  {lacking} lacks {all}: {} of {}, accession {}, {}",
                study.uid,
                study.date,
                if study.accession.is_empty() { "none" } else { &study.accession },
                many(missing.instances.len() as u64, "object")
            ));
            let shown = missing.instances.iter().take(OBJECTS_NAMED_MAX);
            lines.extend(shown.map(|instance| format!("    {instance}")));
            let more = missing.instances.len().saturating_sub(OBJECTS_NAMED_MAX);
            if more > 0 {
                lines.push(format!("    and {more} more; --json names all"));
            }
        }
    }
    let differs = proven.content_diff.iter();
    lines.extend(
        differs.map(|one| format!("  {} of {} has other content at each end", one.instance, one.study)),
    );
    lines.extend(proven.moved.iter().map(|moved| format!("  {}", other_place(a, b, moved))));
    lines
}

fn other_place(in_a: &str, in_b: &str, moved: &Moved) -> String {
    let patient = |patient: &Patient| {
        if patient.is_known() { format!("patient {}", patient.id()) } else { "nobody known".to_owned() }
    };
    match moved {
        Moved::Reidentified { study, a, b } => {
            format!("{study} is of {} at {in_a} and of {} at {in_b}", patient(a), patient(b))
        }
        Moved::Merged { study, a, b, behind } => {
            let behind = match behind {
                Side::A => in_a,
                Side::B => in_b,
            };
            format!(
                "{study} is of {} at {in_a} and of {} at {in_b}; they were merged, and {behind} has not followed",
                patient(a),
                patient(b)
            )
        }
        Moved::Study { instance, a, b } => {
            format!("{instance} lies in examination {a} at {in_a} and in {b} at {in_b}")
        }
        Moved::Series { instance, study, a, b } => {
            format!("{instance} of {study} lies in series {a} at {in_a} and in {b} at {in_b}")
        }
    }
}
