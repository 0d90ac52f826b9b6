//! The search for a plan beside what a person sees and does meanwhile: how long it has taken, and Ctrl-C, after which the best plan so far
//! is taken.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use planning::planner::campaign::SoundCampaign;
use planning::planner::planned::{Limits, Planned, planned};

use crate::args::CampaignArgs;
use crate::cmd::Failed;
use crate::out::say;

/// Time of the questions about rules that cannot all hold.
const CLASHES_TIME_MAX_MILLISECONDS: u64 = 30_000;

/// The best plan that was found in the time given, or until Ctrl-C.
pub(super) async fn best(campaign: SoundCampaign, args: &CampaignArgs) -> Result<Planned, Failed> {
    let limits = Limits {
        milliseconds: u64::from(args.seconds) * 1_000,
        clashes_milliseconds: CLASHES_TIME_MAX_MILLISECONDS,
        threads: args.threads,
        seed: args.seed,
    };
    let enough = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&enough);
    let _shown = shown(&campaign, args.seconds);
    let search = tokio::task::spawn_blocking(move || {
        let clock = Instant::now();
        let elapsed = || u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
        planned(campaign, limits, &elapsed, &|| asked.load(Ordering::Relaxed))
    });
    tokio::pin!(search);
    loop {
        tokio::select! {
            done = &mut search => {
                let done = done.map_err(|cause| Failed::Refused(format!("planning ended early: {cause}")))?;
                return done.map_err(Failed::from_error);
            }
            pressed = tokio::signal::ctrl_c(), if !enough.load(Ordering::Relaxed) => {
                if pressed.is_ok() {
                    say("segue: the best plan so far follows as soon as the solver's present run has ended");
                }
                enough.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// How long it has taken, on stderr; nothing where nobody looks.
fn shown(campaign: &SoundCampaign, seconds: u32) -> Option<impl Drop + use<>> {
    struct Spinner(indicatif::ProgressBar);
    impl Drop for Spinner {
        fn drop(&mut self) {
            self.0.finish_and_clear();
        }
    }
    if !std::io::stderr().is_terminal() {
        return None;
    }
    let campaign = campaign.campaign();
    let spinner = indicatif::ProgressBar::new_spinner();
    if let Ok(style) = indicatif::ProgressStyle::with_template("{spinner} {msg}  {elapsed}") {
        spinner.set_style(style);
    }
    let (devices, windows) = (campaign.devices.len(), campaign.windows.len());
    spinner.set_message(format!(
        "{devices} devices into {windows} windows, at most {seconds} s; Ctrl-C takes the best so far"
    ));
    spinner.enable_steady_tick(Duration::from_millis(200));
    Some(Spinner(spinner))
}
