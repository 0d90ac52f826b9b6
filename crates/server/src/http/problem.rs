//! Why a request was not done. Handlers return it; the outer layer shows it as a page or as problem+json.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::people::Role;

use crate::front::{AccountsError, PasswordError};
use crate::words::Words;

/// Every way in which a request is not done. Texts inside are whole sentences, already in the reader's language.
#[derive(Clone, Debug)]
pub enum Problem {
    /// Nothing is at this address.
    NotFound,
    /// The address holds a percent escape that is none, or bytes that are no UTF-8 text.
    Address,
    /// The role does not reach.
    Role(Role),
    /// The form token is missing, wrong or from another session, or another site sent the form.
    StaleForm,
    /// There is no session, or it has ended.
    SignedOut,
    /// The body is larger than allowed.
    TooLarge,
    /// The address exists, but not for this method.
    Method,
    /// The query or form cannot be understood; the sentence says what is wrong and what would be right.
    Bad(String),
    /// Understood and refused by the hospital's rules; the sentence says why.
    Refused(String),
    /// Somebody else changed it meanwhile; the sentence says what to look at.
    Conflict(String),
    /// Took longer than allowed.
    Timeout,
    /// Too many tries; may be tried again after so many seconds.
    TooMany {
        /// Seconds to wait.
        wait_seconds: i64,
    },
    /// Not ready, or too much at once; the sentence says what.
    Busy(String),
    /// Our mistake. The text goes to the log, never to the reader.
    Internal(String),
}

impl Problem {
    /// A mistake of ours, described for the log.
    pub fn internal(what: impl std::fmt::Display) -> Problem {
        Problem::Internal(what.to_string())
    }

    /// HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Problem::NotFound => StatusCode::NOT_FOUND,
            Problem::Role(_) | Problem::StaleForm => StatusCode::FORBIDDEN,
            Problem::SignedOut => StatusCode::UNAUTHORIZED,
            Problem::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Problem::Method => StatusCode::METHOD_NOT_ALLOWED,
            Problem::Address | Problem::Bad(_) => StatusCode::BAD_REQUEST,
            Problem::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Problem::Conflict(_) => StatusCode::CONFLICT,
            Problem::Timeout => StatusCode::REQUEST_TIMEOUT,
            Problem::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Problem::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Problem::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Short name for programs: the last part of problem+json's `type`.
    pub fn code(&self) -> &'static str {
        match self {
            Problem::NotFound => "not-found",
            Problem::Role(_) => "role",
            Problem::StaleForm => "stale-form",
            Problem::SignedOut => "signed-out",
            Problem::TooLarge => "too-large",
            Problem::Method => "method",
            Problem::Address | Problem::Bad(_) => "bad-request",
            Problem::Refused(_) => "refused",
            Problem::Conflict(_) => "conflict",
            Problem::Timeout => "timeout",
            Problem::TooMany { .. } => "too-many-tries",
            Problem::Busy(_) => "busy",
            Problem::Internal(_) => "internal",
        }
    }

    /// Heading and sentence for the reader.
    pub fn words(&self, w: Words) -> (&'static str, String) {
        match self {
            Problem::NotFound => (w.error_not_found_title(), w.error_not_found().to_owned()),
            Problem::Address => (w.error_bad_title(), w.error_address().to_owned()),
            Problem::Role(role) => (w.error_forbidden_title(), w.error_forbidden_role(w.role(*role))),
            Problem::StaleForm => (w.error_stale_form_title(), w.error_stale_form().to_owned()),
            Problem::SignedOut => (w.error_forbidden_title(), w.error_signed_out().to_owned()),
            Problem::TooLarge => (w.error_too_large_title(), w.error_too_large().to_owned()),
            Problem::Method => (w.error_method_title(), w.error_method().to_owned()),
            Problem::Bad(sentence) => (w.error_bad_title(), sentence.clone()),
            Problem::Refused(sentence) => (w.error_refused_title(), sentence.clone()),
            Problem::Conflict(sentence) => (w.error_conflict_title(), sentence.clone()),
            Problem::Timeout => (w.error_timeout_title(), w.error_timeout().to_owned()),
            Problem::TooMany { wait_seconds } => (w.error_too_many_title(), w.sign_in_wait(*wait_seconds)),
            Problem::Busy(sentence) => (w.error_busy_title(), sentence.clone()),
            Problem::Internal(_) => (w.error_internal_title(), w.error_internal().to_owned()),
        }
    }

    /// The problem behind a bare status of a layer or extractor that knows nothing of us, for a request to `path`.
    pub(super) fn of_status(status: StatusCode, path: &str) -> Problem {
        match status {
            StatusCode::BAD_REQUEST if !is_text(path) => Problem::Address,
            StatusCode::NOT_FOUND => Problem::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Problem::Method,
            StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
            StatusCode::REQUEST_TIMEOUT => Problem::Timeout,
            status if status.is_server_error() => Problem::internal(format!("a layer answered {status}")),
            status => Problem::Bad(status.canonical_reason().unwrap_or("").to_owned()),
        }
    }
}

/// Is a path, with its percent escapes undone, text?
fn is_text(path: &str) -> bool {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, after @ ..] = rest {
        let digit = |at: usize| after.get(at).and_then(|digit| char::from(*digit).to_digit(16));
        let (byte, used) = match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => (u8::try_from(high * 16 + low).unwrap_or(0), 2),
            (b'%', _, _) => return false,
            (other, _, _) => (*other, 0),
        };
        bytes.push(byte);
        rest = after.get(used..).unwrap_or_default();
    }
    std::str::from_utf8(&bytes).is_ok()
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Problem {
        Problem::Internal(chain(&error))
    }
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Problem {
        Problem::Internal(chain(&error))
    }
}

/// An error with everything that caused it, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
