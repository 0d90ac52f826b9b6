//! C-FIND: what an archive has (PS3.4 C.4.1). How an answer ended is part of it: only 0000 says that this was all.

use super::association::Association;
use super::failed::Failed;
use super::message::{CommandField, Status, cancel_request, request};
use crate::element::{DataSet, Tag, Writing};
use crate::limits::ROWS_MAX;

const QUERY_LEVEL: Tag = Tag(0x0008, 0x0052);

/// What the rows are (PS3.4 C.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Examinations.
    Study,
    /// Their series.
    Series,
    /// The objects in them.
    Image,
}

impl Level {
    /// As queries say it.
    pub fn word(self) -> &'static str {
        match self {
            Level::Study => "STUDY",
            Level::Series => "SERIES",
            Level::Image => "IMAGE",
        }
    }
}

/// How a query ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Rows that came, those that could not be read included.
    pub rows: u64,
    /// How it ended: only success says that this was all. More rows than [`ROWS_MAX`] are cancelled, and end so.
    pub status: Status,
    /// What the archive says of it.
    pub comment: Box<str>,
}

impl Association {
    /// Asks for what matches `keys`, and hands each row over as it comes. A row that is no data set is handed over as an error.
    ///
    /// # Errors
    /// The association broke. What was handed over until then is not the whole answer.
    pub fn find(
        &mut self,
        level: Level,
        keys: Writing,
        row: impl FnMut(Result<DataSet<'_>, Failed>),
    ) -> Result<Found, Failed> {
        self.find_flat(keys.text(QUERY_LEVEL, b"CS", level.word()), row)
    }

    /// The same for what has no levels, such as worklists.
    ///
    /// # Errors
    /// The association broke. What was handed over until then is not the whole answer.
    pub(super) fn find_flat(
        &mut self,
        keys: Writing,
        mut row: impl FnMut(Result<DataSet<'_>, Failed>),
    ) -> Result<Found, Failed> {
        let message = self.next_message();
        let coding = self.coding();
        let keys = keys.coded(coding);
        let asked = request(CommandField::FindRequest, self.service().class(), message, true);
        self.send(&asked, Some(&keys))?;
        let mut rows = 0u64;
        let mut cancelled = false;
        loop {
            let answer = self.answer_to(CommandField::FindResponse, message)?;
            let status = answer.command.status.unwrap_or(Status(u16::MAX));
            if !status.is_pending() {
                // An archive may have ended before it heard of the cancelling: the rows that it sent meanwhile were not kept.
                let status = if cancelled && status.is_success() { Status(0xFE00) } else { status };
                return Ok(Found { rows, status, comment: answer.command.comment });
            }
            if cancelled {
                continue;
            }
            if rows >= ROWS_MAX as u64 {
                self.send(&cancel_request(message), None)?;
                cancelled = true;
                continue;
            }
            rows += 1;
            row(DataSet::read(&answer.data, coding).map_err(|error| self.garbled(&error)));
        }
    }
}
