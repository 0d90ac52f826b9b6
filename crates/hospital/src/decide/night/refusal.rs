//! Why something about a patch night is refused, as a sentence for whoever asked.

use model::agreement::Missing;
use model::device::Installer;
use model::ids::{AccountId, IncidentId, NodeId, OutageId, PatchId, PlanId, UnitId};
use model::{AssetTag, PlanHash};

/// Why something about a patch night is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant's sentence is its meaning")]
pub enum NightRefusal {
    #[error("there is no account {account}")]
    NoSuchAccount { account: AccountId },
    #[error("account {account} may only read")]
    OnlyReads { account: AccountId },
    #[error("account {account} may only answer for care units")]
    OnlyAnswers { account: AccountId },
    #[error("account {account} answers for other care units, not for {unit}")]
    NotTheirUnit { account: AccountId, unit: UnitId },
    #[error("{what} is missing")]
    Missing { what: &'static str },
    #[error("{what} has {bytes} bytes; it has at most {max}")]
    TooLong { what: &'static str, bytes: usize, max: usize },
    #[error("{what}: there are {count}; at most {max} are taken")]
    TooMany { what: &'static str, count: usize, max: usize },

    #[error("there is no device {host} in the register; only a registered device can enrol as a host")]
    NotRegistered { host: AssetTag },
    #[error(
        "the token is of no open offer: it was used, it has expired, or there never was one. Offer another"
    )]
    NoSuchOffer,
    #[error("the token is for host {offered}, not for {asked}")]
    OfferedToAnother { offered: AssetTag, asked: AssetTag },
    #[error("this token was offered before; make another")]
    OfferedBefore,
    #[error("no host {host} has enrolled")]
    NotEnrolled { host: AssetTag },
    #[error("host {host} was revoked; offer it a token to enrol anew")]
    Revoked { host: AssetTag },
    #[error("the end of validity has passed already")]
    ExpiredAlready,

    #[error("there is no plan {}", .plan.short())]
    NoSuchPlan { plan: PlanHash },
    #[error("this very plan was drafted before")]
    DraftedBefore { plan: PlanHash },
    #[error("plan {id} names a patch {patch} that it does not have")]
    NoSuchPatch { id: PlanId, patch: PatchId },
    #[error("plan {id} names host {host} twice; a host has one item with all its patches")]
    HostTwice { id: PlanId, host: AssetTag },
    #[error("plan {id} has no hosts")]
    NoItems { id: PlanId },
    #[error("plan {id} exists; another revision of it names {} as its parent", .newest.short())]
    ParentIsNotNewest { id: PlanId, newest: PlanHash },
    #[error("plan {id} does not exist, so nothing can be its parent")]
    NoSuchParent { id: PlanId },
    #[error("plan {} was withdrawn", .plan.short())]
    Withdrawn { plan: PlanHash },
    #[error("plan {} was edited; what counts now is {}", .plan.short(), .by.short())]
    Superseded { plan: PlanHash, by: PlanHash },
    #[error("plan {} is in motion already", .plan.short())]
    Started { plan: PlanHash },
    #[error("plan {} was not started", .plan.short())]
    NotStarted { plan: PlanHash },
    #[error("unit {unit} is not concerned")]
    UnitNotConcerned { unit: UnitId },
    #[error("no cover is asked of unit {unit}")]
    NoCoverAsked { unit: UnitId },
    #[error("{account} asks for this plan; somebody else must answer for a unit")]
    RequesterAnswers { account: AccountId },
    #[error("{account} asks for this plan; two other people must approve it")]
    RequesterApproves { account: AccountId },
    #[error("{account} has approved this plan already; another person must")]
    ApprovedAlready { account: AccountId },
    #[error("the plan does not hold: {}", .says.join("; "))]
    DoesNotHold { says: Vec<Box<str>> },
    #[error("the plan is not agreed: {}", in_words(.missing).join("; "))]
    NotAgreed { missing: Vec<Missing> },
    #[error("hosts of this plan are worked on by another rollout that has not ended: {}", names(.hosts))]
    HostsBusy { hosts: Vec<AssetTag> },
    #[error("rollout {} was stopped", .plan.short())]
    Stopped { plan: PlanHash },
    #[error("rollout {} is paused already", .plan.short())]
    Paused { plan: PlanHash },
    #[error("rollout {} is not paused", .plan.short())]
    NotPaused { plan: PlanHash },

    #[error("there is no outage {outage}")]
    NoSuchOutage { outage: OutageId },
    #[error("outage {outage} has been agreed and ordered; it cannot be changed any more")]
    OutageOrdered { outage: OutageId },
    #[error("a window begins before its latest start, and that is before its end")]
    WindowUpsideDown,
    #[error("the window is over already")]
    WindowOver,
    #[error("there is no incident {incident}")]
    NoSuchIncident { incident: IncidentId },
    #[error("incident {incident} is closed already")]
    ClosedAlready { incident: IncidentId },

    #[error("device {host} is not in plan {}", .plan.short())]
    NotInPlan { plan: PlanHash, host: AssetTag },
    #[error("the register lets only {wanted} install on device {host}; {given} may not")]
    MayNotInstall { host: AssetTag, wanted: &'static str, given: &'static str },
    #[error(transparent)]
    Step(#[from] rollout::StepRefusal),
    #[error(
        "the patches of {host} cannot be taken back: nothing was begun, an order runs, or a patch cannot be taken back"
    )]
    NoRollBack { host: AssetTag },
    #[error(
        "the work cannot have been finished at that time: it lies in the future, before the rollout, or more than a week ago"
    )]
    FinishedWhen,

    #[error("{holder} drives in term {term}, and its lease is not over")]
    Held { holder: NodeId, term: u64 },
    #[error("the end of a lease lies in the future")]
    LeaseInThePast,
    #[error("{node} does not drive in term {term}")]
    NotDriving { node: NodeId, term: u64 },
}

impl NightRefusal {
    /// Who may install, in words.
    pub(super) fn installer(installer: Installer) -> &'static str {
        match installer {
            Installer::Unknown => "somebody whom the register does not name",
            Installer::Staff => "the hospital's own staff",
            Installer::Vendor => "the maker's engineer",
            Installer::ThirdParty => "a third-party service company",
        }
    }
}

fn names(hosts: &[AssetTag]) -> String {
    let mut shown: Vec<&str> = hosts.iter().take(10).map(AssetTag::as_str).collect();
    let more = format!("and {} more", hosts.len().saturating_sub(10));
    if hosts.len() > 10 {
        shown.push(&more);
    }
    shown.join(", ")
}

fn in_words(missing: &[Missing]) -> Vec<String> {
    missing
        .iter()
        .map(|missing| match missing {
            Missing::SignOff(unit) => format!("unit {unit} has not answered"),
            Missing::UnitAgainst(unit) => format!("unit {unit} wants another time or refuses"),
            Missing::Cover { unit, wanted, people } => {
                format!("unit {unit} needs {wanted} people and has {people} confirmed")
            }
            Missing::Approvals { wanted, given } => {
                format!("{wanted} people other than the requester must approve and {given} did")
            }
        })
        .collect()
}
