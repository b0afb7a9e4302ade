//! A row of the list: the notification with its checkbox, its buttons and the size of its group.

use std::sync::Arc;

use campanile_shared::{inbox::Action, text};
use leptos::{ev, prelude::*};
use uuid::Uuid;
use wasm_bindgen::JsCast;

use super::{
    action_buttons::{BUTTON_SLOTS, action_button},
    context::InboxContext,
    grouping::group_key,
    item_actions::UserInput,
    row_pool::PooledRow,
    virtual_list::Heading,
};
use crate::{
    components::{icon::Icon, notification_row::NotificationRow},
    context::Clock,
    i18n::{format, t},
    reactive::memo,
    state::item_list::Section,
};

/// A length in CSS pixels.
pub fn css_px(distance: i32) -> String {
    format!("{distance}px")
}

/// A row of the list, with the heading of its day or section if it is the first one below it.
#[component]
pub fn ItemRow(
    /// The pooled row, and what it shows.
    row: PooledRow,
    /// The key of the last row with a new item; the line “new above” is below it.
    last_new: Memo<Option<Uuid>>,
) -> impl IntoView {
    let (content, idle) = (RwSignal::from(row.content), RwSignal::from(row.idle));
    let context: InboxContext = expect_context();
    let state = context.state;
    let Clock(now) = expect_context();
    let item = memo(move || content.with(|content| Arc::clone(&content.row.item)));
    let id = memo(move || content.with(|content| content.row.item.id));
    let key = memo(move || content.with(|content| content.row.key()));
    let group = memo(move || content.with(|content| (content.row.group_size(), !content.row.collapsed().is_empty())));
    let heading = memo(move || content.with(|content| content.heading));
    let title = memo(move || item.with(|item| text::one_line(&item.title)));
    let href = memo(move || context.url_state.with(|place| place.with_item(Some(id.get())).href()));
    let current = memo(move || context.url_state.with(|place| place.item == Some(id.get())));
    let selected = memo(move || context.selection.with(|selection| selection.contains(id.get())));
    let item_state = memo(move || item.with(|item| item.state));
    let select = move |range: bool| {
        let (id, order) = (id.get_untracked(), context.item_ids());
        let ids = context.group_of(id);
        context.selection.update(|selection| if range { selection.extend_to(id, &order) } else { selection.toggle_group(&ids, &order) });
        context.active_item.set(Some(id));
    };
    let open_item = move |event: ev::MouseEvent| {
        if event.shift_key() {
            event.prevent_default();
            select(true);
        } else {
            context.active_item.set(Some(id.get_untracked()));
        }
    };
    let checked = move |event: ev::MouseEvent| {
        select(event.shift_key());
        // The checkbox shows the selection, which may differ from what the click made of it.
        let checked = context.selection.with_untracked(|selection| selection.contains(id.get_untracked()));
        if let Some(input) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok()) {
            input.set_checked(checked);
        }
    };
    // Every state has the same number of buttons, so that a button keeps the focus when its action changes.
    // The title is the row's only tab stop. Keys do the same as the buttons, and arrows lead to them.
    let button = move |slot: usize| {
        let action = move || action_button(slot, item_state.get());
        view! {
            <button
                class="icon-button"
                type="button"
                tabindex="-1"
                hidden=move || action().is_none()
                title=move || action().map(|(_, _, name)| name())
                aria-label=move || action().map(|(action, ..)| title.with(|title| action_label(action, title)))
                on:click=move |_| context.handle(UserInput::Button(action_button(slot, item_state.get_untracked()), context.group_of(id.get_untracked())))
            >
                {Icon::dynamic(move || action().map_or(Icon::Check, |(_, icon, _)| icon))}
            </button>
        }
    };
    let buttons = (0..BUTTON_SLOTS).rev().map(button).collect_view();
    let row_count = move || {
        state
            .inbox
            .with(|list| if list.next.is_some() { -1 } else { i64::try_from(context.layout.with(|layout| layout.len())).unwrap_or(-1) })
    };
    let toggle_group = move |_| {
        let group_key = item.with_untracked(|item| group_key(item));
        context.expanded_groups.update(|unfolded| match unfolded.iter().position(|known| *known == group_key) {
            Some(place) => drop(unfolded.swap_remove(place)),
            None => unfolded.push(group_key),
        });
    };
    view! {
        <li
            hidden=idle
            style:top=move || css_px(content.with(|content| content.row.top()))
            data-item=move || (!idle.get()).then(|| id.get().to_string())
            aria-setsize=move || row_count().to_string()
            aria-posinset=move || content.with(|content| (content.index + 1).to_string())
        >
            {move || heading.get().map(|heading| view! { <h2 class="inbox-day">{move || heading_text(heading, now.get())}</h2> })}
            <div
            class="inbox-line"
            class:selected=selected
            class:selecting=move || context.select_mode.get() || context.selection.with(|selection| !selection.is_empty())
            on:focusin=move |_| context.active_item.set(Some(id.get_untracked()))
        >
            <NotificationRow item href now current on_open=Callback::new(open_item)>
                {buttons}
            </NotificationRow>
            <Show when=move || { group.get().0 > 1 }>
                <button
                    class="inbox-fold chip"
                    type="button"
                    tabindex="-1"
                    aria-expanded=move || (!group.get().1).to_string()
                    aria-label=move || title.with(|title| t::storm(group.get().0, title))
                    on:click=toggle_group
                >
                    <bdi>"×" {move || format::number(f64::from(group.get().0))}</bdi>
                </button>
            </Show>
            <label class="inbox-check">
                <input
                    type="checkbox"
                    tabindex="-1"
                    prop:checked=selected
                    aria-label=move || title.with(|title| t::select_item(title))
                    on:click=checked
                />
            </label>
            </div>
            <Show when=move || last_new.get() == Some(key.get())>
                <p class="inbox-new-line">{t::bell_new_above()}</p>
            </Show>
        </li>
    }
}

fn heading_text(heading: Heading, now: format::EpochMillis) -> String {
    match heading {
        Heading::Section(Section::Pinned) => t::pinned(),
        Heading::Section(_) => t::returned(),
        Heading::Day(at) => format::day_heading(at, now),
    }
}

/// The label of an action with the item's title, for screen readers.
fn action_label(action: Action, title: &str) -> String {
    match action {
        Action::Read => t::mark_read_item(title),
        Action::Unread => t::mark_unread_item(title),
        Action::Dismiss => t::dismiss_item(title),
        Action::Restore => t::restore_item(title),
        Action::Snooze => t::snooze_item(title),
        Action::Unsnooze => t::unsnooze_item(title),
        Action::Pin => t::pin_item(title),
        Action::Unpin => t::unpin_item(title),
    }
}
