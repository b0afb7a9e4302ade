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
    let unread = memo(move || item.with(|item| !item.state.read));
    // One effect for all that is shown: lines come and go by the dozen while a list is scrolled, and each
    // effect of each line would have to be made.
    let face = move || item.with(|item| face(item, href.get(), now.get(), current.get(), on_open));
    view! {
        <article class="row" class:unread=unread class:current=current>
            {face}
            <div class="row-actions">{children()}</div>
        </article>
    }
}

/// What is shown of an item.
fn face(item: &Item, href: String, now: format::Instant, current: bool, on_open: Callback<MouseEvent>) -> impl IntoView + use<> {
    let at = format::instant(&item.accepted_at);
    let language = item.language.to_string();
    let until = item.state.snoozed_until.as_ref().map(|until| t::snoozed_until(&format::moment(format::instant(until))));
    view! {
        <span class="row-dot">{(!item.state.read).then(|| view! { <span class="visually-hidden">{t::unread()} ", "</span> })}</span>
        <span class=format!("row-severity {}", item.severity.name())>
            {Icon::Severity(item.severity).view()} <span class="visually-hidden">{severity_name(item.severity)} ": "</span>
        </span>
        <a
            class="row-title"
            dir="auto"
            lang=language.clone()
            href=href
            aria-current=current.then_some("true")
            on:click=move |event| on_open.run(event)
        >
            {text::one_line(&item.title)}
        </a>
        <time datetime=item.accepted_at.to_rfc3339() title=format::exact(at)>
            {format::short(at, now)}
        </time>
        <p class="row-text" dir="auto" lang=language>
            {text::one_line(&item.description)}
        </p>
        <div class="row-meta">
            <bdi>{item.component.as_deref().map(text::one_line)}</bdi>
            {until.map(|until| view! { <span class="row-until">{until}</span> })}
        </div>
    }
}
