//! What two agents find is what two lists show, or nothing is proven and it is said why.

use archive::digests::Key;
use archive::{Gap, Verdict};

use crate::invented::{Archive, Authority, Beside, ask, listed, object, reasons, study};

/// Agents and lists say the same of these; how many bytes that took.
fn check(a: &Archive, b: &Archive) -> (Verdict, u64) {
    let authority = Authority::made();
    let (of_a, of_b) = (Beside::new(a, &authority), Beside::new(b, &authority));
    let asked = ask(&of_a.peer(&authority.asking), &of_b.peer(&authority.asking));
    assert_eq!(asked.verdict, listed(a, b));
    assert!(matches!(asked.verdict, Verdict::Proven(_)), "{:?}", asked.verdict);
    (asked.verdict, asked.bytes)
}

#[test]
fn archives_that_hold_the_same_are_proven_equal_in_some_kilobytes() {
    let (verdict, bytes) = check(&Archive::of(300, 20), &Archive::of(300, 20));
    assert!(verdict.is_proven_equal() && bytes < 12_000, "{bytes} bytes");
}

#[test]
fn seven_missing_objects_are_named_with_their_examinations_as_a_list_names_them() {
    let (a, b) = (Archive::of(300, 20), Archive::of(300, 20));
    (0..7).for_each(|number| b.delete(number * 31, number));
    let (verdict, bytes) = check(&a, &b);
    let Verdict::Proven(proven) = verdict else { panic!("proven") };
    assert_eq!((proven.a_only.len(), proven.held.alike), (7, 5_993));
    assert!(bytes < 60_000, "{bytes} bytes");
}

#[test]
fn twenty_thousand_differences_are_found_as_the_lists_show_them() {
    let (a, b) = (Archive::of(3_000, 20), Archive::of(2_500, 20));
    for exam in 0..500 {
        let others: Vec<_> = (100..120).map(|number| object(exam, number)).collect();
        b.store(&study(exam, &format!("P{}", exam % 50), ""), &others);
    }
    let (verdict, bytes) = check(&a, &b);
    let Verdict::Proven(proven) = verdict else { panic!("proven") };
    let differences = proven.differences().unwrap();
    assert_eq!((differences.a_only_instances, differences.b_only_instances), (10_000, 10_000));
    eprintln!("20,000 differences: {bytes} bytes");
}

#[test]
fn what_is_moved_or_of_another_patient_is_no_less_named_than_by_lists() {
    let (a, b) = (Archive::of(60, 6), Archive::of(60, 6));
    b.turn(3, |row| row.patient = archive::Patient::new("P9", ""));
    // The issuer alone: at both ends, and not the same; then at one end only, which is no difference.
    for (archive, issuer) in [(&a, "SE"), (&b, "NO")] {
        archive.turn(4, |row| row.patient = archive::Patient::new("P4", issuer));
    }
    a.turn(5, |row| row.patient = archive::Patient::new("P5", "SE"));
    // In another examination, and in another series.
    b.delete(6, 1);
    let mut elsewhere = object(6, 1);
    elsewhere.study = study(7, "", "").uid;
    b.store(&study(7, "P7", ""), &[elsewhere]);
    b.delete(8, 1);
    let mut other_series = object(8, 1);
    other_series.series = object(8, 2).series;
    b.store(&study(8, "P8", ""), &[other_series]);
    let (Verdict::Proven(proven), _) = check(&a, &b) else { panic!("proven") };
    assert_eq!(proven.moved.len(), 4, "{:?}", proven.moved);
}

#[test]
fn an_agent_whose_list_has_a_gap_proves_nothing_and_says_which() {
    let authority = Authority::made();
    let (a, b) = (Archive::of(5, 3), Archive::of(5, 3));
    b.truth().gap = Some(Gap::AtCap { query: "everything".to_owned(), rows: 100, cap: 100 });
    let (of_a, of_b) = (Beside::new(&a, &authority), Beside::new(&b, &authority));
    let asked = ask(&of_a.peer(&authority.asking), &of_b.peer(&authority.asking));
    let says = reasons(&asked);
    assert!(says.contains("archive B is not complete") && says.contains("at the cap of 100"), "{says}");
}

#[test]
fn an_object_that_both_archives_hold_twice_is_as_little_proven_as_by_lists() {
    let authority = Authority::made();
    let (a, b) = (Archive::of(5, 3), Archive::of(5, 3));
    let beside = [Beside::new(&a, &authority), Beside::new(&b, &authority)];
    let mut twice = object(1, 0);
    twice.study = study(2, "", "").uid;
    [&a, &b].into_iter().for_each(|archive| archive.store(&study(2, "P2", ""), &[twice.clone()]));
    let [of_a, of_b] = &beside;
    let says = reasons(&ask(&of_a.peer(&authority.asking), &of_b.peer(&authority.asking)));
    assert!(says.contains("lists 1.2.1.9.0 twice"), "{says}");
}

#[test]
fn an_archive_that_is_down_or_never_rests_proves_nothing() {
    let authority = Authority::made();
    let (a, b) = (Archive::of(5, 3), Archive::of(5, 3));
    let (of_a, of_b) = (Beside::new(&a, &authority), Beside::new(&b, &authority));
    let peers = (of_a.peer(&authority.asking), of_b.peer(&authority.asking));
    assert!(ask(&peers.0, &peers.1).verdict.is_proven_equal());
    b.truth().is_down = true;
    let says = reasons(&ask(&peers.0, &peers.1));
    assert!(says.contains("archive B") && says.contains("connection refused"), "{says}");
    b.truth().is_down = false;
    b.truth().never_rests = true;
    let says = reasons(&ask(&peers.0, &peers.1));
    assert!(says.contains("archive B") && says.contains("changed during each of"), "{says}");
    drop(of_b);
    assert!(reasons(&ask(&peers.0, &peers.1)).contains("no connection"));
}

#[test]
fn what_is_stored_at_any_moment_of_a_conversation_is_in_its_verdict_or_the_conversation_begins_anew() {
    let authority = Authority::made();
    let mut seen = 0;
    for moment in 0..8 {
        let (a, b) = (Archive::of(5, 3), Archive::of(5, 3));
        let (of_a, of_b) = (Beside::new(&a, &authority), Beside::new(&b, &authority));
        b.truth().stores_at = Some(moment);
        let asked = ask(&of_a.peer(&authority.asking), &of_b.peer(&authority.asking));
        // Asked less often than that: it was not stored yet when the conversation was over.
        if b.truth().stores_at.is_none() {
            seen += 1;
            assert!(!asked.verdict.is_proven_equal(), "stored at moment {moment}: {:?}", asked.verdict);
        }
    }
    assert!(seen >= 3, "at the welcome, while catching up and at the close: {seen}");
}

#[test]
fn agents_with_different_keys_are_told_apart_before_anything_is_compared() {
    let authority = Authority::made();
    let archive = Archive::of(5, 3);
    let of_a = Beside::new(&archive, &authority);
    let of_b = Beside::with(&archive, &authority, &Key([8; 32]));
    let says = reasons(&ask(&of_a.peer(&authority.asking), &of_b.peer(&authority.asking)));
    assert!(says.contains("agent of archive B") && says.contains("another key"), "{says}");
}
