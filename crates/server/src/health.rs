//! Health probes: `/livez` says that the process runs, `/readyz` says that it can serve requests.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use campanile_domain::ports::health::ThreadReport;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::{state::AppState, supervisor::TaskReport};

/// The longest wait for the store's answer.
const STORE_TIMEOUT: Duration = Duration::from_secs(2);

/// Answers ok while the process runs.
pub async fn livez() -> impl IntoResponse {
    probe_response(StatusCode::OK, json!({ "status": "ok" }))
}

/// Answers ok when the store can be read and written and all tasks and threads run. Reports the state of each
/// task and thread, for operators.
pub async fn readyz(State(app): State<AppState>) -> impl IntoResponse {
    let (tasks, threads) = (app.supervisor.report(), app.campanile.store_threads());
    let (status, word) = readiness(&app, &tasks, &threads).await;
    probe_response(status, json!({ "status": word, "tasks": tasks, "threads": threads }))
}

/// Answers as [`readyz`] does, with the status alone, for a public listener.
pub async fn readyz_status(State(app): State<AppState>) -> impl IntoResponse {
    let (tasks, threads) = (app.supervisor.report(), app.campanile.store_threads());
    let (status, word) = readiness(&app, &tasks, &threads).await;
    probe_response(status, json!({ "status": word }))
}

async fn readiness(app: &AppState, tasks: &[TaskReport], threads: &[ThreadReport]) -> (StatusCode, &'static str) {
    match timeout(STORE_TIMEOUT, app.campanile.check_store()).await {
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

fn probe_response(status: StatusCode, body: Value) -> impl IntoResponse {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body))
}
