//! All routes and the layers around them. A route is declared once; the list of routes is a value that tests walk.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, on};
use axum::{Router, routing};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::AppState;
use crate::front::{guard, recognise};
use crate::http::{
    FORM_SIZE_MAX_BYTES, Problem, REQUEST_TIME_MAX_SECONDS, UPLOAD_TIME_MAX_SECONDS, assets, healthz,
    metrics_page, observe, readyz, render_problems,
};
use crate::nav::Nav;
use crate::{api, live, pages};

/// Pages' routes with the list of what they are. Each page module makes one; `pages::routes` joins them.
#[derive(Default)]
pub struct Routes {
    router: Router<AppState>,
    list: Vec<(Method, String)>,
}

async fn in_time(seconds: u64, request: Request, next: Next) -> Response {
    match tokio::time::timeout(Duration::from_secs(seconds), next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::Timeout.into_response(),
    }
}

fn timed(methods: MethodRouter<AppState>, seconds: u64) -> MethodRouter<AppState> {
    methods.layer(middleware::from_fn(move |request, next| in_time(seconds, request, next)))
}

impl Routes {
    /// No routes.
    pub fn new() -> Routes {
        Routes::default()
    }

    fn add(mut self, method: Method, path: &'static str, methods: MethodRouter<AppState>) -> Routes {
        self.router = self.router.route(path, methods);
        self.list.push((method, path.to_owned()));
        self
    }

    /// A page: `GET` and `HEAD`.
    #[must_use]
    pub fn get<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, handler: H) -> Routes {
        self.add(Method::GET, path, timed(routing::get(handler), REQUEST_TIME_MAX_SECONDS))
    }

    /// A form's target: at most [`FORM_SIZE_MAX_BYTES`].
    #[must_use]
    pub fn post<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, handler: H) -> Routes {
        let methods = routing::post(handler).layer(DefaultBodyLimit::max(FORM_SIZE_MAX_BYTES));
        self.add(Method::POST, path, timed(methods, REQUEST_TIME_MAX_SECONDS))
    }

    /// An upload's target (`multipart/form-data`, the form token in the address): at most `size_max_bytes`.
    #[must_use]
    pub fn upload<H: Handler<T, AppState>, T: 'static>(
        self,
        path: &'static str,
        size_max_bytes: usize,
        handler: H,
    ) -> Routes {
        let methods = routing::post(handler).layer(DefaultBodyLimit::max(size_max_bytes));
        self.add(Method::POST, path, timed(methods, UPLOAD_TIME_MAX_SECONDS))
    }

    /// A download or stream that may take as long as it likes once it has begun.
    #[must_use]
    pub fn stream<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, handler: H) -> Routes {
        self.add(Method::GET, path, routing::get(handler))
    }

    /// These and those.
    #[must_use]
    pub fn and(mut self, other: Routes) -> Routes {
        self.router = self.router.merge(other.router);
        self.list.extend(other.list);
        self
    }

    /// Every route as (method, path template).
    pub fn list(&self) -> &[(Method, String)] {
        &self.list
    }
}

async fn nothing_here() -> Problem {
    Problem::NotFound
}

async fn not_that_way() -> Problem {
    Problem::Method
}

/// The whole server as a service.
pub fn router(app: AppState) -> Router {
    router_with(app, Routes::new())
}

/// The whole server with further routes; for tests and examples.
pub fn router_with(mut app: AppState, more: Routes) -> Router {
    let (api_router, api_routes) = api::routes(app.clone());
    let routes = pages::routes(&app.settings).and(more).and(live::routes());
    let has =
        |nav: &Nav| routes.list.iter().any(|(method, path)| method == Method::GET && path == nav.path());
    app.nav = Nav::ALL.into_iter().filter(has).collect::<Vec<_>>().into();
    drop(api_routes);
    let with = |app: &AppState| app.clone();
    let guarded = routes
        .router
        .merge(api_router)
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_that_way)
        .layer(middleware::from_fn_with_state(with(&app), guard))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(with(&app), render_problems))
        .layer(middleware::from_fn_with_state(with(&app), recognise));
    let plain = Router::new()
        .route("/static/{file}", get(assets::serve))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", on(routing::MethodFilter::GET, metrics_page))
        .layer(middleware::from_fn_with_state(with(&app), render_problems));
    guarded
        .merge(plain)
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(with(&app), observe))
        .with_state(app)
}

#[allow(clippy::needless_pass_by_value)] // the signature is the layer's
fn panicked(what: Box<dyn std::any::Any + Send>) -> Response {
    let text = what.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| what.downcast_ref::<String>().cloned()).unwrap_or_default();
    Problem::internal(format!("a handler panicked: {text}")).into_response()
}

/// Every route of the pages and the API as (method, path template): what tests and `segue` print.
pub fn list(app: &AppState) -> Vec<(Method, String)> {
    let (_, api_routes) = api::routes(app.clone());
    let mut list = pages::routes(&app.settings).and(live::routes()).list;
    list.extend(api_routes);
    list
}
