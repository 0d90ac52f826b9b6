//! Style sheet, scripts, shapes; and that their colours can be read.

use axum::http::StatusCode;
use server::http::assets;
use server::parts::Mark;

use crate::support::house;

fn style() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/static/segue.css")).unwrap()
}

#[tokio::test]
async fn every_file_is_found_under_its_content_and_kept_for_ever() {
    let house = house().await;
    let mut browser = house.browser();
    assert!(assets::urls().len() >= 6);
    for url in assets::urls() {
        let answer = browser.get(url).await;
        assert_eq!(answer.status, StatusCode::OK, "{url}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert!(!answer.body.is_empty());
        assert!(answer.header("set-cookie").is_empty(), "a file needs no cookie");
    }
    assert_eq!(browser.get("/static/segue.css").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/static/..%2f..%2fCargo.toml").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_file_that_a_page_names_exists() {
    let house = house().await;
    let mut browser = house.signed_in("anna").await;
    let html = browser.get("/styleguide").await.text();
    let mut named: Vec<&str> =
        html.split("/static/").skip(1).filter_map(|rest| rest.split(['"', '#']).next()).collect();
    named.sort_unstable();
    named.dedup();
    assert!(named.len() >= 5, "{named:?}");
    for file in named {
        assert_eq!(browser.get(&format!("/static/{file}")).await.status, StatusCode::OK, "{file}");
    }
}

#[test]
fn every_mark_has_a_shape_and_a_colour() {
    let sprite = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/static/sprite.svg")).unwrap();
    let css = style();
    for mark in Mark::ALL {
        assert!(sprite.contains(&format!("<symbol id=\"{}\"", mark.tag())), "{}", mark.tag());
        assert!(css.contains(&format!(".mark-{}", mark.tag())), "{}", mark.tag());
    }
}

fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// A token's (light, dark) colours.
fn token(css: &str, name: &str) -> [String; 2] {
    let (_, rest) =
        css.split_once(&format!("--{name}: light-dark(")).unwrap_or_else(|| panic!("no token {name}"));
    let mut colours = rest.split(')').next().unwrap().split(',').map(|colour| colour.trim().to_owned());
    [colours.next().unwrap(), colours.next().unwrap()]
}

#[test]
fn every_colour_can_be_read_in_both_themes() {
    let css = style();
    for theme in [0, 1] {
        for ground in ["paper", "raised", "sunk"] {
            let ground_colour = &token(&css, ground)[theme];
            for ink in ["ink", "quiet", "accent", "green", "blue", "amber", "violet", "red", "grey"] {
                let ratio = contrast(&token(&css, ink)[theme], ground_colour);
                assert!(ratio >= 4.5, "{ink} on {ground}, theme {theme}: {ratio:.2}");
            }
            let ratio = contrast(&token(&css, "edge")[theme], ground_colour);
            assert!(ratio >= 3.0, "edge on {ground}, theme {theme}: {ratio:.2}");
        }
        let ratio = contrast(&token(&css, "on-accent")[theme], &token(&css, "accent")[theme]);
        assert!(ratio >= 4.5, "on-accent, theme {theme}: {ratio:.2}");
    }
}

#[test]
fn the_style_sheet_has_no_colour_of_its_own_outside_the_tokens() {
    let css = style();
    let (_, rules) = css.split_once("--mono:").unwrap();
    let print = rules.find("@media print").unwrap();
    for (line, text) in rules[..print].lines().enumerate() {
        assert!(!text.contains('#') || text.contains("a[href^=\"#"), "line {line} after the tokens: {text}");
    }
    for wanted in
        ["prefers-reduced-motion", "@media print", ":focus-visible", "forced-colors", "[data-theme=\"dark\"]"]
    {
        assert!(css.contains(wanted), "{wanted}");
    }
}
