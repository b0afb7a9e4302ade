//! Saves preferences in the order of the changes: one request at a time, the newest state last.

use campanile_shared::Preferences;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    error_text,
    i18n::t,
    reactive::memo,
    state::{State, Toast},
};

/// Saves preferences. A handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct PreferencesSaver {
    state: State,
    /// The preferences to save next, and whether a request is in progress.
    pending: Pending,
}

type Pending = StoredValue<(Option<Preferences>, bool)>;

impl PreferencesSaver {
    /// A saver without pending changes.
    pub fn new() -> Self {
        Self { state: State::expect(), pending: StoredValue::new((None, false)) }
    }

    /// A value of the preferences, as a memo.
    pub fn get<T: PartialEq + Send + Sync + 'static>(self, read: impl Fn(&Preferences) -> T + Send + Sync + 'static) -> Memo<T> {
        let state = self.state;
        memo(move || {
            state.session.with(|session| match session.me() {
                Some(me) => read(&me.preferences),
                None => read(&Preferences::default()),
            })
        })
    }

    /// Changes the preferences. The request follows, after those in progress.
    pub fn save(self, change: impl FnOnce(&mut Preferences)) {
        let shown = || self.state.session.with_untracked(|session| session.me().map(|me| me.preferences.clone()));
        let Some(mut preferences) = self.pending.with_value(|(wanted, _)| wanted.clone()).or_else(shown) else { return };
        change(&mut preferences);
        let busy = self.pending.try_update_value(|(wanted, busy)| {
            *wanted = Some(preferences);
            std::mem::replace(busy, true)
        });
        if busy == Some(false) {
            // The change is saved even if the page is left at once.
            spawn_local(self.send_pending());
        }
    }

    async fn send_pending(self) {
        let Self { state, pending: wanted } = self;
        while let Some(preferences) = wanted
            .try_update_value(|(wanted, busy)| {
                *busy = wanted.is_some();
                wanted.take()
            })
            .flatten()
        {
            let answer = state.set_preferences(preferences).await;
            let (text, failed) = match &answer {
                Ok(()) => (t::settings_saved(), false),
                Err(error) => (t::settings_not_saved(&error_text::explain(error)), true),
            };
            state.toast.set(Some(Toast { text, undo: None, failed }));
        }
    }
}
