//! `segue compare archive A B`: two archives of the configuration, listed at the same time and compared; by their agents where each has one and everything is
//! compared by name. Nothing is recorded, nothing is sent again.

use std::process::ExitCode;

use archive::{Holding, Tier};
use model::{Date, Time};
use server::importer::Watch;

use super::compared::Compared;
use super::{Failed, expected};
use crate::archives::{Asking, Both, Linked};
use crate::args::Compare;
use crate::config::Config;
use crate::out::{Out, progress, say, stopped_by_ctrl_c};
use crate::place::now;

pub(super) async fn run(config: &Config, asked: Compare, out: &mut Out) -> Result<ExitCode, Failed> {
    let Compare::Archive { a, b, since, content, listing, expected: files, worklist: worklists } = asked;
    let since = since.as_deref().map(day).transpose()?;
    let tier = if content { Tier::Content } else { Tier::Identity };
    let asking = Asking { files, worklists };
    if !asking.is_empty() {
        return expected::run(config, (&a, &b), (since, tier), asking, out).await;
    }
    let compared = if listing {
        listed(config, &a, &b, since, tier).await?
    } else {
        compared(config, &a, &b, since, tier).await?
    };
    out.result(&compared.value(), || compared.text().join("\n"))?;
    Ok(compared.code())
}

/// Compares two archives of the configuration, as of now: by their agents where that answers the question, otherwise by lists.
pub(super) async fn compared(
    config: &Config,
    a: &str,
    b: &str,
    since: Option<Date>,
    tier: Tier,
) -> Result<Compared, Failed> {
    let linked = match (since, tier) {
        (None, Tier::Identity) => Linked::of(&config.archives, config.archive_agents.as_ref(), a, b)?,
        (Some(_), _) | (_, Tier::Content) => None,
    };
    let Some(linked) = linked else { return listed(config, a, b, since, tier).await };
    let asked = tokio::task::spawn_blocking(move || linked.compare()).await.map_err(Failed::from_error)?;
    Ok(Compared { a: a.to_owned(), b: b.to_owned(), since, cut: asked.cut, verdict: asked.verdict })
}

/// Lists two archives of the configuration and compares them, as of now.
async fn listed(
    config: &Config,
    a: &str,
    b: &str,
    since: Option<Date>,
    tier: Tier,
) -> Result<Compared, Failed> {
    let (both, cut) = (Both::new(&config.archives, a, b, tier)?, now());
    let (of_a, of_b) = held(both, since, cut).await?;
    let verdict = archive::compare(&of_a, &of_b, cut, tier);
    Ok(Compared { a: a.to_owned(), b: b.to_owned(), since, cut, verdict })
}

/// What both hold, with a bar for whoever looks; Ctrl-C stops it.
pub(super) async fn held(both: Both, since: Option<Date>, cut: Time) -> Result<(Holding, Holding), Failed> {
    let watch = Watch::default();
    let bar = progress(&watch, "listed and read");
    let stopping = stopped_by_ctrl_c(&watch);
    let held = tokio::task::spawn_blocking(move || both.hold(since, cut, &watch)).await;
    drop((stopping, bar));
    let held = held.map_err(Failed::from_error)?;
    held.ok_or_else(stopped)
}

/// Somebody pressed Ctrl-C.
pub(super) fn stopped() -> Failed {
    say("stopped; nothing is proven");
    Failed::Said
}

pub(super) fn day(text: &str) -> Result<Date, Failed> {
    Date::parse(text).map_err(|error| Failed::Refused(format!("--since: {error}")))
}
