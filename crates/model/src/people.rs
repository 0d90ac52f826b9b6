//! People who sign in and what they may do.

use serde::{Deserialize, Serialize};

/// What an account may do; each role may do all that the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Look at everything, change nothing.
    Reader,
    /// Answer for care units: plans, staff, further outages (R15, R05).
    Ward,
    /// Import, confirm aliases, describe the hospital.
    Engineer,
    /// Manage accounts as well.
    Admin,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Role; 4] = [Role::Reader, Role::Ward, Role::Engineer, Role::Admin];

    /// `reader`, `ward`, `engineer` or `admin`.
    pub fn word(self) -> &'static str {
        match self {
            Role::Reader => "reader",
            Role::Ward => "ward",
            Role::Engineer => "engineer",
            Role::Admin => "admin",
        }
    }
}
