//! A sent notification in full: every language, audience, times and sender.

use std::sync::Arc;

use campanile_shared::{Channel, Content, sent::SentNotification as Notification, text};
use leptos::prelude::*;
use uuid::Uuid;

use super::{
    actions::SentActions, audience, content_language::in_console_language, delivery_report::DeliveryReport, recall::recalled_text,
};
use crate::{
    api::Error,
    components::{
        icon::Icon,
        link_card::LinkCard,
        load_error::LoadErrorView,
        sender_name::{SenderName, sender_label},
    },
    error_text,
    i18n::{
        format,
        names::{channel_name, priority_name, severity_name},
        t,
    },
    page::Page,
    reactive::effect,
    state::State,
};

/// The notification; fetched if the list does not have it.
#[component]
pub fn SentDetail(
    /// The notification's ID.
    id: Uuid,
    /// The notification, if the list has it.
    known: Option<Arc<Notification>>,
    /// Called after it was corrected or recalled.
    on_revised: Callback<Arc<Notification>>,
) -> impl IntoView {
    let state = State::expect();
    let sent = RwSignal::new(known.map(Ok::<_, Error>));
    let reload = RwSignal::new(0_u32);
    effect(move || {
        reload.track();
        if sent.with_untracked(|sent| matches!(sent, Some(Ok(_)))) {
            return;
        }
        leptos::reactive::spawn_local_scoped_with_cancellation(async move {
            sent.set(Some(state.sent_notification(id).await.map(Arc::new)));
        });
    });
    let on_changed = move |now: Notification| {
        let now = Arc::new(now);
        sent.set(Some(Ok(now.clone())));
        on_revised.run(now);
    };
    let back = view! {
        <a class="quiet sent-back" href=Page::Sent.href()>
            {Icon::Back.view()}
            {t::back()}
        </a>
    };
    let body = move || match sent.get() {
        None => view! { <p class="visually-hidden" role="status">{t::loading()}</p> }.into_any(),
        Some(Ok(now)) => view! { <SentArticle sent=now on_revised=Callback::new(on_changed)/> }.into_any(),
        Some(Err(error)) if error.status() == Some(404) => view! {
            <div class="blank" role="alert">{Icon::Plane.view()} <strong>{t::sent_gone()}</strong> <p>{t::sent_gone_hint()}</p></div>
        }
        .into_any(),
        Some(Err(error)) => view! {
            <LoadErrorView text=error_text::explain(&error) on_retry=Callback::new(move |()| reload.update(|asked| *asked += 1))/>
        }
        .into_any(),
    };
    view! {
        <article class="sent-item">
            {back}
            {body}
        </article>
    }
}

#[component]
fn SentArticle(sent: Arc<Notification>, on_revised: Callback<Notification>) -> impl IntoView {
    let title = in_console_language(&sent.content).map(|content| (text::one_line(&content.title), content.language.to_string()));
    let (title, language) = title.unwrap_or_default();
    let at = format::epoch_millis(&sent.accepted_at);
    // With one language only, the title is already in the heading.
    let alone = sent.content.len() == 1;
    let fact = |name: String, value: AnyView| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let list = |words: Vec<String>| words.into_iter().map(|word| view! { <bdi class="word">{word}</bdi> }).collect_view().into_any();
    let word = |text: &str| {
        let text = text::one_line(text);
        view! { <bdi>{text}</bdi> }.into_any()
    };
    let severity = view! {
        <span class=format!("sent-severity-word {}", sent.severity.name())>
            {Icon::Severity(sent.severity).view()} {severity_name(sent.severity)}
        </span>
    };
    view! {
        <h2 dir="auto" lang=language tabindex="-1">
            {title}
        </h2>
        <dl class="sent-facts">
            // An HTTP request has neither severity nor priority.
            {(sent.channel != Channel::Http)
                .then(|| {
                    (
                        fact(t::compose_severity(), severity.into_any()),
                        fact(t::compose_priority(), priority_name(sent.priority).into_any()),
                    )
                })}
            {fact(t::compose_channel(), channel_name(sent.channel).into_any())}
            {(!sent.to.is_empty()).then(|| fact(t::compose_to(), list(audience::recipient_texts(&sent.to))))}
            {fact(t::sent_by(), view! { <SenderName text=sender_label(&sent.sender, sent.through.as_deref()) kind=sent.sender_kind/> }.into_any())}
            {fact(
                t::sent_at(),
                view! { <time datetime=sent.accepted_at.to_rfc3339()>{format::date_time_exact(at)}</time> }.into_any(),
            )}
            {[
                (t::sent_corrected(), sent.corrected_at, sent.corrected_by.as_deref(), sent.corrected_by_kind),
                (recalled_text(sent.channel), sent.recalled_at, sent.recalled_by.as_deref(), sent.recalled_by_kind),
            ]
                .into_iter()
                .filter_map(|(name, at, by, kind)| Some((name, at?, by, kind)))
                .map(|(name, at, by, kind)| {
                    fact(
                        name,
                        view! {
                            <time datetime=at.to_rfc3339()>{format::date_time_exact(format::epoch_millis(&at))}</time>
                            " "
                            {by.map(|by| view! { <SenderName text=text::one_line(by) kind/> })}
                        }
                            .into_any(),
                    )
                })
                .collect_view()}
            {(sent.source != "campanile").then(|| fact(t::sent_through(), word(&sent.source)))}
            {sent.component.as_deref().map(|component| fact(t::compose_component(), word(component)))}
            {(!sent.categories.is_empty())
                .then(|| fact(t::compose_categories(), list(sent.categories.iter().map(|category| text::one_line(category)).collect())))}
            {sent
                .expires_at
                .map(|at| {
                    fact(
                        t::compose_expires(),
                        view! { <time datetime=at.to_rfc3339()>{format::date_time_exact(format::epoch_millis(&at))}</time> }.into_any(),
                    )
                })}
        </dl>
        <SentActions sent=sent.clone() on_revised/>
        {sent
            .content
            .iter()
            .filter(|content| !alone || !content.description.is_empty() || content.link.is_some())
            .map(|content| view! { <LanguageText content=content.clone() alone/> })
            .collect_view()}
        <DeliveryReport id=sent.id channel=sent.channel/>
    }
}

/// The text in one language.
#[component]
fn LanguageText(content: Content, alone: bool) -> impl IntoView {
    let Content { language, title, description, link } = content;
    let tag = language.to_string();
    // With one language only, the title is already in the heading.
    let heading = (!alone).then(|| {
        view! {
            <h3>{format::language_name(&language)}</h3>
            <p class="sent-text-title" dir="auto" lang=tag.clone()>
                {text::one_line(&title)}
            </p>
        }
    });
    view! {
        <section class="sent-text">
            {heading}
            <p class="sent-text-body" dir="auto" lang=tag>
                {text::multi_line(&description)}
            </p>
            {link.map(|link| view! { <LinkCard link sign=Icon::ExternalLink name=t::detail_open_link()/> })}
        </section>
    }
}
