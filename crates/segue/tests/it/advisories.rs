//! Advisories and feeds: bad documents among good ones, revisions, and the real corpus where it is at hand.

use crate::support::{Desk, sample};

#[test]
fn bad_documents_among_good_ones_are_named_and_the_others_are_imported() {
    let desk = Desk::new();
    let good = std::fs::read_to_string(sample("advisories/sample-2026-007.json")).unwrap();
    desk.write("in/sample-2026-007.json", &good);
    desk.write("in/truncated.json", good.get(..good.len() / 2).unwrap());
    desk.write("in/deep.json", &format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)));
    let huge = format!(
        "{{\"document\": {{\"csaf_version\": 1e9999999999, \"category\": \"{}\"}}}}",
        "x".repeat(200)
    );
    desk.write("in/huge.json", &huge);
    let ran = desk.json(&["import", "advisories", &desk.text("in")]);
    assert_eq!(ran.code, 1, "somebody must look: {ran:?}");
    let done = ran.line();
    assert_eq!(done["new"].as_u64(), Some(1), "{done}");
    assert!(done["refused"].as_u64().unwrap() >= 1, "{done}");
    assert!(ran.err.contains("truncated.json"), "{}", ran.err);
    let list = desk.json(&["advisories", "list"]).fine().lines();
    assert_eq!(list.len(), 1);
    assert_eq!(list[0]["id"], "SAMPLE-2026-007");
    let again =
        desk.json(&["import", "advisories", &sample("advisories/sample-2026-007.json")]).fine().line();
    assert_eq!((again["new"].as_u64(), again["unchanged"].as_u64()), (Some(0), Some(1)), "{again}");
}

#[test]
fn a_single_bad_document_imports_nothing_and_leaves_no_entry() {
    let desk = Desk::new();
    for (name, content) in
        [("not.json", "{"), ("other.json", "{\"resourceType\": \"Device\"}"), ("empty.json", "")]
    {
        let path = desk.write(name, content);
        let ran = desk.json(&["import", "advisories", &path]).refused();
        assert!(ran.err.contains(name) && ran.out.is_empty(), "{ran:?}");
    }
    assert_eq!(desk.json(&["audit", "head"]).fine().line()["seq"], 0);
}

#[test]
fn an_older_revision_is_kept_and_the_newer_one_stays_in_force() {
    let desk = Desk::new();
    let [first, second] =
        ["r1", "r2"].map(|which| sample(&format!("advisories/sample-2026-003-{which}.json")));
    desk.run(&["import", "advisories", &second]).fine();
    let done = desk.json(&["import", "advisories", &first]).fine().line();
    assert_eq!(done["changed"].as_u64(), Some(1), "{done}");
    let known = desk.json(&["advisories", "list"]).fine().line();
    assert_eq!((known["version"].as_str(), known["revisions"].as_u64()), (Some("2"), Some(2)), "{known}");
    let changes = desk.json(&["advisories", "diff", "SAMPLE-2026-003"]).fine().lines();
    assert!(!changes.is_empty());
    let none = desk.json(&["advisories", "diff", "SAMPLE-2026-003", "--from", "9"]).refused();
    assert!(none.err.contains("no revision 9"), "{}", none.err);
}

#[test]
fn feeds_are_counted_and_an_older_day_or_an_empty_catalogue_is_refused() {
    let desk = Desk::new();
    desk.run(&["import", "advisories", &sample("advisories")]).fine();
    let kev = desk.json(&["import", "kev", &sample("kev.json")]).fine().line();
    assert_eq!((kev["read"].as_u64(), kev["new"].as_u64()), (Some(3), Some(3)), "{kev}");
    let epss = desk.json(&["import", "epss", &sample("epss.csv")]).fine().line();
    assert_eq!((epss["read"].as_u64(), epss["left_out"].as_u64()), (Some(18), Some(0)), "{epss}");
    let ssvc = desk.json(&["import", "vulnrichment", &sample("vulnrichment")]).fine().line();
    assert_eq!(ssvc["new"].as_u64(), Some(5), "{ssvc}");
    for (kind, name) in [("kev", "kev.json"), ("epss", "epss.csv"), ("vulnrichment", "vulnrichment")] {
        let again = desk.json(&["import", kind, &sample(name)]).fine().line();
        assert_eq!((again["new"].as_u64(), again["changed"].as_u64()), (Some(0), Some(0)), "{again}");
    }
    let older = desk.write(
        "older.csv",
        "#model_version:v2099.01.01,score_date:2026-10-01T00:00:00+0000\ncve,epss,percentile\nCVE-2099-10014,0.5,0.9\n",
    );
    let ran = desk.run(&["import", "epss", &older]).refused();
    assert!(ran.err.contains("older than the ones in force"), "{}", ran.err);
    let undated = desk.write("undated.csv", "cve,epss,percentile\nCVE-2099-10014,0.5,0.9\n");
    let ran = desk.run(&["import", "epss", &undated]).refused();
    assert!(ran.err.contains("day"), "{}", ran.err);
    let empty = desk.write(
        "empty.json",
        "{\"title\":\"t\",\"catalogVersion\":\"1\",\"dateReleased\":\"2026-11-01T00:00:00.0000Z\",\"count\":0,\"vulnerabilities\":[]}",
    );
    let ran = desk.run(&["import", "kev", &empty]).refused();
    assert!(ran.err.contains("empty catalogue would hide"), "{}", ran.err);
}

/// The real corpus, once: every document comes in, and a real hospital's list meets it.
#[test]
fn the_public_advisories_come_in_whole_where_they_are_at_hand() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var("SEGUE_SHARED").map_or_else(|_| root.join("../shared"), Into::into);
    let corpus = shared.join("data/csaf");
    if !corpus.is_dir() {
        println!("skipped: the public advisories are not at {}", corpus.display());
        return;
    }
    let desk = Desk::new();
    let done = desk.json(&["import", "advisories", &corpus.display().to_string()]).fine().line();
    assert!(done["new"].as_u64().unwrap() > 1_000 && done["refused"] == 0, "{done}");
    desk.run(&["import", "inventory", &crate::support::file("tests/journeys/hospital.csv")]).fine();
    let exposures = desk.json(&["exposures", "--verdict", "affected"]).fine().lines();
    assert!(exposures.len() > 100, "{}", exposures.len());
    assert!(desk.json(&["audit", "verify"]).fine().line()["whole"].as_bool().unwrap());
}

/// The key that signed the document in `tests/signed`, with GnuPG.
const PSIRT: &str = "70B59DD05A03B9D9E06929E17A8DED680417C6EE";

#[test]
fn a_signature_is_verified_when_the_key_comes_and_an_altered_document_is_refused() {
    let desk = Desk::new();
    let signed = |name: &str| crate::support::file(&format!("crates/segue/tests/signed/{name}"));
    let read = |name: &str| std::fs::read_to_string(signed(name)).unwrap();
    let document = desk.write("in/tm-2026_01.json", &read("tm-2026_01.json"));
    desk.write("in/tm-2026_01.json.asc", &read("tm-2026_01.json.asc"));
    let keys = signed("psirt.asc");
    let standing = |desk: &Desk| {
        let known = desk.json(&["advisories", "list"]).fine().line();
        known["provenance"]["signature"].clone()
    };

    let ran = desk.json(&["import", "advisories", &document]).fine();
    let wanted = "1 signatures not verified: key ";
    assert!(ran.err.contains(wanted) && ran.err.contains("not given"), "{}", ran.err);
    let before = standing(&desk);
    assert_eq!(
        (before["standing"].as_str(), before["why"].as_str()),
        (Some("not_verified"), Some("key_not_given"))
    );

    let no_key = desk.write("no-key.asc", "not a key");
    let ran = desk.run(&["import", "advisories", &document, "--keys", &no_key]).refused();
    assert!(ran.err.contains("no-key.asc") && ran.err.contains("nothing was imported"), "{}", ran.err);

    // The key comes in the configuration this time; `--keys` is tried below.
    desk.write("segue.toml", &format!("advisory_keys = [{keys:?}]\n"));
    let config = desk.text("segue.toml");
    let done = desk.json(&["import", "advisories", &document, "--config", &config]).fine().line();
    assert_eq!((done["new"].as_u64(), done["changed"].as_u64()), (Some(0), Some(1)), "{done}");
    let after = standing(&desk);
    assert_eq!((after["standing"].as_str(), after["fingerprint"].as_str()), (Some("verified"), Some(PSIRT)));
    assert_eq!(after["origin"], "given");
    let again = desk.json(&["import", "advisories", &document, "--keys", &keys]).fine().line();
    assert_eq!(again["unchanged"].as_u64(), Some(1), "{again}");

    let head = desk.json(&["audit", "head"]).fine().line();
    desk.write("in/tm-2026_01.json", &read("tm-2026_01.json").replacen("\"final\"", "\"draft\"", 1));
    let ran = desk.json(&["import", "advisories", &document, "--keys", &keys]).refused();
    assert!(ran.err.contains("is not of this document") && ran.err.contains(PSIRT), "{}", ran.err);
    assert_eq!(desk.json(&["audit", "head"]).fine().line(), head, "nothing of it is recorded");
}
