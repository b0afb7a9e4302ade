//! Starting and resuming an event stream: what a client missed.

use campanile_shared::{Snapshot, live::Event};

use crate::{Campanile, Person, Result, inbox::listed_item, model::inbox_item::StreamStart};

/// The most items that a resumed stream sends one by one. If it missed more, it sends a reset.
const MAX_CATCH_UP_ITEMS: u32 = 100;

/// How a stream continues after `Last-Event-ID`.
pub struct StreamResume {
    /// The keys that the person holds, and the inbox's counts.
    pub start: StreamStart,
    /// The first events to send: those that were missed, or `hello`, or `reset`.
    pub events: Vec<Event>,
}

impl Campanile {
    /// Starts or resumes a stream. `last` is the last snapshot the client received; its counts are ignored.
    /// If it is of another generation, what was missed is unknown, and the stream starts with a reset.
    pub async fn resume_stream(&self, who: &Person, last: Option<Snapshot>) -> Result<StreamResume> {
        let mut watch = self.store.stream_start(who.tenant, who.id).await?;
        let snapshot = watch.snapshot;
        let Some(last) = last else {
            return Ok(StreamResume { start: watch, events: vec![Event::Hello { snapshot }] });
        };
        let missed = match last.generation == snapshot.generation {
            true => self.store.missed_since(who.tenant, who.id, last.sequence, last.revision, MAX_CATCH_UP_ITEMS).await?,
            false => None,
        };
        let Some(missed) = missed else {
            return Ok(StreamResume { start: watch, events: vec![Event::Reset { snapshot }] });
        };
        // The missed events reach up to the later of the two reads.
        let snapshot = missed.snapshot;
        watch.snapshot = snapshot;
        let mut events: Vec<Event> =
            missed.arrived.iter().map(|item| Event::Arrived { item: Box::new(listed_item(who, item)), snapshot }).collect();
        if !missed.changed.is_empty() {
            events.push(Event::Changed { changes: missed.changed, snapshot });
        }
        if events.is_empty() {
            events.push(Event::Hello { snapshot });
        }
        Ok(StreamResume { start: watch, events })
    }
}
