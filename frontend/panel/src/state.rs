//! What the panel knows, and the only caller of `api`. Knows nothing of how it is shown.

use campanile_shared::Snapshot;
use js_sys::Date;
use reactive_graph::{
    owner::{LocalStorage, StoredValue},
    prelude::*,
    signal::RwSignal,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::{
    api::{self, Call, Failed},
    host::{self, Host, Words},
    list::{Change, List, News, Next},
    wire::{Entry, Message, WireSnapshot, whole},
};

/// How far the list is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Phase {
    /// On its way for the first time.
    #[default]
    Loading,
    /// Here.
    Ready,
    /// It did not come.
    Failed,
}

/// What is known, in one signal: each further type of signal is a kilobyte of program.
#[derive(Default)]
pub struct Data {
    /// The list.
    pub list: List,
    /// When the rows were made, in milliseconds since 1970: their ages are told as of then.
    pub made_at: f64,
    /// Whether the rows below those that can be seen at once are made as well.
    pub whole: bool,
    phase: Phase,
    open: bool,
    /// The name of the live connection's state.
    connection: String,
    /// Whether the last change failed and was taken back.
    failed: bool,
    /// Numbers the fetches: only the newest counts.
    fetches: u32,
}

/// Rows tell their ages anew when they were made this long before the panel is opened, in milliseconds.
const MOST_STALE: f64 = 30_000.0;

impl Data {
    /// Has rows made anew that were made this long ago, in milliseconds.
    fn freshen(&mut self, stale: f64) {
        let now = Date::now();
        if now - self.made_at >= stale {
            self.made_at = now;
            self.whole = false;
        }
    }
}

/// The state of one panel, as a handle.
#[derive(Clone, Copy)]
pub struct State {
    /// What is known.
    pub data: RwSignal<Data>,
    surroundings: StoredValue<(Host, Words), LocalStorage>,
}

impl State {
    /// The state before anything is known.
    pub fn new(host: Host, words: Words) -> Self {
        Self { data: RwSignal::default(), surroundings: StoredValue::new_local((host, words)) }
    }

    /// The element; `None` when the panel is gone.
    pub fn host(self) -> Option<Host> {
        self.surroundings.try_with_value(|(host, _)| host.clone())
    }

    /// The element and the words of its language.
    pub fn surroundings(self) -> (Host, Words) {
        self.surroundings.get_value()
    }

    fn update<Answer>(self, change: impl FnOnce(&mut Data) -> Answer) -> Option<Answer> {
        self.data.try_update(change)
    }

    /// The panel is about to be shown, or was hidden.
    pub fn toggle(self, open: bool) {
        let phase = self.update(|data| {
            data.open = open;
            if open {
                data.freshen(MOST_STALE);
            } else {
                // What was looked at is no longer new at the next opening.
                data.list.seen_up_to = data.list.snapshot.sequence;
            }
            data.phase
        });
        match phase {
            Some(Phase::Ready) if open => {
                self.complete();
                self.look();
            }
            Some(Phase::Failed) if open => self.fetch(),
            _ => {}
        }
    }

    /// Takes the name of the connection's state.
    pub fn connection(self, name: &str) {
        self.update(|data| name.clone_into(&mut data.connection));
    }

    /// Whether nothing is unread.
    pub fn all_read(self) -> bool {
        self.data.with(|Data { list, .. }| list.snapshot.counts.unread == 0 && list.items.iter().all(|item| item.read))
    }

    /// The panel's class, by which the style sheet chooses what is shown.
    pub fn class(self) -> String {
        self.data.with(|data| {
            let body = match data.phase {
                Phase::Ready if data.list.items.is_empty() => " is-none ",
                Phase::Ready => " is-list ",
                Phase::Loading => " is-loading ",
                Phase::Failed => " is-lost ",
            };
            ["panel", body, "is-", &data.connection, if data.failed { " is-failed" } else { "" }].concat()
        })
    }

    /// Takes a live event; before the first opening there is no list that could follow it.
    pub fn receive(self, event: &Message) {
        let Some(snapshot) = event.snapshot() else { return };
        let next = self.update(|data| {
            if data.phase != Phase::Ready {
                // An answer of another generation will be asked for again.
                data.list.snapshot.generation = snapshot.generation();
                return Next::Rest;
            }
            let news = match (event.event().as_deref(), event.item(), event.changes()) {
                (Some("arrived"), Some(item), _) => News::Arrived(Entry::from(&item)),
                (Some("changed"), _, Some(changes)) => News::Changed(changes.iter().map(Change::from).collect()),
                (Some("hello"), ..) => News::Hello,
                _ => News::Reset,
            };
            data.list.follow(news, (&snapshot).into())
        });
        match next {
            Some(Next::Fetch) => self.fetch(),
            _ => self.look(),
        }
    }

    /// Fetches the list.
    pub fn fetch(self) {
        self.ask(true);
    }

    /// Fetches the list, `again` when the bell knows by then that it is old.
    fn ask(self, again: bool) {
        let turn = self.update(|data| {
            if data.phase == Phase::Failed {
                data.phase = Phase::Loading;
            }
            data.fetches += 1;
            data.fetches
        });
        spawn_local(async move {
            let Some(host) = self.host() else { return };
            let begun = host.generation();
            let answer = api::newest(&host).await;
            let behind = self.update(|data| {
                if Some(data.fetches) != turn {
                    return false;
                }
                match answer {
                    Ok(page) => {
                        let items = page.items().unwrap_or_default().iter().map(Entry::from).collect();
                        let seen_up_to = page.seen_up_to().map(whole);
                        let (snapshot, behind) = count(&host, page, &begun);
                        // The store's content was replaced while the answer was on its way.
                        if again && behind && host.generation() != begun {
                            return true;
                        }
                        // The line stays where it is while somebody looks, at the same generation.
                        let stays = data.open && data.phase == Phase::Ready && snapshot.generation == data.list.snapshot.generation;
                        data.list.fill(items, seen_up_to.filter(|_| !stays), snapshot);
                        if data.phase != Phase::Ready {
                            data.phase = Phase::Ready;
                            data.freshen(0.0);
                        }
                        return behind;
                    }
                    // An old list is better than none; the next event or opening tries again.
                    Err(Failed) if data.phase == Phase::Ready => {}
                    Err(Failed) => data.phase = Phase::Failed,
                }
                false
            });
            if self.data.try_with_untracked(|data| data.open) == Some(true) {
                self.complete();
            }
            // Something happened while the answer was on its way. It is asked for once more, not for ever.
            if again && behind == Some(true) {
                self.ask(false);
            } else {
                self.look();
            }
        });
    }

    /// Has the rest of the rows made once the first can be seen.
    fn complete(self) {
        spawn_local(async move {
            // It is never refused.
            let _ = JsFuture::from(host::painted()).await;
            self.update(|data| data.whole = true);
        });
    }

    /// Says that everything shown was looked at.
    fn look(self) {
        let looked = self.data.try_with_untracked(|data| {
            let Snapshot { sequence, counts, .. } = data.list.snapshot;
            (data.open && data.phase == Phase::Ready && counts.unseen > 0).then_some(sequence)
        });
        if let Some(Some(up_to)) = looked {
            // Said once, whether it is heard or not.
            self.data.try_update_untracked(|data| data.list.snapshot.counts.unseen = 0);
            self.send(Call::Seen(up_to), |_| {});
        }
    }

    fn item(self, index: usize) -> Option<Entry> {
        self.data.with_untracked(|data| data.list.items.get(index).cloned())
    }

    /// Tells the page that an item was chosen, and marks it read; whether its page may be opened.
    pub fn open(self, index: usize) -> bool {
        let (Some(host), Some(item)) = (self.host(), self.item(index)) else { return true };
        let allowed = host.choose(&item.id, &item.title, &item.url(&host), item.link);
        if !item.read {
            self.send(Call::Read(item.id), |list| list.items[index].read = true);
        }
        allowed
    }

    /// Puts an item away.
    pub fn dismiss(self, index: usize) {
        if let Some(item) = self.item(index) {
            self.send(Call::Dismiss(item.id), |list| drop(list.items.remove(index)));
        }
    }

    /// Marks everything read that could be seen.
    pub fn read_all(self) {
        if self.all_read() {
            return;
        }
        let up_to = self.data.with_untracked(|data| data.list.snapshot.sequence);
        self.send(Call::ReadAll(up_to), |list| list.items.iter_mut().for_each(|item| item.read = true));
    }

    /// Shows a change at once and sends it; when that fails, what was shown before is shown again.
    fn send(self, call: Call, change: impl FnOnce(&mut List)) {
        let before = self.update(|data| {
            data.failed = false;
            let before = data.list.clone();
            change(&mut data.list);
            before
        });
        spawn_local(async move {
            let (Some(host), Some(before)) = (self.host(), before) else { return };
            let begun = host.generation();
            let answer = api::call(&host, call).await;
            let unsure = self.update(|data| {
                let shown = data.list.snapshot.generation;
                match answer {
                    // The store's content was replaced, and the list is of what it was or is being fetched.
                    Ok(answer) if answer.unchecked_ref::<WireSnapshot>().generation() != shown => true,
                    Ok(answer) => {
                        let (snapshot, _) = count(&host, answer, &begun);
                        if snapshot.is_newer_than(&data.list.snapshot) {
                            data.list.snapshot = snapshot;
                        }
                        false
                    }
                    Err(Failed) => {
                        if before.snapshot.generation == shown {
                            data.list = before;
                        }
                        data.failed = true;
                        true
                    }
                }
            });
            if unsure == Some(true) {
                // Meanwhile more may have happened than the list knows.
                self.fetch();
            }
        });
    }
}

/// Tells the bell the snapshot that an answer holds among its own fields, and which generation it showed when the
/// answer was asked for; whether the bell knew a newer one.
fn count(host: &Host, answer: Message, begun: &JsValue) -> (Snapshot, bool) {
    let answer: JsValue = answer.into();
    let behind = host.count(&answer, begun);
    (Snapshot::from(answer.unchecked_ref::<WireSnapshot>()), behind)
}
