//! Carrying a command: decide on the state as it is, append expecting the sequence it was decided on, and decide again
//! when others were faster.

use std::time::Duration;

use hospital::{Command, Fact, decide};
use journal::{AppendError, BatchId, NewEntry, Seq};
use model::Time;

use crate::{CommandError, Node};

/// How often a command is decided again because others were faster.
const TRIES_MAX: usize = 50;
/// How often an append whose outcome is unknown is asked again.
const ASKED_AGAIN_MAX: usize = 20;
/// How long to wait before asking again.
const ASK_AGAIN: Duration = Duration::from_millis(250);

/// A command carried out: what became of it is in the journal and in the state.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// Sequence of its last fact; that of the state it was decided on when nothing is new.
    pub seq: u64,
    /// The facts; none when nothing is new.
    pub facts: Vec<Fact>,
}

impl Node {
    /// Carries a command out. When this returns, its facts are durable and [`Node::read`] shows them.
    pub async fn command(&self, command: Command, actor: &str, now: Time) -> Result<Done, CommandError> {
        // One at a time: within one process nobody is faster than somebody else for nothing.
        let _turn = self.deciding.lock().await;
        for _ in 0..TRIES_MAX {
            let (expected, facts) =
                self.read(|state| (Seq(state.seq()), decide(state, command.clone(), now)));
            let facts = facts?;
            if facts.is_empty() {
                return Ok(Done { seq: expected.0, facts });
            }
            let mut entries = Vec::with_capacity(facts.len());
            for fact in &facts {
                let payload = serde_json::to_vec(fact).map_err(CommandError::Encode)?;
                entries.push(NewEntry { time: now, actor: actor.into(), kind: fact.name().into(), payload });
            }
            match self.append(expected, entries).await {
                Ok(seq) => {
                    self.catch_up().await?;
                    return Ok(Done { seq: seq.0, facts });
                }
                Err(AppendError::Conflict { .. }) => {
                    self.catch_up().await?;
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(CommandError::Contended(TRIES_MAX))
    }

    async fn append(&self, expected: Seq, entries: Vec<NewEntry>) -> Result<Seq, AppendError> {
        let batch = BatchId(rand::random());
        let mut asked = 0;
        loop {
            match self.journal.append(&self.stream, batch, expected, entries.clone()).await {
                Err(AppendError::OutcomeUnknown(cause)) if asked < ASKED_AGAIN_MAX => {
                    tracing::warn!(%cause, "the outcome of an append is unknown; asking again");
                    asked += 1;
                    tokio::time::sleep(ASK_AGAIN).await;
                }
                other => return other.map(|head| head.seq),
            }
        }
    }
}
