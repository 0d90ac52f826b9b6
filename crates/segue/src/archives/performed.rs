//! `[performed]`: modalities call and say what they have made. What is over goes into logs of the form that `--expected` reads, what is not over is kept beside them
//! until it is; both are on disk before a modality is told that it was heard.
//!
//! `keeping` is the folder; here are the configuration and the listening.

mod keeping;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use adapter_dicom::dimse::{Change, PerformedSteps};
use adapter_dicom::peer::AeTitle;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::port::{CALLING, wrong};
use crate::cmd::Failed;
use crate::place::now;
use keeping::Keeping;

const SECTION: &str = "performed";

/// Where modalities call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PerformedConfig {
    /// Where they are listened to.
    listen: SocketAddr,
    /// Our title, as they know us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Their titles; whoever calls where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    from: Vec<String>,
    /// Folder of what they say, for `expected` of a pair.
    keep: PathBuf,
}

impl PerformedConfig {
    /// What is no title.
    pub(crate) fn check(&self) -> Result<(), Failed> {
        self.titles().map(|_| ())
    }

    fn titles(&self) -> Result<(AeTitle, Vec<AeTitle>), Failed> {
        let title = |text: &str| AeTitle::new(text).map_err(|error| wrong(SECTION, &error.to_string()));
        let from = self.from.iter().map(|text| title(text)).collect::<Result<_, _>>()?;
        Ok((title(self.title.as_deref().unwrap_or(CALLING))?, from))
    }

    /// Listens from now on.
    pub(crate) fn listen(&self, time_zone: &str) -> Result<Listening, Failed> {
        let zone = TimeZone::get(time_zone).map_err(Failed::from_error)?;
        let (own, from) = self.titles()?;
        let unreadable = |error: std::io::Error| wrong(SECTION, &format!("{}: {error}", self.keep.display()));
        let (mut keeping, kept) = Keeping::open(&self.keep, zone.clone(), now()).map_err(unreadable)?;
        for says in &kept.says {
            tracing::warn!("performed steps: {says}");
        }
        let cannot = |cause: std::io::Error| {
            let says = format!("modalities cannot be listened to on {}: {cause}; see listen", self.listen);
            wrong(SECTION, &says)
        };
        let mut steps = PerformedSteps::listen(self.listen, own, from, zone, kept.open).map_err(cannot)?;
        let address = steps.address()?;
        tracing::info!(%address, in_progress = steps.in_progress(), "modalities are heard");
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let hearing = move || {
            let keep = &mut |change: &Change<'_>| {
                keeping.keep(change).inspect_err(|cause| {
                    tracing::error!(%cause, "what a modality said could not be kept, and was refused");
                })
            };
            let go_on = || !stopped.load(Ordering::Relaxed);
            steps.serve(
                &now,
                &go_on,
                keep,
                &|cause| tracing::warn!(%cause, "a modality's call came to nothing"),
            );
        };
        let hearing = std::thread::Builder::new().name("performed".to_owned()).spawn(hearing)?;
        Ok(Listening { address, stop, hearing })
    }
}

/// Modalities are heard until it is closed.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    stop: Arc<AtomicBool>,
    hearing: JoinHandle<()>,
}

impl Listening {
    /// Hangs up; what was answered is kept.
    pub(crate) fn close(self) {
        self.stop.store(true, Ordering::Relaxed);
        if self.hearing.join().is_err() {
            tracing::error!("modalities were no longer heard");
        }
    }
}
