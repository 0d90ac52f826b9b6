//! One Orthanc: started on free ports in a folder of its own, asked until it answers, ended with whoever started it.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use adapter_dicom::orthanc::Orthanc;
use adapter_dicom::peer::{AeTitle, Peer};
use adapter_dicom::web::Web;
use anyhow::{Context, Result, bail};

use crate::papers::Files;
use crate::planned::Planned;
use serde_json::json;

/// Where Debian puts the server and its web services.
pub(crate) const PROGRAM: &str = "/usr/sbin/Orthanc";
pub(crate) const PLUGIN: &str = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
/// Worklists for modalities: part of the server's own package.
const WORKLISTS: &str = "/usr/share/orthanc/plugins/libModalityWorklists.so";
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Answers are silently cut at so many; 0 for no cap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// Objects.
    pub instances: u32,
    /// Patients, examinations, series.
    pub results: u32,
}

/// Ports of one Orthanc.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    pub(crate) http: u16,
    pub(crate) dicom: u16,
}

impl Ports {
    pub(crate) fn free() -> Result<Ports> {
        // Both are held until both are known: they differ.
        let [one, other] = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
        Ok(Ports { http: one.local_addr()?.port(), dicom: other.local_addr()?.port() })
    }
}

/// A running Orthanc.
#[derive(Debug)]
pub struct Server {
    title: &'static str,
    ports: Ports,
    child: Child,
    log: PathBuf,
    store: PathBuf,
}

impl Server {
    pub(crate) fn start(
        folder: &Path,
        title: &'static str,
        ports: Ports,
        peer: (&str, Ports),
        caps: Caps,
        papers: Option<&Files>,
        ours: u16,
    ) -> Result<Server> {
        let store = folder.join(title);
        fs::create_dir_all(&store)?;
        let setting = folder.join(format!("{title}.json"));
        let log = folder.join(format!("{title}.log"));
        let (other, theirs) = peer;
        let mut text = json!({
            "Name": title,
            "StorageDirectory": store, "IndexDirectory": store,
            "Plugins": [PLUGIN, WORKLISTS],
            "Worklists": { "Enable": true, "Database": store },
            "HttpPort": ports.http, "HttpBindAddresses": ["127.0.0.1"],
            "RemoteAccessAllowed": false, "AuthenticationEnabled": false, "HttpThreadsCount": 4, "KeepAlive": true,
            "DicomPort": ports.dicom, "DicomAet": title, "DicomCheckCalledAet": true,
            "DicomAlwaysAllowFind": true, "DicomAlwaysAllowStore": true, "DicomAlwaysAllowMove": true,
            "DicomModalities": { "other": [other, "127.0.0.1", theirs.dicom], "segue": ["SEGUE", "127.0.0.1", ours] },
            "LimitFindInstances": caps.instances, "LimitFindResults": caps.results,
            "OverwriteInstances": false, "StableAge": 1, "SaveJobs": false,
            "DicomWeb": { "Enable": true, "Root": "/dicom-web/" },
        });
        if let Some(files) = papers {
            // Its DICOM port only: Debian's Orthanc 1.10 crashes at the first request when its web server speaks TLS.
            text["DicomTlsEnabled"] = true.into();
            text["DicomTlsCertificate"] = json!(files.certificate);
            text["DicomTlsPrivateKey"] = json!(files.key);
            text["DicomTlsTrustedCertificates"] = json!(files.trusted);
        }
        fs::write(&setting, text.to_string())?;
        let out = File::create(&log)?;
        let child = Command::new(PROGRAM)
            .arg(&setting)
            .stdin(Stdio::null())
            .stderr(out.try_clone()?)
            .stdout(out)
            .spawn()
            .with_context(|| format!("{PROGRAM} did not start"))?;
        let mut server = Server { title, ports, child, log, store };
        server.wait()?;
        Ok(server)
    }

    fn wait(&mut self) -> Result<()> {
        let orthanc = self.orthanc()?;
        let until = Instant::now() + READY_WITHIN;
        while orthanc.statistics().is_err() {
            let ended = self.child.try_wait()?;
            if ended.is_some() || Instant::now() > until {
                let said = fs::read_to_string(&self.log).unwrap_or_default();
                bail!("{} is not ready: {ended:?}\n{said}", self.title);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Puts a step on its worklist.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn schedule(&self, planned: &Planned) -> Result<()> {
        let path = self.store.join(format!("{}.wl", planned.step));
        fs::write(&path, planned.file()).with_context(|| format!("{} could not be written", path.display()))
    }

    /// Its application entity title.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// The address of its own interface.
    pub fn root(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.http)
    }

    /// Its own interface.
    ///
    /// # Errors
    /// The address cannot be used.
    pub fn orthanc(&self) -> Result<Orthanc> {
        Ok(Orthanc::new(self.web(""))?)
    }

    /// Its web services, below the root of its own interface.
    pub fn web(&self, below: &str) -> Web {
        Web { root: format!("{}{below}", self.root()).into(), authorization: None, trusted: None }
    }

    /// Its DICOM port, spoken with as `SEGUE`.
    ///
    /// # Errors
    /// The title is none.
    pub fn peer(&self) -> Result<Peer> {
        let title = |text| AeTitle::new(text);
        Ok(Peer {
            host: "127.0.0.1".into(),
            port: self.ports.dicom,
            called: title(self.title)?,
            calling: title("SEGUE")?,
            tls: None,
        })
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
