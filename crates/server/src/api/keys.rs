//! API keys of a tenant, managed by its administrators.

use axum::{extract::State, http::StatusCode, response::Response};
use campanile_domain::KeyId;
use campanile_shared::administration::{ApiKey, ApiKeySecret, NewApiKey};

use super::{
    body::Json,
    extract::Path,
    pagination::{List, PageQuery, Pagination},
    secret_response::secret_response,
};
use crate::{auth::Actor, problem::ApiError, state::AppState};

/// List the tenant's API keys by name, including revoked ones.
#[utoipa::path(get, operation_id = "list_keys", path = "/keys", tag = "administration", params(PageQuery), responses(
    (status = 200, description = "A page, without the keys' secrets", body = List<ApiKey>),
    (status = 403, description = "The caller does not administer the tenant"),
))]
pub async fn list_keys(State(app): State<AppState>, Actor(by): Actor, paging: Pagination) -> Result<Response, ApiError> {
    let after = paging.parse_cursor()?.map(KeyId);
    let page = app.campanile.keys(&by, after, paging.limit()).await?;
    Ok(paging.list(page.items, page.next.map(|KeyId(key)| key.to_string())))
}

/// Create an API key. Its secret is returned only in this response.
#[utoipa::path(post, operation_id = "create_key", path = "/keys", tag = "administration", request_body = NewApiKey, responses(
    (status = 201, description = "The key with its secret", body = ApiKeySecret),
    (status = 403, description = "The caller does not administer the tenant"),
    (status = 409, description = "A key that is not revoked has this name"),
    (status = 422, description = "Some fields are invalid"),
))]
pub async fn create_key(State(app): State<AppState>, Actor(by): Actor, Json(new): Json<NewApiKey>) -> Result<Response, ApiError> {
    Ok(secret_response(app.campanile.create_key(&by, &new).await?))
}

/// Revoke an API key and all tokens that were exchanged for it. Its name can be used again.
#[utoipa::path(delete, operation_id = "revoke_key", path = "/keys/{name}", tag = "administration", params(("name" = String, Path, description = "The key's name")), responses(
    (status = 204, description = "Revoked"),
    (status = 403, description = "The caller does not administer the tenant"),
    (status = 404, description = "No key has this name"),
))]
pub async fn revoke_key(State(app): State<AppState>, Actor(by): Actor, Path(name): Path<String>) -> Result<StatusCode, ApiError> {
    app.campanile.revoke_key(&by, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
