//! An archive as something that can be listed: the questions of `archive::coverage`, sent by DIMSE, by QIDO-RS or to Orthanc itself.
//!
//! `dimse`, `qido`, `orthanc`; `list` puts a listing and an archive together, `hold` lists everything, `both` hands over what two hold, `compare` lists two and compares them, `content`
//! reads what both have as well, `probe` uses one as a reader would, `pace` keeps an
//! archive in clinical use from being slowed.

mod both;
mod compare;
mod content;
mod dimse;
mod hold;
mod list;
mod orthanc;
mod pace;
mod probe;
mod qido;

use std::collections::BTreeMap;

use archive::coverage::{Ability, Query, Rows, Scope};
use archive::{Instance, InstanceUid, Study};

pub use both::list_both;
pub use compare::{End, Question, compare};
pub use content::{Far, NOT_READ_MAX, Readable, Reads, compare_content, read_both, read_contents};
pub(crate) use content::{by_file, by_wado};
pub use dimse::DimseSource;
pub use hold::{Held, hold};
pub use list::{Ended, instances, studies};
pub use orthanc::{Examination, OrthancSource};
pub use pace::{Budget, Pace};
pub use probe::{Probing, SCROLLED_MAX, Times, probe};
pub use qido::QidoSource;

/// An archive that answers.
pub trait Source {
    /// What it can be asked.
    fn ability(&self) -> Ability;
    /// The number that changes whenever anything does; `None` when it could not be had.
    fn token(&mut self) -> Option<u64>;
    /// How many there are, in another way than by listing; `None` when it could not be had.
    fn count(&mut self, scope: &Scope) -> Option<u64>;
    /// Examinations.
    fn studies(&mut self, query: &Query, offset: u64, limit: Option<u32>) -> Rows<Study>;
    /// Objects of an examination or a series.
    fn instances(&mut self, query: &Query, offset: u64, limit: Option<u32>) -> Rows<Instance>;
    /// SOP classes of these objects of one series, as far as the archive says them: whoever asks for storage commitment must name them.
    ///
    /// # Errors
    /// A sentence: it was not answered.
    fn classes(&mut self, objects: &[Instance]) -> Result<Classes, Box<str>> {
        let _ = objects;
        Err("it cannot be asked for the classes of its objects".into())
    }
}

/// SOP Class UIDs by object.
pub type Classes = BTreeMap<InstanceUid, Box<str>>;

/// Somebody who counts what an archive has without listing it: its own statistics, a database, a person. Without one no list of a whole archive is
/// ever complete.
pub trait Count {
    /// Examinations of the archive; `None` when it could not be had.
    fn studies(&mut self) -> Option<u64>;
    /// The number that changes whenever anything does, if there is one.
    fn token(&mut self) -> Option<u64>;
}

/// `20260228`, as dates are asked for (PS3.5 §6.2, DA).
fn day(date: model::Date) -> String {
    date.to_string().replace('-', "")
}

/// How dates are asked for; `None` where every date will do (PS3.4 C.2.2.2.5).
fn days(query: &Query) -> Option<String> {
    use archive::coverage::When;
    let before = |date: model::Date| model::Date::of_days(date.days() - 1);
    let after = |date: model::Date| model::Date::of_days(date.days() + 1);
    match &query.when {
        When::Any => None,
        When::Undated => Some("\"\"".to_owned()),
        When::Days(from, to) if from == to => Some(day(*from)),
        When::Days(from, to) => Some(format!("{}-{}", day(*from), day(*to))),
        // Days beyond those that Segue knows are written out.
        When::Before(first) => {
            Some(format!("-{}", before(*first).map_or_else(|| "18991231".to_owned(), day)))
        }
        When::After(last) => Some(format!("{}-", after(*last).map_or_else(|| "22000101".to_owned(), day))),
    }
}

/// How times of day are asked for (TM): from the first second of a minute to the last of another.
fn minutes(query: &Query) -> Option<String> {
    let at = |minute: u16| format!("{:02}{:02}", minute / 60, minute % 60);
    query.minutes.map(|(from, to)| format!("{}00-{}59.999999", at(from), at(to)))
}
