//! Fetching lists, and keeping them in step with the live connection.

use std::{rc::Rc, sync::Arc};

use campanile_shared::{Filter, Item, ItemState, Matching, live::Event};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{List, Phase, State};
use crate::{
    api::Result,
    json,
    live::{Live, Options, Status},
};

/// How many items the bell shows.
const NEWEST: u32 = 20;
/// How many items the first page of the inbox has.
const PAGE: u32 = 50;
/// How many items each page after it has: whoever scrolls that far goes on.
const NEXT_PAGE: u32 = 200;

impl State {
    /// Opens the live connection for the person that `share` names.
    pub(super) fn listen(self, share: String) {
        let api = self.api();
        let options = Options {
            server: api.server().to_owned(),
            share,
            token: Rc::new(move || api.token()),
            on_event: Rc::new(move |data, leader| {
                if let Some(event) = json::read(&data) {
                    self.hear(event, leader);
                }
            }),
            on_status: Rc::new(move |status| self.connection_is(status)),
        };
        // The connection before goes first: two with the same share would wait for each other.
        self.connection.set_value(None);
        self.told.update_value(super::Told::forget);
        self.connection.set_value(Some(Live::open(options)));
    }

    /// Fetches the opened item again when it is among those changed: a button of it may have been
    /// pressed in another tab.
    fn reread(self, changed: &[Uuid]) {
        let pressable = |item: &Arc<Item>| changed.contains(&item.id) && !item.buttons.is_empty();
        let Some(id) = self.opened.with_untracked(|opened| opened.as_ref().filter(|item| pressable(item)).map(|item| item.id)) else {
            return;
        };
        spawn_local(async move {
            // What cannot be fetched now is there the next time it is opened.
            if let Ok(item) = self.item(id).await {
                self.reopen(item);
            }
        });
    }

    fn connection_is(self, status: Status) {
        self.live.set(status);
        if status == Status::Unauthorized {
            // Outside the callback: ending the session closes the connection that is speaking.
            spawn_local(async move { self.session_ended(true) });
        }
    }

    /// Takes in what the server tells.
    pub fn hear(self, event: Event, leader: bool) {
        let newer = self.confirm(event.snapshot());
        match event {
            Event::Hello { .. } if newer => self.refresh(),
            Event::Hello { .. } => {}
            Event::Arrived { item, .. } => {
                let told = self.told.with_value(|told| told.state(item.id));
                let item = Arc::new(Item { state: told.unwrap_or(item.state), ..*item });
                self.put(&item);
                self.arrived.set(Some((item, leader)));
            }
            Event::Changed { changes, snapshot } => {
                let ids: Vec<Uuid> = changes.iter().map(|change| change.id).collect();
                self.tally.update(|tally| tally.settle(&ids));
                self.reread(&ids);
                let changes = self.told.try_update_value(|told| told.hear(snapshot.revision, changes)).unwrap_or_default();
                let mut known = true;
                for change in &changes {
                    known &= self.set_state(change.id, change.state);
                }
                // An item we never saw may belong into a list now: taken back elsewhere, say.
                if !known && newer {
                    self.refresh();
                }
            }
            Event::Reset { .. } => {
                self.tally.update(super::Tally::settle_all);
                self.told.update_value(super::Told::forget);
                self.refresh();
                self.look_again();
            }
        }
    }

    /// Shows an item as it is now, wherever it is shown.
    pub(super) fn put(self, item: &Arc<Item>) {
        self.newest.update(|list| list.put(item));
        self.inbox.update(|list| list.put(item));
        self.set_opened(item.id, item.state);
    }

    /// Shows an item's state, wherever it is shown; says whether the lists can be right after it.
    fn set_state(self, id: Uuid, state: ItemState) -> bool {
        self.set_opened(id, state);
        let set = |list: RwSignal<List>| list.try_update(|list| list.set_state(id, state)).unwrap_or(true);
        let (newest, inbox) = (set(self.newest), set(self.inbox));
        newest && inbox
    }

    fn set_opened(self, id: Uuid, state: ItemState) {
        self.opened.maybe_update(|opened| match opened {
            Some(item) if item.id == id && item.state != state => {
                *item = Arc::new(Item { state, ..Item::clone(item) });
                true
            }
            _ => false,
        });
    }

    /// Fetches what is shown again. What is shown stays until the answer is there.
    pub fn refresh(self) {
        self.fetch(self.newest, NEWEST);
        if self.inbox.with_untracked(|list| list.phase != Phase::Loading) {
            let loaded = self.inbox.with_untracked(|list| list.items.len());
            self.fetch(self.inbox, u32::try_from(loaded).map_or(PAGE, |loaded| loaded.clamp(PAGE, 200)));
        }
    }

    /// Shows the inbox under a filter.
    pub fn show(self, filter: Filter) {
        self.inbox.update(|list| list.turn_to(filter));
        self.fetch(self.inbox, PAGE);
    }

    /// Fetches the newest items for the bell again.
    pub fn fetch_newest(self) {
        self.fetch(self.newest, NEWEST);
    }

    fn fetch(self, list: RwSignal<List>, limit: u32) {
        let filter = list.with_untracked(|list| list.filter.clone());
        let revision = move || self.tally.with_untracked(|tally| tally.confirmed().revision);
        let asked_at = revision();
        spawn_local(async move {
            let answer = self.settle(self.api().items(&filter, None, limit).await);
            if let Ok(page) = &answer {
                self.confirm(page.snapshot);
                // What was changed while the answer was on its way is not in it. A store that was set
                // back answers with low numbers for ever, so only what changed meanwhile counts.
                if page.snapshot.revision < revision() && asked_at < revision() {
                    return self.fetch(list, limit);
                }
            }
            list.update(|list| match answer {
                // Another filter was chosen meanwhile.
                _ if list.filter != filter => {}
                Ok(page) => list.fill(page),
                Err(error) if list.items.is_empty() => list.phase = Phase::Failed(error),
                Err(error) => list.phase = Phase::MoreFailed(error),
            });
        });
    }

    /// Fetches the next older page of the inbox, unless one is on its way or there is none.
    pub fn fetch_more(self) {
        let (filter, next) = self.inbox.with_untracked(|list| (list.filter.clone(), list.next.clone()));
        let idle = self.inbox.with_untracked(|list| matches!(list.phase, Phase::Ready | Phase::MoreFailed(_)));
        let Some(cursor) = next.filter(|_| idle) else { return };
        self.inbox.update(|list| list.phase = Phase::LoadingMore);
        spawn_local(async move {
            let answer = self.settle(self.api().items(&filter, Some(&cursor), NEXT_PAGE).await);
            self.inbox.update(|list| match answer {
                _ if list.filter != filter || list.next.as_ref() != Some(&cursor) => {}
                Ok(page) => list.extend(page),
                Err(error) => list.phase = Phase::MoreFailed(error),
            });
        });
    }

    /// One item in every language.
    pub async fn item(self, id: Uuid) -> Result<Item> {
        self.settle(self.api().item(id).await)
    }

    /// Presses a button of an item that is shown in full, by its place from 0.
    pub async fn press(self, id: Uuid, button: usize) {
        match self.settle(self.api().press(id, button).await) {
            Ok(item) => self.reopen(item),
            Err(error) => self.fail(&error),
        }
    }

    /// Fetches the item that is shown in full again: it may say something else by now, or be gone.
    fn look_again(self) {
        let Some(id) = self.opened.with_untracked(|opened| opened.as_ref().map(|item| item.id)) else { return };
        spawn_local(async move {
            match self.item(id).await {
                Ok(item) => self.reopen(item),
                Err(error) if error.status() == Some(404) => {
                    self.opened.maybe_update(|opened| opened.take_if(|item| item.id == id).is_some());
                }
                // What is shown stays until there is an answer.
                Err(_) => {}
            }
        });
    }

    /// Shows an item in full as the server knows it, unless another was opened meanwhile. What is
    /// shown knows of changes that the answer may have crossed.
    fn reopen(self, full: Item) {
        self.opened.maybe_update(|opened| match opened {
            Some(item) if item.id == full.id => {
                *item = Arc::new(Item { state: item.state, ..full });
                true
            }
            _ => false,
        });
    }

    /// How many items match a filter.
    pub async fn matching(self, filter: Filter) -> Result<Matching> {
        self.settle(self.api().matching(&filter).await)
    }

    /// A link to what matches as a file, and whether it takes a ticket to follow it.
    pub fn export(self, filter: &Filter, format: &str) -> (String, bool) {
        let api = self.api();
        (api.export(filter, format), api.token().is_some())
    }

    /// Where the small picture of an attachment is, by its place from 0, if it can be shown.
    pub fn thumbnail(self, id: Uuid, attachment: usize) -> Option<String> {
        self.api().thumbnail(id, attachment)
    }

    /// Follows such a link with a ticket.
    pub fn follow_with_ticket(self, link: String) {
        spawn_local(async move {
            match self.settle(self.api().ticket().await) {
                // A page that cannot be left stays.
                Ok(ticket) => drop(window().location().set_href(&format!("{link}&ticket={}", ticket.ticket))),
                Err(error) => self.fail(&error),
            }
        });
    }

    /// The components to filter by.
    pub async fn components(self) -> Result<Vec<String>> {
        self.settle(self.api().components().await)
    }

    /// The person looks at the newest items: from now on what arrived until now is no news. The
    /// line between new and known stays where it is until they look away.
    pub fn look(self) {
        let (unseen, up_to) = self.tally.with_untracked(|tally| (tally.counts().unseen, tally.confirmed().sequence));
        self.looked_up_to.set_value(up_to);
        if unseen == 0 {
            return;
        }
        spawn_local(async move {
            // What was not told as seen is told again with the next look; nothing is to be taken back.
            if let Ok(snapshot) = self.settle(self.api().seen(up_to).await) {
                self.confirm(snapshot);
            }
        });
    }

    /// The person looks away: what they saw is known.
    pub fn looked_away(self) {
        let up_to = self.looked_up_to.get_value();
        for list in [self.newest, self.inbox] {
            // Those who sign out leave no list behind.
            let _ = list.try_update(|list| list.seen_up_to = list.seen_up_to.max(up_to));
        }
    }
}
