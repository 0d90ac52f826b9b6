//! The search for a plan beside what a person sees and does meanwhile: how long it has taken, and Ctrl-C, after which the best plan so far
//! is taken.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use planning::planner::answer::Answer;
use planning::planner::campaign::SoundCampaign;
use planning::planner::{Budget, plan};

use crate::args::CampaignArgs;
use crate::cmd::Failed;
use crate::out::say;

/// The search ends when every goal is proven within so many parts of a million.
pub(super) const GAP_PPM: u32 = 100;

/// The best plan that was found in the time given, or until Ctrl-C.
pub(super) async fn best(
    campaign: SoundCampaign,
    args: &CampaignArgs,
) -> Result<(SoundCampaign, Answer), Failed> {
    let budget_milliseconds = u64::from(args.seconds) * 1_000;
    let budget = Budget {
        milliseconds: Some(budget_milliseconds),
        gap_ppm: GAP_PPM,
        threads: args.threads,
        seed: args.seed,
    };
    let enough = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&enough);
    let _shown = shown(&campaign, args.seconds);
    let search = tokio::task::spawn_blocking(move || {
        let clock = Instant::now();
        let elapsed = || u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
        // Whoever has seen enough has no time left.
        let mut now = || elapsed() + if asked.load(Ordering::Relaxed) { budget_milliseconds } else { 0 };
        let mut answer = plan(&campaign, budget, &mut now);
        answer.status.milliseconds = elapsed();
        (campaign, answer)
    });
    tokio::pin!(search);
    loop {
        tokio::select! {
            done = &mut search => {
                return done.map_err(|cause| Failed::Refused(format!("planning ended early: {cause}")));
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
