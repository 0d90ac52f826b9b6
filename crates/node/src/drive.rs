//! Driving rollouts: of several running copies on one journal exactly one looks at them, in a term of its own; when it goes away,
//! another takes over in a higher term once the lease has run out.

use std::sync::Arc;
use std::time::Duration;

use hospital::decide::Refusal;
use hospital::decide::night::NightRefusal;
use hospital::{Command, State};
use model::Time;
use model::ids::NodeId;

use crate::{CommandError, Node};

/// How long a lease lasts; renewed when half of it is left.
pub const LEASE_SECONDS: i64 = 30;
/// Longest time between two looks.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait after something failed.
const RETRY: Duration = Duration::from_secs(1);
/// How often it drives in one go before others get a turn.
const LOOKS_IN_A_ROW_MAX: usize = 20;

/// Who drives, in the journal.
const ACTOR: &str = "driver";

/// Reads the present time; the shell hands it in.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;

/// What became of one step of driving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driven {
    /// Nothing is in motion: no lease is taken.
    Idle,
    /// Another copy drives until then.
    ByAnother(Time),
    /// We drive; so many facts were recorded.
    Facts(usize),
    /// We drive, and there is nothing to do before anything is heard or this time has come.
    Quiet(Option<Time>),
}

/// One copy's driver.
pub struct Driver {
    id: NodeId,
    lease_seconds: i64,
    /// The revision of the last look that wanted nothing, and when to look again.
    quiet: Option<(u64, Option<Time>)>,
}

impl Driver {
    /// A driver under a name that no other running copy has.
    pub fn new(id: NodeId) -> Driver {
        Driver { id, lease_seconds: LEASE_SECONDS, quiet: None }
    }

    /// The same with another lease: where time itself runs faster, half a minute is over at once.
    #[must_use]
    pub fn with_lease(self, seconds: i64) -> Driver {
        Driver { lease_seconds: seconds.max(1), ..self }
    }

    /// Takes or renews the lease when it must, looks at the rollouts when there may be something to do.
    ///
    /// # Errors
    /// The journal does not take it.
    pub async fn step(&mut self, node: &Node, now: Time) -> Result<Driven, CommandError> {
        let Some(lease) = node.read(|state| in_motion(state, now)) else { return Ok(Driven::Idle) };
        let term = match lease.filter(|lease| lease.node == self.id && now < lease.until) {
            Some(lease) if lease.until.seconds_since(now) > self.lease_seconds / 2 => lease.term,
            Some(_) | None => {
                let until = now.plus_seconds(self.lease_seconds);
                let command = Command::TakeLease { node: self.id.clone(), until };
                match node.command(command, ACTOR, now).await {
                    Ok(_) => {}
                    Err(CommandError::Refused(Refusal::Night(NightRefusal::Held { .. }))) => {
                        self.quiet = None;
                        let until = node.read(|state| state.night().lease().map(|lease| lease.until));
                        return Ok(Driven::ByAnother(until.unwrap_or(now)));
                    }
                    Err(other) => return Err(other),
                }
                node.read(|state| state.night().lease().map_or(0, |lease| lease.term))
            }
        };
        let revision = node.read(|state| state.night().drive_revision());
        if let Some((seen, wake)) = self.quiet
            && seen == revision
            && wake.is_none_or(|wake| now < wake)
        {
            return Ok(Driven::Quiet(wake));
        }
        let command = Command::Drive { node: self.id.clone(), term };
        let facts = match node.command(command, ACTOR, now).await {
            Ok(done) => done.facts.len(),
            // Somebody took over between the two: nothing was recorded.
            Err(CommandError::Refused(Refusal::Night(NightRefusal::NotDriving { .. }))) => {
                return Ok(Driven::ByAnother(now));
            }
            Err(other) => return Err(other),
        };
        if facts > 0 {
            self.quiet = None;
            return Ok(Driven::Facts(facts));
        }
        let wake = node.read(|state| state.night().next_wake(now));
        self.quiet = Some((revision, wake));
        Ok(Driven::Quiet(wake))
    }
}

/// The lease as it is, if anything is in motion that must be driven.
fn in_motion(state: &State, now: Time) -> Option<Option<hospital::night::records::Lease>> {
    let night = state.night();
    night.is_anything_in_motion(now).then(|| night.lease().cloned())
}

impl Node {
    /// Drives until the task is aborted.
    pub async fn drive(self: Arc<Node>, id: NodeId, clock: Clock) {
        let mut driver = Driver::new(id);
        let mut folded = self.folded.subscribe();
        loop {
            let mut pause = PATIENCE;
            // What comes while it looks is not missed: it is looked at again.
            folded.mark_unchanged();
            for _ in 0..LOOKS_IN_A_ROW_MAX {
                match driver.step(&self, clock()).await {
                    Ok(Driven::Facts(_)) => {}
                    Ok(Driven::Idle | Driven::ByAnother(_) | Driven::Quiet(None)) => break,
                    Ok(Driven::Quiet(Some(wake))) => {
                        let microseconds = wake.0.saturating_sub(clock().0).max(0).unsigned_abs();
                        pause = pause.min(Duration::from_micros(microseconds));
                        break;
                    }
                    Err(cause) => {
                        tracing::warn!(%cause, "rollouts cannot be driven now; trying again");
                        pause = RETRY;
                        break;
                    }
                }
            }
            // Whatever comes first: news, or the time at which something is due.
            let _news = tokio::time::timeout(pause, folded.changed()).await;
        }
    }
}
