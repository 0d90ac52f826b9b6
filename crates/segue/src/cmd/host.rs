//! `segue host …`

use gateway::token::Token;
use hospital::Command;
use hospital::night::hosts::HostView;
use model::AssetTag;
use model::host::Reading;
use serde_json::{Value, json};

use super::Failed;
use super::serve::site_keys;
use crate::args::HostCommand;
use crate::config::Config;
use crate::out::{Out, say};
use crate::place::{actor, now, open_node, time_text};

pub(super) async fn host(config: &Config, command: HostCommand, out: &mut Out) -> Result<(), Failed> {
    let node = open_node(config).await?;
    let tag = |text: &str| AssetTag::new(text).map_err(Failed::from_error);
    match command {
        HostCommand::List => node.read(|state| {
            for host in state.night().hosts() {
                out.result(&brief(&host), || line(&host))?;
            }
            Ok(())
        }),
        HostCommand::Show { host } => node.read(|state| {
            let tag = tag(&host)?;
            let view = state.night().host(&tag);
            let view =
                view.ok_or_else(|| Failed::Refused(format!("no host {tag} has enrolled or was offered to")))?;
            let mut value = brief(&view);
            if let Some(value) = value.as_object_mut() {
                value.insert("observation".to_owned(), json!(view.observation()));
                value.insert("orders".to_owned(), json!(view.orders()));
                value.insert("events".to_owned(), json!(view.events().collect::<Vec<_>>()));
            }
            out.result(&value, || {
                let mut lines = vec![line(&view)];
                for event in view.events() {
                    let what = serde_json::to_string(&event.what).unwrap_or_default();
                    lines.push(format!("  {}  {what}", time_text(event.at)));
                }
                lines.join("\n")
            })?;
            Ok(())
        }),
        HostCommand::Offer { host, valid } => {
            let token = Token::new(rand::random());
            let (host, at) = (tag(&host)?, now());
            let expires = at.plus_seconds(i64::from(valid) * 60);
            let keys = site_keys(config)?;
            let sha256 = keys.authority().sha256();
            let token_sha256 = token.sha256.as_str().into();
            let command = Command::OfferEnrolment { host: host.clone(), token_sha256, expires };
            let done = node.command(command, &actor(), at).await.map_err(Failed::from_error)?;
            let value = json!({"seq": done.seq, "host": host, "token": token.text, "expires": time_text(expires),
                "authority_sha256": sha256});
            out.result(&value, || format!("Token: {}", token.text))?;
            say(&format!(
                "It enrols {host} once, until {}, and is shown only here. On the host:\n  segue-agent enrol --server https://SERVER:7228 --token {} --ca-sha256 {sha256}",
                time_text(expires),
                token.text
            ));
            Ok(())
        }
        HostCommand::Revoke { host, reason } => {
            let command = Command::RevokeHost { host: tag(&host)?, reason: reason.into() };
            let done = node.command(command, &actor(), now()).await.map_err(Failed::from_error)?;
            out.result(&json!({"seq": done.seq}), || format!("Recorded as entry {}.", done.seq))?;
            Ok(())
        }
    }
}

/// What a list shows of a host.
fn brief(host: &HostView<'_>) -> Value {
    json!({
        "host": host.tag(),
        "enrolled": host.enrolled().map(time_text),
        "revoked": host.revoked().map(|(at, reason)| json!({"at": time_text(at), "reason": reason})),
        "last_contact": host.last_contact().map(time_text),
        "observed": host.observed_at().map(time_text),
        "boot_began": host.boot_began_at().map(time_text),
        "system": host.system().map(|system| &system.name),
        "patches_on_offer": host.observed_at().map(|_| host.available_len()),
        "signals": host.signals(),
    })
}

fn line(host: &HostView<'_>) -> String {
    let heard = match (host.revoked(), host.enrolled(), host.observed_at()) {
        (Some((_, reason)), _, _) => format!("revoked: {reason}"),
        (None, None, _) => "offered to, not enrolled".to_owned(),
        (None, Some(_), None) => "enrolled, never heard".to_owned(),
        (None, Some(_), Some(at)) => format!("observed {}", time_text(at)),
    };
    let signals = host.signals().into_iter().flatten().filter_map(|(source, reading)| match reading {
        Reading::Clear => None,
        Reading::Pending(pending) => Some(format!("{}: restart pending ({})", source.word(), pending.reason)),
        Reading::Unknown(why) => Some(format!("{}: unknown ({why})", source.word())),
    });
    let signals: Vec<String> = signals.collect();
    let signals = if signals.is_empty() { String::new() } else { format!("  {}", signals.join("; ")) };
    format!("{}  {heard}{signals}", host.tag())
}
