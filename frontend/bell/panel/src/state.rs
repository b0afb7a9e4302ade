//! The panel's data. It is the only caller of `api` and does not know how the data are shown.

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
    api::{self, Call, CallError},
    host::{self, BellElement, Texts},
    list::{AfterEvent, InboxEvent, ItemChange, List},
    wire::{Message, PanelItem, WireSnapshot, to_integer},
};

/// The loading state of the list.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Phase {
    /// Being loaded for the first time.
    #[default]
    Loading,
    /// Loaded.
    Ready,
    /// Loading failed.
    Failed,
}

/// All data in one signal. Each further type of signal adds a kilobyte to the program.
#[derive(Default)]
pub struct PanelData {
    /// The list.
    pub list: List,
    /// When the rows were created, in milliseconds since 1970. Their ages are of this time.
    pub rendered_at: f64,
    /// Whether the rows below the first visible ones are created too.
    pub all_rows: bool,
    phase: Phase,
    open: bool,
    /// The state of the live connection.
    connection: String,
    /// Whether the last change failed and was reverted.
    failed: bool,
    /// The number of requests for the list. Only the newest answer counts.
    fetches: u32,
}

/// The age in milliseconds from which the rows are created again when the panel opens.
const MAX_AGE_DRIFT: f64 = 30_000.0;

impl PanelData {
    /// Creates the rows again if they are at least this old, in milliseconds.
    fn refresh_ages(&mut self, stale: f64) {
        let now = Date::now();
        if now - self.rendered_at >= stale {
            self.rendered_at = now;
            self.all_rows = false;
        }
    }
}

/// The state of a panel, as a handle that can be copied.
#[derive(Clone, Copy)]
pub struct State {
    /// The data.
    pub data: RwSignal<PanelData>,
    context: StoredValue<(BellElement, Texts), LocalStorage>,
}

impl State {
    /// An empty state.
    pub fn new(host: BellElement, words: Texts) -> Self {
        Self { data: RwSignal::default(), context: StoredValue::new_local((host, words)) }
    }

    /// The element; `None` after the panel was removed.
    pub fn host(self) -> Option<BellElement> {
        self.context.try_with_value(|(host, _)| host.clone())
    }

    /// The element and the texts of its language.
    pub fn context(self) -> (BellElement, Texts) {
        self.context.get_value()
    }

    fn update<Answer>(self, change: impl FnOnce(&mut PanelData) -> Answer) -> Option<Answer> {
        self.data.try_update(change)
    }

    /// The panel is about to be shown, or was hidden.
    pub fn toggle(self, open: bool) {
        let phase = self.update(|data| {
            data.open = open;
            if open {
                data.refresh_ages(MAX_AGE_DRIFT);
            } else {
                // Items that the person saw are not new at the next opening.
                data.list.seen_up_to = data.list.snapshot.sequence;
            }
            data.phase
        });
        match phase {
            Some(Phase::Ready) if open => {
                self.render_remaining_rows();
                self.mark_seen();
            }
            Some(Phase::Failed) if open => self.fetch(),
            _ => {}
        }
    }

    /// Sets the state of the live connection.
    pub fn connection(self, name: &str) {
        self.update(|data| name.clone_into(&mut data.connection));
    }

    /// Whether no item is unread.
    pub fn all_read(self) -> bool {
        self.data.with(|PanelData { list, .. }| list.snapshot.counts.unread == 0 && list.items.iter().all(|item| item.read))
    }

    /// The panel's CSS class. The style sheet shows one of the panel's parts by it.
    pub fn class(self) -> String {
        self.data.with(|data| {
            let body = match data.phase {
                Phase::Ready if data.list.items.is_empty() => " is-empty ",
                Phase::Ready => " is-list ",
                Phase::Loading => " is-loading ",
                Phase::Failed => " is-load-error ",
            };
            ["panel", body, "is-", &data.connection, if data.failed { " is-failed" } else { "" }].concat()
        })
    }

    /// Handles a live event. Before the first opening there is no list to update.
    pub fn receive(self, event: &Message) {
        let Some(snapshot) = event.snapshot() else { return };
        let next = self.update(|data| {
            if data.phase != Phase::Ready {
                // An answer of another generation will then be requested again.
                data.list.snapshot.generation = snapshot.generation();
                return AfterEvent::Done;
            }
            let news = match (event.event().as_deref(), event.item(), event.changes()) {
                (Some("arrived"), Some(item), _) => InboxEvent::Arrived(PanelItem::from(&item)),
                (Some("changed"), _, Some(changes)) => InboxEvent::Changed(changes.iter().map(ItemChange::from).collect()),
                (Some("hello"), ..) => InboxEvent::Hello,
                _ => InboxEvent::Reset,
            };
            data.list.apply_event(news, (&snapshot).into())
        });
        match next {
            Some(AfterEvent::Fetch) => self.fetch(),
            _ => self.mark_seen(),
        }
    }

    /// Loads the list.
    pub fn fetch(self) {
        self.fetch_list(true);
    }

    /// Loads the list. With `again`, it is loaded once more if the bell knows a newer snapshot by then.
    fn fetch_list(self, again: bool) {
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
                        let items = page.items().unwrap_or_default().iter().map(PanelItem::from).collect();
                        let seen_up_to = page.seen_up_to().map(to_integer);
                        let (snapshot, behind) = report_counts(&host, page, &begun);
                        // The store has another generation since the request.
                        if again && behind && host.generation() != begun {
                            return true;
                        }
                        // The line stays in place while the panel is open, within a generation.
                        let stays = data.open && data.phase == Phase::Ready && snapshot.generation == data.list.snapshot.generation;
                        data.list.fill(items, seen_up_to.filter(|_| !stays), snapshot);
                        if data.phase != Phase::Ready {
                            data.phase = Phase::Ready;
                            data.refresh_ages(0.0);
                        }
                        return behind;
                    }
                    // The old list stays. The next event or opening tries again.
                    Err(CallError) if data.phase == Phase::Ready => {}
                    Err(CallError) => data.phase = Phase::Failed,
                }
                false
            });
            if self.data.try_with_untracked(|data| data.open) == Some(true) {
                self.render_remaining_rows();
            }
            // The inbox changed while the answer was on its way. The list is loaded once more, not in a loop.
            if again && behind == Some(true) {
                self.fetch_list(false);
            } else {
                self.mark_seen();
            }
        });
    }

    /// Creates the remaining rows after the first ones are painted.
    fn render_remaining_rows(self) {
        spawn_local(async move {
            // This promise is never rejected.
            let _ = JsFuture::from(host::painted()).await;
            self.update(|data| data.all_rows = true);
        });
    }

    /// Marks the shown items as seen.
    fn mark_seen(self) {
        let looked = self.data.try_with_untracked(|data| {
            let Snapshot { sequence, counts, .. } = data.list.snapshot;
            (data.open && data.phase == Phase::Ready && counts.unseen > 0).then_some(sequence)
        });
        if let Some(Some(up_to)) = looked {
            // This is sent once, whether or not it succeeds.
            self.data.try_update_untracked(|data| data.list.snapshot.counts.unseen = 0);
            self.send(Call::Seen(up_to), |_| {});
        }
    }

    fn item(self, index: usize) -> Option<PanelItem> {
        self.data.with_untracked(|data| data.list.items.get(index).cloned())
    }

    /// Fires `campanile-item` and marks the item as read. Returns whether the item's page may be opened.
    pub fn open(self, index: usize) -> bool {
        let (Some(host), Some(item)) = (self.host(), self.item(index)) else { return true };
        let allowed = host.choose(&item.id, &item.title, &item.url(&host), item.link);
        if !item.read {
            self.send(Call::Read(item.id), |list| list.items[index].read = true);
        }
        allowed
    }

    /// Dismisses an item.
    pub fn dismiss(self, index: usize) {
        if let Some(item) = self.item(index) {
            self.send(Call::Dismiss(item.id), |list| drop(list.items.remove(index)));
        }
    }

    /// Marks all items as read that the person could see.
    pub fn read_all(self) {
        if self.all_read() {
            return;
        }
        let up_to = self.data.with_untracked(|data| data.list.snapshot.sequence);
        self.send(Call::ReadAll(up_to), |list| list.items.iter_mut().for_each(|item| item.read = true));
    }

    /// Shows a change at once and sends it. If the server refuses it, the old list is shown again.
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
                    // The list is of another generation than the answer, or is being loaded.
                    Ok(answer) if answer.unchecked_ref::<WireSnapshot>().generation() != shown => true,
                    Ok(answer) => {
                        let (snapshot, _) = report_counts(&host, answer, &begun);
                        if snapshot.is_newer_than(&data.list.snapshot) {
                            data.list.snapshot = snapshot;
                        }
                        false
                    }
                    Err(CallError) => {
                        if before.snapshot.generation == shown {
                            data.list = before;
                        }
                        data.failed = true;
                        true
                    }
                }
            });
            if unsure == Some(true) {
                // The inbox may have changed in a way that the list does not have.
                self.fetch();
            }
        });
    }
}

/// Passes the snapshot of an answer to the bell, with the generation that was shown at the request. Returns the
/// snapshot, and whether the bell has a newer one.
fn report_counts(host: &BellElement, answer: Message, begun: &JsValue) -> (Snapshot, bool) {
    let answer: JsValue = answer.into();
    let behind = host.count(&answer, begun);
    (Snapshot::from(answer.unchecked_ref::<WireSnapshot>()), behind)
}
