//! The opened notification, beside the list or instead of it.

use std::sync::Arc;

use campanile_shared::Item;
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};
use uuid::Uuid;

use super::{context::InboxContext, notification_article::NotificationArticle};
use crate::{
    api::Error,
    components::{icon::Icon, load_error::LoadErrorView},
    error_text,
    i18n::t,
    lazy::view::lazy_view,
    reactive::memo,
};

lazy_view! {
    /// The opened notification, loaded on demand.
    after_first_paint::load_notification_detail: LazyNotificationDetail(id: Uuid) = view! { <NotificationDetail id/> }
}

/// The opened notification. Until it is fetched in full, it shows what the list has.
#[component]
pub fn NotificationDetail(
    /// The notification's ID.
    id: Uuid,
) -> impl IntoView {
    let context: InboxContext = expect_context();
    let state = context.state;
    let load_error = RwSignal::new(None::<Error>);
    let item = memo(move || {
        let full = state.open_item.get().filter(|item| item.id == id);
        full.or_else(|| state.inbox.with(|list| list.get(id).cloned())).or_else(|| state.newest.with(|list| list.get(id).cloned()))
    });
    if let Some(item) = item.get_untracked() {
        state.mark_opened(&item);
    }
    let load = move || {
        load_error.set(None);
        spawn_local_scoped_with_cancellation(async move {
            match state.item(id).await {
                // The state on the page is newer: it has changes that the answer may not include.
                Ok(full) => match item.get_untracked() {
                    Some(known) => state.open_item.set(Some(Arc::new(Item { state: known.state, ..full }))),
                    None => {
                        let full = Arc::new(full);
                        state.open_item.set(Some(Arc::clone(&full)));
                        state.mark_opened(&full);
                    }
                },
                Err(error) => load_error.set(Some(error)),
            }
        });
    };
    load();
    // Not the item itself: a change of its state must not render the article again while it is read.
    let is_loaded = memo(move || item.with(Option::is_some));
    // A notification that was recalled while it is shown is fetched again. The answer is 404, which the page
    // shows.
    Effect::new(move |before: Option<bool>| {
        let now = is_loaded.get();
        if before == Some(true) && !now {
            load();
        }
        now
    });
    // Whatever closes the detail, the focus returns from it to the list.
    on_cleanup(move || {
        let active = document().active_element();
        let was_here =
            active.is_none_or(|active| active.tag_name() == "BODY" || active.closest(".detail").is_ok_and(|detail| detail.is_some()));
        if was_here && context.url_state.with_untracked(|place| place.item.is_none()) {
            context.active_item.set(Some(id));
            context.scroll_to.set(Some((id, true)));
        }
    });
    let back_href = memo(move || context.url_state.with(|place| place.with_item(None).href()));
    view! {
        <a class="detail-back quiet" href=back_href>
            {Icon::Back.view()}
            {t::back()}
        </a>
        {move || match (is_loaded.get(), load_error.get()) {
            (true, _) => view! { <NotificationArticle item/> }.into_any(),
            (false, Some(error)) if error.status() == Some(404) => {
                view! { <div class="blank" role="alert"><strong>{t::detail_gone()}</strong> <p>{t::detail_gone_hint()}</p></div> }.into_any()
            }
            (false, Some(error)) => {
                view! {
                    <LoadErrorView text=error_text::explain(&error) on_retry=Callback::new(move |()| load())/>
                }
                    .into_any()
            }
            (false, None) => {
                view! {
                    <div class="skeleton detail-skeleton" role="status">
                        <span class="visually-hidden">{t::loading()}</span>
                        <i></i>
                        <i></i>
                        <i></i>
                    </div>
                }
                    .into_any()
            }
        }}
    }
}
