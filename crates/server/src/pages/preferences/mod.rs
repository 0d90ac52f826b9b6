//! `POST /preferences`: language, colours and keys, kept in cookies, for whoever reads, signed in or not.

use axum::Form;
use axum::extract::State;
use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::own_path;
use crate::front::Theme;
use crate::words::Language;
use crate::{AppState, Routes};

/// A year: how long a choice is remembered.
const REMEMBER_SECONDS: u64 = 365 * 24 * 60 * 60;

pub(super) fn routes() -> Routes {
    Routes::new().post("/preferences", choose)
}

#[derive(Deserialize)]
struct Choices {
    language: Option<String>,
    theme: Option<String>,
    keys: Option<String>,
    next: Option<String>,
}

async fn choose(State(app): State<AppState>, Form(choices): Form<Choices>) -> Response {
    let secure = if app.settings.tls { "; Secure" } else { "" };
    let cookie = |name: &str, value: &str| {
        let rest = format!("; Path=/; HttpOnly; SameSite=Strict; Max-Age={REMEMBER_SECONDS}{secure}");
        (header::SET_COOKIE, format!("{name}={value}{rest}"))
    };
    let language = choices.language.as_deref().and_then(Language::from_tag);
    let theme = choices.theme.as_deref().and_then(Theme::from_tag);
    let mut cookies = Vec::new();
    cookies.extend(language.map(|language| cookie("segue-language", language.tag())));
    cookies.extend(theme.map(|theme| cookie("segue-theme", theme.tag())));
    let keys = choices.keys.as_deref().filter(|keys| matches!(*keys, "on" | "off"));
    cookies.extend(keys.map(|keys| cookie("segue-keys", keys)));
    (AppendHeaders(cookies), Redirect::to(own_path(choices.next.as_deref()))).into_response()
}
