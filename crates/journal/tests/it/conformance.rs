//! What every backend must do alike. Each test runs in memory, on SQLite and on a real PostgreSQL server.

use crate::support::*;
use journal::{AppendError, BatchId, Entry, Flaw, Hash, Head, NewEntry, Seq, Snapshot, StoreError, no_blobs};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

macro_rules! on_every_backend {
    ($($test:ident)*) => {
        on_every_backend! { @on memory $($test)* }
        on_every_backend! { @on sqlite $($test)* }
        on_every_backend! { @on postgres $($test)* }
    };
    (@on $backend:ident $($test:ident)*) => {
        mod $backend {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                if let Some(place) = crate::support::$backend() {
                    super::$test(place).await;
                }
            })*
        }
    };
}

on_every_backend! {
    a_new_site_has_an_empty_journal
    what_was_appended_is_read_back_in_order_and_chained
    of_two_who_decided_on_the_same_past_one_must_decide_again
    a_batch_sent_twice_is_stored_once_and_answered_alike
    a_batch_name_is_not_used_for_other_entries
    decisions_sent_one_after_the_other_need_not_wait_for_the_disk
    when_a_decision_fails_those_built_on_it_fail_too
    forty_clerks_writing_at_once_lose_and_double_nothing
    sites_do_not_see_each_others_entries
    a_follower_sees_what_another_process_appends
    a_follower_without_news_comes_back_after_its_patience
    what_breaks_a_limit_is_refused_with_a_sentence
    a_read_is_bounded_in_entries_and_in_bytes
    documents_are_kept_under_their_digest
    a_snapshot_is_handed_back_only_for_its_own_past
    the_newest_two_snapshots_are_kept
    a_large_import_is_one_batch
    a_remembered_head_is_found_in_the_past_or_missed
    a_document_that_an_entry_rests_on_must_be_there
    a_journal_opened_again_continues_where_it_was
}

async fn a_new_site_has_an_empty_journal(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    assert_eq!(journal.head(&main).await.unwrap(), Head::empty(&main));
    assert_eq!(journal.read(&main, Seq(0), 10).await.unwrap(), vec![]);
    assert_eq!(journal.read(&main, Seq(u64::MAX), 10).await.unwrap(), vec![]);
    assert_eq!(journal.streams().await.unwrap(), vec![]);
    assert_whole(&journal, &main).await;
    let nothing = journal.append(&main, batch(1), Seq(0), vec![]).await.unwrap();
    assert_eq!(nothing, Head::empty(&main));
    assert_eq!(journal.streams().await.unwrap(), vec![]);
    assert!(journal.prove_inclusion(&main, Seq(1), None).await.is_err());
}

async fn what_was_appended_is_read_back_in_order_and_chained(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    let mut expected = Seq(0);
    for (n, count) in [1, 5, 300, 1].into_iter().enumerate() {
        let head = journal.append(&main, batch(n as u64), expected, notes(expected.0, count)).await.unwrap();
        assert_eq!(head.seq, Seq(expected.0 + count));
        expected = head.seq;
    }
    let entries = read_all(&journal, &main).await;
    let mut before = main.genesis();
    for (n, entry) in entries.iter().enumerate() {
        assert_eq!(entry.seq, Seq(n as u64 + 1));
        assert_eq!((entry.prev_hash, entry.hash), (before, entry.computed_hash(&main)));
        assert_eq!(&entry.payload, format!("note {n}").as_bytes());
        assert_eq!((&*entry.actor, &*entry.kind), ("ward-3", "note.v1"));
        before = entry.hash;
    }
    let head = journal.head(&main).await.unwrap();
    assert_eq!((head.seq, head.hash), (Seq(307), before));
    assert_eq!(journal.read(&main, Seq(300), 3).await.unwrap(), entries[300..303]);
    assert_eq!(journal.read(&main, Seq(305), 100).await.unwrap(), entries[305..]);
    assert_whole(&journal, &main).await;
}

async fn of_two_who_decided_on_the_same_past_one_must_decide_again(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    let first = journal.append(&main, batch(1), Seq(0), notes(1, 2)).await.unwrap();
    for expected in [0, 1, 3, u64::MAX] {
        match journal.append(&main, batch(2), Seq(expected), notes(1, 1)).await {
            Err(AppendError::Conflict { head }) => assert_eq!(head, first),
            other => panic!("{other:?}"),
        }
    }
    let nothing = journal.append(&main, batch(3), Seq(1), vec![]).await;
    assert!(matches!(nothing, Err(AppendError::Conflict { .. })));
    assert_eq!(journal.head(&main).await.unwrap(), first);
}

async fn a_batch_sent_twice_is_stored_once_and_answered_alike(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    let mut heads = vec![];
    for n in 0..5 {
        let at = Seq(n * 130);
        heads.push(journal.append(&main, batch(n), at, notes(at.0, 130)).await.unwrap());
    }
    let again = place.open_again(&journal).await;
    for n in 0..5 {
        let at = Seq(n * 130);
        let head = again.append(&main, batch(n), at, notes(at.0, 130)).await.unwrap();
        assert_eq!(head, heads[n as usize]);
    }
    // Both copies in one group.
    let at = Seq(650);
    let first = journal.submit(&main, batch(9), at, notes(650, 3)).await.unwrap();
    let second = journal.submit(&main, batch(9), at, notes(650, 3)).await.unwrap();
    let third = journal.submit(&main, batch(10), Seq(653), notes(653, 1)).await.unwrap();
    assert_eq!(first.outcome().await.unwrap(), second.outcome().await.unwrap());
    assert_eq!(third.outcome().await.unwrap().seq, Seq(654));
    assert_eq!(read_all(&journal, &main).await.len(), 654);
    assert_whole(&journal, &main).await;
}

async fn a_batch_name_is_not_used_for_other_entries(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    journal.append(&main, batch(1), Seq(0), notes(1, 3)).await.unwrap();
    for other in [notes(2, 3), notes(1, 2), notes(1, 4)] {
        let refused = journal.append(&main, batch(1), Seq(0), other).await;
        assert!(matches!(refused, Err(AppendError::BatchReused { first: Seq(1) })), "{refused:?}");
    }
}

async fn decisions_sent_one_after_the_other_need_not_wait_for_the_disk(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    let mut pending = vec![];
    for n in 0..500 {
        pending.push(journal.submit(&main, batch(n), Seq(n), notes(n, 1)).await.unwrap());
    }
    for (n, one) in pending.into_iter().enumerate() {
        assert_eq!(one.outcome().await.unwrap().seq, Seq(n as u64 + 1));
    }
    assert_whole(&journal, &main).await;
}

async fn when_a_decision_fails_those_built_on_it_fail_too(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    append_notes(&journal, &main, 1).await;
    let wrong = journal.submit(&main, batch(7), Seq(5), notes(6, 1)).await.unwrap();
    let built_on_it = journal.submit(&main, batch(8), Seq(6), notes(7, 1)).await.unwrap();
    for one in [wrong, built_on_it] {
        assert!(matches!(one.outcome().await, Err(AppendError::Conflict { head }) if head.seq == Seq(1)));
    }
}

async fn forty_clerks_writing_at_once_lose_and_double_nothing(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    let second = place.open_again(&journal).await;
    let mut clerks = tokio::task::JoinSet::new();
    for clerk in 0..40u64 {
        let journal = if clerk % 2 == 0 { journal.clone() } else { second.clone() };
        let main = main.clone();
        clerks.spawn(async move {
            let mut at = journal.head(&main).await.unwrap().seq;
            for n in 0..5 {
                loop {
                    let entry = note(&format!("{clerk} {n}"));
                    match journal.append(&main, batch(clerk * 1000 + n), at, vec![entry]).await {
                        Ok(head) => break at = head.seq,
                        Err(AppendError::Conflict { head }) => at = head.seq,
                        Err(other) => panic!("{other:?}"),
                    }
                }
            }
        });
    }
    clerks.join_all().await;
    let entries = read_all(&second, &main).await;
    assert_eq!(entries.len(), 200);
    for clerk in 0..40 {
        let mine = entries.iter().map(|entry| String::from_utf8(entry.payload.clone()).unwrap());
        let mine: Vec<String> = mine.filter(|text| text.starts_with(&format!("{clerk} "))).collect();
        assert_eq!(mine, (0..5).map(|n| format!("{clerk} {n}")).collect::<Vec<_>>());
    }
    assert_whole(&journal, &main).await;
}

async fn sites_do_not_see_each_others_entries(place: Place) {
    let journal = place.open().await;
    let (north, south) = (site("north"), site("south"));
    append_notes(&journal, &south, 3).await;
    append_notes(&journal, &north, 300).await;
    append_notes(&journal, &south, 300).await;
    assert_eq!(journal.streams().await.unwrap(), vec![north.clone(), south.clone()]);
    assert_eq!(read_all(&journal, &north).await.len(), 300);
    assert_eq!(read_all(&journal, &south).await.len(), 303);
    assert_whole(&journal, &north).await;
    assert_whole(&journal, &south).await;
    // A site that no one has heard of is not silently fine in a journal that has others.
    let report = verified(&journal, &site("west")).await;
    assert_eq!(report.broken.unwrap().flaw, Flaw::StreamMissing);
}

async fn a_follower_sees_what_another_process_appends(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    let other = place.open_again(&journal).await;
    for n in 0..10 {
        let (follower, stream) = (journal.clone(), main.clone());
        let waiting =
            tokio::spawn(async move { follower.wait_beyond(&stream, Seq(n), PATIENCE).await.unwrap() });
        append_notes(&other, &main, 1).await;
        assert_eq!(waiting.await.unwrap(), Seq(n + 1));
    }
    assert_eq!(journal.wait_beyond(&main, Seq(3), PATIENCE).await.unwrap(), Seq(10));
}

async fn a_follower_without_news_comes_back_after_its_patience(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    append_notes(&journal, &main, 2).await;
    assert_eq!(journal.wait_beyond(&main, Seq(2), Duration::from_millis(30)).await.unwrap(), Seq(2));
    assert_eq!(journal.wait_beyond(&main, Seq(9), Duration::ZERO).await.unwrap(), Seq(2));
}

async fn what_breaks_a_limit_is_refused_with_a_sentence(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    let broken = [
        NewEntry { actor: "a\0b".into(), ..note("x") },
        NewEntry { kind: "a\nb".into(), ..note("x") },
        NewEntry { actor: "a".repeat(257).into(), ..note("x") },
        NewEntry { payload: vec![0; journal::limits::PAYLOAD_SIZE_MAX_BYTES + 1], ..note("x") },
    ];
    for entry in broken {
        let refused = journal.append(&main, batch(1), Seq(0), vec![note("fine"), entry]).await;
        assert!(matches!(refused, Err(AppendError::Invalid(_))), "{refused:?}");
    }
    assert_eq!(journal.head(&main).await.unwrap().seq, Seq(0));
    let too_large = vec![0; journal::limits::BLOB_SIZE_MAX_BYTES + 1];
    assert!(matches!(journal.put_blob(&too_large).await, Err(StoreError::Invalid(_))));
}

async fn a_read_is_bounded_in_entries_and_in_bytes(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    let large = NewEntry { payload: vec![7; 3 << 20], ..note("") };
    journal.append(&main, batch(1), Seq(0), vec![large; 24]).await.unwrap();
    let first = journal.read(&main, Seq(0), 1000).await.unwrap();
    assert!(!first.is_empty() && first.len() < 24, "{}", first.len());
    assert_eq!(read_all(&journal, &main).await.len(), 24);
    assert_eq!(journal.read(&main, Seq(4), 2).await.unwrap().len(), 2);
    assert_eq!(journal.read(&main, Seq(4), 0).await.unwrap().len(), 0);
}

async fn documents_are_kept_under_their_digest(place: Place) {
    let journal = place.open().await;
    let other = place.open_again(&journal).await;
    let large: Vec<u8> = (0..21_000_000u32).map(|n| (n / 7) as u8).collect();
    let documents = vec![vec![], b"advisory".to_vec(), vec![1; 1 << 20], large, b"advisory".to_vec()];
    let names = journal.put_blobs(&documents).await.unwrap();
    assert_eq!(names, documents.iter().map(|bytes| Hash::of(bytes)).collect::<Vec<_>>());
    for (name, bytes) in names.iter().zip(&documents) {
        assert_eq!(other.get_blob(name).await.unwrap().as_ref(), Some(bytes));
        assert_eq!(other.put_blob(bytes).await.unwrap(), *name);
    }
    assert_eq!(journal.get_blob(&Hash::of(b"never stored")).await.unwrap(), None);
    assert_eq!(verified(&journal, &site("main")).await.blobs, 4);
}

fn snapshot(head: Head, bytes: Vec<u8>) -> Snapshot {
    Snapshot { at: head.seq, entry_hash: head.hash, format: "state.v1".to_owned(), bytes }
}

async fn a_snapshot_is_handed_back_only_for_its_own_past(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    assert_eq!(journal.load_snapshot(&main, "state.v1").await.unwrap(), None);
    let head = append_notes(&journal, &main, 4).await;
    let of_another_past = Head { hash: Hash::of(b"other"), ..head };
    let refused = journal.save_snapshot(&main, snapshot(of_another_past, vec![1])).await;
    assert!(matches!(refused, Err(StoreError::SnapshotOfAnotherPast { at: Seq(4) })));
    let early = snapshot(Head::empty(&main), vec![]);
    journal.save_snapshot(&main, early.clone()).await.unwrap();
    assert_eq!(journal.load_snapshot(&main, "state.v1").await.unwrap(), Some(early));
    let kept = snapshot(head, (0..40_000_000u32).map(|n| n as u8).collect());
    journal.save_snapshot(&main, kept.clone()).await.unwrap();
    assert_eq!(journal.load_snapshot(&main, "state.v1").await.unwrap(), Some(kept));
    assert_eq!(journal.load_snapshot(&main, "state.v2").await.unwrap(), None);
    assert_eq!(journal.load_snapshot(&site("other"), "state.v1").await.unwrap(), None);
}

async fn the_newest_two_snapshots_are_kept(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    let mut heads = vec![];
    for n in 0..4 {
        let head = append_notes(&journal, &main, 1).await;
        journal.save_snapshot(&main, snapshot(head, vec![n])).await.unwrap();
        heads.push(head);
    }
    // The same place again replaces; an older one than those kept changes nothing that counts.
    journal.save_snapshot(&main, snapshot(heads[3], vec![33])).await.unwrap();
    journal.save_snapshot(&main, snapshot(heads[0], vec![99])).await.unwrap();
    let newest = journal.load_snapshot(&main, "state.v1").await.unwrap().unwrap();
    assert_eq!((newest.at, newest.bytes), (Seq(4), vec![33]));
}

async fn a_large_import_is_one_batch(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    let device = |n: u32| NewEntry { payload: n.to_be_bytes().repeat(150), ..note("") };
    let head = journal.append(&main, batch(1), Seq(0), (0..20_000).map(device).collect()).await.unwrap();
    assert_eq!(head.seq, Seq(20_000));
    let entries = read_all(&journal, &main).await;
    assert!((0..20_000).zip(&entries).all(|(n, entry)| entry.payload == device(n).payload));
    assert_whole(&journal, &main).await;
}

async fn a_remembered_head_is_found_in_the_past_or_missed(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    let mut heads = vec![Head::empty(&main)];
    for count in [1, 255, 1, 400] {
        heads.push(append_notes(&journal, &main, count).await);
    }
    for head in &heads {
        let report = journal.verify(&main, Some(head), &no_blobs, &quietly).await.unwrap();
        assert_eq!(report.broken, None);
    }
    let elsewhere = [
        Head { seq: Seq(658), ..heads[4] },
        Head { seq: Seq(3), ..heads[1] },
        Head { root: heads[1].root, ..heads[2] },
        Head { hash: heads[1].hash, ..heads[2] },
    ];
    for head in elsewhere {
        let broken = journal.verify(&main, Some(&head), &no_blobs, &quietly).await.unwrap().broken.unwrap();
        assert_eq!((broken.seq, broken.flaw), (Some(head.seq), Flaw::NotTheRemembered));
    }
}

async fn a_journal_opened_again_continues_where_it_was(place: Place) {
    let main = site("main");
    let first = place.open().await;
    let head = append_notes(&first, &main, 700).await;
    let again = place.open_again(&first).await;
    drop(first);
    assert_eq!(again.head(&main).await.unwrap(), head);
    let head = again.append(&main, BatchId([1; 16]), head.seq, notes(1, 400)).await.unwrap();
    assert_eq!(head.seq, Seq(1100));
    assert_whole(&again, &main).await;
}

async fn a_document_that_an_entry_rests_on_must_be_there(place: Place) {
    let (journal, main) = (place.open().await, site("main"));
    let rests_on = |entry: &Entry| match std::str::from_utf8(&entry.payload) {
        Ok(text) => Ok(text.split_whitespace().filter_map(|word| Hash::parse(word).ok()).collect()),
        Err(error) => Err(error.to_string()),
    };
    let documents: Vec<Vec<u8>> = (0..3).map(|n| format!("advisory {n}").into_bytes()).collect();
    let kept = journal.put_blobs(&documents[..2]).await.unwrap();
    let gone = Hash::of(&documents[2]);
    let notes = vec![note("nothing"), note(&format!("{} {}", kept[0], kept[1])), note(&kept[1].to_string())];
    let head = journal.append(&main, batch(1), Seq(0), notes).await.unwrap();
    let report = journal.verify(&main, None, &rests_on, &quietly).await.unwrap();
    assert_eq!((report.broken, report.blobs, report.referred), (None, 2, 2));
    let later = vec![note(&kept[0].to_string()), note(&gone.to_string()), note(&gone.to_string())];
    let head = journal.append(&main, batch(2), head.seq, later).await.unwrap();
    let report = journal.verify(&main, None, &rests_on, &quietly).await.unwrap();
    let broken = report.broken.unwrap();
    assert_eq!((broken.seq, &broken.flaw), (Some(Seq(5)), &Flaw::BlobMissing(gone)));
    assert!(broken.to_string().contains(&gone.to_string()) && broken.to_string().starts_with("entry 5: "));
    assert_eq!((report.entries, report.blobs, report.referred), (6, 2, 3));
    journal.put_blob(&documents[2]).await.unwrap();
    assert_eq!(journal.verify(&main, None, &rests_on, &quietly).await.unwrap().broken, None);
    // What cannot be read may rest on anything: that is not shown as fine.
    let odd = NewEntry { payload: vec![0xff], ..note("") };
    journal.append(&main, batch(3), head.seq, vec![odd]).await.unwrap();
    let broken = journal.verify(&main, None, &rests_on, &quietly).await.unwrap().broken.unwrap();
    assert!(matches!((broken.seq, broken.flaw), (Some(Seq(7)), Flaw::ReferencesUnknown(_))));
}
