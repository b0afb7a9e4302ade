//! Statistics of sent notifications.

use axum::{Json as Body, extract::State};
use campanile_domain::model::volume_filter::VolumeFilter;
use campanile_shared::volume::Volume;
use serde::Deserialize;
use utoipa::IntoParams;

use super::extract::Query;
use crate::{auth::Actor, problem::ApiError, state::AppState};

/// Filters for the statistics.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VolumeQuery {
    /// The component for the daily numbers; empty means notifications without a component; absent means all.
    component: Option<String>,
}

/// Get the number of notifications of the last thirty days: by day and severity, and the most active components and senders.
#[utoipa::path(get, operation_id = "get_volume", path = "/volume", tag = "administration", params(VolumeQuery), responses(
    (status = 200, description = "The numbers", body = Volume),
    (status = 403, description = "The caller does not administer the tenant"),
))]
pub async fn get_volume(State(app): State<AppState>, Actor(by): Actor, Query(query): Query<VolumeQuery>) -> Result<Body<Volume>, ApiError> {
    let of = query.component.map_or(VolumeFilter::All, |name| VolumeFilter::Component(Some(name).filter(|name| !name.is_empty())));
    Ok(Body(app.campanile.volume(&by, &of).await?))
}
