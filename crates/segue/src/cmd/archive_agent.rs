//! `segue archive agent NAME --listen ADDR`: keeps track of what one archive holds and answers whoever compares it, until Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use adapter_digests::limits::FOLLOW_EVERY_SECONDS;
use adapter_digests::{Agent, Settings};
use serde_json::json;

use super::Failed;
use crate::archives::{configured, known};
use crate::args::ArchiveCommand;
use crate::config::Config;
use crate::out::{Out, say};

pub(super) async fn run(config: &Config, asked: ArchiveCommand, out: &mut Out) -> Result<(), Failed> {
    let ArchiveCommand::Agent { name, listen } = asked;
    server::http::logs::start(&std::env::var("SEGUE_LOG").unwrap_or_else(|_| "info".to_owned()));
    let archive = known(&config.archives, &name)?;
    let agents = configured(config.archive_agents.as_ref())?;
    let tls = agents.papers()?.agent().map_err(Failed::from_error)?;
    let keeper = Arc::new(agents.keeper(archive, &name)?);
    let follow_every = Duration::from_secs(FOLLOW_EVERY_SECONDS);
    let settings = Settings { name: name.clone(), address: listen, tls, follow_every };
    let agent = Agent::listen(keeper, settings)?;
    let address = agent.address()?;
    out.result(&json!({"archive": name, "listening": address}), || {
        format!("The agent of {name} listens on {address}; until the archive is listed it says that nothing is proven.")
    })?;
    out.flush()?;
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let serving = tokio::task::spawn_blocking(move || agent.serve(&stopped));
    tokio::signal::ctrl_c().await?;
    say("Stopping; what the archive is being asked now is waited for.");
    stop.store(true, Ordering::Relaxed);
    serving.await.map_err(Failed::from_error)
}
