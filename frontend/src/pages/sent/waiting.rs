//! What is to be sent later, above what was sent, and the way to take it back.

use campanile_shared::{Severity, sent::Later, text};
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};
use uuid::Uuid;

use super::audience;
use crate::{
    components::{
        icon::Icon,
        sender::{Sender, named},
    },
    i18n::{format, t},
    pages::compose::details::channel_name,
    state::{State, Toast},
};

/// The list; nothing at all while nothing waits.
#[component]
pub fn Waiting() -> impl IntoView {
    let state = State::expect();
    let waiting = RwSignal::new(Vec::<Later>::new());
    let fetch = move || {
        spawn_local_scoped_with_cancellation(async move {
            // Without an answer the list of what was sent, which asks as well, says what is wrong.
            if let Ok(now) = state.scheduled().await {
                waiting.set(now);
            }
        });
    };
    fetch();
    let take_back = move |id: Uuid| {
        spawn_local_scoped_with_cancellation(async move {
            match state.unschedule(id).await {
                Ok(()) => {
                    waiting.update(|waiting| waiting.retain(|one| one.id != id));
                    state.toast.set(Some(Toast { text: t::sent_unscheduled(), undo: None, failed: false }));
                }
                Err(error) if error.status() == Some(404) => {
                    waiting.update(|waiting| waiting.retain(|one| one.id != id));
                    state.toast.set(Some(Toast { text: t::sent_unschedule_late(), undo: None, failed: true }));
                }
                Err(error) => state.fail(&error),
            }
        });
    };
    let line = move |one: Later| {
        let said = super::in_console_language(&one.content);
        let title = said.map(|said| text::one_line(&said.title)).unwrap_or_default();
        let language = said.map(|said| said.language.to_string());
        let due = one.due_at.as_ref().map_or_else(t::sent_draft, |at| format::moment(format::instant(at)));
        let to = if one.to.is_empty() { channel_name(one.channel) } else { t::sent_to(&audience::summary(&one.to)) };
        let label = t::sent_unschedule_item(&title);
        view! {
            <li class="sent-row waiting">
                <span class=Severity::Information.name()>{Icon::Clock.view()}</span>
                <span class="sent-title" dir="auto" lang=language>
                    {title}
                </span>
                <button type="button" class="quiet" title=label.clone() aria-label=label on:click=move |_| take_back(one.id)>
                    {t::sent_unschedule()}
                </button>
                <p class="sent-meta">
                    <span>{due}</span>
                    <bdi>{to}</bdi>
                    <Sender text=t::detail_from(&named(&one.sender, one.through.as_deref())) kind=one.sender_kind/>
                </p>
            </li>
        }
    };
    view! {
        <section hidden=move || waiting.with(Vec::is_empty) aria-labelledby="sent-waiting">
            <h2 id="sent-waiting">{t::sent_scheduled()}</h2>
            <ol role="list">{move || waiting.get().into_iter().map(line).collect_view()}</ol>
        </section>
    }
}
