//! Server-sent events as text (WHATWG HTML §9.2).

use std::fmt::Write;

use bytes::Bytes;
use campanile_shared::{Snapshot, live::Event};

/// A heartbeat: a comment line, which clients ignore (WHATWG HTML §9.2).
pub const HEARTBEAT: Bytes = Bytes::from_static(b": ping\n\n");

/// The `retry` field: when the client should reconnect, in milliseconds.
pub fn format_retry(milliseconds: u32) -> Bytes {
    format!("retry: {milliseconds}\n\n").into()
}

/// Events as text. They have one snapshot in common, so only the last one has an id: a client that received only some
/// of them resumes from before all of them.
pub fn format_events(events: &[Event]) -> Bytes {
    let mut text = String::new();
    for (index, event) in events.iter().enumerate() {
        if index + 1 == events.len() {
            let _ = writeln!(text, "id: {}", event_id(event.snapshot()));
        }
        let name = match event {
            Event::Hello { .. } => "hello",
            Event::Arrived { .. } => "arrived",
            Event::Changed { .. } => "changed",
            Event::Reset { .. } => "reset",
        };
        // The JSON is a single line, because serde_json escapes line ends.
        let data = serde_json::to_string(event).unwrap_or_default();
        let _ = write!(text, "event: {name}\ndata: {data}\n\n");
    }
    text.into()
}

/// The id of an event. It identifies the snapshot that the client has after the event.
fn event_id(Snapshot { generation, sequence, revision, .. }: Snapshot) -> impl std::fmt::Display {
    std::fmt::from_fn(move |out| write!(out, "{generation}-{sequence}-{revision}"))
}

/// The same as [`format_events`], for an arrival whose item is already serialised.
pub fn format_arrival(item: &[u8], snapshot: Snapshot) -> Bytes {
    let id = event_id(snapshot);
    let tail = serde_json::to_string(&snapshot).unwrap_or_default();
    let head = format!("id: {id}\nevent: arrived\ndata: {{\"event\":\"arrived\",\"item\":");
    [head.as_bytes(), item, b",\"snapshot\":", tail.as_bytes(), b"}\n\n"].concat().into()
}

#[cfg(test)]
mod tests {
    use campanile_shared::{Item, ItemState, Language, Priority, Severity};

    use super::*;

    #[test]
    fn an_arrival_reads_as_an_event() {
        let item = Item {
            id: uuid::Uuid::nil(),
            sequence: 3,
            severity: Severity::Error,
            priority: Priority::High,
            component: None,
            categories: Vec::new(),
            title: "a\nb".to_owned(),
            description: String::new(),
            language: Language::english(),
            link: None,
            created_at: chrono::DateTime::UNIX_EPOCH.fixed_offset(),
            accepted_at: chrono::DateTime::UNIX_EPOCH,
            expires_at: None,
            corrected_at: None,
            corrected_by: None,
            corrected_by_kind: None,
            sender: "key".to_owned(),
            through: None,
            quiet: false,
            state: ItemState::default(),
            content: Vec::new(),
            buttons: Vec::new(),
            attachments: Vec::new(),
            why: None,
        };
        let snapshot = Snapshot { generation: 5, sequence: 3, revision: 1, ..Snapshot::default() };
        let fast = format_arrival(&serde_json::to_vec(&item).unwrap(), snapshot);
        assert_eq!(fast, format_events(&[Event::Arrived { item: Box::new(item), snapshot }]));
        assert!(fast.starts_with(b"id: 5-3-1\nevent: arrived\ndata: {"));
    }
}
