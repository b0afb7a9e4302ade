//! The page `/metrics`.

use axum::{extract::State, http::header, response::IntoResponse};

use crate::{problem::ApiError, state::AppState};

/// The media type of the OpenMetrics text format.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers all metrics.
pub async fn scrape(State(app): State<AppState>) -> Result<impl IntoResponse, ApiError> {
    let text = app.metrics.text().map_err(|error| campanile_domain::Error::Unavailable(error.into()))?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS), (header::CACHE_CONTROL, "no-store")], text))
}
