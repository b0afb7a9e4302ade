//! Shows whom a sign-in link signs in. The console asks before the link replaces another person's session.

use axum::{
    Json as Body,
    extract::State,
    http::{HeaderName, HeaderValue, header},
};
use campanile_shared::person::{LinkCode, LinkPerson};

use super::Json;
use crate::{app::App, problem::Refusal};

/// Get the person that a sign-in link signs in.
///
/// The link stays unused. Its holder could sign in with it anyway.
#[utoipa::path(post, operation_id = "get_link_person", path = "/session/link", tag = "session", security(()), request_body = LinkCode, responses(
    (status = 200, description = "The person", body = LinkPerson),
    (status = 401, description = "The link is unknown, expired or already used"),
))]
pub async fn link_person(
    State(app): State<App>,
    Json(LinkCode { link }): Json<LinkCode>,
) -> Result<([(HeaderName, HeaderValue); 1], Body<LinkPerson>), Refusal> {
    let who = app.campanile.owner_of_link(&link).await?;
    let person = LinkPerson { tenant: who.tenant_name, login: who.login, name: who.name };
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Body(person)))
}
