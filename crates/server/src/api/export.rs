//! Exports an inbox as a file. It is read from the store page by page, so memory use does not grow with its size.

mod csv;

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use campanile_domain::{
    Campanile, Error, Grant, Person,
    security_log::{Entry, event::SecurityEvent},
};
use campanile_shared::{Filter, Item};
use serde::Deserialize;
use tokio::sync::mpsc;
use utoipa::{IntoParams, ToSchema};

use super::{extract::Query, inbox::filter::InboxQuery};
use crate::{auth::StreamReader, problem::ApiError, state::AppState};

/// The file format.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    /// CSV (RFC 4180) with a byte order mark and a header row; every field is quoted.
    Csv,
    /// A JSON array of items.
    Json,
}

/// Options of an export.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// `csv` or `json`.
    #[param(inline)]
    format: Format,
    /// A ticket of the event stream, instead of a header or cookie. A link on another origin can send neither.
    ticket: Option<String>,
}

/// Export the inbox as a file, the newest item first.
///
/// Takes the same filters as the inbox. In CSV, an apostrophe is put before text that a spreadsheet could
/// run as a formula. When an error occurs midway, the connection is closed and the file is incomplete.
#[utoipa::path(get, operation_id = "export_inbox", path = "/inbox/export", tag = "inbox", params(ExportQuery, InboxQuery), responses(
    (status = 200, description = "The file", content((Vec<Item> = "application/json"), (String = "text/csv"))),
    (status = 400, description = "A parameter cannot be read"),
))]
pub async fn export(
    State(app): State<AppState>,
    Query(query): Query<ExportQuery>,
    Query(filter_query): Query<InboxQuery>,
    request: Request,
) -> Result<Response, ApiError> {
    let filter = filter_query.filter()?;
    let StreamReader(who, grant) = StreamReader::from_ticket_or_request(&app, query.ticket.as_deref(), request).await?;
    let place = app.list_limiter.acquire_export(&who).await;
    Entry::new(SecurityEvent::Export).by_person(&who).detail("inbox").finished(&place);
    let place = place?;
    let (kind, name) = match query.format {
        Format::Csv => ("text/csv; charset=utf-8; header=present", "attachment; filename=\"notifications.csv\""),
        Format::Json => ("application/json", "attachment; filename=\"notifications.json\""),
    };
    // One chunk waits while the next is built.
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(send_items(app.campanile.clone(), (who, grant), filter, query.format, sender));
    let mut response = Body::new(ExportBody(receiver)).into_response();
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    fields.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    place.attach_to(&mut response);
    Ok(response)
}

/// A chunk of the file, or the error that ended it.
type ExportChunk = Result<Bytes, Error>;

struct ExportBody(mpsc::Receiver<ExportChunk>);

impl HttpBody for ExportBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<http_body::Frame<Bytes>, Error>>> {
        self.0.poll_recv(context).map(|part| part.map(|part| part.map(http_body::Frame::data)))
    }
}

/// Sends the file chunk by chunk until it is complete or the client disconnects.
async fn send_items(campanile: Campanile, (who, grant): (Person, Grant), filter: Filter, format: Format, parts: mpsc::Sender<ExportChunk>) {
    let (mut before, mut first) = (None, true);
    loop {
        let page = async {
            // A long export ends when the person's access is revoked meanwhile.
            if before.is_some() {
                campanile.check_grant(&who, grant).await?;
            }
            campanile.export_inbox_page(&who, &filter, before).await
        };
        let (items, next) = match page.await {
            Ok(found) => found,
            Err(error) => {
                crate::problem::log(&error);
                // Sending fails only when the client has disconnected.
                return parts.send(Err(error)).await.unwrap_or_default();
            }
        };
        let mut text = match format {
            Format::Csv => csv::rows(&items, first),
            Format::Json => json_part(&items, first),
        };
        if next.is_none() && matches!(format, Format::Json) {
            text.push_str(if first && items.is_empty() { "[\n\n]\n" } else { "\n]\n" });
        }
        (before, first) = (next, first && items.is_empty());
        if parts.send(Ok(text.into())).await.is_err() || next.is_none() {
            return;
        }
    }
}

/// The items as a part of a JSON array; `first` opens it.
fn json_part(items: &[Item], first: bool) -> String {
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        text.push_str(if first && at == 0 { "[\n" } else { ",\n" });
        // Serialising an item cannot fail.
        text.push_str(&serde_json::to_string(item).unwrap_or_default());
    }
    text
}
