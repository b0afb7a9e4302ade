//! myKaarma's notifications to the users of a dealer, under `/mykaarma`.
//!
//! Path, body and response follow the vendor's documentation. It shows their format and says little about
//! what the fields do; that is decided here. No other module knows these formats.

mod audience;
mod auth;
mod body_tags;
mod errors;
mod iso8601;
mod notify;
mod request;
mod request_preview;
mod response;
mod schedule;
mod wire;

use axum::{
    Json, Router,
    extract::{Request, State},
    http::Method,
    response::{IntoResponse, Response},
};
use uuid::Uuid;

pub use self::request_preview::request_preview;
use self::{errors::MyKaarmaError, notify::NotifyPath};
use crate::state::AppState;

/// The routes, to be nested under a prefix.
pub fn router() -> Router<AppState> {
    Router::new().fallback(|State(app): State<AppState>, request: Request| async move {
        let id = app.campanile.new_id();
        dispatch(&app, id, request).await.unwrap_or_else(|refusal| refusal.into_response_for(id))
    })
}

async fn dispatch(app: &AppState, id: Uuid, request: Request) -> Result<Response, MyKaarmaError> {
    let (parts, body) = request.into_parts();
    let segments: Vec<&str> = parts.uri.path().split('/').filter(|word| !word.is_empty()).collect();
    let segments = segments.strip_prefix(&["communications"]).unwrap_or(&segments);
    let ["department", department, "user", user, "notify"] = segments else { return Err(MyKaarmaError::no_such_path()) };
    if parts.method != Method::POST {
        return Err(MyKaarmaError::method_not_allowed());
    }
    let by = auth::authenticate(app, &parts.headers).await?;
    let path = NotifyPath { department, user };
    Ok(Json(notify::notify(app, &by, id, &path, &parts.headers, body).await?).into_response())
}
