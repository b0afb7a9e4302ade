//! An inbox as a file, read from the store page by page, so that its size costs no memory.

mod csv;

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use campanile_domain::{
    Campanile, Error, Grant, Person,
    security_log::{Entry, Event},
};
use campanile_shared::{Filter, Item};
use serde::Deserialize;
use tokio::sync::mpsc;
use utoipa::{IntoParams, ToSchema};

use super::{Query, inbox::InboxQuery};
use crate::{app::App, auth::Listener, problem::Refusal};

/// What kind of file.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    /// A table of RFC 4180 with a byte order mark, every field quoted, the names of its columns first.
    Csv,
    /// An array of items.
    Json,
}

/// How to export.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// `csv` or `json`.
    #[param(inline)]
    format: Format,
    /// A ticket to the event stream, in place of a header or cookie: a link has neither elsewhere.
    ticket: Option<String>,
}

/// The inbox as a file, the newest item first.
///
/// Takes the filters of a page. In CSV, what a spreadsheet would take for a formula, or for one behind a
/// semicolon, a tab or a line break, has an apostrophe before it. The file ends early, and with it the connection, when something fails on the way.
#[utoipa::path(get, operation_id = "export_inbox", path = "/inbox/export", tag = "inbox", params(ExportQuery, InboxQuery), responses(
    (status = 200, description = "The file", content((Vec<Item> = "application/json"), (String = "text/csv"))),
    (status = 400, description = "A parameter cannot be read"),
))]
pub async fn export(
    State(app): State<App>,
    Query(query): Query<ExportQuery>,
    Query(which): Query<InboxQuery>,
    request: Request,
) -> Result<Response, Refusal> {
    let filter = which.filter()?;
    let (who, grant) = match &query.ticket {
        Some(ticket) => app.campanile.take_ticket(ticket).await?,
        None => {
            let Listener(who, grant) = Listener::from_request_parts(&mut request.into_parts().0, &app).await?;
            (who, grant)
        }
    };
    let place = app.answers.export(&who);
    Entry::new(Event::Export).by_person(&who).detail("inbox").ended(&place);
    let place = place?;
    let (kind, name) = match query.format {
        Format::Csv => ("text/csv; charset=utf-8; header=present", "attachment; filename=\"notifications.csv\""),
        Format::Json => ("application/json", "attachment; filename=\"notifications.json\""),
    };
    // A part of it waits while the next is made.
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(give(app.campanile.clone(), (who, grant), filter, query.format, sender));
    let mut response = Body::new(Answer(receiver)).into_response();
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    fields.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    place.hold(&mut response);
    Ok(response)
}

/// What the body is made of: parts of the file, or why there are no more.
type Part = Result<Bytes, Error>;

struct Answer(mpsc::Receiver<Part>);

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<http_body::Frame<Bytes>, Error>>> {
        self.0.poll_recv(context).map(|part| part.map(|part| part.map(http_body::Frame::data)))
    }
}

/// Gives the file in parts, as long as somebody takes them.
async fn give(campanile: Campanile, (who, grant): (Person, Grant), filter: Filter, format: Format, parts: mpsc::Sender<Part>) {
    let (mut before, mut first) = (None, true);
    loop {
        let page = async {
            // A file that takes long is not given on to somebody who was shut out meanwhile.
            if before.is_some() {
                campanile.check_grant(&who, grant).await?;
            }
            campanile.inbox_in_full(&who, &filter, before).await
        };
        let (items, next) = match page.await {
            Ok(found) => found,
            Err(error) => {
                crate::problem::log(&error);
                // Whoever went away does not need to know.
                return parts.send(Err(error)).await.unwrap_or_default();
            }
        };
        let mut text = match format {
            Format::Csv => csv::rows(&items, first),
            Format::Json => array(&items, first),
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

/// A part of a JSON array.
fn array(items: &[Item], first: bool) -> String {
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        text.push_str(if first && at == 0 { "[\n" } else { ",\n" });
        // An item of ours is always JSON.
        text.push_str(&serde_json::to_string(item).unwrap_or_default());
    }
    text
}
