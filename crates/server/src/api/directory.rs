//! The directory of people, objects and relations: single changes, queries, import and export.

mod transfer;

use axum::{
    Json as Body,
    extract::{FromRequest, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_domain::{
    access::Ability,
    import::ImportPlan,
    relations::RelationPattern,
    security_log::{Entry, SecurityEvent},
};
use campanile_shared::directory::{Directory, Group, ImportCounts, ObjectRecord, Record, Relation};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use self::transfer::ImportJob;
use super::{
    body::Json,
    extract::{Path, Query},
    pagination::{Limit, List, PageQuery, Pagination, TextCursor},
};
use crate::{auth::Actor, problem::ApiError, state::AppState};

/// The result of a change.
#[derive(Serialize, ToSchema)]
pub struct ChangeResult {
    /// Whether anything changed; `false` when it was already so.
    changed: bool,
}

/// Add or change a person, name an object, or add a relation.
///
/// Changing relations of the object `tenant`, such as who administers it, requires administrator rights.
#[utoipa::path(put, operation_id = "put_record", path = "/directory", tag = "directory", request_body = Record, responses(
    (status = 200, description = "The record is stored", body = ChangeResult),
    (status = 409, description = "The login or an external id belongs to another person"),
    (status = 422, description = "A field is invalid, or a person is unknown"),
))]
pub async fn put_record(State(app): State<AppState>, Actor(by): Actor, Json(record): Json<Record>) -> Result<Body<ChangeResult>, ApiError> {
    Ok(Body(ChangeResult { changed: app.campanile.put_record(&by, record).await? }))
}

/// End a relation. Notifications that were sent before stay in their inboxes.
///
/// Ending a relation of the object `tenant` requires administrator rights; the last administrator cannot be removed.
#[utoipa::path(delete, operation_id = "end_relation", path = "/directory", tag = "directory", request_body = Relation, responses(
    (status = 200, description = "The relation does not exist any more", body = ChangeResult),
    (status = 403, description = "The caller may not change the directory, or does not administer the tenant"),
    (status = 409, description = "The person is the tenant's last administrator"),
))]
pub async fn end_relation(
    State(app): State<AppState>,
    Actor(by): Actor,
    Json(relation): Json<Relation>,
) -> Result<Body<ChangeResult>, ApiError> {
    Ok(Body(ChangeResult { changed: app.campanile.end_relation(&by, &relation).await? > 0 }))
}

/// Remove a person with their inbox, sessions and relations.
#[utoipa::path(delete, operation_id = "remove_person", path = "/directory/people/{login}", tag = "directory", params(("login" = String, Path, description = "Login or external id")), responses(
    (status = 204, description = "Removed"),
    (status = 403, description = "The person is an administrator, and the caller does not administer the tenant"),
    (status = 404, description = "No person has this login or external id"),
    (status = 409, description = "The person is the tenant's last administrator"),
))]
pub async fn remove_person(State(app): State<AppState>, Actor(by): Actor, Path(login): Path<String>) -> Result<StatusCode, ApiError> {
    app.campanile.remove_person(&by, &login).await?;
    Ok(StatusCode::NO_CONTENT)
}

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

/// Options of an import.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Report what would change, and change nothing.
    #[serde(default)]
    dry_run: bool,
    /// End every relation that the import does not contain.
    #[serde(default)]
    whole: bool,
    /// Like `whole`, but only for objects with this prefix, such as `application:`.
    part: Option<String>,
    /// The number of relations to end, as the dry run reports it in `confirm`. Required when it is more than
    /// half of all relations.
    confirm: Option<u64>,
}

/// One line of an import's response.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportLine {
    /// The counts so far.
    Progress(ImportCounts),
    /// Dry run only: a record that would be added or changed.
    Put(Record),
    /// Dry run only: a relation that would be ended.
    End(Relation),
    /// A record that was rejected.
    Refused {
        /// The record's number, counted from 1.
        record: u64,
        /// `malformed`, `unknown` (the person does not exist), `taken` (the name belongs to another person) or
        /// `forbidden` (the record is about the tenant itself, which requires administrator rights).
        reason: &'static str,
    },
    /// The last line of a finished import. When any record was rejected, no relation was ended.
    Done {
        /// The final counts.
        counts: ImportCounts,
        /// The number of rejected records.
        refused: u64,
        /// Dry run only: the number of relations that would be ended, when that is more than half of them. The
        /// import must then pass it as `confirm`.
        #[serde(skip_serializing_if = "Option::is_none")]
        confirm: Option<u64>,
    },
    /// The last line of a failed import. What was imported before stays; the import can be repeated.
    Failed {
        /// The error.
        detail: String,
    },
}

/// Import people, names of objects and relations.
///
/// The body is NDJSON of any length, one record per line, or one JSON document with `people`,
/// `objects` and `relations`. Repeating an import changes nothing. The response is NDJSON and starts
/// while the import runs: an error before the first line has its own status, a later one is the line
/// `failed`.
#[utoipa::path(post, operation_id = "import_directory", path = "/directory/import", tag = "directory", params(ImportQuery),
    request_body(content((Vec<Record> = "application/x-ndjson"), (Directory = "application/json"))), responses(
    (status = 200, description = "One line per step; the last is `done` or `failed`", body = Vec<ImportLine>, content_type = "application/x-ndjson"),
    (status = 400, description = "The body is empty or cannot be read"),
    (status = 403, description = "The caller may not change the directory"),
    (status = 409, description = "More than half of the relations would be ended, and `confirm` does not match their number"),
))]
pub async fn import(
    State(app): State<AppState>,
    Actor(by): Actor,
    Query(query): Query<ImportQuery>,
    request: Request,
) -> Result<Response, ApiError> {
    let ended_prefix = query.part.or_else(|| query.whole.then(String::new));
    let import = app.campanile.import(&by, ImportPlan { dry_run: query.dry_run, whole: ended_prefix, confirm: query.confirm })?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_document = kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json");
    let (lines, answer) = transfer::ndjson_channel();
    if is_document {
        let Json(directory) = Json::<Directory>::from_request(request, &app).await?;
        tokio::spawn(ImportJob::new(import, query.dry_run, lines).import_records(directory.into_records()));
    } else {
        tokio::spawn(ImportJob::new(import, query.dry_run, lines).import_lines(request.into_body()));
    }
    Ok(ndjson(answer.into_body().await?))
}

/// Export the whole directory in the format of an import.
#[utoipa::path(get, operation_id = "export_directory", path = "/directory/export", tag = "directory", responses(
    (status = 200, description = "One record per line", body = Vec<Record>, content_type = "application/x-ndjson"),
    (status = 403, description = "The caller may not read the directory"),
))]
pub async fn export(State(app): State<AppState>, Actor(by): Actor) -> Result<Response, ApiError> {
    let place = by.require(Ability::Directory).and_then(|()| app.list_limiter.acquire_export(&by));
    Entry::new(SecurityEvent::Export).by(&by).detail("directory").finished(&place);
    let place = place?;
    let (lines, answer) = transfer::ndjson_channel();
    tokio::spawn(transfer::export_all(app.campanile.clone(), by.tenant(), lines));
    let mut response = ndjson(axum::body::Body::new(answer));
    place.attach_to(&mut response);
    Ok(response)
}

fn ndjson(body: axum::body::Body) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
