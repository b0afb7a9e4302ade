//! Which items the person has seen, and where the line between new and known items is.

use leptos::{prelude::*, task::spawn_local};

use super::State;
use crate::lazy::lazy;

lazy! {
    /// Marks items up to a sequence as seen, on the server.
    after_first_paint::load_send_seen: fn(State, u64) = State::send_seen
}

impl State {
    /// The person looks at the newest items. They are marked as seen on the server. The line between new and
    /// known items stays in place until [`State::end_viewing`].
    pub fn begin_viewing(self) {
        let (unseen, up_to) = self.counts.with_untracked(|counts| (counts.counts().unseen, counts.confirmed_snapshot().sequence));
        self.viewed_up_to.set_value(up_to);
        if unseen == 0 {
            return;
        }
        spawn_local(async move {
            // A failure is ignored: the next look reports a higher sequence.
            if let Ok(tell) = load_send_seen().await {
                tell(self, up_to);
            }
        });
    }

    fn send_seen(self, up_to: u64) {
        let asked = self.generation();
        spawn_local(async move {
            if let Ok(snapshot) = self.handle_session_error(self.api().mark_seen(up_to).await) {
                self.apply_answer_snapshot(asked, snapshot);
            }
        });
    }

    /// The person stops looking: the items they saw are no longer new.
    pub fn end_viewing(self) {
        let up_to = self.viewed_up_to.get_value();
        for list in [self.newest, self.inbox] {
            // The lists are gone after sign-out.
            let _ = list.try_update(|list| list.seen_up_to = list.seen_up_to.max(up_to));
        }
    }
}
