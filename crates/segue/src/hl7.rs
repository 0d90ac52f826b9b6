//! How HL7 messages are read, in the configuration: hospitals differ in where they put what.

use std::collections::BTreeMap;

use adapter_hl7::{Charset, FieldPath, Site};
use archive::circumstances::Class;
use serde::{Deserialize, Serialize};

use crate::cmd::Failed;

/// What is said of a hospital's messages; docs/archive.md explains each key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Hl7Config {
    /// Where the accession number stands, such as `OBR-18` or `OBR-3.1`; the first that holds anything.
    accession: Vec<String>,
    /// The assigning authority whose numbers of patients the archives bear.
    patient_authority: Option<Box<str>>,
    /// Priorities that mean urgent here.
    urgent: Vec<Box<str>>,
    /// An order without a priority is routine.
    no_priority_is_routine: bool,
    /// Patient classes of its own, each with what it means.
    classes: BTreeMap<Box<str>, ClassWord>,
    /// Places that are theatres.
    theatres: Vec<Box<str>>,
    /// The messages hold the whole theatre list: who is not on it has no operation.
    whole_theatre_list: bool,
    /// Character set of messages that name none.
    charset: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ClassWord {
    Emergency,
    Inpatient,
    Other,
}

impl Hl7Config {
    /// Does it say anything?
    pub(crate) fn is_default(&self) -> bool {
        *self == Hl7Config::default()
    }

    /// Does somebody vouch for the theatre list?
    pub(crate) fn has_whole_theatre_list(&self) -> bool {
        self.whole_theatre_list
    }

    /// As the reader wants it.
    pub(crate) fn site(&self) -> Result<Site, Failed> {
        let wrong = |key: &str, says: String| Failed::Refused(format!("configuration: hl7.{key}: {says}"));
        let usual = Site::default();
        let path =
            |text: &String| FieldPath::parse(text).map_err(|error| wrong("accession", error.to_string()));
        let accession: Vec<FieldPath> = self.accession.iter().map(path).collect::<Result<_, _>>()?;
        let charset = match &self.charset {
            None => usual.charset,
            Some(name) => Charset::named(name)
                .ok_or_else(|| wrong("charset", format!("{name} is not read; UTF-8 and 8859/1 are")))?,
        };
        let class = |word: &ClassWord| match word {
            ClassWord::Emergency => Class::Emergency,
            ClassWord::Inpatient => Class::Inpatient,
            ClassWord::Other => Class::Other,
        };
        Ok(Site {
            accession: if accession.is_empty() { usual.accession } else { accession },
            patient_authority: self.patient_authority.clone(),
            urgent: self.urgent.clone(),
            no_priority_is_routine: self.no_priority_is_routine,
            classes: self.classes.iter().map(|(text, word)| (text.clone(), class(word))).collect(),
            theatres: self.theatres.clone(),
            charset,
        })
    }
}
