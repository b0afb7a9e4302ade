//! The opened notification, beside the list or instead of it.

use std::sync::Arc;

use campanile_shared::{Content, Item, Priority, text};
use chrono::{DateTime, Utc};
use leptos::{html, prelude::*, reactive::spawn_local_scoped_with_cancellation};
use uuid::Uuid;

use super::{
    action_buttons::{BUTTON_SLOTS, action_button},
    attachments::attachment_list,
    context::InboxContext,
    notification_buttons::NotificationButtons,
    why_received::why_received,
};
use crate::{
    api::Error,
    components::{icon::Icon, link_card::LinkCard, load_error::LoadErrorView, sender_name::sender_label},
    error_text,
    i18n::{
        format,
        names::{priority_name, severity_name},
        t,
    },
    lazy::view::lazy_view,
    reactive::{effect, memo},
};

lazy_view! {
    /// The opened notification, loaded on demand.
    after_first_paint::load_notification_detail: LazyNotificationDetail(id: Uuid) = view! { <NotificationDetail id/> }
}

lazy_view! {
    /// The notification in full, loaded on demand.
    after_first_paint::load_notification_article: LazyNotificationArticle(item: Memo<Option<Arc<Item>>>) = view! { <NotificationArticle item/> }
}

/// The opened notification. Until it is fetched in full, it shows what the list has.
#[component]
pub fn NotificationDetail(
    /// The notification's ID.
    id: Uuid,
) -> impl IntoView {
    let context: InboxContext = expect_context();
    let state = context.state;
    let fault = RwSignal::new(None::<Error>);
    let item = memo(move || {
        let full = state.open_item.get().filter(|item| item.id == id);
        full.or_else(|| state.inbox.with(|list| list.get(id).cloned())).or_else(|| state.newest.with(|list| list.get(id).cloned()))
    });
    if let Some(item) = item.get_untracked() {
        state.mark_opened(&item);
    }
    let load = move || {
        fault.set(None);
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
                Err(error) => fault.set(Some(error)),
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
    let back_href = memo(move || context.url_state.with(|place| place.with_item(None).href()));
    view! {
        <a class="detail-back quiet" href=back_href>
            {Icon::Back.view()}
            {t::back()}
        </a>
        {move || match (is_loaded.get(), fault.get()) {
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
    // On narrow screens the detail replaces the list. Focusing the heading makes a screen reader announce that.
    effect(move || {
        if let Some(heading) = heading.get()
            && window().match_media("(max-width: 900px)").ok().flatten().is_some_and(|query| query.matches())
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

/// The notification's position in the list, with buttons to the previous and the next one.
#[component]
fn PreviousNext(
    /// The inbox.
    context: InboxContext,
    /// The notification.
    item: Memo<Option<Arc<Item>>>,
) -> impl IntoView {
    let id = memo(move || item.with(|item| item.as_deref().map(|item| item.id)));
    let at = memo(move || {
        let id = id.get()?;
        context.layout.with(|lines| lines.iter().position(|line| line.contains(id)))
    });
    let count = memo(move || context.layout.with(|lines| lines.len()));
    let text = move || {
        let more = context.state.inbox.with(|list| list.next.is_some());
        let number = |number: usize| format::number(f64::from(format::saturating_u32(number)));
        let all = format!("{}{}", number(count.get()), if more { "+" } else { "" });
        at.get().map(|at| t::detail_place(&all, &number(at + 1)))
    };
    let step_button = move |forward: bool, icon: Icon, name: String| {
        let neighbour = move |at: usize| if forward { at.checked_add(1).filter(|next| *next < count.get()) } else { at.checked_sub(1) };
        view! {
            <button
                class="icon-button"
                type="button"
                title=name.clone()
                aria-label=name
                disabled=move || at.get().and_then(neighbour).is_none()
                on:click=move |_| context.open_neighbour(forward)
            >
                {icon.view()}
            </button>
        }
    };
    view! {
        <span class="detail-position" hidden=move || at.get().is_none()>
            {text} {step_button(false, Icon::ChevronUp, t::help_previous())} {step_button(true, Icon::ChevronDown, t::help_next())}
        </span>
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
