//! Sends the whole directory record by record, so that memory use does not grow with its size.

use axum::{body::Body, extract::State, response::Response};
use campanile_domain::{
    directory_export::DirectoryExport,
    security_log::{Entry, event::SecurityEvent},
};
use campanile_shared::directory::Record;

use super::ndjson::{NdjsonSender, ndjson_channel, ndjson_response};
use crate::{
    auth::Actor,
    problem::{self, ApiError},
    state::AppState,
};

/// Export the whole directory in the format of an import.
#[utoipa::path(get, operation_id = "export_directory", path = "/directory/export", tag = "directory", responses(
    (status = 200, description = "One record per line", body = Vec<Record>, content_type = "application/x-ndjson"),
    (status = 403, description = "The caller may not read the directory"),
))]
pub async fn export(State(app): State<AppState>, Actor(by): Actor) -> Result<Response, ApiError> {
    let export = match app.campanile.export_directory(&by) {
        Ok(export) => app.list_limiter.acquire_export(&by).await.map(|place| (export, place)),
        Err(error) => Err(error),
    };
    Entry::new(SecurityEvent::Export).by(&by).detail("directory").finished(&export);
    let (export, place) = export?;
    let (lines, answer) = ndjson_channel();
    tokio::spawn(send_all(export, lines));
    let mut response = ndjson_response(Body::new(answer));
    place.attach_to(&mut response);
    Ok(response)
}

/// Sends the whole export.
async fn send_all(mut export: DirectoryExport, mut lines: NdjsonSender) {
    if let Err(error) = send_records(&mut export, &mut lines).await {
        problem::log(&error);
    }
}

async fn send_records(export: &mut DirectoryExport, lines: &mut NdjsonSender) -> campanile_domain::Result<()> {
    while let Some(records) = export.next_page().await? {
        for record in records {
            if !lines.send(&record).await {
                return Ok(());
            }
        }
    }
    Ok(())
}
