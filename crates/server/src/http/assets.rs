//! Our own style sheet, scripts and shapes: part of the program, named by their content, kept by browsers for ever.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::Problem;

struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

macro_rules! asset {
    ($name:literal, $kind:literal) => {
        Asset { name: $name, kind: $kind, bytes: include_bytes!(concat!("../../static/", $name)) }
    };
}

const ASSETS: [Asset; 9] = [
    asset!("segue.css", "text/css; charset=utf-8"),
    asset!("live.js", "text/javascript; charset=utf-8"),
    asset!("keys.js", "text/javascript; charset=utf-8"),
    asset!("drawer.js", "text/javascript; charset=utf-8"),
    asset!("matrix.js", "text/javascript; charset=utf-8"),
    asset!("menu.js", "text/javascript; charset=utf-8"),
    asset!("move.js", "text/javascript; charset=utf-8"),
    asset!("sprite.svg", "image/svg+xml"),
    asset!("favicon.svg", "image/svg+xml"),
];

struct Served {
    by_file: HashMap<String, &'static Asset>,
    url_of: HashMap<&'static str, String>,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| {
    let mut served = Served { by_file: HashMap::new(), url_of: HashMap::new() };
    for asset in &ASSETS {
        let hash: String = hex::encode(Sha256::digest(asset.bytes)).chars().take(16).collect();
        let (stem, ending) = asset.name.rsplit_once('.').unwrap_or((asset.name, "bin"));
        let file = format!("{stem}.{hash}.{ending}");
        served.url_of.insert(asset.name, format!("/static/{file}"));
        served.by_file.insert(file, asset);
    }
    served
});

/// Where browsers find the file `name` of `static/`; the empty string for a name that does not exist.
pub fn url(name: &str) -> &'static str {
    SERVED.url_of.get(name).map_or("", String::as_str)
}

/// Every file's address.
pub fn urls() -> Vec<&'static str> {
    SERVED.url_of.values().map(String::as_str).collect()
}

/// `GET /static/{file}`
pub(crate) async fn serve(Path(file): Path<String>) -> Response {
    const HEADERS: fn(&'static str) -> [(HeaderName, &'static str); 2] =
        |kind| [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    match SERVED.by_file.get(&file) {
        Some(asset) => (HEADERS(asset.kind), asset.bytes).into_response(),
        None => Problem::NotFound.into_response(),
    }
}
