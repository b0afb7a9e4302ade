//! Finds recipients and counts audiences.

use axum::{Json as Body, extract::State};
use campanile_shared::{Audience, Person, Recipients, directory::AudienceSummary};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    body::Json,
    extract::Query,
    pagination::{Limit, List},
};
use crate::{auth::Actor, problem::ApiError, state::AppState};

/// Filters for people.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// A prefix of the login or of a word of the name; absent means everyone.
    #[serde(default)]
    q: String,
    /// The maximum number of people, 1 to 50; 10 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 50)]
    limit: Option<Limit<50>>,
}

/// Find people by the beginning of their login or name, to send to.
#[utoipa::path(get, operation_id = "find_people", path = "/people", tag = "sending", params(PeopleQuery), responses(
    (status = 200, description = "The matching people, ordered by name", body = List<Person>),
    (status = 403, description = "The caller may not send"),
))]
pub async fn find_people(
    State(app): State<AppState>,
    Actor(by): Actor,
    Query(query): Query<PeopleQuery>,
) -> Result<Body<List<Person>>, ApiError> {
    let items = app.campanile.search_people(&by, &query.q, Limit::or(query.limit, 10)).await?;
    Ok(Body(items.into()))
}

/// The audience to count.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AudienceRequest {
    /// The recipients.
    #[schema(value_type = Vec<Recipients>)]
    to: Audience,
}

/// The number of people of an audience that are listed by name.
const NAMED_PEOPLE: u32 = 20;

/// Count an audience: the people it reaches now, those of them with an email address, and the first by name.
#[utoipa::path(post, operation_id = "count_audience", path = "/audience", tag = "sending", request_body = AudienceRequest, responses(
    (status = 200, description = "The people", body = AudienceSummary),
    (status = 422, description = "A recipient is unknown"),
))]
pub async fn count_audience(
    State(app): State<AppState>,
    Actor(by): Actor,
    Json(question): Json<AudienceRequest>,
) -> Result<Body<AudienceSummary>, ApiError> {
    let to = app.campanile.resolve_audience(&by, question.to).await?;
    Ok(Body(app.campanile.audience(&by, &to, NAMED_PEOPLE).await?))
}
