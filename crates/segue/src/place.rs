//! Where a command works: the journal that the configuration names, and the node on it.

use std::sync::Arc;

use journal::{Journal, Location, StreamName};
use model::Time;
use node::Node;
use server::clock::{Clock, MachineClock};

use crate::cmd::Failed;
use crate::config::Config;

/// Opens the journal.
pub(crate) async fn open_journal(config: &Config) -> Result<Arc<dyn Journal>, Failed> {
    let location = match &config.journal {
        Some(url) => Location::Postgres(url.clone()),
        None => Location::Folder(config.data.clone()),
    };
    journal::open(&location).await.map_err(Failed::from_error)
}

/// The site's stream.
pub(crate) fn stream(config: &Config) -> Result<StreamName, Failed> {
    StreamName::new(&config.site).map_err(Failed::from_error)
}

/// Opens the journal and folds it.
pub(crate) async fn open_node(config: &Config) -> Result<Arc<Node>, Failed> {
    let journal = open_journal(config).await?;
    let opened = Node::open(journal, stream(config)?, true).await.map_err(Failed::from_error)?;
    Ok(opened.node)
}

/// Marks a folder as a demonstration's: `segue demo --fresh` removes no other, and no other server opens it.
pub(crate) const DEMONSTRATION_MARKER: &str = "this-is-a-segue-demo";

/// Is a data folder a demonstration's?
pub(crate) fn is_demonstration(folder: &std::path::Path) -> bool {
    folder.join(DEMONSTRATION_MARKER).exists()
}

/// The present time, read here and in the server only.
pub(crate) fn now() -> Time {
    MachineClock.now()
}

/// Who gives a command on the terminal, for the journal.
pub(crate) fn actor() -> String {
    let user =
        std::env::var("SUDO_USER").or_else(|_| std::env::var("USER")).or_else(|_| std::env::var("LOGNAME"));
    let user: String = user.unwrap_or_default().chars().filter(|c| !c.is_control()).take(60).collect();
    format!("cli:{}", if user.is_empty() { "unknown" } else { &user })
}

/// An instant as people and programs read it, in UTC.
pub(crate) fn time_text(at: Time) -> String {
    jiff::Timestamp::from_microsecond(at.0).map_or_else(|_| at.0.to_string(), |at| format!("{at:.0}"))
}

/// The same by a clock so many seconds east of UTC.
pub(crate) fn local_text(at: Time, offset_seconds: i32) -> String {
    let offset = jiff::tz::Offset::from_seconds(offset_seconds);
    match (jiff::Timestamp::from_microsecond(at.0), offset) {
        (Ok(at), Ok(offset)) => format!("{:.0}", at.display_with_offset(offset)),
        _ => time_text(at),
    }
}

/// Reads an instant that says its offset.
pub(crate) fn read_time(text: &str) -> Result<Time, Failed> {
    let at: jiff::Timestamp = text.parse().map_err(|_| {
        Failed::Refused(format!("\"{text}\" is no instant; write it as 2026-11-25T22:00:00+01:00"))
    })?;
    Ok(Time(at.as_microsecond()))
}
