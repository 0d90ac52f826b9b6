//! Where a journal is kept, and opening it there. Files and folders are made readable for their owner only.

use crate::error::OpenError;
use crate::journal::Journal;
use crate::memory::MemoryJournal;
use crate::sql::SqlJournal;
use sqlx::postgres::PgConnectOptions;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// The journal's file in its folder.
pub const SQLITE_FILE_NAME: &str = "journal.sqlite";

/// Where a journal is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// In the file [`SQLITE_FILE_NAME`] in this folder, which is made when it is not there.
    Folder(PathBuf),
    /// In a PostgreSQL database, by its address (`postgres://user:password@host/database`).
    Postgres(String),
    /// In memory, forgotten when dropped.
    Memory,
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Location::Folder(folder) => folder.display().fmt(f),
            // The address may hold a password.
            Location::Postgres(address) => match PgConnectOptions::from_str(address) {
                Ok(options) => {
                    let database = options.get_database().unwrap_or("(default)");
                    write!(f, "PostgreSQL database {database} at {}", options.get_host())
                }
                Err(_) => f.write_str("PostgreSQL"),
            },
            Location::Memory => f.write_str("memory"),
        }
    }
}

impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// Opens the journal, making it or bringing its schema up to date when needed. Several processes may do so at once.
///
/// Must be called within a tokio runtime that outlives the journal.
pub async fn open(location: &Location) -> Result<Arc<dyn Journal>, OpenError> {
    match location {
        Location::Folder(folder) => {
            let file =
                prepare_folder(folder).map_err(|cause| OpenError::Folder { path: folder.clone(), cause })?;
            Ok(Arc::new(SqlJournal::open_sqlite(&file).await?))
        }
        Location::Postgres(address) => Ok(Arc::new(SqlJournal::open_postgres(address).await?)),
        Location::Memory => Ok(Arc::new(MemoryJournal::new())),
    }
}

/// Makes the folder and an empty file in it, for their owner only, where they are not there already.
fn prepare_folder(folder: &Path) -> std::io::Result<PathBuf> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    builder.create(folder)?;
    let file = folder.join(SQLITE_FILE_NAME);
    options.open(&file)?;
    sync_folder_of(&file)?;
    Ok(file)
}

/// Makes the name of a new file durable.
pub(crate) fn sync_folder_of(file: &Path) -> std::io::Result<()> {
    match file.parent() {
        #[cfg(unix)]
        Some(folder) if folder.as_os_str().is_empty() => std::fs::File::open(".")?.sync_all(),
        #[cfg(unix)]
        Some(folder) => std::fs::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
