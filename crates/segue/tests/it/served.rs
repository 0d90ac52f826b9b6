//! `segue serve` and `segue demo` as processes: beside the command line, over a restart, with uploads.

use crate::support::{Answer, Desk, Person, Served, sample};

/// Uploads files as a browser does.
fn upload(person: &mut Person, served: &Served, kind: &str, files: &[(&str, &[u8])]) -> Answer {
    let csrf = person.get(served, "/imports").csrf();
    let mut body =
        format!("--zz\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n").into_bytes();
    for (name, content) in files {
        let head =
            format!("--zz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.as_bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--zz--\r\n");
    person.post(served, &format!("/imports/upload?csrf={csrf}"), "multipart/form-data; boundary=zz", &body)
}

fn location(answer: &Answer) -> String {
    let found = answer.headers.iter().find(|(name, _)| name == "location");
    found.unwrap_or_else(|| panic!("{} {}", answer.status, answer.body)).1.clone()
}

/// Asks again whenever the server says that work went on, until the page says it.
fn until(person: &mut Person, served: &Served, page: &str, says: &str) -> String {
    let mut listening = person.listen(served);
    loop {
        let text = person.get(served, page).body;
        if text.contains(says) {
            return text;
        }
        assert!(text.contains("data-live-topic=\"work\""), "it ended without saying {says:?}: {text}");
        listening.until("work");
    }
}

#[test]
fn the_command_lines_import_is_seen_by_a_running_server_at_once() {
    let desk = Desk::new();
    let served = desk.serve();
    let mut person = Person::first_admin(&served);
    assert_eq!(person.get(&served, "/api/v1/imports").json()["total"], 0);
    let mut listening = person.listen(&served);
    desk.run(&["import", "advisories", &sample("advisories")]).fine();
    listening.until("imports");
    let imports = person.get(&served, "/api/v1/imports").json();
    assert_eq!(
        (imports["total"].as_u64(), imports["items"][0]["actor"].as_str()),
        (Some(1), Some("cli:tester"))
    );
    assert!(person.get(&served, "/audit").body.contains("cli:tester"));
    served.stop();
}

#[test]
fn a_session_outlives_a_restart_and_ends_when_its_account_is_closed() {
    let desk = Desk::new();
    let served = desk.serve();
    let mut person = Person::first_admin(&served);
    assert_eq!(person.get(&served, "/api/v1/me").json()["name"], "admin");
    served.stop();
    let served = desk.serve();
    assert!(served.said["one_time_password"].is_null(), "there is an admin already");
    assert_eq!(person.get(&served, "/api/v1/me").status, 200, "still signed in");
    let mut listening = person.listen(&served);
    desk.run(&["account", "open", "berit", "--role", "admin"]).fine();
    listening.until("accounts");
    desk.run(&["account", "close", "admin"]).fine();
    listening.until("accounts");
    assert_eq!(person.get(&served, "/api/v1/me").status, 401);
}

#[test]
fn a_device_list_comes_in_by_upload_looked_at_corrected_and_imported() {
    let desk = Desk::new();
    let served = desk.serve();
    let mut person = Person::first_admin(&served);
    let list = std::fs::read(crate::support::file("tests/journeys/messy-export.csv")).unwrap();
    let page = location(&upload(&mut person, &served, "", &[("messy-export.csv", &list)]));
    let text = until(&mut person, &served, &page, "Confirm these");
    assert!(text.contains("Inventarienr") && text.contains("MT-10001"), "columns with examples");
    assert!(!text.contains(">Import "), "nothing is imported on a guess");
    let columns: Vec<(String, String)> = text
        .split("<select name=\"column-")
        .skip(1)
        .map(|rest| {
            let (at, rest) = rest.split_once('"').unwrap();
            let select = rest.split("</select>").next().unwrap();
            let field = select.split("<option value=\"").find(|option| option.contains(" selected"));
            (format!("column-{at}"), field.map_or("", |option| option.split('"').next().unwrap()).to_owned())
        })
        .collect();
    assert!(columns.iter().any(|(_, field)| field == "asset_tag"), "{columns:?}");
    let fields: Vec<(&str, &str)> =
        columns.iter().map(|(name, field)| (name.as_str(), field.as_str())).collect();
    person.form(&served, &page, &format!("{page}/read"), &fields);
    let text = until(&mut person, &served, &page, "Read again with these columns");
    let mapping = person.get(&served, &format!("{page}/mapping")).body;
    assert!(mapping.contains("asset_tag = \"Inventarienr\""), "{mapping}");
    // What the command line makes of the same file decides what the page must say.
    desk.write("list.csv", &String::from_utf8_lossy(&list));
    desk.write("mapping.toml", &mapping);
    let dry = desk.json(&[
        "import",
        "inventory",
        &desk.text("list.csv"),
        "--mapping",
        &desk.text("mapping.toml"),
        "--dry-run",
    ]);
    let new = dry.line()["new"].as_u64().unwrap();
    if dry.code == 0 {
        assert!(text.contains(&format!(": {new} new</button>")), "{text}");
        person.form(&served, &page, &format!("{page}/import"), &[("round", "2")]);
        until(&mut person, &served, &page, &format!("{new} new, 0 changed"));
        assert_eq!(desk.json(&["devices"]).fine().lines().len() as u64, new);
    } else {
        assert!(text.contains("stops the import") || text.contains("stop the import"), "{text}");
    }
}

#[test]
fn several_advisories_come_in_by_one_upload_and_a_bad_one_is_named_by_its_own_name() {
    let desk = Desk::new();
    let read = |name: &str| std::fs::read(sample(&format!("advisories/{name}"))).unwrap();
    desk.run(&["import", "advisories", &sample("advisories/sample-2026-003-r1.json")]).fine();
    let served = desk.serve();
    let mut person = Person::first_admin(&served);
    let (new, newer) = (read("sample-2026-007.json"), read("sample-2026-003-r2.json"));
    let old = read("sample-2026-003-r1.json");
    let files: [(&str, &[u8]); 4] = [
        ("sample-2026-007.json", &new),
        ("sample-2026-003.json", &newer),
        ("again.json", &old),
        ("bad one.json", b"{"),
    ];
    let page = location(&upload(&mut person, &served, "", &files));
    let text = until(&mut person, &served, &page, "Import 3 documents: 1 new, 1 changed");
    for says in ["Newer than 1", "Known already", "Refused", "bad one.json", "1 document is refused"] {
        assert!(text.contains(says), "{says}: {text}");
    }
    assert!(!text.contains("segue-upload-"), "no path of this machine is shown: {text}");
    person.form(&served, &page, &format!("{page}/import"), &[("round", "1")]);
    let text = until(&mut person, &served, &page, "1 new, 1 changed, 1 known already");
    assert!(!text.contains("segue-upload-"), "{text}");
    assert_eq!(desk.json(&["advisories", "list"]).fine().lines().len(), 2);
    let remarks =
        person.get(&served, "/api/v1/imports").json()["items"][0]["id"].as_str().unwrap().to_owned();
    let remarks = person.get(&served, &format!("/api/v1/imports/{remarks}")).json()["remarks"].to_string();
    assert!(remarks.contains("bad one.json") && !remarks.contains("segue-upload-"), "{remarks}");
}

#[test]
fn feeds_and_the_hospital_come_in_by_upload_with_their_counts_on_the_button() {
    let desk = Desk::new().with_sample();
    let served = desk.serve();
    let mut person = Person::first_admin(&served);
    for (name, button) in [
        ("kev.json", "Import 3 records: 3 new"),
        ("epss.csv", "Import 18 records: 18 new"),
        ("vulnrichment/CVE-2099-10014.json", "Import 1 record: 1 new"),
        ("hospital.toml", "records: "),
    ] {
        let content = std::fs::read(sample(name)).unwrap();
        let base = name.rsplit('/').next().unwrap();
        let page = location(&upload(&mut person, &served, "", &[(base, &content)]));
        until(&mut person, &served, &page, button);
        person.form(&served, &page, &format!("{page}/import"), &[("round", "1")]);
        until(&mut person, &served, &page, "See this import");
    }
    assert_eq!(person.get(&served, "/api/v1/imports").json()["total"], 6);
}

#[test]
fn the_demo_starts_on_a_free_port_and_serves_its_hospital() {
    let desk = Desk::new();
    let data = desk.text("demo");
    let served = desk.start(&["demo", "--no-night", "--port", "0", "--data", &data, "--json"]);
    assert_eq!(served.said["first_user"], "admin");
    let mut person = Person::first_admin(&served);
    assert_eq!(person.get(&served, "/readyz").status, 200);
    assert_eq!(person.get(&served, "/api/v1/imports").json()["total"], 6);
    assert!(person.get(&served, "/aliases").body.contains("Nordplus AB"));
    served.stop();
    let served = desk.start(&["demo", "--no-night", "--port", "0", "--data", &data, "--json"]);
    assert!(served.said["one_time_password"].is_null(), "what was done stays");
    drop(served);
    let other = desk.write("precious/notes.txt", "mine");
    let ran = desk.run(&["demo", "--port", "0", "--data", &desk.text("precious"), "--fresh"]).refused();
    assert!(ran.err.contains("was not made by a demo"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(other).unwrap(), "mine");
}

#[test]
fn every_page_of_the_demo_says_that_it_is_one_and_no_real_host_can_ever_speak_to_its_folder() {
    let desk = Desk::new();
    let data = desk.text("night");
    let served = desk.start(&["demo", "--night-minutes", "2", "--port", "0", "--data", &data, "--json"]);
    assert!(served.said["agents"].is_null(), "a demonstration listens to no host");
    let mut person = Person::first_admin(&served);
    for page in ["/demo", "/", "/board", "/ward", "/hosts", "/settings"] {
        let body = person.get(&served, page).body;
        assert!(
            body.contains("<strong>Demonstration</strong>") && body.contains("made up"),
            "{page}: {body}"
        );
    }
    for (page, says, topic) in [("/demo", "CS-ED-1", "plans"), ("/hosts", "SRV-4604", "hosts")] {
        let mut listening = person.listen(&served);
        while !person.get(&served, page).body.contains(says) {
            listening.until(topic);
        }
    }
    served.stop();
    let ran = desk.run(&["serve", "--listen", "127.0.0.1:0", "--data", &data]).refused();
    assert!(ran.err.contains("no real host may speak to it"), "{}", ran.err);
}

#[test]
fn a_demo_that_is_started_again_says_that_its_night_does_not_go_on_and_how_to_begin_a_new_one() {
    let desk = Desk::new();
    let data = desk.text("night");
    let night = ["demo", "--night-minutes", "1", "--port", "0", "--data", &data, "--json"];
    let served = desk.start(&night);
    let mut person = Person::first_admin(&served);
    let mut listening = person.listen(&served);
    while !person.get(&served, "/demo").body.contains("complete, no restart pending") {
        listening.until("night");
    }
    let going = person.get(&served, "/demo").body;
    assert!(!going.contains("--fresh") && !going.contains("does not go on"), "{going}");
    served.stop();
    let served = desk.start(&night);
    assert!(person.get(&served, "/board").body.contains("time stands still"));
    let left = person.get(&served, "/demo").body;
    let again = format!("<code class=\"command\">segue demo --fresh --data {data} --port 0</code>");
    assert!(left.contains("does not go on") && left.contains(&again), "{left}");
    assert!(left.contains("complete, no restart pending"), "what the plain tool said is still there: {left}");
    served.stop();
    // The command does what the page says.
    let served =
        desk.start(&["demo", "--fresh", "--night-minutes", "1", "--port", "0", "--data", &data, "--json"]);
    let mut person = Person::first_admin(&served);
    assert!(!person.get(&served, "/demo").body.contains("does not go on"));
}

#[test]
fn the_demo_touches_no_folder_of_somebody_else() {
    let desk = Desk::new();
    desk.write("hospital/journal.txt", "mine");
    let ran = desk.run(&["demo", "--port", "0", "--data", &desk.text("hospital")]).refused();
    assert!(ran.err.contains("was not made by a demo"), "{}", ran.err);
    assert_eq!(std::fs::read_dir(desk.path("hospital")).unwrap().count(), 1, "not even a mark is left");
    assert!(desk.run(&["demo", "--night-minutes", "0"]).err.contains("night-minutes"));
}
