//! Probes for whoever runs the server: is the process alive, can it do its work.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use serde_json::json;
use tokio::time::timeout;

use crate::{app::App, problem};

/// How long the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// `/livez` and `/readyz`.
pub fn router() -> Router<App> {
    Router::new().route("/livez", get(alive)).route("/readyz", get(ready)).method_not_allowed_fallback(problem::method_not_allowed)
}

/// The process answers. Restarting it would not help where this says ok.
async fn alive() -> impl IntoResponse {
    answer(StatusCode::OK, "ok")
}

/// The store can be read and written.
async fn ready(State(app): State<App>) -> impl IntoResponse {
    match timeout(PATIENCE, app.campanile.store().check()).await {
        Ok(Ok(())) => answer(StatusCode::OK, "ok"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            answer(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
        Err(_) => {
            tracing::warn!("not ready: the store does not answer");
            answer(StatusCode::SERVICE_UNAVAILABLE, "slow")
        }
    }
}

fn answer(status: StatusCode, word: &str) -> impl IntoResponse {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(json!({ "status": word })))
}
