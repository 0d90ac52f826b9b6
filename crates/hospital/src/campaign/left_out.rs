//! Why a device is left out of a campaign, as data: whoever shows it finds the words.

use model::ids::PatchId;
use planning::bundle::Reason;

/// Why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// No patch is known that is made for it and closes these.
    NoPatch {
        /// The vulnerabilities from which it suffers.
        closes: Vec<Box<str>>,
    },
    /// Rules of its patches cannot all hold.
    Rules(Vec<Reason>),
    /// So many rules or patches are in play that nobody worked it out.
    TooMuch {
        /// What was too much, in the words of whoever looked.
        says: Box<str>,
    },
    /// Its patches need more than one restart, one after another.
    Restarts(u32),
    /// The register does not have it, or no longer.
    NotInRegister,
    /// The register names no place for it that could be one.
    NoPlace,
    /// A person must do it, and the patch says no steps.
    NoSteps {
        /// Why a person must.
        because: ByHand,
        /// The patch.
        patch: PatchId,
    },
    /// Another plan that has begun gives it what it needs.
    InPlan {
        /// The other plan, for people.
        plan: Box<str>,
    },
}

/// Why a person must do the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByHand {
    /// The hospital's agent must not install on it.
    NotOurs,
    /// Not all of its patches are packages.
    NoPackages,
    /// It has no agent.
    NoAgent,
}

impl std::fmt::Display for ByHand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ByHand::NotOurs => "the hospital's agent must not install on it",
            ByHand::NoPackages => "not all of its patches are packages",
            ByHand::NoAgent => "it has no agent",
        })
    }
}

impl std::fmt::Display for LeftOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LeftOut::NoPatch { closes } => write!(
                f,
                "no patch is known that is made for it and closes {}; write one under [[patches]] in the file of windows",
                closes.join(", ")
            ),
            LeftOut::Rules(reasons) => {
                let each: Vec<&str> = reasons.iter().map(|reason| &*reason.says).collect();
                write!(f, "these rules cannot all hold: {}", each.join("; "))
            }
            LeftOut::TooMuch { says } => f.write_str(says),
            LeftOut::Restarts(restarts) => write!(
                f,
                "its patches need {restarts} restarts one after another, and a plan knows one; plan them one after another"
            ),
            LeftOut::NotInRegister => f.write_str("it is not in the register"),
            LeftOut::NoPlace => f.write_str("the register names no place for it that could be one"),
            LeftOut::NoSteps { because, patch } => {
                write!(f, "{because}, and patch {patch} has no steps for a person")
            }
            LeftOut::InPlan { plan } => write!(f, "the plan \"{plan}\", which has begun, gives it the same"),
        }
    }
}
