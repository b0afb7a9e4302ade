//! The tenant's people, managed by its administrators. Their roles are relations of the directory.

use axum::{
    Json as Body,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use campanile_shared::administration::{Member, MemberChange, MemberPage, NewMember, SetDisabled, SignInLink};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    body::Json,
    extract::{Path, Query},
    pagination::{PageQuery, Pagination},
    secret_response::secret_response,
};
use crate::{auth::Actor, problem::ApiError, state::AppState};

/// Filters for people.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MemberQuery {
    /// A prefix of the login or of a word of the name; absent means everyone.
    #[serde(default)]
    q: String,
}

/// List the tenant's people by name.
#[utoipa::path(get, operation_id = "list_members", path = "/members", tag = "administration", params(MemberQuery, PageQuery), responses(
    (status = 200, description = "A page", body = MemberPage),
    (status = 403, description = "The caller does not administer the tenant"),
))]
pub async fn list_members(
    State(app): State<AppState>,
    Actor(by): Actor,
    Query(query): Query<MemberQuery>,
    paging: Pagination,
) -> Result<Response, ApiError> {
    let (items, next) = app.campanile.members(&by, &query.q, paging.parse_cursor()?, paging.limit()).await?;
    let next = next.map(|next| next.to_string());
    Ok(paging.respond(MemberPage { items, next: next.clone() }, next.as_deref()))
}

/// Add a person.
#[utoipa::path(post, operation_id = "add_member", path = "/members", tag = "administration", request_body = NewMember, responses(
    (status = 201, description = "Added", body = Member),
    (status = 409, description = "The login or an external id belongs to another person"),
    (status = 422, description = "Some fields are invalid"),
))]
pub async fn add_member(State(app): State<AppState>, Actor(by): Actor, Json(new): Json<NewMember>) -> Result<Response, ApiError> {
    Ok((StatusCode::CREATED, Body(app.campanile.add_member(&by, new).await?)).into_response())
}

/// Get one person.
#[utoipa::path(get, operation_id = "get_member", path = "/members/{login}", tag = "administration", params(("login" = String, Path, description = "Login or external id")), responses(
    (status = 200, description = "The person", body = Member),
    (status = 404, description = "No person has this login or external id"),
))]
pub async fn get_member(State(app): State<AppState>, Actor(by): Actor, Path(login): Path<String>) -> Result<Body<Member>, ApiError> {
    Ok(Body(app.campanile.member(&by, &login).await?))
}

/// Change a person's name, email address and languages.
#[utoipa::path(put, operation_id = "change_member", path = "/members/{login}", tag = "administration", request_body = MemberChange,
    params(("login" = String, Path, description = "Login or external id")), responses(
    (status = 200, description = "Changed", body = Member),
    (status = 404, description = "No person has this login or external id"),
    (status = 422, description = "Some fields are invalid"),
))]
pub async fn change_member(
    State(app): State<AppState>,
    Actor(by): Actor,
    Path(login): Path<String>,
    Json(change): Json<MemberChange>,
) -> Result<Body<Member>, ApiError> {
    Ok(Body(app.campanile.change_member(&by, &login, change).await?))
}

/// Disable or enable a person.
///
/// A disabled person is signed out everywhere, gets no email and is left out of every audience. Their
/// inbox and roles are kept.
#[utoipa::path(put, operation_id = "set_member_disabled", path = "/members/{login}/disabled", tag = "administration", request_body = SetDisabled,
    params(("login" = String, Path, description = "Login or external id")), responses(
    (status = 200, description = "Stored", body = Member),
    (status = 404, description = "No person has this login or external id"),
    (status = 409, description = "The person is the tenant's last administrator"),
    (status = 422, description = "The person is the caller"),
))]
pub async fn set_disabled(
    State(app): State<AppState>,
    Actor(by): Actor,
    Path(login): Path<String>,
    Json(wanted): Json<SetDisabled>,
) -> Result<Body<Member>, ApiError> {
    Ok(Body(app.campanile.set_disabled(&by, &login, wanted.disabled).await?))
}

/// Create a sign-in link for a person. It works once, within a day, and is returned only in this response.
#[utoipa::path(post, operation_id = "create_sign_in_link", path = "/members/{login}/link", tag = "administration", params(("login" = String, Path, description = "Login or external id")), responses(
    (status = 201, description = "The link", body = SignInLink),
    (status = 404, description = "No person has this login or external id"),
    (status = 422, description = "The person is disabled"),
))]
pub async fn create_sign_in_link(State(app): State<AppState>, Actor(by): Actor, Path(login): Path<String>) -> Result<Response, ApiError> {
    let issued = app.campanile.create_sign_in_link(&by, &login).await?;
    Ok(secret_response(SignInLink { link: app.config.sign_in_url(&issued.secret), expires_at: issued.expires_at }))
}
