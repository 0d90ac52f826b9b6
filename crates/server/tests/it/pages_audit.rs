//! The journal on a page: where it stands, its entries, proofs, and whether it is whole.

use axum::http::StatusCode;
use hospital::Command;
use model::Time;
use model::ids::AccountId;
use model::people::Role;

use crate::filled::filled_hospital;
use crate::support::{Browser, house};

async fn until(browser: &mut Browser<'_>, path: &str, says: &str) -> String {
    for _ in 0..2_000 {
        let text = browser.get(path).await.text();
        if text.contains(says) {
            return text;
        }
        tokio::task::yield_now().await;
    }
    panic!("{path} never says {says:?}");
}

#[tokio::test]
async fn the_head_is_shown_as_a_text_to_keep() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let head = browser.get("/api/v1/audit/head").await.json();
    let text = browser.get("/audit").await.text();
    for key in ["hash", "root"] {
        assert!(text.contains(head[key].as_str().unwrap()), "{key}");
    }
    let node = &house.app.domain.node;
    let known = node.journal().head(node.stream()).await.unwrap();
    assert_eq!(head["seq"].as_u64(), Some(known.seq.0));
    assert_eq!(head["root"].as_str(), Some(known.root.to_string().as_str()));
    assert!(!text.contains("Verify now"), "a reader starts nothing");
}

#[tokio::test]
async fn entries_are_walked_from_the_newest_to_the_first() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let total = browser.get("/api/v1/audit/head").await.json()["seq"].as_u64().unwrap();
    let mut upto = total;
    let mut seen = Vec::new();
    while upto > 0 {
        let window = browser.get(&format!("/api/v1/audit/entries?limit=40&upto={upto}")).await.json();
        seen.extend(window["items"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap()));
        upto = window["first"].as_u64().unwrap() - 1;
    }
    assert!(seen.iter().copied().eq((1..=total).rev()), "every entry once, newest first");
    let text = browser.get("/audit?limit=10").await.text();
    assert!(text.contains(&format!("Entries {}–{total} of {total}", total - 9)), "{text}");
    assert!(text.contains(">Older<") && !text.contains(">Newest<"), "{text}");
    let text = browser.get("/audit?limit=10&upto=15").await.text();
    assert!(
        text.contains("Entries 6–15 of") && text.contains(">Newest<") && text.contains(">Newer<"),
        "{text}"
    );
    let text = browser.get("/audit?kind=kev.received/1").await.text();
    assert!(text.contains("1 row") && text.contains("A filter looks at 1000 entries at a time."), "{text}");
    assert!(browser.get("/audit?actor=nobody").await.text().contains("No row meets this filter."));
    let csv = browser.get("/audit?format=csv&q=MON-0001").await.text();
    assert_eq!(csv.trim().lines().count(), 2, "{csv}");
    assert_eq!(browser.get("/audit?format=xlsx").await.status, StatusCode::OK);
    for (wrong, right) in [("upto=soon", "the number of an entry"), ("kind=nothing", "kev.received/1")] {
        let answer = browser.get(&format!("/audit?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(answer.text().contains(right), "says what would be right: {}", answer.text());
    }
}

#[tokio::test]
async fn an_entry_is_shown_with_its_fact_and_a_proof_that_holds() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("lisa").await;
    let text = browser.get("/audit/3").await.text();
    assert!(text.contains("Entry 3") && text.contains("This entry is number 3 of the"), "{text}");
    assert!(text.contains("/audit/2") && text.contains("/audit/4"));
    let proof = browser.get("/audit/3/proof").await;
    assert!(proof.header("content-disposition").contains("proof-3.json"));
    let hash = |value: &serde_json::Value| journal::Hash::parse(value.as_str().unwrap()).unwrap();
    for proof in [proof.json(), browser.get("/api/v1/audit/proof/3").await.json()] {
        let path = proof["path"].as_array().unwrap().iter().map(hash).collect();
        let checked = journal::InclusionProof {
            leaf_index: proof["leaf_index"].as_u64().unwrap(),
            tree_size: proof["tree_size"].as_u64().unwrap(),
            entry_hash: hash(&proof["entry_hash"]),
            root: hash(&proof["root"]),
            path,
        };
        assert!(checked.holds());
    }
    assert_eq!(browser.get("/audit/3/entry").await.json()["seq"], 3);
    for nothing in ["0", "x", "999999", "-1"] {
        assert_eq!(
            browser.get(&format!("/audit/{nothing}")).await.status,
            StatusCode::NOT_FOUND,
            "{nothing}"
        );
        let path = format!("/api/v1/audit/proof/{nothing}");
        assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "{nothing}");
    }
}

#[tokio::test]
async fn no_hash_of_a_password_is_ever_shown() {
    let house = house().await;
    let account = AccountId::new("nils").unwrap();
    let command = Command::OpenAccount {
        account,
        role: Role::Reader,
        password_hash: "$argon2id$secret".into(),
        must_change: true,
    };
    house.app.domain.node.command(command, "anna", Time(0)).await.unwrap();
    let mut browser = house.signed_in("lisa").await;
    for path in ["/audit", "/audit/1", "/audit/1/entry", "/api/v1/audit/entries", "/audit?format=csv"] {
        let text = browser.get(path).await.text();
        assert!(text.contains("nils") && !text.contains("argon2id"), "{path}: {text}");
    }
}

#[tokio::test]
async fn the_journal_is_verified_in_the_background_also_against_a_head_that_was_kept() {
    let house = filled_hospital().await;
    let mut browser = house.signed_in("erik").await;
    assert!(browser.get("/audit").await.text().contains("Not verified since this server started."));
    browser.post_from("/audit", "/audit/verify", &[]).await;
    let text = until(&mut browser, "/audit", "Whole: ").await;
    assert!(text.contains("Asked for by erik"), "{text}");
    assert!(text.contains("Documents that entries rest on: 9, each of them there."), "{text}");
    let node = &house.app.domain.node;
    let head = node.journal().head(node.stream()).await.unwrap();
    let kept =
        serde_json::json!({"seq": head.seq.0, "hash": head.hash.to_string(), "root": head.root.to_string()});
    browser.post_from("/audit", "/audit/verify", &[("remembered", &kept.to_string())]).await;
    until(&mut browser, "/audit", "It continues the head that was kept").await;
    let other = serde_json::json!({"seq": head.seq.0 + 1, "hash": head.hash.to_string(), "root": head.root.to_string()});
    browser.post_from("/audit", "/audit/verify", &[("remembered", &other.to_string())]).await;
    until(&mut browser, "/audit", "NOT whole").await;
    let answer = browser.post_from("/audit", "/audit/verify", &[("remembered", "yesterday")]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(browser.post_from("/audit", "/audit/verify/stop", &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_document_that_is_gone_is_named_on_the_page_with_its_entry() {
    let house = filled_hospital().await;
    let mut advisory = crate::filled::advisories().remove(0);
    advisory.key.tracking_id = "FILL-2026-099".into();
    advisory.document_sha256 = journal::Hash::of(b"never stored").to_string().into();
    let sha256 = advisory.document_sha256.clone();
    let command = Command::ImportAdvisories {
        advisories: vec![advisory],
        read: 1,
        origin: crate::filled::origin("gone"),
    };
    let before = house.app.domain.node.version();
    house.app.domain.node.command(command, "erik", crate::filled::FILLED_AT).await.unwrap();
    let mut browser = house.signed_in("erik").await;
    browser.post_from("/audit", "/audit/verify", &[]).await;
    let text = until(&mut browser, "/audit", "NOT whole").await;
    assert!(text.contains(&format!("entry {}: the blob {sha256}", before + 1)), "{text}");
}

#[tokio::test]
async fn an_empty_journal_says_what_the_page_is_for() {
    let house = house().await;
    let text = house.signed_in("erik").await.get("/audit").await.text();
    assert!(text.contains("Nothing has happened yet.") && text.contains("href=\"/imports\""), "{text}");
}
