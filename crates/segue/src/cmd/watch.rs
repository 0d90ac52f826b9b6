//! `segue watch archive A B`: two archives compared again and again, each time recorded, until somebody stops it.

use std::process::ExitCode;
use std::time::Duration;

use archive::Tier;
use archive::kept::Untold;
use archive::verdict::many;
use server::archives::{ImageArchives, Looked, NotAsked, PairAsked};
use server::importer::Watch as Progress;
use server::work::record;

use super::Failed;
use super::compare::{compared, stopped};
use super::compared::{Compared, DIFFERS, UNPROVEN};
use crate::archives::{Both, ConfiguredPairs};
use crate::args::Watch;
use crate::config::Config;
use crate::out::{Out, progress, say, stopped_by_ctrl_c};
use crate::place::{actor, now, open_node};

/// Exit status after a comparison that came to nothing.
const FAILED: u8 = 1;

/// Compares until Ctrl-C; the exit status is that of the last comparison.
pub(super) async fn run(config: &Config, asked: Watch, out: &mut Out) -> Result<ExitCode, Failed> {
    let Watch::Archive { a, b, every_minutes, times } = asked;
    let pairs = ConfiguredPairs::new(config);
    let pair = pairs.of(&a, &b);
    if pair.is_none() {
        say(&format!(
            "Nothing is recorded: the configuration has no [pairs.NAME] with a = \"{a}\" and b = \"{b}\"."
        ));
    }
    // What the configuration lacks it lacks the next time, too.
    drop(Both::new(&config.archives, &a, &b, Tier::Identity)?);
    let mut left = times;
    loop {
        let once = match &pair {
            Some(pair) => recorded(config, &pairs, pair, out).await,
            None => told_only(config, &a, &b, out).await,
        };
        let status = match once {
            Ok(status) => status,
            // One that failed is no reason to watch no longer; somebody who stopped it is.
            Err(Failed::Refused(says)) => {
                say(&says);
                FAILED
            }
            Err(Failed::Said) => return Err(Failed::Said),
        };
        out.flush()?;
        left = left.map(|left| left.saturating_sub(1));
        if left == Some(0) {
            return Ok(ExitCode::from(status));
        }
        let rest = tokio::time::sleep(Duration::from_secs(u64::from(every_minutes) * 60));
        tokio::select! {
            () = rest => {}
            _ = tokio::signal::ctrl_c() => return Ok(ExitCode::from(status)),
        }
    }
}

/// Compares, and records nothing.
async fn told_only(config: &Config, a: &str, b: &str, out: &mut Out) -> Result<u8, Failed> {
    let compared = compared(config, a, b, None, Tier::Identity).await?;
    out.result(&compared.value(), || compared.text().join("\n"))?;
    Ok(compared.status())
}

/// Compares a pair as the server does, and records it under its name.
async fn recorded(
    config: &Config,
    pairs: &ConfiguredPairs,
    pair: &PairAsked,
    out: &mut Out,
) -> Result<u8, Failed> {
    let cut = now();
    let watch = Progress::default();
    let bar = progress(&watch, "listed and read");
    let stopping = stopped_by_ctrl_c(&watch);
    let (asking, id) = (pairs.clone(), pair.id.clone());
    let looked = tokio::task::spawn_blocking(move || asking.compare(&id, cut, &watch)).await;
    drop((stopping, bar));
    let looked = match looked.map_err(Failed::from_error)? {
        Err(NotAsked::Stopped) => return Err(stopped()),
        looked => looked.map_err(Failed::from_error)?,
    };
    let compared = Compared {
        a: pair.a.to_string(),
        b: pair.b.to_string(),
        since: looked.since,
        cut,
        verdict: looked.verdict.clone(),
    };
    let (missing, is_unknown) = looked.looked_for.as_ref().map_or((0, false), |looked_for| {
        (looked_for.missing, looked_for.unread > 0 || !looked_for.untold.is_empty())
    });
    out.result(&compared.value(), || told(&compared, &looked).join("\n"))?;
    let node = open_node(config).await?;
    record(&node, pair, looked, &actor(), now()).await.map_err(Failed::Refused)?;
    Ok(match compared.status() {
        0 if missing > 0 => DIFFERS,
        0 if is_unknown => UNPROVEN,
        status => status,
    })
}

fn told(compared: &Compared, looked: &Looked) -> Vec<String> {
    let mut lines = compared.text();
    if let Some(looked_for) = &looked.looked_for {
        let (asked, missing) = (looked_for.asked, looked_for.missing);
        lines.push(format!("Of {} that were to be there {missing} are missing.", many(asked, "examination")));
        if looked_for.unread > 0 {
            lines.push(format!(
                "NOT KNOWN: of {} something could not be read.",
                many(looked_for.unread, "file")
            ));
        }
        lines.extend(looked_for.untold.iter().map(|Untold { worklist, why }| {
            format!("NOT KNOWN: what was scheduled on the worklist {worklist}: {why}.")
        }));
    }
    lines
}
