//! People to write to.

use axum::{Json as Body, extract::State};
use campanile_shared::{Audience, Person, Recipients, directory::AudienceSummary};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    Json, Query,
    page::{Limit, List},
};
use crate::{app::App, auth::Actor, problem::Refusal};

/// Whom to look for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// The beginning of a login or of a word of a name; absent means anyone.
    #[serde(default)]
    q: String,
    /// How many at most, 1 to 50; 10 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 50)]
    limit: Option<Limit<50>>,
}

/// Find people by the beginning of their login or name.
#[utoipa::path(get, operation_id = "find_people", path = "/people", tag = "sending", params(PeopleQuery), responses(
    (status = 200, description = "Those who fit, by name", body = List<Person>),
    (status = 403, description = "The caller may not send"),
))]
pub async fn people(State(app): State<App>, Actor(by): Actor, Query(query): Query<PeopleQuery>) -> Result<Body<List<Person>>, Refusal> {
    let items = app.campanile.people(&by, &query.q, Limit::or(query.limit, 10)).await?;
    Ok(Body(items.into()))
}

/// An audience to count.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AudienceQuestion {
    /// Who is meant.
    #[schema(value_type = Vec<Recipients>)]
    to: Audience,
}

/// How many of an audience are named.
const FIRST: u32 = 20;

/// Who an audience reaches now: how many, how many of them by mail, and the first by name.
#[utoipa::path(post, operation_id = "count_audience", path = "/audience", tag = "sending", request_body = AudienceQuestion, responses(
    (status = 200, description = "The people", body = AudienceSummary),
    (status = 422, description = "Somebody is unknown"),
))]
pub async fn audience(
    State(app): State<App>,
    Actor(by): Actor,
    Json(question): Json<AudienceQuestion>,
) -> Result<Body<AudienceSummary>, Refusal> {
    Ok(Body(app.campanile.audience(&by, &question.to, FIRST).await?))
}
