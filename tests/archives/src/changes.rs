//! What people do in an archive behind the back of the other: compress an object, give a patient another number, hand a file in.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::server::Server;

impl Server {
    /// Takes one file.
    ///
    /// # Errors
    /// It is not taken.
    pub fn take(&self, file: &[u8]) -> Result<()> {
        ureq::agent().post(format!("{}/instances", self.root())).send(file)?;
        Ok(())
    }

    /// An object as a file in another transfer syntax, under its own name; what is stored stays as it is.
    ///
    /// # Errors
    /// It is not there, or this Orthanc cannot write so.
    pub fn compressed(&self, uid: &str, syntax: &str) -> Result<Vec<u8>> {
        let path = self.path_of(uid)?;
        let asked = json!({"Transcode": syntax, "Keep": ["SOPInstanceUID"], "Force": true});
        let mut answer = ureq::agent()
            .post(format!("{}{path}/modify", self.root()))
            .send(asked.to_string())
            .with_context(|| format!("{} does not write {uid} in {syntax}", self.title()))?;
        Ok(answer.body_mut().read_to_vec()?)
    }

    /// Gives a patient another number, which may be that of another one; examinations, series and objects keep their names.
    ///
    /// # Errors
    /// It is not there, or stays as it was.
    pub fn reidentify(&self, patient: &str, becomes: &str) -> Result<()> {
        let path = self.path_of(patient)?;
        let asked = json!({
            "Replace": {"PatientID": becomes},
            "Keep": ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"],
            "Force": true, "KeepSource": false, "Synchronous": true,
        });
        let mut answer =
            ureq::agent().post(format!("{}{path}/modify", self.root())).send(asked.to_string())?;
        let says: Value = serde_json::from_str(&answer.body_mut().read_to_string()?)?;
        let new = says.get("Path").and_then(Value::as_str).context("Orthanc names no new patient")?;
        ensure!(new != path, "{patient} is still who it was");
        Ok(())
    }

    /// Where Orthanc has what bears this name.
    pub(crate) fn path_of(&self, uid: &str) -> Result<String> {
        let mut found = ureq::agent().post(format!("{}/tools/lookup", self.root())).send(uid)?;
        let found: Value = serde_json::from_str(&found.body_mut().read_to_string()?)?;
        let path = found.pointer("/0/Path").and_then(Value::as_str);
        Ok(path.with_context(|| format!("{} has no {uid}", self.title()))?.to_owned())
    }
}
