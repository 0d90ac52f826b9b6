//! `segue watch archive A B`: two archives compared again and again, each time recorded, until somebody stops it.

use std::process::ExitCode;
use std::time::Duration;

use archive::Kept;
use archive::urgency::Circumstances;
use server::archives::{Looked, PairAsked};
use server::work::record;

use super::Failed;
use super::compare::compared;
use super::compared::Compared;
use crate::archives::ConfiguredPairs;
use crate::args::Watch;
use crate::config::Config;
use crate::out::{Out, say};
use crate::place::{actor, now, open_node};

/// Compares until Ctrl-C; the exit status is that of the last comparison.
pub(super) async fn run(config: &Config, asked: Watch, out: &mut Out) -> Result<ExitCode, Failed> {
    let Watch::Archive { a, b, every_minutes, times } = asked;
    let pair = ConfiguredPairs::new(config).of(&a, &b);
    if pair.is_none() {
        say(&format!(
            "Nothing is recorded: the configuration has no [pairs.NAME] with a = \"{a}\" and b = \"{b}\"."
        ));
    }
    let mut left = times;
    loop {
        let compared = compared(config, &a, &b, None).await?;
        out.result(&compared.value(), || compared.text().join("\n"))?;
        out.flush()?;
        keep(config, pair.as_ref(), &compared).await?;
        let code = compared.code();
        left = left.map(|left| left.saturating_sub(1));
        if left == Some(0) {
            return Ok(code);
        }
        let rest = tokio::time::sleep(Duration::from_secs(u64::from(every_minutes) * 60));
        tokio::select! {
            () = rest => {}
            _ = tokio::signal::ctrl_c() => return Ok(code),
        }
    }
}

/// Records a comparison under the pair's name.
async fn keep(config: &Config, pair: Option<&PairAsked>, compared: &Compared) -> Result<(), Failed> {
    let Some(pair) = pair else { return Ok(()) };
    let node = open_node(config).await?;
    let looked = Looked {
        since: compared.since,
        compared: Kept::new(&compared.verdict, |_| Circumstances::default()),
        looked_for: None,
        verdict: compared.verdict.clone(),
    };
    record(&node, pair, looked, &actor(), now()).await.map_err(Failed::Refused)
}
