//! `segue audit`, `segue backup`, `segue restore`: the journal proves itself and can be carried elsewhere.

use crate::support::{Desk, sample};

fn head(desk: &Desk, data: &str) -> serde_json::Value {
    desk.json(&["audit", "head", "--data", data]).fine().line()
}

#[test]
fn a_head_kept_outside_finds_a_journal_that_was_cut_short() {
    let desk = Desk::new();
    let one = desk.write("one.csv", "asset_tag,manufacturer,model\nA-1,Philips,MX40\n");
    desk.run(&["import", "inventory", &one]).fine();
    let before = desk.text("before.backup");
    desk.run(&["backup", &before]).fine();
    let kept = desk.json(&["audit", "head"]).fine();
    let two = desk.write("two.csv", "asset_tag,manufacturer,model\nA-2,Philips,MX40\n");
    desk.run(&["import", "inventory", &two]).fine();
    let later = desk.json(&["audit", "head"]).fine();
    let (kept, later) = (desk.write("kept.json", &kept.out), desk.write("later.json", &later.out));
    for head in [&kept, &later] {
        let found = desk.json(&["audit", "verify", "--remembered", head]).fine().line();
        assert_eq!(found["whole"], true, "{found}");
    }
    desk.run(&["restore", &before, "--data", &desk.text("short")]).fine();
    let short = ["audit", "verify", "--data", &desk.text("short"), "--remembered"];
    desk.json(&[&short[..], &[&kept]].concat()).fine();
    let ran = desk.json(&[&short[..], &[&later]].concat());
    assert_eq!((ran.code, ran.line()["whole"].as_bool()), (1, Some(false)), "{ran:?}");
    let nonsense = desk.write("nonsense.json", "{\"seq\": 1}");
    assert!(
        desk.run(&["audit", "verify", "--remembered", &nonsense])
            .refused()
            .err
            .contains("\"hash\" is missing")
    );
}

#[test]
fn an_entry_is_proven_and_the_log_reads_in_order() {
    let desk = Desk::new();
    desk.run(&["import", "advisories", &sample("advisories")]).fine();
    let log = desk.json(&["audit", "log"]).fine().lines();
    let seqs: Vec<u64> = log.iter().map(|entry| entry["seq"].as_u64().unwrap()).collect();
    assert!(seqs.iter().copied().eq(1..=seqs.len() as u64), "{seqs:?}");
    assert!(log.iter().all(|entry| entry["actor"] == "cli:tester"));
    let head = desk.json(&["audit", "head"]).fine().line();
    let proof = desk.json(&["audit", "prove", "5"]).fine().line();
    assert_eq!(proof["root"], head["root"]);
    assert_eq!(proof["entry_hash"], log[4]["hash"]);
    let hash = |value: &serde_json::Value| journal::Hash::parse(value.as_str().unwrap()).unwrap();
    let checked = journal::InclusionProof {
        leaf_index: proof["leaf_index"].as_u64().unwrap(),
        tree_size: proof["tree_size"].as_u64().unwrap(),
        entry_hash: hash(&proof["entry_hash"]),
        root: hash(&proof["root"]),
        path: proof["path"].as_array().unwrap().iter().map(hash).collect(),
    };
    assert!(checked.holds());
    for nothing in ["0", "999"] {
        desk.json(&["audit", "prove", nothing]).refused();
    }
}

#[test]
fn a_backup_made_while_serving_is_restored_elsewhere_but_never_over_anything() {
    let desk = Desk::new().with_sample();
    let served = desk.serve();
    let backup = desk.text("segue.backup");
    let written = desk.json(&["backup", &backup]).fine().line();
    assert!(written["blobs"].as_u64().unwrap() >= 17, "the documents are in it: {written}");
    let again = desk.run(&["backup", &backup]).refused();
    assert!(again.err.contains("segue.backup"), "a backup is never overwritten: {}", again.err);
    let then = head(&desk, &desk.text("segue-data"));
    drop(served);
    let elsewhere = desk.text("elsewhere");
    desk.run(&["restore", &backup, "--data", &elsewhere]).fine();
    assert_eq!(head(&desk, &elsewhere), then);
    let devices = |data: &str| desk.run(&["devices", "--data", data]).fine().out;
    assert_eq!(devices(&elsewhere), devices(&desk.text("segue-data")));
    assert_eq!(desk.json(&["audit", "verify", "--data", &elsewhere]).fine().line()["whole"], true);
    desk.run(&["restore", &backup, "--data", &elsewhere]).refused();
    assert_eq!(head(&desk, &elsewhere), then, "a journal that is not empty stays as it is");
    let half = desk.text("half.backup");
    let bytes = std::fs::read(&backup).unwrap();
    std::fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
    desk.run(&["restore", &half, "--data", &desk.text("third")]).refused();
    assert_eq!(head(&desk, &desk.text("third"))["seq"], 0, "whole or not at all");
}

#[test]
fn a_document_that_is_no_longer_there_is_named_with_the_entry_that_rests_on_it() {
    let desk = Desk::new();
    desk.run(&["import", "advisories", &sample("advisories")]).fine();
    let whole = desk.json(&["audit", "verify"]).fine().line();
    assert_eq!(whole["referred"], whole["blobs"], "every document is one that an entry rests on: {whole}");
    // A journal with the same entries, from which the documents were taken.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let received = runtime.block_on(async {
        let at = |name: &str| journal::Location::Folder(desk.text(name).into());
        let from = journal::open(&at("segue-data")).await.unwrap();
        let to = journal::open(&at("without")).await.unwrap();
        let main = journal::StreamName::new("main").unwrap();
        let entries = from.read(&main, journal::Seq(0), 10_000).await.unwrap();
        let first = entries.iter().find(|entry| &*entry.kind == "advisory.received/1").unwrap();
        let fact: serde_json::Value = serde_json::from_slice(&first.payload).unwrap();
        let received = (first.seq.0, fact["is"]["document_sha256"].as_str().unwrap().to_owned());
        let again = entries.into_iter().map(|entry| journal::NewEntry {
            time: entry.time,
            actor: entry.actor,
            kind: entry.kind,
            payload: entry.payload,
        });
        let again: Vec<_> = again.collect();
        to.append(&main, journal::BatchId([1; 16]), journal::Seq(0), again).await.unwrap();
        received
    });
    let ran = desk.json(&["audit", "verify", "--data", &desk.text("without")]);
    let found = ran.line();
    assert_eq!((ran.code, found["whole"].as_bool()), (1, Some(false)), "{ran:?}");
    assert_eq!(found["broken_seq"], received.0, "{found}");
    assert!(found["broken"].as_str().unwrap().contains(&received.1), "{found}");
    let text = desk.run(&["audit", "verify", "--data", &desk.text("without")]);
    assert!(text.out.contains("which the entry refers to, is missing"), "{text:?}");
}
