//! What pages say, in which language, and that nothing a device is called becomes part of the page.

use axum::http::{Method, StatusCode};

use crate::support::house;

#[tokio::test]
async fn a_device_called_like_a_script_is_shown_and_not_run() {
    let house = house().await;
    let mut browser = house.signed_in("anna").await;
    let text = browser.get("/styleguide").await.text();
    assert!(!text.contains("<script>alert"));
    assert!(text.contains("&#60;script&#62;alert(1)") || text.contains("&lt;script&gt;alert(1)"));
    let text = browser.get("/styleguide?q=%22%3E%3Cimg+src%3Dx+onerror%3Dalert(1)%3E").await.text();
    assert!(!text.contains("<img"), "a filter is shown and not run");
}

#[tokio::test]
async fn every_page_has_a_language_a_title_one_heading_and_a_way_to_skip_the_frame() {
    let house = house().await;
    let mut browser = house.signed_in("anna").await;
    for (method, path) in server::routes(&house.app) {
        if method != Method::GET || path.contains('{') || path.starts_with("/api/") || path == "/events" {
            continue;
        }
        let answer = browser.get(&path).await;
        let html = answer.text();
        if answer.status != StatusCode::OK || !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        assert!(html.contains("<html lang=\"en\""), "{path}");
        assert_eq!(html.matches("<h1").count(), 1, "{path}: one heading of the first order");
        assert!(html.contains("href=\"#content\"") && html.contains("<main id=\"content\""), "{path}");
        assert!(!html.contains("<title> ·"), "{path}: a title");
    }
}

#[tokio::test]
async fn a_reader_chooses_language_colours_and_keys_and_they_stay() {
    let house = house().await;
    let mut browser = house.browser();
    assert!(browser.get("/sign-in").await.text().contains("Sign in"));
    browser.post_from("/sign-in", "/preferences", &[("language", "sv"), ("next", "/sign-in")]).await;
    browser.post_from("/sign-in", "/preferences", &[("theme", "dark")]).await;
    browser.post_from("/sign-in", "/preferences", &[("keys", "off")]).await;
    let text = browser.get("/sign-in").await.text();
    assert!(
        text.contains("Logga in") && text.contains("lang=\"sv\"") && text.contains("data-theme=\"dark\"")
    );
    assert!(!text.contains("/static/keys."), "single keys are not listened to");
    let answer =
        browser.post_from("/sign-in", "/preferences", &[("theme", "<b>"), ("next", "//evil.example")]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"));
}

#[tokio::test]
async fn the_browsers_language_is_used_until_one_is_chosen() {
    let house = house().await;
    let mut browser = house.browser();
    let request =
        browser.request(Method::GET, "/sign-in").header("accept-language", "sv-SE,sv;q=0.9,en;q=0.5");
    let answer = browser.send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert!(answer.text().contains("<h1>Logga in</h1>"));
}

#[tokio::test]
async fn a_list_says_what_it_cannot_be_asked() {
    let house = house().await;
    let mut browser = house.signed_in("anna").await;
    for (query, says) in [
        ("colour=red", "is not known here"),
        ("limit=1001", "from 1 to 1000"),
        ("sort=colour", "this list is ordered by"),
    ] {
        let answer = browser.get(&format!("/styleguide?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.text().contains(says), "{query}");
    }
    assert!(
        browser
            .get("/styleguide?q=nothing-is-called-this")
            .await
            .text()
            .contains("No row meets this filter.")
    );
}

/// The text of a template that a reader would see: everything outside tags, expressions and comments.
fn prose(template: &str) -> Vec<String> {
    let mut rest = template;
    let mut found = Vec::new();
    while let Some(start) = rest.find(['<', '{']) {
        found.push(rest[..start].to_owned());
        let tail = &rest[start..];
        let end = match tail.as_bytes().get(..2) {
            Some(b"{{") => tail.find("}}").map(|at| at + 2),
            Some(b"{%") => tail.find("%}").map(|at| at + 2),
            Some(b"{#") => tail.find("#}").map(|at| at + 2),
            _ => end_of_tag(tail, &mut found),
        };
        rest = &tail[end.unwrap_or(tail.len())..];
    }
    found.push(rest.to_owned());
    found
}

/// Where a tag ends, stepping over the expressions in it; its readable attributes count as prose.
fn end_of_tag(tag: &str, found: &mut Vec<String>) -> Option<usize> {
    let mut plain = String::new();
    let mut at = 0;
    loop {
        let tail = &tag[at..];
        let expression = tail.starts_with("{{").then_some("}}").or(tail.starts_with("{%").then_some("%}"));
        if let Some(end) = expression {
            at += tail.find(end)? + 2;
            continue;
        }
        let next = tail.chars().next()?;
        at += next.len_utf8();
        plain.push(next);
        if next == '>' {
            break;
        }
    }
    for name in ["title", "aria-label", "alt", "placeholder", "summary"] {
        if let Some((_, value)) = plain.split_once(&format!(" {name}=\"")) {
            found.push(value.split('"').next().unwrap_or("").to_owned());
        }
    }
    Some(at)
}

#[test]
fn no_template_speaks_for_itself() {
    // Letters that are the same in every language: names of file kinds and of keys.
    const SAME: [&str; 8] = ["CSV", "XLSX", "JSON", "Esc", "j", "k", "P50", "P90"];
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut folders = vec![root];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            seen += 1;
            let template = std::fs::read_to_string(&path).unwrap().replace("<!doctype html>", "");
            for text in prose(&template) {
                for word in text
                    .split(|c: char| !c.is_alphanumeric())
                    .filter(|word| word.chars().any(char::is_alphabetic))
                {
                    assert!(
                        SAME.contains(&word),
                        "{}: \"{}\" belongs in src/words",
                        path.display(),
                        text.trim()
                    );
                }
            }
        }
    }
    assert!(seen > 10);
}

#[test]
fn a_template_that_speaks_for_itself_is_found() {
    let words = |template| prose(template).join("").trim().to_owned();
    assert_eq!(words("<p class=\"a\">{{ x }}</p>"), "");
    assert_eq!(words("<p{% if a > b %} hidden{% endif %}>Hello</p>"), "Hello");
    assert_eq!(words("<a title=\"Go {{ x }}\">"), "Go");
}

#[test]
fn our_scripts_stay_small() {
    let lines: usize = std::fs::read_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("static"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "js"))
        .map(|path| std::fs::read_to_string(path).unwrap().lines().count())
        .sum();
    assert!(lines <= 600, "{lines} lines");
}
