//! What comes to an archive and goes from it is followed, one examination at a time.

use std::sync::atomic::Ordering;

use adapter_digests::records::{Of, Records};
use archive::digests::Keyed;

use crate::invented::{Archive, Authority, Beside, KEY, ask, keeper_of, listed, object, reasons, study};

#[test]
fn what_is_stored_and_deleted_after_the_first_list_is_followed_without_listing_all_again() {
    let archive = Archive::of(200, 10);
    let (keeper, _) = keeper_of(&archive, &KEY);
    assert!(keeper.rebuild(&|| true));
    archive.store(&study(900, "P900", ""), &[object(900, 0), object(900, 1)]);
    archive.store(&study(3, "P3", ""), &[object(3, 50)]);
    archive.delete(4, 2);
    // The newest object: the number of the last change goes back.
    archive.delete(900, 1);
    (0..10).for_each(|number| archive.delete(5, number));
    keeper.catch_up();
    let standing = keeper.standing();
    let (records, _) = standing.settled().expect("caught up");
    let anew = Records::of_holding(&archive.holding(), Keyed::new(&KEY));
    assert_eq!(records.tree(Of::Objects).root(), anew.tree(Of::Objects).root());
    assert_eq!((records.studies(), records.instances()), (200, 1_991));
    assert!(archive.truth().asked < 10, "{} examinations were asked for", archive.truth().asked);
    assert_eq!(keeper.drift(), None, "that is no drift");
}

#[test]
fn an_agent_that_is_behind_catches_up_before_it_answers() {
    let authority = Authority::made();
    let (a, b) = (Archive::of(50, 4), Archive::of(50, 4));
    let (of_a, of_b) = (Beside::new(&a, &authority), Beside::new(&b, &authority));
    let peers = (of_a.peer(&authority.asking), of_b.peer(&authority.asking));
    for turn in 0..4 {
        a.store(&study(turn, &format!("P{turn}"), ""), &[object(turn, 70)]);
        b.delete(turn + 20, 1);
        let asked = ask(&peers.0, &peers.1);
        assert_eq!(asked.verdict, listed(&a, &b), "turn {turn}");
    }
}

#[test]
fn an_archive_that_does_not_tell_what_it_stores_is_not_believed_until_it_is_listed_anew() {
    let authority = Authority::made();
    let (a, b) = (Archive::of(20, 4), Archive::of(20, 4));
    b.truth().tells_nothing = true;
    let (of_a, of_b) = (Beside::new(&a, &authority), Beside::new(&b, &authority));
    let peers = (of_a.peer(&authority.asking), of_b.peer(&authority.asking));
    assert!(ask(&peers.0, &peers.1).verdict.is_proven_equal());
    b.delete(2, 2);
    let says = reasons(&ask(&peers.0, &peers.1));
    assert!(says.contains("archive B") && says.contains("it is being listed anew"), "{says}");
    assert!(!of_b.keeper.is_due(), "not more often than every ten minutes");
    of_b.seconds.fetch_add(600, Ordering::Relaxed);
    assert!(of_b.keeper.is_due());
    assert!(of_b.keeper.rebuild(&|| true));
    assert_eq!(ask(&peers.0, &peers.1).verdict, listed(&a, &b));
    assert_eq!(of_b.keeper.drift(), None, "it was never believed meanwhile");
}
