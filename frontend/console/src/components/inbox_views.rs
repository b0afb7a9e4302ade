//! The views of the inbox: their titles, URLs and saved names. The sidebar and the inbox page link to them.

use campanile_shared::{Filter, Me, View, text};
use leptos::prelude::*;

use crate::{i18n::t, inbox_url::InboxUrl, state::State};

/// The title of a view.
pub fn view_title(view: View) -> String {
    match view {
        View::Inbox => t::page_inbox(),
        View::Unread => t::unread(),
        View::Pinned => t::pinned(),
        View::Snoozed => t::snoozed(),
        View::Dismissed => t::dismissed(),
    }
}

/// The URL of a view of the inbox.
pub fn view_href(view: View) -> String {
    InboxUrl { filter: Filter::whole_view(view), item: None }.href()
}

/// The name of the saved view with this filter.
pub fn saved_view_name(state: State, filter: &Filter) -> Option<String> {
    let named = |me: &Me| me.preferences.views.iter().find(|view| view.filter == *filter).map(|view| text::one_line(&view.name));
    state.session.with(|session| session.me().and_then(named))
}
