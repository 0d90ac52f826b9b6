//! Image archives in the configuration: how each is asked, who counts what it has, how fast it may be asked.
//!
//! `asked` (two of them, asked at the same time), `linked` (two of them with an agent at each), `told` (what files and `worklists` say was to be there), `performed` (what
//! modalities call and say that they have made), `port` (how one is called), `pairs` (two of which one
//! stands in for the other, for the server), `probes` (how fast one gives images, here or where `segue probe archive` runs), `repairing` (what one lacks is given to it).

mod asked;
mod linked;
mod pairs;
mod performed;
mod port;
pub(crate) mod probes;
mod repairing;
mod told;
mod worklists;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use adapter_dicom::orthanc::Orthanc;
use adapter_dicom::peer::{AeTitle, Peer};
use adapter_dicom::source::{
    Budget, Count, DimseSource, End, OrthancSource, Pace, QidoSource, Reads, Source,
};
use adapter_dicom::web::{Client, Web};
use adapter_digests::{Counted, Followed, Following};
use archive::coverage::Ability;
use serde::{Deserialize, Serialize};

use crate::cmd::Failed;
use port::Port;

pub(crate) use asked::{Both, known};
pub(crate) use linked::{AgentsConfig, Linked, configured};
pub(crate) use pairs::{ConfiguredPairs, Pairs, sent};
pub(crate) use performed::PerformedConfig;
pub(crate) use probes::PROBES;
pub(crate) use repairing::{ReadingBack, Repairing, Sends};
pub(crate) use told::{Asking, Telling, Told};
pub(crate) use worklists::{WorklistConfig, Worklists};

/// Rows a page where nothing else is said.
const PAGE_ROWS: u32 = 500;

/// Every archive by its name.
pub(crate) type Archives = BTreeMap<String, ArchiveConfig>;

/// How an archive is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// C-FIND.
    Dimse,
    /// QIDO-RS.
    Qido,
    /// Orthanc's own interface.
    Orthanc,
}

/// One archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArchiveConfig {
    way: Way,
    /// Address of web services, or of Orthanc's own interface; of one that is listed by C-FIND, web services by which objects are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    root: Option<String>,
    /// Computer, port and title of the DICOM port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    calling: Option<String>,
    /// DICOM over TLS.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    tls: bool,
    /// Certificates that are trusted, in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trusted: Option<PathBuf>,
    /// Our certificate and key, in PEM, where the archive wants them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<PathBuf>,
    /// A file with what stands in `Authorization`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    authorization_file: Option<PathBuf>,
    /// Address of an Orthanc that counts what the archive has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count_by_orthanc: Option<String>,
    /// Name and port of the computer on which an agent keeps track of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<String>,
    /// Can be asked by the beginning of an identifier.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    uid_prefix: bool,
    /// Can be asked for what has no date.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    empty_value: bool,
    /// Modalities by which a long day is split.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    modalities: Vec<Box<str>>,
    /// Rows a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page_rows: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    questions_per_second_max: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    share_percent_max: Option<u8>,
    /// How what it has gets to another that lacks it; by what is configured where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sends: Option<Sends>,
    /// Where Segue listens for what the archive says of storage commitment; without, it is not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commitment_listen: Option<SocketAddr>,
    /// It answers in this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commitment_wait_seconds: Option<u32>,
}

impl ArchiveConfig {
    /// What is missing or does not go together.
    pub(crate) fn check(&self, name: &str) -> Result<(), Failed> {
        let lacks = |key: &str, why: &str| wrong(name, &format!("{key} is missing: {why}"));
        match self.way {
            Way::Dimse if self.host.is_none() => {
                Err(lacks("host", "name or address of the archive's computer"))
            }
            Way::Dimse if self.port.is_none() => Err(lacks("port", "its DICOM port, such as 104")),
            Way::Dimse if self.title.is_none() => Err(lacks("title", "its application entity title")),
            Way::Qido | Way::Orthanc if self.root.is_none() => {
                Err(lacks("root", "the address of its web services, such as https://pacs.example/dicom-web"))
            }
            Way::Dimse | Way::Qido | Way::Orthanc => Ok(()),
        }?;
        if let Some(agent) = &self.agent {
            linked::host_and_port(agent).map_err(|says| wrong(name, &says))?;
        }
        self.port(name).check()?;
        if self.share_percent_max.is_some_and(|share| !(1..=100).contains(&share)) {
            return Err(wrong(name, "share_percent_max is a whole number from 1 to 100"));
        }
        self.check_commitment(name)
    }

    /// Ready to be asked; nothing is asked yet.
    pub(crate) fn end(&self, name: &str) -> Result<End, Failed> {
        self.check(name)?;
        let source: Box<dyn Source + Send> = match self.way {
            Way::Dimse => {
                Box::new(DimseSource::new(self.peer(name)?, self.ability(None), self.counter(name)?))
            }
            Way::Qido => {
                let client = Client::new(self.web(name)?).map_err(Failed::from_error)?;
                let ability = self.ability(Some(self.page_rows.unwrap_or(PAGE_ROWS)));
                Box::new(QidoSource::new(client, ability, self.counter(name)?))
            }
            Way::Orthanc => {
                let orthanc = Orthanc::new(self.web(name)?).map_err(Failed::from_error)?;
                Box::new(OrthancSource::new(orthanc, self.page_rows))
            }
        };
        Ok(End { source, pace: self.pace() })
    }

    /// Ready to be followed by an agent. An archive of which nobody says whether anything changed cannot be.
    pub(crate) fn followed(&self, name: &str) -> Result<Box<dyn Followed>, Failed> {
        self.check(name)?;
        let orthanc = |web: Web| Orthanc::new(web).map_err(Failed::from_error);
        match (self.way, &self.count_by_orthanc) {
            (Way::Orthanc, _) => {
                Ok(Box::new(Following::new(orthanc(self.web(name)?)?, self.page_rows, self.pace())))
            }
            (Way::Dimse | Way::Qido, Some(root)) => {
                let web = Web { root: root.as_str().into(), ..self.secrets(name)? };
                Ok(Box::new(Counted::new(self.end(name)?, orthanc(web)?)))
            }
            (Way::Dimse | Way::Qido, None) => {
                let why = "count_by_orthanc is missing: an agent must be told whether anything came or went";
                Err(wrong(name, why))
            }
        }
    }

    /// Who reads its objects: WADO-RS, or Orthanc's own interface.
    pub(crate) fn reads(&self, name: &str) -> Result<Box<dyn Reads + Send>, Failed> {
        if self.root.is_none() {
            let why =
                "root is missing: objects are read by WADO-RS, such as from https://pacs.example/dicom-web";
            return Err(wrong(name, why));
        }
        let web = self.web(name)?;
        let reads: Box<dyn Reads + Send> = match self.way {
            Way::Orthanc => Box::new(Orthanc::new(web).map_err(Failed::from_error)?),
            Way::Dimse | Way::Qido => Box::new(Client::new(web).map_err(Failed::from_error)?),
        };
        Ok(reads)
    }

    /// How fast it may be asked.
    pub(crate) fn pace(&self) -> Pace {
        let usual = Budget::default();
        Pace::new(Budget {
            questions_per_second_max: self.questions_per_second_max.unwrap_or(usual.questions_per_second_max),
            share_percent_max: self.share_percent_max.unwrap_or(usual.share_percent_max),
        })
    }

    /// Its DICOM port, to have it send to another.
    pub(crate) fn sender(&self, name: &str) -> Result<Peer, Failed> {
        match (&self.host, self.port, &self.title) {
            (Some(_), Some(_), Some(_)) => self.peer(name),
            _ => Err(wrong(
                name,
                "host, port and title are missing: it is told over its DICOM port what to send",
            )),
        }
    }

    /// Its title, by which another sends to it.
    pub(crate) fn receiver(&self, name: &str) -> Result<AeTitle, Failed> {
        let title = self.title.as_deref();
        let title = title.ok_or_else(|| wrong(name, "title is missing: another archive knows it by that"))?;
        AeTitle::new(title).map_err(|error| wrong(name, &error.to_string()))
    }

    fn ability(&self, page_rows: Option<u32>) -> Ability {
        Ability {
            count: true,
            token: self.count_by_orthanc.is_some(),
            page_rows,
            empty_value: self.empty_value,
            time: true,
            modalities: self.modalities.clone(),
            uid_prefix: self.uid_prefix,
        }
    }

    fn counter(&self, name: &str) -> Result<Option<Box<dyn Count + Send>>, Failed> {
        let Some(root) = &self.count_by_orthanc else { return Ok(None) };
        let web = Web { root: root.as_str().into(), ..self.secrets(name)? };
        let orthanc = Orthanc::new(web).map_err(Failed::from_error)?;
        Ok(Some(Box::new(OrthancSource::new(orthanc, None))))
    }

    fn web(&self, name: &str) -> Result<Web, Failed> {
        let root = self.root.clone().unwrap_or_default();
        Ok(Web { root: root.into(), ..self.secrets(name)? })
    }

    fn secrets(&self, name: &str) -> Result<Web, Failed> {
        let authorization = self.authorization_file.as_deref().map(|path| read(name, path)).transpose()?;
        let trusted = self.trusted.as_deref().map(|path| read(name, path)).transpose()?;
        Ok(Web {
            root: "".into(),
            authorization: authorization.map(|text| text.trim().into()),
            trusted: trusted.map(Into::into),
        })
    }

    fn peer(&self, name: &str) -> Result<Peer, Failed> {
        self.port(name).peer()
    }

    fn port(&self, name: &str) -> Port<'_> {
        Port {
            section: section(name),
            host: self.host.as_deref().unwrap_or_default(),
            port: self.port.unwrap_or_default(),
            title: self.title.as_deref().unwrap_or_default(),
            calling: self.calling.as_deref(),
            tls: self.tls,
            trusted: self.trusted.as_ref(),
            certificate: self.certificate.as_ref(),
            key: self.key.as_ref(),
        }
    }
}

fn section(name: &str) -> String {
    format!("archives.{name}")
}

fn read(name: &str, path: &Path) -> Result<String, Failed> {
    port::read(&section(name), path)
}

/// A sentence about one archive of the configuration.
fn wrong(name: &str, says: &str) -> Failed {
    port::wrong(&section(name), says)
}
