//! `segue outage …`

use hospital::Command;
use model::ids::OutageId;
use model::order::OrderWindow;
use serde_json::json;

use super::Failed;
use super::plan::{account, answer, record, unit};
use crate::args::OutageCommand;
use crate::config::Config;
use crate::out::Out;
use crate::place::{open_node, read_time, time_text};

pub(super) async fn outage(config: &Config, command: OutageCommand, out: &mut Out) -> Result<(), Failed> {
    let node = open_node(config).await?;
    let id = |text: &str| OutageId::new(text).map_err(Failed::from_error);
    let command = match command {
        OutageCommand::List => {
            return node.read(|state| {
                for (id, outage) in state.night().outages() {
                    let value = json!({"outage": id, "plan": outage.asked.plan, "host": outage.asked.host,
                        "units": outage.who(), "window": outage.window, "agreed": outage.is_agreed(),
                        "reasons": outage.asked.reasons, "answers": outage.answers});
                    out.result(&value, || {
                        let word = if outage.is_agreed() { "agreed" } else { "asked" };
                        let from = time_text(outage.window.not_before);
                        format!("{id}  {word}  {} from {from}", outage.asked.host)
                    })?;
                }
                Ok(())
            });
        }
        OutageCommand::Answer { outage, unit: name, answer: given, by } => Command::AnswerOutage {
            outage: id(&outage)?,
            unit: unit(&name)?,
            answer: answer(given)?,
            by: account(&by)?,
        },
        OutageCommand::Move { outage, not_before, latest_start, not_after, by } => Command::MoveOutage {
            outage: id(&outage)?,
            window: OrderWindow {
                not_before: read_time(&not_before)?,
                latest_start: read_time(&latest_start)?,
                not_after: read_time(&not_after)?,
            },
            by: account(&by)?,
        },
    };
    record(&node, command, out, None).await
}
