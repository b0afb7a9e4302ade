//! Probes for whoever runs the server: is the process alive, can it do its work.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::{MethodRouter, get},
};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{app::App, problem};

/// How long the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// `/livez` and `/readyz`, with how each task and thread is, for those who run the server.
pub fn router() -> Router<App> {
    routes(get(ready))
}

/// The same with a word alone, where anybody can ask.
pub fn brief() -> Router<App> {
    routes(get(ready_in_a_word))
}

fn routes(readiness: MethodRouter<App>) -> Router<App> {
    Router::new().route("/livez", get(alive)).route("/readyz", readiness).method_not_allowed_fallback(problem::method_not_allowed)
}

/// The process answers. Restarting it would not help where this says ok.
async fn alive() -> impl IntoResponse {
    answer(StatusCode::OK, json!({ "status": "ok" }))
}

/// The store can be read and written, and every task of the server runs.
async fn ready(State(app): State<App>) -> impl IntoResponse {
    let (status, word) = readiness(&app).await;
    let (tasks, threads) = (app.supervisor.report(), app.campanile.store().threads());
    answer(status, json!({ "status": word, "tasks": tasks, "threads": threads }))
}

async fn ready_in_a_word(State(app): State<App>) -> impl IntoResponse {
    let (status, word) = readiness(&app).await;
    answer(status, json!({ "status": word }))
}

async fn readiness(app: &App) -> (StatusCode, &'static str) {
    let (tasks, threads) = (app.supervisor.report(), app.campanile.store().threads());
    match timeout(PATIENCE, app.campanile.store().check()).await {
        Ok(Ok(())) if threads.iter().any(|thread| !thread.running) => {
            tracing::warn!("not ready: a thread of the store has ended");
            (StatusCode::SERVICE_UNAVAILABLE, "task-down")
        }
        Ok(Ok(())) => match tasks.iter().find(|task| !task.running) {
            None => (StatusCode::OK, "ok"),
            Some(task) => {
                tracing::warn!(task = task.name, "not ready: a task is down");
                (StatusCode::SERVICE_UNAVAILABLE, "task-down")
            }
        },
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
        }
        Err(_) => {
            tracing::warn!("not ready: the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "slow")
        }
    }
}

fn answer(status: StatusCode, body: Value) -> impl IntoResponse {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body))
}
