//! Each way of asking, and what a test needs of it.

use adapter_dicom::source::{
    Budget, Count, DimseSource, Held, OrthancSource, Pace, QidoSource, Source, hold,
};
use adapter_dicom::web::Client;
use archive::Holding;
use archive::coverage::{Ability, Limits};
use archives::Server;

pub(crate) fn counter(server: &Server) -> Box<dyn Count + Send> {
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

pub(crate) fn by_dimse(server: &Server) -> Box<dyn Source + Send> {
    Box::new(DimseSource::new(server.peer().unwrap(), ability(None, true), Some(counter(server))))
}

pub(crate) fn by_qido(server: &Server) -> Box<dyn Source + Send> {
    let client = Client::new(server.web("/dicom-web")).unwrap();
    Box::new(QidoSource::new(client, ability(Some(100), false), Some(counter(server))))
}

pub(crate) fn by_rest(server: &Server) -> Box<dyn Source + Send> {
    Box::new(OrthancSource::new(server.orthanc().unwrap(), None))
}

pub(crate) type Way = fn(&Server) -> Box<dyn Source + Send>;
pub(crate) const WAYS: [(&str, Way); 3] = [("DIMSE", by_dimse), ("QIDO", by_qido), ("REST", by_rest)];

pub(crate) fn pace() -> Pace {
    Pace::new(Budget { questions_per_second_max: 0, share_percent_max: 100 })
}

pub(crate) fn everything(source: &mut dyn Source) -> Holding {
    hold(source, &|_| true, Limits::default(), pace(), |_: Held| true).unwrap()
}
