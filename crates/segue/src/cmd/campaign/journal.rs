//! A campaign out of the journal: what the command line asks for, read, chosen and built by `hospital::campaign`; the result as a draft.

use std::sync::Arc;

use hospital::campaign::{Asked, Built, Draft, Moves, Named, Question, Setting, What, ask, draft, moves};
use hospital::{Command, State};
use model::ids::{AccountId, PatchId, PlanId};
use model::plan::Plan;
use model::{Date, Time};
use node::Node;
use planning::planner::answer::Answer;
use planning::planner::campaign::SoundCampaign;

use crate::args::{CampaignArgs, FromJournal};
use crate::cmd::Failed;
use crate::cmd::plan::find;
use crate::config::Config;
use crate::imports::plan_file::usual_proof;
use crate::imports::windows_file::{WINDOWS_SIZE_MAX_BYTES, windows_of_text};
use crate::out::{findings, say};
use crate::place::{actor, now, open_node};

/// A campaign with the journal that it comes from.
pub(super) struct FromTheJournal {
    node: Arc<Node>,
    built: Built,
}

/// The campaign that is asked for, or nothing where a file is named.
pub(super) async fn asked(config: &Config, args: &CampaignArgs) -> Result<Option<FromTheJournal>, Failed> {
    let wanted = &args.journal;
    if wanted.advisories.is_empty() && wanted.patches.is_empty() && wanted.again.is_none() {
        if wanted.windows.is_some() || wanted.draft {
            return Err(Failed::Refused(
                "name an --advisory, a --patch or a plan to be planned --again: without one no device is meant".into(),
            ));
        }
        return Ok(None);
    }
    let node = open_node(config).await?;
    let at = now();
    let built = node.read(|state| {
        let setting = wanted.windows.as_deref().map(|file| read(file, config, state)).transpose()?;
        let question = Question {
            what: what(wanted, state)?,
            title: wanted.title.as_deref().map(Into::into),
            setting,
            first: wanted.first,
            soak_minutes: wanted.soak,
            on: day(&config.time_zone, at)?,
            now: at,
        };
        let proof = |first, last| usual_proof(&config.time_zone, first, last);
        ask(state, question, proof).map_err(Failed::from_error)
    })?;
    if built.campaign.devices.is_empty() {
        built.remarks.iter().for_each(|remark| say(&format!("segue: {remark}")));
        return Err(Failed::Refused("no device is left to plan for".into()));
    }
    Ok(Some(FromTheJournal { node, built }))
}

fn what(wanted: &FromJournal, state: &State) -> Result<What, Failed> {
    if let Some(plan) = &wanted.again {
        return Ok(What::Again(find(state, plan)?));
    }
    let patches: Result<Vec<PatchId>, _> = wanted.patches.iter().map(|id| PatchId::new(id)).collect();
    Ok(What::New(Asked {
        advisories: wanted.advisories.iter().map(|id| id.as_str().into()).collect(),
        patches: patches.map_err(Failed::from_error)?,
        site: wanted.site.as_deref().map(Into::into),
    }))
}

fn read(file: &std::path::Path, config: &Config, state: &State) -> Result<Setting, Failed> {
    let (bytes, _) = crate::imports::read_file(file, WINDOWS_SIZE_MAX_BYTES).map_err(Failed::from_error)?;
    let name = file.display().to_string();
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let at = error.valid_up_to();
        Failed::Refused(format!("{name}: byte {at} is not UTF-8; save the file as UTF-8"))
    })?;
    windows_of_text(&name, text, &config.time_zone, state).map_err(|found| {
        findings(&found, 0);
        Failed::Refused(format!("{name}: nothing was planned"))
    })
}

fn day(time_zone: &str, at: Time) -> Result<Date, Failed> {
    let zone = jiff::tz::TimeZone::get(time_zone).map_err(Failed::from_error)?;
    let at = jiff::Timestamp::from_microsecond(at.0).map_err(Failed::from_error)?;
    Date::parse(&at.to_zoned(zone).date().to_string()).map_err(Failed::from_error)
}

impl FromTheJournal {
    /// The campaign, held together.
    pub(super) fn campaign(&self) -> Result<SoundCampaign, Failed> {
        SoundCampaign::new(self.built.campaign.clone(), "the campaign out of the journal").map_err(|found| {
            findings(&found, 0);
            Failed::Refused("nothing was planned".into())
        })
    }

    /// What to know of how it came about, as sentences.
    pub(super) fn remarks(&self) -> Vec<String> {
        self.built.remarks.iter().map(ToString::to_string).collect()
    }

    /// What the answer changes of what people were told.
    pub(super) fn moves(&self, answer: &Answer) -> Option<Moves> {
        moves(&self.built, answer)
    }

    /// The planner's answer as a plan.
    pub(super) fn draft(&self, answer: &Answer, args: &CampaignArgs) -> Result<Plan, Failed> {
        let requester =
            AccountId::new(args.journal.by.as_deref().unwrap_or("")).map_err(Failed::from_error)?;
        let says = Draft {
            id: PlanId::new(&format!("plan-{}", self.built.request.now.0)).map_err(Failed::from_error)?,
            requester,
            contingency: args.journal.contingency.as_str().into(),
            named: Named::default(),
        };
        self.node.read(|state| draft(state, &self.built, answer, says)).map_err(Failed::from_error)
    }

    /// Records a draft.
    pub(super) async fn record(&self, plan: Plan) -> Result<(), Failed> {
        let command = Command::DraftPlan(Box::new(plan));
        self.node.command(command, &actor(), now()).await.map_err(Failed::from_error)?;
        Ok(())
    }
}
