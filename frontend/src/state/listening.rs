//! Keeping what is shown in step with the live connection. It begins once the first list is there; the
//! lists are asked for once more when it is open.

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

/// For how long it is known who is signed in, in milliseconds.
const JUST_NOW: f64 = 2_000.0;

impl State {
    /// Opens the live connection of the person who is signed in, unless it is open.
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
                // What arrived between the first lists and now was told to nobody here. And what could not be
                // fetched while the server was away is fetched when it is back: its news begin after it.
                if status == Status::Open && (first.replace(false) || self.lacks_a_list()) {
                    self.refresh();
                }
            }),
        };
        self.connection.set_value(Some(Live::open(options)));
    }

    /// What the live connection signs in with: the token, or nothing where a cookie does. Fails when the cookie is
    /// another person's by now.
    async fn credential(self) -> Result<JsValue, JsValue> {
        if let Some(token) = self.api().token() {
            return Ok(token.into());
        }
        let just_asked = format::now() - self.known_at.get_value() < JUST_NOW;
        if just_asked || self.is_still_signed_in().await { Ok(JsValue::NULL) } else { Err(JsValue::NULL) }
    }

    /// Asks who is signed in by now, and becomes theirs: another tab may have ended the session, or begun one of another
    /// person. Says whether nothing changed.
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
            // Whoever asked asks again.
            Err(_) => {}
        }
        false
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
                // An item we never saw may belong into a list now: taken back elsewhere, say.
                if !known && confirmed == Confirmed::Newer {
                    self.refresh();
                }
            }
            // Everything is fetched anew already.
            Event::Reset { .. } if confirmed == Confirmed::Replaced => {}
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

    /// Fetches the item that is shown in full again: it may say something else by now, or be gone.
    pub(super) fn look_again(self) {
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
