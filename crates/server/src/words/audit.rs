//! Words of `/audit`.

use super::words;

words! {
    audit_title: "Audit" | "Granskning";
    audit_lead: "Everything that happened is an entry of one journal. Each entry carries the hash of the one before; changing, dropping or reordering any of them is found." | "Allt som hänt är en post i en journal. Varje post bär kontrollsumman av den före; att ändra, ta bort eller flytta någon upptäcks.";
    audit_head: "Where the journal stands" | "Var journalen står";
    audit_head_why: "Keep this text outside Segue. With it, anybody can show later that the journal was not cut short or rewritten." | "Spara texten utanför Segue. Med den kan vem som helst senare visa att journalen inte kortats eller skrivits om.";
    audit_head_text: "Head of the journal, to copy" | "Journalens huvud, att kopiera";
    audit_entries_n(n: u64) one "{n} entry" | "{n} post" many "{n} entries" | "{n} poster";
    audit_seq: "Newest entry" | "Nyaste posten";
    audit_hash: "Hash" | "Kontrollsumma";
    audit_root: "Merkle root" | "Merkle-rot";
    audit_empty: "This page shows what happened, by whom, and proves that nothing was changed afterwards. Nothing has happened yet." | "Sidan visar vad som hänt, av vem, och bevisar att inget ändrats efteråt. Inget har hänt ännu.";
    audit_empty_step: "Import the first file" | "Importera den första filen";

    audit_verify: "Verification" | "Verifiering";
    audit_verify_lead: "Walks every entry and every stored document, checks that each document that an entry rests on is there, and names the first place that is not what was written." | "Går igenom varje post och varje lagrat dokument, kontrollerar att varje dokument som en post vilar på finns kvar, och namnger det första ställe som inte är vad som skrevs.";
    audit_verify_now: "Verify now" | "Verifiera nu";
    audit_verify_remembered: "A head that you kept earlier" | "Ett huvud som du sparat tidigare";
    audit_verify_remembered_hint: "Optional. Also shows whether the journal was cut short since." | "Valfritt. Visar också om journalen kortats sedan dess.";
    audit_verify_bad_head: "The remembered head cannot be read. Paste the whole text as this page showed it: seq, hash, root" | "Det sparade huvudet går inte att läsa. Klistra in hela texten som sidan visade den: seq, hash, root";
    audit_verify_running: "Verifying the journal" | "Verifierar journalen";
    audit_verify_note: "Others go on working meanwhile." | "Andra arbetar vidare under tiden.";
    audit_verify_never: "Not verified since this server started." | "Inte verifierad sedan servern startade.";
    audit_verify_whole(entries: &str, blobs: &str, referred: &str): "Whole: {entries} entries and {blobs} documents are what was written. Documents that entries rest on: {referred}, each of them there." | "Hel: {entries} poster och {blobs} dokument är vad som skrevs. Dokument som poster vilar på: {referred}, vart och ett finns kvar.";
    audit_verify_remembered_held(seq: &str): "It continues the head that was kept at entry {seq}." | "Den fortsätter huvudet som sparades vid post {seq}.";
    audit_verify_broken(place: &str, entries: &str, blobs: &str): "NOT whole: {place}. Found whole before that: entries {entries}, documents {blobs}." | "INTE hel: {place}. Funna hela innan dess: poster {entries}, dokument {blobs}.";
    audit_verify_failed(why: &str): "It could not be verified: {why}" | "Den kunde inte verifieras: {why}";
    audit_verify_by(who: &str, when: &str): "Asked for by {who}, ended {when}." | "Begärd av {who}, slutförd {when}.";

    audit_window(first: &str, last: &str, total: &str): "Entries {first}–{last} of {total}" | "Poster {first}–{last} av {total}";
    audit_newest: "Newest" | "Nyaste";
    audit_older: "Older" | "Äldre";
    audit_newer: "Newer" | "Nyare";
    audit_upto_wrong(asked: &str): "upto={asked} is not possible; it is the number of an entry, such as 1097" | "upto={asked} går inte; det är numret på en post, till exempel 1097";
    audit_upto: "Up to entry" | "Till och med post";
    audit_kind: "Kind" | "Slag";
    audit_actor: "Who" | "Vem";
    audit_filter_window(n: &str): "A filter looks at {n} entries at a time." | "Ett filter ser på {n} poster i taget.";
    audit_col_seq: "Entry" | "Post";
    audit_col_time: "When" | "När";
    audit_col_about: "About" | "Om";

    audit_entry_title(seq: &str): "Entry {seq}" | "Post {seq}";
    audit_time: "Recorded" | "Noterad";
    audit_batch: "Batch" | "Omgång";
    audit_prev: "Hash of the entry before" | "Föregående posts kontrollsumma";
    audit_fact: "What was recorded" | "Vad som noterades";
    audit_fact_cut(shown: &str, total: &str): "The first {shown} of {total} characters are shown; the file has all." | "De första {shown} av {total} tecknen visas; filen har alla.";
    audit_fact_get: "The entry as a file" | "Posten som fil";
    audit_secret: "(not shown)" | "(visas inte)";
    audit_proof: "Proof" | "Bevis";
    audit_proof_says(seq: &str, size: &str, steps: &str): "This entry is number {seq} of the {size} entries that the Merkle root below stands for. Whoever knows the root can check it with the {steps} hashes of the proof and the entry's own hash, without this server and without seeing any other entry. If the entry had been changed, moved or added later, the path would not lead to the root." | "Posten är nummer {seq} av de {size} poster som Merkle-roten nedan står för. Den som känner roten kan kontrollera det med bevisets {steps} kontrollsummor och postens egen, utan servern och utan att se någon annan post. Om posten hade ändrats, flyttats eller lagts till senare skulle vägen inte leda till roten.";
    audit_proof_get: "The proof as a file" | "Beviset som fil";
    audit_proof_path: "Hashes from the entry up to the root" | "Kontrollsummor från posten upp till roten";
    audit_previous_entry: "Entry before" | "Posten före";
    audit_next_entry: "Entry after" | "Posten efter";
}
