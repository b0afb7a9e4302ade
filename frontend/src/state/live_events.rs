//! Applies live events to the state. The live connection opens after the first list is loaded; the lists are
//! then loaded once more.

use std::{cell::Cell, rc::Rc, sync::Arc};

use campanile_shared::{Item, ItemState, live::Event};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

use super::{LoadedList, SnapshotAge, State, session};
use crate::{
    api,
    i18n::{format, t},
    json,
    live::{LiveConnection, Options, Status},
};

/// The time for which the last answer about the session stays valid, in milliseconds.
const SESSION_CHECK_VALID: f64 = 2_000.0;

impl State {
    /// Opens the live connection of the signed-in person, unless it is open.
    pub fn connect_live(self) {
        let Some(share) = untrack(|| self.session.with(|session| session.me().map(session::person_key))) else { return };
        if self.connection.with_value(Option::is_some) {
            return;
        }
        let api = self.api();
        let first = Cell::new(true);
        let options = Options {
            server: api.server().to_owned(),
            share,
            token: Rc::new(move || future_to_promise(self.stream_token())),
            on_event: Rc::new(move |data, leader| {
                if let Some(event) = json::parse(&data) {
                    self.apply_event(event, leader);
                }
            }),
            on_status: Rc::new(move |status| {
                self.connection_changed(status);
                // Items that arrived between the first list and this connection are in no event. Lists that
                // could not be loaded while the server was unavailable are also loaded now.
                if status == Status::Open && (first.replace(false) || self.has_failed_list()) {
                    self.refresh();
                }
            }),
        };
        self.connection.set_value(Some(LiveConnection::open(options)));
    }

    /// The credential of the live connection: the token, or `null` if a cookie carries the session. It is an
    /// error if the cookie belongs to another person.
    async fn stream_token(self) -> Result<JsValue, JsValue> {
        if let Some(token) = self.api().token() {
            return Ok(token.into());
        }
        let just_asked = format::now() - self.session_checked_at.get_value() < SESSION_CHECK_VALID;
        if just_asked || self.recheck_session().await { Ok(JsValue::NULL) } else { Err(JsValue::NULL) }
    }

    /// Checks who is signed in, and switches to that person: another tab may have signed out or signed in
    /// someone else. Returns whether the person is still the same.
    pub async fn recheck_session(self) -> bool {
        let asked_in = api::session_number();
        let answer = self.api().me_across_sessions().await;
        if asked_in != api::session_number() {
            return false;
        }
        let before = self.session.with_untracked(|session| session.me().map(session::person_key));
        match answer {
            Ok(me) if before == Some(session::person_key(&me)) => {
                self.session_checked_at.set_value(format::now());
                return true;
            }
            Ok(me) => {
                let text = t::sign_in_changed(&me.person.name);
                self.signed_in(me);
                self.show_message(text);
            }
            Err(error) if error.status() == Some(401) => self.session_ended(true),
            // The caller tries again.
            Err(_) => {}
        }
        false
    }

    /// Loads the opened item again if it has buttons and is among the changed ones: a button may have been
    /// clicked in another tab.
    fn refetch_open_item_if_changed(self, changed: &[Uuid]) {
        let pressable = |item: &Arc<Item>| changed.contains(&item.id) && !item.buttons.is_empty();
        let Some(id) = self.open_item.with_untracked(|opened| opened.as_ref().filter(|item| pressable(item)).map(|item| item.id)) else {
            return;
        };
        spawn_local(async move {
            // An error is ignored: the item is loaded again when it is next opened.
            if let Ok(item) = self.item(id).await {
                self.update_open_item(item);
            }
        });
    }

    fn connection_changed(self, status: Status) {
        self.live.set(status);
        if status == Status::Unauthorized {
            // Outside the callback, because ending the session closes the connection that called it.
            spawn_local(async move { self.session_ended(true) });
        }
    }

    /// Applies a live event.
    pub fn apply_event(self, event: Event, leader: bool) {
        let confirmed = self.apply_snapshot(event.snapshot());
        match event {
            Event::Hello { .. } if confirmed == SnapshotAge::Newer => self.refresh(),
            Event::Hello { .. } => {}
            Event::Arrived { item, .. } => {
                let told = self.confirmed_states.with_value(|told| told.state(item.id));
                let item = Arc::new(Item { state: told.unwrap_or(item.state), ..*item });
                self.show_item(&item);
                self.last_arrival.set(Some((item, leader)));
            }
            Event::Changed { changes, snapshot } => {
                let ids: Vec<Uuid> = changes.iter().map(|change| change.id).collect();
                self.counts.update(|tally| tally.clear_expected(&ids));
                self.refetch_open_item_if_changed(&ids);
                let changes =
                    self.confirmed_states.try_update_value(|told| told.apply_event(snapshot.revision, changes)).unwrap_or_default();
                let mut known = true;
                for change in &changes {
                    known &= self.set_state(change.id, change.state);
                }
                // An item that was never loaded may belong to a list now, for example after an undo in another
                // tab.
                if !known && confirmed == SnapshotAge::Newer {
                    self.refresh();
                }
            }
            // All lists are being loaded again already.
            Event::Reset { .. } if confirmed == SnapshotAge::OtherGeneration => {}
            Event::Reset { .. } => {
                self.counts.update(super::OptimisticCounts::clear_all_expected);
                self.confirmed_states.update_value(super::ConfirmedStates::clear);
                self.refresh();
                self.refetch_open_item();
            }
        }
    }

    /// Shows the new version of an item in every list and in full.
    pub(super) fn show_item(self, item: &Arc<Item>) {
        self.newest.update(|list| list.put(item));
        self.inbox.update(|list| list.put(item));
        self.set_open_item_state(item.id, item.state);
    }

    /// Sets the state of an item in every list and in full. Returns `false` if a list may be wrong afterwards.
    fn set_state(self, id: Uuid, state: ItemState) -> bool {
        self.set_open_item_state(id, state);
        let set = |list: RwSignal<LoadedList>| list.try_update(|list| list.set_state(id, state)).unwrap_or(true);
        let (newest, inbox) = (set(self.newest), set(self.inbox));
        newest && inbox
    }

    fn set_open_item_state(self, id: Uuid, state: ItemState) {
        self.open_item.maybe_update(|opened| match opened {
            Some(item) if item.id == id && item.state != state => {
                *item = Arc::new(Item { state, ..Item::clone(item) });
                true
            }
            _ => false,
        });
    }

    /// Loads the item that is shown in full again. It may have been corrected or recalled.
    pub(super) fn refetch_open_item(self) {
        let Some(id) = self.open_item.with_untracked(|opened| opened.as_ref().map(|item| item.id)) else { return };
        spawn_local(async move {
            match self.item(id).await {
                Ok(item) => self.update_open_item(item),
                Err(error) if error.status() == Some(404) => {
                    self.open_item.maybe_update(|opened| opened.take_if(|item| item.id == id).is_some());
                }
                // The shown item stays until there is an answer.
                Err(_) => {}
            }
        });
    }

    /// Replaces the item that is shown in full, unless another one was opened meanwhile. The shown state is
    /// kept, because it may be newer than the answer.
    pub(super) fn update_open_item(self, full: Item) {
        self.open_item.maybe_update(|opened| match opened {
            Some(item) if item.id == full.id => {
                *item = Arc::new(Item { state: item.state, ..full });
                true
            }
            _ => false,
        });
    }
}
