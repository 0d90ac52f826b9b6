//! C-MOVE: one archive sends to another (PS3.4 C.4.2). What it says of that is no proof that the other has it: that is asked afterwards.

use super::association::Association;
use super::failed::Failed;
use super::find::Level;
use super::message::{Command, CommandField, Status, move_request};
use crate::element::{Tag, Writing};
use crate::peer::AeTitle;

const QUERY_LEVEL: Tag = Tag(0x0008, 0x0052);

/// How far the sending is, as the archive counts it; `None` where it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Still to send.
    pub left: Option<u16>,
    /// Sent.
    pub done: Option<u16>,
    /// Not sent.
    pub failed: Option<u16>,
    /// Sent, with a warning of the receiver.
    pub warned: Option<u16>,
}

impl Progress {
    fn of(command: &Command) -> Progress {
        let [left, done, failed, warned] = command.operations;
        Progress { left, done, failed, warned }
    }
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// How, in one status.
    pub status: Status,
    /// In counts.
    pub progress: Progress,
    /// What the archive says of it.
    pub comment: Box<str>,
}

impl Association {
    /// Has the archive send what `keys` name to `destination`, which it must know. `progress` hears how far it is; what it answers says whether to
    /// go on: `false` asks the archive to stop.
    ///
    /// # Errors
    /// The association broke; how much was sent is not known then.
    pub fn send_to(
        &mut self,
        destination: &AeTitle,
        level: Level,
        keys: Writing,
        mut progress: impl FnMut(Progress) -> bool,
    ) -> Result<Moved, Failed> {
        let message = self.next_message();
        let keys = keys.text(QUERY_LEVEL, b"CS", level.word()).coded(self.coding());
        self.send(&move_request(self.service().class(), message, destination.as_str()), Some(&keys))?;
        let mut cancelled = false;
        loop {
            let answer = self.answer_to(CommandField::MoveResponse, message)?;
            let status = answer.command.status.unwrap_or(Status(u16::MAX));
            let so_far = Progress::of(&answer.command);
            if !status.is_pending() {
                return Ok(Moved { status, progress: so_far, comment: answer.command.comment });
            }
            if !progress(so_far) && !cancelled {
                self.send(&super::message::cancel_request(message), None)?;
                cancelled = true;
            }
        }
    }
}
