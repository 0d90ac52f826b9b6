//! `/api/v1/accounts`: who may sign in, for admins' programs.

use axum::Json;
use model::people::Role;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::Problem;
use crate::page::Ctx;

/// An account.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountJson {
    /// Sign-in name.
    name: String,
    /// `reader`, `engineer` or `admin`.
    role: &'static str,
    /// The one-time password has not been replaced yet.
    must_change: bool,
    /// Open sessions.
    sessions: u64,
}

/// Every account, by name. For admins.
#[utoipa::path(
    get,
    path = "/api/v1/accounts",
    responses(
        (status = 200, body = Vec<AccountJson>),
        (status = 403, body = crate::api::ProblemJson, content_type = "application/problem+json")
    )
)]
pub(crate) async fn list(ctx: Ctx) -> Result<Json<Vec<AccountJson>>, Problem> {
    ctx.require(Role::Admin)?;
    let now = ctx.now;
    Ok(Json(ctx.app.domain.node.read(|state| {
        let people = state.people();
        let account = |account: &hospital::people::Account| AccountJson {
            name: account.id.to_string(),
            role: account.role.word(),
            must_change: account.must_change,
            sessions: people
                .sessions
                .values()
                .filter(|open| open.account == account.id && now < open.expires)
                .count() as u64,
        };
        people.accounts.values().map(account).collect()
    })))
}
