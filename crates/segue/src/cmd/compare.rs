//! `segue compare archive A B`: two archives of the configuration, listed at the same time and compared. Nothing is recorded, nothing is sent again.

use std::process::ExitCode;
use std::sync::Mutex;

use adapter_dicom::source::{End, Held, Question, compare};
use archive::Verdict;
use archive::coverage::Limits;
use archive::reason::Side;
use model::{Date, Time};
use server::importer::Watch;

use super::Failed;
use super::compared::Compared;
use crate::archives::ArchiveConfig;
use crate::args::Compare;
use crate::config::Config;
use crate::out::{Out, progress, stopped_by_ctrl_c};
use crate::place::now;

pub(super) async fn run(config: &Config, asked: Compare, out: &mut Out) -> Result<ExitCode, Failed> {
    let Compare::Archive { a, b, since } = asked;
    let since = since.as_deref().map(day).transpose()?;
    let compared = compared(config, &a, &b, since).await?;
    out.result(&compared.value(), || compared.text().join("\n"))?;
    Ok(compared.code())
}

/// Compares two archives of the configuration, as of now.
pub(super) async fn compared(
    config: &Config,
    a: &str,
    b: &str,
    since: Option<Date>,
) -> Result<Compared, Failed> {
    if a == b {
        return Err(Failed::Refused(format!("{a} and {b} are one archive; name the two to compare")));
    }
    let ends = (known(config, a)?.end(a)?, known(config, b)?.end(b)?);
    let cut = now();
    let watch = Watch::default();
    let bar = progress(&watch, "examinations");
    let stopping = stopped_by_ctrl_c(&watch);
    let listed = tokio::task::spawn_blocking(move || listed(ends, since, cut, &watch)).await;
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
