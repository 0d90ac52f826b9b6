//! `segue incident …`

use hospital::Command;
use hospital::night::records::Incident;
use model::ids::IncidentId;
use serde_json::json;

use super::Failed;
use super::plan::{account, record};
use crate::args::IncidentCommand;
use crate::config::Config;
use crate::out::Out;
use crate::place::{open_node, time_text};

pub(super) async fn incident(config: &Config, command: IncidentCommand, out: &mut Out) -> Result<(), Failed> {
    let node = open_node(config).await?;
    match command {
        IncidentCommand::List => node.read(|state| {
            let mut incidents: Vec<&Incident> = state.night().incidents().values().collect();
            incidents.sort_by_key(|incident| incident.stamp.seq);
            for incident in incidents {
                let opened = &incident.opened;
                let closed = incident.closed.as_ref();
                let value = json!({"incident": opened.id, "plan": opened.plan, "host": opened.host,
                    "kind": opened.kind, "opened": time_text(incident.stamp.time),
                    "closed": closed.map(|(stamp, _)| time_text(stamp.time)),
                    "evidence": closed.map(|(_, evidence)| evidence)});
                out.result(&value, || {
                    let word = if closed.is_some() { "closed" } else { "open" };
                    let host = opened.host.as_ref().map_or("", |host| host.as_str());
                    let kind = serde_json::to_string(&opened.kind).unwrap_or_default();
                    format!("{}  {word}  {}  {host}  {kind}", opened.id, time_text(incident.stamp.time))
                })?;
            }
            Ok(())
        }),
        IncidentCommand::Close { incident, evidence, by } => {
            let incident = IncidentId::new(&incident).map_err(Failed::from_error)?;
            let command = Command::CloseIncident { incident, evidence: evidence.into(), by: account(&by)? };
            record(&node, command, out, None).await
        }
    }
}
