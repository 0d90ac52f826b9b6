//! A DIMSE message: a command set (PS3.7 §6.3, always implicit) and perhaps a data set.

use crate::element::{Coding, DataSet, NotADataSet, Tag, Writing};

const GROUP_LENGTH: Tag = Tag(0x0000, 0x0000);
const AFFECTED_CLASS: Tag = Tag(0x0000, 0x0002);
const REQUESTED_CLASS: Tag = Tag(0x0000, 0x0003);
const AFFECTED_INSTANCE: Tag = Tag(0x0000, 0x1000);
const REQUESTED_INSTANCE: Tag = Tag(0x0000, 0x1001);
const EVENT_TYPE: Tag = Tag(0x0000, 0x1002);
const ACTION_TYPE: Tag = Tag(0x0000, 0x1008);
const COMMAND_FIELD: Tag = Tag(0x0000, 0x0100);
const MESSAGE_ID: Tag = Tag(0x0000, 0x0110);
const RESPONDED_TO: Tag = Tag(0x0000, 0x0120);
const DESTINATION: Tag = Tag(0x0000, 0x0600);
const PRIORITY: Tag = Tag(0x0000, 0x0700);
const DATA_SET: Tag = Tag(0x0000, 0x0800);
const STATUS: Tag = Tag(0x0000, 0x0900);
const COMMENT: Tag = Tag(0x0000, 0x0902);
const ERROR_ID: Tag = Tag(0x0000, 0x0903);
const LEFT: Tag = Tag(0x0000, 0x1020);
const DONE: Tag = Tag(0x0000, 0x1021);
const FAILED: Tag = Tag(0x0000, 0x1022);
const WARNED: Tag = Tag(0x0000, 0x1023);
/// What stands where there is no data set (PS3.7 E.1).
const NO_DATA_SET: u16 = 0x0101;

/// What a message is (PS3.7 E.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum CommandField {
    /// Are you there?
    EchoRequest = 0x0030,
    /// Yes.
    EchoResponse = 0x8030,
    /// What do you have?
    FindRequest = 0x0020,
    /// This, or that was all.
    FindResponse = 0x8020,
    /// Send to another.
    MoveRequest = 0x0021,
    /// So far, or that was all.
    MoveResponse = 0x8021,
    /// Take this.
    StoreRequest = 0x0001,
    /// It was taken, or not.
    StoreResponse = 0x8001,
    /// Stop answering.
    CancelRequest = 0x0FFF,
    /// Do something with an object.
    ActionRequest = 0x0130,
    /// It will be done, or not.
    ActionResponse = 0x8130,
    /// This has happened.
    EventRequest = 0x0100,
    /// It was heard.
    EventResponse = 0x8100,
    /// There is a new object.
    CreateRequest = 0x0140,
    /// It was made, or not.
    CreateResponse = 0x8140,
    /// An object has changed.
    SetRequest = 0x0120,
    /// It was changed, or not.
    SetResponse = 0x8120,
}

/// How an operation stands (PS3.7 C).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Status(pub u16);

impl Status {
    /// There is more to come.
    pub fn is_pending(self) -> bool {
        matches!(self.0, 0xFF00 | 0xFF01)
    }

    /// All of it, as asked.
    pub fn is_success(self) -> bool {
        self.0 == 0x0000
    }

    /// It was ended before the end.
    pub fn is_cancel(self) -> bool {
        self.0 == 0xFE00
    }
}

impl std::fmt::Debug for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let says = match self.0 {
            0x0000 => "success",
            0xFE00 => "cancelled by the archive",
            0xFF00 | 0xFF01 => "pending",
            0x0106 => "a value is not valid",
            0x0110 => "processing failure",
            0x0111 => "there is such an object already",
            0x0112 => "no such object",
            0x0117 => "the object's name is not valid",
            0x0120 => "an attribute is missing",
            0x0121 => "a value is missing",
            0x0122 => "service not supported",
            0x0124 => "not allowed",
            0x0211 => "no such operation",
            0x0213 => "resource limitation",
            0xA700 => "out of resources",
            0xA701 => "out of resources: cannot count what matches",
            0xA702 => "out of resources: cannot send",
            0xA801 => "the destination is not known to the archive",
            0xA900 => "the query does not fit the service",
            0xA703..=0xA7FF => "out of resources",
            0xA901..=0xA9FF => "the object does not fit its class",
            0xB000 => "some of it failed, or was changed",
            0xB006 => "elements were discarded",
            0xB007 => "the object does not fit its class",
            0xC000..=0xCFFF => "cannot understand or process it",
            _ => "not a status that Segue knows",
        };
        write!(f, "{:04X} ({says})", self.0)
    }
}

/// A command set that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What it is, as a number.
    pub field: u16,
    /// Its number; `None` in an answer.
    pub message: Option<u16>,
    /// The message that it answers; `None` in a request.
    pub responded_to: Option<u16>,
    /// How the operation stands; `None` in a request.
    pub status: Option<Status>,
    /// What the archive says of a failure.
    pub comment: Box<str>,
    /// Does a data set follow?
    pub has_data: bool,
    /// What has happened, in a report of an event.
    pub event: Option<u16>,
    /// The object that a request is about, whether it makes or changes it, or an answer; empty where it names none.
    pub about: Box<str>,
    /// What kind of failure it was, by the service's own numbers.
    pub error: Option<u16>,
    /// Operations within the operation: left, done, failed, done with a warning.
    pub operations: [Option<u16>; 4],
}

impl Command {
    /// Reads a command set.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn read(bytes: &[u8]) -> Result<Command, NotADataSet> {
        let set = DataSet::read(bytes, Coding::Implicit)?;
        Ok(Command {
            field: set.short(COMMAND_FIELD).unwrap_or(0),
            message: set.short(MESSAGE_ID),
            responded_to: set.short(RESPONDED_TO),
            status: set.short(STATUS).map(Status),
            comment: set.text(COMMENT).into(),
            has_data: set.short(DATA_SET).is_some_and(|is| is != NO_DATA_SET),
            event: set.short(EVENT_TYPE),
            about: match &*set.text(REQUESTED_INSTANCE) {
                "" => set.text(AFFECTED_INSTANCE).into(),
                text => text.into(),
            },
            error: set.short(ERROR_ID),
            operations: [LEFT, DONE, FAILED, WARNED].map(|tag| set.short(tag)),
        })
    }

    /// Is it this answer to this message?
    pub fn answers(&self, field: CommandField, message: u16) -> bool {
        self.field == field as u16 && self.responded_to == Some(message)
    }
}

/// A request as bytes.
pub(super) fn request(field: CommandField, class: &str, message: u16, has_data: bool) -> Vec<u8> {
    coded(asked(field, class, message, has_data))
}

/// A request to send what matches to another application entity.
pub(super) fn move_request(class: &str, message: u16, destination: &str) -> Vec<u8> {
    coded(asked(CommandField::MoveRequest, class, message, true).text(DESTINATION, b"AE", destination))
}

/// A request to take an object.
pub(super) fn store_request(class: &str, instance: &str, message: u16) -> Vec<u8> {
    coded(asked(CommandField::StoreRequest, class, message, true).text(AFFECTED_INSTANCE, b"UI", instance))
}

/// Asks an archive to stop answering a message (PS3.7 9.3.2.3).
pub(super) fn cancel_request(message: u16) -> Vec<u8> {
    let set = Writing::default().short(COMMAND_FIELD, CommandField::CancelRequest as u16);
    coded(set.short(RESPONDED_TO, message).short(DATA_SET, NO_DATA_SET))
}

/// A request for an action with an object, such as a well-known one of a service.
pub(super) fn action_request(class: &str, instance: &str, message: u16, action: u16) -> Vec<u8> {
    let set = Writing::default()
        .text(REQUESTED_CLASS, b"UI", class)
        .short(COMMAND_FIELD, CommandField::ActionRequest as u16)
        .short(MESSAGE_ID, message)
        .short(DATA_SET, 0x0001)
        .text(REQUESTED_INSTANCE, b"UI", instance);
    coded(set.short(ACTION_TYPE, action))
}

/// Says how what has happened was taken.
pub(super) fn event_response(
    class: &str,
    instance: &str,
    message: u16,
    event: u16,
    status: Status,
) -> Vec<u8> {
    let set = Writing::default()
        .text(AFFECTED_CLASS, b"UI", class)
        .short(COMMAND_FIELD, CommandField::EventResponse as u16)
        .short(RESPONDED_TO, message)
        .short(DATA_SET, NO_DATA_SET)
        .short(STATUS, status.0)
        .text(AFFECTED_INSTANCE, b"UI", instance);
    coded(set.short(EVENT_TYPE, event))
}

/// Answers a request about an object: made, changed, or why not.
pub(super) fn object_response(
    field: CommandField,
    class: &str,
    instance: &str,
    message: u16,
    answer: &Answer,
) -> Vec<u8> {
    let mut set = Writing::default()
        .text(AFFECTED_CLASS, b"UI", class)
        .short(COMMAND_FIELD, field as u16)
        .short(RESPONDED_TO, message)
        .short(DATA_SET, NO_DATA_SET)
        .short(STATUS, answer.status.0);
    if !instance.is_empty() {
        set = set.text(AFFECTED_INSTANCE, b"UI", instance);
    }
    if let Some(error) = answer.error {
        set = set.short(ERROR_ID, error);
    }
    if !answer.comment.is_empty() {
        // LO: at most 64 characters.
        set = set.text(COMMENT, b"LO", &answer.comment.chars().take(64).collect::<String>());
    }
    coded(set)
}

/// How a request about an object was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Success, or why not (PS3.7 C).
    pub status: Status,
    /// The service's own number of a failure.
    pub error: Option<u16>,
    /// In words.
    pub comment: Box<str>,
}

fn asked(field: CommandField, class: &str, message: u16, has_data: bool) -> Writing {
    let set = Writing::default()
        .text(AFFECTED_CLASS, b"UI", class)
        .short(COMMAND_FIELD, field as u16)
        .short(MESSAGE_ID, message)
        .short(DATA_SET, if has_data { 0x0001 } else { NO_DATA_SET });
    // Low priority: whoever reads images comes first. Echoes have none.
    if has_data { set.short(PRIORITY, 0x0002) } else { set }
}

/// With the length of the group in front (PS3.7 §6.3.1).
fn coded(set: Writing) -> Vec<u8> {
    let rest = set.coded(Coding::Implicit);
    let length = u32::try_from(rest.len()).unwrap_or(u32::MAX);
    let mut out = Vec::with_capacity(rest.len() + 12);
    out.extend(GROUP_LENGTH.0.to_le_bytes());
    out.extend(GROUP_LENGTH.1.to_le_bytes());
    out.extend(4u32.to_le_bytes());
    out.extend(length.to_le_bytes());
    out.extend(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let bytes = move_request("1.2.840.10008.5.1.4.1.2.2.2", 7, "ORTHB");
        let set = DataSet::read(&bytes, Coding::Implicit).unwrap();
        assert_eq!(set.text(DESTINATION), "ORTHB");
        assert_eq!(set.text(AFFECTED_CLASS), "1.2.840.10008.5.1.4.1.2.2.2");
        assert_eq!(set.short(MESSAGE_ID), Some(7));
        let length = set.bytes(GROUP_LENGTH).unwrap();
        assert_eq!(u32::from_le_bytes(length.try_into().unwrap()) as usize, bytes.len() - 12);
        let command = Command::read(&bytes).unwrap();
        assert!(command.has_data && command.status.is_none());
    }

    #[test]
    fn only_0000_is_success_and_only_two_statuses_promise_more() {
        for number in 0..=u16::MAX {
            let status = Status(number);
            assert_eq!(status.is_success(), number == 0);
            assert_eq!(status.is_pending(), number == 0xFF00 || number == 0xFF01);
            assert_eq!(status.is_cancel(), number == 0xFE00);
        }
    }
}
