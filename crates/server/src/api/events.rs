//! The event stream.

use axum::{
    Json as Body,
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use campanile_domain::{identity::TICKET, inbox::LAST_SEQUENCE};
use campanile_shared::{Snapshot, live::Ticket};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Query, document::media::StreamEvent};
use crate::{app::App, auth::Listener, live, problem::Refusal};

/// A one-use ticket to the stream, for clients that cannot send headers.
#[utoipa::path(post, operation_id = "create_ticket", path = "/events/ticket", tag = "live", responses((status = 201, description = "The ticket", body = Ticket)))]
pub async fn ticket(State(app): State<App>, Listener(who, grant): Listener) -> Result<(StatusCode, Body<Ticket>), Refusal> {
    let fresh = app.campanile.ticket(&who, grant).await?;
    let expires_in = u32::try_from(TICKET.as_secs()).unwrap_or(u32::MAX);
    Ok((StatusCode::CREATED, Body(Ticket { ticket: fresh.secret, expires_in })))
}

/// How to open the stream.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// A ticket, in place of a header or cookie.
    ticket: Option<String>,
    /// Where to resume, in place of the header `Last-Event-ID`.
    last_event_id: Option<String>,
}

/// Watch the inbox: server-sent events (WHATWG HTML §9.2).
///
/// The stream begins with `hello`, with what was missed since `Last-Event-ID`, or with `reset`: when
/// that is too much to tell, or when the id is of another generation of the store.
/// Comments are signs of life. A client that lags is disconnected and resumes. The stream ends with the
/// session or token it was opened with, or the one its ticket was made with: when that expires, or within
/// two seconds of its being revoked.
#[utoipa::path(get, operation_id = "watch_events", path = "/events", tag = "live",
    params(EventsQuery, ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event received")),
    responses(
        (status = 200, description = "Events, each with `id`, `event` and `data`", body = StreamEvent, content_type = "text/event-stream"),
        (status = 401, description = "No session, token or unused ticket"),
    ))]
pub async fn events(
    State(app): State<App>,
    Query(query): Query<EventsQuery>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Refusal> {
    // HEAD has no effect (RFC 9110 §9.2.1): it would use a ticket up, and open a stream for nobody.
    if request.method() == Method::HEAD {
        return Ok((StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")]).into_response());
    }
    let (who, grant) = match &query.ticket {
        Some(ticket) => app.campanile.take_ticket(ticket).await?,
        None => {
            let Listener(who, grant) = Listener::from_request_parts(&mut request.into_parts().0, &app).await?;
            (who, grant)
        }
    };
    let header = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let last = header.or(query.last_event_id.as_deref()).filter(|id| !id.is_empty()).map(known);
    Ok(live::open(&app, &who, grant, last).await?)
}

/// The snapshot whose event has this id, but for its counts. An id that is not ours, or of an older
/// version, is of no generation there is: the client is to fetch its list again.
fn known(id: &str) -> Snapshot {
    let mut numbers = id.split('-').map(|number| number.parse::<u64>().ok());
    match [numbers.next(), numbers.next(), numbers.next(), numbers.next()] {
        [Some(Some(generation)), Some(Some(sequence)), Some(Some(revision)), None] if sequence.max(revision) <= LAST_SEQUENCE => {
            Snapshot { generation, sequence, revision, ..Snapshot::default() }
        }
        _ => Snapshot::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_a_moment_or_none() {
        assert_eq!(known("5-3-1"), Snapshot { generation: 5, sequence: 3, revision: 1, ..Snapshot::default() });
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
            assert_eq!(known(other), Snapshot::default(), "{other}");
        }
    }
}
