//! `segue plan FILE`: plans a campaign that a file describes, has the plan checked, and says why it is as it is. It needs no journal
//! and records nothing.

mod read;
mod search;
mod text;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use model::AssetTag;
use planning::check::campaign::check_answer;
use planning::planner::answer::Answer;
use planning::planner::campaign::SoundCampaign;
use planning::planner::clash::{Clash, clashes};
use planning::planner::report::{DeviceReport, PlanningReport, report};
use serde::Serialize;

use super::Failed;
use crate::args::CampaignArgs;
use crate::config::Config;
use crate::out::{Out, say};

/// Exit status when mandatory work found no window. 1 is for a file that is refused, 2 for a wrong command line.
const DEFERRED_CODE: u8 = 3;
/// Time of one question about rules that cannot all hold, and of all of them together.
const CLASH_MILLISECONDS: u64 = 2_000;
const CLASHES_TIME_MAX: Duration = Duration::from_secs(30);

/// What is printed with `--json`.
#[derive(Serialize)]
struct Told<'a> {
    title: &'a str,
    answer: &'a Answer,
    report: &'a [DeviceReport],
    /// Why mandatory work has no window; empty when all has one.
    clashes: &'a [Clash],
}

/// Plans and prints. The exit status says whether all that must be done has a window.
pub(super) async fn plan(config: &Config, args: &CampaignArgs, out: &mut Out) -> Result<ExitCode, Failed> {
    let Some(file) = &args.file else {
        return Err(Failed::Refused(
            "name a file with a campaign, or one of the commands of `segue plan --help`".into(),
        ));
    };
    let campaign = read::campaign(file)?;
    let explained = explained(args, &campaign)?;
    let (campaign, answer) = search::best(campaign, args).await?;
    hold_to_the_checker(&campaign, &answer)?;
    let mut why = report(&campaign, &answer);
    keep_only(&mut why, explained.as_ref());
    let clashes = in_the_way(&campaign, &answer, args.threads);
    let title = &campaign.campaign().title;
    let told = Told { title, answer: &answer, report: &why.devices, clashes: &clashes };
    out.result(&told, || text::of(campaign.campaign(), &told, explained.is_some(), &config.time_zone))?;
    if answer.is_complete() {
        return Ok(ExitCode::SUCCESS);
    }
    say("segue: mandatory work found no window; the plan names it");
    Ok(ExitCode::from(DEFERRED_CODE))
}

/// The device that is to be explained: one of the campaign.
fn explained(args: &CampaignArgs, campaign: &SoundCampaign) -> Result<Option<AssetTag>, Failed> {
    let Some(name) = &args.explain else { return Ok(None) };
    let devices = &campaign.campaign().devices;
    if let Some(found) = devices.iter().find(|device| device.tag.as_str() == name) {
        return Ok(Some(found.tag.clone()));
    }
    let alike = devices.iter().find(|device| device.tag.as_str().eq_ignore_ascii_case(name));
    let near = alike.map_or(String::new(), |device| format!("; did you mean {}?", device.tag));
    let count = devices.len();
    Err(Failed::Refused(format!(
        "--explain {name}: the campaign has {count} devices, and not this one{near}"
    )))
}

fn keep_only(report: &mut PlanningReport, device: Option<&AssetTag>) {
    if let Some(device) = device {
        report.devices.retain(|known| known.device == *device);
    }
}

/// Which rules cannot all hold for mandatory work without a window.
fn in_the_way(campaign: &SoundCampaign, answer: &Answer, threads: u32) -> Vec<Clash> {
    if answer.is_complete() {
        return Vec::new();
    }
    let began = Instant::now();
    clashes(campaign, answer, CLASH_MILLISECONDS, threads, &mut || began.elapsed() < CLASHES_TIME_MAX)
}

/// No plan is printed that breaks a rule: what the planner says is looked over by a checker that shares no code with it.
fn hold_to_the_checker(campaign: &SoundCampaign, answer: &Answer) -> Result<(), Failed> {
    let breaches = check_answer(campaign, answer);
    let Some(first) = breaches.first() else { return Ok(()) };
    Err(Failed::Refused(format!(
        "the plan that was found breaks {} rules by the checker, so it is not shown; this is a fault of the planner. The first: {first}",
        breaches.len()
    )))
}
