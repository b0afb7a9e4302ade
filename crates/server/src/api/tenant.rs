//! A tenant's settings and its portal secret.

use axum::{
    Json as Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use campanile_shared::{
    TenantSettings,
    administration::{PortalSecret, PortalSecretRotation},
};

use super::body::Json;
use crate::{auth::Actor, problem::ApiError, state::AppState};

/// Get the tenant's settings.
#[utoipa::path(get, operation_id = "get_tenant_settings", path = "/tenant/settings", tag = "administration", responses(
    (status = 200, description = "The settings", body = TenantSettings),
    (status = 403, description = "The caller does not administer the tenant"),
))]
pub async fn get_settings(State(app): State<AppState>, Actor(by): Actor) -> Result<Body<TenantSettings>, ApiError> {
    Ok(Body(app.campanile.tenant_settings(&by).await?))
}

/// Set the tenant's settings. An absent setting gets its default.
#[utoipa::path(put, operation_id = "set_tenant_settings", path = "/tenant/settings", tag = "administration", request_body = TenantSettings, responses(
    (status = 200, description = "The stored settings", body = TenantSettings),
    (status = 403, description = "The caller does not administer the tenant"),
    (status = 422, description = "Some fields are invalid"),
))]
pub async fn set_settings(
    State(app): State<AppState>,
    Actor(by): Actor,
    Json(settings): Json<TenantSettings>,
) -> Result<Body<TenantSettings>, ApiError> {
    let stored = app.campanile.set_tenant_settings(&by, settings).await?;
    app.cors_origins.refresh(&app.campanile).await?;
    Ok(Body(stored))
}

/// Replace the secret that the tenant's portal signs tokens with.
///
/// The previous secret stays valid for the given number of hours, so that the portal's server can be
/// updated. The one before it becomes invalid at once. Links in emails use another secret and stay valid.
#[utoipa::path(post, operation_id = "rotate_portal_secret", path = "/tenant/portal-secret", tag = "administration", request_body = PortalSecretRotation, responses(
    (status = 200, description = "The new secret; it is returned only in this response", body = PortalSecret),
    (status = 403, description = "The caller does not administer the tenant"),
    (status = 422, description = "The overlap is longer than 720 hours"),
))]
pub async fn rotate_portal_secret(
    State(app): State<AppState>,
    Actor(by): Actor,
    Json(rotation): Json<PortalSecretRotation>,
) -> Result<Response, ApiError> {
    let secret = app.campanile.rotate_portal_secret(&by, rotation).await?;
    let mut response = Body(secret).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
