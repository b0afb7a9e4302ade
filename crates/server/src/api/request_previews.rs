//! Shows a send request as a request to each API that the server supports.

use axum::{Json as Body, extract::State};
use campanile_domain::model::access::Ability;
use campanile_shared::{SendRequest, request_preview::RequestPreview};

use super::{body::Json, pagination::List};
use crate::{
    auth::Actor,
    dialects,
    problem::ApiError,
    request_preview::{PreviewInput, key_after, post_json},
    state::AppState,
};

/// Preview a send request as a request to each supported API: this one, and those of other products.
///
/// Nothing is sent. The send request may be incomplete.
#[utoipa::path(post, operation_id = "preview_requests", path = "/request-previews", tag = "sending", request_body = SendRequest, responses(
    (status = 200, description = "One request for each API, this one first", body = List<RequestPreview>),
    (status = 403, description = "The caller may not send"),
))]
pub async fn preview_requests(
    State(app): State<AppState>,
    Actor(by): Actor,
    Json(request): Json<SendRequest>,
) -> Result<Body<List<RequestPreview>>, ApiError> {
    by.require(Ability::Send)?;
    let input = PreviewInput { tenant: by.tenant_name(), request: &request, now: app.campanile.now() };
    let previews: Vec<_> = [own_request(&input)].into_iter().chain(dialects::request_previews(&input)).collect();
    Ok(Body(previews.into()))
}

/// The request to this API. It can express everything.
fn own_request(input: &PreviewInput) -> RequestPreview {
    post_json("Campanile", "/api/v1/notifications".to_owned(), key_after("Bearer "), input.request, Vec::new())
}
