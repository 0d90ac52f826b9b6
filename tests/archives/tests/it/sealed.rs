//! Archives that speak TLS only.

use std::sync::Arc;

use adapter_dicom::dimse::{Association, Service};
use adapter_dicom::peer::{Peer, tls};
use archives::{Pair, Papers, skips};

#[test]
fn orthanc_an_archive_over_tls_is_asked_when_its_certificate_is_trusted_and_ours_is_shown() {
    if skips("TLS") {
        return;
    }
    let papers = Papers::made().unwrap();
    let pair = Pair::with_tls(&papers).unwrap();
    let own = Some((&*papers.own.0, &*papers.own.1));
    let by = |trusted: &str, own| {
        let peer = pair.a.peer().unwrap();
        let peer = Peer { tls: Some(Arc::new(tls(trusted, own).unwrap())), ..peer };
        let mut association = Association::new(&peer, Service::Verification)?;
        association.echo()?;
        association.release();
        Ok::<(), adapter_dicom::dimse::Failed>(())
    };
    by(&papers.trusted, own).unwrap();
    let other = Papers::made().unwrap();
    assert!(by(&other.trusted, own).is_err(), "its certificate comes from somebody else");
    assert!(by(&papers.trusted, None).is_err(), "it wants to see ours");
    let open = pair.a.peer().unwrap();
    assert!(Association::new(&open, Service::Verification).is_err(), "nobody speaks openly with it");
}
