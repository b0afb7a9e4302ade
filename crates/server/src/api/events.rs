//! Opens the event stream of an inbox.

use axum::{
    Json as Body,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_domain::lifetimes::STREAM_TICKET_LIFETIME;
use campanile_shared::{Snapshot, limits::MAX_SEQUENCE, live::Ticket};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{document::media::StreamEvent, extract::Query};
use crate::{auth::StreamReader, live, problem::ApiError, state::AppState};

/// Create a one-use ticket for the stream, for clients that cannot send headers.
#[utoipa::path(post, operation_id = "create_ticket", path = "/events/ticket", tag = "live", responses((status = 201, description = "The ticket", body = Ticket)))]
pub async fn ticket(State(app): State<AppState>, StreamReader(who, grant): StreamReader) -> Result<(StatusCode, Body<Ticket>), ApiError> {
    let issued = app.campanile.create_ticket(&who, grant).await?;
    let expires_in = u32::try_from(STREAM_TICKET_LIFETIME.as_secs()).unwrap_or(u32::MAX);
    Ok((StatusCode::CREATED, Body(Ticket { ticket: issued.secret, expires_in })))
}

/// Options of the stream.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// A ticket, instead of a header or cookie.
    ticket: Option<String>,
    /// The id of the last event received, instead of the header `Last-Event-ID`.
    last_event_id: Option<String>,
}

/// Watch the inbox by server-sent events (WHATWG HTML §9.2).
///
/// The stream begins with `hello`, with the events missed since `Last-Event-ID`, or with `reset` when
/// too many were missed or the id belongs to another generation of the store. Comments keep the
/// connection alive. A client that reads too slowly is disconnected and resumes. The stream ends when the
/// session or token that opened it, or created its ticket, expires, and within two seconds of its
/// revocation.
#[utoipa::path(get, operation_id = "watch_events", path = "/events", tag = "live",
    params(EventsQuery, ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event received")),
    responses(
        (status = 200, description = "Events, each with `id`, `event` and `data`", body = StreamEvent, content_type = "text/event-stream"),
        (status = 401, description = "The session, token or ticket is missing, invalid or already used"),
    ))]
pub async fn events(
    State(app): State<AppState>,
    Query(query): Query<EventsQuery>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, ApiError> {
    // HEAD must have no effect (RFC 9110 §9.2.1), but would use up a ticket and open a stream.
    if request.method() == Method::HEAD {
        return Ok((StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")]).into_response());
    }
    let StreamReader(who, grant) = StreamReader::from_ticket_or_request(&app, query.ticket.as_deref(), request).await?;
    let header = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let last = header.or(query.last_event_id.as_deref()).filter(|id| !id.is_empty()).map(parse_event_id);
    Ok(live::open(&app, &who, grant, last).await?)
}

/// Parses an event id into a snapshot without counts. An invalid id, or one of an older version, gives a
/// snapshot of no existing generation, so the client fetches its list again.
fn parse_event_id(id: &str) -> Snapshot {
    let mut numbers = id.split('-').map(|number| number.parse::<u64>().ok());
    match [numbers.next(), numbers.next(), numbers.next(), numbers.next()] {
        [Some(Some(generation)), Some(Some(sequence)), Some(Some(revision)), None] if sequence.max(revision) <= MAX_SEQUENCE => {
            Snapshot { generation, sequence, revision, ..Snapshot::default() }
        }
        _ => Snapshot::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_ids_are_parsed_or_rejected() {
        assert_eq!(parse_event_id("5-3-1"), Snapshot { generation: 5, sequence: 3, revision: 1, ..Snapshot::default() });
        for other in [
            "3-1",
            "5-3-1-0",
            "5-3-",
            "-3-1",
            "a-b-c",
            "5",
            "-",
            "5-3--1",
            "99999999999999999999-3-1",
            "5-9223372036854775808-1",
            "5-3-18446744073709551615",
        ] {
            assert_eq!(parse_event_id(other), Snapshot::default(), "{other}");
        }
    }
}
