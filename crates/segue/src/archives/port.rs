//! A DICOM port as the configuration has it: whom to call, as whom, and how. One way for archives and worklists.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use adapter_dicom::peer::{AeTitle, Peer, tls};

use crate::cmd::Failed;

/// Our own title where nothing else is said.
pub(super) const CALLING: &str = "SEGUE";

/// The keys that say it.
pub(super) struct Port<'a> {
    /// Where they stand, such as `archives.pacs-a`.
    pub(super) section: String,
    pub(super) host: &'a str,
    pub(super) port: u16,
    pub(super) title: &'a str,
    pub(super) calling: Option<&'a str>,
    pub(super) tls: bool,
    pub(super) trusted: Option<&'a PathBuf>,
    pub(super) certificate: Option<&'a PathBuf>,
    pub(super) key: Option<&'a PathBuf>,
}

impl Port<'_> {
    /// Ready to be called.
    pub(super) fn peer(&self) -> Result<Peer, Failed> {
        let section = &*self.section;
        let title = |text: &str| AeTitle::new(text).map_err(|error| wrong(section, &error.to_string()));
        let tls = if self.tls {
            let pem = |path: Option<&PathBuf>| path.map(|path| read(section, path)).transpose();
            let (trusted, certificate, key) = (pem(self.trusted)?, pem(self.certificate)?, pem(self.key)?);
            let Some(trusted) = trusted else {
                let says = "trusted is missing: the certificates that the other end's must come from";
                return Err(wrong(section, says));
            };
            let own = certificate.as_deref().zip(key.as_deref());
            Some(Arc::new(tls(&trusted, own).map_err(|error| wrong(section, &error.to_string()))?))
        } else {
            None
        };
        Ok(Peer {
            host: self.host.into(),
            port: self.port,
            called: title(self.title)?,
            calling: title(self.calling.unwrap_or(CALLING))?,
            tls,
        })
    }

    /// Do certificate and key go together?
    pub(super) fn check(&self) -> Result<(), Failed> {
        if self.certificate.is_some() != self.key.is_some() {
            return Err(wrong(&self.section, "certificate and key belong together: one of them is missing"));
        }
        Ok(())
    }
}

/// A file that a section names.
pub(super) fn read(section: &str, path: &Path) -> Result<String, Failed> {
    std::fs::read_to_string(path).map_err(|error| wrong(section, &format!("{}: {error}", path.display())))
}

/// A sentence about one section of the configuration.
pub(super) fn wrong(section: &str, says: &str) -> Failed {
    Failed::Refused(format!("configuration: {section}: {says}"))
}
