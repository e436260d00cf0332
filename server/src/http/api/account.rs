//! Who is logged in, with what, and where; and logging out.

use axum::http::StatusCode;
use axum::response::Json;
use serde_json::{Value, json};

use super::asker::Bearer;
use super::shown;
use crate::accounts;
use crate::http::error::Error;
use crate::sessions::{self, Session};

/// `GET /api/v1/me`.
pub(super) async fn me(bearer: Bearer) -> Result<Json<Value>, Error> {
    let (app, visitor) = (&bearer.app, bearer.member()?);
    let overview = accounts::run::overview(app, &visitor.session).await?;
    let session = |session: &Session| {
        json!({
            "id": session.id.as_str(),
            "client": session.client,
            "level": session.login.level,
            "created_at": session.created_at.to_string(),
            "seen_at": session.seen_at.to_string(),
            "current": session.id == visitor.session.id,
        })
    };
    Ok(Json(json!({
        "account": shown::account(app, visitor).await?,
        "level": visitor.session.login.level,
        "factors": overview.factors.iter().map(shown::factor).collect::<Vec<_>>(),
        "sessions": overview.sessions.iter().map(session).collect::<Vec<_>>(),
    })))
}

/// `POST /api/v1/logout`.
pub(super) async fn log_out(Bearer { app, visitor }: Bearer) -> Result<StatusCode, Error> {
    sessions::run::end(&app, &visitor.session, &visitor.session.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
