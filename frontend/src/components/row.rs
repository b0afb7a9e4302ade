//! One notification as a line of a list: the same on the inbox page, on the bell, in the embedded
//! panel and in previews. It knows neither state nor server.

use std::sync::Arc;

use campanile_shared::{Item, Severity, text};
use leptos::{ev::MouseEvent, prelude::*};

use super::icon::Icon;
use crate::{
    i18n::{format, t},
    reactive::memo,
};

/// What a severity is called.
pub fn severity_name(severity: Severity) -> String {
    match severity {
        Severity::Information => t::severity_information(),
        Severity::Success => t::severity_success(),
        Severity::Warning => t::severity_warning(),
        Severity::Error => t::severity_error(),
    }
}

/// The line. `children` are what can be done with it, shown while it is pointed at or has the
/// focus.
#[component]
pub fn Row(
    /// The notification.
    #[prop(into)]
    item: Signal<Arc<Item>>,
    /// Where its title leads.
    #[prop(into)]
    href: Signal<String>,
    /// The moment that ages are told from.
    #[prop(into)]
    now: Signal<format::Instant>,
    /// Called when the title is followed; the event may be kept from doing so.
    on_open: Callback<MouseEvent>,
    /// Whether it is the one shown in full.
    #[prop(into, default = false.into())]
    current: Signal<bool>,
    /// What can be done with it.
    children: Children,
) -> impl IntoView {
    let severity = memo(move || item.with(|item| item.severity));
    let unread = memo(move || item.with(|item| !item.state.read));
    let title = memo(move || item.with(|item| text::one_line(&item.title)));
    let description = memo(move || item.with(|item| text::one_line(&item.description)));
    let component = memo(move || item.with(|item| item.component.as_deref().map(text::one_line)));
    let language = memo(move || item.with(|item| item.language.to_string()));
    let until = memo(move || item.with(|item| item.state.snoozed_until.as_ref().map(format::instant)));
    let at = memo(move || item.with(|item| format::instant(&item.accepted_at)));
    view! {
        <article class="row" class:unread=unread class:current=current>
            <span class="row-dot">
                <Show when=move || unread.get()>
                    <span class="visually-hidden">{t::unread()} ", "</span>
                </Show>
            </span>
            <span class=move || format!("row-severity {}", severity.get().name())>
                {move || Icon::Severity(severity.get()).view()} <span class="visually-hidden">{move || severity_name(severity.get())} ": "</span>
            </span>
            <a
                class="row-title"
                dir="auto"
                lang=language
                href=href
                aria-current=move || current.get().then_some("true")
                on:click=move |event| on_open.run(event)
            >
                {title}
            </a>
            <time datetime=move || item.with(|item| item.accepted_at.to_rfc3339()) title=move || format::exact(at.get())>
                {move || format::short(at.get(), now.get())}
            </time>
            <p class="row-text" dir="auto" lang=language>
                {description}
            </p>
            <div class="row-meta">
                <bdi>{component}</bdi>
                {move || until.get().map(|at| view! { <span class="row-until">{t::snoozed_until(&format::moment(at))}</span> })}
            </div>
            <div class="row-actions">{children()}</div>
        </article>
    }
}
