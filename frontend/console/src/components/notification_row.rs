//! A notification as a row of a list: on the inbox page, in the bell, in the embedded panel and in previews.
//! The component knows neither state nor server.

use std::sync::Arc;

use campanile_shared::{Item, text};
use leptos::{ev::MouseEvent, prelude::*};

use super::icon::Icon;
use crate::{
    i18n::{format, names::severity_name, t},
    reactive::memo,
};

/// The row. `children` are its actions, shown on hover and focus.
#[component]
pub fn NotificationRow(
    /// The notification.
    #[prop(into)]
    item: Signal<Arc<Item>>,
    /// The URL of its title.
    #[prop(into)]
    href: Signal<String>,
    /// The current time, for ages.
    #[prop(into)]
    now: Signal<format::EpochMillis>,
    /// Called when the title is clicked. The event can be cancelled.
    on_open: Callback<MouseEvent>,
    /// Whether it is the item that is shown in full.
    #[prop(into, default = false.into())]
    current: Signal<bool>,
    /// The actions.
    children: Children,
) -> impl IntoView {
    let unread = memo(move || item.with(|item| !item.state.read));
    let severity = memo(move || item.with(|item| item.severity));
    let language = memo(move || item.with(|item| item.language.to_string()));
    let at = memo(move || item.with(|item| format::epoch_millis(&item.accepted_at)));
    let until = move || {
        let until = item.with(|item| item.state.snoozed_until.as_ref().map(format::epoch_millis));
        until.map_or_else(String::new, |until| t::snoozed_until(&format::date_time(until)))
    };
    // Each part is updated by itself. When a list is scrolled, dozens of rows change in every frame, and
    // setting the attributes of new elements would take most of the time.
    view! {
        <article class="row" class:unread=unread class:current=current>
            <span class="row-dot">
                <span class="visually-hidden">{move || if unread.get() { t::unread() + ", " } else { String::new() }}</span>
            </span>
            <span class=move || format!("row-severity {}", severity.get().name())>
                {Icon::dynamic(move || Icon::Severity(severity.get()))}
                <span class="visually-hidden">{move || severity_name(severity.get()) + ": "}</span>
            </span>
            <a
                class="row-title"
                dir="auto"
                lang=language
                href=href
                aria-current=move || current.get().then_some("true")
                on:click=move |event| on_open.run(event)
            >
                {move || item.with(|item| text::one_line(&item.title))}
            </a>
            <time datetime=move || item.with(|item| item.accepted_at.to_rfc3339()) title=move || format::date_time_exact(at.get())>
                {move || format::list_time(at.get(), now.get())}
            </time>
            <p class="row-text" dir="auto" lang=language>
                {move || item.with(|item| text::one_line(&item.description))}
            </p>
            <div class="row-meta">
                <bdi>{move || item.with(|item| item.component.as_deref().map(text::one_line).unwrap_or_default())}</bdi>
                <span class="row-until">{until}</span>
            </div>
            <div class="row-actions">{children()}</div>
        </article>
    }
}
