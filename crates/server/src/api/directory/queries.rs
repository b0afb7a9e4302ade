//! Queries of the directory: relations, objects, and groups to send to.

use axum::{Json as Body, extract::State, response::Response};
use campanile_domain::model::relation::RelationPattern;
use campanile_shared::directory::{Group, ObjectRecord, Relation};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    api::{
        extract::Query,
        pagination::{Limit, List, PageQuery, Pagination, TextCursor},
    },
    auth::Actor,
    problem::ApiError,
    state::AppState,
};

/// Filters for relations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RelationQuery {
    /// The object, such as `environment:DEFAULT`. A value that ends in `:` or `*` is a prefix.
    object: Option<String>,
    /// The relation, such as `ADMIN`.
    relation: Option<String>,
    /// The subject, such as `person:ada`.
    subject: Option<String>,
}

/// List the current relations.
#[utoipa::path(get, operation_id = "list_relations", path = "/directory/relations", tag = "directory", params(RelationQuery, PageQuery), responses(
    (status = 200, description = "A page", body = List<Relation>),
))]
pub async fn relations(
    State(app): State<AppState>,
    Actor(by): Actor,
    Query(query): Query<RelationQuery>,
    paging: Pagination,
) -> Result<Response, ApiError> {
    let exact = query.object.as_deref().is_some_and(|object| !object.ends_with([':', '*']));
    let object = query.object.map(|object| object.trim_end_matches('*').to_owned());
    let pattern = RelationPattern { object, relation: query.relation, subject: query.subject, exact };
    let after = paging.sequence_cursor()?.and_then(|after| i64::try_from(after).ok());
    let (items, next) = app.campanile.relations(&by, &pattern, after, paging.limit()).await?;
    Ok(paging.list(items, next.map(|next| next.to_string())))
}

/// Filters for objects.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ObjectQuery {
    /// The prefix of the objects, such as `api:`.
    #[serde(default)]
    beginning: String,
}

/// List the objects that have a name, in alphabetical order.
#[utoipa::path(get, operation_id = "list_objects", path = "/directory/objects", tag = "directory", params(ObjectQuery, PageQuery), responses(
    (status = 200, description = "A page", body = List<ObjectRecord>),
))]
pub async fn objects(
    State(app): State<AppState>,
    Actor(by): Actor,
    Query(query): Query<ObjectQuery>,
    paging: Pagination,
) -> Result<Response, ApiError> {
    let after = paging.parse_cursor::<TextCursor>()?.map(|TextCursor(after)| after);
    let found = app.campanile.objects(&by, &query.beginning, after.as_deref(), paging.limit()).await?;
    Ok(paging.list(found.items, found.next.map(|next| TextCursor(next).to_string())))
}

/// Filters for groups.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GroupQuery {
    /// Words that the object, its name or the relation contains, all of them; absent means any.
    #[serde(default)]
    q: String,
    /// The maximum number of groups, 1 to 50; 10 when absent.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 50)]
    limit: Option<Limit<50>>,
}

/// Find groups to send to: the holders of a role, everyone related to an object, the subscribers of an API.
#[utoipa::path(get, operation_id = "find_groups", path = "/directory/groups", tag = "sending", params(GroupQuery), responses(
    (status = 200, description = "The matching groups that reach at least one person, ordered by object", body = List<Group>),
    (status = 403, description = "The caller may not send"),
))]
pub async fn groups(State(app): State<AppState>, Actor(by): Actor, Query(query): Query<GroupQuery>) -> Result<Body<List<Group>>, ApiError> {
    let (items, incomplete) = app.campanile.groups(&by, &query.q, Limit::or(query.limit, 10) as usize).await?;
    Ok(Body(List { incomplete, ..List::from(items) }))
}
