//! Reading and changing one's own inbox.

use campanile_shared::{
    Change, Changed, Filter, Item, Page, Preferences, Snapshot,
    inbox::Selection,
    live::Event,
    problem::{FieldError, FieldFault},
};
use uuid::Uuid;

use crate::{
    Campanile, Error, Person, Result,
    store::{StoredItem, Watch},
};

/// The most items of one page.
pub const LARGEST_PAGE: u32 = 200;
/// The most ids of one change.
pub const MOST_IDS: usize = 1_000;
/// The most items a stream tells one by one when it resumes; beyond that it says reset.
const MOST_MISSED: u32 = 100;

/// How a stream goes on after `Last-Event-ID`.
pub struct Resumption {
    /// The keys the person holds.
    pub watch: Watch,
    /// What to say first: what was missed, or `hello`, or `reset`.
    pub events: Vec<Event>,
}

impl Campanile {
    /// A page of the inbox, the newest item first, below the sequence `before`.
    pub async fn inbox(&self, who: &Person, filter: &Filter, before: Option<u64>, limit: u32) -> Result<Page> {
        let found = self.store.page(who.tenant, who.id, filter, before, limit.clamp(1, LARGEST_PAGE)).await?;
        Ok(Page {
            items: found.items.iter().map(|item| listed(who, item)).collect(),
            next: found.next.map(|sequence| sequence.to_string()),
            seen_up_to: found.seen_up_to,
            snapshot: found.snapshot,
        })
    }

    /// One item of the inbox, in every language.
    pub async fn inbox_item(&self, who: &Person, id: Uuid) -> Result<Item> {
        Ok(opened(who, &self.store.item(who.tenant, who.id, id).await?.ok_or(Error::NotFound)?))
    }

    /// Presses a button of an item, by its place from 0; the first time counts. The item as it is
    /// then; [`Error::NotFound`] when it is not in the inbox or has no such button.
    pub async fn press(&self, who: &Person, id: Uuid, button: u32) -> Result<Item> {
        Ok(opened(who, &self.store.press(who.tenant, who.id, id, button, self.now()).await?))
    }

    /// The numbers on the bell.
    pub async fn counts(&self, who: &Person) -> Result<Snapshot> {
        self.store.snapshot(who.tenant, who.id).await
    }

    /// The components to filter by.
    pub async fn components(&self, who: &Person) -> Result<Vec<String>> {
        self.store.components(who.tenant).await
    }

    /// Changes some items, or all that match.
    pub async fn change(&self, who: &Person, change: Change) -> Result<Changed> {
        if let Selection::Ids(ids) = &change.items
            && ids.len() > MOST_IDS
        {
            return Err(Error::Invalid(vec![FieldError::beyond("/ids", FieldFault::TooMany, MOST_IDS)]));
        }
        self.store.change(who.tenant, who.id, change, self.new_id(), self.now()).await
    }

    /// Takes a fresh change back.
    pub async fn undo(&self, who: &Person, undo: Uuid) -> Result<Changed> {
        self.store.undo(who.tenant, who.id, undo, self.now()).await
    }

    /// Notes that the person looked at everything up to this sequence.
    pub async fn see(&self, who: &Person, up_to: u64) -> Result<Snapshot> {
        self.store.see(who.tenant, who.id, up_to).await
    }

    /// What the person chose.
    pub async fn preferences(&self, who: &Person) -> Result<Preferences> {
        self.store.preferences(who.tenant, who.id).await
    }

    /// Keeps what the person chose.
    pub async fn set_preferences(&self, who: &Person, preferences: &Preferences) -> Result<()> {
        let minute = 24 * 60;
        if preferences.quiet_hours.is_some_and(|hours| hours.from >= minute || hours.to >= minute) {
            return Err(Error::Invalid(vec![FieldError::new("/quiet_hours", FieldFault::Malformed)]));
        }
        if preferences.muted_components.len() > MOST_IDS {
            return Err(Error::Invalid(vec![FieldError::beyond("/muted_components", FieldFault::TooMany, MOST_IDS)]));
        }
        self.store.set_preferences(who.tenant, who.id, preferences).await
    }

    /// Begins or resumes a stream: `last` is the sequence and revision the client knows.
    pub async fn resume(&self, who: &Person, last: Option<(u64, u64)>) -> Result<Resumption> {
        let mut watch = self.store.watch(who.tenant, who.id).await?;
        let Some((sequence, revision)) = last else {
            let snapshot = watch.snapshot;
            return Ok(Resumption { watch, events: vec![Event::Hello { snapshot }] });
        };
        let missed = self.store.missed(who.tenant, who.id, sequence, revision, MOST_MISSED).await?;
        let Some(missed) = missed else {
            let snapshot = watch.snapshot;
            return Ok(Resumption { watch, events: vec![Event::Reset { snapshot }] });
        };
        // What was missed is told up to the later of the two reads.
        let snapshot = missed.snapshot;
        watch.snapshot = snapshot;
        let mut events: Vec<Event> =
            missed.arrived.iter().map(|item| Event::Arrived { item: Box::new(listed(who, item)), snapshot }).collect();
        if !missed.changed.is_empty() {
            events.push(Event::Changed { changes: missed.changed, snapshot });
        }
        if events.is_empty() {
            events.push(Event::Hello { snapshot });
        }
        Ok(Resumption { watch, events })
    }
}

fn opened(who: &Person, item: &StoredItem) -> Item {
    let mut shown = item.notification.shown(item.notification.choose(&who.languages), item.state);
    shown.quiet = item.notification.is_quiet_for(who.id);
    for (button, at) in &item.pressed {
        if let Some(button) = shown.buttons.get_mut(*button as usize) {
            button.pressed_at = Some(*at);
        }
    }
    shown
}

fn listed(who: &Person, item: &StoredItem) -> Item {
    let quiet = item.notification.is_quiet_for(who.id);
    Item { quiet, ..item.notification.listed(item.notification.choose(&who.languages), item.state) }
}
