//! The document's title.

use leptos::prelude::*;

use crate::{
    i18n::{format, t},
    page::Page,
    reactive::{effect, memo},
    state::State,
};

/// Shows the page and the number of unread items in the document's title.
pub fn update_title(state: State, here: Memo<Option<Page>>) {
    let unread = memo(move || state.counts.with(|counts| counts.counts().unread));
    effect(move || {
        let page = match here.get() {
            Some(page) => format!("{} · {}", page.title(), t::app_name()),
            None => t::app_name(),
        };
        document().set_title(&match unread.get() {
            0 => page,
            unread => format!("({}) {page}", format::badge(unread)),
        });
    });
    on_cleanup(|| document().set_title(&t::app_name()));
}
