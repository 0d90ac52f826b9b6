//! The state folder: who this host is (key and certificate, readable by root only) and the log. One agent at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use model::AssetTag;
use serde::{Deserialize, Serialize};
use wire::OrderKey;

use super::Failed;

/// Where the state is kept if nobody says otherwise.
pub(super) const FOLDER_DEFAULT: &str = "/var/lib/segue-agent";

/// The folder.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

/// Who this host is, as its site said at enrolment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The server's address.
    pub server: Box<str>,
    /// The host.
    pub host: AssetTag,
    /// The key of the site's orders.
    pub signing_key: OrderKey,
    /// The certificate of the site's authority.
    pub ca_pem: Box<str>,
    /// The host's certificate.
    pub certificate_pem: Box<str>,
    /// The host's private key, which never leaves this file.
    pub key_pem: Box<str>,
}

impl std::fmt::Display for Known {
    /// Never shows the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {}", self.host, self.server)
    }
}

impl Folder {
    /// The folder at this path.
    pub fn new(path: PathBuf) -> Folder {
        Folder(path)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    fn failed(&self, path: PathBuf) -> impl FnOnce(io::Error) -> Failed {
        move |source| Failed::Folder { path, source }
    }

    /// Makes it, for its owner only, where there is none.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn make(&self) -> Result<(), Failed> {
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0);
        made.map_err(self.failed(self.0.clone()))
    }

    /// Makes sure that no other agent uses it, for as long as the file is kept.
    ///
    /// # Errors
    /// One does, or the folder cannot be used.
    pub fn lock(&self) -> Result<File, Failed> {
        let path = self.0.join("agent.lock");
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(self.failed(path.clone()))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Failed::Busy(self.0.clone())),
            Err(TryLockError::Error(source)) => Err(Failed::Folder { path, source }),
        }
    }

    /// Who this host is.
    ///
    /// # Errors
    /// It is not enrolled, or the file is spoilt.
    pub fn known(&self) -> Result<Known, Failed> {
        let path = self.0.join("identity.json");
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| Failed::Spoilt { path, says: error.to_string() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Failed::NotEnrolled(path)),
            Err(source) => Err(Failed::Folder { path, source }),
        }
    }

    /// Remembers who this host is: whole or not at all, readable by its owner only.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn remember(&self, known: &Known) -> Result<(), Failed> {
        let (path, beside) = (self.0.join("identity.json"), self.0.join("identity.new"));
        let write = || -> io::Result<()> {
            let _older = std::fs::remove_file(&beside);
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
            file.write_all(&serde_json::to_vec_pretty(known).map_err(io::Error::other)?)?;
            file.sync_all()?;
            std::fs::rename(&beside, &path)?;
            File::open(&self.0)?.sync_all()
        };
        write().map_err(self.failed(path.clone()))
    }
}
