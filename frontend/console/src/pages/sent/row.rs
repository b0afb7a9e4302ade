//! A sent notification in the list.

use std::sync::Arc;

use campanile_shared::{Channel, sent::SentNotification as Notification, text};
use leptos::prelude::*;
use uuid::Uuid;

use super::{audience, content_language::in_console_language, correction::corrected_by_text, recall::recalled_by_text};
use crate::{
    components::{
        icon::Icon,
        sender_name::{SenderName, sender_label},
    },
    context::Clock,
    i18n::{
        format,
        names::{channel_name, severity_name},
        t,
    },
    page::sent_item_href,
    reactive::memo,
};

/// One notification in the list.
#[component]
pub fn SentRow(
    /// The notification.
    item: Arc<Notification>,
    /// The ID of the opened notification.
    open: Memo<Option<Uuid>>,
) -> impl IntoView {
    let Clock(now) = expect_context();
    let id = item.id;
    let current = memo(move || open.get() == Some(id));
    let content = in_console_language(&item.content);
    let title = content.map(|said| text::one_line(&said.title)).unwrap_or_default();
    let language = content.map(|said| said.language.to_string());
    let at = format::epoch_millis(&item.accepted_at);
    let recalled = item.recalled_at.is_some();
    let status = if recalled {
        Some(recalled_by_text(item.channel, item.recalled_by.as_deref()))
    } else {
        item.corrected_at.map(|_| corrected_by_text(item.corrected_by.as_deref()))
    };
    // An HTTP request has no severity.
    let icon = if item.channel == Channel::Http {
        view! { <span class="sent-severity">{Icon::ExternalLink.view()}</span> }.into_any()
    } else {
        view! {
            <span class=format!("sent-severity {}", item.severity.name())>
                {Icon::Severity(item.severity).view()} <span class="visually-hidden">{severity_name(item.severity)} ": "</span>
            </span>
        }
        .into_any()
    };
    view! {
        <li class="sent-row" class:current=current class:recalled=recalled data-item=id.to_string()>
            {icon}
            <a class="sent-title" dir="auto" lang=language href=sent_item_href(id) aria-current=move || current.get().then_some("true")>
                {title}
            </a>
            <time datetime=item.accepted_at.to_rfc3339() title=format::date_time_exact(at)>
                {move || format::list_time(at, now.get())}
            </time>
            <p class="sent-meta">
                {status.map(|mark| view! { <span>{mark}</span> })}
                {(item.channel != Channel::Portal).then(|| view! { <span>{channel_name(item.channel)}</span> })}
                {(!item.to.is_empty()).then(|| view! { <bdi>{t::sent_to(&audience::summary(&item.to))}</bdi> })}
                <SenderName text=t::detail_from(&sender_label(&item.sender, item.through.as_deref())) kind=item.sender_kind/>
            </p>
        </li>
    }
}
