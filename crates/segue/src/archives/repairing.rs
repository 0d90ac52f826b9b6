//! What B lacks is given to it, as the configuration says how: A sends by itself, or Segue carries object by object; then B is asked whether it keeps it,
//! and some of it is read back. The one way for the command line and for the pages.

use std::collections::BTreeSet;
use std::time::Duration;

use adapter_dicom::orthanc::Orthanc;
use adapter_dicom::repair::{
    Asks, Far, Fetches, Given, READ_BACK_EXAMINATIONS_MAX, ReadBack, Repair, Repaired, Storer, Stores,
    Wanted, Way as Hands, read_at_a, read_back,
};
use adapter_dicom::source::{Pace, Reads};
use adapter_dicom::web::Client;
use archive::InstanceUid;
use archive::coverage::Limits;
use serde::{Deserialize, Serialize};
use server::archives::ToSend;
use server::importer::Watch;

use super::{ArchiveConfig, Archives, Way, known, wrong};
use crate::cmd::Failed;

/// An archive answers to a question about storage in this time, where nothing else is said.
const COMMITMENT_WAIT_SECONDS: u32 = 300;
/// Longest time that can be said.
pub(super) const COMMITMENT_WAIT_MAX_SECONDS: u32 = 86_400;

/// How what an archive has gets to another that lacks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sends {
    /// It sends by itself (C-MOVE).
    Move,
    /// Segue fetches each object and stores it.
    Carried,
}

/// Ready to begin; nothing is asked yet.
pub(crate) struct Repairing {
    repair: Repair,
    read_back: ReadingBack,
    /// How it is done, as sentences.
    pub(crate) says: Vec<String>,
}

/// Who reads back what was sent.
pub(crate) struct ReadingBack {
    reads: Option<Box<dyn Reads + Send>>,
    pace: Pace,
    /// Who reads at A what is asked for again, and A's pace.
    of_a: Option<(Box<dyn Reads + Send>, Pace)>,
}

impl Repairing {
    /// What is missing in the configuration is said before anything is asked.
    pub(crate) fn new(archives: &Archives, a: &str, b: &str) -> Result<Repairing, Failed> {
        let (of_a, of_b) = (known(archives, a)?, known(archives, b)?);
        let (way, how) = hands((of_a, a), (of_b, b))?;
        let (commitment, kept) = match of_b.commitment_listen {
            Some(listen) => {
                let says =
                    format!("{b} is asked whether it keeps it (storage commitment, answers at {listen}).");
                (Some(of_b.asks(b)?), says)
            }
            None => {
                let says =
                    format!("{b} is not asked whether it keeps it: archives.{b} has no commitment_listen.");
                (None, says)
            }
        };
        let (reads, back) = match of_b.root {
            Some(_) => {
                let says = format!("Of the first {READ_BACK_EXAMINATIONS_MAX} examinations it is read back.");
                (Some(of_b.reads(b)?), says)
            }
            None => (None, format!("Nothing is read back: archives.{b} has no root.")),
        };
        let repair = Repair { a: of_a.end(a)?, b: of_b.end(b)?, way, commitment };
        let reads_a = of_a.root.is_some().then(|| of_a.reads(a)).transpose()?;
        let read_back =
            ReadingBack { reads, pace: of_b.pace(), of_a: reads_a.map(|reads| (reads, of_a.pace())) };
        Ok(Repairing { repair, read_back, says: vec![how, kept, back] })
    }

    /// Can it be done at all?
    pub(super) fn is_possible(archives: &Archives, a: &str, b: &str) -> bool {
        let both = archives.get(a).zip(archives.get(b));
        both.is_some_and(|(of_a, of_b)| hands((of_a, a), (of_b, b)).is_ok())
    }

    /// Sends what B lacks of these examinations, most urgent first, and asks B whether it keeps it; of those in doubt it is asked for what it has, too. It takes
    /// its time.
    pub(crate) fn run(
        self,
        wanted: &ToSend,
        objects: Option<&BTreeSet<InstanceUid>>,
        watch: &Watch,
    ) -> Result<(Repaired, ReadingBack), Failed> {
        let ToSend { studies, again } = wanted;
        let wanted = Wanted { studies, objects, again, limits: Limits::default() };
        let repaired = self.repair.run(wanted, &|far| told(far, watch)).map_err(Failed::from_error)?;
        Ok((repaired, self.read_back))
    }
}

impl ReadingBack {
    /// Reads back what was given, as far as B can be read; `None` where it cannot. What is asked for again is read at A first, where A can be read.
    pub(crate) fn run(self, given: &mut [Given], watch: &Watch) -> Option<ReadBack> {
        let mut reads = self.reads?;
        if let Some((mut of_a, pace)) = self.of_a {
            read_at_a(&mut *of_a, given, pace, &|far| told(far, watch));
        }
        Some(read_back(&mut *reads, given, self.pace, &|far| told(far, watch)))
    }
}

fn told(far: Far, watch: &Watch) -> bool {
    let (done, of) = far.counts();
    watch.report(done, of);
    !watch.is_stopped()
}

/// How objects get from one to the other, and the same as a sentence.
fn hands(
    (of_a, a): (&ArchiveConfig, &str),
    (of_b, b): (&ArchiveConfig, &str),
) -> Result<(Hands, String), Failed> {
    let can_move = of_a.has_port() && of_b.title.is_some();
    let moves = match of_a.sends {
        Some(sends) => sends == Sends::Move,
        // Of what can be done neither way the first is said to be missing.
        None => can_move || of_a.root.is_none(),
    };
    if moves {
        let (from, to) = (of_a.sender(a)?, of_b.receiver(b)?);
        let says = format!("{a} sends whole examinations by itself (C-MOVE) to {to}, which it must know.");
        return Ok((Hands::Move { from, to }, says));
    }
    let ((from, fetched), (to, stored)) = (of_a.fetches(a)?, of_b.stores(b)?);
    let says =
        format!("Segue fetches each missing object from {a} ({fetched}) and stores it at {b} ({stored}).");
    Ok((Hands::Carry { from, to }, says))
}

impl ArchiveConfig {
    fn has_port(&self) -> bool {
        self.host.is_some() && self.port.is_some() && self.title.is_some()
    }

    fn fetches(&self, name: &str) -> Result<(Box<dyn Fetches + Send>, &'static str), Failed> {
        if self.root.is_none() {
            let why = "root is missing: objects are fetched by WADO-RS, such as from https://pacs.example/dicom-web";
            return Err(wrong(name, why));
        }
        let web = self.web(name)?;
        Ok(match self.way {
            Way::Orthanc => {
                (Box::new(Orthanc::new(web).map_err(Failed::from_error)?), "Orthanc's own interface")
            }
            Way::Dimse | Way::Qido => (Box::new(Client::new(web).map_err(Failed::from_error)?), "WADO-RS"),
        })
    }

    fn stores(&self, name: &str) -> Result<(Box<dyn Stores + Send>, &'static str), Failed> {
        Ok(match (self.way, &self.root) {
            (Way::Dimse, None) => (Box::new(Storer::new(self.peer(name)?)), "C-STORE"),
            (Way::Orthanc, _) => {
                let orthanc = Orthanc::new(self.web(name)?).map_err(Failed::from_error)?;
                (Box::new(orthanc), "Orthanc's own interface")
            }
            (Way::Dimse | Way::Qido, _) => {
                (Box::new(Client::new(self.web(name)?).map_err(Failed::from_error)?), "STOW-RS")
            }
        })
    }

    fn asks(&self, name: &str) -> Result<Asks, Failed> {
        let listen = self.commitment_listen.ok_or_else(|| wrong(name, "commitment_listen is missing"))?;
        let seconds = self.commitment_wait_seconds.unwrap_or(COMMITMENT_WAIT_SECONDS);
        Ok(Asks {
            peer: self.peer(name)?,
            listen,
            within: Duration::from_secs(u64::from(seconds)),
            // A number of 128 bits under 2.25 (PS3.5 B.2) that nobody drew before.
            transactions: Box::new(|| format!("2.25.{}", rand::random::<u128>()).into()),
        })
    }

    /// What does not go together with asking about storage.
    pub(super) fn check_commitment(&self, name: &str) -> Result<(), Failed> {
        let wait = self.commitment_wait_seconds;
        if wait.is_some_and(|seconds| !(1..=COMMITMENT_WAIT_MAX_SECONDS).contains(&seconds)) {
            let says =
                format!("commitment_wait_seconds is a whole number from 1 to {COMMITMENT_WAIT_MAX_SECONDS}");
            return Err(wrong(name, &says));
        }
        if self.commitment_listen.is_some() && !self.has_port() {
            return Err(wrong(
                name,
                "commitment_listen needs host, port and title: the archive is asked over its DICOM port",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(a: &str, b: &str) -> Result<Vec<String>, String> {
        let read = |text: &str| toml::from_str::<ArchiveConfig>(text).unwrap();
        let archives = Archives::from([("a".to_owned(), read(a)), ("b".to_owned(), read(b))]);
        let made = archives.iter().try_for_each(|(name, archive)| archive.check(name));
        made.map_err(|error| error.sentence())?;
        Repairing::new(&archives, "a", "b").map(|made| made.says).map_err(|error| error.sentence())
    }

    const WEB: &str = "way = \"qido\"\nroot = \"http://127.0.0.1:9/dicom-web\"\n";
    const ORTHANC: &str = "way = \"orthanc\"\nroot = \"http://127.0.0.1:9\"\n";
    const PORT: &str = "way = \"dimse\"\nhost = \"127.0.0.1\"\nport = 104\ntitle = \"PACS\"\n";

    #[test]
    fn an_archive_with_a_dicom_port_sends_by_itself_unless_the_configuration_says_that_segue_carries() {
        let how = |a: &str, b: &str| says(a, b).unwrap().remove(0);
        assert!(how(PORT, PORT).contains("a sends whole examinations by itself (C-MOVE) to PACS"));
        assert!(
            how(WEB, ORTHANC).ends_with("from a (WADO-RS) and stores it at b (Orthanc's own interface).")
        );
        assert!(
            how(ORTHANC, WEB).ends_with("from a (Orthanc's own interface) and stores it at b (STOW-RS).")
        );
        assert!(how(WEB, PORT).ends_with("stores it at b (C-STORE)."));
        let carried = format!("{PORT}root = \"http://127.0.0.1:9/dicom-web\"\nsends = \"carried\"\n");
        assert!(how(&carried, PORT).ends_with("from a (WADO-RS) and stores it at b (C-STORE)."));
        // B without a title cannot be sent to.
        assert!(how(&format!("{PORT}root = \"http://127.0.0.1:9/\"\n"), WEB).contains("WADO-RS"));
    }

    #[test]
    fn what_is_missing_to_send_is_said_before_anything_is_asked() {
        assert!(says(PORT, WEB).unwrap_err().contains("archives.b: title is missing"));
        let moves = format!("{WEB}sends = \"move\"\n");
        assert!(says(&moves, PORT).unwrap_err().contains("archives.a: host, port and title are missing"));
        let carried = format!("{PORT}sends = \"carried\"\n");
        assert!(says(&carried, PORT).unwrap_err().contains("archives.a: root is missing"));
    }

    #[test]
    fn what_is_not_asked_of_the_receiver_is_said() {
        let told = says(WEB, PORT).unwrap();
        assert!(told[1].contains("b is not asked whether it keeps it: archives.b has no commitment_listen"));
        assert!(told[2].contains("Nothing is read back: archives.b has no root"));
        let listening =
            format!("{PORT}root = \"http://127.0.0.1:9/dicom-web\"\ncommitment_listen = \"0.0.0.0:11113\"\n");
        let told = says(WEB, &listening).unwrap();
        assert!(told[1].contains("answers at 0.0.0.0:11113") && told[2].contains("first 50 examinations"));
        let portless = format!("{WEB}commitment_listen = \"0.0.0.0:11113\"\n");
        assert!(says(WEB, &portless).unwrap_err().contains("commitment_listen needs host, port and title"));
        let endless = format!("{PORT}commitment_wait_seconds = 0\n");
        assert!(says(WEB, &endless).unwrap_err().contains("from 1 to 86400"));
    }
}
