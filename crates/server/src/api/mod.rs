//! The same data for programs, under `/api/v1`, described by OpenAPI from the routes themselves. No pages here.
//!
//! A session cookie is the key, as in the pages; a changing call sends the form token in `x-csrf-token`. Places that tell their own probes have a secret each.

mod me;

use axum::Router;
use axum::http::{Method, header};
use axum::response::IntoResponse;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::AppState;

/// A problem, as RFC 9457 has it.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct ProblemJson {
    /// `urn:segue:problem:` and a short name.
    pub r#type: String,
    /// Heading.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What is wrong, and what would be right.
    pub detail: String,
    /// The number under which it is in the log.
    pub request_id: String,
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Segue", description = "Which clinical devices are exposed, how sure that is, and what is not known."),
    components(schemas(ProblemJson)),
    security(("session" = []))
)]
struct Description;

/// Every API route. A page's API handlers are added here: `.routes(routes!(crate::pages::devices::api::list))`.
fn documented() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(me::me))
        .routes(routes!(crate::pages::overview::api::overview))
        .routes(routes!(crate::pages::devices::api::devices))
        .routes(routes!(crate::pages::devices::api::device))
        .routes(routes!(crate::pages::devices::api::exposures_of))
        .routes(routes!(crate::pages::hospital::api::hospital))
        .routes(routes!(crate::pages::plans::api::plans))
        .routes(routes!(crate::pages::plans::api::plan))
        .routes(routes!(crate::pages::plans::api::report))
        .routes(routes!(crate::pages::plans::campaign_api::campaign))
        .routes(routes!(crate::pages::forecast::api::forecast))
        .routes(routes!(crate::pages::calendar::api::calendar))
        .routes(routes!(crate::pages::board::api::board))
        .routes(routes!(crate::pages::ward::api::ward))
        .routes(routes!(crate::pages::hosts::api::hosts))
        .routes(routes!(crate::pages::hosts::api::host))
        .routes(routes!(crate::pages::incidents::api::incidents))
        .routes(routes!(crate::pages::archive::api::archives))
        .routes(routes!(crate::pages::archive::api::archive_pair))
        .routes(routes!(crate::pages::archive::told::probed))
        .routes(routes!(crate::pages::archive::told::retired))
        .routes(routes!(crate::pages::matrix::api::matrix))
        .routes(routes!(crate::pages::matrix::api::exposures))
        .routes(routes!(crate::pages::advisories::api::advisories))
        .routes(routes!(crate::pages::advisories::api::advisory))
        .routes(routes!(crate::pages::advisories::api::advisory_products))
        .routes(routes!(crate::pages::advisories::api::advisory_assets))
        .routes(routes!(crate::pages::advisories::api::advisory_diff))
        .routes(routes!(crate::pages::advisories::api::known_products))
        .routes(routes!(crate::pages::imports::api::list))
        .routes(routes!(crate::pages::imports::api::one))
        .routes(routes!(
            crate::pages::aliases::api::list,
            crate::pages::aliases::api::answer,
            crate::pages::aliases::api::undo
        ))
        .routes(routes!(crate::pages::audit::api::head))
        .routes(routes!(crate::pages::audit::api::entries))
        .routes(routes!(crate::pages::audit::api::proof))
        .routes(routes!(crate::pages::settings::api::list))
}

/// The router, and its routes as (method, path template).
pub(crate) fn routes(_app: AppState) -> (Router<AppState>, Vec<(Method, String)>) {
    let (router, mut description) = documented().split_for_parts();
    let scheme = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        "segue-session",
        "The cookie that signing in sets. Over TLS its name begins with __Host-.",
    )));
    description.components.get_or_insert_default().add_security_scheme("session", scheme);
    let place = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let place = place.description(Some("The secret of a place that may tell its own probes of an archive."));
    let components = description.components.get_or_insert_default();
    components.add_security_scheme("place", SecurityScheme::Http(place.build()));
    let mut list = vec![(Method::GET, "/api/v1/openapi.json".to_owned())];
    for (path, item) in &description.paths.paths {
        let methods = [
            (&item.get, Method::GET),
            (&item.post, Method::POST),
            (&item.put, Method::PUT),
            (&item.delete, Method::DELETE),
            (&item.patch, Method::PATCH),
        ];
        list.extend(
            methods.into_iter().filter(|(op, _)| op.is_some()).map(|(_, method)| (method, path.clone())),
        );
    }
    let json = description.to_pretty_json().unwrap_or_default();
    let serve = move || {
        let json = json.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], json).into_response() }
    };
    (router.route("/api/v1/openapi.json", get(serve)), list)
}
