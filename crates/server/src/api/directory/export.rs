//! Exports the whole directory record by record, so that memory use does not grow with its size.

use axum::{body::Body, extract::State, response::Response};
use campanile_domain::{
    Campanile, TenantId,
    model::{access::Ability, relation::RelationPattern},
    security_log::{Entry, event::SecurityEvent},
};
use campanile_shared::directory::Record;

use super::ndjson::{NdjsonSender, ndjson_channel, ndjson_response};
use crate::{
    auth::Actor,
    problem::{self, ApiError},
    state::AppState,
};

/// The number of records read from the store per query.
const PAGE_SIZE: u32 = 500;

/// Export the whole directory in the format of an import.
#[utoipa::path(get, operation_id = "export_directory", path = "/directory/export", tag = "directory", responses(
    (status = 200, description = "One record per line", body = Vec<Record>, content_type = "application/x-ndjson"),
    (status = 403, description = "The caller may not read the directory"),
))]
pub async fn export(State(app): State<AppState>, Actor(by): Actor) -> Result<Response, ApiError> {
    let place = match by.require(Ability::Directory) {
        Ok(()) => app.list_limiter.acquire_export(&by).await,
        Err(error) => Err(error),
    };
    Entry::new(SecurityEvent::Export).by(&by).detail("directory").finished(&place);
    let place = place?;
    let (lines, answer) = ndjson_channel();
    tokio::spawn(send_all(app.campanile.clone(), by.tenant(), lines));
    let mut response = ndjson_response(Body::new(answer));
    place.attach_to(&mut response);
    Ok(response)
}

/// Sends the whole directory: people, then objects, then relations.
async fn send_all(campanile: Campanile, tenant: TenantId, mut lines: NdjsonSender) {
    if let Err(error) = send_records(&campanile, tenant, &mut lines).await {
        problem::log(&error);
    }
}

async fn send_records(campanile: &Campanile, tenant: TenantId, lines: &mut NdjsonSender) -> campanile_domain::Result<()> {
    let store = campanile.store();
    let mut after = None;
    loop {
        let found = store.person_records(tenant, after, PAGE_SIZE).await?;
        after = found.next;
        for person in found.items {
            if !lines.send(&Record::Person(person)).await {
                return Ok(());
            }
        }
        if after.is_none() {
            break;
        }
    }
    let mut after: Option<String> = None;
    loop {
        let found = store.objects(tenant, "", after.as_deref(), PAGE_SIZE).await?;
        after = found.next;
        for object in found.items {
            if !lines.send(&Record::Object(object)).await {
                return Ok(());
            }
        }
        if after.is_none() {
            break;
        }
    }
    let mut after = None;
    loop {
        let found = store.relations(tenant, &RelationPattern::default(), after, PAGE_SIZE).await?;
        after = found.next;
        for (_, relation) in found.items {
            if !lines.send(&Record::Relation(relation)).await {
                return Ok(());
            }
        }
        if after.is_none() {
            break;
        }
    }
    Ok(())
}
