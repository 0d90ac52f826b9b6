//! Backups: consistent while others append, portable between backends, and refused when anything is wrong.

use crate::support::*;
use journal::{BackupError, Hash, Journal, Seq, no_blobs};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn places() -> Vec<Place> {
    [memory(), sqlite(), postgres()].into_iter().flatten().collect()
}

async fn fill(journal: &Arc<dyn Journal>) -> Vec<Hash> {
    append_notes(journal, &site("north"), 700).await;
    append_notes(journal, &site("south"), 3).await;
    let documents = vec![vec![], b"document".to_vec(), vec![9; 3_000_000]];
    journal.put_blobs(&documents).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_any_backend_is_restored_into_any_other() {
    let files = tempfile::tempdir().unwrap();
    for (n, from) in places().into_iter().enumerate() {
        let journal = from.open().await;
        let documents = fill(&journal).await;
        let file = files.path().join(n.to_string());
        let written = journal.backup(&file, &quietly).await.unwrap();
        assert_eq!((written.streams, written.entries, written.blobs), (2, 703, 3));
        assert_eq!(written.file_size_bytes, file.metadata().unwrap().len());
        for into in places() {
            let restored = into.open().await;
            assert_eq!(restored.restore(&file, &quietly).await.unwrap(), written);
            for stream in [site("north"), site("south")] {
                assert_eq!(read_all(&restored, &stream).await, read_all(&journal, &stream).await);
                assert_eq!(restored.head(&stream).await.unwrap(), journal.head(&stream).await.unwrap());
                assert_whole(&restored, &stream).await;
            }
            for document in &documents {
                let bytes = restored.get_blob(document).await.unwrap();
                assert_eq!(bytes, journal.get_blob(document).await.unwrap());
            }
            append_notes(&restored, &site("north"), 1).await;
            let twice = restored.restore(&file, &quietly).await;
            assert!(matches!(twice, Err(BackupError::NotEmpty)), "{twice:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_while_the_ward_writes_is_one_moment_of_the_journal() {
    let files = tempfile::tempdir().unwrap();
    for (n, from) in places().into_iter().enumerate() {
        let (journal, main) = (from.open().await, site("main"));
        append_notes(&journal, &main, 2000).await;
        let done = Arc::new(AtomicBool::new(false));
        let (writer, stream, stop) = (journal.clone(), main.clone(), done.clone());
        let writing = tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                append_notes(&writer, &stream, 3).await;
            }
        });
        for round in 0..3 {
            journal.wait_beyond(&main, journal.head(&main).await.unwrap().seq, WAIT).await.unwrap();
            let file = files.path().join(format!("{n}-{round}"));
            let written = journal.backup(&file, &quietly).await.unwrap();
            let restored = memory().unwrap().open().await;
            restored.restore(&file, &quietly).await.unwrap();
            let head = restored.head(&main).await.unwrap();
            assert_eq!(head.seq, Seq(written.entries));
            assert_eq!(head.seq.0 % 3, 2000 % 3, "batches are whole");
            let report = journal.verify(&main, Some(&head), &no_blobs, &quietly).await.unwrap();
            assert_eq!(report.broken, None);
        }
        done.store(true, Ordering::Relaxed);
        writing.await.unwrap();
    }
}

const WAIT: std::time::Duration = std::time::Duration::from_secs(20);

#[tokio::test]
async fn a_truncated_or_altered_backup_is_refused_and_nothing_is_restored() {
    let files = tempfile::tempdir().unwrap();
    let source = memory().unwrap().open().await;
    append_notes(&source, &site("main"), 5).await;
    source.put_blob(b"document").await.unwrap();
    let good = files.path().join("good");
    source.backup(&good, &quietly).await.unwrap();
    let bytes = std::fs::read(&good).unwrap();
    let mut bad: Vec<Vec<u8>> = (0..bytes.len()).step_by(7).map(|end| bytes[..end].to_vec()).collect();
    bad.push(bytes[..bytes.len() - 1].to_vec());
    bad.push([&bytes[..], b"x"].concat());
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 1 << (at % 8);
        bad.push(altered);
    }
    let file = files.path().join("bad");
    for place in places() {
        let journal = place.open().await;
        for altered in &bad {
            std::fs::write(&file, altered).unwrap();
            let refused = journal.restore(&file, &quietly).await;
            assert!(matches!(refused, Err(BackupError::Refused(_))), "{refused:?}");
        }
        assert_eq!(journal.streams().await.unwrap(), vec![]);
        assert_eq!(journal.get_blob(&Hash::of(b"document")).await.unwrap(), None);
        assert_whole(&journal, &site("main")).await;
        journal.restore(&good, &quietly).await.unwrap();
    }
}

#[tokio::test]
async fn a_backup_never_overwrites_and_leaves_no_partial_file() {
    let files = tempfile::tempdir().unwrap();
    let journal = memory().unwrap().open().await;
    let file = files.path().join("backup");
    std::fs::write(&file, b"precious").unwrap();
    assert!(matches!(journal.backup(&file, &quietly).await, Err(BackupError::Exists(_))));
    assert_eq!(std::fs::read(&file).unwrap(), b"precious");
    let nowhere = files.path().join("no-such-folder").join("backup");
    assert!(matches!(journal.backup(&nowhere, &quietly).await, Err(BackupError::File { .. })));
    assert!(matches!(journal.restore(&nowhere, &quietly).await, Err(BackupError::File { .. })));
    assert_eq!(std::fs::read_dir(files.path()).unwrap().count(), 1);
}
