//! Both archives, filled.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::exams::Exam;
use crate::papers::Papers;
use crate::server::{Caps, PLUGIN, PROGRAM, Ports, Server};

/// Uploads at the same time, into each.
const HANDS: usize = 4;

/// Archive A, in use, and archive B, which stands in.
pub struct Pair {
    /// In use.
    pub a: Server,
    /// Stands in.
    pub b: Server,
    /// Where both call `SEGUE`; nobody listens there unless a test does.
    pub ours: SocketAddr,
    // Removed after both have ended.
    _folder: TempDir,
}

/// Must a test be left out because Orthanc is not installed? It says so itself. With `SEGUE_REQUIRE_ORTHANC=1`, as `cargo xtask test archive` has it,
/// none is.
pub fn skips(test: &str) -> bool {
    let Some(missing) = [PROGRAM, PLUGIN].into_iter().find(|path| !Path::new(path).exists()) else {
        return false;
    };
    let required = std::env::var_os("SEGUE_REQUIRE_ORTHANC").is_some();
    assert!(!required, "{missing} is missing: the Debian packages orthanc and orthanc-dicomweb");
    #[allow(clippy::print_stderr)] // whoever runs the tests must know
    {
        eprintln!("{test}: not run, {missing} is missing");
    }
    true
}

impl Pair {
    /// Starts both, empty.
    ///
    /// # Errors
    /// One does not start.
    pub fn start(caps_a: Caps, caps_b: Caps) -> Result<Pair> {
        Pair::begun(caps_a, caps_b, None)
    }

    /// The DICOM ports of both speak TLS only, with certificates of this authority, and ask for one (PS3.15 B.12).
    ///
    /// # Errors
    /// One does not start.
    pub fn with_tls(papers: &Papers) -> Result<Pair> {
        Pair::begun(Caps::default(), Caps::default(), Some(papers))
    }

    fn begun(caps_a: Caps, caps_b: Caps, papers: Option<&Papers>) -> Result<Pair> {
        let folder = tempfile::Builder::new().prefix("segue-archives-").tempdir()?;
        let (of_a, of_b) = (Ports::free()?, Ports::free()?);
        let ours = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let files = papers.map(|papers| papers.put(folder.path())).transpose()?;
        let files = files.as_ref();
        let a = Server::start(folder.path(), "ORTHA", of_a, ("ORTHB", of_b), caps_a, files, ours.port())?;
        let b = Server::start(folder.path(), "ORTHB", of_b, ("ORTHA", of_a), caps_b, files, ours.port())?;
        Ok(Pair { a, b, ours, _folder: folder })
    }
}

impl Server {
    /// Stores every object for which `has` says so.
    ///
    /// # Errors
    /// One is not taken.
    pub fn store(&self, exams: &[Exam], has: impl Fn(&str) -> bool + Sync) -> Result<usize> {
        let files: Vec<(&Exam, &crate::exams::Object)> = exams
            .iter()
            .flat_map(|exam| exam.objects.iter().map(move |object| (exam, object)))
            .filter(|(_, object)| has(&object.uid))
            .collect();
        let each = files.len().div_ceil(HANDS).max(1);
        std::thread::scope(|scope| {
            let hands: Vec<_> =
                files.chunks(each).map(|part| scope.spawn(move || self.store_part(part))).collect();
            hands.into_iter().try_for_each(|hand| match hand.join() {
                Ok(stored) => stored,
                Err(_) => bail!("a hand that stored broke down"),
            })
        })?;
        Ok(files.len())
    }

    fn store_part(&self, part: &[(&Exam, &crate::exams::Object)]) -> Result<()> {
        let agent = ureq::agent();
        for (exam, object) in part {
            let sent = agent.post(format!("{}/instances", self.root())).send(&exam.file(object)[..]);
            sent.with_context(|| format!("{} does not take {}", self.title(), object.uid))?;
        }
        Ok(())
    }

    /// Removes one object.
    ///
    /// # Errors
    /// It is not there, or stays.
    pub fn remove(&self, uid: &str) -> Result<()> {
        let agent = ureq::agent();
        let mut found = agent.post(format!("{}/tools/lookup", self.root())).send(uid)?;
        let found: serde_json::Value = serde_json::from_str(&found.body_mut().read_to_string()?)?;
        let path = found.pointer("/0/Path").and_then(serde_json::Value::as_str);
        let path = path.with_context(|| format!("{} has no {uid}", self.title()))?;
        agent.delete(format!("{}{path}", self.root())).call()?;
        Ok(())
    }
}
