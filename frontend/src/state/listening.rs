//! Applies live events to the state. The live connection opens after the first list is loaded; the lists are
//! then loaded once more.

use std::{cell::Cell, rc::Rc, sync::Arc};

use campanile_shared::{Item, ItemState, live::Event};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

use super::{Confirmed, List, State, session};
use crate::{
    api,
    i18n::{format, t},
    json,
    live::{Live, Options, Status},
};

/// The time for which the last answer about the session stays valid, in milliseconds.
const JUST_NOW: f64 = 2_000.0;

impl State {
    /// Opens the live connection of the signed-in person, unless it is open.
    pub fn listen(self) {
        let Some(share) = untrack(|| self.session.with(|session| session.me().map(session::name))) else { return };
        if self.connection.with_value(Option::is_some) {
            return;
        }
        let api = self.api();
        let first = Cell::new(true);
        let options = Options {
            server: api.server().to_owned(),
            share,
            token: Rc::new(move || future_to_promise(self.credential())),
            on_event: Rc::new(move |data, leader| {
                if let Some(event) = json::read(&data) {
                    self.hear(event, leader);
                }
            }),
            on_status: Rc::new(move |status| {
                self.connection_is(status);
                // Items that arrived between the first list and this connection are in no event. Lists that
                // could not be loaded while the server was unavailable are also loaded now.
                if status == Status::Open && (first.replace(false) || self.lacks_a_list()) {
                    self.refresh();
                }
            }),
        };
        self.connection.set_value(Some(Live::open(options)));
    }

    /// The credential of the live connection: the token, or `null` if a cookie carries the session. It is an
    /// error if the cookie belongs to another person.
    async fn credential(self) -> Result<JsValue, JsValue> {
        if let Some(token) = self.api().token() {
            return Ok(token.into());
        }
        let just_asked = format::now() - self.known_at.get_value() < JUST_NOW;
        if just_asked || self.is_still_signed_in().await { Ok(JsValue::NULL) } else { Err(JsValue::NULL) }
    }

    /// Checks who is signed in, and switches to that person: another tab may have signed out or signed in
    /// someone else. Returns whether the person is still the same.
    pub async fn is_still_signed_in(self) -> bool {
        let asked_in = api::session();
        let answer = self.api().me_by_now().await;
        if asked_in != api::session() {
            return false;
        }
        let before = self.session.with_untracked(|session| session.me().map(session::name));
        match answer {
            Ok(me) if before == Some(session::name(&me)) => {
                self.known_at.set_value(format::now());
                return true;
            }
            Ok(me) => {
                let text = t::sign_in_changed(&me.person.name);
                self.signed_in(me);
                self.say(text);
            }
            Err(error) if error.status() == Some(401) => self.session_ended(true),
            // The caller tries again.
            Err(_) => {}
        }
        false
    }

    /// Loads the opened item again if it has buttons and is among the changed ones: a button may have been
    /// clicked in another tab.
    fn reread(self, changed: &[Uuid]) {
        let pressable = |item: &Arc<Item>| changed.contains(&item.id) && !item.buttons.is_empty();
        let Some(id) = self.opened.with_untracked(|opened| opened.as_ref().filter(|item| pressable(item)).map(|item| item.id)) else {
            return;
        };
        spawn_local(async move {
            // An error is ignored: the item is loaded again when it is next opened.
            if let Ok(item) = self.item(id).await {
                self.reopen(item);
            }
        });
    }

    fn connection_is(self, status: Status) {
        self.live.set(status);
        if status == Status::Unauthorized {
            // Outside the callback, because ending the session closes the connection that called it.
            spawn_local(async move { self.session_ended(true) });
        }
    }

    /// Applies a live event.
    pub fn hear(self, event: Event, leader: bool) {
        let confirmed = self.confirm(event.snapshot());
        match event {
            Event::Hello { .. } if confirmed == Confirmed::Newer => self.refresh(),
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
                // An item that was never loaded may belong to a list now, for example after an undo in another
                // tab.
                if !known && confirmed == Confirmed::Newer {
                    self.refresh();
                }
            }
            // All lists are being loaded again already.
            Event::Reset { .. } if confirmed == Confirmed::Replaced => {}
            Event::Reset { .. } => {
                self.tally.update(super::Tally::settle_all);
                self.told.update_value(super::Told::forget);
                self.refresh();
                self.look_again();
            }
        }
    }

    /// Shows the new version of an item in every list and in full.
    pub(super) fn put(self, item: &Arc<Item>) {
        self.newest.update(|list| list.put(item));
        self.inbox.update(|list| list.put(item));
        self.set_opened(item.id, item.state);
    }

    /// Sets the state of an item in every list and in full. Returns `false` if a list may be wrong afterwards.
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

    /// Loads the item that is shown in full again. It may have been corrected or recalled.
    pub(super) fn look_again(self) {
        let Some(id) = self.opened.with_untracked(|opened| opened.as_ref().map(|item| item.id)) else { return };
        spawn_local(async move {
            match self.item(id).await {
                Ok(item) => self.reopen(item),
                Err(error) if error.status() == Some(404) => {
                    self.opened.maybe_update(|opened| opened.take_if(|item| item.id == id).is_some());
                }
                // The shown item stays until there is an answer.
                Err(_) => {}
            }
        });
    }

    /// Replaces the item that is shown in full, unless another one was opened meanwhile. The shown state is
    /// kept, because it may be newer than the answer.
    pub(super) fn reopen(self, full: Item) {
        self.opened.maybe_update(|opened| match opened {
            Some(item) if item.id == full.id => {
                *item = Arc::new(Item { state: item.state, ..full });
                true
            }
            _ => false,
        });
    }
}
