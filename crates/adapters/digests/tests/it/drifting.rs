//! The nightly list: what was kept and is not so is never corrected without a word.

use std::sync::atomic::Ordering;

use crate::invented::{Archive, Authority, Beside, ask, listed, reasons};

const DAY_SECONDS: i64 = 86_400;

#[test]
fn a_tree_that_drifted_is_told_to_the_next_who_asks_and_the_new_one_is_taken() {
    let authority = Authority::made();
    let (a, b) = (Archive::of(30, 4), Archive::of(30, 4));
    let (of_a, of_b) = (Beside::new(&a, &authority), Beside::new(&b, &authority));
    let peers = (of_a.peer(&authority.asking), of_b.peer(&authority.asking));
    // Nobody is told, and all numbers agree: only a whole list sees it.
    b.swap_silently(7, 1, 99);
    assert!(ask(&peers.0, &peers.1).verdict.is_proven_equal(), "as wrong as the archive made it");
    assert!(!of_b.keeper.is_due());
    of_b.seconds.fetch_add(DAY_SECONDS, Ordering::Relaxed);
    assert!(of_b.keeper.is_due() && of_b.keeper.rebuild(&|| true));
    let says = reasons(&ask(&peers.0, &peers.1));
    assert!(says.contains("agent of archive B") && says.contains("may be wrong"), "{says}");
    assert!(
        says.contains("1 objects in it were not in the archive, 1 of the archive were not in it"),
        "{says}"
    );
    assert_eq!(ask(&peers.0, &peers.1).verdict, listed(&a, &b), "told once; the new tree is taken");
}

#[test]
fn an_object_that_an_archive_never_told_of_is_a_drift_even_when_a_count_gives_it_away() {
    let authority = Authority::made();
    let (a, b) = (Archive::of(30, 4), Archive::of(30, 4));
    let (of_a, of_b) = (Beside::new(&a, &authority), Beside::new(&b, &authority));
    let peers = (of_a.peer(&authority.asking), of_b.peer(&authority.asking));
    b.swap_silently(7, 1, 99);
    // Makes the agent look at that examination, where it finds what it should have known.
    b.delete(7, 2);
    let says = reasons(&ask(&peers.0, &peers.1));
    assert!(
        says.contains("agent of archive B") && says.contains("1 of the archive were not in it"),
        "{says}"
    );
    assert_eq!(ask(&peers.0, &peers.1).verdict, listed(&a, &b));
}

#[test]
fn what_was_not_listed_whole_for_two_nights_proves_nothing() {
    let authority = Authority::made();
    let (a, b) = (Archive::of(30, 4), Archive::of(30, 4));
    let (of_a, of_b) = (Beside::new(&a, &authority), Beside::new(&b, &authority));
    let peers = (of_a.peer(&authority.asking), of_b.peer(&authority.asking));
    of_b.seconds.fetch_add(2 * DAY_SECONDS, Ordering::Relaxed);
    assert!(ask(&peers.0, &peers.1).verdict.is_proven_equal());
    of_b.seconds.fetch_add(1, Ordering::Relaxed);
    assert!(reasons(&ask(&peers.0, &peers.1)).contains("not listed whole for too long"));
    assert!(of_b.keeper.rebuild(&|| true));
    assert!(ask(&peers.0, &peers.1).verdict.is_proven_equal());
}
