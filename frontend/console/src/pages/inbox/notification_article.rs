//! A notification in full: its text, its facts, its buttons and attachments.

use std::sync::Arc;

use campanile_shared::{Content, Item, Priority, text};
use chrono::{DateTime, Utc};
use leptos::{html, prelude::*};

use super::{
    action_buttons::{BUTTON_SLOTS, action_button},
    attachments::attachment_list,
    context::InboxContext,
    notification_buttons::NotificationButtons,
    previous_next::PreviousNext,
    why_received::why_received,
};
use crate::{
    components::{icon::Icon, link_card::LinkCard, sender_name::sender_label},
    i18n::{
        format,
        names::{priority_name, severity_name},
        t,
    },
    lazy::view::lazy_view,
    reactive::{effect, memo},
};

lazy_view! {
    /// The notification in full, loaded on demand.
    after_first_paint::load_notification_article: LazyNotificationArticle(item: Memo<Option<Arc<Item>>>) = view! { <NotificationArticle item/> }
}

/// The content in one language; `None` is the person's own.
fn content_in(item: &Item, language: Option<usize>) -> Content {
    let chosen = match language {
        Some(index) => item.content.get(index),
        None => item.content.iter().find(|content| content.language == item.language),
    };
    chosen.cloned().unwrap_or_else(|| Content {
        language: item.language.clone(),
        title: item.title.clone(),
        description: item.description.clone(),
        link: item.link.clone(),
    })
}

/// The notification in full. Without an inbox around it, it is a preview and has no actions.
#[component]
pub fn NotificationArticle(
    /// The notification. It is `Some` as long as this component is shown.
    item: Memo<Option<Arc<Item>>>,
) -> impl IntoView {
    let context = use_context::<InboxContext>();
    let heading = NodeRef::<html::H2>::new();
    let language = RwSignal::new(None::<usize>);
    let id_and_state = memo(move || item.with(|item| item.as_deref().map(|item| (item.id, item.state))));
    let content = memo(move || item.with(|item| item.as_deref().map(|item| content_in(item, language.get()))));
    let facts = move || item.with(|item| item.as_deref().map(metadata));
    let link = memo(move || content.with(|content| content.as_ref().and_then(|content| content.link.clone())));
    let button = move |context: InboxContext, slot: usize| {
        let action = memo(move || id_and_state.get().and_then(|(id, state)| Some((id, action_button(slot, state)?))));
        let act = move |_| {
            if let Some((id, choice)) = action.get_untracked() {
                context.apply_button(Some(choice), vec![id]);
            }
        };
        view! {
            <button class="quiet" type="button" hidden=move || action.get().is_none() on:click=act>
                {move || action.get().map(|(_, (_, icon, _))| icon.view())}
                {move || action.get().map(|(_, (_, _, name))| name())}
            </button>
        }
    };
    // On narrow screens the detail replaces the list. Focusing the heading makes a screen reader announce that. The
    // same holds for a notification that was opened in the bell's panel.
    effect(move || {
        let replaces_list = || window().match_media("(max-width: 900px)").ok().flatten().is_some_and(|query| query.matches());
        let from_bell = || document().active_element().is_some_and(|active| active.matches(".bell").unwrap_or_default());
        if let Some(heading) = heading.get()
            && context.is_some()
            && (replaces_list() || from_bell())
        {
            // The heading may have left the page; then nothing is focused.
            let _ = heading.focus();
        }
    });
    let languages = move || {
        let shown = content.with(|content| content.as_ref().map(|content| content.language.clone()));
        let others: Vec<_> = item.with(|item| {
            let contents = item.as_deref().map(|item| item.content.as_slice()).unwrap_or_default();
            contents.iter().map(|content| content.language.clone()).enumerate().filter(|(_, other)| Some(other) != shown.as_ref()).collect()
        });
        (!others.is_empty()).then(|| {
            let button = |(index, tag): (usize, campanile_shared::Language)| {
                view! {
                    <button type="button" on:click=move |_| language.set(Some(index))>
                        {format::language_name(&tag)}
                    </button>
                }
            };
            view! { <p class="detail-languages">{t::detail_also_in()} ": " {others.into_iter().map(button).collect_view()}</p> }
        })
    };
    view! {
        <article>
            {context.map(|context| {
                view! {
                    <div class="detail-bar">
                        {(0..BUTTON_SLOTS).map(|place| button(context, place)).collect_view()} <PreviousNext context item/>
                    </div>
                }
            })}
            <h2 node_ref=heading tabindex="-1" dir="auto" lang=move || content_language(content)>
                {move || content.with(|content| content.as_ref().map(|content| text::one_line(&content.title)))}
            </h2>
            <div class="detail-facts">{facts}</div>
            <p class="detail-text" dir="auto" lang=move || content_language(content)>
                {move || content.with(|content| content.as_ref().map(|content| text::multi_line(&content.description)))}
            </p>
            {move || link.get().map(|link| view! { <LinkCard link sign=Icon::ExternalLink name=t::detail_open_link()/> })}
            <NotificationButtons item/>
            {move || item.with(|item| item.as_deref().map(|item| attachment_list(item.id, &item.attachments)))}
            {languages}
            {move || item.with(|item| item.as_deref().and_then(|item| item.why.as_deref().map(|why| why_received(why, &sender_label(&item.sender, item.through.as_deref())))))}
        </article>
    }
}

fn content_language(content: Memo<Option<Content>>) -> Option<String> {
    content.with(|content| content.as_ref().map(|content| content.language.to_string()))
}

/// When the notification was corrected, and by whom if that is known.
fn correction_text(by: Option<&str>, at: &DateTime<Utc>) -> String {
    let at = format::date_time_exact(format::epoch_millis(at));
    by.map_or_else(|| t::detail_corrected(&at), |name| t::detail_corrected_by(&text::one_line(name), &at))
}

/// Severity, priority, component, categories, time, sender and expiry.
fn metadata(item: &Item) -> impl IntoView + use<> {
    let severity = item.severity;
    let foreign = |value: &str| view! { <bdi>{text::one_line(value)}</bdi> };
    let created = format::epoch_millis(&item.created_at);
    view! {
        <span class=format!("detail-severity {}", severity.name())>{Icon::Severity(severity).view()} {severity_name(severity)}</span>
        {(item.priority > Priority::Normal).then(|| view! { <span class="detail-priority">{priority_name(item.priority)}</span> })}
        {item.component.as_deref().map(foreign)}
        {item.categories.iter().map(|word| view! { <bdi class="word">{text::one_line(word)}</bdi> }).collect_view()}
        <time datetime=item.created_at.to_rfc3339()>{format::date_time_exact(created)}</time>
        <bdi>{t::detail_from(&sender_label(&item.sender, item.through.as_deref()))}</bdi>
        {item.state.snoozed_until.as_ref().map(|at| view! { <span>{t::snoozed_until(&format::date_time(format::epoch_millis(at)))}</span> })}
        {item.expires_at.as_ref().map(|at| view! { <span>{t::detail_expires(&format::date_time_exact(format::epoch_millis(at)))}</span> })}
        {item.corrected_at.as_ref().map(|at| view! { <span>{correction_text(item.corrected_by.as_deref(), at)}</span> })}
    }
}
