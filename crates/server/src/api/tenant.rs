//! What is chosen for the tenant.

use axum::{Json as Body, extract::State};
use campanile_shared::{Problem, TenantSettings};

use super::Json;
use crate::{app::App, auth::Actor, problem::Refusal};

/// What is chosen for the tenant.
#[utoipa::path(get, path = "/tenant/settings", tag = "administration", responses(
    (status = 200, description = "The settings", body = TenantSettings),
    (status = 403, description = "The caller does not administer the tenant", body = Problem),
))]
pub async fn settings(State(app): State<App>, Actor(by): Actor) -> Result<Body<TenantSettings>, Refusal> {
    Ok(Body(app.campanile.tenant_settings(&by).await?))
}

/// Choose for the tenant. What is absent takes its default.
#[utoipa::path(put, path = "/tenant/settings", tag = "administration", request_body = TenantSettings, responses(
    (status = 200, description = "What is kept", body = TenantSettings),
    (status = 403, description = "The caller does not administer the tenant", body = Problem),
    (status = 422, description = "Some fields need mending", body = Problem),
))]
pub async fn choose(
    State(app): State<App>,
    Actor(by): Actor,
    Json(settings): Json<TenantSettings>,
) -> Result<Body<TenantSettings>, Refusal> {
    let kept = app.campanile.choose_tenant_settings(&by, settings).await?;
    app.origins.refresh(&app.campanile).await?;
    Ok(Body(kept))
}
