//! C-ECHO: is the archive there, and does it speak with us (PS3.4 A)?

use super::association::Association;
use super::failed::Failed;
use super::message::{CommandField, Status, request};

impl Association {
    /// Asks whether the archive is there. The association must be one for [`super::Service::Verification`].
    ///
    /// # Errors
    /// It is not, or says no.
    pub fn echo(&mut self) -> Result<(), Failed> {
        let message = self.next_message();
        self.send(&request(CommandField::EchoRequest, self.service().class(), message, false), None)?;
        let answer = self.answer_to(CommandField::EchoResponse, message)?;
        match answer.command.status {
            Some(status) if status.is_success() => Ok(()),
            status => Err(self.refused(status.unwrap_or(Status(u16::MAX)), &answer.command.comment)),
        }
    }
}
