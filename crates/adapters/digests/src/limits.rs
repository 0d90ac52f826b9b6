//! Every limit of the agents' conversation, with its unit last.

use std::time::Duration;

/// Longest message, in bytes: 262,144 coded symbols of some forty bytes, or a page of objects by name.
pub const FRAME_MAX_BYTES: u32 = 16 * 1_048_576;
/// Memory is taken for a message as it comes, so many bytes at a time.
pub const FRAME_PIECE_BYTES: usize = 65_536;
/// A message comes whole in this time.
pub const FRAME_MAX_SECONDS: u64 = 120;
/// A connection is made, and TLS agreed on, in this time.
pub const CONNECT_MAX_SECONDS: u64 = 10;
/// Whoever is to speak says something in this time.
pub const SILENCE_MAX_SECONDS: u64 = 30;
/// An agent answers the first message in this time: until then it asks its archive what came.
pub const HELLO_MAX_SECONDS: u64 = 120;
/// A conversation is over in this time. What comes to the archive meanwhile is taken in afterwards.
pub const CONVERSATION_MAX_SECONDS: u64 = 600;
/// Most conversations at once; further callers are turned away.
pub const CONVERSATIONS_MAX: usize = 8;
/// Most questions of one conversation.
pub const QUESTIONS_MAX: u32 = 10_000;
/// Most differences that are found; of more the archives are listed.
pub const DIFFERENCES_MAX: u64 = 400_000;
/// Most digests that are asked to be named at once.
pub const NAMED_MAX: usize = 65_536;
/// Most examinations whose objects are asked for at once.
pub const EXAMINATIONS_MAX: usize = 1_000;
/// Most objects in one message.
pub const OBJECTS_IN_MESSAGE_MAX: usize = 20_000;
/// Most objects of the examinations that differ, of one archive.
pub const OBJECTS_MAX: u64 = 5_000_000;
/// Longest sentence that is sent, in characters.
pub const SENTENCE_MAX_CHARACTERS: usize = 400;
/// Times that both archives are asked anew when something came to one of them meanwhile.
pub const ATTEMPTS_MAX: u32 = 4;
/// Times that an archive is asked what came since, before its agent says that it is behind.
pub const CATCH_UP_MAX: u32 = 5;
/// How often an archive is asked what came.
pub const FOLLOW_EVERY_SECONDS: u64 = 5;
/// A rebuilding that came to nothing is tried again after this time.
pub const REBUILD_AGAIN_SECONDS: i64 = 600;
/// From one rebuilding to the next where nothing else is said.
pub const REBUILD_EVERY_HOURS: u32 = 24;
/// Changes asked for at once.
pub(crate) const CHANGES_PAGE: u32 = 1_000;
/// Series asked for at once.
pub(crate) const SERIES_PAGE: u32 = 1_000;

pub(crate) const CONNECT: Duration = Duration::from_secs(CONNECT_MAX_SECONDS);
pub(crate) const SILENCE: Duration = Duration::from_secs(SILENCE_MAX_SECONDS);
pub(crate) const HELLO: Duration = Duration::from_secs(HELLO_MAX_SECONDS);
pub(crate) const FRAME: Duration = Duration::from_secs(FRAME_MAX_SECONDS);
pub(crate) const CONVERSATION: Duration = Duration::from_secs(CONVERSATION_MAX_SECONDS);
