//! `segue alias …`: names that a person confirms once.

use hospital::Command;
use model::alias::{AliasAnswer, AliasSubject};
use serde_json::{Value, json};

use super::Failed;
use crate::args::{Alias, Names};
use crate::config::Config;
use crate::out::Out;
use crate::place::{actor, now, open_node};

fn subject(names: Names) -> AliasSubject {
    let (manufacturer, vendor) = (names.manufacturer.into(), names.vendor.into());
    match (names.model, names.product) {
        (Some(model), Some(product)) => {
            AliasSubject::Product { manufacturer, model: model.into(), vendor, product: product.into() }
        }
        _ => AliasSubject::Vendor { manufacturer, vendor },
    }
}

fn sentence(subject: &AliasSubject) -> String {
    match subject {
        AliasSubject::Vendor { manufacturer, vendor } => {
            format!("maker \"{manufacturer}\" / vendor \"{vendor}\"")
        }
        AliasSubject::Product { manufacturer, model, vendor, product } => {
            format!("\"{manufacturer}\" \"{model}\" / \"{vendor}\" \"{product}\"")
        }
    }
}

pub(super) async fn alias(config: &Config, command: Alias, out: &mut Out) -> Result<(), Failed> {
    let node = open_node(config).await?;
    let command = match command {
        Alias::Proposed => {
            return node.read(|state| {
                for proposal in state.matcher().proposals() {
                    let mut value = json!(proposal.subject);
                    add(&mut value, "devices", json!(proposal.devices));
                    add(&mut value, "pairs", json!(proposal.pairs));
                    out.result(&value, || {
                        let (devices, pairs) = (proposal.devices, proposal.pairs);
                        format!(
                            "{}  ({devices} devices, {pairs} undecided pairs)",
                            sentence(&proposal.subject)
                        )
                    })?;
                }
                Ok(())
            });
        }
        Alias::List => {
            return node.read(|state| {
                for (subject, (stamp, answer)) in state.answers() {
                    let mut value = json!(subject);
                    add(&mut value, "answer", json!(answer.word()));
                    add(&mut value, "by", json!(stamp.actor));
                    add(&mut value, "seq", json!(stamp.seq));
                    out.result(&value, || {
                        format!("{}  {}  by {}", answer.word(), sentence(subject), stamp.actor)
                    })?;
                }
                Ok(())
            });
        }
        Alias::Confirm(names) => Command::AnswerAlias { subject: subject(names), answer: AliasAnswer::Same },
        Alias::Reject(names) => {
            Command::AnswerAlias { subject: subject(names), answer: AliasAnswer::Different }
        }
        Alias::Undo(names) => Command::WithdrawAlias { subject: subject(names) },
    };
    let done = node.command(command, &actor(), now()).await.map_err(Failed::from_error)?;
    Ok(out.result(&json!({"seq": done.seq}), || format!("Recorded as entry {}.", done.seq))?)
}

fn add(value: &mut Value, key: &str, item: Value) {
    if let Some(object) = value.as_object_mut() {
        object.insert(key.to_owned(), item);
    }
}
