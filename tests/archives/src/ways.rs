//! Each way of asking one of these servers, for tests and measurements: whoever asks has started it, and a server that cannot be asked ends the test.
#![allow(clippy::unwrap_used)]

use adapter_dicom::source::{
    Budget, Count, DimseSource, Held, OrthancSource, Pace, QidoSource, Source, hold,
};
use adapter_dicom::web::Client;
use archive::Holding;
use archive::coverage::{Ability, Limits};

use crate::Server;

/// Who counts what a server has: its own interface.
pub fn counter(server: &Server) -> Box<dyn Count + Send> {
    Box::new(OrthancSource::new(server.orthanc().unwrap(), None))
}

/// What Orthanc's conformance statement says of its DICOM and web services, with its own interface to count. By DICOM it can be asked by the beginning
/// of an identifier, by its web services not.
fn ability(page_rows: Option<u32>, uid_prefix: bool) -> Ability {
    Ability {
        count: true,
        token: true,
        page_rows,
        empty_value: false,
        time: true,
        modalities: Vec::new(),
        uid_prefix,
    }
}

/// By C-FIND.
pub fn by_dimse(server: &Server) -> Box<dyn Source + Send> {
    Box::new(DimseSource::new(server.peer().unwrap(), ability(None, true), Some(counter(server))))
}

/// By QIDO-RS.
pub fn by_qido(server: &Server) -> Box<dyn Source + Send> {
    let client = Client::new(server.web("/dicom-web")).unwrap();
    Box::new(QidoSource::new(client, ability(Some(100), false), Some(counter(server))))
}

/// By Orthanc's own interface.
pub fn by_rest(server: &Server) -> Box<dyn Source + Send> {
    Box::new(OrthancSource::new(server.orthanc().unwrap(), None))
}

/// A way of asking.
pub type Way = fn(&Server) -> Box<dyn Source + Send>;
/// Every way with its name.
pub const WAYS: [(&str, Way); 3] = [("DIMSE", by_dimse), ("QIDO", by_qido), ("REST", by_rest)];

/// As fast as it answers: nobody else uses it.
pub fn pace() -> Pace {
    Pace::new(Budget { questions_per_second_max: 0, share_percent_max: 100 })
}

/// Everything that a server has.
pub fn everything(source: &mut dyn Source) -> Holding {
    hold(source, &|_| true, Limits::default(), pace(), |_: Held| true).unwrap()
}
