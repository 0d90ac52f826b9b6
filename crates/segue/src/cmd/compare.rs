//! `segue compare archive A B`: two archives of the configuration, listed at the same time and compared. Nothing is recorded, nothing is sent again.

use std::process::ExitCode;
use std::sync::Mutex;

use adapter_dicom::source::{End, Far, Held, Question, Readable, compare, compare_content};
use archive::coverage::Limits;
use archive::reason::Side;
use archive::{Tier, Verdict};
use model::{Date, Time};
use server::importer::Watch;

use super::compared::Compared;
use super::{Failed, expected};
use crate::archives::ArchiveConfig;
use crate::args::Compare;
use crate::config::Config;
use crate::out::{Out, progress, stopped_by_ctrl_c};
use crate::place::now;

pub(super) async fn run(config: &Config, asked: Compare, out: &mut Out) -> Result<ExitCode, Failed> {
    let Compare::Archive { a, b, since, content, expected } = asked;
    let since = since.as_deref().map(day).transpose()?;
    if !expected.is_empty() {
        return expected::run(config, (&a, &b), since, &expected, out).await;
    }
    let tier = if content { Tier::Content } else { Tier::Identity };
    let compared = compared(config, &a, &b, since, tier).await?;
    out.result(&compared.value(), || compared.text().join("\n"))?;
    Ok(compared.code())
}

/// Compares two archives of the configuration, as of now.
pub(super) async fn compared(
    config: &Config,
    a: &str,
    b: &str,
    since: Option<Date>,
    tier: Tier,
) -> Result<Compared, Failed> {
    if a == b {
        return Err(Failed::Refused(format!("{a} and {b} are one archive; name the two to compare")));
    }
    let ends = (known(config, a)?.end(a)?, known(config, b)?.end(b)?);
    let reads = match tier {
        Tier::Identity => None,
        Tier::Content => Some((known(config, a)?.reads(a)?, known(config, b)?.reads(b)?)),
    };
    let cut = now();
    let watch = Watch::default();
    let counted = if tier == Tier::Content { "examinations, then objects" } else { "examinations" };
    let bar = progress(&watch, counted);
    let stopping = stopped_by_ctrl_c(&watch);
    let listed = tokio::task::spawn_blocking(move || match (ends, reads) {
        (ends, None) => listed(ends, since, cut, &watch),
        ((a, b), Some((of_a, of_b))) => {
            read((Readable { end: a, reads: of_a }, Readable { end: b, reads: of_b }), since, cut, &watch)
        }
    });
    let listed = listed.await;
    drop((stopping, bar));
    let Some(verdict) = listed.map_err(Failed::from_error)? else {
        return Err(Failed::Refused("stopped; nothing is proven".to_owned()));
    };
    Ok(Compared { a: a.to_owned(), b: b.to_owned(), since, cut, verdict })
}

pub(super) fn day(text: &str) -> Result<Date, Failed> {
    Date::parse(text).map_err(|error| Failed::Refused(format!("--since: {error}")))
}

/// An archive of the configuration.
pub(super) fn known<'a>(config: &'a Config, name: &str) -> Result<&'a ArchiveConfig, Failed> {
    config.archives.get(name).ok_or_else(|| {
        let known: Vec<&str> = config.archives.keys().map(String::as_str).collect();
        let known = if known.is_empty() {
            "it names none; see docs/archive.md".to_owned()
        } else {
            format!("it names {}", known.join(", "))
        };
        Failed::Refused(format!("the configuration names no archive {name}: {known}"))
    })
}

/// Lists both and compares; `None` when it was stopped.
pub(crate) fn listed((a, b): (End, End), since: Option<Date>, cut: Time, watch: &Watch) -> Option<Verdict> {
    let far = Mutex::new([(0, 0); 2]);
    let question = Question { since, limits: Limits::default(), cut };
    compare(a, b, question, &|side, Held { studies, of, .. }| told(&far, side, (studies, of), watch))
}

/// Examinations while they are listed, then objects while they are read.
fn read((a, b): (Readable, Readable), since: Option<Date>, cut: Time, watch: &Watch) -> Option<Verdict> {
    let far = Mutex::new([(0, 0); 2]);
    let question = Question { since, limits: Limits::default(), cut };
    compare_content(a, b, question, &|side, is| {
        let is = match is {
            Far::Listing(held) => (held.studies, held.of),
            Far::Reading { objects, of } => (objects, of),
        };
        told(&far, side, is, watch)
    })
}

/// Says how far both are, and hears whether to go on.
fn told(far: &Mutex<[(u64, u64); 2]>, side: Side, is: (u64, u64), watch: &Watch) -> bool {
    // A thread that broke down while counting has done no harm to the counts.
    let mut far = far.lock().unwrap_or_else(|broken| broken.into_inner());
    let [of_a, of_b] = &mut *far;
    match side {
        Side::A => *of_a = is,
        Side::B => *of_b = is,
    }
    watch.report(of_a.0 + of_b.0, of_a.1 + of_b.1);
    !watch.is_stopped()
}
