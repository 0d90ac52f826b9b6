//! Shows problems: as a page in the reader's language, or as problem+json (RFC 9457) under `/api`.

use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Problem, RequestId};
use crate::AppState;
use crate::page::{Ctx, Shell};

#[derive(Template)]
#[template(path = "pages/problem.html")]
struct ProblemPage {
    shell: Shell,
    heading: String,
    sentence: String,
    request_number: String,
    back: bool,
}

/// Middleware: replaces an answer that is a [`Problem`], or a bare status from a layer or extractor, by one a reader
/// or a program understands.
pub(crate) async fn render_problems(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let api = path.starts_with("/api/");
    let number = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let ctx = Ctx::of(&app, &request);
    let response = next.run(request).await;
    let status = response.status();
    let known = response.extensions().get::<Arc<Problem>>().cloned();
    // Without a context these are the paths for machines: what they say themselves stands.
    let bare = ctx.is_some()
        && known.is_none()
        && (status.is_client_error() || status.is_server_error())
        && !speaks(&response);
    let problem = match known {
        Some(problem) => problem,
        None if bare => Arc::new(Problem::of_status(status, &path)),
        None => return response,
    };
    if let Problem::Internal(what) = &*problem {
        tracing::error!(request_id = %number.0, what = %what, "internal error");
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut rendered = match ctx {
        Some(ctx) if !api => page(&ctx, &problem, &number),
        Some(_) | None => json(
            &problem,
            &number,
            ctx.map(|ctx| ctx.w).unwrap_or(crate::words::Words::of(app.settings.language)),
        ),
    };
    if let Some(allow) = allow {
        rendered.headers_mut().insert(header::ALLOW, allow);
    }
    if let Problem::TooMany { wait_seconds } = *problem {
        rendered.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_seconds.max(1)));
    }
    rendered
}

/// Has the handler itself written an answer for the reader?
fn speaks(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    kind.starts_with("text/html") || kind.contains("json")
}

fn page(ctx: &Ctx, problem: &Problem, number: &RequestId) -> Response {
    let (heading, sentence) = problem.words(ctx.w);
    let template = ProblemPage {
        shell: ctx.shell(heading),
        heading: heading.to_owned(),
        sentence,
        request_number: ctx.w.request_number(&number.0),
        back: !matches!(problem, Problem::SignedOut),
    };
    match template.render() {
        Ok(html) => {
            (problem.status(), [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
        }
        Err(error) => {
            tracing::error!(request_id = %number.0, what = %error, "the problem page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn json(problem: &Problem, number: &RequestId, w: crate::words::Words) -> Response {
    let (title, detail) = problem.words(w);
    let body = serde_json::json!({
        "type": format!("urn:segue:problem:{}", problem.code()),
        "title": title,
        "status": problem.status().as_u16(),
        "detail": detail,
        "request_id": number.0,
    });
    (problem.status(), [(header::CONTENT_TYPE, "application/problem+json")], Json(body).0.to_string())
        .into_response()
}
