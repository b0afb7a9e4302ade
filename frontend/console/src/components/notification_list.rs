//! The newest notifications, as the bell and the embedded panel list them. A line separates new items from
//! known ones. The component knows neither state nor server.

use std::{collections::HashMap, sync::Arc};

use campanile_shared::{Item, text};
use leptos::{ev::KeyboardEvent, prelude::*};
use uuid::Uuid;

use super::{icon::Icon, notification_row::NotificationRow};
use crate::{
    i18n::{format, t},
    reactive::memo,
};

/// The item above the line: the last new one, if a known one follows.
pub fn last_new(items: &[Arc<Item>], seen_up_to: u64) -> Option<Uuid> {
    // Resurfaced items are older, but above the new ones.
    let last = items.iter().rposition(|item| item.sequence > seen_up_to)?;
    items.get(last + 1).map(|_| items[last].id)
}

/// The list.
#[component]
pub fn NotificationList(
    /// The notifications, the newest first.
    #[prop(into)]
    items: Signal<Vec<Arc<Item>>>,
    /// Items with a higher sequence are new.
    #[prop(into)]
    seen_up_to: Signal<u64>,
    /// The current time, for ages.
    #[prop(into)]
    now: Signal<format::EpochMillis>,
    /// The URL of an item's page.
    href: Callback<Uuid, String>,
    /// Called when an item is opened.
    on_open: Callback<Arc<Item>>,
    /// Called when an item is dismissed.
    on_dismiss: Callback<Arc<Item>>,
) -> impl IntoView {
    let by_id = memo(move || items.with(|items| items.iter().map(|item| (item.id, Arc::clone(item))).collect::<HashMap<_, _>>()));
    let line_below = memo(move || items.with(|items| last_new(items, seen_up_to.get())));
    let entry = move |first: Arc<Item>| {
        let id = first.id;
        let item = Memo::new(move |before: Option<&Arc<Item>>| {
            // A removed item keeps its last state until its row is gone.
            by_id.with(|items| items.get(&id).or(before).unwrap_or(&first).clone())
        });
        let dismiss = move || on_dismiss.run(item.get_untracked());
        let keys = move |event: KeyboardEvent| {
            let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
            if plain && matches!(event.key().as_str(), "e" | "Delete") {
                event.prevent_default();
                focus_neighbour(&event);
                dismiss();
            }
        };
        let name = move || item.with(|item| t::dismiss_item(&text::one_line(&item.title)));
        view! {
            <li on:keydown=keys>
                <NotificationRow item href=href.run(id) now on_open=Callback::new(move |_| on_open.run(item.get_untracked()))>
                    <button class="icon-button" type="button" tabindex="-1" title=t::dismiss() aria-label=name on:click=move |_| dismiss()>
                        {Icon::Check.view()}
                    </button>
                </NotificationRow>
                <Show when=move || line_below.get() == Some(id)>
                    <p class="new-items-line">{t::bell_new_above()}</p>
                </Show>
            </li>
        }
    };
    view! {
        <ul class="notification-list" role="list">
            <For each=move || items.get() key=|item| item.id children=entry/>
        </ul>
    }
}

/// Moves the focus to a neighbour before the row is removed.
fn focus_neighbour(event: &KeyboardEvent) {
    use wasm_bindgen::JsCast;
    let line = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let neighbour = line.and_then(|line| line.next_element_sibling().or_else(|| line.previous_element_sibling()));
    let title = neighbour.and_then(|line| line.query_selector(".row-title").ok().flatten());
    if let Some(title) = title.and_then(|title| title.dyn_into::<web_sys::HtmlElement>().ok()) {
        // If the focus cannot move, nothing needs to be reported.
        let _ = title.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::item_list::tests::item;
    use campanile_shared::Severity;

    #[test]
    fn the_line_separates_new_from_known() {
        let items: Vec<_> = [9, 7, 3].map(|sequence| Arc::new(item(sequence, Severity::Error))).into();
        let below = |seen_up_to| last_new(&items, seen_up_to).map(|id| id.as_u128());
        assert_eq!(below(7), Some(9));
        assert_eq!(below(5), Some(7));
        assert_eq!(below(9), None, "nothing is new");
        assert_eq!(below(0), None, "everything is new");
    }
}
