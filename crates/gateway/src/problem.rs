//! What a host is told when it is refused: a status and a sentence.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a host is refused.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// No certificate was shown.
    #[error("a certificate of this site is needed here; enrol first")]
    NoCertificate,
    /// The certificate, or the token, does not let it speak.
    #[error("{0}")]
    NotAdmitted(String),
    /// Too often.
    #[error("too many requests; come again in a minute")]
    TooOften,
    /// The message is beyond its limits.
    #[error(transparent)]
    Unfit(#[from] wire::Unfit),
    /// It did not arrive in time, or broke off.
    #[error("the request did not arrive whole")]
    Broken,
    /// The journal cannot take it now; nothing was recorded, or it is not known: deliver it again.
    #[error("it cannot be recorded now; deliver it again")]
    Unavailable,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = match &self {
            Problem::NoCertificate => StatusCode::UNAUTHORIZED,
            Problem::NotAdmitted(_) => StatusCode::FORBIDDEN,
            Problem::TooOften => StatusCode::TOO_MANY_REQUESTS,
            Problem::Unfit(wire::Unfit::TooLong { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            Problem::Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Problem::Broken => StatusCode::BAD_REQUEST,
            Problem::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        (status, Json(json!({ "says": self.to_string() }))).into_response()
    }
}
