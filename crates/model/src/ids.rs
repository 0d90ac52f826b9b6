//! Typed identifiers, all from one list. An identifier is a short text a person could read aloud.

use serde::{Deserialize, Serialize};

/// Longest identifier accepted anywhere, in bytes of UTF-8.
pub const ID_LENGTH_MAX_BYTES: usize = 200;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnId {
    /// Empty, or white space only.
    #[error("an identifier must not be empty")]
    Empty,
    /// Longer than [`ID_LENGTH_MAX_BYTES`].
    #[error("an identifier has at most {ID_LENGTH_MAX_BYTES} bytes; this one has {0}")]
    TooLong(usize),
    /// Holds a control character such as a line break.
    #[error("an identifier must not hold control characters")]
    Control,
}

fn checked(text: &str) -> Result<Box<str>, NotAnId> {
    let text = text.trim();
    if text.is_empty() {
        Err(NotAnId::Empty)
    } else if text.len() > ID_LENGTH_MAX_BYTES {
        Err(NotAnId::TooLong(text.len()))
    } else if text.chars().any(char::is_control) {
        Err(NotAnId::Control)
    } else {
        Ok(text.into())
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Trims and checks `text`.
            pub fn new(text: &str) -> Result<Self, NotAnId> {
                checked(text).map(Self)
            }
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                Self::new(&text)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.into_string()
            }
        }
    )+ };
}

ids! {
    /// The number on the hospital's own label of a device: unique in one hospital's register.
    AssetTag,
    /// A site: one hospital, with a journal of its own.
    SiteId,
    /// A building of a site.
    BuildingId,
    /// A care unit: a ward, an intensive-care unit, a clinic.
    UnitId,
    /// A bed of a care unit.
    BedId,
    /// A clinical service such as *central monitoring, ward 5*.
    ServiceId,
    /// A person's sign-in name.
    AccountId,
    /// One import run.
    ImportId,
    /// A patch of a plan.
    PatchId,
    /// A plan over all its revisions.
    PlanId,
    /// A maintenance window of a plan.
    WindowId,
    /// A function probe.
    ProbeId,
    /// An order to a host.
    OrderId,
    /// An entry of the incident list.
    IncidentId,
    /// A further outage that units are asked for.
    OutageId,
    /// Two image archives of which one stands in for the other, as the configuration names them.
    PairId,
    /// A running copy of Segue that may drive rollouts.
    NodeId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_tag_is_trimmed_and_never_empty() {
        assert_eq!(AssetTag::new("  MON-0042 ").unwrap().as_str(), "MON-0042");
        assert_eq!(AssetTag::new("   "), Err(NotAnId::Empty));
        assert_eq!(AssetTag::new("a\nb"), Err(NotAnId::Control));
        assert_eq!(AssetTag::new(&"x".repeat(201)), Err(NotAnId::TooLong(201)));
    }
}
