//! `segue compare archive A B`: two archives of the configuration, listed at the same time and compared. Nothing is recorded, nothing is sent again.

use std::process::ExitCode;
use std::sync::Mutex;

use adapter_dicom::source::{End, Held, Question, compare};
use archive::coverage::Limits;
use archive::reason::Side;
use archive::verdict::{Differences, Moved};
use archive::{Patient, Proven, Tier, Verdict};
use model::{Date, Time};
use serde_json::json;
use server::importer::Watch;

use super::Failed;
use crate::args::Compare;
use crate::config::Config;
use crate::out::{Out, progress};
use crate::place::{now, time_text};

/// It is proven that something differs.
const DIFFERS: u8 = 4;
/// Nothing is proven.
const UNPROVEN: u8 = 5;
/// Objects of one examination that are named for a person; a program is told all.
const OBJECTS_NAMED_MAX: usize = 5;

pub(super) async fn run(config: &Config, asked: Compare, out: &mut Out) -> Result<ExitCode, Failed> {
    let Compare::Archive { a, b, since } = asked;
    if a == b {
        return Err(Failed::Refused(format!("{a} and {b} are one archive; name the two to compare")));
    }
    let since = since.as_deref().map(day).transpose()?;
    let ends = (end(config, &a)?, end(config, &b)?);
    let cut = now();
    let watch = Watch::default();
    let bar = progress(&watch, "examinations");
    let stop = watch.clone();
    let ctrl_c = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.stop();
        }
    });
    let listed = tokio::task::spawn_blocking(move || listed(ends, since, cut, &watch)).await;
    ctrl_c.abort();
    drop(bar);
    let Some(verdict) = listed.map_err(Failed::from_error)? else {
        return Err(Failed::Refused("stopped; nothing is proven".to_owned()));
    };
    let is_equal = verdict.is_proven_equal() && !is_empty(&verdict);
    let value =
        json!({"a": a, "b": b, "since": since, "cut": cut, "proven_equal": is_equal, "verdict": verdict});
    out.result(&value, || text(&a, &b, since, cut, &verdict).join("\n"))?;
    Ok(match &verdict {
        _ if is_equal => ExitCode::SUCCESS,
        _ if is_empty(&verdict) => ExitCode::from(UNPROVEN),
        Verdict::Proven(_) => ExitCode::from(DIFFERS),
        Verdict::Unproven { .. } => ExitCode::from(UNPROVEN),
    })
}

/// Neither archive has anything of what was asked for: a mistyped day must not look like a proof.
fn is_empty(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Proven(proven) => proven.held.a == 0 && proven.held.b == 0,
        Verdict::Unproven { .. } => false,
    }
}

fn day(text: &str) -> Result<Date, Failed> {
    Date::parse(text)
        .map_err(|error| Failed::Refused(format!("--since {text}: {error}; a day is written 2026-11-26")))
}

fn end(config: &Config, name: &str) -> Result<End, Failed> {
    let Some(archive) = config.archives.get(name) else {
        let known: Vec<&str> = config.archives.keys().map(String::as_str).collect();
        let known = if known.is_empty() {
            "it names none; see docs/archive.md".to_owned()
        } else {
            format!("it names {}", known.join(", "))
        };
        return Err(Failed::Refused(format!("the configuration names no archive {name}: {known}")));
    };
    archive.end(name)
}

fn listed((a, b): (End, End), since: Option<Date>, cut: Time, watch: &Watch) -> Option<Verdict> {
    let both = Mutex::new([Held::default(); 2]);
    let question = Question { since, limits: Limits::default(), cut };
    compare(a, b, question, &|side, held| {
        // A thread that broke down while counting has done no harm to the counts.
        let mut both = both.lock().unwrap_or_else(|broken| broken.into_inner());
        let [of_a, of_b] = &mut *both;
        match side {
            Side::A => *of_a = held,
            Side::B => *of_b = held,
        }
        watch.report(of_a.studies + of_b.studies, of_a.of + of_b.of);
        !watch.is_stopped()
    })
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
                "PROVEN: nothing differs ({} objects at each end, compared by {}).",
                proven.held.a,
                compared(proven.tier)
            )),
            Some(differences) => {
                lines.push(format!("PROVEN: something differs, compared by {}.", compared(proven.tier)));
                lines.push(format!("  of {a}, at {b} and alike: {}", proven.held));
                lines.extend(counted(a, b, &differences));
                lines.extend(named(a, b, proven));
            }
        },
    }
    lines
}

/// What was looked at.
fn compared(tier: Tier) -> &'static str {
    match tier {
        Tier::Identity => "identity",
        Tier::Content => "identity and content",
    }
}

fn counted(a: &str, b: &str, found: &Differences) -> Vec<String> {
    let mut lines = vec![
        format!("  {b} lacks {} objects of {} examinations", found.a_only_instances, found.a_only_studies),
        format!("  {a} lacks {} objects of {} examinations", found.b_only_instances, found.b_only_studies),
    ];
    if found.moved > 0 {
        lines.push(format!("  in another place: {}", found.moved));
    }
    if found.content_diff > 0 {
        lines.push(format!("  with other content: {}", found.content_diff));
    }
    lines
}

fn named(a: &str, b: &str, proven: &Proven) -> Vec<String> {
    let mut lines = Vec::new();
    for (lacking, list) in [(b, &proven.a_only), (a, &proven.b_only)] {
        for missing in list {
            let study = &missing.study;
            let all = if missing.whole { "the whole examination" } else { "part of it" };
            lines.push(format!(
                "  {lacking} lacks {all}: {} of {}, accession {}, {} objects",
                study.uid,
                study.date,
                if study.accession.is_empty() { "none" } else { &study.accession },
                missing.instances.len()
            ));
            let shown = missing.instances.iter().take(OBJECTS_NAMED_MAX);
            lines.extend(shown.map(|instance| format!("    {instance}")));
            let more = missing.instances.len().saturating_sub(OBJECTS_NAMED_MAX);
            if more > 0 {
                lines.push(format!("    and {more} more; --json names all"));
            }
        }
    }
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
