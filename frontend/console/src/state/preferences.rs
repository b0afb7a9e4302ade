//! Changes the person's preferences.

use campanile_shared::Preferences;
use leptos::prelude::*;

use super::{Session, State};
use crate::api::Result;

impl State {
    /// Replaces the person's preferences. They are shown at once, and restored if the server refuses them.
    pub async fn set_preferences(self, preferences: Preferences) -> Result<()> {
        let before = untrack(|| self.me()).map(|me| me.preferences);
        let show = |preferences: Preferences| {
            self.session.update(|session| {
                if let Session::SignedIn(me) = session {
                    me.preferences = preferences;
                }
            });
        };
        show(preferences.clone());
        let answer = self.handle_session_error(self.api().set_preferences(&preferences).await);
        if let (Err(_), Some(before)) = (&answer, before) {
            show(before);
        }
        answer.map(|_| ())
    }
}
