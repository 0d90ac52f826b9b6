//! Orthanc's own interface (its REST API): faster than DICOM, and the only way to count what it has without listing. `changes` says what it got and
//! whether anything came or went.

mod changes;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::web::{Client, Web, WebFailed, said};

pub use changes::{Mark, SeriesSize, Stored};

/// One Orthanc.
#[derive(Clone)]
pub struct Orthanc {
    client: Client,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum OrthancFailed {
    /// It did not answer well.
    #[error(transparent)]
    Web(#[from] WebFailed),
    /// The answer is not what Orthanc says.
    #[error("{what} of {root} is not what Orthanc answers: {says}")]
    Odd {
        /// What was asked.
        what: Box<str>,
        /// Whom.
        root: Box<str>,
        /// What is wrong, with line and column.
        says: Box<str>,
    },
}

/// What it has, as it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statistics {
    /// Examinations; in the statistics of one there is no such number.
    #[serde(default)]
    pub count_studies: u64,
    /// Series.
    pub count_series: u64,
    /// Objects.
    pub count_instances: u64,
}

/// Something that it has, with the attributes that it keeps at hand.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Resource {
    /// Its name in Orthanc.
    #[serde(rename = "ID")]
    pub id: Box<str>,
    /// Attributes by keyword.
    #[serde(rename = "MainDicomTags", default)]
    pub tags: Keywords,
    /// Attributes of the patient, of an examination.
    #[serde(rename = "PatientMainDicomTags", default)]
    pub patient: Keywords,
    /// The series that an object lies in.
    #[serde(rename = "ParentSeries", default)]
    pub series: Box<str>,
}

/// Attributes by keyword.
pub type Keywords = std::collections::BTreeMap<Box<str>, Box<str>>;

#[derive(Deserialize)]
struct Changes {
    #[serde(rename = "Last")]
    last: u64,
}

#[derive(Deserialize)]
struct LookedUp {
    #[serde(rename = "ID")]
    id: Box<str>,
    #[serde(rename = "Type")]
    of: Box<str>,
}

impl Orthanc {
    /// Nothing is asked yet.
    ///
    /// # Errors
    /// The address or certificates cannot be used.
    pub fn new(web: Web) -> Result<Orthanc, WebFailed> {
        Ok(Orthanc { client: Client::new(web)? })
    }

    /// What the whole archive has.
    ///
    /// # Errors
    /// It did not answer well.
    pub fn statistics(&self) -> Result<Statistics, OrthancFailed> {
        self.get("/statistics")
    }

    /// The number of its last change: it grows whenever anything does.
    ///
    /// # Errors
    /// It did not answer well.
    pub fn last_change(&self) -> Result<u64, OrthancFailed> {
        self.get("/changes?last").map(|changes: Changes| changes.last)
    }

    /// The examinations of this UID: several where two patients have one.
    ///
    /// # Errors
    /// It did not answer well.
    pub fn studies_of(&self, uid: &str) -> Result<Vec<Box<str>>, OrthancFailed> {
        self.named(uid, "Study")
    }

    /// The objects of this UID: several where two patients have one.
    ///
    /// # Errors
    /// It did not answer well.
    pub fn instances_named(&self, uid: &str) -> Result<Vec<Box<str>>, OrthancFailed> {
        self.named(uid, "Instance")
    }

    /// An object as the file that it is (PS3.10), to be read as it comes.
    ///
    /// # Errors
    /// It did not answer well. An answer that breaks off is an error of whoever reads it.
    pub fn file(&self, id: &str) -> Result<impl std::io::Read + use<>, OrthancFailed> {
        let path = format!("/instances/{}/file", plain(id));
        let coming = self.client.get_coming(&path, "application/dicom", &[200])?;
        Ok(coming.body)
    }

    /// Stores a file of DICOM; answers in Orthanc's own word what came of it, such as `Success`.
    ///
    /// # Errors
    /// It did not answer well. Whether it has it is not known then.
    pub fn store(&self, file: &[u8]) -> Result<Box<str>, OrthancFailed> {
        #[derive(Deserialize)]
        struct Stored {
            #[serde(rename = "Status")]
            status: Box<str>,
        }
        let path = "/instances";
        let mut body = file;
        let body = (&mut body as &mut dyn std::io::Read, file.len() as u64);
        let came = self.client.post_reading(path, body, "application/dicom", "application/json", &[200])?;
        self.read(path, &came.body).map(|stored: Stored| stored.status)
    }

    /// SOP Class UID of an object, as Orthanc noted it when it came.
    ///
    /// # Errors
    /// It did not answer well.
    pub fn class_of(&self, id: &str) -> Result<Box<str>, OrthancFailed> {
        let path = format!("/instances/{}/metadata/SopClassUid", plain(id));
        let came = self.client.get(&path, "text/plain")?;
        Ok(String::from_utf8_lossy(&came.body).trim().into())
    }

    /// What an examination has.
    ///
    /// # Errors
    /// It did not answer well.
    pub fn study_statistics(&self, id: &str) -> Result<Statistics, OrthancFailed> {
        self.get(&format!("/studies/{}/statistics", plain(id)))
    }

    /// The series of an examination.
    ///
    /// # Errors
    /// It did not answer well.
    pub fn series_of(&self, id: &str) -> Result<Vec<Resource>, OrthancFailed> {
        self.get(&format!("/studies/{}/series?expand", plain(id)))
    }

    /// The objects of an examination.
    ///
    /// # Errors
    /// It did not answer well.
    pub fn instances_of(&self, id: &str) -> Result<Vec<Resource>, OrthancFailed> {
        self.get(&format!("/studies/{}/instances?expand", plain(id)))
    }

    /// Examinations that match, at most so many after so many. Orthanc may have a cap of its own, and says nothing of it.
    ///
    /// # Errors
    /// It did not answer well.
    pub fn find_studies(
        &self,
        matching: &Keywords,
        offset: u64,
        limit: Option<u32>,
    ) -> Result<Vec<Resource>, OrthancFailed> {
        let mut asked = json!({ "Level": "Study", "Query": matching, "Expand": true });
        if let Some(limit) = limit {
            asked["Limit"] = limit.into();
            asked["Since"] = offset.into();
        }
        self.post("/tools/find", asked.to_string().as_bytes(), "application/json")
    }

    fn named(&self, uid: &str, of: &str) -> Result<Vec<Box<str>>, OrthancFailed> {
        let all: Vec<LookedUp> = self.post("/tools/lookup", uid.as_bytes(), "text/plain")?;
        Ok(all.into_iter().filter(|one| &*one.of == of).map(|one| one.id).collect())
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, OrthancFailed> {
        let came = self.client.get(path, "application/json")?;
        self.read(path, &came.body)
    }

    fn post<T: DeserializeOwned>(&self, path: &str, body: &[u8], kind: &str) -> Result<T, OrthancFailed> {
        let came = self.client.post(path, body, kind, "application/json")?;
        self.read(path, &came.body)
    }

    fn read<T: DeserializeOwned>(&self, path: &str, body: &[u8]) -> Result<T, OrthancFailed> {
        serde_json::from_slice(body).map_err(|error| OrthancFailed::Odd {
            what: path.into(),
            root: self.client.root().into(),
            says: said(&error),
        })
    }
}

/// A name of Orthanc, which is hexadecimal with dashes: nothing else gets into a path.
fn plain(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_hexdigit() || *c == '-').collect()
}
