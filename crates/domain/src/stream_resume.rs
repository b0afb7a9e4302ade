//! Starting and resuming an event stream, and what open streams read after a commit.

use campanile_shared::{
    Language, Snapshot,
    live::{Event, ItemChange},
};

use crate::{
    Campanile, Person, PersonId, Result, TenantId,
    inbox::listed_item,
    model::{
        grant::Listener,
        inbox_item::{ArrivedNotification, CatchUp, InboxUpdate, StreamStart},
        listing::Listing,
    },
};

/// The most items that a stream sends one by one. If more arrived or changed, it sends a reset.
const MAX_CATCH_UP_ITEMS: u32 = 100;

/// How a stream continues after `Last-Event-ID`.
pub struct StreamResume {
    /// The keys that the person holds, and the inbox's counts.
    pub start: StreamStart,
    /// The first events to send: those that were missed, or `hello`, or `reset`.
    pub events: Vec<Event>,
}

/// The events for what a client missed that has the arrivals up to a sequence. Items that are not in the inbox any
/// more, because they were dismissed or snoozed, are changes: no client announces them. Changes come first, because
/// all events have the same snapshot and a client applies changes only with a newer one.
pub fn missed_events(missed: &CatchUp, person: PersonId, languages: &[Language], up_to: u64) -> Vec<Event> {
    let snapshot = missed.snapshot;
    let (mut changes, mut arrived) = (missed.changed.clone(), Vec::new());
    for item in &missed.arrived {
        if item.notification.sequence <= up_to || !item.state.is_in_inbox() {
            changes.push(ItemChange { id: item.notification.id, state: item.state });
        } else {
            arrived.push(Event::Arrived { item: Box::new(listed_item(person, languages, item)), snapshot });
        }
    }
    let changed = (!changes.is_empty()).then_some(Event::Changed { changes, snapshot });
    changed.into_iter().chain(arrived).collect()
}

impl Campanile {
    /// Starts or resumes a stream. `last` is the last snapshot the client received; its counts are ignored.
    /// If it is of another generation, what was missed is unknown, and the stream starts with a reset.
    pub async fn resume_stream(&self, who: &Person, last: Option<Snapshot>) -> Result<StreamResume> {
        let mut watch = self.stream_start(who).await?;
        let snapshot = watch.snapshot;
        let Some(last) = last else {
            return Ok(StreamResume { start: watch, events: vec![Event::Hello { snapshot }] });
        };
        let missed = match self.store.inbox_since(who.tenant, who.id, last, MAX_CATCH_UP_ITEMS).await? {
            InboxUpdate::CaughtUp(missed) => missed,
            InboxUpdate::Reset(snapshot) => {
                watch.snapshot = snapshot;
                return Ok(StreamResume { start: watch, events: vec![Event::Reset { snapshot }] });
            }
        };
        // The missed events reach up to the later of the two reads.
        let snapshot = missed.snapshot;
        watch.snapshot = snapshot;
        let mut events = missed_events(&missed, who.id, &who.languages, last.sequence);
        if events.is_empty() {
            events.push(Event::Hello { snapshot });
        }
        Ok(StreamResume { start: watch, events })
    }

    /// The keys that a person holds and the counts of the inbox, both now.
    pub async fn stream_start(&self, who: &Person) -> Result<StreamStart> {
        self.store.stream_start(who.tenant, who.id).await
    }

    /// What happened in a listener's inbox since a snapshot, whose counts are ignored.
    pub async fn inbox_since(&self, listener: &Listener, since: Snapshot) -> Result<InboxUpdate> {
        self.store.inbox_since(listener.tenant, listener.person, since, MAX_CATCH_UP_ITEMS).await
    }

    /// The notifications with these sequences that are in inboxes, as many as fit into a page. `next` is the first
    /// sequence after them. No caller asks for them: the server sends each to the listeners who hold one of its keys.
    pub async fn arrived(&self, tenant: TenantId, sequences: Vec<u64>) -> Result<Listing<ArrivedNotification, u64>> {
        self.store.arrived(tenant, sequences).await
    }
}

#[cfg(test)]
mod tests {
    use campanile_shared::ItemState;
    use uuid::Uuid;

    use super::*;
    use crate::{fixtures, model::inbox_item::StoredItem};

    #[test]
    fn only_what_is_in_the_inbox_arrives() {
        let item = |sequence, state| StoredItem {
            notification: crate::Notification {
                sequence,
                id: Uuid::from_u128(sequence.into()),
                ..fixtures::notification(fixtures::message())
            },
            state,
            button_clicks: Vec::new(),
            matched_keys: Vec::new(),
        };
        let snapshot = Snapshot { sequence: 9, revision: 4, ..Snapshot::default() };
        let (plain, dismissed) = (ItemState::default(), ItemState { dismissed: true, ..ItemState::default() });
        let snoozed = ItemState { snoozed_until: Some(chrono::DateTime::UNIX_EPOCH), ..plain };
        let old = ItemChange { id: Uuid::from_u128(1), state: ItemState { read: true, ..plain } };
        let arrived = vec![item(5, plain), item(6, plain), item(7, dismissed), item(8, snoozed)];
        let missed = CatchUp { arrived, changed: vec![old], snapshot };
        let events = missed_events(&missed, PersonId(1), &[], 5);
        let [Event::Changed { changes, .. }, Event::Arrived { item, .. }] = &events[..] else { panic!("{events:?}") };
        let state = |id, state| ItemChange { id: Uuid::from_u128(id), state };
        assert_eq!(changes[..], [old, state(5, plain), state(7, dismissed), state(8, snoozed)]);
        assert_eq!((item.sequence, events[0].snapshot(), events[1].snapshot()), (6, snapshot, snapshot));
        assert!(missed_events(&CatchUp { arrived: Vec::new(), changed: Vec::new(), snapshot }, PersonId(1), &[], 5).is_empty());
    }
}
