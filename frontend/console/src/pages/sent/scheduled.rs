//! The list of scheduled notifications, with a button that cancels each.

use campanile_shared::{Severity, sent::ScheduledEntry, text};
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};
use uuid::Uuid;

use super::{audience, content_language::in_console_language};
use crate::{
    components::{
        icon::Icon,
        sender_name::{SenderName, sender_label},
    },
    i18n::{format, names::channel_name, t},
    state::{State, Toast},
};

/// The list; hidden while nothing is scheduled.
#[component]
pub fn ScheduledList() -> impl IntoView {
    let state = State::expect();
    let waiting = RwSignal::new(Vec::<ScheduledEntry>::new());
    let fetch = move || {
        spawn_local_scoped_with_cancellation(async move {
            // On an error, the list of sent notifications shows it, because that list is fetched as well.
            if let Ok(now) = state.scheduled().await {
                waiting.set(now);
            }
        });
    };
    fetch();
    let unschedule = move |id: Uuid| {
        spawn_local_scoped_with_cancellation(async move {
            match state.cancel_scheduled(id).await {
                Ok(()) => {
                    waiting.update(|waiting| waiting.retain(|one| one.id != id));
                    state.toast.set(Some(Toast { text: t::sent_unscheduled(), undo: None, failed: false }));
                }
                Err(error) if error.status() == Some(404) => {
                    waiting.update(|waiting| waiting.retain(|one| one.id != id));
                    state.toast.set(Some(Toast { text: t::sent_unschedule_late(), undo: None, failed: true }));
                }
                Err(error) => state.show_error(&error),
            }
        });
    };
    let line = move |one: ScheduledEntry| {
        let said = in_console_language(&one.content);
        let title = said.map(|said| text::one_line(&said.title)).unwrap_or_default();
        let language = said.map(|said| said.language.to_string());
        let due = one.due_at.as_ref().map_or_else(t::sent_draft, |at| format::date_time(format::epoch_millis(at)));
        let to = if one.to.is_empty() { channel_name(one.channel) } else { t::sent_to(&audience::summary(&one.to)) };
        let label = t::sent_unschedule_item(&title);
        view! {
            <li class="sent-row waiting">
                <span class=Severity::Information.name()>{Icon::Clock.view()}</span>
                <span class="sent-title" dir="auto" lang=language>
                    {title}
                </span>
                <button type="button" class="quiet" title=label.clone() aria-label=label on:click=move |_| unschedule(one.id)>
                    {t::sent_unschedule()}
                </button>
                <p class="sent-meta">
                    <span>{due}</span>
                    <bdi>{to}</bdi>
                    <SenderName text=t::detail_from(&sender_label(&one.sender, one.through.as_deref())) kind=one.sender_kind/>
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
