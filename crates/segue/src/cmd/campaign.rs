//! `segue plan FILE` and `segue plan --advisory ID …`: plans a campaign that a file describes or that follows from the journal, has the plan
//! checked, and says why it is as it is. Nothing is recorded unless a draft is asked for.

mod again;
mod journal;
mod read;
mod search;
mod text;

use std::process::ExitCode;

use model::{AssetTag, PlanHash};
use planning::planner::answer::Answer;
use planning::planner::campaign::SoundCampaign;
use planning::planner::clash::Clash;
use planning::planner::report::{DeviceReport, PlanningReport};
use serde::Serialize;

use super::Failed;
use crate::args::CampaignArgs;
use crate::config::Config;
use crate::out::{Out, say};

/// Exit status when mandatory work found no window. 1 is for a file that is refused, 2 for a wrong command line.
const DEFERRED_CODE: u8 = 3;

/// What is printed with `--json`.
#[derive(Serialize)]
struct Told<'a> {
    title: &'a str,
    answer: &'a Answer,
    report: &'a [DeviceReport],
    /// Why mandatory work has no window; empty when all has one.
    clashes: &'a [Clash],
    /// What changes of what people were told by plans of the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    again: Option<again::Told>,
    /// What to know of how a campaign out of the journal came about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
    /// The draft that was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<PlanHash>,
}

/// Plans and prints. The exit status says whether all that must be done has a window.
pub(super) async fn plan(config: &Config, args: &CampaignArgs, out: &mut Out) -> Result<ExitCode, Failed> {
    let asked = journal::asked(config, args).await?;
    let campaign = match (&asked, &args.file) {
        (Some(asked), _) => asked.campaign()?,
        (None, Some(file)) => read::campaign(file)?,
        (None, None) => {
            return Err(Failed::Refused(
                "name a file with a campaign, an --advisory, a --patch or a plan --again, or one of the commands of `segue plan --help`"
                    .into(),
            ));
        }
    };
    let explained = explained(args, &campaign)?;
    let mut planned = search::best(campaign, args).await?;
    keep_only(&mut planned.report, explained.as_ref());
    let campaign = planned.campaign.campaign();
    let draft = match &asked {
        Some(asked) if args.journal.draft => Some(asked.draft(&planned.answer, args)?),
        Some(_) | None => None,
    };
    let told = Told {
        title: &campaign.title,
        answer: &planned.answer,
        report: &planned.report.devices,
        clashes: &planned.clashes,
        again: asked.as_ref().and_then(|asked| Some(again::Told::of(asked.moves(&planned.answer)?))),
        remarks: asked.as_ref().map_or(Vec::new(), |asked| asked.remarks()),
        plan: draft.as_ref().map(|plan| plan.hash()),
    };
    let zone = &config.time_zone;
    if let (Some(asked), Some(draft)) = (&asked, draft) {
        asked.record(draft).await?;
    }
    out.result(&told, || text::of(campaign, &told, explained.is_some(), zone))?;
    if planned.answer.is_complete() {
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
