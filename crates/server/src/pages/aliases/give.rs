//! Giving an answer: the question as a form or a program sends it, and the command with what it changed.

use hospital::{Command, Refusal, questions};
use model::Time;
use model::alias::{AliasAnswer, AliasSubject};
use node::CommandError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::AppState;
use crate::http::{Problem, chain};
use crate::work::Effect;

/// Longest name in a question, in bytes: what an advisory's product may have.
const NAME_LENGTH_MAX_BYTES: usize = 4_000;

/// A question about names, as texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Subject {
    /// `vendor` or `product`.
    pub(crate) of: String,
    /// Maker as the register spells it.
    pub(crate) manufacturer: String,
    /// Model as the register spells it; empty for a question about a maker.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) model: String,
    /// Vendor as the advisories spell it.
    pub(crate) vendor: String,
    /// Product as the advisories spell it; empty for a question about a maker.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) product: String,
}

impl From<&AliasSubject> for Subject {
    fn from(subject: &AliasSubject) -> Subject {
        match subject {
            AliasSubject::Vendor { manufacturer, vendor } => Subject {
                of: "vendor".to_owned(),
                manufacturer: manufacturer.to_string(),
                vendor: vendor.to_string(),
                ..Subject::default()
            },
            AliasSubject::Product { manufacturer, model, vendor, product } => Subject {
                of: "product".to_owned(),
                manufacturer: manufacturer.to_string(),
                model: model.to_string(),
                vendor: vendor.to_string(),
                product: product.to_string(),
            },
        }
    }
}

impl Subject {
    /// The fields of a form.
    pub(super) fn of_form(fields: &[(String, String)]) -> Option<Subject> {
        let field = |wanted: &str| {
            let found = fields.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        Some(Subject {
            of: field("of"),
            manufacturer: field("manufacturer"),
            model: field("model"),
            vendor: field("vendor"),
            product: field("product"),
        })
    }

    /// The question, if it is one.
    pub(crate) fn checked(self) -> Option<AliasSubject> {
        let texts = [&self.manufacturer, &self.model, &self.vendor, &self.product];
        if texts.iter().any(|text| text.len() > NAME_LENGTH_MAX_BYTES || text.chars().any(char::is_control)) {
            return None;
        }
        let (manufacturer, vendor) = (self.manufacturer.into(), self.vendor.into());
        match self.of.as_str() {
            "vendor" => Some(AliasSubject::Vendor { manufacturer, vendor }),
            "product" if !self.product.is_empty() => Some(AliasSubject::Product {
                manufacturer,
                model: self.model.into(),
                vendor,
                product: self.product.into(),
            }),
            _ => None,
        }
    }
}

/// Records an answer, or that one is taken back, and what it changed.
pub(crate) async fn carry_out(
    app: &AppState,
    command: Command,
    subject: AliasSubject,
    answer: Option<AliasAnswer>,
    actor: &str,
    now: Time,
) -> Result<Effect, Problem> {
    let node = &app.domain.node;
    let before = node.read(|state| questions::before(state, &subject));
    let done = node.command(command, actor, now).await.map_err(problem)?;
    let settled = before.map(|before| node.read(|state| questions::settled(state, &before)));
    let effect = Effect { seq: done.seq, subject, answer, settled };
    app.effects.put(effect.clone());
    Ok(effect)
}

/// A command that was not carried out, as an answer: refused with its reason, or our trouble.
pub(crate) fn problem(error: CommandError) -> Problem {
    match error {
        // This one begins with a name, which is written as it is.
        CommandError::Refused(refusal @ Refusal::LastAdministrator { .. }) => {
            Problem::Refused(format!("{refusal}."))
        }
        CommandError::Refused(refusal) => Problem::Refused(capitalised(&refusal.to_string())),
        CommandError::Contended(_) => Problem::Conflict(capitalised(&error.to_string())),
        CommandError::Journal(_) | CommandError::Node(_) | CommandError::Encode(_) => {
            Problem::internal(chain(&error))
        }
    }
}

/// A refusal as a sentence of its own.
fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let end = if text.ends_with('.') { "" } else { "." };
    chars.next().map_or(String::new(), |first| format!("{}{}{end}", first.to_uppercase(), chars.as_str()))
}
